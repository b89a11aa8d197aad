"""An author's own short answers: the one whose question is nearest to what was asked, and the next one beside it.

They stand in `asked` comments and in banks (../pieces.py). How well one would do is a linear model over a few features, fitted by
benchmarks/fit_answers.py; its weights are in assets/answers.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.search.answering.composing import MOST_WORDS, ROOM_FOR_A_SIDE, DraftAnswer, QuotedPart
from tutor.search.answering.deciding import asks_the_same
from tutor.search.answering.fitting import Fit
from tutor.search.answering.quotes import SENTENCE
from tutor.search.answering.refuted import capitalized, verdict_of
from tutor.search.answering.weighing import AUTHORED, score
from tutor.search.questions import AskedQuestion, understand
from tutor.search.words import content_words, language_of
from utils.embedding import built_in
from utils.patterns import compiled_later

PASSAGES, NEAREST = 3, 12  # passages whose answers are looked at, and how many of these
OF_A_BETTER_PASSAGE = 0.1  # for how much better its passage fits, in the choice of those
ENOUGH = 5.0  # how well an answer has to do to be given
LIKE, SHARE = 0.35, 0.2  # how near its question has to be at least, and the share of the question that the two have to have
NEARLY_AS_GOOD = 2.0  # how much less well the next one may do
LONGEST_ASKED, LONGEST_SAID = 30, 60  # words, above which more don't count
ASKS_FOR = compiled_later(  # something else than whether it is so
    r"^\W*(?:what|why|how|when|which|who|where|explain|define|was|warum|wieso|wie|wann|welche\w*|wer|wo|qu['’]|que|quel\w*|pourquoi"
    r"|comment|quand|qué|cómo|por qué|cuál\w*|cuándo|что|почему|как|когда|какой)\b",
    re.I,
)
FORMULA = compiled_later(r"\$[^$]{4,}\$")  # more than the name of a thing


@dataclass(frozen=True)
class AuthoredAnswer:
    """A question and the answer of a passage's author."""

    fit: Fit
    asked: str
    said: str
    like: float  # how near its question is to the one asked


def authored(question: AskedQuestion, fits: Sequence[Fit]) -> DraftAnswer | None:
    """The answer that an author gives to a question like this one, cited with the nearest sentence of its section."""
    ranked = [(score(features_of(question, one, fits[0]), AUTHORED), one) for one in candidates(question, fits)]
    if not ranked:
        return None
    most, best = max(ranked, key=lambda pair: pair[0])
    met = best.fit.asked.met(f"{best.asked}\n{best.said}")
    if most < ENOUGH or best.like < LIKE or best.fit.asked.share(met) < SHARE:
        return None
    said = [said_to(question, best)]
    room = (ROOM_FOR_A_SIDE if question.is_part else MOST_WORDS) - len(best.said.split())
    others = [
        pair
        for pair in ranked
        if pair[1].fit is best.fit
        and pair[0] >= most - NEARLY_AS_GOOD
        and pair[1].said != best.said
        and len(pair[1].said.split()) <= room
    ]
    if others:
        _, other = max(others, key=lambda pair: pair[0])
        said.append(without_verdict(other.said))
    near = _nearest_sentence(best)
    return DraftAnswer([QuotedPart(best.fit, {near}, tuple(said), sure=most)]) if near is not None else None


def candidates(question: AskedQuestion, fits: Sequence[Fit]) -> list[AuthoredAnswer]:
    """The answers whose questions are nearest in meaning, of the passages that fit best."""
    found = list(_answers(question, fits[:PASSAGES]))
    found.sort(key=lambda one: -(one.like + OF_A_BETTER_PASSAGE * (one.fit.weight - fits[0].weight)))
    return found[:NEAREST]


def _answers(question: AskedQuestion, fits: Sequence[Fit]) -> Iterator[AuthoredAnswer]:
    language = language_of(question.text)
    for fit in fits:
        for line in fit.passage.answers.splitlines():
            asked, _, said = line.partition("\t")
            if (
                (language and language_of(asked) != language)
                or (question.simple and FORMULA.search(said))
                or (fit.already and without_verdict(said) in fit.already)
            ):
                continue
            like = fit.wordings.get(asked)
            yield AuthoredAnswer(fit, asked, said, built_in().nearest(fit.vector, [asked]) if like is None else like)


def features_of(question: AskedQuestion, one: AuthoredAnswer, best: Fit) -> dict[str, float]:
    """What there is to tell how well an answer would do. best: the passage that fits best."""
    words = one.fit.asked
    met, said = words.met(one.asked), words.met(one.said)
    own = {word.lower() for word in content_words(one.asked)}
    return {
        "like": one.like,
        "share": words.share(met),
        "share with answer": words.share(met | said),
        "no more": min(len(met) / max(len(own), 1), 1.0),
        "same kind": float(understand(one.asked).kind == question.kind),
        "behind": one.fit.weight - best.weight,
        "long question": min(len(one.asked.split()), LONGEST_ASKED) / LONGEST_ASKED,
        "long answer": min(len(one.said.split()), LONGEST_SAID) / LONGEST_SAID,
    }


def said_to(question: AskedQuestion, one: AuthoredAnswer) -> str:
    """An author's answer, with its Yes or No only where the very same was asked: with the same words in the same order."""
    is_same = not ASKS_FOR.match(question.text) and asks_the_same(one.asked, question.text)
    return one.said if is_same else without_verdict(one.said)


def without_verdict(said: str) -> str:
    """An answer without the Yes or No before it."""
    verdict = verdict_of(said)
    return capitalized(said.removeprefix(verdict)) if verdict else said


def _nearest_sentence(one: AuthoredAnswer) -> int | None:
    quotes, vector = one.fit.quotes, built_in().vector(f"{one.asked} {one.said}")
    prose = [number for number, quote in enumerate(quotes) if quote.form == SENTENCE and not quote.says_nothing]
    return max(prose, key=lambda number: built_in().nearest(vector, [quotes[number].said]), default=None)
