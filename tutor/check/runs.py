"""Runs the Python blocks and hidden checks of lessons, one process a lesson, later blocks building on earlier names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tutor.corpus.lessons import Block
from utils.sandbox import end, run_job

MAX_OUTPUT = 100_000  # characters that one block may print
TORCH_MEMORY_MB = 8_192  # PyTorch maps several gigabytes before it computes anything


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


def run_blocks(blocks: Sequence[Block], timeout_s: float = 20, memory_mb: int = 1024, watch: Callable | None = None) -> list[Run]:
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
    results, ended = run_job(job, timeout_s, watch) if wanted else ([], "")
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
