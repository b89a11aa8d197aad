"""The records as an open file that is about a folder of lessons: what all that is read from it and written to it goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from tutor.learner.file import corpora, following, tally_tables
from tutor.learner.file.corpora import Move
from tutor.learner.file.database import backup_advice, in_memory, open_database, records_errors, transaction
from tutor.learner.file.identity import lesson_of
from tutor.learner.file.rows import from_json
from tutor.learner.memory.scheduling import DEFAULTS, Scheduling, with_fitted
from utils.errors import RecordsError
from utils.times import utc

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

    from tutor.corpus.corpus import Corpus
    from tutor.learner.copies.backups import Backup
    from tutor.learner.copies.importing import Export
    from tutor.learner.copies.merging import Merged


Own = TypeVar("Own", bound="RecordsFile")


class RecordsFile:
    """An open file, a context manager. Every method raises RecordsError when the file fails."""

    def __init__(self, path: Path, connection: Connection, now: Callable[[], datetime], read_only: bool, warning: str):
        self.path, self.now, self.read_only = path, now, read_only
        self.warning = warning  # a sentence to show before the session begins, or ""
        self.corpus: str | None = None  # the folder of lessons that they are about, see `follow`; None: whatever they hold
        self.wishes = DEFAULTS  # for reviews, see `scheduling`
        self.news = ""  # a line on what became of the learner's history in that folder, or ""
        self._folder: Corpus | None = None
        self._seen: set[str] = set()  # items and lessons that are remembered as they are
        self.changed = False  # whether anything was stored
        self._connection = connection

    def __enter__(self: Own) -> Own:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # --------------------------------------------------------------------------------------------- folder

    def follow(self, folder: Corpus) -> None:
        """Be about a folder of lessons from now on: what was moved or edited in it since takes its history with it.

        Records that are only looked at are written once where a history has to follow; where that can't be, a copy is.
        """
        with records_errors(self.path, "cannot be read"):
            found = following.look(self._connection, folder)
        if found.changes_history and self.read_only:
            try:
                connection, _ = open_database(self.path)
                with type(self)(self.path, connection, self.now, False, "") as records:
                    records.follow(folder)
                self.close()
                self._connection, _ = open_database(self.path, read_only=True)  # the one before may have been on a copy
            except RecordsError:
                with records_errors(self.path, "cannot be read"):
                    self._connection = in_memory(self._connection)
                    following.carry_out(self._connection, found, utc(self.now()))
        elif found.known and not self.read_only:
            with records_errors(self.path, "change NOT saved"), transaction(self._connection):
                following.carry_out(self._connection, found, utc(self.now()))
            self.changed = self.changed or found.changes_history
        self.corpus, self.news, self._folder = found.corpus, found.moves.told(), folder

    def _remember(self, connection: Connection, item: str) -> None:
        """Remember an item and its lesson as they are now, when they are answered first in this session."""
        if self.corpus and self._folder and item not in self._seen:
            self._seen.add(item)
            if seen := following.seen_now(self._folder, item):
                corpora.keep_item(connection, self.corpus, item, seen)
            self._remember_lesson(connection, item.partition(":")[0])

    def _remember_lesson(self, connection: Connection, lesson: str) -> None:
        if self.corpus and self._folder and lesson not in self._seen and lesson in self._folder.files:
            self._seen.add(lesson)
            corpora.keep_lesson(connection, self.corpus, lesson, self._folder.digests()[lesson])

    def edits(self, folder: Corpus) -> tuple[list[str], list[str]]:
        """(keys of items that ask the same as when their history was made though they were edited, of those that don't).

        Of what is not followed yet. Nothing is written, and the records go on being about the folder that they are about.
        """
        if not self._read("SELECT EXISTS (SELECT 1 FROM items)")[0][0]:
            return [], []
        with records_errors(self.path, "cannot be read"):
            moves = following.look(self._connection, folder).moves
        return moves.edited, moves.anew

    def moves(self) -> list[Move]:
        """What became of lessons and items in this folder, the latest first."""
        with records_errors(self.path, "cannot be read"):
            return corpora.moves_in(self._connection, self.corpus or "")

    def gone_items(self) -> dict[str, int]:
        """item (key) -> answers, of those with a history that the folder no longer asks."""
        if self._folder is None:
            return {}
        with records_errors(self.path, "cannot be read"):
            lessons = {lesson_of(key) for key in corpora.seen_items(self._connection, self.corpus or "")}
            asked = self._folder.asked_items(lessons)
            return corpora.gone_items(self._connection, self.corpus or "", asked)

    # --------------------------------------------------------------------------------------------- tallies

    def faults(self) -> list[str]:
        """What is kept of the attempts' sums and is not what they come to, in words."""
        with records_errors(self.path, "cannot be read"), self._decoding("what was counted"):
            return tally_tables.faults(self._connection)

    def recount(self) -> None:
        """Add up the attempts again."""
        with self._writing("sums") as connection:
            tally_tables.rebuild(connection)

    # --------------------------------------------------------------------------------------------- copies

    def back_up(self) -> Backup:
        """Make a backup. Raises RecordsError."""
        from tutor.learner.copies import backups

        return backups.make_backup(self._connection, self.path, self.now())

    def export_lines(self) -> Iterator[str]:
        """The history as lines of JSON, see copies.exporting."""
        from tutor.learner.copies.exporting import export_lines

        with records_errors(self.path, "cannot be read"), self._decoding("what is to be exported"):
            yield from export_lines(self._connection, self.now())

    def merge(self, export: Export) -> Merged:
        """Add another history to this one, after a backup: all of it or nothing."""
        from tutor.learner.copies.merging import merge

        if self._read("SELECT EXISTS (SELECT 1 FROM attempts)")[0][0]:
            self.back_up()
        with self._decoding("what is there"), self._writing("history", "imported") as connection:
            return merge(connection, export, self.scheduling)

    # ------------------------------------------------------------------------------------------- settings

    @property
    def scheduling(self) -> Scheduling:
        """How reviews are scheduled: as the learner wishes, with the parameters that were fitted to them."""
        fitted = self.setting("fitted")
        with self._decoding("setting fitted"):
            return with_fitted(self.wishes, fitted)

    def setting(self, key: str, default: Any = None) -> Any:
        """The value that `set_setting` stored, or the default."""
        rows = self._read("SELECT value FROM settings WHERE key = ?", (key,))
        with self._decoding(f"setting {key}"):
            return from_json(rows[0][0]) if rows else default

    def fit_to_learner(self, on_begin: Callable[[], None] = lambda: None) -> str:
        """Fit the parameters of memory to the learner once there are enough more reviews than at the last try: a line to show
        where that has changed dates, else "". on_begin: called where there are; with thousands it takes seconds.
        """
        from tutor.learner.memory import refitting

        asked = self._read("SELECT coalesce(sum(asked_again), 0) FROM quarters")[0][0]
        kept = self.setting("fitted")
        with self._decoding("what was answered"):
            if self.read_only or not refitting.is_worth_while(asked, kept):
                return ""
            on_begin()
            with records_errors(self.path, "cannot be read"):
                tried = refitting.tried(self._connection, self.scheduling, kept)
            with self._writing("parameters") as connection:
                return refitting.put_in_use(connection, tried, self.scheduling, asked, utc(self.now()))

    def set_setting(self, key: str, value: Any) -> None:
        with self._writing("setting") as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, json.dumps(value)))

    # ----------------------------------------------------------------------------------------------- inside

    @property
    def _here(self) -> str:
        """The condition that a row is about the folder of lessons."""
        return "1" if self.corpus is None else f"corpus = '{self.corpus}'"  # hexadecimal digits

    @contextmanager
    def _writing(self, what: str, how: str = "saved") -> Iterator[Connection]:
        if self.read_only:
            raise RecordsError(f"{self.path}: {what} NOT {how}: the records were opened for reading only.")
        with records_errors(self.path, f"{what} NOT {how}"), transaction(self._connection):
            yield self._connection
        self.changed = True

    def _read(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        with records_errors(self.path, "cannot be read"):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _decoding(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise self._not_valid(what, error) from error

    def _not_valid(self, what: str, error: Exception) -> RecordsError:
        remedy = backup_advice(self.path) or "Put a good copy of the file in its place."
        return RecordsError(f"{self.path}: {what} is not valid ({error}). {remedy}")
