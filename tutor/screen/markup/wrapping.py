"""How text becomes rows, and which rows a page must not end with.

Text breaks between words, and between East Asian characters by their own rules (after JIS X 4051): no row begins with a
closing mark or ends with an opening one, and no Latin word among them is cut. Rows that belong to what follows carry a
mark in their style's meta, which no terminal sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

GLUE = Style(meta={"glue": True})
# Kana, Han and full-width forms. Hangul is written with spaces between its words.
_EAST_ASIAN = "[\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff64\U00020000-\U0003ffff]"
_HAS_EAST_ASIAN = re.compile(_EAST_ASIAN)
_NOT_FIRST = "、。，．：；！？）］｝」』】〉》〕〗〙〛’”…‥—～・ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]}%‰℃"
_NOT_LAST = "（［｛「『【〈《〔〖〘〚‘“([{$¥￥"
_BREAK = re.compile(
    f" +|(?<={_EAST_ASIAN})(?<![{re.escape(_NOT_LAST)}])(?![ {re.escape(_NOT_FIRST)}])"
    f"|(?<![ {re.escape(_NOT_LAST)}])(?={_EAST_ASIAN})(?![{re.escape(_NOT_FIRST)}])"
)


class Whole:
    """What a page should not end inside of: a paragraph, a row of a table, a formula. leads: nor right below it."""

    def __init__(self, content: RenderableType, leads: bool = False):
        self.content, self.leads = content, leads

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = rows_of(self.content, console, options)
        for number, row in enumerate(rows):
            glued = self.leads or number < len(rows) - 1
            yield from Segment.apply_style(row, post_style=GLUE) if glued else row
            yield Segment.line()

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.content)


def rows_of(content: RenderableType, console: Console, options: ConsoleOptions) -> list[list[Segment]]:
    """The rows of a renderable. Text with East Asian characters breaks by their rules."""
    if isinstance(content, Text) and _HAS_EAST_ASIAN.search(content.plain):
        return [list(row.render(console)) for row in wrapped(content, options.max_width)]
    return console.render_lines(content, options.update(height=None), pad=False)


def wrapped(text: Text, columns: int) -> list[Text]:
    """The lines of a text with East Asian characters, each at most so many columns wide."""
    rows: list[Text] = []
    for line in text.split(allow_blank=True) or [text]:
        for row in line.divide(_offsets(line.plain, max(2, columns))):
            row.rstrip()
            rows.append(row)
    return rows


def _offsets(line: str, columns: int) -> list[int]:
    """Where a line is broken, as indices into it."""
    offsets, start = [], 0
    for place, end in pairwise([0, *_places(line), len(line)]):
        if cell_len(line[start:end].rstrip()) <= columns:
            continue
        if place > start:
            offsets.append(start := place)
        while cell_len(line[start:end].rstrip()) > columns:  # a word that is wider than the row
            offsets.append(start := start + max(1, len(chop_cells(line[start:end], columns)[0])))
    return offsets


def _places(line: str) -> Iterable[int]:
    """Where a line may be broken."""
    return sorted({found.end() for found in _BREAK.finditer(line)} - {0, len(line)})


def is_glued(row: Sequence[Segment]) -> bool:
    """Whether a page should not end with this row."""
    return any(segment.style is not None and segment.style.meta.get("glue") for segment in row)
