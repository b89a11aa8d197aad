"""An answer read clause by clause against all that an item knows: which points it makes, how well, and in whose words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.grading.clauses import Clause, sentences_of
from tutor.grading.comparable import (
    Alignment,
    AnswerTokens,
    QuestionTokens,
    ReferenceTokens,
    align,
    denied_share,
    likeness_in_order,
    nearness,
    prepare_answer,
    share_of,
)
from tutor.grading.contrary.comparatives import denies_it, says_less
from tutor.grading.features import Weights, features
from tutor.grading.points.own_words import clauses_in
from tutor.grading.rubrics.known_texts import AnswerWords, KnownPoint, KnownTexts, known_texts
from tutor.grading.rubrics.weights import NAMES, PointMade
from tutor.models import Item

YES_OR_NO = re.compile(r"\s*(?:is|are|does|do|did|can|could|will|would|should|has|have|had|was|were)\b", re.I)
LOOKED_AT = 4  # references that are compared word by word
MIDDLING = 0.45  # how near right answers come to a known wrong one, for items that know none
WRONGS_LOOKED_AT = 2  # and known wrong answers
LIKELY = 3  # (way of making a point, stretch of the answer) that are compared word by word
TURNED = -0.5  # contrast down from which an answer says a point's near miss instead
SPOKEN_OF = 0.4  # share of a way's words from which an answer speaks of the point
DENIED = 0.5  # and share of these in each likely way, from which it says that the point is not so


@dataclass(frozen=True)
class Compared:
    """How an answer compares with one known text."""

    number: int  # among the item's references, or its known wrong answers
    text: ReferenceTokens
    aligned: Alignment
    near: float  # 0..2

    def logit(self, answer: AnswerTokens, weights: Weights) -> float:
        """The log-odds that the answer is right, were this text the only reference."""
        return weights.logit(features([self.text], answer, [self.aligned])[0])


@dataclass(frozen=True)
class Reading:
    """An answer as it stands to an item with a rubric."""

    points: tuple[PointMade, ...]
    row: tuple[float, ...]  # in the order of NAMES
    affirmed: AnswerTokens  # what it says is so
    references: tuple[Compared, ...]  # those it comes nearest to, the nearest first
    wrongs: tuple[Compared, ...]  # the same of known wrong answers
    denied: str  # what is right and what it says is not so, in its own words
    clauses: int  # those that say something of the item


def is_answered_by_no(item: Item) -> bool:
    """Whether a right answer may begin with "no", which then denies nothing."""
    return bool(YES_OR_NO.match(item.question)) or any(re.match(r"\W*no\b", text, re.I) for text in item.references)


def read_answer(item: Item, answer: str, weights: Weights, language: str = "en", *, verbatim: bool = False) -> Reading | None:
    """Compare what a cleaned answer affirms with all that an item knows; None where it affirms nothing.

    verbatim: the answer is a reference word for word, and so denies nothing, however it is put.
    """
    known = known_texts(item, weights, language)
    sentences = [Clause(answer, False)] if verbatim else sentences_of(answer, is_answered_by_no(item))
    said = _tokens(" ".join(one.text for one in sentences if not one.denied), known.asked, weights, language)
    if not said.content:
        return None
    words = AnswerWords(known, said)
    made = [
        _point_made(point, words, weights, language, is_turned=contrast <= TURNED)
        for point, contrast in zip(known.points, words.contrasts, strict=True)
    ]
    points = _own_shares(made, words)
    references = _nearest(known.references, words, LOOKED_AT)
    wrongs = _nearest(known.wrongs, words, WRONGS_LOOKED_AT)
    denied = next((one.text for one in sentences if one.denied and _is_right(one.text, known, weights, language)), "")
    values = {
        "reference": max(one.logit(said, weights) for one in references),
        "weakest_logit": min(one.logit for one in points),
        "weakest_own": min(one.own for one in points),
        "nearest_wrong": wrongs[0].near if wrongs else MIDDLING,
        **words.features(),
    }
    row = tuple(round(values[name], 4) for name in NAMES)
    return Reading(points, row, said, references, wrongs, denied, clauses_in(said, words.known_content))


def _nearest(texts: Sequence[ReferenceTokens], words: AnswerWords, count: int) -> tuple[Compared, ...]:
    """The texts that an answer comes nearest to; which are worth comparing word by word is told by the words they share."""

    def about(text: ReferenceTokens) -> float:
        return words.alike_to(text) + likeness_in_order(text, words.answer)

    likely = sorted(range(len(texts)), key=lambda number: (-about(texts[number]), number))[:count]
    found = []
    for number in likely:
        aligned = align(texts[number], words.answer, words.alike)
        found.append(
            Compared(number, texts[number], aligned, nearness(texts[number], words.answer, aligned, words.known_content))
        )
    return tuple(sorted(found, key=lambda one: (-one.near, one.number)))


def _is_right(text: str, known: KnownTexts, weights: Weights, language: str) -> bool:
    """Whether a sentence comes near to something right, and not to something wrong."""
    said = _tokens(text, known.asked, weights, language)
    if len(said.content) < 3:
        return False
    right, wrong, _ = AnswerWords(known, said).closeness(said.content)
    return right >= DENIES and right > wrong + 0.2


DENIES = 1.2  # nearness from which a denied sentence denies what is right


def _tokens(text: str, asked: QuestionTokens, weights: Weights, language: str) -> AnswerTokens:
    return prepare_answer(text, asked, weights.idf, weights.idf_default, language)


def _point_made(known: KnownPoint, words: AnswerWords, weights: Weights, language: str, *, is_turned: bool) -> PointMade:
    """The likeliest of a point's ways against the likeliest stretches of an answer."""
    affirmed = words.answer
    likely = []
    for number, way in enumerate(known.ways):
        for place, content in enumerate(words.stretches):
            length = 0.5 + 0.5 * min(1.0, len(way.content) / len(content)) ** 0.5
            likely.append((words.covered(way, place, known.shared) * length, -number, -place, length))
    likely.sort(reverse=True)
    best, chosen, span, denied = -1.0, None, "", 1.0
    for _, number, place, length in likely[:LIKELY]:
        way, text = known.ways[-number], words.tokens(-place, weights, language)
        aligned = align(way, text, words.alike)
        share, found = share_of(way, text, known.shared, aligned)
        denied = min(denied, denied_share(way, text, aligned))
        if share * length > best:
            best, chosen, span = share * length, (way, text, aligned), found
    assert chosen is not None
    way, text, aligned = chosen
    whole = max(known.ways, key=lambda way: words.covered(way, None, known.shared))
    of_whole = align(whole, affirmed, words.alike)
    logit = max(weights.logit(features([way], text, [aligned])[0]), weights.logit(features([whole], affirmed, [of_whole])[0]))
    share = max(best, 0.85 * share_of(whole, affirmed, known.shared, of_whole)[0])
    is_denied = likely[0][0] >= SPOKEN_OF and denied >= DENIED
    is_contrary = says_less(text.text, way.text) or (not way.negations and denies_it(text.text))
    return PointMade(known.point, share, 0.0, logit, _quoted(text.text, span), is_turned or is_denied or is_contrary)


LONGEST_QUOTE = 16  # words


def _quoted(stretch: str, span: str) -> str:
    """The learner's clause that makes a point, or, where it is long, what of it makes the point."""
    clause = re.sub(
        r"^(?:(?:and|but|so|because|since|while|whereas|then|as|hence|thus|therefore)\b[\s,]*)+", "", stretch.strip(), flags=re.I
    )
    clause = clause.strip(" .,;:")
    return clause if clause and len(clause.split()) <= LONGEST_QUOTE else span or clause


def _own_shares(points: Sequence[PointMade], words: AnswerWords) -> tuple[PointMade, ...]:
    """The points with the share that is made in words which make no other point better: a clause makes one point, not two."""
    found = list(points)
    taken: set[str] = set()
    for number in sorted(range(len(points)), key=lambda number: -points[number].share):
        known = words.known.points[number]
        tried = (
            (words.covered(way, place, known.shared, taken | words.claimed[number]), way)
            for way in known.ways
            for place in range(len(words.stretches))
        )
        share, used = max(tried, key=lambda one: one[0])
        found[number] = replace(points[number], own=share)
        taken |= {own for i in used.content for own, value in words.alike.get(used.tokens[i].stem, ()) if value > 0}
    return tuple(found)
