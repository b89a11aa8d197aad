"""Yes or no: the sentence that decides a question, and whether it affirms or denies it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import SENTENCE
from tutor.search.questions import AUXILIARY, AskedQuestion
from utils.embedding import SumAndLength, built_in

SAME_CLAIM, LIKE_CLAIM, LIKE_LINE = 0.6, 0.6, 0.75  # share of a question in a claim, nearness of the two, nearness of a wording
IN_ORDER = 0.4  # off for a misconception that stands elsewhere in its list than the wording in its own
WHOLE_CLAIM = 0.99  # the share from which the claim is what was asked, word by word
DECIDES = 0.95  # the share of a question in a sentence from which the sentence decides it
FEWEST = 3  # words of the question for that
NOT = re.compile(
    r"\b(?:not|never|no|none|nor|neither|cannot|without|hardly|nothing|nobody|\w+n['’]t|kein\w*|nicht|nie|pas|jamais"
    r"|aucun\w*|ningun\w*|nunca|не|нет|никогда)\b"
    r"|不|没|ない|ません",
    re.I,
)
LEADING_NOT = re.compile(rf"^\W*(?:{AUXILIARY})\b", re.I)
BOUND = re.compile(  # what a plain yes or no would leave out
    r"\b(?:if|unless|only|when|where|except|but|some|sometimes|often|usually|may|might|most|rarely|almost|nearly|can|could"
    r"|until|while|whereas|instead|rather|than|"
    r"as if|as long as|provided|likely|maybe|about|at most|at least|up to|less|more|fewer|wenn|nur|si|sauf|solo|если"
    r"|только)\b",
    re.I,
)


def decision(question: AskedQuestion, fits: Sequence[Fit]) -> tuple[Fit, set[int], str] | None:
    """(passage, the quotes that decide, "No." or "") where a misconception is what was asked about, None where none is."""
    best: tuple[float, Fit, int] | None = None
    for fit in fits:
        if not fit.is_about_misconceptions:
            continue
        like_line, line, place = _nearest_wording(fit)
        blocks = sorted({quote.block for quote in fit.quotes})
        for number, quote in enumerate(fit.quotes):
            share = fit.asked.share(fit.asked.met(quote.claim))
            like = built_in().nearest(fit.vector, [quote.claim])
            total = share + like if share >= SAME_CLAIM and like >= LIKE_CLAIM else 0.0
            if like_line >= LIKE_LINE:
                apart = abs(place - blocks.index(quote.block) / max(len(blocks) - 1, 1))
                total = max(total, like_line + built_in().nearest(line, [f"{quote.claim} {quote.said}"]) - IN_ORDER * apart)
            if quote.claim and total and (best is None or total > best[0]):
                best = total, fit, number
    if not best:
        return None
    _, fit, number = best
    quotes = fit.quotes
    chosen = {n for n, quote in enumerate(quotes) if quote.block == quotes[number].block}
    claim = quotes[number].claim
    same = fit.asked.share(fit.asked.met(claim)) >= WHOLE_CLAIM and negations(question.text) % 2 == len(NOT.findall(claim)) % 2
    return fit, chosen, "No." if same and not NOT.match(quotes[min(chosen)].said) else ""


def _nearest_wording(fit: Fit) -> tuple[float, SumAndLength, float]:
    """(nearness, vector, place from 0 to 1) of the question nearest to this one, of those that a passage says it answers."""
    vectors = [built_in().vector(line) for line in fit.passage.also.splitlines()] or [built_in().vector("")]
    likes = [built_in().nearest(fit.vector, [line]) for line in fit.passage.also.splitlines()] or [0.0]
    best = max(range(len(likes)), key=likes.__getitem__)
    return likes[best], vectors[best], best / max(len(likes) - 1, 1)


def negations(question: str) -> int:
    """How many words of a question deny; not the one that it begins with, as in `isn't it …`."""
    return len(NOT.findall(LEADING_NOT.sub("", question, count=1)))


def verdict(question: AskedQuestion, fit: Fit, number: int) -> str:
    """ "Yes." or "No." where one sentence says the whole question, or its opposite, without a condition; else ""."""
    quote, asked = fit.quotes[number], fit.asked
    if (
        quote.form != SENTENCE
        or quote.claim
        or len(asked.words) < FEWEST
        or BOUND.search(quote.said)
        or BOUND.search(question.text)
    ):
        return ""
    if asked.share(asked.met(quote.said)) < DECIDES or quote.size > 4 * len(asked.words) + 6:
        return ""
    denied, asked_denied = len(NOT.findall(quote.said)), negations(question.text)
    if asked_denied or denied > 1:
        return ""
    return "No." if denied else "Yes."
