"""What a person sees on a small terminal: lines break between words, the keys between two of them, and menus have numbers."""

from __future__ import annotations

import pytest

from tutor.screen.terminal.keys import hints_rows

HINTS = "↑↓ choose · enter select · h hint · k skip · a appeal · ? ask · q leave"


@pytest.mark.parametrize("columns", [20, 30, 59, 77])
def test_the_keys_break_between_two_of_them(columns):
    rows = hints_rows(HINTS, columns)
    assert " · ".join(rows) == HINTS and all(len(row) <= columns for row in rows)


def test_keys_that_fit_stay_on_one_line():
    assert hints_rows(HINTS, len(HINTS)) == [HINTS]


def test_the_keys_of_a_narrow_terminal_have_their_margin_on_each_row(person):
    someone = person("learn", "bread", columns=24)
    someone.read("q leave")
    text = someone.text()
    keys = [row for row in text[text.index(" enter go on") :].split("\n") if row]
    assert len(keys) > 1 and all(row.startswith(" ") and len(row) <= 24 for row in keys)
    assert all(hint[0].isalnum() or hint[0] == "?" for row in keys for hint in row.strip().split(" · "))
    someone.press("q")
    assert someone.leave() == 0


def test_an_error_breaks_between_words_at_a_terminal_and_nowhere_in_a_pipe(person, tutor, tmp_path, docs):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text('corpus: "x"\nseed: 1\ntopics: []\nitemz: []\n', encoding="utf-8")
    whole = tutor("quiz", "--answers", sheet).stderr
    someone = person("quiz", "--answers", sheet, columns=60)
    assert someone.leave() == 4 and whole.count("\n") == 1
    rows = [row for row in someone.text().split("\n") if row]
    assert len(rows) > 1 and set(" ".join(rows).split()) == set(whole.split())


def test_a_menu_shows_the_numbers_that_choose_from_it(person):
    someone = person("learn", columns=60)
    someone.read("choose")
    rows = [row.strip() for row in someone.text().split("\n")]
    assert any(row.startswith("› 1 ") for row in rows)
    someone.press("q", "enter")
    assert someone.leave() == 0
