"""Banks: from the text of a `<slug>.quiz.yaml` to Items, their draws and their right answers."""

from tutor.corpus.bank.answers import accepted_answers, giveaways, shown_answer, shuffled_steps
from tutor.corpus.bank.drawing import draw
from tutor.corpus.bank.reading import BLANK_MARK, parse_bank

__all__ = ["BLANK_MARK", "accepted_answers", "draw", "giveaways", "parse_bank", "shown_answer", "shuffled_steps"]
