"""Sheets outlive their lessons: one that was handed out still grades when the banks grow, and names its grader."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from tutor.corpus import bank
from tutor.corpus.corpus import open_corpus
from tutor.models import Blank, Item, Kind, KnownWrong, Option, Point
from tutor.quiz import choosing, fingerprints, sheets
from utils.errors import InvalidFile

FIRST = sorted((ROOT / "tests" / "data" / "sheets").glob("*.yaml"))  # as the first version wrote them, then filled in
SHORT = Item(
    "why", "food/bread", "yeast", Kind.SHORT, "Why does dough rise?", rubric=(Point("yeast makes gas", ("it breathes out",)),),
    references=("The yeast makes a gas.",),
)  # fmt: skip
CHOICE = Item("gas", "food/bread", "yeast", Kind.CHOICE, "Which gas?", options=(Option("CO2", right=True), Option("neon")))
CLOZE = Item("eats", "food/bread", "yeast", Kind.CLOZE, "Yeast eats [[…]].", blanks=(Blank(("sugar",)),))
NUMBER = Item("salt", "food/bread", "salt", Kind.NUMBER, "How much salt?", answer=2.0, tolerance=0.1, unit="%")


def items_of(*lessons: str) -> dict[str, Item]:
    banks = choosing.read_banks(open_corpus(ROOT / "docs"), lessons)
    return {item.key: item for items in banks.values() for item in items}


def first_sheet(*items: Item, seed: int = 4) -> sheets.Sheet:
    """A sheet as the first version wrote it."""
    versions = {item.key: fingerprints.first_fingerprint(item) for item in items}
    drawn = [bank.draw(item, seed) for item in items]
    text = sheets.write_sheet(
        drawn, versions, seed=seed, topics=["food/bread"], corpus="x", command="ptutor quiz --answers s.yaml"
    )
    return sheets.read_sheet(text.replace("versions: 2\n", ""), "s.yaml")


# -------------------------------------------------------------------------------------------- fingerprints


@pytest.mark.parametrize(("item", "changes"), [
    (SHORT, {"rubric": (Point("yeast makes gas", ("it breathes out", "bubbles")), Point("which lifts the dough"))}),
    (SHORT, {"references": ("The yeast makes a gas.", "CO2 from yeast.")}),
    (SHORT, {"wrong": (KnownWrong("Heat alone lifts it."),)}),
    (SHORT, {"hints": ("Look closely.",), "explanation": "Gas.", "section": "dough", "line": 9}),
    (CHOICE, {"options": (Option("CO2", right=True), Option("neon", misconception="inert", reply="No."))}),
    (CLOZE, {"blanks": (Blank(("sugar", "sugars", "glucose")),)}),
])  # fmt: skip
def test_an_item_that_is_graded_by_more_than_before_is_still_the_item_that_was_asked(item, changes):
    assert fingerprints.fingerprint(replace(item, **changes)) == fingerprints.fingerprint(item)


@pytest.mark.parametrize(("item", "changes"), [
    (SHORT, {"question": "Why does it rise?"}),
    (SHORT, {"expression": "x + 1"}),
    (CHOICE, {"options": (Option("CO2"), Option("neon", right=True))}),
    (CHOICE, {"options": (Option("neon"), Option("CO2", right=True))}),
    (CLOZE, {"blanks": (Blank(("flour",)),)}),
    (NUMBER, {"answer": 3.0}), (NUMBER, {"tolerance": 0.5}), (NUMBER, {"relative": True}), (NUMBER, {"unit": "g"}),
    (NUMBER, {"answer_expression": "2 * x"}), (NUMBER, {"where": "x > 1"}), (SHORT, {"steps": ("mix", "bake")}),
])  # fmt: skip
def test_an_item_that_asks_something_else_has_another_fingerprint(item, changes):
    assert fingerprints.fingerprint(replace(item, **changes)) != fingerprints.fingerprint(item)


# --------------------------------------------------------------------------------- sheets of the first version


def test_a_sheet_says_how_its_fingerprints_were_made():
    text = sheets.write_sheet([SHORT], {SHORT.key: "1"}, seed=1, topics=[], corpus="x", command="ptutor quiz --answers s.yaml")
    assert "\nversions: 2\n" in text and sheets.read_sheet(text, "s.yaml").versions == 2
    assert sheets.read_sheet(text.replace("versions: 2\n", ""), "s.yaml").versions == 1, "as the first version wrote it"
    for wrong in ("3", "two", "true", "0"):
        with pytest.raises(InvalidFile, match=r"s.yaml:13: found versions: .*, expected 1 or 2"):
            sheets.read_sheet(text.replace("versions: 2", f"versions: {wrong}"), "s.yaml")


def test_the_first_fingerprint_is_the_one_that_the_first_version_made():
    known = {
        "llm/attention:variance-formula": "988d837b5bd2", "llm/attention:packed-order": "84134e78dc05",
        "llm/attention:why-minus-infinity": "e30e98eaac53", "llm/attention:mixed-output": "76a4f1fb4097",
    }  # fmt: skip
    items = items_of("llm/attention")
    assert {key: fingerprints.first_fingerprint(items[key]) for key in known} == known


@pytest.mark.parametrize("changes", [
    {"references": ("Gas.",)}, {"rubric": (Point("gas"), Point("rises"))}, {"question": "Why does dough rise, and how fast?"},
])  # fmt: skip
def test_a_first_sheet_s_free_text_item_is_unchanged_while_it_is_free_text(changes):
    sheet, now = first_sheet(SHORT), {SHORT.key: replace(SHORT, **changes)}
    assert sheets.outdated_entries(sheet, now) == {}
    assert [entry.key for entry in sheets.assumed_entries(sheet, now)] == [SHORT.key]


def test_a_first_sheet_s_other_items_are_unchanged_where_question_options_and_unit_agree():
    sheet = first_sheet(CHOICE, CLOZE, NUMBER)
    same = {CHOICE.key: replace(CHOICE, wrong=(KnownWrong("x"),)), CLOZE.key: replace(CLOZE, blanks=(Blank(("sugar", "s")),)),
            NUMBER.key: replace(NUMBER, tolerance=0.2)}  # fmt: skip
    assert sheets.outdated_entries(sheet, same) == {} and len(sheets.assumed_entries(sheet, same)) == 3
    others = {CHOICE.key: replace(CHOICE, options=(Option("neon"), Option("CO2", right=True))),
              CLOZE.key: replace(CLOZE, question="It eats [[…]]."), NUMBER.key: replace(NUMBER, unit="g")}  # fmt: skip
    assert set(sheets.outdated_entries(sheet, others)) == set(others) and sheets.assumed_entries(sheet, others) == []


def test_a_first_sheet_whose_items_did_not_change_needs_no_warning():
    items = {item.key: item for item in (SHORT, CHOICE, CLOZE, NUMBER)}
    sheet = first_sheet(*items.values())
    assert sheets.outdated_entries(sheet, items) == {} and sheets.assumed_entries(sheet, items) == []
    assert set(sheets.outdated_entries(sheet, {}).values()) == {"the lessons no longer have this item"}


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_a_filled_sheet_of_the_first_version_is_graded_to_the_last_item(tutor, path: Path):
    run = tutor("quiz", "--docs", ROOT / "docs", "--answers", path, "--json")
    document = json.loads(run.stdout)
    assert run.returncode == 0 and "changed" not in run.stdout and "not graded" not in run.stderr
    assert document["errors"] == 0 and len(document["items"]) == path.read_text(encoding="utf-8").count("- id: ")
    assert document["score"] > 0.9
    assert run.stderr.count("warning: ") <= 1


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_and_by_banks_whose_free_text_items_were_rewritten(path: Path):
    sheet = sheets.read_sheet(path.read_text(encoding="utf-8"), path.name)
    rewritten = {
        key: replace(item, question=f"{item.question} Say both.", references=("Another.",)) if item.rubric else item
        for key, item in items_of(*sheet.topics).items()
    }
    assert sheets.outdated_entries(sheet, rewritten) == {}
    assert {rewritten[entry.key].kind for entry in sheets.assumed_entries(sheet, rewritten)} >= {Kind.SHORT}


def test_a_first_sheet_is_graded_with_one_warning_where_its_items_changed(tutor, docs, tmp_path):
    lesson_bank = docs / "food" / "bread.quiz.yaml"
    path = tmp_path / "sheet.yaml"
    assert tutor("quiz", "bread", "--docs", docs, "--seed", 3, "--sheet", path).returncode == 0
    text = re.sub(r'version: ".', 'version: "x', path.read_text(encoding="utf-8"))
    path.write_text(text.replace("versions: 2\n", ""), encoding="utf-8")
    lesson_bank.write_text(lesson_bank.read_text(encoding="utf-8").replace("Which gas", "What gas"), encoding="utf-8")
    run = tutor("quiz", "--docs", docs, "--answers", path)
    assert "sheet.yaml: comes from an earlier version of the program; 4 of its 5 questions" in run.stderr
    assert run.stderr.count("warning: ") == 2 and "food/bread:gas is not graded: the item was changed" in run.stderr


# --------------------------------------------------------------------------------------------- the grader


def test_a_graded_sheet_names_the_grader_that_it_met(tutor, docs, tmp_path):
    path = tmp_path / "sheet.yaml"
    assert tutor("quiz", "bread", "--docs", docs, "--seed", 3, "--sheet", path).returncode == 0
    path.write_text(path.read_text(encoding="utf-8").replace("    answer:", "    answer: a", 1), encoding="utf-8")
    run = tutor("quiz", "--docs", docs, "--answers", path, "--json", "--junit", tmp_path / "j.xml")
    assert re.search(r"^graded by: built-in \(ptutor \d+\.\d+\.\d+\)$", run.stderr, re.MULTILINE)
    grader = json.loads(run.stdout)["grader"]
    assert grader.startswith("built-in (ptutor ")
    properties = {one.get("name"): one.get("value") for one in ET.parse(tmp_path / "j.xml").iter("property")}
    assert properties["grader"] == grader
