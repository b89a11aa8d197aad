"""Charts as SVG. Each says in a label what it shows, its marks say their values when they are pointed at, and whoever draws one
puts the same figures beside it as text or as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from tutor.learner.progress import MONTHS, day_and_month, shade_level
from tutor.screen.html.elements import Child, tag
from utils.text import plural

WIDTH = 340  # of a chart, in its own units; about a pixel each on a narrow screen
WEEKS = 26  # in a calendar
CELL = 12  # of a day, with its gap


def chart(label: str, height: float, *children: Child, width: float = WIDTH, class_: str = "chart") -> Element:
    """An SVG that grows and shrinks with the page. label: what it shows, in a sentence."""
    return tag("svg", children, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label, class_=class_)


def words(x: float, y: float, text: str, anchor: str = "start", class_: str = "axis") -> Element:
    return tag("text", text, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, class_=class_)


def rectangle(x: float, y: float, width: float, height: float, class_: str, says: str = "", radius: float = 2) -> Element:
    """A rectangle. says: what is told when it is pointed at."""
    sides = {"x": x, "y": y, "width": width, "height": height, "rx": radius}
    shown = tag("title", says) if says else None
    return tag("rect", shown, class_=class_, **{name: f"{round(value, 2):g}" for name, value in sides.items()})


def calendar_chart(by_day: Mapping[str, int], last: date, today: date) -> Element:
    """Half a year of answers: a column for each week, the one with `last` at the right, and the months above."""
    first = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    left, top = 28, 16
    cells, months = [], []
    for week in range(WEEKS):
        monday = first + timedelta(days=7 * week)
        if monday.day <= 7 and week < WEEKS - 1:
            months.append(words(left + CELL * week, 10, MONTHS[monday.month - 1]))
        for weekday in range(7):
            day = monday + timedelta(days=weekday)
            if day <= today:
                count = by_day.get(day.isoformat(), 0)
                says = f"{day_and_month(day, today)}: {plural(count, 'answer')}"
                cells.append(
                    rectangle(left + CELL * week, top + CELL * weekday, CELL - 2, CELL - 2, f"shade{shade_level(count)}", says)
                )
    days = [words(0, top + CELL * weekday + 8, name) for weekday, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun"))]
    span = [count for day, count in by_day.items() if first.isoformat() <= day <= last.isoformat()]
    ends = f"{day_and_month(first, today)} to {day_and_month(last, today)}"
    label = f"Answers a day from {ends}: {sum(span)} on {plural(len(span), 'day')}"
    return chart(label, top + 7 * CELL, months, days, cells, class_="chart" if span else "chart empty")


def bar_chart(label: str, bars: Sequence[tuple[str, int, str]], height: float = 130) -> Element:
    """Upright bars, each with its count above it. bars: (name below, count, what it says when it is pointed at)."""
    most = max((count for _, count, _ in bars), default=0) or 1
    step = WIDTH / max(len(bars), 1)
    room, drawn = height - 32, []
    for number, (name, count, says) in enumerate(bars):
        tall = max(room * count / most, 2 if count else 0)
        x = step * number
        drawn.append(rectangle(x + step * 0.14, 14 + room - tall, step * 0.72, tall, "bar", says))
        drawn.append(words(x + step / 2, height - 5, name, "middle"))
        if count:
            drawn.append(words(x + step / 2, 10 + room - tall, str(count), "middle", "value"))
    base = tag("line", x1="0", x2=f"{WIDTH}", y1=f"{14 + room:g}", y2=f"{14 + room:g}", class_="rule")
    return chart(label, height, base, drawn)


def curve_chart(label: str, points: Sequence[tuple[float, float, str]], marks: Sequence[tuple[float, str]]) -> Element:
    """A falling line from 100 % at the top. points: (days ahead, share, what it says); marks: (days ahead, name) below."""
    left, top, bottom, right = 34, 8, 22, 8
    height = 160
    longest = max(days for days, _, _ in points) or 1
    wide, tall = WIDTH - left - right, height - top - bottom

    def at(days: float, share: float) -> tuple[float, float]:
        return round(left + wide * days / longest, 2), round(top + tall * (1 - share), 2)

    grid: list[Element] = []
    for percent in (0, 50, 90, 100):
        _, y = at(0, percent / 100)
        kind = "rule aim" if percent == 90 else "rule"
        grid.append(tag("line", x1=f"{left}", x2=f"{WIDTH - right}", y1=f"{y:g}", y2=f"{y:g}", class_=kind))
        if percent != 100:
            grid.append(words(left - 5, y + 3.5, f"{percent} %", "end"))
    names = [
        words(at(days, 0)[0], height - 6, name, "start" if days == 0 else "end" if days >= longest else "middle")
        for days, name in marks
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in (at(days, share) for days, share, _ in points))
    (start, floor), (end, _) = at(0, 0), at(longest, 0)
    area = tag("polygon", points=f"{start:g},{floor:g} {line} {end:g},{floor:g}", class_="area")
    dots = []
    for days, share, says in points:
        x, y = at(days, share)
        dots.append(tag("circle", tag("title", says), cx=f"{x:g}", cy=f"{y:g}", r="2.6", class_="dot"))
    return chart(label, height, grid, area, tag("polyline", points=line, class_="line"), dots, names)


def measured_chart(label: str, series: Sequence[tuple[str, Sequence[tuple[float, float, str]]]]) -> Element:
    """Shares by the days since the review before, on a scale on which each doubling is as wide.

    series: (class of its line, [(days, share, what it says when it is pointed at)]).
    """
    left, top, bottom, right = 34, 8, 22, 12
    height, least, most = 160, 1.0, 365.0
    wide, tall = WIDTH - left - right, height - top - bottom

    def at(days: float, share: float) -> tuple[float, float]:
        across = math.log(min(max(days, least), most) / least) / math.log(most / least)
        return round(left + wide * across, 2), round(top + tall * (1 - share), 2)

    drawn: list[Element] = []
    for percent in (0, 50, 90, 100):
        _, y = at(least, percent / 100)
        kind = "rule aim" if percent == 90 else "rule"
        drawn.append(tag("line", x1=f"{left}", x2=f"{WIDTH - right}", y1=f"{y:g}", y2=f"{y:g}", class_=kind))
        if percent != 100:
            drawn.append(words(left - 5, y + 3.5, f"{percent} %", "end"))
    for days, name in ((1, "1 day"), (7, "7"), (30, "30"), (90, "90"), (365, "365")):
        drawn.append(words(at(days, 0)[0], height - 6, name, "end" if days == most else "middle"))
    for class_, points in series:
        places = [at(days, share) for days, share, _ in points]
        drawn.append(tag("polyline", points=" ".join(f"{x:g},{y:g}" for x, y in places), class_=class_))
        for (x, y), (_, _, says) in zip(places, points, strict=True):
            drawn.append(tag("circle", tag("title", says), cx=f"{x:g}", cy=f"{y:g}", r="3.2", class_=f"dot {class_}"))
    return chart(label, height, drawn)


def meter(share: float, label: str) -> Element:
    """A lying bar filled by a share."""
    return strip([(label, share)], label, upright=False)


def strip(shares: Sequence[tuple[str, float]], label: str, upright: bool = True) -> Element:
    """Cells side by side, such as a lesson's sections, each filled by its share, from below or from the left.

    shares: (what it says when it is pointed at, share).
    """
    step, gap = 100 / max(len(shares), 1), 1 if len(shares) > 1 else 0
    cells: list[Element] = []
    for number, (says, share) in enumerate(shares):
        x, wide = step * number, step - gap
        cells.append(rectangle(x, 0, wide, 10, "track", says, 0))
        if share > 0:
            across, tall = (wide, max(10 * share, 1.5)) if upright else (max(wide * share, 1.5), 10)
            cells.append(rectangle(x, 10 - tall, across, tall, "bar", says, 0))
    drawn = chart(label, 10, cells, width=100, class_="strip" if upright else "meter")
    drawn.set("preserveAspectRatio", "none")  # as wide as there is room
    return drawn


def ring(share: float, inside: str, label: str) -> Element:
    """A station of a map: a circle whose rim is filled by a share, with a short text inside."""
    around = 2 * 3.14159265 * 17
    rim = tag("circle", cx="22", cy="22", r="17", class_="rim")
    filled = None
    if share > 0:
        part = f"{around * share:.2f} {around:.2f}"
        filled = tag("circle", cx="22", cy="22", r="17", class_="filled", stroke_dasharray=part, transform="rotate(-90 22 22)")
    return chart(label, 44, rim, filled, words(22, 26.5, inside, "middle", "inside"), width=44, class_="ring")
