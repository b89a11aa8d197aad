"""Worked examples: how an answer is taken apart, what each line counts, and what is said of those that are wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor.corpus.bank import accepted_answers, draw, kind_of, parse_bank
from tutor.grading import grade, part_by_part

BANK = """\
items:
  - id: step
    section: s
    kind: steps
    question: A step on (w·x − y)² from w = 2 with x = 3, y = 5 and a rate of 0.1.
    lines:
      - {ask: The prediction, name: p, answer: 6}
      - ask: The gradient
        name: g
        answer: 2 * (p - 5) * 3
        work: 2 · (6 − 5) · 3 = 6
        wrong: [{answer: 2 * (p - 5), misconception: no inner derivative, reply: The chain rule has a second factor.}]
      - {ask: Where does w move?, options: [down, up], answer: down}
      - {ask: The new w, answer: 2 - 0.1 * g, tolerance: 0.01}
      - {ask: The gradient as a formula, expression: 2*(w*x - y)*x}
"""
ITEM = draw(parse_bank(BANK, "a/b", "b.yaml")[0], 1)
RIGHT = ["6", "6", "down", "1.4", "2x(wx - y)"]


def test_every_accepted_answer_is_right():
    assert all(grade(ITEM, answer).correct for answer in accepted_answers(ITEM))


@pytest.mark.parametrize(
    "answer",
    [
        "\n".join(RIGHT),
        "; ".join(RIGHT),
        "6;6;down;1.4;2*(w*x-y)*x;",
        ", ".join(RIGHT),
        "\n\n".join(RIGHT) + "\n",
        "1. 6\n2. 6\n3. down\n4. 1.40\n5. 2*x*(w*x - y)",
        "6\nabout 6\nI think down\n7/5\n2x(wx-y)",
        "p = 6\n6\nDown.\n1.4\n2x(w·x − y)",
    ],
)
def test_lines_may_be_typed_below_each_other_or_on_one_line(answer):
    assert grade(ITEM, answer).correct, grade(ITEM, answer)


def test_an_option_may_be_named_by_the_letter_beside_it():
    letter = next(answer.split("\n")[2] for answer in accepted_answers(ITEM)[1:])
    assert letter in "ab" and grade(ITEM, "\n".join([*RIGHT[:2], letter, *RIGHT[3:]])).correct


def test_what_names_no_option_is_asked_for_by_the_letters_that_stand_there():
    given = grade(ITEM, "\n".join([*RIGHT[:2], "sideways", *RIGHT[3:]]))
    assert "Type a letter from a to b, or the option's text." in given.misunderstood


def test_each_blank_counts_alike_and_lines_that_are_worked_out_are_not_asked():
    assert grade(ITEM, "6; 6; up; 1.4; w").score == 0.6
    last = replace(ITEM, worked=3)
    assert grade(last, "1.4; w").score == 0.5 and grade(last, "1.4; w").missed == ("line 5: 2*(w*x - y)*x",)
    assert grade(replace(ITEM, worked=4), "2x(wx - y)").correct
    assert "1 line to fill in, 2 given" in grade(replace(ITEM, worked=4), "1.4\nw").misunderstood


def test_a_number_that_follows_from_an_earlier_mistake_counts():
    wrong_at_first = grade(ITEM, "7; 12; down; 0.8; 2x(wx - y)")
    assert wrong_at_first.score == 0.8 and wrong_at_first.missed == ("line 1: 6",)
    assert wrong_at_first.feedback == "Line 1: 7 is too large. Lines 2 and 4 follow from what you have above, and count."
    assert grade(ITEM, "7; 6; down; 1.4; 2x(wx - y)").score == 0.8, "what is right in itself counts, too"
    assert grade(ITEM, "7; 13; down; 0.8; 2x(wx - y)").score == 0.4, "what follows from neither doesn't"


def test_a_known_mistake_is_replied_to_and_the_learner_is_not_told_what_is_right_while_a_try_is_left():
    answer = "6; 2; up; -; 2x"
    given = grade(ITEM, answer)
    assert given.heard == "no inner derivative" and given.score == 0.2
    told = part_by_part(ITEM, answer, given, tells=False)
    assert [part.text for part in told.parts] == [
        "line 2: “2” is wrong", "line 3: “up” is not the answer.", "line 4: nothing is there",
        "line 5: 2x differs from the right formula in value.", "line 1 is right",
    ]  # fmt: skip
    assert told.remark == "Line 2: The chain rule has a second factor." and not told.whole
    told = part_by_part(ITEM, answer, given, tells=True)
    assert [part.text for part in told.parts][:3] == [
        "line 2: “2” is wrong; right is 6", "line 3: “up” is wrong; right is down", "line 4: nothing is there; right is 1.4",
    ]  # fmt: skip


def test_what_cannot_be_read_is_asked_for_again_and_the_rest_counts_on_a_sheet():
    given = grade(ITEM, "six apples; 6; down; 1.4; 2x(wx - y)")
    assert given.misunderstood.startswith("Line 1: ") and given.score == 0.8
    assert "5 lines to fill in, 2 given" in grade(ITEM, "6\n6").misunderstood and grade(ITEM, "6\n6").score == 0.4
    assert "nothing was typed" in grade(ITEM, "-").misunderstood
    assert "5 lines to fill in, 6 given" in grade(ITEM, "1;2;3;4;5;6").misunderstood


def test_an_option_that_is_a_number_is_meant_by_it_and_not_the_option_at_that_place():
    lines = "[{ask: How many?, options: ['3', '1', '2'], answer: '3', shuffle: false}, {ask: one, answer: 1}]"
    (item,) = parse_bank(f"items:\n  - {{id: a, section: s, kind: steps, question: q, lines: {lines}}}\n", "a/b", "b.yaml")
    assert "1. How many? ____ (3, 1, 2)" in kind_of(item).question_text(item)
    assert grade(item, "3; 1").correct and grade(item, "1; 1").score == 0.5
