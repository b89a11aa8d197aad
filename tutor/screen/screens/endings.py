"""The end of a lesson, and mastery in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.learner.schedule import is_mastered
from tutor.screen import markup
from tutor.screen.layout import Screen, dots_of, line, with_sign
from tutor.screen.markup import ACCENT, DIM
from utils.text import literal, plural, sanitize


@dataclass
class LessonEnd(Screen):
    """The end of a lesson: what is now known, what comes back, one suggestion."""

    title: str
    sections: list[tuple[str, float | None]] = field(default_factory=list)  # title, mastery; None: nothing was asked
    comes_back: list[str] = field(default_factory=list)  # questions missed
    suggestion: str = ""
    reviews: list[str] = field(default_factory=list)  # "3 tomorrow"

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Text("End of ", style="").append(sanitize(self.title, newlines=False), style=f"bold {ACCENT}")
        yield Text("")
        if not self.sections:
            yield line("This lesson has no questions.", DIM)
        table = Table.grid(padding=(0, 2))
        table.add_column(style=ACCENT)
        table.add_column()
        table.add_column(style=DIM)
        for title, mastery in self.sections:
            table.add_row(dots_of(round((mastery or 0) * 5), 5), Text(sanitize(title, newlines=False)), mastery_in_words(mastery))
        yield Padding(table, (0, 0, 0, 1))
        if self.comes_back:
            yield Text("")
            yield line(f"{plural(len(self.comes_back), 'question')} missed, first thing next time:")
            for question in self.comes_back[:3]:
                yield with_sign("·", question, DIM)
        if self.reviews:
            yield Text("")
            yield line(f"For review: {', '.join(self.reviews[:4])}.", DIM)
        if self.suggestion:
            yield Text("")
            yield line(self.suggestion)

    def markdown(self) -> str:
        rows = ["## What is known now", ""]
        rows += [f"- {sanitize(title)}: {mastery_in_words(mastery)}" for title, mastery in self.sections]
        if self.comes_back:
            rows += ["", "Comes back next time:", ""] + [f"- {sanitize(question)}" for question in self.comes_back]
        if self.suggestion:
            rows += ["", sanitize(self.suggestion)]
        return "\n".join(rows)


@dataclass
class WarmUpMet(Screen):
    """The learner's guess at the warm-up, and below it what the lesson said."""

    question: str
    guess: str
    answers: list[tuple[str, str]] = field(default_factory=list)  # (paragraph of the lesson, its path:line)

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield line("The warm-up, once more", "bold")
        yield Padding(markup.Page(self.question), (0, 0, 0, 1))
        yield with_sign("›", literal(self.guess), ACCENT, said="Your guess")
        for answer, where in self.answers:
            yield with_sign("✓", answer, said="The lesson")
            yield line(where, DIM, indent=3)

    def markdown(self) -> str:
        said = "".join(f"\n\n{sanitize(answer)}" for answer, _ in self.answers)
        return f"**The warm-up, once more.** {sanitize(self.question)}\n\n> {sanitize(self.guess)}{said}"


def mastery_in_words(mastery: float | None) -> str:
    """Mastery in a word or two. None: nothing was asked yet."""
    if mastery is None:
        return "not asked yet"
    return "mastered" if is_mastered(mastery) else "on the way" if mastery >= 0.4 else "shaky" if mastery > 0 else "missed so far"
