"""Somebody who types prepared lines, in place of a person at a keyboard."""

from __future__ import annotations

from collections import deque

from tutor.models import Step
from tutor.screen.learners import Unattended
from tutor.screen.terminal.keys import as_step, hints_line


class Typist(Unattended):
    """Types lines where a line is read, and `a` on a page where that is the next line; leaves when there are no more.

    What was meant is chosen by the words of an option; "" is Enter, and "q" leaves. Other menus take their default.
    """

    def __init__(self, *lines: str, attended: bool = False):
        self.lines, self.attended = deque(lines), attended
        self.offered: list[str] = []  # the keys shown at each question
        self.offered_on_pages: list[str] = []

    def answer(self, question, keys):
        self.offered.append(hints_line(keys))
        return as_step(self.lines.popleft(), keys) if self.lines else Step("quit")

    def press(self, keys):
        self.offered_on_pages.append(hints_line(keys))
        if self.lines and self.lines[0] == "a" and "appeal" in keys:
            self.lines.popleft()
            return Step("appeal")
        return Step("next")

    def choose(self, options, keys, unattended):
        if "neither of the two" not in options:
            return super().choose(options, keys, unattended)
        said = self.lines.popleft()
        if said and said != "q" and said not in options:
            assert "say" in keys
            return Step("say", said)
        return Step("quit") if said == "q" else Step("choose", str(options.index(said)) if said else unattended)
