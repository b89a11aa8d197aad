"""What a lesson's code printed, compared with what the lesson shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from tutor.check.plots.values import in_one_form
from tutor.check.rules import finding
from tutor.corpus.code_blocks import CodeBlock
from tutor.corpus.drawn import is_python_plot
from tutor.models import Finding

if TYPE_CHECKING:
    from tutor.check.runs import Run

RELATIVE = 1e-6  # how much two floats may differ; one unit in the last digit shown is always accepted
FLOAT = re.compile(r"(?<![\w.])([-+−]?(?:\d+\.\d*|\.\d+)(?:e[-+]?\d+)?|[-+−]?\d+e[-+]?\d+)(?!\.?\d)", re.IGNORECASE)


def run_findings(path: str, blocks: Sequence[CodeBlock], runs: Iterable[Run]) -> Iterator[Finding]:
    """Findings about the runs of a lesson's blocks, and about output blocks that belong to no code."""
    for block in blocks:
        if block.info == "output":
            yield finding(
                "stray-output", path, block.line,
                "found an output block, expected the code that prints it directly above; move it there or make it text",
            )  # fmt: skip
    reasons = set()
    for run in runs:
        if run.error:
            yield _failure_finding(path, run)
        elif run.skipped:
            if run.block.info.split()[-1:] != ["no-run"] and run.skipped not in reasons:
                reasons.add(run.skipped)
                yield finding("code-skipped", path, run.block.line, f"code not run: {run.skipped}")
        elif run.block.info != "check":
            yield from _output_findings(path, run)
            if run.said.strip():
                yield finding(
                    "missing-output", path, run.block.line,
                    f'the code of a plot prints "{_first_line(run.said)}", which nobody sees, expected a plot alone; print it in '
                    "a block of its own, or not at all",
                )  # fmt: skip


def not_run_finding(path: str, line: int, sandbox: str) -> Finding:
    """About a lesson of a stranger whose code was not run. sandbox: why there is none."""
    return finding(
        "code-not-run", path, line,
        f"found code, expected a sandbox to run it in, but {sandbox}; install bubblewrap, or run it without by --trust if you "
        "trust its authors, or say --no-run",
    )  # fmt: skip


def _failure_finding(path: str, run: Run) -> Finding:
    if run.block.info == "check":
        remedy = "correct the numbers of the text, or the check"
        return finding("check-failed", path, run.line, f"{run.error}; {remedy}")
    remedy = "correct it, or mark the block ```python no-run"
    return finding("code-failed", path, run.line, f"the code failed: {run.error}; {remedy}")


def output_is_wrong(run: Run) -> bool:
    """Did a block print something other than what the lesson shows below it?"""
    return not (run.error or run.skipped) and any(_output_findings("", run))


def _output_findings(path: str, run: Run) -> Iterator[Finding]:
    block = run.block
    if is_python_plot(block.info):
        yield from _plot_findings(path, run)
        return
    if block.output is None:
        if run.stdout.strip():
            yield finding(
                "missing-output", path, block.line,
                f'the code prints "{_first_line(run.stdout)}", expected an output block below it; add it (--fix does)',
            )  # fmt: skip
        return
    different = difference(block.output, run.stdout)
    if different:
        number, shown, printed = different
        yield finding(
            "output-differs", path, (block.output_line or block.line) + number,
            f"found {shown}, but the code prints {printed}; correct either of them (--fix takes what is printed)",
        )  # fmt: skip


def _plot_findings(path: str, run: Run) -> Iterator[Finding]:
    """The plot below a block of Python that gives its data; however it is written, it has to say the same."""
    block, computed = run.block, run.stdout
    if block.output is None:
        yield finding(
            "missing-output", path, block.line,
            "found code that gives a plot, expected a plot block with its data below it; add it (--fix does)",
        )  # fmt: skip
    elif different := difference(in_one_form(block.output), computed):
        yield finding(
            "output-differs", path, block.output_line,
            f"found {different[1]} in the plot, but the code gives {different[2]}; correct either of them (--fix takes what is "
            "computed)",
        )  # fmt: skip


def difference(shown: str, printed: str) -> tuple[int, str, str] | None:
    """(line of the output block from 1, what it shows, what was printed) for the first difference, or None.

    Spaces at line ends and the number of spaces between words don't count. Floats may differ by RELATIVE or by one unit
    in the last digit shown.
    """
    lead = len(shown) - len(shown.lstrip("\n"))
    pairs = zip_longest(shown.strip("\n").rstrip().split("\n"), printed.strip("\n").rstrip().split("\n"))
    for number, (left, right) in enumerate(pairs, 1):
        if left is None or right is None or not _same_line(left, right):
            return number + lead, _quoted(left), _quoted(right)
    return None


def _same_line(shown: str, printed: str) -> bool:
    if shown.rstrip() == printed.rstrip():
        return True
    left, right = FLOAT.split(shown), FLOAT.split(printed)
    if len(left) != len(right) or any(a.split() != b.split() for a, b in zip(left[::2], right[::2], strict=True)):
        return False
    return all(_are_close(a, b) for a, b in zip(left[1::2], right[1::2], strict=True))


def _are_close(shown: str, printed: str) -> bool:
    left, right = (float(text.replace("−", "-")) for text in (shown, printed))
    mantissa, _, exponent = shown.lower().partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(left - right) <= max(RELATIVE * abs(left), unit * 1.000001)


def _quoted(line: str | None) -> str:
    return "nothing" if line is None else f'"{_first_line(line)}"'


def _first_line(text: str) -> str:
    line = text.strip("\n").split("\n")[0].rstrip()
    return line if len(line) <= 60 else line[:59] + "…"
