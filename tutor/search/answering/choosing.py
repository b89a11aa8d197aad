"""What to quote: one way of choosing for each kind of question. Each takes the passages, best first, and gives a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.search.answering.composing import (
    ENOUGH_WORDS,
    FEWEST_WORDS,
    LONGEST_LIST,
    MOST_WORDS,
    DraftAnswer,
    QuotedPart,
    add_cases,
    add_code,
    fill_up,
    part_with,
)
from tutor.search.answering.deciding import decision
from tutor.search.answering.defining import definition
from tutor.search.answering.denying import denial
from tutor.search.answering.fitting import IMPERATIVE, REPEATS, Fit
from tutor.search.answering.quotes import ENTRY, FORMULA, ROW, SENTENCE, TABLE, Quotable
from tutor.search.questions import DEFINITION, HOW, NUMBER, OTHER, SIDES, WHEN, WHY, YES_NO, AskedQuestion
from utils.embedding import built_in

LOOKED_AT = 3  # passages of which quotes are compared
LIKE_ASKED = 0.72  # how near an author's question has to be for its answer to be taken
NEAR = 0.6  # how near the section's key sentence has to be to that answer in order to be said before it
OWN_SHARE = 0.6  # share of the question that it has to have
WHICH_VALUE = re.compile(
    r"\b(?:which|what)\b.*\b(?:use[sd]?|choose|chosen|recommend\w*|default|typical|usual|take[sn]?|set)\b", re.I
)
CHOSEN = re.compile(r"\b(?:usual\w*|default|typical\w*|recommend\w*|choices?|common\w*)\b", re.I)
CHOOSES = re.compile(r"\b(?:when|which|should|better|prefer|choose|pick|use|instead)\b", re.I)
CONDITIONS = re.compile(r"\b(?:when|if|where|for|unless|as long as|once)\b", re.I)
CHOICE = 0.9  # for a sentence that says when to take which, where that is asked
FORMULA_ASKED = re.compile(r"\b(?:formula|equation|formel|formule|f[óo]rmula|формула)\b|公式|式", re.I)
FIGURE = re.compile(
    r"(?<![\w-])[−-]?\d[\d.,{}]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|quarter|third|twice|every)\b", re.I
)
WORTHY, FAIR = 0.65, 0.4  # from which a sentence is a good answer by itself, or beside others
MORE = 0.2  # share of the question that another sentence has to add
MOST, MOST_BONUS = 1.8, 0.8  # that a quote can be worth, and get beside that from a chooser
DISTANCE = 2.0  # how much it counts that a passage fits less well than the best
FEWEST_ALONE = 8  # words of a sentence that is added to a denial
CHOSEN_VALUE = 0.45  # for what is usual, where a question asks which is used
FAR_BEHIND = 0.7  # from which only a list of misconceptions is about the question
ON_SUBJECT = 0.3  # share of the question in what is added to a short denial
KEY = 0.15  # for a section's key sentence
STATED = 0.4  # for the share of a yes-or-no question in a sentence, which decides it only if it speaks of all of it
NUMBERED = 0.25  # for a number in the answer to "how many"
BESIDE = 0.4  # for the share of the question that stands beside the number
BEFORE, AFTER = 50, 40  # characters
DIGITS = re.compile(r"\d")
EXPLAINED = 40  # words from which a how or a why is explained
ROOM_FOR_A_SIDE = 45  # words

Bonus = Callable[[Fit, Quotable], float]


def choose(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """What to say; None where nothing can be quoted."""
    chooser = CHOOSERS.get(question.kind)
    if question.kind != YES_NO:
        teaching = [fit for fit in fits if not fit.is_about_misconceptions]
        if not teaching or teaching[0].weight + FAR_BEHIND < fits[0].weight:
            return None if question.kind == DEFINITION else yes_or_no(question, fits)
        fits = teaching
    draft = (chooser(question, fits) if chooser else None) or sentence(question, fits)
    if draft and question.kind in (HOW, WHY, OTHER):
        _introduce(draft, fits)
    return draft


def _introduce(draft: DraftAnswer, fits: Sequence[Fit]) -> None:
    """Begin with what the thing is that was asked about, where nothing that was chosen names it."""
    first = draft.parts[0]
    said = "\n".join([first.own, *(quote.said for quote in first.quotes)])
    named = first.fit.asked.named
    if named is None or named in first.fit.asked.met(said):
        return
    for fit in (fit for fit in fits if fit.passage.lesson == first.fit.passage.lesson):
        key = fit.quotes[fit.bold_key] if fit.bold_key is not None else None
        if key and named in fit.asked.met(key.said) and first.size + key.size <= MOST_WORDS:
            draft.parts.insert(0, QuotedPart(fit, {fit.bold_key or 0}))
            return


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
            if best is None or total > best[0]:
                best = total, fit, number
    return (best[1], best[2]) if best else None


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
    fill_up(part, EXPLAINED if question.kind in (WHY, HOW) else FEWEST_WORDS)
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


def what_it_is(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence that defines, and what is said next; in simple words also the example."""
    choice = definition(fits, question.subject, simple=question.simple)
    if not choice:
        return None
    fit, number = choice
    part = part_with(fit, number, least=ENOUGH_WORDS, with_key=fit.quotes[number].leans_back)
    if FORMULA_ASKED.search(question.text):
        _add_formula(part)
    if question.simple:
        _add_example(part)
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


def yes_or_no(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """What is said against a misconception that was asked about; else the sentence that decides, after Yes or No if it does."""
    denied = denial(question, fits)
    if denied:
        parts = [QuotedPart(denied.fit, set(denied.numbers))]
        if parts[0].size < FEWEST_WORDS:
            _join(parts, *_explained(question, [fit for fit in fits if fit.passage.lesson == denied.fit.passage.lesson]))
        return DraftAnswer(parts, "No." if denied.is_no else "")

    def bonus(fit: Fit, quote: Quotable) -> float:
        stated = fit.asked.share(fit.asked.met(quote.said))
        decides = stated > 0.99 and bool(decision(question, quote))
        return STATED * (stated + decides) - 0.3 * bool(quote.claim and quote.leans_back)

    draft = sentence(question, fits, bonus)
    quoted = [(part.fit, number) for part in draft.parts for number in sorted(part.numbers)] if draft else []
    decided = {decision(question, fit.quotes[number]): (fit, number) for fit, number in reversed(quoted)}
    decided.pop("", None)
    if len(decided) != 1:
        return draft
    [(opening, (fit, number))] = decided.items()
    return DraftAnswer([part_with(fit, number, with_key=False)], opening)


def _stands_alone(fit: Fit, quote: Quotable) -> float:
    alone = quote.form == SENTENCE and not quote.leans_back and not quote.worked and quote.size >= FEWEST_ALONE
    is_key = fit.bold_key is not None and quote is fit.quotes[fit.bold_key]
    return 0.5 * is_key if alone else -1.0


def _explained(question: AskedQuestion, fits: Sequence[Fit]) -> list[QuotedPart]:
    """The sentence of a lesson that explains best what was asked, apart from its list of misconceptions."""
    teaching = [fit for fit in fits if not fit.is_about_misconceptions and not REPEATS.match(fit.title)]
    choice = best_of(question, teaching, _stands_alone)
    if not choice or choice[0].asked.share(choice[0].asked.met(choice[0].quotes[choice[1]].said)) < ON_SUBJECT:
        return []
    return [part_with(*choice, room=ROOM_FOR_A_SIDE, least=0, with_key=False)]


def which(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence with the condition, or with the value that is chosen, and the table of cases below it."""
    choice = chosen_value if WHICH_VALUE.search(question.text) else None
    draft = sentence(question, fits, choice)
    if draft and len(draft.parts) == 1 and not draft.parts[0].own:
        add_cases(draft.parts[0])
    return draft


def chosen_value(fit: Fit, quote: Quotable) -> float:
    return CHOSEN_VALUE * bool(CHOSEN.search(quote.said))


def number(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The sentence with the number."""
    asks_for_usual = bool(CHOSEN.search(question.text))

    def bonus(fit: Fit, quote: Quotable) -> float:
        near = [
            fit.asked.share(fit.asked.met(quote.said[max(found.start() - BEFORE, 0) : found.end() + AFTER]))
            for found in FIGURE.finditer(quote.said)
            if found[0] not in question.text
        ]
        said = NUMBERED * (1.0 if DIGITS.search(quote.said) else 0.5) + BESIDE * max(near) if near else -NUMBERED
        said += chosen_value(fit, quote) * (asks_for_usual and bool(near))
        return said * (1.0 if quote.form in (SENTENCE, ENTRY, TABLE, ROW) else 0.5)

    return sentence(question, fits, bonus)


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
        if entries and entries[0].text.lstrip()[:1].isdigit():
            return chosen
        about = "\n".join([fit.passage.heading, *(fit.quotes[n].said for n in chosen)])
        if entries and all(IMPERATIVE.match(one.said) for one in entries) and fit.asked.main in fit.asked.met(about):
            return chosen
        number = end + 1
    return set()


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
            _join(parts, part_with(*choice, room=ROOM_FOR_A_SIDE, least=0, with_key=choice[0].quotes[choice[1]].leans_back))
    both = _names_all(question, fits, own)
    if CHOOSES.search(question.text):
        key = fits[0].bold_key
        if both and len(CONDITIONS.findall(both[0].quotes[both[1]].said)) > 1:
            return DraftAnswer([part_with(*both)])
        if key is not None and fits[0].like_wording >= LIKE_ASKED and len(CONDITIONS.findall(fits[0].quotes[key].said)) > 1:
            return DraftAnswer([part_with(fits[0], key)])
    if both and not any(both[0] is part.fit and both[1] in part.numbers for part in parts):
        is_table = both[0].quotes[both[1]].form in (TABLE, ROW)
        room = MOST_WORDS + 15 - sum(part.size for part in parts)
        if both[0].quotes[both[1]].size <= room or not parts:
            _join(parts, part_with(*both, room=max(room, 30), least=0, with_key=not parts and (is_table or None)))
    return DraftAnswer(parts) if parts else None


def _distinctive(fit: Fit, words: frozenset[int]) -> frozenset[int]:
    """Of the words of a side those that say most."""
    most = max((fit.asked.weights[number] for number in words), default=0.0)
    return frozenset(number for number in words if fit.asked.weights[number] >= 0.6 * most)


def _join(parts: list[QuotedPart], *others: QuotedPart) -> None:
    """Add parts, each together with one of the same passage that is there already."""
    for more in others:
        same = next((part for part in parts if part.fit is more.fit), None)
        if same:
            same.numbers |= more.numbers
        else:
            parts.append(more)


def _names_all(question: AskedQuestion, fits: Sequence[Fit], own: Sequence[frozenset[int]]) -> tuple[Fit, int] | None:
    """The quote that names every side and fits the question best."""

    def bonus(fit: Fit, quote: Quotable) -> float:
        met = fit.asked.met(quote.said)
        if quote.form not in (SENTENCE, ENTRY, TABLE, ROW) or quote.worked or not all(met & words for words in own):
            return -5.0
        return 0.5 + CHOICE * (chooses and len(CONDITIONS.findall(quote.said)) > 1)

    chooses = bool(CHOOSES.search(question.text))
    choice = best_of(question, fits, bonus)
    if choice and all(choice[0].asked.met(choice[0].quotes[choice[1]].said) & words for words in own):
        return choice
    return None


CHOOSERS: dict[str, Callable[[AskedQuestion, Sequence[Fit]], DraftAnswer | None]] = {
    DEFINITION: what_it_is,
    SIDES: side_by_side,
    YES_NO: yes_or_no,
    NUMBER: number,
    HOW: steps,
    WHEN: which,
}
