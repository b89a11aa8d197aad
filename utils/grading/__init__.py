"""The embedded grader: a verdict on an answer to an item of any kind, with no model and no network.

`grade` is for items of a bank, `grade_record` for a bare question with references. Same answer, same grade, on every
machine.
"""

from utils.grading.kinds import grade
from utils.grading.records import graded_line
from utils.grading.short import Weights, grade_record, load_weights

__all__ = ["Weights", "grade", "grade_record", "graded_line", "load_weights"]
