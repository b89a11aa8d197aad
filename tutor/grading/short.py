"""Free-text answers: a grade by references, rubric points and known wrong answers, with the reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tutor.grading import guards
from tutor.grading.comparable import (
    Alignment,
    AnswerTokens,
    QuestionTokens,
    ReferenceTokens,
    align,
    nearness,
    prepare_answer,
    prepare_question,
    prepare_reference,
    share_of,
    words_of,
)
from tutor.grading.contrary.doubts import doubt_about
from tutor.grading.features import Weights, features, shipped_weights
from tutor.grading.readable import unreadable, unreadable_grade
from tutor.grading.words import CYRILLIC, clean, right_in_words
from tutor.models import Grade, Item, KnownWrong, Met, Point


@dataclass(frozen=True)
class Comparison:
    """How an answer compares with the references."""

    probability: float  # that a teacher would call it correct
    best: ReferenceTokens  # the reference that it comes nearest to
    answer: AnswerTokens


@dataclass(frozen=True)
class Rejection:
    """An answer that a guard calls wrong, whatever its words."""

    reason: str  # for the learner
    best: ReferenceTokens | None = None  # the reference that it comes nearest to, None for a text that answers nothing
    answer: AnswerTokens | None = None


def all_stems(texts: Iterable[ReferenceTokens]) -> frozenset[str]:
    """The stems of all content tokens of several texts."""
    return frozenset().union(*(text.stems for text in texts))


@lru_cache(maxsize=512)
def _prepare(
    question: str, references: tuple[str, ...], weights: Weights, language: str
) -> tuple[QuestionTokens, tuple[ReferenceTokens, ...]]:
    asked = prepare_question(clean(question), language)
    cyrillic = any(CYRILLIC.search(text) for text in references)
    return asked, tuple(
        prepare_reference(clean(text, cyrillic), asked, weights.idf, weights.idf_default, language) for text in references
    )


def judge(
    question: str, references: Sequence[str], answer: str, weights: Weights, language: str = "en"
) -> Comparison | Rejection:
    """How likely the answer is right and which reference it comes nearest to, or why no reader could call it right."""
    references = tuple(references)
    asked, prepared = _prepare(question, references, weights, language)
    cyrillic = any(CYRILLIC.search(text) for text in references)
    text = clean(answer, cyrillic)
    if guards.no_answer(text):
        return Rejection("This does not answer the question.")
    telling = all_stems(prepared) - asked.stems
    text, talked = guards.without_instructions(text, telling, language)
    if talked and guards.no_answer(text):
        return Rejection("This speaks to the grader and does not answer the question.")
    said = prepare_answer(text, asked, weights.idf, weights.idf_default, language)
    row, best = features(prepared, said)
    reason = guards.reason_against(said, prepared[best], asked)
    if reason:
        return Rejection(reason, prepared[best], said)
    reason, is_copy = near_copies(prepared, said, asked)
    if reason:
        return Rejection(reason, prepared[best], said)
    p = weights.probability(row, len(references) > 1)
    return Comparison(max(p, COPIED) if is_copy else p, prepared[best], said)


COPIED = 0.97  # probability for an answer that follows a reference word for word


def near_copies(
    references: Sequence[ReferenceTokens], answer: AnswerTokens, asked: QuestionTokens, aligned: Sequence[Alignment] = ()
) -> tuple[str, bool]:
    """(why the answer contradicts a reference that it nearly copies, whether it is a faithful copy of one)."""
    found, faithful, copies = "", False, False
    known = asked.stems.union(*(reference.stems for reference in references))
    for reference, (pairs, against) in zip(references, aligned or [align(one, answer) for one in references], strict=True):
        reversal = guards.reversal_in(reference, answer, pairs, against)
        if reversal == "":
            faithful = True
            copies = copies or guards.is_copy(reference, answer, pairs)
        elif reversal and reversal.startswith(guards.OTHER_NUMBER) and not answer.numbers <= known:
            return reversal, False
        found = found or reversal or ""
    if copies:
        return "", True
    return ("" if faithful else found), False


MET = 0.55  # share of a point's weight from which it counts as made


def _points(item: Item, answer: AnswerTokens, weights: Weights, language: str) -> list[tuple[Point, float, str]]:
    """(point, share of it that the answer makes, the learner's words that make it) for each point of the rubric."""
    ways = [_prepare(item.question, (point.text, *point.also), weights, language)[1] for point in item.rubric]
    found = []
    for point, own in zip(item.rubric, ways, strict=True):
        shared = all_stems(way for other in ways if other is not own for way in other[:1])
        share, words = max((share_of(way, answer, shared) for way in own), key=lambda pair: pair[0])
        found.append((point, share, words))
    return found


def _hint(item: Item, point: Point, answer: AnswerTokens, weights: Weights, language: str) -> str:
    """The word of a missed point that the answer lacks most, as typed in the point."""
    _, (way,) = _prepare(item.question, (point.text,), weights, language)
    lacking = [(weight, -k) for k, weight in enumerate(way.weights) if way.tokens[way.content[k]].stem not in answer.stems]
    if not lacking:
        return ""
    token = way.tokens[way.content[-max(lacking)[1]]]
    return way.text[token.start : token.end]


def _known_wrong(item: Item, answer: AnswerTokens, weights: Weights, language: str) -> KnownWrong | None:
    """The known wrong answer that this one is nearer to than to every reference, None where there is none."""
    if not item.wrong:
        return None
    _, known = _prepare(item.question, tuple(wrong.answer for wrong in item.wrong), weights, language)
    _, right = _prepare(item.question, tuple(item.references), weights, language)
    scores = [nearness(one, answer) for one in known]
    nearest = max(range(len(known)), key=lambda i: (scores[i], -i))
    if scores[nearest] > max(WRONG_NEAR, WRONG_NEARER + max(nearness(one, answer) for one in right)):
        return item.wrong[nearest]
    return None


WRONG_NEAR = 0.9  # of 2: how near an answer must be to a known wrong one
WRONG_NEARER = 0.05  # and how much nearer than to any reference


@lru_cache(maxsize=128)  # for an answer that a model reads too, the whole and its sentences are assessed several times
def assess(item: Item, answer: str, weights: Weights, language: str = "en") -> Grade | Comparison:
    """The grade of an answer that is wrong however it is read; else how it compares with the references.

    Always wrong: an empty answer, a known wrong one, one that a guard rejects and, with `misunderstood`, one that can't be
    compared with the references.
    """
    points = tuple(point.text for point in item.rubric)
    if message := unreadable(answer, item.references):
        return unreadable_grade(answer, message, points)
    found = judge(item.question, item.references, answer, weights, language)
    if found.answer and (wrong := _known_wrong(item, found.answer, weights, language)):
        return Grade(0.0, missed=points, feedback=reply_to(wrong), heard=wrong.misconception)
    if isinstance(found, Rejection):
        nearest = (found.best.text,) if found.best else ()
        return Grade(0.0, missed=points or nearest, feedback=found.reason)
    return found


def reply_to(wrong: KnownWrong) -> str:
    """The feedback to a known wrong answer."""
    return wrong.reply or wrong.misconception or "This is a known misconception."


def grade_short(item: Item, answer: str, *, weights: Weights | None = None, strict: bool = False, language: str = "en") -> Grade:
    """The grade of a free-text answer: the points met and missed, and whether the grader is unsure.

    The score of an unsure grade is what the grader leans towards, 1.0 for right; with `strict` it is below 1.
    """
    weights = weights or shipped_weights()
    found = assess(item, answer, weights, language)
    if isinstance(found, Grade):
        return found
    said, p = found.answer, found.probability
    decide = weights.threshold(found.best, len(item.references) > 1)
    made = _points(item, said, weights, language)
    met = tuple(Met(point.text, words) for point, share, words in made if share >= MET)
    lacking = [point for point, share, _ in made if share < MET]
    unsure = weights.low <= p < weights.high
    if not item.rubric:
        whole = p >= decide
    elif lacking:  # if it is like a reference all the same, the points were made in words that we don't know
        whole = p >= COPIED or (p >= weights.high and len(lacking) <= len(met))
        unsure = unsure or (p >= weights.high and not whole)
    else:
        whole, unsure = True, p < decide
    doubt = _doubt_about(answer, item, language, p >= COPIED) if whole and not unsure else ""
    if whole and not item.rubric:
        met = (Met(found.best.text, _evidence(found.best, said)),)
    elif whole:
        met, lacking = tuple(Met(point.text, words) for point, _, words in made), []
    missed = tuple(point.text for point in lacking) if item.rubric else () if whole else (found.best.text,)
    score = 1.0 if whole else len(met) / len(item.rubric) if item.rubric else 0.0
    feedback = _in_words(item, met, lacking, whole, said, weights, language)
    if doubt:
        unsure, feedback = True, f"{feedback} {doubt}"
    if unsure and strict:
        score = min(score, round(p, 2), 0.99)
        feedback += " The grader is unsure; the stricter verdict stands."
    return Grade(score, met, missed, feedback, unsure=unsure)


def _doubt_about(answer: str, item: Item, language: str, copied: bool) -> str:
    """Why an answer that has the words of a right one may say the contrary or take it back; "" where nothing speaks for it."""
    return doubt_about(answer, item.references, tuple(point.text for point in item.rubric), language, copied)


def _evidence(reference: ReferenceTokens, answer: AnswerTokens) -> str:
    pairs, _ = align(reference, answer)
    return words_of(answer, pairs)


def _in_words(
    item: Item, met: Sequence[Met], lacking: Sequence[Point], whole: bool, answer: AnswerTokens, weights: Weights, language: str
) -> str:
    """What was right, in the learner's words, and a hint at what is missing."""
    quotes = list(dict.fromkeys(one.evidence for one in met if one.evidence))
    said = [right_in_words(quotes)] if quotes else []
    hints = [hint for point in lacking if (hint := _hint(item, point, answer, weights, language))]
    if hints:
        said.append("Not yet said: something about " + ", and about ".join(f"“{hint}”" for hint in dict.fromkeys(hints)) + ".")
    elif not whole:
        said.append("This does not yet say what the question asks for.")
    return " ".join(said)


def grade_record(
    question: str,
    references: Sequence[str] | str,
    answer: str,
    rubric: Sequence[Point | str] = (),
    *,
    weights: Weights | None = None,
    strict: bool = False,
    language: str = "en",
) -> Grade:
    """The grade of an answer to a question of no lesson, for which references alone are enough."""
    item = bare_item(question, references, rubric)
    return grade_short(item, answer, weights=weights, strict=strict, language=language)


def bare_item(question: str, references: Sequence[str] | str, rubric: Sequence[Point | str] = ()) -> Item:
    """A question of no lesson, with its references, as an item."""
    references = (references,) if isinstance(references, str) else tuple(references)
    points = tuple(point if isinstance(point, Point) else Point(point) for point in rubric)
    return Item(id="", lesson="", section="", kind="short", question=question, references=references, rubric=points)
