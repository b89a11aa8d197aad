"""A grade that can be argued with."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from conftest import NOW
from endpoint import serving, streamed

from tutor.learner import appeals
from tutor.learner.records import open_records
from tutor.models import Attempt, Grade, Item
from utils import strict_yaml
from utils.text import sanitize

BANK = """\
items:
  - id: why
    section: yeast
    kind: short
    question: Why does dough rise?
    rubric: [{point: yeast breathes out carbon dioxide}]
    references:
      - Yeast eats sugar and breathes out carbon dioxide.
      - The yeast in it gives off carbon dioxide gas,
        which makes bubbles.
    hints: [Yeast is alive.]
    explanation: The gas makes bubbles.
"""
ANSWER = "the yeast gives off gas bubbles made of carbon dioxide"


@pytest.fixture
def disputed(docs, home):
    """An attempt that was graded wrong, and its number."""
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    with open_records(home, now=lambda: NOW) as records:
        grade = Grade(0.0, missed=("yeast breathes out carbon dioxide",))
        at = "2026-03-01T09:30:00.000Z"
        return records.add(Attempt("food/bread:why", "yeast", ANSWER, grade, at, "practice", session="s")).id


def appeal(tutor, docs, number, met, *options):
    quote = "gives off gas bubbles" if met else ""
    verdict = {"points": [{"point": 1, "met": met, "quote": quote}], "contradiction": "", "remark": "Hm."}
    with serving(streamed(json.dumps(verdict))) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        run = tutor("appeal", "--docs", docs, number, "--json", *options, **environment)
        return run, json.loads(run.stdout), server.requests


def test_an_appeal_that_stands_prints_the_change_that_would_accept_the_answer(tutor, docs, disputed):
    run, found, requests = appeal(tutor, docs, disputed, met=True)
    assert run.returncode == 0 and found["stands"]
    assert "second look at a disputed grade" in requests[0].messages[1]["content"]
    assert f'+      - "{ANSWER}"' in found["patch"] and "bread.quiz.yaml" in found["patch"]
    lines = found["patch"].split("\n")
    assert lines[lines.index("         which makes bubbles.") + 1].startswith("+"), "below a reference of two lines"


def test_with_a_language_the_remark_of_an_appeal_speaks_it(tutor, docs, disputed):
    _, _, requests = appeal(tutor, docs, disputed, False, "--language", "de")
    assert "Write in German" in requests[0].messages[0]["content"]


def test_an_appeal_that_does_not_stand_says_so_and_keeps_both_verdicts(tutor, docs, home, disputed):
    run, found, _ = appeal(tutor, docs, disputed, met=False)
    assert run.returncode == 1 and not found["stands"] and found["second"]["grader"] == "fake, strict"
    with open_records(home, now=lambda: NOW) as records:
        assert [grade.correct for grade in records.appeals(disputed)] == [False]
        assert records.attempt(disputed).grade.score == 0, "the first verdict stays as it was"


def test_without_a_model_the_built_in_grader_looks_again(tutor, docs, disputed):
    run = tutor("appeal", "--docs", docs, "0")
    assert run.returncode in (0, 1) and "second look" in run.stdout and ANSWER in run.stdout


def test_an_attempt_that_is_not_there_is_named(tutor, docs):
    run = tutor("appeal", "--docs", docs, "99")
    assert run.returncode == 2 and "there is no attempt 99" in run.stderr


def test_an_appeal_with_no_answer_on_record_is_nothing_run(tutor, docs):
    run = tutor("appeal", "0", "--docs", docs)
    assert run.returncode == 5 and "no answer yet" in run.stderr


def test_where_an_appeal_stands_other_attempts_are_graded_again_and_the_patch_is_tested(tutor, docs, home, disputed):
    with open_records(home, now=lambda: NOW) as records:
        first = records.attempt(disputed)
        same, other = records.add(replace(first, id=0)).id, records.add(replace(first, id=0, answer="warmth")).id
    _, found, requests = appeal(tutor, docs, disputed, met=True)
    assert found["flips"] == [{"attempt": same, "answer": ANSWER, "correct": True}]
    assert len(requests) == 2, "the same answer is looked at once"
    assert found["test"] == {"passes": True, "command": f"ptutor --docs {docs} check docs/food/bread.quiz.yaml"}
    with open_records(home, now=lambda: NOW) as records:
        assert [len(records.appeals(number)) for number in (disputed, same, other)] == [1, 1, 0]


def test_an_appeal_that_stands_lists_on_screen_what_else_it_changes():
    attempts = [Attempt("a/b:c", "s", said, Grade(0.0), "", "quiz", id=number) for number, said in ((3, "x"), (5, "x"), (8, "y"))]
    assert appeals.flip_lines([(attempt, Grade(1.0)) for attempt in attempts]) == [
        "The same look at all other attempts of this question changes:", "right now: 3, 5: “x”", "right now: 8: “y”",
    ]  # fmt: skip
    assert appeals.flip_lines([]) == []


def test_a_terminal_gets_whole_words_on_its_lines_and_the_patch_as_it_is():
    one = appeals.grade_document(Grade(0.0, feedback="This does not yet say what the question asks for."))
    patch = "+      - " + json.dumps("x " * 60)
    document = {
        "attempt": 1, "item": "a/b:c", "answer": "some words " * 9, "stands": False, "first": one, "flips": [], "patch": patch,
        "second": {**one, "score": 0.45}, "test": {"passes": True, "command": "ptutor check 'a b.yaml'"},
    }  # fmt: skip
    lines = appeals.listing(document, 60).split("\n")
    assert patch in lines and "ptutor check 'a b.yaml'" in lines and max(len(line) for line in lines if line != patch) <= 60
    assert "The appeal stands in part; both are kept." in lines


@pytest.mark.parametrize(
    "old",
    ["[Yeast makes gas? Yes.]", "['Yeast makes gas.' , ]", '["Yeast makes\n      gas.", # so\n     Gas is made by yeast.\n    ]'],
)
def test_a_list_in_brackets_is_patched_as_well_and_the_bank_stays_valid(old):
    text = f"items:\n  - id: other\n    references: [ä😀]\n  - id: why\n    references: {old}\n    hints: [x]\n"
    before = strict_yaml.load(text, "b.yaml")["items"][1]
    answer = 'it "breathes", [out]: \x9b # gas'
    patch = appeals.bank_patch(Item("why", "a/b", "c", "short", "?", references=("x",)), answer, text, "b.yaml").split("\n")
    assert patch[:2] == ["--- b.yaml", "+++ b.yaml"]
    patched = text
    for sign in "-+":
        lines = [line[1:] for line in patch[3:] if line[0] in (" ", sign)]
        patched = patched.replace("\n".join(lines), "HERE") if sign == "-" else patched.replace("HERE", "\n".join(lines))
    after = strict_yaml.load(patched, "b.yaml")["items"]
    assert after[1] == {**before, "references": [*before["references"], sanitize(answer)]} and after[0]["references"] == ["ä😀"]
