"""A reply as it arrives: its words appear as they come, and each paragraph is drawn as Markdown once it is whole.

Only the last paragraph is ever drawn twice, so that the work is linear in the text and nothing above it flickers. In
plain text the words are written once and stay.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from tutor.screen.stdio import MARGIN, columns, in_ci
from utils.llm.reply import Afresh
from utils.text import StreamSanitizer, width

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.screen.terminal.keys import QuietKeys

STOPPED = Afresh("\n\n[stopped]\n\n")
FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_STEP_S = 5  # between two additions to the growing line
FENCE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)


class WaitingSign:
    """What is being waited for, with a sign that moves and the seconds, behind the cursor; gone as soon as words come.

    In plain text, where nothing is drawn over, it is a line that grows. Only a person at a terminal sees it.
    keys: kept quiet meanwhile.
    """

    def __init__(
        self,
        file: IO[str],
        plain: bool,
        hint: str = "",
        clock: Callable[[], float] = time.monotonic,
        keys: QuietKeys | None = None,
    ):
        self._file, self._plain, self._clock, self._keys = file, plain, clock, keys
        self._hint = f" · {hint}" if hint else ""
        self._visible = file.isatty() and not in_ci()
        self._since: float | None = None
        self._shown = False
        self._what, self._told = "", 0  # what stands on the growing line, and the seconds
        self._lock = threading.Lock()  # grading waits in several threads

    def show(self, what: str) -> None:
        """Nothing has come yet. Called again and again. what: "" between two words."""
        if not self._visible:
            return
        with self._lock:
            now = self._clock()
            if self._since is None:
                self._since = now
                if self._keys:
                    self._keys.__enter__()
            seconds = int(now - self._since)
            if self._plain:
                self._grow(what, seconds)
            elif what or seconds:
                self._draw(self._text(what, f"{seconds} s", FRAMES[int(now * 5) % len(FRAMES)]))

    def _text(self, what: str, seconds: str, frame: str) -> str:
        """The sign with as much behind it as fits on the line."""
        if not what:
            return f"{frame} {seconds}"
        brief = what.partition(",")[0]
        texts = [f"{MARGIN}{frame} {words}… {seconds}{self._hint}" for words in (what, brief)]
        return next((text for text in texts if len(text) < columns()), f"{MARGIN}{frame} {brief}… {seconds}")

    def clear(self) -> None:
        """Words have come, or none will."""
        with self._lock:
            if self._shown:
                self._write("\n" if self._plain else "\x1b[K")
            if self._keys and self._since is not None:
                self._keys.__exit__()
            self._since, self._shown, self._what, self._told = None, False, "", 0

    def close(self) -> None:
        """Clear it for good: a thread that an interrupt has left behind may go on waiting."""
        self.clear()
        self._visible = False

    def _draw(self, text: str) -> None:
        """Behind the cursor, which stays; what does not fit is cut, because a line that wraps could scroll the screen."""
        self._write(f"\x1b7\x1b[?7l\x1b[38;5;243m{text}\x1b[0m\x1b[K\x1b[?7h\x1b8")

    def _grow(self, what: str, seconds: int) -> None:
        if what and what != self._what and seconds >= 1:
            self._write(f"{chr(10) if self._shown else ''}{what}…")
            self._what = what
        elif self._shown and seconds >= self._told + PLAIN_STEP_S:
            self._told = seconds
            self._write(f" {seconds} s")

    def _write(self, text: str) -> None:
        self._shown = True
        self._file.write(text)
        self._file.flush()


class StreamView:
    """Writes a reply to a console. `text` is all of it so far. redraws: whether what was written may be drawn over.

    rows: how many it may take up. The paragraph that would go beyond, and all that follow, are kept in `held`, not drawn.
    """

    def __init__(self, console: Console, redraws: bool, label: str = "", rows: int | None = None):
        self.console, self.text, self.held = console, "", ""
        self._left = rows if redraws else None
        self._full = False
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
            self.text, self.held, self._replaced = "", "", False
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
        if self._full:
            self.held += text
            return
        self._paragraph += text
        if self._left is not None and self._rows + 1 >= self._left:
            self._hold()
        elif self._plain:
            self.console.file.write(text)
        else:
            self._write_raw(text)
        self.console.file.flush()

    def _hold(self) -> None:
        """There is no more room: take this paragraph away again; it is read on the next page."""
        self.console.file.write("\r" + (f"\x1b[{self._rows}A" if self._rows else "") + "\x1b[J")
        self.held, self._full = self._paragraph, True
        self._paragraph, self._rows, self._column = "", 0, 0

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
        if self._full:
            self.held += "" if self.held.endswith("\n\n") else "\n\n"
        elif self._plain:
            self.console.file.write("\n" if last and not self._paragraph.endswith("\n") else "")
        elif self._rows < self.console.height - 1:  # what has scrolled away can't be drawn again
            from rich.padding import Padding

            from tutor.screen import markup

            self.console.file.write("\r" + (f"\x1b[{self._rows}A" if self._rows else "") + "\x1b[J")
            drawn = Padding(markup.Page(self._paragraph.strip()), (0, 0, 0, len(MARGIN)))
            if self._left is not None:
                self._left -= len(self.console.render_lines(drawn)) + 1
            self.console.print(drawn)
            self.console.file.write("" if last else "\n")
        else:
            self.console.file.write("\n" if last else "")
        self._paragraph, self._rows, self._column = "", 0, 0
        self.console.file.flush()
