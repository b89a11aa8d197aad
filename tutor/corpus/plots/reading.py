"""From the YAML of a `plot` block to a PlotSpec. Every mistake is told with its line, what was expected and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, NoReturn

from tutor.corpus.bank.fields import BankFields, either, expression_fault, in_words, is_number
from tutor.corpus.expressions import CONSTANTS, FUNCTIONS, ExpressionError, did_you_mean, names
from tutor.corpus.plots.spec import (
    ArrowSpec,
    AxisSpec,
    BarSpec,
    ContourSpec,
    CurveSpec,
    HeatmapSpec,
    HistogramSpec,
    MarkSpec,
    NumberSource,
    Pair,
    PathSpec,
    PlotSpec,
    PointsSpec,
)
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.strict_yaml import line_of
from utils.text import plural, sanitize, width

DRAWN = ("curves", "points", "bars", "histogram", "heatmap", "contours", "path", "arrows")
FIELDS = ("title", "x", "y", "equal", "let", *DRAWN, "marks")
PARTS = {  # of an entry of a field, where it is more than one expression or list
    "curves": ("y", "x", "from", "to"),
    "points": ("x", "y"),
    "histogram": ("data", "bins", "counts", "from", "to"),
    "path": ("x", "y", "start", "next", "steps"),
    "arrows": ("from", "to"),
    "marks": ("x", "y"),
}
COORDINATES = ("x", "y", "t")
MAX_CHARACTERS = 20_000  # of a block
MAX_SERIES = 6  # of one sort: as many as can be told from one another
MAX_MARKS = 8
MAX_POINTS = 1_000  # of a plot
MAX_BARS = 20
MAX_CELLS = 24  # of a heatmap, along a side
MAX_LEVELS = 12
MAX_STEPS = 300  # of a path
MAX_BINS = 60
MAX_LETS = 12
TITLE_WIDTH, LABEL_WIDTH = 100, 32  # columns
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_plot(text: str, path: str = "", first_line: int = 1, knobs: Collection[str] = ()) -> PlotSpec:
    """The plot that a block's YAML describes. first_line: of `text` in its file. knobs: names that get their values later.

    Raises InvalidFile at the line of the mistake.
    """
    if len(text) > MAX_CHARACTERS:
        found = f"found a plot of {len(text):,} characters, expected at most {MAX_CHARACTERS:,}; draw less, or round its numbers"
        raise InvalidFile(path, first_line, found)
    return _read(text, path, first_line, frozenset(knobs))


@lru_cache(maxsize=64)
def _read(text: str, path: str, first_line: int, knobs: frozenset[str]) -> PlotSpec:
    return plot_of(strict_yaml.load(text, path, first_line), path, first_line, knobs)


def plot_of(data: Any, path: str, line: int, knobs: Collection[str] = ()) -> PlotSpec:
    """A plot from YAML that was read, or from the value of a Python block. Raises InvalidFile; line: of the whole."""
    if not isinstance(data, dict):
        found = f'found {in_words(data)} in a plot, expected fields "key: value"; begin with one of {either(DRAWN)}'
        raise InvalidFile(path, line, found)
    return _PlotReader(data, path, line, frozenset(knobs)).plot()


class _PlotReader:
    """Reads the fields of one plot."""

    def __init__(self, data: dict[str, Any], path: str, line: int, knobs: frozenset[str]) -> None:
        self.fields, self.path, self.line, self.knobs = BankFields(data, path, "plot"), path, line, knobs
        self.lets: dict[str, NumberSource] = {}
        self.numbers = 0  # read so far

    def plot(self) -> PlotSpec:
        self.fields.allow(FIELDS)
        drawn = [field for field in DRAWN if field in self.fields.data]
        if not drawn:
            self.refuse(self.line, f"found nothing to draw, expected {either(DRAWN)}; add one")
        self._read_lets()
        bars, stems = self._bars()
        alone = "heatmap" if "heatmap" in drawn else "bars" if bars else ""
        others = [field for field in (*drawn, "marks") if field in self.fields.data and field != alone]
        if alone and others:
            what = "a heatmap" if alone == "heatmap" else "bars with names"
            self.refuse(self.line_of(others[0]), f"found {others[0]} beside {what}, expected {alone} alone; make it two plots")
        return PlotSpec(
            self.path, self.line, self._words(self.fields, "title", TITLE_WIDTH), self._axis("x"), self._axis("y"),
            self.fields.boolean("equal"), tuple(self.lets.items()), self.knobs, tuple(self._curves()), tuple(self._points()),
            bars, stems, tuple(self._histograms()), self._heatmap(), self._contours(), tuple(self._paths()),
            tuple(self._arrows()), tuple(self._marks()),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ what is drawn

    def _curves(self) -> Iterator[CurveSpec]:
        for label, entry, line in self._named("curves", '"label: expression", such as sigmoid: 1/(1+exp(-x))'):
            if isinstance(entry, list):
                yield CurveSpec(label, line, points=self._pairs(entry, line, "curves", at_least=2))
                continue
            if not isinstance(entry, dict):
                yield CurveSpec(label, line, self._term(entry, line, "curves", "x"))
                continue
            fields = self._part(entry, "curves", label)
            fields.allow(PARTS["curves"])
            fields.has("y", required=True)
            if isinstance(entry["y"], list):
                yield CurveSpec(label, line, points=self._columns(fields))
                continue
            variable = "t" if "x" in entry else "x"
            ends = self._optional(fields, "from"), self._optional(fields, "to")
            x = self._field(fields, "x", "t") if "x" in entry else None
            if x and None in ends:
                self.refuse(line, "found x and y of a curve by t without from and to, expected the range of t; add both")
            yield CurveSpec(label, line, self._field(fields, "y", variable), x, *ends)

    def _points(self) -> Iterator[PointsSpec]:
        for label, entry, line in self._named("points", "pairs of numbers, such as data: [[1, 1], [4, 3]]"):
            yield PointsSpec(label, line, self._points_of(entry, line, "points", label))

    def _points_of(self, entry: Any, line: int, field: str, label: str) -> tuple[Pair, ...]:
        if isinstance(entry, dict):
            fields = self._part(entry, field, label)
            fields.allow(("x", "y"))
            fields.has("x", required=True)
            return self._columns(fields)
        return self._pairs(entry, line, field)

    def _bars(self) -> tuple[tuple[BarSpec, ...], tuple[CurveSpec, ...]]:
        """(bars with names, bars whose heights are expressions of x)."""
        bars: list[BarSpec] = []
        stems: list[CurveSpec] = []
        form = '"name: height", such as the: 0.5'
        entries = list(self._named("bars", form, MAX_BARS)) if "bars" in self.fields.data else []
        for label, entry, line in entries:
            if not label and not self._is_by_x(entry, line):
                self.refuse(line, f"found {in_words(entry)} in bars, expected {form}, or an expression of x; name each bar")
            if isinstance(entry, dict):
                heights = tuple(
                    (self._label(series, line_of(entry, series)), self._term(height, line_of(entry, series), "bars"))
                    for series, height in entry.items()
                )
                self._at_most(len(heights), MAX_SERIES, line, "bars side by side")
                bars.append(BarSpec(label, line, heights))
                continue
            height = self._term(entry, line, "bars", "x")
            if isinstance(height.said, str) and "x" in self._names_behind(height.said):
                stems.append(CurveSpec(label, line, height))
            else:
                bars.append(BarSpec(label, line, (("", height),)))
        if bars and stems:
            line = stems[0].line
            self.refuse(line, "found a bar by x among bars with names, expected one sort; make it two plots")
        self._at_most(len(stems), MAX_SERIES, self.line, "series of bars")
        if bars and len({tuple(name for name, _ in bar.heights) for bar in bars}) > 1:
            self.refuse(bars[0].line, "found bars of different series, expected the same names in each; fill in what is missing")
        return tuple(bars), tuple(stems)

    def _is_by_x(self, entry: Any, line: int) -> bool:
        """Whether an entry of `bars` is an expression that gives a bar at each whole x."""
        return isinstance(entry, str) and "x" in self._names_behind(str(self._term(entry, line, "bars", "x").said))

    def _histograms(self) -> Iterator[HistogramSpec]:
        for label, entry, line in self._named("histogram", "a list of numbers, such as heads: [3, 5, 5, 6]"):
            if not isinstance(entry, dict):
                yield HistogramSpec(label, line, self._list(entry, line, "histogram"))
                continue
            fields = self._part(entry, "histogram", label)
            fields.allow(PARTS["histogram"])
            if ("data" in entry) == ("counts" in entry):
                both = "both data and counts" if "data" in entry else "neither data nor counts"
                self.refuse(line, f"found {both} in a histogram, expected one of them; data are counted, counts are drawn")
            ends = self._optional(fields, "from"), self._optional(fields, "to")
            bins = self._whole(fields, "bins", MAX_BINS) if "bins" in entry else None
            if "data" in entry:
                data = self._list(entry["data"], line_of(entry, "data"), "data")
                yield HistogramSpec(label, line, data, bins, (), *ends)
                continue
            counts = self._list(entry["counts"], line_of(entry, "counts"), "counts")
            self._at_most(len(counts), MAX_BINS, line, "bins")
            if None in ends:
                self.refuse(
                    line, "found counts without from and to, expected where the first bin begins and the last ends; add both"
                )
            yield HistogramSpec(label, line, (), bins, counts, *ends)

    def _heatmap(self) -> HeatmapSpec | None:
        if "heatmap" not in self.fields.data:
            return None
        fields = self.fields.table("heatmap")
        fields.allow(("rows", "columns", "values"))
        lines = fields.entries("values", at_least=1, at_most=MAX_CELLS)
        values = tuple(self._list(row, line_of(lines, number), "values", MAX_CELLS) for number, row in enumerate(lines))
        for number, row in enumerate(values):
            if len(row) != len(values[0]):
                found = f"found a row of {plural(len(row), 'value')}, expected {len(values[0])} as in the first; fill it up"
                self.refuse(line_of(lines, number), found)
        rows, columns = (self._names(fields, name, count) for name, count in (("rows", len(values)), ("columns", len(values[0]))))
        return HeatmapSpec(line_of(self.fields.data, "heatmap"), rows, columns, values)

    def _names(self, fields: BankFields, field: str, count: int) -> tuple[str, ...]:
        entries = fields.entries(field)
        if len(entries) != count:
            found = f"found {plural(len(entries), 'label')} in {field}, expected {count}, one for each; correct the list"
            self.refuse(line_of(fields.data, field), found)
        return tuple(
            self._label(str(entry) if is_number(entry) else entry, line_of(entries, number))
            for number, entry in enumerate(entries)
        )

    def _contours(self) -> ContourSpec | None:
        if "contours" not in self.fields.data:
            return None
        entry, line = self.fields.data["contours"], self.line_of("contours")
        if not isinstance(entry, dict):
            return ContourSpec(line, self._term(entry, line, "contours", "x", "y"))
        fields = self._part(entry, "contours", "")
        fields.allow(("z", "levels", "label"))
        levels = self._list(entry["levels"], line_of(entry, "levels"), "levels", MAX_LEVELS) if "levels" in entry else ()
        return ContourSpec(line, self._field(fields, "z", "x", "y"), levels, self._words(fields, "label", LABEL_WIDTH))

    def _paths(self) -> Iterator[PathSpec]:
        for label, entry, line in self._named("path", "points in order, such as [[2, -2], [1, 0]], or start, next and steps"):
            if not (isinstance(entry, dict) and {"start", "next", "steps"} & set(entry)):
                yield PathSpec(label, line, self._points_of(entry, line, "path", label))
                continue
            fields = self._part(entry, "path", label)
            fields.allow(("start", "next", "steps"))
            start, step = (
                self._pair(entry[name], line_of(entry, name), name, *known)
                for name, known in (("start", ()), ("next", ("x", "y")))
                if fields.has(name, required=True)
            )
            yield PathSpec(label, line, (), start, step, self._whole(fields, "steps", MAX_STEPS))

    def _arrows(self) -> Iterator[ArrowSpec]:
        for label, entry, line in self._named("arrows", '"label: [x, y]" for one from the origin, or from and to', MAX_MARKS):
            if not isinstance(entry, dict):
                origin = NumberSource(0, line)
                yield ArrowSpec(label, line, (origin, origin), self._pair(entry, line, "arrows"))
                continue
            fields = self._part(entry, "arrows", label)
            fields.allow(PARTS["arrows"])
            start, end = (
                self._pair(entry[name], line_of(entry, name), name) for name in ("from", "to") if fields.has(name, required=True)
            )
            yield ArrowSpec(label, line, start, end)

    def _marks(self) -> Iterator[MarkSpec]:
        form = '"label: {x: 3}" for a vertical line, {y: 3} for a horizontal one, both for a point'
        for label, entry, line in self._named("marks", form, MAX_MARKS):
            if not isinstance(entry, dict) or not entry:
                self.refuse(line, f"found {in_words(entry)} in marks, expected {form}; write one")
            fields = self._part(entry, "marks", label)
            fields.allow(PARTS["marks"])
            yield MarkSpec(label, line, self._optional(fields, "x"), self._optional(fields, "y"))

    # ------------------------------------------------------------------------------------------ their parts

    def _axis(self, field: str) -> AxisSpec:
        if field not in self.fields.data:
            return AxisSpec()
        entry, line = self.fields.data[field], self.line_of(field)
        if isinstance(entry, str):
            return AxisSpec(self._label(entry, line), line=line)
        fields = self.fields.table(field)
        fields.allow(("label", "from", "to", "scale"))
        scale = fields.text("scale", required=False)
        if scale not in ("", "linear", "log"):
            fields.refuse("scale", f'found "{scale}" in scale, expected linear or log; choose one')
        low, high = self._optional(fields, "from"), self._optional(fields, "to")
        return AxisSpec(self._words(fields, "label", LABEL_WIDTH), low, high, scale == "log", line)

    def _read_lets(self) -> None:
        if "let" not in self.fields.data:
            return
        fields = self.fields.table("let")
        self._at_most(len(fields.data), MAX_LETS, self.line_of("let"), "names in let")
        for name, entry in fields.data.items():
            line = line_of(fields.data, name)
            if not NAME.fullmatch(name) or name in (*COORDINATES, *CONSTANTS, *FUNCTIONS, *self.knobs):
                taken = "" if not NAME.fullmatch(name) else ", which has a meaning already"
                self.refuse(line, f'found the name "{name}"{taken}, expected a new one of letters and digits; rename it')
            self.lets[name] = self._term(entry, line, "let", *COORDINATES)

    def _named(self, field: str, form: str, most: int = MAX_SERIES) -> Iterator[tuple[str, Any, int]]:
        """(label, entry, its line) of each entry of a field; one without a label may stand there alone, as may its parts."""
        if field not in self.fields.data:
            return
        entry, line = self.fields.data[field], self.line_of(field)
        if isinstance(entry, list) and entry and isinstance(entry[0], dict):
            self.refuse(line_of(entry, 0), f'found a list of fields in {field}, expected {form}; write "label: …" without the -')
        if not isinstance(entry, dict) or (entry and set(entry) <= set(PARTS.get(field, ()))):
            if entry is None or entry in ("", []):
                self.refuse(line, f"found nothing in {field}, expected {form}; write it, or remove {field}")
            yield "", entry, line
            return
        if not entry:
            self.refuse(line, f"found nothing in {field}, expected {form}; write it, or remove {field}")
        self._at_most(len(entry), most, line, f"entries in {field}")
        for label, one in entry.items():
            yield self._label(label, line_of(entry, label)), one, line_of(entry, label)

    def _part(self, entry: dict[str, Any], field: str, label: str) -> BankFields:
        return BankFields(entry, self.path, f'plot: {field} "{label}"' if label else f"plot: {field}")

    def _pairs(self, entries: Any, line: int, field: str, at_least: int = 1) -> tuple[Pair, ...]:
        if not isinstance(entries, list) or len(entries) < at_least:
            what = plural(len(entries), "point") if isinstance(entries, list) else in_words(entries)
            self.refuse(
                line, f"found {what} in {field}, expected at least {plural(at_least, 'pair')} [x, y]; write a list of them"
            )
        return tuple(self._pair(entry, line_of(entries, number) or line, field) for number, entry in enumerate(entries))

    def _pair(self, entry: Any, line: int, field: str, *known: str) -> Pair:
        if not isinstance(entry, list) or len(entry) != 2:
            what = plural(len(entry), "value") if isinstance(entry, list) else in_words(entry)
            self.refuse(line, f"found {what} in {field}, expected a pair [x, y]; write two in brackets")
        x, y = (self._term(value, line, field, *known) for value in entry)
        return x, y

    def _columns(self, fields: BankFields) -> tuple[Pair, ...]:
        """Points given as a list of their x and one of their y; without the x they stand at 0, 1, 2, …"""
        line = line_of(fields.data, "y")
        fields.has("y", required=True)
        ys = self._list(fields.data["y"], line, "y")
        if "x" not in fields.data:
            return tuple((NumberSource(number, line), y) for number, y in enumerate(ys))
        xs = self._list(fields.data["x"], line_of(fields.data, "x"), "x")
        if len(xs) != len(ys):
            self.refuse(line, f"found {plural(len(ys), 'value')} in y, expected {len(xs)} as in x; make them as many")
        return tuple(zip(xs, ys, strict=True))

    def _list(self, entries: Any, line: int, field: str, most: int = MAX_POINTS) -> tuple[NumberSource, ...]:
        if not isinstance(entries, list) or not entries:
            what = "an empty list" if entries == [] else in_words(entries)
            self.refuse(line, f"found {what} in {field}, expected a list of numbers such as [1, 2, 3]; write one")
        self._at_most(len(entries), most, line, f"values in {field}")
        return tuple(self._term(entry, line_of(entries, number) or line, field) for number, entry in enumerate(entries))

    def _optional(self, fields: BankFields, field: str) -> NumberSource | None:
        return self._field(fields, field) if field in fields.data else None

    def _field(self, fields: BankFields, field: str, *known: str) -> NumberSource:
        fields.has(field, required=True)
        return self._term(fields.data[field], line_of(fields.data, field), field, *known)

    def _term(self, value: Any, line: int, field: str, *known: str) -> NumberSource:
        """A number or an expression. known: the coordinates that it may use."""
        self.numbers += 1
        if self.numbers > MAX_POINTS * 2:
            self.refuse(line, f"found more than {2 * MAX_POINTS:,} numbers in a plot, expected fewer; draw fewer points")
        if is_number(value):
            return NumberSource(value, line)
        if not isinstance(value, str):
            self.refuse(line, f"found {in_words(value)} in {field}, expected a number or an expression such as 2*pi; write one")
        if value.strip().lstrip("+-.").lower() in ("nan", "inf", "infinity"):
            self.refuse(
                line, f"found {value.strip().replace('.', '')} in {field}, expected a finite number; correct it or leave it out"
            )
        if value.count("(") > value.count(")"):
            found = f'found "{value}" in {field}, whose bracket never closes, expected an expression'
            self.refuse(line, f"{found}; between {{ and }} or [ and ], put one with a comma in quotes")
        try:
            used = self._names_behind(value)
        except ExpressionError as error:
            self.refuse(line, f"{field}: {expression_fault(error)}")
        open_names = {*known, *self.knobs, *self.lets}
        allowed = {*open_names, *(COORDINATES if field == "let" else ())}
        if unknown := sorted(used - allowed):
            name = unknown[0]
            if name in self.fields.data.get("let", ()):
                self.refuse(line, f'found "{name}" in let before it is defined there, expected earlier names alone; put it above')
            near = did_you_mean(name, [*sorted(open_names), *CONSTANTS, *FUNCTIONS])
            expected = either([*sorted(open_names)]) if open_names else "numbers only"
            self.refuse(line, f'found the unknown name "{name}" in {field}, expected {expected}{near or "; correct it"}')
        return NumberSource(value, line)

    def _names_behind(self, source: str) -> set[str]:
        """The names in an expression, with those of the `let` that it uses in place of them."""
        found = names(source)
        behind = set(found)
        for name in reversed(self.lets):  # each is made of earlier ones alone
            if name in behind and isinstance(said := self.lets[name].said, str):
                behind |= names(said)
        return behind

    def _whole(self, fields: BankFields, field: str, most: int) -> int:
        value = fields.data.get(field)
        if type(value) is not int or not 1 <= value <= most:
            fields.has(field, required=True)
            fields.refuse(field, f"found {in_words(value)} in {field}, expected a whole number from 1 to {most}; write one")
        return value

    def _words(self, fields: BankFields, field: str, most: int) -> str:
        return self._label(fields.text(field), line_of(fields.data, field), most) if field in fields.data else ""

    def _label(self, text: Any, line: int, most: int = LABEL_WIDTH) -> str:
        if not isinstance(text, str) or not text.strip():
            self.refuse(line, f"found {in_words(text)} as a label, expected a text; put it in quotes")
        text = " ".join(text.split())
        if sanitize(text, newlines=False) != text:  # an escape such as "\u202e", which the file itself doesn't hold
            self.refuse(line, "found a character that can't be seen in a label, expected visible text; remove it")
        if width(text) > most:
            self.refuse(line, f"found a label of {width(text)} characters, expected at most {most}; shorten it")
        return text

    def _at_most(self, count: int, most: int, line: int, what: str) -> None:
        if count > most:
            self.refuse(line, f"found {count:,} {what}, expected at most {most}; draw fewer")

    def line_of(self, field: str) -> int:
        return line_of(self.fields.data, field) or self.line

    def refuse(self, line: int, message: str) -> NoReturn:
        self.fields.refuse_at(line or self.line, message)
