"""Free text against a rubric: which of its points an answer makes, in whose words, and whether the whole is right.

An answer is read clause by clause. Each point is compared, in all the ways its author gave, with what the answer affirms;
what it denies counts against it. One logistic regression then weighs the points, the nearest single reference, and how near the
answer comes to what is known to be wrong (benchmarks/fit_rubrics.py fits it). More references can only help: nothing is averaged
over them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from tutor.grading import guards
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
from tutor.grading.features import Weights, features, shipped_weights
from tutor.grading.known_texts import AnswerWords, KnownPoint, KnownTexts, known_texts
from tutor.grading.points.own_words import clauses_in, is_borrowed
from tutor.grading.readable import unreadable, unreadable_grade
from tutor.grading.short import (
    COPIED,
    Comparison,
    assess,
    grade_short,
    near_copies,
    reply_to,
)
from tutor.grading.words import CYRILLIC, Token, clean, right_in_words, tokens
from tutor.models import Grade, Item, Met, Point

WEIGHTS_PATH = Path(__file__).parents[2] / "assets" / "rubrics.json"
# What the regression sees, and what more of it can only mean for an answer being right: + speaks for it, - against it.
SIGNS = {
    "reference": "+",  # log-odds of the nearest reference
    "weakest_logit": "+",  # of the points, each as if it were the whole reference
    "weakest_own": "+",  # of the points: how much of it is said in words that make no other point
    "weakest_near": "+",  # of the points: how near a clause comes to it
    "weakest_margin": "+",  # of the points: how much nearer a clause comes to it than to its near miss
    "known": "+",  # the share of its words that stand in anything right
    "wrong": "-",  # how much nearer its clauses come to wrong ones than to right ones, in the mean
    "nearest_wrong": "-",  # how near the whole comes to the nearest known wrong answer
}
NAMES = tuple(SIGNS)
YES_OR_NO = re.compile(r"\s*(?:is|are|does|do|did|can|could|will|would|should|has|have|had|was|were)\b", re.I)
LOOKED_AT = 4  # references that are compared word by word
MIDDLING = 0.45  # how near right answers come to a known wrong one, for items that know none
WRONGS_LOOKED_AT = 2  # and known wrong answers
LIKELY = 3  # (way of making a point, stretch of the answer) that are compared word by word


@dataclass(frozen=True)
class PointMade:
    """How well an answer makes one point of a rubric."""

    point: Point
    share: float  # of the point's words, 0..1
    own: float  # the same in words that make no other point better
    logit: float  # that the stretch would be called right were the point the whole reference
    words: str  # the learner's own that make it
    is_turned: bool  # its near miss is said instead, or that it is not so


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


@dataclass(frozen=True)
class RubricWeights:
    """What benchmarks/fit_rubrics.py learned."""

    slopes: tuple[float, ...]  # one a feature
    bias: float
    point: tuple[float, float, float, float]  # share, own, logit, bias: whether a point is made
    low: float  # from here up to `high` the verdict is unsure
    high: float

    def probability(self, row: Sequence[float]) -> float:
        """That an answer is right."""
        return sigmoid(self.bias + sum(slope * value for slope, value in zip(self.slopes, row, strict=True)))

    def made(self, point: PointMade) -> float:
        """The probability that a point is made."""
        by_share, by_own, by_logit, bias = self.point
        chance = sigmoid(by_share * point.share + by_own * point.own + by_logit * point.logit + bias)
        return min(chance, IN_DOUBT) if point.is_turned else chance


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, value))))


@lru_cache(maxsize=1)
def shipped_rubric_weights() -> RubricWeights:
    data = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    if tuple(data["features"]) != NAMES:
        raise ValueError("the rubric weights were fitted to other features; run benchmarks/fit_rubrics.py")
    return RubricWeights(tuple(data["slopes"]), data["bias"], tuple(data["point"]), data["low"], data["high"])


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


# ------------------------------------------------------------------------------------------------------ the grade


def assess_item(item: Item, answer: str, weights: Weights, language: str = "en") -> Grade | Comparison:
    """As `short.assess`, for an item of a bank: the grade of what needs no reading, else how it compares with the references."""
    if not has_rubric(item):
        return assess(item, answer, weights, language)
    settled, reading, probability = _judge(item, answer, weights, language)
    if settled or not reading:
        return settled or Grade(0.0)
    nearest = sigmoid(reading.row[NAMES.index("reference")])  # a model that is wrong is caught by the stricter of the two
    return Comparison(min(probability, nearest), reading.references[0].text, reading.affirmed)


def has_rubric(item: Item) -> bool:
    """Whether an item's rubric says enough to be read point by point: each of its points has a near miss beside it."""
    return bool(item.lesson and item.rubric and item.references) and all(point.near for point in item.rubric)


@lru_cache(maxsize=128)  # of an answer that a model reads too, its whole and its sentences are looked at several times
def _judge(item: Item, answer: str, weights: Weights, language: str) -> tuple[Grade | None, Reading | None, float]:
    """(grade, None, 0) of an answer that is wrong whatever its words; (None, reading, probability that it is right) of others."""
    missed = tuple(point.text for point in item.rubric)

    def wrong(feedback: str, heard: str = "") -> tuple[Grade, None, float]:
        return Grade(0.0, missed=missed, feedback=feedback, heard=heard), None, 0.0

    if message := unreadable(answer, item.references):
        return unreadable_grade(answer, message, missed), None, 0.0
    known = known_texts(item, weights, language)
    text = clean(answer, any(CYRILLIC.search(reference) for reference in item.references))
    if guards.no_answer(text):
        return wrong("This does not answer the question.")
    text, talked = guards.without_instructions(text, known.right_stems - known.asked.stems, language)
    if talked and guards.no_answer(text):
        return wrong("This speaks to the grader and does not answer the question.")
    words = _words_of(tokens(text, language))
    verbatim = any(_words_of(reference.tokens) == words for reference in known.references)
    heard = (one for one, known_text in zip(item.wrong, known.wrongs, strict=True) if _words_of(known_text.tokens) == words)
    if not verbatim and (said := next(heard, None)):
        return wrong(reply_to(said), said.misconception)
    reading = read_answer(item, text, weights, language, verbatim=verbatim)
    if reading and verbatim:
        return None, reading, COPIED
    if reading is None and not sentences_of(text, is_answered_by_no(item)):
        return unreadable_grade(answer, ASKED, missed), None, 0.0
    if reading is None:
        return wrong("This says only what is not so." if re.search(r"\w{3}", text) else "This does not answer the question.")
    if reading.denied:
        return wrong(f"You deny “{reading.denied.strip(' .!?;')}”, and it is so.")
    affirmed, references = reading.affirmed, [one.text for one in reading.references]
    longest = max(len(reference.content) for reference in known.references)
    if reason := guards.reason_against_all(affirmed, references[0], known.asked, known.right_stems, longest):
        return wrong(reason)
    if reason := guards.turn_in(max(references, key=lambda one: likeness_in_order(one, affirmed)), affirmed):
        return wrong(reason)
    near = [one for one in reading.references if likeness_in_order(one.text, affirmed) >= guards.FOLLOWED]
    reason, copied = near_copies([one.text for one in near], affirmed, known.asked, [one.aligned for one in near])
    if reason:
        return wrong(reason)
    disorder = 0 if copied else max(guards.disorder_in(reference, affirmed) for reference in references)
    if disorder == 2:
        return wrong("These are the right words in another order, and so they say something else.")
    own = shipped_rubric_weights()
    probability = COPIED if copied else min(own.probability(reading.row), SUREST)
    if disorder:
        probability = min(probability, own.high - 0.01)
    if not copied and _is_heard(reading, known, own, probability):
        known_wrong = item.wrong[reading.wrongs[0].number]
        return wrong(reply_to(known_wrong), known_wrong.misconception)
    return None, reading, probability


def chances(item: Item, answer: str, language: str = "en") -> dict[str, float]:
    """{point: how probable it is that an answer makes it}, whatever the verdict; {} where nothing can be read by points."""
    made = points_made(item, answer, language) if has_rubric(item) else []
    return {one.point.text: chance for one, chance in made}


def points_made(item: Item, answer: str, language: str = "en") -> list[tuple[PointMade, float]]:
    """Each point of a rubric with how probable it is that an answer makes it; [] for an answer that can't be read."""
    if unreadable(answer, item.references):
        return []
    weights, own = shipped_weights(), shipped_rubric_weights()
    text = clean(answer, any(CYRILLIC.search(reference) for reference in item.references))
    known = known_texts(item, weights, language)
    text, _ = guards.without_instructions(text, known.right_stems - known.asked.stems, language)
    reading = None if guards.no_answer(text) else read_answer(item, text, weights, language)
    return [(one, own.made(one)) for one in reading.points] if reading else []


def _words_of(found: Sequence[Token]) -> list[str]:
    """The words of a text in their order, whatever its marks."""
    return [one.stem for one in found if one.kind != "mark"]


ASKED = "This asks something and answers nothing. Say it as a statement; to ask, type ? first."
TURNED = -0.5  # contrast down from which an answer says a point's near miss instead
SPOKEN_OF = 0.4  # share of a way's words from which an answer speaks of the point
DENIED = 0.5  # and share of these in each likely way, from which it says that the point is not so
IN_DOUBT = 0.5  # the most that a point which is turned is made
MADE = 0.6  # probability from which a point counts as made; much that is wrong makes one with less
SUREST = COPIED - 0.01  # the most that an answer is probably right which is no copy of a reference
EACH_MADE = 0.75  # probability of the weakest point from which an answer whose whole seems wrong is in doubt, not wrong
LEAST = 0.05  # probability of its weakest point below which no answer is right as a whole
VERBATIM = 1.5  # of 2: nearness from which an answer is a known text almost word for word
HEARD = 0.9  # how near a known wrong answer must be to be heard in an answer
NEARER = 0.05  # and how much nearer than the nearest reference
FAR = 0.5  # nearness below which an answer is far from every reference


def _is_heard(reading: Reading, known: KnownTexts, weights: RubricWeights, probability: float) -> bool:
    """Whether an answer is the known wrong answer that it comes nearest to.

    It must be nearer to it than to every reference and every point, and say it almost word for word, leave a point unmade, or be
    far from every reference: words alone are not enough, since right answers share most of theirs with wrong ones.
    """
    wrong = reading.wrongs[0].near if reading.wrongs else 0.0
    right = reading.references[0].near
    if wrong <= max(HEARD, right + NEARER):
        return False
    points = (*(point.ways[0] for point in known.points), known.joined)  # a half answer is far from every reference
    right = max(right, *(nearness(one, reading.affirmed) for one in points))
    if wrong <= right + NEARER:
        return False
    if wrong >= VERBATIM or right < FAR:
        return True
    return probability < weights.high and any(weights.made(point) < MADE for point in reading.points)


def grade_item(item: Item, answer: str, *, weights: Weights | None = None, strict: bool = False, language: str = "en") -> Grade:
    """The verdict on a free-text answer to an item of a bank: right, unsure, or part of the score for the points that it makes.

    An unsure grade's score is what the grader leans to, as `grade_short` gives it. weights: of a comparison with one reference.
    """
    if not has_rubric(item):
        return grade_short(item, answer, weights=weights, strict=strict, language=language)
    settled, reading, p = _judge(item, answer, weights or shipped_weights(), language)
    if settled or not reading:
        return settled or Grade(0.0)
    own = shipped_rubric_weights()
    unsure = own.low <= p < own.high
    chances = [own.made(point) for point in reading.points]
    made = [chance >= MADE for chance in chances]
    is_turned = any(point.is_turned for point in reading.points)
    each_made = p < own.low and not is_turned and min(chances) >= EACH_MADE
    unsure = unsure or each_made or (own.high <= p < COPIED and (is_turned or min(chances) < LEAST))
    if p >= own.high and not unsure:
        made = [p >= COPIED or is_made or not _is_borrowed(reading, number) for number, is_made in enumerate(made)]
    elif all(made) and not each_made:  # the whole does not hold, so a point is not made as it should be
        made[min(range(len(made)), key=lambda number: chances[number])] = False
    met = tuple(Met(one.point.text, one.words) for one, is_made in zip(reading.points, made, strict=True) if is_made)
    lacking = [one.point for one, is_made in zip(reading.points, made, strict=True) if not is_made]
    whole = not lacking or (unsure and not is_turned and p >= (own.low + own.high) / 2)
    score = 1.0 if whole else len(met) / len(item.rubric)
    feedback = in_words(item, met, lacking, language)
    if unsure and strict:
        score = min(score, round(p, 2), 0.99)
        feedback += " The grader is unsure; the stricter verdict stands."
    return Grade(score, met, tuple(point.text for point in lacking), feedback.strip(), unsure=unsure)


def _is_borrowed(reading: Reading, number: int) -> bool:
    others = [one.words for place, one in enumerate(reading.points) if place != number]
    return is_borrowed(reading.points[number].own, reading.points[number].words, others, reading.clauses)


def in_words(item: Item, met: Sequence[Met], lacking: Sequence[Point], language: str) -> str:
    """What was right, in the learner's words, and a question for the first point that is missing."""
    quotes = list(dict.fromkeys(one.evidence for one in met if one.evidence))
    said = [right_in_words(quotes)] if quotes else []
    if lacking:
        if not quotes:
            said.append("This does not yet say what the question asks for.")
        said.append(question_for(lacking[0], item.question, language))
    return " ".join(said)


def question_for(point: Point, question: str, language: str = "en") -> str:
    """A question for a point: its own, else its text with the words left out that the question doesn't give."""
    if point.ask:
        return point.ask
    given = {token.stem for token in tokens(clean(question), language)}
    text, parts, end = clean(point.text), [], 0
    for token in tokens(text, language):
        if token.kind in ("word", "number") and token.stem not in given:
            parts += [text[end : token.start], "…"]
            end = token.end
    shown = re.sub(r"…(?:[\s,-]*…)+", "…", "".join([*parts, text[end:]])).strip(" .")
    return f"And what about this: “{shown}”?" if len(re.findall(r"\w+", shown)) >= 3 else "What else does the question ask for?"
