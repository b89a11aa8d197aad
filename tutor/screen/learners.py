"""Learners that no one waits for: the steps of a script, or the answers of a sheet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from tutor.models import Item, Step
from tutor.screen.rows import MenuRow, as_row
from utils.errors import UsageError

if TYPE_CHECKING:
    from tutor.screen.knobs import KnobBoard
    from tutor.screen.screens.asking import Question
    from tutor.screen.terminal.keys import Keys


class Learner(Protocol):
    """Whoever answers behind a Terminal: a person at a keyboard, a script or a sheet."""

    @property
    def attended(self) -> bool:
        """Whether it is a person."""

    @property
    def has_menus(self) -> bool:
        """Whether the options of a question are shown by the menu that answers it."""

    def press(self, keys: Keys) -> Step:
        """Enter, which is Step("next"), or one of `keys`."""

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str) -> Step:
        """Step("choose", "0") for the first of `options`, or one of `keys`; `unattended` is the choice by default."""

    def answer(self, question: Question, keys: Keys) -> Step:
        """Step("answer", what was typed), or one of `keys`."""

    @property
    def turns_in_place(self) -> bool:
        """Whether knobs are turned in one screen that is drawn again; else each turn is a line, and is shown below it."""

    def turn_knobs(self, board: KnobBoard, keys: Keys) -> Step:
        """Step("next") where they are done, Step("answer", "d=17") to turn one, Step("say", words), or one of `keys`."""

    def write(self, keys: Keys) -> Step:
        """Step("answer", words of their own), or one of `keys`; Enter alone is Step("next")."""

    def line(self, prompt: str) -> str:
        """One line of text."""


class Unattended:
    """Pages turn by themselves, and a choice takes its default, or leaves if it has none."""

    attended = False
    turns_in_place = False
    has_menus = False

    def press(self, keys: Keys) -> Step:
        return Step("next")

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str) -> Step:
        return Step("choose", unattended) if unattended else Step("quit")

    def turn_knobs(self, board: KnobBoard, keys: Keys) -> Step:
        return Step("next")

    def write(self, keys: Keys) -> Step:
        return Step("next")

    def line(self, prompt: str) -> str:
        return ""


class ScriptedLearner(Unattended):
    """The steps of a file, each given where it fits.

    A page turns by itself unless the next step works there. A question takes the next step, whatever it is; a `next`
    at a question means "I don't know". When no steps are left, the next question ends the session as `q` would.
    """

    def __init__(self, steps: Sequence[Step], path: str = "the script"):
        self.steps, self.path = deque(steps), path

    def is_next(self, action: str) -> bool:
        """Whether the next step is that."""
        return bool(self.steps) and self.steps[0].action == action

    def press(self, keys: Keys) -> Step:
        if self.steps and self.steps[0].action in keys and self.steps[0].action != "next":
            return self.steps.popleft()
        return super().press(keys)

    def turn_knobs(self, board: KnobBoard, keys: Keys) -> Step:
        """An answer turns a knob if it names one, as in `d=17`; any other is meant for the question that follows."""
        step = self.steps[0] if self.steps else Step("next")
        turns = step.action == "answer" and "=" in step.text and board.is_turn(step.text)
        if turns or (step.action in keys and step.action != "next"):
            return self.steps.popleft()
        return super().turn_knobs(board, keys)

    def write(self, keys: Keys) -> Step:
        return self.steps.popleft() if self.steps and self.steps[0].action in ("answer", *keys) else super().write(keys)

    def answer(self, question: Question, keys: Keys) -> Step:
        if question.optional:  # only a step that is meant for it; a script need not know of it
            return Step("answer", self.steps.popleft().text) if self.is_next(question.optional) else Step("next")
        if not self.steps:
            return Step("quit")
        step = self.steps[0]
        offered = ("answer", *(action for action, word in keys.items() if word))
        if step.action not in offered:
            # A probe offers neither hint nor skip: going on to the explanation leaves the step for where it works.
            if "skip" not in keys:
                return Step("next")
            raise UsageError(
                f"{self.path}:{step.line}: step {step.action!r} does not work at a question; expected {', '.join(offered)}"
            )
        return self.steps.popleft()

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str) -> Step:
        """A `choose` step names an option by its number or by some of its words."""
        if self.steps and self.steps[0].action in keys:
            return self.steps.popleft()
        if not self.steps or self.steps[0].action != "choose":
            return super().choose(options, keys, unattended)
        step, texts = self.steps.popleft(), [as_row(option).line for option in options]
        for index, option in enumerate(texts):
            if step.text == str(index + 1) or step.text.casefold() in option.casefold():
                return Step("choose", str(index))
        raise UsageError(f"{self.path}:{step.line}: no choice here is called {step.text!r}; expected one of: {'; '.join(texts)}")


class SheetLearner(Unattended):
    """The answers of a filled-in sheet, by item; an item left empty is skipped."""

    def __init__(self, answer_to: Callable[[Item], str]):
        self.answer_to = answer_to

    def answer(self, question: Question, keys: Keys) -> Step:
        answer = self.answer_to(question.item)
        return Step("answer", answer) if answer else Step("skip")
