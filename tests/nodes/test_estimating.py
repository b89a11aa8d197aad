"""An item with `guess`: an estimate is asked for first, never counts, and is met again beside the answer."""

from __future__ import annotations

import json
from collections import deque
from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from endpoint import serving, streamed

from flow import create_learn_flow, create_review_flow
from tutor.corpus.bank import parse_bank
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from utils.errors import InvalidFile
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel

BANK = """\
items:
  - id: flour
    section: yeast
    kind: number
    guess: true
    variables:
      y: {choose: [4]}
    question: How many grams of flour do {{y}} g of yeast raise in an hour?
    answer: y * 50
    unit: g
    hints: [Ten grams raise 500.]
    explanation: Fifty times 4.
"""
LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)
ASKED = "First, your estimate."


class Typist(ScriptedLearner):
    """A person who types these lines at whatever asks for one; a word for a key is that key."""

    attended = True

    def __init__(self, *lines):
        super().__init__([])
        self.lines, self.keys = deque(lines), []

    def answer(self, question, keys):
        self.keys.append(keys)
        line = self.lines.popleft() if self.lines else "quit"
        action, _, text = line.partition(": ")
        return Step(action, text) if action in (*keys, "ask") else Step("answer", line)

    def write(self, keys):
        return Step("next")

    def choose(self, options, keys, unattended):
        return Step("quit")


@pytest.fixture
def learn(docs, home, monkeypatch, capsys):
    """Learn about bread, returns (screen, attempts, cards)."""
    monkeypatch.chdir(docs.parent)
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")

    def run(*lines, make=create_learn_flow, days=0, server=None):
        typist = Typist(*lines)
        with environment_of(docs, home, typist, NOW + timedelta(days), f"day{days}") as environment:
            if server:
                environment.model = LanguageModel(Endpoint(server.base_url, "fake"), limits=LIMITS)
            make().run(session_store(environment, "food/bread"))
            found = environment.records.attempts(), environment.records.cards()
        return (" ".join(capsys.readouterr().out.split()), *found)

    return run


def test_it_is_asked_for_once_and_stands_beside_the_answer(learn):
    screen, attempts, cards = learn("about 150 g", "200")
    assert screen.count(ASKED) == 1 and "It isn't graded, and you meet it again with the answer." in screen
    end = screen[screen.index("Right.") :]
    assert "Right. Your estimate, 150 g, was a quarter below 200 g. Fifty times 4." in end
    assert [(one.answer, one.grade.score, one.hints) for one in attempts] == [("200", 1, 0)] and len(cards) == 1


def test_it_changes_neither_score_nor_memory(learn, home, docs):
    _, plain, dates = learn("next", "200")
    home.rename(home.with_name("other"))
    _, estimated, others = learn("7000", "200")
    assert (plain, dates) == (estimated, others)


@pytest.mark.parametrize("said", ["next", "I don't know", "no idea", "skip it"])
def test_it_may_be_left_out_and_is_then_not_met(learn, said):
    screen, attempts, _ = learn(said, "200")
    assert screen.count(ASKED) == 1 and "Your estimate" not in screen and "Now work it out" not in screen
    assert [one.answer for one in attempts] == ["200"]


def test_it_is_met_beside_an_answer_that_is_shown(learn):
    screen, _, _ = learn("20", "100", "300")
    assert "The answer. 200 g Your estimate, 20 g, was too small by a factor of about 10: it is 200 g. Fifty times 4." in screen


def test_it_is_met_where_the_question_is_given_up(learn):
    assert "The answer. 200 g Your estimate, 20 g" in learn("20", "skip")[0]
    screen, attempts, _ = learn("skip")
    assert "Your estimate" not in screen and attempts[-1].shown


def test_a_hint_or_a_question_there_leads_back_to_it(learn):
    screen, attempts, _ = learn("hint", "ask: what does salt do?", "what is yeast?", "150", "200")
    assert "Hint 1 of 1: Ten grams raise 500." in screen and "Salt slows yeast down" in screen
    assert screen.count(ASKED) == 4 and "Your estimate, 150 g" in screen
    assert [(one.answer, one.hints) for one in attempts] == [("200", 1)]


def test_what_is_no_number_is_asked_for_again_at_no_cost(learn):
    screen, attempts, _ = learn("a lot of it", "150", "200")
    assert "That is no number that I can read." in screen and screen.count(ASKED) == 2 and len(attempts) == 1


def test_with_a_model_a_question_there_is_answered_and_the_number_is_graded_without_it(learn):
    said = json.dumps({"intent": "side_question", "move": "restate", "say": ["Ten grams raise 500 of flour."]})

    def answer(request):
        return streamed(said if "Choose one move" in json.dumps(request.json) else "Yeast makes gas.")

    with serving(answer) as server:
        lines = ("ask: what does yeast eat?", "I don't get why flour is heavy", "150", "200")
        screen, attempts, _ = learn(*lines, server=server)
    assert screen.count("Ten grams raise 500 of flour.") == 2 and screen.count(ASKED) == 3
    assert "Your estimate, 150 g, was a quarter below 200 g." in screen
    assert [(one.answer, one.grade.grader) for one in attempts] == [("200", "built-in")]


def test_leaving_there_asks_for_it_the_next_time_and_leaving_after_it_does_not(learn):
    _, attempts, _ = learn("quit")
    assert attempts == []
    screen, _, _ = learn("150", "quit")
    assert screen.count(ASKED) == 1
    screen, _, _ = learn("200")
    assert screen.count(ASKED) == 0 and "Your estimate, 150 g, was a quarter below 200 g." in screen


def test_it_is_asked_again_in_a_review_but_not_when_the_question_comes_back_after_a_miss(learn):
    screen, attempts, _ = learn("150", "7", "8", "200")
    assert screen.count(ASKED) == 1 and screen.count("Your estimate") == 1 and len(attempts) == 3
    screen, attempts, _ = learn("190", "200", make=create_review_flow, days=9)
    assert screen.count(ASKED) == 1 and "Your estimate, 190 g, was a twentieth below 200 g." in screen


def test_a_script_is_asked_where_it_has_one(docs, tutor, tmp_path):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    script = tmp_path / "s.yaml"
    for step, asked in (("", False), ("  - estimate: 150\n", True)):
        script.write_text(f"steps:\n{step}  - answer: 200\n")
        ran = tutor("--docs", docs, "--plain", "--offline", "learn", "bread", "--script", script, "--json")
        events = [json.loads(line) for line in ran.stdout.splitlines()]
        met = [one for one in events if one["event"] == "estimate"]
        assert (ASKED in " ".join(ran.stderr.split())) == asked
        assert [(one["estimate"], one["answer"], one["score"]) for one in met] == [(150, 200, 0.75)] * asked


def test_a_quiz_asks_the_number_as_always(docs, tutor, tmp_path):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", docs, "--offline", "quiz", "bread", "--sheet", sheet)
    with_guess = sheet.read_text()
    (docs / "food" / "bread.quiz.yaml").write_text(BANK.replace("    guess: true\n", ""), encoding="utf-8")
    tutor("--docs", docs, "--offline", "quiz", "bread", "--sheet", sheet)
    assert sheet.read_text() == with_guess and "estimate" not in with_guess


def test_other_kinds_have_no_guess():
    bank = BANK.replace("kind: number", "kind: short").replace("    answer: y * 50\n    unit: g\n", '    expression: "50*y"\n')
    with pytest.raises(InvalidFile) as caught:
        parse_bank(bank, "food/bread", "bread.quiz.yaml")
    assert str(caught.value).startswith('bread.quiz.yaml:5: item "flour": found the field "guess", which is for number')
    with pytest.raises(InvalidFile, match="expected true or false"):
        parse_bank(BANK.replace("guess: true", "guess: 12"), "food/bread", "bread.quiz.yaml")
