"""The sentence that answers best, and what is said beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.search.answering.composing import FEWEST_WORDS, MOST_WORDS, DraftAnswer, QuotedPart, add_code, fill_up, part_with
from tutor.search.answering.fitting import SIGNS, Fit
from tutor.search.answering.quotes import ENTRY, ROW, SENTENCE, Quotable
from tutor.search.questions import DEFINITION, HOW, NUMBER, OTHER, SIDES, WHY, YES_NO, AskedQuestion
from utils.embedding import built_in

LOOKED_AT = 3  # passages of which quotes are compared
LIKE_ASKED = 0.72  # how near an author's question has to be for its answer to be taken
NEAR = 0.6  # how near the section's key sentence has to be to that answer in order to be said before it
OWN_SHARE = 0.6  # share of the question that it has to have
WORTHY, FAIR = 0.65, 0.4  # from which a sentence is a good answer by itself, or beside others
EMPHASIS, LONG_LEAD = 0.15, 4  # for beginning with so many words in bold
LATER = 0.1  # off for the last sentence of a section, and in proportion for those before
LOOKS_RIGHT = 0.15  # for looking like an answer to this kind of question
SAYS_LITTLE = 0.2  # off for a sentence of fewer words than can stand alone
MORE = 0.2  # share of the question that another sentence has to add
MOST, MOST_BONUS = 1.8, 0.8  # that a quote can be worth, and get beside that from a chooser
DISTANCE = 5.0  # how much it counts that a passage fits less well than the best: only one that is nearly as good is answered from
FEWEST_ALONE = 8  # words of a sentence that is added to a denial
KEY = 0.15  # for a section's key sentence
DIGITS = re.compile(r"\d")
EXPLAINED = 40  # words from which a how or a why is explained
Bonus = Callable[[Fit, Quotable], float]


def best_of(question: AskedQuestion, fits: Sequence[Fit], bonus: Bonus | None = None) -> tuple[Fit, int] | None:
    """The quote that answers best, of the passages that fit best."""
    best: tuple[float, Fit, int] | None = None
    to_the_point = question.kind in (YES_NO, NUMBER)
    for fit in fits[:LOOKED_AT]:
        behind = DISTANCE * (fit.weight - fits[0].weight)
        if best and behind + MOST + (MOST_BONUS if bonus else 0.0) < best[0]:
            break
        for number, (quote, worth) in enumerate(zip(fit.quotes, fit.worth(question), strict=True)):
            is_key = number == fit.bold_key and (not to_the_point or fit.is_about(number))
            total = behind + worth + KEY * is_key + (bonus(fit, quote) if bonus else 0.0)
            total += _weight_alone(fit, number, question)
            if best is None or total > best[0]:
                best = total, fit, number
    return (best[1], best[2]) if best else None


def _weight_alone(fit: Fit, number: int, question: AskedQuestion) -> float:
    """For a sentence as the one that answers, rather than beside others."""
    quote = fit.quotes[number]
    weight = EMPHASIS * (quote.form == SENTENCE and len(quote.lead.split()) >= LONG_LEAD) - LATER * number / len(fit.quotes)
    weight += LOOKS_RIGHT * bool(question.kind in SIGNS and SIGNS[question.kind].search(quote.said))
    is_little = quote.size < FEWEST_ALONE and quote.is_prose and not quote.claim and question.kind not in (NUMBER, HOW)
    return weight - SAYS_LITTLE * is_little


def sentence(question: AskedQuestion, fits: Sequence[Fit], bonus: Bonus | None = None) -> DraftAnswer | None:
    """The sentence that answers, under its section's key sentence; or its author's own answer to such a question."""
    own = own_answer(fits)
    if own:
        return DraftAnswer([own])
    choice = best_of(question, fits, bonus)
    if not choice:
        return None
    part = part_with(*choice, least=0, with_key=None if question.kind in (NUMBER, YES_NO, SIDES) else True)
    cover_more(part, question)
    if question.kind == HOW:
        add_code(part)
    least = EXPLAINED if question.kind in (WHY, HOW) else FEWEST_WORDS
    fill_up(part, least)
    if question.kind != NUMBER:
        top_up(part, question, least)
    return DraftAnswer([part])


def cover_more(part: QuotedPart, question: AskedQuestion) -> None:
    """Add up to two sentences of the same section that say more of what was asked."""
    fit = part.fit
    if fit.quotes[min(part.numbers)].claim:
        return
    worth = fit.worth(question)
    for _ in range(2):
        met = frozenset().union(*(fit.asked.met(fit.quotes[number].said) for number in part.numbers))

        def gain(number: int, met: frozenset[int] = met) -> float:
            return fit.asked.share(fit.asked.met(fit.quotes[number].said) - met)

        others = [n for n, quote in enumerate(fit.quotes) if n not in part.numbers and _may_be_added(quote, question)]
        best = max(others, key=lambda number: gain(number) + worth[number], default=None)
        if best is None or worth[best] < FAIR or (gain(best) < MORE and not _is_worthy(question, fit.quotes[best], worth[best])):
            return
        more = part_with(fit, best, room=MOST_WORDS - part.size, least=0, with_key=False)
        if part.size + sum(fit.quotes[number].size for number in more.numbers - part.numbers) > MOST_WORDS:
            return
        part.numbers |= more.numbers


def top_up(part: QuotedPart, question: AskedQuestion, least: int) -> None:
    """Add the sentences further down that say most to the question and can stand alone, until there are enough words."""
    fit = part.fit
    if not part.numbers or fit.quotes[min(part.numbers)].claim:
        return
    worth = fit.worth(question)
    while part.size < least:
        others = [
            number
            for number, quote in enumerate(fit.quotes)
            if number > min(part.numbers) and number not in part.numbers
            if part.size + quote.size <= MOST_WORDS and can_follow(quote, question)
        ]
        best = max(others, key=lambda number: worth[number] + _weight_alone(fit, number, question), default=None)
        if best is None or worth[best] < FAIR:
            return
        part.numbers.add(best)


def can_follow(quote: Quotable, question: AskedQuestion) -> bool:
    """Whether a sentence makes sense below any other of its section."""
    alone = quote.form == SENTENCE and quote.size >= FEWEST_ALONE and not (quote.worked or quote.leans_back or quote.leads_on)
    return alone and not (question.simple and "$" in quote.said)


def _is_worthy(question: AskedQuestion, quote: Quotable, worth: float) -> bool:
    """Whether a sentence that says no more of what was asked is a good answer by itself: a number of something else is not."""
    return worth >= WORTHY and question.kind != NUMBER and not (question.kind in (HOW, WHY, OTHER) and DIGITS.search(quote.said))


def _may_be_added(quote: Quotable, question: AskedQuestion) -> bool:
    """Whether a sentence makes sense beside others that it doesn't follow."""
    needs_more = quote.worked and question.kind in (DEFINITION, YES_NO) and quote.leans_back
    too_hard = question.simple and "$" in quote.said
    return quote.form in (SENTENCE, ENTRY, ROW) and not needs_more and not too_hard


def own_answer(fits: Sequence[Fit]) -> QuotedPart | None:
    """The answer that a bank's author gives to a question that is nearly this one."""
    best: tuple[float, Fit, str] | None = None
    for fit in fits[:LOOKED_AT]:
        for line in fit.passage.answers.splitlines():
            asked, _, said = line.partition("\t")
            like = built_in().nearest(fit.vector, [asked])
            share = fit.asked.share(fit.asked.met(f"{asked}\n{said}"))
            if like >= LIKE_ASKED and share >= OWN_SHARE and (best is None or like + share > best[0]):
                best = like + share, fit, line
    if not best or not best[1].quotes:
        return None
    _, fit, line = best
    asked_by_author, _, said = line.partition("\t")
    vector = built_in().vector(f"{asked_by_author} {said}")
    prose = [number for number, quote in enumerate(fit.quotes) if quote.form == SENTENCE and not quote.says_nothing]
    if not prose:
        return None
    near = max(prose, key=lambda number: built_in().nearest(vector, [fit.quotes[number].said]) + KEY * (number == fit.key))
    quote = fit.quotes[near]
    is_near = fit.is_about(near) or (near == fit.key and built_in().nearest(vector, [quote.said]) >= NEAR)
    return QuotedPart(fit, {near}, said, silent=_repeats(quote.said, said) or quote.leans_back or not is_near)


def _repeats(one: str, other: str) -> bool:
    first, second = ({word.strip(".,;:*").lower() for word in text.split() if len(word) > 3} for text in (one, other))
    return len(first & second) > 0.55 * min(len(first), len(second))
