"""Worked examples as they are asked: over visits with more and more blanks, by a script, on a sheet and at a keyboard."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from conftest import NOW, environment_of

from flow import create_learn_flow, create_review_flow
from tutor.corpus import bank
from tutor.models import Step
from tutor.nodes.session.explaining import examples_of
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner

BANK = """\
items:
  - id: dough
    section: yeast
    kind: steps
    question: A dough of {{flour}} g of flour has 60 % of water and 2 % of salt.
    variables:
      flour: {choose: [500, 1000]}
    lines:
      - ask: Grams of water
        name: water
        answer: flour * 0.6
        work: 0.6 · {{flour}} = {{water}}
      - ask: Grams of salt
        name: salt
        answer: flour * 0.02
        wrong:
          - answer: flour * 0.2
            misconception: two percent is a fifth
            reply: Two of a hundred are less than that.
      - ask: What weighs more?
        options: [water, salt]
        answer: water
      - ask: Grams of dough
        answer: flour + water + salt
        work: "{{flour}} + {{water}} + {{salt}} = {{flour + water + salt}}"
    hints: [Percents are of the flour., Then add up.]
    explanation: Bakers count from the flour.
"""


@pytest.fixture
def lesson(docs, monkeypatch):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    monkeypatch.chdir(docs.parent)
    return docs


class Baker(ScriptedLearner):
    """Answers the questions one after the other, rightly where nothing else is given, and keeps what was blank in each."""

    def __init__(self, *answers):
        super().__init__([])
        self.answers, self.blank = list(answers), []

    def answer(self, question, keys):
        if question.optional:
            return Step("next")
        self.blank.append(bank.kind_of(question.item).lines_to_type(question.item))
        said = self.answers.pop(0) if self.answers else None
        return Step("answer", said or bank.accepted_answers(question.item)[0])


@pytest.fixture
def visit(lesson, home, capsys):
    """Learn or review on a day: which lines were blank each time that the item was asked, and what was on screen."""

    def visits(make, day, *answers, topic=None):
        learner = Baker(*answers)
        with environment_of(lesson, home, learner, NOW + timedelta(days=day), f"day{day}") as environment:
            make().run(session_store(environment, topic, None))
        return learner.blank, " ".join(capsys.readouterr().out.split())

    return visits


def test_the_last_line_is_blank_at_first_and_one_more_after_each_visit_that_went_well(visit):
    blank, screen = visit(create_learn_flow, 0, topic="food/bread")
    assert blank == [["4"]]
    assert re.search(
        r"1\. Grams of water: 0\.6 · (500|1000) = (300|600) 2\. Grams of salt: (10|20) 3\. What weighs more\? water", screen
    )
    assert "4. Grams of dough: ____ (an exact number) fill in line 4" in screen
    blank, screen = visit(create_review_flow, 30)
    assert blank == [["3", "4"]] and "3. What weighs more? ____ (a: " in screen and "fill in lines 3 to 4, one by one" in screen
    assert visit(create_review_flow, 90)[0] == [["2", "3", "4"]]
    assert visit(create_review_flow, 300)[0] == [["1", "2", "3", "4"]]
    assert visit(create_review_flow, 1000)[0] == [["1", "2", "3", "4"]]


def test_a_visit_with_a_mistake_leaves_as_many_blank_and_its_lines_are_told_one_by_one(visit):
    visit(create_learn_flow, 0, topic="food/bread")
    blank, screen = visit(create_review_flow, 30, "salt; 1", "water; 2", "water; 3")
    assert blank == [["3", "4"]] * 4, "three tries, and once more before the session ends"
    assert "line 3: “salt” is not the answer." in screen
    assert "line 4: “3” is wrong; right is" in screen and "line 3 is right" in screen
    assert re.search(r"4\. Grams of dough: (500|1000) \+ (300|600) \+ (10|20) = (810|1620)", screen), "how it is worked out"
    assert visit(create_review_flow, 32)[0] == [["2", "3", "4"]], "once more went well"


def test_the_same_blanks_come_back_after_a_restart_and_the_records_alone_say_which(visit, lesson, home, tutor, tmp_path):
    visit(create_learn_flow, 0, topic="food/bread")
    visit(create_review_flow, 30)
    exported = tmp_path / "history.jsonl"
    tutor("--docs", lesson, "records", "export", exported)
    elsewhere = tmp_path / "elsewhere"
    assert tutor("--docs", lesson, "--home", elsewhere, "records", "import", exported).returncode == 0
    learner = Baker()
    with environment_of(lesson, elsewhere, learner, NOW + timedelta(days=90), "day90") as environment:
        create_review_flow().run(session_store(environment, None, None))
    assert learner.blank == [["2", "3", "4"]]


def test_a_script_fills_in_the_blank_and_is_told_what_is_wrong_with_it(lesson, tutor, tmp_path):
    script = tmp_path / "s.yaml"
    script.write_text("steps:\n  - answer: 1\n  - answer: '810'\n  - answer: '1620'\n")
    ran = tutor("--docs", lesson, "--plain", "--offline", "--seed", "2", "learn", "bread", "--script", script)
    screen = " ".join(ran.stdout.split())
    assert "line 4: 1 is too small." in screen and "Hint 1 of 2: Percents are of the flour." in screen


def test_a_script_answers_several_blanks_with_a_line_for_each(visit, lesson, tutor, tmp_path):
    for day in (0, 30, 90):
        visit(create_review_flow if day else create_learn_flow, day, topic=None if day else "food/bread")
    script = tmp_path / "s.yaml"
    script.write_text("steps:\n  - answer: |\n      100\n      water\n      900\n  - quit\n")
    ran = tutor("--docs", lesson, "--plain", "--offline", "--seed", "2", "learn", "bread", "--script", script)
    screen = " ".join(ran.stdout.split())
    assert "You: 100 water 900" in screen, screen


def test_a_sheet_has_all_lines_blank_and_takes_a_line_for_each(lesson, tutor, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", lesson, "--offline", "--seed", "2", "quiz", "bread", "--sheet", sheet)
    blank = sheet.read_text(encoding="utf-8")
    flour = int(re.search(r"A dough of (\d+) g", blank)[1])
    assert "# 1 of 1: fill in the 4 lines" in blank and blank.count("____") == 4
    assert "      1. Grams of water: ____ (an exact number)\n" in blank
    water, salt, dough = flour * 6 // 10, flour * 2 // 100, flour * 162 // 100
    for answer, score in (
        (f"|\n      {water}\n      {salt}\n      water\n      {dough}", 1),
        (f"[{water}, {salt}, water, {dough}]", 1),
        (f"[{water}, {salt}, salt, {dough}]", 0.75),
        (f"|\n      {water}\n      {salt * 10}\n      water\n      {dough + salt * 9}", 0.75),
        (f"|\n      {water}\n      -\n      water\n      -", 0.5),
    ):
        sheet.write_text(blank.replace("    answer:", f"    answer: {answer}"), encoding="utf-8")
        ran = tutor(
            "--docs", lesson, "--offline", "--json", "quiz", "--answers", sheet, "--junit", tmp_path / "j.xml", "--no-log"
        )
        item = json.loads(ran.stdout)["items"][0]
        assert (item["score"], item["kind"]) == (score, "steps"), answer
    assert item["missed"] == [f"line 2: {salt}", f"line 4: {dough}"] and item["feedback"] == "Line 2: It is empty."
    assert item["answer"] == f"{water}\n-\nwater\n-"
    assert f"Missed: line 2: {salt}" in (tmp_path / "j.xml").read_text()


def test_a_worked_line_that_is_told_otherwise_is_the_same_question_and_other_numbers_are_another_one(lesson, tutor, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", lesson, "--offline", "quiz", "bread", "--sheet", sheet)
    sheet.write_text(sheet.read_text().replace("    answer:", "    answer: [1, 2, water, 3]"))
    told = BANK.replace("0.6 · {{flour}} =", "60 % of {{flour}} g are")
    (lesson / "food" / "bread.quiz.yaml").write_text(told, encoding="utf-8")
    assert tutor("--docs", lesson, "--offline", "quiz", "--answers", sheet).returncode == 0
    (lesson / "food" / "bread.quiz.yaml").write_text(BANK.replace("flour * 0.6", "flour * 0.7"), encoding="utf-8")
    ran = tutor("--docs", lesson, "--offline", "quiz", "--answers", sheet)
    assert ran.returncode == 5 and "the item was changed after the sheet was written" in ran.stderr


def test_with_all_lines_worked_out_it_is_an_example_of_its_section(lesson):
    (item,) = bank.parse_bank(BANK, "food/bread", "b.quiz.yaml")
    (example,) = examples_of([item])
    assert re.fullmatch(
        r"\*\*Example\.\*\* A dough of (\d+) g .*\n\n1\. .*\n4\. Grams of dough: \1 \+ (\d+) \+ (\d+) = (810|1620)\n\n"
        r"Bakers count from the flour\.", example, re.DOTALL,
    )  # fmt: skip


def test_what_an_answer_has_shown_is_told_with_the_lines_that_were_blank_then(lesson, visit, tutor):
    visit(create_learn_flow, 0, topic="food/bread")
    visit(create_review_flow, 30)
    visit(create_review_flow, 90, "100; water; 810", "100; water; 2", "200; water; 2", "200; water; 2")
    (told,) = json.loads(tutor("--docs", lesson, "--json", "progress").stdout)["misconceptions"]
    (shown, *_) = told["evidence"]
    assert told["id"] == "two percent is a fifth" and "1. Grams of water: 0.6 ·" in shown["question"]
    assert shown["question"].count("____") == 3 and "; water; " in shown["answer"]


@pytest.mark.parametrize("plain", [[], ["--plain"]])
def test_at_a_keyboard_the_lines_are_asked_one_under_another(plain, lesson, person):
    someone = person(*plain, "quiz", "bread", rows=40)
    someone.read("1 >" if plain else "1 ›")  # what was typed before the prompt was there is dropped
    someone.settle()
    for keys in ("1", "-", "water", "3"):
        someone.press(keys, "enter")
        someone.settle()
    assert someone.leave() == 0
    text = someone.everything()
    assert "line 1: “1” is wrong; right is" in text and "line 2: nothing is there; right is" in text
    assert "line 3 is right" in text and "score 0.25" in text


@pytest.mark.parametrize("plain", [[], ["--plain"]])
def test_at_a_keyboard_all_of_them_may_stand_on_one_line(plain, lesson, person):
    someone = person(*plain, "quiz", "bread", rows=40)
    someone.read("1 >" if plain else "1 ›")  # what was typed before the prompt was there is dropped
    someone.settle()
    someone.press("1; 2; water; 3", "enter")
    assert someone.leave() == 0
    assert "score 0.25" in someone.everything()


def test_lines_that_are_asked_for_again_can_be_brought_back_and_gone_through(lesson, person):
    someone = person("quiz", "bread", rows=40)
    someone.read("next line")
    someone.settle()
    for keys in ("1", "2", "water", "many"):
        someone.press(keys, "enter")
        someone.settle()
    someone.read("Line 4: “many” is not a number")
    someone.read("↑ your lines")
    someone.press("up", "enter", "enter", "enter")
    someone.settle()
    someone.press(*["\x7f"] * 4, "5", "enter")
    assert someone.leave() == 0
    assert "1; 2; water; 5" in someone.everything() and "score 0.25" in someone.everything()
