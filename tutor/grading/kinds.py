"""The grade of an answer to an item of any kind."""

from __future__ import annotations

from tutor.grading.closed.choices import grade_choice, grade_cloze, grade_multi, grade_order
from tutor.grading.closed.numbers import grade_expression, grade_number
from tutor.grading.short import Weights, grade_short
from tutor.models import Grade, Item, Kind


def grade(item: Item, answer: str, *, weights: Weights | None = None, strict: bool = False, language: str = "en") -> Grade:
    """The grade of what was typed for an item whose numbers have been drawn.

    weights: of the `short` grader; None takes those of assets/grader.json. strict: where the grader is unsure the answer
    is not correct, and the feedback says so. For an answer that can't be read, `misunderstood` is set.
    """
    if item.kind == Kind.CHOICE:
        return grade_choice(item, answer)
    if item.kind == Kind.MULTI:
        return grade_multi(item, answer)
    if item.kind == Kind.NUMBER:
        return grade_number(item, answer, language)
    if item.kind == Kind.CLOZE:
        return grade_cloze(item, answer)
    if item.kind == Kind.ORDER:
        from tutor.corpus.bank import shuffled_steps

        return grade_order(item, answer, shuffled_steps(item))
    if item.expression:
        return grade_expression(item, answer)
    return grade_short(item, answer, weights=weights, strict=strict, language=language)
