"""A grid of cells to draw on: braille dots (two across and four down in each cell), blocks, and text above them.

Written here because plotext, which draws such plots, takes 0.4 s to be imported; see docs/design.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from utils.text import width

# Bits of the braille block by the dot's place: https://www.unicode.org/charts/PDF/U2800.pdf
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BRAILLE = 0x2800
EIGHTHS = " ▁▂▃▄▅▆▇█"
Place = tuple[float, float]  # in dots, from the top left
# How many dots of a line are set, then how many aren't, in turn: what tells lines from one another without colour.
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (5, 3), (1, 2), (7, 2, 1, 2), (3, 3), (1, 4))
MOST_DOTS = 20_000  # of a line, however steep: a point that is far off the canvas ends it


class Canvas:
    """So many columns and rows of cells."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.dots = [[0] * columns for _ in range(rows)]
        self.styles = [[""] * columns for _ in range(rows)]
        self.blocks = [[""] * columns for _ in range(rows)]
        self.block_styles = [[""] * columns for _ in range(rows)]
        self.signs: dict[tuple[int, int], tuple[str, str]] = {}  # column, row: text and style; "" right of a wide one

    def dot(self, x: int, y: int, style: str = "") -> None:
        """Set a dot, if it is on the canvas."""
        if 0 <= x < 2 * self.columns and 0 <= y < 4 * self.rows:
            self.dots[y // 4][x // 2] |= BITS[y % 4][x % 2]
            self.styles[y // 4][x // 2] = style

    def line(self, points: Sequence[Place | None], style: str = "", dashes: Sequence[int] = (1, 0)) -> None:
        """Join points; None breaks the line. The pattern of dashes goes on from piece to piece."""
        pattern = [on for on, count in zip([True, False] * len(dashes), dashes, strict=False) for _ in range(count)]
        drawn = 0
        before: Place | None = None
        for point in points:
            if point and before and (piece := self._clipped(before, point)):
                for x, y in _dots_between(*piece):
                    if pattern[drawn % len(pattern)]:
                        self.dot(x, y, style)
                    drawn += 1
                drawn -= 1  # the next piece begins with this dot
            before = point

    def _clipped(self, start: Place, end: Place) -> tuple[Place, Place] | None:
        """The part of a line that is on the canvas (Liang and Barsky 1984); None if there is none."""
        (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
        first, last = 0.0, 1.0
        right, bottom = 2 * self.columns - 0.5, 4 * self.rows - 0.5
        for away, room in ((-dx, x + 0.5), (dx, right - x), (-dy, y + 0.5), (dy, bottom - y)):
            if not away:
                if room < 0:
                    return None
                continue
            share = room / away
            first, last = (max(first, share), last) if away < 0 else (first, min(last, share))
        return ((x + first * dx, y + first * dy), (x + last * dx, y + last * dy)) if first <= last else None

    def column(self, left: int, right: int, top: float, bottom: float, style: str = "") -> None:
        """Fill cells left <= column < right between two heights, given in rows from the top, in eighths of a row."""
        for row in range(max(0, int(top)), min(self.rows, int(bottom + 0.999))):
            filled = min(bottom, row + 1) - max(top, row)
            sign = EIGHTHS[max(0, min(8, round(filled * 8)))]
            for column in range(max(0, left), min(self.columns, right)):
                if sign != " ":
                    self.blocks[row][column], self.block_styles[row][column] = sign, style

    def put(self, column: int, row: int, text: str, style: str = "") -> None:
        """Text above everything else; what is beyond the canvas is cut."""
        for character in text:
            wide = width(character)
            if 0 <= row < self.rows and column >= 0 and column + wide <= self.columns and wide:
                self.signs[column, row] = character, style
                if wide == 2:
                    self.signs[column + 1, row] = "", style
            column += wide

    def is_on(self, column: int, row: int) -> bool:
        """Whether a cell is on the canvas."""
        return 0 <= column < self.columns and 0 <= row < self.rows

    def is_free(self, column: int, row: int, wide: int) -> bool:
        """Whether so many cells are on the canvas and empty."""
        if not (0 <= row < self.rows and column >= 0 and column + wide <= self.columns):
            return False
        return all(self.is_empty(at, row) for at in range(column, column + wide))

    def is_empty(self, column: int, row: int) -> bool:
        return not (self.dots[row][column] or self.blocks[row][column] or (column, row) in self.signs)

    def row(self, number: int) -> Text:
        """A row as text, with its styles."""
        line = Text(no_wrap=True)
        cells = (self._cell(column, number) for column in range(self.columns))
        for style, run in groupby(cells, key=lambda cell: cell[1]):
            line.append("".join(sign for sign, _ in run), style or None)
        return line

    def _cell(self, column: int, row: int) -> tuple[str, str]:
        if (column, row) in self.signs:
            return self.signs[column, row]
        if dots := self.dots[row][column]:
            return chr(BRAILLE + dots), self.styles[row][column]
        if block := self.blocks[row][column]:
            return block, self.block_styles[row][column]
        return " ", ""


def _dots_between(start: Place, end: Place) -> list[tuple[int, int]]:
    """The dots from one place to another, both included: as many as the longer side is long."""
    (x, y), (to_x, to_y) = start, end
    count = min(MOST_DOTS, max(abs(round(to_x) - round(x)), abs(round(to_y) - round(y)), 1))
    if round(x) == round(to_x) and round(y) == round(to_y):
        return [(round(x), round(y))]
    return [(round(x + (to_x - x) * at / count), round(y + (to_y - y) * at / count)) for at in range(count + 1)]
