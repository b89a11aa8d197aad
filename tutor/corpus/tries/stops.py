"""Where the arrows stop: round numbers between a knob's lowest value and its highest."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tutor.corpus.plots.scales import nice_step

ONE_BY_ONE = 24  # whole numbers: so many or fewer are gone through one by one
ABOUT = 20  # stops of a longer range
DECADES = 2  # from so many on, 1-2-5


def stops_of(lowest: float, highest: float, first: float, is_whole: bool, step: float | None = None) -> tuple[float, ...]:
    """The stops from the lowest value to the highest, both and the first among them."""
    if step is not None:
        count = math.floor((highest - lowest) / step + 1e-9)
        between: Iterable[float] = (lowest + number * step for number in range(count + 1))
    elif is_whole and highest - lowest <= ONE_BY_ONE:
        between = range(int(lowest), int(highest) + 1)
    elif lowest > 0 and highest / lowest >= 10**DECADES:
        between = _by_decades(lowest, highest)
    else:
        wide = nice_step((highest - lowest) / ABOUT)
        wide = max(1.0, wide) if is_whole else wide
        between = (number * wide for number in range(math.ceil(lowest / wide - 1e-9), math.floor(highest / wide + 1e-9) + 1))
    tidy = {_tidied(value) for value in between}
    inside = {value for value in tidy if lowest < value < highest} | {lowest, highest, first}
    if is_whole:
        return tuple(sorted(int(value) for value in inside if value == int(value)))
    return tuple(sorted(map(float, inside)))


def _by_decades(lowest: float, highest: float) -> Iterable[float]:
    for power in range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1):
        for times in (1, 2, 5):
            yield times * 10**power if power >= 0 else times / 10**-power


def _tidied(value: float) -> float:
    """0.3, not 0.30000000000000004."""
    return float(f"{value:.12g}")
