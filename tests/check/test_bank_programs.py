"""The programs in banks: what `check` finds out by running them, and what `check --fix` writes."""

from __future__ import annotations

import pytest
from conftest import LESSON
from predicted import PRINTS, SUM

from tutor.check import checking
from tutor.check.programs import solutions
from tutor.corpus.bank import parse_bank
from utils.errors import InvalidFile
from utils.sandbox.choosing import SandboxChoice, chosen
from utils.settings import Settings

ITEM = f"""\
items:
{SUM}    # the end
    hints: [It adds up., Begin with 0.]
    explanation: It is a running sum.
  - id: half
    section: salt
    kind: predict
    question: "{{{{n}}}} halves?"
    variables: {{n: {{choose: [1, 3, 8]}}}}
    where: n < 5
    code: "print({{{{n}}}} / 2)"
    hints: [A slash divides., It gives a float.]
    explanation: A slash gives a float.
"""


@pytest.fixture
def check(docs):
    """Check a bank: check(text) -> (the findings as `rule: message`, the bank's text afterwards)."""
    path = docs / "food" / "bread.quiz.yaml"
    (docs / "food" / "bread.md").write_text(LESSON, encoding="utf-8")

    def run(bank: str, **options):
        path.write_text(bank, encoding="utf-8")
        report = checking.check(Settings(docs=str(docs)), [str(path)], trust=True, **options)
        return [f"{one.rule}: {one.message}" for one in report.findings], path.read_text(encoding="utf-8")

    return run


def test_an_output_that_the_bank_lacks_is_an_error_and_fix_writes_it_for_every_draw(check):
    findings, _ = check(ITEM)
    assert findings == [
        'missing-output: item "sum": found no output in prints, expected what the code prints; add it (--fix does)',
        'missing-output: item "half" with n=1: found no output in prints, expected what the code prints; add it (--fix does)',
    ]
    findings, written = check(ITEM, fix=True)
    assert findings == [] and PRINTS + "    # the end\n" in written
    assert '    prints:\n      n=1: "0.5"\n      n=3: "1.5"\n    hints: [A slash' in written
    assert check(written, fix=True) == ([], written), "a second time changes nothing"


def test_an_output_that_differs_is_an_error_and_is_written_anew(check):
    _, right = check(ITEM, fix=True)
    wrong = right.replace(PRINTS, PRINTS.replace("6", "7")).replace('n=3: "1.5"', 'n=3: "2"\n      n=9: "4.5"')
    findings, _ = check(wrong)
    assert [text.partition(":")[0] for text in findings] == ["output-differs", "output-differs"]
    assert '"7" in line 3 of prints, but the code prints "6"' in findings[0]
    assert check(wrong, fix=True) == ([], right)


def test_an_output_of_values_that_are_never_drawn_is_an_error(check):
    _, right = check(ITEM, fix=True)
    findings, _ = check(right.replace('n=3: "1.5"', 'n=3: "1.5"\n      n=8: "4.0"'))
    assert len(findings) == 1 and "values that are never drawn" in findings[0]


@pytest.mark.parametrize(
    "code, told",
    [
        ("print(x)", "code-failed: item \"half\" with n=1: the code failed: NameError: name 'x' is not defined; correct it"),
        ("x = {{n}}", "the code prints nothing, expected 1 to 20 lines"),
        ("print('a\\\\n' * 30)", "the code prints 30 lines, expected 1 to 20"),
        ("print('\\\\x1b[1m')", "characters that a terminal acts on"),
    ],
)
def test_code_whose_output_cannot_be_asked_for_is_an_error_and_nothing_is_written(check, code, told):
    bank = ITEM.replace("print({{n}} / 2)", code)
    findings, written = check(bank, fix=True)
    assert any(told in finding for finding in findings)
    assert written == bank.replace("    # the end", f"{PRINTS}    # the end")


def test_values_with_which_the_code_cannot_be_computed_are_never_drawn_and_need_no_output(check):
    bank = ITEM.replace("[1, 3, 8]", "[0, 1, 3]").replace("print({{n}} / 2)", "print({{1 / n:.2f}})")
    findings, written = check(bank, fix=True)
    assert findings == [] and '    prints:\n      n=1: "1.0"\n      n=3: "0.33"\n' in written


def test_code_is_not_run_without_being_asked_to(check):
    assert check(ITEM, run_code=False) == ([], ITEM)


def test_a_hint_that_says_what_is_printed_is_a_leak(check):
    bank = ITEM.replace("It adds up.", "'It prints 1, 3 and 6.'")
    _, written = check(bank, fix=True)
    assert any("leaked-key" in finding and "It prints 1" in finding for finding in check(written)[0])


def test_a_known_wrong_output_that_is_right_is_an_error(check):
    findings, _ = check(ITEM.replace("    # the end\n", '    wrong: [{answer: "1\\n3\\n6"}]\n'), fix=True)
    assert any("passed-wrong-answer" in finding for finding in findings)


@pytest.mark.parametrize(
    "change, told",
    [
        (("choose: [1, 3, 8]", "from: 1, to: 90"), "found 90 combinations of values, expected at most 50"),
        (("code: |", "code: 3\n    no: |"), 'found the unknown field "no"'),
        (('code: "print({{n}} / 2)"', "code: 3"), "found the number 3 in code, expected a text"),
        (("print({{n}} / 2)", "print({{m}} / 2)"), 'found the unknown name "m"'),
        (("    # the end\n", "    prints: {n=1: a}\n"), "found fields in prints, expected a text"),
        (("    where: n < 5\n", '    prints: "2"\n'), 'expected fields "key: value"'),
        (("    # the end\n", "    prints: |\n" + "      1\n" * 21), "found 21 lines of output, expected at most 20"),
        (("    # the end\n", "    steps: [a, b]\n"), "which is for order"),
    ],
)
def test_a_predict_item_whose_fields_are_wrong_is_refused_with_its_line(change, told):
    assert change[0] in ITEM
    with pytest.raises(InvalidFile) as caught:
        parse_bank(ITEM.replace(*change), "food/bread", "bread.quiz.yaml")
    assert told in str(caught.value) and caught.value.line


def test_braces_in_code_stand_for_themselves_where_nothing_is_drawn():
    bank = ITEM.replace("print(total)", "print(f'{{total}}', {1: {2: 3}}, {{*'ab'}} if 0 else 1)")
    item = parse_bank(bank, "food/bread", "bread.quiz.yaml")[0]
    assert "{{total}}" in item.code and item.code.startswith("total = 0\nfor x in")


# ------------------------------------------------------------------------------------------- code items

CODE = """\
items:
  - id: double
    section: yeast
    kind: code
    question: Write `double(x)`.
    starter: |
      def double(x):
          return x
    examples: [double(2) == 4]
    tests: [double(3) == 6, "double(-1) == -2"]
    reference: |
      def double(x):
          return 2 * x
    wrong:
      - answer: "def double(x):\\n    return x * x"
        misconception: doubling squares
    hints: [Doubling is not squaring., Add it to itself.]
    explanation: Twice a number is the number and itself.
  - id: gas
    section: salt
    kind: short
    question: What?
    expression: "2"
    hints: [Think., Add.]
    explanation: It is so.
"""


@pytest.mark.skipif(chosen().means is None, reason="no sandbox here")
@pytest.mark.parametrize(
    "change, rule, line, told",
    [
        (("", ""), "", 0, ""),
        (("return 2 * x", "return 2 + x"), "failed-reference", 11, "1 of 3 tests pass"),
        (("return 2 * x", "retrun 2 * x"), "failed-reference", 11, "Python can't read it"),
        (("return x * x", "return x + x"), "passed-wrong-answer", 15, 'the wrong program "def double(x): return x + x" passes'),
        (("          return x\n", "          return x + x\n"), "passed-wrong-answer", 6, "the starter passes every test"),
        (("Add it to itself.", "Write return 2*x there."), "", 0, ""),
        (("Add it to itself.", "'Write `def  double(x): return 2 * x` there.'"), "", 0, ""),
    ],
)
def test_the_programs_of_a_code_item_are_run(check, docs, change, rule, line, told):
    findings, _ = check(CODE.replace(*change, 1))
    if not rule:
        assert findings == []
        return
    assert [text.partition(":")[0] for text in findings] == [rule] and told in findings[0]
    report = checking.check(Settings(docs=str(docs)), [str(docs / "food" / "bread.quiz.yaml")])
    assert report.findings[0].line == line


def test_a_hint_that_holds_a_line_of_the_reference_is_a_leak(check):
    bank = CODE.replace("return 2 * x", "return sum([x, x])").replace("Add it to itself.", "'Write `return sum([x,x])`.'")
    assert any("leaked-key" in finding for finding in check(bank, run_code=False)[0])


def test_a_hidden_test_that_wants_something_printed_which_nobody_asks_for_is_told_with_its_line(check):
    printing = CODE.replace('"double(-1) == -2"]', '{test: double(-1), prints: "-2"}]')
    findings, _ = check(printing, run_code=False)
    assert findings == [
        'unasked-print: item "double": found a hidden test that wants "-2" printed, expected that the question or an example '
        "asks for what is printed; add an example with prints"
    ]
    assert check(printing.replace("Write `double(x)`.", "Write `double(x)`, which prints its result."), run_code=False)[0] == []
    example = printing.replace("[double(2) == 4]", '[{test: double(2), prints: "4"}]')
    assert check(example, run_code=False)[0] == []


def test_programs_are_not_run_without_being_asked_to_nor_without_a_sandbox(check, monkeypatch):
    monkeypatch.setattr(solutions, "grade", lambda *args: pytest.fail("it was run"))
    assert check(CODE, run_code=False)[0] == []
    none = SandboxChoice(None, {"bubblewrap": "not installed"})
    monkeypatch.setattr(checking, "chosen", lambda: none)
    assert check(CODE)[0] == [], "and --trust runs no learner's program either"


def test_a_code_item_that_nobody_trusts_is_told_not_to_have_been_run(docs, monkeypatch):
    none = SandboxChoice(None, {"bubblewrap": "not installed"})
    monkeypatch.setattr(checking, "chosen", lambda: none)
    path = docs / "food" / "bread.quiz.yaml"
    path.write_text(CODE, encoding="utf-8")
    report = checking.check(Settings(docs=str(docs)), [str(path)])
    assert [one.rule for one in report.findings] == ["code-not-run"]
