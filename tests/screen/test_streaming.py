"""A reply as it arrives on screen: a broken try is marked and replaced, and a sign moves while the model thinks."""

from __future__ import annotations

import io
import re

import pytest
from endpoint import event, events, serving, streamed
from rich.console import Console

from tutor.screen.streaming import StreamView, ThinkingLine
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


def test_a_line_with_the_seconds_stands_while_the_model_thinks_and_goes_with_the_first_word():
    seconds = iter([100.0, 112.4, 112.5, 112.6, 112.7, 112.8])
    console = Console(file=io.StringIO(), force_terminal=True, width=60)
    line = ThinkingLine(console, shown=True, clock=lambda: next(seconds, 112.9))
    assert list(line.watch(iter(["", "", "A mean."]))) == ["", "", "A mean."]
    drawn = console.file.getvalue()
    assert "thinking… 12 s" in drawn and drawn.rstrip().endswith("\x1b[2K")


def test_no_line_is_drawn_where_the_cursor_does_not_move():
    console = Console(file=io.StringIO(), width=60)
    assert list(ThinkingLine(console, shown=False).watch(iter(["", "A mean."]))) == ["", "A mean."]
    assert not console.file.getvalue()


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
