"""What is asked and what came of it: the question, the learner's words, a hint."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.styled import Styled
from rich.text import Text

from tutor.corpus.bank import kind_of, shown_question
from tutor.models import Item
from tutor.screen import markup
from tutor.screen.layout import Screen, line, numbered_list, with_sign
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.signs import Either
from utils.text import sanitize

MADE = "made from the text"  # beside an item that no author wrote


@dataclass
class Question(Screen):
    """A question. Its options are listed only if the terminal can't show them as a menu."""

    item: Item
    note: str = ""  # "before you read", "once more"
    options: bool = True
    optional: str = ""  # Enter goes on without an answer, and a script answers by the step of this name alone

    def choices(self) -> list[str]:
        return kind_of(self.item).choices(self.item)

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.note:
            yield line(self.note, DIM)
        yield BesideFigure(self.item) if self.item.figure_block else in_full(kind_of(self.item).question_text(self.item))
        how = kind_of(self.item).how_to_answer(self.item)
        yield line(f"{how} · {MADE}" if self.item.made else how, DIM)
        if self.options and self.choices():
            yield numbered_list(dict(enumerate(self.choices(), 1)))

    def markdown(self) -> str:
        question = shown_question(self.item) + ("\n" if self.item.figure_block else "")
        choices = "".join(f"\n{n}. {sanitize(text)}" for n, text in enumerate(self.choices(), 1))
        made = f" _({MADE})_" if self.item.made else ""
        note = sanitize(self.note) or "Question"
        note += "" if note.endswith("?") else "."
        return f"**{note}**{made} {sanitize(question)}" + (f"\n{choices}" if choices else "")


def in_full(text: str) -> markup.Page:
    """The text of a question, whose code nobody can answer for unless they read all of it."""
    return markup.Page(text, whole_blocks=True)


@dataclass
class BesideFigure:
    """A question with its figure, which is drawn so low that question, figure and choices fit on one page where that can be."""

    item: Item

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        kind, lower = kind_of(self.item), options.copy()
        narrower = options.update(width=max(1, options.max_width - len(" › 1 ")))
        rows = len(console.render_lines(in_full(kind.question_text(self.item)), options))
        below = kind.choices(self.item) or ["typed"]
        rows += sum(len(console.render_lines(markup.Page(text), narrower)) for text in below)
        lower.max_height -= rows
        yield from console.render(in_full(shown_question(self.item)), lower)


@dataclass
class Choices(Screen):
    """The options of a question as they stay on the screen once its menu is gone, with those that were picked."""

    texts: Sequence[str]
    picked: Collection[int] = ()  # from 1

    def parts(self) -> Iterator[RenderableType]:
        yield numbered_list(dict(enumerate(self.texts, 1)), self.picked)

    def markdown(self) -> str:
        return ""  # the question lists them


@dataclass
class WhatWasMeant(Screen):
    """What stands above a point, its near miss and neither: the point's own question, and which of them was meant."""

    ask: str
    which: str

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.ask:
            yield Styled(markup.Page(self.ask), DIM)
        yield Text(self.which)

    def markdown(self) -> str:
        return (f"_{sanitize(self.ask)}_\n\n" if self.ask else "") + self.which


@dataclass
class GuessWanted(Screen):
    """That a guess is wanted first, and what becomes of it."""

    wanted: str
    met: str  # when it comes up again

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield line(self.markdown())

    def markdown(self) -> str:
        return f"{self.wanted} It isn't graded, and you meet it again {self.met}."


@dataclass
class Said(Screen):
    """The learner's answer, as it stays on the screen."""

    text: str

    def parts(self) -> Iterator[RenderableType]:
        said = sanitize(self.text)
        below = said.replace("\n", "\n  ")
        yield Either(Text("› ", style=ACCENT).append(below, style=""), Text(f"You:\n{said}" if "\n" in said else f"You: {said}"))

    def markdown(self) -> str:
        return "> " + sanitize(self.text).replace("\n", "\n> ")


@dataclass
class Hint(Screen):
    """The next hint, and how many there are."""

    text: str
    number: int
    of: int

    def parts(self) -> Iterator[RenderableType]:
        yield with_sign("·", f"Hint {self.number} of {self.of}: {self.text}", DIM)

    def markdown(self) -> str:
        return f"_Hint {self.number} of {self.of}:_ {sanitize(self.text)}"
