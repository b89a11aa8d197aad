"""Where several lines are typed: they can be gone back to, and an empty one at the end hands them in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import ANSI, AnyFormattedText
from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.defaults import load_key_bindings
from prompt_toolkit.keys import Keys as Key
from prompt_toolkit.layout import BufferControl, Window
from prompt_toolkit.layout.containers import Container
from rich.console import Console

from tutor.models import Step
from tutor.screen.stdio import MARGIN
from tutor.screen.terminal.keys import (
    BETWEEN,
    HANDS_IN,
    IN_EDITOR,
    LAST_LINE,
    LINES_BEFORE,
    NEXT_LINE,
    Keys,
    as_step,
    as_text,
    hints_line,
)
from tutor.screen.terminal.regions import ACCENT, RESET, KeyRegion, Region

PROMPT = "› "


class TextEditor(Region):
    """Takes lines of text: Step("answer", the lines), or one of `keys` that is typed alone on the first line."""

    def __init__(self, console: Console, keys: Keys, begun: str = ""):
        super().__init__(console, keys)
        self.buffer = Buffer(multiline=True, document=Document(begun))
        self.bindings.add("escape", "enter")(lambda event: event.app.exit(result=self.done()))

    def _enter(self, event: KeyPressEvent) -> None:
        if (step := self.on_enter()) is not None:
            event.app.exit(result=step)
        else:
            self.new_line()

    def on_enter(self) -> Step | None:
        """What Enter means; None for another line."""
        text = self.buffer.text
        if "\n" not in text.strip("\n") and (step := as_step(text.strip("\n"), self.keys)).action != "answer":
            return step
        return self.done() if self.is_ended() else None

    def is_ended(self) -> bool:
        """Whether nothing stands on the line where the cursor is, nor below."""
        return not self.buffer.document.current_line.strip() and not self.buffer.document.text_after_cursor.strip()

    def done(self) -> Step:
        return as_text(self.buffer.text, self.keys)

    def new_line(self) -> None:
        self.buffer.newline(copy_margin=False)

    def end_of_input(self, event: KeyPressEvent) -> None:
        if self.buffer.text:
            self.buffer.delete()
        else:
            super().end_of_input(event)

    def hints(self) -> str:
        return HANDS_IN + BETWEEN + hints_line(self.keys)

    def all_bindings(self) -> KeyBindingsBase:
        return merge_key_bindings([load_key_bindings(), self.bindings])

    def rows(self) -> list[Container]:
        def prefix(line: int, wrapped: int) -> AnyFormattedText:
            return ANSI(f"{MARGIN}{ACCENT}{self.prompt(line, wrapped)}{RESET}")

        return [Window(BufferControl(self.buffer), wrap_lines=True, dont_extend_height=True, get_line_prefix=prefix)]

    def prompt(self, line: int, wrapped: int) -> str:
        """What stands before a row of a line; both count from 0."""
        return " " * len(PROMPT) if line or wrapped else PROMPT

    def rows_needed(self) -> int:
        return 1 + self.buffer.text.count("\n") + self.hints_height()


class LinesEditor(TextEditor):
    """Takes a known number of lines, each with what stands before it; Enter on the last one hands them in.

    before: lines that were typed earlier, which ↑ brings back where nothing stands yet.
    """

    def __init__(self, console: Console, keys: Keys, wanted: Sequence[str], before: str = ""):
        super().__init__(console, keys)
        self.wanted, self.before = wanted, before
        self.bindings.add("up", filter=Condition(self.can_bring_back))(lambda event: self.bring_back())

    def can_bring_back(self) -> bool:
        return bool(self.before) and not self.buffer.text

    def bring_back(self) -> None:
        self.buffer.document = Document(self.before, len(self.before.partition("\n")[0]))

    def is_ended(self) -> bool:
        return self.is_last() or super().is_ended()

    def is_last(self) -> bool:
        """Whether nothing more is expected behind the line where the cursor is."""
        document = self.buffer.document
        return document.cursor_position_row + 1 >= len(self.wanted) or (document.line_count == 1 and ";" in document.text)

    def new_line(self) -> None:
        """The line below, which may have been typed before."""
        document = self.buffer.document
        if document.cursor_position_row + 1 < document.line_count:
            self.buffer.cursor_down()
            self.buffer.cursor_position += self.buffer.document.get_end_of_line_position()
        else:
            self.buffer.cursor_position += document.get_end_of_line_position()
            super().new_line()

    def hints(self) -> str:
        keys, begun = self.keys, bool(self.buffer.text)
        told = [LINES_BEFORE] if self.can_bring_back() else []
        if begun or not keys.get("next"):  # else Enter alone means that
            told.append(LAST_LINE if self.is_last() else NEXT_LINE)
            keys = {action: word for action, word in keys.items() if action != "next"}
        return BETWEEN.join([*told, hints_line(keys)])

    def prompt(self, line: int, wrapped: int) -> str:
        lead = f"{self.wanted[line] if line < len(self.wanted) else ''} {PROMPT}"
        return " " * len(lead) if wrapped else lead


INDENT = 4  # spaces
ENDS_A_BLOCK = re.compile(r"\s*(?:return|raise|pass|break|continue)\b")


class CodeEditor(TextEditor):
    """Takes a program, which Esc and Enter hand in; Esc twice goes back to the keys, and what was written is kept."""

    def __init__(self, console: Console, begun: str = ""):
        super().__init__(console, {}, begun)
        self.bindings.add("escape", "escape")(lambda event: event.app.exit(result=Step("back", self.buffer.text)))
        self.bindings.add("tab")(lambda event: self.indent())
        self.bindings.add("s-tab")(lambda event: self.dedent())
        self.bindings.add("backspace")(lambda event: self.delete())

    def on_enter(self) -> Step | None:
        return None

    def new_line(self) -> None:
        """Another line, indented as the one above, more after a colon and less after a return."""
        before = self.buffer.document.current_line_before_cursor
        margin = len(before) - len(before.lstrip())
        if before.rstrip().endswith(":"):
            margin += INDENT
        elif ENDS_A_BLOCK.match(before):
            margin = max(0, margin - INDENT)
        self.buffer.insert_text("\n" + " " * margin)

    def indent(self) -> None:
        self.buffer.insert_text(" " * (INDENT - self.buffer.document.cursor_position_col % INDENT))

    def dedent(self) -> None:
        before = self.buffer.document.current_line_before_cursor
        if before.endswith(" ") and not before.strip():
            self.buffer.delete_before_cursor((len(before) - 1) % INDENT + 1)

    def delete(self) -> None:
        """A character before the cursor; in an indentation, a step of it."""
        before = self.buffer.document.current_line_before_cursor
        if before and not before.strip():
            self.dedent()
        else:
            self.buffer.delete_before_cursor()

    def done(self) -> Step:
        return Step("answer", self.buffer.text.rstrip().lstrip("\n"))

    def end_of_input(self, event: KeyPressEvent) -> None:
        if self.buffer.document.current_char:
            self.buffer.delete()
        else:
            event.app.exit(result=Step("back", self.buffer.text))

    def hints(self) -> str:
        return "esc enter hands it in · tab indents · esc esc goes back to the keys"

    def rows(self) -> list[Container]:
        from prompt_toolkit.lexers import PygmentsLexer
        from pygments.lexers.python import PythonLexer

        def prefix(line: int, wrapped: int) -> AnyFormattedText:
            return ANSI(f"{MARGIN}{ACCENT}{'│ ' if not wrapped else '  '}{RESET}")

        control = BufferControl(self.buffer, lexer=PygmentsLexer(PythonLexer))
        return [Window(control, wrap_lines=True, dont_extend_height=True, get_line_prefix=prefix)]


class CodeKeys(KeyRegion):
    """The keys of a question that wants a program: Enter writes it here, `e` in an editor of one's own."""

    def __init__(self, console: Console, keys: Keys):
        super().__init__(console, keys)
        for pressed in (("e",), ("e", "enter")):
            self.bindings.add(*pressed)(lambda event: event.app.exit(result=Step("edit")))
        self.bindings.add("e", Key.Any)(lambda event: self.begin_word(event))  # "explain …"
        self.bindings.add("e", "c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt()))

    def hints(self) -> str:
        others = {action: word for action, word in self.keys.items() if action != "next"}
        return f"enter write it · {IN_EDITOR}{BETWEEN}{hints_line(others)}"
