"""Backups of the records: whole copies in a folder beside the file, checked when they are made, few of them, and old ones too.

One is made at the end of a session that changed something, before a newer version changes the file's schema, and before an
import or a restore.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from utils.errors import RecordsError

if TYPE_CHECKING:
    from sqlite3 import Connection

FOLDER = "backups"  # beside the records
MOST_BYTES = 256 * 1024 * 1024  # of all backups together; the newest is kept whatever its size
NAME = re.compile(r"records-(\d{4}-\d\d-\d\d-\d{6})(?:-(\d+))?\.db")
TIME = "%Y-%m-%d-%H%M%S"  # UTC
UNFINISHED = ".part"
STALE_S = 3600  # an unfinished copy that is so much older than the newest backup was left by a kill
SCHEMA_AT = 60  # the byte of SQLite's header at which user_version begins, https://sqlite.org/fileformat2.html
# Of so many sessions, days, weeks and months that have a backup the newest one is kept.
KEPT: tuple[tuple[int, Callable[[Backup], object]], ...] = (
    (3, lambda one: one.path),
    (7, lambda one: one.made.date()),
    (4, lambda one: one.made.isocalendar()[:2]),
    (12, lambda one: (one.made.year, one.made.month)),
)


@dataclass(frozen=True)
class Backup:
    """A backup as its folder shows it."""

    path: Path
    made: datetime  # aware, UTC
    number: int  # among those of the same second
    size_bytes: int

    @property
    def name(self) -> str:
        return self.path.name


def folder_of(records: Path) -> Path:
    """The folder for the backups of a file of records."""
    return records.parent / FOLDER


def backups_of(records: Path) -> list[Backup]:
    """All backups of a file of records, the newest first."""
    found = []
    with suppress(OSError), os.scandir(folder_of(records)) as entries:
        for entry in entries:
            if (match := NAME.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False):
                with suppress(ValueError):
                    made = datetime.strptime(match[1], TIME).replace(tzinfo=timezone.utc)
                    found.append(Backup(Path(entry.path), made, int(match[2] or 1), entry.stat().st_size))
    return sorted(found, key=lambda one: (one.made, one.number), reverse=True)


def worth_keeping(backups: Sequence[Backup], most_bytes: int = MOST_BYTES) -> set[Backup]:
    """Those to keep, of some with the newest first: the last sessions, and one of each of the last days, weeks and months.

    Where they are too large together, those that stay still reach back as far as they can.
    """
    classes = []
    for count, period in KEPT:
        newest: dict[object, Backup] = {}
        for one in backups:
            newest.setdefault(period(one), one)
        classes.append(list(newest.values())[:count])
    in_turn = [one for row in zip_longest(*classes) for one in row if one]
    kept: set[Backup] = set()
    left = most_bytes
    for one in dict.fromkeys(in_turn):
        if one.size_bytes <= left or not kept:
            kept.add(one)
            left -= one.size_bytes
    return kept


def make_backup(connection: Connection, records: Path, now: datetime) -> Backup:
    """Copy the records that a connection is open on, check the copy, and remove the backups that are no longer worth keeping.

    now: aware. Raises RecordsError, and then nothing is left but the backups that were there.
    """
    import sqlite3

    folder = folder_of(records)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path = _free_name(records, now)
        unfinished = path.with_name(f"{path.name}.{os.urandom(4).hex()}{UNFINISHED}")
        try:
            copy_whole(connection, unfinished)
            os.replace(unfinished, path)
            to_disk(folder)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
        _remove_others(records, path, connection)
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        older = backups_of(records)
        kept = f"; the newest backup is {older[0].name}" if older else ""
        raise RecordsError(f"{records}: no backup was made: {why}{kept}") from error
    made = NAME.fullmatch(path.name)
    assert made
    return Backup(path, now.astimezone(timezone.utc).replace(microsecond=0), int(made[2] or 1), path.stat().st_size)


def copy_whole(connection: Connection, target: Path) -> None:
    """Write what a connection is open on to a new file, as one transaction sees it, and check it.

    Raises sqlite3.Error, OSError.
    """
    import sqlite3

    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is brought to the disk once, at the end
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"malformed: {' '.join(found.split())}")
    to_disk(target)


def _free_name(records: Path, now: datetime) -> Path:
    stamp = now.astimezone(timezone.utc).strftime(TIME)
    taken = [one.number for one in backups_of(records) if one.made.strftime(TIME) == stamp]
    return folder_of(records) / (f"records-{stamp}-{max(taken) + 1}.db" if taken else f"records-{stamp}.db")


def _remove_others(records: Path, made: Path, connection: Connection) -> None:
    """Remove what is not worth keeping, and copies that a kill left unfinished. made: just now, and so kept in any case.

    connection: what it was made of. The newest backup of another history, as of a file that was lost and started over, stays.
    """
    there = backups_of(records)
    kept = worth_keeping(there)
    for one in there:
        if one in kept or one.path == made:  # which is not the newest where the clock went back
            continue
        if _is_of_another_history(one, connection) and not any(_first_answer(one) == _first_answer(other) for other in kept):
            kept.add(one)
            continue
        with suppress(OSError):
            one.path.unlink()
    for unfinished in folder_of(records).glob(f"records-*{UNFINISHED}*"):
        with suppress(OSError):
            if unfinished.stat().st_mtime < there[0].path.stat().st_mtime - STALE_S:
                unfinished.unlink()


def _is_of_another_history(backup: Backup, connection: Connection) -> bool:
    """Whether its answers are not among those of the present records, by the first of them."""
    first = _first_answer(backup)
    return first is not None and not connection.execute("SELECT 1 FROM attempts WHERE uid = ?", (first,)).fetchone()


def _first_answer(backup: Backup) -> str | None:
    """The uid of the first answer in it; None where it holds none, or can't be read."""
    import sqlite3

    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{backup.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy,
    ):
        row = copy.execute("SELECT uid FROM attempts ORDER BY id LIMIT 1").fetchone()
        return row[0] if row else None
    return None


def to_disk(path: Path) -> None:
    """Wait until a file's or a folder's content is on the disk; a folder's only where the system can."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR
    with suppress(PermissionError):  # Windows opens no folder
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def schema_of(backup: Backup) -> int:
    """The version of its schema, read from its header; 0 where it has none."""
    with suppress(OSError), backup.path.open("rb") as file:
        head = file.read(SCHEMA_AT + 4)
        if head.startswith(b"SQLite format 3\0"):
            return int.from_bytes(head[SCHEMA_AT:], "big")
    return 0


def advice(records: Path, newest_schema: int) -> str:
    """What a person can do who needs a good copy of the records: which backups there are; "" where there is none.

    newest_schema: that can be read.
    """
    usable = [one for one in backups_of(records) if schema_of(one) <= newest_schema]
    if not usable:
        return ""
    best = next((one for one in usable if _first_answer(one)), usable[0])
    which, name = ("The newest backup", "") if best == usable[0] else ("The newest backup with answers", f" {best.name}")
    others = f" ({len(usable) - 1} {'others' if name else 'older ones'}: `ptutor doctor` lists them)" if len(usable) > 1 else ""
    made = f"{best.made:%Y-%m-%d %H:%M} UTC"
    return f"{which} is {best.name} of {made}{others}; `ptutor records restore{name}` shows what it would bring back."


def hold_answers(records: Path) -> bool:
    """Whether any backup of a file of records holds answers."""
    return any(_first_answer(one) for one in backups_of(records))
