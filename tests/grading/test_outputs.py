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


def parts_of(item: Item, answer: str) -> list[str]:
    return [part.text for part in part_by_part(item, answer, grade(item, answer), tells=True).parts]


def test_lines_stand_beside_each_other_so_that_as_few_as_possible_are_wrong():
    item = program("True\nit's\n\n0.5\n0.50")
    assert parts_of(item, "True\nit's\n\n0.50\n0.50") == [
        "line 4: you said “0\\.50”, it prints “0\\.5”", "lines 1, 2 and 5 are right",
    ]  # fmt: skip
    assert grade(item, "True\nit's\n0.50\n0.50").score == 0.75
    assert parts_of(program("a\nb"), "c\nd") == ["line 1: you said “c”, it prints “a”", "line 2: you said “d”, it prints “b”"]
    assert parts_of(program("a\nb"), "x\na\nb")[0] == "“x”: no such line is printed there"


def test_lines_are_numbered_as_they_are_printed_empty_ones_too():
    item = program("1\n\n3\n4")
    found = grade(item, "1\n5\n4")
    assert found.feedback == "Line 3 is not what it prints." and found.missed == ("line 3: 3",)
    assert [met.point for met in found.met] == ["line 1: 1", "line 4: 4"]


def test_wrong_digits_that_cannot_be_asked_for_again_are_a_wrong_line():
    assert parts_of(program("11 1.0"), "11 1.00") == ["line 1: you said “11 1\\.00”, it prints “11 1\\.0”"]


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
