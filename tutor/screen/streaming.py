"""A reply as it arrives: its words appear as they come, and each paragraph is drawn as Markdown once it is whole.

Only the last paragraph is ever drawn twice, so that the work is linear in the text and nothing above it flickers. In
plain text the words are written once and stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.screen.stdio import MARGIN
from utils.text import StreamSanitizer, width

if TYPE_CHECKING:
    from rich.console import Console

FENCE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)


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

    def feed(self, piece: str) -> None:
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
