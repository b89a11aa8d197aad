"""Where several lines are typed: they can be gone back to, and an empty one at the end hands them in."""

from __future__ import annotations

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI, AnyFormattedText
from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.defaults import load_key_bindings
from prompt_toolkit.layout import BufferControl, Window
from prompt_toolkit.layout.containers import Container
from rich.console import Console

from tutor.models import Step
from tutor.screen.stdio import MARGIN
from tutor.screen.terminal.keys import BETWEEN, HANDS_IN, Keys, as_step, as_text, hints_line
from tutor.screen.terminal.regions import ACCENT, RESET, Region

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
            return ANSI(f"{MARGIN}{ACCENT}{PROMPT if not (line or wrapped) else ' ' * len(PROMPT)}{RESET}")

        return [Window(BufferControl(self.buffer), wrap_lines=True, dont_extend_height=True, get_line_prefix=prefix)]

    def rows_needed(self) -> int:
        return 1 + self.buffer.text.count("\n") + self.hints_height()
