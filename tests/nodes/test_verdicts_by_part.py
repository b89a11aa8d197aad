"""What a learner sees after an answer that has parts: in a session, in a review and in a quiz."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from typist import Typist

from flow import create_learn_flow, create_review_flow
from tutor.models import Place
from tutor.nodes.shared import session_store

BANK = """\
items:
  - id: gas
    section: yeast
    kind: cloze
    question: Yeast eats [[sugar|glucose]] and makes [[gas]].
    hints: [It is sweet.]
    explanation: Sugar is what yeast lives on.
"""


@pytest.fixture
def asked(docs, home, monkeypatch, capsys):
    """Answer the question of the section on yeast; what the screen shows, its spaces folded."""
    monkeypatch.chdir(docs.parent)
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")

    def run(*lines, flow=create_learn_flow, lesson="food/bread", now=NOW):
        with environment_of(docs, home, Typist(*lines), now) as environment:
            if lesson:
                environment.records.keep_place(Place(lesson, stage="explain", section="yeast", done=["bread"]))
            flow().run(session_store(environment, lesson or None))
        return " ".join(capsys.readouterr().out.split())

    return run


def test_while_a_try_is_left_the_right_words_do_not_stand_beside_what_was_typed(asked):
    screen = asked("salt; gas")
    assert "blank 1: “salt” is wrong" in screen and "blank 2: “gas” is right" in screen
    assert "right is sugar" not in screen and "does not fill" not in screen


def test_after_the_last_try_they_do_and_the_answer_is_not_shown_twice(asked):
    screen = asked("salt; gas", "rye; gas")
    assert "blank 1: “rye” is wrong; right is sugar" in screen
    assert "The answer." not in screen and "Sugar is what yeast lives on." in screen


def test_a_skipped_question_still_shows_the_answer(asked):
    assert "The answer. sugar; gas" in asked("k")


def test_a_review_tells_it_too(asked):
    asked("sugar; gas")
    screen = asked("salt; gas", "salt; gas", flow=create_review_flow, lesson="", now=NOW + timedelta(days=30))
    assert "blank 1: “salt” is wrong; right is sugar blank 2: “gas” is right" in screen.replace("✓ ", "")


def test_a_quiz_tells_it_in_its_report(asked, docs, tutor, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    run = tutor("--docs", docs, "--seed", 1, "quiz", "bread", "--sheet", sheet)
    assert run.returncode == 0, run.stderr
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(text.replace("answer:\n", "answer: [glucose, water]\n"), encoding="utf-8")
    run = tutor("--docs", docs, "quiz", "--answers", sheet)
    said = " ".join(run.stdout.split())
    assert "blank 2: “water” is wrong; right is gas" in said and "The answer." not in said, text + run.stdout
    assert "blank 1: “glucose” is right; the lesson says sugar" in said


def test_enter_after_a_line_that_could_not_be_read_loses_nothing(asked):
    screen = asked("salt; gas", "salt", "", "sugar; gas")
    assert "2 blanks to fill, 1 given" in screen and "The answer." not in screen
    assert "blank 1: “sugar” is right" in screen or "Sugar is what yeast lives on." in screen
