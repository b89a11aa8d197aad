"""`doctor`: what the tutor depends on, the state of each part and how to fix it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from utils.errors import TutorError
from utils.settings import Settings

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from utils.llm.endpoint import Endpoint

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (
    "assets/embedding.bin",
    "assets/grader.json",
    "assets/lexicon.txt",
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
) -> list[Check]:
    """Check everything. A part that fails is reported, it never raises."""
    return [
        *packages(),
        *shipped_files(),
        *own_part("lessons", lambda: f"{len(corpus.ids())} in {corpus.shown}" if (corpus := open_corpus()) else ""),
        *own_part("records", describe_records),
        *model(settings),
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


LOOK_S = 5.0  # how long the endpoint may take to list its models


def model(settings: Settings) -> Iterator[Check]:
    """Is an endpoint set and reachable, does it offer the model, how fast is it, how does it give structured replies?"""
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
                    "to use one, set OPENAI_BASE_URL for a server of your own, or OPENAI_API_KEY, and OPENAI_MODEL")  # fmt: skip
        return
    if warning := outdated_name(settings):
        yield Check("model", "note", warning)
    yield from answering_model(endpoint)


def answering_model(endpoint: Endpoint) -> Iterator[Check]:
    """What the model at an endpoint can do, found out by asking it."""
    import time

    from utils.call_llm import call_llm, models_at
    from utils.llm.endpoint import Limits
    from utils.llm.quirks import NO_FORMAT, NO_SCHEMA, Quirks

    limits = Limits(connect_s=LOOK_S, first_piece_s=3 * LOOK_S, stall_s=LOOK_S, total_s=4 * LOOK_S, tries=1)
    named = endpoint.model or "its first model"
    try:
        known = models_at(endpoint, limits)
    except Exception:  # many servers that work don't list their models
        known = ()
    if known and endpoint.model and endpoint.model not in known:
        yield Check("model", "note", f"{endpoint.host} does not list {endpoint.model}; it has {', '.join(known[:5])}",
                    "set OPENAI_MODEL or -m to one of these")  # fmt: skip
    begun = time.monotonic()
    try:
        pieces = call_llm("Say: ready", stream=True, endpoint=endpoint, limits=limits)
        next(filter(None, pieces), "")
        first_s = time.monotonic() - begun
        for _ in pieces:
            pass
    except TutorError as error:
        yield Check(
            "model", "wrong", str(error), "to go without a model, use --offline or unset OPENAI_BASE_URL and OPENAI_API_KEY"
        )
        return
    yield Check("model", "ok", f"{named} at {endpoint.host}, first word after {first_s:.1f} s")
    schema = {"title": "ready", "type": "object", "properties": {"ready": {"type": "boolean"}}, "required": ["ready"],
              "additionalProperties": False}  # fmt: skip
    quirks = Quirks()
    try:
        call_llm('Reply with {"ready": true} as JSON.', endpoint=endpoint, limits=limits, schema=schema, quirks=quirks)
    except TutorError as error:
        yield Check("replies", "note", f"none structured: {error}")
        return
    way = "a fenced block only" if NO_FORMAT in quirks.names else "JSON object" if NO_SCHEMA in quirks.names else "JSON schema"
    yield Check("replies", "ok" if NO_FORMAT not in quirks.names else "note", f"structured by {way}")


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


def listing(checks: list[Check]) -> str:
    """A line for each check, with its remedy below."""
    signs = {"ok": "✓", "note": "~", "wrong": "✗"}
    lines = []
    for check in checks:
        lines.append(f"{signs[check.state]} {check.name:9} {check.found}")
        if check.remedy:
            lines.append(f"  {'':9} {check.remedy}")
    return "\n".join(lines)
