"""Programs as answers: what tests say of them, whatever the programs do to get past these."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tutor.corpus.bank import kind_of, parse_bank, shown_answer
from tutor.grading import grade, part_by_part
from tutor.grading.closed import programs
from tutor.grading.closed.programs import CPU_S, program_in, run_program, same
from tutor.models import Item
from utils import strict_yaml
from utils.errors import InvalidFile
from utils.sandbox.choosing import SandboxChoice, chosen

DATA = Path(__file__).parent.parent / "data"
ITEMS = {item.id: item for item in parse_bank((DATA / "programs.quiz.yaml").read_text("utf-8"), "python/programs", "bank")}
VARIANTS = strict_yaml.load((DATA / "programs.yaml").read_text("utf-8"), "programs.yaml")
HERE = ("mean", "softmax", "transpose", "descend")  # benchmarks/programs.py tries all
BANK = """\
items:
  - id: double
    section: s
    kind: code
    question: Write `double(x)`.
    starter: |
      def double(x):
          ...
    examples: [double(2) == 4]
    tests:
      - {test: double(3) == 6, message: not only of two, misconception: doubling squares, reply: Squares and doubles differ.}
      - {test: "double('a')", raises: TypeError}
    reference: |
      def double(x):
          return x + x + 0
    wrong:
      - {answer: "def double(x):\\n    return 2", misconception: two is always doubled, reply: It has to depend on x.}
"""

sandboxed = pytest.mark.skipif(chosen().means is None, reason=f"no sandbox here: {chosen()}")


@pytest.fixture
def double() -> Item:
    return parse_bank(BANK, "python/one", "bank")[0]


@sandboxed
@pytest.mark.parametrize("name", HERE)
def test_right_programs_pass_whatever_their_style_and_mutants_fail(name):
    item, mutants = ITEMS[name], dict(VARIANTS[name]["mutants"])
    del mutants["infinite loop"]  # which takes its time, see below
    with ThreadPoolExecutor(2) as pool:
        right = list(pool.map(lambda code: grade(item, code), [item.reference, *VARIANTS[name]["right"]]))
        wrong = dict(zip(mutants, pool.map(lambda code: grade(item, code), mutants.values()), strict=True))
    assert [one.feedback for one in right if not one.correct] == []
    assert [mutant for mutant, one in wrong.items() if one.correct] == []


@sandboxed
@pytest.mark.parametrize(
    "code, told",
    [
        ("def double(x):\n    print(x + x + 0)", "prints `4` and gives back nothing: it needs a `return`"),
        ("import sys\ndef double(x):\n    sys.exit()", "ends with SystemExit"),
        ("import os\ndef double(x):\n    os._exit(0)", "it ended the whole run, as os._exit does"),
        ("def double(x):\n    print('y' * 10**6)\n    return 2 * x", "too much output"),
        ("def double(x):\n    return [0] * 10**10", "MemoryError"),
        ("def double(x):\n    return double(x)", "RecursionError"),
        ("class Any:\n    __eq__ = lambda self, other: True\ndef double(x):\n    return Any()", "gives `a Any"),
        ("class Four(int): pass\ndef double(x):\n    return Four(4)", "gives `a Four"),
        ("import builtins\nbuiltins.eval = builtins.print = lambda *a: 4\ndef double(x):\n    return 5", "gives `5`"),
        ("import json\njson.dumps = lambda *a, **k: '4'\ndef double(x):\n    return 3", "of 3 tests pass"),
        ("x = 1", "NameError: name 'double' is not defined"),
        ("raise KeyError('k')", "KeyError: 'k' (line 1)"),
        ("import sys, json\nsys.audit('tutor.result', {})\ndef double(x):\n    return 0", "gives `0`"),
        ("import os\ndef double(x):\n    os.write(1, b'4\\n')\n    return 0", "gives `0`"),
        ("def double(x):\n    return '\\x1b[2J'", r"gives `'\x1b[2J'`"),
    ],
)
def test_a_program_that_goes_another_way_fails_and_is_told_why(double, code, told):
    given = grade(double, code)
    assert not given.correct and not given.misunderstood
    parts = part_by_part(double, code, given, tells=False)
    assert any(told in part.text for part in parts.parts), [part.text for part in parts.parts]


@sandboxed
def test_a_loop_that_never_ends_is_ended_and_told(double):
    given = grade(double, "def double(x):\n    while True:\n        pass")
    assert given.score == 0 and "it ran too long: does a loop never end?" in given.feedback and CPU_S < 10


@sandboxed
def test_what_a_test_expects_never_enters_the_process_of_the_program(double):
    """It sees what is called, from the frames above it, and no value of it."""
    looks = """
def double(x):
    import sys
    frame, seen = sys._getframe(), ""
    while frame:
        seen += repr(frame.f_locals)
        frame = frame.f_back
    raise TypeError("secret" if "98765" + "4321" in seen else "called" if "double(411)" in seen else "nothing")
"""
    test = replace(double.tests[1], call="double(411)", expected="987654321")
    (outcome,) = run_program((test,), looks).outcomes
    assert outcome.error.startswith("TypeError: called")


@sandboxed
def test_the_grade_is_the_share_of_tests_and_says_what_failed(double):
    given = grade(double, "def double(x):\n    return x * x")
    assert given.score == pytest.approx(2 / 3) and given.heard == "doubling squares"
    assert given.feedback == "2 of 3 tests pass. Squares and doubles differ."
    assert [met.point for met in given.met] == ["double(2) == 4", "double('a') raises TypeError"]
    assert given.missed == ("double(3) == 6",)
    hidden, told = (part_by_part(double, "def double(x):\n    return x * x", given, tells) for tells in (False, True))
    assert [part.text for part in hidden.parts] == ["not only of two: `double(3)` gives `9`", "2 of 3 tests pass"]
    assert told.parts[0].text == "not only of two: `double(3)` gives `9`, expected `6`"
    assert hidden.remark == "Squares and doubles differ."
    shown = part_by_part(double, "def double(x): return 0", grade(double, "def double(x): return 0"), False).parts
    assert shown[0].text == "`double(2)` gives `0`, expected `4`", "an example may be told in full"


@sandboxed
def test_a_wrong_program_of_the_bank_is_known_however_it_is_laid_out(double):
    assert grade(double, "def double(x):   # mine\n\n      return (2)").heard == "two is always doubled"
    assert grade(double, "def double(x): return 3").heard == "", "a program that passes nothing shows no belief"


@sandboxed
@pytest.mark.parametrize(
    "code, told",
    [
        ("", "Nothing was typed"),
        ("def double(x)\n    return 2 * x", "Python can't read it: SyntaxError: expected ':' (line 1)."),
        ("def double(x):\nreturn 2", "Python can't read it: IndentationError"),
        ("def double(x):\n    ...", "what was there to begin with"),
        ("x = 1\n" * 10_000, "longer than 20,000 characters"),
    ],
)
def test_what_is_no_program_costs_no_try(double, code, told):
    assert told in grade(double, code).misunderstood


def test_without_a_sandbox_nothing_is_run_and_nothing_is_asked(double, monkeypatch):
    none = SandboxChoice(None, {"bubblewrap": "not installed"})
    monkeypatch.setattr(programs, "chosen", lambda: none)
    monkeypatch.setattr("utils.sandbox.choosing.chosen", lambda: none)
    monkeypatch.setattr(programs, "run_job", lambda *args: pytest.fail("it was run"))
    run_program.cache_clear()
    said = "run in a sandbox only, and none works here (bubblewrap: not installed)"
    assert said in grade(double, "def double(x): return 2 * x").misunderstood
    assert said in kind_of(double).cannot_be_asked(double)
    run_program.cache_clear()


def test_values_are_compared_as_python_does_but_for_the_last_digits_of_floats():
    alike = [(0.3, 0.1 + 0.2), (2, 2.0), (2.0, 2), ([1.0], [1]), ({"a": 0.3}, {"a": 0.1 + 0.2}), (float("nan"), float("nan")),
             ({1, 2}, frozenset((2, 1))), (None, None), ("a", "a"), (True, True)]  # fmt: skip
    differ = [(0.3, 0.300001), (2, True), (True, 1), ([1], (1,)), ([1], [1, 1]), ({"a": 1}, {"a": 1, "b": 2}), (0, None),
              ("1", 1), (10**17, 10**17 + 1), (0, 1e-6)]  # fmt: skip
    assert all(same(expected, got) for expected, got in alike)
    assert not any(same(expected, got) for expected, got in differ)


def test_a_fence_around_a_program_and_tabs_in_it_are_no_part_of_it():
    assert program_in("```python\ndef f():\n\treturn 1\n```") == "def f():\n    return 1"


def test_the_question_shows_the_starter_and_the_examples_and_not_the_tests(double):
    text = kind_of(double).question_text(double)
    assert "```python\ndef double(x):\n    ...\n```" in text and ">>> double(2)\n4" in text and "double(3)" not in text
    assert kind_of(double).how_to_answer(double) == "Python that passes the examples and 2 more tests"
    assert shown_answer(double) == "\n\n```python\ndef double(x):\n    return x + x + 0\n```"


@pytest.mark.parametrize(
    "change, told",
    [
        (("[double(2) == 4]", "[double(2)]"), 'example 1: found "double(2)", expected an expression and the value'),
        (("double(2) == 4", "double(2) == four"), "expected an expression and the value"),
        (("double(2) == 4", "double(2 == 4"), "expected an expression and the value"),
        (("raises: TypeError", "raises: TypeError, prints: a"), "with raises and prints"),
        (("raises: TypeError", "raises: [TypeError]"), "found a list in raises"),
        (("raises: TypeError", "raised: TypeError"), 'found the unknown field "raised"'),
        (("    examples: [double(2) == 4]\n", ""), 'lacks the field "examples"'),
        (("[double(2) == 4]", "[]"), "found 0 entries in examples, expected at least 1"),
        (("    question:", "    variables: {n: {from: 1, to: 2}}\n    question:"), "found variables in a code item"),
        (("    reference: |", "    references: |"), 'found the field "references", which is for short'),
    ],
)
def test_a_code_item_whose_fields_are_wrong_is_refused_with_its_line(change, told):
    assert change[0] in BANK
    with pytest.raises(InvalidFile) as caught:
        parse_bank(BANK.replace(*change), "python/one", "bank")
    assert told in str(caught.value) and caught.value.line
