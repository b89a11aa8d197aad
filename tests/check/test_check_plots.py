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
