"""An estimate that was made before a number was worked out: how far it was from the answer, and that in words. Never a miss."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.corpus.expressions import show
from tutor.grading.closed.numbers import is_within_tolerance
from tutor.grading.closed.quantities import read_quantity
from tutor.grading.closed.remarks import denial, unit_and_strays, words_of_question
from tutor.grading.closed.units import factor, same_unit
from tutor.grading.words import clean
from tutor.models import Item

CHANCE = re.compile(r"\b(?:probabilit|how likely|chances?\b|shares?\b|proportion|p-value|power\b|coverage)", re.I)
SHARES = {
    1 / 20: "a twentieth", 1 / 10: "a tenth", 1 / 8: "an eighth", 1 / 7: "a seventh", 1 / 6: "a sixth", 1 / 5: "a fifth",
    1 / 4: "a quarter", 1 / 3: "a third", 1 / 2: "half", 2 / 3: "two thirds", 3 / 4: "three quarters",
}  # fmt: skip
TIMES: dict[float, str] = {
    2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times", 7: "seven times", 8: "eight times",
    9: "nine times",
}  # fmt: skip
RANGE = re.compile(
    r"(?:(?:somewhere|maybe|i think|i guess) )*(?:between|from)? ?(\S.*?) ?(?:[-–—]| to | and | or ) ?(\S.*)", re.I
)
CLOSE = 0.03  # of the answer: what nobody estimates more closely
EXACTLY = 0.02  # how far a share or a multiple may be from its word without "about"
RARE = 0.05  # below which two chances are compared by how often, not by how many points lie between them
NEARLY_HALF, NEARLY_TWICE = 0.6, 1.9  # of the answer: outside of these an estimate is told as a part or a multiple of it
FAR = 9.5  # times: from there on only the size counts
ORDERS = 6  # of magnitude, beyond which these are counted


@dataclass(frozen=True)
class Distance:
    """How far an estimate was from the answer: 1 for right, 0 for no relation to it; and in words, after "Your estimate"."""

    score: float
    words: str


def read_estimate(item: Item, typed: str, language: str = "en") -> float | None:
    """The number that was typed, in the item's unit, of "5 to 10" the middle; None where none can be read, or one in a unit of
    something else."""
    said = words_of_question(item)
    if denial(clean(typed)):
        return None
    quantity = read_quantity(typed, language, said)
    if quantity is None:
        ends = RANGE.fullmatch(clean(typed).strip())
        values = [read_estimate(item, end, language) for end in ends.groups()] if ends else []
        known = [value for value in values if value is not None]
        return sum(known) / 2 if len(known) == 2 else None
    unit, strays = unit_and_strays(quantity.unit, item, said)
    if strays:
        return None
    value = quantity.value
    if unit and not (item.unit and same_unit(unit, item.unit)):
        scale = factor(unit, item.unit) if item.unit else 0.01 if same_unit(unit, "%") else 1.0
        if scale is None:
            return None
        value *= scale
    if not unit and _range_of(item) == 1 and 1 < value <= 100:  # "40" for a probability is said in percent
        value /= 100
    return value


def distance(item: Item, estimate: float) -> Distance:
    """How far an estimate was from the answer of a drawn item."""
    answer = item.answer or 0.0
    if is_within_tolerance(estimate, item):
        return Distance(1.0, "was right")
    whole = _range_of(item)
    if whole and 0 <= estimate <= whole and max(estimate, answer) >= RARE * whole:
        return _by_range(estimate, answer, whole, item.unit)
    return _by_size(estimate, answer, item.unit)


def estimate_in_words(item: Item, estimate: float) -> str:
    """`Your estimate, 12, was a quarter below 16.`"""
    unit = item.unit if len(item.unit) == 1 else ""  # a word would stand there twice
    return f"Your estimate, {_shown(estimate, unit)}, {distance(item, estimate).words}."


def _range_of(item: Item) -> float:
    """The most that an answer can be where it is a share of something, a probability for one: 1, or 100 percent; 0 elsewhere."""
    answer, percent = item.answer or 0.0, bool(item.unit) and same_unit(item.unit, "%")
    whole = 100.0 if percent else 1.0 if not item.unit and CHANCE.search(item.question) else 0.0
    return whole if 0 <= answer <= whole else 0.0


def _by_range(estimate: float, answer: float, whole: float, unit: str) -> Distance:
    gap = abs(estimate - answer) / whole
    points = round(100 * gap)
    many = "less than a percentage point" if points < 1 else f"{points} percentage point{'s' * (points > 1)}"
    return Distance(1 - gap, f"was {many} {_side(estimate, answer)} {_shown(answer, unit)}")


def _by_size(estimate: float, answer: float, unit: str) -> Distance:
    shown = _shown(answer, unit)
    if not answer or not estimate:
        off = "" if answer else f"{_shown(abs(estimate), unit)} "
        return Distance(0.0, f"was {off}too {'high' if estimate > answer else 'low'}: it is {shown}")
    if estimate * answer < 0:
        return Distance(0.0, f"had the other sign: it is {shown}")
    ratio = estimate / answer
    score = min(ratio, 1 / ratio)
    if score >= 1 - CLOSE:
        return Distance(score, f"was very close to {shown}")
    if 1 / score >= FAR:
        extreme = "large" if ratio > 1 else "small"
        return Distance(score, f"was too {extreme} by {_magnitude(1 / score)}: it is {shown}")
    if ratio >= NEARLY_TWICE:
        return Distance(score, f"was {_named(ratio, TIMES)} {shown}")
    if ratio <= NEARLY_HALF:
        return Distance(score, f"was {_named(ratio, SHARES)} of {shown}")
    share = _named(abs(ratio - 1), SHARES)
    if share.endswith("half"):
        return Distance(score, f"was {share.replace('half', 'one and a half times')} {shown}")
    if answer < 0:
        return Distance(score, f"was {share} {'larger' if ratio > 1 else 'smaller'} in size than {shown}")
    return Distance(score, f"was {share} {_side(estimate, answer)} {shown}")


def _named(value: float, names: Mapping[float, str]) -> str:
    """The name that is nearest to a share or a multiple, with "about" before it where it is not quite that."""
    near = min(names, key=lambda one: abs(math.log(value / one)))
    return f"{'' if abs(value / near - 1) <= EXACTLY else 'about '}{names[near]}"


def _magnitude(factor: float) -> str:
    """`a factor of about 200`; beyond all counting `about 9 orders of magnitude`."""
    orders = math.floor(math.log10(factor) + 0.5)
    if orders > ORDERS:
        return f"about {orders} orders of magnitude"
    unit = 10 ** math.floor(math.log10(factor))
    return f"a factor of about {round(factor / unit) * unit:,}"


def _side(estimate: float, answer: float) -> str:
    return "above" if estimate > answer else "below"


def _shown(number: float, unit: str) -> str:
    """A number with as many digits as anybody estimates, and its unit."""
    value = float(number)
    rounded = float(f"{value:.3g}")
    if value.is_integer() != rounded.is_integer() or 1000 <= abs(value) < 1e15:
        rounded = value if value.is_integer() else float(f"{value:.6g}")
    digits = f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 else show(rounded)
    return f"{digits.replace('-', '−')} {unit}".strip()
