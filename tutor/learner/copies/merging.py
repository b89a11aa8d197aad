"""Two histories of one learner made one: nothing doubled, nothing lost, in whichever order they meet.

Attempts are told apart by their uid and stand in the order of their time. A card that only one side has learned on is taken from
there; where both have, FSRS goes through all of the item's reviews again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tutor.learner.copies.exporting import SEEN
from tutor.learner.copies.importing import Export, Row
from tutor.learner.file import tally_tables
from tutor.learner.file.identity import SAME, shared_marks
from tutor.learner.file.rows import attempt_of, grade_from_json, to_json
from tutor.learner.memory.replaying import ItemId, replayed_cards, reviews_of
from tutor.learner.memory.scheduling import Scheduling
from tutor.models import Attempt, Evidence, Grade
from utils.text import plural
from utils.times import moment_of

if TYPE_CHECKING:
    from sqlite3 import Connection

CardRow = tuple[str, int, "str | None"]  # (card, number of the attempt that made it, the card before that)


@dataclass
class Merged:
    """What an import has added; all else was there already."""

    attempts: int = 0
    appeals: int = 0
    evidence: int = 0
    cards: int = 0
    places: int = 0
    settings: int = 0

    @property
    def anything(self) -> bool:
        return any(self.document().values())

    def document(self) -> dict[str, int]:
        """The same as plain values."""
        return asdict(self)

    def listing(self) -> str:
        """What a person reads of it."""
        if not self.anything:
            return "nothing new: all that is in the file was here already"
        told = (
            [plural(self.attempts, "answer"), plural(self.appeals, "appeal")]
            if self.appeals
            else [plural(self.attempts, "answer")]
        )
        return f"added: {', '.join(told)}; {plural(self.cards, 'item')} with another date of review"


def merge(connection: Connection, export: Export, by: Scheduling) -> Merged:
    """Add an export to the records, within a transaction that the caller has begun. by: for the items learned on both sides."""
    done = Merged()
    _know_corpora(connection, export)
    connection.execute("PRAGMA defer_foreign_keys = ON")  # numbers change below
    items = {item_of(row) for row in export.attempts} | {item_of(row) for row in export.cards}
    before = marks_here(connection, items)
    done.attempts = _add_attempts(connection, export.attempts)
    completed = _add_predictions(connection, export.attempts)
    moved = _put_in_order(connection)
    numbers = {row[0]: row[1] for row in connection.execute("SELECT uid, id FROM attempts")}
    done.appeals = _add_appeals(connection, export.appeals, numbers)
    done.evidence = _add_evidence(connection, export.evidence, numbers)
    done.cards = _merge_cards(connection, export, before, marks_of(export), numbers, by.exact)
    done.places = _merge_places(connection, export.places)
    for row in export.settings:
        added = connection.execute("INSERT OR IGNORE INTO settings (key, value) VALUES (:key, :value)", row)
        done.settings += added.rowcount
    if moved or completed or done.anything:
        connection.execute("UPDATE corpora SET seen = ''")  # what moved in a folder moves for what was added, too
        tally_tables.rebuild(connection)
    return done


# ------------------------------------------------------------------------------------------------- folders


def _know_corpora(connection: Connection, export: Export) -> None:
    """Let the rows of an export be about the folders that are known here, wherever these are the same; remember the others."""
    known = {row["corpus"]: json.loads(row["sketch"]) for row in connection.execute("SELECT corpus, sketch FROM corpora")}
    same: dict[str, str] = {}
    for row in export.corpora:
        if row["corpus"] in known:
            continue
        alike = {corpus: shared_marks(sketch, row["sketch"]) for corpus, sketch in known.items()}
        nearest = max(alike, key=lambda corpus: alike[corpus], default="")
        if nearest and alike[nearest] > SAME:
            same[row["corpus"]] = nearest
        else:
            values = (row["corpus"], json.dumps(row["sketch"]))
            connection.execute("INSERT INTO corpora (corpus, place, seen, sketch) VALUES (?, '', '', ?)", values)
    for row in export.corpora:
        corpus = same.get(row["corpus"], row["corpus"])
        for table, (first, *rest) in SEEN.items():  # what was seen here of the same is as the folder here has it
            marks = ", ".join("?" * (len(rest) + 2))
            connection.executemany(
                f"INSERT OR IGNORE INTO {table} (corpus, {first}, {', '.join(rest)}) VALUES ({marks})",
                [(corpus, key, *texts) for key, texts in row[table].items()],
            )
    for rows in (export.attempts, export.cards, export.places):
        for row in rows:
            row["corpus"] = same.get(row["corpus"], row["corpus"])


# ------------------------------------------------------------------------------------------------ attempts


def _add_attempts(connection: Connection, rows: Sequence[Row]) -> int:
    """Add the attempts that aren't there yet. Returns how many there were."""
    known = {row[0] for row in connection.execute("SELECT uid FROM attempts")}
    added = 0
    for row in rows:
        if row["uid"] in known:
            continue
        known.add(row["uid"])
        attempt = attempt_of({"id": 0, **row})
        _insert(connection, "attempts", {**row, "score": float(attempt.grade.score), "unaided": int(attempt.unaided)})
        added += 1
    return added


def _add_predictions(connection: Connection, rows: Sequence[Row]) -> bool:
    """Complete attempts that came from a version of the program that kept no predictions. Says whether there were any."""
    missing = {row[0] for row in connection.execute("SELECT uid FROM attempts WHERE predicted IS NULL")}
    given = [(row["predicted"], row["uid"]) for row in rows if row["predicted"] is not None and row["uid"] in missing]
    connection.executemany("UPDATE attempts SET predicted = ? WHERE uid = ?", given)
    return bool(given)


def _put_in_order(connection: Connection) -> bool:
    """Give all attempts new numbers where their order is not that of time and uid, and say so; none is ever given twice."""
    rows = connection.execute("SELECT id, at, uid FROM attempts ORDER BY id").fetchall()
    ordered = sorted(rows, key=lambda row: (moment_of(row[1]), row[2]))
    if [row[0] for row in ordered] == [row[0] for row in rows]:
        return False
    (last,) = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'attempts'").fetchone()
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS renumbered (was INTEGER PRIMARY KEY, became INTEGER NOT NULL)")
    connection.execute("DELETE FROM temp.renumbered")
    connection.executemany("INSERT INTO temp.renumbered VALUES (?, ?)", [(row[0], last + n) for n, row in enumerate(ordered, 1)])
    for table, column in (("attempts", "id"), ("appeals", "attempt"), ("evidence", "attempt"), ("cards", "attempt")):
        connection.execute(
            f"UPDATE {table} SET {column} = (SELECT became FROM temp.renumbered WHERE was = {column}) "
            f"WHERE {column} IN (SELECT was FROM temp.renumbered)"
        )
    connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'attempts'", (last + len(ordered),))
    return True


# ------------------------------------------------------------------------------------- appeals and evidence


def _add_appeals(connection: Connection, rows: Sequence[Row], numbers: Mapping[str, int]) -> int:
    there = [tuple(row) for row in connection.execute("SELECT attempt, at, grade FROM appeals ORDER BY id")]
    known = {(attempt, at, _canonical(grade)): grade for attempt, at, grade in there}
    new = {(numbers[row["attempt"]], row["at"], _canonical(row["grade"])): row["grade"] for row in rows}
    new = {mark: grade for mark, grade in new.items() if mark not in known}
    marks = sorted({**known, **new}.items(), key=lambda one: (one[0][0], moment_of(one[0][1]), one[0][2]))
    everything = [(attempt, at, grade) for (attempt, at, _), grade in marks]
    if everything != there:
        connection.execute("DELETE FROM appeals")
        connection.executemany("INSERT INTO appeals (attempt, at, grade) VALUES (?, ?, ?)", everything)
    return len(new)


def _add_evidence(connection: Connection, rows: Sequence[Row], numbers: Mapping[str, int]) -> int:
    """Add what answers have shown, but for what an appeal has taken back, here or there. Returns how much was added."""
    query = "SELECT attempt, misconception, kind FROM evidence ORDER BY id"
    there = [tuple(row) for row in connection.execute(query)]
    taken_back: dict[int, set[str]] = {}
    for attempt, grade in connection.execute("SELECT attempt, grade FROM appeals"):
        correct = grade_from_json(grade).correct
        taken_back.setdefault(attempt, set()).add(Evidence.SHOWN if correct else Evidence.RESOLVED)
    known = dict.fromkeys(there) | {(numbers[row["attempt"]], row["misconception"], row["kind"]): None for row in rows}
    everything = sorted(one for one in known if one[2] not in taken_back.get(one[0], ()))
    if everything != there:
        connection.execute("DELETE FROM evidence")
        connection.executemany(
            "INSERT INTO evidence (attempt, misconception, kind, lesson, section, item, at) "
            "SELECT id, ?, ?, lesson, section, item, at FROM attempts WHERE id = ?",
            [(misconception, kind, attempt) for attempt, misconception, kind in everything],
        )
    return len(set(everything) - set(there))


def _canonical(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


# --------------------------------------------------------------------------------------------------- cards


def item_of(row: Any) -> ItemId:
    return row["corpus"], row["item"]


def marks_of(export: Export) -> dict[ItemId, set[str]]:
    """What the other side knows of each item: its attempts and their appeals, each as a text."""
    items = {row["uid"]: item_of(row) for row in export.attempts}
    marks: dict[ItemId, set[str]] = {}
    for uid, item in items.items():
        marks.setdefault(item, set()).add(uid)
    for row in export.appeals:
        marks[items[row["attempt"]]].add(f"{row['attempt']} {row['at']} {_canonical(row['grade'])}")
    return marks


def marks_here(connection: Connection, items: set[ItemId]) -> dict[ItemId, set[str]]:
    """The same of the records as they are, for some items."""
    marks: dict[ItemId, set[str]] = {}
    for row in connection.execute("SELECT * FROM attempts"):
        if (item := item_of(row)) in items:
            marks.setdefault(item, set()).add(row["uid"])
    for row in connection.execute(
        "SELECT attempts.*, appeals.at AS appealed, appeals.grade AS second FROM appeals JOIN attempts ON attempts.id = attempt"
    ):
        if (item := item_of(row)) in items:
            marks[item].add(f"{row['uid']} {row['appealed']} {_canonical(row['second'])}")
    return marks


def _merge_cards(
    connection: Connection, export: Export, here: Mapping[ItemId, set[str]], there: Mapping[ItemId, set[str]],
    numbers: Mapping[str, int], by: Scheduling,
) -> int:  # fmt: skip
    """Returns how many cards are new or other ones now."""
    given = {item_of(row): row for row in export.cards}
    alike = tuple(export.parameters) == by.parameters
    changed = 0
    for item in sorted(given.keys() | there.keys()):
        own, others = here.get(item, set()), there.get(item, set())
        row = connection.execute("SELECT card, attempt, before FROM cards WHERE corpus = ? AND item = ?", item).fetchone()
        present = tuple(row) if row else None
        other = given.get(item)
        theirs = (other["card"], numbers.get(other["attempt"], 0), other["before"]) if other else None
        if not alike and own | others:  # with other parameters it would have got another date
            kept = present if present and others <= own else _replayed(*_history(connection, item), by) or present or theirs
        elif own == others:
            kept = max((one for one in (present, theirs) if one), key=_lateness, default=None)
        elif others < own:
            kept = present or theirs
        elif own < others or not (present or theirs):
            kept = theirs or present
        else:
            kept = _replayed(*_history(connection, item), by)
        if kept and kept != present:
            card = json.loads(kept[0])
            values = {
                "corpus": item[0], "item": item[1], "lesson": item[1].partition(":")[0], "due": card["due"],
                "leech": int(card["leech"]), "card": kept[0], "attempt": kept[1], "before": kept[2],
            }  # fmt: skip
            _insert(connection, "cards", values, "OR REPLACE ")
            changed += present is None or present[0] != kept[0]
    return changed


def _replayed(attempts: Sequence[Attempt], appeals: Mapping[int, Sequence[Grade]], by: Scheduling) -> CardRow | None:
    cards = replayed_cards(reviews_of(attempts, appeals), by)
    if not cards:
        return None
    number, card = cards[-1]
    return to_json(card), number, to_json(cards[-2][1]) if len(cards) > 1 else None


def _lateness(card: CardRow) -> tuple[str, str, str]:
    """Of two cards that come from the same attempts, that counts which was reviewed last, with an item that asks the same."""
    memory = json.loads(json.loads(card[0])["memory"])
    return memory["last_review"] or "", memory["due"], card[0]


def _history(connection: Connection, item: ItemId) -> tuple[list[Attempt], dict[int, list[Grade]]]:
    """The attempts on an item, in order, and the grades that second looks gave them, by their numbers."""
    rows = connection.execute("SELECT * FROM attempts WHERE corpus = ? AND item = ? ORDER BY id", item).fetchall()
    attempts = [attempt_of(row) for row in rows]
    appeals: dict[int, list[Grade]] = {}
    for one in attempts:
        grades = connection.execute("SELECT grade FROM appeals WHERE attempt = ? ORDER BY id", (one.id,))
        appeals[one.id] = [grade_from_json(row[0]) for row in grades]
    return attempts, appeals


# -------------------------------------------------------------------------------------------------- places


def _merge_places(connection: Connection, rows: Sequence[Row]) -> int:
    """Of two places in a lesson the later one counts. Returns how many are new or other ones now."""
    there = [dict(row) for row in connection.execute("SELECT * FROM places ORDER BY sequence")]
    kept = {(row["corpus"], row["lesson"]): row for row in there}
    changed = 0
    for row in rows:
        key = (row["corpus"], row["lesson"])
        before = kept.get(key)
        if before is None or _place_order(row) > _place_order(before):
            kept[key] = row
            changed += 1
    ordered = sorted(kept.values(), key=lambda row: (*_place_order(row), row["lesson"]))
    if changed or ordered != there:
        connection.execute("DELETE FROM places")
        for row in ordered:
            _insert(connection, "places", {name: row[name] for name in ("corpus", "lesson", "place", "at")})
    return changed


def _place_order(row: Mapping[str, Any]) -> tuple[Any, str]:
    return moment_of(row["at"]), _canonical(row["place"])


# -------------------------------------------------------------------------------------------------- tables


def _insert(connection: Connection, table: str, row: Mapping[str, Any], how: str = "") -> None:
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT {how}INTO {table} ({names}) VALUES ({values})", dict(row))
