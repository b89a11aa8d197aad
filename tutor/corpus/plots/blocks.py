"""Plot blocks in Markdown: which they are."""

from __future__ import annotations

import re

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
