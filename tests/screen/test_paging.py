"""Pages: over all bundled lessons, at four sizes of the window, nothing scrolls away unread and no pointer is out of sight."""

from __future__ import annotations

import io
import os
from functools import cache

import pytest
from conftest import ROOT
from rich.console import Console

from tutor.corpus import bank
from tutor.corpus.corpus import Corpus, open_corpus
from tutor.models import Grade, Met, Step
from tutor.nodes.session.learn import ChunkSections
from tutor.screen import screens, stdio
from tutor.screen.rows import MenuRow
from tutor.screen.terminal import keyboards, menu, regions, view
from tutor.screen.terminal.keyboards import Keyboard
from tutor.screen.terminal.menu import Menu
from tutor.screen.terminal.pager import Pager
from tutor.screen.terminal.view import View, is_blank, page_end

pyte = pytest.importorskip("pyte")

SIZES = [(60, 20), (80, 24), (120, 40)]
KEYS = {"next": "question", "simpler": "simpler", "example": "example", "ask": "or just ask", "say": "", "quit": "leave"}
AT_AN_ITEM = {"hint": "hint", "skip": "skip", "ask": "ask", "quit": "leave"}


@cache
def corpus() -> Corpus:
    return open_corpus(ROOT / "docs")


class Reader(Keyboard):
    """Reads on to the end, and looks at a real terminal's rows whenever asked for a key."""

    def __init__(self, view: View, columns: int, rows: int):
        super().__init__(view)
        self.screen = pyte.Screen(columns, rows)
        self.screen.set_mode(pyte.modes.LNM)
        self.stream = pyte.Stream(self.screen)
        self.pages: list[list[str]] = []  # since the last key
        self.positions: list[str] = []

    def press(self, keys, position=""):
        below = self.rows_below(keys, position)
        self.stream.feed(self.view.console.file.getvalue() + "\n" * (below - 1))
        wanted = [row.rstrip() for row in self.pages.pop()]
        top = self.screen.cursor.y - (below - 1) - len(wanted)
        assert top >= 0, f"{-top} rows of a page have scrolled away, the first of them {wanted[0]!r}"
        assert [self.row(top), self.row(top + len(wanted) - 1)] == [wanted[0], wanted[-1]], "a row of the page has wrapped"
        self.view.console.file.seek(0)
        self.view.console.file.truncate()
        self.positions.append(position)
        return Step("next")

    def row(self, number: int) -> str:
        """A row of the terminal as text."""
        return "".join(self.screen.buffer[number][column].data for column in range(self.screen.columns)).rstrip()


@pytest.fixture
def window(monkeypatch):
    """A window of a size: window(60, 20) -> (view, reader, pager)."""

    def open_window(columns, rows):
        size = os.terminal_size((columns, rows))
        for module in (stdio, view, regions, menu):
            monkeypatch.setattr(module, "terminal_size", lambda: size)
        for module in (stdio, view, keyboards):
            monkeypatch.setattr(module, "columns", lambda: columns)
        console = Console(file=io.StringIO(), force_terminal=True, color_system=None, width=columns, legacy_windows=False)
        seen = View(console, plain=False)
        reader = Reader(seen, columns, rows)
        put = seen.put

        def noted(drawn):
            reader.pages.append(["".join(part.text for part in row) for row in drawn])
            put(drawn)

        monkeypatch.setattr(seen, "put", noted)
        return seen, reader, Pager(seen, reader)

    return open_window


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_no_page_of_any_bundled_lesson_is_taller_than_the_window(window, columns, rows):
    seen, reader, pager = window(columns, rows)
    for name in corpus().ids():
        lesson = corpus().lesson(name)
        taught = [section for section in lesson.sections if section.text.strip()]
        for number, section in enumerate(taught, 1):
            seen.waiting.append(screens.SectionHead(name, section.title, number, len(taught)))
            for text, folded in ChunkSections.pages(section.text, None):
                seen.waiting.append(screens.Prose(text, folded=folded))
                pager.turn(KEYS)
    assert len(reader.positions) > 300


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_every_item_s_options_are_in_the_window_with_their_question(window, columns, rows):
    seen, reader, pager = window(columns, rows)
    for name in corpus().ids():
        for item in (bank.draw(one, 4) for one in corpus().items(name)):
            if not bank.kind_of(item).offers_options:
                continue
            question = screens.Question(item, "Before you read: can you answer this already?", options=False)
            options = [MenuRow(option) for option in [*question.choices(), "*explain it to me*"]]
            chooser = Menu(seen.console, AT_AN_ITEM, options, typed=True)
            seen.waiting.append(question)
            assert pager.through(AT_AN_ITEM, reader.rows_below(AT_AN_ITEM, rows=options)) is None
            chooser.above, seen.unread = seen.unread, 0
            height = chooser._height()
            assert chooser.above + height + chooser.hints_height() <= rows, item.key
            assert max(len(chooser._lines(index)) for index in range(len(options))) <= height, item.key


def test_what_fits_is_not_paged_and_what_does_not_says_which_page_it_is(window):
    seen, reader, pager = window(80, 24)
    seen.waiting.append(screens.Prose("\n\n".join(["Short."] * 9)))
    pager.turn(KEYS)
    assert reader.positions == [""]
    seen.waiting.append(screens.Prose("\n\n".join(["Short."] * 25)))
    pager.turn(KEYS)
    assert reader.positions[1:] == ["1 of 3", "2 of 3", "3 of 3"]


def test_heading_and_verdict_stay_above_every_page(window):
    seen, _, pager = window(60, 20)
    drawn = []
    seen.put, put = (
        (lambda rows: (drawn.append("\n".join("".join(part.text for part in row) for row in rows)), put(rows))),
        seen.put,
    )
    seen.waiting += [
        screens.SectionHead("food/bread", "Yeast", 2, 4),
        screens.Verdict(Grade(0.0, (Met("a", "b"),), ("c",))),
        screens.Reveal("Sugar", "\n\n".join(["Yeast eats sugar, and this is why dough rises."] * 20)),
    ]
    pager.turn(KEYS)
    assert len(drawn) > 2 and all("food/bread › Yeast" in page and "✗ Not yet." in page for page in drawn)


def test_a_page_ends_with_a_paragraph_an_item_of_a_list_a_row_of_a_table_or_a_line_of_code(window):
    seen, _, _ = window(60, 20)
    text = (
        "Some words that take more than one row of a window that is not wide at all.\n\n- an item of a list that takes more than "
        "one row of the window\n- another item\n\n```python\na = 1\nb = 2\n```\n\n| a | b |\n|---|---|\n| c | d |\n| e | f |\n\n"
        "It ends with a colon:\n\n```\ncode\n```\n"
    )
    rows = seen.rows(screens.Prose(text)).rows
    shown = ["".join(part.text for part in row).strip() for row in rows]
    ends = []
    for limit in range(3, len(rows)):
        end = page_end(rows, 1, limit)
        while is_blank(rows[end - 1]):
            end -= 1
        ends.append(shown[end - 1])
    once = ["not wide at all.", "window", "• another item", "a = 1", "b = 2", "c   d", "e   f", "code"]
    assert list(dict.fromkeys(ends)) == once[:-1]


def test_a_drawing_is_not_cut_in_two_where_a_page_has_room_for_it(window):
    seen, _, _ = window(60, 20)
    rows = seen.rows(screens.Prose("Some words.\n\n```text\n+---+\n| a |\n\n| b |\n+---+\n```\n\nMore words.\n\nThe last.")).rows
    shown = ["".join(part.text for part in row).strip() for row in rows]
    top = shown.index("+---+")
    inside = range(top + 1, shown.index("+---+", top + 1) + 1)
    assert {page_end(rows, 0, limit) for limit in inside} == {top}
    assert page_end(rows, top, top + 3) == top + 3  # one that is longer than a page is cut all the same


def test_back_shows_the_page_before_and_other_keys_keep_what_is_unread(window, monkeypatch):
    seen, reader, pager = window(60, 20)
    pressed = iter(["next", "back", "next", "simpler", "next", "next", "next"])
    shown = []
    monkeypatch.setattr(
        reader, "press", lambda keys, position="": (shown.append((position, reader.pages[-1])), Step(next(pressed)))[1]
    )
    seen.waiting.append(screens.Prose("\n\n".join(f"Paragraph {number}." for number in range(20))))
    assert pager.turn(KEYS).action == "simpler"
    assert [position for position, _ in shown] == ["1 of 3", "2 of 3", "1 of 3", "2 of 3"]
    assert shown[0][1] == shown[2][1]
    seen.waiting.append(screens.Prose("In brief.", "in brief"))
    assert pager.turn(KEYS).action == "next"
    later = "\n".join("\n".join(page) for _, page in shown[4:])
    assert "In brief." in later and "Paragraph 19." in later and "Paragraph 1." not in later
