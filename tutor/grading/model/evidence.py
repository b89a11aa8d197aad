"""The learner's own words that a model quotes: where they stand in the answer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tutor.grading import lexicon
from tutor.grading.likeness import edits_at_most, likeness

LEFT_OUT = re.compile(r"[\[(]\s*(?:…|\.{3,})\s*[\])]|…|\.{3,}")  # how a quote shows that something is left out
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[+\-−*/^=<>≤≥≈√%°]")
ARTICLES = frozenset(["a", "an", "the"])


@dataclass(frozen=True)
class QuotedWord:
    """A word or sign of a text, as quotes are compared."""

    text: str  # folded
    start: int
    end: int


def stands_in(quote: str, text: str) -> bool:
    """Whether a quote is in a text word for word; case, white space and the form of quotation marks don't count."""
    flat = _flat(quote)
    return bool(flat) and bool(re.search(rf"{_edge(flat[0], '<')}{re.escape(flat)}{_edge(flat[-1], '')}", _flat(text)))


def _edge(mark: str, side: str) -> str:
    """What makes a quote that begins or ends with this mark do so where a word does, in scripts with spaces between words."""
    return rf"(?{side}![a-z\d])" if mark.isascii() and mark.isalnum() else ""


def _flat(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(str.maketrans("“”„«»‘’‚–—−", '"""""\'\'\'---'))
    return " ".join(text.split()).strip(" .,;:!?\"'")


def find_quote(quote: str, text: str) -> str:
    """The words of a text that a quote stands for, "" where it holds no such words.

    A model mends typos, drops articles and leaves out the middle with "…" when it quotes. What comes back then is how the
    learner put it; a quote that stands there word for word is returned as it is.
    """
    if stands_in(quote, text):
        return quote
    words, found, start = _words(text), [], 0
    parts = [part for part in map(_words, LEFT_OUT.split(quote)) if part]
    for part in parts:
        place = next((at for at in range(start, len(words) - len(part) + 1) if _matches(part, words[at : at + len(part)])), -1)
        if place < 0:
            return ""
        start = place + len(part)
        found.append(text[words[place].start : words[start - 1].end])
    return " … ".join(found)


def _words(text: str) -> list[QuotedWord]:
    """The words and signs of a text in their order, without articles and punctuation."""
    found = []
    for match in WORD.finditer(text):
        word = unicodedata.normalize("NFKC", match[0]).casefold().replace("'", "").replace("’", "").replace("−", "-")
        if word not in ARTICLES:
            found.append(QuotedWord(word, match.start(), match.end()))
    return found


def _matches(quoted: list[QuotedWord], typed: list[QuotedWord]) -> bool:
    return all(_is_mended(one.text, other.text) for one, other in zip(quoted, typed, strict=True))


def _is_mended(quoted: str, typed: str) -> bool:
    """Whether a quoted word is a typed one with its slips mended: not its opposite, no other number, and no other short word."""
    if quoted == typed:
        return True
    if not (quoted.isalpha() and typed.isalpha()) or (quoted in lexicon.NEGATION) != (typed in lexicon.NEGATION):
        return False
    if likeness(lexicon.stem(quoted), lexicon.stem(typed)) < 0:
        return False
    shorter = min(len(quoted), len(typed))
    if shorter < 4:
        return sorted(quoted) == sorted(typed)
    return edits_at_most(quoted, typed, 1 if shorter < 8 else 2)
