"""A row of a menu. Where a row has nothing but its text, a str will do in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SEPARATORS = {" · ": ", ", " › ": ", "}  # of words on a line; for plain text


@dataclass(frozen=True)
class MenuRow:
    """What can be chosen: its Markdown, a dim word at its right end ("6 min"), and a letter that chooses it.

    The letter is besides the number that every one of the first nine rows has; "" for none.
    """

    text: str
    side: str = ""
    key: str = ""
    indent: int = 0  # columns that it is moved in, below the row that it belongs to
    heading: str = ""  # what it belongs to; stands above the first of the rows that have the same
    narrow: str = ""  # in place of `side` in a window where some row's text doesn't fit beside that
    said: str = ""  # in place of `side` in plain text; a filter and a script find the row by these words too

    @property
    def line(self) -> str:
        """The whole row on one line, as plain text shows it."""
        side = self.said or self.side
        return f"{self.text} · {side}" if side else self.text


def as_row(option: str | MenuRow) -> MenuRow:
    return option if isinstance(option, MenuRow) else MenuRow(option)


def has_words(row: MenuRow, words: Sequence[str]) -> bool:
    """Whether a filter shows a row: whether each of its words, in small letters, is in the row or in its heading."""
    line = f"{row.heading} {row.line}".casefold()
    return all(word in line for word in words)


def in_words(text: str) -> str:
    """A line without the signs that set its parts off."""
    for sign, words in SEPARATORS.items():
        text = text.replace(sign, words)
    return text
