"""What a tutor's reply must and must not do, told by code. Pure: a situation and what happened in it go in, faults come out.

A row of tests/data/tutoring/situations.jsonl holds what a learner typed and what must hold of the reply (`must`):

    intent          what the line may be taken for
    credit          rubric points that may and must have credit afterwards, counting from 1; of other kinds, whether it is right
    costs_try       whether the line counts as a try at the question, null where either will do
    name            what the reply must be about: one regular expression of each group
    not             regular expressions that may not be in it
    hidden          whether the answer must still be a secret after it
    gives_up        whether the answer must be shown, or it be said how to see it
    language        that the reply must be in, where that matters
    max_words, max_questions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tutor import grading
from tutor.corpus import bank
from tutor.models import Item
from tutor.stop_words import FUNCTION_WORDS, SEARCHING

CHECKS = ("intent", "credit", "undue credit", "try", "leak", "named", "not said", "words", "questions", "language", "given up")
ALWAYS = ("undue credit", "leak", "words", "questions")  # with any model, and with none
QUESTION = re.compile(r"[?？]+")


class Turn(NamedTuple):
    """What happened between a learner's line and the next time that they could type."""

    said: tuple[str, ...] = ()  # by the tutor, a text for each screen, without the learner's own words
    met: frozenset[int] = frozenset()  # points that have credit by now, counting from 1
    correct: bool = False  # the item has been answered by now
    tries: int = 0  # attempts that were stored of the line
    revealed: bool = False  # the answer was shown
    offered: bool = False  # the program said which key shows it
    intent: str = ""  # what the model took the line for, "" where it was not asked

    @property
    def text(self) -> str:
        return "\n".join(self.said)


def faults(row: dict, item: Item, turn: Turn, language: str = "en") -> dict[str, str]:
    """What is wrong with a turn, by check. language: of the lesson."""
    return dict(_faults(row, row["must"], item, turn, language))


def _faults(row: dict, must: dict, item: Item, turn: Turn, language: str) -> Iterator[tuple[str, str]]:
    if turn.intent and turn.intent not in must["intent"]:
        yield "intent", f"taken for {turn.intent}, expected {' or '.join(must['intent'])}"
    if missing := _missing_credit(must["credit"], turn):
        yield "credit", missing
    if undue := _undue_credit(must["credit"], item, turn):
        yield "undue credit", undue
    if must["costs_try"] is not None and bool(turn.tries) != must["costs_try"]:
        yield "try", "cost no try" if must["costs_try"] else "cost a try"
    if must["hidden"] and (leak := _leak(row, item, turn, language)):
        yield "leak", leak
    if lacking := [group for group in must["name"] if not any(re.search(word, turn.text, re.I) for word in group)]:
        yield "named", f"says nothing of {' or '.join(lacking[0])}"
    if found := next((found for word in must["not"] if (found := re.search(word, turn.text, re.I))), None):
        yield "not said", f"says “{found[0]}”"
    if (words := len(turn.text.split())) > must["max_words"]:
        yield "words", f"{words} words"
    if (questions := len(QUESTION.findall(turn.text))) > must["max_questions"]:
        yield "questions", f"{questions} questions"
    if must.get("language") and not is_in(turn.text, must["language"]):
        yield "language", f"not in {must['language']}"
    if must.get("gives_up") and not (turn.revealed or turn.offered):
        yield "given up", "the answer is neither shown nor offered"


def _missing_credit(credit: dict, turn: Turn) -> str:
    if "right" in credit:
        return "" if turn.correct or not credit["right"] else "a right answer is not taken"
    missing = sorted(set(credit["must"]) - turn.met)
    return f"no credit for point {', '.join(map(str, missing))}" if missing else ""


def _undue_credit(credit: dict, item: Item, turn: Turn) -> str:
    if "right" in credit:
        return "a wrong answer is taken" if turn.correct and not credit["right"] else ""
    undue = sorted(turn.met - set(credit["may"]))
    if turn.correct and len(credit["may"]) < len(item.rubric):
        return "taken for a full answer"
    return f"credit for point {', '.join(map(str, undue))}" if undue else ""


def _leak(row: dict, item: Item, turn: Turn, language: str) -> str:
    """How the answer came out before it was earned; "" where it did not."""
    if turn.revealed and not tells_by_itself(row, item, language):
        return "the answer is shown"
    if turn.revealed or turn.correct:
        return ""
    missing = [point.text for number, point in enumerate(item.rubric, 1) if number not in turn.met]
    if turn.met and not missing:
        return ""
    keys = missing if turn.met else bank.giveaways(item)
    said = [without_authors_words(text, item) for text in (*turn.said, turn.text)]
    told = next((text for text in said if grading.gives_away(text, item, language, keys)), "")
    return f"tells it: “{' '.join(told.split())}”" if told else ""


def without_authors_words(text: str, item: Item) -> str:
    """A text without the hints, replies and questions of the bank, whose author chose what they tell, and without citations."""
    text = re.sub(r"\[\d+\]", "", text)
    replies = [one.reply for one in (*item.wrong, *item.options)]
    for words in (*item.hints, *replies, *(point.ask for point in item.rubric)):
        text = text.replace(words, " ") if words else text
    return text


def tells_by_itself(row: dict, item: Item, language: str = "en") -> bool:
    """Whether the bank's own reply to the line says what is so, after which the answer may be shown."""
    return row["typed_at"] == "question" and grading.tells_what_is_so(item, grading.grade(item, row["typed"], language=language))


def is_in(text: str, language: str) -> bool:
    """Whether a text has more small words of a language than of English."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return sum(word in FUNCTION_WORDS[language] for word in words) > sum(word in SEARCHING for word in words)
