"""The screen of a block with knobs: at three sizes of the window, by keys at a real terminal, and in words.

The golden files are meant to be read; `UPDATE_GOLDEN=1 pytest tests/screen/test_knobs.py` writes them anew.
"""

from __future__ import annotations

import io
import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from person import WAIT_S, ended_well, pexpect
from rich.console import Console
from trying import BANK, LESSON, TRY, add_rising

from tutor.corpus.bank.tries import readable_try, try_of
from tutor.corpus.tries import TryOutcome
from tutor.screen.knobs import board_of
from tutor.screen.markup import Page
from tutor.screen.plots.svg import with_pictures
from tutor.screen.screens.trying import TrySetting, board_rows, outcome_in_words, track_line
from utils.sandbox.choosing import SandboxChoice
from utils.text import width

GOLDEN = Path(__file__).parent / "golden"
CODE = """\
title: A sum
knobs:
  n: [1, 100, 10]
code: |
  print("the sum is", n * (n + 1) // 2)
shown:
  "n = 10": |
    the sum is 55
  "n = 1": |
    the sum is 1
  "n = 100": |
    the sum is 5050
"""


def board(lead: str = "You said 12. Turn grams or hours and see."):
    one = try_of(TRY)
    assert one is not None
    made = board_of(one, lead=lead)
    made.outcome()
    return made


def rows_of(made, columns: int, most: int) -> list[str]:
    return [row.plain.rstrip() for row in board_rows(made, columns, most)]


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (80, 24), (120, 40)])
def test_the_screen_looks_like_its_golden_picture(columns, rows):
    made = board()
    shown = "\n".join(rows_of(made, min(78, columns) - 1, rows - 5))
    made.hear("grams=14")
    made.mark(1)
    made.turn(2)
    made.outcome()
    shown += "\n\n" + "\n".join(rows_of(made, min(78, columns) - 1, rows - 5)) + "\n"
    path = GOLDEN / f"knobs-{columns}x{rows}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [24, 31, 40, 57, 77])
@pytest.mark.parametrize("most", [9, 14, 30])
def test_it_fits_any_window(columns, most):
    drawn = rows_of(board(), columns, most)
    assert max(map(width, drawn)) <= columns and len(drawn) <= most
    assert any("grams = 10" in row for row in drawn)


def test_a_track_shows_where_a_knob_stands_and_a_list_its_values():
    grams, hours = board().knobs
    assert track_line(grams, 1, 40).plain.startswith("1 ●") and track_line(grams, 20, 40).plain.endswith("● 20")
    assert track_line(hours, 2, 40).plain == "○ 1  ● 2  ○ 3"
    assert track_line(grams, 10, 12).plain == "1 to 20"


@pytest.mark.parametrize(
    ("line", "values", "told"),
    [
        ("grams=17", (17, 1), ""),
        (" grams = 17 ", (17, 1), ""),
        ("grams 17", (17, 1), ""),
        ("17", (17, 1), ""),
        ("grams", (11, 1), ""),
        ("grams-", (9, 1), ""),
        ("hours=3", (10, 3), ""),
        ("hours-", (10, 1), "hours is at its first stop"),
        ("grams=21", (10, 1), "found grams = 21, expected 1 to 20"),
        ("grams=many", (10, 1), "found grams = many, expected a whole number from 1 to 20"),
        ("g\x1b[31m=1", (10, 1), ""),
    ],
)
def test_what_a_typed_line_does(line, values, told):
    made = board()
    if made.is_turn(line):
        made.hear(line)
    assert made.here == values and made.told == told


@pytest.mark.parametrize("line", ["why does it rise?", "an example", "grams of what", "3 of them"])
def test_other_lines_are_no_turns(line):
    assert not board().is_turn(line)


def test_values_that_were_kept_are_taken_up_as_far_as_the_block_has_them():
    one = try_of(TRY)
    assert board_of(one, {"grams": 7, "hours": 9, "salt": 2}).values == {"grams": 7, "hours": 1}
    assert board_of(one, {"grams": "many"}).values == {"grams": 10, "hours": 1}


def test_where_its_code_cannot_run_only_what_was_written_down_is_there_and_a_line_says_why(monkeypatch):
    monkeypatch.setattr("utils.sandbox.choosing.chosen", lambda: SandboxChoice(None, {"bubblewrap": "not installed"}))
    made = board_of(readable_try(CODE))
    assert made.outcome().text == "the sum is 55"
    made.turn(1)
    assert made.values == {"n": 100} and made.outcome().text == "the sum is 5050"
    made.turn(1)
    made.go_to_end(False)
    assert made.values == {"n": 1}
    made.hear("n=50")
    assert made.values == {"n": 1} and made.told == "only n = 1; n = 10; n = 100 can be shown here"
    assert "Only 3 settings here: code is run in a sandbox only" in " ".join(rows_of(made, 75, 20))


def test_what_was_printed_at_the_setting_before_stands_below_to_be_compared():
    made = board_of(readable_try(CODE))
    made.looked = True
    made.shown = {(10,): TryOutcome(text="the sum is 55"), (100,): TryOutcome(text="the sum is 5050")}
    assert "at n" not in "".join(rows_of(made, 75, 20))
    made.go_to_end(True)
    assert rows_of(made, 75, 20)[-2:] == ["│ the sum is 5050", "  at n = 10: the sum is 55"]


def test_the_curve_that_was_turned_stands_once_more_as_it_was_before():
    made = board()
    made.turn(5)
    made.outcome()
    drawn = rows_of(made, 75, 20)
    assert any(row.endswith("dough") for row in drawn) and any(row.endswith("grams = 10") for row in drawn)
    assert "grams = 15" in "".join(drawn[:8])


def test_in_a_low_window_blank_rows_go_before_any_of_the_plot():
    made = board()
    made.shown[made.here] = replace(made.outcome(), text="one\ntwo\nthree")
    drawn = rows_of(made, 57, 15)
    assert drawn[-1].split() == ["0", "5", "10"] and len(drawn) <= 15, "the numbers of the axis are still there"


def test_a_notebook_has_it_as_a_picture_with_a_line_that_names_the_knobs():
    written = with_pictures(f"Before.\n\n{TRY}\nAfter.")
    assert "knobs:" not in written and "![Plot." in written and "**How high it rises**" in written
    assert "At grams = 10, hours = 1, with the knobs grams (1 to 20) and hours (1, 2 or 3).\n\nAfter." in written


def test_a_fault_is_told_in_a_line():
    made = board()
    made.shown[made.here] = TryOutcome(fault="the code failed: ZeroDivisionError: division by zero (line 2)")
    assert "the code failed: ZeroDivisionError" in rows_of(made, 75, 20)[-1]


def test_in_words_what_stays_the_same_is_said_once():
    made = board()
    first = made.outcome()
    made.turn(1)
    said = outcome_in_words(made.outcome(), first)
    assert said[0].startswith("dough rises from 0") and not any("Across" in line for line in said)
    assert any("Across" in line for line in outcome_in_words(first))


def test_a_transcript_has_a_line_for_each_value():
    made = board()
    written = TrySetting(made.one, made.values, made.outcome()).markdown()
    assert "_At grams = 10, hours = 1:_" in written
    shown = [line.strip() for line in page(written, 76, terminal=False).split("\n")]
    assert "minutes = 2: dough 2" in shown and "minutes = 4: dough 4" in shown


def page(markdown: str, columns: int, terminal: bool) -> str:
    console = Console(file=io.StringIO(), width=columns, height=24, force_terminal=terminal, color_system=None)
    console.print(Page(markdown))
    return console.file.getvalue()


def test_on_any_other_page_it_is_drawn_where_its_knobs_stand_first():
    for terminal in (True, False):
        shown = " ".join(page(TRY, 76, terminal).split())
        assert shown.startswith("How high it rises")
        assert shown.endswith("At grams = 10, hours = 1, with the knobs grams (1 to 20) and hours (1, 2 or 3).")
    shown = page(f"```try\n{CODE}```\n", 76, False)
    assert "the sum is 55" in shown and "At n = 10, with the knob n (1 to 100)." in shown, "no code is run for it"


@pytest.fixture
def at_the_knobs(docs, person, tutor, tmp_path):
    """Somebody at the keyboard who has read up to the prediction."""
    add_rising(docs)
    script = tmp_path / "s.yaml"
    script.write_text("seed: 4\ndraw: 2\nsteps: [next]\n", encoding="utf-8")
    tutor("--docs", docs, "--offline", "--plain", "learn", "rising", "--script", script)

    def sit_down(*options, **size):
        return person(*options, "--offline", "learn", "rising", **size)

    return sit_down


def test_somebody_predicts_turns_and_is_asked(at_the_knobs):
    someone = at_the_knobs()
    someone.read("enter just try it")
    someone.settle()
    someone.press("12", "enter")
    text = someone.read("enter done")
    assert "You said 12. Turn grams or hours and see." in text and "grams = 10  ◂ ▸   hours = 1" in text
    someone.press("\x1b[C")
    someone.read("grams = 11  ◂ ▸")
    someone.press("end")
    someone.read("grams = 20  ◂ ▸")
    someone.press("\t", "\x1b[C")
    assert "grams = 20   hours = 2  ◂ ▸" in someone.read("hours = 2  ◂ ▸")
    someone.press("grams=99")
    assert "esc back to the knobs" in someone.read("› grams=99")
    someone.press("enter")
    text = someone.read("found grams = 99, expected 1 to 20")
    assert "grams = 20  ◂ ▸   hours = 2" in text and text.count("── Try it") == 1
    someone.press("enter")
    assert "You said 12, but that isn't it." in someone.read("You said 12, but")
    while "turn the knobs" not in someone.text():
        someone.settle()
        prompts = someone.prompts
        someone.press("enter")
        someone.settle(prompts)
    someone.press("t", "enter")
    text = someone.read("enter back to the question")
    assert "grams = 20" in text and "From which number of grams on" in text.partition("── Try it")[2], "the question stands above"
    someone.press("enter")
    someone.read("t turn the knobs")
    someone.press("q", "enter")
    assert someone.leave() == 0 and ended_well(someone)


def test_whoever_leaves_comes_back_to_the_same_knobs_and_they_follow_the_window(at_the_knobs):
    someone = at_the_knobs(columns=60, rows=20)
    assert "How high it rises" in someone.read("enter more"), "question and block fit on one page, all but the line to type"
    someone.settle()
    prompts = someone.prompts
    someone.press("enter")
    someone.read("enter just try it")
    someone.settle(prompts)
    someone.press("enter")
    someone.read("enter done")
    someone.press("pagedown")
    someone.read("grams = 5  ◂ ▸")
    someone.press("q")
    assert someone.leave() == 0
    again = at_the_knobs(columns=60, rows=20)
    assert "How high is it after" not in again.read("grams = 5  ◂ ▸")
    again.settle()
    again.screen.resize(24, 100)
    again.child.setwinsize(24, 100)
    again.press("\x1b[C")
    again.read("grams = 6  ◂ ▸")
    assert "grams = 6" in again.read(f"{'─' * 40} How high it rises ──")
    again.settle()
    again.press("c-d")
    assert again.leave() == 0 and ended_well(again)


def test_a_key_that_begins_a_knob_s_name_counts_alone_on_a_line(docs, at_the_knobs):
    path = docs / "food" / "rising.md"
    path.write_text(path.read_text(encoding="utf-8").replace("grams", "q"), encoding="utf-8")
    someone = at_the_knobs()
    someone.read("enter just try it")
    someone.settle()
    someone.press("enter")
    assert "q enter leave" in someone.read("enter done")
    someone.press("q")
    someone.read("› q")
    someone.press("=12", "enter")
    someone.read("q = 12  ◂ ▸")
    someone.press(" q", "enter")
    someone.read("q = 13  ◂ ▸")
    someone.press("q", "enter")
    assert someone.leave() == 0 and ended_well(someone)


def ready(someone, prompts: int) -> int:
    """Read until so many lines have been asked for: what is typed earlier is dropped."""
    deadline = time.monotonic() + WAIT_S
    while someone.raw.count(b"\n> ") < prompts or not someone.raw.endswith(b"> "):
        assert time.monotonic() < deadline, someone.text()
        with suppress(pexpect.TIMEOUT):
            someone.feed(someone.child.read_nonblocking(65536, timeout=0.1))
    return someone.raw.count(b"\n> ")


def test_in_plain_lines_each_turn_is_said(at_the_knobs):
    someone = at_the_knobs("--plain", rows=40)
    prompts = ready(someone, 1)
    for line, words in (
        ("12", "grams=… sets grams, grams turns it on"), ("grams=20", "At grams = 20, hours = 1:"), ("grams-", "At grams = 19"),
        ("hours=9", "found hours = 9, expected 1, 2 or 3"), ("", "You said 12, but that isn't it."),
    ):  # fmt: skip
        someone.press(line, "enter")
        prompts = ready(someone, prompts + 1)
        assert words in someone.text()
    assert "Not yet" not in someone.text() and "┤" not in someone.everything()
    someone.read("t turn the knobs")
    someone.press("q", "enter")
    assert someone.leave() == 0


def test_the_bank_and_the_lesson_of_these_tests_belong_together():
    assert all(f"id: {name}" in BANK and name in LESSON for name in ("at-twenty", "first-above"))
