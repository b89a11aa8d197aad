"""`check` reads and computes every plot of a lesson."""

from __future__ import annotations

import pytest

from tutor.check import checking
from utils.settings import Settings


@pytest.fixture
def checked(docs):
    """The findings about a lesson that ends with a text: checked("```plot…") -> ["rule:line message"]."""

    def check(text: str, **options) -> list[str]:
        lesson = docs / "food" / "bread.md"
        lesson.write_text(lesson.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
        start = lesson.read_text(encoding="utf-8").count("\n") - text.count("\n")
        found = checking.check(Settings(docs=str(docs)), **options).findings
        return [f"{one.rule}:{one.line - start} {one.message}" for one in found if "plot" in one.rule]

    return check


def test_a_good_plot_is_no_finding(checked):
    assert checked("```plot\nx: {from: 0, to: 1}\ncurves: x**2\n```\n") == []


def test_an_undefined_range_is_told_with_its_line(checked):
    (told,) = checked("```plot\nx: {from: -1, to: 1}\ncurves:\n  entropy: log(x)\n```\n")
    assert told.startswith('invalid-plot:4 plot: found the curve "entropy" undefined at x = -1')


def test_a_fault_of_its_yaml_is_told_with_its_line(checked):
    (told,) = checked("- a list\n\n  ```plot\n  bars: {a: 1}\n  bars: {b: 1}\n  ```\n")
    assert told.startswith('invalid-plot:5 found the key "bars" twice')


CODE = """```python plot
squares = [n * n for n in range(4)]
{"title": "Squares", "curves": {"n²": {"y": squares}}, "marks": {"here": {"x": 1 / 3}}}
```
"""
PLOT = """```plot
title: Squares
curves: {"n²": {y: [0, 1, 4, 9]}}
marks: {here: {x: 0.333333}}
```
"""


def all_findings(docs, **options) -> list[str]:
    return [f"{one.rule} {one.message}" for one in checking.check(Settings(docs=str(docs)), **options).findings]


def with_code(docs, text: str):
    lesson = docs / "food" / "bread.md"
    lesson.write_text(lesson.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    return lesson


def test_the_data_of_a_python_plot_are_written_below_it_and_then_agree(docs):
    lesson = with_code(docs, CODE)
    (told,) = (one for one in all_findings(docs, trust=True) if "plot" in one)
    assert told.startswith("missing-output found code that gives a plot, expected a plot block with its data below it")
    checking.check(Settings(docs=str(docs)), fix=True, trust=True)
    assert lesson.read_text(encoding="utf-8").endswith(f"{CODE}\n{PLOT}")
    assert not [one for one in all_findings(docs, trust=True) if "output" in one or "plot" in one]


def test_a_plot_that_its_code_no_longer_gives_is_told_and_one_in_another_form_is_not(docs):
    written = PLOT.replace('{"n²": {y: [0, 1, 4, 9]}}', '\n  "n²":\n    y:\n      - 0\n      - 1\n      - 4\n      - 9')
    lesson = with_code(docs, f"{CODE}\n{written}")
    assert not [one for one in all_findings(docs, trust=True) if "output" in one or "plot" in one]
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("- 9", "- 8"), encoding="utf-8")
    (told,) = (one for one in all_findings(docs, trust=True) if "output" in one)
    assert "[0, 1, 4, 8]" in told and "[0, 1, 4, 9]" in told and "--fix takes what is computed" in told
    checking.check(Settings(docs=str(docs)), fix=True, trust=True)
    assert PLOT in lesson.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("x = 1", "its last line gives nothing, expected a dict"),
        ("[1, 2]", "its last line gives a list, expected a dict"),
        ('{"curve": 1}', "its value can't be drawn: plot: found the unknown field"),
        ('{"bars": {"a": float("nan")}}', "found nan"),
        ('{"curves": {"a": {"y": [1, float("inf")]}}}', "found inf"),
        ('{"bars": {"a": object()}}', "TypeError"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_code_whose_value_is_no_plot_is_a_fault_of_the_code(docs, code, part):
    with_code(docs, f"```python plot\n{code}\n```\n")
    (told,) = (one for one in all_findings(docs, trust=True) if one.startswith("code-failed"))
    assert part in told


def test_arrays_become_lists(docs):
    pytest.importorskip("numpy")
    code = 'import numpy as np\n\nx = np.linspace(0, 1, 3)\n{"points": {"p": {"x": x, "y": x**2}}, "x": {"to": x.max()}}\n'
    lesson = with_code(docs, f"```python plot\n{code}```\n")
    checking.check(Settings(docs=str(docs)), fix=True, trust=True)
    assert "points: {p: {x: [0, 0.5, 1], y: [0, 0.25, 1]}}\nx: {to: 1}\n" in lesson.read_text(encoding="utf-8")


def test_what_a_block_that_gives_a_plot_prints_beside_it_is_told_and_changes_no_plot(docs):
    lesson = with_code(docs, CODE.replace("squares =", "print('so')\nsquares =") + "\n" + PLOT)
    before = lesson.read_text(encoding="utf-8")
    (told,) = (one for one in all_findings(docs, trust=True, fix=True) if one.startswith("missing-output"))
    assert told.startswith('missing-output the code of a plot prints "so", which nobody sees') and "a block of its own" in told
    assert lesson.read_text(encoding="utf-8") == before


def test_plots_and_outputs_that_are_written_are_counted_apart(docs):
    with_code(docs, CODE + "\n```python\nprint(1)\n```\n\n```python\nprint(2)\n```\n")
    fixed = checking.check(Settings(docs=str(docs)), fix=True, trust=True).fixed
    assert [one.partition(": ")[2] for one in fixed] == [
        "2 output blocks rewritten with what the code prints", "1 plot block rewritten with what the code gives",
    ]  # fmt: skip
