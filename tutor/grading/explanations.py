"""A section explained back by the learner: what is asked, and which of its points their words make.

Nothing but what is shown depends on the grade, so it goes by points alone, and what is said in other words than the section's
is taken kindly: a doubt is no reason to ask again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor import prompts
from tutor.corpus.sentences import claims
from tutor.grading.model.evidence import find_quote
from tutor.grading.model.support import contradicted
from tutor.grading.model.verdicts import met_and_missed
from tutor.grading.points.substance import empty_grade
from tutor.grading.rubrics import points_made
from tutor.models import Grade, Item, Kind, Lesson, Met, Point, Section

if TYPE_CHECKING:
    from utils.llm.language_model import LanguageModel

PREFIX = "#"  # of the item's id, before the section's slug; no bank can have such an id
MOST_POINTS = 6
CLAIMED = 0.4  # probability from which a claim of the section counts as made
AUTHORED = 0.85  # and a point of an item's rubric, which was written for another question
SURELY_NOT = 0.02  # probability below which a point is not made: 4 % of those that are have less, and half of what says little


def explanation_of(lesson: Lesson, section: Section, items: Sequence[Item]) -> Item | None:
    """The question that asks for a section in the learner's own words; None where the section claims nothing.

    It is in no bank. Its references are what the section claims; its points are these, then those of its items' rubrics, which
    may be said as well and are never missed.
    """
    claimed = tuple(re.sub(r"\*\*|__", "", sentence) for sentence in claims(section.text))
    if not claimed:
        return None
    authored = [point for item in items for point in item.rubric]
    return Item(
        PREFIX + section.slug, lesson.id, section.slug, Kind.SHORT,
        f"What is there to know about **{section.title or lesson.title}**? A line or two will do.",
        rubric=(*map(Point, claimed), *authored)[:MOST_POINTS], references=claimed, path=lesson.path, line=section.line,
    )  # fmt: skip


def grade_explanation(item: Item, answer: str, language: str = "en") -> Grade:
    """What an explanation says of its section, by the embedded grader."""
    return _read(item, answer, language)[0]


def grade_explanation_with(model: LanguageModel, item: Item, answer: str, language: str = "en") -> Grade:
    """The same by a model, which must quote the learner for each point. Raises ModelError.

    It is asked only where it may change what the learner sees: an explanation that surely makes all that the section claims, or
    of which it is plain what it makes and what it doesn't, is not sent.
    """
    found, is_sure = _read(item, answer, language)
    if is_sure:
        return found
    verdict = model.fill(prompts.grade(item, answer))
    verdicts = [(point.met, point.quote) for point in verdict.points]
    met, _ = met_and_missed(item, answer, prompts.points_of(item), verdicts, language)
    contrary = find_quote(verdict.contradiction, answer)
    return _grade_of(
        item,
        met,
        f"What you said of it, “{contrary}”, is the contrary of what the lesson says." if contrary else "",
        model.name or "model",
    )


def _read(item: Item, answer: str, language: str) -> tuple[Grade, bool]:
    """(the embedded grader's grade, whether it is sure of it)"""
    if empty := empty_grade(item, answer, language):
        return _grade_of(item, (), empty.feedback), True
    denied = {point.text for point in item.rubric if contradicted(answer, point.text, language)}
    read = points_made(item, answer, language)
    met, in_doubt = [], not read or bool(denied)
    for one, chance in read:
        if one.is_turned or one.point.text in denied:
            in_doubt = True
        elif chance >= (CLAIMED if one.point.text in item.references else AUTHORED):
            met.append(Met(one.point.text, one.words))
        elif chance >= SURELY_NOT:
            in_doubt = True
    against = next((claim for claim in item.references if claim in denied), "")
    grade = _grade_of(item, met, f"“{against}” is the contrary of what you said." if against else "")
    is_all = not grade.missed and grade.score >= 1 and not denied
    return grade, is_all or not in_doubt


def _grade_of(item: Item, met: Sequence[Met], feedback: str, grader: str = "built-in") -> Grade:
    """A grade out of the section's claims; the same words count once, for what comes first."""
    said = {one.evidence: one for one in reversed(met)}
    counted = tuple(one for one in met if said[one.evidence] is one)
    made = {one.point for one in met}
    missed = tuple(claim for claim in item.references if claim not in made)
    return Grade(min(1.0, len(counted) / len(item.references)), counted, missed, feedback, grader)
