"""From a PlotSpec and the values of its knobs to numbers. Everything is bounded: no plot takes longer than a moment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

from tutor.corpus.expressions import ExpressionError, Steps, compiled, names, show
from tutor.corpus.plots.contours import contours_of
from tutor.corpus.plots.data import Arrow, Axis, Bars, Columns, Contours, Heatmap, Mark, Plot, PlottedLine, Point, Scatter
from tutor.corpus.plots.poles import pole_between
from tutor.corpus.plots.scales import counts_in, listed_at, nice_bins, nice_step, rounded_out, tidied
from tutor.corpus.plots.seen import unseen
from tutor.corpus.plots.spec import AxisSpec, CurveSpec, HistogramSpec, NumberSource, Pair, PathSpec, PlotSpec
from utils.errors import InvalidFile

SAMPLES = 160  # pieces of a curve: as many as a wide window has dots
MAX_WORK = 200_000  # characters of expressions, counted as often as they are computed; about a quarter of a second
COSTLY = {"comb": 200, "factorial": 20}  # in how many characters' time one is computed at most
LEAST_SEEN = 0.05  # of a curve: one that is defined in less of its range is no picture
MAX_WHOLE = 60  # bars of an expression
LARGEST = 1e12  # that is drawn
SMALLEST = 1e-100  # range that is drawn: numbers near 5e-324 can't be divided any more
Prepared = tuple[Steps, list[tuple[str, Steps]], int]  # an expression, the names of `let` in it, what it counts


def compute(spec: PlotSpec, values: Mapping[str, float] | None = None, strict: bool = False) -> Plot:
    """The numbers of a plot. values: of its knobs, all of them.

    A curve is broken where its expression has no value. Raises InvalidFile, with the line, for a plot without a range, with
    nothing to see or too much to compute; with `strict` also for a value that is undefined.
    """
    return _Computing(spec, values or {}, strict).plot()


class _Computing:
    def __init__(self, spec: PlotSpec, values: Mapping[str, float], strict: bool) -> None:
        self.spec, self.strict = spec, strict
        self.knobs = dict(values)
        if missing := sorted(spec.knobs - values.keys()):
            raise KeyError(f"no value for the knob {missing[0]}")
        self.lets = dict(spec.lets)
        self.prepared: dict[str, Prepared] = {}
        self.work = 0

    def plot(self) -> Plot:
        spec = self.spec
        if spec.bars or spec.heatmap:
            return self._without_axes()
        scatters = tuple(Scatter(one.label, self._pairs(one.points)) for one in spec.points)
        paths = tuple(self._path(one) for one in spec.paths)
        arrows = tuple(Arrow(one.label, self._pair(one.start), self._pair(one.end)) for one in spec.arrows)
        marks = tuple(Mark(one.label, self._maybe(one.x), self._maybe(one.y)) for one in spec.marks)
        counted = self._counted()
        places = [point for one in scatters for point in one.points] + [point for line in paths for point in line.drawn]
        places += [point for arrow in arrows for point in (arrow.start, arrow.end)]
        places += [(mark.x, mark.y) for mark in marks if mark.x is not None and mark.y is not None]
        joined = tuple(PlottedLine(one.label, self._pairs(one.points)) for one in spec.curves if one.points)
        places += [point for line in joined for point in line.drawn]
        x = self._x_axis(places, counted)
        lines = (*(self._curve(one, x) for one in spec.curves), *paths)
        columns = (*(self._stems(one, x, number) for number, one in enumerate(spec.stems)), *counted)
        contours, y = None, self._y_axis(x, places, lines, columns)
        if spec.contours:
            contours = self._contours(x, y)
        if spec.stems and not x.log:  # the first and the last bar whole
            x = replace(x, low=math.ceil(x.low - 1e-9) - 0.5, high=math.floor(x.high + 1e-9) + 0.5)
        lines = self._with_listed(lines, x)
        if self.strict and (found := unseen(spec, x, y, lines, scatters, arrows, marks)):
            self.refuse(*found)
        return Plot(spec.title, x, y, spec.equal, lines, scatters, columns, contours, arrows, marks)

    def _without_axes(self) -> Plot:
        spec = self.spec
        heatmap = bars = None
        if spec.heatmap:
            cells = tuple(tuple(self._number(term) for term in row) for row in spec.heatmap.values)
            heatmap = Heatmap(spec.heatmap.rows, spec.heatmap.columns, cells)
        else:
            heights = tuple(tuple(self._number(term) for _, term in bar.heights) for bar in spec.bars)
            series = tuple(name for name, _ in spec.bars[0].heights)
            bars = Bars(tuple(bar.name for bar in spec.bars), series, heights)
        largest = max(abs(value) for row in (heatmap.values if heatmap else heights) for value in row)
        if 0 < largest < SMALLEST:
            line = spec.heatmap.line if spec.heatmap else spec.bars[0].line
            self.refuse(line, f"found {show(largest)} as the largest, too small to be drawn, expected more; change the unit")
        x, y = (Axis(axis.label, 0.0, 1.0) for axis in (spec.x, spec.y))
        return Plot(spec.title, x, y, bars=bars, heatmap=heatmap)

    # ------------------------------------------------------------------------------------------------ numbers

    def _value(self, term: NumberSource, **at: float) -> float:
        """Raises ExpressionError where it is undefined."""
        value = term.said
        if isinstance(value, str):
            steps, lets, cost = self._prepared(value)
            self.work += cost
            if self.work > MAX_WORK:
                self.refuse(
                    term.line, "found a plot that takes too long to compute, expected fewer or shorter expressions; simplify"
                )
            bound: dict[str, float] = {**self.knobs, **at} if self.knobs else at
            for name, said in lets:
                bound[name] = said(bound)
            value = steps(bound)
        if not -LARGEST <= value <= LARGEST:
            raise ExpressionError(f"{show(value)} is too large to be drawn")
        return float(value)  # a comparison is a step

    def _prepared(self, source: str) -> Prepared:
        if source not in self.prepared:
            lets = [(name, self.lets[name].said) for name in self._lets_of(source)]
            cost = _cost(source) + sum(_cost(str(said)) for _, said in lets)
            self.prepared[source] = compiled(source), [(name, compiled(str(said))) for name, said in lets], cost
        return self.prepared[source]

    def _number(self, term: NumberSource) -> float:
        try:
            return self._value(term)
        except ExpressionError as error:
            self.refuse(term.line, f"found {term.said}, which has no value: {error}; correct it")

    def _maybe(self, term: NumberSource | None) -> float | None:
        return None if term is None else self._number(term)

    def _pair(self, pair: Pair) -> Point:
        return self._number(pair[0]), self._number(pair[1])

    def _pairs(self, pairs: Iterable[Pair]) -> tuple[Point, ...]:
        return tuple(map(self._pair, pairs))

    def _lets_of(self, source: str) -> list[str]:
        """The names of `let` that an expression is made of, in order."""
        wanted = names(source)
        order: list[str] = []
        for name in reversed(self.lets):  # each is made of earlier ones alone
            if name in wanted:
                order.insert(0, name)
                said = self.lets[name].said
                wanted |= names(said) if isinstance(said, str) else set()
        return order

    # --------------------------------------------------------------------------------------------- what is drawn

    def _curve(self, curve: CurveSpec, axis: Axis) -> PlottedLine:
        if curve.points:
            return PlottedLine(curve.label, self._pairs(curve.points), given=True)
        assert curve.y
        low, high = self._range(curve, axis)
        along = Axis("", low, high, axis.log and not curve.x)
        points: list[Point | None] = []
        for number in range(SAMPLES + 1):
            at = tidied(along.at(number / SAMPLES), low, high) if 0 < number < SAMPLES else (high if number else low)
            try:
                points.append(
                    (self._value(curve.x, t=at), self._value(curve.y, t=at)) if curve.x else (at, self._value(curve.y, x=at))
                )
            except ExpressionError as error:
                if self.strict:
                    self._refuse_undefined(curve, at, error)
                points.append(None)
        if sum(point is not None for point in points) < LEAST_SEEN * len(points):
            nearly = "nearly everywhere " if any(points) else ""
            self.refuse(
                curve.line,
                f"found a curve that is undefined {nearly}from {show(low)} to {show(high)}, expected values; change the range",
            )
        return PlottedLine(curve.label, tuple(points), of_x=False) if curve.x else self._broken_at_poles(curve, points)

    def _broken_at_poles(self, curve: CurveSpec, points: Sequence[Point | None]) -> PlottedLine:
        """A curve whose line breaks where it jumps from one infinite side to the other."""
        assert curve.y
        y, broken, poles = curve.y, list(points[:1]), []
        for before, after in pairwise(points):
            pole = pole_between(lambda at: self._value(y, x=at), before, after) if before and after else None
            if pole is not None and self.strict:
                name = f'the curve "{curve.label}"' if curve.label else "the curve"
                self.refuse(
                    y.line,
                    f"found {name} jumping from one infinite side to the other near x = {show(float(f'{pole:.3g}'))}, "
                    "expected no pole from its beginning to its end; change from or to",
                )
            if pole is not None:
                poles.append(pole)
                broken.append(None)
            broken.append(after)
        return PlottedLine(curve.label, tuple(broken), poles=tuple(poles))

    def _with_listed(self, lines: Sequence[PlottedLine], axis: Axis) -> tuple[PlottedLine, ...]:
        """Lines with the points of theirs that a table lists: of an expression its values there, of data only what was given."""
        curves = [line for line in lines if line.of_x]
        given = sorted({point[0] for line in curves if line.given for point in line.drawn})
        at = listed_at([point[0] for line in curves for point in line.drawn], given, axis.log)
        return tuple(
            replace(line, listed=self._listed(line, self.spec.curves[number], at, axis)) if line.of_x else line
            for number, line in enumerate(lines)
        )

    def _listed(self, line: PlottedLine, curve: CurveSpec, at: Sequence[float], axis: Axis) -> tuple[Point, ...]:
        if line.given:
            return tuple(point for point in line.drawn if point[0] in at)
        assert curve.y
        low, high = self._range(curve, axis)
        listed: list[Point] = []
        for x in at:
            if low <= x <= high:
                with suppress(ExpressionError):  # it is undefined there
                    listed.append((x, self._value(curve.y, x=x)))
        return tuple(listed)

    def _refuse_undefined(self, curve: CurveSpec, at: float, error: ExpressionError) -> NoReturn:
        assert curve.y
        name, variable = f'the curve "{curve.label}"' if curve.label else "the curve", "t" if curve.x else "x"
        self.refuse(
            curve.y.line,
            f"found {name} undefined at {variable} = {show(at)} ({error}), expected a value everywhere from its beginning to its "
            "end; change from or to",
        )

    def _range(self, curve: CurveSpec, axis: Axis) -> tuple[float, float]:
        low = axis.low if curve.low is None else self._number(curve.low)
        high = axis.high if curve.high is None else self._number(curve.high)
        if low >= high:
            self.refuse(curve.line, f"found a range from {show(low)} to {show(high)}, expected it to grow; correct from or to")
        self._has_room(low, high, curve.line, "a range")
        return low, high

    def _has_room(self, low: float, high: float, line: int, what: str) -> None:
        """Refuse a range in which numbers can't be told from one another."""
        if high - low < max(SMALLEST, 1e-9 * max(abs(low), abs(high))):
            self.refuse(line, f"found {what} from {show(low)} to {show(high)}, expected a range that numbers fit in; widen it")

    def _stems(self, stems: CurveSpec, x: Axis, number: int) -> Columns:
        """Bars of an expression, a thin one at each whole x; those of a second series stand beside those of the first."""
        assert stems.y
        first, last = math.ceil(x.low - 1e-9), math.floor(x.high + 1e-9)
        if last - first >= MAX_WHOLE:
            self.refuse(
                stems.line, f"found bars at {last - first + 1} whole x, expected at most {MAX_WHOLE}; make the range smaller"
            )
        columns, wide = [], 0.8 / len(self.spec.stems)
        for whole in range(first, last + 1):
            try:
                height = self._value(stems.y, x=whole)
            except ExpressionError as error:
                if self.strict:
                    self._refuse_undefined(stems, whole, error)
                continue
            left = whole - 0.4 + wide * number
            columns.append((left, left + wide, height))
        if not columns:
            self.refuse(
                stems.line, "found no bar, expected a whole x in the range at which it has a height; change x: from and to"
            )
        return Columns(stems.label, tuple(columns))

    def _counted(self) -> tuple[Columns, ...]:
        """Histograms; those of data share their bins, so that they can be compared."""
        data = {one: [self._number(term) for term in one.data] for one in self.spec.histograms if one.data}
        edges = self._edges(data)
        counted = []
        for one in self.spec.histograms:
            if one in data:
                counts = counts_in(data[one], edges)
                inside = edges
            else:
                counts = [self._number(term) for term in one.counts]
                low, high = self._number(one.low or NumberSource(0, 0)), self._number(one.high or NumberSource(1, 0))
                if low >= high:
                    self.refuse(one.line, f"found bins from {show(low)} to {show(high)}, expected from to be less; correct them")
                self._has_room(low, high, one.line, "bins")
                if min(counts) < 0:
                    self.refuse(one.line, f"found the count {show(min(counts))}, expected 0 or more; correct counts")
                inside = [low + (high - low) * number / len(counts) for number in range(len(counts) + 1)]
            columns = tuple(zip(inside[:-1], inside[1:], counts, strict=True))
            counted.append(Columns(one.label, columns, counted=True))
        return tuple(counted)

    def _edges(self, data: Mapping[HistogramSpec, Sequence[float]]) -> list[float]:
        if not data:
            return []
        values = [value for one in data.values() for value in one]
        ends = [(self._maybe(one.low), self._maybe(one.high)) for one in data]
        lows, highs = ([end[side] for end in ends if end[side] is not None] for side in (0, 1))
        low = min(values) if not lows else min(lows)  # type: ignore[type-var]
        high = max(values) if not highs else max(highs)  # type: ignore[type-var]
        bins = next((one.bins for one in data if one.bins), None)
        if low != high:
            self._has_room(float(low or 0), float(high or 0), next(iter(data)).line, "values")
        edges = nice_bins(float(low or 0), float(high or 0), bins, max(map(len, data.values())), exact=bool(lows and highs))
        first = next(iter(data))
        if not any(edges[0] <= value <= edges[-1] for value in values):
            self.refuse(first.line, "found no value between from and to, expected some; change them")
        return edges

    def _path(self, path: PathSpec) -> PlottedLine:
        if path.points:
            return PlottedLine(path.label, self._pairs(path.points), of_x=False, ends=True)
        assert path.start and path.step
        x, y = self._pair(path.start)
        points: list[Point] = [(x, y)]
        for number in range(path.steps):
            try:
                x, y = self._value(path.step[0], x=x, y=y), self._value(path.step[1], x=x, y=y)
            except ExpressionError as error:
                if self.strict:
                    self.refuse(
                        path.step[0].line,
                        f"found step {number + 1} of the path undefined ({error}), expected a point; correct next",
                    )
                break
            points.append((x, y))
        return PlottedLine(path.label, tuple(points), of_x=False, ends=True)

    def _contours(self, x: Axis, y: Axis) -> Contours:
        spec = self.spec.contours
        assert spec

        def height(at_x: float, at_y: float) -> float:
            try:
                return self._value(spec.z, x=at_x, y=at_y)
            except ExpressionError as error:
                if self.strict:
                    where = f"x = {show(at_x)}, y = {show(at_y)}"
                    self.refuse(
                        spec.z.line,
                        f"found contours undefined at {where} ({error}), expected a value everywhere; change the axes",
                    )
                return math.nan

        levels = [self._number(term) for term in spec.levels]
        found = replace(contours_of(height, x, y, levels), label=spec.label)
        if found.lowest[2] != found.highest[2]:
            self._has_room(found.lowest[2], found.highest[2], spec.line, "z")
        if not any(pieces for _, pieces in found.levels):
            low, high = show(found.lowest[2]), show(found.highest[2])
            self.refuse(
                spec.line, f"found no contour line: z goes from {low} to {high}, expected levels between them; correct levels"
            )
        return found

    # ---------------------------------------------------------------------------------------------------- axes

    def _x_axis(self, places: Sequence[Point], counted: Sequence[Columns]) -> Axis:
        spec = self.spec.x
        xs = [point[0] for point in places] + [edge for one in counted for column in one.columns for edge in column[:2]]
        curves = [curve for curve in self.spec.curves if not curve.points]
        xs += [self._number(end) for curve in curves if not curve.x for end in (curve.low, curve.high) if end]
        if None in (spec.low, spec.high):
            by_x = [curve for curve in (*curves, *self.spec.stems) if not (curve.x or (curve.low and curve.high))]
            if by_x and len(set(xs)) < 2:
                self.refuse(
                    by_x[0].line, "found no range for x, expected where the curve begins and ends; add x: {from: 0, to: 10}"
                )
        for curve in curves:
            if curve.x:
                xs += [point[0] for point in self._curve(curve, Axis("", 0, 1)).drawn]
        if not xs and self.spec.contours and None in (spec.low, spec.high):
            self.refuse(self.spec.contours.line, "found contours without a range, expected x and y with from and to; add them")
        xs += [mark.x for one in self.spec.marks if (mark := self._mark(one.x)) and mark.x is not None]
        return self._axis(spec, xs, "x", room=0.04 if places and not curves else 0.0)

    def _mark(self, term: NumberSource | None) -> Mark | None:
        return Mark("", self._number(term), None) if term else None

    def _y_axis(self, x: Axis, places: Sequence[Point], lines: Sequence[PlottedLine], columns: Sequence[Columns]) -> Axis:
        spec = self.spec.y

        def within(at: float) -> bool:
            return x.low <= at <= x.high

        ys = [at_y for at_x, at_y in places if within(at_x)]
        ys += [at_y for line in lines for at_x, at_y in line.drawn if within(at_x)]
        ys += [column[2] for one in columns for column in one.columns]
        ys += [0.0] if columns and not spec.log else []
        ys += [self._number(one.y) for one in self.spec.marks if one.y]
        if self.spec.contours and None in (spec.low, spec.high) and len(set(ys)) < 2:
            self.refuse(
                self.spec.contours.line,
                "found contours without a range, expected x and y with from and to; add y: {from: 0, to: 1}",
            )
        labels = " and ".join(f'"{line.label}"' for line in lines if line.label)
        what = f"the {'curves' if len(lines) > 1 else 'curve'} {labels} hardly changing, y" if labels else ""
        return self._axis(spec, ys, "y", rounded=True, x=x, what=what)

    def _axis(
        self, spec: AxisSpec, values: Sequence[float], name: str, room: float = 0.0, rounded: bool = False, x: Axis | None = None,
        what: str = "",
    ) -> Axis:  # fmt: skip
        """The axis from where its spec says, else from where the data begin.

        room: a share that is left free on either side. x: the other axis, where this is y. what: that it shows, for errors.
        """
        given_low, given_high = self._maybe(spec.low), self._maybe(spec.high)
        line = spec.line or self.spec.line
        if not values and None in (given_low, given_high):
            there = f" between x = {show(x.low)} and {show(x.high)}" if x else ""
            self.refuse(line, f"found nothing to see{there}, expected something within the axes; change from or to")
        if spec.log and min([value for value in (given_low, given_high, *values) if value is not None], default=1) <= 0:
            least = min(value for value in (given_low, given_high, *values) if value is not None)
            self.refuse(line, f"found {show(least)} on the log axis {name}, expected numbers over 0; change from, or scale")
        low = min(values, default=0.0) if given_low is None else given_low
        high = max(values, default=1.0) if given_high is None else given_high
        if given_low is None and given_high is None and low == high:
            low, high = (low / 2, high * 2) if spec.log else (low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1))
        if low >= high:
            self.refuse(line, f"found {name} from {show(low)} to {show(high)}, expected it to grow; correct from or to")
        if spec.log and low < SMALLEST:
            self.refuse(line, f"found {show(low)} on the log axis {name}, too small to be drawn, expected more; change from")
        self._has_room(low, high, line, name if given_low is not None or given_high is not None else what or name)
        if not spec.log:
            spare = room * (high - low)
            low, high = low - spare * (given_low is None), high + spare * (given_high is None)
            if rounded:
                step = nice_step((high - low) / 4)
                low = low if given_low is not None else rounded_out(low, step, down=True)
                high = high if given_high is not None else rounded_out(high, step, down=False)
        return Axis(spec.label, low, high, spec.log)

    def refuse(self, line: int, message: str) -> NoReturn:
        raise InvalidFile(self.spec.path, line or self.spec.line, f"plot: {message}")


def _cost(source: str) -> int:
    """What an expression counts each time that it is computed, in characters."""
    return len(source) + sum(cost * source.count(name) for name, cost in COSTLY.items())
