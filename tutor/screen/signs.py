"""Signs, and the words that stand in their place in plain text: a screen reader would spell out "black circle"."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

from tutor.screen.markup.styles import GREEN, MAGENTA, PURPLE, RED, is_plain
from tutor.screen.markup.wrapping import Whole
from tutor.screen.rows import in_words

SIGN_STYLE = {"✓": GREEN, "~": PURPLE, "✗": RED, "?": MAGENTA}


class Either:
    """One thing on a screen, and another in plain text and where there are fewer than `needs` columns."""

    def __init__(self, drawn: RenderableType, plain: RenderableType, needs: int = 0):
        self.drawn, self.plain, self.needs = drawn, plain, needs

    def at(self, console: Console, options: ConsoleOptions) -> RenderableType:
        return self.plain if is_plain(console) or options.max_width < self.needs else self.drawn

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.at(console, options)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.at(console, options))


class Told:
    """A line of the program's own, whose parts are set off by signs on a screen and by commas in plain text."""

    def __init__(self, text: Text):
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Whole(told(self.text, console))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, told(self.text, console))


def told(text: Text, console: Console) -> Text:
    """A line as it stands on a console; see Told."""
    return Text(in_words(text.plain)) if is_plain(console) else text
