"""A hint or remark that tells the answer is caught in other words, forms and with rounded numbers; one that leads on is not."""

from __future__ import annotations

import pytest
from labelled_answers import short_items

from tutor.corpus import bank
from tutor.grading import gives_away
from tutor.models import Blank, Item, Option, Point

BREAD = Item(
    "why", "food/bread", "yeast", "short", "Why does dough rise?",
    rubric=(Point("yeast breathes out carbon dioxide"), Point("the dough holds the gas")),
    references=("Yeast eats sugar and breathes out carbon dioxide, and the dough holds the gas in bubbles.",),
)  # fmt: skip
FORMULA = Item("by", "l", "s", "short", "By what are the scores divided?", expression="sqrt(d_k)")
JUMPS = Item(
    "jumps", "l", "s", "choice", "Descent on p² starts at 10 with learning rate 1.05. What happens?",
    options=(
        Option("It jumps across 0 and lands farther out each time", right=True),
        Option("It walks to 0 and stops"),
        Option("It stays at 10"),
    ),
)  # fmt: skip
RATES = Item("rates", "l", "s", "cloze", "The rates only [[…]].", blanks=(Blank(("decrease",)),))


def number(answer, **fields):
    return Item("n", "l", "s", "number", "What comes out for x = 3?", answer=answer, **fields)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (number(0.402), "It is about 0.402."),
        (number(0.402), "You should get roughly 0.40"),
        (number(0.402), "a bit over two fifths"),
        (number(0.402), "about 40 percent"),
        (number(40.2, unit="%"), "a share of 0.402"),
        (number(0.402), "close to 4.02e-1"),
        (number(1234.5), "some 1,230"),
        (number(25.0), "Twenty-five, to be exact."),
        (number(-0.25), "minus a quarter"),
        (BREAD, "Yeast exhales carbon dioxide."),
        (BREAD, "The dough keeps the gas inside."),
        (BREAD, "Well: the yeast, which eats, is breathing out carbon dioxide."),
        (JUMPS, "Each time it leaps over zero and lands further out."),
        (RATES, "They are decreasing all the time."),
        (RATES, "They shrink."),
        (FORMULA, "It is √d_k."),
        (FORMULA, "It's the square root of d_k."),
        (FORMULA, "Divide by `d_k**0.5`."),
    ],
)
def test_a_giveaway_is_caught_in_other_words_and_roundings(item, said):
    assert gives_away(said, item)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (number(0.402), "Divide 3 by the sum of the squares."),
        (number(0.402), "0.7 would be too large."),
        (number(1234.5), "Less than two thousand."),
        (BREAD, "What do living things breathe out?"),
        (BREAD, "Think of what the yeast does with sugar."),
        (JUMPS, "By what factor is p multiplied?"),
        (JUMPS, "Does it walk to 0, stay, or jump across it?"),
        (RATES, "Which way can they go?"),
        (FORMULA, "Look at the variance of the dot product."),
    ],
)
def test_a_hint_that_leads_on_is_kept(item, said):
    assert not gives_away(said, item)


def test_each_way_in_which_an_author_puts_a_point_is_caught():
    ways = [
        (item, way)
        for item in list(short_items().values())[::6]
        for point in item.rubric
        for way in (point.text, *point.also)[:6]
    ]
    told = [gives_away(way, item) for item, way in ways]
    assert len(told) > 100 and sum(told) >= 0.98 * len(told)


def test_few_hints_of_authors_would_be_taken_for_giveaways():
    hints = [(item, hint) for item in list(short_items().values())[::2] for hint in item.hints]
    taken = [hint for item, hint in hints if gives_away(hint, item)]
    assert len(hints) > 50 and len(taken) <= 0.25 * len(hints)


def test_a_key_that_the_question_holds_already_is_told_only_word_for_word():
    item = Item("k", "l", "s", "cloze", "A key is like a [[…]].", blanks=(Blank(("key",)),))
    assert bank.giveaways(item) == ["key"]
    assert gives_away("It is a key.", item) and not gives_away("It is like keys on a ring.", item)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0, "The slope there is nil."),
        (0, "Die Steigung ist null."),
        (12, "It makes a dozen."),
        (63, "Am Ende steht dreiundsechzig."),
        (512, "La limite est cinq cent douze."),
        (17, "A partir del token diecisiete gana la caché."),
        (17, "От семнадцатого токена кэш больше."),
        (3, "去掉输入和输出，还剩三层。"),
        (2 / 3, "Also in zwei Dritteln aller Rennen."),
    ],
)
def test_a_number_in_words_of_any_language_that_the_program_knows_is_told(answer, said):
    assert gives_away(said, number(answer)) and not gives_away(said, number(answer + 30))


@pytest.mark.parametrize(
    "said",
    [
        "Think of a coin: heads or tails, fifty-fifty.", "It is a 50-50 matter.", "One in two.", "1 out of 2", "about one half",
        "A half, no more.", "50 %", "fifty percent", "half the time", "Even odds.", "zero point five", "five tenths", "5 in 10",
        "Fifty out of a hundred.", "Like the toss of a coin.", "Eine von zwei.", "Un sur deux.", "die Hälfte",
        "C'est la moitié.", "La mitad.", "Every second time.", "1 over 2",
    ],
)  # fmt: skip
def test_a_half_is_told_by_each_of_its_names(said):
    assert gives_away(said, number(0.5)) and gives_away(said, number(50.0, unit="%")) and not gives_away(said, number(0.8))


@pytest.mark.parametrize("said", ["Two chances in three.", "Two out of three.", "two in three", "deux sur trois", "66.7 %"])
def test_a_share_is_told_as_so_many_of_so_many(said):
    assert gives_away(said, number(2 / 3)) and not gives_away(said, number(0.3))


ERRORS = Item(
    "errors", "l", "s", "cloze", "One error [[…]] a [[…]] hypothesis, the other [[…]] a [[…]] one.",
    blanks=(Blank(("rejects",)), Blank(("true",)), Blank(("keeps",)), Blank(("false",))),
)  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "Think of words beginning with r, then t, then k, then f.", "r, t, k, f", "R. T. K. F.", "The first letter is an r.",
        "It starts with the letter r.", "The answer starts with letters: u. H. n.", "The initials are R and T.",
        "It rhymes with new.", "A five-letter word.", "Es beginnt mit r.", "r … and it ends in s.",
    ],
)  # fmt: skip
def test_the_letters_of_an_answer_tell_it(said):
    assert gives_away(said, ERRORS)


@pytest.mark.parametrize("said", ["Start with the scores q and k.", "x, y, z are three axes.", "Begin with what is assumed."])
def test_other_letters_tell_nothing(said):
    assert not gives_away(said, ERRORS)


@pytest.mark.parametrize(
    "said",
    [
        "It is neither the second nor the third.",
        "Not 2, and not 3.",
        "It walks to 0 and stops? No: not so. And it stays at 10 is wrong.",
    ],
)
def test_an_option_is_told_by_ruling_out_the_others(said):
    assert gives_away(said, JUMPS)
    assert not gives_away("It is not the second.", JUMPS)


@pytest.mark.parametrize("said", ["Look at it once more, due to the null.", "It has an elf.", "Eine Zahl fehlt."])
def test_words_that_are_numbers_elsewhere_are_none_in_an_english_hint(said):
    assert not any(gives_away(said, number(value)) for value in (0, 2, 3, 6, 8, 11, 100))


@pytest.mark.parametrize("said", ["eine von sieben", "uno de cada siete", "een van zeven", "once in every seven tries"])
def test_a_share_is_told_in_words_of_the_languages_whose_numbers_are_known(said):
    assert gives_away(said, number(1 / 7))
