"""Questions on programs in a session: in reviews, beside a model, and what is said of a loop that never ends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from endpoint import serving, streamed
from predicted import PRINTS, SUM

from flow import create_learn_flow, create_review_flow
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from utils.llm.endpoint import Endpoint, Limits
from utils.llm.language_model import LanguageModel
from utils.sandbox.choosing import chosen

BANK = f"""\
items:
{SUM}{PRINTS}    hints: [It adds up., Begin with 0.]
    explanation: It is a running sum.
  - id: double
    section: salt
    kind: code
    question: Write `double(x)`, twice a number.
    examples: [double(2) == 4]
    tests: [double(3) == 6]
    reference: |
      def double(x):
          return x + x
    hints: [Doubling is not squaring., Add it to itself.]
    explanation: Twice a number is the number and itself.
"""
RIGHT = {"sum": "1\n3\n6", "double": "def double(x):\n    return 2 * x"}
LIMITS = Limits(connect_s=60, first_piece_s=60, stall_s=60, total_s=60, backoff_s=0.01)

pytestmark = pytest.mark.skipif(chosen().means is None, reason=f"no sandbox here: {chosen()}")


class Coder(ScriptedLearner):
    """Takes what is to be done at each item from a table, one step after the other; then does it right."""

    def __init__(self, **steps):
        super().__init__([])
        self.table, self.asked = steps, []

    def answer(self, question, keys):
        if question.optional or "skip" not in keys:
            return Step("next")
        name = question.item.id
        self.asked.append(name)
        step = self.table[name].pop(0) if self.table.get(name) else RIGHT[name]
        return step if isinstance(step, Step) else Step("answer", step)

    def choose(self, options, keys, unattended):
        return Step("quit")


@pytest.fixture
def run(docs, home, capsys, monkeypatch):
    """Run a flow on a day, with a model where a server is given; returns (screen, attempts, cards)."""
    monkeypatch.chdir(docs.parent)
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")

    def runs(learner, server=None, make=create_learn_flow, day=0):
        with environment_of(docs, home, learner, NOW + timedelta(day), f"day{day}") as environment:
            if server:
                environment.model = LanguageModel(Endpoint(server.base_url, "fake"), limits=LIMITS)
            make().run(session_store(environment, "bread"))
            found = environment.records.attempts(), environment.records.cards()
        return (" ".join(capsys.readouterr().out.split()), *found)

    return runs


def test_a_review_asks_them_again_and_records_what_came_of_it(run):
    _, attempts, cards = run(Coder())
    assert {card.item for card in cards} == {"food/bread:sum", "food/bread:double"}
    assert all(one.grade.correct and one.due for one in attempts)
    reviewer = Coder(sum=["1\n2\n3"], double=["def double(x):\n    return x * x"])
    screen, attempts, later = run(reviewer, make=create_review_flow, day=9)
    assert set(reviewer.asked) == {"sum", "double"} and len(reviewer.asked) == 4, "each wrong once, and right with a hint"
    reviewed = [one for one in attempts if one.mode == "review"]
    assert {(one.item, one.grade.correct, one.hints) for one in reviewed} == {
        ("food/bread:sum", False, 0), ("food/bread:sum", True, 1),
        ("food/bread:double", False, 0), ("food/bread:double", True, 1),
    }  # fmt: skip
    assert all(after.due > before.due for before, after in zip(cards, later, strict=True))
    assert "line 2" in screen and "double(3) gives 9" in screen and "0 of 2 known, 2 with help" in screen


def test_a_loop_that_never_ends_is_told_in_plain_words_and_is_a_try_like_any_other(run):
    screen, attempts, _ = run(Coder(double=["def double(x):\n    while True:\n        pass"]))
    assert "it ran too long: does a loop never end?" in screen
    tries = [one for one in attempts if one.item.endswith("double")]
    assert [(one.grade.score, one.hints) for one in tries] == [(0, 0), (1, 1)]


def turn(say: str, intent: str = "answer", **more) -> str:
    found = {"intent": intent, "misconception": "", "move": "question", "say": [say], "points": [], "contradiction": ""}
    return json.dumps({**found, **more})


def tutor_says(said: str):
    """A server that explains in prose, and says that as a tutor."""

    def answer(request):
        return streamed(said if "Choose one move" in json.dumps(request.json) else "Yeast makes gas.")

    return answer


def test_a_model_grades_neither_of_them_and_its_help_is_heard(run):
    wrong = Coder(sum=["1\n2\n3"], double=["def double(x):\n    return x * x"])
    with serving(tutor_says(turn("What does the second round add?"))) as server:
        screen, attempts, _ = run(wrong, server)
    assert {one.grade.grader for one in attempts} == {"built-in"}
    assert [one.grade.correct for one in attempts] == [False, True, False, True]
    assert screen.count("What does the second round add?") >= 1


def test_a_model_that_calls_a_wrong_program_right_changes_nothing(run):
    claims = turn("That is right, well done.", points=[{"point": 1, "met": True, "quote": "return x * x"}])
    wrong = Coder(sum=["1\n2\n3"], double=["def double(x):\n    return x * x"])
    with serving(tutor_says(claims)) as server:
        screen, attempts, _ = run(wrong, server)
    assert [one.grade.correct for one in attempts] == [False, True, False, True]
    assert "well done" not in screen


def test_a_model_that_says_the_program_is_not_heard(run):
    tells = turn("Write it like this: return x + x")
    with serving(tutor_says(tells)) as server:
        screen, _, _ = run(Coder(double=["def double(x):\n    return x * x"]), server)
    assert "return x + x" not in screen


def test_a_question_at_them_is_answered_and_costs_no_try(run):
    asks = Coder(sum=[Step("ask", "what does += do?")], double=[Step("ask", "what is doubling?")])
    with serving(tutor_says(turn("It adds to what is there.", "side_question", move="restate"))) as server:
        _, attempts, _ = run(asks, server)
        asked = " ".join(message["content"] for request in server.requests for message in request.messages)
    assert [(one.grade.score, one.hints) for one in attempts] == [(1, 0), (1, 0)]
    assert "what does += do?" in asked and "total += x" in asked and "double(3) == 6" not in asked


SQUARE = "def double(x):\n    return x * x"


def test_a_disputed_program_is_kept_for_its_author_costs_no_try_and_is_not_run_by_a_model(run, docs, tutor):
    disputes = Coder(double=[SQUARE, Step("appeal")])
    with serving(tutor_says(turn("What is three times two?"))) as server:
        screen, attempts, _ = run(disputes, server)
        again = [request for request in server.requests if "second look" in json.dumps(request.json)]
    assert "Kept as disputed. The grade stands, because the tests" in screen and not again
    tries = [one for one in attempts if one.item.endswith("double")]
    assert [(one.grade.correct, one.hints) for one in tries] == [(False, 0), (True, 0)]
    assert f"appeal {tries[0].id}" in screen
    ran = tutor("--docs", docs, "--offline", "appeal", tries[0].id)
    assert ran.returncode == 1 and "a question of docs/food/bread.quiz.yaml:17:" in ran.stdout
    assert "\n    def double(x):\n        return x * x\n" in ran.stdout and "1 of 2 tests pass" in ran.stdout
