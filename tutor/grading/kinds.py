"""The grade of an answer to an item of any kind."""

from __future__ import annotations

from collections.abc import Callable

from tutor.corpus.bank import kind_of
from tutor.grading.closed.choices import grade_choice, grade_multi, grade_order
from tutor.grading.closed.cloze import grade_cloze
from tutor.grading.closed.guesses import beside_a_question, without_hedges
from tutor.grading.closed.numbers import grade_expression, grade_number
from tutor.grading.closed.outputs import grade_output
from tutor.grading.closed.programs import grade_program
from tutor.grading.features import Weights
from tutor.grading.points.substance import empty_grade
from tutor.grading.rubrics import grade_item
from tutor.grading.steps import grade_steps
from tutor.models import Grade, Item, Kind
from utils.text import shorten

GRADERS: dict[str, Callable[[Item, str, str], Grade]] = {  # (item, answer, language of the lesson)
    Kind.CHOICE: grade_choice,
    Kind.MULTI: grade_multi,
    Kind.NUMBER: grade_number,
    Kind.SHORT: grade_expression,  # a formula; free text is graded by grade_item
    Kind.CLOZE: grade_cloze,
    Kind.ORDER: grade_order,
    Kind.PREDICT: grade_output,
    Kind.CODE: grade_program,
    Kind.STEPS: grade_steps,
}
READS_ALL = (Kind.NUMBER, Kind.CODE, Kind.STEPS)  # whose graders read hedges and the like by themselves


def grade(item: Item, answer: str, *, weights: Weights | None = None, strict: bool = False, language: str = "en") -> Grade:
    """The grade of what was typed for an item whose numbers have been drawn.

    weights: of the grader of free text; None takes those of assets/grader.json. strict: where it is unsure the answer is not
    correct, and the feedback says so. For an answer that can't be read, `misunderstood` is set.
    """
    if kind_of(item).is_free_text(item):
        return empty_grade(item, answer, language) or grade_item(item, answer, weights=weights, strict=strict, language=language)
    return _grade_closed(item, answer, language)


def _grade_closed(item: Item, answer: str, language: str) -> Grade:
    """The grade of what was typed word for word or, where that is not right, of what is left of it without its hedges.

    A guess is an answer. With a question of its own beside it, it may be none, and the learner is asked for it alone.
    """
    grader = GRADERS[item.kind]
    grade = grader(item, answer, language)
    if grade.correct or item.kind in READS_ALL:
        return grade
    bare, beside = without_hedges(answer), beside_a_question(answer)
    again = grader(item, bare, language) if bare and bare != answer.strip() else grade
    if grade.misunderstood and not again.misunderstood and item.kind not in (Kind.SHORT, Kind.CLOZE, Kind.PREDICT):
        return again  # in those, any words can be read, and so a question is looked for first
    if beside and beside != bare and not grader(item, beside, language).misunderstood:
        said = f"I read “{shorten(beside, 40)}” with a question beside it. Type it alone to answer with it; to ask, type ? first."
        return Grade(0.0, misunderstood=said)
    return again if not again.misunderstood and again.score >= grade.score else grade
