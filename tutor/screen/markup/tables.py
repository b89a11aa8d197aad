"""Tables: as a grid, or as records in plain text and where the columns are too narrow for their words."""

from __future__ import annotations

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import TableElement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from tutor.screen.markup.blocks import lines_behind
from tutor.screen.markup.styles import DIM, is_plain
from tutor.screen.markup.wrapping import GLUE, Whole
from utils.text import width

MAX_CELLS = 2_000  # of a table


class Grid(TableElement):
    """A table; in plain text, and if its words would have to be broken, each row is a small list under its first cell instead."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = [cell.content for cell in self.header.row.cells] if self.header and self.header.row else []
        rows = [[cell.content for cell in row.cells] for row in self.body.rows] if self.body else []
        if not head or len(head) * (len(rows) + 1) > MAX_CELLS:
            yield Text("\n".join(" | ".join(cell.plain for cell in row) for row in [head, *rows]))
            return
        for cell in head:
            cell.stylize("markdown.table.header")
        needed = [max(map(_longest_word, column)) for column in zip(head, *rows, strict=False)]
        if not is_plain(console) and sum(needed) + 2 * (len(head) - 1) <= options.max_width:
            lines = console.render_lines(self._table(head, rows, needed), options.update(height=None), pad=False)
            rule = next((index for index, line in enumerate(lines) if not set(_text(line)) - set("─ ")), 0)
            for index, line in enumerate(lines):  # no page ends between the head and the first row
                yield from Segment.apply_style(line, post_style=GLUE) if index <= rule else line
                yield Segment.line()
        else:
            yield from self._records(console, options, head, rows)

    @staticmethod
    def _table(head: list[Text], rows: list[list[Text]], needed: list[int]) -> Table:
        """needed: columns of the longest word, for each."""
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), border_style=DIM)
        for cell, least in zip(head, needed, strict=True):
            table.add_column(Whole(cell, leads=True), justify=cell.justify or "default", overflow="fold", min_width=least)
        for row in rows:
            table.add_row(*map(Whole, row))
        return table

    @staticmethod
    def _records(console: Console, options: ConsoleOptions, head: list[Text], rows: list[list[Text]]) -> RenderResult:
        for number, row in enumerate(rows):
            if number:
                yield Segment.line()
            for column, (name, cell) in enumerate(zip(head, row, strict=False)):
                label = Text.assemble(name, ": ") if name.plain else Text()
                line = Text.assemble(label, cell)
                yield from lines_behind(
                    console, options, "  " if column else "", "    ", [Whole(line, leads=column < len(head) - 1)]
                )


def _text(line: list[Segment]) -> str:
    return "".join(part.text for part in line)


def _longest_word(text: Text) -> int:
    return max((width(word) for word in text.plain.split()), default=0)
