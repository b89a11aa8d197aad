"""An option that was named by its number is shown in its words, with its formulas drawn."""

from tutor.models import Grade, Item, Kind, Option
from tutor.quiz.outcomes import Outcome
from tutor.screen.screens.asking import Question
from tutor.screen.screens.quiz import GradedItem
from tutor.screen.terminal.window import Terminal

SHARE = Item("mask", "llm/attention", "mask", Kind.CHOICE, "Why?", options=(
    Option("It still gets a share, for $e^0$ is 1", right=True), Option("It gets none")))  # fmt: skip


def test_no_latex_stands_behind_the_number_of_an_option():
    assert Terminal._as_said(Question(SHARE), "1") == "1. It still gets a share, for e⁰ is 1"
    graded = GradedItem(Outcome(SHARE, "1", Grade(1.0)), 1, 1)
    assert graded.said().text == "It still gets a share, for e⁰ is 1"


def test_what_was_typed_stays_as_it_was_typed():
    typed = "for $e^0$ is 1"
    assert Terminal._as_said(Question(SHARE), typed) == typed
    assert GradedItem(Outcome(SHARE, typed, Grade(0.0)), 1, 1).said().text == typed
