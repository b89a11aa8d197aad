"""A try block as its author wrote it: knobs, what they turn, and the items that are asked before and after."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.corpus.bank.fields import either
from tutor.corpus.expressions import ExpressionError, evaluate, show
from tutor.corpus.plots.spec import PlotSpec
from utils.text import sanitize, shorten

GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")  # 1,000
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
MOST_CHARACTERS = 40  # of what is typed as a value

Setting = Mapping[str, float]  # a value for each knob, in the knobs' order


class KnobError(ValueError):
    """A value that a knob doesn't have. The message is for the learner."""


@dataclass(frozen=True)
class Knob:
    """A number that the learner changes: step by step along its stops, or by typing any value within its range."""

    name: str
    stops: tuple[float, ...]  # growing, with lowest, highest and first among them; of a list in the author's order
    first: float
    lowest: float
    highest: float
    is_whole: bool
    listed: bool  # only the stops can be chosen
    line: int = 0

    def after(self, value: float, by: int) -> float:
        """The stop so many stops further on (back where `by` is negative), the last at the end."""
        if value in self.stops:
            at = self.stops.index(value) + by
        else:
            at = bisect_left(self.stops, value) + by - 1 if by > 0 else bisect_right(self.stops, value) + by
        return self.stops[max(0, min(at, len(self.stops) - 1))]

    def read(self, text: str) -> float:
        """The value that a learner types, `17` or `1/3`. Raises KnobError."""
        plain = " ".join(text.split()).replace("−", "-")
        said = f"found {self.name} = {shorten(sanitize(plain, newlines=False), MOST_CHARACTERS)}"
        if GROUPED.fullmatch(plain):
            plain = plain.replace(",", "")
        elif DECIMAL_COMMA.fullmatch(plain):
            plain = plain.replace(",", ".")
        try:
            value = evaluate(plain, {}) if len(plain) <= MOST_CHARACTERS else None
        except ExpressionError:
            value = None
        if value is None or isinstance(value, bool):
            raise KnobError(f"{said if plain else f'found no value for {self.name}'}, expected {self.expected()}")
        return self.checked(value, said)

    def checked(self, value: float, said: str = "") -> float:
        """The value as the knob has it: whole ones as int. Raises KnobError for one that it doesn't have."""
        said = said or f"found {self.name} = {show(value)}"
        if self.listed:
            near = min(self.stops, key=lambda stop: abs(stop - value))
            if abs(near - value) > 1e-9 * max(1.0, abs(near)):
                raise KnobError(f"{said}, expected {self.expected()}")
            return near
        if not self.lowest <= value <= self.highest:
            raise KnobError(f"{said}, expected {show(self.lowest)} to {show(self.highest)}")
        if self.is_whole and value != int(value):
            raise KnobError(f"{said}, expected {self.expected()}")
        return int(value) if self.is_whole else float(value)

    def expected(self) -> str:
        """Its values in words: "a whole number from 1 to 64", "a number from 0 to 1", "0, 1 or 2"."""
        if self.listed:
            return either(map(show, self.stops))
        what = "a whole number" if self.is_whole else "a number"
        return f"{what} from {show(self.lowest)} to {show(self.highest)}"


@dataclass(frozen=True)
class Shown:
    """What a program has given at a setting, as its author's `check --fix` wrote it down."""

    text: str
    plot: PlotSpec | None = None


@dataclass(frozen=True, eq=False)  # told from others by identity: `read_try` gives one object for one text
class Try:
    """A try block. It has a plot with expressions of its knobs, or code in which they are defined."""

    path: str  # of the file, for errors
    line: int  # on which its YAML begins
    title: str
    knobs: tuple[Knob, ...]  # at least one
    predict: str  # id of the item that is asked before; "" where its author names none
    question: str  # id of the item that only trying answers, asked after; "" where its author names none
    plot: PlotSpec | None = None
    code: str = ""
    code_line: int = 0  # on which the code begins
    settings: tuple[Setting, ...] = ()  # of code: those that a machine shows which can't run it
    shown: Mapping[str, Shown] = field(default_factory=dict)  # by the settings in words

    def first(self) -> dict[str, float]:
        """Where its knobs stand first."""
        return {knob.name: knob.first for knob in self.knobs}


def setting_in_words(setting: Setting) -> str:
    """`n = 10, c = 0`."""
    return ", ".join(f"{name} = {show(value)}" for name, value in setting.items())
