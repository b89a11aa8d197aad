"""Items that are asked with a plot or a table of their lesson: named, found, shown wherever the question is, and checked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tutor.check import checking
from tutor.corpus import bank
from tutor.corpus.bank.prints import print_of
from tutor.corpus.corpus import open_corpus
from tutor.quiz.fingerprints import fingerprint
from utils.errors import InvalidFile
from utils.settings import Settings
from utils.strict_yaml import load

PLOT = "```plot\ntitle: How the dough rises\nx: {label: hours, from: 0, to: 4}\ny: {label: litres}\ncurves: 1+x/4\n```\n"
TABLE = "| flour | water in $g$ |\n|---|---|\n| rye | 80 |\n| wheat | 65 |\n"
ITEM = """\
items:
  - id: rising
    section: yeast
    kind: choice
    question: How large is it in the end?
    figure: FIGURE
    options:
      - {text: 2 litres, right: true}
      - {text: 3 litres}
    hints: [Look to the right., It is more than 1.]
    explanation: The curve ends at 2.
"""


@pytest.fixture
def lesson(docs):
    """Writes the lesson with a text under "Yeast", and its bank: lesson("How the dough rises") -> the folder."""

    def write(name: str, text: str = f"{PLOT}\n{TABLE}", salt: str = ""):
        path = docs / "food" / "bread.md"
        known = path.read_text(encoding="utf-8")
        known = known.replace("## Salt\n", f"{text}\n## Salt\n").replace("## Recap\n", f"{salt}\n## Recap\n")
        path.write_text(known, encoding="utf-8")
        (docs / "food" / "bread.quiz.yaml").write_text(ITEM.replace("FIGURE", name), encoding="utf-8")
        return docs

    return write


def item_of(docs):
    return open_corpus(docs).items("food/bread")[0]


@pytest.mark.parametrize("name", ["How the dough rises", "how the  dough rises", "'How the dough rises'"])
def test_a_plot_is_named_by_its_title(lesson, name):
    item = item_of(lesson(name))
    assert item.figure_block == PLOT.strip()
    assert bank.shown_question(bank.draw(item, 3)) == f"How large is it in the end?\n\n{PLOT.strip()}"


@pytest.mark.parametrize("name", ["flour | water in $g$", "Flour|water in g", "'| flour | water in g |'"])
def test_a_table_is_named_by_its_heads(lesson, name):
    assert item_of(lesson(name)).figure_block == TABLE.strip()


def test_a_name_stays_valid_when_lines_move_and_the_figure_goes_to_another_section(lesson):
    docs = lesson("How the dough rises", text="", salt=f"Some more text.\n\n{PLOT}")
    assert item_of(docs).figure_block == PLOT.strip()


def test_of_two_figures_with_one_name_the_one_of_the_items_section_is_meant(lesson):
    docs = lesson("How the dough rises", salt=PLOT.replace("1+x/4", "2+x/4"))
    assert "curves: 1+x/4" in item_of(docs).figure_block


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "How dough rises",
            PLOT,
            'found the figure "How dough rises", expected the title of a plot, or the heads of a table, in the lesson. '
            'Did you mean "How the dough rises"?',
        ),
        ("Photograph", PLOT + "\n" + TABLE, 'It has "How the dough rises", "flour | water in $g$".'),
        ("Photograph", "", "It has none."),
        ("Photograph", PLOT.replace("title: How the dough rises\n", ""), "It has none."),
        (
            "How the dough rises",
            f"{PLOT}\n{PLOT}",
            'found 2 figures "How the dough rises" in the lesson, on lines 16 and 23, expected one; rename the others',
        ),
    ],
)
def test_a_name_that_none_or_two_have_is_an_error_of_check_at_its_line_and_is_never_asked_without(lesson, name, text, told):
    docs = lesson(name, text)
    found = [one for one in checking.check(Settings(docs=str(docs))).findings if one.rule == "unknown-figure"]
    assert [(one.line, one.severity) for one in found] == [(6, "error")]
    assert found[0].message.startswith('item "rising": found') and told in found[0].message
    with pytest.raises(InvalidFile) as caught:
        open_corpus(docs).items("food/bread")
    assert caught.value.line == 6 and told in caught.value.message


def test_check_finds_nothing_where_the_figure_is_there(lesson):
    docs = lesson("How the dough rises")
    rules = {one.rule for one in checking.check(Settings(docs=str(docs))).findings}
    assert not rules & {"unknown-figure", "invalid-bank", "leaked-key"}


def test_what_a_figure_shows_is_no_leak_and_changes_neither_grade_nor_what_the_item_is_known_by(lesson):
    docs = lesson("flour | water in g", text=TABLE.replace("80", "2 litres"))
    item = item_of(docs)
    without = replace(item, figure="", figure_block="")
    assert print_of(item) == print_of(without) and fingerprint(item) == fingerprint(without)
    assert not [one for one in checking.check(Settings(docs=str(docs))).findings if "leak" in one.rule]


def test_in_a_session_in_plain_text_the_plot_is_told_below_the_question(lesson, tutor, tmp_path):
    docs = lesson("How the dough rises", text="", salt=PLOT)
    (tmp_path / "s.yaml").write_text("steps:\n  - answer: 2 litres\n  - quit\n")
    ran = tutor("--docs", docs, "--plain", "--offline", "learn", "bread", "--script", tmp_path / "s.yaml")
    text = " ".join(ran.stdout.split())
    assert "How large is it in the end? Plot: How the dough rises. Across: hours from 0 to 4." in text
    assert "2 litres" in text.partition("hours = 4: litres 2")[2]  # the options stand below it


def test_with_a_sheet_alone_the_question_can_be_answered(lesson, tutor, tmp_path):
    docs, sheet = lesson("How the dough rises"), tmp_path / "sheet.yaml"
    tutor("--docs", docs, "--offline", "quiz", "bread", "--sheet", sheet)
    blank = sheet.read_text(encoding="utf-8")
    (shown,) = load(blank, "s.yaml")["items"]
    assert shown["question"] == "How large is it in the end?"
    assert shown["figure"].startswith("Plot: How the dough rises.\n") and "hours = 4: litres 2" in shown["figure"]
    assert list(shown) == ["id", "version", "question", "figure", "options", "answer"]
    right = next(label for label, text in shown["options"].items() if text == "2 litres")
    sheet.write_text(blank.replace("    answer:", f"    answer: {right}"), encoding="utf-8")
    ran = tutor("--docs", docs, "--offline", "--json", "quiz", "--answers", sheet, "--junit", tmp_path / "j.xml", "--no-log")
    (item,) = json.loads(ran.stdout)["items"]
    assert (item["correct"], item["question"], item["figure"]) == (True, shown["question"], PLOT.strip())


def test_a_table_stands_on_a_sheet_as_it_is_written(lesson, tutor, tmp_path):
    docs, sheet = lesson("flour | water in g"), tmp_path / "sheet.yaml"
    tutor("--docs", docs, "--offline", "quiz", "bread", "--sheet", sheet)
    (shown,) = load(sheet.read_text(encoding="utf-8"), "s.yaml")["items"]
    assert shown["figure"] == TABLE.strip()


def test_a_sheet_stays_valid_when_the_figure_is_given_another_title(lesson, tutor, tmp_path):
    docs, sheet = lesson("How the dough rises"), tmp_path / "sheet.yaml"
    tutor("--docs", docs, "--offline", "quiz", "bread", "--sheet", sheet)
    for path in (docs / "food").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("How the dough rises", "In four hours"), encoding="utf-8")
    ran = tutor("--docs", docs, "--offline", "quiz", "--answers", sheet, "--no-log")
    assert "changed" not in ran.stderr and "0 of 1 right" in ran.stdout


@pytest.mark.parametrize("rows", [40, 24, 20])
def test_at_a_keyboard_the_plot_is_drawn_above_the_options_on_one_page(lesson, person, rows):
    lesson("How the dough rises")
    someone = person("quiz", "bread", rows=rows)
    screen = someone.read("3 litres")
    assert "1 of 2" not in screen
    assert "How the dough rises" in screen and any("\u2801" <= sign <= "\u28ff" for sign in screen)
    assert screen.index("How large is it") < screen.index("How the dough rises") < screen.index("3 litres")


def test_an_item_without_a_figure_has_none(docs):
    assert {item.figure_block for item in open_corpus(docs).items("food/bread")} == {""}
