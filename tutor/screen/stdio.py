"""The standard streams: is a person there, how wide is their terminal, and a command's result on stdout.

The environment variables that decide how something is shown are read here and nowhere else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO

from utils import strict_json
from utils.errors import UsageError
from utils.settings import Settings
from utils.text import defused, sanitize

MAX_WIDTH = 78
MARGIN = " "  # at the left of what a person sees; plain text has none
LONGEST_CONTEXT = 100_000  # characters of piped text that are read


def is_plain(settings: Settings, stream: IO[str]) -> bool:
    """Whether to show neither colour nor cursor movement: because somebody asked for that, or the stream can't do it.

    NO_COLOR counts unless it is empty (no-color.org); FORCE_COLOR brings colour into a pipe.
    """
    return wants_plain(settings) or not (stream.isatty() or os.environ.get("FORCE_COLOR"))


def wants_plain(settings: Settings) -> bool:
    """Whether somebody asked for plain text."""
    return bool(settings.plain or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")


def in_ci() -> bool:
    return bool(os.environ.get("CI"))


def in_actions() -> bool:
    """Whether GitHub Actions reads the output: it takes some lines for commands."""
    return bool(os.environ.get("GITHUB_ACTIONS"))


def person_present() -> bool:
    """Whether somebody is there to press keys. In CI nobody is, although some runners have a terminal."""
    return not in_ci() and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def terminal_size() -> os.terminal_size:
    import shutil  # imports five compression modules

    return shutil.get_terminal_size((80, 24))


def columns() -> int:
    return max(20, terminal_size().columns)


def line_width() -> int | None:
    """How long a line of a listing may be: as wide as the terminal; None in a pipe, where nothing is cut."""
    return columns() if sys.stdout.isatty() else None


def page_characters() -> int:
    """How much lesson text goes on one screen, leaving room for the heading, the gaps between paragraphs and the keys."""
    return max(600, 55 * (terminal_size().lines - 5))


def piped_question(given: str) -> tuple[str, str]:
    """(question, context) of a one-shot command.

    The question is what was typed, and then stdin is its context; if nothing was typed, the question is on stdin.
    """
    typed = given.strip()
    piped = ""
    if typed == "-" or not (sys.stdin is None or sys.stdin.isatty()):
        piped = sys.stdin.read(LONGEST_CONTEXT).strip() if sys.stdin else ""
    question, context = (piped, "") if typed in ("", "-") else (typed, piped)
    if not question:
        raise UsageError('ask needs a question: ask "why divide by sqrt(d_k)?", or one on stdin')
    return question, context


def put(result: object, warnings: Iterable[str] = (), drawn: bool = False) -> None:
    """A command's result on stdout, as JSON or, if it is a str, as text; warnings go to stderr.

    drawn: the text is safe to print as it is, colours included.
    """
    for warning in warnings:
        warn(warning)
    if isinstance(result, str):
        print(without_commands(result if drawn else sanitize(result)))
        return
    document = strict_json.dump(result, indent=1)
    # no line of JSON begins with ::, and ##[ can only stand in a string, where JSON has another way to write it
    print(document.replace("##[", "##\\u005b") if in_actions() else document)


def warn(text: str) -> None:
    """One line on stderr."""
    print(without_commands(folded(sanitize(f"warning: {text}", newlines=False))), file=sys.stderr)


def folded(text: str) -> str:
    """A message for stderr, broken between words where a terminal would break inside one; as it is in a pipe."""
    if not sys.stderr.isatty():
        return text
    import textwrap

    wrap = textwrap.TextWrapper(columns(), break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrap.fill(line) for line in text.split("\n"))


def say_aside(text: str) -> None:
    """One line on stderr that is no warning."""
    print(without_commands(sanitize(text, newlines=False)), file=sys.stderr)


def put_commands(commands: Sequence[str]) -> None:
    """Workflow commands for GitHub Actions, which also reads them on stderr: stdout may hold a JSON document."""
    for command in commands:
        print(command, file=sys.stderr)


def without_commands(text: str) -> str:
    """`text`, with nothing in it that GitHub Actions would take for a command, if it reads along."""
    return defused(text) if in_actions() else text


class StatusLine:
    """One line on stderr that is overwritten while something takes long; only a person at a terminal sees it."""

    def __init__(self, plain: bool):
        self.visible = sys.stderr.isatty() and not plain and not in_ci()

    def show(self, text: str) -> None:
        if self.visible:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        self.show("")
