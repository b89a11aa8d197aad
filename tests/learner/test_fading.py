"""How many lines of a worked example are blank, as it follows from the answers that are kept."""

from __future__ import annotations

from tutor.learner.memory.fading import lines_left_blank
from tutor.models import Attempt, Grade


def said(score: float = 1.0, session: str = "s", **more) -> Attempt:
    due = more.pop("due", "2026-03-05T09:00:00Z")
    return Attempt("a/b:c", "s", "1", Grade(score), "2026-03-01T09:00:00Z", more.pop("mode", "review"), due=due,
                   session=session, **more)  # fmt: skip


RIGHT, MISSED, TRY = said(), said(0.5), said(0.5, due=None)


def test_it_begins_with_the_last_line_and_grows_to_all():
    assert [lines_left_blank([RIGHT] * visits, 3) for visits in range(5)] == [1, 2, 3, 3, 3]


def test_a_visit_with_a_mistake_leaves_as_many_and_a_second_one_in_a_row_one_fewer():
    assert lines_left_blank([RIGHT, RIGHT, MISSED], 4) == 3
    assert lines_left_blank([RIGHT, RIGHT, MISSED, MISSED], 4) == 2
    assert lines_left_blank([RIGHT, RIGHT, MISSED, MISSED, MISSED], 4) == 2
    assert lines_left_blank([RIGHT, RIGHT, MISSED, RIGHT, MISSED], 4) == 4
    assert lines_left_blank([MISSED] * 6, 4) == 1


def test_a_hint_a_second_try_and_a_shown_answer_are_mistakes():
    assert lines_left_blank([TRY, said(hints=1)], 4) == 1
    assert lines_left_blank([said(hints=1)], 4) == 1
    assert lines_left_blank([TRY, said()], 4) == 1
    assert lines_left_blank([said(0.0, shown=True)], 4) == 1


def test_a_try_that_was_left_unfinished_changes_nothing():
    assert lines_left_blank([TRY], 4) == 1
    assert lines_left_blank([TRY, said(session="later")], 4) == 2


def test_a_question_before_the_explanation_that_was_not_known_is_no_mistake():
    assert lines_left_blank([said(0.0, mode="probe", due=None), RIGHT], 4) == 2
    assert lines_left_blank([said(mode="probe")], 4) == 2


def test_a_quiz_leaves_all_blank_so_that_being_right_there_is_enough_and_being_wrong_says_nothing():
    assert lines_left_blank([said(mode="quiz")], 4) == 4
    assert lines_left_blank([said(0.75, mode="quiz"), said(0.75, mode="quiz")], 4) == 1
