"""Runs the Python blocks and hidden checks of lessons: one process a lesson, in a temporary folder of its own.

Time, memory and output are limited and the network is refused (see `utils.process`). That guards against slips of
an author; it is no sandbox for code from strangers. What the code prints through `sys.stdout` is caught; what a process
that it starts prints is not.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tutor.corpus.lessons import Block

MAX_OUTPUT = 100_000  # characters that one block may print
TORCH_MEMORY_MB = 8_192  # PyTorch maps several gigabytes before it computes anything
PROCESS = Path(__file__).with_name("process.py")
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")  # no key of the user's reaches a lesson
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Run:
    """What became of one block."""

    block: Block
    stdout: str = ""
    error: str = ""  # one line; "" where all went well
    line: int = 0  # of the lesson, where the error arose
    skipped: str = ""  # why it did not run; "" where it did


def kind_of(block: Block) -> str:
    """ "python", "torch" or "check" for what can be run, "no-run" for Python that must not be, "" for all else."""
    words = block.info.split()
    if words[:1] == ["python"]:
        return "no-run" if "no-run" in words else "torch" if "torch" in words else "python"
    return "check" if block.info == "check" else ""


def run_blocks(
    blocks: Sequence[Block], timeout_s: float = 20, memory_mb: int = 1024, watch: Callable | None = None
) -> list[Run]:
    """Run a lesson's blocks in order, later ones building on earlier names; one Run for each that is Python or a check.

    `watch` is called with the process as soon as it runs, for whoever may have to end it.
    """
    kinds = [kind_of(block) for block in blocks]
    wanted = [block for block, kind in zip(blocks, kinds, strict=True) if kind in ("python", "torch", "check")]
    job = {
        "blocks": [{"kind": kind_of(block), "line": block.line, "body": block.body} for block in wanted],
        "memory_mb": max(memory_mb, TORCH_MEMORY_MB) if "torch" in kinds else memory_mb,
        "cpu_s": int(timeout_s) + 1,
        "max_output": MAX_OUTPUT,
    }
    results, ended = _in_process(job, timeout_s, watch) if wanted else ([], "")
    runs = []
    for block, kind in zip(blocks, kinds, strict=True):
        if kind == "no-run":
            runs.append(Run(block, skipped="it is marked no-run"))
        elif kind and results:
            runs.append(Run(block, **results.pop(0)))
        elif kind and ended:
            runs.append(Run(block, error=ended, line=block.line))
            ended, reached = "", block.line
        elif kind:
            runs.append(Run(block, skipped=f"the block of line {reached} ended the run"))
    return runs


def _in_process(job: dict, timeout_s: float, watch) -> tuple[list[dict], str]:
    """(a result for each block that was done, how the block after them ended the process)"""
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


def end(process) -> None:
    """Kill a process and those that it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # all gone; macOS says the latter of zombies
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
    said = [line.strip() for line in lines if line.strip()]
    return f": {said[-1][:200]}" if said else ""


def run_lessons(
    lessons: Mapping[str, Sequence[Block]], timeout_s: float = 20, memory_mb: int = 1024, done: Callable | None = None
) -> dict[str, list[Run]]:
    """The runs of several lessons, as many at a time as there are cores. `done` is called with the name of each.

    Whatever stops us (Ctrl-C, a signal) ends the processes too.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed

    running: list = []
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        futures = {
            pool.submit(run_blocks, blocks, timeout_s, memory_mb, running.append): name
            for name, blocks in lessons.items()
        }  # fmt: skip
        for future in as_completed(futures):
            future.result()
            if done:
                done(futures[future])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:
            end(process)
        raise
    pool.shutdown()
    return {name: future.result() for future, name in futures.items()}
