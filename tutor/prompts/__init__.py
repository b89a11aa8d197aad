"""Every prompt beside the parser of its reply.

The words of learners, lessons and passages are data: they go into the user message, between tags, each line behind a bar
that they can't forge (spotlighting: Hines et al. 2024, arXiv 2403.14720), and never into the system message.
"""

from tutor.prompts.answering import NOT_THERE, CitedSentence, answer, answer_again, sentences_in, sentences_of
from tutor.prompts.conversing import Situation, TutorTurn, converse
from tutor.prompts.drafting import draft
from tutor.prompts.framing import in_language, is_foreign
from tutor.prompts.grading import AnswerVerdict, PointVerdict, grade, points_of
from tutor.prompts.reading import Decision, decide, summarize
from tutor.prompts.teaching import explain, hint, recap

__all__ = [
    "NOT_THERE", "AnswerVerdict", "CitedSentence", "Decision", "PointVerdict", "Situation", "TutorTurn", "answer",
    "answer_again", "converse", "decide", "draft", "explain", "grade", "hint", "in_language", "is_foreign", "points_of", "recap",
    "sentences_in", "sentences_of", "summarize",
]  # fmt: skip
