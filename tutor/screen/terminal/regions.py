"""Rows under what is printed that read keys until something is decided, and are then taken away.

Built on prompt-toolkit, so this module is imported only when a person is about to press a key.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO, cast

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import History
from prompt_toolkit.input.defaults import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.defaults import load_key_bindings
from prompt_toolkit.keys import Keys as Key
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, ScrollOffsets, Window
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.console import Console

from tutor.models import Step
from tutor.screen.stdio import MARGIN
from tutor.screen.terminal.keys import BETWEEN, KEY_OF, Keys, hints_line, hints_rows

HEAVY = ("appeal", "skip", "quit")  # actions that cost something where their key was only the first letter of a word
LETTER_S = 0.2  # how soon a second letter follows the first one of a word
WORD_S = 1.0  # and any further one
DIGITS = 9  # options of a menu that a key of their own chooses


class Region:
    """What all regions do alike: Ctrl-C, Ctrl-D, Enter, and the dim line of hints."""

    def __init__(self, console: Console, keys: Keys):
        self.console, self.keys = console, keys
        self.word_at = 0.0  # when a letter was typed that does nothing here; 0 for never
        self.bindings = KeyBindings()
        self.bindings.add("enter")(lambda event: self.goes_on_with_word() or event.app.exit(result=self.on_enter()))
        self.bindings.add("c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt()))
        self.bindings.add("c-d")(lambda event: self.end_of_input(event))

    def on_enter(self) -> Step:
        """What Enter means."""
        return Step("next")

    def end_of_input(self, event: KeyPressEvent) -> None:
        event.app.exit(result=Step("quit"))

    def rows(self) -> list[Window]:
        """What stands above the hints."""
        return []

    def hints(self) -> str:
        return hints_line(self.keys)

    def all_bindings(self) -> KeyBindingsBase:
        return self.bindings

    def bind_keys(self) -> None:
        """One key acts at once, but a letter of a word that is typed as if it were read here does not."""

        def end_with(action: str) -> Callable[[KeyPressEvent], None]:
            def end(event: KeyPressEvent) -> None:
                if not self.goes_on_with_word():
                    event.app.exit(result=Step(action))

            return end

        for action in self.keys:
            if action not in KEY_OF or action == "next":
                continue
            key = KEY_OF[action]
            self.bindings.add(key)(end_with(action))
            if action in HEAVY:  # waits for what comes right after it
                self.bindings.add(key, Key.Any)(lambda event: self.begin_word(event))
                for habit in (key, "enter"):
                    self.bindings.add(key, habit)(end_with(action))
                self.bindings.add(key, "c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt()))
        self.bindings.add(Key.Any)(lambda event: self.begin_word(event))

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

    def run(self) -> Step:
        rows = self.rows()
        if self.hints():
            text = FormattedTextControl(self.hints_row, show_cursor=False)
            rows += [Window(height=1), Window(text, wrap_lines=True, dont_extend_height=True)]
        output = Vt100_Output.from_pty(cast(TextIO, self.console.file))
        output.enable_cpr = False  # asking where the cursor is would put the terminal's reply among the learner's keys
        app: Application[Step] = Application(
            layout=Layout(HSplit(rows)),
            key_bindings=self.all_bindings(),
            erase_when_done=True,
            full_screen=False,
            input=create_input(sys.stdin),
            output=output,
        )
        app.timeoutlen = LETTER_S
        return app.run(handle_sigint=False)

    def hints_row(self) -> ANSI:
        told = f"no text is read here{BETWEEN}" if self.word_at else ""
        rows = hints_rows(told + self.hints(), get_app().output.get_size().columns - len(MARGIN))
        return ANSI("\n".join(f"{MARGIN}\x1b[90m{row}\x1b[0m" for row in rows))


class KeyRegion(Region):
    """Waits for Enter or a key. Where something may be said, any other one but a digit begins a line: Step("say", that key)."""

    def __init__(self, console: Console, keys: Keys):
        super().__init__(console, keys)
        self.bind_keys()

    def begin_word(self, event: KeyPressEvent) -> None:
        typed = "".join(press.data for press in event.key_sequence)
        if "say" in self.keys and typed.isprintable() and not typed.isdigit():
            event.app.exit(result=Step("say", typed))
        else:
            super().begin_word(event)


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

    def rows(self) -> list[Window]:
        prompt = BeforeInput(ANSI(f"{MARGIN}\x1b[36m{self.prompt}\x1b[0m"))
        return [Window(BufferControl(self.buffer, input_processors=[prompt]), wrap_lines=True, dont_extend_height=True)]


class Menu(Region):
    """One of the options, or with `several` any number of them, moved among by arrows and numbers.

    numbered: shows the numbers, which the options of a question have already in the list above the menu.
    """

    def __init__(
        self, console: Console, keys: Keys, options: Sequence[str], several: bool = False, at: int = 0, numbered: bool = False
    ):
        super().__init__(console, keys)
        self.options = [self._render(option) for option in options]
        self.several, self.numbered = several, numbered
        self.at = at
        self.marked: set[int] = set()
        self.bind_keys()
        self._bind_moves()

    def on_enter(self) -> Step:
        picked = sorted(self.marked) if self.several and self.marked else [self.at]
        return Step("choose", " ".join(map(str, picked)))

    def _bind_moves(self) -> None:
        def move(by: int) -> Callable[[KeyPressEvent], None]:
            return lambda event: self.go_to((self.at + by) % len(self.options))

        def jump(number: int) -> Callable[[KeyPressEvent], None]:
            return lambda event: self.pick(number)

        for key, by in (("up", -1), ("down", 1), ("tab", 1)):
            self.bindings.add(key)(move(by))
        if self.several:
            self.bindings.add(" ")(lambda event: self.toggle())
        for number in range(min(DIGITS, len(self.options))):
            self.bindings.add(str(number + 1))(jump(number))

    def go_to(self, number: int) -> None:
        self.at = number

    def toggle(self) -> None:
        self.marked.symmetric_difference_update({self.at})

    def pick(self, number: int) -> None:
        self.go_to(number)
        if self.several:
            self.toggle()

    def hints(self) -> str:
        moves = ["↑↓ move · space mark", "enter answer"] if self.several else ["↑↓ choose", "enter select"]
        if len(self.options) > DIGITS:
            moves.insert(0, f"{self.at + 1} of {len(self.options)}")
        return BETWEEN.join(filter(None, [*moves, super().hints()]))

    def rows(self) -> list[Window]:
        rows = FormattedTextControl(self._option_rows, show_cursor=False, get_cursor_position=self._row_pointed_at)
        return [Window(rows, dont_extend_height=True, scroll_offsets=ScrollOffsets(bottom=1))]

    def _row_pointed_at(self) -> Point:
        """Where the pointer is, so that a menu that is taller than the window follows it."""
        return Point(x=0, y=sum(map(len, self.options[: self.at])))

    def _option_rows(self) -> ANSI:
        rows = []
        for index, lines in enumerate(self.options):
            pointer = "\x1b[36m›\x1b[0m" if index == self.at else " "
            box = ("\x1b[36m■\x1b[0m " if index in self.marked else "□ ") if self.several else ""
            key = f"\x1b[90m{index + 1 if index < DIGITS else ' '}\x1b[0m " if self.numbered else ""
            for number, text in enumerate(lines):
                lead = f" {pointer} {box}{key}" if number == 0 else " " * (3 + 2 * (self.several + self.numbered))
                rows.append(lead + text)
        return ANSI("\n".join(rows))

    def _render(self, option: str) -> list[str]:
        """An option rendered to terminal lines, so that math in it reads as math."""
        from tutor.screen import markup

        with self.console.capture() as capture:
            self.console.print(markup.Page(option), width=self.console.width - 8)
        return [text.rstrip() for text in capture.get().strip("\n").split("\n")]
