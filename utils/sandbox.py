"""A process for Python code that others wrote, in a temporary folder of its own.

Time, memory and output are limited and the network is refused (see `utils.process`). This guards against an author's
mistakes; it is not a sandbox for code from strangers. What the code prints through `sys.stdout` is captured, but not what
is printed by processes that it starts.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

PROCESS = Path(__file__).with_name("process.py")
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")  # none of the user's keys reaches a lesson
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


Watch = Callable[["subprocess.Popen[bytes]"], None]


def run_job(job: dict[str, Any], timeout_s: float, watch: Watch | None) -> tuple[list[dict[str, Any]], str]:
    """(a result for each block that was run, how the block after them ended the process).

    job: `blocks` ([{kind, line, body}]), `memory_mb`, `cpu_s`, `max_output` in characters. watch: called with the process
    as soon as it runs.
    """
    with tempfile.TemporaryDirectory(prefix="tutor-check-", ignore_cleanup_errors=True) as folder:
        job_path, results_path, noise_path = (os.path.join(folder, name) for name in ("job", "results", "noise"))
        Path(job_path).write_text(json.dumps(job), encoding="utf-8")
        Path(results_path).touch()
        work = os.path.join(folder, "work")
        os.mkdir(work)
        with open(noise_path, "wb") as noise:
            process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-X", "utf8", str(PROCESS), job_path, results_path],
                stdin=subprocess.DEVNULL, stdout=noise, stderr=noise, cwd=work, env=_environment(work),
                start_new_session=True,
            )  # fmt: skip
        try:
            if watch:
                watch(process)
            code = process.wait(timeout_s)
            ended = f"the process ended here, with {_status(code)}{_last_line(noise_path)}"
        except subprocess.TimeoutExpired:
            ended = f"it took longer than {timeout_s:g} s"
        finally:
            end(process)
        lines = Path(results_path).read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]], ended


def _environment(home: str) -> dict[str, str]:
    kept: Mapping[str, str] = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, **ONE_THREAD, "HOME": home, "MPLBACKEND": "Agg", "LC_ALL": "C.UTF-8"}


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # all have ended; macOS raises the latter for zombies
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _status(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    name = signal.Signals(-code).name
    return f"{name} (too much processor time)" if name in ("SIGXCPU", "SIGKILL") else name


def _last_line(path: str) -> str:
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - 2_000))
        lines = file.read().decode("utf-8", "replace").split("\n")
    printed = [line.strip() for line in lines if line.strip()]
    return f": {printed[-1][:200]}" if printed else ""
