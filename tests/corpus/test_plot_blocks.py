"""Plot blocks: what they say becomes numbers, and each mistake is told with its line, what was found and what to do."""

from __future__ import annotations

import math
import re

import pytest

from tutor.corpus.plots import compute, read_plot
from tutor.corpus.plots.scales import in_short, tick_labels, ticks
from utils.errors import InvalidFile


def computed(text: str, strict: bool = True, **knobs: float):
    return compute(read_plot(text, "docs/a.md", 11, knobs), knobs, strict)


def refused(text: str) -> str:
    with pytest.raises(InvalidFile) as error:
        computed(text)
    assert error.value.path == "docs/a.md"
    return f"{error.value.line}: {error.value.message}"


def test_a_curve_has_the_values_of_its_expression():
    line = computed("x: {from: -6, to: 6}\ncurves:\n  sigmoid: 1/(1+exp(-x))\n").lines[0]
    assert line.label == "sigmoid" and len(line.points) == 161
    assert all(y == pytest.approx(1 / (1 + math.exp(-x))) for x, y in line.points)
    assert (line.points[0][0], line.points[80][0], line.points[-1][0]) == (-6, 0, 6)


def test_one_thing_without_a_label_may_stand_alone():
    assert computed("x: {from: 0, to: 1}\ncurves: x**2\n").lines[0].label == ""
    assert computed("points: [[1, 2], [3, 4]]\n").scatters[0].points == ((1, 2), (3, 4))
    assert computed("path: {start: [1, 1], next: [x/2, y], steps: 2}\n").lines[0].points == ((1, 1), (0.5, 1), (0.25, 1))
    assert len(computed("x: {from: 0, to: 10}\nbars: comb(10, x)*0.5**10\n").columns[0].columns) == 11
    assert computed("histogram: [1, 2, 2, 3]\n").columns[0].counted


def test_names_of_let_may_use_coordinates_knobs_and_earlier_names():
    plot = computed("let: {s: t*x, u: s+1}\nx: {from: 0, to: 1}\ncurves: u*2\n", t=3)
    assert plot.lines[0].points[-1] == (1, 8)


def test_a_knob_bound_to_another_value_draws_another_plot():
    spec = read_plot("x: {from: 0, to: n}\ncurves: n*x\n", knobs=("n",))
    assert [compute(spec, {"n": n}).lines[0].points[-1] for n in (2, 5)] == [(2, 4), (5, 25)]
    with pytest.raises(KeyError, match="n"):
        compute(spec)


def test_bars_of_an_expression_stand_at_whole_numbers_and_are_whole():
    plot = computed("x: {from: 0, to: 4}\nbars:\n  fair: comb(4, x)/16\n")
    assert [round(left + 0.4) for left, _, _ in plot.columns[0].columns] == [0, 1, 2, 3, 4]
    assert [height * 16 for _, _, height in plot.columns[0].columns] == [1, 4, 6, 4, 1]
    assert (plot.x.low, plot.x.high, plot.y.low) == (-0.5, 4.5, 0)


def test_two_histograms_share_their_bins():
    first, second = computed("histogram:\n  a: [1, 2, 2, 9]\n  b: [4, 4, 5]\n").columns
    assert [column[:2] for column in first.columns] == [column[:2] for column in second.columns]
    assert (sum(column[2] for column in first.columns), sum(column[2] for column in second.columns)) == (4, 3)


def test_contour_lines_lie_where_the_height_is_their_level():
    plot = computed("x: {from: -2, to: 2}\ny: {from: -2, to: 2}\ncontours: {z: x**2+y**2, levels: [1]}\n")
    ((level, pieces),) = plot.contours.levels
    assert level == 1 and len(pieces) > 30
    assert all(math.hypot(*point) == pytest.approx(1, abs=0.01) for piece in pieces for point in piece)
    assert plot.contours.lowest == (0, 0, 0)


def test_a_comparison_is_a_step():
    assert {y for _, y in computed("x: {from: -1, to: 1}\ncurves: x > 0\n").lines[0].points} == {0, 1}


def test_where_a_curve_is_undefined_it_is_broken_on_screen_and_refused_by_check():
    text = "x: {from: -1, to: 1}\ncurves:\n  a: log(x)\n"
    assert computed(text, strict=False).lines[0].points[0] is None
    assert refused(text) == (
        '13: plot: found the curve "a" undefined at x = -1 (log(-1) is undefined), '
        "expected a value everywhere from its beginning to its end; change from or to"
    )
    assert "undefined at x = 0 (division by zero)" in refused("x: {from: -1, to: 1}\ncurves: 1/x\n")
    with pytest.raises(InvalidFile, match="undefined from -2 to -1"):
        computed("x: {from: -2, to: -1}\ncurves: log(x)\n", strict=False)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 11, "found nothing in a plot"),
        ("title: x\n", 11, "found nothing to draw, expected curves, points"),
        ("curve: x\n", 11, 'unknown field "curve"'),
        ("curve: x\n", 11, 'Did you mean "curves"?'),
        ("curves: x\n", 11, "no range for x, expected where the curve begins and ends; add x: {from: 0, to: 10}"),
        ("x: {from: 3, to: 1}\ncurves: x\n", 11, "x from 3 to 1, expected it to grow"),
        ("x: {from: 0, to: 1, min: 2}\ncurves: x\n", 11, 'unknown field "min", expected label, from, to or scale'),
        ("x: {from: 0, to: 1, scale: log}\ncurves: x\n", 11, "found 0 on the log axis x"),
        ("x: {from: 0, to: 1, scale: cubic}\ncurves: x\n", 11, 'found "cubic" in scale, expected linear or log'),
        ("x: {from: 0, to: 1}\ncurves: z\n", 12, 'unknown name "z" in curves, expected x'),
        ("x: {from: 0, to: 1}\ncurves: sqr(x)\n", 12, 'Did you mean "sqrt"?'),
        ("x: {from: 0, to: 1}\ncurves: x^2\n", 12, "write ** for a power"),
        ("x: {from: 0, to: 1}\ncurves:\n  - y: x\n    label: a\n", 13, 'write "label: …" without the -'),
        ("x: {from: 0, to: 1}\ncurves: {a: max(x, 1)}\n", 12, "put one with a comma in quotes"),
        ("x: {from: 0, to: 1}\ncurves: {y: x, x: t}\n", 12, "without from and to, expected the range of t"),
        ("x: {from: 5, to: 9}\npoints: [[1, 1]]\n", 11, "found nothing to see between x = 5 and 9"),
        ("points: []\n", 11, "found nothing in points"),
        ("points: [[1, 2],\n  [3]]\n", 12, "found 1 value in points, expected a pair [x, y]"),
        ("points: {x: [1, 2], y: [1]}\n", 11, "found 1 value in y, expected 2 as in x"),
        ("points: [[0, 1e300]]\n", 11, "too large to be drawn"),
        ("bars: [1, 2]\n", 11, 'expected "name: height"'),
        ("bars: {a: 1/0}\n", 11, "found 1/0, which has no value: division by zero"),
        ("bars: {a: 1}\ncurves: x\n", 12, "found curves beside bars with names"),
        ("bars: {a: {s: 1}, b: {t: 1}}\n", 11, "bars of different series"),
        ("heatmap: {rows: [a], columns: [a, b], values: [[1]]}\n", 11, "found 2 labels in columns, expected 1"),
        ("heatmap:\n  rows: [a, b]\n  columns: [a]\n  values:\n    - [1]\n    - [1, 2]\n", 16, "a row of 2 values, expected 1"),
        ("histogram: {data: [1], counts: [1]}\n", 11, "found both data and counts"),
        ("histogram: {counts: [1, 2]}\n", 11, "found counts without from and to"),
        ("bars: 3*2\n", 11, 'found the text "3*2" in bars, expected "name: height", such as the: 0.5, or an expression of x'),
        ("arrows: {v: [0, 0]}\nx: {from: -1, to: 1}\ny: {from: -1, to: 1}\n", 11, "found an arrow of no length"),
        ("curves: {y: [1, .nan]}\n", 11, "found nan in y, expected a finite number"),
        ("points: [[1, -.inf]]\n", 11, "found -inf in points, expected a finite number"),
        ("x: {from: 0, to: 1}\ncurves: {near: 1+1e-12*x}\n", 11, 'found the curve "near" hardly changing, y from 1 to'),
        ("x: {from: 0, to: 1}\ny: {from: 5, to: 6}\ncurves:\n  a: x\n", 14, 'the curve "a" wholly outside the axes, at y up'),
        ("x: {from: 0, to: 1}\ncurves:\n  a: x\nmarks:\n  m: {x: 3}\n", 15, 'the mark "m" outside the axes, at x = 3'),
        ("x: {from: 0, to: 1}\ncurves: x\npoints:\n  p: [[2, 0]]\n", 14, 'the points "p" all outside the axes'),
        ("x: {from: 0, to: 1}\ncurves: x\narrows:\n  v: {from: [2, 0], to: [3, 1]}\n", 14, 'the arrow "v" wholly outside'),
        ("histogram: {counts: [1, -2], from: 0, to: 2}\n", 11, "found the count -2, expected 0 or more"),
        ("contours: x+y\n", 11, "found contours without a range"),
        ("x: {from: 0, to: 1}\ny: {from: 0, to: 1}\ncontours: {z: x, levels: [9]}\n", 13, "z goes from 0 to 1"),
        ("path: {start: [1, 1], next: [x, y]}\n", 11, 'lacks the field "steps"'),
        ("path: {start: [1, 1], next: [x*9, y], steps: 99}\n", 11, "of the path undefined"),
        ("path: {start: [1, 1], next: [x, y], steps: 999}\n", 11, "expected a whole number from 1 to 300"),
        ("arrows: {v: 3}\n", 11, "found the number 3 in arrows, expected a pair"),
        ("points: [[1, 1]]\nmarks: {a: 3}\n", 12, "{x: 3}"),
        ("points: [[1, 1]]\nlet: {a: b+1, b: a+1}\n", 12, 'found "b" in let before it is defined there'),
        ("points: [[1, 1]]\nlet: {x: 3}\n", 12, 'found the name "x", which has a meaning already'),
        ('bars: {"a\\u202eb": 1}\n', 11, "a character that can't be seen"),
        (f"bars: {{{'a' * 40}: 1}}\n", 11, "found a label of 40 characters, expected at most 32"),
        ("x: {from: 0, to: 1}\ncurves: {a: x, b: x, c: x, d: x, e: x, f: x, g: x}\n", 12, "7 entries in curves"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(text, line, part):
    told = refused(text)
    assert told.startswith(f"{line}: ") and part in told and "found" in told


SINES, CHOICES = "+".join(["sin(x)"] * 40), "+".join(["comb(1000, 500)/comb(999, 499)"] * 15)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "let: {" + ", ".join(f"n{i}: {SINES}" for i in range(12)) + "}\nx: {from: 0, to: 1}\ncurves:\n"
            + "".join(f"  c{i}: {'+'.join(f'n{j}' for j in range(12))}\n" for i in range(6)),
            "takes too long to compute",
        ),
        (f"x: {{from: 0, to: 1}}\ny: {{from: 0, to: 1}}\ncontours: {CHOICES}\n", "takes too long to compute"),
        ("x: {from: 0, to: 1e9}\nbars: {a: x}\n", "at most 60"),
        ("points: [" + ", ".join(["[1, 1]"] * 1500) + "]\n", "more than 2,000 numbers"),
        ("histogram: [" + ", ".join(["1"] * 3000) + "]\n", "at most 1000"),
        ("title: a\n" * 3000, "found a plot of 27,000 characters"),
    ],
)  # fmt: skip
def test_nothing_that_a_block_says_costs_more_than_a_moment(text, part):
    assert part in refused(text)


def test_ticks_are_round_and_as_many_as_fit():
    assert ticks(-6, 6, 6) == [-6, -4, -2, 0, 2, 4, 6]
    assert tick_labels(ticks(0, 0.3, 3)) == ["0", "0.1", "0.2", "0.3"]
    assert tick_labels([0.001, 1, 1e6], log=True) == ["0.001", "1", "1e6"]
    assert tick_labels([-20_000, 0, 20_000]) == ["−20,000", "0", "20,000"]
    assert [in_short(value) for value in (0.12345, -1234567, 1.5e-9, 0)] == ["0.123", "−1,230,000", "1.5e−9", "0"]


@pytest.mark.parametrize(
    "text",
    [
        "points: {a: [[1e-320, 1], [2e-320, 1]]}\n",
        "points: {a: [[1, 1e-320], [1, 2e-320]]}\n",
        "points: {a: [[1, 1]]}\nx: {from: 1e-320, to: 2e-320}\n",
        "points: {a: [[1, 1]]}\nx: {from: 1e-320, to: 2, scale: log}\n",
        "x: {from: 0, to: 1}\ncurves: {a: 1e-320*x}\n",
        "x: {from: 0, to: 1}\ncurves: {a: {y: x, from: 0, to: 1e-320}}\n",
        "bars: {a: 1e-320, b: 2e-320}\n",
        "x: {from: 0, to: 3}\nbars: {a: 1e-320*x}\n",
        "heatmap: {rows: [a], columns: [a, b], values: [[1e-320, 2e-320]]}\n",
        "histogram: [1e-320, 2e-320, 3e-320]\n",
        "histogram: {counts: [1, 2], from: 0, to: 1e-320}\n",
        "x: {from: 0, to: 1}\ny: {from: 0, to: 1}\ncontours: 1e-320*x\n",
    ],
)
def test_what_is_too_small_to_scale_is_refused_as_what_is_too_large(text):
    assert re.search("too small to be drawn|a range that numbers fit in", refused(text))


@pytest.mark.parametrize(
    ("expression", "x"), [("tan(x)", "1.57"), ("1/(x-1.234)", "1.23"), ("5+1/(x-1.234)**3", "1.23"), ("3*x/(x-pi/3)", "1.05")]
)
def test_a_pole_is_refused_by_check_and_breaks_the_line_on_screen(expression, x):
    text = f"x: {{from: 0, to: 3}}\ncurves:\n  a: {expression}\n"
    told = refused(text)
    assert told.startswith('13: plot: found the curve "a" jumping') and f"near x = {x}" in told
    line = computed(text, strict=False).lines[0]
    assert len(line.poles) == 1 and None in line.points


@pytest.mark.parametrize(
    "expression",
    ["tanh(1e6*(x-1))", "atan(1e9*(x-1))", "floor(x)-1.5", "x > 1", "(x-1.234)/abs(x-1.234)", "(x-1.21875)/abs(x-1.21874)",
     "1e9*(x-1.01)**3", "sin(200*x)", "x-1",
     "(x-1.234)/((x-1.234)**2+1e-8)", "1e11*(floor(x/1.234)-0.5)", "1e9*atan(1e12*(x-1.1))"],
)  # fmt: skip
def test_a_steep_curve_or_a_step_is_no_pole(expression):
    assert computed(f"x: {{from: 0, to: 3}}\ncurves: {expression}\n").lines[0].poles == ()
