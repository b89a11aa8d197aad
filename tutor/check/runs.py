"""Runs the Python blocks and hidden checks of lessons: one process per lesson, in which later blocks see earlier names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from subprocess import Popen

from tutor.corpus.code_blocks import CodeBlock
from utils.sandbox.choosing import available
from utils.sandbox.jobs import Watch, end, run_job
from utils.sandbox.means import Means

MAX_OUTPUT = 100_000  # characters that one block may print
RUN = ("python", "torch", "plot", "check")  # kinds
TORCH_MEMORY_MB = 8_192  # PyTorch maps several gigabytes before it computes anything


@dataclass(frozen=True)
class Run:
    """The outcome of running one block."""

    block: CodeBlock
    stdout: str = ""
    error: str = ""  # one line; "" if all went well
    line: int = 0  # line of the lesson at which the error was raised
    skipped: str = ""  # why it did not run; "" if it did
    value: str = ""  # of a test or a plot, see utils.sandbox.process
    said: str = ""  # what a block printed beside the plot that it gives


def kind_of(block: CodeBlock) -> str:
    """What a block is: "python", "torch", "plot" (Python whose last value is a plot) or "check" can be run.

    "no-run" is Python that must not be; "" stands for everything else.
    """
    words = block.info.split()
    if words[:1] == ["python"]:
        return next((word for word in ("no-run", "torch", "plot") if word in words[1:]), "python")
    return "check" if block.info == "check" else ""


def run_blocks(
    blocks: Sequence[CodeBlock],
    timeout_s: float = 20,
    memory_mb: int = 1024,
    watch: Watch | None = None,
    means: Means | None = None,
) -> list[Run]:
    """Run a lesson's blocks in order in one process. Returns a Run for each block that is Python or a check.

    watch: called with the process as soon as it runs, so that the caller can end it. means: the sandbox; by default the best
    that works here, or none.
    """
    kinds = [kind_of(block) for block in blocks]
    wanted = [block for block, kind in zip(blocks, kinds, strict=True) if kind in RUN]
    job = {
        "blocks": [{"kind": kind_of(block), "line": block.line, "body": block.body} for block in wanted],
        "memory_mb": max(memory_mb, TORCH_MEMORY_MB) if "torch" in kinds else memory_mb,
        "cpu_s": int(timeout_s) + 1,
        "max_output": MAX_OUTPUT,
    }
    results, ended = run_job(job, timeout_s, watch, means or available()) if wanted else ([], "")
    runs: list[Run] = []
    reached = 0
    for block, kind in zip(blocks, kinds, strict=True):
        if kind == "no-run":
            runs.append(Run(block, skipped="it is marked no-run"))
        elif kind and results:
            runs.append(_with_plot(Run(block, **results.pop(0))) if kind == "plot" else Run(block, **results.pop(0)))
        elif kind and ended:
            runs.append(Run(block, error=ended, line=block.line))
            ended, reached = "", block.line
        elif kind:
            runs.append(Run(block, skipped=f"the block of line {reached} ended the run"))
    return runs


def _with_plot(run: Run) -> Run:
    """The run of a block whose value is a plot, with the YAML of that as what it printed."""
    if run.error or run.skipped:
        return run
    from tutor.check.plots.values import plot_of_value

    text, fault = plot_of_value(run.value)
    return Run(run.block, text, fault, run.block.line, said=run.stdout)


def run_lessons(
    lessons: Mapping[str, Sequence[CodeBlock]],
    timeout_s: float = 20,
    memory_mb: int = 1024,
    done: Callable[[str], None] | None = None,
) -> dict[str, list[Run]]:
    """The runs of several lessons, as many at a time as there are cores. done: called with the name of each.

    If we are interrupted (Ctrl-C, a signal), the processes are ended too.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed

    means = available()  # found out once, before there are threads
    processes: list[Popen[bytes]] = []
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        futures = {
            pool.submit(run_blocks, blocks, timeout_s, memory_mb, processes.append, means): name
            for name, blocks in lessons.items()
        }  # fmt: skip
        for future in as_completed(futures):
            future.result()
            if done:
                done(futures[future])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            end(process)
        raise
    pool.shutdown()
    return {name: future.result() for future, name in futures.items()}
