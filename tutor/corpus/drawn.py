"""Blocks that a reader sees drawn, plots and try blocks: which they are, and a text without them.

What they are written in is neither searched, quoted nor summed up. Those who only ask which they are load nothing that draws.
"""

from __future__ import annotations

import re

from tutor.corpus.markdown import lines_of, parse_blocks

FENCE = re.compile(r"(?:```|~~~)[ \t]*(plot|try)\b")


def is_plot(info: str) -> bool:
    """Whether a fenced block with that info string says what to draw."""
    return info.split()[:1] == ["plot"]


def is_python_plot(info: str) -> bool:
    """Whether a fenced block with that info string is Python whose last value says what to draw."""
    return info.split()[:2] == ["python", "plot"]


def is_try(info: str) -> bool:
    """Whether a fenced block with that info string has knobs to turn."""
    return info.split()[:1] == ["try"]


def is_drawn(info: str) -> bool:
    """Whether a fenced block with that info string is drawn."""
    return is_plot(info) or is_try(info)


def has_drawn(text: str) -> bool:
    """Whether a Markdown text may have a plot or a try block; quick, for texts that mostly have none."""
    return bool(FENCE.search(text))


def has_plot(text: str) -> bool:
    """The same of plots alone."""
    return any(found[1] == "plot" for found in FENCE.finditer(text))


def has_try(text: str) -> bool:
    """The same of try blocks alone."""
    return any(found[1] == "try" for found in FENCE.finditer(text))


def without_drawn(text: str) -> str:
    """Markdown with its plots and try blocks blanked out, every other line in its place."""
    if not has_drawn(text):
        return text
    lines = text.split("\n")
    for token in parse_blocks(text)[0]:
        if token.type == "fence" and is_drawn(token.info):
            first, end = lines_of(token)
            lines[first:end] = [""] * (end - first)
    return "\n".join(lines)
