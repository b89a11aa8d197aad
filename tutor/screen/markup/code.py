"""Fenced code: highlighted, ruled where it is output, or drawn where it is a plot or a Mermaid diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from tutor.screen.markup.styles import DIM, SYNTAX
from tutor.screen.markup.verbatim import Verbatim, cuts, margin_of
from tutor.screen.markup.wrapping import Whole
from utils.text import sanitize, width

IN_ASCII = {  # what drawings in a lesson are made of, for plain text
    ord(mark): sign
    for marks, sign in (
        ("─━", "-"), ("═", "="), ("│┃║", "|"), ("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬", "+"), ("▶►", ">"), ("◀◄", "<"), ("▲", "^"), ("▼", "v"),
        ("●•■▪█▓", "*"), ("○□▒░", "o"),
    )
    for mark in marks
}  # fmt: skip
NO_CODE = ("", "text", "output", "mermaid", "console", "plot", "try")  # languages
GOES_ON_IN = 6  # columns, by which a line that goes on stands further in
MAX_MERMAID = 2_000  # characters of a diagram
MAX_ARROWS = 24  # of a diagram; routing more takes seconds, and with twice as many gigabytes


class Code(Verbatim):
    """Fenced code: highlighted, or ruled where it is output, or drawn where it is a diagram.

    A line of code that is too long goes on below, further in than it begins. One of a drawing or an output is cut, with a
    mark, so that the columns of the others still say what they say, unless somebody has to read all of it.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        margin = " " * margin_of(options, 4)
        if self.language in ("plot", "try") and (drawn := self._figure(options, margin[:2])):
            yield drawn
            return
        source = self.text.rstrip("\n").expandtabs(4)
        source = source.translate(IN_ASCII) if self.page.plain else source
        room = options.max_width - len(margin)
        if self.language == "mermaid" and not self.page.plain and (drawing := _diagram(source, room)):
            yield Whole(Text("\n".join(margin + row for row in drawing), no_wrap=True))
            return
        lines = self._lines(source, margin, room)
        if self.language == "text":  # a drawing
            yield Whole(Group(*lines))
        else:
            yield from lines

    def _lines(self, source: str, margin: str, room: int) -> Iterator[Text]:
        if self.language == "output":
            margin += self.page.signs["output"]
            room -= cell_len(self.page.signs["output"])
        is_code = self.language not in NO_CODE
        for line in _highlight(source, self.language).split("\n", allow_blank=True):
            line.no_wrap = True
            if (is_code or self.page.whole_blocks) and cell_len(line.plain) > room:
                yield from self._rows(line, margin, room)
                continue
            yield Text(margin, style=DIM, no_wrap=True, end="")
            if cell_len(line.plain) > room:
                mark = self.page.signs["cut"]
                line.truncate(room - len(mark), overflow="crop")
                line.append(mark, style=DIM)
            yield line

    def _rows(self, line: Text, margin: str, room: int) -> Iterator[Text]:
        """A line that is too long, on as many rows as it needs."""
        text, mark = line.plain, self.page.signs["goes_on"]
        begin = len(text) - len(text.lstrip())
        inner = min(begin + GOES_ON_IN, room // 2) - cell_len(mark)
        first = next(iter(cuts(text, room)), len(text))
        places = [first, *(first + place for place in cuts(text[first:], room - inner - cell_len(mark)))]
        for number, row in enumerate(line.divide(places)):
            lead = f"{margin}{' ' * inner}{mark}" if number else margin
            yield Text(lead, style=DIM, no_wrap=True, end="")
            row.rstrip()
            row.no_wrap = True
            yield row

    def _figure(self, options: ConsoleOptions, margin: str) -> RenderableType | None:
        """The block as a plot; None where it can't be drawn, or the page has too many."""
        from tutor.screen.markup.figures import MOST_PLOTS, figure, first_setting

        self.page.plots += 1
        if self.page.plots > MOST_PLOTS:
            return None
        drawn = figure if self.language == "plot" else first_setting
        return drawn(self.text, options, "" if self.page.plain else margin, self.page.plain)


def _highlight(source: str, language: str) -> Text:
    """Code in the terminal's own colours, without a background; unchanged if the language is not known."""
    if language in NO_CODE:
        return Text(source)
    from pygments.token import string_to_tokentype
    from rich.style import Style
    from rich.syntax import ANSISyntaxTheme, Syntax

    theme = ANSISyntaxTheme({string_to_tokentype(name): Style.parse(style) for name, style in SYNTAX.items()})
    highlighted = Syntax(source, language, theme=theme).highlight(source)
    highlighted.rstrip()
    return Text.assemble(highlighted) if highlighted.plain.strip() == source.strip() else Text(source)


_DRAWABLE = re.compile(r"\s*(?:graph|flowchart|stateDiagram|sequenceDiagram)\b(?!.*(?:-{7}|={7}|\.{7}))", re.DOTALL)
_ARROW = re.compile(r"[-=.~]{2,}|-\.")


@lru_cache(maxsize=64)
def _diagram(source: str, room: int) -> tuple[str, ...]:
    """A Mermaid diagram at most `room` columns wide, if need be tighter or turned upright; () if it can't be drawn so."""
    arrows = len(_ARROW.findall(source)) * (1 + source.count("&")) ** 2
    if len(source) > MAX_MERMAID or arrows > MAX_ARROWS or not _DRAWABLE.match(source):
        return ()
    upright = re.sub(r"^(\s*(?:graph|flowchart)\s+)(?:LR|RL)\b", r"\1TD", source)
    tight = {"padding_x": 1, "gap": 2}
    for text, spacing in ((source, {"padding_x": 2}), (source, tight), (upright, tight)):
        rows = _draw(text, spacing)
        if rows and max(map(width, rows)) <= room:
            return rows
    return ()


def _draw(source: str, spacing: dict) -> tuple[str, ...]:
    from termaid import render

    try:
        drawing = render(source, padding_y=0, **spacing)
    except Exception:  # termaid lets its parsers' errors through, of every kind
        return ()
    return tuple(row.rstrip() for row in sanitize(drawing).strip("\n").split("\n") if row.strip() or drawing.strip())
