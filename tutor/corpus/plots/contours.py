"""Contour lines by marching squares: https://en.wikipedia.org/wiki/Marching_squares"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from tutor.corpus.plots.data import Axis, Contours, Point
from tutor.corpus.plots.scales import ticks

ACROSS, DOWN = 32, 22  # squares
MOST_LEVELS = 5  # that are chosen by us


def contours_of(height: Callable[[float, float], float], x: Axis, y: Axis, levels: Sequence[float]) -> Contours:
    """The contour lines of a height over x and y (NaN where it has none), at `levels` or at values chosen by how many points lie
    below."""
    xs = [x.at(number / ACROSS) for number in range(ACROSS + 1)]
    ys = [y.at(number / DOWN) for number in range(DOWN + 1)]
    grid = [[height(at_x, at_y) for at_x in xs] for at_y in ys]
    known = [(z, at_x, at_y) for at_y, row in zip(ys, grid, strict=True) for at_x, z in zip(xs, row, strict=True) if z == z]
    if not known:
        return Contours((), (math.nan,) * 3, (math.nan,) * 3)
    lowest, highest = min(known), max(known)
    chosen = list(levels) or _chosen([one[0] for one in known])
    found = tuple((level, tuple(_pieces(grid, xs, ys, level))) for level in chosen)
    return Contours(found, (*lowest[1:], lowest[0]), (*highest[1:], highest[0]))


def _chosen(heights: list[float]) -> list[float]:
    """Round levels that part the picture evenly: a valley has more of them near its floor."""
    ordered = sorted(heights)
    low, high = ordered[0], ordered[-1]
    wanted = []
    for number in range(1, MOST_LEVELS + 1):
        value = ordered[min(len(ordered) - 1, round(len(ordered) * (number / (MOST_LEVELS + 1)) ** 1.5))]
        unit = 10.0 ** math.floor(math.log10(max(value - low, (high - low) / 1000) or 1))
        for part in (unit, unit / 2, unit / 5):
            level = round(value / part) * part
            if low < level < high and level not in wanted:
                wanted.append(level)
                break
    return sorted(wanted) or ticks(low, high, MOST_LEVELS)


def _pieces(grid: list[list[float]], xs: list[float], ys: list[float], level: float) -> Iterator[tuple[Point, Point]]:
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            corners = (
                (xs[column], ys[row], grid[row][column]),
                (xs[column + 1], ys[row], grid[row][column + 1]),
                (xs[column + 1], ys[row + 1], grid[row + 1][column + 1]),
                (xs[column], ys[row + 1], grid[row + 1][column]),
            )
            above = [corner[2] > level for corner in corners]
            if all(above) or not any(above) or any(corner[2] != corner[2] for corner in corners):
                continue
            crossed = [
                _crossing(corners[side], corners[(side + 1) % 4], level)
                for side in range(4)
                if above[side] != above[(side + 1) % 4]
            ]
            yield crossed[0], crossed[1]
            if len(crossed) == 4:
                yield crossed[2], crossed[3]


def _crossing(first: tuple[float, float, float], second: tuple[float, float, float], level: float) -> Point:
    share = (level - first[2]) / (second[2] - first[2])
    return first[0] + share * (second[0] - first[0]), first[1] + share * (second[1] - first[1])
