"""How exactly a number is asked for: as its question says or, where that says nothing, as its tolerance asks."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tutor.models import Item

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = {"whole number": 0, "integer": 0, "unit": 0, "ten": -1, "hundred": -2, "thousand": -3, "million": -6}
_COUNT = rf"(?P<count>{'|'.join(NUMBERS)}|\d)"
_STATED = re.compile(
    rf"\b{_COUNT} (?:decimal places|decimals?|digits after the (?:decimal )?point)"
    rf"|\b{_COUNT.replace('count', 'figures')} significant (?:figures?|digits?)"
    rf"|\bnearest (?P<ten>{'|'.join(TENS)})\b"
    r"|\bas a (?P<ten_>whole number|integer)\b",
    re.I,
)
_OTHERWISE = re.compile(r"\bround(?:ed)? (?:up|down|it|your|to)\b|\bexact (?:value|number|answer)\b", re.I)
# What a question asks for, rather than tells: "What is it, to two decimals?", "Round up.", "(to two decimals)".
_ASKS = re.compile(r"[^.?!]*\?|\([^()]*\)|\b(?:Round|Give|Type|Write|State|Answer|Express|Compute|Use)\b(?:[^.?!]|[.](?=\d))*")


@dataclass(frozen=True)
class Precision:
    """So many decimals (fewer than none: tens, hundreds), or so many significant figures; neither: exactly."""

    decimals: int | None = None
    figures: int | None = None

    @property
    def words(self) -> str:
        """As it stands behind "a number"."""
        if self.figures is not None:
            return f"to {_in_words(self.figures)} significant figure{'s' * (self.figures != 1)}"
        if self.decimals is None:
            return "exactly"
        if self.decimals > 0:
            return f"to {_in_words(self.decimals)} decimal{'s' * (self.decimals > 1)}"
        named = next((word for word, place in TENS.items() if place == self.decimals), f"{10**-self.decimals:,}")
        return f"to the nearest {named}"

    def place(self, answer: float) -> float:
        """The worth of a unit in the last digit that is wanted of an answer; 0 where it is wanted exactly."""
        if self.figures is not None:
            return 10.0 ** (math.floor(math.log10(abs(answer))) + 1 - self.figures) if answer else 0.0
        return 0.0 if self.decimals is None else 10.0**-self.decimals

    def rounded(self, answer: float) -> float:
        """An answer as it is typed by whoever rounds it as asked."""
        place = self.place(answer)
        return round(answer, round(-math.log10(place))) if place else answer


def precision(item: Item) -> Precision | None:
    """How exactly a number item wants its answer; None where its question speaks of rounding in words that aren't read."""
    return stated(item) or (None if _OTHERWISE.search(_asked(item)) else asked_by_tolerance(item))


def stated(item: Item) -> Precision | None:
    """What the question says: "to two decimals", "with 3 significant figures", "to the nearest ten"; None where nothing."""
    found = _STATED.search(_asked(item))
    if not found:
        return None
    if ten := found["ten"] or found["ten_"]:
        return Precision(TENS[ten.lower()])
    if figures := found["figures"]:
        return Precision(figures=_count(figures))
    return Precision(_count(found["count"]))


def _asked(item: Item) -> str:
    return " | ".join(_ASKS.findall(item.question))


def asked_by_tolerance(item: Item) -> Precision:
    """The fewest digits with which every rounded answer is within the tolerance."""
    if not item.tolerance:
        return Precision()
    digits = math.ceil(-math.log10(2 * item.tolerance) - 1e-9)  # half a unit in the last place is at most the tolerance
    return Precision(figures=max(1, digits + 1)) if item.relative else Precision(digits)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.index(word.lower())


def _in_words(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
