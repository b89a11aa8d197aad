"""A backup put in the place of the records, after a look at what is lost and gained by that.

What stood there is kept: as a backup where it can be read, else beside the backups as it is.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tutor.learner.copies import backups
from tutor.learner.copies.backups import Backup
from tutor.learner.file.database import bring_up_to_date, open_copy, open_database, records_errors
from utils.errors import DamagedRecords, NothingRun, RecordsError, UsageError
from utils.text import nearest, plural

if TYPE_CHECKING:
    from sqlite3 import Connection

Answers = dict[str, tuple[str, str]]  # uid -> (lesson, when)
MOST_LESSONS = 5  # that a line names


class DifferenceDocument(TypedDict):
    """Answers that are in one file of two, as `records restore --json` prints them."""

    answers: int
    lessons: dict[str, int]
    first: str | None  # when the first of them was given, UTC, ISO 8601
    last: str | None


class RestoreDocument(TypedDict):
    """A restore as `records restore --json` prints it."""

    backup: str
    answers: int  # in the backup
    lost: DifferenceDocument | None  # None where the present file can't be read
    gained: DifferenceDocument
    kept_as: str | None  # the name of the copy of what stood there


@dataclass(frozen=True)
class RestoreOutlook:
    """What the records would be like after a restore."""

    backup: Path
    there: Answers
    here: Answers | None  # None where the present file can't be read

    @property
    def lost(self) -> Answers | None:
        return None if self.here is None else {uid: one for uid, one in self.here.items() if uid not in self.there}

    @property
    def gained(self) -> Answers:
        return {uid: one for uid, one in self.there.items() if uid not in (self.here or {})}

    def document(self, kept_as: Path | None = None) -> RestoreDocument:
        """The same as plain values. kept_as: the copy of what stood there."""
        return {
            "backup": self.backup.name, "answers": len(self.there),
            "lost": None if self.lost is None else _difference(self.lost),
            "gained": _difference(self.gained), "kept_as": kept_as.name if kept_as else None,
        }  # fmt: skip

    def listing(self) -> list[str]:
        """The lines that a person reads before they decide."""
        lost = "not known, because the present file can't be read" if self.lost is None else _in_words(self.lost)
        held = plural(len(self.there), "answer")
        return [f"{self.backup.name} holds {held}.", f"Lost: {lost}", f"Gained: {_in_words(self.gained)}"]


def chosen_backup(records: Path, name: str | None) -> Path:
    """The backup that a person named: by its name or a part of it, or by a path; without a name the newest.

    Raises NothingRun where there is none at all, UsageError for a name that fits none or several.
    """
    there = backups.backups_of(records)
    if name and os.path.isfile(name):
        return Path(name)
    if not there:
        raise NothingRun(f"{backups.folder_of(records)}: found no backup; one is made whenever a session has changed something")
    if not name:
        return there[0].path
    exact = [one for one in there if name in (one.name, one.name.removesuffix(".db"))]
    fitting = exact or [one for one in there if name in one.name]
    if len(fitting) == 1:
        return fitting[0].path
    if fitting:
        raise UsageError(
            f"{name}: found {len(fitting)} backups with this in their names, expected one; `ptutor doctor` lists them"
        )
    near = nearest(name, [one.name for one in there])
    hint = f" Did you mean {near}?" if near else ""
    raise UsageError(f"{name}: found no backup of that name; `ptutor doctor` lists them.{hint}")


def compare(records: Path, backup: Path) -> RestoreOutlook:
    """The answers of a backup and those of the present records. Raises RecordsError where the backup can't be used."""
    with closing(open_copy(backup)) as connection, records_errors(backup, "cannot be read"):
        there = _answers(connection)
    try:
        connection, _ = open_database(records, read_only=True)
        with closing(connection), records_errors(records, "cannot be read"):
            return RestoreOutlook(backup, there, _answers(connection))
    except DamagedRecords:
        return RestoreOutlook(backup, there, None)


def restore(records: Path, backup: Path, now: Callable[[], datetime]) -> Path | None:
    """Put a backup in the place of the records. Returns the copy of what stood there, None where nothing did.

    Another session that is open goes on with the restored records. Whenever this is killed, what stood there or the backup
    is in place, whole. Raises RecordsError, and then the records are as they were.
    """
    staged = records.with_name(f"{records.name}.{os.urandom(4).hex()}{backups.UNFINISHED}")
    try:
        with records_errors(backup, "cannot be restored"), closing(open_copy(backup)) as connection:
            records.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            backups.copy_whole(connection, staged)
        bring_up_to_date(staged)
        backups.to_disk(staged)
        if not (records.exists() or records.with_name(f"{records.name}-wal").exists()):
            os.replace(staged, records)
            return None
        try:
            present, _ = open_database(records)
        except DamagedRecords:
            return _put_in_place_of_damaged(records, staged, now())
        with closing(present):
            kept = backups.make_backup(present, records, now())
            with records_errors(records, "cannot be restored"), closing(open_copy(staged)) as source:
                source.backup(present)
        return kept.path
    except OSError as error:
        raise RecordsError(f"{records}: cannot be restored: {error.strerror}; free some space, or look at its folder") from error
    finally:
        with suppress(OSError):
            staged.unlink()


def _put_in_place_of_damaged(records: Path, staged: Path, now: datetime) -> Path:
    """The damaged file and its log are kept beside the backups before the log goes, which would be played into any other file."""
    folder = backups.folder_of(records)
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"replaced-{now.strftime(backups.TIME)}-{os.urandom(2).hex()}.db"
    for suffix in ("-wal", ""):
        beside = records.with_name(records.name + suffix)
        if beside.exists():
            shutil.copyfile(beside, copy := kept.with_name(kept.name + suffix))
            copy.chmod(0o600)
            backups.to_disk(copy)
    backups.to_disk(folder)
    for suffix in ("-wal", "-shm"):
        records.with_name(records.name + suffix).unlink(missing_ok=True)
    os.replace(staged, records)
    backups.to_disk(records.parent)
    return kept


def backup_lines(records: Path) -> list[str]:
    """Each backup with what it holds, the newest first, for `doctor`."""
    return [f"{one.name}  {_contents(one)}" for one in backups.backups_of(records)]


def _contents(backup: Backup) -> str:
    try:
        with closing(open_copy(backup.path)) as connection, records_errors(backup.path, "cannot be read"):
            answers = connection.execute("SELECT count(*) FROM attempts").fetchone()[0]
    except RecordsError:
        return "cannot be read"
    return f"{plural(answers, 'answer')}, {backup.size_bytes / 1e6:.1f} MB"


def _answers(connection: Connection) -> Answers:
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'attempts'").fetchone():
        return {}
    return {row[0]: (row[1], row[2]) for row in connection.execute("SELECT uid, lesson, at FROM attempts ORDER BY id")}


def _difference(answers: Mapping[str, tuple[str, str]]) -> DifferenceDocument:
    times = sorted(at for _, at in answers.values())
    lessons = dict(sorted(Counter(lesson for lesson, _ in answers.values()).items()))
    return {
        "answers": len(answers), "lessons": lessons, "first": times[0] if times else None, "last": times[-1] if times else None
    }  # fmt: skip


def _in_words(answers: Mapping[str, tuple[str, str]]) -> str:
    if not answers:
        return "nothing"
    found = _difference(answers)
    lessons = [f"{lesson} ({count})" for lesson, count in found["lessons"].items()]
    named = ", ".join(lessons[:MOST_LESSONS]) + (
        f" and {len(lessons) - MOST_LESSONS} more" if len(lessons) > MOST_LESSONS else ""
    )
    first, last = ((found[end] or "")[:16].replace("T", " ") for end in ("first", "last"))
    when = f"of {first} UTC" if first == last else f"from {first} to {last} UTC"
    return f"{plural(len(answers), 'answer')} {when}: {named}"
