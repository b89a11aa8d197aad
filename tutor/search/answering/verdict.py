"""Whether the passages answer a question at all."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from tutor.search.answering.composing import DraftAnswer
from tutor.search.answering.fitting import Fit
from tutor.search.query_words import NEAR_NAMES
from tutor.search.questions import DEFINITION, HOW, NUMBER, WHEN, WHY, YES_NO, AskedQuestion
from utils.patterns import compiled_later

# What the documents are no place for: what happened on a day, who somebody is, how things are at the moment.
NEWS = compiled_later(
    r"\bwhen\s+(?:was|were|did)\b|\b(?:what|which)\s+(?:year|date|day|month)\b|\b(?:right\s+now|at\s+the\s+moment|now\W*$)"
    r"|\b(?:today|currently|latest|nowadays|tomorrow|this\s+(?:year|week|month))\b"
    r"|^\W*(?:who|where)\s+(?:was|were|founded|invented|wrote|made|created|chairs)\b",
    re.I,
)

VERSION = re.compile(r"[a-z]{3,}-\d+(?:\.\d+)?")
UNKNOWN_LIKENESS = 0.55  # where the embedding knows no word of the question, as in scripts other than Latin
# A logistic regression, fitted by `benchmarks/finding.py --fit`: for each piece of evidence, and for a question of these kinds.
SLOPES = (2.43, -1.93, 3.33, 0.91, 0.88, 0.37, 1.20, -3.50, -0.33, 0.95, 0.29, 0.51, -0.65, 0.37, -0.11, 0.05, 0.26)
KINDS = (HOW, YES_NO, NUMBER, WHY, WHEN)
BIAS = -5.31
# In a question of few words each counts: the share of it that has to be said where it has at most so many.
SHARE_SAID, FEW_WORDS = 0.8, 4


def evidence(question: AskedQuestion, draft: DraftAnswer, fits: Sequence[Fit]) -> tuple[float, ...]:
    """The evidence that a draft answers a question, for `is_found`: the share of the question that the passage covers, the
    share that no lesson covers, how similar they are in meaning, how much was asked, the share that headings name; whether the
    word that says most is there, whether a definition that was asked for was found, whether news was asked for, whether
    the thing is only mentioned in passing, how much better the passage fits than the next, whether enough of a short question is
    said, how well an author's answer does; and which of KINDS the question is of."""
    fit = _main_part(draft)
    asked = fit.asked
    like = max(fit.like_wording, max(fit.likes, default=0.0)) if fit.vector[1] else UNKNOWN_LIKENESS
    return (
        fit.whole,
        asked.share(frozenset(asked.unknown) - fit.met),
        like,
        math.log(1 + len(asked.words)),
        asked.share(asked.met(f"{fit.passage.heading}\n{fit.names}")),
        float(asked.main in fit.met),
        float(draft.defines),
        float(bool(NEWS.search(question.text))),
        float(is_in_passing(question, draft)),
        fit.weight - (fits[1].weight if len(fits) > 1 else 0.0),
        float(is_to_the_point(draft)),
        max(part.sure for part in draft.parts) / 10,
        *(float(question.kind == kind) for kind in KINDS),
    )


def _main_part(draft: DraftAnswer) -> Fit:
    return max(draft.parts, key=lambda part: part.fit.weight).fit


def is_certain(draft: DraftAnswer) -> bool:
    """Whether a sentence defines what was asked for, and its passage has every word of the question."""
    return draft.defines and draft.parts[0].fit.whole > 0.99


def is_to_the_point(draft: DraftAnswer) -> bool:
    """Whether what is said, with its headings, has enough of a short question. Where an author's own questions say what a section
    answers, and where a misconception is denied, that is known already."""
    fit = _main_part(draft)
    if (
        len(fit.asked.words) > FEW_WORDS
        or fit.passage.also
        or any(part.own or any(quote.claim for quote in part.quotes) for part in draft.parts)
    ):
        return True
    said = [part.fit.passage.heading for part in draft.parts] + [quote.said for part in draft.parts for quote in part.quotes]
    return fit.asked.share(fit.asked.met("\n".join(said))) >= SHARE_SAID


def is_in_passing(question: AskedQuestion, draft: DraftAnswer) -> bool:
    """Whether what is asked about is only mentioned: its rarest word stands in one sentence, and in no heading or wording."""
    fit = _main_part(draft)
    main = fit.asked.main
    explains = question.kind == DEFINITION or (question.kind == HOW and bool(re.search(r"\bworks?\b", question.text)))
    if draft.defines or fit.asked.words[main] in NEAR_NAMES:
        return False
    if not explains and (question.kind not in (HOW, NUMBER, WHEN) or main not in fit.met):
        return False
    leads = "\n".join(quote.lead for quote in fit.quotes)
    if main in fit.asked.met(f"{fit.passage.heading}\n{fit.passage.also}\n{fit.names}\n{leads}"):
        return False
    return sum(main in fit.asked.met(quote.said) for quote in fit.quotes) <= 1


def lacks_a_side(question: AskedQuestion, fits: Sequence[Fit]) -> bool:
    """Whether no lesson has a word of one of the things that are to be set side by side, not even with a slip of letters."""
    asked = fits[0].asked
    unknown = frozenset(asked.unknown).difference(*(fit.met for fit in fits))
    met = [asked.met(side) for side in question.sides]
    own = [words.difference(*(other for other in met if other is not words)) for words in met]
    return any(words and words <= unknown for words in own)


def asks_for_another_version(fits: Sequence[Fit]) -> bool:
    """Whether a version is asked for that no lesson has: what is said of GPT-2 is no answer for GPT-4."""
    asked = fits[0].asked
    return any(VERSION.fullmatch(asked.words[number]) for number in asked.unknown)


def is_found(evidence: Sequence[float]) -> bool:
    """Whether this much evidence is an answer."""
    return BIAS + sum(slope * value for slope, value in zip(SLOPES, evidence, strict=True)) > 0
