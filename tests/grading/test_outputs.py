"""Predicted outputs: what counts as the same line, what is said of one that is wrong."""

from __future__ import annotations

import pytest

from tutor.corpus.bank import KINDS, shown_answer
from tutor.grading import grade, part_by_part
from tutor.models import Item, Kind, KnownWrong


def program(output: str, *wrong: KnownWrong) -> Item:
    return Item(
        "one", "python/lists", "slices", Kind.PREDICT, "What does this print?", code="print()", output=output, wrong=wrong
    )


@pytest.mark.parametrize(
    "output, said",
    [
        ("3", "3"),
        ("3", " 3 \n"),
        ("3", "it prints 3"),
        ("3", "I think 3"),
        ("abc", "'abc'"),
        ("abc", "“abc”"),
        ("abc", "`abc`"),
        ("[1, 2]", "[1,2]"),
        ("['a', 'b']", '["a","b"]'),
        ("{'a': 1}", "{'a':1}"),
        ("[1.  2.]", "[1. 2.]"),
        ("a\n\nb", "a\nb"),
        ("a\nb", "a\n\nb\n"),
        ("0.1\n0.2", "```\n0.1\n0.2\n```"),
        ("x = -1", "x = −1"),
    ],
)
def test_what_is_printed_may_be_typed_with_other_spaces_quotes_and_empty_lines(output, said):
    assert grade(program(output), said).correct


@pytest.mark.parametrize(
    "output, said",
    [
        ("3.0", "3"),
        ("3", "3.0"),
        ("True", "true"),
        ("'abc'", "abc"),
        ("['a']", "[a]"),
        ("1 2", "12"),
        ("(1,)", "(1)"),
        ("None", "none"),
        ("a\nb", "a b"),
        ("a\nb", "b\na"),
        ("2", "2\n3"),
        ("2\n3", "2"),
        ("0.30000000000000004", "0.3"),
    ],
)
def test_everything_else_that_differs_is_wrong(output, said):
    assert not grade(program(output), said).correct


def test_the_score_is_the_share_of_lines_and_one_left_out_does_not_shift_the_others():
    item = program("1\n2\n3\n4")
    assert grade(item, "1\n2\n4").score == 0.75
    assert grade(item, "1\n3\n3\n4").score == 0.75
    assert grade(item, "1\n2\n3\n4\n5").score == 0.8
    assert grade(item, "7").score == 0
    assert [met.point for met in grade(item, "1\n2\n4").met] == ["line 1: 1", "line 2: 2", "line 4: 4"]


def test_a_wrong_line_is_named_and_what_is_printed_is_told_once_no_try_is_left():
    item = program("1\n4\n9", KnownWrong("1\n3\n9", "a square is a sum", "Squares multiply."))
    found = grade(item, "1\n3\n9")
    assert found.heard == "a square is a sum" and found.feedback == "Squares multiply."
    told = [part.text for part in part_by_part(item, "1\n3\n9", found, tells=True).parts]
    assert told == ["line 2: you said “3”, it prints “4”", "lines 1 and 3 are right"]
    hidden = part_by_part(item, "1\n3\n9", found, tells=False)
    assert [part.text for part in hidden.parts] == ["line 2: “3” is not what it prints", "lines 1 and 3 are right"]
    assert hidden.remark == "Squares multiply."
    assert "4" not in grade(item, "1\n3\n9").feedback + grade(item, "1\n5\n9").feedback


def test_lines_too_many_and_too_few_are_told():
    item = program("1\n2")
    assert grade(item, "1").feedback == "It prints more lines."
    assert grade(item, "1\n2\n3").feedback == "It prints fewer lines."
    parts = part_by_part(item, "1\n2\n3", grade(item, "1\n2\n3"), tells=True).parts
    assert [part.text for part in parts] == ["“3”: no such line is printed there", "lines 1 and 2 are right"]


def test_a_float_with_other_digits_is_asked_for_as_it_is_printed_at_no_cost():
    found = grade(program("0.50"), "0.5")
    assert found.misunderstood == "Line 1: the value is right, the digits are not. Type it as it is printed."
    assert not grade(program("0.50"), "0.6").misunderstood
    assert not grade(program("0.50", KnownWrong("0.5", "formats are ignored")), "0.5").misunderstood
    assert grade(program("1\n2"), " ").misunderstood


def test_a_very_long_answer_is_read_no_further_than_it_needs():
    assert grade(program("1"), "2\n" * 100_000).score == 0


def test_the_answer_is_shown_as_it_is_printed():
    assert shown_answer(program("*3*")) == "`*3*`"
    assert shown_answer(program("1\n2")) == "\n\n```output\n1\n2\n```"
    assert KINDS[Kind.PREDICT].as_typed(program("1"), "", ("1", "2")) == "1\n2"
