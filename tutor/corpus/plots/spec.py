"""A plot as its author wrote it: numbers and expressions, each with its line, and nothing computed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NumberSource:
    """A number, or an expression that gives one."""

    said: float | str
    line: int  # of the file; 0 for what came from no file


Pair = tuple[NumberSource, NumberSource]  # x, y


@dataclass(frozen=True)
class AxisSpec:
    """What is said of an axis. Where it begins or ends is None if the data decide."""

    label: str = ""
    low: NumberSource | None = None
    high: NumberSource | None = None
    log: bool = False
    line: int = 0


@dataclass(frozen=True)
class CurveSpec:
    """y as an expression of x, or x and y as expressions of t, or points that are joined."""

    label: str
    line: int
    y: NumberSource | None = None
    x: NumberSource | None = None
    low: NumberSource | None = None
    high: NumberSource | None = None
    points: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class PointsSpec:
    label: str
    line: int
    points: tuple[Pair, ...]


@dataclass(frozen=True)
class BarSpec:
    """A bar with its name, or several side by side: (name of the series, height)."""

    name: str
    line: int
    heights: tuple[tuple[str, NumberSource], ...]


@dataclass(frozen=True)
class HistogramSpec:
    """Data to be counted, or counts in bins of one width."""

    label: str
    line: int
    data: tuple[NumberSource, ...] = ()
    bins: int | None = None
    counts: tuple[NumberSource, ...] = ()
    low: NumberSource | None = None
    high: NumberSource | None = None


@dataclass(frozen=True)
class HeatmapSpec:
    line: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[NumberSource, ...], ...]


@dataclass(frozen=True)
class ContourSpec:
    """z as an expression of x and y, and the values of z at which lines are drawn; () for round ones."""

    line: int
    z: NumberSource
    levels: tuple[NumberSource, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class PathSpec:
    """Points in order, or a start and how the next point comes from x and y."""

    label: str
    line: int
    points: tuple[Pair, ...] = ()
    start: Pair | None = None
    step: Pair | None = None
    steps: int = 0


@dataclass(frozen=True)
class ArrowSpec:
    label: str
    line: int
    start: Pair
    end: Pair


@dataclass(frozen=True)
class MarkSpec:
    """A vertical line (x alone), a horizontal one (y alone) or a point."""

    label: str
    line: int
    x: NumberSource | None = None
    y: NumberSource | None = None


@dataclass(frozen=True)
class PlotSpec:
    """A whole plot."""

    path: str  # of the file, for errors
    line: int
    title: str = ""
    x: AxisSpec = AxisSpec()
    y: AxisSpec = AxisSpec()
    equal: bool = False  # one unit is as long on both axes
    lets: tuple[tuple[str, NumberSource], ...] = ()
    knobs: frozenset[str] = frozenset()  # names that `compute` is given values for
    curves: tuple[CurveSpec, ...] = ()
    points: tuple[PointsSpec, ...] = ()
    bars: tuple[BarSpec, ...] = ()
    stems: tuple[CurveSpec, ...] = ()  # bars whose heights are an expression of x, one for each whole x
    histograms: tuple[HistogramSpec, ...] = ()
    heatmap: HeatmapSpec | None = None
    contours: ContourSpec | None = None
    paths: tuple[PathSpec, ...] = ()
    arrows: tuple[ArrowSpec, ...] = ()
    marks: tuple[MarkSpec, ...] = ()
