"""The SQLite file under the records: how it is opened, checked and migrated, and what is said when it fails.

WAL with synchronous=FULL: a transaction that has ended is on the disk. Whatever goes wrong with the file becomes a
RecordsError that names the file, the reason and the remedy, and the file is left as it was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from tutor.learner.copies import backups
from tutor.learner.file.migrations import MIGRATIONS
from utils.errors import DamagedRecords, RecordsError

if TYPE_CHECKING:
    from sqlite3 import Connection

FILE_NAME = "records.db"
BUSY_TIMEOUT_S = 30.0  # another one may be migrating or importing a long history
QUICK_CHECK_BYTES = 8 * 1024 * 1024  # takes about 10 ms to check; see `_check`

# A sign in SQLite's message, what it means here, what to do. By message because Python 3.10 has no error codes of SQLite.
FAULTS = (
    ("locked", "another program keeps it busy", "Close the other session and try again."),
    ("locking protocol", "another program keeps it busy", "Close the other session and try again."),
    ("readonly", "it is read-only", "Make the file and its folder writable, or name another folder with --home."),
    ("full", "the disk is full", "Free some space and try again; what was saved before is kept."),
    ("disk i/o", "the disk is full or failing", "Free some space or repair the disk; what was saved before is kept."),
    ("unable to open", "it cannot be opened", "Make the file and its folder writable, or name another folder with --home."),
)
DAMAGE = (  # the same of the file itself, where there is no backup
    ("not a database", "it is not a database", "Move it away to start afresh, or put a good copy in its place."),
    ("malformed", "it is damaged", "Put a good copy in its place; `sqlite3 FILE .recover` saves what can be read."),
    ("", "it is damaged", "Put a good copy in its place, or move it away to start afresh."),
)


# ------------------------------------------------------------------------------------------------- opening


def records_file(home: Path) -> Path:
    """The file of the records in a home folder."""
    return home / FILE_NAME


def open_database(path: Path, *, read_only: bool = False) -> tuple[Connection, str]:
    """A connection to the file at today's schema, and a warning for the learner, or "".

    read_only: the connection writes nothing; where there is no file, it is to an empty database in memory. Only an older
    schema is brought up to date in the file, as it is before writing, since every reading command would do it again in memory.
    Raises RecordsError.
    """
    import sqlite3

    if sqlite3.sqlite_version_info < (3, 37):
        raise RecordsError(
            f"{path}: cannot be opened: strict tables need SQLite 3.37 and this Python has {sqlite3.sqlite_version}. "
            "Use a newer Python."
        )
    warning = _refuse_lost_content(path)
    with records_errors(path, "cannot be opened"):
        connection = _open_to_read(path) if read_only else _open_to_write(path)
    with _closed_on_failure(connection), records_errors(path, "cannot be read"):
        return connection, warning or _lost_history(connection, path)


def _open_to_write(path: Path) -> Connection:
    _make_ready_to_write(path)
    with _closed_on_failure(_connect(str(path))) as connection:
        if 0 < _check(connection, path) < len(MIGRATIONS):
            backups.make_backup(connection, path, datetime.now(timezone.utc))  # in case of a return to the older version
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection)
        return connection


def _open_to_read(path: Path) -> Connection:
    """A connection that cannot write; where the schema is missing, or old and the file can't be written, one to a migrated
    copy in memory.
    """
    if _size(path) is None:
        with _closed_on_failure(_connect(":memory:")) as memory:
            _migrate(memory)
            return memory
    connection, version = _connect_and_check(path)
    if 0 < version < len(MIGRATIONS):
        connection.close()  # it may keep the migration from the file
        _try_to_migrate(path)
        connection, version = _connect_and_check(path)
    if version == len(MIGRATIONS):
        return connection
    memory = in_memory(connection)
    with _closed_on_failure(memory):
        _migrate(memory)
        return memory


def _connect_and_check(path: Path) -> tuple[Connection, int]:
    with _closed_on_failure(_connect_to_read(path)) as connection:
        return connection, _check(connection, path)


def _try_to_migrate(path: Path) -> None:
    """Bring the file up to date, after a backup; where that fails, it can still be looked at."""
    import sqlite3

    with suppress(RecordsError, sqlite3.DatabaseError):
        _open_to_write(path).close()


def in_memory(connection: Connection) -> Connection:
    """A copy in memory of what a connection is open on, which is closed."""
    with _closed_on_failure(_connect(":memory:")) as memory:
        connection.backup(memory)
        connection.close()
        return memory


def open_copy(path: Path) -> Connection:
    """A connection to a copy of the records that nobody writes to, such as a backup; nothing beside it is made or read.

    Its schema may be an older one. Raises RecordsError.
    """
    if not _size(path):
        raise DamagedRecords(
            f"{path}: found no copy of the records there, or an empty file; name a backup, as `ptutor doctor` does"
        )
    alone = "" if _size(_beside(path, "-wal")) else "&immutable=1"
    address = f"{path.absolute().as_uri()}?mode=ro{alone}"
    with records_errors(path, "cannot be read"), _closed_on_failure(_connect(address, uri=True)) as connection:
        if not _check(connection, path):
            raise DamagedRecords(f"{path}: found a database that holds no records, expected a backup; `ptutor doctor` lists them")
        return connection


def bring_up_to_date(copy: Path) -> None:
    """Migrate a copy that nobody else uses to today's schema. Raises RecordsError."""
    with records_errors(copy, "cannot be brought up to date"), _closed_on_failure(_connect(str(copy))) as connection:
        _migrate(connection)
        connection.close()


def _connect(name: str, uri: bool = False) -> Connection:
    import sqlite3

    connection = sqlite3.connect(name, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=uri)
    connection.row_factory = sqlite3.Row
    return connection


def _connect_to_read(path: Path) -> Connection:
    import sqlite3

    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = _connect(address, uri=True)
    try:
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # WAL creates files beside the database. In a folder where it can't, a file with an empty log can still be read
        # as it is; one with a log can't.
        folder_refuses = "unable to open" in str(error) or "readonly" in str(error)
        if not folder_refuses or _size(_beside(path, "-wal")):
            raise
        connection = _connect(f"{address}&immutable=1", uri=True)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_ready_to_write(path: Path) -> None:
    """Create the folder (mode 700) and the file (mode 600). A read-only one is refused now, not at the first answer."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # opening an existing file would drop the locks of our other connections
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise RecordsError(
            f"{path}: your records can't be kept there: {error.strerror}. Name another folder with --home or TUTOR_HOME."
        ) from error
    for place in (path, path.parent):
        if not os.access(place, os.W_OK):
            raise RecordsError(
                f"{path}: answers cannot be saved: {place.name} is read-only. "
                "Make the file and its folder writable, or name another folder with --home."
            )


def _refuse_lost_content(path: Path) -> str:
    """Look for signs that content was lost, which SQLite itself ignores. Returns a warning, or "".

    SQLite takes an empty file for a new database and deletes the log beside it with the answers in it, so this is
    refused; and so is an empty file with backups beside it: it is no new one either. An index of the log (-shm)
    without the log is only left behind when a session was killed and its log removed. The order of the checks matters:
    another process may be opening the file (it creates file, log, index), closing it (it removes index, log), or making
    the first backup.
    """
    log = _size(_beside(path, "-wal"))
    index = _size(_beside(path, "-shm"))
    if log is not None and _size(path) == 0:
        remedy = backup_advice(path) or "Put a good copy of the file in its place, or move both away to start afresh."
        raise DamagedRecords(
            f"{path}: is empty, but its log {FILE_NAME}-wal beside it holds answers that are nowhere else. {remedy}"
        )
    if _size(path) == 0 and backups.backups_of(path) and _size(path) == 0:  # not one that is new and has its first backup
        remedy = backup_advice(path) or "Put a good copy of the file in its place."
        raise DamagedRecords(f"{path}: is empty, though backups of it are there. {remedy} To start afresh, delete the file.")
    if index is not None and _size(_beside(path, "-wal")) is None and _size(_beside(path, "-shm")) is not None:
        return f"{path}: the last session did not end cleanly and its log is gone: its last answers may be missing."
    return ""


def _lost_history(connection: Connection, path: Path) -> str:
    """A warning where backups hold answers and the records none, as where their file was deleted; else ""."""
    if connection.execute("SELECT EXISTS (SELECT 1 FROM attempts)").fetchone()[0] or not backups.hold_answers(path):
        return ""
    state = "holds no answers" if _size(path) else "is not there"
    return f"{path}: {state}, though backups beside it hold some. {backup_advice(path)}".rstrip()


def _check(connection: Connection, path: Path) -> int:
    """The schema's version. Refuses a damaged file or one from a newer version before anything is written to it.

    SQLite notices a truncated file at the first read. Its quick check reads the whole file, so it only runs where that
    is cheap, and on larger files when the last session left its log behind or another session is running.
    """
    with _one_view(connection):  # another process may be changing the schema
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        stamp = connection.execute("PRAGMA application_id").fetchone()[0]
        is_as_written = not stamp or version > len(MIGRATIONS) or stamp == _schema_stamp(connection)
    if version > len(MIGRATIONS):
        older = backup_advice(path)
        raise DamagedRecords(
            f"{path}: cannot be opened: a newer version of the tutor wrote it (schema {version}, this one knows "
            f"{len(MIGRATIONS)}). Nothing was changed. Update the tutor, or name another folder with --home."
            + (f" {older}" if older else "")
        )
    if not is_as_written:
        raise _fault(path, "cannot be opened", "malformed: its schema is not the one that was written")
    if (_size(path) or 0) <= QUICK_CHECK_BYTES or _size(_beside(path, "-wal")):
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise _fault(path, "cannot be opened", f"malformed: {' '.join(found.split())}")
    return version


def _use_wal(connection: Connection) -> None:
    """Switch to WAL. SQLite needs the file to itself for this but does not wait for it, so we retry."""
    import sqlite3

    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _migrate(connection: Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    for version, statements in enumerate(MIGRATIONS, start=1):
        with transaction(connection):
            if connection.execute("PRAGMA user_version").fetchone()[0] < version:  # another process may have been faster
                for step in statements:
                    if callable(step):
                        step(connection)
                    else:
                        connection.execute(step)
                connection.execute(f"PRAGMA user_version = {version}")
                connection.execute(f"PRAGMA application_id = {_schema_stamp(connection)}")
    connection.execute("PRAGMA wal_checkpoint").fetchall()  # so that a lost log costs answers, never the schema


def _schema_stamp(connection: Connection) -> int:
    """A number of the schema's text, kept in the file's header: SQLite doesn't notice a changed letter in a column's name."""
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"
    ).fetchall()
    return crc32(repr([tuple(row) for row in rows]).encode()) >> 1 or 1  # 31 bits; 0 would say that there is none


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of the block or none of it, on the disk when the block ends.

    IMMEDIATE takes the write lock at the start, where SQLite waits for it. A transaction that reads first and writes
    later fails at once if another process wrote in between.
    """
    import sqlite3

    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:  # Ctrl-C and signals too
        with suppress(sqlite3.Error):  # report the first failure
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


@contextmanager
def _one_view(connection: Connection) -> Iterator[None]:
    """What is read in the block is all of one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def _closed_on_failure(connection: Connection) -> Iterator[Connection]:
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size(path: Path) -> int | None:
    """Bytes, or None where there is no such file."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RecordsError(
            f"{path}: can't be read: {error.strerror}. Make its folder readable, or name another one with --home."
        ) from error


# -------------------------------------------------------------------------------------------------- faults


@contextmanager
def records_errors(path: Path, what: str) -> Iterator[None]:
    """Turn what SQLite raises about the file into a RecordsError. A programming error of ours stays as it is."""
    import sqlite3

    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InternalError, sqlite3.NotSupportedError):
        raise
    except sqlite3.DatabaseError as error:
        raise _fault(path, what, str(error)) from error
    except UnicodeDecodeError as error:  # a damaged text, in a row or in a message of SQLite about the schema
        raise _fault(path, what, f"malformed: {error}") from error


def backup_advice(path: Path) -> str:
    """Which backup could be put in the place of the records, and how; "" where there is none."""
    return backups.advice(path, len(MIGRATIONS))


def _fault(path: Path, what: str, sqlite_message: str) -> RecordsError:
    for sign, reason, remedy in FAULTS:
        if sign in sqlite_message.lower():
            return RecordsError(f"{path}: {what}: {reason} (SQLite: {sqlite_message}). {remedy}")
    reason, remedy = next((reason, remedy) for sign, reason, remedy in DAMAGE if sign in sqlite_message.lower())
    remedy = backup_advice(path) or remedy
    return DamagedRecords(f"{path}: {what}: {reason} (SQLite: {sqlite_message}). {remedy}")
