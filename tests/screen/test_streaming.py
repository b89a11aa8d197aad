"""A reply as it arrives on screen: a broken try is marked and replaced, and a sign moves while the model thinks."""

from __future__ import annotations

import io
import re

import pyte
import pytest
from endpoint import event, events, serving, streamed
from rich.console import Console

from tutor.screen.terminal.streaming import StreamView, WaitingSign
from utils.call_llm import CUT_OFF


def view(redraws: bool) -> StreamView:
    return StreamView(
        Console(file=io.StringIO(), force_terminal=redraws, width=60, height=20, highlight=False), redraws, "in other words"
    )


@pytest.mark.parametrize("redraws", [True, False])
def test_a_broken_try_is_marked_as_cut_off_and_the_next_one_begins_on_a_line_of_its_own(redraws):
    shown = view(redraws)
    for piece in ("Bread is a net of", CUT_OFF, "Yeast eats ", "sugar."):
        shown.feed(piece)
    shown.close()
    drawn = re.sub(r" +\n", "\n", shown.console.file.getvalue())
    assert "net of\n" in drawn and "[reply cut off]" in drawn and "ofYeast" not in drawn
    assert drawn.index("net of") < drawn.index("[reply cut off]") < drawn.index("Yeast")
    assert shown.text == "Yeast eats sugar."


def test_a_broken_try_with_an_open_code_fence_does_not_swallow_the_next_one():
    shown = view(redraws=True)
    for piece in ("```\nx = 1\n", CUT_OFF, "A **mean**."):
        shown.feed(piece)
    shown.close()
    assert "**mean**" not in shown.console.file.getvalue().rpartition("\x1b[J")[2]


def test_what_came_before_a_last_failure_stays_in_the_transcript_and_is_marked():
    shown = view(redraws=False)
    shown.feed("Bread is a net of")
    shown.feed(CUT_OFF)
    shown.close()
    assert shown.text == "Bread is a net of" + CUT_OFF


def test_what_the_window_has_no_room_for_is_kept_for_the_next_page():
    console = Console(file=io.StringIO(), force_terminal=True, width=60, height=20, highlight=False)
    shown, screen = StreamView(console, True, rows=10), pyte.Screen(60, 20)
    paragraphs = [f"Paragraph {number} has words that take up two rows of a window of sixty columns." for number in range(8)]
    for word in "\n\n".join(paragraphs).split(" "):
        shown.feed(f"{word} ")
    shown.close()
    pyte.Stream(screen).feed(console.file.getvalue().replace("\n", "\r\n"))
    drawn = "\n".join(row.rstrip() for row in screen.display).rstrip()
    assert drawn.count("\n") <= 10 and "Paragraph 2" in drawn and "Paragraph 3" not in drawn
    assert shown.held.split() == " ".join(paragraphs[3:]).split()


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)


class Screen(io.StringIO):
    """A terminal that keeps all that is written to it."""

    def isatty(self) -> bool:
        return True


def test_a_sign_with_the_seconds_stands_while_nothing_comes_and_goes_with_the_first_word():
    clock, screen = [100.0], Screen()
    sign = WaitingSign(screen, plain=False, hint="esc stops", clock=lambda: clock[0])
    sign.show("waiting for the model")
    clock[0] += 12.4
    sign.show("thinking")
    sign.clear()
    assert "waiting for the model… 0 s" in screen.getvalue() and "thinking… 12 s · esc stops" in screen.getvalue()
    shown = pyte.Screen(60, 5)
    pyte.Stream(shown).feed(screen.getvalue() + "A mean.")
    assert [line.rstrip() for line in shown.display] == ["A mean.", "", "", "", ""]


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (60, "waiting for the model, maybe loading… 613 s · esc stops"),
        (50, "waiting for the model… 613 s · esc stops"),
        (40, "waiting for the model… 613 s"),
    ],
)
def test_the_seconds_are_seen_also_on_a_narrow_screen(columns, text, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    clock, screen = [100.0], Screen()
    sign = WaitingSign(screen, plain=False, hint="esc stops", clock=lambda: clock[0])
    sign.show("waiting for the model, maybe loading")
    clock[0] += 613
    sign.show("waiting for the model, maybe loading")
    shown = pyte.Screen(columns, 2)
    pyte.Stream(shown).feed(screen.getvalue())
    assert shown.display[0].rstrip().endswith(text)


def test_between_two_words_the_sign_stands_behind_them_and_does_not_wrap():
    clock, screen = [100.0], Screen()
    sign = WaitingSign(screen, plain=False, clock=lambda: clock[0])
    shown = pyte.Screen(20, 3)
    stream = pyte.Stream(shown)
    sign.show("")
    assert not screen.getvalue(), "a moment between two words is no wait"
    clock[0] += 7
    screen.write("A mean is a sum o")
    sign.show("")
    stream.feed(screen.getvalue())
    assert shown.display[0].startswith("A mean is a sum o") and not shown.display[1].strip()
    sign.clear()
    stream.feed(screen.getvalue().rpartition("\x1b8")[2] + "ver")
    assert shown.display[0] == "A mean is a sum over" and not shown.display[1].strip()


def test_in_plain_text_the_sign_is_a_line_that_grows_every_few_seconds():
    clock, screen = [100.0], Screen()
    sign = WaitingSign(screen, plain=True, clock=lambda: clock[0])
    for _ in range(60):
        sign.show("waiting for the model" if clock[0] < 110 else "thinking")
        clock[0] += 0.2
    sign.clear()
    assert screen.getvalue() == "waiting for the model… 5 s\nthinking… 10 s\n"


def test_no_sign_is_drawn_where_nobody_looks():
    file = io.StringIO()
    sign = WaitingSign(file, plain=True)
    sign.show("thinking")
    sign.clear()
    assert not file.getvalue()


def test_an_answer_that_broke_off_is_not_glued_to_its_next_try(tutor, docs):
    broken = events(event({"content": "Yeast eats sugar. [1]\nIt breathes out a net of"}))
    with serving(broken, streamed("Yeast eats sugar and breathes out carbon dioxide. [1]")) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        run = tutor("ask", "--docs", docs, "--json", "what does yeast eat?", **environment)
    assert '"answer": "Yeast eats sugar and breathes out carbon dioxide. [1]"' in run.stdout.replace("\n", "")


def test_an_answer_in_a_pipe_says_that_what_was_printed_is_replaced(tutor, docs):
    broken = events(event({"content": "Yeast eats sugar. [1]\nIt breathes out a net of"}))
    with serving(broken, streamed("Yeast eats sugar and breathes out carbon dioxide. [1]")) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        run = tutor("ask", "--docs", docs, "what does yeast eat?", **environment)
    assert "a net of" not in run.stdout and "[reply cut off]" in run.stdout
    assert (
        run.stdout.index("Yeast eats sugar. [1]") < run.stdout.index("[reply cut off]") < run.stdout.index("carbon dioxide. [1]")
    )
