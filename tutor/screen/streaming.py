"""A reply as it arrives: its words appear as they come, and each paragraph is drawn as Markdown once it is whole.

Only the last paragraph is ever drawn twice, so that the work is linear in the text and nothing above it flickers. In
plain text the words are written once and stay.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from tutor.screen.stdio import MARGIN
from utils.llm.reply import Afresh
from utils.text import StreamSanitizer, width

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.text import Text

T = TypeVar("T")

FENCE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)


def moving_sign(console: Console, what: RenderableType) -> Live:
    """A sign that moves beside what is being waited for, and is gone when it is stopped."""
    from rich.live import Live
    from rich.padding import Padding
    from rich.spinner import Spinner

    sign = Padding(Spinner("dots", what), (0, 0, 0, len(MARGIN)))
    return Live(sign, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)


class ThinkingLine:
    """A dim line with the seconds for which the model has been thinking, gone as soon as words come.

    shown: whether anything is drawn at all.
    """

    def __init__(self, console: Console, shown: bool, clock: Callable[[], float] = time.monotonic):
        self._console, self._shown, self._clock = console, shown, clock
        self._live: Live | None = None
        self._begun = 0.0

    def watch(self, pieces: Generator[str, None, T]) -> Generator[str, None, T]:
        """The same pieces, with the line drawn while empty ones say that the model is thinking."""
        try:
            while True:
                piece = next(pieces)
                self._stop() if piece else self._start()
                yield piece
        except StopIteration as end:
            return end.value
        finally:
            self._stop()

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(f"thinking… {self._clock() - self._begun:.0f} s", style="bright_black")

    def _start(self) -> None:
        if self._shown and self._live is None:
            self._begun = self._clock()
            self._live = moving_sign(self._console, self)
            self._live.start(refresh=True)

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


class StreamView:
    """Writes a reply to a console. `text` is all of it so far. redraws: whether what was written may be drawn over."""

    def __init__(self, console: Console, redraws: bool, label: str = ""):
        self.console, self.text = console, ""
        self._plain = not redraws
        self._safe = StreamSanitizer()
        self._paragraph = ""  # sanitized text of the paragraph that is arriving
        self._rows, self._column = 0, 0  # where its raw words end so far
        self._open = False
        self._label = label
        self._replaced = False  # what was written so far is no part of the reply

    def feed(self, piece: str) -> None:
        if isinstance(piece, Afresh):
            return self._mark(piece)
        if self._replaced and piece:
            self.text, self._replaced = "", False
        self.text += piece
        safe = self._safe.feed(piece)
        if not safe:
            return
        if not self._open:
            safe = safe.lstrip("\n")
            if not safe:
                return
            self._begin()
        while (end := self._end_of_paragraph(safe)) is not None:
            self._write(safe[:end])
            self._finish_paragraph()
            safe = safe[end:].lstrip("\n")
        self._write(safe)

    def close(self) -> None:
        """The reply is complete: draw the last paragraph too."""
        if rest := self._safe.close():
            self._write(rest)
        if self._open:
            self._finish_paragraph(last=True)

    def _mark(self, why: Afresh) -> None:
        """The reply starts afresh: say so below what was written of it, on a line of its own."""
        if rest := self._safe.close():
            self._write(rest)
        self.text, self._safe, self._replaced = self.text + why, StreamSanitizer(), True
        if not self._open:
            return
        if self._paragraph:
            self._finish_paragraph(last=True)
        said = why.strip()
        self.console.file.write("\n")
        self.console.print(said if self._plain else MARGIN + said, style="" if self._plain else "bright_black", markup=False)
        self.console.file.write("\n")
        self.console.file.flush()

    def _begin(self) -> None:
        self._open = True
        self.console.file.write("\n")
        if self._label:
            self.console.print(("" if self._plain else MARGIN) + self._label, style="" if self._plain else "bright_black")

    def _end_of_paragraph(self, new: str) -> int | None:
        """Where in the new text the present paragraph ends, or None; a blank line in fenced code doesn't end it."""
        joined = self._paragraph + new
        start = max(0, len(self._paragraph) - 1)
        while (blank := joined.find("\n\n", start)) >= 0:
            if len(FENCE.findall(joined, 0, blank + 1)) % 2 == 0:
                return blank + 2 - len(self._paragraph)
            start = blank + 1
        return None

    def _write(self, text: str) -> None:
        if not text:
            return
        self._paragraph += text
        if self._plain:
            self.console.file.write(text)
        else:
            self._write_raw(text)
        self.console.file.flush()

    def _write_raw(self, text: str) -> None:
        """Words as they come, wrapped at the console's width so that we know how many rows they take."""
        out = []
        for part in re.findall(r"\n|[^\s]+|[^\S\n]+", text):
            if part == "\n" or self._column + width(part) > self.console.width - 1:
                out.append("\n")
                self._rows, self._column = self._rows + 1, 0
                if part.isspace():
                    continue
            if self._column == 0:
                out.append(MARGIN)
            out.append(part)
            self._column += width(part)
        self.console.file.write("".join(out))

    def _finish_paragraph(self, last: bool = False) -> None:
        if self._plain:
            self.console.file.write("\n" if last and not self._paragraph.endswith("\n") else "")
        elif self._rows < self.console.height - 1:  # what has scrolled away can't be drawn again
            from rich.padding import Padding

            from tutor.screen import markup

            self.console.file.write("\r" + (f"\x1b[{self._rows}A" if self._rows else "") + "\x1b[J")
            self.console.print(Padding(markup.Page(self._paragraph.strip()), (0, 0, 0, len(MARGIN))))
            self.console.file.write("" if last else "\n")
        else:
            self.console.file.write("\n" if last else "")
        self._paragraph, self._rows, self._column = "", 0, 0
        self.console.file.flush()
