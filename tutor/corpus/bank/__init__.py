"""Banks: from the text of a `<slug>.quiz.yaml` to Items, their draws and their right answers."""

from tutor.corpus.bank.answers import accepted_answers, giveaways, shown_answer
from tutor.corpus.bank.chance import random_of
from tutor.corpus.bank.drawing import all_draws, draw, draw_again
from tutor.corpus.bank.figures import figures_of, shown_question
from tutor.corpus.bank.kinds import KINDS, kind_of
from tutor.corpus.bank.kinds.cloze import BLANK_MARK
from tutor.corpus.bank.kinds.order import shuffled_steps
from tutor.corpus.bank.lesson_code import lesson_code
from tutor.corpus.bank.misconceptions import lacks_replies, parse_misconceptions, with_replies
from tutor.corpus.bank.precision import precision
from tutor.corpus.bank.reading import parse_bank

__all__ = [
    "BLANK_MARK",
    "KINDS",
    "accepted_answers",
    "all_draws",
    "draw",
    "draw_again",
    "figures_of",
    "giveaways",
    "kind_of",
    "lacks_replies",
    "lesson_code",
    "parse_bank",
    "parse_misconceptions",
    "precision",
    "random_of",
    "shown_answer",
    "shown_question",
    "shuffled_steps",
    "with_replies",
]
