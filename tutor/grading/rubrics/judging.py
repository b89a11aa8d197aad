"""Whether an answer in free text is right, half right or in doubt: the verdict on a reading of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tutor.grading import guards
from tutor.grading.clauses import sentences_of
from tutor.grading.comparable import likeness_in_order, nearness
from tutor.grading.features import Weights, shipped_weights
from tutor.grading.points.own_words import is_borrowed
from tutor.grading.readable import unreadable, unreadable_grade
from tutor.grading.rubrics.known_texts import KnownTexts, known_texts
from tutor.grading.rubrics.reading import Reading, is_answered_by_no, read_answer
from tutor.grading.rubrics.weights import NAMES, PointMade, RubricWeights, shipped_rubric_weights, sigmoid
from tutor.grading.rubrics.wording import in_words
from tutor.grading.short import COPIED, Comparison, assess, grade_short, near_copies, reply_to
from tutor.grading.words import CYRILLIC, Token, clean, tokens
from tutor.models import Grade, Item, Met


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
