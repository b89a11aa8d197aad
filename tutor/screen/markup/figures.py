"""A `plot` block on a page, or a `try` block where its knobs stand first: drawn in a terminal, told in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.console import ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tutor.corpus.bank.tries import readable_try, try_of
from tutor.corpus.drawn import has_plot, is_try
from tutor.corpus.markdown import lines_of, parse_blocks
from tutor.corpus.tries.at_first import names_in_words, written_at_first
from tutor.screen.markup.styles import DIM
from tutor.screen.markup.wrapping import Whole
from utils.errors import InvalidFile
from utils.text import sanitize

if TYPE_CHECKING:
    from tutor.corpus.plots.data import Plot

BELOW = 2  # rows of the line that names knobs
MOST_PLOTS = 20  # of a page; the source of more than that is shown as it stands


def figure(source: str, options: ConsoleOptions, margin: str, plain: bool) -> RenderableType | None:
    """A plot by the source of its block, in the width that there is; None where it can't be drawn."""
    plot = _plot(source)
    return None if plot is None else _drawn(plot, options, margin, plain)


def _drawn(plot: Plot, options: ConsoleOptions, margin: str, plain: bool) -> RenderableType:
    if plain:
        return Whole(Text("\n".join(said_of(plot))))
    from tutor.screen.plots.terminal import LEAST_COLUMNS, plot_rows

    room = options.max_width - len(margin)
    if room < LEAST_COLUMNS:
        return Text("\n".join(said_of(plot)))
    rows = plot_rows(plot, room, options.max_height)
    return Whole(Text("\n").join(Text(margin).append_text(row) for row in rows))


def first_setting(source: str, options: ConsoleOptions, margin: str, plain: bool) -> RenderableType | None:
    """A try block by its source, where its knobs stand first, and a line that names them. No code is run for it.

    None where it can't be read, or its code's output wasn't written down.
    """
    one = readable_try(source)
    shown = written_at_first(one) if one else None
    if one is None or shown is None:
        return None
    plot, text = shown
    title = Text(margin + sanitize(one.title, newlines=False), style="bold")
    printed = [
        Text(f"{margin}{'' if plain else '│ '}{row}", no_wrap=True, overflow="ellipsis") for row in text.split("\n") if text
    ]
    named = Padding(Text(names_in_words(one), style=DIM), (0, 0, 0, len(margin)))
    lower = options.copy()
    lower.max_height -= bool(one.title) + len(printed) + BELOW
    plotted = [_drawn(plot, lower, margin, plain)] if plot else []
    return Whole(Group(*([title] if one.title else []), *printed, *plotted, named))


def in_words(block: str) -> str:
    """A figure that stands alone, as Markdown, for somebody who has only text: a plot as its words and a table of its values."""
    if one := try_of(block):
        shown = written_at_first(one)
        if shown is None:
            return block
        plot, text = shown
        titled = [f"{one.title}."] if one.title else []
        return "\n".join([*titled, *([text] if text else []), *(said_of(plot) if plot else ()), names_in_words(one)])
    plot = _plot(block.partition("\n")[2].rpartition("\n")[0]) if has_plot(block) else None
    return "\n".join(said_of(plot)) if plot else block


def with_tries_in_words(text: str) -> str:
    """Markdown whose try blocks say what they show first, and not what they show at other settings."""
    lines = text.split("\n")
    for token in reversed(parse_blocks(text)[0]):
        if token.type == "fence" and is_try(token.info):
            first, end = lines_of(token)
            said = in_words(f"{token.markup}try\n{token.content}{token.markup}")
            lines[first:end] = [f"{token.markup}text", *said.split("\n"), token.markup]
    return "\n".join(lines)


def said_of(plot: Plot) -> Iterator[str]:
    """What a plot shows, in sentences, and a table of its values below them."""
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
