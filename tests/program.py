"""The program run inside the test's own process: as a command in a pipe sees the world, and nothing of it left afterwards."""

from __future__ import annotations

import gc
import io
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def speaks_to_the_interpreter(name: str) -> bool:
    """Is this variable read once, when a process starts?"""
    return name.startswith(("PYTHON", "LC_", "LANG")) or name == "TZ"


def run_in_process(
    arguments, stdin: str, environment: dict[str, str], folder: Path, now: datetime
) -> subprocess.CompletedProcess:
    """What `main.py ARGUMENTS` comes to with these variables alone, in this folder, with pipes for its three streams.

    now: what the clock says all the while.
    """
    import main
    from tutor.environment import Environment

    assert not any(map(speaks_to_the_interpreter, environment)), "such a variable needs the fixture tutor_process"
    arguments = [str(argument) for argument in arguments]
    pipes = [
        io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="surrogateescape") for data in (stdin.encode(), b"", b"")
    ]
    handlers, threshold = [signal.getsignal(number) for number in SIGNALS], gc.get_threshold()
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(environment):
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setenv("TUTOR_HOME", environment["TUTOR_HOME"])  # --home writes it
        patch.chdir(folder)
        for name, pipe in zip(("stdin", "stdout", "stderr"), pipes, strict=True):
            patch.setattr(sys, name, pipe)
        patch.setattr(os, "get_terminal_size", _no_terminal)
        patch.setattr(Environment, "now", staticmethod(lambda: now))
        try:
            main.run(arguments)
        except SystemExit as ended:
            code = ended.code
        finally:
            for number, handler in zip(SIGNALS, handlers, strict=True):
                signal.signal(number, handler)
            gc.set_threshold(*threshold)
            _forget_connections()
    said, errors = (pipe.buffer.getvalue().decode("utf-8", "surrogateescape") for pipe in pipes[1:])
    return subprocess.CompletedProcess(["main.py", *arguments], code, said, errors)


def end_by(child: subprocess.Popen, number: int, patience_s: float = 10) -> int:
    """Send a signal to a process that waits for something, and again where it came before the wait; the exit status."""
    for _ in range(6):
        child.send_signal(number)
        try:
            return child.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    raise AssertionError(f"it did not end by {signal.Signals(number).name}")


def _no_terminal(*_):
    raise OSError("not a terminal")


def _forget_connections():
    """The clients that utils.llm.connection keeps: each was made with the proxies and the server of one run."""
    if module := sys.modules.get("utils.llm.connection"):
        module.client.cache_clear()
        module.models_at.cache_clear()
