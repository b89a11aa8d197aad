"""What a person has before their eyes: screens as rows, never more of them at once than the window holds.

In a session what is shown waits here until a key is asked for. Then it is drawn, by the page if the window is too small
for it, so that nothing scrolls away unread. Sizes are asked for whenever something is drawn: the window may change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.screen.stdio import MARGIN, MAX_WIDTH, columns, in_actions, terminal_size, without_commands

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment

    from tutor.screen.layout import Screen

SEEN = 40  # screens that are kept to be drawn again
LEAST_PAGE = 5  # rows, in a window however low

Row = list["Segment"]


@dataclass
class Rows:
    """Rows to be read, and what stays in view above those that come later.

    Of that: (index of the row where it is read first, its own rows, whether it is a section's heading).
    """

    rows: list[Row] = field(default_factory=list)
    standing: list[tuple[int, list[Row], bool]] = field(default_factory=list)
    text_at: int = 0  # where the last text of a lesson begins
    repeated: int = 0  # rows of a heading that was put in again, and is no part of what waits

    def add(self, other: Rows) -> None:
        """More rows below."""
        self.standing += [(index + len(self.rows), rows, is_heading) for index, rows, is_heading in other.standing]
        self.rows += other.rows

    def share(self, row: int) -> float:
        """How much of the lesson's text stands above a row."""
        return max(0, row - self.text_at) / max(1, len(self.rows) - self.text_at)

    def row_at(self, share: float) -> int:
        """The row above which so much of the text stands; that before the first one for none of it."""
        return self.text_at + round(share * (len(self.rows) - self.text_at)) if share else -1

    def above(self, start: int) -> list[Row]:
        """What stays in view on a page that begins with row `start`: the last heading, and the last verdict below it."""
        heading: list[Row] = []
        verdict: list[Row] = []
        for index, rows, is_heading in self.standing:
            if index < start:
                heading, verdict = (rows, []) if is_heading else (heading, rows)
        return [[], *heading, *verdict, []] if heading or verdict else []


class View:
    """Draws screens on a console, at the size that its window has now."""

    def __init__(self, console: Console, plain: bool):
        self.console, self.plain = console, plain
        self.waiting: list[Screen] = []  # shown but not drawn
        self.seen: deque[Screen] = deque(maxlen=SEEN)
        self.heading: Screen | None = None  # of the section that is being read
        self.unread = 0  # rows that were drawn since the last key
        self.current: Callable[[], list[Row]] | None = None  # the page at hand; None where all was drawn

    def fit(self) -> None:
        """Follow the window's width."""
        if self.console.width != (width := min(MAX_WIDTH, columns())):
            self.console.width = width

    @staticmethod
    def height() -> int:
        return max(LEAST_PAGE, terminal_size().lines)

    # ------------------------------------------------------------------------------------------ as rows

    def rows(self, screen: Screen) -> Rows:
        """A screen as rows, with what of it stays in view."""
        standing = screen.standing()
        return Rows(self._rows(screen), [(0, self._rows(standing), screen.heads_section)] if standing else [])

    def _rows(self, content: object) -> list[Row]:
        from rich.padding import Padding

        self.fit()
        margin = 0 if self.plain or in_actions() else len(MARGIN)
        rows = self.console.render_lines(Padding(content, (0, 0, 0, margin)), pad=False)  # type: ignore[arg-type]
        return list(map(without_padding, rows))

    def lines(self, content: object) -> list[str]:
        """What can be drawn, as lines of plain text."""
        return ["".join(segment.text for segment in row) for row in self._rows(content)]

    # ------------------------------------------------------------------------------------------ drawing

    def draw(self, screen: Screen) -> None:
        """A screen, at once and whole."""
        self.seen.append(screen)
        self.put(self._rows(screen))

    def put(self, rows: Sequence[Row]) -> None:
        """Rows at the cursor."""
        from rich.segment import Segment, Segments

        self.unread += len(rows)
        if self.plain or in_actions():
            with self.console.capture() as drawn:
                self.console.print(Segments([part for row in rows for part in (*row, Segment.line())]), end="")
            text = drawn.get()
            if self.plain:
                text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
            self.console.file.write(without_commands(text))
        else:
            self.console.print(Segments([part for row in rows for part in (*row, Segment.line())]), end="")

    def flush(self) -> None:
        """Draw all that waits, however much it is."""
        while self.waiting:
            self.draw(self.waiting.pop(0))

    def flush_what_fits(self) -> None:
        """Draw of what waits as much as the window holds, before something is waited for."""
        while self.waiting and self.unread + len(self._rows(self.waiting[0])) < self.height() - 1:
            self.draw(self.waiting.pop(0))

    def clear(self) -> None:
        """An empty window; what has scrolled away stays the terminal's own."""
        self.unread = 0
        if not self.plain:
            self.console.file.write("\x1b[H\x1b[2J")
            self.console.file.flush()

    def redraw(self, need: int) -> None:
        """The window again at its present size, with room for a prompt of `need` rows."""
        self.clear()
        room = max(1, self.height() - need)
        rows = self.current()[:room] if self.current else self._last_rows(room)
        while rows and is_blank(rows[0]):
            rows.pop(0)
        self.put(rows)

    def _last_rows(self, room: int) -> list[Row]:
        """The end of what was drawn."""
        rows: list[Row] = []
        for screen in reversed(self.seen):
            rows[:0] = self._rows(screen)
            if len(rows) >= room:
                break
        return rows[-room:]

    # ------------------------------------------------------------------------------------------ by the page

    def pages(self, content: Rows, need: int, more: int = 3) -> list[tuple[int, list[Row]]]:
        """(its first row, the rows to draw) of each page; the last has room for a prompt of `need` rows below it.

        more: rows of the prompt below the other pages. The first may follow something that was drawn since the last key; it
        is an empty one where that fills the window.
        There is at least one page.
        """
        found: list[tuple[int, list[Row]]] = []
        start, rows = 0, content.rows
        while True:
            above = content.above(start) if start else []
            taken = self.unread if not found else len(above)
            room = max(LEAST_PAGE, self.height() - need - taken)
            if len(rows) - start <= room:
                return [*found, (start, [*above, *without_blank_start(rows[start:], bool(above))])]
            if taken and not found and self.height() - more - taken < LEAST_PAGE:  # a reply that came as it was written
                found.append((-1, []))
                continue
            room = max(LEAST_PAGE, self.height() - more - taken)
            end = page_end(rows, start, min(start + room, len(rows) - 1))
            found.append((start, [*above, *without_blank_end(without_blank_start(rows[start:end], bool(above)))]))
            start = end


def page_end(rows: Sequence[Row], start: int, limit: int) -> int:
    """Where a page that begins at `start` ends: at the end of a paragraph, list item, table row or line of code."""
    from tutor.screen.markup.wrapping import is_glued

    for end in range(limit, start, -1):
        last = end - 1
        while last > start and is_blank(rows[last]):
            last -= 1
        if not is_glued(rows[last]) and not is_blank(rows[last]):
            return end
    return limit


def without_padding(row: Row) -> Row:
    """A row without the spaces behind it, which a person would copy."""
    while row and not row[-1].text.strip(" ") and not (row[-1].style and row[-1].style.bgcolor):
        row = row[:-1]
    return row


def is_blank(row: Row) -> bool:
    return not "".join(part.text for part in row).strip()


def without_blank_start(rows: list[Row], wanted: bool) -> list[Row]:
    """Rows without blank ones before them, if that is wanted."""
    first = next((index for index, row in enumerate(rows) if not is_blank(row)), 0)
    return rows[first:] if wanted else rows


def without_blank_end(rows: list[Row]) -> list[Row]:
    end = len(rows)
    while end > 1 and is_blank(rows[end - 1]):
        end -= 1
    return rows[:end]
