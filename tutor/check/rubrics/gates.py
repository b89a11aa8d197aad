"""What a rubric that is read point by point must keep to: all points together pass, and each alone gives its share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.check.rubrics.mutants import joined
from tutor.grading import grade
from tutor.models import Grade, Item
from utils.text import shorten


@dataclass(frozen=True)
class Fault:
    """What a finding about an item says, and the field that it is about."""

    rule: str
    message: str
    field: str
    index: int | None = None  # entry of the field


def point_faults(item: Item, language: str) -> Iterator[Fault]:
    """All points together must pass; each alone must count, and not pass for the others too."""
    points = [point.text for point in item.rubric]
    given = grade(item, joined(points), language=language)
    if not given.correct:
        yield Fault(
            "unsure-reference" if given.unsure else "failed-reference",
            f"the grader {'is unsure of' if given.unsure else 'does not accept'} all points of the rubric as one answer "
            f"({_why(given)}); reword them as statements that answer the question",
            "rubric",
        )
    for number, point in enumerate(points if len(points) > 1 else ()):
        given = grade(item, point, language=language)
        if given.correct:
            yield Fault(
                "passed-point",
                f'the grader takes the point "{shorten(point)}" alone for the whole answer; '
                "word the points so that each says what the others do not",
                "rubric", number,
            )  # fmt: skip
        elif all(met.point != point for met in given.met):
            yield Fault(
                "unheard-point",
                f'the point "{shorten(point)}" does not count as an answer by itself ({_why(given)}); '
                "reword it as a statement that stands alone",
                "rubric", number,
            )  # fmt: skip


def _why(given: Grade) -> str:
    return shorten(given.feedback) if given.score == 0 or not given.missed else f"missed: {'; '.join(given.missed)}"
