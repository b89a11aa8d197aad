"""Appeals at the keyboard: where `a` works, and that it is never taken for an answer."""

from __future__ import annotations

import pytest
from conftest import environment_of
from typist import Typist

from flow import create_learn_flow
from tutor.nodes.disputes import how_to_dispute_in
from tutor.nodes.shared import session_store

BANK = """\
items:
  - id: why
    section: yeast
    kind: short
    question: Why does dough rise?
    rubric: [{point: yeast breathes out carbon dioxide}]
    references: [Yeast eats sugar and breathes out carbon dioxide.]
    hints: [Yeast is alive., Think of bubbles.]
    explanation: The gas makes bubbles.
"""
SECOND = BANK.removeprefix("items:\n").replace("id: why", "id: how")


@pytest.fixture
def type_lines(docs, home, capsys):
    def run(*lines, bank=BANK):
        (docs / "food" / "bread.quiz.yaml").write_text(bank, encoding="utf-8")
        learner = Typist(*lines)
        with environment_of(docs, home, learner) as environment:
            create_learn_flow().run(session_store(environment, "bread"))
            return capsys.readouterr().out, learner.offered, environment.records.attempts()

    return run


def test_a_is_offered_after_a_wrong_try_with_the_number_of_the_attempt(type_lines):
    screen, offered, attempts = type_lines("because of the hot oven", "a")
    assert "a appeal" not in offered[0] and "a appeal" in offered[1] and "a appeal" not in offered[2]
    assert f"(kept as no. {attempts[0].id})" in screen and screen.count("The grade stands.") == 1
    assert len(attempts) == 1, "an appeal is no answer"


def test_an_appeal_uses_up_no_try_and_shows_no_hint(type_lines):
    screen, _, attempts = type_lines("because of the hot oven", "a", "the oven again")
    assert [attempt.hints for attempt in attempts] == [0, 1]
    assert screen.count("Yeast is alive.") == 1 and screen.count("Why does dough rise?") == 1


def test_a_alone_is_never_an_answer_and_with_a_space_before_it_is(type_lines):
    screen, _, attempts = type_lines("a", "because of the hot oven", "a", "a", " a")
    assert [attempt.answer for attempt in attempts] == ["because of the hot oven", "a"]
    assert screen.count("There is no grade to appeal here.") == 1
    assert screen.count("This grade was looked at again already.") == 1


def test_a_works_after_a_probe(type_lines):
    screen, _, attempts = type_lines("because of the hot oven", "a", bank=BANK + SECOND)
    assert attempts[0].mode == "probe" and f"(kept as no. {attempts[0].id})" in screen
    assert screen.index("The grade stands.") < screen.index("Yeast eats sugar")


def test_a_works_when_the_tries_are_over(type_lines):
    screen, _, attempts = type_lines("the hot oven", "the warm oven", "the oven", "a")
    assert len(attempts) == 3 and "The grade stands." in screen and screen.count(f"(kept as no. {attempts[2].id})") == 2


def test_the_end_of_a_session_says_how_to_dispute_its_grades_later(docs, home):
    """Those that were disputed already, were right, or were tried again in the meantime, are not named."""
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    with environment_of(docs, home, Typist("because of the hot oven", "the oven again")) as environment:
        shared = session_store(environment, "bread")
        create_learn_flow().run(shared)
        second = environment.records.attempts()[-1]
        line = how_to_dispute_in(shared)
        assert line.startswith("To have a grade looked at again: ptutor") and line.endswith(f"appeal {second.id}")
        environment.records.add_appeal(second, second.grade, second.at)
        assert how_to_dispute_in(shared) == ""
