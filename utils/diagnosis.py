"""What `doctor` looks at: the parts the tutor stands on, each with its state and how to mend it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

from utils.models import Settings, TutorError

PACKAGES = ("pocketflow", "click", "rich", "prompt_toolkit", "markdown-it-py", "pyyaml", "openai")


@dataclass(frozen=True)
class Check:
    """One thing looked at. `state` is "ok", "note" (works, less well) or "wrong" (something fails)."""

    name: str
    state: str
    found: str
    remedy: str = ""

    as_dict = asdict


def examine(settings: Settings, open_corpus: Callable, open_records: Callable, environment: Mapping = os.environ) -> list[Check]:
    """Look at everything; a part that fails is a finding, never an exception."""
    return [
        *packages(),
        *part("lessons", lambda: f"{len(corpus.ids())} in {corpus.shown}" if (corpus := open_corpus()) else ""),
        *part("records", lambda: open_records()),
        *model(settings, environment),
        *terminal(settings, environment),
    ]


def packages() -> Iterator[Check]:
    from importlib.metadata import PackageNotFoundError, version

    yield Check("python", "ok", ".".join(map(str, sys.version_info[:3])))
    missing = []
    for package in PACKAGES:
        try:
            version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield Check("packages", "wrong", f"missing: {', '.join(missing)}", "pip install -r requirements.txt")
    else:
        yield Check("packages", "ok", "all there")


def part(name: str, look: Callable[[], str]) -> Iterator[Check]:
    """A part of ours that says itself what is wrong with it."""
    try:
        yield Check(name, "ok", look())
    except TutorError as error:
        yield Check(name, "wrong", str(error))


def model(settings: Settings, environment: Mapping) -> Iterator[Check]:
    if settings.offline:
        yield Check("model", "ok", "not used (--offline); the built-in tutor teaches")
    elif environment.get("OPENAI_BASE_URL") or environment.get("OPENAI_API_KEY"):
        yield Check("model", "note", "an endpoint is set, and not used yet by this version", "nothing to do")
    else:
        yield Check("model", "note", "none set; the built-in tutor teaches, with no key and no network")


def terminal(settings: Settings, environment: Mapping) -> Iterator[Check]:
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        yield Check("terminal", "note", "input or output is not a terminal", "for a session without one: learn --script FILE")
    elif settings.plain or environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        yield Check("terminal", "note", "plain: no colour, no cursor movement", "unset NO_COLOR, TERM=dumb or --plain")
    else:
        yield Check("terminal", "ok", environment.get("TERM", "unknown"))


def listing(checks: list[Check]) -> str:
    """One line a check, and its remedy under it."""
    signs = {"ok": "✓", "note": "~", "wrong": "✗"}
    lines = []
    for check in checks:
        lines.append(f"{signs[check.state]} {check.name:9} {check.found}")
        if check.remedy:
            lines.append(f"  {'':9} {check.remedy}")
    return "\n".join(lines)
