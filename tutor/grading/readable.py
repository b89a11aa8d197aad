"""Whether an answer can be read at all: it has words, in the letters and the language of what it is compared with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from tutor import stop_words
from tutor.grading.words import CYRILLIC, clean
from tutor.models import Grade

SCRIPTS = {"HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean", "CJK": "Chinese or Japanese"}
LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "ru": "Russian",
    "nl": "Dutch",
}  # fmt: skip
SMALL_WORDS = {**stop_words.FUNCTION_WORDS, "en": stop_words.SEARCHING | stop_words.GLUE | stop_words.FINDING_TERMS}
FEWEST = 2  # words that only another language has, from which an answer is in it
SHARE = 0.12  # of its words that they are at least
MORE = 2  # times as many of them as of words that only the references' language has


def unreadable(answer: str, references: Sequence[str]) -> str:
    """Why an answer can't be compared with the references at all; "" where it can."""
    if not re.search(r"\w", answer):
        return "There are no words in it; type an answer in words." if answer.strip() else "Nothing was typed."
    return _other_script(answer, tuple(references)) or _other_language(answer, tuple(references))


def unreadable_grade(answer: str, message: str, points: tuple[str, ...]) -> Grade:
    """The grade of an answer that can't be compared; of an empty one there is nothing to say beside it."""
    return Grade(0.0, missed=points, feedback=message if re.search(r"\w", answer) else "", misunderstood=message)


def _script(text: str) -> str:
    """The script of most letters of a text: LATIN, CYRILLIC, CJK..."""
    counts: dict[str, int] = {}
    for mark in text[:400]:
        if mark.isalpha():
            name = "LATIN" if mark.isascii() else unicodedata.name(mark, "?").split()[0]
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: (counts[name], name)) if counts else ""


def _other_script(answer: str, references: tuple[str, ...]) -> str:
    """A message where the answer is written in other letters than the references, else ""."""
    if answer.isascii():
        return ""
    mine, theirs = _script(clean(answer, True)), {_script(text) for text in references} - {""}
    if not mine or not theirs or mine in theirs:
        return ""
    code = _language_of(references)
    is_known = theirs == {"LATIN"} and _all_words(references) & SMALL_WORDS[code]
    others = "what is in " + " or ".join(f"{_name_of(script)} letters" for script in sorted(theirs))
    return _said(f"This is written in {_name_of(mine)} letters", LANGUAGES[code] if is_known else others)


def _name_of(script: str) -> str:
    return SCRIPTS.get(script, script.capitalize())


def _other_language(answer: str, references: tuple[str, ...]) -> str:
    """A message where an answer is in words of another language than the references, else ""."""
    own = _language_of(references)
    words = _words_of(clean(answer[:2000], any(CYRILLIC.search(text) for text in references)))
    found, count = _most_frequent(words, own)
    marked = {word for word in words if not word.isascii()} - SMALL_WORDS.get(found, frozenset()) - _all_words(references)
    others = count + (len(marked) if own == "en" else 0)
    at_home = len((words & SMALL_WORDS[own]) - SMALL_WORDS[found])
    if others < max(FEWEST, SHARE * len(words)) or others <= MORE * at_home:
        return ""
    seems = LANGUAGES[found] if count >= FEWEST else f"another language than {LANGUAGES[own]}"
    return _said(f"This seems to be {seems}" if count >= FEWEST else f"This seems to be in {seems}", LANGUAGES[own])


def _said(what: str, language: str) -> str:
    return f"{what}. Without a model, only {language} can be graded."


@lru_cache(maxsize=256)
def _language_of(texts: tuple[str, ...]) -> str:
    """The language of references: one whose small words they have more of than of English ones, else English."""
    words = _words_of(" ".join(texts)[:2000])
    found, count = _most_frequent(words, "en")
    return found if count >= FEWEST and count > len((words & SMALL_WORDS["en"]) - SMALL_WORDS[found]) else "en"


def _most_frequent(words: frozenset[str], own: str) -> tuple[str, int]:
    """The language other than `own` of which words have the most that `own` has not, and how many these are."""
    counts = {code: len((words & small) - SMALL_WORDS[own]) for code, small in SMALL_WORDS.items() if code != own}
    found = max(sorted(counts), key=lambda code: counts[code])
    return found, counts[found]


@lru_cache(maxsize=256)
def _all_words(texts: tuple[str, ...]) -> frozenset[str]:
    return _words_of(" ".join(texts))


def _words_of(text: str) -> frozenset[str]:
    """The words of a text, without single letters of the alphabet, which are mostly symbols."""
    return frozenset(word for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) > 1 or not word.isascii())
