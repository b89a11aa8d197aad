"""Whether a line has a word of a point, so that a model's claim that it makes the point can be asked about at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tutor import stop_words
from tutor.grading.likeness import likeness
from tutor.grading.words import clean, tokens
from tutor.models import Point

ROOT = 6  # letters of a word that the words of related languages share: hypothesis, Nullhypothese
WHOLE = 4  # or of a whole word that one of another language begins or ends with: rate, Lernrate
LIGHT = stop_words.SEARCHING.union(*stop_words.FUNCTION_WORDS.values())


def shares_a_word(line: str, points: Sequence[Point], language: str = "en") -> bool:
    """Whether a line has a content word of one of these points, a form of it, or one that means the same."""
    theirs = _words_of(points, language)
    return any(likeness(mine, word) > 0 for mine in _content(line, language).values() for word in theirs.values())


def shares_a_root(line: str, points: Sequence[Point], language: str = "en") -> bool:
    """The same of a line in another language, by numbers, names, and words that look alike."""
    theirs = _words_of(points, language)
    return any(_is_related(mine, word) for mine in _content(line, language) for word in theirs)


@lru_cache(maxsize=64)
def _content(text: str, language: str) -> dict[str, str]:
    """{word: stem} of the words that a text is about."""
    found = tokens(clean(text), language)
    return {one.text: one.stem for one in found if one.kind in ("word", "number") and one.text not in LIGHT}


def _words_of(points: Sequence[Point], language: str) -> dict[str, str]:
    return _content("\n".join(text for point in points for text in (point.text, *point.also)), language)


def _is_related(mine: str, theirs: str) -> bool:
    if mine == theirs:
        return True
    if not (theirs.isalpha() and len(theirs) >= WHOLE):
        return False
    return (len(theirs) >= ROOT and theirs[:ROOT] in mine) or mine.startswith(theirs) or mine.endswith(theirs)
