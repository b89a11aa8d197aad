"""Further tries at a question: each of its points in a line of its own, over all the bundled banks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pytest

from tutor.corpus.corpus import Corpus, bundled_docs, open_corpus
from tutor.grading import (
    addition_in_words,
    grade_addition,
    grade_from_verdicts,
    grade_try,
    has_rubric,
    item_for_try,
    with_credit,
)
from tutor.models import Grade, Item, Kind, Met, Option


@lru_cache(maxsize=1)
def lessons() -> Corpus:
    return open_corpus(bundled_docs())


def read_by_points(lesson_id: str) -> list[Item]:
    return [item for item in lessons().items(lesson_id) if has_rubric(item)]


def tries(item: Item, lines: Sequence[str], language: str) -> list[Grade]:
    """The grades of lines that are typed one after the other, until one is right."""
    grades: list[Grade] = []
    met: tuple[Met, ...] = ()
    for line in lines:
        grades.append(grade_try(item, line, met, language))
        met = grades[-1].met
        if grades[-1].correct:
            break
    return grades


def test_right_halves_do_not_make_a_known_wrong_answer_between_them():
    item = next(item for item in read_by_points("stats/testing-vocabulary") if item.id == "define-p")
    null, extreme, mistaken = (point.text for point in item.rubric)
    first, second, third = tries(item, (null, extreme, mistaken), "en")
    assert [len(grade.met) for grade in (first, second, third)] == [1, 2, 3] and third.correct
    assert not second.heard and "taken for granted" not in second.feedback
    heard = tries(item, (null, item.wrong[0].answer), "en")[-1]
    assert heard.heard == item.wrong[0].misconception and len(heard.met) == 1


def test_a_model_that_reads_both_halves_is_not_overruled_by_what_is_heard_between_them():
    item = next(item for item in read_by_points("stats/testing-vocabulary") if item.id == "define-p")
    points = [point.text for point in item.rubric]
    met = grade_try(item, points[0], (), "en").met
    verdicts = [(True, points[0]), (True, points[1]), (False, "")]
    read = item_for_try(item, points[1], met)
    found = grade_from_verdicts(read, with_credit(points[1], met), points, verdicts, "", "", "m")
    assert len(found.met) == 2 and not found.heard
    assert item_for_try(item, item.wrong[0].answer, met) is item and item_for_try(item, points[1], ()) is item


@pytest.mark.parametrize("lesson_id", lessons().ids())
def test_points_typed_one_after_the_other_add_up(lesson_id):
    language = lessons().lesson(lesson_id).language
    for item in read_by_points(lesson_id):
        points = [point.text for point in item.rubric]
        for lines in (points, points[::-1]):
            grades = tries(item, lines, language)
            assert not [grade.heard for grade in grades if grade.heard], (item.key, lines)
            credited = [{met.point for met in grade.met} for grade in grades]
            assert all(line in found for line, found in zip(lines, credited, strict=False)), (item.key, credited)
            assert grades[-1].correct and not grades[-1].unsure, (item.key, grades[-1])


@pytest.mark.parametrize("lesson_id", lessons().ids())
def test_a_near_miss_in_the_last_try_does_not_pass(lesson_id):
    language = lessons().lesson(lesson_id).language
    for item in read_by_points(lesson_id):
        lines = [point.text for point in item.rubric[:-1]] + [item.rubric[-1].near]
        grades = tries(item, lines, language)
        assert not grades[-1].correct or grades[-1].unsure, (item.key, grades[-1])


@pytest.mark.parametrize("line", ["oh 0.5 then", "ah, 0.5", "yes 0.5", "=0.5", "so it is 0.5 of course", "I see, 0.5"])
def test_a_number_that_is_typed_naturally_after_the_verdict_is_heard(line):
    item = Item("half", "math/bayes", "sure", Kind.NUMBER, "How likely?", answer=0.5)
    assert grade_addition(item, line, Grade(0.0)).correct


@pytest.mark.parametrize("line", ["oh 2 then", "ah, water", "yes, water then", "oh, water of course"])
def test_an_option_that_is_typed_naturally_after_the_verdict_is_heard(line):
    options = (Option("salt"), Option("water", right=True))
    item = Item("which", "food/bread", "dough", Kind.CHOICE, "Which?", options=options)
    assert grade_addition(item, line, Grade(0.0)).correct


def test_a_line_that_makes_a_point_by_itself_makes_it_after_other_lines_too():
    item = next(item for item in read_by_points("stats/testing-vocabulary") if item.id == "define-p")
    first = "under the null, the chance of a result at least this extreme"
    for last in ("mistaken for the chance that H0 is true", "it is mistaken for the chance that H0 is true"):
        found = tries(item, (first, last), "en")[-1]
        assert len(found.met) == 3 and not found.missed, found


def test_what_an_addition_still_misses_is_named_only_once_the_answer_was_shown():
    item = next(item for item in read_by_points("stats/testing-vocabulary") if item.id == "silent-study")
    found = grade_addition(item, item.rubric[1].text, Grade(0.0))
    assert item.rubric[0].text in addition_in_words(item, found)
    assert addition_in_words(item, found, told=False) == "Better."
