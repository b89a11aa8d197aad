"""What every screen is made of: the class itself, lines, signs, lists, and a line with something at both ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from tutor.screen import markup
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.markup.styles import is_plain
from tutor.screen.markup.wrapping import Whole
from tutor.screen.signs import SIGN_STYLE, Either, Told, told
from utils.text import sanitize


class Screen:
    """Something to show. Subclasses give `parts()` for rich and `markdown()` for a transcript."""

    heads_section = False  # it says which section what follows is from
    under_heading = False  # it reads best under that

    def parts(self) -> Iterator[RenderableType]:
        raise NotImplementedError

    def markdown(self) -> str:
        raise NotImplementedError

    def standing(self) -> Screen | None:
        """What stays in view above the pages that follow, where all of it doesn't fit on one."""
        return None

    def __rich__(self) -> Group:
        return Group(*self.parts())


@dataclass
class Standing(Screen):
    """A line that stays in view."""

    content: RenderableType

    def parts(self) -> Iterator[RenderableType]:
        yield self.content

    def markdown(self) -> str:
        return ""


@dataclass
class Repeated(Screen):
    """The heading of a section that was shown before, above more of its text."""

    heading: Screen
    heads_section = True

    def standing(self) -> Screen | None:
        return self.heading.standing()

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if line := self.heading.standing():
            yield Whole(line, leads=True)

    def markdown(self) -> str:
        return ""


@dataclass
class Rest(Screen):
    """Screens from some way on, as a share of their rows."""

    screens: Sequence[Screen]
    share: float

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield RestOfRows(Group(*self.screens), self.share)

    def markdown(self) -> str:
        return ""


@dataclass
class RestOfRows:
    """The rows of a renderable from a share of them on."""

    content: RenderableType
    share: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = console.render_lines(self.content, options, pad=False)
        for row in rows[round(self.share * len(rows)) :]:
            yield from row
            yield Segment.line()


@dataclass
class Notice(Screen):
    """One dim line, such as what stopped working, what was kept, or what to do."""

    text: str

    def parts(self) -> Iterator[RenderableType]:
        yield line(self.text, DIM)

    def markdown(self) -> str:
        return f"_{sanitize(self.text)}_"


def line(text: str, style: str = "", indent: int = 0) -> Padding:
    """One paragraph of plain text, sanitized, wrapped under its own margin."""
    return Padding(Told(Text(sanitize(text), style=style)), (0, 0, 0, indent))


class Sides:
    """A line with something at either end; if the two don't fit side by side, one stands below the other.

    In plain text one stands right behind the other.
    """

    def __init__(self, left: Text, right: str):
        self.left, self.right = left, Text(sanitize(right, newlines=False), style=DIM)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        left, right = told(self.left, console), told(self.right, console)
        if is_plain(console):
            yield Text(": ".join(filter(None, (left.plain, right.plain))))
            return
        if left.cell_len + right.cell_len + 2 > options.max_width:
            yield left
            if right:
                yield right
            return
        table = Table.grid(expand=True)
        table.add_column()
        table.add_column(justify="right")
        table.add_row(left, right)
        yield table


def dots_of(done: int, of: int, style: str = "") -> Either:
    """The same, and nothing in plain text, where words or a figure beside them say it."""
    return Either(Text(dots(done, of), style=style), "")


def dots(done: int, of: int) -> str:
    """Progress as a row of dots, at most ten of them."""
    shown = min(of, 10)
    filled = round(done * shown / of) if of else 0
    return "●" * filled + "○" * (shown - filled)


def numbered_list(texts: Mapping[int, str], marked: Collection[int] = ()) -> RenderableType:
    """A list by number whose entries wrap under themselves. marked: those with a pointer before them, or a word in plain text."""
    table = Table.grid(padding=(0, 1))
    plain = Table.grid(padding=(0, 1))
    table.add_column(style=ACCENT, width=1)
    for grid in (table, plain):
        grid.add_column(justify="right", style=DIM, width=max(1, len(str(max(texts, default=0)))))
        grid.add_column()
    for number, text in texts.items():
        table.add_row("›" if number in marked else "", str(number), markup.Page(text))
        plain.add_row(str(number), markup.Page(f"{text} (yours)" if number in marked else text))
    return Either(table, plain)


def with_sign(sign: str, text: str, style: str = "", indent: int = 1, said: str = "") -> RenderableType:
    """A sign, then Markdown that wraps under itself. said: the words in place of the sign in plain text, if any are needed."""
    table = Table.grid(padding=(0, 1))
    table.add_column(style=style or SIGN_STYLE.get(sign, ""))
    table.add_column()
    table.add_row(sign, markup.Page(text))
    return Either(Padding(table, (0, 0, 0, indent)), markup.Page(f"{said}: {text}" if said else text))
