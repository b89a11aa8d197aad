"""What an answer meant: one question for each point that is in doubt, and the grade that follows from what is chosen. Pure.

Each question offers the point, its near miss and neither of the two. It needs no model, and what is chosen by default is neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.corpus import bank
from tutor.grading.points.shared_words import shares_a_root, shares_a_word
from tutor.grading.points.tries import share_of_points
from tutor.grading.readable import unreadable
from tutor.grading.rubrics import LEAST, chances, has_rubric, question_for
from tutor.models import Grade, Item, Kind, Met, Option, Point

CONFIRMED = 0.9  # what a point counts that the learner picks out as what they meant
BARELY = 0.5  # and where what they typed hardly says it, so that a lucky pick isn't worth much
GROUND = 0.4  # how probably a point must be made by what was typed, for the pick to count in full
NEAR_ENOUGH = 0.15  # and for it to be asked about
MOST = 3  # questions about one answer
BUILT_IN = Grade(0.0).grader
POINT, NEAR, NEITHER = "point", "near", "neither"
NEITHER_IN_WORDS = "neither of the two"
WHICH = "Which is what you meant?"


def doubtful_points(item: Item, answer: str, grade: Grade, language: str = "en") -> tuple[Point, ...]:
    """The points to ask about where a grade is unsure, the most doubtful first; () where it is sure or nothing can be asked.

    What an answer doesn't come near to is not asked about. Where every point counts as made, the weakest is. A model's word
    makes no doubt about a line that has no word of the points.
    """
    if not grade.unsure:
        return ()
    found = chances(item, answer, language)
    if not found:
        if not unreadable(answer, item.references):
            return ()
        # the built-in grader can't read the answer: what a model finds in it is asked about
        claimed = {met.point for met in grade.met}
        if not shares_a_root(answer, item.rubric, language):
            return ()
        return tuple(point for point in item.rubric if point.near and point.text in claimed)[:MOST]
    if grade.grader != BUILT_IN:
        found = {point.text: found[point.text] for point in item.rubric if shares_a_word(answer, [point], language)}
        if not found:
            return ()
    missed = [point for point in item.rubric if point.text in grade.missed and point.text in found]
    if not missed:
        least = 0.0 if grade.grader == BUILT_IN else LEAST
        made = [point for point in item.rubric if found.get(point.text, 0.0) >= least]
        return tuple(sorted(made, key=lambda one: found.get(one.text, 0.0))[:1])
    return _most_doubtful(missed, found, NEAR_ENOUGH if grade.grader == BUILT_IN else LEAST)


def settled_if_far(item: Item, answer: str, grade: Grade, language: str = "en") -> Grade:
    """A grade in doubt as a sure one where the answer comes near to no point of it, so that there is nothing to ask about."""
    if not grade.unsure or not has_rubric(item) or doubtful_points(item, answer, grade, language):
        return grade
    return replace(grade, unsure=False, score=min(share_of_points(item, grade.met), 1.0 if not grade.missed else 0.99))


def traced_points(item: Item, answer: str, grade: Grade, language: str = "en") -> tuple[Point, ...]:
    """The points to ask about where a learner disputes a grade: those without credit of which the answer shows a trace."""
    found = chances(item, answer, language)
    missed = [point for point in item.rubric if point.text in grade.missed and point.text in found]
    return _most_doubtful(missed, found, LEAST)


def _most_doubtful(points: Sequence[Point], found: Mapping[str, float], least: float) -> tuple[Point, ...]:
    """At most MOST of the points, without those that an answer makes with less than a probability."""
    asked = [point for point in points if found[point.text] >= least]
    return tuple(sorted(asked, key=lambda point: abs(found[point.text] - 0.5))[:MOST])


def question_about(item: Item, point: Point) -> Item:
    """What is asked about a point: an item with the point and its near miss, in an order that the draw gives, and neither."""
    asked = Item(
        f"{item.id}/{item.rubric.index(point) + 1}", item.lesson, item.section, Kind.CHOICE, f"{point.ask} {WHICH}".strip()
    )
    options = [Option(point.text, right=True), Option(point.near)]
    bank.random_of(asked, item.seed or 0).shuffle(options)
    return replace(asked, options=(*options, Option(NEITHER_IN_WORDS)), seed=item.seed)


def choice_of(question: Item, number: int) -> str:
    """What picking an option of `question_about` says, by its place from 0: POINT, NEAR or NEITHER."""
    if number == len(question.options) - 1:
        return NEITHER
    return POINT if question.options[number].right else NEAR


def option_named(question: Item, line: str) -> int | None:
    """The option of `question_about` that a typed line picks, by its words or its place, from 0; None for a line of one's own."""
    said = _flat(line)
    found = [number for number, option in enumerate(question.options) if _flat(option.text) in said]
    if len(found) == 1:
        return found[0]
    return next((number for number, pattern in enumerate(NAMED) if pattern.fullmatch(said)), None)


def _flat(text: str) -> str:
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


_IT = r" (?:i mea[nt]+ |it is |it s )?(?:the )?"
NAMED = tuple(
    re.compile(rf"{_IT}(?:{words})(?: (?:one|of (?:the two|them|these|those|both)))? ")
    for words in ("first|former", "second|latter|last", "neither|none|nothing|third")
)


def clarified(
    item: Item, grade: Grade, asked: Sequence[Point], choices: Mapping[str, str], language: str = "en", answer: str = ""
) -> Grade:  # fmt: skip
    """The grade that follows once a learner has said what they meant, with a question for the first point still missing.

    answer: what was typed; of a point that it hardly says, a pick counts half. asked: the points that were asked about.
    choices: {point: POINT, NEAR or NEITHER}; while one is open, the grade is unsure.
    """
    texts = [point.text for point in asked]
    confirmed = [text for text in texts if choices.get(text) == POINT]
    is_open = any(text not in choices for text in texts)
    before = {met.point: met for met in grade.met if met.point not in texts}
    ground = chances(item, answer, language) if answer else {}
    credit = {text: CONFIRMED if ground.get(text, 1.0) >= GROUND else BARELY for text in confirmed}
    found = {**before, **{text: Met(text, credit=credit[text]) for text in confirmed}}
    met = tuple(found[point.text] for point in item.rubric if point.text in found)
    missed = tuple(point.text for point in item.rubric if point.text not in found)
    said = [_what_is_so(point) for point in asked if choices.get(point.text) == NEAR]
    if is_open:
        said += ["What you meant by the rest is still to be said; until then the stricter verdict stands."]
    elif not said:  # what is so ends the question
        lacking = [point for point in item.rubric if point.text in missed]
        said += [question_for(point, item.question, language) for point in lacking][:1]
    return replace(
        grade, score=share_of_points(item, met), met=met, missed=missed, feedback=" ".join(said), unsure=is_open, clarified=True
    )


def _what_is_so(point: Point) -> str:
    return f"Not “{point.near}”, but “{point.text}”."


def tells_what_is_so(item: Item, grade: Grade) -> bool:
    """Whether a grade gives a point away, because its near miss was chosen: then there is nothing left to try."""
    return grade.clarified and any(_what_is_so(point) in grade.feedback for point in item.rubric)


def is_disputable(item: Item, answer: str, grade: Grade) -> bool:
    """Whether a grade can be appealed: that of free text or a program which is not fully right.

    Not where the learner has read what is so.
    """
    return bool(answer) and bank.kind_of(item).open_ended and not grade.correct and not tells_what_is_so(item, grade)
