"""A `plot` block on a page: drawn in a terminal, told in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.console import ConsoleOptions, RenderableType
from rich.text import Text

from tutor.corpus.plots.blocks import has_plot
from tutor.screen.markup.wrapping import Whole
from utils.errors import InvalidFile

if TYPE_CHECKING:
    from tutor.corpus.plots.data import Plot

MOST_PLOTS = 20  # of a page; the source of more than that is shown as it stands


def figure(source: str, options: ConsoleOptions, margin: str, plain: bool) -> RenderableType | None:
    """A plot by the source of its block, in the width that there is; None where it can't be drawn."""
    plot = _plot(source)
    if plot is None:
        return None
    if plain:
        return Whole(Text("\n".join(_said(plot))))
    from tutor.screen.plots.terminal import LEAST_COLUMNS, plot_rows

    room = options.max_width - len(margin)
    if room < LEAST_COLUMNS:
        return Text("\n".join(_said(plot)))
    rows = plot_rows(plot, room, options.max_height)
    return Whole(Text("\n").join(Text(margin).append_text(row) for row in rows))


def in_words(block: str) -> str:
    """A figure that stands alone, as Markdown, for somebody who has only text: a plot as its words and a table of its values."""
    plot = _plot(block.partition("\n")[2].rpartition("\n")[0]) if has_plot(block) else None
    return "\n".join(_said(plot)) if plot else block


def _said(plot: Plot) -> Iterator[str]:
    from tutor.screen.plots import words

    yield from words.sentences(plot)
    yield from (f"  {line}" for line in words.table_lines(plot))


@lru_cache(maxsize=32)
def _plot(source: str) -> Plot | None:
    """What a block draws; None if it can't be read or computed, of which `check` tells its author."""
    from tutor.corpus.plots import compute, read_plot

    try:
        return compute(read_plot(source))
    except InvalidFile:
        return None
