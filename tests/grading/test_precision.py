"""A number says how exactly it is asked for, and the right answer with too few digits is asked for again, never wrong."""

from dataclasses import replace

import pytest
from conftest import ROOT

from tutor.corpus import bank
from tutor.corpus.bank.precision import Precision, precision, stated
from tutor.corpus.corpus import open_corpus
from tutor.grading import grade
from tutor.models import Item, Kind, KnownWrong


def number(answer: float, tolerance: float = 0.0, question: str = "How much?", **fields) -> Item:
    return Item("much", "food/bread", "salt", Kind.NUMBER, question, answer=answer, tolerance=tolerance, **fields)


def how(item: Item) -> str:
    return bank.kind_of(item).how_to_answer(item)


@pytest.mark.parametrize(("item", "words"), [
    (number(6.48, 0.005), "a number, to two decimals"), (number(0.7, 0.003), "a number, to three decimals"),
    (number(0.7, 0.0005), "a number, to three decimals"), (number(2, 0.1), "a number, to one decimal"),
    (number(1665.3, 1), "a number, to the nearest whole number"), (number(1665.3, 0.5), "a number, to the nearest whole number"),
    (number(1665.3, 50), "a number, to the nearest hundred"),
    (number(20.25, 0.01, relative=True), "a number, to three significant figures"),
    (number(0.125, 0.05, relative=True), "a number, to two significant figures"), (number(512), "an exact number"),
    (number(1.5625, 0.1, unit="%"), "a number, in %, to one decimal"), (number(9, unit="GiB"), "an exact number, in GiB"),
])  # fmt: skip
def test_the_precision_that_the_tolerance_asks_for_stands_with_the_question(item, words):
    assert how(item) == words
    assert grade(item, f"{precision(item).rounded(item.answer):.15g}").correct, "what is rounded as asked is right"


@pytest.mark.parametrize(("question", "asked"), [
    ("How much is it, to two decimals?", Precision(2)), ("What is p? Give it with 3 decimal places.", Precision(3)),
    ("What is p (to three significant figures)?", Precision(figures=3)), ("What is n, to the nearest ten?", Precision(-1)),
    ("Round to one decimal. What is it?", Precision(1)), ("A score is rounded to two decimals. How far may it be off?", None),
    ("What is the probability of exactly two?", None),
])  # fmt: skip
def test_what_the_question_says_itself_is_not_repeated(question, asked):
    item = number(0.123456, 0.001, question)
    assert stated(item) == asked and how(item) == ("a number" if asked else "a number, to three decimals")


def test_a_question_that_speaks_of_rounding_in_other_words_is_left_alone():
    assert how(number(197, 1, "How many are needed? (Round up.)")) == "a number"


@pytest.mark.parametrize(("item", "typed"), [
    (number(6.48, 0.005), "6.5"), (number(6.48, 0.005), "about 6.5"),
    (number(0.5962827, 0.003), "0.6"), (number(1.96, 0.02), "2"),
    (number(263168), "260000"), (number(263168), "2.6e5"), (number(263168), "260k"), (number(263168), "0.26M"),
    (number(0.2734, 0.002), "27 %"),
    (number(0.125, 0.002), "0.12"), (number(0.125, 0.002), "0.13"), (number(-1.2247, 0.01), "-1.2"),
    (number(1.5, unit="s"), "1500 ms"),
    (number(1.4567, 0.001, unit="s"), "1460 ms"), (number(12.6, 0.05), "twelve point six"), (number(6.04, 0.01), "6,0"),
])  # fmt: skip
def test_the_right_answer_with_too_few_digits_is_never_wrong(item, typed):
    found = grade(item, typed)
    assert found.correct or (
        "right as far as it goes. Type it " in found.misunderstood and precision(item).words in found.misunderstood
    )


def test_and_says_what_is_wanted():
    assert grade(number(6.48, 0.005), "6.5").misunderstood == "6.5 is right as far as it goes. Type it to two decimals."
    assert grade(number(263168), "260000").misunderstood == "260000 is right as far as it goes. Type it exactly."
    assert grade(number(1 / 3), "0.33").misunderstood == "0.33 is right as far as it goes. Type it exactly; a fraction will do."


def test_what_is_rounded_as_the_question_asks_is_right_even_outside_of_the_tolerance():
    item = number(2 / 3, 0.001, "What is p, to two decimals?")
    assert grade(item, "0.67").correct and grade(item, "0.6667").correct
    assert grade(item, "0.7").misunderstood == "0.7 is right as far as it goes. Type it to two decimals."
    assert not grade(item, "0.66").correct and not grade(item, "0.66").misunderstood


@pytest.mark.parametrize(("item", "typed"), [
    (number(6.48, 0.005), "6.4"), (number(6.48, 0.005), "6.51"), (number(6.48, 0.005), "7"), (number(0.7, 0.003), "1"),
    (number(0.3, 0.003), "0"),
    (number(0.14, 0.001), "0.2"), (number(512), "5/1"), (number(263168), "250000"), (number(263168), "263000.5"),
    (number(1 / 3), "1/2"),
    (number(30, 0.1), "34"), (number(0.5, 0.001), "0.43"),
])  # fmt: skip
def test_another_number_is_still_wrong(item, typed):
    found = grade(item, typed)
    assert found.score == 0 and found.feedback and not found.misunderstood


def test_a_known_wrong_answer_is_told_before_anything_is_said_of_digits():
    item = replace(number(1.96, 0.02), wrong=(KnownWrong("2", "undiscounted", "Divide."),))
    assert grade(item, "2").feedback == "Divide."


def test_no_bundled_item_calls_its_answer_to_two_figures_wrong():
    corpus = open_corpus(ROOT / "docs")
    for lesson in corpus.ids():
        for item in corpus.items(lesson, made=False):
            if item.kind != Kind.NUMBER:
                continue
            drawn = bank.draw(item, 1)
            found = grade(drawn, f"{float(f'{drawn.answer:.2g}'):.15g}")
            known = any(found.feedback == wrong.reply for wrong in drawn.wrong)
            assert found.correct or found.misunderstood or known, (drawn.key, drawn.answer, found)
