"""A plot in the terminal: rows of text with styles, never wider than asked."""

from __future__ import annotations

from rich.text import Text

from tutor.corpus.plots.data import Plot
from tutor.screen.plots.named import bar_rows, heatmap_rows
from tutor.screen.plots.plane import plane_rows
from utils.text import width

LEAST_COLUMNS = 24  # below it, nothing can be told from anything else
LEAST_ROWS, MOST_ROWS = 4, 14  # of a canvas
WIDEST = 6.5  # columns of a canvas to a row of it: a lower and longer one looks flat
AROUND = 8  # rows of a window that a page needs beside a plot: its heading, the keys, space between


def rows_for(window: int) -> int:
    """How tall a plot's canvas is in a window of so many rows: a paragraph and the keys fit on the same page."""
    return max(LEAST_ROWS, min(MOST_ROWS, round(window * 0.375)))


def plot_rows(plot: Plot, columns: int, window: int) -> list[Text]:
    """The rows of a plot at most `columns` wide, for a window of so many rows; few enough for one page where that can be."""
    return fitted_rows(plot, columns, rows_for(window), window - AROUND)


def fitted_rows(plot: Plot, columns: int, rows: int, most: int) -> list[Text]:
    """The same in at most so many rows where that can be, with a canvas of `rows` or of fewer."""
    widest = round(WIDEST * rows)
    drawn = _drawn(plot, columns, rows, widest)
    while len(drawn) > most and rows > LEAST_ROWS and not (plot.heatmap or plot.bars):
        rows = max(LEAST_ROWS, rows - len(drawn) + most)
        drawn = _drawn(plot, columns, rows, widest)
    return drawn


def _drawn(plot: Plot, columns: int, rows: int, widest: int) -> list[Text]:
    """rows, widest: of its canvas, to which title, axes and legend are added."""
    if plot.heatmap:
        drawn = heatmap_rows(plot, plot.heatmap, columns)
    elif plot.bars:
        drawn = bar_rows(plot, plot.bars, columns)
    else:
        drawn = plane_rows(plot, columns, rows, widest)
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
