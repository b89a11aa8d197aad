"""A quiz as a person takes it at a real pseudo-terminal."""

from __future__ import annotations

import re
import threading

import pytest
from conftest import NOW
from endpoint import serving, streamed
from person import ended_well

from tutor.learner.records import open_records
from tutor.models import Attempt, Evidence, Grade


def kept(home):
    with open_records(home, now=lambda: NOW, read_only=True) as store:
        return store.attempts()


def answer_to(question: str) -> str:
    """Right, but for the salt."""
    grams = re.search(r"do (\d+) g", question)
    return str(int(grams[1]) * 50) if grams else "sugar" if "____" in question else "7"


def test_all_questions_come_first_and_all_grades_at_the_end(person, home, tmp_path):
    someone = person("quiz", "bread", "--kinds", "number,cloze", "--junit", tmp_path / "j.xml", rows=60)
    someone.read("3 questions, the grades at the end. --seed 4 asks the same again.")
    for number in (1, 2, 3):
        text = someone.read(f"{number} of 3 · food/bread")
        someone.settle()
        assert "✓" not in text and "✗" not in text and "hint" not in text
        someone.press(answer_to(someone.text().split(f"{number} of 3")[1]), "enter")
        assert len(kept(home)) >= number - 1, "each is kept as it is given"
    assert someone.leave() == 0
    text = someone.everything()
    assert "2 of 3 right  score 0.67" in text and "seed 4" in text and re.search(r"\d+ s · seed 4", text)
    assert "The answer. 2" in text and "bread.md:" in text, "what was missed, and where to read again"
    assert {attempt.mode for attempt in kept(home)} == {"quiz"} and len(kept(home)) == 3
    assert all(attempt.due for attempt in kept(home)), "a quiz at the keyboard moves the reviews"
    assert 'failures="1"' in (tmp_path / "j.xml").read_text(encoding="utf-8")
    assert ended_well(someone)


def test_without_a_seed_what_the_learner_believes_wrongly_comes_first(docs, home):
    from person import Person

    with open_records(home, now=lambda: NOW) as store:
        for day in (12, 14):
            at = f"2026-02-{day}T10:00:00.000Z"
            given = Attempt("food/bread:gas", "yeast", "oxygen", Grade(0.0), at, "practice")
            store.add(given, evidence=[Evidence("yeast makes oxygen", Evidence.SHOWN, given.item, "yeast", at)])
    someone = Person(["--docs", docs, "quiz", "bread", "-n", 2], home)
    text = someone.read("Which gas makes dough rise?")
    assert "Some are about misconceptions" in text and "--seed" not in text and "1 of 2" in text
    someone.settle()
    someone.press("q")
    someone.child.close(force=True)


def test_what_cannot_be_read_costs_nothing_and_is_asked_again(person):
    someone = person("quiz", "bread", "--kinds", "number", "-n", 1)
    someone.read("hand in")
    someone.press("lots", "enter")
    someone.read("“lots” is not a number that I can read")
    someone.settle()
    someone.press("q", "enter")
    assert someone.leave() == 5
    assert "Nothing was answered." in someone.text()


def test_ctrl_c_keeps_what_was_answered_and_leaves_a_whole_report(person, home, tmp_path):
    someone = person("quiz", "bread", "--kinds", "number,cloze", "--junit", tmp_path / "j.xml")
    someone.read("1 of 3")
    someone.settle()
    someone.press("1", "enter")
    someone.read("2 of 3")
    someone.settle()
    someone.press("c-c")
    assert someone.leave() == -2, "by the signal itself, which a shell shows as 130"
    assert len(kept(home)) == 1 and ended_well(someone)
    report = (tmp_path / "j.xml").read_text(encoding="utf-8")
    assert report.rstrip().endswith("</testsuites>") and 'tests="3"' in report


@pytest.mark.parametrize("extra", [[], ["--plain"]], ids=["drawn", "plain"])
def test_handing_in_early_counts_the_rest_as_missed(person, extra):
    someone = person("quiz", "bread", "--kinds", "cloze,number", *extra, "--min-score", "0.5", rows=60)
    for number in (1, 2):
        someone.read(f"{number} of 3")
        someone.settle()
        someone.press("k" if number == 1 else "q", "enter")
    assert someone.leave() == 1
    assert "0 of 3 right" in someone.text() and "No answer was given." in someone.text()


SHORT = """\
items:
  - id: eats
    section: yeast
    kind: short
    question: What does yeast do to sugar?
    rubric: [{point: Yeast eats sugar.}]
    references: [Yeast eats sugar.]
    hints: [It is hungry., It is a meal.]
    explanation: It eats it.
"""


@pytest.mark.parametrize("key", ["\x1b", "c-c"])
def test_an_answer_stays_when_the_wait_for_the_model_is_stopped(person, docs, home, key):
    (docs / "food" / "bread.quiz.yaml").write_text(SHORT, encoding="utf-8")
    over = threading.Event()

    def waits(request):
        over.wait(60)
        yield from streamed("{}")

    with serving(waits) as server:
        someone = person("quiz", "bread", OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="fake")
        someone.read("What does yeast do to sugar?")
        someone.settle()
        someone.press("it eats the sugar", "enter")
        someone.read("grading… 1 s")
        someone.press("zzz", key)
        someone.read("going on with the built-in grader")
        status = someone.leave()
        over.set()
    assert [attempt.answer for attempt in kept(home)] == ["it eats the sugar"]
    assert status == 0 and "zzz" not in someone.everything() and "1 of 1 right" in someone.everything()
    assert ended_well(someone) and someone.modes() == someone.before


def test_a_terminal_in_ci_is_nobody_at_the_keyboard(person):
    someone = person("quiz", "bread", CI="true")
    assert someone.leave() == 2
    assert "--answers FILE" in someone.text()
