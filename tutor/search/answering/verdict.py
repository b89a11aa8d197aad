"""Whether the passages answer a question at all."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from tutor.search.answering.composing import DraftAnswer
from tutor.search.answering.fitting import Fit
from tutor.search.query_words import NEAR_NAMES
from tutor.search.questions import DEFINITION, HOW, AskedQuestion

# A logistic regression, fitted by `benchmarks/finding.py --fit`.
UNKNOWN_LIKENESS = 0.55  # where the embedding knows no word of the question, as in scripts other than Latin
SLOPES = (3.54, -2.08, 4.68, 1.34, 2.56, -0.45, 0.23, 0.08)
BIAS = -6.50


def evidence(question: AskedQuestion, draft: DraftAnswer, fits: Sequence[Fit]) -> tuple[float, ...]:
    """The evidence that a draft answers a question, for `is_found`: the shares of the question that the passage covers, that
    no lesson covers, that headings name and that the answer says; how similar they are in meaning; how much was asked; whether
    the word that says most is there; whether a definition that was asked for was found."""
    fit = max(draft.parts, key=lambda part: part.fit.weight).fit
    asked = fit.asked
    said = "\n".join(
        [*(part.own for part in draft.parts), *(f"{quote.claim} {quote.said}" for part in draft.parts for quote in part.quotes)]
    )
    met = asked.met(f"{said}\n{fit.passage.heading}")
    unknown = frozenset(asked.unknown) - fit.met
    like = max(fit.like_wording, max(map(fit.like, fit.quotes), default=0.0)) if fit.vector[1] else UNKNOWN_LIKENESS
    return (
        fit.whole,
        asked.share(unknown),
        like,
        math.log(1 + len(asked.words)),
        asked.share(asked.met(f"{fit.passage.heading}\n{fit.names}")),
        asked.share(met),
        float(asked.main in fit.met),
        float(draft.defines),
    )


def is_certain(draft: DraftAnswer) -> bool:
    """Whether a sentence defines what was asked for, and its passage has every word of the question."""
    return draft.defines and draft.parts[0].fit.whole > 0.99


def is_in_passing(question: AskedQuestion, draft: DraftAnswer) -> bool:
    """Whether what is to be explained is only mentioned: its rarest word stands in one sentence, and in no heading or wording."""
    explains = question.kind == DEFINITION or (question.kind == HOW and re.search(r"\bworks?\b", question.text))
    fit = max(draft.parts, key=lambda part: part.fit.weight).fit
    if not explains or draft.defines or fit.asked.words[fit.asked.main] in NEAR_NAMES:
        return False
    leads = "\n".join(quote.lead for quote in fit.quotes)
    if fit.asked.main in fit.asked.met(f"{fit.passage.heading}\n{fit.passage.also}\n{fit.names}\n{leads}"):
        return False
    return sum(fit.asked.main in fit.asked.met(quote.said) for quote in fit.quotes) <= 1


def lacks_a_side(question: AskedQuestion, fits: Sequence[Fit]) -> bool:
    """Whether no lesson has a word of one of the things that are to be set side by side."""
    asked = fits[0].asked
    met = [asked.met(side) for side in question.sides]
    own = [words.difference(*(other for other in met if other is not words)) for words in met]
    return any(words and words <= frozenset(asked.unknown) for words in own)


def is_found(evidence: Sequence[float]) -> bool:
    """Whether this much evidence is an answer."""
    return BIAS + sum(slope * value for slope, value in zip(SLOPES, evidence, strict=True)) > 0
