"""Plot blocks in Markdown: which they are, and a text without them. Their YAML is neither searched nor quoted."""

from __future__ import annotations

import re

from tutor.corpus.markdown import lines_of, parse_blocks

FENCE = re.compile(r"(?:```|~~~)[ \t]*plot\b")


def is_plot(info: str) -> bool:
    """Whether a fenced block with that info string says what to draw."""
    return info.split()[:1] == ["plot"]


def is_python_plot(info: str) -> bool:
    """Whether a fenced block with that info string is Python whose last value says what to draw."""
    return info.split()[:2] == ["python", "plot"]


def has_plot(text: str) -> bool:
    """Whether a Markdown text may have a plot; quick, for texts that mostly have none."""
    return bool(FENCE.search(text))


def without_plots(text: str) -> str:
    """Markdown with its plots blanked out, every other line in its place."""
    if not has_plot(text):
        return text
    lines = text.split("\n")
    for token in parse_blocks(text)[0]:
        if token.type == "fence" and is_plot(token.info):
            first, end = lines_of(token)
            lines[first:end] = [""] * (end - first)
    return "\n".join(lines)
