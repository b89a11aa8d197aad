"""Somebody at a real pseudo-terminal, who reads before they press."""

from __future__ import annotations

import sys
import termios
import time
from pathlib import Path

import pytest
from conftest import ROOT, bare_environment

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

KEYS = {
    "enter": "\r", "up": "\x1b[A", "down": "\x1b[B", "home": "\x1b[H", "end": "\x1b[F", "pagedown": "\x1b[6~", "space": " ",
    "c-c": "\x03", "c-d": "\x04", "c-l": "\x0c", "c-z": "\x1a",
}  # fmt: skip
WAIT_S = 60  # for words to appear; nothing waits that long unless it fails


class Person:
    """Somebody at a terminal of `columns` x `rows`, who reads before they press."""

    def __init__(self, arguments, home, columns=80, rows=24, **environment):
        self.screen = pyte.HistoryScreen(columns, rows, history=5000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        env = {**bare_environment(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
        command = [str(ROOT / "main.py"), *map(str, arguments)]
        place = str(Path(home).parent)  # the folder of the lessons, so that their paths are short on screen
        self.child = pexpect.spawn(sys.executable, command, dimensions=(rows, columns), env=env, timeout=WAIT_S, cwd=place)
        self.child.delaybeforesend = None
        self.raw = b""
        self.plain = "--plain" in command
        self.before = self.modes()

    def modes(self):
        return termios.tcgetattr(self.child.child_fd)[:4]

    def read(self, words: str) -> str:
        """The screen once `words` stand on it."""
        deadline = time.monotonic() + WAIT_S
        while words not in self.text():
            if time.monotonic() > deadline:
                raise AssertionError(f"{words!r} never came; the screen shows:\n{self.text()}")
            try:
                self.feed(self.child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert words in self.text(), f"ended without {words!r}:\n{self.text()}"
        return self.text()

    def feed(self, data: bytes):
        self.raw += data
        self.stream.feed(data)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def everything(self) -> str:
        """What has scrolled away, then the screen: the terminal's own scroll-back."""
        width = self.screen.columns
        above = ["".join(line[x].data for x in range(width)).rstrip() for line in self.screen.history.top]
        return "\n".join([*above, *(line.rstrip() for line in self.screen.display)]).rstrip() + "\n"

    def press(self, *keys: str):
        for key in keys:
            self.child.send(KEYS.get(key, key))

    @property
    def prompts(self) -> int:
        """How often the program has asked for keys: it switches bracketed paste on when it begins to, off when it has them."""
        return self.raw.count(b"\x1b[?2004h")

    @property
    def is_asked(self) -> bool:
        """Is a prompt open, and drawn to its end? Automatic wrapping is off while one is drawn."""
        is_open = self.prompts > self.raw.count(b"\x1b[?2004l")
        return is_open and self.raw.rfind(b"\x1b[?7h") > self.raw.rfind(b"\x1b[?7l")

    def settle(self, after: int = 0):
        """Read until the program waits for a key, at a prompt that comes after so many."""
        deadline = time.monotonic() + WAIT_S
        while not (self.plain or (self.is_asked and self.prompts > after)):
            assert time.monotonic() < deadline, f"no further prompt came; the screen shows:\n{self.text()}"
            try:
                self.feed(self.child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                return

    def leave(self) -> int | None:
        """Read to the end; the exit status, or minus the signal."""
        try:
            while True:
                self.feed(self.child.read_nonblocking(65536, timeout=WAIT_S))
        except pexpect.EOF:
            pass
        except OSError:  # the other end of the pseudo-terminal is gone
            pass
        self.child.wait()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus


def ended_well(someone) -> bool:
    """No traceback; bracketed paste off and cursor shown again."""
    raw = someone.raw
    pasting = raw.count(b"\x1b[?2004h") == raw.count(b"\x1b[?2004l")
    return b"Traceback" not in raw and pasting and raw.rfind(b"\x1b[?25l") <= raw.rfind(b"\x1b[?25h")
