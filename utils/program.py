"""This program: its streams, the signals that end it and how it says so, a command of it to type, and deferred imports."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from utils.errors import ExitCode

if TYPE_CHECKING:
    from utils.settings import Settings

PR_SET_DUMPABLE = 4  # of <linux/prctl.h>


class Stopped(BaseException):
    """SIGTERM or SIGHUP, as an exception, so that the terminal is restored and records are closed on the way out."""

    def __init__(self, signal: str, code: int):
        super().__init__(signal)
        self.signal, self.code = signal, code


def let_signals_unwind() -> None:
    """Have SIGTERM and SIGHUP raise Stopped."""
    import signal

    def stop(name: str, code: int) -> Callable[..., None]:
        def handler(number: int, frame: Any) -> None:
            raise Stopped(name, code)

        return handler

    signal.signal(signal.SIGTERM, stop("SIGTERM", ExitCode.TERMINATED))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, stop("SIGHUP", ExitCode.HANGUP))


def die_of(name: str) -> None:
    """End by the signal itself, so that a shell or a CI runner sees what it sent."""
    import signal

    flush()
    number = getattr(signal, name)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


STUCK = "waits for a server"  # the name of threads that may still wait for one when the program is over


def leave(code: int) -> NoReturn:
    """End with an exit code; at once where a thread still waits for a server, because Python may crash as it is taken down."""
    import threading

    if any(thread.name == STUCK for thread in threading.enumerate()):
        flush()
        os._exit(code)
    sys.exit(code)


def prepare_streams() -> None:
    """A stream that cannot show a character shows a replacement; a closed one becomes a sink."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - open as long as the program runs
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def flush() -> None:
    """Write out what is still buffered. Raises OSError where it can't be written."""
    sys.stdout.flush()
    sys.stderr.flush()


def discard(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that the interpreter's own flush at exit stays silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def threads(count: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` that works in that many threads, in order. What an interrupt finds at work is left behind, not waited for."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(count)
    try:
        yield pool.map
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@cache
def hide_environment(kept: tuple[str, ...]) -> None:
    """Overwrite the variables that this process was started with, except those kept, and let no other process look into it.

    Python's own copy, os.environ, keeps them for us; /proc/PID/environ and processes that we start without an environment
    of their own do not have them any more. Linux only: elsewhere other processes of the same user can read no memory anyhow.
    """
    if sys.platform != "linux":
        return
    import ctypes

    library = ctypes.CDLL(None)
    library.getenv.restype = ctypes.c_void_p
    for name in set(os.environ) - set(kept):
        address = library.getenv(os.fsencode(name))
        if address:
            ctypes.memset(address, 0, len(ctypes.string_at(address)))
    library.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


@contextmanager
def deferred(name: str) -> Iterator[None]:
    """Inside the block, `import name` binds a stand-in that imports the module once one of its attributes is used.

    For a package that imports a large module that we never need. A module that is already loaded is left as it is.
    """
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name)
    stand_in.__dict__["__getattr__"] = lambda attribute: getattr(import_module(name), attribute)  # PEP 562
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]


def command_line(settings: Settings, *words: str | Path) -> str:
    """A command for somebody to type, such as `ptutor --docs notes quiz --answers 'my sheet.yaml'`.

    It has the options that said where lessons and records are. A Path is named from the working folder if it is inside it.
    """
    from utils.files import from_here

    options = [
        word
        for name in ("docs", "home")
        if settings.places.get(name) == f"--{name}"  # what a variable or a file says still holds
        for word in (f"--{name}", getattr(settings, name))
    ]
    named = [from_here(str(word)) if isinstance(word, Path) else word for word in words]
    return " ".join(quoted(word) for word in ("ptutor", *options, *named))


def quoted(word: str) -> str:
    """A word as a shell reads it, on one line and without anything that a terminal would hide, act on or could not show."""
    import shlex

    from utils.text import sanitize

    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline([word])
    if word.isprintable() and sanitize(word, newlines=False) == word:
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(char: str) -> str:
    from utils.files import encoded

    if char in "\\'":
        return f"\\{char}"
    return char if char.isascii() and char.isprintable() else "".join(f"\\x{byte:02x}" for byte in encoded(char))
