"""The programs of `code` items, run: the reference passes every test, and no known wrong one does, nor the starter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tutor.check.rules import finding
from tutor.grading import grade
from tutor.models import Finding, Item
from utils import strict_yaml
from utils.text import shorten


def solution_findings(path: str, items: Sequence[Item], entries: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Findings about the programs of a bank. entries: the items' fields as loaded."""
    for item, entry in zip(items, entries, strict=True):
        if item.tests:
            yield from _findings(path, item, entry)


def _findings(path: str, item: Item, entry: Mapping[str, Any]) -> Iterator[Finding]:
    given = grade(item, item.reference)
    if not given.correct:
        yield finding(
            "failed-reference", path, strict_yaml.line_of(entry, "reference"),
            f'item "{item.id}": the reference does not pass its tests: {given.feedback}; missed: '
            f"{shorten('; '.join(given.missed), 200)}; correct either",
        )  # fmt: skip
    programs = [(known.answer, strict_yaml.line_of(entry["wrong"], index)) for index, known in enumerate(item.wrong)]
    programs += [(item.starter, strict_yaml.line_of(entry, "starter"))] if item.starter else []
    for program, line in programs:
        if grade(item, program + "\n# as its bank has it").correct:
            what = "the starter" if program == item.starter else f'the wrong program "{shorten(program)}"'
            yield finding(
                "passed-wrong-answer", path, line,
                f'item "{item.id}": {what} passes every test, expected one that it fails; add a test',
            )  # fmt: skip
