"""The embedded grader: a verdict on an answer to an item of any kind, with no model and no network.

`grade` is for items of a bank, `grade_record` for a bare question with references. Same answer, same grade, on every
machine.
"""

from tutor.grading.kinds import grade
from tutor.grading.model_verdicts import grade_from_verdicts, grade_with
from tutor.grading.records import grade_line
from tutor.grading.short import Weights, bare_item, grade_record, load_weights

__all__ = ["Weights", "bare_item", "grade", "grade_from_verdicts", "grade_line", "grade_record", "grade_with", "load_weights"]
