"""The embedded grader: grades answers to items of any kind, with no model and no network.

`grade` is for the items of a bank, `grade_record` for a question of no lesson, with its references. The same answer gets the
same grade on every machine.
"""

from tutor.grading.closed.choices import without_key
from tutor.grading.closed.estimates import distance, estimate_in_words, read_estimate
from tutor.grading.closed.part_by_part import PartByPart, part_by_part
from tutor.grading.explanations import explanation_of, grade_explanation, grade_explanation_with
from tutor.grading.features import Weights, load_weights
from tutor.grading.kinds import grade
from tutor.grading.model.additions import Additions, additions_of
from tutor.grading.model.secrets import gives_away
from tutor.grading.model.verdicts import grade_from_verdicts, grade_with
from tutor.grading.points.clarifying import (
    WHICH,
    choice_of,
    clarified,
    doubtful_points,
    is_disputable,
    option_named,
    question_about,
    settled_if_far,
    tells_what_is_so,
    traced_points,
)
from tutor.grading.points.tries import addition_in_words, grade_addition, grade_try, item_for_try, keep_credit, with_credit
from tutor.grading.records import grade_line
from tutor.grading.rubrics import has_rubric, question_for
from tutor.grading.short import bare_item, grade_record

__all__ = [
    "WHICH",
    "Additions",
    "PartByPart",
    "Weights",
    "addition_in_words",
    "additions_of",
    "bare_item",
    "choice_of",
    "clarified",
    "distance",
    "doubtful_points",
    "estimate_in_words",
    "explanation_of",
    "gives_away",
    "grade",
    "grade_addition",
    "grade_explanation",
    "grade_explanation_with",
    "grade_from_verdicts",
    "grade_line",
    "grade_record",
    "grade_try",
    "grade_with",
    "has_rubric",
    "is_disputable",
    "item_for_try",
    "keep_credit",
    "load_weights",
    "option_named",
    "part_by_part",
    "question_about",
    "question_for",
    "read_estimate",
    "settled_if_far",
    "tells_what_is_so",
    "traced_points",
    "with_credit",
    "without_key",
]
