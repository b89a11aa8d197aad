"""The tables that say which folder of lessons each row is about, and how its items were last seen; and their rows renamed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tutor.learner.file import tally_tables
from tutor.learner.file.identity import KnownFolder, Moves, Seen, lesson_of

if TYPE_CHECKING:
    from sqlite3 import Connection

UNCLAIMED = ""  # the corpus of rows from before folders were told apart
BETWEEN = "\t"  # before a key that is on its way to another one, so that two may change places


class Move(NamedTuple):
    """What became of a lesson, or of an item."""

    was: str
    became: str  # "": it asks something else now, and is asked anew
    at: str  # when it was noticed, UTC, ISO 8601


def corpora_of(connection: Connection) -> list[KnownFolder]:
    """All folders that the records know."""
    rows = connection.execute("SELECT corpus, place, seen, sketch FROM corpora").fetchall()
    return [KnownFolder(row["corpus"], row["place"], row["seen"], tuple(json.loads(row["sketch"]))) for row in rows]


def history_of(connection: Connection, corpora: Sequence[str]) -> tuple[dict[str, Seen | None], dict[str, tuple[str, str]]]:
    """({item: as it was last seen}, {lesson: its digests then}) of what has a history; None and "" where nobody looked."""
    marks = ", ".join("?" * len(corpora))
    tables = f"SELECT item FROM known WHERE corpus IN ({marks}) UNION SELECT item FROM cards WHERE corpus IN ({marks})"
    answered = connection.execute(tables, [*corpora, *corpora])
    items: dict[str, Seen | None] = {row["item"]: None for row in answered.fetchall()}
    for row in connection.execute(f"SELECT item, print, asked, answer FROM items WHERE corpus IN ({marks})", corpora).fetchall():
        items[row["item"]] = Seen(row["print"], row["asked"], row["answer"])
    begun = connection.execute(f"SELECT lesson FROM places WHERE corpus IN ({marks})", corpora).fetchall()
    lessons = {lesson_of(key): ("", "") for key in items} | {row["lesson"]: ("", "") for row in begun}
    seen = connection.execute(f"SELECT lesson, digest, outline FROM lessons WHERE corpus IN ({marks})", corpora).fetchall()
    return items, lessons | {row["lesson"]: (row["digest"], row["outline"]) for row in seen}


def keep_corpus(connection: Connection, known: KnownFolder) -> None:
    """Remember a folder, where it stands and what it holds; no other stands there any more."""
    connection.execute("UPDATE corpora SET place = '', seen = '' WHERE place = ? AND corpus != ?", (known.place, known.corpus))
    row = (known.corpus, known.place, known.seen, json.dumps(known.sketch))
    connection.execute("INSERT OR REPLACE INTO corpora (corpus, place, seen, sketch) VALUES (?, ?, ?, ?)", row)


def keep_item(connection: Connection, corpus: str, item: str, seen: Seen) -> None:
    """Remember an item as it is."""
    connection.execute(
        "INSERT OR REPLACE INTO items (corpus, item, print, asked, answer) VALUES (?, ?, ?, ?, ?)", (corpus, item, *seen)
    )


def keep_lesson(connection: Connection, corpus: str, lesson: str, digests: tuple[str, str]) -> None:
    """Remember a lesson as it is."""
    row = (corpus, lesson, *digests)
    connection.execute("INSERT OR REPLACE INTO lessons (corpus, lesson, digest, outline) VALUES (?, ?, ?, ?)", row)


def moves_in(connection: Connection, corpus: str) -> list[Move]:
    """What became of lessons and items so far, the latest first."""
    rows = connection.execute("SELECT was, became, at FROM moves WHERE corpus = ? ORDER BY id DESC", (corpus,)).fetchall()
    return [Move(row["was"], row["became"], row["at"]) for row in rows]


def unclaimed(connection: Connection) -> tuple[dict[str, set[str]], set[str]]:
    """({lesson: its items with a history}, lessons that were begun) from before folders were told apart."""
    items: dict[str, set[str]] = {}
    rows = "SELECT lesson, item FROM known WHERE corpus = ? UNION SELECT lesson, item FROM cards WHERE corpus = ?"
    for row in connection.execute(rows, (UNCLAIMED, UNCLAIMED)).fetchall():
        items.setdefault(row["lesson"], set()).add(row["item"])
    begun = connection.execute("SELECT lesson FROM places WHERE corpus = ?", (UNCLAIMED,)).fetchall()
    return items, {row["lesson"] for row in begun}


def claim(connection: Connection, corpus: str, lessons: Collection[str]) -> None:
    """Take the history of some lessons from before folders were told apart for that of this folder."""
    has_joined = False
    for lesson in lessons:
        values = (corpus, UNCLAIMED, lesson)
        connection.execute("UPDATE attempts SET corpus = ? WHERE corpus = ? AND lesson = ?", values)
        for table in ("known", "cards", "places"):  # what this folder has already is newer
            connection.execute(f"UPDATE OR IGNORE {table} SET corpus = ? WHERE corpus = ? AND lesson = ?", values)
        left = connection.execute("SELECT 1 FROM known WHERE corpus = ? AND lesson = ? LIMIT 1", (UNCLAIMED, lesson)).fetchone()
        has_joined = has_joined or left is not None
        for table in ("known", "cards", "places"):
            connection.execute(f"DELETE FROM {table} WHERE corpus = ? AND lesson = ?", (UNCLAIMED, lesson))
    if has_joined:
        tally_tables.rebuild(connection)  # what follows what is not as it was
    else:
        for one in (UNCLAIMED, corpus):
            tally_tables.count_recalls(connection, one, lessons)


def carry_out(connection: Connection, corpus: str, moves: Moves, at: str) -> None:
    """Give the history of lessons and items their present names."""
    renamed = dict(moves.items)
    for was, now in moves.lessons.items():  # what is no item of a bank, such as an explanation, stays with its lesson
        rows = connection.execute("SELECT item FROM known WHERE corpus = ? AND lesson = ?", (corpus, was)).fetchall()
        for row in rows:
            renamed.setdefault(row["item"], f"{now}:{row['item'].partition(':')[2]}")
        _rename_lesson(connection, corpus, was, now)
    for key in renamed:
        _rename(connection, corpus, key, BETWEEN + key)
    joined = [now for key, now in renamed.items() if _rename(connection, corpus, BETWEEN + key, now)]
    if joined:
        tally_tables.rebuild(connection)  # what follows what is not as it was
    else:
        tally_tables.count_recalls(connection, corpus, {lesson_of(key) for pair in renamed.items() for key in pair})
    told = [*moves.lessons.items(), *((key, "") for key in moves.anew)]
    told += [(key, now) for key, now in moves.items.items() if key not in moves.anew and lesson_of(key) not in moves.lessons]
    rows = [(corpus, was, became, at) for was, became in told]
    connection.executemany("INSERT INTO moves (corpus, was, became, at) VALUES (?, ?, ?, ?)", rows)


def _rename(connection: Connection, corpus: str, was: str, now: str) -> bool:
    """Says whether an item with a history had the new name, to which this one was added."""
    values = {"corpus": corpus, "was": was, "now": now, "lesson": lesson_of(now)}
    there = connection.execute("SELECT 1 FROM known WHERE corpus = :corpus AND item = :now", values).fetchone()
    connection.execute(
        "UPDATE evidence SET item = :now, lesson = :lesson "
        "WHERE item = :was AND attempt IN (SELECT id FROM attempts WHERE corpus = :corpus AND item = :was)", values
    )  # fmt: skip
    connection.execute("UPDATE attempts SET item = :now, lesson = :lesson WHERE corpus = :corpus AND item = :was", values)
    for table in ("known", "items", "cards"):
        changed = ["item = :now"]
        if table != "items":
            changed.append("lesson = :lesson")
        if table == "cards":
            changed += [f"{column} = json_set({column}, '$.item', :now)" for column in ("card", "before")]
        connection.execute(f"UPDATE OR REPLACE {table} SET {', '.join(changed)} WHERE corpus = :corpus AND item = :was", values)
    return there is not None


def _rename_lesson(connection: Connection, corpus: str, was: str, now: str) -> None:
    values = {"corpus": corpus, "was": was, "now": now}
    connection.execute(
        "UPDATE OR REPLACE places SET lesson = :now, place = json_set(place, '$.lesson', :now) "
        "WHERE corpus = :corpus AND lesson = :was", values
    )  # fmt: skip
    connection.execute("DELETE FROM lessons WHERE corpus = :corpus AND lesson = :was", values)
    row = connection.execute("SELECT value FROM settings WHERE key = 'goal'").fetchone()
    if row and was in row["value"]:
        goal = json.loads(row["value"])
        if isinstance(goal, dict) and isinstance(goal.get("lessons"), list):
            goal["lessons"] = [now if lesson == was else lesson for lesson in goal["lessons"]]
            connection.execute("UPDATE settings SET value = ? WHERE key = 'goal'", (json.dumps(goal),))


def seen_items(connection: Connection, corpus: str) -> list[str]:
    """The items with a history that were seen in the folder, or come back in it, as those of an import that nobody saw here."""
    query = "SELECT item FROM items WHERE corpus = ? UNION SELECT item FROM cards WHERE corpus = ?"
    return [row["item"] for row in connection.execute(query, (corpus, corpus)).fetchall()]


def gone_items(connection: Connection, corpus: str, asked: Collection[str]) -> dict[str, int]:
    """{item: answers} of those with a history that the folder no longer asks."""
    keys = [key for key in seen_items(connection, corpus) if key not in asked]
    count = "SELECT count(*) FROM attempts WHERE corpus = ? AND item = ?"
    return {key: connection.execute(count, (corpus, key)).fetchone()[0] for key in keys}
