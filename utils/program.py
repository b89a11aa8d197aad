"""This process: its streams, the signals that end it and how it says so, and deferred imports."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, TextIO

from utils.errors import ExitCode

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
