"""The learner's records: attempts, places and settings in one SQLite file. The only module that touches SQLite.

An attempt that `add` has returned is on the disk: WAL with synchronous=FULL, committed before anything else is drawn,
so that a kill at any moment costs at most the answer that was never acknowledged. Whatever goes wrong with the file
comes out as a RecordsError that names the file, the reason and the remedy, and the file is left as it was.

Order is always that of the sequence numbers given here, never that of the clock, which may jump.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.learner import schedule
from tutor.models import Attempt, Card, Grade, Met, Place, Round
from utils.errors import RecordsError
from utils.times import utc

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

FILE_NAME = "records.db"
BUSY_TIMEOUT_S = 5.0
QUICK_CHECK_BYTES = 8 * 1024 * 1024  # checked in some 10 ms; see `_check`

# Migration n brings a file from user_version n-1 to n; each runs in one transaction. Never edit one that was released.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- the sequence number; never given twice
            uid TEXT NOT NULL UNIQUE,             -- random; tells attempts of two machines apart
            session TEXT NOT NULL,
            item TEXT NOT NULL,                   -- Item.key
            section TEXT NOT NULL,                -- slug
            lesson TEXT NOT NULL,
            answer TEXT NOT NULL,
            grade TEXT NOT NULL,                  -- Grade as JSON
            score REAL NOT NULL,                  -- score and unaided repeat what `grade` and the rest say, for SQL
            unaided INTEGER NOT NULL,
            shown INTEGER NOT NULL,
            hints INTEGER NOT NULL,
            seed INTEGER,
            mode TEXT NOT NULL,
            at TEXT NOT NULL                      -- UTC, ISO 8601, ends in Z
        ) STRICT""",
        "CREATE INDEX attempts_by_lesson ON attempts (lesson, section)",
        "CREATE INDEX attempts_by_item ON attempts (item)",
        """CREATE TABLE places (
            sequence INTEGER PRIMARY KEY,         -- the highest was kept last
            lesson TEXT NOT NULL UNIQUE,
            place TEXT NOT NULL,                  -- Place as JSON
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",  # value: JSON
    ),
    (
        "ALTER TABLE attempts ADD COLUMN confidence INTEGER",
        "ALTER TABLE attempts ADD COLUMN due TEXT",
        """CREATE TABLE cards (
            item TEXT PRIMARY KEY,                -- Item.key
            lesson TEXT NOT NULL,
            due TEXT NOT NULL,                    -- repeats what the card says, for SQL
            card TEXT NOT NULL,                   -- Card as JSON
            attempt INTEGER NOT NULL,             -- that it was made at
            before TEXT                           -- the card before that, for undo
        ) STRICT""",
        """CREATE TABLE appeals (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            attempt INTEGER NOT NULL REFERENCES attempts (id),
            grade TEXT NOT NULL,                  -- the second look's Grade as JSON
            at TEXT NOT NULL
        ) STRICT""",
    ),
)

# What SQLite says, what it means here, what to do. By message: Python 3.10 does not tell SQLite's error codes.
FAULTS = (
    ("locked", "another program keeps it busy", "Close the other session and try again."),
    ("locking protocol", "another program keeps it busy", "Close the other session and try again."),
    ("readonly", "it is read-only", "Make the file and its folder writable, or name another folder with --home."),
    ("full", "the disk is full", "Free some space and try again; what was saved before is kept."),
    ("disk i/o", "the disk is full or failing", "Free some space or mend the disk; what was saved before is kept."),
    ("unable to open", "it cannot be opened", "Make file and folder yours to write, or name another folder by --home."),
    ("not a database", "it is not a database", "Move it away to begin anew, or put a good copy in its place."),
    ("malformed", "it is damaged", "Put a good copy in its place; `sqlite3 FILE .recover` saves what can be read."),
)


def open_store(home: Path | str, *, now: Callable[[], datetime], read_only: bool = False) -> Store:
    """The records in a folder, which is made (mode 700) where it is missing.

    now: gives an aware datetime. read_only: for commands that only look; makes nothing, so that where there are no
    records yet it is an empty store in memory, and reads a file or folder that may not be written.
    Raises RecordsError.
    """
    import sqlite3

    path = Path(home) / FILE_NAME
    if sqlite3.sqlite_version_info < (3, 37):
        raise RecordsError(
            f"{path}: cannot be opened: strict tables need SQLite 3.37 and this Python has {sqlite3.sqlite_version}. "
            "Use a newer Python."
        )
    warning = _refuse_lost_content(path)
    with _faults_told(path, "cannot be opened"):
        connection = _open_to_read(path) if read_only else _open_to_write(path)
    return Store(path, connection, now, read_only, warning)


class Store:
    """Open records. A context manager; what is read or written raises RecordsError where the file fails."""

    def __init__(self, path: Path, connection: Connection, now: Callable[[], datetime], read_only: bool, warning: str):
        self.path, self.now, self.read_only = path, now, read_only
        self.warning = warning  # a sentence to show before the session begins, or ""
        self._connection = connection

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *failure) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # ------------------------------------------------------------------------------------------- attempts

    def add(self, attempt: Attempt, place: Place | None = None, card: Card | None = None) -> Attempt:
        """Store an attempt, the place that it leads to and the item's card after it: all or nothing.

        Returns it with its id once on the disk.
        """
        row = {
            "uid": os.urandom(16).hex(), "session": attempt.session, "item": attempt.item, "section": attempt.section,
            "lesson": attempt.lesson, "answer": _storable(attempt.answer), "grade": _to_json(attempt.grade),
            "score": float(attempt.grade.score), "unaided": int(attempt.unaided), "shown": int(attempt.shown),
            "hints": attempt.hints, "seed": attempt.seed, "mode": attempt.mode, "at": attempt.at,
            "confidence": attempt.confidence, "due": attempt.due,
        }  # fmt: skip
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        with self._writing("answer") as connection:
            added = connection.execute(f"INSERT INTO attempts ({columns}) VALUES ({values})", row)
            if place is not None:
                self._put_place(connection, place)
            if card is not None:
                self._put_card(connection, card, added.lastrowid)
        return replace(attempt, id=added.lastrowid)

    def attempt(self, number: int) -> Attempt | None:
        """The attempt of that id."""
        rows = self._read("SELECT * FROM attempts WHERE id = ?", (number,))
        return self._attempt(rows[0]) if rows else None

    def undo(self) -> Attempt | None:
        """Take back the last attempt and what it did to its item's card. Returns it, None where there is none."""
        rows = self._read("SELECT * FROM attempts ORDER BY id DESC LIMIT 1")
        if not rows:
            return None
        last = self._attempt(rows[0])
        with self._writing("change") as connection:
            connection.execute("DELETE FROM appeals WHERE attempt = ?", (last.id,))
            connection.execute("DELETE FROM attempts WHERE id = ?", (last.id,))
            found = connection.execute("SELECT before FROM cards WHERE item = ? AND attempt = ?", (last.item, last.id)).fetchone()
            if found and found[0]:
                before = self._card(found[0])
                restored = (found[0], before.due, last.item)
                connection.execute("UPDATE cards SET card = ?, due = ?, before = NULL, attempt = 0 WHERE item = ?", restored)
            elif found:
                connection.execute("DELETE FROM cards WHERE item = ?", (last.item,))
        return last

    def attempts(self, lesson: str | None = None, section: str | None = None, item: str | None = None) -> list[Attempt]:
        """The attempts on a lesson, a section (slug) or an item (key), or all of them, in the order of their ids."""
        wanted = {"lesson": lesson, "section": section, "item": item}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " WHERE " + " AND ".join(f"{name} = :{name}" for name in given) if given else ""
        return [self._attempt(row) for row in self._read(f"SELECT * FROM attempts{where} ORDER BY id", given)]

    def count(self, session: str | None = None) -> int:
        """How many answers are stored, in one session or ever."""
        where = "" if session is None else " WHERE session = ?"
        return self._read(f"SELECT count(*) FROM attempts{where}", () if session is None else (session,))[0][0]

    def missed_items(self, lesson: str, before_session: str | None = None) -> list[str]:
        """Ids, without the lesson, of the items whose latest session ended in a miss; the longest waiting first.

        Leaves out what was tried in `before_session` already: it comes back in the next one.
        """
        latest = self._read(
            """SELECT * FROM attempts JOIN (
                SELECT item, session FROM attempts
                WHERE id IN (SELECT max(id) FROM attempts WHERE lesson = ? GROUP BY item)
            ) USING (item, session) ORDER BY id""",
            (lesson,),
        )
        runs: dict[str, list[Attempt]] = {}
        for attempt in map(self._attempt, latest):
            runs.setdefault(attempt.item, []).append(attempt)
        missed = [run[-1] for run in runs.values() if schedule.outcome(run) == "missed"]
        waiting = [attempt for attempt in missed if attempt.session != before_session]
        return [attempt.item.partition(":")[2] for attempt in sorted(waiting, key=lambda attempt: attempt.id)]

    def lessons_tried(self) -> set[str]:
        """Lessons with at least one stored answer."""
        return {row[0] for row in self._read("SELECT DISTINCT lesson FROM attempts")}

    # ---------------------------------------------------------------------------------------------- cards

    def card(self, item: str) -> Card | None:
        rows = self._read("SELECT card FROM cards WHERE item = ?", (item,))
        return self._card(rows[0][0]) if rows else None

    def cards(self, due_by: str | None = None) -> list[Card]:
        """All cards, or those due by a time (UTC, ISO 8601), the earliest due first."""
        where, values = (" WHERE due <= ?", (due_by,)) if due_by else ("", ())
        return [self._card(row[0]) for row in self._read(f"SELECT card FROM cards{where} ORDER BY due, item", values)]

    def due_counts(self, due_by: str) -> dict[str, int]:
        """lesson -> how many of its items are due by a time; those set aside are not."""
        rows = self._read(
            "SELECT lesson, count(*) FROM cards WHERE due <= ? AND json_extract(card, '$.leech') = 0 GROUP BY lesson", (due_by,)
        )
        return dict(map(tuple, rows))

    def without_cards(self) -> list[str]:
        """Keys of items that were answered before there were cards."""
        rows = self._read("SELECT DISTINCT item FROM attempts WHERE item NOT IN (SELECT item FROM cards) ORDER BY item")
        return [row[0] for row in rows]

    def put_card(self, card: Card) -> None:
        """A card made from attempts of old."""
        with self._writing("card") as connection:
            self._put_card(connection, card, 0)

    def _put_card(self, connection: Connection, card: Card, attempt: int) -> None:
        connection.execute(
            "INSERT INTO cards (item, lesson, due, card, attempt) VALUES (?, ?, ?, ?, ?) ON CONFLICT (item) DO UPDATE SET "
            "before = card, due = excluded.due, card = excluded.card, attempt = excluded.attempt",
            (card.item, card.lesson, card.due, _to_json(card), attempt),
        )

    def _card(self, text: str) -> Card:
        with self._sense_of("a card"):
            return _build(Card, json.loads(text))

    # -------------------------------------------------------------------------------------------- appeals

    def add_appeal(self, attempt: Attempt, grade: Grade, at: str) -> None:
        """Keep a second look's verdict beside the first."""
        with self._writing("appeal") as connection:
            connection.execute("INSERT INTO appeals (attempt, grade, at) VALUES (?, ?, ?)", (attempt.id, _to_json(grade), at))

    def appeals(self, attempt: int) -> list[Grade]:
        """The verdicts of the second looks at an attempt, in order."""
        rows = self._read("SELECT grade FROM appeals WHERE attempt = ? ORDER BY id", (attempt,))
        return [grade_from_json(row[0]) for row in rows]

    # --------------------------------------------------------------------------------------------- places

    def keep_place(self, place: Place) -> None:
        with self._writing("place") as connection:
            self._put_place(connection, place)

    def place(self, lesson: str) -> Place | None:
        rows = self._read("SELECT * FROM places WHERE lesson = ?", (lesson,))
        return self._place(rows[0]) if rows else None

    def last_place(self) -> Place | None:
        """The place kept last in a lesson that is not finished."""
        rows = self._read("SELECT * FROM places ORDER BY sequence DESC")
        return next((place for place in map(self._place, rows) if place.stage != "finished"), None)

    def forget_place(self, lesson: str) -> None:
        with self._writing("place") as connection:
            connection.execute("DELETE FROM places WHERE lesson = ?", (lesson,))

    # ------------------------------------------------------------------------------------------- settings

    def setting(self, key: str, default: Any = None) -> Any:
        """A plain value as `set_setting` was given it, or the default."""
        rows = self._read("SELECT value FROM settings WHERE key = ?", (key,))
        with self._sense_of(f"setting {key}"):
            return json.loads(rows[0][0]) if rows else default

    def set_setting(self, key: str, value: Any) -> None:
        with self._writing("setting") as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, json.dumps(value)))

    def described(self) -> str:
        """One line for `doctor`."""
        answers, lessons = self.count(), len(self.lessons_tried())
        return f"{self.path}, " + (f"answers: {answers}, lessons: {lessons}" if answers else "no answers yet")

    # ----------------------------------------------------------------------------------------------- inside

    @contextmanager
    def _writing(self, what: str) -> Iterator[Connection]:
        """One transaction, all or nothing, on the disk when the block is left.

        IMMEDIATE takes the write lock at the start, where SQLite waits for it; a transaction that reads first and then
        writes fails at once when another process wrote in between.
        """
        if self.read_only:
            raise RecordsError(f"{self.path}: {what} NOT saved: the records were opened for looking only.")
        with _faults_told(self.path, f"{what} NOT saved"), _transaction(self._connection):
            yield self._connection

    def _read(self, query: str, values: Iterable | dict = ()) -> list[Row]:
        with _faults_told(self.path, "cannot be read"):
            return self._connection.execute(query, values).fetchall()

    def _put_place(self, connection: Connection, place: Place) -> None:
        # REPLACE deletes first, so that the new row gets the highest sequence number
        connection.execute(
            "INSERT OR REPLACE INTO places (lesson, place, at) VALUES (?, ?, ?)",
            (place.lesson, _to_json(place), utc(self.now())),
        )

    def _attempt(self, row: Row) -> Attempt:
        with self._sense_of(f"attempt {row['id']}"):
            return Attempt(
                item=row["item"], section=row["section"], answer=row["answer"], grade=grade_from_json(row["grade"]),
                at=row["at"], mode=row["mode"], seed=row["seed"], hints=row["hints"], shown=bool(row["shown"]),
                session=row["session"], id=row["id"],
                confidence=row["confidence"], due=row["due"],
            )  # fmt: skip

    def _place(self, row: Row) -> Place:
        with self._sense_of(f"the place in {row['lesson']}"):
            return place_from_json(row["place"])

    @contextmanager
    def _sense_of(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RecordsError(
                f"{self.path}: {what} makes no sense ({error}). Put a good copy of the file in its place."
            ) from error


# ------------------------------------------------------------------------------------------ dataclasses as JSON


def grade_from_json(text: str) -> Grade:
    """The reverse of `_to_json`; fields that a newer version added are passed over, missing ones take their default."""
    values = json.loads(text)
    values["met"] = tuple(_build(Met, met) for met in values.get("met", ()))
    values["missed"] = tuple(values.get("missed", ()))
    return _build(Grade, values)


def place_from_json(text: str) -> Place:
    """As grade_from_json, for a Place and the Round in it."""
    values = json.loads(text)
    if values.get("round"):
        values["round"] = _build(Round, values["round"])
    return _build(Place, values)


def _build(kind: type, values: dict):
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in values.items() if name in known})


def _to_json(value) -> str:
    return json.dumps(asdict(value))  # ASCII only: a lone surrogate from a terminal stays what it is


def _storable(text: str) -> str:
    """SQLite's text is UTF-8: what a terminal sent in another encoding is kept as visible replacement."""
    return text.encode("utf-8", "replace").decode("utf-8")


# ------------------------------------------------------------------------------------------------- opening


def _open_to_write(path: Path) -> Connection:
    _make_ready_to_write(path)
    with _closed_on_failure(_connect(str(path))) as connection:
        _check(connection, path)
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path)
        return connection


def _open_to_read(path: Path) -> Connection:
    """Reads through a connection that cannot write; where the schema is old or absent, a migrated copy in memory."""
    if _size(path) is None:
        with _closed_on_failure(_connect(":memory:")) as memory:
            _migrate(memory, path)
            return memory
    with _closed_on_failure(_connect_to_read(path)) as connection:
        if _check(connection, path) == len(MIGRATIONS):
            return connection
    with _closed_on_failure(_connect(":memory:")) as memory:
        connection.backup(memory)
        connection.close()
        _migrate(memory, path)
        return memory


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
        # WAL wants to make files of its own beside the database. Where it may not, a file whose log is empty can be
        # read as it stands; one with a log cannot.
        folder_refuses = "unable to open" in str(error) or "readonly" in str(error)
        if not folder_refuses or _size(_beside(path, "-wal")):
            raise
        connection = _connect(f"{address}&immutable=1", uri=True)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_ready_to_write(path: Path) -> None:
    """Make the folder, mode 700, and the file, mode 600; refuse a read-only one here, not at the first answer."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # opening a file that is there would drop the locks of our other connections
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise RecordsError(
            f"{path}: your records cannot be kept there: {error.strerror}. Name another folder by --home or TUTOR_HOME."
        ) from error
    for place in (path, path.parent):
        if not os.access(place, os.W_OK):
            raise RecordsError(
                f"{path}: answers cannot be saved: {place.name} is read-only. "
                "Make the file and its folder writable, or name another folder with --home."
            )


def _refuse_lost_content(path: Path) -> str:
    """Signs that content was lost outside SQLite, which would pass over them. Returns a warning or "".

    SQLite takes an empty file for a new database and deletes the log beside it, with the answers in it: refused. An
    index of the log (-shm) without the log itself is only left when a session was killed and its log removed. The order
    of looking matters where another process is opening (it makes file, log, index) or closing (it removes index, log).
    """
    log = _size(_beside(path, "-wal"))
    index = _size(_beside(path, "-shm"))
    if log is not None and _size(path) == 0:
        raise RecordsError(
            f"{path}: is empty, yet its log {FILE_NAME}-wal stands beside it, with answers that are nowhere else. "
            "Put a good copy of the file in its place, or move both away to begin anew."
        )
    if index is not None and _size(_beside(path, "-wal")) is None and _size(_beside(path, "-shm")) is not None:
        return f"{path}: the last session did not end cleanly and its log is gone: its last answers may be missing."
    return ""


def _check(connection: Connection, path: Path) -> int:
    """The schema's version. Refuses a file from a newer version or a damaged one, before anything is written to it.

    SQLite itself notices a truncated file at the first read. Its quick check reads the whole file, so that it is made
    where that is cheap, and on larger files when the last session left its log behind (or another one is under way).
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise RecordsError(
            f"{path}: cannot be opened: a newer version of the tutor wrote it (schema {version}, this one knows "
            f"{len(MIGRATIONS)}). Nothing was changed. Update the tutor, or name another folder with --home."
        )
    if (_size(path) or 0) <= QUICK_CHECK_BYTES or _size(_beside(path, "-wal")):
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise RecordsError(_told(path, "cannot be opened", f"malformed: {' '.join(found.split())}"))
    return version


def _use_wal(connection: Connection) -> None:
    """Ask until it is granted: the switch needs the file for itself, and SQLite does not wait for that one."""
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


def _migrate(connection: Connection, path: Path) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    for version, statements in enumerate(MIGRATIONS, start=1):
        with _transaction(connection):
            if connection.execute("PRAGMA user_version").fetchone()[0] < version:  # else another process was faster
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("PRAGMA wal_checkpoint").fetchall()  # a log that is lost then costs answers, never the schema


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    import sqlite3

    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:  # Ctrl-C and signals too
        with suppress(sqlite3.Error):  # the first failure is the one to tell
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


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
            f"{path}: cannot be looked at: {error.strerror}. Make its folder yours to read, or name another by --home."
        ) from error


# -------------------------------------------------------------------------------------------------- faults


@contextmanager
def _faults_told(path: Path, what: str) -> Iterator[None]:
    """Turn what SQLite says of the file into a RecordsError; a mistake of ours stays a bug."""
    import sqlite3

    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InternalError, sqlite3.NotSupportedError):
        raise
    except sqlite3.DatabaseError as error:
        raise RecordsError(_told(path, what, str(error))) from error


def _told(path: Path, what: str, said: str) -> str:
    for sign, reason, remedy in FAULTS:
        if sign in said.lower():
            return f"{path}: {what}: {reason} (SQLite: {said}). {remedy}"
    return f"{path}: {what} (SQLite: {said}). Put a good copy in its place, or move it away to begin anew."
