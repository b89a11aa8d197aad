"""Worked examples in a bank: how their lines are read and computed, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor.corpus.bank import accepted_answers, all_draws, draw, draw_again, giveaways, kind_of, parse_bank, shown_answer
from tutor.grading import grade
from tutor.models import Kind
from utils.errors import InvalidFile

HEAD = "items:\n  - id: step\n    section: s\n    kind: steps\n    question: Compute it.\n"
DRAWN = HEAD + (
    "    variables: {a: {choose: [2, 3]}}\n"
    "    explanation: The sum is {{sum}}.\n"
    "    lines:\n"
    '      - {ask: The double, name: double, answer: 2 * a, work: "2 · {{a}} = {{double}}"}\n'
    "      - {ask: Is it even?, options: ['yes', 'no'], answer: 'yes'}\n"
    "      - {ask: The sum with a, name: sum, answer: double + a, wrong: [{answer: double - a, misconception: minus}]}\n"
    "      - {ask: 'The square of x, in x =', expression: x**2}\n"
)


def item_of(text: str):
    (item,) = parse_bank(text, "food/bread", "b.quiz.yaml")
    return item


def test_each_line_is_an_item_of_its_own_that_is_computed_with_those_above_it():
    drawn = draw(item_of(DRAWN), 1)
    a = {4: 2, 6: 3}[drawn.lines[0].item.answer]
    assert [line.item.kind for line in drawn.lines] == [Kind.NUMBER, Kind.CHOICE, Kind.NUMBER, Kind.SHORT]
    assert (drawn.lines[2].item.answer, drawn.lines[2].item.wrong[0].answer) == (3 * a, str(a))
    assert drawn.lines[0].work == f"2 · {a} = {2 * a}" and drawn.explanation == f"The sum is {3 * a}."
    assert drawn.probes == ("minus",)


def test_lines_without_variables_are_computed_once_and_for_all():
    lines = (
        "    lines:\n      - {ask: one, name: p, answer: 2 * 3}\n      - {ask: two, answer: p / 4, wrong: [{answer: p * 4}]}\n"
    )
    first, second = (line.item for line in item_of(HEAD + lines).lines)
    assert (first.answer, second.answer, second.wrong[0].answer) == (6, 1.5, "24")


def test_what_is_worked_out_stands_in_the_question_and_what_is_blank_in_its_answer():
    drawn = replace(draw(item_of(DRAWN), 1), worked=2)
    kind, a = kind_of(drawn), drawn.lines[0].item.answer / 2
    assert kind.question_text(drawn) == (
        f"Compute it.\n\n1. The double: 2 · {a:g} = {2 * a:g}\n2. Is it even? **yes**\n"
        "3. The sum with a: ____ (an exact number)\n4. The square of x, in x = ____ (a formula)"
    )
    assert kind.how_to_answer(drawn) == "fill in lines 3 to 4, one by one" and kind.lines_to_type(drawn) == ["3", "4"]
    assert accepted_answers(drawn) == [f"{3 * a:g}\nx**2"] and giveaways(drawn) == [f"{3 * a:g}", "x**2"]
    assert shown_answer(drawn) == f"\n\n3. The sum with a: **{3 * a:g}**\n4. The square of x, in x = **x**2**"
    assert kind.how_to_answer(replace(drawn, worked=3)) == "fill in line 4"


def test_a_question_that_comes_back_has_other_numbers_whatever_the_order_of_options_is():
    item = item_of(DRAWN)
    for seed in range(20):
        first, second = draw(item, seed), draw_again(item, seed, 1)
        assert first.lines[0].item.answer != second.lines[0].item.answer


@pytest.mark.parametrize(
    "lines, words",
    [
        ("[{ask: a, answer: 1}]", "found 1 entries in lines, expected at least 2"),
        ("[{ask: a, answer: 1}, {answer: 1}]", 'line 2 lacks the field "ask"'),
        ("[{ask: a, answer: 1}, {ask: b}]", "line 2: found no way to answer, expected answer, expression or options"),
        ("[{ask: a, answer: 1}, {ask: b, answer: 1, option: [a]}]", 'the unknown field "option"'),
        ("[{ask: a, answer: 1}, {ask: b, answer: p}]", 'the unknown name "p"'),
        ("[{ask: a, name: p, answer: 1}, {ask: b, answer: q + 1}]", 'the unknown name "q" in "q + 1", expected p'),
        ("[{ask: a, name: 1a, answer: 1}, {ask: b, answer: 1}]", 'line 1: found the name "1a", expected letters'),
        ("[{ask: a, name: p, answer: 1}, {ask: b, name: p, answer: 1}]", 'found the name "p", expected letters'),
        ("[{ask: a, name: p, answer: 0}, {ask: b, answer: 1 / p}]", "found no answer for line 2"),
        ("[{ask: a, answer: 1}, {ask: b, options: [x, y], answer: z}]", 'found the answer "z", expected one of the options'),
        ("[{ask: a, answer: 1}, {ask: b, options: [{text: x}, {text: y}]}]", "found 0 right options"),
        ("[{ask: a, answer: 1}, {ask: b, options: [q, r, s, t, u, v, w], answer: q}]", "found 7 options, expected at most 6"),
        ("[{ask: a, answer: 1}, {ask: b, expression: x, answer: 1}]", 'found the unknown field "answer"'),
        ("[{ask: a, answer: 1}, {ask: b, answer: 2, wrong: [{answer: 2}]}]", "which is the right answer within the tolerance"),
    ],
)
def test_a_line_that_cannot_be_asked_is_refused_at_its_line(lines, words):
    with pytest.raises(InvalidFile) as refused:
        item_of(f"{HEAD}    lines: {lines}\n")
    assert words in str(refused.value) and str(refused.value).startswith("b.quiz.yaml:6: ")


def test_a_choice_may_be_written_with_replies():
    replies = "{ask: b, options: [{text: x, right: true}, {text: y, misconception: m, reply: No.}]}"
    item = item_of(f"{HEAD}    lines: [{{ask: a, answer: 1}}, {replies}]\n")
    assert [option.reply for option in item.lines[1].item.options] == ["", "No."] and item.probes == ("m",)


CONDITIONAL = HEAD + (
    "    variables: {a: {choose: [1, 2, 3]}}\n"
    "    lines:\n"
    "      - {ask: Less two, name: less, answer: a - 2}\n"
    "      - ask: Which sign has it?\n"
    "        options: [positive, negative, none]\n"
    "        answer: {positive: less > 0, negative: less < 0, none: less == 0}\n"
)


def test_which_option_is_right_may_depend_on_the_numbers():
    draws = all_draws(item_of(CONDITIONAL)).values()
    right = {drawn.lines[0].item.answer: [one.text for one in drawn.lines[1].item.options if one.right] for drawn in draws}
    assert right == {-1: ["negative"], 0: ["none"], 1: ["positive"]}
    with pytest.raises(InvalidFile, match='the unknown field "nil"'):
        item_of(CONDITIONAL.replace("none: less", "nil: less"))
    with pytest.raises(InvalidFile, match='the unknown name "lesser"'):
        item_of(CONDITIONAL.replace("none: less", "none: lesser"))
    never = CONDITIONAL.replace("less == 0", "less == 7").replace("[1, 2, 3]", "[2]")
    with pytest.raises(InvalidFile, match="line 2: 0 options are right"):
        item_of(never)


def test_a_condition_that_follows_from_an_earlier_mistake_decides_on_the_option():
    drawn = next(one for values, one in all_draws(item_of(CONDITIONAL)).items() if values == "a=3")
    assert grade(drawn, "1; positive").correct
    assert grade(drawn, "-1; negative").score == 0.5 and grade(drawn, "-1; none").score == 0
