"""The catalogue: what a list says about each lesson, kept in the cache folder so that no file is parsed twice for it.

There is one file for each folder of lessons, and one for its list of misconceptions: a line with a digest, then JSON. They are
always replaced as a whole, so processes that write at the same time leave the version of one of them. A catalogue that is
damaged or can't be written only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tutor.corpus.folder.stamps import is_past, is_settled, mtime_ns, stamp_of
from tutor.models import Lesson, Misconception
from utils import __version__
from utils.errors import UsageError
from utils.files import write_atomically

FORMAT = f"6 {__version__}"  # raise the number when a lesson, or the catalogue, is read differently


@dataclass(frozen=True)
class CatalogueEntry:
    """What a list of lessons says about one of them."""

    id: str
    title: str
    sections: tuple[str, ...] = ()  # slugs of those that a session goes through
    summary: str = ""
    minutes: int | None = None
    prerequisites: tuple[str, ...] = ()

    @property
    def track(self) -> str:
        return self.id.rpartition("/")[0]


def fields_of(lesson: Lesson) -> list:
    """The fields of a lesson's CatalogueEntry after its id."""
    slugs = [section.slug for section in lesson.taught]
    return [lesson.title, slugs, lesson.summary, lesson.minutes, list(lesson.prerequisites)]


def digests_of(lesson: Lesson) -> list[str]:
    """What a lesson is known by when its name changes: digests of its text, and of its title and headings."""
    text = "\n".join(section.text for section in lesson.sections)
    outline = "\n".join([lesson.title, *(section.title for section in lesson.sections)])
    return [hashlib.blake2b(one.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() for one in (text, outline)]


def entry_of(lesson_id: str, fields: list) -> CatalogueEntry:
    """The entry with those fields."""
    title, sections, summary, minutes, prerequisites = fields
    return CatalogueEntry(lesson_id, title, tuple(sections), summary, minutes, tuple(prerequisites))


class Row(NamedTuple):
    """What is known of a lesson's file and of its bank; a list in the JSON."""

    real: str  # path below the root
    has_bank: bool
    stamp: str  # as both files were before they were read; "" where a change might not show in it
    entry: list | None = None  # the fields of its CatalogueEntry after the id; None where it has not been read
    items: dict[str, str] | None = None  # key of each item of its bank -> slug of the section that it asks about
    ideas: dict[str, str] | None = None  # key of each item that names an idea -> the idea; None where `items` is
    probes: dict[str, list[str]] | None = None  # key of each item that may show misconceptions -> these; likewise
    fault: list | None = None  # suffix of the file that is invalid, line, message; what is None above then stays None
    digests: list[str] | None = None  # digests_of the lesson, known where `entry` is
    prints: dict[str, str] | None = None  # key of each item that a session may ask, made ones too -> its print


class Catalogue:
    """The catalogue of one folder of lessons. Without a cache folder it knows nothing and keeps nothing."""

    def __init__(self, root: str, cache: Path | None) -> None:
        name = hashlib.blake2b(os.fsencode(root), digest_size=10).hexdigest()
        self._root = root
        self._path = cache / "catalogue" / f"{name}.json" if cache else None
        self._kept = _read(self._path) if self._path else _NOTHING
        self._stamps = {row.real: row.stamp for row in self._kept.rows.values()}
        self._now: dict[str, str] = {}  # real path -> stamp, as it was when this process first looked
        self._rows: dict[str, Row] = {}  # of the lessons that this process has looked at
        self._is_new = True  # whether there may be something to store
        self._is_current = False  # whether what is kept is what is there now

    def listing(self) -> tuple[dict[str, Row], dict[str, int]] | None:
        """(lesson id -> row, watched folders and files) as they were last listed; None where any of them has changed."""
        rows, watched = self._kept
        if not watched or any(mtime_ns(self._root, path) != mtime for path, mtime in watched.items()):
            return None
        if not all(map(self.is_unchanged, self._stamps)):
            return None
        self._rows, self._is_new, self._is_current = dict(rows), False, True
        return self._kept

    @property
    def state(self) -> str:
        """What differs once any lesson or bank has changed; "" where that can't be told, as after a change just now."""
        stamps = [f"{lesson_id} {row.stamp}" for lesson_id, row in sorted(self._kept.rows.items())]
        if not self._is_current or not self._kept.watched or any(stamp.endswith(" ") for stamp in stamps):
            return ""
        return hashlib.blake2b("\n".join([FORMAT, *stamps]).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()

    def is_unchanged(self, real: str) -> bool:
        """Whether a file is known to be a lesson and is, with its bank, as it was when it was read."""
        known = self._stamps.get(real, "")
        return bool(known) and known == self._stamp(real, " " in known)

    def _stamp(self, real: str, has_bank: bool) -> str:
        if real not in self._now:
            self._now[real] = stamp_of(self._root, real, has_bank)
        return self._now[real]

    def row(self, lesson_id: str, real: str, has_bank: bool) -> Row:
        """What is known of a lesson: all of it from before where its files have not changed, else their stamp alone.

        Ask for it before the files are read, so that a change in between shows.
        """
        if lesson_id not in self._rows:
            kept, stamp = self._kept.rows.get(lesson_id), self._stamp(real, has_bank)
            same = kept and stamp and (real, has_bank, stamp) == kept[:3]
            self._rows[lesson_id] = kept if kept and same else Row(real, has_bank, stamp)
        return self._rows[lesson_id]

    def add(self, lesson_id: str, row: Row) -> None:
        """Take a row in which something has been filled in; it is stored by `save`."""
        self._rows[lesson_id], self._is_new = row, True

    def save(self, files: Mapping[str, str], banked: Collection[str], watched: Mapping[str, int]) -> None:
        """Store what is known of these lessons; quick if nothing is new. If it can't be written, we do without.

        files: lesson id -> real path below the root; banked: the real paths of those that may have a bank; watched:
        folders and files below the root -> mtime, ns, as they were before the listing, {} if it can't be relied on.
        """
        if not self._path or not self._is_new:
            return
        rows = {lesson_id: self.row(lesson_id, real, real in banked) for lesson_id, real in files.items()}
        rows = {lesson_id: row if is_settled(row.stamp) else Row(*row[:2], "") for lesson_id, row in rows.items()}
        kept = _Kept(rows, {path: mtime if is_past(mtime) else -1 for path, mtime in watched.items()})
        self._is_new, self._is_current = False, True
        if kept == self._kept:
            return
        body = json.dumps({"watched": kept.watched, "rows": kept.rows}, separators=(",", ":"))
        with contextlib.suppress(OSError, UsageError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, f"{_head(body.encode())}\n{body}")
            self._kept = kept
            return
        self._is_current = False

    def misconceptions(self, text: str, parse: Callable[[str], dict[str, Misconception]]) -> dict[str, Misconception]:
        """What the folder's list of misconceptions with this text says; parsed once for each text. Raises what `parse` does."""
        if not self._path:
            return parse(text)
        path = self._path.with_name(f"{self._path.stem}-misconceptions.json")
        of = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        kept = _read_body(path)
        if kept and kept["of"] == of:
            return {name: Misconception(name, *fields) for name, fields in kept["found"].items()}
        found = parse(text)
        body = json.dumps({"of": of, "found": {name: [one.believed, one.so, one.line] for name, one in found.items()}})
        with contextlib.suppress(OSError, UsageError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, f"{_head(body.encode())}\n{body}")
        return found


class _Kept(NamedTuple):
    rows: dict[str, Row]
    watched: dict[str, int]


_NOTHING = _Kept({}, {})


def _read(path: Path) -> _Kept:
    """What a catalogue's file holds; nothing where it is missing, damaged or of another version."""
    found = _read_body(path)
    return _Kept({lesson_id: Row(*row) for lesson_id, row in found["rows"].items()}, found["watched"]) if found else _NOTHING


def _read_body(path: Path) -> dict[str, Any]:
    """The JSON of a kept file; {} where it is missing, damaged or of another version."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return {}
    found: dict[str, Any] = json.loads(body) if head.decode("ascii", "replace") == _head(body) else {}
    return found


def _head(body: bytes) -> str:
    return f"{FORMAT} {hashlib.blake2b(body, digest_size=16).hexdigest()}"
