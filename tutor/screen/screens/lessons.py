"""The list of lessons: a row of a menu for each, below the track and the lesson that it builds on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tutor.learner.agenda import minutes_of
from tutor.learner.topics import TopicRow, by_track
from tutor.screen.layout import dots
from tutor.screen.rows import MenuRow
from tutor.screen.screens.endings import mastery_in_words
from utils.text import literal, width

INDENT = 2  # columns for a lesson below the one that it builds on


def lesson_rows(rows: Sequence[TopicRow], begun: Collection[str], finished: Collection[str]) -> list[tuple[str, MenuRow]]:
    """(lesson, its row): how well it is known, what is due, how long it takes. A narrow window shows no minutes."""
    known = {row["lesson"]: _known(row, begun, finished) for row in rows}
    due = {row["lesson"]: f"{row['due']} due" if row["due"] else "" for row in rows}
    minutes = {row["lesson"]: minutes_of(row["minutes"]) for row in rows}
    found = []
    for depth, row in by_track(rows):
        name = row["lesson"]
        columns = [_padded(column[name], column) for column in (known, due, minutes)]
        words = [_in_words(row, begun, finished), due[name], minutes[name], name]
        side, narrow = ("  ".join(filter(None, some)) for some in (columns, columns[:2]))
        said = " · ".join(filter(None, words))
        found.append((name, MenuRow(literal(row["title"]), side, "", INDENT * depth, row["track"], narrow, said)))
    return found


def _padded(text: str, column: dict[str, str]) -> str:
    """A cell as wide as its column's widest one."""
    return " " * (max(map(width, column.values())) - width(text)) + text


def _known(row: TopicRow, begun: Collection[str], finished: Collection[str]) -> str:
    """Dots for a lesson that was begun; a sign for one that was read and asks nothing."""
    if row["lesson"] in finished and not row["items"]:
        return "✓"
    return dots(round(row["mastery"] * 5), 5) if row["mastery"] or row["lesson"] in begun else ""


def _in_words(row: TopicRow, begun: Collection[str], finished: Collection[str]) -> str:
    if row["lesson"] in finished and not row["items"]:
        return "read"
    return mastery_in_words(row["mastery"]) if row["mastery"] else "begun" if row["lesson"] in begun else ""
