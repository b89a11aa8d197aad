"""Things set side by side: a sentence for each, from where it is defined, and one that names them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tutor.search.answering.composing import (
    ENOUGH_WORDS,
    MOST_WORDS,
    ROOM_FOR_A_SIDE,
    DraftAnswer,
    QuotedPart,
    join_parts,
    part_with,
)
from tutor.search.answering.defining import definition
from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import ENTRY, ROW, SENTENCE, TABLE, Quotable
from tutor.search.answering.selecting import ENOUGH, LIKE_ASKED, best_of, can_follow, say_more, sentence
from tutor.search.answering.weighing import worth
from tutor.search.questions import COMPARES, WHEN, AskedQuestion
from utils.patterns import compiled_later

CHOOSES = compiled_later(r"\b(?:when|which|should|better|prefer|choose|pick|use|instead)\b", re.I)
CONDITIONS = compiled_later(r"\b(?:when|if|where|for|unless|as long as|once)\b", re.I)
CHOICE = 3.0  # for a sentence that says when to take which, where that is asked


def side_by_side(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """A sentence for each side, from where it is defined, then one that names both."""
    if not fits:
        return None
    asked = fits[0].asked
    met = [asked.met(side) for side in question.sides]
    own = [_distinctive(fits[0], words.difference(*(other for other in met if other is not words)) or words) for words in met]
    parts: list[QuotedPart] = []
    for side, words in zip(question.sides, own, strict=True):
        others = frozenset().union(*own) - words
        choice = definition(fits, side, words, others)
        if choice:
            join_parts(parts, part_with(*choice, room=ROOM_FOR_A_SIDE, least=0, with_key=choice[0].quotes[choice[1]].leans_back))
    both = _names_all(question, fits, own)
    if CHOOSES.search(question.text):
        key = fits[0].bold_key
        if both and len(CONDITIONS.findall(both[0].quotes[both[1]].said)) > 1:
            return DraftAnswer([part_with(*both)])
        if key is not None and fits[0].like_wording >= LIKE_ASKED and len(CONDITIONS.findall(fits[0].quotes[key].said)) > 1:
            return DraftAnswer([part_with(fits[0], key)])
        if not COMPARES.search(question.text):
            return sentence(replace(question, kind=WHEN), fits)
    if both and not any(both[0] is part.fit and both[1] in part.numbers for part in parts):
        is_table = both[0].quotes[both[1]].form in (TABLE, ROW)
        room = MOST_WORDS + 15 - sum(part.size for part in parts)
        if both[0].quotes[both[1]].size <= room or not parts:
            join_parts(parts, part_with(*both, room=max(room, 30), least=0, with_key=not parts and (is_table or None)))
    _say_more_of_sides(parts, question, own)
    if parts and sum(part.size for part in parts) < ENOUGH_WORDS:
        say_more(max(parts, key=lambda part: part.fit.weight), question)
    return DraftAnswer(parts) if parts else None


def _say_more_of_sides(parts: list[QuotedPart], question: AskedQuestion, own: Sequence[frozenset[int]]) -> None:
    """Add sentences that name a side, first one that nothing names so far, until there are enough words."""
    for _ in range(3):
        size = sum(part.size for part in parts)
        said = "\n".join(quote.said for part in parts for quote in part.quotes)
        missing = [words for words in own if parts and not parts[0].fit.asked.met(said) & words]
        if size >= (MOST_WORDS if missing else ENOUGH):
            return
        best: tuple[float, QuotedPart, int] | None = None
        for part in parts:
            for number, (quote, own_worth) in enumerate(zip(part.fit.quotes, worth(question, part.fit), strict=True)):
                met = part.fit.asked.met(quote.said)
                if number in part.numbers or not can_follow(quote, question) or size + quote.size > MOST_WORDS:
                    continue
                names = any(met & words for words in missing or own)
                if names and (best is None or own_worth > best[0]):
                    best = own_worth, part, number
        if best is None:
            return
        best[1].numbers.add(best[2])


def _distinctive(fit: Fit, words: frozenset[int]) -> frozenset[int]:
    """Of the words of a side those that say most."""
    most = max((fit.asked.weights[number] for number in words), default=0.0)
    return frozenset(number for number in words if fit.asked.weights[number] >= 0.6 * most)


def _names_all(question: AskedQuestion, fits: Sequence[Fit], own: Sequence[frozenset[int]]) -> tuple[Fit, int] | None:
    """The quote that names every side and fits the question best."""

    def bonus(fit: Fit, quote: Quotable) -> float:
        met = fit.asked.met(quote.said)
        if quote.form not in (SENTENCE, ENTRY, TABLE, ROW) or quote.worked or not all(met & words for words in own):
            return -20.0
        return CHOICE * (chooses and len(CONDITIONS.findall(quote.said)) > 1)

    chooses = bool(CHOOSES.search(question.text))
    choice = best_of(question, fits, bonus)
    if choice and all(choice[0].asked.met(choice[0].quotes[choice[1]].said) & words for words in own):
        return choice
    return None
