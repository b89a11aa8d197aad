"""What a try block shows at a setting of its knobs: a plot, a text, or why there is neither.

Plots by expressions are computed here. Code runs in the sandbox that `check` uses; where it can't, what its author's
`check --fix` wrote down is shown at the settings that there are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.corpus.plots import compute, read_plot
from tutor.corpus.plots.data import Plot
from tutor.corpus.plots.writing import as_yaml
from tutor.corpus.tries.spec import Setting, Shown, Try, setting_in_words
from utils.errors import InvalidFile
from utils.text import plural, sanitize

if TYPE_CHECKING:
    from utils.sandbox.means import Means

WALL_S = 10.0  # of the clock
CPU_S = 3  # of processor time
MEMORY_MB = 1024
MAX_OUTPUT = 20_000  # characters of a text, and of a plot
MAX_LINES = 30  # of a text, which stands beside its knobs on one screen
REMEMBERED = 256  # settings that were run


@dataclass(frozen=True)
class TryOutcome:
    """What is shown at a setting: a plot, a text or both; or, in plain words, why there is none."""

    plot: Plot | None = None
    text: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Ran:
    """What came of code: what it printed, and the YAML of the plot that its last line gives, "" where it gives none."""

    text: str
    plot: str = ""


class NotRun(Exception):
    """Why code has no outcome, in plain words. skipped: because something is missing here, not for a fault of its own."""

    def __init__(self, fault: str, line: int = 0, skipped: bool = False) -> None:
        super().__init__(fault)
        self.fault, self.line, self.skipped = fault, line, skipped


def can_run(one: Try) -> str:
    """Why its knobs can't be turned here; "" if they can. Where they can't, it shows its `settings` as they were written down."""
    if one.plot:
        return ""
    try:
        ran(one, one.first())
    except NotRun as error:
        return error.fault if error.skipped else ""
    return ""


def outcome(one: Try, setting: Setting) -> TryOutcome:
    """What the block shows at a setting, a value for each of its knobs. A setting that was run before is there at once."""
    if one.plot:
        try:
            return TryOutcome(compute(one.plot, setting))
        except InvalidFile as error:
            return TryOutcome(fault=in_plain_words(error))
    try:
        came = ran(one, setting)
        return TryOutcome(compute(read_plot(came.plot)) if came.plot else None, came.text)
    except NotRun as error:
        if error.skipped:
            shown = one.shown.get(setting_in_words(setting))
            return _as_written(shown) if shown else TryOutcome(fault=f"it can't run here: {error.fault}")
        return TryOutcome(fault=f"the code failed: {error.fault}" + (f" (line {error.line})" if error.line else ""))
    except InvalidFile as error:
        return TryOutcome(fault=in_plain_words(error))


def in_plain_words(error: InvalidFile) -> str:
    """What can't be drawn, without what its author is to do about it."""
    message = error.message.removeprefix("plot: ")
    return f"there is nothing to draw at this setting: {message.partition(', expected')[0].removeprefix('found ')}"


def _as_written(shown: Shown) -> TryOutcome:
    try:
        return TryOutcome(compute(shown.plot) if shown.plot else None, shown.text)
    except InvalidFile as error:
        return TryOutcome(fault=in_plain_words(error))


# ------------------------------------------------------------------------------------------------- running


def ran(one: Try, setting: Setting) -> Ran:
    """What came of the code at a setting. Raises NotRun, also where there is no sandbox."""
    from utils.sandbox import choosing

    sandbox = choosing.chosen()
    if sandbox.means is None:
        raise NotRun(f"code is run in a sandbox only, and {sandbox}", skipped=True)
    return ran_by(sandbox.means, one, setting)


def ran_by(means: Means, one: Try, setting: Setting) -> Ran:
    """What came of the code at a setting, run by this means. Raises NotRun."""
    return _ran(one.code, tuple((knob.name, setting[knob.name]) for knob in one.knobs), means)


@lru_cache(maxsize=REMEMBERED)  # which doesn't remember what was raised
def _ran(code: str, setting: tuple[tuple[str, float], ...], means: Means) -> Ran:
    from utils.sandbox.endings import plain_error, why_ended
    from utils.sandbox.jobs import run_job

    known = "\n".join(f"{name} = {value!r}" for name, value in setting)
    blocks = [{"kind": "python", "line": 0, "body": known}, {"kind": "plot", "line": 0, "body": code}]
    job = {"blocks": blocks, "memory_mb": MEMORY_MB, "cpu_s": CPU_S, "max_output": MAX_OUTPUT}
    results, ended = run_job(job, WALL_S, None, means)
    if len(results) < len(blocks):
        raise NotRun(why_ended(ended))
    result = results[-1]
    if result["skipped"]:
        raise NotRun(plain_error(result["skipped"]), skipped=True)
    if result["error"]:
        raise NotRun(plain_error(result["error"]), max(0, result["line"]))
    return Ran(_text_of(result["stdout"]), _plot_of(result.get("value", "")))


def _text_of(printed: str) -> str:
    """What was printed, safe to print again, without spaces at line ends and empty lines around it."""
    text = "\n".join(line.rstrip() for line in sanitize(printed.expandtabs(4)).split("\n")).strip("\n")
    if text.count("\n") >= MAX_LINES:
        raise NotRun(f"it prints {plural(text.count(chr(10)) + 1, 'line')}, more than the {MAX_LINES} that are shown")
    return text


def _plot_of(document: str) -> str:
    """The YAML of the plot that the value of a last line says; "" for any other value."""
    try:
        value = json.loads(document)
        return as_yaml(value) if isinstance(value, dict) and value else ""
    except (ValueError, RecursionError):
        return ""
