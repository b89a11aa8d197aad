"""Questions on what a program prints, as they are asked: in a session, by a script, on a sheet and at a keyboard."""

from __future__ import annotations

import json

import pytest
from predicted import PRINTS, SUM

from tutor.models import Step
from tutor.screen.scripts import parse_script
from tutor.screen.terminal.keys import as_text

BANK = f"""\
items:
{SUM}{PRINTS}    wrong:
      - answer: "1\\n2\\n3"
        misconception: += replaces
        reply: "`+=` adds to what is there."
    hints: [It adds up.]
    explanation: It is a running sum.
"""


@pytest.fixture
def lesson(docs):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    return docs


def test_a_scripted_session_answers_in_several_lines_and_is_told_which_are_wrong(lesson, tutor, tmp_path):
    script = "steps:\n  - answer: |\n      1\n      2\n      3\n  - answer: |\n      1\n      3\n      5\n  - quit\n"
    (tmp_path / "s.yaml").write_text(script)
    ran = tutor("--docs", lesson, "--plain", "--offline", "learn", "bread", "--script", tmp_path / "s.yaml")
    text = " ".join(ran.stdout.split())
    assert "What does this print? total = 0 for x in [1, 2, 3]:" in text and "what it prints, line by line" in text
    assert "You: 1 2 3" in text and "+= adds to what is there." in text and "Hint 1 of 1: It adds up." in text
    assert "line 3: you said “5”, it prints “6” lines 1 and 2 are right" in text
    assert "seen: += replaces" in tutor("--docs", lesson, "--plain", "progress").stdout


def test_a_sheet_shows_the_code_and_takes_lines_or_a_list(lesson, tutor, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", lesson, "--offline", "quiz", "bread", "--sheet", sheet)
    blank = sheet.read_text(encoding="utf-8")
    assert "      for x in [1, 2, 3]:\n          total += x\n" in blank and "# 1 of 1: what it prints, line by line" in blank
    for answer, score in (("|\n      1\n      3\n      6", 1), ("[1, 3, 6]", 1), ("[1, 3]", 0.6667)):
        sheet.write_text(blank.replace("    answer:", f"    answer: {answer}"), encoding="utf-8")
        ran = tutor(
            "--docs", lesson, "--offline", "--json", "quiz", "--answers", sheet, "--junit", tmp_path / "j.xml", "--no-log"
        )
        item = json.loads(ran.stdout)["items"][0]
        assert (item["score"], item["kind"]) == (score, "predict")
    assert item["missed"] == ["line 3: 6"]
    assert "Missed: line 3: 6" in (tmp_path / "j.xml").read_text()


def test_a_code_that_was_changed_after_the_sheet_was_written_is_another_question(lesson, tutor, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", lesson, "--offline", "quiz", "bread", "--sheet", sheet)
    sheet.write_text(sheet.read_text().replace("    answer:", "    answer: [1, 3, 6]"))
    (lesson / "food" / "bread.quiz.yaml").write_text(BANK.replace("[1, 2, 3]", "[1, 2, 4]").replace("      6\n", "      7\n"))
    ran = tutor("--docs", lesson, "--offline", "quiz", "--answers", sheet)
    assert ran.returncode == 5 and "the item was changed after the sheet was written" in ran.stderr


def test_a_question_whose_output_is_not_written_yet_is_left_out_and_the_reason_is_told(lesson, tutor, tmp_path):
    bank = BANK.replace(PRINTS, "")
    (lesson / "food" / "bread.quiz.yaml").write_text(bank, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("steps:\n  - quit\n")
    told = "1 question left out: what it prints is not written down yet; check --fix does that"
    ran = tutor("--docs", lesson, "--plain", "--offline", "learn", "bread", "--script", tmp_path / "s.yaml")
    assert told in " ".join(ran.stdout.split()) and "What does this print?" not in ran.stdout
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", lesson, "--offline", "quiz", "bread", "--sheet", sheet)
    sheet.write_text(sheet.read_text().replace("    answer:", "    answer: [1, 3, 6]"))
    ran = tutor("--docs", lesson, "--offline", "quiz", "--answers", sheet)
    assert ran.returncode == 2 and "is not graded: what it prints is not written down yet" in " ".join(ran.stderr.split())


def test_a_key_alone_is_a_key_and_several_lines_never_are():
    keys = {"hint": "hint", "ask": "ask"}
    assert as_text("h", keys) == Step("hint") and as_text("? why", keys) == Step("ask", "why")
    assert as_text("\nh\nk\n", keys) == Step("answer", "h\nk")
    assert as_text("  a\nb  \n\n", keys) == Step("answer", "  a\nb")
    script = parse_script("steps:\n- answer: |\n    if x:\n        y\n", "s.yaml")
    assert script.steps[0].text == "if x:\n    y\n"


def test_at_a_keyboard_an_empty_line_hands_the_lines_in(lesson, person):
    someone = person("quiz", "bread", rows=40)
    assert "enter twice hands in · k skip · q hand in" in someone.read("hands in")
    someone.settle()
    for keys in ("1", "3", "5"):
        someone.press(keys, "enter")
    someone.press("enter")
    assert someone.leave() == 0
    text = someone.everything()
    assert "line 3: you said “5”, it prints “6”" in text and "score 0.67" in text


def test_without_a_moving_cursor_an_empty_line_hands_them_in_too(lesson, person):
    someone = person("--plain", "quiz", "bread", rows=40)
    someone.read("hands in")
    someone.settle()
    for keys in ("1", "3", "6", ""):
        someone.press(keys, "enter")
        someone.settle()
    assert someone.leave() == 0
    assert "1 of 1 right" in someone.everything()
