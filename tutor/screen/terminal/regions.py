"""Rows under what is printed that read keys until something is decided, and are then taken away.

Built on prompt-toolkit, so this module is imported only when a person is about to press a key.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO, cast

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Always, Condition, Filter
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import History
from prompt_toolkit.input.defaults import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.defaults import load_key_bindings
from prompt_toolkit.keys import Keys as Key
from prompt_toolkit.layout import BufferControl, Dimension, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.containers import Container
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.console import Console

from tutor.models import Step
from tutor.screen.stdio import MARGIN, terminal_size
from tutor.screen.terminal.keys import BETWEEN, KEY_OF, REDRAW, SUSPEND, Keys, flush_typed, hints_line, hints_rows

LETTER_S = 0.2  # how soon a second letter follows the first one of a word
WORD_S = 1.0  # and any further one
ACCENT, DIM, RESET = "\x1b[38;5;63m", "\x1b[38;5;243m", "\x1b[0m"  # as in markup.styles


class Region:
    """What all regions do alike: Ctrl-C, Ctrl-D, Enter, and the dim line of hints."""

    def __init__(self, console: Console, keys: Keys):
        self.console, self.keys = console, keys
        self.above = 0  # rows that were drawn since the last key and are to stay in view
        self.size = terminal_size()  # of the window that it was drawn in
        self.word_at = 0.0  # when a letter was typed that does nothing here; 0 for never
        self._digits, self._digits_at = "", 0.0
        self.bindings = KeyBindings()
        self.bindings.add("enter")(self._enter)
        self.bindings.add("c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt()))
        self.bindings.add("c-l")(lambda event: event.app.exit(result=REDRAW))
        self.bindings.add("c-z")(lambda event: event.app.exit(result=SUSPEND))
        self.bindings.add("c-d")(lambda event: self.end_of_input(event))

    def _enter(self, event: KeyPressEvent) -> None:
        if not self.goes_on_with_word() and (step := self.on_enter()):
            event.app.exit(result=step)

    def on_enter(self) -> Step | None:
        """What Enter means; None for nothing."""
        return Step("next")

    def end_of_input(self, event: KeyPressEvent) -> None:
        event.app.exit(result=Step("quit"))

    def rows(self) -> list[Container]:
        """What stands above the hints."""
        return []

    def hints(self) -> str:
        return hints_line(self.keys)

    def all_bindings(self) -> KeyBindingsBase:
        return self.bindings

    def bind_keys(self, active: Filter = Always()) -> None:  # noqa: B008 (it has no state)
        """One key acts, but a letter of a word does not."""

        def end_with(action: str) -> Callable[[KeyPressEvent], None]:
            def end(event: KeyPressEvent) -> None:
                if not self.goes_on_with_word():
                    event.app.exit(result=Step(action))

            return end

        for action in self.keys:
            if action not in KEY_OF or action == "next":
                continue
            key = KEY_OF[action]
            self.bindings.add(key, filter=active)(end_with(action))
            if key.isalpha():  # it may begin a word, and waits for what comes right after it
                self.bindings.add(key, Key.Any, filter=active)(lambda event: self.begin_word(event))
                for habit in (key, "enter"):
                    self.bindings.add(key, habit, filter=active)(end_with(action))
                self.bindings.add(key, "c-c", filter=active)(lambda event: event.app.exit(exception=KeyboardInterrupt()))
        self.bindings.add(Key.Any, filter=active)(lambda event: self.begin_word(event))

    def begin_word(self, event: KeyPressEvent) -> None:
        """A key that does nothing here; if it is a letter, more of a word is to be expected."""
        if event.data.isalpha():
            self.word_at = time.monotonic()

    def goes_on_with_word(self) -> bool:
        """Whether a key comes so soon after a letter that did nothing that it belongs to the same word."""
        if not self.word_at or time.monotonic() - self.word_at > WORD_S:
            return False
        self.word_at = time.monotonic()
        return True

    def keep_digits(self, typed: str) -> None:
        """More digits, which begin a line if text comes right after them."""
        self._digits, self._digits_at = self.digits_before() + typed, time.monotonic()

    def digits_before(self) -> str:
        """The digits that were typed just now."""
        return self._digits if time.monotonic() - self._digits_at <= WORD_S else ""

    def forget_digits(self) -> None:
        self._digits = ""

    def run(self, goes_on: bool = False) -> Step:
        """What the learner does: a Step of the region's, REDRAW where the window is to be drawn again, or SUSPEND.

        goes_on: from another region, so that keys typed in between are meant for this one.
        """
        self.size = terminal_size()
        if not goes_on:
            drop_typed_ahead()
        rows = self.rows()
        if self.hints():
            height = Dimension.exact
            text = FormattedTextControl(self.hints_row, focusable=not rows, show_cursor=False)
            hints = Window(text, height=lambda: height(self.hints_height() - 1), always_hide_cursor=True)
            rows += [Window(height=1), hints]
        output = Vt100_Output.from_pty(cast(TextIO, self.console.file))
        output.enable_cpr = False  # asking where the cursor is would put the terminal's reply among the learner's keys
        app: Application[Step] = Application(
            layout=Layout(HSplit(rows)),
            key_bindings=self.all_bindings(),
            erase_when_done=True,
            full_screen=False,
            input=create_input(sys.stdin),
            output=output,
            before_render=self._follow_size,
        )
        app.timeoutlen = LETTER_S
        return app.run(handle_sigint=False)

    def _follow_size(self, app: Application[Step]) -> None:
        if terminal_size() != self.size and not app.is_done:
            app.exit(result=REDRAW)

    def hints_row(self) -> ANSI:
        return ANSI("\n".join(f"{MARGIN}{DIM}{row}{RESET}" for row in self._hints_rows()))

    def _hints_rows(self) -> list[str]:
        told = f"no text is read here{BETWEEN}" if self.word_at else ""
        return hints_rows(told + self.hints(), terminal_size().columns - len(MARGIN))

    def hints_height(self) -> int:
        """Rows that the hints take up, with the blank one above them."""
        return 1 + len(self._hints_rows()) if self.hints() else 0

    @staticmethod
    def window_rows() -> int:
        return terminal_size().lines

    def rows_needed(self) -> int:
        """How many rows it takes up if there is room."""
        return self.hints_height()


class KeyRegion(Region):
    """Waits for Enter, Space or a key. Where something may be said, any other one begins a line: Step("say", it).

    Digits alone, which may be meant for a menu, begin none; with what is typed right after them they do, as in "0.1".

    position: of the page, such as "2 of 3".
    """

    def __init__(self, console: Console, keys: Keys, position: str = ""):
        super().__init__(console, keys)
        self.position = position
        self.bind_keys()
        if "say" in keys:
            after_digits = Condition(lambda: bool(self.digits_before()))
            for key in (" ", *(KEY_OF[action] for action in keys if action in KEY_OF and action != "next")):
                self.bindings.add(key, filter=after_digits, eager=True)(lambda event: self.begin_word(event))
        self.bindings.add(" ")(self._enter)
        self.bindings.add("pagedown")(self._enter)
        if "back" in keys:
            self.bindings.add("pageup")(lambda event: event.app.exit(result=Step("back")))

    def hints(self) -> str:
        return hints_line(self.keys, self.position)

    def begin_word(self, event: KeyPressEvent) -> None:
        typed = "".join(press.data for press in event.key_sequence).replace("\r\n", "\n").replace("\r", "\n")
        if "say" not in self.keys or not typed.replace("\n", " ").isprintable():
            super().begin_word(event)
        elif typed.isdigit():
            self.keep_digits(typed)
        else:
            event.app.exit(result=Step("say", self.digits_before() + typed))


class LineEditor(Region):
    """Takes one line of text, with prompt-toolkit's own line editing under our keys."""

    def __init__(self, console: Console, keys: Keys, prompt: str, history: History, begun: str = ""):
        super().__init__(console, keys)
        self.prompt = prompt
        self.buffer = Buffer(multiline=False, history=history, document=Document(begun))

    def on_enter(self) -> Step:
        if self.buffer.text.strip():
            self.buffer.append_to_history()
        return Step("answer", self.buffer.text)

    def end_of_input(self, event: KeyPressEvent) -> None:
        if self.buffer.text:
            self.buffer.delete()
        else:
            super().end_of_input(event)

    def all_bindings(self) -> KeyBindingsBase:
        return merge_key_bindings([load_key_bindings(), self.bindings])

    def rows(self) -> list[Container]:
        return [line_window(self.buffer, lambda: self.prompt)]

    def rows_needed(self) -> int:
        return 1 + self.hints_height()


def drop_typed_ahead() -> None:
    """Forget keys that were pressed while nothing listened."""
    from prompt_toolkit.input.typeahead import clear_typeahead

    clear_typeahead(create_input(sys.stdin))
    flush_typed()


def line_window(buffer: Buffer, prompt: Callable[[], str]) -> Window:
    """Where a line is typed, behind its prompt; it wraps, and grows with what is typed."""
    before = BeforeInput(lambda: ANSI(f"{MARGIN}{ACCENT}{prompt()}{RESET}"))
    return Window(BufferControl(buffer, input_processors=[before]), wrap_lines=True, dont_extend_height=True)


def lines_of(console: Console, text: str, columns: int) -> list[str]:
    """Markdown as the lines of a terminal, colours included, so that math in it reads as math; at least one."""
    from tutor.screen import markup

    with console.capture() as capture:
        console.print(markup.Page(text), width=columns)
    return [line.rstrip() for line in capture.get().strip("\n").split("\n")]
