"""What was meant is asked where the grader is in doubt; two tries make a whole; an appeal is a look at the points."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import environment_of
from typist import Typist

from flow import create_appeal_flow, create_learn_flow
from tutor.corpus.corpus import Corpus
from tutor.grading.rubrics import judging
from tutor.models import Step
from tutor.nodes.shared import appeal_store, session_store
from tutor.screen.learners import ScriptedLearner

BANK = """\
items:
  - id: float
    section: yeast
    kind: short
    question: Why does wood float, and what happens to a stone?
    rubric:
      - point: wood is less dense than water
        also: [its density is lower]
        near: wood is denser than water
        ask: How dense is wood?
      - {point: a stone sinks to the bottom, also: [the stone goes down], near: a stone rises to the top}
    references: ["Wood is less dense than water, so it floats. A stone sinks to the bottom."]
    hints: [Think of what they weigh., Compare them with water.]
    explanation: Density decides.
"""
ASKED = "Which is what you meant?"
HALF, OTHER_HALF = "Wood is less dense than water.", "And the stone goes down."
WHOLE = "Wood has a lower density than water and the stone goes to the bottom."


@pytest.fixture
def type_lines(docs, home, capsys):
    def run(*lines, bank=BANK, learner=None, session="s"):
        (docs / "food" / "bread.quiz.yaml").write_text(bank, encoding="utf-8")
        learner = learner or Typist(*lines)
        with environment_of(docs, home, learner, session=session) as environment:
            create_learn_flow().run(session_store(environment, "bread"))
            return capsys.readouterr().out, environment.records.attempts()

    return run


@pytest.fixture
def in_doubt(monkeypatch):
    """Whatever can be read point by point is unsure."""
    weights = replace(judging.shipped_rubric_weights(), low=0.0, high=1.01)
    monkeypatch.setattr(judging, "shipped_rubric_weights", lambda: weights)


# ------------------------------------------------------------------------------------------------- in a session


def test_a_point_in_doubt_is_asked_about_in_place_of_judging_oneself(type_lines, in_doubt):
    screen, attempts = type_lines(WHOLE, "a stone sinks to the bottom")
    assert screen.count(ASKED) == 1 and "Mine says" not in screen
    first, second = (attempt.grade for attempt in attempts)
    assert first.unsure, "stored before the learner is asked"
    assert second.clarified and second.correct and second.score == pytest.approx(0.95)
    assert "Not sure yet. One question about what you meant:" in screen and "Density decides." in screen


def test_the_answer_is_shown_only_once_the_learner_has_chosen(type_lines, in_doubt):
    screen, _ = type_lines(WHOLE, "a stone rises to the top")
    before = screen[: screen.index(ASKED)]
    assert "sinks" not in before and "Density decides" not in before
    assert "sinks to the bottom" in screen[screen.index(ASKED) :]


def test_neither_is_a_try_like_another_with_the_next_hint(type_lines, in_doubt):
    screen, _ = type_lines(WHOLE, "", "q")
    assert "Hint 1 of 2: Think of what they weigh." in screen[screen.index("You: neither of the two") :]
    assert "Density decides." not in screen


def test_enter_says_neither(type_lines, in_doubt):
    _, attempts = type_lines(WHOLE, "")
    assert attempts[-1].grade.clarified and not attempts[-1].grade.correct and attempts[-1].grade.score == 0.5


def test_a_script_that_goes_on_says_neither(type_lines, in_doubt):
    screen, attempts = type_lines(learner=ScriptedLearner([Step("answer", WHOLE), Step("skip"), Step("quit")]))
    attempts = [attempt for attempt in attempts if attempt.grade.clarified]
    assert "You: neither of the two" in screen and not attempts[-1].grade.correct


def test_a_script_chooses_by_words(type_lines, in_doubt):
    steps = [Step("answer", WHOLE), Step("choose", "sinks to the bottom"), Step("quit")]
    assert type_lines(learner=ScriptedLearner(steps))[1][-1].grade.correct


def test_a_near_miss_ends_the_question_and_says_what_is_so(type_lines, in_doubt):
    screen, attempts = type_lines(WHOLE, "a stone rises to the top", "a")
    assert "Not “a stone rises to the top”, but “a stone sinks to the bottom”." in screen
    assert "The grade stands." not in screen, "what was settled by the learner can't be appealed"
    assert not attempts[-1].grade.correct


IN_DOUBT = "Wood is lighter than the water it floats on, stones go down fast"


def test_a_line_typed_in_place_of_a_choice_is_another_try_read_with_what_was_said(type_lines):
    screen, attempts = type_lines(IN_DOUBT, "I mean that its density is lower")
    assert screen.count(ASKED) == 1 and [attempt.grade.correct for attempt in attempts] == [False, True]
    assert attempts[-1].answer == f"{IN_DOUBT}. I mean that its density is lower"
    assert attempts[-1].grade.score == 1 and not attempts[-1].unaided, "both possibilities were on the screen"


def test_a_typed_line_that_picks_an_option_counts_as_the_pick(type_lines):
    _, attempts = type_lines(IN_DOUBT, "I mean wood is less dense than water")
    assert attempts[-1].grade.clarified and attempts[-1].grade.score == pytest.approx(0.95)


def test_a_question_typed_in_place_of_a_choice_is_one_and_what_was_said_still_counts(type_lines):
    screen, attempts = type_lines(IN_DOUBT, "why does dough rise?", "its density is lower")
    assert "You asked: why does dough rise?" in screen.rpartition(ASKED)[2]
    assert attempts[-1].grade.correct and len(attempts) == 2


# ---------------------------------------------------------------------------------------- typed on after a verdict


def typed_on(type_lines, *lines, first=()):
    steps = [*(first or [Step("skip")]), *(Step("say", line) for line in lines), Step("quit")]
    screen, attempts = type_lines(learner=ScriptedLearner(steps))
    return " ".join(screen.rpartition("The answer.")[2].split()), attempts


def test_what_is_added_to_a_missed_answer_is_graded_in_a_line_and_earns_nothing(type_lines):
    tries = [Step("answer", "because it is made by trees")] * 3
    screen, attempts = typed_on(type_lines, WHOLE, first=tries)
    assert "That is right now. The question comes back" in screen
    assert len(attempts) == 3 and not any(attempt.grade.correct for attempt in attempts)


def test_what_is_still_missing_is_said_and_two_additions_make_a_whole(type_lines):
    screen, attempts = typed_on(type_lines, HALF, OTHER_HALF)
    assert "Better. Still missing: a stone sinks to the bottom." in screen and "That is right now." in screen
    assert len(attempts) == 1


def test_an_addition_that_is_not_so_is_told(type_lines):
    screen, _ = typed_on(type_lines, "Wood is denser than water and a stone rises to the top.")
    assert "That is right now." not in screen and "Still missing: wood is less dense than water." in screen


@pytest.mark.parametrize("line", ["why does dough rise?", "what does yeast eat", "? is it lighter", "the gas and the flour"])
def test_a_question_or_a_remark_after_a_verdict_stays_one(type_lines, line):
    screen, _ = typed_on(type_lines, line)
    assert "Still missing" not in screen and "right now" not in screen


def test_after_a_right_answer_a_line_is_looked_up(type_lines):
    steps = [Step("answer", WHOLE), Step("say", HALF), Step("quit")]
    screen, attempts = type_lines(learner=ScriptedLearner(steps))
    assert attempts[0].grade.correct and "right now" not in screen


def test_leaving_at_the_question_keeps_the_answer_and_asks_again_next_time(type_lines, in_doubt):
    _, attempts = type_lines(WHOLE, "q")
    assert len(attempts) == 1 and attempts[0].grade.unsure
    _, attempts = type_lines(WHOLE, "a stone sinks to the bottom")
    assert attempts[-1].grade.correct


def test_a_bank_without_near_misses_still_lets_the_learner_compare(type_lines, monkeypatch):
    from tutor import grading
    from tutor.models import Grade

    monkeypatch.setattr(grading, "grade_try", lambda *_, **__: Grade(0.5, unsure=True))
    bare = BANK.replace("        near: wood is denser than water\n", "")
    screen, attempts = type_lines(WHOLE, bank=bare)
    assert "A full answer" in screen and ASKED not in screen and attempts[-1].grade.grader == "learner"


# ------------------------------------------------------------------------------------------------- further tries


def test_two_halves_given_in_two_tries_make_a_whole(type_lines):
    screen, attempts = type_lines(HALF, OTHER_HALF)
    assert [attempt.mode for attempt in attempts] == ["practice", "practice"]
    assert [attempt.grade.score for attempt in attempts] == [0.5, 1.0]
    assert attempts[-1].answer == OTHER_HALF and "Density decides." in screen


def test_what_was_credited_is_not_asked_for_again(type_lines):
    _, attempts = type_lines(OTHER_HALF, "it is made by trees")
    assert attempts[-1].grade.feedback == "How dense is wood?"
    assert [met.evidence for met in attempts[-1].grade.met] == ["the stone goes down"]


def test_the_credit_of_a_question_ends_with_it(type_lines):
    type_lines(HALF, "trees", "trees", "trees", "trees")
    _, attempts = type_lines(OTHER_HALF, session="the next one")
    assert [attempt.grade.score for attempt in attempts] == [0.5] * 6
    assert [met.point for met in attempts[-1].grade.met] == ["a stone sinks to the bottom"]


def test_the_credit_outlives_a_kill(type_lines, docs, home):
    type_lines(HALF)
    _, attempts = type_lines(OTHER_HALF)
    assert attempts[-1].grade.correct


# ------------------------------------------------------------------------------------------------------ appeals


TRACE = "The stone goes to the ground of the sea."  # of both points, and enough for neither


@pytest.fixture
def refused(monkeypatch):
    """Whatever can be read point by point is not enough for any of its points, and there is a trace of each."""
    weights = replace(judging.shipped_rubric_weights(), low=1.01, high=1.02, point=(0.0, 0.0, 0.0, -2.0))
    monkeypatch.setattr(judging, "shipped_rubric_weights", lambda: weights)


def test_an_appeal_asks_about_the_points_without_credit_and_stands_where_all_are_meant(type_lines, refused):
    screen, attempts = type_lines(TRACE, "a", "wood is less dense than water", "a stone sinks to the bottom")
    assert screen.count(ASKED) == 2 and "The appeal stands." in screen and len(attempts) == 1


def test_an_appeal_that_says_neither_costs_nothing_and_the_question_goes_on(type_lines, refused):
    screen, attempts = type_lines(TRACE, "a", "", "", "wood", "q")
    assert "The grade stands." in screen and [attempt.hints for attempt in attempts] == [0, 1]


def test_what_an_appeal_gains_counts_in_the_next_try(type_lines, refused):
    screen, attempts = type_lines(TRACE, "a", "", "a stone sinks to the bottom", "it is so")
    assert "How dense is wood?" in screen[screen.index("The appeal stands in part.") :] and "You meant:" not in screen
    assert [met.credit for met in attempts[-1].grade.met] == [0.5] and attempts[-1].grade.score == pytest.approx(0.25)


def test_a_near_miss_meant_in_an_appeal_ends_the_question(type_lines, refused):
    screen, attempts = type_lines(TRACE, "a", "wood is denser than water", "")
    assert "Not “wood is denser than water”, but “wood is less dense than water”." in screen and "Density decides." in screen
    assert len(attempts) == 1


def test_an_answer_is_appealed_once(type_lines, refused):
    screen, _ = type_lines(TRACE, "a", "", "", "a")
    assert screen.count(ASKED) == 2 and "This grade was looked at again already." in screen
    assert "There is no grade to appeal here." not in screen


def test_the_question_of_the_point_stands_above_which_was_meant(type_lines, refused):
    rows = [row.strip() for row in type_lines(TRACE, "a", "", "")[0].split("\n")]
    assert rows[rows.index("How dense is wood?") + 1] == ASKED


def test_an_answer_whose_learner_said_what_they_meant_was_one_answer(type_lines, in_doubt):
    screen, attempts = type_lines(WHOLE, "", "q")
    assert len(attempts) == 2 and "1 answer kept, and your place." in screen


def test_a_question_that_was_skipped_is_no_answer_kept(type_lines):
    screen, attempts = type_lines("Wood is heavy.", "k")
    assert len(attempts) >= 2 and "1 answer kept, and your place." in screen


def test_who_learns_from_the_lessons_that_come_with_the_program_is_not_told_how_to_change_them(type_lines, refused, monkeypatch):
    lines = TRACE, "a", "wood is less dense than water", "a stone sinks to the bottom"
    assert "appeal 1" in type_lines(*lines)[0]
    monkeypatch.setattr(Corpus, "bundled", True)
    screen, attempts = type_lines(*lines)
    assert "Both verdicts are kept." in screen and f"appeal {attempts[-1].id}" not in screen


def test_once_the_answer_was_shown_an_appeal_judges_what_was_written_and_no_pick_earns_a_point(type_lines, appeal, refused):
    screen, _ = type_lines(TRACE, TRACE, TRACE, "a", "a stone sinks to the bottom")
    assert "The answer." in screen and ASKED not in screen and "The grade stands." in screen
    said, stands, _ = appeal("wood is less dense than water", "a stone sinks to the bottom")
    assert ASKED not in said.out and not stands


def test_an_appeal_of_no_answer_asks_nothing(type_lines):
    screen, _ = type_lines("yes", "a")
    assert ASKED not in screen and "The grade stands." in screen


def test_leaving_in_an_appeal_leaves(type_lines, refused):
    screen, attempts = type_lines(TRACE, "a", "q", "never typed")
    assert "The grade stands." not in screen and len(attempts) == 1


def test_an_answer_whose_learner_meant_neither_can_be_appealed_like_any_other(type_lines, in_doubt):
    screen, attempts = type_lines(WHOLE, "", "a", "a stone sinks to the bottom")
    assert f"(kept as no. {attempts[-1].id})" in screen[screen.index("You: neither of the two") :]
    assert screen.count(ASKED) == 2 and "The appeal stands." in screen and len(attempts) == 2


def test_the_page_after_the_answer_offers_an_appeal_where_neither_was_meant(type_lines, in_doubt):
    learner = Typist(WHOLE, "")
    bank = BANK.replace("    hints: [Think of what they weigh., Compare them with water.]\n", "")
    type_lines(learner=learner, bank=bank)
    assert any("a appeal" in keys for keys in learner.offered_on_pages)


# -------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def appeal(docs, home, capsys):
    """Dispute the last answer at a terminal, where somebody types these lines."""

    def run(*lines):
        capsys.readouterr()
        with environment_of(docs, home, Typist(*lines)) as environment:
            shared = {**appeal_store(environment, 0), "person": environment.terminal}
            create_appeal_flow().run(shared)
            looked_at = environment.records.attempts()[-1].id
            return capsys.readouterr(), shared["stands"], environment.records.appeals(looked_at)

    return run


def test_the_command_asks_at_a_terminal_what_was_meant(type_lines, appeal, refused):
    type_lines(TRACE)
    said, stands, looks = appeal("wood is less dense than water", "a stone sinks to the bottom")
    assert said.out.count(ASKED) == 2 and said.out.index("Why does wood float") < said.out.index(f"You: {TRACE}")
    assert stands and "The appeal stands." in said.out and looks[0].clarified


def test_the_command_takes_enter_for_neither(type_lines, appeal, refused):
    type_lines(TRACE)
    said, stands, looks = appeal("", "")
    assert not stands and "The grade stands; both are kept." in said.out and looks[0].missed


def test_leaving_the_command_at_its_question_changes_nothing(type_lines, appeal, refused):
    _, attempts = type_lines(TRACE)
    said, stands, looks = appeal("wood is less dense than water", "q")
    assert not stands and not looks and f"the grade of attempt {attempts[0].id} stays as it was" in said.err


def test_the_command_does_not_ask_again_once_it_was_told_what_is_so(type_lines, appeal, refused):
    type_lines(TRACE)
    appeal("wood is denser than water", "")
    said, stands, _ = appeal()
    assert ASKED not in said.out and not stands
