"""What has names in place of an axis: lying bars, and a heatmap whose shades and numbers say the same."""

from __future__ import annotations

from rich.text import Text

from tutor.corpus.plots.data import Bars, Heatmap, Plot
from tutor.corpus.plots.scales import in_short
from tutor.screen.markup.styles import ACCENT, DIM, GREEN, MAGENTA, PURPLE, RED
from utils.text import width

STYLES = (ACCENT, RED, GREEN, MAGENTA, PURPLE, "")
PARTS = " ▏▎▍▌▋▊▉█"
SHADES = " ░▒▓█"
LONGEST_NAME = 0.4  # of the width
WIDEST_BAR = 48


def cut_to(text: str, columns: int) -> str:
    """A text of at most so many columns, with a mark where it was cut."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[:-1]
    return text + "…"


def padded(text: str, columns: int, right: bool = False) -> str:
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def numbers_alike(values: list[float]) -> list[str]:
    """Numbers with as many decimals as the one that needs most, if they fit three significant digits."""
    texts = [in_short(value) for value in values]
    if any("e" in text for text in texts):
        return texts
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    largest = max((abs(value) for value in values), default=0)
    decimals = min(decimals, 3 if largest < 10 else 1 if largest < 1000 else 0)
    return [f"{value:.{decimals}f}".replace("-", "−") for value in values]


def bar_rows(plot: Plot, bars: Bars, columns: int) -> list[Text]:
    """Bars below one another, each with its name before and its number behind it; those of one name stand together."""
    texts = numbers_alike([height for heights in bars.heights for height in heights])
    many = len(bars.series) > 1
    names = [f"  {name}" for name in bars.series] if many else list(bars.names)
    left = min(max(map(width, names)), int(columns * LONGEST_NAME))
    values = [height for heights in bars.heights for height in heights]
    lowest, highest = min(0.0, *values), max(0.0, *values)
    room = max(4, min(WIDEST_BAR, columns - left - 3 - max(map(width, texts))))
    unit = room / ((highest - lowest) or 1)
    drawn = [Text(label, style=DIM) for label in [plot.y.label or plot.x.label] if label]
    number = 0
    for name, heights in zip(bars.names, bars.heights, strict=True):
        if many:
            drawn.append(Text(cut_to(name, columns)))
        for series, height in enumerate(heights):
            shown = f"  {bars.series[series]}" if many else name
            row = Text(padded(cut_to(shown, left), left) + " ")
            row.append("│" if lowest >= 0 else "", DIM)
            row.append(_bar(height, lowest, unit, room), STYLES[series % len(STYLES)] or None)
            row.append(f" {texts[number]}")
            drawn.append(row)
            number += 1
    return drawn


def _bar(height: float, lowest: float, unit: float, room: int) -> str:
    """A bar from zero, which stands in the middle where some are below it."""
    if lowest >= 0:
        eighths = round(height * unit * 8)
        return "█" * (eighths // 8) + (PARTS[eighths % 8] if eighths % 8 else "")
    zero = round(-lowest * unit)
    end = round((height - lowest) * unit)
    if height < 0:
        return " " * end + "█" * (zero - end) + "│" + " " * (room - zero)
    return " " * zero + "│" + "█" * (end - zero) + " " * (room - end)


def heatmap_rows(plot: Plot, heatmap: Heatmap, columns: int) -> list[Text]:
    """A heatmap: in each cell a shade and, where there is room, its number."""
    left = min(max(map(width, heatmap.rows)), int(columns * LONGEST_NAME))
    cells = [value for row in heatmap.values for value in row]
    low, high = min(cells), max(cells)
    texts = iter(numbers_alike(cells))
    count = len(heatmap.columns)
    longest = max(map(width, numbers_alike(cells)))
    wide = (columns - left - 1) // count
    with_numbers = wide >= longest + 3
    cell = min(max(longest + 4, max(map(width, heatmap.columns)) + 1), wide) if with_numbers else max(1, min(3, wide))
    labels = [Text(label, style=DIM) for label in [axes_in_words(plot)] if label]
    drawn = [*labels, *_heads(heatmap, left, cell)]
    for name, values in zip(heatmap.rows, heatmap.values, strict=True):
        row = Text(padded(cut_to(name, left), left, right=True) + " ")
        for value in values:
            share = (value - low) / ((high - low) or 1)
            shade = SHADES[min(4, int(share * 5))]
            text = next(texts)
            if with_numbers:
                row.append(f" {shade * 2}", ACCENT)
                row.append(padded(text, cell - 3, right=False))
            else:
                row.append(shade * cell, ACCENT)
        drawn.append(row)
    if not with_numbers:
        first, last = (in_short(value) for value in (low, high))
        drawn.append(Text(" " * (left + 1)).append(SHADES[1:], ACCENT).append(f"  from {first} (blank) to {last}", DIM))
    return drawn


def axes_in_words(plot: Plot) -> str:
    """What rows and columns are."""
    down = f"down: {plot.y.label}" if plot.y.label else ""
    return ", ".join(filter(None, (down, f"across: {plot.x.label}" if plot.x.label else "")))


def _heads(heatmap: Heatmap, left: int, cell: int) -> list[Text]:
    """The names of the columns, or of every second, third, … where they are longer than a cell."""
    longest = max(map(width, heatmap.columns))
    every = max(1, -(-(longest + 1) // cell))
    row = Text(" " * (left + 1), style="")
    if cell > 3 or every == 1:
        for name in heatmap.columns:
            row.append(padded(" " + cut_to(name, cell - 1), cell))
        return [row]
    for number in range(0, len(heatmap.columns), every):
        row.append(padded(heatmap.columns[number], cell * every))
    return [row]
