"""Round numbers: where an axis ends, where its ticks stand, where bins begin."""

from __future__ import annotations

import math
from collections.abc import Sequence

ROWS = 8  # of a table of values, about
MOST_GIVEN = 12  # of data in it


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, … (and 0.1, 0.2, …) that is not less than `least`."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((times * power for times in (1, 2, 5, 10) if times * power >= least * (1 - 1e-9)), 10 * power)


def rounded_out(value: float, step: float, down: bool) -> float:
    """The multiple of a step at or beyond a value."""
    count = value / step
    return (math.floor(count + 1e-9) if down else math.ceil(count - 1e-9)) * step


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, evenly spaced, with at most so many spaces between."""
    step = nice_step((high - low) / (4 * most))
    while True:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first <= most:
            return [number * step for number in range(first, last + 1)]
        step = nice_step(step * 1.01)


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """At most so many powers of ten from low to high; where there are fewer than two, other round numbers."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = [10.0**power for power in range(first, last + 1, max(1, math.ceil((last - first + 1) / max(1, most))))]
    return powers if len(powers) > 1 else ticks(low, high, most)


def listed_at(xs: Sequence[float], given: Sequence[float], log: bool) -> list[float]:
    """Where a table lists curves: at the x of their data, evenly chosen where there are many, else at round numbers.

    xs: of all their points. given: of those that are data, in order.
    """
    if given:
        every = -(-len(given) // MOST_GIVEN)
        return list(given[::every])
    if not xs:
        return []
    low, high = min(xs), max(xs)
    at = log_ticks(low, high, ROWS) if log else ticks(low, high, ROWS)
    return [min(high, max(low, float(f"{value:.12g}"))) for value in at]  # 0.3, not 0.30000000000000004


def nice_bins(low: float, high: float, bins: int | None, count: int, exact: bool) -> list[float]:
    """The edges of bins: `bins` of them, else by the square root of how many numbers there are, at round numbers."""
    if low == high:
        low, high = low - 0.5, high + 0.5
    if bins is not None or exact:
        wanted = bins or max(5, min(20, round(math.sqrt(count))))
        return [low + (high - low) * number / wanted for number in range(wanted + 1)]
    step = nice_step((high - low) / max(5, min(20, round(math.sqrt(count)))))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def tidied(value: float, low: float, high: float) -> float:
    """A sample without the dust of floating point: 0, not 5.6e-17."""
    return 0.0 if abs(value) < 1e-12 * (high - low) else value


def counts_in(values: Sequence[float], edges: Sequence[float]) -> list[float]:
    """How many values are in each bin; the last one has its right edge, too."""
    counts = [0.0] * (len(edges) - 1)
    wide = (edges[-1] - edges[0]) / len(counts)
    for value in values:
        if edges[0] <= value <= edges[-1]:
            counts[min(int((value - edges[0]) / wide + 1e-9), len(counts) - 1)] += 1
    return counts


def tick_labels(values: list[float], log: bool = False) -> list[str]:
    """Numbers as they are written at an axis: with as many decimals as their steps need, and a true minus."""
    from tutor.corpus.expressions import show

    if log:
        return [
            in_short(value) if value < 1e5 or value != 10 ** round(math.log10(value)) else _scientific(value) for value in values
        ]
    largest = max((abs(value) for value in values), default=0)
    if largest >= 10_000_000 or 0 < largest < 0.001:
        return list(map(_scientific, values))
    texts = [show(round(value, 10)) for value in values]
    decimals = max((len(text.partition(".")[2]) for text in texts if "e" not in text), default=0)
    grouped = "," if largest >= 10_000 else ""
    return [_with_minus(f"{value:{grouped}.{decimals}f}") if value else "0" for value in values]


def in_short(value: float, digits: int = 3) -> str:
    """A number of a sentence or a table, with so many significant digits."""
    if not value:
        return "0"
    if not 1e-4 <= abs(value) < 1e7:
        mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return _with_minus(f"{mantissa}e{int(power)}")
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    if abs(value) >= 10_000:
        return _with_minus(f"{round(value, digits - 1 - math.floor(math.log10(abs(value)))):,.0f}")
    text = f"{value:.{decimals}f}"
    return _with_minus(text.rstrip("0").rstrip(".") if "." in text else text)


def _scientific(value: float) -> str:
    if not value:
        return "0"
    mantissa, _, power = f"{value:.2e}".partition("e")
    return _with_minus(f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}")


def _with_minus(text: str) -> str:
    return text.replace("-", "−")
