"""A command of ours for somebody to type: quoted for a shell, with the options that say where lessons and records are."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from utils.files import from_here
from utils.settings import Settings
from utils.text import sanitize


def command_line(settings: Settings, *words: str | Path) -> str:
    """`ptutor --docs notes quiz --answers 'my sheet.yaml'`. A Path is named from the working folder if it is inside it."""
    options = [word for name in ("docs", "home") if (value := getattr(settings, name)) for word in (f"--{name}", value)]
    named = [from_here(str(word)) if isinstance(word, Path) else word for word in words]
    return " ".join(quoted(word) for word in ("ptutor", *options, *named))


def quoted(word: str) -> str:
    """A word as a shell reads it, on one line and without anything that a terminal would hide, act on or could not show."""
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline([word])
    if word.isprintable() and sanitize(word, newlines=False) == word:
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    return char if char.isascii() and char.isprintable() else "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))
