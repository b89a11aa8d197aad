"""A plot in the terminal: rows of text with styles, never wider than asked."""

from __future__ import annotations

from rich.text import Text

from tutor.corpus.plots.data import Plot
from tutor.screen.plots.named import bar_rows, heatmap_rows
from tutor.screen.plots.plane import plane_rows
from utils.text import width

LEAST_COLUMNS = 24  # below it, nothing can be told from anything else
LEAST_ROWS, MOST_ROWS = 6, 14  # of a canvas


def rows_for(window: int) -> int:
    """How tall a plot's canvas is in a window of so many rows: a paragraph and the keys fit on the same page."""
    return max(LEAST_ROWS, min(MOST_ROWS, round(window * 0.375)))


def plot_rows(plot: Plot, columns: int, rows: int) -> list[Text]:
    """The rows of a plot at most `columns` wide; rows: of its canvas, to which title, axes and legend are added."""
    if plot.heatmap:
        drawn = heatmap_rows(plot, plot.heatmap, columns)
    elif plot.bars:
        drawn = bar_rows(plot, plot.bars, columns)
    else:
        drawn = plane_rows(plot, columns, rows)
    if plot.title:
        drawn[:0] = [Text(line, style="bold") for line in in_lines(plot.title, columns)]
    for row in drawn:
        row.rstrip()
        row.truncate(columns, overflow="ellipsis")
        row.no_wrap = True
    return drawn


def in_lines(text: str, columns: int) -> list[str]:
    """A text in lines of at most so many columns."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]
