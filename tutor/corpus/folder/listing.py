"""Which files of a folder are lessons: all but hidden ones and those that .gitignore or .tutorignore exclude."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.corpus.folder.stamps import mtime_ns
from tutor.models import BANK_SUFFIX
from utils.files import LIMIT_BYTES, is_within, printable, read_inside

if TYPE_CHECKING:
    from pathspec import PathSpec

MAX_DEPTH = 50  # folders below the root
HEAD_BYTES = 4_096  # enough of a file to find `lesson: false` in its front matter
IGNORE_FILES = (".gitignore", ".tutorignore")
NOT_LESSONS = {"readme", "changelog", "license", "contributing", "code_of_conduct"}
NOT_A_LESSON = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:(?!---|\.\.\.).*\n)*?lesson:[ \t]*false\b")

Rules = tuple[tuple[str, "PathSpec"], ...]  # each with the folder that its patterns are relative to, "" or "a/b/"


def lesson_id_of(relative: str) -> str:
    """`llm/attention` for `llm/attention.md`."""
    return printable(relative.removesuffix(".md"))


@dataclass
class Listing:
    """The lessons of a folder, and what must not change for the list to stay right."""

    files: dict[str, str] = field(default_factory=dict)  # lesson id -> real path below the root, with slashes
    banked: set[str] = field(default_factory=set)  # real paths of the lessons that may have a bank beside them
    watched: dict[str, int] = field(
        default_factory=dict
    )  # folders, ignore files and files that are not lessons, below the root -> mtime, ns
    warnings: list[str] = field(default_factory=list)  # what was skipped for a reason worth knowing


def list_lessons(root: str, shown: Callable[[str], str], is_known: Callable[[str], bool]) -> Listing:
    """The lessons of a folder. `shown` turns a path below the root into one for people.

    is_known: whether the file at a real path is known to be a lesson and has not changed; it is then not read again.
    """
    found = Listing()
    waiting: list[tuple[str, Rules]] = [("", ())]  # folders below the root, each with the ignore rules above it
    while waiting:
        folder, rules = waiting.pop()
        try:
            found.watched[folder] = os.stat(os.path.join(root, folder)).st_mtime_ns  # before it is read
            entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda entry: entry.name)
        except OSError as error:
            found.warnings.append(f"{shown(folder)}: folder skipped: {error.strerror}")
            continue
        names = {entry.name for entry in entries}
        for name in IGNORE_FILES:
            if name in names:
                with suppress(FileNotFoundError):  # gone since
                    found.watched[_below(folder, name)] = os.lstat(os.path.join(root, folder, name)).st_mtime_ns
                rules = (*rules, *_ignore_rules(root, folder, name))
        for entry in entries:
            relative = _below(folder, entry.name)
            if entry.name.startswith(".") or _is_ignored(relative, entry.is_dir(follow_symlinks=False), rules):
                continue
            if entry.is_dir(follow_symlinks=False):
                if relative.count("/") + 1 > MAX_DEPTH:
                    found.warnings.append(f"{shown(relative)}: folder skipped: it is more than "
                                           f"{MAX_DEPTH} folders deep")  # fmt: skip
                else:
                    waiting.append((relative, rules))
            elif real := _real_path(root, entry, relative, shown, found):
                if not is_known(real) and _says_it_is_none(root, real):
                    found.watched[real] = mtime_ns(root, real) or 0  # it may become one
                    continue
                if entry.is_symlink() or entry.name.removesuffix(".md") + BANK_SUFFIX in names:
                    found.banked.add(real)
                found.files[lesson_id_of(relative)] = real
    return found


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _real_path(root: str, entry: os.DirEntry[str], relative: str, shown: Callable[[str], str], found: Listing) -> str | None:
    """Where an entry's file is below the root, links followed; None if it is not a lesson."""
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if not is_within(target, root):
            if os.path.exists(target):
                found.warnings.append(f"{shown(relative)}: skipped: it is a link that leads out of the folder")
            return None
        real = os.path.relpath(target, root).replace(os.sep, "/")
    else:
        real = relative
    stem, suffix = os.path.splitext(entry.name)
    if suffix != ".md" or stem.lower() in NOT_LESSONS or not os.path.isfile(entry.path):  # nor is a link to itself
        return None
    return real


def _says_it_is_none(root: str, relative: str) -> bool:
    """Whether a file's front matter says `lesson: false`. A file that can't be read is listed, and opening it tells why."""
    try:
        return bool(NOT_A_LESSON.match(read_inside(root, relative, HEAD_BYTES)))
    except OSError:
        return False


def _ignore_rules(root: str, folder: str, name: str) -> Rules:
    """The rules of an ignore file: https://git-scm.com/docs/gitignore#_pattern_format"""
    from pathspec import PathSpec

    try:
        lines = read_inside(root, _below(folder, name), LIMIT_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return ((_below(folder, ""), PathSpec.from_lines("gitignore", filter(_is_pattern, lines))),)


def _is_pattern(line: str) -> bool:
    """Whether a line is a valid pattern; git matches nothing with a range such as [z-a] either."""
    from pathspec import PathSpec

    try:
        PathSpec.from_lines("gitignore", [line])
        return True
    except (ValueError, re.error):
        return False


def _is_ignored(relative: str, is_folder: bool, rules: Rules) -> bool:
    """The last rule that matches decides."""
    ignored = False
    for base, spec in rules:
        verdict = spec.check_file(relative[len(base) :] + ("/" if is_folder else "")).include
        ignored = ignored if verdict is None else verdict
    return ignored
