"""Answers in a corpus's own words, step by step.

A question is understood (../questions.py), passages are found (../index.py), those that fit it best come first (fitting.py,
quotes.py), an author's own answer to such a question is taken (authored.py), or a way of choosing for its kind says what to quote
(choosing.py, with selecting.py, weighing.py, comparing.py, defining.py, deciding.py and refuted.py), the quotes become an answer
(composing.py), unless there is too little evidence (verdict.py). citing.py names the places.

Nothing is made up: an answer consists of quotes, each with the line on which it begins, and of an author's own answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.models import Answer, Passage
from tutor.search.answering import verdict
from tutor.search.answering.choosing import choose
from tutor.search.answering.citing import (
    NOT_ANSWERED,
    document,
    from_sentences,
    listing,
    one_per_lesson,
    or_do_you_mean,
    place,
    places,
    title_of,
)
from tutor.search.answering.composing import DraftAnswer, citations_of, joined, quote_stands, text_of
from tutor.search.answering.fitting import Fit, fits_of, within
from tutor.search.query_words import QueryWords
from tutor.search.questions import AskedQuestion, understand

CANDIDATES = 16  # passages that are considered
MEANINGS, NEARLY_AS_GOOD = 3, 1.2  # of a vague question that are named, and how much worse they may fit than the best
FOLLOWS_UP = r"\b(it|its|that|this|they|them|those|these|then|else|other|also|instead)\b|^\W*(and|but|or|so)\b"


def answer(
    question: str, passages: Sequence[Passage], asked: QueryWords, context: QueryWords | None = None, already: str = ""
) -> Answer:
    """The answer that these passages, best first, give in their own words; `found` is false where they don't give any.

    context: words of a text or an earlier question that help to choose a passage, but don't count as asked for.
    already: the answer before this one, of which no sentence is said again, unless nothing else answers.
    """
    understood = understand(question)

    def drafted(part: AskedQuestion, words: QueryWords) -> DraftAnswer | None:
        return _draft(part, fits_of(passages[:CANDIDATES], words, part, context, already))

    parts = [drafted(part, within(asked, part.text)) for part in understood.parts] if asked.words else []
    words = within(asked, understood.about) if understood.sides else asked
    draft = joined(parts) or (drafted(understood, words) if asked.words else None)
    if draft is None and already:
        return answer(question, passages, asked, context)
    if draft is None:
        return Answer(question, found=False, near=tuple(passages[:3]))
    quoted = {part.fit.title for part in draft.parts}
    others = tuple(one for one in meanings(question, passages, asked) if title_of(one) not in quoted)
    return Answer(question, text_of(draft), True, citations_of(draft), others=others)


def meanings(question: str, passages: Sequence[Passage], asked: QueryWords) -> list[Passage]:
    """What a vague question, which is only a topic, may be about: the sections with it in their names, best first; else none."""
    understood = understand(question)
    if not understood.vague or not asked.words:
        return []
    fits = fits_of(passages[:CANDIDATES], asked, understood, None)
    if not fits or fits[0].is_titled_exactly:
        return []
    named = [
        fit
        for fit in fits
        if fit.weight >= fits[0].weight - NEARLY_AS_GOOD and asked.main in asked.met(fit.names) and fit.teaches
    ]
    found = list({fit.title: fit.passage for fit in reversed(named)}.values())[::-1]
    return found[:MEANINGS] if len(found) > 1 else []


def _draft(understood: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """What to say to a question; None where the passages don't answer it."""
    draft = choose(understood, fits) if fits else None
    if draft is None or verdict.lacks_a_side(understood, fits) or verdict.asks_for_another_version(fits):
        return None
    if verdict.is_certain(draft):
        return draft
    return draft if verdict.is_found(verdict.evidence(understood, draft, fits)) else None


def best_first(question: str, passages: Sequence[Passage], asked: QueryWords, context: QueryWords | None = None) -> list[Passage]:
    """The passages in the order in which `answer` would answer from them."""
    return [fit.passage for fit in fits_of(passages[:CANDIDATES], asked, understand(question), context)]


def in_context(question: str, earlier: str) -> str:
    """What to search for when a question follows another: also the other's words, unless it can stand alone."""
    follows = len(question.split()) < 4 or leans_back(question)
    return f"{question} {earlier}" if earlier and follows else question


def leans_back(question: str) -> bool:
    """Whether a question is about something that was spoken of before: "and why does it fall?"."""
    return bool(re.search(FOLLOWS_UP, question, re.I))


__all__ = [
    "CANDIDATES",
    "NOT_ANSWERED",
    "answer",
    "best_first",
    "document",
    "from_sentences",
    "in_context",
    "leans_back",
    "listing",
    "meanings",
    "one_per_lesson",
    "or_do_you_mean",
    "place",
    "places",
    "quote_stands",
]  # fmt: skip
