"""A learner's history as JSON lines, to be moved to another computer, merged with another history, or read by other programs.

The first line names the format and its version, the last one counts the lines, so that a file that was cut is noticed. What
only means something on this computer is left out: no path, no address and no key is in it. manual/records.md describes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from utils import __version__
from utils.times import utc

if TYPE_CHECKING:
    from sqlite3 import Connection

FORMAT, VERSION = "pocket-tutor-records", 1
MARK = f'{{"format": "{FORMAT}"'  # how such a file begins
EMPTY = 2  # lines of an export without any history
# Of an attempt: its number here, and what is computed from the rest.
NOT_EXPORTED = {"id", "score", "unaided", "seconds", "recalled", "days", "earned", "evidence"}
# The tables of what a folder held when it was last seen, by which a history follows a lesson that is renamed: key, the rest.
SEEN = {"lessons": ("lesson", "digest", "outline"), "items": ("item", "print", "asked", "answer")}
SETTINGS = ("ask_confidence", "explain_back", "goal", "daily_limit", "asked_to_explain:*")  # that move with the learner


def export_lines(connection: Connection, now: datetime) -> Iterator[str]:
    """The lines of an export, as one transaction sees the records. now: aware."""
    connection.execute("BEGIN")
    try:
        count = 0
        for line in _lines(connection, now):
            count += 1
            yield json.dumps(line)  # ASCII only, so that half of a surrogate pair from a terminal survives
        yield json.dumps({"type": "end", "lines": count})
    finally:
        connection.execute("ROLLBACK")


def _lines(connection: Connection, now: datetime) -> Iterator[dict[str, Any]]:
    head = {"format": FORMAT, "version": VERSION, "program": __version__, "at": utc(now)}
    fitted = connection.execute("SELECT value FROM settings WHERE key = 'fitted'").fetchone()
    parameters = json.loads(fitted[0]).get("parameters") if fitted else None
    yield {**head, "parameters": parameters} if parameters else head
    for row in connection.execute("SELECT corpus, sketch FROM corpora ORDER BY corpus"):
        seen = {name: last_seen(connection, name, row["corpus"]) for name in SEEN}
        yield {"type": "corpus", "corpus": row["corpus"], "sketch": json.loads(row["sketch"]), **seen}
    for row in connection.execute("SELECT * FROM attempts ORDER BY id"):
        kept = {name: value for name, value in dict(row).items() if name not in NOT_EXPORTED}
        yield {"type": "attempt", **kept, "grade": json.loads(row["grade"])}
    for row in connection.execute(
        "SELECT uid, appeals.grade, appeals.at FROM appeals JOIN attempts ON attempts.id = attempt ORDER BY appeals.id"
    ):
        yield {"type": "appeal", "attempt": row["uid"], "grade": json.loads(row["grade"]), "at": row["at"]}
    for row in connection.execute(
        "SELECT uid, misconception, kind FROM evidence JOIN attempts ON attempts.id = attempt ORDER BY evidence.id"
    ):
        yield {"type": "evidence", "attempt": row["uid"], "misconception": row["misconception"], "kind": row["kind"]}
    for row in connection.execute(
        "SELECT cards.*, uid FROM cards LEFT JOIN attempts ON attempts.id = attempt ORDER BY cards.rowid"
    ):
        before = json.loads(row["before"]) if row["before"] else None
        yield {"type": "card", "corpus": row["corpus"], "card": json.loads(row["card"]), "attempt": row["uid"], "before": before}
    for row in connection.execute("SELECT * FROM places ORDER BY sequence"):
        yield {"type": "place", "corpus": row["corpus"], "place": json.loads(row["place"]), "at": row["at"]}
    for row in connection.execute("SELECT key, value FROM settings ORDER BY key"):
        if is_portable(row["key"]):
            yield {"type": "setting", "key": row["key"], "value": json.loads(row["value"])}


def last_seen(connection: Connection, table: str, corpus: str) -> dict[str, list[str]]:
    """{key: what is known of it} of a folder's lessons or items with a history, as they were when they were last seen."""
    first, *rest = SEEN[table]
    rows = connection.execute(f"SELECT {first}, {', '.join(rest)} FROM {table} WHERE corpus = ? ORDER BY {first}", (corpus,))
    return {row[0]: list(row)[1:] for row in rows}


def is_portable(setting: str) -> bool:
    """Whether a setting is about the learner, and not about this computer."""
    return any(setting.startswith(name[:-1]) if name.endswith("*") else setting == name for name in SETTINGS)
