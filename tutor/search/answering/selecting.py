"""The sentence that answers best, and what is said beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor.search.answering.composing import MOST_WORDS, ROOM_FOR_A_SIDE, DraftAnswer, QuotedPart, add_code, part_with
from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import ENTRY, ROW, SENTENCE, Quotable
from tutor.search.answering.weighing import FEWEST_ALONE, weights, worth
from tutor.search.questions import DEFINITION, HOW, NUMBER, SIDES, YES_NO, AskedQuestion

LOOKED_AT = 3  # passages of which quotes are compared
FAR_BEHIND = 1.5  # how much less a passage, without its sentences, may fit than the best, for its quotes to be compared
LIKE_ASKED = 0.72  # how near an author's question has to be for its answer to be taken
ENOUGH, ENOUGH_OF_PART = 65, 40  # words from which nothing more is said, and in the answer to one of several questions
GAP, CLOSE_GAP = 5.0, 2.0  # how much less a sentence may be worth than the best one to be said; an entry or an example
ANSWERED_FIRST = (DEFINITION, NUMBER, YES_NO)  # kinds of questions to which nothing stands before the answer
NEXT = 0.3  # for a sentence that goes on where another ends
Bonus = Callable[[Fit, Quotable], float]


def best_of(question: AskedQuestion, fits: Sequence[Fit], bonus: Bonus | None = None) -> tuple[Fit, int] | None:
    """The quote that answers best, of the passages that fit best."""
    best: tuple[float, Fit, int] | None = None
    for fit in fits[:LOOKED_AT]:
        if fit is not fits[0] and fits[0].weight - fit.weight_outside > FAR_BEHIND:
            continue
        behind = weights()["behind"] * (fit.weight - fits[0].weight)
        for number, (quote, own) in enumerate(zip(fit.quotes, worth(question, fit), strict=True)):
            total = behind + own + (bonus(fit, quote) if bonus else 0.0)
            if best is None or total > best[0]:
                best = total, fit, number
    return (best[1], best[2]) if best else None


def sentence(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence that answers, and those of its section that say most beside it."""
    choice = best_of(question, fits)
    if not choice:
        return None
    part = part_with(*choice, least=0, with_key=None if question.kind in (NUMBER, YES_NO, SIDES) else True)
    if question.kind == HOW:
        add_code(part)
    say_more(part, question)
    return DraftAnswer([part])


def say_more(part: QuotedPart, question: AskedQuestion) -> None:
    """Add the sentences of the same section that are worth most, each with what it needs, while there is room."""
    fit = part.fit
    if not part.numbers or fit.quotes[min(part.numbers)].claim:
        return
    worths = worth(question, fit)
    most = max(worths[number] for number in part.numbers)
    first = min(part.numbers) if question.kind in ANSWERED_FIRST else 0
    tried: set[int] = set()
    enough, room = (ENOUGH_OF_PART, ROOM_FOR_A_SIDE) if question.is_part else (ENOUGH, MOST_WORDS)
    while part.size < enough:
        left = set(range(first, len(fit.quotes))) - part.numbers - tried
        others = [number for number in left if _may_be_added(fit.quotes[number], question)]
        best = max(others, key=lambda number: worths[number] + NEXT * (number - 1 in part.numbers), default=None)
        if best is None:
            return
        tried.add(best)
        quote = fit.quotes[best]
        if worths[best] < most - (GAP if quote.form == SENTENCE and not quote.worked else CLOSE_GAP):
            continue
        numbers = part_with(fit, best, room=room, least=0, with_key=False).numbers | part.numbers
        is_whole = (best - 1 in numbers or not quote.leans_back) and (best + 1 in numbers or not quote.leads_on)
        if is_whole and min(numbers) >= first and sum(fit.quotes[number].size for number in numbers) <= room:
            part.numbers = numbers


def can_follow(quote: Quotable, question: AskedQuestion) -> bool:
    """Whether a sentence makes sense below any other of its section."""
    alone = quote.form == SENTENCE and quote.size >= FEWEST_ALONE and not (quote.worked or quote.leans_back or quote.leads_on)
    return alone and not (question.simple and "$" in quote.said)


def _may_be_added(quote: Quotable, question: AskedQuestion) -> bool:
    """Whether a quote makes sense beside others of its section."""
    too_hard = question.simple and "$" in quote.said
    return quote.form in (SENTENCE, ENTRY, ROW) and not quote.says_nothing and not too_hard
