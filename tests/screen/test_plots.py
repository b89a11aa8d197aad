"""Plots as they are seen: forty of them at three sizes of the window and in words, drawn quickly and never too wide.

The golden files are meant to be read; `UPDATE_GOLDEN=1 pytest tests/screen/test_plots.py` writes them anew.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from tutor.corpus.code_blocks import code_blocks_of
from tutor.corpus.plots import compute, read_plot
from tutor.screen.markup import Page
from tutor.screen.markup.figures import MOST_PLOTS
from tutor.screen.plots import words
from tutor.screen.plots.svg import plot_svg
from tutor.screen.plots.terminal import plot_rows
from utils.text import width

HERE = Path(__file__).parent
TEXT = (HERE / "data" / "plots.md").read_text(encoding="utf-8")
PLOTS = dict(zip(re.findall("^## (.*)$", TEXT, re.MULTILINE), [block.body for block in code_blocks_of(TEXT)], strict=True))
MAX_WIDTH = 78  # of a page, however wide the window


def page(markdown: str, columns: int = 80, rows: int = 24, terminal: bool = True) -> str:
    console = Console(
        file=io.StringIO(), width=min(MAX_WIDTH, columns), height=rows, force_terminal=terminal, color_system=None,
        legacy_windows=False,
    )  # fmt: skip
    console.print(Page(markdown))
    return console.file.getvalue()


def block(body: str) -> str:
    return f"```plot\n{body}```\n"


def plot_of(body: str):
    return compute(read_plot(body), strict=True)


def golden(name: str, shown: str) -> None:
    path = HERE / "golden" / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (80, 24), (120, 40)])
def test_forty_plots_look_like_their_golden_pictures(columns, rows):
    assert len(PLOTS) == 40
    shown = [f"{name}\n\n{page(block(body), columns, rows)}" for name, body in PLOTS.items()]
    golden(f"plots-{columns}x{rows}.txt", "\n".join(shown))


def test_forty_plots_in_words():
    golden("plots-plain.txt", "\n".join(f"{name}\n\n{page(block(body), terminal=False)}" for name, body in PLOTS.items()))


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_fits_any_width_and_a_page_with_a_paragraph(name):
    plot = plot_of(PLOTS[name])
    for columns in (24, 31, 40, 57, 77):
        rows = plot_rows(plot, columns, 20)
        assert max(width(row.plain) for row in rows) <= columns
    sizes = [(57, 20), (75, 24), (75, 40)]
    assert plot.bars or plot.heatmap or all(len(plot_rows(plot, columns, window)) <= window - 8 for columns, window in sizes)


@pytest.mark.parametrize("name", PLOTS)
def test_plain_text_says_every_label_and_has_no_drawing(name):
    said = page(block(PLOTS[name]), 120, terminal=False)
    labels = re.findall(r"^  ([^\s:][^:]*): ", PLOTS[name], re.MULTILINE)
    known = " ".join(said.split())
    fields = {"total", "s", "z", "rows", "columns", "values"}
    assert all(label.strip('"') in known for label in labels if label not in fields)
    assert not re.search("[⠀-⣿▁-█░▒▓┤└]", said)


@pytest.mark.parametrize("name", PLOTS)
def test_svg_is_a_picture_with_a_title_and_a_description_and_loads_nothing(name):
    source = ElementTree.tostring(plot_svg(plot_of(PLOTS[name])), encoding="unicode")
    picture = ElementTree.fromstring(source)
    space = "{http://www.w3.org/2000/svg}"
    assert picture.tag == f"{space}svg" and picture.get("role") == "img"
    assert [child.tag for child in picture][:2] == [f"{space}title", f"{space}desc"]
    assert len(picture.find(f"{space}desc").text) > 40
    assert not re.search(r"style=|script|href|NaN|\bnan\b|\binf\b", source)


def test_curves_are_told_from_one_another_without_colour():
    rows = plot_rows(plot_of("x: {from: 0, to: 1}\ncurves: {low: 0.2, high: 0.8}\n"), 60, 24)
    lines = [row.plain.split("│")[-1].split("┤")[-1] for row in rows]
    high, low = (next(line for line in lines if name in line).replace(name, "").strip() for name in ("high", "low"))
    assert set(high) != set(low)


def test_what_cannot_be_drawn_is_shown_as_it_stands():
    assert "curve: x" in page("Text.\n\n```plot\ncurve: x\n```\n")
    assert "1/0" in page("```plot\nbars: {a: 1/0}\n```\n", terminal=False)


def test_a_page_draws_no_more_plots_than_a_moment_allows():
    shown = page(block("bars: {a: 1}\n") * (MOST_PLOTS + 2))
    assert shown.count("│█") == MOST_PLOTS and shown.count("bars: {a: 1}") == 2


def test_a_plot_in_a_list_and_one_in_details_are_drawn():
    nested = (
        "- one\n\n  ```plot\n  bars: {cat: 1}\n  ```\n\n<details>\n<summary>More</summary>\n\n"
        + block("bars: {dog: 2}\n")
        + "\n</details>\n"
    )
    assert re.search("cat │█", page(nested)) and re.search("dog │█", page(nested))


def test_a_plot_s_rows_stay_on_one_page():
    from tutor.screen.markup.wrapping import is_glued

    console = Console(file=io.StringIO(), width=60, height=24, force_terminal=True, color_system=None)
    rows = console.render_lines(Page(block(PLOTS["sigmoid"])), pad=False)
    assert all(is_glued(row) for row in rows[:-1]) and not is_glued(rows[-1])


@pytest.mark.parametrize(("rate", "told"), [(0.2, "5 steps."), (0.9, "5 steps, turning back 4 times."), (0.5, "5 steps.")])
def test_sentences_say_that_a_path_swings_to_and_fro(rate, told):
    plot = plot_of(f"path: {{descent: {{start: [3, 1], next: [x-{2 * rate}*x, y-{2 * rate}*y], steps: 5}}}}\n")
    assert any(one.startswith("descent goes from (3, 1) to ") and one.endswith(told) for one in words.sentences(plot))


def test_sentences_say_what_rises_falls_and_peaks():
    said = words.sentences(plot_of(PLOTS["sigmoid"]))
    assert "sigmoid rises from 0.00247 at z = −6 to 0.998 at 6." in said
    assert any(one.startswith("slope rises from 0.00247 at z = −6 to a peak of 0.25 at 0, then falls") for one in said)
    waves = words.sentences(plot_of("x: {from: 0, to: 30}\ncurves: {wave: sin(x)}\n"))
    assert any("goes up 5 times and down 5 times between −1 and 1" in one for one in waves)
    assert any("stays at 3" in one for one in words.sentences(plot_of("x: {from: 0, to: 1}\ncurves: {flat: 3}\n")))


def test_a_hostile_label_draws_no_control_character():
    shown = page('```plot\nbars: {"a\\u202eb": 1}\n```\n') + page('```plot\nbars: {"a\\e[31mb": 1}\n```\n')
    assert "\u202e" not in shown and "\x1b" not in shown


def lines_of_table(body: str) -> list[str]:
    return words.table_lines(plot_of(body))


def test_the_values_listed_are_those_of_the_expression_and_of_the_data():
    assert lines_of_table("x: {from: 0, to: 7}\ncurves: {f: floor(x), g: x}\n")[1] == "x = 1: f 1, g 1"
    powers = lines_of_table("x: {from: 0.01, to: 100, scale: log}\ny: {scale: log}\ncurves: {p: x**-2}\n")
    assert powers == ["x = 0.01: p 10,000", "x = 0.1: p 100", "x = 1: p 1", "x = 10: p 0.01", "x = 100: p 0.0001"]
    assert lines_of_table("curves: {a: {y: [0, 1, 4, 9]}}\n") == ["x = 0: a 0", "x = 1: a 1", "x = 2: a 4", "x = 3: a 9"]
    listed = lines_of_table(
        "curves: {a: {y: [" + ", ".join(str(n * n) for n in range(30)) + "]}, b: 2*x}\nx: {from: 0, to: 29}\n"
    )
    assert listed[1] == "x = 3: a 9, b 6" and len(listed) == 10


def test_a_small_curve_beside_a_large_one_has_its_own_course_and_digits():
    said = " ".join(words.sentences(plot_of("x: {from: 0, to: 10}\ncurves: {sine: sin(x), e: exp(x)}\n")))
    assert "sine rises from 0 at x = 0 to a peak of 1 at 1.6" in said
    assert "x = 2: sine 0.909, e 7.39" in lines_of_table("x: {from: 0, to: 10}\ncurves: {sine: sin(x), e: exp(x)}\n")
    falling = words.sentences(plot_of("x: {from: 0, to: 9}\ny: {scale: log}\ncurves: {a: 10**-x, b: 1e6}\n"))
    assert "a falls from 1 at x = 0 to 1e−9 at 9." in falling and "b stays at 1,000,000." in falling


def test_a_curve_that_closes_is_said_to_and_rounding_is_not_told():
    said = words.sentences(plot_of("curves: {c: {x: cos(t), y: sin(t), from: 0, to: 2*pi}}\n"))
    assert said[-1] == "c is closed: it goes from (1, 0) as far as (−1, 0) and back."
    said = words.sentences(plot_of("path: [[0, 0], [1, 1], [2, 0]]\n"))
    assert said[-1] == "The path goes from (0, 0) to (2, 0) in 2 steps."


def test_a_pole_breaks_the_line_and_is_told():
    plot = compute(read_plot("x: {from: 0, to: 3}\ny: {from: -5, to: 5}\ncurves: {tan: tan(x)}\n"))
    assert plot.lines[0].points.count(None) == 1 and plot.lines[0].poles == pytest.approx((1.5708,), abs=1e-4)
    (said,) = (one for one in words.sentences(plot) if one.startswith("tan"))
    assert "it jumps from one infinite side to the other near x = 1.57." in said and "undefined" not in said


def test_a_curve_that_is_undefined_nearly_everywhere_is_shown_as_its_source():
    assert "exp(exp(x))" in page("```plot\nx: {from: 0, to: 100}\ncurves: {a: exp(exp(x))}\n```\n")
