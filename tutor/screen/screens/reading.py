"""What is read: a section's head, lesson text, a lesson in brief."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from tutor.models import Lesson
from tutor.screen import markup
from tutor.screen.layout import Screen, Sides, Standing, dots, line
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.markup.wrapping import Whole
from tutor.screen.signs import Either
from tutor.search.summaries import KeySentence, by_section, listing
from utils.text import sanitize


@dataclass
class SectionHead(Screen):
    """Where the learner is: lesson, section, and how far through it."""

    lesson: str
    title: str
    number: int
    of: int
    minutes: int = 0  # left of the lesson; 0 where that is unknown
    heads_section = True

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        drawn = Sides(self.where(), f"{self.how_far()}  {dots(self.number - 1, self.of)}")
        yield Whole(Either(drawn, Text(self.in_words())), leads=True)

    def in_words(self) -> str:
        left = f", about {self.minutes} min left" if self.minutes else ""
        return f"{sanitize(self.lesson)}, section {self.number} of {self.of}{left}: {sanitize(self.title, newlines=False)}"

    def where(self) -> Text:
        where = Text(sanitize(self.lesson, newlines=False), style=DIM)
        where.append(" › ")
        return where.append(sanitize(self.title, newlines=False), style=f"bold {ACCENT}")

    def standing(self) -> Screen:
        return Standing(Either(Sides(self.where(), self.how_far()), Text(self.in_words())))

    def how_far(self) -> str:
        """`4 of 10 · 24 min`."""
        return f"{self.number} of {self.of}" + (f" · {self.minutes} min" if self.minutes else "")

    def markdown(self) -> str:
        return f"## {sanitize(self.title, newlines=False)}\n\n_{self.lesson}, section {self.number} of {self.of}_"


@dataclass
class Prose(Screen):
    """Lesson text, as Markdown."""

    text: str
    label: str = ""
    folded: bool = False  # show only the summary of each <details>
    under_heading = True

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.label:
            yield Whole(line(self.label, DIM), leads=True)
        yield markup.Page(self.text, open_details=not self.folded)

    def markdown(self) -> str:
        return (f"_{self.label}_\n\n" if self.label else "") + sanitize(self.text)


@dataclass
class Summary(Screen):
    """A lesson in brief: one paragraph per section, with the line it comes from."""

    lesson: Lesson
    points: Sequence[KeySentence]

    def parts(self) -> Iterator[RenderableType]:
        yield Text(sanitize(self.lesson.title, newlines=False), style=f"bold {ACCENT}").append(" in brief", style=DIM)
        for heading, number, text in by_section(self.points):
            yield Text("")
            yield markup.Page(text)
            yield line(f"{self.lesson.path}:{number}  {heading}".rstrip(), DIM)

    def markdown(self) -> str:
        return sanitize(listing(self.lesson, self.points))
