"""The head of the home screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from tutor.screen.layout import Screen, Sides, line
from tutor.screen.markup import ACCENT, DIM


@dataclass
class Home(Screen):
    """The head of the home screen; the terminal puts a menu below it."""

    figures: str = ""
    welcome: str = ""  # to a new learner

    def parts(self) -> Iterator[RenderableType]:
        yield Sides(Text("Pocket Tutor", style=f"bold {ACCENT}"), self.figures)
        if self.welcome:
            yield line(self.welcome, DIM)
        yield Text("")

    def markdown(self) -> str:
        return ""  # how far a learner has come is not part of the lesson
