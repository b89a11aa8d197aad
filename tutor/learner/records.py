"""The learner's records: attempts, the schedule of each item, appeals, evidence of misconceptions, places and settings.

An attempt that `add` has returned is on the disk before anything else is drawn, so a kill at any moment costs at most
the answer that was never acknowledged.

The order is always that of the sequence numbers, never that of the clock, which may jump.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tutor.learner import schedule
from tutor.learner.file import tally_tables
from tutor.learner.file.database import open_database, records_errors, records_file
from tutor.learner.file.records_file import RecordsFile
from tutor.learner.file.rows import attempt_of, card_from_json, grade_from_json, place_from_json, storable, to_json
from tutor.learner.file.tallies import Known, Quarter, Recall, RecallKey, quarter_of
from tutor.models import Attempt, Card, Evidence, Grade, Place
from utils.times import moment_of, utc

if TYPE_CHECKING:
    from sqlite3 import Connection, Row


TIMES_SHOWN = f"SELECT misconception, count(*) AS times FROM evidence WHERE kind = '{Evidence.SHOWN}' GROUP BY misconception"


class DueItem(NamedTuple):
    """As much of an item's card as says that it is due."""

    item: str  # Item.key
    lesson: str
    due: str  # UTC, ISO 8601


def open_records(home: Path | str, *, now: Callable[[], datetime], read_only: bool = False) -> Records:
    """The records in a folder, which is created (mode 700) if it does not exist.

    now: returns an aware datetime. read_only: for commands that only look. Nothing is created, and nothing written but an
    older schema's file as today's: where there are no records yet they are empty, and a file or folder without write
    permission can be read.
    Raises RecordsError.
    """
    path = records_file(Path(home))
    connection, warning = open_database(path, read_only=read_only)
    return Records(path, connection, now, read_only, warning)


class Records(RecordsFile):
    """Open records, a context manager. Every method raises RecordsError when the file fails."""

    # ------------------------------------------------------------------------------------------- attempts

    def add(
        self, attempt: Attempt, place: Place | None = None, card: Card | None = None, evidence: Sequence[Evidence] = (),
        others: Sequence[Card] = (),
    ) -> Attempt:  # fmt: skip
        """Store an attempt, the place it leads to, the item's new card and what the answer is evidence of: all or nothing.

        others: cards of other items that it changes too. Returns the attempt with its id, once it is on the disk.
        """
        with self._writing("answer") as connection:
            stored = self._put_attempt(connection, attempt, card, evidence, others)
            if place is not None:
                self._put_place(connection, place)
        return stored

    def add_sheet(self, answers: Mapping[str, tuple[Attempt, Card | None, Sequence[Evidence]]]) -> list[Attempt]:
        """Store a sheet's attempts, each with its item's new card and what it is evidence of: all of the sheet or nothing.

        answers: by uid; one that is stored already is passed over. Returns those that weren't, with their ids.
        """
        with self._writing("sheet") as connection:
            known = {uid for uid in answers if connection.execute("SELECT 1 FROM attempts WHERE uid = ?", (uid,)).fetchone()}
            return [self._put_attempt(connection, *answer, uid=uid) for uid, answer in answers.items() if uid not in known]

    def _put_attempt(
        self, connection: Connection, attempt: Attempt, card: Card | None, evidence: Sequence[Evidence],
        others: Sequence[Card] = (), uid: str = "",
    ) -> Attempt:  # fmt: skip
        row = {
            "uid": uid or os.urandom(16).hex(), "session": attempt.session, "item": attempt.item, "section": attempt.section,
            "lesson": attempt.lesson, "answer": storable(attempt.answer), "grade": to_json(attempt.grade),
            "score": float(attempt.grade.score), "unaided": int(attempt.unaided), "shown": int(attempt.shown),
            "hints": attempt.hints, "seed": attempt.seed, "draw": attempt.draw, "mode": attempt.mode, "at": attempt.at,
            "confidence": attempt.confidence, "due": attempt.due, "help": attempt.help, "corpus": self.corpus or "",
            "predicted": attempt.predicted,
        }  # fmt: skip
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO attempts ({columns}) VALUES ({values})", row)
        number: int = connection.execute("SELECT last_insert_rowid()").fetchone()[0]
        stored = replace(attempt, id=number)
        self._remember(connection, attempt.item)
        tally_tables.keep(connection, stored, self.corpus or "")
        for changed in (*([card] if card else ()), *others):
            self._put_card(connection, changed, number)
        for one in evidence:
            self._put_evidence(connection, one, number)
        return stored

    def attempt(self, number: int) -> Attempt | None:
        """The attempt with that id."""
        rows = self._read("SELECT * FROM attempts WHERE id = ?", (number,))
        return self._attempt(rows[0]) if rows else None

    def undo(self) -> Attempt | None:
        """Take back the last attempt and its effect on cards. Returns the attempt, or None if there is none."""
        rows = self._read("SELECT * FROM attempts ORDER BY id DESC LIMIT 1")
        if not rows:
            return None
        last = self._attempt(rows[0])
        with self._writing("change") as connection:
            connection.execute("DELETE FROM appeals WHERE attempt = ?", (last.id,))
            connection.execute("DELETE FROM evidence WHERE attempt = ?", (last.id,))
            connection.execute("DELETE FROM attempts WHERE id = ?", (last.id,))
            tally_tables.take_back(connection, last, rows[0]["corpus"])
            for row in connection.execute("SELECT rowid, before FROM cards WHERE attempt = ?", (last.id,)).fetchall():
                if row["before"]:
                    card = self._card(row["before"])
                    restored = (row["before"], card.due, card.leech, row["rowid"])
                    columns = "card = ?, due = ?, leech = ?, before = NULL, attempt = 0"
                    connection.execute(f"UPDATE cards SET {columns} WHERE rowid = ?", restored)
                else:
                    connection.execute("DELETE FROM cards WHERE rowid = ?", (row["rowid"],))
        return last

    def attempts(
        self, lesson: str | None = None, section: str | None = None, item: str | None = None, session: str | None = None,
        since: str | None = None, on_folder: bool = False,
    ) -> list[Attempt]:  # fmt: skip
        """The attempts on a lesson, a section (slug) or an item (key), of a session, since a time, or all, ordered by id.

        Those on a lesson, a section or an item are on that of the folder; the others may be on any, if not on_folder.
        """
        wanted = {"lesson": lesson, "section": section, "item": item, "session": session, "at": since}
        given = {name: value for name, value in wanted.items() if value is not None}
        if self.corpus is not None and (on_folder or given.keys() & {"lesson", "section", "item"}):
            given["corpus"] = self.corpus
        conditions = [f"{name} >= :{name}" if name == "at" else f"{name} = :{name}" for name in given]
        if since is not None:
            conditions.append(f"id >= {self._first_since(since)}")
        where = f" WHERE {' AND '.join(conditions)}" if given else ""
        return [self._attempt(row) for row in self._read(f"SELECT * FROM attempts{where} ORDER BY id", given)]

    def learned_since(self, at: str) -> int:
        """How many items of the folder got their first date since a time (UTC, ISO 8601)."""
        query = (
            f"SELECT count(DISTINCT item) FROM attempts AS new WHERE at >= ? AND due IS NOT NULL AND {self._here} AND NOT EXISTS "
            "(SELECT 1 FROM attempts AS old WHERE old.item = new.item AND old.corpus = new.corpus AND old.id < new.id "
            "AND old.at < ? AND old.due IS NOT NULL)"
        )
        return self._read(query, (at, at))[0][0]

    def _first_since(self, at: str) -> int:
        """The number of the first attempt since a time, or a lower one; those below it needn't be looked through.

        The clock may have jumped: as many are looked for, from the last on, as the quarters of an hour have counted since.
        """
        begun = quarter_of(at)
        count = int(self._read("SELECT total(answers) FROM quarters WHERE quarter >= ?", (begun,))[0][0])
        if not count:
            return self._read("SELECT coalesce(max(id), 0) + 1 FROM attempts")[0][0]
        found = self._read("SELECT id FROM attempts WHERE at >= ? ORDER BY id DESC LIMIT 1 OFFSET ?", (begun, count - 1))
        return found[0][0] if found else 0

    def last_attempt(self) -> Attempt | None:
        """The attempt stored last, on whatever folder."""
        rows = self._read("SELECT * FROM attempts ORDER BY id DESC LIMIT 1")
        return self._attempt(rows[0]) if rows else None

    def answered_last(self, items: Sequence[str]) -> dict[str, int]:
        """item (key) -> id of the last attempt on it, of those of some items that were answered."""
        query = f"SELECT max(id) FROM attempts WHERE item = ? AND {self._here}"
        return {item: number for item in items if (number := self._read(query, (item,))[0][0])}

    def count(self, session: str | None = None) -> int:
        """How many answers are stored, in one session or in all."""
        where = "" if session is None else " WHERE session = ?"
        return self._read(f"SELECT count(*) FROM attempts{where}", () if session is None else (session,))[0][0]

    def missed_items(self, lesson: str, before_session: str | None = None) -> list[str]:
        """Ids (without the lesson) of the items that were missed in their latest session, the oldest miss first.

        Leaves out what was already tried in `before_session`: it comes back in the next one.
        """
        latest = self._read(
            f"""SELECT * FROM attempts JOIN (
                SELECT item, session FROM attempts
                WHERE id IN (SELECT max(id) FROM attempts WHERE lesson = ? AND {self._here} AND mode != 'explain' GROUP BY item)
            ) USING (item, session) WHERE {self._here} ORDER BY id""",
            (lesson,),
        )
        runs: dict[str, list[Attempt]] = {}
        for attempt in map(self._attempt, latest):
            runs.setdefault(attempt.item, []).append(attempt)
        missed = [run[-1] for run in runs.values() if schedule.outcome(run) == "missed" and not self.has_standing_appeal(run[-1])]
        waiting = [attempt for attempt in missed if attempt.session != before_session]
        return [attempt.item.partition(":")[2] for attempt in sorted(waiting, key=lambda attempt: attempt.id)]

    @property
    def has_answers(self) -> bool:
        """Whether anything was answered yet, in whatever folder."""
        return bool(self._read("SELECT EXISTS (SELECT 1 FROM attempts)")[0][0])

    def lessons_tried(self) -> set[str]:
        """Lessons with at least one stored answer."""
        return {row[0] for row in self._read(f"SELECT DISTINCT lesson FROM known WHERE {self._here}")}

    # -------------------------------------------------------------------------------------------- tallies

    def known(self) -> dict[str, Known]:
        """item (key) -> how well it is known, of all items that were answered."""
        rows = self._read(f"SELECT * FROM known WHERE {self._here}")
        return {row["item"]: tally_tables.known_from(row) for row in rows}

    def sums_before(self, at: str) -> dict[str, tuple[float, float]]:
        """item (key) -> its sums (Known.sums) as they were at a time, of those items that were answered later than that."""
        rows = self._read(
            "SELECT item, earned, evidence, min(id) FROM attempts NOT INDEXED "  # the newest rows are few
            f"WHERE id >= {self._first_since(at)} AND at > ? AND {self._here} GROUP BY corpus, item", (at,)
        )  # fmt: skip
        return {row["item"]: (row["earned"], row["evidence"]) for row in rows}

    def quarters(self) -> dict[str, Quarter]:
        """What each quarter of an hour saw, by when it began (UTC), in order; on whatever folder."""
        with records_errors(self.path, "cannot be read"), self._decoding("what was counted"):
            return tally_tables.quarters_of(self._connection)

    def recalls(self) -> dict[RecallKey, Recall]:
        """How often what was asked again was recalled."""
        with records_errors(self.path, "cannot be read"):
            return tally_tables.recalls_of(self._connection, self.corpus)

    def answered_quarters(self) -> list[str]:
        """The quarters of an hour with answers, as `quarters`."""
        return [row[0] for row in self._read("SELECT quarter FROM quarters")]

    def waits(self) -> list[tuple[str, str]]:
        """From when to when something was due that was answered later; in order, none overlapping."""
        return [(row[0], row[1]) for row in self._read("SELECT begun, ended FROM waits ORDER BY begun")]

    # ---------------------------------------------------------------------------------------------- cards

    def card(self, item: str) -> Card | None:
        rows = self._read(f"SELECT card FROM cards WHERE item = ? AND {self._here}", (item,))
        return self._card(rows[0][0]) if rows else None

    def card_before(self, attempt: Attempt) -> Card | None:
        """The item's card without what this attempt, the last one, did to it."""
        rows = self._read(f"SELECT card, before, attempt FROM cards WHERE item = ? AND {self._here}", (attempt.item,))
        if not rows:
            return None
        card, before, number = rows[0]
        kept = before if attempt.id and number == attempt.id else card
        return self._card(kept) if kept else None

    def cards(self, due_by: str | None = None) -> list[Card]:
        """All cards, or those due by a time (UTC, ISO 8601), the earliest due first."""
        where, values = (" AND due <= ?", (due_by,)) if due_by else ("", ())
        rows = self._read(f"SELECT card FROM cards WHERE {self._here}{where} ORDER BY due, item", values)
        return [self._card(row[0]) for row in rows]

    def due_on(self, moments: Sequence[datetime]) -> list[int]:
        """How many cards are due on the day of each of these moments, which are aware and of the learner's zone, in order."""
        zone = moments[0].tzinfo
        first, last = (
            datetime.combine(one.date(), edge, zone) for one, edge in ((moments[0], time.min), (moments[-1], time.max))
        )
        query = f"SELECT due FROM cards WHERE {self._here} AND NOT leech AND due BETWEEN ? AND ?"
        days = Counter(moment_of(due).astimezone(zone).date() for (due,) in self._read(query, (utc(first), utc(last))))
        return [days[moment.date()] for moment in moments]

    def due_items(self, due_by: str) -> list[DueItem]:
        """What is due by a time (UTC, ISO 8601), without what was set aside, the earliest first."""
        query = f"SELECT item, lesson, due FROM cards WHERE {self._here} AND due <= ? AND NOT leech ORDER BY due, item"
        return [DueItem(*row) for row in self._read(query, (due_by,))]

    def reviewed_items(self, lessons: Collection[str]) -> list[tuple[DueItem, str | None]]:
        """(item, when it was reviewed last: UTC, ISO 8601) of some lessons, without what was set aside."""
        query = (
            "SELECT item, lesson, due, json_extract(json_extract(card, '$.memory'), '$.last_review') AS reviewed FROM cards "
            f"WHERE {self._here} AND NOT leech AND lesson IN ({', '.join('?' * len(lessons))})"
        )
        return [(DueItem(*row[:3]), row[3]) for row in map(tuple, self._read(query, tuple(lessons)))]

    def put_card(self, card: Card) -> None:
        """Store a card that was computed from earlier attempts."""
        with self._writing("card") as connection:
            self._put_card(connection, card, 0)

    def _put_card(self, connection: Connection, card: Card, attempt: int) -> None:
        connection.execute(
            "INSERT INTO cards (corpus, item, lesson, due, leech, card, attempt) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (corpus, item) DO UPDATE SET "
            "before = CASE WHEN attempt = excluded.attempt THEN before ELSE card END, "  # an appeal changes it once more
            "due = excluded.due, leech = excluded.leech, card = excluded.card, attempt = excluded.attempt",
            (self.corpus or "", card.item, card.lesson, card.due, card.leech, to_json(card), attempt),
        )

    def _card(self, text: str) -> Card:
        with self._decoding("a card"):
            return card_from_json(text)

    # -------------------------------------------------------------------------------------------- appeals

    def add_appeal(self, attempt: Attempt, grade: Grade, at: str, card: Card | None = None) -> None:
        """Store the grade of a second look beside the first one, and take back evidence that it contradicts."""
        contradicted = Evidence.SHOWN if grade.correct else Evidence.RESOLVED
        with self._writing("appeal") as connection:
            connection.execute("INSERT INTO appeals (attempt, grade, at) VALUES (?, ?, ?)", (attempt.id, to_json(grade), at))
            connection.execute("DELETE FROM evidence WHERE attempt = ? AND kind = ?", (attempt.id, contradicted))
            if card is not None:
                self._put_card(connection, card, attempt.id)

    def appeals(self, attempt: int) -> list[Grade]:
        """The grades that second looks gave to an attempt, in order."""
        rows = self._read("SELECT grade FROM appeals WHERE attempt = ? ORDER BY id", (attempt,))
        with self._decoding(f"an appeal of attempt {attempt}"):
            return [grade_from_json(row[0]) for row in rows]

    def has_standing_appeal(self, attempt: Attempt) -> bool:
        """Whether a second look found the answer right."""
        return any(grade.correct for grade in self.appeals(attempt.id))

    # ------------------------------------------------------------------------------------------- evidence

    def evidence(self, shown_times: int | None = None) -> list[Evidence]:
        """All that answers have shown of misconceptions, in the order in which it was stored.

        shown_times: only of those that have shown so often.
        """
        columns = "SELECT misconception, kind, item, section, at, attempt FROM evidence"
        if shown_times is None:
            rows = self._read(f"{columns} ORDER BY id")
        else:
            counted = f"SELECT misconception FROM ({TIMES_SHOWN}) WHERE times = ?"
            rows = self._read(f"{columns} WHERE misconception IN ({counted}) ORDER BY id", (shown_times,))
        found = [Evidence(*row) for row in rows]
        one = None
        try:
            for one in found:
                moment_of(one.at)
        except (ValueError, TypeError) as error:
            raise self._not_valid(f"the evidence of attempt {one.attempt if one else 0}", error) from error
        return found

    def times_shown(self) -> list[int]:
        """How often misconceptions have shown; each number once, the highest first."""
        return [row[0] for row in self._read(f"SELECT DISTINCT times FROM ({TIMES_SHOWN}) ORDER BY times DESC")]

    def attempts_with_evidence(self) -> list[Attempt]:
        """The attempts that have shown something of misconceptions, ordered by id."""
        rows = self._read("SELECT * FROM attempts WHERE id IN (SELECT attempt FROM evidence) ORDER BY id")
        return [self._attempt(row) for row in rows]

    def forget_evidence(self, misconception: str) -> int:
        """Delete what is stored about a misconception; the answers themselves stay. Returns how many pieces there were."""
        with self._writing("change") as connection:
            return connection.execute("DELETE FROM evidence WHERE misconception = ?", (misconception,)).rowcount

    def _put_evidence(self, connection: Connection, one: Evidence, attempt: int) -> None:
        row = (one.misconception, one.lesson, one.section, one.item, attempt, one.at, one.kind)
        connection.execute(
            "INSERT INTO evidence (misconception, lesson, section, item, attempt, at, kind) VALUES (?, ?, ?, ?, ?, ?, ?)", row
        )

    # --------------------------------------------------------------------------------------------- places

    def keep_place(self, place: Place) -> None:
        with self._writing("place") as connection:
            self._put_place(connection, place)

    def place(self, lesson: str) -> Place | None:
        rows = self._read(f"SELECT * FROM places WHERE lesson = ? AND {self._here}", (lesson,))
        return self._place(rows[0]) if rows else None

    def places(self) -> dict[str, Place]:
        """lesson -> the place in it, of all lessons that were begun; the one kept last comes first."""
        rows = self._read(f"SELECT * FROM places WHERE {self._here} ORDER BY sequence DESC")
        return {row["lesson"]: self._place(row) for row in rows}

    def last_place(self) -> Place | None:
        """The place stored last in a lesson that is not finished."""
        return next((place for place in self.places().values() if place.stage != "finished"), None)

    # -------------------------------------------------------------------------------------------- in words

    def description(self) -> str:
        """One line for `doctor`."""
        answers, lessons = self.count(), len(self.lessons_tried())
        return f"{self.path}, " + (f"answers: {answers}, lessons: {lessons}" if answers else "no answers yet")

    # ----------------------------------------------------------------------------------------------- inside

    def _put_place(self, connection: Connection, place: Place) -> None:
        self._remember_lesson(connection, place.lesson)
        # REPLACE deletes the old row first, so the new one gets the highest sequence number
        connection.execute(
            "INSERT OR REPLACE INTO places (corpus, lesson, place, at) VALUES (?, ?, ?, ?)",
            (self.corpus or "", place.lesson, to_json(place), utc(self.now())),
        )

    def _attempt(self, row: Row) -> Attempt:
        with self._decoding(f"attempt {row['id']}"):
            return attempt_of(row)

    def _place(self, row: Row) -> Place:
        with self._decoding(f"the place in {row['lesson']}"):
            return place_from_json(row["place"])
