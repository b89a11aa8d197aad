"""What a plot has to show and its axes leave out, for `check`."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.corpus.expressions import show
from tutor.corpus.plots.data import Arrow, Axis, Mark, PlottedLine, Point, Scatter
from tutor.corpus.plots.spec import PlotSpec


def unseen(
    spec: PlotSpec, x: Axis, y: Axis, lines: Sequence[PlottedLine], scatters: Sequence[Scatter], arrows: Sequence[Arrow],
    marks: Sequence[Mark],
) -> tuple[int, str] | None:  # fmt: skip
    """The first thing that lies wholly outside the axes or has no length, as its line and what to tell; None if all can be seen.

    lines: those of spec.curves, then those of spec.paths.
    """
    for said, arrow in zip(spec.arrows, arrows, strict=True):
        if arrow.start == arrow.end:
            return said.line, "found an arrow of no length, expected two points that differ; correct from or to"
    outside = _outside(spec, x, y, lines, scatters, arrows, marks)
    return outside and (outside[0], f"found {outside[1]}, expected it within the axes; change x or y, or remove it")


def _outside(
    spec: PlotSpec, x: Axis, y: Axis, lines: Sequence[PlottedLine], scatters: Sequence[Scatter], arrows: Sequence[Arrow],
    marks: Sequence[Mark],
) -> tuple[int, str] | None:  # fmt: skip
    things: list[tuple[int, str, str, Sequence[Point]]] = []
    names = ["the curve"] * len(spec.curves) + ["the path"] * len(spec.paths)
    numbers = [one.line for one in spec.curves] + [one.line for one in spec.paths]
    for number, name, line in zip(numbers, names, lines, strict=True):
        things.append((number, name, line.label, line.drawn))
    things += [(said.line, "the arrow", one.label, (one.start, one.end)) for said, one in zip(spec.arrows, arrows, strict=True)]
    for number, name, label, points in things:
        if where := _beyond(points, x, y):
            return number, f"{_named(name, label)} wholly outside the axes, {where}"
    for said_points, scatter in zip(spec.points, scatters, strict=True):
        if not any(_is_within(at_x, x) and _is_within(at_y, y) for at_x, at_y in scatter.points):
            return said_points.line, f"{_named('the points', scatter.label)} all outside the axes"
    for said_mark, mark in zip(spec.marks, marks, strict=True):
        for at, axis, letter in ((mark.x, x, "x"), (mark.y, y, "y")):
            if at is not None and not _is_within(at, axis):
                where = f"at {letter} = {show(at)}, with {letter} from {show(axis.low)} to {show(axis.high)}"
                return said_mark.line, f"{_named('the mark', mark.label)} outside the axes, {where}"
    return None


def _beyond(points: Sequence[Point], x: Axis, y: Axis) -> str:
    """In words where all points lie on one side of the axes; "" where they don't."""
    for number, axis, letter in ((0, x, "x"), (1, y, "y")):
        least, most = min(point[number] for point in points), max(point[number] for point in points)
        room = 1e-9 * (axis.high - axis.low)
        if most < axis.low - room:
            return f"at {letter} up to {show(most)}, with {letter} from {show(axis.low)}"
        if least > axis.high + room:
            return f"at {letter} from {show(least)}, with {letter} up to {show(axis.high)}"
    return ""


def _is_within(value: float, axis: Axis) -> bool:
    room = 1e-9 * (axis.high - axis.low)
    return axis.low - room <= value <= axis.high + room


def _named(name: str, label: str) -> str:
    return f'{name} "{label}"' if label else name
