"""The menu: one list for every choice, moved in by arrows, numbers or a filter. See Terminal.choose for what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.defaults import load_key_bindings
from prompt_toolkit.keys import Keys as Key
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, ScrollOffsets, Window
from prompt_toolkit.layout.containers import Container
from rich.console import Console

from tutor.models import Step
from tutor.screen.rows import MenuRow, has_words
from tutor.screen.stdio import MARGIN, MAX_WIDTH, terminal_size
from tutor.screen.terminal.keys import BETWEEN, NUMBERED, Keys
from tutor.screen.terminal.regions import ACCENT, DIM, RESET, Region, line_window, lines_of
from utils.text import sanitize, width

MARKS = re.compile(r"\*\*|\\")  # of Markdown in a row, that no column is needed for
LEAST_TEXT = 30  # columns that a row's side must leave for its text, or it stands behind it
LEAST_ROWS = 4  # of a menu, however much stands above it
NOWHERE = -1


class Menu(Region):
    """One of the rows, or with `several` any number of them: Step("choose", "0 2").

    The first nine are numbered, and a digit chooses (or marks) at once. With more than nine `/` filters. typed: words are
    an answer too, so that any other character begins a line: Step("answer", that line as it stands). A digit belongs to it
    where text comes right after, as in "1 and 3". Where it isn't pointed, the first Enter only points at a row: it may have
    been meant for what was shown above.
    """

    def __init__(
        self, console: Console, keys: Keys, rows: Sequence[MenuRow], at: int = 0, several: bool = False, typed: bool = False,
        history: History | None = None, pointed: bool = True,
    ):  # fmt: skip
        super().__init__(console, keys)
        self.options, self.several, self.typed = list(rows), several, typed
        self.shown = list(range(len(rows)))  # those that the filter lets through
        self.start, self.at = at, at if pointed else NOWHERE  # among the shown ones
        self.marked: set[int] = set()
        self.mode = ""  # "line" while words are typed, "filter" while a filter is
        self.buffer = Buffer(multiline=False, history=history, on_text_changed=lambda _: self._on_text())
        self.drawn: dict[tuple[int, int], list[str]] = {}
        self.choosing = Condition(lambda: not self.mode)
        if not typed:
            self.bind_keys(self.choosing)
        self._bind_moves()
        self._bind_line()

    # ------------------------------------------------------------------------------------------ what keys do

    def on_enter(self) -> Step | None:
        if self.mode == "line":
            self.buffer.append_to_history()
            return Step("answer", self.buffer.text)
        if not self.shown:
            return None
        if self.at == NOWHERE and not self.marked:
            self.go_to(self.start)
            return None
        picked = sorted(self.marked) if self.several and self.marked else [self.shown[self.at]]
        return Step("choose", " ".join(map(str, picked)))

    def _bind_moves(self) -> None:
        def move(to: Callable[[], int]) -> Callable[[KeyPressEvent], None]:
            return lambda event: self.go_to(to())

        moving = Condition(lambda: self.mode != "line")
        for key, by in (("up", -1), ("down", 1), ("tab", 1), ("s-tab", -1)):
            self.bindings.add(key, filter=moving)(move(partial(self._a_row_on, by)))
        for key, direction in (("pageup", -1), ("pagedown", 1)):
            self.bindings.add(key, filter=moving)(move(partial(self._a_page_on, direction)))
        self.bindings.add("home", filter=self.choosing)(move(lambda: 0))
        self.bindings.add("end", filter=self.choosing)(move(lambda: len(self.shown) - 1))
        for number in range(min(NUMBERED, len(self.options))):
            self._bind_digit(number)
        if self.several:
            self.bindings.add(" ", filter=self.choosing)(self._mark_or_begin_line)
        for number, row in enumerate(self.options):
            if row.key and not self.typed:
                self.bindings.add(row.key, filter=self.choosing)(partial(self.pick, number))

    def _bind_digit(self, number: int) -> None:
        """Where a line may be typed, a digit that chooses waits for what comes right after it."""
        digit, pick = str(number + 1), partial(self.pick, number)
        self.bindings.add(digit, filter=self.choosing)(pick)
        if self.typed and not self.several:

            def go_on(event: KeyPressEvent) -> None:
                if not self.begin_line(event):
                    pick(event)

            self.bindings.add(digit, Key.Any, filter=self.choosing)(go_on)
            for habit in (digit, "enter"):
                self.bindings.add(digit, habit, filter=self.choosing)(pick)
            self.bindings.add(digit, "c-c", filter=self.choosing)(lambda event: event.app.exit(exception=KeyboardInterrupt()))

    def _mark_or_begin_line(self, event: KeyPressEvent) -> None:
        if not (self.digits_before() and self.begin_line(event)):
            self.at = self.start if self.at == NOWHERE else self.at
            self.toggle(self.at)

    def _bind_line(self) -> None:
        if len(self.options) > NUMBERED:
            self.bindings.add("/", filter=self.choosing)(lambda event: self.begin(event, "filter", ""))
        if self.typed:
            self.bindings.add(Key.Any, filter=self.choosing)(self.begin_line)
            self.bindings.add(Key.BracketedPaste, filter=self.choosing)(self.begin_line)
        else:
            self.bindings.add(Key.BracketedPaste, filter=self.choosing)(lambda event: None)
        self.bindings.add("escape", filter=~self.choosing, eager=True)(lambda event: self.end_line(event))
        empty = Condition(lambda: bool(self.mode) and not self.buffer.text)
        for key in ("backspace", "c-h"):
            self.bindings.add(key, filter=empty)(lambda event: self.end_line(event))

    def all_bindings(self) -> KeyBindingsBase:
        return merge_key_bindings([load_key_bindings(), self.bindings])

    def begin_line(self, event: KeyPressEvent) -> bool:
        """A line of what was typed, and of the digits right before it. False where that is no text."""
        typed = "".join(press.data for press in event.key_sequence).replace("\r\n", "\n").replace("\r", "\n")
        if not self.typed or not typed.replace("\n", " ").isprintable():
            return False
        before = self.digits_before()
        for digit in before:  # they marked what they were not meant for
            self.toggle(int(digit) - 1)
        self.begin(event, "line", before + typed)
        return True

    def begin(self, event: KeyPressEvent, mode: str, text: str) -> None:
        self.mode = mode
        event.app.layout.focus(self.buffer)
        self.buffer.insert_text(text)

    def end_line(self, event: KeyPressEvent) -> None:
        self.buffer.reset()
        self.mode = ""
        self._on_text()
        event.app.layout.focus_previous()

    def end_of_input(self, event: KeyPressEvent) -> None:
        if self.mode and self.buffer.text:
            self.buffer.delete()
        else:
            super().end_of_input(event)

    def _on_text(self) -> None:
        """The rows that the filter lets through: those with each of its words."""
        words = self.buffer.text.casefold().split() if self.mode == "filter" else []
        if self.at == NOWHERE and self.mode != "filter":
            return
        pointed = self.shown[max(0, self.at)] if self.shown else 0
        self.shown = [index for index, row in enumerate(self.options) if has_words(row, words)]
        self.at = self.shown.index(pointed) if pointed in self.shown else 0

    def go_to(self, place: int) -> None:
        self.at = place
        self.forget_digits()

    def _a_row_on(self, step: int) -> int:
        if self.at == NOWHERE:
            return self.start if step > 0 else len(self.shown) - 1
        return (self.at + step) % max(1, len(self.shown))

    def _a_page_on(self, direction: int) -> int:
        return max(0, min(len(self.shown) - 1, self.at + direction * max(1, self._height() - 1)))

    def toggle(self, place: int) -> None:
        self.marked.symmetric_difference_update({self.shown[place]})

    def pick(self, number: int, event: KeyPressEvent) -> None:
        """A row by its number or letter: chosen at once, or marked where there may be several."""
        if self.goes_on_with_word():
            return
        self.at = number
        if self.several:
            self.toggle(number)
            self.keep_digits(str(number + 1))
        else:
            event.app.exit(result=Step("choose", str(number)))

    # ------------------------------------------------------------------------------------------ what is drawn

    def hints(self) -> str:
        if self.mode == "filter":
            return BETWEEN.join([f"{len(self.shown)} of {len(self.options)}", "enter select", "esc all of them"])
        if self.mode == "line":
            return BETWEEN.join(["enter answer", "esc back to the list", *filter(None, [super().hints()])])
        last = min(NUMBERED, len(self.options))
        numbers = f"1–{last}" if last > 1 else "1"
        moves = [f"↑↓ · space or {numbers} mark", "enter answer"] if self.several else [f"↑↓ or {numbers} choose"]
        if len(self.options) > NUMBERED:
            moves = [f"{self.at + 1} of {len(self.options)}", *moves, "/ filter"]
        return BETWEEN.join(filter(None, [*moves, super().hints()]))

    def rows(self) -> list[Container]:
        def here() -> list[str]:
            return self._lines(self.shown[max(0, self.at)]) if self.shown else []

        def cursor() -> Point:
            return Point(0, self._first_line(max(0, self.at) + 1) - len(here()))

        text = FormattedTextControl(self._text, focusable=True, show_cursor=False, get_cursor_position=cursor)

        below = ScrollOffsets(top=lambda: int(bool(self._heading(max(0, self.at)))), bottom=lambda: max(0, len(here()) - 1))
        menu = Window(text, height=lambda: Dimension.exact(self._height()), scroll_offsets=below, always_hide_cursor=True)
        sign = {"filter": "/ ", "line": "› "}
        typed = line_window(self.buffer, lambda: sign.get(self.mode, ""))
        return [menu, ConditionalContainer(typed, ~self.choosing)]

    def _height(self) -> int:
        """As many rows as there are, if the window has room for them beside what stands above and below."""
        room = self.window_rows() - self.above - self.hints_height() - bool(self.mode)
        return max(1, min(max(LEAST_ROWS, room), self._first_line(len(self.shown))))

    def rows_needed(self) -> int:
        return self.hints_height() + self._first_line(len(self.shown))

    def _first_line(self, place: int) -> int:
        """How many lines the rows before a place take up, headings included."""
        return sum(len(self._lines(index)) + bool(self._heading(at)) for at, index in enumerate(self.shown[:place]))

    def _heading(self, place: int) -> str:
        """What stands above the row at a place: its heading, unless the row before has the same."""
        heading = self.options[self.shown[place]].heading if self.shown else ""
        return "" if place and self.options[self.shown[place - 1]].heading == heading else heading

    def _text(self) -> ANSI:
        found = []
        for place, index in enumerate(self.shown):
            pointer = f"{ACCENT}›{RESET}" if place == self.at and self.mode != "line" else " "
            box = (f"{ACCENT}■{RESET} " if index in self.marked else "□ ") if self.several else ""
            number = self._label(index) if self.mode != "filter" else " "
            first, *others = self._lines(index)
            if heading := self._heading(place):
                found.append(f"{MARGIN}  {DIM}{sanitize(heading, newlines=False)}{RESET}")
            found.append(f"{MARGIN}{pointer} {box}{DIM}{number}{RESET} {first}")
            found += [" " * self._lead + line for line in others]
        return ANSI("\n".join(found) or f"{MARGIN}  {DIM}nothing has these words{RESET}")

    def _label(self, index: int) -> str:
        """The key that chooses a row: its letter or its number, a space where it has none."""
        return self.options[index].key or (str(index + 1) if index < NUMBERED else " ")

    @property
    def _lead(self) -> int:
        """Columns before the text of a row."""
        return len(MARGIN) + 4 + 2 * self.several

    def _lines(self, index: int) -> list[str]:
        """A row as the lines of a terminal that is as wide as this one is now, with the math in it drawn."""
        columns = min(MAX_WIDTH, terminal_size().columns)
        if (index, columns) not in self.drawn:
            row = self.options[index]
            lines = self._draw(row, max(8, columns - self._lead - row.indent))
            self.drawn[index, columns] = [" " * row.indent + line for line in lines]
        return self.drawn[index, columns]

    def _draw(self, row: MenuRow, room: int) -> list[str]:
        side = sanitize(row.narrow if row.narrow and self._is_narrow(room + row.indent) else row.side, newlines=False)
        beside = bool(side) and room - width(side) - 2 >= LEAST_TEXT
        lines = lines_of(self.console, row.text if beside else row.line, room - width(side) - 2 if beside else room)
        if beside:
            lines[0] += " " * (room - width(side) - visible_width(lines[0])) + f"{DIM}{side}{RESET}"
        return lines

    def _is_narrow(self, room: int) -> bool:
        """Whether a row's text needs more than one line beside its side."""
        return any(row.indent + width(MARKS.sub("", row.text)) + width(row.side) + 2 > room for row in self.options)


def visible_width(line: str) -> int:
    """Columns of a line without its colours."""
    return sum(width(text) for _, text, *_ in ANSI(line).__pt_formatted_text__() if text)
