"""The right answers to a drawn item: as they are shown, as they may be typed, and what would give them away.

The screen, the grader, `check` and scripted learners all rely on these.
"""

from __future__ import annotations

from tutor.corpus.bank.kinds import kind_of
from tutor.models import Item


def shown_answer(item: Item) -> str:
    """The right answer of a drawn item as a learner is shown it."""
    return kind_of(item).shown_answer(item)


def giveaways(item: Item) -> list[str]:
    """Texts that would give away the answer of a drawn item if they stood in a hint."""
    return kind_of(item).giveaways(item)


def accepted_answers(item: Item) -> list[str]:
    """Answers to a drawn item, as typed, that must all be graded right; the plainest first."""
    return kind_of(item).accepted_answers(item)
