"""A plot in words: sentences that say what is seen, and a table of its values, for plain text and for who can't see it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tutor.corpus.plots.data import Axis, Bars, Columns, Contours, Heatmap, Plot, PlottedLine, Point
from tutor.corpus.plots.scales import in_short, log_ticks, ticks
from tutor.screen.plots.named import numbers_alike
from utils.text import plural

ROWS = 8  # of a table, about
MOST_LISTED = 12  # points of a list
FLAT = 0.01  # of the range of y: what moves less is level
ALMOST = 0.001  # of the range of y: what is less is almost 0


def sentences(plot: Plot) -> list[str]:
    """What a plot shows, a sentence for each thing in it; the title first."""
    return list(_sentences(plot))


def _sentences(plot: Plot) -> Iterator[str]:
    yield f"Plot: {plot.title}." if plot.title else "Plot."
    if plot.heatmap:
        yield from _of_heatmap(plot, plot.heatmap)
    elif plot.bars:
        yield from _of_bars(plot, plot.bars)
    else:
        yield f"{_axis('Across', plot.x, 'x')} {_axis('Up', plot.y, 'y')}"
        for columns in plot.columns:
            yield _of_columns(columns, _name(plot.x, "x"))
        if plot.contours:
            yield _of_contours(plot, plot.contours)
        for number, line in enumerate(plot.lines, 1):
            yield _of_line(line, number, plot) if line.of_x else _of_path(line)
        for scatter in plot.scatters:
            yield _of_points(scatter.label, scatter.points)
        for arrow in plot.arrows:
            yield f"{_named(arrow.label, 'An arrow')} points from {_at(arrow.start)} to {_at(arrow.end)}."
        for mark in plot.marks:
            if mark.x is not None and mark.y is not None:
                yield f"{_named(mark.label, 'A mark')} stands at {_at((mark.x, mark.y))}."
            else:
                axis, value = (_name(plot.x, "x"), mark.x) if mark.x is not None else (_name(plot.y, "y"), mark.y)
                yield f"{_named(mark.label, 'A line')} is at {axis} = {in_short(value or 0.0)}."


def table(plot: Plot) -> tuple[list[str], list[list[str]]]:
    """(heads, rows) of a plot's values at round numbers; ([], []) where the sentences have them all."""
    if plot.heatmap:
        texts = iter(numbers_alike([value for row in plot.heatmap.values for value in row]))
        rows = [
            [name, *(next(texts) for _ in values)] for name, values in zip(plot.heatmap.rows, plot.heatmap.values, strict=True)
        ]
        return [plot.y.label or "row", *plot.heatmap.columns], rows
    if plot.bars:
        texts = iter(numbers_alike([height for heights in plot.bars.heights for height in heights]))
        heads = [name or plot.y.label or "value" for name in plot.bars.series]
        return [plot.x.label or "bar", *heads], [[name, *(next(texts) for _ in heads)] for name in plot.bars.names]
    curves = [line for line in plot.lines if line.of_x]
    if curves:
        return _of_curves(plot, curves)
    if plot.columns:
        return _of_bins(plot)
    return [], []


def table_lines(plot: Plot) -> list[str]:
    """The table as lines that can be heard: `z = 2: sigmoid 0.881, slope 0.105`."""
    heads, rows = table(plot)
    named = not (plot.heatmap or plot.bars)
    lines = []
    for first, *cells in rows:
        said = ", ".join(
            f"{head} {cell}" if head and (len(cells) > 1 or not plot.bars) else cell
            for head, cell in zip(heads[1:], cells, strict=True)
            if cell
        )
        lines.append(
            f"{heads[0]} {'= ' if named and ' to ' not in first else ''}{first}: {said or 'undefined'}"
            if named
            else f"{first}: {said}"
        )
    return lines


# --------------------------------------------------------------------------------------------------- things


def _of_line(line: PlottedLine, number: int, plot: Plot) -> str:
    name = _named(line.label, "The curve" if len(plot.lines) == 1 else f"Curve {number}")
    points = [point for point in line.drawn if plot.x.low <= point[0] <= plot.x.high] or list(line.drawn)
    return f"{name} {_course(points, plot)}{_gaps(line)}."


def _course(points: Sequence[Point], plot: Plot) -> str:
    """How a curve goes: from where to where, over its peaks and troughs."""
    x = _name(plot.x, "x")
    turns = _turns(points, (plot.y.high - plot.y.low) * FLAT)
    if len(turns) < 2:
        return f"stays at {_height(points[0], plot)}"
    first, second = turns[0], turns[1]
    text = f"{_verb(first, second)} from {_height(first, plot)} at {x} = {_place(first, plot)}"
    if len(turns) == 2:
        return f"{text} to {_height(second, plot)} at {_place(second, plot)}"
    if len(turns) > 5:
        ups = sum(later[1] > earlier[1] for earlier, later in pairwise(turns))
        lows, highs = min(point[1] for point in points), max(point[1] for point in points)
        times = f"goes up {plural(ups, 'time')} and down {plural(len(turns) - 1 - ups, 'time')}"
        return f"{times} between {in_short(lows)} and {in_short(highs)}"
    for earlier, later in pairwise(turns[1:]):
        kind = "a peak" if later[1] < earlier[1] else "a low"
        text += f" to {kind} of {_height(earlier, plot)} at {_place(earlier, plot)}, then {_verb(earlier, later)}"
    return f"{text} to {_height(turns[-1], plot)} at {_place(turns[-1], plot)}"


def _place(point: Point, plot: Plot) -> str:
    """The x of a point, as exactly as a curve is drawn."""
    if plot.x.log:
        return in_short(point[0])
    return in_short(round(point[0], 1 - math.floor(math.log10((plot.x.high - plot.x.low) / 2))))


def _height(point: Point, plot: Plot) -> str:
    """The y of a point; next to nothing is called so."""
    if point[1] and not plot.y.log and abs(point[1]) < (plot.y.high - plot.y.low) * ALMOST:
        return "almost 0"
    return in_short(point[1])


def _verb(earlier: Point, later: Point) -> str:
    return "rises" if later[1] > earlier[1] else "falls"


def _turns(points: Sequence[Point], least: float) -> list[Point]:
    """The first point, those where a curve turns by more than `least`, and the last."""
    found = [points[0]]
    extreme, up = points[0], 0
    for point in points[1:]:
        if not up:
            if abs(point[1] - found[0][1]) > least:
                up, extreme = (1 if point[1] > found[0][1] else -1), point
        elif (point[1] - extreme[1]) * up >= 0:
            extreme = point
        elif abs(point[1] - extreme[1]) > least:
            found.append(extreme)
            extreme, up = point, -up
    if not up:
        return found
    found.append(points[-1] if abs(points[-1][1] - extreme[1]) <= least else extreme)
    return found


def _gaps(line: PlottedLine) -> str:
    missing = sum(point is None for point in line.points)
    return f"; it is undefined in {round(100 * missing / len(line.points))} % of the range" if missing else ""


def _of_path(line: PlottedLine) -> str:
    name = _named(line.label, "The path")
    count = len(line.drawn) - 1
    return f"{name} goes from {_at(line.drawn[0])} to {_at(line.drawn[-1])} in {plural(count, 'step')}."


def _of_points(label: str, points: Sequence[Point]) -> str:
    name = _named(label, "Points")
    if len(points) <= MOST_LISTED:
        return f"{name}: {', '.join(map(_at, points))}."
    ends = [
        f"{axis} from {in_short(min(values))} to {in_short(max(values))}"
        for axis, values in zip("xy", zip(*points, strict=True), strict=True)
    ]
    return f"{name}: {len(points)} points, {' and '.join(ends)}."


def _of_columns(columns: Columns, x: str) -> str:
    name = _named(columns.label, "The histogram" if columns.counted else "The bars")
    left, right, height = max(columns.columns, key=lambda column: column[2])
    least = min(columns.columns, key=lambda column: column[2])
    where = f"from {in_short(left)} to {in_short(right)}" if columns.counted else f"at {x} = {in_short(round(left))}"
    text = f"{name} {'has' if columns.counted else 'have'} {plural(len(columns.columns), 'bin' if columns.counted else 'bar')}"
    if not columns.counted and columns.label:
        text = f"{name} has {plural(len(columns.columns), 'bar')}"
    return f"{text}, the highest {where} with {in_short(height)}, the lowest with {in_short(least[2])}."


def _of_contours(plot: Plot, contours: Contours) -> str:
    levels = ", ".join(in_short(level) for level, _ in contours.levels)
    lowest, highest = (f"near {_at(end[:2])} with {in_short(end[2])}" for end in (contours.lowest, contours.highest))
    return f"Contour lines of equal {contours.label or 'height'} at {levels}. It is lowest {lowest}, highest {highest}."


def _of_bars(plot: Plot, bars: Bars) -> Iterator[str]:
    for number, series in enumerate(bars.series):
        heights = [row[number] for row in bars.heights]
        highest, lowest = heights.index(max(heights)), heights.index(min(heights))
        name = _named(series, plot.y.label or "The bars")
        yield (
            f"{name}: highest for {bars.names[highest]} with {in_short(heights[highest])}, "
            f"lowest for {bars.names[lowest]} with {in_short(heights[lowest])}."
        )


def _of_heatmap(plot: Plot, heatmap: Heatmap) -> Iterator[str]:
    rows, columns = plot.y.label or "row", plot.x.label or "column"
    yield f"A table of numbers by {rows} and {columns}; the largest of each {rows}:"
    for name, values in zip(heatmap.rows, heatmap.values, strict=True):
        most = values.index(max(values))
        yield f"{name}: {heatmap.columns[most]}, {in_short(values[most])}."


# --------------------------------------------------------------------------------------------------- tables


def _of_curves(plot: Plot, curves: Sequence[PlottedLine]) -> tuple[list[str], list[list[str]]]:
    lowest = min(line.drawn[0][0] for line in curves)
    highest = max(line.drawn[-1][0] for line in curves)
    at = log_ticks(lowest, highest, ROWS) if plot.x.log else ticks(lowest, highest, ROWS)
    names = [
        line.label or (plot.y.label or "y" if len(curves) == 1 else f"curve {number}") for number, line in enumerate(curves, 1)
    ]
    rows = [[in_short(value, 4), *(_height_at(line, value, plot) for line in curves)] for value in at]
    return [_name(plot.x, "x"), *names], [row for row in rows if any(row[1:])]


def _height_at(line: PlottedLine, at: float, plot: Plot) -> str:
    """The height of a curve, between two of its points; "" where it has none."""
    for before, after in zip(line.points, line.points[1:], strict=False):
        if before and after and before[0] <= at <= after[0]:
            share = (at - before[0]) / ((after[0] - before[0]) or 1)
            return _height((at, before[1] + share * (after[1] - before[1])), plot)
    return ""


def _of_bins(plot: Plot) -> tuple[list[str], list[list[str]]]:
    """Histograms may have bins of their own: then each has its rows."""
    heads = [_name(plot.x, "x"), *(columns.label or plot.y.label or "count" for columns in plot.columns)]
    rows: dict[str, list[str]] = {}
    for number, columns in enumerate(plot.columns):
        for left, right, height in columns.columns:
            place = f"{in_short(left)} to {in_short(right)}" if columns.counted else in_short(round((left + right) / 2))
            rows.setdefault(place, [""] * len(plot.columns))[number] = in_short(height)
    return heads, [[place, *cells] for place, cells in rows.items()]


# --------------------------------------------------------------------------------------------------- words


def _axis(where: str, axis: Axis, letter: str) -> str:
    scale = ", on a log scale" if axis.log else ""
    return f"{where}: {_name(axis, letter)} from {in_short(axis.low)} to {in_short(axis.high)}{scale}."


def _name(axis: Axis, letter: str) -> str:
    return axis.label or letter


def _named(label: str, other: str) -> str:
    return label or other


def _at(point: Sequence[float]) -> str:
    return f"({in_short(point[0])}, {in_short(point[1])})"
