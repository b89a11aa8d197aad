"""What the code of `predict` items prints: compared with what their bank says, and written into it by `check --fix`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.check import runs
from tutor.check.code import difference
from tutor.check.rules import finding
from tutor.check.written import text_field, with_field
from tutor.corpus.bank import all_draws, lesson_code
from tutor.corpus.bank.kinds.predict import MOST_LINES
from tutor.corpus.bank.lesson_code import LessonCode, block_named
from tutor.corpus.code_blocks import CodeBlock
from tutor.models import Finding, Item, Lesson
from utils import strict_yaml
from utils.text import plural, sanitize


@dataclass
class PredictRun:
    """A `predict` item, its fields as the bank has them, and the run of its code with each combination of its values."""

    item: Item
    entry: Mapping[str, Any]
    by_values: dict[str, tuple[Item, runs.Run]] = field(default_factory=dict)  # "" where it has no variables

    def line(self, name: str) -> int:
        return strict_yaml.line_of(self.entry, next(one for one in (name, "code", "block") if one in self.entry))

    def outputs(self) -> dict[str, str] | None:
        """What it prints, by its values; None where that can't be asked for."""
        printed = {values: as_output(run.stdout) for values, (_, run) in self.by_values.items()}
        is_whole = not any(run.error or run.skipped for _, run in self.by_values.values())
        return printed if is_whole and all(map(_can_be_asked, printed.values())) else None

    def differs(self) -> bool:
        """Whether the bank says something else than is printed, or nothing, or has outputs of values that are never drawn."""
        stale = {values for values, _ in self.item.outputs} - set(self.by_values)
        drawn = self.by_values.values()
        return bool(stale) or any(not one.output or difference(one.output, run.stdout) for one, run in drawn)


def run_all(items: Sequence[Item], entries: Sequence[Mapping[str, Any]], lesson: Lesson | None = None) -> list[PredictRun]:
    """The runs of a bank's `predict` items, each program in a process of its own. entries: the items' fields as loaded.

    What is a block of the lesson runs after the blocks before it.
    """
    found = [PredictRun(item, entry) for item, entry in zip(items, entries, strict=True) if item.code]
    programs = {(place, values): one for place, run in enumerate(found) for values, one in all_draws(run.item).items()}
    code = lesson_code(lesson) if lesson and any(run.item.block for run in found) else []
    blocks = {
        f"{place}/{values}": _program(drawn, found[place].line("code"), code) for (place, values), drawn in programs.items()
    }
    ran = runs.run_lessons(blocks)
    for (place, values), drawn in programs.items():
        found[place].by_values[values] = (drawn, ran[f"{place}/{values}"][-1])
    return found


def _program(item: Item, line: int, code: Sequence[LessonCode]) -> list[CodeBlock]:
    """What an item shows, as a block; before it those of the lesson, where it is one of these. line: of the bank."""
    if not item.block:
        return [CodeBlock("python", line, item.code)]
    shown = block_named(item.block, item.section, code).block
    return [*(one.block for one in code if one.block.line < shown.line), replace(shown, line=line, body=item.code)]


def output_findings(path: str, ran: Sequence[PredictRun]) -> Iterator[Finding]:
    """For each item, the first of its programs that fails, prints nothing to ask for, or prints something else."""
    for one in ran:
        yield from _first_finding(path, one)


def _first_finding(path: str, one: PredictRun) -> Iterator[Finding]:
    for values, (drawn, run) in one.by_values.items():
        lead = f'item "{one.item.id}"{f" with {values}" if values else ""}:'
        if run.error:
            line = one.line("block") if one.item.block else run.line
            yield finding("code-failed", path, line, f"{lead} the code failed: {run.error}; correct it")
        elif run.skipped:
            yield finding("code-skipped", path, one.line("code"), f"{lead} code not run: {run.skipped}")
        elif not _can_be_asked(output := as_output(run.stdout)):
            what = plural(output.count("\n") + 1, "line") if output else "nothing"
            what = what if sanitize(output) == output else "characters that a terminal acts on"
            yield finding(
                "output-differs", path, one.line("code"),
                f"{lead} the code prints {what}, expected 1 to {MOST_LINES} lines of text to predict; change it",
            )  # fmt: skip
        elif not drawn.output:
            yield finding(
                "missing-output", path, one.line("prints"),
                f"{lead} found no output in prints, expected what the code prints; add it (--fix does)",
            )  # fmt: skip
        elif different := difference(drawn.output, run.stdout):
            yield finding(
                "output-differs", path, one.line("prints"),
                f"{lead} found {different[1]} in line {different[0]} of prints, but the code prints {different[2]}; correct "
                "either of them (--fix takes what is printed)",
            )  # fmt: skip
        else:
            continue
        return
    if one.differs():
        yield finding(
            "output-differs", path, one.line("prints"),
            f'item "{one.item.id}": found an output in prints for values that are never drawn, expected one for each that is; '
            "remove it (--fix does)",
        )  # fmt: skip


def _can_be_asked(output: str) -> bool:
    return bool(output) and output.count("\n") < MOST_LINES and sanitize(output) == output


def as_output(printed: str) -> str:
    """What a program prints as a bank holds it: without spaces at line ends and empty lines around it."""
    return "\n".join(line.rstrip() for line in printed.expandtabs(4).split("\n")).strip("\n")


# ------------------------------------------------------------------------------------------------- writing


def with_prints(text: str, ran: Sequence[PredictRun]) -> tuple[str, int]:
    """(the text of a bank whose `prints` are what the code prints, how many of them changed). text: with LF line ends."""
    written = [(one, outputs) for one in ran if one.differs() and (outputs := one.outputs())]
    changed = 0
    for one, outputs in sorted(written, key=lambda pair: -pair[0].item.line):
        fixed = _with_field(text, one, outputs)
        changed += fixed != text
        text = fixed
    return text, changed


def _with_field(text: str, one: PredictRun, outputs: Mapping[str, str]) -> str:
    """The text with one item's `prints`, behind its `code` where it has none."""

    def lines_of(pad: str) -> list[str]:
        if not one.item.variables:
            return text_field("prints", outputs[""], pad)
        each = (text_field(values, output, f"{pad}  ") for values, output in outputs.items())
        return [f"{pad}prints:", *(line for lines in each for line in lines)]

    after = next(name for name in ("code", "replace", "block") if name in one.entry)
    return with_field(text, one.entry, "prints", after, lines_of)
