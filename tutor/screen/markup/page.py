"""A page of Markdown that a rich console can print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown
from rich.segment import Segment
from rich.text import Text

from tutor.screen.markup.blocks import Details, Divider, Footnote, ItemList, Line, ListItem, Quote, Title
from tutor.screen.markup.code import Code
from tutor.screen.markup.styles import PLAIN_SIGNS, SIGNS, THEME, is_plain
from tutor.screen.markup.tables import Grid
from tutor.screen.markup.tokens import tokens_of
from tutor.screen.markup.verbatim import Formula
from utils.text import sanitize

MAX_SOURCE = 100_000  # characters of Markdown that are still parsed


class Page(Markdown):
    """rich's Markdown with our parser, tokens and elements, at any width.

    In plain text signs are ASCII, tables are records and diagrams their source. With `open_details` false, `<details>` show
    their summary only; with `whole_blocks`, no line of an output or a drawing is cut either, for who has to read
    all of it.
    """

    inlines = {"em", "strong", "code", "s", "url"}
    elements = {
        **Markdown.elements,
        "paragraph_open": Line,
        "heading_open": Title,
        "fence": Code,
        "code_block": Code,
        "blockquote_open": Quote,
        "hr": Divider,
        "bullet_list_open": ItemList,
        "ordered_list_open": ItemList,
        "list_item_open": ListItem,
        "table_open": Grid,
        "math_block": Formula,
        "math_block_label": Formula,
        "details_open": Details,
        "footnote_open": Footnote,
    }

    def __init__(self, source: str, *, open_details: bool = True, whole_blocks: bool = False):
        self.source, self.whole_blocks = sanitize(source), whole_blocks
        self.signs = SIGNS
        self.plain = False
        self.plots = 0
        self.justify, self.style, self.code_theme = "left", "none", ""
        self.hyperlinks = False
        self.inline_code_lexer, self.inline_code_theme = None, ""
        self.parsed: list[Token] = []
        self.readable = len(self.source) <= MAX_SOURCE
        if self.readable:
            try:
                self.parsed = tokens_of(self.source, open_details)
            except Exception:  # a bug in a parser costs the layout, never the text
                self.readable = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.plain, self.plots = is_plain(console), 0
        self.signs = PLAIN_SIGNS if self.plain else SIGNS
        try:
            segments = self._segments(console, options) if self.readable else None
        except Exception:  # as above: hostile Markdown, RecursionError among others
            segments = None
        if segments is None:
            yield Text(self.source)
        else:
            yield from segments

    def _segments(self, console: Console, options: ConsoleOptions) -> list[Segment]:
        """Everything at once, so that a failure comes before the first line is out."""
        with console.use_theme(THEME):
            segments = list(cast("Iterable[Segment]", super().__rich_console__(console, options)))
        lines = [_without_trailing_space(line) for line in Segment.split_lines(segments)]
        while lines and not lines[0]:
            lines.pop(0)  # rich puts a blank line above a list, quote or table that comes first
        return [segment for line in lines for segment in (*line, Segment.line())]


def _without_trailing_space(line: list[Segment]) -> list[Segment]:
    """A line without the spaces that rich pads it with: a person would copy them, and a transcript would be full of them."""
    while line and not line[-1].text.strip():
        line.pop()
    if line:
        text, style, _ = line[-1]
        line[-1] = Segment(text.rstrip(), style)
    return line
