"""Points that were credited in an earlier try of the same question: they count as met in the next one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.corpus import bank
from tutor.grading.kinds import grade
from tutor.grading.rubrics import chances, in_words, question_for
from tutor.grading.words import right_in_words, without_questions
from tutor.models import Grade, Item, Met

SPOKEN_OF = 0.15  # how probably a line must make a point for it to be taken for an addition to an answer
FEW_WORDS = 6  # of an addition to an answer that is no prose


def with_credit(answer: str, earlier: Sequence[Met]) -> str:
    """An answer together with the learner's own words that were given credit before, so that two halves are read as a whole."""
    before = [met.evidence or met.point for met in earlier if met.evidence or met.credit < 1]
    return " ".join([*(f"{words.rstrip('. ')}." for words in dict.fromkeys(before) if words not in answer), answer])


def item_for_try(item: Item, answer: str, earlier: Sequence[Met], language: str = "en") -> Item:
    """The item by which what was typed now is read together with what has credit from earlier tries.

    A known wrong answer is heard only in what was typed now: halves that are right may have the words of one between them. Where
    it would be heard in the whole alone, the item comes without.
    """
    if not earlier or not grade(item, with_credit(answer, earlier), language=language).heard:
        return item
    return item if grade(item, answer, language=language).heard else replace(item, wrong=())


def grade_try(item: Item, answer: str, earlier: Sequence[Met], language: str = "en") -> Grade:
    """The grade of what was typed now, together with what has credit from earlier tries at the question."""
    read = item_for_try(item, answer, earlier, language)
    found = grade(read, with_credit(answer, earlier), language=language)
    if earlier and not found.correct and not found.heard:
        found = _with_points_alone(item, found, grade(item, answer, language=language), language)
    return keep_credit(item, found, earlier, language)


def _with_points_alone(item: Item, whole: Grade, alone: Grade, language: str) -> Grade:
    """The grade of all that was typed, with the points that the last line makes when it is read by itself."""
    has = {met.point for met in whole.met}
    new = [met for met in alone.met if met.point not in has]
    if not new or alone.heard or alone.misunderstood:
        return whole
    met = (*whole.met, *new)
    lacking = [point for point in item.rubric if point.text not in {one.point for one in met}]
    return replace(
        whole, score=share_of_points(item, met), met=met, missed=tuple(point.text for point in lacking),
        feedback=in_words(item, met, lacking, language),
    )  # fmt: skip


def grade_addition(item: Item, line: str, before: Grade, language: str = "en") -> Grade | None:
    """The grade of a line that is typed on after a verdict, with what had credit; None where it doesn't add to an answer.

    It adds to one where it says something of a point, or is right or known to be wrong; a number, a letter or a formula always
    does. before: the grade of the answer. Nothing is added to an answer that was right.
    """
    if before.correct:
        return None
    found = grade_try(item, line, before.met, language)
    if found.misunderstood:
        return None
    is_near = max(chances(item, line, language).values(), default=0.0) >= SPOKEN_OF
    says_it = found.correct or found.heard or len(found.met) > len(before.met) or is_near
    is_short = not bank.kind_of(item).is_free_text(item) and len(line.split()) <= FEW_WORDS
    return replace(found, unsure=False) if says_it or is_short else None


def addition_in_words(item: Item, grade: Grade, language: str = "en", *, told: bool = True) -> str:
    """What an addition comes to, in a sentence or two: it is right now, or which point is still missing.

    told: whether the answer has been shown; else the missing point is not named.
    """
    if grade.correct or (item.rubric and not grade.missed):
        return "That is right now."
    lacking = [point.text for point in item.rubric if point.text in grade.missed]
    reply = without_questions(grade.feedback) if grade.heard else ""
    missing = f"Still missing: {lacking[0]}." if lacking and told else ""
    return " ".join(filter(None, [reply or ("Better." if grade.met else "Not yet."), missing]))


def share_of_points(item: Item, met: Sequence[Met]) -> float:
    """The share of a rubric that these points make up, each by its credit."""
    return sum(one.credit for one in met) / len(item.rubric)


def keep_credit(item: Item, grade: Grade, earlier: Sequence[Met], language: str = "en") -> Grade:
    """The grade of a further try with the points that have credit from the tries before.

    grade: of the answer together with these (`with_credit`). Where each point has credit and the whole is still not right, that
    is in doubt, and the learner is asked.
    """
    if not earlier or grade.misunderstood:
        return grade
    picked_out = {met.point: met for met in earlier if met.credit < 1}
    found = {**{met.point: met for met in earlier}, **{met.point: met for met in grade.met}, **picked_out}
    met = tuple(found[point.text] for point in item.rubric if point.text in found)
    lacking = [point for point in item.rubric if point.text not in found]
    in_doubt = bool(grade.met) and not lacking and not grade.correct
    old = in_words(item, grade.met, [point for point in item.rubric if point.text in grade.missed], language)
    new = [one.evidence for one in met if one.evidence and one.point not in {before.point for before in earlier}]
    said = [right_in_words(dict.fromkeys(new))] if new else []
    said += [question_for(lacking[0], item.question, language)] if lacking else []
    return replace(
        grade, score=share_of_points(item, met), met=met, missed=tuple(point.text for point in lacking),
        feedback=grade.feedback.replace(old, " ".join(said)).strip(), unsure=grade.unsure or in_doubt,
    )  # fmt: skip
