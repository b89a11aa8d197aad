"""Banks: what is read, what is refused and where, and what an item becomes when it is asked."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tutor.corpus.bank import accepted_answers, draw, parse_bank, shown_answer, shuffled_steps
from tutor.corpus.expressions import evaluate
from tutor.models import Blank, Draw, KnownWrong, Option, Point
from utils.errors import InvalidFile

BANK = """\
items:
  - id: scale-by-root
    section: root-d_k
    kind: short
    question: Why are the scores divided by √d_k?
    rubric:
      - point: the variance goes back to 1
        also: [the variance is 1 again]
      - point: softmax would saturate
    references:
      - It brings the variance back to 1, so softmax does not saturate.
      - Otherwise softmax saturates, for the variance is d_k and not 1.
    wrong:
      - answer: It makes the variance grow.
        misconception: the division enlarges
        reply: It is the other way round.
    hints: [Think of variance., Think of d_k terms.]
    explanation: The dot product sums d_k terms.
  - id: head-size
    section: heads
    kind: choice
    question: How wide is one of 8 heads of a model 512 wide?
    options:
      - text: "512"
        misconception: every head sees the full width
        reply: The width is shared out.
      - text: "64"
        right: true
  - id: which
    section: heads
    kind: multi
    credit: partial
    question: Which are learned?
    options:
      - {text: query weights, right: true}
      - {text: the scale}
      - {text: value weights, right: true}
  - id: weight
    section: heads
    kind: number
    question: What is the first weight?
    answer: 1/3
    tolerance: 0.001
    unit: ms
    wrong: [{answer: 0.5, misconception: halves, reply: There are three.}, {answer: 1/4}]
  - id: shapes
    section: heads
    kind: cloze
    question: AB exists when the [[columns|cols]] of A equal the [[rows]] of B.
    wrong: [{answer: "rows; columns", misconception: swapped}]
  - id: head-steps
    section: heads
    kind: order
    question: Put the steps in order.
    steps: [project, score, scale, softmax, mix]
  - id: line
    section: heads
    kind: short
    question: What is the line through (0, 1) with slope 2?
    idea: slope-intercept
    expression: 2*x + 1
    wrong: [{answer: x + 2, misconception: slope and intercept swapped}]
  - id: dot-params
    section: heads
    kind: number
    variables:
      a: {from: 1, to: 9}
      b: {choose: [2, 4, 8]}
      c: {from: 0.5, to: 1.5, step: 0.5}
    where: a != b
    question: What is {{a}} · {{b}}? And $\\frac{{{a}}}{{{b}}}$ is {{a / b:.2f}}.
    answer: a * b
    hints: ["Multiply {{a}} by {{b}}.", No more.]
    explanation: "{{a}} · {{b}} = {{a * b}}."
    wrong: [{answer: a + b, misconception: added, reply: "{{a + b}} is the sum."}]
"""


def items(text=BANK, **options):
    return parse_bank(text, "llm/attention", "docs/llm/attention.quiz.yaml", **options)


def item(item_id, text=BANK):
    return next(entry for entry in items(text) if entry.id == item_id)


def one(*lines, kind="choice", section="s"):
    """A bank of one item `it`, its own fields given line by line; the first of them stands on line 6."""
    head = ["items:", "  - id: it", f"    section: {section}", f"    kind: {kind}", "    question: What?"]
    return "\n".join([*head, *(f"    {line}" for line in lines)])


def refusal(text, **options):
    with pytest.raises(InvalidFile) as refused:
        parse_bank(text, "llm/lora", "bank.yaml", **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


# ------------------------------------------------------------------------------------------------- parsing


def test_items_come_in_the_authors_order_with_lesson_path_and_line():
    parsed = items()
    assert [(entry.id, entry.line) for entry in parsed[:3]] == [("scale-by-root", 2), ("head-size", 19), ("which", 29)]
    assert parsed[0].key == "llm/attention:scale-by-root"
    assert parsed[0].path == "docs/llm/attention.quiz.yaml" and parsed[0].section == "root-d_k"


def test_a_short_item_has_its_rubric_references_and_wrong_answers():
    short = item("scale-by-root")
    assert short.rubric == (
        Point("the variance goes back to 1", ("the variance is 1 again",)),
        Point("softmax would saturate"),
    )
    assert len(short.references) == 2 and short.hints == ("Think of variance.", "Think of d_k terms.")
    assert short.wrong == (KnownWrong("It makes the variance grow.", "the division enlarges", "It is the other way round."),)


def test_an_item_names_the_idea_that_others_ask_about_too_and_the_misconceptions_that_it_may_show():
    assert item("line").idea == "slope-intercept" and item("weight").idea == ""
    assert item("line").probes == ("slope and intercept swapped",)
    assert item("head-size").probes == ("every head sees the full width",) and item("head-steps").probes == ()


def test_a_misconception_over_several_lines_is_one():
    written = one("answer: 5", "wrong:", "  - answer: 6", "    misconception: |", "      added", "      one", kind="number")
    assert items(written)[0].probes == ("added one",)


def test_options_keep_their_order_and_what_to_say():
    choice = item("head-size")
    assert choice.options == (
        Option("512", False, "every head sees the full width", "The width is shared out."),
        Option("64", True),
    )
    assert choice.credit == "all" and item("which").credit == "partial"


def test_a_number_may_be_an_expression_and_so_may_its_wrong_answers():
    number = item("weight")
    assert number.answer == 1 / 3 and number.tolerance == 0.001 and not number.relative and number.unit == "ms"
    assert [wrong.answer for wrong in number.wrong] == ["0.5", "0.25"]


@pytest.mark.parametrize(("written", "tolerance"), [('"1 %"', 0.01), ("0.5%", 0.005), ('".1 %"', 0.001)])
def test_a_tolerance_in_percent_is_relative(written, tolerance):
    parsed = items(one("answer: 5", f"tolerance: {written}", kind="number"))[0]
    assert parsed.relative and parsed.tolerance == pytest.approx(tolerance)


def test_a_cloze_has_its_blanks_taken_out_of_the_question():
    cloze = item("shapes")
    assert cloze.question == "AB exists when the [[…]] of A equal the [[…]] of B."
    assert cloze.blanks == (Blank(("columns", "cols")), Blank(("rows",)))


def test_a_formula_item_needs_no_rubric():
    assert item("line").expression == "2*x + 1" and not item("line").rubric


def test_variables_are_ranges_or_lists():
    a, b, c = item("dot-params").variables
    assert a.values == tuple(range(1, 10)) and b.values == (2, 4, 8) and c.values == (0.5, 1.0, 1.5)
    assert all(isinstance(value, int) for value in a.values)


def test_a_range_with_a_fractional_step_holds_its_last_value():
    text = one("variables:", "  a: {from: 0.1, to: 0.7, step: 0.1}", "answer: a", kind="number")
    assert items(text)[0].variables[0].values == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def test_double_braces_in_code_and_math_of_an_item_without_variables_are_left_alone():
    text = one("expression: x", "hints: ['Is `{{x}}` a template?', '$\\frac{{x}}{2}$']", kind="short")
    assert items(text)[0].hints[0] == "Is `{{x}}` a template?"


def test_sections_are_compared_with_those_of_the_lesson_when_these_are_given():
    text = "\n" * 39 + one("answer: 1", kind="number", section="scalin").replace("id: it", "id: rank")
    assert items(text)[0].section == "scalin"
    with pytest.raises(InvalidFile) as refused:
        parse_bank(text, "llm/lora", "docs/llm/lora.quiz.yaml", sections=["rank", "scaling"])
    assert str(refused.value) == (
        'docs/llm/lora.quiz.yaml:42: item "rank" names section "#scalin", which lesson llm/lora does not have. '
        'Did you mean "#scaling"?'
    )
    assert "It has #rank, #init." in refusal(text, sections=["llm/lora#rank", "llm/lora#init"])
    assert items(text, sections=["llm/attention#scalin"])


OPTIONS = ("options:", "  - {text: a, right: true}", "  - {text: b}")
RUBRIC = ("rubric: [{point: one}]", "references: [all of it]")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, 'found nothing, expected "items:"'),
        ("items: []", 1, "found 0 entries in items, expected at least 1"),
        ("items:\n  id: x", 1, "found fields in items, expected a list"),
        ("items:\n  - x", 2, 'the bank: found the text "x" in items, expected fields'),
        ("itmes: []", 1, 'found the unknown field "itmes", expected items. Did you mean "items"?'),
        ("items:\n  - kind: short", 2, 'item 1 lacks the field "id"'),
        ("items:\n  - id: It!", 2, 'found the id "It!", expected small letters'),
        ("items:\n  - id: 5", 2, "found the number 5 in id, expected a text; put it in quotes"),
        (
            "items:\n  - id: a\n    kind: coice",
            3,
            'found the kind "coice", expected choice, multi, number, short, cloze, order, predict, code or steps. Did you mean '
            '"choice"?',
        ),
        ("items:\n  - id: a\n    kind: order\n    steps: [b, c]", 2, 'item "a" lacks the field "section"'),
        (
            one(*OPTIONS) + "\n  - id: it\n    section: s\n    kind: choice\n    question: Q\n    options: "
            "[{text: a, right: true}, {text: b}]",
            9,
            'item "it" repeats an id; found it first on line 2',
        ),
        (
            one("anser: 5", kind="number"),
            6,
            'found the unknown field "anser", expected id, section, kind, question, '
            'hints, explanation, variables, where, idea, figure, answer, tolerance, unit, guess or wrong. Did you mean "answer"?',
        ),
        (
            one(*OPTIONS, "tolerance: 1"),
            9,
            'found the field "tolerance", which is for number, expected only fields of choice; remove it or change kind',
        ),
        (one(*OPTIONS, "wrong: []"), 9, "give wrong options a misconception and a reply"),
        (one(*OPTIONS, "question: again"), 9, 'found the key "question" twice'),
        (one(*OPTIONS, "hints: none"), 9, 'found the text "none" in hints, expected a list'),
        (one(*OPTIONS, "hints:", "  - one", "  - 2"), 11, "found the number 2 in hints, expected a text"),
        (one(*OPTIONS, "explanation: ''"), 9, "found an empty text in explanation"),
        (one(*OPTIONS, "explanation:"), 9, "found nothing in explanation, expected a text"),
        (one(), 2, 'lacks the field "options"; found id, section, kind and question, expected options too'),
        (one("options:", "  - {text: a, right: true}"), 6, "found 1 entries in options, expected at least 2"),
        (one("options: [{text: a}, {text: b}]"), 6, "found 0 right options, expected exactly one"),
        (one("options: [{text: a, right: true}, {text: b, right: true}]"), 6, "found 2 right options"),
        (
            one("options:", "  - {text: a, right: yes}", "  - {text: b}"),
            7,
            'found the text "yes" in right, expected true or false',
        ),
        (
            one("options:", "  - {text: a, right: true}", "  - {text: 64}"),
            8,
            'item "it" option 2: found the number 64 in text, expected a text; put it in quotes',
        ),
        (one("options:", "  - {text: a, right: true}", "  - {text: A }"), 8, 'found the option "A" twice'),
        (one("options:", "  - {text: a, correct: true}", "  - {text: b}"), 7, 'found the unknown field "correct"'),
        (one("idea: Two words", "answer: 5", kind="number"), 6, 'found the idea "Two words", expected small letters, digits'),
        (one("options: [{text: a}, {text: b}]", kind="multi"), 6, "found 0 right options of 2"),
        (
            one("options: [{text: a, right: true}, {text: b, right: true}]", kind="multi"),
            6,
            "found 2 right options of 2, expected at least one right and one wrong",
        ),
        (one(*OPTIONS, "credit: partly", kind="multi"), 9, 'found "partly", expected all or partial. Did you mean "partial"?'),
        (one(kind="number"), 2, 'lacks the field "answer"'),
        (one("answer: true", kind="number"), 6, "found true in answer, expected a number or an expression"),
        (one("answer: a * 2", kind="number"), 6, 'found the unknown name "a" in "a * 2", expected numbers only'),
        (one("answer: 1/0", kind="number"), 6, "division by zero"),
        (one("answer: 1 > 2", kind="number"), 6, "a comparison stands where a number is expected"),
        (one("answer: 9**9**9**9", kind="number"), 6, "the power is too large"),
        (one("answer: 5", "tolerance: -1", kind="number"), 7, "found the number -1 as tolerance, expected a number from 0 up"),
        (one("answer: 5", "tolerance: 1 percent", kind="number"), 7, 'such as "1 %"'),
        (
            one("answer: 5", "tolerance: 0.1", "wrong:", "  - answer: 6", "  - answer: 5.05", kind="number"),
            10,
            "found the wrong answer 5.05, which is the right answer within the tolerance",
        ),
        (one("answer: 5", "wrong: [{answer: 6, why: x}]", kind="number"), 7, 'found the unknown field "why"'),
        (one(kind="short"), 4, "found no rubric, expected a rubric and references, or an expression"),
        (one("rubric: [{point: one}]", kind="short"), 2, 'lacks the field "references"'),
        (one("rubric: [one]", "references: [x]", kind="short"), 6, 'item "it": found the text "one" in rubric'),
        (one(*RUBRIC, "expression: x", kind="short"), 6, "found rubric beside expression"),
        (one("expression: sqr(x)", kind="short"), 6, 'unknown function "sqr". Did you mean "sqrt"?'),
        (one("expression: x.real", kind="short"), 6, "not part of arithmetic"),
        (one(kind="cloze"), 5, "found no blank, expected at least one such as [[answer]]"),
        (one(kind="cloze").replace("What?", "A [[]] b"), 5, 'found the blank "[[]]" with nothing in it'),
        (one(kind="cloze").replace("What?", "A [[a|]] b"), 5, 'found the blank "[[a|]]" with nothing in it'),
        (one(kind="cloze").replace("What?", "A [[a;b]] b"), 5, 'found ";" in the blank'),
        (one("wrong: [{answer: a}]", kind="cloze").replace("What?", "A [[a]] [[b]]"), 6, "a wrong answer for 1 of 2"),
        (one("steps: [a]", kind="order"), 6, "found 1 entries in steps, expected at least 2"),
        (one("steps:", "  - a", "  - b", "  - a", kind="order"), 9, 'found the step "a" twice'),
        (one(*OPTIONS, "variables: {}"), 9, "found no variables, expected at least one"),
        (one(*OPTIONS, "variables: {a: 5}"), 9, "found the number 5 in a, expected fields"),
        (one(*OPTIONS, "variables:", "  pi: {from: 1, to: 2}"), 10, 'found the variable "pi"'),
        (one(*OPTIONS, "variables:", "  sqrt: {from: 1, to: 2}"), 10, 'found the variable "sqrt"'),
        (one(*OPTIONS, "variables:", "  a: {from: 1}"), 10, 'item "it" variable "a" lacks the field "to"'),
        (one(*OPTIONS, "variables:", "  a: {from: 2, to: 1}"), 10, "found no values from 2 to 1"),
        (one(*OPTIONS, "variables:", "  a: {from: 1, to: 2, step: 0}"), 10, "found the step 0, expected one above 0"),
        (one(*OPTIONS, "variables:", "  a: {from: 1, to: 10001}"), 10, "found more than 10,000 values"),
        (one(*OPTIONS, "variables:", "  a: {from: 1, to: 1e300, step: 1e-9}"), 10, "found more than 10,000 values"),
        (one(*OPTIONS, "variables:", "  a: {choose: []}"), 10, "found 0 entries in choose"),
        (one(*OPTIONS, "variables:", "  a: {choose: [1, x]}"), 10, 'found the text "x" in choose, expected numbers'),
        (one(*OPTIONS, "variables:", "  a: {choose: [1], from: 2}"), 10, "found choose beside from"),
        (one(*OPTIONS, "where: 1 < 2"), 9, "found a condition without variables"),
        (
            one(*OPTIONS, "variables: {a: {from: 1, to: 2}}", "where: aa > 1"),
            10,
            'found the unknown name "aa" in "aa > 1", expected a. Did you mean "a"?',
        ),
        (one("answer: abs(a + z)", "variables: {a: {from: 1, to: 2}}", kind="number"), 6, 'the unknown name "z"'),
        (
            one(*OPTIONS, "variables: {a: {from: 1, to: 2}}", "hints:", "  - a", "  - '{{b}}'"),
            12,
            'found the unknown name "b" in "b", expected a',
        ),
        (one(*OPTIONS, "variables: {a: {from: 1, to: 2}}", "explanation: '{{a'"), 10, 'found "{{" without its "}}"'),
        (one(*OPTIONS, "variables: {a: {from: 1, to: 2}}", "explanation: '{{a:x}}'"), 10, "unknown number format"),
        (one(*OPTIONS, "explanation: it is {{a}}"), 9, "found {{a}} in an item without variables"),
    ],
)
def test_what_is_not_as_the_format_has_it_is_refused_at_its_line(text, line, words):
    message = refusal(text)
    assert message.startswith(f"bank.yaml:{line}: ")
    assert words in message


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("answer: a", "where: a > 5"), "where is never met"),
        (("answer: a", "where: a + 1"), "where is a number, expected a condition"),
        (("answer: 1 / (a - a)",), "division by zero"),
        (("answer: a > 1",), "the answer is a comparison"),
        (("answer: a", "wrong: [{answer: 2 * a - a}]"), "a known wrong answer is right"),
    ],
)
def test_an_item_that_can_never_be_drawn_is_refused_when_its_bank_is_read(lines, words):
    message = refusal(one("variables: {a: {from: 1, to: 3}}", *lines, kind="number"))
    assert message.startswith('bank.yaml:2: item "it": found no numbers to ask about') and words in message


# ------------------------------------------------------------------------------------------------- drawing


def test_an_item_without_variables_or_options_only_takes_the_seed_and_the_way():
    assert draw(item("weight"), 5) == replace(item("weight"), seed=5, draw=Draw.LATEST)


def test_a_parametric_item_is_filled_everywhere():
    drawn = draw(item("dot-params"), 1)
    a, b = (int(word) for word in drawn.hints[0].removeprefix("Multiply ").removesuffix(".").split(" by "))
    assert a != b and a in range(1, 10) and b in (2, 4, 8)
    assert drawn.question == f"What is {a} · {b}? And $\\frac{{{a}}}{{{b}}}$ is {a / b:.2f}."
    assert drawn.answer == a * b and drawn.explanation == f"{a} · {b} = {a * b}."
    assert drawn.wrong == (KnownWrong(str(a + b), "added", f"{a + b} is the sum."),)
    assert drawn.seed == 1


def test_draws_meet_the_condition_and_never_make_a_wrong_answer_right():
    parametric = item("dot-params")
    drawn = [draw(parametric, seed) for seed in range(200)]
    assert all(float(entry.wrong[0].answer) != entry.answer for entry in drawn)
    assert len({entry.question for entry in drawn}) > 15


# The draws of any release: a learner's records name seeds.
GOLDEN_ANSWERS = [12, 2, 10, 8, 36, 40, 16, 32]
GOLDEN_STEPS = (4, 2, 1, 3, 0)


def test_the_same_seed_draws_the_same_numbers_whatever_the_hash_seed():
    script = (
        "import sys; from tutor.corpus.bank import draw, parse_bank, shuffled_steps\n"
        "parsed = {i.id: i for i in parse_bank(sys.stdin.read(), 'llm/attention', 'b')}\n"
        "print([draw(parsed['dot-params'], s).answer for s in range(8)], shuffled_steps(parsed['head-steps']))\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=BANK,
            encoding="utf-8",
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"},
        ).stdout
        for hash_seed in ("0", "1")
    }
    here = [draw(item("dot-params"), seed).answer for seed in range(8)]
    assert runs == {f"{here} {shuffled_steps(item('head-steps'))}\n"}
    assert here == GOLDEN_ANSWERS and shuffled_steps(item("head-steps")) == GOLDEN_STEPS


def test_another_item_with_the_same_seed_draws_its_own_numbers():
    first = item("dot-params")
    other = replace(first, id="other")
    assert [draw(first, seed).answer for seed in range(9)] != [draw(other, seed).answer for seed in range(9)]


def test_options_that_would_read_the_same_are_drawn_again():
    text = one(
        "variables: {a: {from: 1, to: 3}, b: {from: 1, to: 3}}",
        "options: [{text: '{{a + b}}', right: true}, {text: '{{a * b}}'}, {text: '{{a}} and'}]",
    )
    for seed in range(50):
        texts = [option.text for option in draw(items(text)[0], seed).options]
        assert len(set(texts)) == 3


def test_every_other_text_of_an_item_is_filled_too():
    variables = "variables: {a: {from: 2, to: 5}}"
    short = one(
        variables,
        "rubric: [{point: 'is {{a}}', also: ['be {{a}}']}]",
        "references: ['it is {{a}}']",
        "wrong: [{answer: 'it is {{a + 1}}', reply: 'not {{a + 1}}'}]",
        kind="short",
    )
    drawn = draw(items(short)[0], 3)
    a = drawn.references[0].removeprefix("it is ")
    assert drawn.rubric == (Point(f"is {a}", (f"be {a}",)),)
    assert drawn.wrong == (KnownWrong(f"it is {int(a) + 1}", "", f"not {int(a) + 1}"),)
    cloze = draw(items(one(variables, kind="cloze").replace("What?", '"{{a}} is [[{{a}}|a {{a}}]]"'))[0], 3)
    a = cloze.question.removesuffix(" is [[…]]")
    assert cloze.blanks == (Blank((a, f"a {a}")),)
    order = draw(items(one(variables, "steps: ['{{a}}', '{{a + 1}}']", kind="order"))[0], 3)
    assert int(order.steps[1]) == int(order.steps[0]) + 1


def test_a_formula_has_numbers_for_drawn_variables_and_keeps_its_free_ones():
    text = one(
        "variables: {a: {choose: [-3, 4]}, b: {choose: [7]}}", "expression: a*x + b", "wrong: [{answer: b*x + a}]", kind="short"
    )
    drawn = {draw(items(text)[0], seed).expression for seed in range(20)}
    assert drawn == {"(-3)*x + 7", "4*x + 7"}
    assert evaluate(draw(items(text)[0], 0).wrong[0].answer, {"x": 0}) in (-3, 4)


# ------------------------------------------------------------------------------------------------- answers


def test_shuffled_steps_are_a_permutation_that_is_never_the_right_order():
    order = item("head-steps")
    two = replace(order, steps=("a", "b"))
    shuffles = {shuffled_steps(draw(order, seed)) for seed in range(100)}
    assert all(sorted(shown) == [0, 1, 2, 3, 4] for shown in shuffles)
    assert (0, 1, 2, 3, 4) not in shuffles and len(shuffles) > 30
    assert all(shuffled_steps(draw(two, seed)) == (1, 0) for seed in range(20))


@pytest.mark.parametrize(
    ("item_id", "shown"),
    [
        ("scale-by-root", "It brings the variance back to 1, so softmax does not saturate."),
        ("head-size", "64"),
        ("which", "query weights; value weights"),
        ("weight", "0.333333 ms"),
        ("shapes", "columns; rows"),
        ("head-steps", "project → score → scale → softmax → mix"),
        ("line", "2*x + 1"),
    ],
)
def test_the_right_answer_is_shown_as_one_would_say_it(item_id, shown):
    assert shown_answer(item(item_id)) == shown


@pytest.mark.parametrize(
    ("item_id", "accepted"),
    [
        ("head-size", ["2", "64"]),
        ("which", ["1, 3", "query weights, value weights"]),
        ("weight", ["0.333333", "0.333333 ms"]),
        ("shapes", ["columns; rows", "cols; rows"]),
        ("line", ["2*x + 1"]),
    ],
)
def test_answers_as_typed_that_must_be_graded_right(item_id, accepted):
    assert accepted_answers(item(item_id)) == accepted


def test_references_of_a_short_item_are_all_accepted():
    assert accepted_answers(item("scale-by-root")) == list(item("scale-by-root").references)


def test_the_accepted_order_names_the_steps_by_the_numbers_they_are_shown_with():
    order = draw(item("head-steps"), 4)
    shown = [order.steps[index] for index in shuffled_steps(order)]
    (typed,) = accepted_answers(order)
    assert tuple(shown[int(number) - 1] for number in typed.split()) == order.steps


def test_an_exact_number_is_accepted_with_all_its_digits():
    assert accepted_answers(replace(item("weight"), tolerance=0, unit="")) == [repr(1 / 3)]


def test_an_option_whose_text_could_be_another_options_number_is_accepted_by_its_number_alone():
    options = "options: [{text: '2', right: true}, {text: '1'}]"
    assert accepted_answers(items(one(options))[0]) == ["1"]
    commas = "options: [{text: 'a, b', right: true}, {text: c}, {text: d, right: true}]"
    assert accepted_answers(items(one(commas, kind="multi"))[0]) == ["1, 3"]


@pytest.mark.parametrize(("field", "entry"), [("rubric", "{point: It is %d.}"), ("references", "It is %d.")])
def test_a_short_item_has_a_hundred_points_and_references_at_most(field, entry):
    def bank(count):
        lists = {"rubric": "[{point: It is so.}]", "references": "[It is so.]"}
        lists[field] = "[" + ", ".join(entry % n for n in range(count)) + "]"
        hints = "hints: [x, y]"
        return one(*(f"{name}: {value}" for name, value in lists.items()), hints, "explanation: So.", kind="short")

    assert len(getattr(items(bank(100))[0], field)) == 100
    assert "bank.yaml:" in refusal(bank(101)) and f"found 101 entries in {field}, expected at most 100" in refusal(bank(101))
