"""From the YAML of a `try` block to a Try. Every mistake is told with its line, what was expected and what to do."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tutor.corpus.bank.fields import BankFields, Place, in_words, is_number
from tutor.corpus.expressions import CONSTANTS, FUNCTIONS, show
from tutor.corpus.plots import plot_of
from tutor.corpus.plots.reading import COORDINATES, MAX_CHARACTERS, NAME, TITLE_WIDTH
from tutor.corpus.plots.spec import PlotSpec
from tutor.corpus.tries.spec import Knob, KnobError, Setting, Shown, Try, setting_in_words
from tutor.corpus.tries.stops import stops_of
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.strict_yaml import line_of
from utils.text import plural, sanitize, width

FIELDS = ("title", "knobs", "predict", "question", "plot", "code", "settings", "shown")
OF_CODE = ("settings", "shown")
MAX_KNOBS = 4
MAX_STOPS = 200
MAX_LISTED = 12
MAX_NAME = 12  # characters
SMALLEST, LARGEST = 1e-9, 1e9
FEWEST_SETTINGS, MOST_SETTINGS = 2, 6
THREE = 3
FORM = "[lowest, highest, first], such as n: [10, 1000, 30]; {choose: [0, 1, 2]}; or {from: 0, to: 1, first: 0.1, step: 0.1}"


def read_try(text: str, path: str = "", first_line: int = 1) -> Try:
    """The try that a block's YAML describes. first_line: of `text` in its file.

    Raises InvalidFile at the line of the mistake.
    """
    if len(text) > MAX_CHARACTERS:
        found = f"found a try block of {len(text):,} characters, expected at most {MAX_CHARACTERS:,}; shorten it"
        raise InvalidFile(path, first_line, found)
    return _read(text, path, first_line)


@lru_cache(maxsize=64)
def _read(text: str, path: str, first_line: int) -> Try:
    data = strict_yaml.load(text, path, first_line)
    if not isinstance(data, dict):
        found = f'found {in_words(data)} in a try block, expected fields "key: value"; begin with knobs'
        raise InvalidFile(path, first_line, found)
    return _TryReader(data, path, first_line).whole()


class _TryReader:
    """Reads the fields of one try block."""

    def __init__(self, data: dict[str, Any], path: str, line: int) -> None:
        self.fields, self.path, self.line = BankFields(data, path, "try"), path, line

    def whole(self) -> Try:
        fields = self.fields
        fields.allow(FIELDS)
        knobs = self._knobs()
        if ("plot" in fields.data) == ("code" in fields.data):
            both = "both plot and code" if "plot" in fields.data else "neither plot nor code"
            fields.refuse("code", f"found {both}, expected one of them; a plot has expressions, code is Python")
        title, predict, question = self._title(), self._id("predict"), self._id("question")
        if "plot" in fields.data:
            for field in OF_CODE:
                if field in fields.data:
                    fields.refuse(field, f"found {field} beside plot, expected it beside code; remove it, a plot needs none")
            return Try(self.path, self.line, title, knobs, predict, question, self._plot(fields.data["plot"], "plot", knobs))
        code = fields.program("code")
        settings = self._settings(knobs)
        begins = line_of(fields.data, "code") + 1
        return Try(self.path, self.line, title, knobs, predict, question, None, code, begins, settings, self._shown(knobs))

    def _title(self) -> str:
        if "title" not in self.fields.data:
            return ""
        title = " ".join(self.fields.text("title").split())
        if sanitize(title, newlines=False) != title:
            self.fields.refuse("title", "found a character that can't be seen in title, expected visible text; remove it")
        if width(title) > TITLE_WIDTH:
            self.fields.refuse("title", f"found {width(title)} characters in title, expected at most {TITLE_WIDTH}; shorten it")
        return title

    def _id(self, field: str) -> str:
        return self.fields.text(field, required=False)

    def _plot(self, entry: Any, field: str, knobs: tuple[Knob, ...] = ()) -> PlotSpec:
        line = line_of(self.fields.data, field)
        return plot_of(entry, self.path, line, [knob.name for knob in knobs])

    # ------------------------------------------------------------------------------------------------- knobs

    def _knobs(self) -> tuple[Knob, ...]:
        self.fields.has("knobs", required=True)
        fields = self.fields.table("knobs")
        if not 1 <= len(fields.data) <= MAX_KNOBS:
            found = f"found {plural(len(fields.data), 'knob')}, expected 1 to {MAX_KNOBS}; a learner turns one at a time"
            self.fields.refuse("knobs", found)
        return tuple(self._knob(fields, name) for name in fields.data)

    def _knob(self, fields: BankFields, name: str) -> Knob:
        taken = name in (*COORDINATES, *CONSTANTS, *FUNCTIONS) or keyword.iskeyword(name)
        if not NAME.fullmatch(name) or taken or len(name) > MAX_NAME:
            why = ", which has a meaning already" if taken else f" of {len(name)} characters" if len(name) > MAX_NAME else ""
            expected = f"a new one of at most {MAX_NAME} letters and digits"
            fields.refuse(name, f'found a knob named "{name}"{why}, expected {expected}; rename it')
        entry, line = fields.data[name], line_of(fields.data, name)
        if isinstance(entry, list):
            if len(entry) != THREE:
                fields.refuse(name, f"found {plural(len(entry), 'value')} in the knob {name}, expected {FORM}; write one of them")
            lowest, highest, first = (self._value(BankFields(fields.data, self.path, "try"), name, one) for one in entry)
            return self._ranged(fields, name, line, lowest, highest, first, None)
        if not isinstance(entry, dict):
            fields.refuse(name, f"found {in_words(entry)} in the knob {name}, expected {FORM}; write one of them")
        parts = BankFields(entry, self.path, f"try: knob {name}")
        if "choose" in entry:
            parts.allow(("choose", "first"))
            return self._listed(parts, name, line)
        parts.allow(("from", "to", "first", "step", "choose"))
        lowest, highest = parts.number("from"), parts.number("to")
        first = parts.number("first", lowest) if "first" in entry else lowest
        step = parts.number("step") if "step" in entry else None
        for field, value in (("from", lowest), ("to", highest), ("first", first)):
            self._bounded(parts, field, value)
        if step is not None and not (step > 0 and (highest - lowest) / step <= MAX_STOPS):
            most = f"more than 0, for at most {MAX_STOPS} steps from {show(lowest)} to {show(highest)}"
            parts.refuse("step", f"found the step {show(step)}, expected {most}; correct it")
        return self._ranged(fields, name, line, lowest, highest, first, step)

    def _value(self, fields: BankFields, place: str, value: Any) -> float:
        if not is_number(value):
            fields.refuse(place, f"found {in_words(value)} in the knob {place}, expected a number; write it without quotes")
        self._bounded(fields, place, value)
        number: float = value
        return number

    @staticmethod
    def _bounded(fields: BankFields, field: Place, value: float) -> None:
        if not -LARGEST <= value <= LARGEST or 0 < abs(value) < SMALLEST:
            sizes = f"{show(SMALLEST)} to {show(LARGEST)} in size, or 0"
            fields.refuse(field, f"found {show(value)}, expected {sizes}; change the unit")

    def _ranged(
        self, fields: BankFields, name: str, line: int, lowest: float, highest: float, first: float, step: float | None
    ) -> Knob:
        if lowest >= highest:
            order = "; write [lowest, highest, first]" if isinstance(fields.data[name], list) else "; correct from or to"
            fields.refuse(name, f"found the knob {name} from {show(lowest)} to {show(highest)}, expected it to grow{order}")
        if not lowest <= first <= highest:
            found = f"found {name} = {show(first)} first, expected a value from {show(lowest)} to {show(highest)}; correct it"
            fields.refuse(name, found)
        is_whole = all(type(value) is int for value in (lowest, highest, first, 1 if step is None else step))
        if not is_whole:
            lowest, highest, first = float(lowest), float(highest), float(first)
        stops = stops_of(lowest, highest, first, is_whole, step)
        return Knob(name, stops, first, lowest, highest, is_whole, False, line)

    def _listed(self, parts: BankFields, name: str, line: int) -> Knob:
        count = len(parts.entries("choose", at_least=2, at_most=MAX_LISTED))
        stops = tuple(parts.number_at("choose", index) for index in range(count))
        for index, value in enumerate(stops):
            self._bounded(parts, ("choose", index), value)
            if value in stops[:index]:
                parts.refuse(("choose", index), f"found {show(value)} twice in choose, expected different values; remove one")
        first = parts.number("first", stops[0]) if "first" in parts.data else stops[0]
        is_whole = all(type(value) is int for value in stops)
        knob = Knob(name, stops, first, min(stops), max(stops), is_whole, True, line)
        if first not in stops:
            parts.refuse("first", f"found {show(first)} first, expected {knob.expected()}; choose one")
        return knob

    # ---------------------------------------------------------------------------------------- what code has shown

    def _settings(self, knobs: tuple[Knob, ...]) -> tuple[Setting, ...]:
        first = {knob.name: knob.first for knob in knobs}
        if "settings" not in self.fields.data:
            return tuple(default_settings(knobs))
        entries = self.fields.entries("settings", at_least=FEWEST_SETTINGS, at_most=MOST_SETTINGS)
        settings: list[Setting] = []
        for index, entry in enumerate(entries):
            one = self.fields.child("settings", index, entry, f"try: setting {index + 1}")
            one.allow([knob.name for knob in knobs])
            setting = dict(first)
            for knob in knobs:
                if knob.name in one.data:
                    try:
                        setting[knob.name] = knob.checked(one.number(knob.name))
                    except KnobError as error:
                        one.refuse(knob.name, f"{error}; correct it")
            if setting in settings:
                self.fields.refuse(
                    ("settings", index),
                    f"found {setting_in_words(setting)} twice in settings, expected different ones; remove it",
                )
            settings.append(setting)
        return tuple(settings)

    def _shown(self, knobs: tuple[Knob, ...]) -> Mapping[str, Shown]:
        if "shown" not in self.fields.data:
            return {}
        fields = self.fields.table("shown")
        return {name: self._shown_at(fields, name) for name in fields.data}

    def _shown_at(self, fields: BankFields, name: str) -> Shown:
        entry = fields.data[name]
        if not isinstance(entry, dict):
            return Shown(sanitize(fields.program(name)))
        parts = BankFields(entry, self.path, f"try: shown at {name}")
        parts.allow(("text", "plot"))
        parts.has("plot", required=True)
        text = sanitize(parts.program("text")) if "text" in entry else ""
        return Shown(text, plot_of(entry["plot"], self.path, line_of(entry, "plot")))


def default_settings(knobs: tuple[Knob, ...]) -> Iterator[Setting]:
    """The first knob where it stands first, at its lowest and at its highest value, or in the middle where two are one."""
    first = {knob.name: knob.first for knob in knobs}
    turned = knobs[0]
    values = list(dict.fromkeys((turned.first, turned.lowest, turned.highest, turned.stops[len(turned.stops) // 2])))
    for value in values[:THREE]:
        yield {**first, turned.name: value}
