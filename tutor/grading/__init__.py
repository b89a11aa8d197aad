"""The embedded grader: grades answers to items of any kind, with no model and no network.

`grade` is for the items of a bank, `grade_record` for a question of no lesson, with its references. The same answer gets the
same grade on every machine.
"""

from tutor.grading.kinds import grade
from tutor.grading.model_verdicts import grade_from_verdicts, grade_with
from tutor.grading.records import grade_line
from tutor.grading.short import Weights, bare_item, grade_record, load_weights

__all__ = ["Weights", "bare_item", "grade", "grade_from_verdicts", "grade_line", "grade_record", "grade_with", "load_weights"]
