"""How much help a question may get before it is answered, and when a side question is that question itself."""

from __future__ import annotations

from tutor import stop_words
from tutor.corpus import bank
from tutor.grading.words import clean, tokens
from tutor.models import Help, Item, Round

FIRST, MOST = Help.HINT, Help.STEP  # the answer itself is never among it
FREE_TURNS = 8  # lines about one question that the tutor replies to; then it asks for an answer
UNGRADED = 3  # lines about one question that a model may take for talk although they may be answers
THE_SAME = 0.6  # share of the words of either question that the other has


def turns_taken(round: Round) -> int:
    """How often the tutor has spoken about the current item."""
    return sum(who == "tutor" for who, _ in round.said)


def allowed_help(round: Round) -> int:
    """The most help that the tutor may give now: each turn about an item may go one step further than the one before."""
    return min(MOST, FIRST + max(turns_taken(round), round.tries))


def is_spent(round: Round) -> bool:
    """Whether enough has been said about the current item."""
    return turns_taken(round) >= FREE_TURNS


def has_talked(round: Round) -> bool:
    """Whether so much was said about the current item that what follows counts as an answer, whatever it is taken for."""
    return sum(who == "learner" for who, _ in round.said) - round.tries >= UNGRADED


def amounts_to(question: str, item: Item, language: str) -> bool:
    """Whether a side question asks what the item asks."""
    asked = content_of(question, language)
    wanted = content_of(bank.kind_of(item).question_text(item), language)
    shared = len(asked & wanted)
    return bool(asked and wanted) and shared / len(asked) >= THE_SAME and shared / len(wanted) >= THE_SAME


def content_of(text: str, language: str) -> set[str]:
    """The stems of the words and numbers that a text is about."""
    light = stop_words.SEARCHING | stop_words.FUNCTION_WORDS.get(language, frozenset())
    found = tokens(clean(text), language)
    return {token.stem for token in found if token.kind in ("word", "number") and token.text.casefold() not in light}
