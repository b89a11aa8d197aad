"""A person at a keyboard: with arrows and line editing (`Keyboard`), or with plain lines (`LineKeyboard`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.corpus.bank import kind_of
from tutor.models import Step
from tutor.screen.terminal.keys import Keys, as_said, as_step, hints_line, hints_rows

if TYPE_CHECKING:
    from prompt_toolkit.history import History
    from rich.console import Console

    from tutor.screen.screens.asking import Question


class Keyboard:
    """A person at a terminal that can move its cursor."""

    attended = True

    def __init__(self, console: Console):
        self.console = console
        self._history: History | None = None

    def press(self, keys: Keys) -> Step:
        from tutor.screen.terminal.regions import KeyRegion

        while (step := KeyRegion(self.console, keys).run()).action == "say":
            line = self._read_line("› ", {}, step.text)
            if line.action != "answer":
                return line
            if line.text.strip():
                return as_said(line.text, keys)
        return step

    def line(self, prompt: str) -> str:
        return self._read_line(prompt, {}).text

    def answer(self, question: Question, keys: Keys) -> Step:
        return self._pick(question, keys) if kind_of(question.item).offers_options else self.write(keys)

    def write(self, keys: Keys) -> Step:
        step = self._read_line("› ", keys)
        return as_step(step.text, keys) if step.action == "answer" else step

    def choose(self, options: Sequence[str], keys: Keys, unattended: str = "") -> Step:
        from tutor.screen.terminal.regions import Menu

        return Menu(self.console, keys, options, at=int(unattended or 0), numbered=True).run()

    def _read_line(self, prompt: str, keys: Keys, begun: str = "") -> Step:
        from prompt_toolkit.history import InMemoryHistory

        from tutor.screen.terminal.regions import LineEditor

        self._history = self._history or InMemoryHistory()
        return LineEditor(self.console, keys, prompt, self._history, begun).run()

    def _pick(self, question: Question, keys: Keys) -> Step:
        """Among the options, and one row more for what Enter alone means elsewhere ("explain it to me")."""
        from tutor.screen.terminal.regions import Menu

        options = question.choices()
        rows = [*options, f"*{keys['next']}*"] if "next" in keys else options
        here = {action: word for action, word in keys.items() if action != "next"}
        step = Menu(self.console, here, rows, several=kind_of(question.item).several_options).run()
        if step.action != "choose":
            return step
        picked = [int(index) for index in step.text.split()]
        return Step("next") if len(options) in picked else Step("answer", ", ".join(str(index + 1) for index in picked))


class LineKeyboard:
    """A person at a terminal that only takes lines: `--plain`, NO_COLOR, TERM=dumb."""

    attended = True

    def __init__(self, console: Console):
        self.console = console

    def line(self, prompt: str) -> str:
        self.console.file.write(prompt)
        self.console.file.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def press(self, keys: Keys) -> Step:
        step = self._read(keys)
        if step.action == "answer" and "say" in keys:
            return Step("say", step.text)
        return step if step.action in keys else Step("next")

    def answer(self, question: Question, keys: Keys) -> Step:
        return self._read(keys)

    def write(self, keys: Keys) -> Step:
        return self._read(keys)

    def choose(self, options: Sequence[str], keys: Keys, unattended: str = "") -> Step:
        from tutor.screen.layout import numbered_list

        self.console.print(numbered_list(list(options)))
        default = int(unattended or 0)
        shown = {"next": f"for {default + 1}", **keys}
        while True:
            step = self._read(shown)
            if step.action == "next":
                return Step("choose", str(default))
            if step.action != "answer":
                return step
            if step.text.isdigit() and 0 < int(step.text) <= len(options):
                return Step("choose", str(int(step.text) - 1))
            self.console.print(f"a number from 1 to {len(options)}, or enter for {default + 1}")

    def _read(self, keys: Keys) -> Step:
        self.console.print("\n".join(hints_rows(hints_line(keys), self.console.width)))
        try:
            return as_step(self.line("> "), keys)
        except EOFError:
            return Step("quit")
