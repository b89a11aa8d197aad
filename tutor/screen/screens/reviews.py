"""The head and the end of a review, and of the repair of a misconception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from tutor.screen import markup
from tutor.screen.layout import Screen, Sides, line
from tutor.screen.markup import ACCENT, DIM
from utils.text import plural, sanitize


@dataclass
class ReviewHead(Screen):
    """The head of a review: how many items, from how many lessons."""

    items: int
    lessons: int
    due: int
    backlog: str = ""  # when all that is due is worked off, where that is more than is asked

    def figures(self) -> str:
        rest = f", {self.due - self.items} more are due" if self.due > self.items and not self.backlog else ""
        order = "those worth most" if self.due > self.items else "the shakiest first"
        return f"from {plural(self.lessons, 'lesson')}, {order}{rest}"

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Sides(Text(f"Review of {plural(self.items, 'item')}", style=f"bold {ACCENT}"), self.figures())
        if self.backlog:
            yield line(f"{self.backlog}.", DIM)

    def markdown(self) -> str:
        told = [
            f"## Review of {plural(self.items, 'item')}",
            f"_{self.figures()}_",
            *([f"{self.backlog}."] if self.backlog else []),
        ]
        return "\n\n".join(told)


@dataclass
class RepairHead(Screen):
    """What the learner's answers have said wrongly, and how many questions on it follow. What is so comes after them."""

    believed: str
    days: str  # on which they said so
    items: int

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Sides(Text("Repair", style=f"bold {ACCENT}"), plural(self.items, "question"))
        yield line(f"Your answers have said this: {self.days}", DIM)
        yield markup.Page(self.believed)
        yield line("Is it so?", DIM)

    def markdown(self) -> str:
        return f"## Repair\n\n{sanitize(self.believed)}\n\n_Your answers have said this: {self.days}_"


@dataclass
class RepairEnd(Screen):
    """What is so instead of what was believed, and whether the answers now say it."""

    so: str
    resolved: bool
    place: str  # of the lesson: where to read it

    def rows(self) -> list[str]:
        state = "Resolved: you were right without help, and more than once." if self.resolved else ""
        return [state or "Not resolved yet: two right answers without help do that.", f"Read it at {self.place}."]

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.so:
            yield markup.Page(f"**What is so:** {self.so}")
        first, where = self.rows()
        yield line(first, f"bold {ACCENT}")
        yield line(where, DIM)

    def markdown(self) -> str:
        return "\n\n".join([*([f"**What is so:** {sanitize(self.so)}"] if self.so else []), *self.rows()])


@dataclass
class ReviewEnd(Screen):
    """How a review went, and when its items come back."""

    outcomes: list[str]
    comebacks: list[str]
    left: int

    def rows(self) -> list[str]:
        if not self.outcomes:
            return ["Nothing was answered; what is due stays due."]
        known_, helped, missed = (self.outcomes.count(name) for name in ("unaided", "assisted", "missed"))
        summary = f"{known_} of {len(self.outcomes)} known" + (f", {helped} with help" if helped else "")
        summary += f", {missed} missed" if missed else ""
        rows = [summary, f"They come back: {', '.join(self.comebacks[:5])}."] if self.comebacks else [summary]
        return [*rows, f"{self.left} more are due."] if self.left else rows

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        first, *others = self.rows()
        yield line(first, f"bold {ACCENT}")
        for row in others:
            yield line(row, DIM)

    def markdown(self) -> str:
        return "\n\n".join(self.rows())
