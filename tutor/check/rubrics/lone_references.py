"""How far an item's references help an answer that is none of them: each is graded as if only the others were known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tutor.check.rules import finding
from tutor.grading import grade
from tutor.grading.rubrics import has_rubric
from tutor.grading.short import reply_to
from tutor.models import Finding, Grade, Item
from utils import strict_yaml
from utils.text import shorten

STAND = 0.8  # share of an item's references that should pass where only the others are known


def without_reference(item: Item, number: int) -> Item:
    """An item as it is without one of its references."""
    return replace(item, references=item.references[:number] + item.references[number + 1 :])


def grades_alone(item: Item, language: str = "en") -> list[Grade]:
    """The grade of each reference where only the others are known; none where there are no others."""
    if len(item.references) < 2 or not has_rubric(item):
        return []
    return [grade(without_reference(item, n), text, language=language) for n, text in enumerate(item.references)]


def lone_findings(item: Item, alone: Sequence[Grade], entry: dict[str, Any]) -> Iterator[Finding]:
    """References that are taken for a known wrong answer, and those that stand too far from the others."""
    replies = {reply_to(wrong): wrong.answer for wrong in item.wrong}
    for number, given in enumerate(alone):
        if given.score == 0 and given.feedback in replies:
            yield finding(
                "misheard-reference", item.path, strict_yaml.line_of(entry["references"], number),
                f'item "{item.id}": an answer worded like the reference "{shorten(item.references[number])}" is taken for the '
                f'wrong answer "{shorten(replies[given.feedback])}"; let the two differ in content, or add more references',
            )  # fmt: skip
    far = [number for number, given in enumerate(alone) if not given.correct]
    if len(alone) - len(far) < STAND * len(alone):
        missed = dict.fromkeys(point for number in far for point in alone[number].missed)
        points = " and ".join(f'"{shorten(point)}"' for point in list(missed)[:2]) or "each point"
        yield finding(
            "lone-reference", item.path, strict_yaml.line_of(entry["references"], far[0]),
            f'item "{item.id}": answers worded like {len(far)} of its {len(alone)} references do not pass where only the others '
            f"are known; add to also: the ways in which they say {points}, or references in between",
        )  # fmt: skip
