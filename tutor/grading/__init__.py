"""The embedded grader: a verdict on an answer to an item of any kind, with no model and no network.

`grade` is for items of a bank, `grade_record` for a bare question with references. Same answer, same grade, on every
machine.
"""

from tutor.grading.judged import grade_with, judged
from tutor.grading.kinds import grade
from tutor.grading.records import graded_line
from tutor.grading.short import Weights, bare_item, grade_record, load_weights

__all__ = ["Weights", "bare_item", "grade", "grade_record", "grade_with", "graded_line", "judged", "load_weights"]
