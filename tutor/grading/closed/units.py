"""Units of measurement: which are spellings of one another, and how they convert."""

from __future__ import annotations

import math
import re

# Each unit in its base unit, to tell a right value in a wrong unit from a wrong value.
SCALES = {
    "time": {
        "ns": 1e-9,
        "nanosecond": 1e-9,
        "us": 1e-6,
        "µs": 1e-6,
        "μs": 1e-6,
        "microsecond": 1e-6,
        "ms": 1e-3,
        "millisecond": 1e-3,
    }
    | {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400, "week": 604800},
    "size": {"bit": 0.125, "b": 1, "byte": 1, "kb": 1e3, "kilobyte": 1e3, "mb": 1e6, "megabyte": 1e6, "gb": 1e9, "gigabyte": 1e9}
    | {"tb": 1e12, "terabyte": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40},
    "length": {"nm": 1e-9, "mm": 1e-3, "cm": 1e-2, "m": 1, "metre": 1, "meter": 1, "km": 1e3, "kilometre": 1e3, "kilometer": 1e3},
    "mass": {"mg": 1e-6, "g": 1e-3, "gram": 1e-3, "kg": 1, "kilogram": 1},
    "share": {"%": 0.01, "percent": 0.01, "per cent": 0.01, "pp": 0.01, "‰": 0.001},
    "money": {"cent": 0.01, "$": 1, "dollar": 1, "usd": 1},
    "information": {"nat": 1, "bit": math.log(2)},
}


def scales(unit: str) -> dict[str, float]:
    """{kind of quantity: size of the unit in that kind's base unit} for every kind that the unit may measure."""
    for name in (unit, unit.lower(), unit.lower().removesuffix("s")):
        found = {kind: float(units[name]) for kind, units in SCALES.items() if name in units}
        if found:
            return found
    return {}


def factor(unit: str, wanted: str) -> float | None:
    """How many of the wanted unit make one of the other; None where they measure different things."""
    mine, theirs = scales(unit), scales(wanted)
    return next((mine[kind] / theirs[kind] for kind in mine if kind in theirs), None)


def _plain(unit: str) -> str:
    return re.sub(r"[\s.]", "", unit.lower()).rstrip("s")


def same_unit(one: str, other: str) -> bool:
    """Whether two units are spellings of the same, such as `ms` and `milliseconds`."""
    if _plain(one) == _plain(other):
        return True
    return factor(one, other) == 1
