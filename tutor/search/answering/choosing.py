"""What to quote: one way of choosing for each kind of question. Each takes the passages, best first, and gives a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.search.answering.authored import authored
from tutor.search.answering.comparing import side_by_side
from tutor.search.answering.composing import (
    ENOUGH_WORDS,
    FEWEST_WORDS,
    LONGEST_LIST,
    MOST_WORDS,
    ROOM_FOR_A_SIDE,
    DraftAnswer,
    QuotedPart,
    add_cases,
    join_parts,
    part_with,
)
from tutor.search.answering.deciding import Denial, decision, denial
from tutor.search.answering.defining import definition
from tutor.search.answering.fitting import ABOUT, REPEATS, Fit
from tutor.search.answering.quotes import ENTRY, FORMULA, SENTENCE, Quotable
from tutor.search.answering.selecting import best_of, say_more, sentence
from tutor.search.answering.weighing import FEWEST_ALONE, IMPERATIVE
from tutor.search.questions import DEFINITION, HOW, OTHER, SIDES, WHEN, WHY, YES_NO, AskedQuestion
from utils.patterns import compiled_later

FORMULA_ASKED = compiled_later(r"\b(?:formula|equation|formel|formule|f[óo]rmula|формула)\b|公式|式", re.I)
FAR_BEHIND = 1.0  # from which only a list of misconceptions is about the question
ON_SUBJECT = 0.3  # share of the question in what is added to a short denial


def choose(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """What to say; None where nothing can be quoted."""
    denied = denial(question, fits) if question.kind == YES_NO else None
    if denied and denied.opening:
        return against(denied, question, fits)
    teaching = [fit for fit in fits if not fit.is_about_misconceptions]
    own = authored(question, teaching)
    if own:
        return own
    if question.kind == YES_NO:
        return against(denied, question, fits) if denied else decided(question, fits)
    if not teaching or teaching[0].weight + FAR_BEHIND < fits[0].weight:
        if question.kind == DEFINITION:
            return None
        denied = denial(question, fits)
        return against(denied, question, fits) if denied else decided(question, fits)
    chooser = CHOOSERS.get(question.kind)
    draft = (chooser(question, teaching) if chooser else None) or sentence(question, teaching)
    if draft and question.kind in (HOW, WHY, OTHER):
        _introduce(draft, teaching)
    return draft


def _introduce(draft: DraftAnswer, fits: Sequence[Fit]) -> None:
    """Begin with what the thing is that was asked about, where nothing that was chosen names it."""
    first = draft.parts[0]
    said = "\n".join(quote.said for quote in first.quotes)
    named = first.fit.asked.named
    if named is None or named in first.fit.asked.met(said):
        return
    for fit in (fit for fit in fits if fit.passage.lesson == first.fit.passage.lesson):
        key = fit.quotes[fit.bold_key] if fit.bold_key is not None else None
        if key and named in fit.asked.met(key.said) and first.size + key.size <= MOST_WORDS:
            draft.parts.insert(0, QuotedPart(fit, {fit.bold_key or 0}))
            return


def what_it_is(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence that defines, and what is said next; in simple words also the example."""
    choice = definition(fits, question.subject, simple=question.simple, in_full=question.vague)
    if not choice:
        return None
    fit, number = choice
    part = part_with(fit, number, least=ENOUGH_WORDS, with_key=fit.quotes[number].leans_back or fit.is_titled)
    if FORMULA_ASKED.search(question.text):
        _add_formula(part)
    if question.simple:
        _add_example(part)
    say_more(part, question)
    return DraftAnswer([part], defines=True)


def _add_formula(part: QuotedPart) -> None:
    """Add the section's first formula, with the sentence that leads to it."""
    quotes = part.fit.quotes
    place = next((n for n, quote in enumerate(quotes) if quote.form == FORMULA and n > min(part.numbers)), None)
    if place is not None and place not in part.numbers and quotes[place - 1].form == SENTENCE:
        part.numbers |= {place - 1, place}


def _add_example(part: QuotedPart) -> None:
    """Add the first sentences of the section's worked example, as far as there is room."""
    for number, quote in enumerate(part.fit.quotes):
        if quote.worked and quote.form == SENTENCE and number not in part.numbers:
            if part.size + quote.size > MOST_WORDS or quote.leads_on or quote.says_nothing or "$" in quote.said:
                return
            part.numbers.add(number)


def against(denied: Denial, question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer:
    """What is said against a misconception, and where that is short, what explains it best in its lesson."""
    parts = [QuotedPart(denied.fit, set(denied.numbers))]
    if parts[0].size < FEWEST_WORDS:
        join_parts(parts, *_explained(question, [fit for fit in fits if fit.passage.lesson == denied.fit.passage.lesson]))
    return DraftAnswer(parts, denied.opening)


def decided(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence that answers, after Yes or No where it decides."""
    draft = sentence(question, fits)
    quoted = [(part.fit, number) for part in draft.parts for number in sorted(part.numbers)] if draft else []
    decisions = {decision(question, fit.quotes[number]): (fit, number) for fit, number in reversed(quoted)}
    decisions.pop("", None)
    if len(decisions) != 1:
        return draft
    [(opening, (fit, number))] = decisions.items()
    part = part_with(fit, number, with_key=False)
    say_more(part, question)
    return DraftAnswer([part], opening)


def _stands_alone(fit: Fit, quote: Quotable) -> float:
    alone = quote.form == SENTENCE and not quote.leans_back and not quote.worked and quote.size >= FEWEST_ALONE
    is_key = fit.bold_key is not None and quote is fit.quotes[fit.bold_key]
    return 1.0 * is_key if alone else -9.0


def _explained(question: AskedQuestion, fits: Sequence[Fit]) -> list[QuotedPart]:
    """The sentence of a lesson that explains best what was asked, apart from its list of misconceptions."""
    teaching = [fit for fit in fits if not fit.is_about_misconceptions and not REPEATS.match(fit.title)]
    choice = best_of(question, teaching, _stands_alone)
    if not choice or choice[0].asked.share(choice[0].asked.met(choice[0].quotes[choice[1]].said)) < ON_SUBJECT:
        return []
    return [part_with(*choice, room=ROOM_FOR_A_SIDE, least=0, with_key=False)]


def which(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence with the condition, or with the value that is chosen, and the table of cases below it."""
    draft = sentence(question, fits)
    if draft and len(draft.parts) == 1:
        add_cases(draft.parts[0])
    return draft


def steps(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The steps in order and whole, where a passage lists them; else the sentence that says how."""
    for fit in fits[:2]:
        chosen = set() if fit.is_about_misconceptions else _listed_steps(fit)
        if len(chosen) > 2 and QuotedPart(fit, chosen).size <= LONGEST_LIST:
            return DraftAnswer([QuotedPart(fit, chosen)])
    return sentence(question, fits)


def _listed_steps(fit: Fit) -> set[int]:
    """A passage's first list that is numbered, or tells with every entry what to do about the thing, and what leads to it."""
    number = 0
    while number < len(fit.quotes):
        end = number
        while end < len(fit.quotes) and fit.quotes[end].form == ENTRY:
            end += 1
        entries = fit.quotes[number:end]
        chosen = set(range(number, end))
        if entries and number and fit.quotes[number - 1].form == SENTENCE:
            chosen.add(number - 1)
        met = fit.asked.met("\n".join([fit.passage.heading, *(fit.quotes[n].said for n in chosen)]))
        if entries and entries[0].text.lstrip()[:1].isdigit() and fit.asked.share(met) >= ABOUT:
            return chosen
        if entries and all(IMPERATIVE.match(one.said) for one in entries) and fit.asked.main in met:
            return chosen
        number = end + 1
    return set()


CHOOSERS: dict[str, Callable[[AskedQuestion, Sequence[Fit]], DraftAnswer | None]] = {
    DEFINITION: what_it_is,
    SIDES: side_by_side,
    HOW: steps,
    WHEN: which,
}
