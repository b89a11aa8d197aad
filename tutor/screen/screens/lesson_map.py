"""The screen of a lesson's map: its sections in order, how well each is known and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.learner.lesson_map import LessonMap, MapSection, Neighbour
from tutor.learner.progress import day_and_month
from tutor.learner.schedule import is_mastered
from tutor.screen.layout import Screen, Sides, line
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.markup.verbatim import NARROW
from tutor.screen.rows import MenuRow
from tutor.screen.screens.endings import mastery_in_words
from tutor.screen.signs import Either
from utils.text import literal, sanitize


@dataclass
class LessonMapScreen(Screen):
    """The sections of a lesson, a line each."""

    map: LessonMap
    listed: bool = True  # a menu lists the sections otherwise

    def parts(self) -> Iterator[RenderableType]:
        one = self.map
        if not self.listed:  # something stands above it
            yield Text("")
        place = f"{one.done} of {len(one.sections)} sections · {one.minutes_left} min left"
        yield Sides(Text(sanitize(one.title, newlines=False), style=f"bold {ACCENT}"), place)
        if one.prerequisites:
            yield line(f"builds on: {', '.join(map(self.neighbour, one.prerequisites))}", DIM)
        yield Text("")
        if self.listed:
            yield from self.sections()

    def sections(self) -> Iterator[RenderableType]:
        one = self.map
        table = Table.grid(padding=(0, 2))
        table.add_column(style=ACCENT, justify="right")
        table.add_column()
        table.add_column(no_wrap=True)
        table.add_column(style=DIM, no_wrap=True)
        lines = []
        for number, section in enumerate(one.sections, 1):
            mark, state = ("›", "you are here") if section.here else ("✓", "done") if section.done else (" ", "")
            title = Text(sanitize(section.title or one.title, newlines=False))
            known, reviews = section_state(section), section_reviews(section, one.today)
            table.add_row(f"{mark} {number}", title, known, reviews)
            told = ", ".join(filter(None, [known, reviews, state]))
            lines.append(line(f"{number} {title.plain}: {told}"))
        legend = line("› you are here  ✓ done", DIM, indent=1)
        yield Either(Group(Padding(table, (0, 0, 0, 1)), Text(""), legend), Group(*lines), needs=NARROW)
        if one.leads_to:
            yield line(f"leads to: {', '.join(map(self.neighbour, one.leads_to))}", DIM)

    @staticmethod
    def neighbour(lesson: Neighbour) -> str:
        return f"{lesson.title}{' (done)' if lesson.finished or is_mastered(lesson.mastery) else ''}"

    def markdown(self) -> str:
        return ""


def section_rows(told: LessonMap) -> list[MenuRow]:
    """The sections as rows of a menu: what is due or comes back, how well each is known, and whether it is done."""
    rows = []
    for section in told.sections:
        reviews, mark = section_reviews(section, told.today), "here" if section.here else "done" if section.done else ""
        side = " · ".join(filter(None, [reviews, section_state(section), mark]))
        rows.append(MenuRow(literal(section.title or told.title), side, narrow=mark or " "))
    return rows


def section_state(section: MapSection) -> str:
    """How well a section is known, in words."""
    if not section.items:
        return "no questions"
    known = mastery_in_words(section.mastery if section.asked else None)
    return f"{known}, {section.mastery * 100:.0f} %" if section.asked else known


def section_reviews(section: MapSection, today: date) -> str:
    """What is due of a section, or when something will be."""
    if section.due:
        return f"{section.due} due"
    return f"next {day_and_month(date.fromisoformat(section.next_due), today)}" if section.next_due else ""
