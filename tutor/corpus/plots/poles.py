"""Poles: where a curve jumps from one infinite side to the other between two of its samples."""

from __future__ import annotations

from collections.abc import Callable

from tutor.corpus.expressions import ExpressionError
from tutor.corpus.plots.data import Point

HALVINGS = 40
FEWEST = 4  # halvings, after which values that have become less show that the curve goes through 0
GROWTH = 30.0  # of both sides, until it is a pole: a step stays as high as it is, a steep curve comes down
HUGE = 1e9
SHARE = 0.47  # nearly half, so that a pole at a round number isn't met exactly


def pole_between(height: Callable[[float], float], before: Point, after: Point) -> float | None:
    """The x of a pole between two points of a curve with heights of opposite signs; None where it is continuous or a step.

    height: raises ExpressionError where it is undefined or too large to be drawn.
    """
    (low, first), (high, last) = before, after
    if first * last >= 0:
        return None
    larger, smaller = sorted((abs(first), abs(last)), reverse=True)
    for number in range(HALVINGS):
        middle = low + SHARE * (high - low)
        try:
            value = height(middle)
        except ExpressionError:
            first, last = _nearest(height, before, middle), _nearest(height, after, middle)
            low = middle
            break
        if not low < middle < high:
            break
        if (value < 0) == (first < 0):
            low, first = middle, value
        else:
            high, last = middle, value
        if number >= FEWEST and max(abs(first), abs(last)) < 0.9 * larger:
            return None
    most, least = max(abs(first), abs(last)), min(abs(first), abs(last))
    return low if least > GROWTH * smaller and (most > GROWTH * larger or most > HUGE) else None


def _nearest(height: Callable[[float], float], point: Point, end: float) -> float:
    """The height nearest to a place where there is none, coming from a point."""
    at, value = point
    for _ in range(HALVINGS // 2):
        middle = (at + end) / 2
        try:
            there = height(middle)
        except ExpressionError:
            end = middle
            continue
        if there * value <= 0:
            end = middle
        else:
            at, value = middle, there
    return value
