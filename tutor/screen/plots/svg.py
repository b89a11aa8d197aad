"""A plot as SVG for a page: the same picture in lines that a browser draws, with a title and a description to be read aloud.

Colours are those of the terminal, which have enough contrast on black and on white; dashes and labels say the same without
them. Presentation attributes, not styles: a page's policy may forbid inline styles.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from xml.etree.ElementTree import Element, tostring

from tutor.corpus.bank.tries import readable_try
from tutor.corpus.drawn import has_drawn, is_plot, is_try
from tutor.corpus.markdown import lines_of, parse_blocks
from tutor.corpus.plots import compute, read_plot
from tutor.corpus.plots.data import Bars, Heatmap, Plot, Point
from tutor.corpus.plots.scales import in_short, log_ticks, tick_labels, ticks
from tutor.corpus.tries.at_first import names_in_words, written_at_first
from tutor.screen.html.elements import Child, tag
from tutor.screen.plots.named import axes_in_words, numbers_alike
from tutor.screen.plots.words import sentences
from utils.errors import InvalidFile

COLOURS = ("#5f5fff", "#af5f5f", "#00875f", "#d700af", "#875fd7", "currentColor")  # 63, 131, 29, 163, 98 of the 256
DASHES = ("", "8 5", "2 4", "10 4 2 4", "5 5", "2 7")
FILLED, OPEN = "filled", "open"  # samples of points in a legend, in place of dashes
DIM = "#767676"  # 243
WIDTH, HEIGHT = 640.0, 360.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 130.0, 42.0, 46.0
ROW = 26.0  # of a lying bar or a heatmap
LETTER = 7.6  # the width of a letter, about


def plot_svg(plot: Plot) -> Element:
    """A plot as an `svg` element of its own size, which may be put on any page."""
    if plot.heatmap:
        content, height = _heatmap(plot.heatmap, plot)
    elif plot.bars:
        content, height = _bars(plot.bars, plot)
    else:
        plane = _Plane(plot)
        content = list(plane.drawn())
        height = plane.height()
    title, *said = sentences(plot)
    heading = _words(0, 16, plot.title, weight="bold") if plot.title else None
    return tag(
        "svg", tag("title", plot.title or title), tag("desc", " ".join(said)), heading, content,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH:g} {height:g}", role="img",
        aria_label=f"{plot.title or 'Plot'}. {' '.join(said)}", class_="plot", font_family="sans-serif", font_size="13",
        fill="currentColor",
    )  # fmt: skip


def with_pictures(text: str) -> str:
    """Markdown whose plots are pictures within it, with what they show as alternative text. One that can't be drawn stays.

    A try block is drawn where its knobs stand first, above a line that names them.
    """
    lines = text.split("\n")
    for token in reversed(parse_blocks(text)[0]) if has_drawn(text) else ():
        if token.type != "fence" or token.level:
            continue
        first, end = lines_of(token)
        if is_plot(token.info):
            with suppress(InvalidFile):
                lines[first:end] = [_picture(compute(read_plot(token.content)))]
        elif is_try(token.info) and (one := readable_try(token.content)) and (shown := written_at_first(one)):
            plot, printed = shown
            parts = [f"**{one.title}**" if one.title else "", f"```text\n{printed}\n```" if printed else ""]
            parts += [_picture(plot) if plot else "", names_in_words(one)]
            lines[first:end] = "\n\n".join(filter(None, parts)).split("\n")
    return "\n".join(lines)


def _picture(plot: Plot) -> str:
    picture = base64.b64encode(tostring(plot_svg(plot))).decode()
    said = " ".join(sentences(plot)).replace("[", "(").replace("]", ")")
    return f"![{said}](data:image/svg+xml;base64,{picture})"


def _words(
    x: float, y: float, text: str, anchor: str = "start", colour: str = "currentColor", weight: str | None = None
) -> Element:
    return tag("text", text, x=_short(x), y=_short(y), text_anchor=anchor, fill=colour, font_weight=weight)


def _short(value: float) -> str:
    return f"{round(value, 2):g}"


def _line(start: Point, end: Point, colour: str = DIM, dashes: str = "", width: float = 1) -> Element:
    (x1, y1), (x2, y2) = start, end
    ends = {"x1": _short(x1), "y1": _short(y1), "x2": _short(x2), "y2": _short(y2)}
    return tag("line", stroke=colour, stroke_width=width, stroke_dasharray=dashes or None, **ends)


def _rectangle(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> Element:
    sides = {"x": x, "y": y, "width": max(0.0, width), "height": max(0.0, height)}
    return tag("rect", fill=colour, fill_opacity=f"{opacity:.2g}", **{name: _short(value) for name, value in sides.items()})


def _dot(x: float, y: float, colour: str, number: int, radius: float = 4) -> Element:
    """A point of a series: filled, or open for every second one."""
    return tag("circle", cx=_short(x), cy=_short(y), r=radius, fill=colour if number % 2 == 0 else "none", stroke=colour)


class _Plane:
    """What has two axes of numbers."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.wide, self.tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        if plot.equal:
            unit = min(self.wide / (plot.x.high - plot.x.low), self.tall / (plot.y.high - plot.y.low))
            self.wide, self.tall = unit * (plot.x.high - plot.x.low), unit * (plot.y.high - plot.y.low)
        self.series = 0
        self.labels: list[tuple[float, str, str]] = []  # beside the picture: height, text, colour
        self.legend: list[tuple[str, str, str]] = []  # colour, dashes, label

    def at(self, point: Point) -> Point:
        """Where a point stands; one that is off the picture, far away at most."""
        x, y = self.plot.x.share(point[0]), self.plot.y.share(point[1])
        x, y = (min(9.0, max(-9.0, share)) if share == share else -9.0 for share in (x, y))
        return LEFT + x * self.wide, TOP + 10 + (1 - y) * self.tall

    def height(self) -> float:
        """Of the whole picture, once it is drawn."""
        return TOP + 10 + self.tall + BOTTOM + (24 if any(label for _, _, label in self.legend) else 0)

    def next_style(self) -> tuple[str, str]:
        number, self.series = self.series, self.series + 1
        return COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]

    def drawn(self) -> Iterator[Child]:
        left, right, top, bottom = LEFT, LEFT + self.wide, TOP + 10, TOP + 10 + self.tall
        name = f"plot-{zlib.crc32(repr(self.plot).encode()):08x}"  # its own on a page with many
        yield tag(
            "clipPath", tag("rect", x=_short(left), y=_short(top), width=_short(self.wide), height=_short(self.tall)), id=name
        )
        yield from self._axes(left, right, top, bottom)
        yield tag("g", list(self._things()), clip_path=f"url(#{name})")
        yield from self._signs()
        yield from self._labels(right)

    def _axes(self, left: float, right: float, top: float, bottom: float) -> Iterator[Element]:
        yield _line((left, bottom), (right, bottom))
        yield _line((left, top), (left, bottom))
        for axis, most in ((self.plot.x, 8), (self.plot.y, 5)):
            values = log_ticks(axis.low, axis.high, most) if axis.log else ticks(axis.low, axis.high, most)
            for value, label in zip(values, tick_labels(values, axis.log), strict=True):
                if axis is self.plot.x:
                    x = left + axis.share(value) * self.wide
                    yield _line((x, bottom), (x, bottom + 4))
                    yield _words(x, bottom + 18, label, "middle", DIM)
                else:
                    y = bottom - axis.share(value) * self.tall
                    yield _line((left - 4, y), (left, y))
                    yield _words(left - 8, y + 4, label, "end", DIM)
        if self.plot.x.label:
            yield _words((left + right) / 2, bottom + 36, self.plot.x.label, "middle", DIM)
        if self.plot.y.label:
            yield _words(0, top - 16, self.plot.y.label, "start", DIM)

    def _things(self) -> Iterator[Element]:
        for number, columns in enumerate(self.plot.columns):
            colour, _ = self.next_style()
            zero = self.at((0.0, 0.0 if not self.plot.y.log else self.plot.y.low))[1]
            for start, end, height in columns.columns:
                (x1, y), (x2, _) = self.at((start, height)), self.at((end, height))
                yield _rectangle(x1 + 0.5, min(y, zero), x2 - x1 - 1, abs(zero - y), colour, 0.85 if not number else 0.5)
            self.legend.append((colour, "", columns.label))
        if self.plot.contours:
            for _, pieces in self.plot.contours.levels:
                path = "".join(f"M{_pair(self.at(start))}L{_pair(self.at(end))}" for start, end in pieces)
                yield tag("path", d=path, stroke=DIM, fill="none")
            levels = ", ".join(in_short(level) for level, _ in self.plot.contours.levels)
            self.legend.append((DIM, "", f"{self.plot.contours.label or 'lines at'} {levels}"))
        for mark in self.plot.marks:
            if mark.x is None or mark.y is None:
                yield from self._straight(mark.x, mark.y, mark.label)
        for line in self.plot.lines:
            colour, dashes = self.next_style()
            for points in _unbroken(line.points):
                path = "M" + "L".join(_pair(self.at(point)) for point in points)
                yield tag("path", d=path, stroke=colour, stroke_width=2, stroke_dasharray=dashes or None, fill="none")
            last = next((point for point in reversed(line.drawn) if 0 <= self.plot.y.share(point[1]) <= 1), None)
            if line.of_x and last and self.plot.x.share(last[0]) > 0.95:
                self.labels.append((self.at(last)[1], line.label, colour))
            else:
                self.legend.append((colour, dashes, line.label))

    def _straight(self, x: float | None, y: float | None, label: str) -> Iterator[Element]:
        if x is not None:
            at = self.at((x, self.plot.y.low))[0]
            yield _line((at, TOP + 10), (at, TOP + 10 + self.tall), DIM, "4 4")
            late = self.plot.x.share(x) > 0.75
            yield _words(at - 5 if late else at + 5, TOP + 22, label, "end" if late else "start", DIM)
        elif y is not None:
            at = self.at((self.plot.x.low, y))[1]
            yield _line((LEFT, at), (LEFT + self.wide, at), DIM, "4 4")
            self.labels.append((at, label, DIM))

    def _signs(self) -> Iterator[Element]:
        for number, scatter in enumerate(self.plot.scatters):
            colour, _ = self.next_style()
            for point in scatter.points:
                x, y = self.at(point)
                yield _dot(x, y, colour, number, 4 if len(scatter.points) < 100 else 2)
            self.legend.append((colour, FILLED if number % 2 == 0 else OPEN, scatter.label))
        for number, line in enumerate(self.plot.lines):
            if line.ends:
                colour = COLOURS[(len(self.plot.columns) + number) % len(COLOURS)]
                (x, y), (to_x, to_y) = self.at(line.drawn[0]), self.at(line.drawn[-1])
                yield tag("circle", cx=_short(x), cy=_short(y), r=5, fill="none", stroke=colour, stroke_width=2)
                yield tag("circle", cx=_short(to_x), cy=_short(to_y), r=5, fill=colour)
        for arrow in self.plot.arrows:
            colour, _ = self.next_style()
            yield from self._arrow(self.at(arrow.start), self.at(arrow.end), arrow.label, colour)
        for mark in self.plot.marks:
            if mark.x is not None and mark.y is not None:
                x, y = self.at((mark.x, mark.y))
                yield tag("path", d=f"M{_pair((x, y - 6))}l6,6l-6,6l-6,-6Z")
                yield _words(x + 10, y + 4, mark.label)

    def _arrow(self, start: Point, end: Point, label: str, colour: str) -> Iterator[Element]:
        from math import atan2, cos, pi, sin

        yield _line(start, end, colour, width=2)
        angle = atan2(end[1] - start[1], end[0] - start[0])
        wings = [(end[0] - 10 * cos(angle + turn), end[1] - 10 * sin(angle + turn)) for turn in (pi / 8, -pi / 8)]
        yield tag("path", d=f"M{_pair(end)}L{_pair(wings[0])}L{_pair(wings[1])}Z", fill=colour)
        yield _words(end[0] + 8, end[1] - 6, label, "start", colour)

    def _labels(self, right: float) -> Iterator[Element]:
        last = -20.0
        for y, label, colour in sorted(self.labels):
            last = max(y + 4, last + 15)
            yield _words(right + 8, last, label, "start", colour)
        x = LEFT
        for colour, dashes, label in self.legend:
            if label:
                y = TOP + 10 + self.tall + BOTTOM + 12
                if dashes in (FILLED, OPEN):
                    yield _dot(x + 12, y - 4, colour, (FILLED, OPEN).index(dashes))
                else:
                    yield _line((x, y - 4), (x + 24, y - 4), colour, dashes, 3)
                yield _words(x + 30, y, label)
                x += 46 + LETTER * len(label)


def _pair(point: Point) -> str:
    return f"{_short(point[0])},{_short(point[1])}"


def _unbroken(points: Sequence[Point | None]) -> Iterator[list[Point]]:
    """The pieces of a line between its gaps."""
    piece: list[Point] = []
    for point in (*points, None):
        if point:
            piece.append(point)
        elif piece:
            yield piece
            piece = []


def _bars(bars: Bars, plot: Plot) -> tuple[list[Child], float]:
    many = len(bars.series) > 1
    values = [height for heights in bars.heights for height in heights]
    texts = iter(numbers_alike(values))
    lowest, highest = min(0.0, *values), max(0.0, *values)
    left = min(240.0, 12 + LETTER * max(map(len, (*bars.names, *(f"  {name}" for name in bars.series)))))
    unit = (WIDTH - left - 80) / ((highest - lowest) or 1)
    zero = left - lowest * unit
    drawn: list[Child] = [_words(0, 38, plot.y.label, colour=DIM)] if plot.y.label else []
    y = TOP + 14
    for name, heights in zip(bars.names, bars.heights, strict=True):
        if many:
            drawn.append(_words(0, y + 14, name))
            y += ROW
        for number, height in enumerate(heights):
            drawn.append(_words(left - 8, y + 14, bars.series[number] if many else name, "end"))
            start = zero + min(0.0, height) * unit
            drawn.append(_rectangle(start, y, abs(height) * unit, ROW - 8, COLOURS[number % len(COLOURS)]))
            drawn.append(_words(zero + max(0.0, height) * unit + 6, y + 14, next(texts)))
            y += ROW
    return drawn, y + 8


def _heatmap(heatmap: Heatmap, plot: Plot) -> tuple[list[Child], float]:
    cells = [value for row in heatmap.values for value in row]
    low, high = min(cells), max(cells)
    written = numbers_alike(cells)
    texts, longest = iter(written), max(map(len, written))
    left = min(200.0, 12 + LETTER * max(map(len, heatmap.rows)))
    wide = min(80.0, (WIDTH - left) / len(heatmap.columns))
    top = TOP + 26
    drawn: list[Child] = []
    if axes := axes_in_words(plot):
        drawn.append(_words(0, TOP - 4, axes, colour=DIM))
    for number, name in enumerate(heatmap.columns):
        drawn.append(_words(left + (number + 0.5) * wide, top - 6, name, "middle"))
    for row, (name, values) in enumerate(zip(heatmap.rows, heatmap.values, strict=True)):
        y = top + row * ROW
        drawn.append(_words(left - 8, y + 17, name, "end"))
        for column, value in enumerate(values):
            share = (value - low) / ((high - low) or 1)
            drawn.append(_rectangle(left + column * wide, y, wide - 1, ROW - 1, COLOURS[0], 0.05 + 0.6 * share))
            if wide > LETTER * longest + 4:
                drawn.append(_words(left + (column + 0.5) * wide, y + 17, next(texts), "middle"))
    return drawn, top + len(heatmap.rows) * ROW + 8
