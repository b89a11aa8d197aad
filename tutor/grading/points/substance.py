"""Whether words say enough to make a point: a stray letter or number doesn't, however well it fits among the words of the key."""

from __future__ import annotations

import re

from tutor.grading.words import clean, tokens
from tutor.models import Grade, Item

ALPHABETIC = re.compile("[a-zÀ-ɏͰ-ϿЀ-ӿ]", re.I)  # of other letters one may be a whole word
MOST = 0.5  # share of what a key says beyond the question; a letter or number that is this much of it says something


def says_something(text: str, item: Item, language: str = "en") -> bool:
    """Whether a text can make a point: by a word, or by letters and numbers that are most of what a key says."""
    said = tokens(clean(text, True), language)
    if any(one.kind == "not" or (one.kind == "word" and _is_word(one.text)) for one in said):
        return True
    stems = {one.stem for one in said if one.kind != "mark"}
    asked = {one.stem for one in tokens(clean(item.question, True), language)}
    for key in (*item.references, *(point.text for point in item.rubric)):
        found = [one for one in tokens(clean(key, True), language) if one.kind != "mark"]
        content = {one.stem for one in found if one.kind in ("word", "number")} or {one.stem for one in found}
        telling = (content - asked) or content
        if len(stems & telling) >= MOST * len(telling):
            return True
    return False


def _is_word(text: str) -> bool:
    return len(text) > 1 or not ALPHABETIC.match(text)


def empty_grade(item: Item, answer: str, language: str = "en") -> Grade | None:
    """The grade of an answer that says nothing with letters or numbers, None for others."""
    if not re.search(r"\w", answer) or says_something(answer, item, language):
        return None
    return Grade(0.0, missed=tuple(point.text for point in item.rubric), feedback="This does not answer the question.")
