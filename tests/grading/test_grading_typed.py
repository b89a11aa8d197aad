"""Answers that are picked, filled in, ordered or computed."""

from dataclasses import replace

import pytest

from tutor.corpus import bank
from tutor.corpus.bank import shuffled_steps
from tutor.grading import grade
from tutor.grading.closed.choices import without_key
from tutor.grading.closed.quantities import read_quantity
from tutor.models import Blank, Item, Kind, KnownWrong, Option
from utils.errors import InvalidFile


def item(kind, **fields):
    return Item(id="i", lesson="llm/attention", section="heads", kind=kind, question="?", **fields)


HEADS = item(
    Kind.CHOICE,
    options=(
        Option("64 numbers", right=True),
        Option("512 numbers", misconception="every head sees the full width", reply="The width is shared out."),
        Option("All of them"),
    ),
)
PRIMES = (Option("two", right=True), Option("three", right=True), Option("four", reply="Four is two times two."), Option("one"))


@pytest.mark.parametrize("typed", ["1", " 1. ", "64 numbers", "64  NUMBERS", "64", "a"])
def test_a_choice_is_named_by_number_text_or_unique_beginning(typed):
    assert grade(HEADS, typed).correct


@pytest.mark.parametrize(
    "typed",
    [
        "is it 1?",
        "1?",
        "maybe 1",
        "64 numbers?",
        "not sure, 1",
        "I think it's 1, but I'm not sure",
        "option 1",
        "1, is that right?",
    ],
)
def test_a_guess_counts_as_the_option_that_it_names(typed):
    assert grade(HEADS, typed).correct
    assert grade(HEADS, typed.replace("1", "2").replace("64", "512")).feedback == "The width is shared out."


@pytest.mark.parametrize("typed", ["1, but why?", "2? why?", "64 numbers - why is that?", "1, is that the width?"])
def test_an_option_with_a_question_beside_it_is_asked_for_alone(typed):
    asked = grade(HEADS, typed)
    assert asked.misunderstood.startswith("I read “") and "Type it alone" in asked.misunderstood


@pytest.mark.parametrize("typed", ["is it not 1?", "not 1", "1 or 2?", "I don't think it's 1", "I'm not sure it's 1", "why 1?"])
def test_what_may_mean_another_option_is_no_guess(typed):
    assert "names no option" in grade(HEADS, typed).misunderstood


def test_a_guess_counts_in_every_kind():
    odd = item(Kind.MULTI, options=PRIMES)
    assert grade(odd, "not sure: 1, 2").correct and grade(odd, "two, three?").correct and grade(odd, "is it 1 and 2?").correct
    assert "question beside it" in grade(odd, "1, 2, but why?").misunderstood
    steps = item(Kind.ORDER, steps=("mix", "bake", "eat"))
    shown = shuffled_steps(steps)
    typed = " ".join(str(shown.index(n) + 1) for n in range(3))
    assert (
        grade(steps, f"{typed}?").correct and grade(steps, f"maybe {typed}").correct and grade(steps, "mix > bake > eat?").correct
    )
    formula = item(Kind.SHORT, expression="d / c**2")
    assert all(grade(formula, typed).correct for typed in ("d / c^2?", "maybe d/c^2", "is it d / c^2?", "I think it is d/c^2"))
    assert (
        "differs" in grade(formula, "is it -d / c^2?").feedback and grade(item(Kind.SHORT, expression="-d"), "is it -d?").correct
    )
    assert "question beside it" in grade(formula, "d / c^2, but why?").misunderstood
    blank = item(Kind.CLOZE, blanks=(Blank(("variance",)),))
    assert grade(blank, "is it variance?").correct and grade(blank, "maybe variance").correct
    assert "question beside it" in grade(blank, "mean, but why?").misunderstood
    number = item(Kind.NUMBER, answer=0.2)
    assert grade(number, "maybe 0.2?").correct and grade(number, "is it 0.2?").correct
    assert "I read 0.2" in grade(number, "0.2, but why?").misunderstood


@pytest.mark.parametrize("typed", ["dividing by d_k leaves the variance at d_k", "it stays the same because of the sum"])
def test_prose_at_a_formula_is_not_graded_as_one(typed):
    for right in ("1/d_k", "x^2 - 5*x + 6", "2x"):
        assert "There is no formula in it" in grade(item(Kind.SHORT, expression=right), typed).misunderstood
        assert grade(item(Kind.SHORT, expression=right), right).correct


def test_a_raised_digit_in_a_formula_is_a_power():
    formula = item(Kind.SHORT, expression="x^2 - 5*x")
    assert all(grade(formula, typed).correct for typed in ("x² − 5x", "x²-5x", "`x² - 5·x`", "(x²3 - 15x)/3"))
    assert grade(item(Kind.SHORT, expression="1/x^2"), "x⁻²").correct and not grade(formula, "x2 - 5x").correct


def test_a_formula_in_other_names_is_a_wrong_one():
    assert "differs" in grade(item(Kind.SHORT, expression="1/d_k"), "heads * width * depth * rows").feedback


def test_another_option_answers_with_its_own_reply():
    assert grade(HEADS, "2").feedback == "The width is shared out."
    assert "*All of them* is not the answer" in grade(HEADS, "all").feedback


def test_an_option_that_was_picked_tells_the_misconception_behind_it():
    assert grade(HEADS, "2").heard == "every head sees the full width"
    assert [grade(HEADS, typed).heard for typed in ("1", "3", "nothing")] == [""] * 3


def test_several_wrong_options_tell_a_misconception_on_each_line():
    options = (
        Option("two", right=True),
        Option("one", misconception="one-is-prime"),
        Option("nine", misconception="odd is prime"),
    )
    odd = item(Kind.MULTI, options=(*options, Option("four")))
    assert grade(odd, "2, 3, 4").heard == "one-is-prime\nodd is prime"
    assert grade(odd, "1").heard == grade(odd, "4").heard == ""


def test_a_known_wrong_number_formula_or_fill_tells_its_misconception():
    wrong = (KnownWrong("6", "added"),)
    assert grade(item(Kind.NUMBER, answer=5.0, wrong=wrong), "6").heard == "added"
    assert grade(item(Kind.NUMBER, answer=5.0, wrong=wrong), "7").heard == ""
    assert grade(item(Kind.SHORT, expression="x + 5", wrong=(KnownWrong("x + 6", "added"),)), "6 + x").heard == "added"
    swapped = item(Kind.CLOZE, blanks=(Blank(("columns",)), Blank(("rows",))), wrong=(KnownWrong("rows; columns", "swapped"),))
    assert grade(swapped, "Rows; columns").heard == "swapped"
    assert grade(swapped, "rows; depth").heard == grade(swapped, "columns; rows").heard == ""


@pytest.mark.parametrize("typed", ["", "7", "numbers", "perhaps the first"])
def test_an_answer_that_names_no_option_is_misunderstood_not_wrong(typed):
    assert "Type a number from 1 to 3" in grade(HEADS, typed).misunderstood


@pytest.mark.parametrize("typed", ["1, 2", "2 1", "1 and 2", "two, three", "three; TWO"])
def test_multi_takes_numbers_and_texts_in_any_order(typed):
    assert grade(item(Kind.MULTI, options=PRIMES), typed).correct


def test_multi_gives_partial_credit_only_where_the_item_does():
    partial, whole = item(Kind.MULTI, options=PRIMES, credit="partial"), item(Kind.MULTI, options=PRIMES)
    assert grade(partial, "1").score == 0.5
    assert grade(whole, "1").score == 0.0
    assert grade(partial, "1, 3").score == 0.0
    both = grade(partial, "1, 2, 3")
    assert both.score == 0.5 and "Four is two times two." in both.feedback
    assert grade(partial, "1").missed == ("three",)


def test_multi_reads_options_that_hold_commas_themselves():
    options = (Option("red, then green", right=True), Option("green, then red"), Option("blue", right=True))
    assert grade(item(Kind.MULTI, options=options), "red, then green, blue").correct


CLOZE = item(
    Kind.CLOZE,
    blanks=(Blank(("columns",)), Blank(("rows", "lines"))),
    wrong=(KnownWrong("rows; columns", reply="The other way round."),),
)


@pytest.mark.parametrize("typed", ["columns; rows", "Columns;lines", "colums; rows", "columns, rows"])
def test_a_cloze_forgives_case_and_spelling_slips(typed):
    assert grade(CLOZE, typed).correct


def test_a_cloze_gives_the_share_of_blanks_and_names_the_one_that_is_not_filled():
    half = grade(CLOZE, "columns; depth")
    assert half.score == 0.5 and "“depth” does not fill blank 2" in half.feedback and half.missed == ("rows",)
    assert "The other way round." in grade(CLOZE, "rows; columns").feedback


@pytest.mark.parametrize(("typed", "accepted", "fills"), [("-6", "6", False), ("GPT 2", "GPT-2", True), ("32", "3-2", False)])
def test_a_hyphen_joins_words_in_a_cloze_and_is_a_sign_before_a_number(typed, accepted, fills):
    assert grade(item(Kind.CLOZE, blanks=(Blank((accepted,)),)), typed).correct is fills


def test_a_cloze_with_too_few_words_is_misunderstood():
    assert "2 blanks to fill, 1 given" in grade(CLOZE, "columns").misunderstood


@pytest.mark.parametrize("typed", ["query, key", "query; key", "query,key,"])
def test_what_a_cloze_was_given_is_counted_at_commas_too(typed):
    three = item(Kind.CLOZE, blanks=(Blank(("query",)), Blank(("key",)), Blank(("value",))))
    assert "3 blanks to fill, 2 given" in grade(three, typed).misunderstood
    assert grade(three, "query, key, value").correct and grade(three, "query; key; value;").correct


def test_a_slip_is_not_forgiven_where_it_makes_the_opposite_or_another_known_word():
    mutable = item(Kind.CLOZE, blanks=(Blank(("immutable",)),))
    assert not grade(mutable, "mutable").correct
    assert not grade(item(Kind.CLOZE, blanks=(Blank(("increases",)),)), "decreases").correct
    wrong = item(Kind.CLOZE, blanks=(Blank(("variance",)),), wrong=(KnownWrong("variants"),))
    assert not grade(wrong, "variants").correct


def test_an_order_is_typed_as_the_numbers_shown_or_the_steps_themselves():
    steps = item(Kind.ORDER, steps=("project", "score", "scale", "mix"))
    shown = shuffled_steps(steps)
    right = [str(shown.index(step) + 1) for step in range(4)]
    for typed in (
        " ".join(right),
        ", ".join(right),
        "".join(right),
        "project, score, scale, mix",
        "project -> score -> scale -> mix",
    ):
        assert grade(steps, typed).correct


def test_an_order_scores_its_longest_right_run():
    steps = item(Kind.ORDER, steps=("project", "score", "scale", "mix"))
    run = grade(steps, "mix, project, score, scale")
    assert run.score == 0.75 and "project → score → scale" in run.feedback and run.missed == ("mix",)
    assert grade(steps, "mix, scale, score, project").score == 0.0
    assert "each of the 4 steps once" in grade(steps, "1 2 2 3").misunderstood


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.4", 0.4),
        ("1e-3", 0.001),
        ("1/3", 1 / 3),
        ("1,000", 1000),
        ("−4", -4),
        ("2.5 × 10^3", 2500),
        ("4×10⁻³", 0.004),
        ("10^6", 1e6),
        ("twenty one", 21),
        ("minus two thirds", -2 / 3),
        ("half", 0.5),
        ("three point five", 3.5),
        ("1 1/2", 1.5),
        ("0,5", 0.5),
        ("x = 3", 3),
        ("the answer is 7.", 7),
        ("2 million", 2e6),
        ("2π", 6.283185307179586),
        ("１２", 12),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, value):
    assert read_quantity(typed).value == pytest.approx(value)


@pytest.mark.parametrize("typed", ["", "abc", "1 2", "1/0", "∞", "1e999", "√2"])
def test_what_is_no_number_is_misunderstood(typed):
    assert "not a number that I can read" in grade(item(Kind.NUMBER, answer=5.0), typed).misunderstood


def test_a_number_is_right_within_its_tolerance():
    absolute = item(Kind.NUMBER, answer=0.402, tolerance=0.003)
    assert grade(absolute, "0.4").correct and grade(absolute, "0.405").correct and not grade(absolute, "0.406").correct
    relative = item(Kind.NUMBER, answer=200.0, tolerance=0.01, relative=True)
    assert grade(relative, "202").correct and not grade(relative, "203").correct


def test_a_right_value_in_a_wrong_unit_is_told_so():
    delay = item(Kind.NUMBER, answer=5.0, unit="ms")
    assert grade(delay, "5").correct and grade(delay, "5 ms").correct and grade(delay, "0.005 s").correct
    assert "The value is right but the unit is not: 5 s is 5000 ms" in grade(delay, "5 s").feedback
    assert "asks for ms, you wrote kg" in grade(delay, "5 kg").feedback


def test_percent_and_share_are_told_apart():
    assert grade(item(Kind.NUMBER, answer=0.12), "12 %").correct
    assert "As a share 0.12 is right" in grade(item(Kind.NUMBER, answer=12.0, unit="%"), "0.12").feedback


def test_a_wrong_number_is_answered_with_what_is_known_about_it():
    dot = item(Kind.NUMBER, answer=5.0, wrong=(KnownWrong("6", "added", "You added."),))
    assert grade(dot, "6").feedback == "You added."
    assert "wrong sign" in grade(dot, "-5").feedback
    assert "decimal point" in grade(dot, "0.5").feedback
    assert "too large" in grade(dot, "9").feedback


def test_a_formula_is_right_when_it_has_the_same_value_everywhere():
    line = item(Kind.SHORT, expression="2*x + 1", wrong=(KnownWrong("2*x", reply="One is missing."),))
    assert grade(line, "1 + x + x").correct and grade(line, "y = 2x+1").correct
    assert grade(line, "2x").feedback == "One is missing."
    assert "not a formula that I can read" in grade(line, "__import__('os')").misunderstood


OPTIONS = tuple(Option(text, right=text != "salt") for text in ("flour", "salt", "water"))
NEEDS = Item("needs", "food/bread", "salt", Kind.MULTI, "Which?", options=OPTIONS)


def test_only_what_was_typed_is_quoted():
    by_number, by_text = grade(NEEDS, "1, 2"), grade(NEEDS, "flour; salt")
    assert [met.evidence for met in by_number.met] == [""] and [met.evidence for met in by_text.met] == ["flour"]
    assert "“" not in by_number.feedback and "*salt* does not belong." in by_number.feedback
    assert "“salt” does not belong." in by_text.feedback
    one = replace(NEEDS, kind=Kind.CHOICE, options=OPTIONS[:2])
    assert grade(one, "2").feedback == "*salt* is not the answer." and grade(one, "salt").feedback == "“salt” is not the answer."
    steps = Item("bake", "food/bread", "salt", Kind.ORDER, "Which order?", steps=("mix", "rise", "bake"), seed=1)
    assert not any(met.evidence for met in grade(steps, bank.accepted_answers(steps)[0]).met)
    assert [met.evidence for met in grade(steps, "mix, rise, bake").met] == ["mix", "rise", "bake"]


def ordered(any_order: str) -> Item:
    text = f"items:\n- {{id: a, section: s, kind: order, question: In which order?, any_order: {any_order}, "
    text += "steps: [mix, salt, rise, bake]}\n"
    return bank.draw(bank.parse_bank(text, "food/bread", "b.yaml")[0], 3)


def test_steps_that_may_change_places_are_right_in_either_order():
    free = ordered("[[1, 2]]")
    for typed in ("mix, salt, rise, bake", "salt, mix, rise, bake", *bank.accepted_answers(free)):
        assert grade(free, typed).correct, typed
    assert len(bank.accepted_answers(free)) == 2
    assert grade(free, "salt, mix, bake, rise").score == 0.5, "the two that begin it, in either order"
    assert not grade(free, "rise, mix, salt, bake").correct and not grade(ordered("[[3, 4]]"), "salt, mix, rise, bake").correct


@pytest.mark.parametrize(
    "any_order", ["[1, 2]", "[[1]]", "[[1, 5]]", "[[0, 1]]", "[[1, 1]]", "[[1, 2], [2, 3]]", "[[mix, salt]]"]
)
def test_a_group_of_steps_that_makes_no_sense_is_refused(any_order):
    with pytest.raises(InvalidFile, match=r"found no group of steps in any_order, expected two or more numbers from 1 to 4"):
        ordered(any_order)


@pytest.mark.parametrize("typed", ["1, 2, 3", "1, 2", "2, 3", "1", "2"])
def test_while_a_try_is_left_a_missed_multi_tells_how_many_are_right_and_not_which(typed):
    told = without_key(NEEDS, typed, grade(NEEDS, typed))
    assert not told.met and not told.missed and "right" in told.feedback
    assert "flour" not in told.feedback and "water" not in told.feedback


def test_who_marks_every_option_is_told_of_none_that_it_does_not_belong():
    told = without_key(NEEDS, "1, 2, 3", grade(NEEDS, "1, 2, 3"))
    assert told.feedback == "2 of the 3 that you marked are right."
