"""A quiz whose free-text answers a model reads: parallel, repeatable, replayable, and never worse than without it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import ROOT, bare_environment
from endpoint import error, response, serving, streamed
from program import end_by

BANK = """\
items:
""" + "".join(
    f"""\
  - id: why{n}
    section: yeast
    kind: short
    question: Why does dough number {n} rise?
    rubric:
      - point: yeast breathes out carbon dioxide
    references: [Yeast eats sugar and breathes out carbon dioxide.]
    hints: [Yeast is alive.]
    explanation: The gas makes bubbles.
"""
    for n in range(3)
)
RIGHT = "the yeast in it breathes out carbon dioxide"


def verdict(met=True, quote="breathes out carbon dioxide"):
    return json.dumps({"points": [{"point": 1, "met": met, "quote": quote if met else ""}], "contradiction": "", "remark": "Hm."})


@pytest.fixture
def sheet(tutor, docs, tmp_path):
    """A filled sheet of three free-text questions."""
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    path = tmp_path / "sheet.yaml"
    assert tutor("quiz", "--docs", docs, "--sheet", path, "--seed", 1).returncode == 0
    text = path.read_text(encoding="utf-8")
    assert text.count("answer:") >= 3
    lines = [f"{line} {RIGHT}" if line.strip() == "answer:" else line for line in text.splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def quiz(tutor, docs, sheet, tmp_path):
    def run(*answers, arguments=(), model="fake"):
        with serving(*answers) as server:
            environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": model}
            run = tutor("quiz", "--docs", docs, "--answers", sheet, "--json", *arguments, **environment)
            return run, json.loads(run.stdout) if run.stdout else None, server

    return run


def test_a_model_reads_the_free_text_answers(quiz):
    run, document, server = quiz(streamed(verdict()), arguments=["--jobs", "3", "--min-score", "1"])
    assert run.returncode == 0, run.stderr
    assert document["mode"] == "model" and document["model"] == "fake" and document["usage"]["prompt_tokens"] == 21
    assert [item["grader"] for item in document["items"]] == ["fake"] * 3 and len(server.requests) == 3


def test_the_grader_is_named_also_where_only_the_reply_tells_the_models_name(quiz):
    def answer(request):
        if request.path.endswith("/models"):
            return response(json.dumps({"data": [{"id": "fake"}]}))
        return streamed(verdict())

    run, document, _ = quiz(answer, arguments=["--jobs", "1"], model="")
    assert [item["grader"] for item in document["items"]] == ["fake"] * 3 and document["grader"].startswith("fake ("), run.stderr


def test_one_failing_reply_costs_no_other_answer_its_grade(quiz):
    def answer(request):
        return error("400 Bad Request", "no") if "number 1" in request.messages[-1]["content"] else streamed(verdict())

    run, document, _ = quiz(answer, arguments=["--jobs", "1"])
    graders = {item["id"]: item["grader"] for item in document["items"]}
    assert graders["why1"] == "built-in" and run.returncode == 0
    assert run.stderr.count("going on with the built-in tutor") == 1


def test_where_a_model_is_required_its_failure_is_an_error_and_never_a_failed_answer(quiz, tmp_path):
    junit = tmp_path / "report.xml"
    run, document, _ = quiz(error("500 Oops", "boom"), arguments=["--require-model", "--min-score", "0.5", "--junit", junit])
    assert run.returncode == 3
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert (suite.get("errors"), suite.get("failures")) == ("3", "0")
    assert all("500" in item["error"] or "model" in item["error"] for item in document["items"])


def test_a_refused_key_exits_with_2_where_a_model_is_required(quiz):
    assert quiz(error("401 Unauthorized", "no"), arguments=["--require-model"])[0].returncode == 2


def test_verdicts_that_differ_over_repetitions_are_flaky_and_count_as_told(quiz):
    def answer(request):
        seen.append(1)
        return streamed(verdict(met=len(seen) % 2 == 0))

    seen: list[int] = []
    run, document, _ = quiz(answer, arguments=["--repeat", "2", "--jobs", "1", "--min-score", "1"])
    assert run.returncode == 1 and {item["stability"] for item in document["items"]} == {"flaky"}
    run, document, _ = quiz(answer, arguments=["--repeat", "2", "--jobs", "1", "--min-score", "1", "--flaky", "pass"])
    assert run.returncode == 0


def test_a_cassette_replays_the_same_verdicts_without_key_or_network(quiz, tutor, docs, sheet, tmp_path):
    tape = tmp_path / "tape.yaml"
    _, recorded, _ = quiz(streamed(verdict()), arguments=["--cassette", tape])
    assert "asked:" in tape.read_text(encoding="utf-8")
    run = tutor("quiz", "--docs", docs, "--answers", sheet, "--json", "--cassette", tape)
    replayed = json.loads(run.stdout)
    assert run.returncode == 0 and replayed["model"] == "fake"
    assert [item["met"] for item in replayed["items"]] == [item["met"] for item in recorded["items"]]


def test_a_cassette_that_does_not_know_an_answer_ends_with_3_and_calls_nobody(quiz, sheet, tmp_path):
    tape = tmp_path / "tape.yaml"
    quiz(streamed(verdict()), arguments=["--cassette", tape])
    sheet.write_text(sheet.read_text(encoding="utf-8").replace(RIGHT, "because the yeast breathes gas", 1), encoding="utf-8")
    run, _, server = quiz(streamed(verdict()), arguments=["--cassette", tape])
    assert run.returncode == 3 and not server.requests


@pytest.fixture
def stuck():
    """What an endpoint does after its first reply: it says that it was asked, and keeps everybody waiting."""
    asked, released = threading.Event(), threading.Event()

    def answer(request):
        asked.set()
        released.wait(120)
        return streamed(verdict())

    yield answer, asked
    released.set()


def ended_while_waiting(stuck, number, home, *arguments):
    """A command that a signal ends while it waits for a model."""
    answer, asked = stuck
    with serving(streamed(verdict()), answer) as server:
        environment = {**bare_environment(home), "OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        child = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *map(str, arguments)], env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert asked.wait(60)
        time.sleep(0.5)  # the grade before this one is on its way from one thread to another
        assert end_by(child, number) == -number
        said, errors = child.communicate()
    assert "Traceback" not in errors
    return said


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_quiz_that_waits_for_a_model_and_the_report_has_its_grades(stuck, sheet, docs, home, tmp_path, name):
    report = tmp_path / "report.xml"
    number = getattr(signal, name)
    ended_while_waiting(stuck, number, home, "quiz", "--docs", docs, "--answers", sheet, "--junit", report, "--jobs", "1")
    cases = ElementTree.parse(report).getroot().iter("testcase")
    assert [case.find("failure") is None for case in cases][:2] == [True, False]


def test_a_signal_ends_bulk_grading_that_waits_for_a_model_and_what_was_graded_is_printed(stuck, home, tmp_path):
    records = tmp_path / "records.jsonl"
    record = {"question": "Why does dough rise?", "reference": "Yeast makes gas."}
    asked = [record | {"id": n, "answer": f"{n} times: yeast breathes out carbon dioxide"} for n in (1, 2, 3)]
    records.write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")
    said = ended_while_waiting(stuck, signal.SIGINT, home, "grade", records, "--jobs", "1")
    assert [json.loads(line)["id"] for line in said.splitlines()] == [1]
