"""Blocks that a reader sees drawn, plots and try blocks: what they are written in is neither searched, quoted nor summed up."""

from __future__ import annotations

from tutor.corpus.markdown import lines_of, parse_blocks
from tutor.corpus.plots.blocks import has_plot, is_plot
from tutor.corpus.tries.blocks import has_try, is_try


def is_drawn(info: str) -> bool:
    """Whether a fenced block with that info string is drawn."""
    return is_plot(info) or is_try(info)


def without_drawn(text: str) -> str:
    """Markdown with its plots and try blocks blanked out, every other line in its place."""
    if not has_plot(text) and not has_try(text):
        return text
    lines = text.split("\n")
    for token in parse_blocks(text)[0]:
        if token.type == "fence" and is_drawn(token.info):
            first, end = lines_of(token)
            lines[first:end] = [""] * (end - first)
    return "\n".join(lines)
