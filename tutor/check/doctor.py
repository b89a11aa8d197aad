"""`doctor`: what the tutor depends on, the state of each part and how to fix it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from utils.errors import ModelError, ReplyStopped, TutorError
from utils.settings import Settings, unknown_settings

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.screen.terminal import Terminal
    from utils.call_llm import Pieces
    from utils.llm.endpoint import Endpoint
    from utils.llm.reply import Reply

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (
    "assets/answers.json",
    "assets/embedding.bin",
    "assets/grader.json",
    "assets/lexicon.txt",
    "assets/page.css",
    "assets/rubrics.json",
    "docs/*/*.md",
    "manual/*.md",
)
PACKAGES = ("pocketflow", "click", "rich", "prompt_toolkit", "markdown-it-py", "pyyaml", "openai")


@dataclass(frozen=True)
class Check:
    """The state of one part: "ok", "note" (it works, but less well) or "wrong" (something fails)."""

    name: str
    state: str
    found: str
    remedy: str = ""

    as_dict = asdict


def examine(
    settings: Settings,
    open_corpus: Callable[[], Corpus],
    describe_records: Callable[[], str],
    environment: Mapping[str, str] = os.environ,
    open_terminal: Callable[[], Terminal] | None = None,
    home: Path | None = None,
) -> list[Check]:
    """Check everything. A part that fails is reported, it never raises. home: the folder of the records."""
    return [
        *packages(),
        *shipped_files(),
        *(Check("settings", "note", *told) for told in unknown_settings(settings)),
        *own_part("lessons", lambda: f"{len(corpus.ids())} in {corpus.shown}" if (corpus := open_corpus()) else ""),
        *own_part("records", describe_records),
        *(backups(home) if home else ()),
        *model(settings, open_terminal),
        *terminal(settings, environment),
        sandbox(),
    ]


def packages() -> Iterator[Check]:
    """Python and the packages that we need."""
    from importlib.metadata import PackageNotFoundError, version

    yield Check("python", "ok", ".".join(map(str, sys.version_info[:3])))
    missing = []
    for package in PACKAGES:
        try:
            version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield Check("packages", "wrong", f"missing: {', '.join(missing)}", "pip install -r requirements.lock")
    else:
        yield Check("packages", "ok", "all there")


def shipped_files(folder: Path = ROOT) -> Iterator[Check]:
    """The files that come with the code. A command fails only when it needs one that is missing."""
    missing = [pattern for pattern in SHIPPED if not any(path.stat().st_size for path in folder.glob(pattern))]
    if missing:
        yield Check("files", "wrong", f"missing or empty in {folder}: {', '.join(missing)}",
                    "install Pocket Tutor again; in a checkout: git checkout -- assets docs manual")  # fmt: skip
    else:
        yield Check("files", "ok", "all there")


def own_part(name: str, look: Callable[[], str]) -> Iterator[Check]:
    """A part of the program whose own error says what is wrong with it. look: returns what was found."""
    try:
        yield Check(name, "ok", look())
    except TutorError as error:
        yield Check(name, "wrong", str(error))


def backups(home: Path) -> Iterator[Check]:
    """The backups of the records, the newest first, where there are records to lose or to bring back."""
    from tutor.learner.copies.restoring import backup_lines
    from tutor.learner.file.database import records_file

    records = records_file(home)
    lines = backup_lines(records)
    if lines:
        broken = sum(line.endswith("cannot be read") for line in lines)
        yield Check(
            "backups", "note" if broken else "ok", "\n".join(lines), "records restore NAME puts one in place" if broken else ""
        )
    elif records.exists():
        yield Check("backups", "note", "none yet", "one is made whenever a session has changed something")


LOOK_S = 5.0  # how long the endpoint may take to list its models
ASKED = (
    {"role": "system", "content": "You reply with one JSON document and nothing else."},
    {"role": "user", "content": 'Reply with {"ready": true}.'},
)
READY = {"title": "ready", "type": "object", "properties": {"ready": {"type": "boolean"}}, "required": ["ready"],
         "additionalProperties": False}  # fmt: skip
CONCESSIONS = {  # a quirk of utils.llm.quirks, and what was done about it
    "reasoning_effort": "--effort is left out",
    "stream_options": "it is not asked to count tokens",
    "system": "the system's message goes into the user's",
    "stream": "replies come whole",
    "v1": "/v1 is added to the address",
}


def model(settings: Settings, open_terminal: Callable[[], Terminal] | None = None) -> Iterator[Check]:
    """Is an endpoint set and reachable, does it offer the model, how fast is it, how does it give structured replies?

    open_terminal: of the person who waits for the model, and may stop it.
    """
    from utils.llm.endpoint import endpoint_of, outdated_name

    if settings.offline:
        yield Check("model", "ok", "not used (--offline); the built-in tutor teaches")
        return
    try:
        endpoint = endpoint_of(settings)
    except TutorError as error:
        yield Check("model", "wrong", str(error))
        return
    if endpoint is None:
        yield Check("model", "note", "none set; the built-in tutor teaches, with no key and no network",
                    "to use one, name its server with --server, or set OPENAI_BASE_URL; `config` keeps either")  # fmt: skip
        return
    if warning := outdated_name(settings):
        yield Check("model", "note", warning)
    yield from listed_model(endpoint)
    yield from answering_model(settings, endpoint, open_terminal() if open_terminal else None)


def listed_model(endpoint: Endpoint) -> Iterator[Check]:
    """A note if the server lists its models, as not all do, and lacks the one that is set."""
    from utils.llm.connection import models_in_time
    from utils.llm.endpoint import Limits

    try:
        known = models_in_time(endpoint, Limits(connect_s=LOOK_S, first_piece_s=LOOK_S, stall_s=LOOK_S, total_s=LOOK_S, tries=1))
    except Exception:
        known = ()
    if known and endpoint.model and endpoint.model not in known:
        yield Check("model", "note", f"{endpoint.host} does not list {endpoint.model}; it has {', '.join(known[:5])}",
                    "set OPENAI_MODEL or -m to one of these; `config --models` lists them all")  # fmt: skip


def answering_model(settings: Settings, endpoint: Endpoint, terminal: Terminal | None) -> Iterator[Check]:
    """What the model can do, found out by one small structured request, asked ever more plainly until it is understood."""
    import time

    from utils.call_llm import call_llm
    from utils.llm.endpoint import limits_of
    from utils.llm.quirks import Quirks

    quirks, begun = Quirks(), time.monotonic()
    pieces = call_llm(ASKED, stream=True, endpoint=endpoint, limits=replace(limits_of(settings, endpoint), tries=1), schema=READY,
                      quirks=quirks)  # fmt: skip
    try:
        reply, first_s = _watched(pieces, terminal)
    except ReplyStopped:
        yield Check("model", "note", "stopped before it had answered")
        return
    except TutorError as error:
        yield Check(
            "model", "wrong", str(error), "to go without a model, use --offline or unset OPENAI_BASE_URL and OPENAI_API_KEY"
        )
        return
    seconds, estimated = time.monotonic() - begun, ", estimated" if reply.tokens.estimated else ""
    yield Check("model", "ok", f"{endpoint.model or reply.model or 'its first model'} at {endpoint.host}, first word after "
                               f"{first_s:.1f} s, all after {seconds:.1f} s; {reply.tokens.prompt:,} tokens in, "
                               f"{reply.tokens.completion:,} out{estimated}")  # fmt: skip
    yield structured_reply(reply, quirks.names)


def _watched(pieces: Pieces, terminal: Terminal | None) -> tuple[Reply, float]:
    """The reply, and the seconds to its first word; who waits for it sees what for."""
    import time

    from utils.llm.reply import Pause

    begun, first_s = time.monotonic(), 0.0
    with terminal.waiting("") if terminal else nullcontext():
        while True:
            try:
                piece = next(pieces)
            except StopIteration as end:
                return end.value, first_s
            if terminal:
                terminal.pause(piece.what if isinstance(piece, Pause) else None)
            first_s = first_s or (time.monotonic() - begun if piece else 0.0)


def structured_reply(reply: str, quirks: frozenset[str]) -> Check:
    """Whether the reply was the document that was asked for, and by which of the ways to ask for one."""
    from utils.llm import structured
    from utils.llm.quirks import NO_FORMAT, NO_SCHEMA

    way = "JSON schema"
    if NO_FORMAT in quirks:
        way = "the prompt alone; JSON schema and JSON object are refused"
    elif NO_SCHEMA in quirks:
        way = "JSON object; JSON schema is refused"
    told = "; ".join([f"structured by {way}", *(what for name, what in CONCESSIONS.items() if name in quirks)])
    try:
        document = structured.document(reply)
    except ModelError as error:
        return Check(
            "replies", "note", f"{told}; not usable: {error}", "the built-in tutor steps in; another model may do better"
        )
    if not isinstance(document, dict) or document.get("ready") is not True:
        return Check("replies", "note", f"{told}; another document than it was asked for", "another model may do better")
    return Check("replies", "note" if NO_FORMAT in quirks else "ok", told)


def sandbox() -> Check:
    """What keeps the code of lessons that aren't ours apart, tried out."""
    from utils.sandbox.choosing import chosen

    if chosen().means:
        return Check("sandbox", "ok", str(chosen()))
    return Check("sandbox", "note", f"{chosen()}; check runs code of the bundled lessons only",
                 "install bubblewrap (apt install bubblewrap), or pip install 'pocket-tutor[sandbox]'")  # fmt: skip


def terminal(settings: Settings, environment: Mapping[str, str]) -> Iterator[Check]:
    """Is there a terminal, and does it do colour and cursor movement?"""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        yield Check("terminal", "note", "input or output is not a terminal", "for a session without one, use learn --script FILE")
    elif settings.plain or environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        yield Check("terminal", "note", "plain: no colour, no cursor movement", "unset NO_COLOR, TERM=dumb or --plain")
    else:
        yield Check("terminal", "ok", environment.get("TERM", "unknown"))


def listing(checks: list[Check], plain: bool = False) -> str:
    """A line for each check, with its remedy below. plain: with words in place of signs."""
    signs = {name: f"{name + ':':6}" if plain else sign for name, sign in (("ok", "✓"), ("note", "~"), ("wrong", "✗"))}
    lines = []
    for check in checks:
        found = check.found.replace("\n", f"\n  {'':9} ")
        lines.append(f"{signs[check.state]} {check.name:9} {found}")
        if check.remedy:
            lines.append(f"  {'':9} {check.remedy}")
    return "\n".join(lines)
