"""The tutor's moves: what a learner's line is, how much help a question may get, and what a model may say about it.

Pure: lines and replies go in, decisions come out. The nodes of a session show them.
"""

from tutor.tutoring.hearing import Heard, hear, hear_beside
from tutor.tutoring.hints import hints_for, next_hint
from tutor.tutoring.languages import is_in_another_language
from tutor.tutoring.speaking import Turn, agreeing, checked, plain_help, tells, up_to_a_question

__all__ = [
    "Heard",
    "Turn",
    "agreeing",
    "checked",
    "hear",
    "hear_beside",
    "hints_for",
    "is_in_another_language",
    "next_hint",
    "plain_help",
    "tells",
    "up_to_a_question",
]
