"""Questions that want a program, as they are asked: in a session, by a script, on a sheet and at a keyboard."""

from __future__ import annotations

import json

import pytest
from person import ended_well

from utils.sandbox.choosing import SandboxChoice, chosen

BANK = """\
items:
  - id: double
    section: yeast
    kind: code
    question: Write `double(x)`, twice a number.
    starter: |
      def double(x):
          ...
    examples: [double(2) == 4]
    tests:
      - {test: double(3) == 6, message: not only of two, misconception: doubling squares, reply: Squares and doubles differ.}
      - "double(-1) == -2"
    reference: |
      def double(x):
          return x + x
    hints: [Doubling is not squaring.]
    explanation: Twice a number is the number and itself.
"""
SQUARE = "def double(x):\n    return x * x"

pytestmark = pytest.mark.skipif(chosen().means is None, reason=f"no sandbox here: {chosen()}")


@pytest.fixture
def lesson(docs):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    return docs


def indented(code: str, by: int = 6) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in code.split("\n"))


def test_a_scripted_session_hands_in_a_program_and_is_told_what_it_does(lesson, tutor, tmp_path):
    (tmp_path / "s.yaml").write_text(
        f"steps:\n  - answer: |\n{indented('def double(x) return 4')}  - answer: |\n{indented(SQUARE)}"
        f"  - answer: |\n{indented(SQUARE.replace('x * x', '2 * x'))}  - quit\n"
    )
    ran = tutor("--docs", lesson, "--plain", "--offline", "learn", "bread", "--script", tmp_path / "s.yaml")
    text = " ".join(ran.stdout.split())
    assert ">>> double(2) 4" in text and "double(3)" not in text.partition("Python can't read it")[0]
    assert "Python can't read it: SyntaxError: expected ':' (line 1)." in text
    assert "not only of two: double(3) gives 9" in text and "Squares and doubles differ." in text and "expected 6" not in text
    assert "Hint 1 of 1: Doubling is not squaring." in text and text.index("Right.") > text.index("Hint 1 of 1")
    assert "3 answers" not in text and "2 answers kept" in text
    assert "doubling squares" in tutor("--docs", lesson, "--plain", "progress").stdout


def test_a_sheet_takes_a_program_and_ci_grades_it(lesson, tutor, tmp_path):
    sheet, junit = tmp_path / "sheet.yaml", tmp_path / "j.xml"
    tutor("--docs", lesson, "--offline", "quiz", "bread", "--sheet", sheet)
    blank = sheet.read_text(encoding="utf-8")
    assert "def double(x):" in blank and "x + x" not in blank and "double(3)" not in blank
    sheet.write_text(blank.replace("    answer:", f"    answer: |\n{indented(SQUARE)}"), encoding="utf-8")
    ran = tutor("--docs", lesson, "--offline", "--json", "quiz", "--answers", sheet, "--junit", junit, "--min-score", "0.9")
    item = json.loads(ran.stdout)["items"][0]
    assert ran.returncode == 1 and (item["score"], item["kind"], item["answer"]) == (0.3333, "code", SQUARE)
    assert item["missed"] == ["double(3) == 6", "double(-1) == -2"] and item["met"][0]["point"] == "double(2) == 4"
    assert "1 of 3 tests pass. Squares and doubles differ." in junit.read_text(encoding="utf-8")


def test_without_a_sandbox_it_is_not_asked_and_a_sheet_is_not_graded_quietly(lesson, tutor, tmp_path, monkeypatch):
    sheet = tmp_path / "sheet.yaml"
    tutor("--docs", lesson, "--offline", "quiz", "bread", "--sheet", sheet)
    sheet.write_text(sheet.read_text().replace("    answer:", f"    answer: |\n{indented(SQUARE)}"), encoding="utf-8")
    monkeypatch.setattr("utils.sandbox.choosing.chosen", lambda: SandboxChoice(None, {"bubblewrap": "not installed"}))
    ran = tutor("--docs", lesson, "--offline", "quiz", "--answers", sheet)
    assert ran.returncode == 2 and "is not graded: code is run in a sandbox only" in " ".join(ran.stderr.split())
    (tmp_path / "s.yaml").write_text("steps:\n  - quit\n")
    ran = tutor("--docs", lesson, "--plain", "--offline", "learn", "bread", "--script", tmp_path / "s.yaml")
    told = "1 question left out: code is run in a sandbox only, and none works here (bubblewrap: not installed)"
    assert told in " ".join(ran.stdout.split()) and "twice a number" not in ran.stdout


def test_at_a_keyboard_a_program_is_written_with_its_indentation_and_esc_enter_hands_it_in(lesson, person):
    someone = person("quiz", "bread", rows=44)
    assert "enter write it · e in your editor · k skip" in someone.read("in your editor")
    someone.settle()
    prompts = someone.prompts
    someone.press("enter")
    someone.settle(prompts)
    assert "esc enter hands it in" in someone.text() and "│     ..." in someone.text()
    someone.press("\x1b[B", "\x05", "\x7f", "\x7f", "\x7f", "if x:", "enter", "return 2 * x", "enter", "return 0")
    someone.read("│     return 0")
    assert "│     if x:\n │         return 2 * x\n │     return 0" in someone.text()
    someone.press("\x1b\r")
    assert someone.leave() == 0
    assert "1 of 1 right" in someone.everything()


def test_a_program_may_be_written_in_an_editor_of_ones_own(lesson, person, tmp_path):
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\ngrep -q "    \\.\\.\\." "$1" && printf "def double(x):\\n    return 3 * x\\n" > "$1"\n')
    editor.chmod(0o755)
    someone = person("--plain", "quiz", "bread", rows=44, EDITOR=str(editor))
    assert "two empty lines hand it in, e in your editor" in someone.read("in your editor")
    someone.press("e", "enter")
    assert someone.leave() == 0
    assert "double(2) gives 6, expected 4" in someone.everything()


def test_the_key_of_the_editor_may_begin_a_word_and_an_editor_that_is_not_there_is_told(lesson, person):
    someone = person("quiz", "bread", rows=44, EDITOR="no-such-editor")
    someone.read("in your editor")
    someone.settle()
    prompts = someone.prompts
    someone.press("e")
    someone.settle(prompts)
    someone.read("no-such-editor: No such file or directory; name your editor in $EDITOR")
    prompts = someone.prompts
    someone.press("enough of this")
    someone.read("› enough of this")
    someone.press("\x03")
    assert someone.leave() == 130 or ended_well(someone)


def test_without_a_moving_cursor_two_empty_lines_hand_it_in(lesson, person):
    someone = person("--plain", "quiz", "bread", rows=44)
    someone.read("in your editor")
    for line in ("def double(x):", "    y = x", "", "    return x + y", "", ""):
        someone.press(line, "enter")
    assert someone.leave() == 0
    assert "1 of 1 right" in someone.everything()


def test_a_program_that_runs_for_long_shows_that_it_runs_and_then_why_it_was_ended(lesson, person):
    someone = person("learn", "bread", rows=44)
    for _ in range(3):  # the opening and the section
        if "in your editor" in someone.text():
            break
        someone.settle()
        prompts = someone.prompts
        someone.press("enter")
        someone.settle(prompts)
    someone.read("in your editor")
    someone.settle()
    prompts = someone.prompts
    someone.press("enter")
    someone.settle(prompts)
    someone.press("\x1b[B", "\x05", "enter", "while True: pass")
    someone.read("while True: pass")
    someone.press("\x1b\r")
    someone.read("running your program")
    assert "it ran too long: does a loop never end?" in someone.read("it ran too long")
    assert "running your program" not in someone.text()
