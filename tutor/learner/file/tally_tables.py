"""The tables in which the records keep what attempts add up to (tallies): each is counted in the transaction that stores it.

`rebuild` counts all of them again, and `faults` tells where that would come to something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any

from tutor.learner.file.rows import attempt_of
from tutor.learner.file.tallies import Counted, Known, Quarter, Recall, RecallKey, Tallies, counted, quarter_of, recall_key
from tutor.models import Attempt

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

BATCH = 1000  # attempts read at a time
ROUNDING = 1e-6
SUMS = ("earned", "evidence", "seconds", "recalled", "days")  # what is computed of an attempt and kept with it
SEPARATOR = " "  # between a corpus and an item, where attempts on several are counted together
KNOWN = ("corpus", "item", *(column.name for column in fields(Known)))
RECALL = ("corpus", "lesson", "interval", "chance", *(column.name for column in fields(Recall)))
QUARTER = ("quarter", *(column.name for column in fields(Quarter)))


def keep(connection: Connection, attempt: Attempt, corpus: str) -> None:
    """Count an attempt that was just stored, in the same transaction. attempt: with its id."""
    quarter, known = quarter_of(attempt.at), known_of(connection, corpus, attempt.item)
    part = Tallies(
        known={attempt.item: known} if known else {},
        quarters=quarters_of(connection, quarter),
        sessions=_session_of(connection, attempt),
    )
    one = part.count(attempt)
    _put_known(connection, corpus, attempt.item, one.known)
    _put_quarter(connection, quarter, part.quarters[quarter])
    _put_sums(connection, attempt.id, one)
    _add_recalls(connection, corpus, part.recalls)
    if one.waited:
        begun, ended = one.waited
        joined = "FROM waits WHERE ended >= ? AND begun <= ?"
        part.waits = [tuple(row) for row in connection.execute(f"SELECT begun, ended {joined} ORDER BY begun", one.waited)]
        connection.execute(f"DELETE {joined}", one.waited)
        part.add_wait(begun, ended)
        connection.executemany("INSERT INTO waits VALUES (?, ?)", part.waits)


def take_back(connection: Connection, attempt: Attempt, corpus: str) -> None:
    """Count the last attempt no longer, which was just deleted."""
    before = count_item(connection, corpus, attempt.item)
    one = counted(attempt, before, _session_of(connection, attempt).get(attempt.session))
    name = quarter_of(attempt.at)
    quarter = quarters_of(connection, name).get(name, Quarter())
    quarter.count(one, -1)
    if quarter.answers > 0:
        _put_quarter(connection, name, quarter)
    else:
        connection.execute("DELETE FROM quarters WHERE quarter = ?", (name,))
    if one.days is not None:
        count_recalls(connection, corpus, [attempt.lesson])
    if one.waited:
        _count_waits(connection)


def count_item(connection: Connection, corpus: str, item: str) -> Known | None:
    """Count the attempts on an item again, because they are not the same as before; None where it has none."""
    part = Tallies()
    rows = connection.execute("SELECT * FROM attempts WHERE corpus = ? AND item = ? ORDER BY id", (corpus, item)).fetchall()
    for row in rows:
        one = part.count(attempt_of(row))
        _count_in_quarter(connection, row, one)
        columns = "earned = ?, evidence = ?, recalled = ?, days = ?"
        connection.execute(f"UPDATE attempts SET {columns} WHERE id = ?", (*one.before, one.recalled, one.days, row["id"]))
    connection.execute("DELETE FROM known WHERE corpus = ? AND item = ?", (corpus, item))
    known = part.known.get(item)
    if known:
        _put_known(connection, corpus, item, known)
    return known


def _count_in_quarter(connection: Connection, row: Row, one: Counted) -> None:
    """Correct the quarter of an attempt that measures something else than was kept of it. row: as it is kept."""
    if row["recalled"] == one.recalled:
        return
    name = quarter_of(one.attempt.at)
    quarter = quarters_of(connection, name).get(name)
    if quarter:
        quarter.asked_again += (one.recalled is not None) - (row["recalled"] is not None)
        quarter.recalled += bool(one.recalled) - bool(row["recalled"])
        _put_quarter(connection, name, quarter)


def count_recalls(connection: Connection, corpus: str, lessons: Iterable[str]) -> None:
    """Count again how often what was asked again of some lessons was recalled, by what is kept with each attempt."""
    for lesson in lessons:
        found: dict[RecallKey, Recall] = {}
        query = "SELECT recalled, days, predicted FROM attempts WHERE corpus = ? AND lesson = ? AND days IS NOT NULL ORDER BY id"
        for recalled, days, predicted in connection.execute(query, (corpus, lesson)):
            found.setdefault(recall_key(lesson, days, predicted), Recall()).count(recalled, days, predicted)
        connection.execute("DELETE FROM recall WHERE corpus = ? AND lesson = ?", (corpus, lesson))
        _add_recalls(connection, corpus, found)


def rebuild(connection: Connection) -> None:
    """Count all attempts again, which takes seconds where there are tens of thousands."""
    tallies = Tallies()
    for row, one in _all_counted(connection, tallies):
        _put_sums(connection, row["id"], one)
    for table in ("known", "quarters", "waits", "recall"):
        connection.execute(f"DELETE FROM {table}")
    for name, known in tallies.known.items():
        corpus, _, item = name.partition(SEPARATOR)
        _put_known(connection, corpus, item, known)
    for name, quarter in tallies.quarters.items():
        _put_quarter(connection, name, quarter)
    for (name, interval, chance), recall in tallies.recalls.items():
        corpus, _, lesson = name.partition(SEPARATOR)
        _add_recalls(connection, corpus, {(lesson, interval, chance): recall})
    connection.executemany("INSERT INTO waits VALUES (?, ?)", tallies.waits)


def faults(connection: Connection) -> list[str]:
    """What is kept and is not what the attempts come to, in words; [] where all is right."""
    tallies = Tallies()
    wrong = [
        f"attempt {row['id']}"
        for row, one in _all_counted(connection, tallies)
        if not _same(tuple(row[column] for column in SUMS), _sums(one))
    ]
    rows = connection.execute("SELECT * FROM known")
    kept = {f"{row['corpus']}{SEPARATOR}{row['item']}": known_from(row) for row in rows}
    wrong += [f"item {name.partition(SEPARATOR)[2]}" for name in _differing(kept, tallies.known)]
    wrong += [f"the answers from {name}" for name in _differing(quarters_of(connection), tallies.quarters)]
    corpora = [row[0] for row in connection.execute("SELECT DISTINCT corpus FROM recall").fetchall()]
    recalls = {
        (f"{corpus}{SEPARATOR}{lesson}", interval, chance): recall
        for corpus in corpora
        for (lesson, interval, chance), recall in recalls_of(connection, corpus).items()
    }
    lessons = {name.partition(SEPARATOR)[2] for name, *_ in _differing(recalls, tallies.recalls)}
    wrong += [f"what was recalled of {lesson}" for lesson in sorted(lessons)]
    due = [tuple(row) for row in connection.execute("SELECT begun, ended FROM waits ORDER BY begun")]
    return wrong if due == tallies.waits else [*wrong, "when something was due"]


def _differing(kept: dict[Any, Any], right: dict[Any, Any]) -> list[Any]:
    """The keys under which two tables of Known or Quarter don't say the same."""
    both = kept.keys() & right.keys()
    differing = {key for key in both if not _same(astuple(kept[key]), astuple(right[key]))}
    return sorted(differing | (kept.keys() ^ right.keys()))


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(
        abs(a - b) < ROUNDING if isinstance(a, float) and isinstance(b, (float, int)) else a == b
        for a, b in zip(one, other, strict=True)
    )


def _all_counted(connection: Connection, tallies: Tallies) -> Iterator[tuple[Row, Counted]]:
    """Every attempt, and what it adds to the tallies, in order. One that is not valid adds nothing; reading it tells."""
    last = 0
    while rows := connection.execute("SELECT * FROM attempts WHERE id > ? ORDER BY id LIMIT ?", (last, BATCH)).fetchall():
        for row in rows:
            with suppress(ValueError, TypeError, LookupError, AttributeError):
                yield row, tallies.count(attempt_of(row), f"{row['corpus']}{SEPARATOR}{row['item']}")
        last = rows[-1]["id"]


def _count_waits(connection: Connection) -> None:
    """Count again when something was due."""
    rows = connection.execute(
        "SELECT due, answered FROM "
        "(SELECT due, lead(at) OVER (PARTITION BY corpus, item ORDER BY id) AS answered FROM attempts) WHERE due < answered"
    ).fetchall()
    part = Tallies()
    for row in rows:
        part.add_wait(*row)
    connection.execute("DELETE FROM waits")
    connection.executemany("INSERT INTO waits VALUES (?, ?)", part.waits)


# ------------------------------------------------------------------------------------------------------- rows


def known_of(connection: Connection, corpus: str, item: str) -> Known | None:
    """The same, None where it was never answered."""
    row = connection.execute("SELECT * FROM known WHERE corpus = ? AND item = ?", (corpus, item)).fetchone()
    return known_from(row) if row else None


def quarters_of(connection: Connection, name: str = "") -> dict[str, Quarter]:
    """The quarter of an hour that began then, if there were answers in it; or all, in order."""
    where, values = ("WHERE quarter = ?", (name,)) if name else ("", ())
    rows = connection.execute(f"SELECT {', '.join(QUARTER)} FROM quarters {where} ORDER BY quarter", values)
    return {row["quarter"]: _quarter(row) for row in rows}


def _quarter(row: Row) -> Quarter:
    _, answers, seconds, asked_again, recalled, sure = row
    return Quarter(answers, seconds, asked_again, recalled, [int(count) for count in sure.strip("[]").split(",")])


def known_from(row: Row) -> Known:
    """How well an item is known, by its row of the table."""
    values = {column: row[column] for column in KNOWN[2:]}
    return Known(**{**values, "sure": bool(row["sure"]), "unaided": bool(row["unaided"])})


def recalls_of(connection: Connection, corpus: str | None = None) -> dict[RecallKey, Recall]:
    """How often what was asked again was recalled, on a folder of lessons or on all."""
    where, values = ("", ()) if corpus is None else ("WHERE corpus = ?", (corpus,))
    sums = ", ".join(f"sum({column})" for column in RECALL[4:])
    rows = connection.execute(
        f"SELECT lesson, interval, chance, {sums} FROM recall {where} GROUP BY lesson, interval, chance", values
    )
    return {(row[0], row[1], row[2]): Recall(*row[3:]) for row in map(tuple, rows)}


def _add_recalls(connection: Connection, corpus: str, found: Mapping[RecallKey, Recall]) -> None:
    """Add to what is kept."""
    more = ", ".join(f"{column} = {column} + excluded.{column}" for column in RECALL[4:])
    connection.executemany(
        f"INSERT INTO recall ({', '.join(RECALL)}) VALUES ({', '.join('?' * len(RECALL))}) "
        f"ON CONFLICT (corpus, lesson, interval, chance) DO UPDATE SET {more}",
        [(corpus, *key, *astuple(recall)) for key, recall in found.items()],
    )


def _put_known(connection: Connection, corpus: str, item: str, known: Known) -> None:
    marks = ", ".join("?" * len(KNOWN))
    connection.execute(f"INSERT OR REPLACE INTO known ({', '.join(KNOWN)}) VALUES ({marks})", (corpus, item, *astuple(known)))


def _put_quarter(connection: Connection, name: str, quarter: Quarter) -> None:
    marks, values = ", ".join("?" * len(QUARTER)), (name, *astuple(quarter)[:-1], json.dumps(quarter.sure))
    connection.execute(f"INSERT OR REPLACE INTO quarters ({', '.join(QUARTER)}) VALUES ({marks})", values)


def _put_sums(connection: Connection, number: int, one: Counted) -> None:
    columns = ", ".join(f"{column} = ?" for column in SUMS)
    connection.execute(f"UPDATE attempts SET {columns} WHERE id = ?", (*_sums(one), number))


def _sums(one: Counted) -> tuple[float, float, float, int | None, int | None]:
    return (*one.before, one.seconds, None if one.recalled is None else int(one.recalled), one.days)


def _session_of(connection: Connection, attempt: Attempt) -> dict[str, str]:
    """{session: the time of the answer in it before this one}"""
    row = connection.execute(
        "SELECT at FROM attempts WHERE session = ? AND id < ? ORDER BY id DESC LIMIT 1", (attempt.session, attempt.id)
    ).fetchone()
    return {attempt.session: row["at"]} if row else {}
