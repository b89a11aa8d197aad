"""The knobs of a try block, turned by arrows or by a typed line, and what they show drawn again in the same place."""

from __future__ import annotations

import threading
import time

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.defaults import load_key_bindings
from prompt_toolkit.keys import Keys as Key
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, Window
from prompt_toolkit.layout.containers import Container
from rich.console import Console

from tutor.models import Step
from tutor.screen.knobs import KnobBoard
from tutor.screen.screens.trying import board_rows
from tutor.screen.stdio import MARGIN, MAX_WIDTH, terminal_size
from tutor.screen.terminal.keys import BETWEEN, KEY_OF, Keys, as_step, hints_line, hints_rows
from tutor.screen.terminal.regions import Region, line_window

FAR = 5  # stops that Page Up and Page Down turn by
MOMENT_S = 0.3  # that code may run before it is said
TICK_S = 0.25  # how often a running clock is drawn
LEAST_ROWS = 9  # that a board is drawn in, however low the window


class KnobRegion(Region):
    """Turns the knobs of a board until Enter, Step("next"), or one of `keys`. A line that turns none is said: Step("say", it).

    A key whose letter begins a knob's name counts where it stands alone on a line, as everywhere where a line is typed.
    """

    def __init__(self, console: Console, keys: Keys, board: KnobBoard):
        super().__init__(console, keys)
        self.board = board
        self.typing = False
        self.buffer = Buffer(multiline=False)
        self.tallest = 0  # rows that it has had: what is below them doesn't move as long as the window doesn't
        self.drawn: tuple[tuple[object, ...], list[str]] | None = None  # what its lines depend on, and they
        self.runner: threading.Thread | None = None
        self.begun_at = 0.0
        self._bind()

    # ------------------------------------------------------------------------------------------ what keys do

    def _bind(self) -> None:
        moving = Condition(lambda: not self.typing)
        board = self.board
        for key, by in (("right", 1), ("left", -1), ("+", 1), ("-", -1), ("pageup", FAR), ("pagedown", -FAR)):
            self.bindings.add(key, filter=moving)(lambda event, by=by: board.turn(by))
        for key, by in (("down", 1), ("tab", 1), ("up", -1), ("s-tab", -1)):
            self.bindings.add(key, filter=moving)(lambda event, by=by: board.mark(by))
        self.bindings.add("home", filter=moving)(lambda event: board.go_to_end(False))
        self.bindings.add("end", filter=moving)(lambda event: board.go_to_end(True))
        given = self.keys
        self.keys = {action: word for action, word in given.items() if not self._begins_name(action)}
        self.bind_keys(moving)
        self.keys = given
        self.bindings.add(Key.BracketedPaste, filter=moving)(lambda event: self.begin_word(event))
        self.bindings.add("escape", filter=~moving, eager=True)(lambda event: self._end_line(event))
        empty = Condition(lambda: self.typing and not self.buffer.text)
        for key in ("backspace", "c-h"):
            self.bindings.add(key, filter=empty)(lambda event: self._end_line(event))

    def _begins_name(self, action: str) -> bool:
        """Whether a key's letter is the first one of a knob's name, so that it begins a line."""
        return KEY_OF.get(action) in {knob.name[0] for knob in self.board.knobs}

    def begin_word(self, event: KeyPressEvent) -> None:
        """Whatever else is typed begins a line."""
        typed = "".join(press.data for press in event.key_sequence).replace("\r\n", "\n").replace("\r", "\n")
        if typed.replace("\n", " ").isprintable():
            self.typing, self.board.told = True, ""
            event.app.layout.focus(self.buffer)
            self.buffer.insert_text(typed.replace("\n", " "))

    def _end_line(self, event: KeyPressEvent) -> None:
        self.buffer.reset()
        self.typing = False
        event.app.layout.focus_previous()

    def _enter(self, event: KeyPressEvent) -> None:
        if not self.typing:
            event.app.exit(result=Step("next"))
            return
        line = self.buffer.text
        self._end_line(event)
        if not line.strip():
            return
        step = as_step(line, self.keys)
        if step.action != "answer":
            event.app.exit(result=step)
        elif self.board.is_turn(line) or "say" not in self.keys:
            self.board.hear(line)
        else:
            event.app.exit(result=Step("say", step.text))

    def end_of_input(self, event: KeyPressEvent) -> None:
        if self.typing and self.buffer.text:
            self.buffer.delete()
        else:
            super().end_of_input(event)

    def all_bindings(self) -> KeyBindingsBase:
        return merge_key_bindings([load_key_bindings(), self.bindings])

    # ------------------------------------------------------------------------------------------ what is shown

    def _follow_size(self, app: Application[Step]) -> None:
        super()._follow_size(app)
        if not app.is_done:
            self._compute(app)

    def _compute(self, app: Application[Step]) -> None:
        """What the knobs show where they stand: at once where that takes no time, else behind the screen."""
        if self.board.known and self.board.looked:
            return
        if self.board.one.plot:
            self.board.outcome()
        elif self.runner is None:
            self.begun_at = time.monotonic()
            self.runner = threading.Thread(target=self.board.try_outcome, daemon=True)
            self.runner.start()
            threading.Thread(target=self._follow_run, args=(self.runner, app), daemon=True).start()

    def _follow_run(self, runner: threading.Thread, app: Application[Step]) -> None:
        """Draw a clock while code runs, and what came of it as soon as it is there."""
        runner.join(MOMENT_S)
        while runner.is_alive():
            app.invalidate()
            runner.join(TICK_S)
        self.runner = None
        app.invalidate()

    def _waits(self) -> str:
        taken = time.monotonic() - self.begun_at
        if self.board.known or taken < MOMENT_S:
            return ""
        return f"running the code … {taken:.0f} s" if taken >= 1 else "running the code …"

    def hints(self) -> str:
        return BETWEEN.join(["enter sets it", "esc back to the knobs"]) if self.typing else self._resting_hints()

    def _resting_hints(self) -> str:
        name = self.board.knob.name
        turns = [f"←→ turn {name}", *(["tab next"] if len(self.board.knobs) > 1 else []), f"or type {name}=…"]
        words = {action: f"enter {word}" if word and self._begins_name(action) else word for action, word in self.keys.items()}
        return BETWEEN.join([*turns, hints_line(words)])

    def rows(self) -> list[Container]:
        text = FormattedTextControl(self._text, focusable=True, show_cursor=False)
        board = Window(text, height=lambda: Dimension.exact(self.board_height()), always_hide_cursor=True)
        typed = line_window(self.buffer, lambda: "› ")
        return [board, ConditionalContainer(typed, Condition(lambda: self.typing))]

    def _lines(self) -> list[str]:
        """The board as lines, drawn anew where something of it has changed."""
        board, waits = self.board, self._waits()
        told = (board.here, board.marked, board.told, waits, self.typing, board.known is None, terminal_size(), self.above)
        if self.drawn is None or self.drawn[0] != told:
            self.drawn = told, self._draw(waits)
        return self.drawn[1]

    def _draw(self, waits: str) -> list[str]:
        resting = 1 + len(hints_rows(self._resting_hints(), terminal_size().columns - len(MARGIN)))
        spare = max(0, 2 + 1 - resting)  # where a line is typed and its keys are told, so that nothing moves for them
        room = max(LEAST_ROWS, self.window_rows() - self.above - resting - spare - 1)
        columns = min(MAX_WIDTH, terminal_size().columns) - len(MARGIN)
        rows = board_rows(self.board, columns, room, waits)[:room]
        with self.console.capture() as capture:
            for row in rows:
                self.console.print(row, width=columns, no_wrap=True, overflow="crop")
        lines = [line.rstrip() for line in capture.get().split("\n")[:-1]]
        self.tallest = min(room, max(self.tallest, len(lines)))
        below = [""] * (self.tallest - len(lines) + (0 if self.typing else spare))
        return lines[: self.tallest] + below

    def _text(self) -> ANSI:
        return ANSI("\n".join(MARGIN + line for line in self._lines()))

    def board_height(self) -> int:
        return len(self._lines())

    def rows_needed(self) -> int:
        return self.window_rows() - 1
