"""A plot as numbers: all that a drawing, a sentence or a table needs, and no expression any more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    label: str
    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Where a value stands: 0 at the beginning of the axis, 1 at its end; NaN for one that a log axis doesn't have."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if value <= 0:
            return math.nan
        return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))

    def at(self, share: float) -> float:
        """The value at a share of the axis."""
        if not self.log:
            return self.low + share * (self.high - self.low)
        return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))


@dataclass(frozen=True)
class PlottedLine:
    """Points that are joined, None where the line is broken. of_x: y is a function of x; else it is a path with a direction."""

    label: str
    points: tuple[Point | None, ...]
    of_x: bool = True
    ends: bool = False  # start and end are marked
    given: bool = False  # the points are data, not samples of an expression
    poles: tuple[float, ...] = ()  # where it jumps from one infinite side to the other
    listed: tuple[Point, ...] = ()  # exact points for a table, at round numbers or where the data are

    @cached_property
    def drawn(self) -> tuple[Point, ...]:
        """The points without the gaps."""
        return tuple(point for point in self.points if point)


@dataclass(frozen=True)
class Scatter:
    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Columns:
    """Upright bars on an axis of numbers: (left, right, height)."""

    label: str
    columns: tuple[tuple[float, float, float], ...]
    counted: bool = False  # a histogram


@dataclass(frozen=True)
class Bars:
    """Bars with names. heights: for each name, one of each series."""

    names: tuple[str, ...]
    series: tuple[str, ...]
    heights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Heatmap:
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Contours:
    """Lines of equal height: for each level its pieces, each from a point to another. lowest, highest: x, y and z."""

    levels: tuple[tuple[float, tuple[tuple[Point, Point], ...]], ...]
    lowest: tuple[float, float, float]
    highest: tuple[float, float, float]
    label: str = ""


@dataclass(frozen=True)
class Arrow:
    label: str
    start: Point
    end: Point


@dataclass(frozen=True)
class Mark:
    """A vertical line (x alone), a horizontal one (y alone) or a point."""

    label: str
    x: float | None
    y: float | None


@dataclass(frozen=True)
class Plot:
    """A plot. Bars with names and a heatmap stand alone; everything else shares the two axes."""

    title: str
    x: Axis
    y: Axis
    equal: bool = False
    lines: tuple[PlottedLine, ...] = ()
    scatters: tuple[Scatter, ...] = ()
    columns: tuple[Columns, ...] = ()
    contours: Contours | None = None
    arrows: tuple[Arrow, ...] = ()
    marks: tuple[Mark, ...] = ()
    bars: Bars | None = None
    heatmap: Heatmap | None = None
