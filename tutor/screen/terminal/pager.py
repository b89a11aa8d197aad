"""The pager: what a session shows, a window at a time, so that nothing is asked before everything above it was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tutor.models import Step
from tutor.screen.terminal.keys import REDRAW, Keys
from tutor.screen.terminal.view import Row, Rows, View

if TYPE_CHECKING:
    from tutor.screen.layout import Screen

GOES_ON = ("next", "skip", "quit")  # after these nobody comes back for the pages that were not turned to


class PageReader(Protocol):
    """Whoever reads page by page: a person at a Keyboard or a LineKeyboard."""

    def press(self, keys: Keys, position: str = "") -> Step:
        """Enter, which is Step("next"), or one of `keys`; REDRAW where the window has changed."""

    def rows_below(self, keys: Keys, position: str = "") -> int:
        """How many rows a prompt for keys takes up."""


@dataclass
class OpenPages:
    """Screens being read, and how far: the first row of the page at hand, out of so many as there were when it was drawn."""

    screens: list[Screen]
    first: int = -1
    of: int = 0
    content: Rows | None = None


class Pager:
    """Turns the pages of what waits in a view."""

    def __init__(self, view: View, reader: PageReader):
        self.view, self.reader = view, reader
        self.unseen: OpenPages | None = None  # pages that a key was pressed before
        self.share = 0.0
        self.seen = 1.0  # how much of a lesson's text had been drawn when a key was pressed
        self.on_page: Callable[[float], None] | None = None

    def turn(self, keys: Keys, share: float = 0.0, on_page: Callable[[float], None] | None = None) -> Step:
        """All that waits, and on its last page Enter or one of `keys`; the other keys work on every page.

        share: of the lesson's text, which was read before. on_page: told what share is above the page that was turned to.
        """
        self.share, self.on_page = share, on_page
        step = self._read(keys, lambda position: self.reader.rows_below({**keys, "back": "back"}, position), keys)
        assert step is not None
        return step

    def through(self, keys: Keys, need: int) -> Step | None:
        """All that waits, before a prompt of `need` rows. None when it was read; Step("quit") if that is among `keys`."""
        self.unseen, self.share, self.on_page = None, 0.0, None
        leave = {action: word for action, word in keys.items() if action == "quit"}
        return self._read(leave, lambda position: need, None)

    def _read(self, keys: Keys, need: Callable[[str], int], last: Keys | None) -> Step | None:
        """last: the keys of the last page; None where the caller has a prompt of its own for it."""
        view, reading = self.view, self._begin()
        if last is None and not reading.screens:
            return None
        pages = self._pages(reading, need, keys)
        while True:
            number = max((index for index, (start, _) in enumerate(pages) if start <= reading.first), default=0)
            view.put(pages[number][1])
            is_last = number == len(pages) - 1
            if is_last and last is None:
                self._end(reading)
                return None
            position = f"{number + 1} of {len(pages)}" if len(pages) > 1 else ""
            here = {"next": keys.get("next", "") if is_last else "more", **({"back": "back"} if number else {})}
            here = {**here, **{action: word for action, word in keys.items() if action not in here}}
            step = self.reader.press(here, position)
            self.seen = 1.0 if is_last or not reading.content else reading.content.share(pages[number + 1][0])
            view.unread = 0
            if step is REDRAW:
                view.clear()
                pages = self._pages(reading, need, keys)
            elif step.action == "next" and not is_last:
                reading.first = pages[number + 1][0]
                self._tell(reading)
            elif step.action == "back" and number:
                view.clear()
                reading.first = pages[number - 1][0]
                self._tell(reading)
            else:
                unread = not is_last and step.action not in GOES_ON
                self.unseen = self._unseen(reading, pages[number + 1][0]) if unread else None
                self._end(reading)
                return step

    @staticmethod
    def _unseen(reading: OpenPages, first: int) -> OpenPages:
        """The pages from a row on. A heading that was repeated above them is not among the screens' own rows."""
        repeated = reading.content.repeated if reading.content else 0
        return OpenPages(reading.screens, max(0, first - repeated), reading.of - repeated)

    def _tell(self, reading: OpenPages) -> None:
        if self.on_page and reading.content:
            self.on_page(reading.content.share(reading.first))

    def _begin(self) -> OpenPages:
        """What waits, and below it what was left unseen before."""
        from tutor.screen.layout import Rest

        view, unseen = self.view, self.unseen
        screens, view.waiting, self.unseen = view.waiting, [], None
        if unseen:
            screens = [*screens, Rest(unseen.screens, unseen.first / max(1, unseen.of))]
        reading = OpenPages(screens)
        view.current = lambda: self._rows_at_hand(reading)
        return reading

    def _end(self, reading: OpenPages) -> None:
        view = self.view
        view.seen.extend(reading.screens)
        view.current = None
        for screen in reading.screens:
            if screen.heads_section:
                view.heading = screen

    def _pages(self, reading: OpenPages, need: Callable[[str], int], keys: Keys) -> list[tuple[int, list[Row]]]:
        """The pages at the window's present size; the page at hand is still the one that it was."""
        content = self._content(reading.screens, need(""))
        below = min(need("00 of 00"), max(self.view.height() // 2, self.view.height() - len(content.rows)))
        more = self.reader.rows_below({**keys, "next": "more", "back": "back"}, "00 of 00")
        pages = self.view.pages(content, below, more)
        before, reading.of = reading.of, len(content.rows)
        reading.content = content
        if not before:
            reading.first = content.row_at(self.share)
        else:
            reading.first = max(0, reading.first) * reading.of // before
        return pages

    def _content(self, screens: list[Screen], need: int) -> Rows:
        """The rows, with the section's heading above its text where it would else scroll away."""
        from tutor.screen.layout import Repeated

        view = self.view
        parts = [view.rows(screen) for screen in screens]
        is_long = sum(len(part.rows) for part in parts) + need > view.height() // 2
        first = next((index for index, screen in enumerate(screens) if screen.heads_section or screen.under_heading), None)
        if view.heading and is_long and first is not None and not screens[first].heads_section:
            screens = [*screens[:first], Repeated(view.heading), *screens[first:]]
            parts.insert(first, view.rows(screens[first]))
            content = Rows(repeated=len(parts[first].rows))
        else:
            content = Rows()
        for part, screen in zip(parts, screens, strict=False):
            if screen.under_heading:
                content.text_at = len(content.rows)
            content.add(part)
        return content

    def _rows_at_hand(self, reading: OpenPages) -> list[Row]:
        """From where the learner is, for a window that is drawn again while a line is typed."""
        rows = self._content(reading.screens, 0).rows
        return rows[max(0, reading.first) * len(rows) // max(1, reading.of) :][: self.view.height()]
