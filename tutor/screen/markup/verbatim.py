"""Blocks that are drawn from their source as it stands, display math among them; how a long line is cut."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

from markdown_it.token import Token
from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownContext, MarkdownElement
from rich.text import Text, TextType

from tutor.screen import mathtext
from tutor.screen.markup.styles import Styled, is_plain
from tutor.screen.markup.wrapping import Whole
from utils.text import sanitize

NARROW = 60  # columns, below which margins shrink
LEAST_WIDTH = 8  # columns that a margin must leave for the text


def margin_of(options: ConsoleOptions, wide: int, narrow: int = 2) -> int:
    """How far a block is indented: less on a narrow screen, and nothing where no room would be left."""
    margin = wide if options.max_width >= NARROW else narrow
    return margin if options.max_width - margin >= LEAST_WIDTH else 0


class Verbatim(MarkdownElement):
    """An element that is handed its source as it stands."""

    def __init__(self, page: Styled, info: str = ""):
        self.page = page
        self.language = info.split()[0].lower() if info.split() else ""
        self.text = ""

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Verbatim:
        return cls(cast("Styled", markdown), token.info)

    def on_text(self, context: MarkdownContext, text: TextType) -> None:
        self.text += str(text)


class Formula(Verbatim):
    """Display math: in two dimensions if it fits, otherwise on a line that wraps."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        margin = margin_of(options, 6)
        rows = None if is_plain(console) else mathtext.display(self.text, options.max_width - margin)
        if rows is None:
            rows = formula_lines(sanitize(mathtext.inline(self.text), newlines=False), options.max_width - margin)
        yield Whole(Text("\n".join(" " * margin + sanitize(row, newlines=False) for row in rows), no_wrap=True))


def cuts(line: str, room: int, before: str = "") -> list[int]:
    """Where to cut a line so that no piece is wider than `room` cells.

    The cut comes after a space or before one of the characters `before`, if there is one in the second half of the room.
    """
    places, at = [], 0
    while room > 0 and cell_len(line[at : at + 16 * room]) > room:  # not the whole rest of the line: that would be quadratic
        piece = chop_cells(line[at : at + room], room)[0]
        late = range(len(piece) // 2, len(piece) + 1)
        good = [n for n in late if n and (piece[n - 1] == " " or line[at + n] in before)]
        at += max([n for n in good if piece[:n].strip()], default=max(1, len(piece)))
        places.append(at)
    return places


def formula_lines(formula: str, room: int) -> list[str]:
    """A formula on as many lines as it needs, each but the first beginning with an operator if possible."""
    bounds = [0, *cuts(formula, room, before="+−·×/=≈≤≥→←"), len(formula)]
    return [formula[start:end].strip() for start, end in pairwise(bounds)]
