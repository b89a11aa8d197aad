"""A person at a keyboard: with arrows and line editing (`Keyboard`), or with plain lines (`LineKeyboard`)."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tutor.corpus.bank import kind_of
from tutor.models import Step
from tutor.screen.rows import MenuRow, as_row, has_words, in_words
from tutor.screen.stdio import MARGIN, columns, say_aside
from tutor.screen.terminal.keys import (
    BETWEEN,
    ENDS_CODE,
    HANDS_IN,
    IN_EDITOR,
    NEXT_LINE,
    NUMBERED,
    REDRAW,
    SUSPEND,
    Keys,
    LoudKeys,
    QuietKeys,
    as_choice,
    as_said,
    as_step,
    as_text,
    flush_typed,
    hints_line,
    hints_rows,
    more_is_typed,
)
from utils.text import sanitize, width

if TYPE_CHECKING:
    from prompt_toolkit.history import History

    from tutor.screen.knobs import KnobBoard
    from tutor.screen.screens.asking import Question
    from tutor.screen.terminal.regions import Region
    from tutor.screen.terminal.view import View


LEAST_ROWS = 4  # of a page of a plain menu, however much stands above it


def edited(text: str, quiet: QuietKeys) -> str:
    """A program as it is saved in the editor that $VISUAL or $EDITOR names; as it was where that can't be opened."""
    import shlex
    import subprocess
    import tempfile

    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="tutor-") as folder:
        path = os.path.join(folder, "answer.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        quiet.__exit__()
        try:
            subprocess.run([*words, path], check=False, env=dict(os.environ))  # an own one: see program.hide_environment
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read().rstrip()
        except OSError as error:
            say_aside(f"{words[0]}: {error.strerror}; name your editor in $EDITOR")
            return text
        finally:
            quiet.__enter__()


class Keyboard:
    """A person at a terminal that can move its cursor."""

    attended = True
    turns_in_place = True
    has_menus = True  # the options of an item are listed by the menu that answers it

    def __init__(self, view: View):
        self.view, self.console = view, view.console
        self.quiet = QuietKeys()  # for a whole session
        self._history: History | None = None
        self._redrawn = False  # the prompt for a key before was ended by that alone
        self._asked: Question | None = None  # last, of those with options
        self._drafts: dict[str, str] = {}  # item, or question as asked -> the program or the lines that were written for it last
        self._tried: tuple[str, set[str]] = ("", set())  # an item, and those of its options that were answered

    @property
    def history(self) -> History:
        from prompt_toolkit.history import InMemoryHistory

        self._history = self._history or InMemoryHistory()
        return self._history

    def suspend(self) -> None:
        """Stop until the shell continues us, as Ctrl-Z does where the terminal reads lines."""
        if hasattr(signal, "SIGTSTP"):
            self.quiet.__exit__()
            os.kill(0, signal.SIGTSTP)
            self.quiet.__enter__()

    def rows_below(self, keys: Keys, position: str = "", rows: Sequence[str | MenuRow] = ()) -> int:
        """How many rows a prompt takes up: its keys and, unless they are all, the line typed or the rows of its menu."""
        hints = 1 + len(hints_rows(hints_line(keys, position), columns() - len(MARGIN)))
        if not rows:
            return hints + 1
        from tutor.screen.terminal.menu import Menu

        return Menu(self.console, keys, list(map(as_row, rows))).rows_needed() + 1

    def _run(self, region: Region, goes_on: bool = False) -> Step:
        """What is done in a region that follows the window. goes_on: see Region.run."""
        region.above = self.view.unread
        while (step := region.run(goes_on)) in (REDRAW, SUSPEND):
            goes_on = True
            if step is SUSPEND:
                self.suspend()
            self.view.redraw(region.rows_needed())
            region.above = self.view.unread
        return step

    def press(self, keys: Keys, position: str = "") -> Step:
        """Enter, or one of `keys`. In a session REDRAW goes to the pager, which knows what is on the page."""
        from tutor.screen.terminal.regions import KeyRegion

        while True:
            step = KeyRegion(self.console, keys, position).run(goes_on=self._redrawn)
            if step is SUSPEND:
                self.suspend()
            self._redrawn = step in (REDRAW, SUSPEND)
            if self._redrawn:
                return REDRAW
            if step.action != "say":
                return step
            line = self._read_line("› ", {}, step.text)
            if line.action != "answer":
                return line
            if line.text.strip():
                return as_said(line.text, keys)

    def line(self, prompt: str) -> str:
        """A question, after the key that asks for it: what was typed since then is the question."""
        return self._read_line(prompt, {"next": "ask"}, goes_on=True).text

    def answer(self, question: Question, keys: Keys) -> Step:
        kind = kind_of(question.item)
        if kind.is_code:
            return self._write_code(question, keys)
        wanted = kind.lines_to_type(question.item)
        if kind.several_lines and len(wanted) != 1:
            return self._write_lines(question, keys, wanted)
        return self._pick(question, keys) if kind.offers_options else self.write(keys)

    def _write_lines(self, question: Question, keys: Keys, wanted: Sequence[str]) -> Step:
        from tutor.screen.terminal.editor import LinesEditor, TextEditor

        if not wanted:
            return self._run(TextEditor(self.console, keys))
        asked = kind_of(question.item).question_text(question.item)
        step = self._run(LinesEditor(self.console, keys, wanted, self._drafts.get(asked, "")))
        if step.action == "answer":
            self._drafts[asked] = step.text
        return step

    def _write_code(self, question: Question, keys: Keys) -> Step:
        """A program, from where the last one was left; or one of `keys`, or a line that is said."""
        from tutor.screen.terminal.editor import CodeEditor, CodeKeys

        item = question.item
        while True:
            step = self._run(CodeKeys(self.console, {**keys, "say": ""}))
            if step.action == "say":
                line = self._read_line("› ", {}, step.text)
                step = as_step(line.text, keys) if line.action == "answer" else line
                if step.action == "next":
                    continue
                return step
            if step.action not in ("next", "edit"):
                return step
            begun = self._drafts.get(item.key, item.starter)
            if step.action == "edit":
                written = edited(begun, self.quiet)
                step = Step("answer" if written.strip() and written != begun else "back", written)
            else:
                step = self._run(CodeEditor(self.console, begun))
            self._drafts[item.key] = step.text
            if step.action != "back":
                return step

    def write(self, keys: Keys) -> Step:
        step = self._read_line("› ", keys)
        return as_step(step.text, keys) if step.action == "answer" else step

    def turn_knobs(self, board: KnobBoard, keys: Keys) -> Step:
        """Until the learner is done, or presses one of `keys`, or says something."""
        from tutor.screen.terminal.turning import KnobRegion

        return self._run(KnobRegion(self.console, keys, board))

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str = "", typed: bool = False) -> Step:
        return self._menu(list(map(as_row, options)), keys, int(unattended or 0), typed=typed)

    def _menu(
        self, rows: list[MenuRow], keys: Keys, at: int, several: bool = False, typed: bool = False, pointed: bool = True
    ) -> Step:
        """A row, or one of `keys`; where it is typed, also a line: Step("answer", the line). pointed: see Menu."""
        from tutor.screen.terminal.menu import Menu

        menu = Menu(self.console, keys, rows, at, several, typed, self.history, pointed)
        step = self._run(menu)
        return as_choice(step.text, keys, rows) if step.action == "answer" else step

    def _read_line(self, prompt: str, keys: Keys, begun: str = "", goes_on: bool = False) -> Step:
        from tutor.screen.terminal.regions import LineEditor

        return self._run(LineEditor(self.console, keys, prompt, self.history, begun), goes_on or bool(begun))

    def _pick(self, question: Question, keys: Keys) -> Step:
        """Among the options, and one row more for what Enter alone means elsewhere ("explain it to me").

        It starts at the first option that was not answered before; where the same was asked just before, and so something else
        was shown since, only after a key has pointed there.
        """
        options = question.choices()
        rows = [*options, f"*{keys['next']}*"] if "next" in keys else options
        here = {action: word for action, word in keys.items() if action != "next"}
        item, tried = self._tried if self._tried[0] == question.item.key else (question.item.key, set())
        again, self._asked = question == self._asked, question
        at = next((place for place, option in enumerate(options) if option not in tried), 0)
        several = kind_of(question.item).several_options
        step = self._menu(list(map(as_row, rows)), here, at, several, typed=True, pointed=not again)
        if step.action != "choose":
            return step
        picked = [int(index) for index in step.text.split()]
        if len(options) in picked:
            return Step("next")
        if not several:
            self._tried = (item, tried | {options[index] for index in picked})
        return Step("answer", ", ".join(str(index + 1) for index in picked))


class LineKeyboard:
    """A person at a terminal that only takes lines: `--plain`, NO_COLOR, TERM=dumb."""

    attended = True
    turns_in_place = False
    has_menus = False

    def __init__(self, view: View):
        self.view, self.console = view, view.console
        self.quiet = QuietKeys()  # for a whole session

    def line(self, prompt: str) -> str:
        with self._listening():
            return self._line(prompt)

    @staticmethod
    @contextmanager
    def _listening() -> Iterator[None]:
        """Begins before anything is drawn that says what to type, so that nothing typed after that is dropped."""
        flush_typed()
        with LoudKeys():
            yield

    def _line(self, prompt: str) -> str:
        line = self._next_line(prompt)
        while more_is_typed():  # a paste of several lines is one answer
            line += sys.stdin.readline()
        return line.rstrip("\r\n")

    def _lines(self, prompts: Sequence[str], goes_on: Callable[[list[str]], bool]) -> str:
        """Lines, as long as more are expected after those that were typed; each has its prompt, the last one all that follow."""
        lines: list[str] = []
        while not lines or goes_on(lines):
            try:
                lines.append(self._next_line(prompts[min(len(lines), len(prompts) - 1)]).rstrip("\r\n"))
            except EOFError:
                if not lines:
                    raise
                break
        return "\n".join(lines)

    def _next_line(self, prompt: str) -> str:
        """Raises EOFError where the input has ended."""
        self.console.file.write(prompt)
        self.console.file.flush()
        if not (line := sys.stdin.readline()):
            raise EOFError
        return line

    def rows_below(self, keys: Keys, position: str = "", rows: Sequence[str | MenuRow] = ()) -> int:
        """How many rows a prompt takes up: its keys, the line typed, and the rows of its menu."""
        listed = sum(1 + width(as_row(row).line) // max(1, self.console.width - 6) for row in rows)
        return len(hints_rows(hints_line(keys, position), self.console.width)) + 1 + listed

    def press(self, keys: Keys, position: str = "") -> Step:
        step = self._read(keys, position)
        if step.action == "answer" and "say" in keys:
            return Step("say", step.text)
        return step if step.action in keys else Step("next")

    def answer(self, question: Question, keys: Keys) -> Step:
        kind = kind_of(question.item)
        wanted = kind.lines_to_type(question.item)
        if not kind.several_lines or len(wanted) == 1:
            return self._read(keys)
        return self._read_lines(keys, question.item.starter if kind.is_code else None, wanted)

    def _read_lines(self, keys: Keys, starter: str | None = None, wanted: Sequence[str] = ()) -> Step:
        """Lines up to an empty one, or one of `keys` alone on the first. starter: of a program, which two empty lines end.

        wanted: what stands before each line, where there are so many; the last of them ends them, too.
        """
        is_code = starter is not None

        def goes_on(lines: list[str]) -> bool:
            if len(lines) == 1:
                is_key = (is_code and lines[0] == "e") or as_step(lines[0], keys).action != "answer"
                return not is_key and ";" not in (lines[0] if wanted else "")
            if len(lines) == len(wanted):
                return False
            return any(line.strip() for line in (lines[-2:] if is_code else lines[-1:]))

        by_line = "" if keys.get("next") else NEXT_LINE  # where Enter alone means something else, that is told
        with self._listening():
            self._show_hints(keys, f"{ENDS_CODE}{BETWEEN}{IN_EDITOR}" if is_code else by_line if wanted else HANDS_IN)
            try:
                typed = self._lines([f"{one} > " for one in wanted] or ["> "], goes_on)
            except EOFError:
                return Step("quit")
        if is_code and typed == "e":
            written = edited(starter or "", self.quiet)
            return Step("answer", written) if written.strip() and written != starter else Step("next")
        return as_text(typed, keys)

    def write(self, keys: Keys) -> Step:
        return self._read(keys)

    def turn_knobs(self, board: KnobBoard, keys: Keys) -> Step:
        """One line: Step("answer", it) where it says where a knob is to stand, else as on a page."""
        name = board.knob.name
        line = self._read_raw({**keys, "ask": "ask"} if "ask" in keys else keys, told=f"{name}=… sets {name}, {name} turns it on")
        if line is None:
            return Step("quit")
        if board.is_turn(line) and as_step(line, keys).action == "answer":
            return Step("answer", line.strip())
        step = as_step(line, keys)
        return Step("say", step.text) if step.action == "answer" else step

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str = "", typed: bool = False) -> Step:
        rows, default = list(map(as_row, options)), int(unattended or 0)
        pages, number = self._pages(rows, keys), 0
        self.console.print("\n".join(pages[0]))
        while True:
            is_last = number == len(pages) - 1
            shown = {"next": f"for {default + 1}" if is_last else "more", **keys}
            line = self._read_raw(shown, f"{number + 1} of {len(pages)}" if len(pages) > 1 else "")
            step = as_choice(line, shown, rows, numbers=True) if line is not None else Step("quit")
            self.view.unread = 0
            if step.action == "next":
                if is_last:
                    return Step("choose", str(default))
                number += 1
                self.console.print("\n".join(pages[number]))
            elif len(rows) > NUMBERED and step.text.startswith("/"):
                pages, number = self._pages(rows, keys, step.text[1:]), 0
                self.console.print("\n".join(pages[0]))
            elif step.action != "answer" or typed:
                return step
            else:
                filters = ", /word for those that have it" if len(rows) > NUMBERED else ""
                self.console.print(f"a number from 1 to {len(rows)}{filters}, or enter for {default + 1}")

    def _pages(self, rows: Sequence[MenuRow], keys: Keys, wanted: str = "") -> list[list[str]]:
        """The lines of each page: the rows with their numbers, or those that have each of the words wanted, below their headings.

        A page leaves room for the keys and the line that is typed, the first one also for what was shown above it.
        """
        from tutor.screen.layout import numbered_list

        self.view.fit()
        words = wanted.casefold().split()
        found = [(number, row) for number, row in enumerate(rows, 1) if has_words(row, words)]
        if not found:
            return [["nothing has these words"]]
        below = len(hints_rows(hints_line({"next": "more", **keys}, "page 00 of 00"), self.console.width)) + 1
        room, above = self.view.height() - below, self.view.unread
        pages: list[list[str]] = [[]]
        for place, (number, row) in enumerate(found):
            drawn = self.view.lines(numbered_list({number: in_words(row.line)}))
            begins = row.heading and (not place or found[place - 1][1].heading != row.heading)
            heading = [sanitize(row.heading, newlines=False)] if row.heading else []
            lines = [*(heading if begins else []), *drawn]
            if pages[-1] and len(pages[-1]) + len(lines) > max(LEAST_ROWS, room - (above if len(pages) == 1 else 0)):
                pages.append([])
                lines = [*heading, *drawn]
            pages[-1] += lines
        return pages

    def _read(self, keys: Keys, position: str = "") -> Step:
        line = self._read_raw(keys, position)
        return as_step(line, keys) if line is not None else Step("quit")

    def _show_hints(self, keys: Keys, told: str = "") -> None:
        """The line of keys; told: stands before them."""
        self.view.fit()
        self.console.print("\n".join(map(in_words, hints_rows(hints_line(keys, told), self.console.width))))

    def _read_raw(self, keys: Keys, position: str = "", told: str = "") -> str | None:
        """A line below the hints; None where the input has ended."""
        with self._listening():
            self._show_hints(keys, told or (f"page {position}" if position else ""))
            try:
                return self._line("> ")
            except EOFError:
                return None
