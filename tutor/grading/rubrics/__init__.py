"""Free text against a rubric: which of its points an answer makes, in whose words, and whether the whole is right.

An answer is read clause by clause. Each point is compared, in all the ways its author gave, with what the answer affirms;
what it denies counts against it. One logistic regression then weighs the points, the nearest single reference, and how near the
answer comes to what is known to be wrong (benchmarks/fit_rubrics.py fits it). More references can only help: nothing is averaged
over them.
"""

from tutor.grading.rubrics.judging import LEAST, assess_item, chances, grade_item, has_rubric, points_made
from tutor.grading.rubrics.reading import is_answered_by_no, read_answer
from tutor.grading.rubrics.weights import NAMES, SIGNS, shipped_rubric_weights
from tutor.grading.rubrics.wording import in_words, question_for

__all__ = [
    "LEAST",
    "NAMES",
    "SIGNS",
    "assess_item",
    "chances",
    "grade_item",
    "has_rubric",
    "in_words",
    "is_answered_by_no",
    "points_made",
    "question_for",
    "read_answer",
    "shipped_rubric_weights",
]
