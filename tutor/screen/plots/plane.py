"""What has two axes of numbers: curves, points, columns, contour lines, paths, arrows and marks, on a canvas between axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rich.text import Text

from tutor.corpus.plots.data import Axis, Columns, Plot, PlottedLine, Point, Scatter
from tutor.corpus.plots.scales import in_short, log_ticks, tick_labels, ticks
from tutor.screen.markup.styles import ACCENT, DIM, GREEN, MAGENTA, PURPLE, RED
from tutor.screen.plots.canvas import DASHES, Canvas, Place
from utils.text import width

STYLES = (ACCENT, RED, GREEN, MAGENTA, PURPLE, "")  # of series, in turn
POINTS = "●○▲△◆◇"
STEPS_SHOWN = 30  # points of a path; of one with more, only the ends are marked
FEW = 60  # points that are drawn as signs; more of them as dots
SIDE_SHARE = 0.34  # of the width, for labels at the ends of curves
NARROW = 48  # columns, below which there are no labels at the side
CONTOUR = (1, 2)
EndLabel = tuple[float, str, str]  # in how many dots from the top, text, style
ARROWS = "→↗↑↖←↙↓↘"


@dataclass
class Legend:
    """What stands below the axes: a sample of each thing and its label."""

    entries: list[tuple[Text, str]] = field(default_factory=list)

    def add(self, sample: str, style: str, label: str) -> None:
        if label:
            self.entries.append((Text(sample, style=style or ""), label))

    def rows(self, columns: int, indent: int) -> Iterator[Text]:
        row = Text()
        for sample, label in self.entries:
            entry = Text.assemble(sample, " ", label)
            if row and indent + row.cell_len + 3 + entry.cell_len > columns:
                yield Text(" " * indent).append_text(row)
                row = Text()
            row = Text.assemble(row, "   ", entry) if row else entry
        if row:
            yield Text(" " * min(indent, max(0, columns - row.cell_len))).append_text(row)


def plane_rows(plot: Plot, columns: int, rows: int, widest: int) -> list[Text]:
    """A plot with two axes, at most `columns` wide, with a canvas of at most `rows` and `widest` columns."""
    y_ticks = _ticks(plot.y, max(2, round(rows / 2.5)))
    y_labels = tick_labels(y_ticks, plot.y.log)
    left = max(map(width, y_labels), default=0)
    side = _side(plot, columns)
    room = max(8, columns - left - 2 - side)
    wide, tall = _shape(plot, _in_whole_cells(plot, min(room, widest)), rows)
    drawing = _Drawing(plot, wide, tall)
    beside = drawing.draw(columns - left - 3 - wide if side else 0)
    marked = {_row(plot.y, value, tall): label for value, label in zip(y_ticks, y_labels, strict=True)}
    drawn = [Text(plot.y.label, style=DIM)] if plot.y.label else []
    for number in range(tall):
        label = marked.get(number, "")
        line = Text(f"{label:>{left}} {'┤' if label else '│'}", style=DIM).append_text(drawing.canvas.row(number))
        if number in beside:
            line.append(" " * (left + 2 + wide - line.cell_len + 1))
            line.append_text(beside[number])
        drawn.append(line)
    drawn += _below(plot.x, left, wide, columns)
    drawn += drawing.legend.rows(columns, left + 2)
    return drawn


def _ticks(axis: Axis, most: int) -> list[float]:
    return log_ticks(axis.low, axis.high, most) if axis.log else ticks(axis.low, axis.high, most)


def _row(axis: Axis, value: float, tall: int) -> int:
    """The row of a canvas in which a height stands."""
    return min(tall - 1, max(0, round((1 - axis.share(value)) * (4 * tall - 1)) // 4))


def _shape(plot: Plot, wide: int, tall: int) -> tuple[int, int]:
    """Columns and rows of the canvas: with equal axes, one of the two is smaller. A dot is about as wide as it is high."""
    if not plot.equal:
        return wide, tall
    across, up = plot.x.high - plot.x.low, plot.y.high - plot.y.low
    if across / up < 2 * wide / (4 * tall):
        return max(12, round(across / up * 4 * tall / 2)), tall
    return wide, max(4, round(up / across * 2 * wide / 4))


def _in_whole_cells(plot: Plot, wide: int) -> int:
    """A width at which every column of a plot is as wide as every other."""
    if not plot.columns or plot.x.log:
        return wide
    unit = min(right - left for left, right, _ in plot.columns[0].columns) if plot.columns[0].counted else 1.0
    count = round((plot.x.high - plot.x.low) / unit, 6)
    return int(wide // count * count) if count == int(count) and wide >= count else wide


def _side(plot: Plot, columns: int) -> int:
    """How many columns are kept free at the right for labels."""
    labels = [line.label for line in plot.lines if line.of_x] + [mark.label for mark in plot.marks if mark.x is None]
    widest = max(map(width, labels), default=0)
    return widest + 1 if widest and columns >= NARROW and widest + 1 <= columns * SIDE_SHARE else 0


def _below(axis: Axis, left: int, wide: int, columns: int) -> list[Text]:
    """The x axis, its ticks, and its label, beside it where there is room."""
    values = _ticks(axis, max(2, wide // 9))
    labels = tick_labels(values, axis.log)
    rule, names = ["─"] * wide, [" "] * (left + 2 + wide + 8)
    taken = -2
    for value, label in zip(values, labels, strict=True):
        column = min(wide - 1, max(0, round(axis.share(value) * (2 * wide - 1)) // 2))
        begin = max(0, left + 2 + column - width(label) // 2 - label.startswith("−"))
        if begin < taken + 2 or begin + width(label) > columns:
            continue
        rule[column] = "┬"
        names[begin : begin + width(label)] = label
        taken = begin + width(label)
    line = Text(f"{' ' * left} └{''.join(rule)}", style=DIM)
    shown = [line, Text("".join(names), style=DIM)]
    if axis.label:
        if line.cell_len + 1 + width(axis.label) <= columns:
            line.append(f" {axis.label}")
        else:
            shown.append(Text(axis.label.rjust(left + 2 + wide), style=DIM))
    return shown


class _Drawing:
    """A canvas on which a plot is drawn, thing by thing: first what may be covered."""

    def __init__(self, plot: Plot, wide: int, tall: int) -> None:
        self.plot, self.canvas, self.legend = plot, Canvas(wide, tall), Legend()
        self.series = 0  # drawn so far, for their styles

    def place(self, point: Point) -> Place:
        """Where a point stands, in dots; beyond the canvas where it is beyond the axes."""
        x, y = self.plot.x.share(point[0]), self.plot.y.share(point[1])
        x, y = (min(9.0, max(-9.0, share)) if share == share else -9.0 for share in (x, y))
        return x * (2 * self.canvas.columns - 1), (1 - y) * (4 * self.canvas.rows - 1)

    def cell(self, point: Point) -> tuple[int, int]:
        x, y = self.place(point)
        return round(x) // 2, round(y) // 4

    def is_inside(self, point: Point) -> bool:
        return self.canvas.is_on(*self.cell(point))

    def next_style(self) -> tuple[int, str]:
        self.series += 1
        return self.series - 1, STYLES[(self.series - 1) % len(STYLES)]

    def draw(self, side: int) -> dict[int, Text]:
        """Draws everything. Returns the labels beside the canvas by row. side: how many columns they have."""
        self._columns(self.plot.columns)
        self._contours()
        self._straight_marks()
        ends = [self._line(line) for line in self.plot.lines]
        for number, scatter in enumerate(self.plot.scatters):
            self._scatter(number, scatter)
        self._arrows()
        beside = self._labels_beside(ends, side)
        self._levels()
        self._named_marks()
        return beside

    # --------------------------------------------------------------------------------------------- areas

    def _columns(self, drawn: Sequence[Columns]) -> None:
        for number, one in enumerate(drawn):
            series, style = self.next_style()
            if number and one.counted:
                self._outline(one, series, style)
            elif len(drawn) == 1 or one.counted:
                self._blocks(one, style)
                self.legend.add("█", style, one.label)
            else:
                self._filled(one, number, style)
                sample = Canvas(2, 1)
                _fill(sample, 0, 4, 0, 4, number, style)
                self.legend.add(sample.row(0).plain, style, one.label)

    def _blocks(self, one: Columns, style: str) -> None:
        zero = self._height(max(0.0, self.plot.y.low) if not self.plot.y.log else self.plot.y.low)
        for left, right, height in one.columns:
            middle, half = (left + right) / 2, (right - left) / 2 if one.counted else 0.5
            first, last = (int(self.plot.x.share(edge) * self.canvas.columns + 0.5) for edge in (middle - half, middle + half))
            last = last - 1 if last - first > 1 + one.counted else max(last, first + 1)
            top = self._height(height)
            self.canvas.column(first, last, min(top, zero), max(top, zero), style)

    def _height(self, value: float) -> float:
        """A height in rows from the top."""
        share = self.plot.y.share(value)
        return (1 - min(1.0, max(0.0, share if share == share else 0.0))) * self.canvas.rows

    def _filled(self, one: Columns, number: int, style: str) -> None:
        for left, right, height in one.columns:
            first, last = (int(self.plot.x.share(edge) * 2 * self.canvas.columns + 0.5) for edge in (left, right))
            top, bottom = sorted(round(self._height(value) * 4) for value in (height, 0.0))
            _fill(self.canvas, first, max(last - 1, first + 1), top, bottom, number, style)

    def _outline(self, one: Columns, series: int, style: str) -> None:
        """A second histogram, as stairs above the first."""
        base = 0.0 if not self.plot.y.log else self.plot.y.low
        points = [(one.columns[0][0], base)]
        for left, right, height in one.columns:
            points += [(left, height), (right, height)]
        points.append((one.columns[-1][1], base))
        stairs = [None if {before[1], point[1]} == {base} else self.place(point) for before, point in pairwise(points)]
        self.canvas.line([self.place(points[0]), *stairs], style)
        self.legend.add(_sample(0), style, one.label)

    # --------------------------------------------------------------------------------------------- lines

    def _stroke(self, points: Sequence[Place | None], series: int, style: str) -> None:
        self.canvas.line(points, style, DASHES[series % len(DASHES)])

    def _line(self, line: PlottedLine) -> tuple[PlottedLine, int, str]:
        series, style = self.next_style()
        self._stroke([point and self.place(point) for point in line.points], series, style)
        if line.ends:
            before = self.cell(line.drawn[0])
            for at in map(self.cell, line.drawn[1:-1] if len(line.drawn) <= STEPS_SHOWN else ()):
                if abs(at[0] - before[0]) + 2 * abs(at[1] - before[1]) >= 3:
                    self.canvas.put(*at, "•", style)
                    before = at
            self.canvas.put(*self.cell(line.drawn[0]), "○", style)
            self.canvas.put(*self.cell(line.drawn[-1]), "●", style)
        return line, series, style

    def _contours(self) -> None:
        if not self.plot.contours:
            return
        for _, pieces in self.plot.contours.levels:
            for start, end in pieces:
                self.canvas.line([self.place(start), self.place(end)], DIM)
        levels = ", ".join(in_short(level) for level, _ in self.plot.contours.levels)
        label = self.plot.contours.label
        self.legend.add("⠒⠒", DIM, label or f"lines at {levels}")

    def _levels(self) -> None:
        """The level of each contour line, on it where nothing else stands."""
        for level, pieces in self.plot.contours.levels if self.plot.contours else ():
            text = in_short(level)
            places = sorted({self.cell(start) for start, _ in pieces}, key=lambda place: (-place[0], place[1]))
            for column, row in places:
                at = column - width(text) // 2
                if self._is_calm(at, row, width(text)):
                    self.canvas.put(at, row, text, DIM)
                    break

    def _is_calm(self, column: int, row: int, wide: int) -> bool:
        """Whether text may stand there: on the canvas, over contour lines at most, not right beside other text."""
        cells = [(at, row) for at in range(column - 1, column + wide + 1)]
        inside = self.canvas.is_on(column, row) and self.canvas.is_on(column + wide - 1, row)
        return inside and not any(
            cell in self.canvas.signs or (self.canvas.is_on(*cell) and self.canvas.styles[row][cell[0]] not in ("", DIM))
            for cell in cells
        )

    def _straight_marks(self) -> None:
        bottom, right = 4 * self.canvas.rows - 1, 2 * self.canvas.columns - 1
        for mark in self.plot.marks:
            if mark.y is None and mark.x is not None:
                x, _ = self.place((mark.x, self.plot.y.low))
                self.canvas.line([(x, 0), (x, bottom)], DIM, (1, 1))
            elif mark.x is None and mark.y is not None:
                _, y = self.place((self.plot.x.low, mark.y))
                self.canvas.line([(0, y), (right, y)], DIM, (1, 1))

    # --------------------------------------------------------------------------------------------- signs

    def _scatter(self, number: int, scatter: Scatter) -> None:
        _, style = self.next_style()
        few = len(scatter.points) <= FEW
        sign = POINTS[number % len(POINTS)] if few else "⠂"
        for point in scatter.points:
            if few:
                self.canvas.put(*self.cell(point), sign, style)
            else:
                x, y = self.place(point)
                self.canvas.dot(round(x), round(y), style)
        self.legend.add(sign, style, scatter.label)

    def _arrows(self) -> None:
        from math import atan2, pi

        for arrow in self.plot.arrows:
            _, style = self.next_style()
            start, end = self.place(arrow.start), self.place(arrow.end)
            self.canvas.line([start, end], style)  # no dashes: a short one would be lost, and its name is beside it
            eighth = round(atan2(start[1] - end[1], end[0] - start[0]) / (pi / 4)) % 8
            self.canvas.put(*self.cell(arrow.end), ARROWS[eighth], style)
        for arrow, style in zip(self.plot.arrows, STYLES[max(0, self.series - len(self.plot.arrows)) :], strict=False):
            self._name(self.cell(arrow.end), arrow.label, style)

    def _named_marks(self) -> None:
        for mark in self.plot.marks:
            if mark.x is not None and mark.y is not None:
                cell = self.cell((mark.x, mark.y))
                self.canvas.put(*cell, "◆", "bold")
                self._name(cell, mark.label, "bold")
            elif mark.x is not None and mark.label:
                column, _ = self.cell((mark.x, self.plot.y.low))
                self._name_line(column, mark.label)

    def _name_line(self, column: int, label: str) -> None:
        """The label of a vertical line, beside it where it covers nothing."""
        wide = width(label)
        places = [(at, row) for row in range(self.canvas.rows) for at in (column + 2, column - 1 - wide)]
        free = next((place for place in places if self._is_clear(*place, wide)), None)
        if free:
            self.canvas.put(*free, label, DIM)
        else:
            self.legend.add("⡇", DIM, label)

    def _is_clear(self, column: int, row: int, wide: int) -> bool:
        """Whether so many cells and those at either end of them are empty; the edge of the canvas counts as such."""
        first, last = max(0, column - 1), min(self.canvas.columns, column + wide + 1)
        return self.canvas.is_free(column, row, wide) and self.canvas.is_free(first, row, last - first)

    def _name(self, cell: tuple[int, int], label: str, style: str) -> None:
        """A label near a cell, where it covers least."""
        if not label:
            return
        (column, row), wide = cell, width(label)
        right, before = column + 2, column - 1 - wide
        places = [(right, row), (before, row)]
        places += [(at, row + by) for by in (-1, 1) for at in (column + 1, column - wide // 2, column - wide)]
        inside = [place for place in places if self.canvas.is_on(*place) and self.canvas.is_on(place[0] + wide - 1, place[1])]
        if not inside:
            self.legend.add("◆", style, label)
            return
        free = next((place for place in inside if self.canvas.is_free(*place, wide)), inside[0])
        self.canvas.put(*free, label, style)

    # --------------------------------------------------------------------------------------------- labels

    def _labels_beside(self, ends: Iterable[tuple[PlottedLine, int, str]], side: int) -> dict[int, Text]:
        """Labels of curves and horizontal lines by the row at which they end; those that would stand elsewhere get a legend."""
        wanted: list[EndLabel] = []
        others: list[tuple[PlottedLine, int, str]] = []
        for line, series, style in ends:
            inside = [point for point in line.drawn if self.is_inside(point)]
            if line.label and line.of_x and inside and side and self.cell(inside[-1])[0] >= self.canvas.columns - 3:
                wanted.append((self.place(inside[-1])[1], line.label, style))
            else:
                others.append((line, series, style))
        flat = [mark for mark in self.plot.marks if mark.x is None and mark.y is not None and mark.label]
        wanted += [(self.place((self.plot.x.low, mark.y or 0.0))[1], mark.label, DIM) for mark in flat if side]
        beside = _spread(sorted(wanted), self.canvas.rows, side)
        if beside is None:
            beside = {}
            others = list(ends)
            side = 0
        for line, series, style in others:
            sample = "○─●" if line.ends else _sample(series)
            self.legend.add(sample.rstrip(), style, line.label)
        for mark in flat if not side else ():
            self.legend.add("⠂⠂", DIM, mark.label)
        return beside


def _spread(wanted: Sequence[EndLabel], rows: int, room: int) -> dict[int, Text] | None:
    """Labels by row; those that end in one row share it, or stand a row away. None if there are too many of them.

    wanted: from the top down. room: columns of a row.
    """
    placed: dict[int, Text] = {}
    for y, label, style in wanted:
        own = min(rows - 1, max(0, round(y) // 4))
        text = Text(label, style=style)
        if not placed or own > max(placed):
            placed[own] = text
        elif own in placed and (together := Text.assemble(placed[own], ", ", text)).cell_len <= room:
            placed[own] = together
        elif own + 1 < rows and own == max(placed):
            placed[own + 1] = text
        elif own == max(placed) and own > 0 and own - 1 not in placed:
            placed[own - 1], placed[own] = placed[own], text
        else:
            return None
    return placed


def _sample(series: int) -> str:
    """A piece of a line, as it is drawn."""
    sample = Canvas(4, 1)
    sample.line([(0, 1), (7, 1)], "", DASHES[series % len(DASHES)])
    return sample.row(0).plain


def _fill(canvas: Canvas, left: int, right: int, top: int, bottom: int, number: int, style: str) -> None:
    """Fill dots left <= x < right and top <= y < bottom, with a pattern by the number of the series."""
    for y in range(top, bottom):
        for x in range(left, right):
            if (True, (x + y) % 2 == 0, y % 2 == 0, x % 2 == 0)[number % 4]:
                canvas.dot(x, y, style)
