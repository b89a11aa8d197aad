"""Menus in plain text, and what a line means that is typed at one."""

from __future__ import annotations

import io
import os
import sys

import pytest
from rich.console import Console

from tutor.models import Step
from tutor.screen.rows import MenuRow
from tutor.screen.terminal import view
from tutor.screen.terminal.keyboards import LineKeyboard
from tutor.screen.terminal.keys import as_choice
from tutor.screen.terminal.view import View

KEYS = {"ask": "ask", "back": "back", "quit": "leave"}
FOUR = [MenuRow("Review", "6 min"), MenuRow("Go on"), MenuRow("All lessons", key="t"), MenuRow("Progress", key="p")]
MANY = [MenuRow(f"Lesson on {'salt' if number % 5 == 0 else 'flour'} {number}") for number in range(1, 21)]


@pytest.fixture
def typing(monkeypatch):
    """A plain menu at which lines are typed: (what comes of it, what was printed)."""

    def choose(rows, *lines, typed=False):
        console = Console(file=io.StringIO(), width=60, color_system=None, force_terminal=False)
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        step = LineKeyboard(View(console, plain=True)).choose(rows, KEYS, "0", typed)
        return step, console.file.getvalue()

    return choose


@pytest.mark.parametrize(
    ("line", "step"),
    [("2", Step("choose", "1")), ("t", Step("choose", "2")), ("", Step("choose", "0")), ("q", Step("quit")), ("b", Step("back"))],
)
def test_a_number_a_letter_or_a_key_alone_on_the_line(typing, line, step):
    assert typing(FOUR, line)[0] == step


def test_words_are_asked_for_a_number_and_press_no_keys_or_are_handed_on_where_they_are_an_answer(typing):
    step, printed = typing(FOUR, "what is a key?", "quite a lot", "4")
    assert step == Step("choose", "3") and printed.count("a number from 1 to 4") == 2
    assert typing(FOUR, "quite a lot", typed=True)[0] == Step("answer", "quite a lot")
    assert typing(FOUR, "?what is a key", typed=True)[0] == Step("ask", "what is a key")


def test_a_long_list_is_filtered_by_words_and_keeps_its_numbers(typing):
    step, printed = typing(MANY, "/SALT", "15")
    listed = printed.rpartition("> ")[0].partition("> ")[2]
    assert step == Step("choose", "14") and "15 Lesson on salt 15" in listed and "flour" not in listed


def test_the_side_of_a_row_stands_behind_it_in_plain_text(typing):
    assert "1 Review, 6 min" in typing(FOUR, "1")[1]


def test_a_row_s_letter_counts_alone_and_a_space_before_it_makes_words_of_it():
    assert as_choice("p", KEYS, FOUR) == Step("choose", "3")
    assert as_choice("progress", KEYS, FOUR) == Step("answer", "progress")
    assert as_choice(" p", KEYS, FOUR) == Step("answer", "p")
    assert as_choice("2", KEYS, FOUR) == Step("answer", "2"), "a menu has taken its digits before a line is begun"


def test_a_plain_menu_longer_than_the_window_comes_by_the_page(monkeypatch, typing):
    monkeypatch.setattr(view, "terminal_size", lambda: os.terminal_size((60, 20)))
    many = [MenuRow(f"Lesson {number} on flour", heading=f"Track {number // 15}") for number in range(1, 41)]
    step, printed = typing(many, "", "", "30")
    pages = printed.split("> ")
    assert step == Step("choose", "29") and all(page.count("\n") < 20 for page in pages), printed
    assert [f"page {number} of 3" in page for number, page in enumerate(pages[:3], 1)] == [True] * 3
    assert "enter more" in pages[0] and "enter for 1" in pages[2]
    assert [printed.count(f"Lesson {number} on") for number in range(1, 41)] == [1] * 40
    assert pages[1].startswith("Track 1\n"), "the heading stands above each page"
    assert typing(many, "3")[0] == Step("choose", "2") and typing(many, "", "/40", "")[0] == Step("choose", "0")
