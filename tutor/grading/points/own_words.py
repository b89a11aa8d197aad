"""Whether a point has words of its own in an answer: a clause that makes one point doesn't make another one by the way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.grading.clauses import JOINT, SENTENCE, stretches
from tutor.grading.comparable import AnswerTokens
from tutor.grading.words import tokens

OWN = 0.3  # share of a point, in words that make no other point, below which it has none of its own
GIVEN = re.compile(r"\s*\|(?!\|)\s*|\s+(?=given\b)", re.I)  # as in P(A | B), which says two things


def clauses_in(answer: AnswerTokens, counted: Sequence[int]) -> int:
    """The clauses of an answer that say something. counted: its content tokens that do."""
    starts = [answer.tokens[place].start for place in counted]
    text = answer.text
    found = [
        part
        for sentence in stretches(SENTENCE, text, 0, len(text))
        for clause in stretches(JOINT, text, *sentence)
        for part in stretches(GIVEN, text, *clause)
    ]
    return sum(any(begin <= start < end for start in starts) for begin, end in found)


def is_borrowed(share: float, quote: str, others: Sequence[str], clauses: int) -> bool:
    """Whether a point is seen only in a clause that makes another point, in an answer with fewer clauses than there are points.

    share: of the point, in words that make no other. quote: what makes it. others: what makes each of the other points.
    clauses: how many of the answer say something. One that has a clause for each point is given the benefit of the doubt.
    """
    if clauses > len(others) or share >= OWN:
        return False
    own = _words(quote)
    return any(own <= theirs or theirs <= own for theirs in map(_words, others))


def _words(quote: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokens(quote) if token.kind != "mark")
