"""A row of a menu. Where a row has nothing but its text, a str will do in its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MenuRow:
    """What can be chosen: its Markdown, a dim word at its right end ("6 min"), and a letter that chooses it.

    The letter is besides the number that every one of the first nine rows has; "" for none.
    """

    text: str
    side: str = ""
    key: str = ""

    @property
    def line(self) -> str:
        """The whole row on one line, as plain text shows it."""
        return f"{self.text} · {self.side}" if self.side else self.text


def as_row(option: str | MenuRow) -> MenuRow:
    return option if isinstance(option, MenuRow) else MenuRow(option)
