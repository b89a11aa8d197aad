"""Blocks of a page: paragraphs, lists, quotes, details and footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from markdown_it.token import Token
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Heading, ListElement, Markdown, MarkdownContext, MarkdownElement, Paragraph
from rich.segment import Segment
from rich.text import Text

from tutor.screen.markup.styles import ACCENT, DIM, Styled
from tutor.screen.markup.verbatim import LEAST_WIDTH
from tutor.screen.markup.wrapping import Whole


def lines_behind(
    console: Console, options: ConsoleOptions, first: str, rest: str, content: Sequence[RenderableType], style: str = ""
) -> RenderResult:
    """The lines of `content`, with `first` before the first of them and `rest` before each of the others."""
    if options.max_width - cell_len(first) < LEAST_WIDTH:
        first = rest = ""
    inner = options.update(width=options.max_width - max(cell_len(first), cell_len(rest)), height=None)
    margin_style = console.get_style(style) if style else None
    for number, line in enumerate(_stack(console, inner, content)):
        if line or rest.strip():
            yield Segment(rest if number else first, margin_style)
        elif not number:
            yield Segment(first, margin_style)
        yield from line
        yield Segment.line()


def _stack(console: Console, options: ConsoleOptions, blocks: Sequence[RenderableType]) -> list[list[Segment]]:
    """The lines of blocks under one another, with a blank one between, except after a tight paragraph."""
    lines: list[list[Segment]] = []
    for index, block in enumerate(blocks):
        if index and not getattr(blocks[index - 1], "tight", False):
            lines.append([])
        for line in console.render_lines(block, options, pad=False):
            lines.append([] if not "".join(segment.text for segment in line).strip() else line)
    return lines


class Line(Paragraph):
    """A paragraph; `tight` in a list whose items stand without blank lines between them."""

    tight: bool

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Line:
        element = cls(justify="left")
        element.tight = token.hidden
        return element

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = self.justify
        last = self.text.plain.rstrip()[-1:]
        yield Whole(self.text, leads=last in (":", "：", ",") or (last.isalnum() and not self.tight))


class Title(Heading):
    """A heading on the left, in the accent colour."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Whole(self.text, leads=True)


class Container(MarkdownElement):
    """An element made of blocks."""

    def __init__(self, page: Styled):
        self.page = page
        self.blocks: list[MarkdownElement] = []

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Container:
        return cls(cast("Styled", markdown))

    def on_child_close(self, context: MarkdownContext, child: MarkdownElement) -> bool:
        self.blocks.append(child)
        return False


class Quote(Container):
    """A block quote, with a rule at its left."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        sign = self.page.signs["quote"]
        yield from lines_behind(console, options, sign, sign, self.blocks, DIM)


class ListItem(Container):
    """One item of a list; the list draws it."""


class ItemList(ListElement):
    """A list: bullets, or numbers as wide as the last of them."""

    page: Styled
    items: list[ListItem]  # type: ignore[assignment]

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> ItemList:
        element = cls(token.type, int(token.attrs.get("start", 1)))
        element.page = cast("Styled", markdown)
        return element

    def on_child_close(self, context: MarkdownContext, child: MarkdownElement) -> bool:
        self.items.append(cast(ListItem, child))
        return False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bullet = self.list_type == "bullet_list_open"
        start = self.list_start or 0
        last = str(start + len(self.items) - 1)
        loose = any(isinstance(block, Line) and not block.tight for item in self.items for block in item.blocks)
        for index, item in enumerate(self.items):
            sign = self.page.signs["bullet"] if bullet else f"{start + index}.".rjust(len(last) + 1)
            first = f" {sign} "
            if index and loose:
                yield Segment.line()
            if item.blocks:
                yield from lines_behind(console, options, first, " " * cell_len(first), item.blocks)
            else:
                yield Segment(first.rstrip())
                yield Segment.line()


class Details(Container):
    """`<details>`: the summary, and under it what it holds, if it is open."""

    summary: str

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Details:
        element = cls(cast("Styled", markdown))
        element.summary = token.meta.get("summary", "")
        return element

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from lines_behind(
            console, options, self.page.signs["details"], "  ", [Whole(Text(self.summary, style="bold"), leads=True)], ACCENT
        )
        if self.blocks:
            yield Segment.line()
            yield from lines_behind(console, options, "  ", "  ", self.blocks)


class Footnote(Container):
    """A footnote under its number."""

    number: int

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Footnote:
        element = cls(cast("Styled", markdown))
        element.number = token.meta.get("id", 0) + 1
        return element

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first = f"[{self.number}] "
        yield from lines_behind(console, options, first, " " * len(first), self.blocks, DIM)


class Divider(MarkdownElement):
    """A thematic break."""

    sign: str

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Divider:
        element = cls()
        element.sign = cast("Styled", markdown).signs["rule"]
        return element

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.sign * min(options.max_width, 24) if self.sign else " ", style=DIM)
