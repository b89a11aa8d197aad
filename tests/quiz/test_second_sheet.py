"""The second sheet: what the answers of a filled sheet meant, asked in a file, read from it, and in every report."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from conftest import environment_of
from typist import Typist

from flow import create_quiz_flow
from tutor.grading.rubrics import judging
from tutor.nodes.shared import quiz_store
from tutor.quiz.choosing import QuizRequest

BANK = """\
items:
  - id: float
    section: yeast
    kind: short
    question: Why does wood float, and what happens to a stone?
    rubric:
      - {point: wood is less dense than water, near: wood is denser than water, ask: How dense is wood?}
      - {point: a stone sinks to the bottom, near: a stone rises to the top}
    references: ["Wood is less dense than water, so it floats. A stone sinks to the bottom."]
  - id: salt
    section: salt
    kind: short
    question: What does salt do?
    rubric: [{point: salt slows the yeast, near: salt feeds the yeast}]
    references: [Salt slows the yeast down.]
  - id: percent
    section: salt
    kind: number
    question: How much salt, in percent of the flour?
    answer: 2
"""
ANSWERS = {"float": "Wood is less dense than water and the stone goes to the bottom", "salt": "the yeast is slow", "percent": "2"}


@pytest.fixture(autouse=True)
def in_doubt(monkeypatch):
    """Whatever can be read point by point is unsure."""
    weights = replace(judging.shipped_rubric_weights(), low=0.0, high=1.01)
    monkeypatch.setattr(judging, "shipped_rubric_weights", lambda: weights)


@pytest.fixture
def docs(docs):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    return docs


@pytest.fixture
def quiz(tutor, docs):
    return lambda *arguments: tutor("--docs", docs, "--plain", "quiz", *arguments)


@pytest.fixture
def sheet(quiz, tmp_path):
    """A filled sheet."""

    def fill(name="sheet.yaml", **changes):
        path = tmp_path / name
        quiz("bread", "--seed", 3, "--sheet", path)
        said = {**ANSWERS, **changes}
        parts = re.split(r"(?=\n  # \d)", path.read_text(encoding="utf-8"))
        for number, part in enumerate(parts[1:], 1):
            answer = said[re.search(r"- id: food/bread:(\S+)", part)[1]]
            parts[number] = re.sub(r"    answer:$", f"    answer: {answer}", part, flags=re.M)
        path.write_text("".join(parts), encoding="utf-8")
        return path

    return fill


@pytest.fixture
def second(quiz, sheet, tmp_path):
    """A second sheet just written, beside its first."""
    first, path = sheet(), tmp_path / "second.yaml"
    quiz("--answers", first, "--clarify", path)
    return path


def fill(path, **choices):
    """Choose by the words of an option, for each question by its number: float_2="a stone sinks to the bottom"."""
    parts = re.split(r"(?=\n  # \d)", path.read_text(encoding="utf-8"))
    for number, part in enumerate(parts[1:], 1):
        name = re.search(r"- id: food/bread:(\S+)", part)[1].replace("/", "_")
        if name in choices:
            parts[number] = part.replace("    answer:", f"    answer: {choices[name]}")
    path.write_text("".join(parts), encoding="utf-8")


def items_of(run) -> dict[str, dict]:
    return {item["id"]: item for item in json.loads(run.stdout)["items"]}


# ------------------------------------------------------------------------------------------------------- written


def test_the_open_questions_are_written_with_the_answers_that_they_are_about(quiz, sheet, tmp_path):
    path = tmp_path / "second.yaml"
    run = quiz("--answers", sheet(), "--clarify", path)
    assert re.search(
        r"second\.yaml: 2 questions about 2 answers\. Fill it in; then: ptutor --docs \S+ quiz --answers \S+ --clarify",
        run.stderr,
    )
    text = path.read_text(encoding="utf-8")
    assert text.count("Which is what you meant?") == 2 and "You wrote: “the yeast is slow”" in text
    assert "c: neither of the two" in text and text.count("answer:\n") == 2


def test_nothing_is_given_away_but_what_is_asked_about(second):
    text = second.read_text(encoding="utf-8")
    assert "wood is less dense" not in text and "right" not in text, "the point that was made is not asked about"


def test_until_it_is_filled_in_the_stricter_verdict_stands_and_every_report_says_so(quiz, sheet, tmp_path):
    first, junit = sheet(), tmp_path / "j.xml"
    plain = quiz("--answers", first, "--json", "--junit", tmp_path / "before.xml")
    run = quiz("--answers", first, "--clarify", tmp_path / "second.yaml", "--json", "--junit", junit, "--min-score", 1)
    assert run.returncode == 1
    items, document = items_of(run), json.loads(run.stdout)
    assert {name: item["score"] for name, item in items.items()} == {name: one["score"] for name, one in items_of(plain).items()}
    assert items["float"]["unsure"] and not items["float"]["correct"] and items["float"]["open_questions"] == 1
    assert document["unsure"] == 2 and items["percent"]["open_questions"] == 0
    failures = ElementTree.parse(junit).findall(".//failure")
    assert [failure.get("type") for failure in failures] == ["unsure", "unsure"]
    assert all(failure.get("message").startswith("unsure, the stricter verdict stands") for failure in failures)
    assert ElementTree.parse(junit).find(".//property[@name='unsure']").get("value") == "2"


def test_the_screen_keeps_to_itself_what_is_still_to_be_asked(quiz, sheet, tmp_path):
    run = quiz("--answers", sheet(), "--clarify", tmp_path / "second.yaml")
    assert "1 question on the second sheet will tell" in run.stdout
    assert "a stone sinks to the bottom" not in run.stdout and "Salt slows the yeast down." not in run.stdout


def test_the_same_sheet_gives_the_same_questions_byte_for_byte(quiz, sheet, tmp_path):
    first = sheet()
    texts = set()
    for number in range(2):
        quiz("--answers", first, "--clarify", tmp_path / f"{number}.yaml")
        texts.add((tmp_path / f"{number}.yaml").read_text(encoding="utf-8").replace(f"{number}.yaml", ""))
    assert len(texts) == 1


def test_no_file_is_written_where_nothing_is_unclear(quiz, sheet, tmp_path):
    run = quiz("--answers", sheet(float="", salt="I don't know"), "--clarify", tmp_path / "second.yaml")
    assert "not written, since no answer is unclear" in run.stderr and not (tmp_path / "second.yaml").exists()


# ---------------------------------------------------------------------------------------------------------- read


def test_a_point_that_was_meant_counts_nine_tenths_and_the_answer_is_right(quiz, second, sheet, tmp_path):
    fill(second, float_2="a stone sinks to the bottom", salt_1="salt slows the yeast")
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json", "--min-score", 0.9)
    assert run.returncode == 0 and run.stderr.count("warning") == 0
    items = items_of(run)
    assert items["float"]["correct"] and items["float"]["score"] == 0.95 and items["float"]["clarified"]
    assert items["salt"]["score"] == 0.9 and not items["salt"]["unsure"]


def test_a_letter_names_an_option_as_on_any_sheet(quiz, second, tmp_path):
    fill(second, float_2="C", salt_1="(c)")
    items = items_of(quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json"))
    assert items["float"]["score"] == 0.5 and items["salt"]["score"] == 0 and not items["float"]["unsure"]


def test_a_near_miss_is_a_miss_and_the_report_says_what_is_so(quiz, second, tmp_path):
    fill(second, float_2="a stone rises to the top", salt_1="salt slows the yeast")
    items = items_of(quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json"))
    assert items["float"]["feedback"] == "Not “a stone rises to the top”, but “a stone sinks to the bottom”."
    assert not items["float"]["correct"] and not items["float"]["unsure"]


def test_what_is_left_empty_stays_open(quiz, second, tmp_path):
    fill(second, salt_1="salt slows the yeast")
    before = second.read_text(encoding="utf-8")
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json")
    items = items_of(run)
    assert items["salt"]["correct"] and items["float"]["unsure"] and items["float"]["open_questions"] == 1
    assert re.search(r"second\.yaml:\d+: food/bread:float/2: has no answer; it stays open", run.stderr)
    assert second.read_text(encoding="utf-8") == before, "a sheet that is there is only read"


@pytest.mark.parametrize("answer", ["maybe", "d", "[a, b]", "'9'", '"\\u202ex"', "١", "a stone"])
def test_what_names_no_option_is_named_with_its_line_and_stays_open(quiz, second, tmp_path, answer):
    fill(second, float_2=answer)
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json")
    assert re.search(r"second\.yaml:\d+: food/bread:float/2: found “.*”, expected one of its letters", run.stderr)
    assert items_of(run)["float"]["unsure"] and "\x07" not in run.stderr and "Traceback" not in run.stderr


def test_the_answers_of_a_sheet_stand_in_the_report_and_nowhere_else(quiz, sheet):
    out = quiz("--answers", sheet(salt=f"salt slows it {'down ' * 2000}")).stdout
    assert out.count("You: salt slows it down") == 1 and 150 < out.count("down") < 220, "a long one is cut"


def test_what_is_no_letter_is_named_as_it_was_written(quiz, second, tmp_path):
    fill(second, float_2="[a, b]")
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second)
    assert "float/2: found “a, b”, expected one of its letters" in run.stderr


def test_only_what_is_asked_again_is_read(quiz, second, tmp_path):
    fill(second, float_2="neither of the two", salt_1="salt slows the yeast")
    first, report = tmp_path / "sheet.yaml", tmp_path / "r.json"
    report.write_text(quiz("--answers", first, "--clarify", second, "--json").stdout, encoding="utf-8")
    run = quiz("--answers", first, "--clarify", second, "--rerun-failed", report, "--json")
    assert list(items_of(run)) == ["float"] and "warning" not in run.stderr


def test_a_bank_that_changed_since_leaves_the_question_open(quiz, second, docs, tmp_path):
    fill(second, salt_1="salt slows the yeast")
    bank = docs / "food" / "bread.quiz.yaml"
    bank.write_text(BANK.replace("salt feeds the yeast", "salt kills the yeast"), encoding="utf-8")
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json")
    assert re.search(r"second\.yaml:\d+: food/bread:salt/1 is asked otherwise today", run.stderr)
    assert items_of(run)["salt"]["unsure"]


def test_a_letter_whose_words_were_changed_counts_for_nothing(quiz, second, tmp_path):
    fill(second, float_2="a stone sinks to the bottom", salt_1="salt slows the yeast")
    changed = second.read_text(encoding="utf-8").replace(": a stone rises to the top", ": a stone swims")
    second.write_text(changed, encoding="utf-8")
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second, "--json")
    assert re.search(
        r"second\.yaml:\d+: food/bread:float/2: found “a stone swims” beside [ab], expected “a stone rises to the top”",
        run.stderr,
    )
    items = items_of(run)
    assert items["float"]["unsure"] and items["float"]["open_questions"] == 1 and items["salt"]["correct"]


def test_words_that_are_only_wrapped_otherwise_are_the_same(quiz, second, tmp_path):
    fill(second, float_2="a", salt_1="a")
    changed = second.read_text(encoding="utf-8").replace(
        ": a stone rises to the top", ": |\n        A stone rises\n        to the top"
    )
    second.write_text(changed, encoding="utf-8")
    assert "warning" not in quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second).stderr


# ------------------------------------------------------------------------------------------------------ mistakes


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_emptied_second_sheet_is_told_as_one_and_left_alone(quiz, second, tmp_path, text):
    second.write_text(text, encoding="utf-8")
    run = quiz("--answers", tmp_path / "sheet.yaml", "--clarify", second)
    assert run.returncode == 4 and run.stdout == "" and second.read_text(encoding="utf-8") == text
    assert re.search(r"second\.yaml:1: found an empty file, expected the questions that --clarify wrote", run.stderr)


def test_a_second_sheet_of_other_answers_is_refused_with_its_line(quiz, second, sheet):
    fill(second, float_2="a", salt_1="a")
    other = sheet("other.yaml", salt="the yeast gets slower")
    run = quiz("--answers", other, "--clarify", second)
    assert run.returncode == 2 and run.stdout == ""
    assert re.search(r"second\.yaml:\d+: found questions about other answers, expected those of \S*other\.yaml", run.stderr)


def test_the_two_sheets_in_each_other_s_place_are_refused(quiz, second, tmp_path):
    first = tmp_path / "sheet.yaml"
    run = quiz("--answers", second, "--clarify", first)
    assert run.returncode == 2 and "found the questions that --clarify wrote, expected a filled sheet" in run.stderr
    run = quiz("--answers", first, "--clarify", first)
    assert run.returncode == 2 and "expected one that --clarify wrote" in run.stderr


def test_without_a_filled_sheet_there_is_nothing_to_clarify(quiz, tmp_path):
    run = quiz("--clarify", tmp_path / "second.yaml")
    assert run.returncode == 2 and "give that sheet with --answers FILE" in run.stderr


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"answers: [", b"- a\n", b"\x00", b"items: {}\n"])
def test_a_second_sheet_of_any_bytes_is_refused_as_an_invalid_file(quiz, sheet, tmp_path, data):
    path = tmp_path / "second.yaml"
    path.write_bytes(data)
    run = quiz("--answers", sheet(), "--clarify", path)
    assert run.returncode == 4 and "second.yaml" in run.stderr and "Traceback" not in run.stderr


def test_where_it_cannot_be_written_nothing_is_graded(quiz, sheet, home, tmp_path):
    run = quiz("--answers", sheet(), "--clarify", tmp_path / "no" / "such" / "second.yaml")
    assert run.returncode == 2 and "could not be written" in run.stderr and run.stdout == "" and not home.exists()


# -------------------------------------------------------------------------------------------------- at the keyboard


@pytest.fixture
def sit(docs, home, capsys):
    def run(*lines):
        request = QuizRequest(("food/bread",), 3, keys=("food/bread:salt", "food/bread:percent"))
        with environment_of(docs, home, Typist(*lines, attended=True)) as environment:
            shared = quiz_store(environment, request, None, None, None, None, None, 1, False, 1, {}, None)
            create_quiz_flow().run(shared)
            cards = environment.records.cards()
            return capsys.readouterr().out, shared["document"], environment.records.attempts(), cards

    return run


def test_at_the_keyboard_it_is_asked_right_after_the_answer_and_graded_at_the_end(sit):
    screen, document, attempts, cards = sit("the yeast is slow", "salt slows the yeast", "2")
    assert screen.index("Which is what you meant?") < screen.index("How much salt") < screen.index("Right.")
    assert [item["score"] for item in document["items"]] == [0.9, 1.0] and document["items"][0]["correct"]
    assert [attempt.grade.unsure for attempt in attempts] == [True, False, False], "stored before the learner is asked"
    assert len(cards) == 2


def test_at_the_keyboard_enter_says_neither_and_the_grade_can_be_appealed_by_its_number(sit):
    screen, document, attempts, _ = sit("the yeast is slow", "", "2")
    assert f"(kept as no. {attempts[1].id})" in screen and screen.count("(kept as no. ") == 1
    assert f"appeal {attempts[1].id}" in screen[screen.index("score 0") :], "at the end, what to type"
    assert [item["score"] for item in document["items"]] == [0.0, 1.0] and document["unsure"] == 0


def test_handing_in_at_the_question_keeps_the_answer_with_the_stricter_verdict(sit):
    _, document, attempts, cards = sit("the yeast is slow", "q")
    assert len(attempts) == 1 and document["items"][0]["unsure"] and not document["items"][0]["correct"]
    assert not cards, "what is unsure changes no review"


def test_the_command_that_is_told_can_be_typed_as_it_stands(quiz, sheet, docs, tutor, tmp_path):
    odd = tmp_path / "my second 'sheet'.yaml"
    run = quiz("--answers", sheet("a b.yaml"), "--clarify", odd)
    told = shlex.split(run.stderr.partition("then: ")[2].splitlines()[0])
    assert told[0] == "ptutor" and told[1:3] == ["--docs", str(docs)]
    assert any(shlex.split(line.removeprefix("#")) == told for line in odd.read_text(encoding="utf-8").splitlines()[:8])
    assert tutor(*told[1:]).returncode == 0
