"""The keys of a session: which key stands for which action, and what a typed line means."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from tutor.models import Step
from tutor.screen.rows import MenuRow
from utils.text import width

T = TypeVar("T", bound="QuietKeys")
KEY_OF = {
    "next": "enter", "simpler": "s", "example": "x", "deeper": "d", "analogy": "y", "ask": "?", "hint": "h", "skip": "k",
    "appeal": "a", "try": "t", "map": "m", "back": "b", "quit": "q",
}  # fmt: skip
ACTION_OF = {key: action for action, key in KEY_OF.items() if key != "enter"}

REDRAW = Step("redraw")  # the window has changed, or is to be drawn again
SUSPEND = Step("suspend")  # Ctrl-Z

Keys = Mapping[str, str]  # action -> what it does here, in a word, such as {"ask": "ask"}; "" works without being offered


PASTE_S = 0.02  # within which the lines of a paste follow each other
BETWEEN = " · "  # two hints
HANDS_IN = "enter twice hands in"  # where an answer may have several lines
NEXT_LINE, LAST_LINE = "enter next line", "enter hand in"  # where it has a known number of them
LINES_BEFORE = "↑ your lines"  # where they were typed before
ENDS_CODE = "two empty lines hand it in"
IN_EDITOR = "e in your editor"
NUMBERED = 9  # rows of a menu that a digit chooses


def hints_line(keys: Keys, position: str = "") -> str:
    """The dim last line: the number of the page if there are several, the keys that work here and what they do, and where a
    line may be typed, that."""
    told = [f"{KEY_OF.get(action, '')} {word}".strip() for action, word in keys.items() if word]
    return BETWEEN.join([position, *told] if position else told)


def hints_rows(hints: str, columns: int) -> list[str]:
    """A line of hints as rows that are at most so wide; it breaks between two keys, never inside what one of them does."""
    first, *others = hints.split(BETWEEN)
    rows = [first]
    for hint in others:
        if width(longer := f"{rows[-1]}{BETWEEN}{hint}") <= columns:
            rows[-1] = longer
        else:
            rows.append(hint)
    return rows


def as_step(line: str, keys: Keys) -> Step:
    """What a typed line means: one key alone on it, a side question after `?`, else an answer.

    A leading space makes an answer of a line that would otherwise be a key.
    """
    if line.startswith("?") and "ask" in keys:
        return Step("ask", line[1:].strip())
    if not line.strip():
        return Step("next")
    action = ACTION_OF.get(line.lower())
    return Step(action) if action is not None and action in keys else Step("answer", line.strip())


def as_text(text: str, keys: Keys) -> Step:
    """What was typed where an answer may have several lines: those, or what a single one means."""
    lines = text.rstrip().strip("\n")
    return Step("answer", lines) if "\n" in lines else as_step(lines, keys)


def as_said(line: str, keys: Keys) -> Step:
    """What a line means where something may be said: one key alone on it, a side question after `?`, else what is said."""
    step = as_step(line, keys)
    return Step("say", step.text) if step.action == "answer" else step


def as_choice(line: str, keys: Keys, rows: Sequence[MenuRow], numbers: bool = False) -> Step:
    """What a line means that was typed at a menu: a row by its letter alone (or its number), else as for any other line."""
    typed = line.strip()
    for index, row in enumerate(rows):
        if (row.key and line == row.key) or (numbers and typed == str(index + 1)):
            return Step("choose", str(index))
    return as_step(line, keys)


STOP_KEY = "ctrl-c" if os.name == "nt" else "esc"
LONE_ESC = re.compile(rb"\x1b(?![\[O])")  # an arrow key sends more after it


class QuietKeys:
    """The keyboard while nothing listens or a sign moves: what is typed is not echoed, and is there for whoever reads next.

    It is there key by key, as a prompt reads it: a Ctrl-D that is typed into lines would reach the prompt as something else.
    Nothing changes where the keyboard is no terminal of a POSIX system, or belongs to a command in the foreground.
    """

    off: tuple[str, ...] = ("ICANON", "ECHO")  # the flags of termios that are switched off meanwhile
    on: tuple[str, ...] = ()  # and on

    def __init__(self) -> None:
        self._file = -1
        self._before: list[Any] = []

    def __enter__(self: T) -> T:
        try:
            import termios
        except ImportError:  # Windows
            return self
        off, on = (sum(getattr(termios, name) for name in names) for names in (self.off, self.on))
        try:
            self._file = sys.stdin.fileno()
            before = termios.tcgetattr(self._file)
            if os.tcgetpgrp(self._file) != os.getpgrp():  # changing it would stop us
                return self
            termios.tcsetattr(self._file, termios.TCSANOW, [*before[:3], (before[3] & ~off) | on, *before[4:]])
            self._before = before
        except (AttributeError, ValueError, OSError, termios.error):  # no terminal
            pass
        return self

    def __exit__(self, *error: object) -> None:
        if self._before:
            import termios

            with suppress(OSError, termios.error):
                self._restore(termios)
            self._before = []

    def _restore(self, termios: Any) -> None:
        termios.tcsetattr(self._file, termios.TCSANOW, self._before)


class LoudKeys(QuietKeys):
    """The keyboard while a line is read that the terminal itself edits."""

    off = ()
    on = ("ICANON", "ECHO")


def flush_typed() -> None:
    """Forget what was typed and not read, where that is a terminal of ours."""
    try:
        import termios

        if os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp():
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    except (ImportError, AttributeError, ValueError, OSError):
        pass
    except Exception as error:
        if type(error).__name__ != "error":  # termios.error, which only exists where termios does
            raise


def more_is_typed() -> bool:
    """Whether further input is there already, where that is a terminal."""
    try:
        import select

        return sys.stdin.isatty() and bool(select.select([sys.stdin.fileno()], [], [], PASTE_S)[0])
    except (AttributeError, ValueError, OSError):
        return False


class StopKeys(QuietKeys):
    """The keyboard while the model replies: Esc stops it, and what else is typed is neither echoed nor kept for the next screen.

    On Windows Ctrl-C alone stops a reply.
    """

    def stop(self) -> bool:
        """Has Esc been pressed since the last look?"""
        import select

        if not self._before or not select.select([self._file], [], [], 0)[0]:
            return False
        try:
            return bool(LONE_ESC.search(os.read(self._file, 1024)))
        except OSError:  # the terminal is gone
            return False

    def _restore(self, termios: Any) -> None:
        termios.tcflush(self._file, termios.TCIFLUSH)
        super()._restore(termios)
