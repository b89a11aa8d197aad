"""A plot in words: sentences that say what is seen, and a table of its values, for plain text and for who can't see it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tutor.corpus.plots.data import Axis, Bars, Columns, Contours, Heatmap, Plot, PlottedLine, Point
from tutor.corpus.plots.scales import in_short
from tutor.screen.plots.named import numbers_alike
from utils.text import plural

MOST_LISTED = 12  # points of a list
MOST_PIECES = 4  # of a curve with poles that are told one by one
FLAT = 0.01  # of a curve's own range: what moves less is no turn
DUST = 1e-14  # of 1, or of a smaller curve's largest value: what is less comes from rounding

Turn = tuple[float, float, float]  # x, y as it is seen (its logarithm on a log axis), y


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
    pieces = _pieces(line, plot)
    if len(pieces) > MOST_PIECES or not line.poles:
        pieces = [[point for piece in pieces for point in piece] or list(line.drawn)]
    course = "; then it ".join(_course(piece, plot) for piece in pieces)
    near = ", ".join(in_short(pole) for pole in line.poles[:MOST_LISTED])
    poles = f"; it jumps from one infinite side to the other near {_name(plot.x, 'x')} = {near}" if line.poles else ""
    return f"{name} {course}{poles}{_gaps(line)}."


def _pieces(line: PlottedLine, plot: Plot) -> list[list[Point]]:
    """The points of a curve that are within the x axis, parted where its line breaks."""
    pieces: list[list[Point]] = [[]]
    for point in line.points:
        if point is None:
            pieces.append([])
        elif plot.x.low <= point[0] <= plot.x.high:
            pieces[-1].append(point)
    return [piece for piece in pieces if piece]


def _course(points: Sequence[Point], plot: Plot) -> str:
    """How a curve goes: from where to where, over its peaks and troughs; on a log axis as it is seen there."""
    x = _name(plot.x, "x")
    heights = [point[1] for point in points]
    lows, highs = min(heights), max(heights)
    least = _least(heights, plot)
    if _height(lows, least) == _height(highs, least):
        return f"stays at {_height(heights[0], least)}"
    log = plot.y.log and lows > 0
    seen = [(at, math.log(y), y) if log else (at, y, y) for at, y in points]
    span = math.log(highs) - math.log(lows) if log else highs - lows
    turns = _turns(seen, span * FLAT)
    texts = [_height(turn[2], least) for turn in turns]
    places = [_place(turn[0], plot) for turn in turns]
    text = f"{_verb(turns[0], turns[1])} from {texts[0]} at {x} = {places[0]}"
    if len(turns) == 2:
        return f"{text} to {texts[1]} at {places[1]}"
    if len(turns) > 5:
        ups = sum(later[1] > earlier[1] for earlier, later in pairwise(turns))
        times = f"goes up {plural(ups, 'time')} and down {plural(len(turns) - 1 - ups, 'time')}"
        return f"{times} between {_height(lows, least)} and {_height(highs, least)}"
    for number in range(1, len(turns) - 1):
        kind = "a peak" if turns[number + 1][1] < turns[number][1] else "a low"
        text += f" to {kind} of {texts[number]} at {places[number]}, then {_verb(turns[number], turns[number + 1])}"
    return f"{text} to {texts[-1]} at {places[-1]}"


def _place(x: float, plot: Plot) -> str:
    """An x, as exactly as a curve is drawn."""
    if plot.x.log:
        return in_short(x)
    return in_short(round(x, 1 - math.floor(math.log10((plot.x.high - plot.x.low) / 2))))


def _least(values: Sequence[float], plot: Plot) -> float:
    """Below which heights beside these come from rounding; on a log axis none do."""
    return 0.0 if plot.y.log else DUST * min(1.0, max(map(abs, values), default=0.0))


def _height(value: float, least: float) -> str:
    """A number with three digits; what comes from rounding is called almost 0."""
    return "almost 0" if 0 < abs(value) < least else in_short(value)


def _verb(earlier: Turn, later: Turn) -> str:
    return "rises" if later[1] > earlier[1] else "falls"


def _turns(points: Sequence[Turn], least: float) -> list[Turn]:
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
    missing = sum(point is None for point in line.points) - len(line.poles)
    return f"; it is undefined in {round(100 * missing / len(line.points))} % of the range" if missing else ""


def _of_path(line: PlottedLine) -> str:
    name = _named(line.label, "The path")
    points = _without_dust(line.drawn)
    start, end = points[0], points[-1]
    count = f" in {plural(len(points) - 1, 'step')}" if line.ends else ""  # of a curve the steps are ours
    if len(points) > 2 and start == end:
        farthest = max(points, key=lambda point: math.dist(point, start))
        if farthest == start:
            return f"{name} stays at {_at(start)}{count}."
        return f"{name} is closed: it goes from {_at(start)} as far as {_at(farthest)} and back{count}."
    turns = _turns_back(points) if line.ends else 0
    back = f", turning back {'once' if turns == 1 else f'{turns} times'}" if turns else ""
    return f"{name} goes from {_at(start)} to {_at(end)}{count}{back}."


def _turns_back(points: Sequence[Point]) -> int:
    """How many steps of a path go more back than on from the step before."""
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points)]
    return sum(dx * ex + dy * ey < 0 for (dx, dy), (ex, ey) in pairwise(steps))


def _without_dust(points: Sequence[Point]) -> list[Point]:
    """Points without what comes from rounding: 0 in place of 2e-16 beside 1, and an end that meets the start."""
    wide = [max(map(abs, values)) for values in zip(*points, strict=True)]
    rounded = [(_rounded(x, wide[0]), _rounded(y, wide[1])) for x, y in points]
    meets = all(abs(rounded[-1][axis] - rounded[0][axis]) <= 1e-9 * wide[axis] for axis in (0, 1))
    return [*rounded[:-1], rounded[0]] if meets and len(rounded) > 2 else rounded


def _rounded(value: float, wide: float) -> float:
    return 0.0 if abs(value) < DUST * wide else value


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
    at = sorted({point[0] for line in curves for point in line.listed})
    names = [
        line.label or (plot.y.label or "y" if len(curves) == 1 else f"curve {number}") for number, line in enumerate(curves, 1)
    ]
    rows = [[in_short(value, 4), *(_height_at(line, value, plot) for line in curves)] for value in at]
    return [_name(plot.x, "x"), *names], [row for row in rows if any(row[1:])]


def _height_at(line: PlottedLine, at: float, plot: Plot) -> str:
    """The height of a curve; "" where it has none."""
    least = _least([point[1] for point in line.drawn], plot)
    return " and ".join(_height(y, least) for x, y in line.listed if x == at)


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
