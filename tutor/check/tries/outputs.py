"""What the code of try blocks shows at its settings: compared with `shown`, and written there by `check --fix`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from tutor.check.code import difference
from tutor.check.plots.values import in_one_form
from tutor.check.rules import finding
from tutor.check.tries.findings import LessonTry
from tutor.check.written import text_field, with_field
from tutor.corpus.plots import compute, read_plot
from tutor.corpus.plots.writing import as_yaml
from tutor.corpus.tries import setting_in_words
from tutor.corpus.tries.outcomes import NotRun, Ran, ran_by
from tutor.models import Finding
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.sandbox.means import Means


@dataclass
class TryRun:
    """A try block and what came of its code at each of its settings, in words."""

    block: LessonTry
    came: dict[str, Ran] = field(default_factory=dict)
    failed: tuple[str, NotRun] | None = None  # the first setting that gave nothing

    def shown(self) -> dict[str, Ran]:
        """What its author's `shown` says."""
        raw = strict_yaml.load(self.block.source, "").get("shown", {})
        return {
            words: Ran(one.text, as_yaml(raw[words]["plot"]) if one.plot else "") for words, one in self.block.one.shown.items()
        }

    def can_be_shown(self) -> bool:
        return not self.failed and not any(map(_fault_of, self.came.values()))

    def differs(self) -> bool:
        shown = self.shown()
        return shown.keys() != self.came.keys() or any(_difference(shown[words], ran) for words, ran in self.came.items())


def run_tries(tries: Sequence[LessonTry], means: Means) -> list[TryRun]:
    """The runs of those try blocks that have code. means: what runs it."""
    found = [TryRun(block) for block in tries if block.one.code]
    for run in found:
        for setting in run.block.one.settings:
            words = setting_in_words(setting)
            try:
                run.came[words] = ran_by(means, run.block.one, setting)
            except NotRun as error:
                run.failed = (words, error)
                break
    return found


def output_findings(path: str, runs: Sequence[TryRun]) -> Iterator[Finding]:
    """For each block, the first setting at which its code fails, shows nothing, or shows something else than is written."""
    for run in runs:
        yield from _first_finding(path, run)


def _first_finding(path: str, run: TryRun) -> Iterator[Finding]:
    one, line = run.block.one, run.block.line_of("code")
    shown = run.shown()
    if run.failed:
        words, error = run.failed
        if error.skipped:
            yield finding("code-skipped", path, line, f"the code of a try block was not run: {error.fault}")
        else:
            at = one.code_line + error.line - 1 if error.line else line
            yield finding("code-failed", path, at, f"at {words}, the code of a try block failed: {error.fault}; correct it")
        return
    for words, ran in run.came.items():
        if fault := _fault_of(ran):
            yield finding("invalid-try", path, line, f"at {words}, {fault}")
        elif words not in shown:
            message = f"found no output at {words} in shown, expected what the code gives; add it (--fix does)"
            yield finding("missing-output", path, run.block.line_of("shown", "code"), message)
        elif different := _difference(shown[words], ran):
            message = f"found {different[0]} in shown at {words}, but the code gives {different[1]}; correct either of them"
            yield finding("output-differs", path, run.block.line_of("shown", "code"), f"{message} (--fix takes what it gives)")
        else:
            continue
        return
    if run.differs():
        message = (
            "found an output in shown at a setting that isn't among the settings, expected one for each; remove it (--fix does)"
        )
        yield finding("output-differs", path, run.block.line_of("shown", "code"), message)


def _fault_of(ran: Ran) -> str:
    """Why what came of code can't be shown; "" if it can."""
    if not ran.text and not ran.plot:
        return (
            "the code prints nothing and gives no plot, expected one of them; print it, or end with a dict that says what to draw"
        )
    if ran.plot:
        try:
            compute(read_plot(ran.plot), strict=True)
        except InvalidFile as error:
            return f"the plot that the code gives can't be drawn: {error.message.removeprefix('plot: ')}"
    return ""


def _difference(shown: Ran, ran: Ran) -> tuple[str, str] | None:
    """(what is shown, what came) where they first differ."""
    for before, now in ((shown.text, ran.text), (in_one_form(shown.plot), ran.plot)):
        if different := difference(before, now):
            return different[1:]
    return None


# ------------------------------------------------------------------------------------------------- writing


def with_shown(text: str, runs: Sequence[TryRun]) -> tuple[str, int]:
    """(the text of a lesson whose try blocks show what their code gives, how many of them changed). text: with LF line ends."""
    changed = 0
    lines = text.split("\n")
    for run in sorted(runs, key=lambda run: -run.block.line):
        source, first = run.block.source, run.block.line  # of its YAML, counted from 0
        if not run.can_be_shown() or not run.differs():
            continue
        old = source.removesuffix("\n").split("\n")
        lead = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip(" "))]
        if [line.removeprefix(lead) for line in lines[first : first + len(old)]] != old:
            continue  # inside a quote or a list, whose margin we can't tell
        fixed = with_field(source, strict_yaml.load(source, ""), "shown", "code", partial(_lines_of, run.came))
        if fixed != source:
            lines[first : first + len(old)] = [lead + line if line else "" for line in fixed.removesuffix("\n").split("\n")]
            changed += 1
    return "\n".join(lines), changed


def _lines_of(came: dict[str, Ran], pad: str) -> list[str]:
    lines = [f"{pad}shown:"]
    for words, ran in came.items():
        if not ran.plot:
            lines += text_field(words, ran.text, f"{pad}  ")
            continue
        lines.append(f"{pad}  {words}:")
        lines += text_field("text", ran.text, f"{pad}    ") if ran.text else []
        lines += [f"{pad}    plot:", *(f"{pad}      {line}" for line in ran.plot.splitlines())]
    return lines
