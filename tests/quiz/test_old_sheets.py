"""Sheets outlive their lessons: one that was handed out still grades when the banks grow, and names its grader."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from tutor import grading
from tutor.corpus import bank
from tutor.corpus.corpus import open_corpus
from tutor.models import Blank, Draw, Item, Kind, KnownWrong, Option, Point, Variable
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
    drawn = [bank.draw(item, seed, Draw.FIRST) for item in items]
    text = sheets.write_sheet(
        drawn, versions, seed=seed, topics=["food/bread"], corpus="x", command="ptutor quiz --answers s.yaml"
    )
    return sheets.read_sheet(text.replace("versions: 3\n", "").replace("draw: 2\n", ""), "s.yaml")


# -------------------------------------------------------------------------------------------- fingerprints


@pytest.mark.parametrize(("item", "changes"), [
    (SHORT, {"rubric": (Point("yeast makes gas", ("it breathes out", "bubbles")), Point("which lifts the dough"))}),
    (SHORT, {"references": ("The yeast makes a gas.", "CO2 from yeast.")}),
    (SHORT, {"wrong": (KnownWrong("Heat alone lifts it."),)}),
    (SHORT, {"hints": ("Look closely.",), "explanation": "Gas.", "section": "dough", "line": 9}),
    (CHOICE, {"options": (Option("CO2", right=True), Option("neon", misconception="inert", reply="No."))}),
    (CHOICE, {"options": (Option("neon"), Option("CO2", right=True)), "shuffle": False}),
    (CLOZE, {"blanks": (Blank(("sugar", "sugars", "glucose")),)}),
])  # fmt: skip
def test_an_item_that_is_graded_by_more_than_before_is_still_the_item_that_was_asked(item, changes):
    assert fingerprints.fingerprint(replace(item, **changes)) == fingerprints.fingerprint(item)


@pytest.mark.parametrize(("item", "changes"), [
    (SHORT, {"question": "Why does it rise?"}),
    (SHORT, {"expression": "x + 1"}),
    (CHOICE, {"options": (Option("CO2"), Option("neon", right=True))}),
    (CLOZE, {"blanks": (Blank(("flour",)),)}),
    (NUMBER, {"answer": 3.0}), (NUMBER, {"tolerance": 0.5}), (NUMBER, {"relative": True}), (NUMBER, {"unit": "g"}),
    (NUMBER, {"answer_expression": "2 * x"}), (NUMBER, {"where": "x > 1"}), (SHORT, {"steps": ("mix", "bake")}),
])  # fmt: skip
def test_an_item_that_asks_something_else_has_another_fingerprint(item, changes):
    assert fingerprints.fingerprint(replace(item, **changes)) != fingerprints.fingerprint(item)


# --------------------------------------------------------------------------------- sheets of the first version


def test_a_sheet_says_how_its_fingerprints_were_made():
    text = sheets.write_sheet([SHORT], {SHORT.key: "1"}, seed=1, topics=[], corpus="x", command="ptutor quiz --answers s.yaml")
    for field, now, line in (("versions", 3, 14), ("draw", 2, 12)):
        assert f"\n{field}: {now}\n" in text and getattr(sheets.read_sheet(text, "s.yaml"), field) == now
        without = text.replace(f"{field}: {now}\n", "")
        assert getattr(sheets.read_sheet(without, "s.yaml"), field) == 1, "as the first version wrote it"
        for wrong in (str(now + 1), "two", "true", "0", "[1]"):
            with pytest.raises(InvalidFile, match=rf"s.yaml:{line}: found {field}: .*, expected a number from 1 to {now}"):
                sheets.read_sheet(text.replace(f"{field}: {now}", f"{field}: {wrong}"), "s.yaml")


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
    others = {CHOICE.key: replace(CHOICE, options=(Option("neon"), Option("argon", right=True))),
              CLOZE.key: replace(CLOZE, question="It eats [[…]]."), NUMBER.key: replace(NUMBER, unit="g")}  # fmt: skip
    assert set(sheets.outdated_entries(sheet, others)) == set(others) and sheets.assumed_entries(sheet, others) == []


MULTI = Item("gases", "food/bread", "yeast", Kind.MULTI, "Which gases?", options=tuple(
    Option(text, right=text != "salt") for text in ("CO2", "salt", "neon")))  # fmt: skip
DRAWN = Item("twice", "food/bread", "yeast", Kind.CHOICE, "Twice {{x}}?", variables=(Variable("x", (2, 3, 5)),), options=(
    Option("{{x + 1}}"), Option("{{2 * x}}", right=True), Option("{{2 * x + 5}}")))  # fmt: skip


@pytest.mark.parametrize("versions", [1, 2, 3])
def test_a_letter_means_what_stands_beside_it_on_the_sheet_whatever_became_of_the_bank_s_order(versions):
    asked = (CHOICE, MULTI, DRAWN)
    way = Draw.FIRST if versions < 3 else Draw.LATEST
    text = sheets.write_sheet([bank.draw(item, 4, way) for item in asked],
                              {item.key: fingerprints.fingerprint(item, versions) for item in asked}, seed=4,
                              topics=["food/bread"], corpus="x", command="ptutor quiz --answers s.yaml")  # fmt: skip
    text = text.replace("versions: 3", f"versions: {versions}").replace("draw: 2", f"draw: {way}")
    sheet = sheets.read_sheet(text, "s.yaml")
    today = {item.key: replace(item, options=(*item.options[1:], item.options[0])) for item in asked}
    assert sheets.outdated_entries(sheet, today) == {} and sheets.assumed_entries(sheet, today) == []
    for entry in sheet.entries:
        drawn = bank.draw(today[entry.key], sheet.seed, sheet.draw)
        right = {option.text for option in drawn.options if option.right}
        letters = [letter for letter, shown in entry.shown["options"].items() if shown in right]
        answered = replace(entry, answer=", ".join(letters), parts=tuple(letters) if len(letters) > 1 else ())
        assert grading.grade(drawn, sheets.as_typed(drawn, answered)).correct and len(letters) == len(right)
        assert sheets.altered_choice(entry, drawn) == ""
    other = replace(CHOICE, options=(Option("neon", right=True), Option("CO2")))
    changed = sheets.outdated_entries(sheet, {**today, CHOICE.key: other})
    assert set(changed) == ({CHOICE.key} if versions > 1 else set()), "a first sheet only knows what it shows"


def test_a_sheet_without_a_draw_has_its_options_in_the_bank_s_order():
    old = sheets.read_sheet(FIRST[0].read_text(encoding="utf-8"), "s.yaml")
    assert old.draw == Draw.FIRST
    for item in choosing.choose(choosing.read_banks(open_corpus(ROOT / "docs"), old.topics), replace(
        choosing.request_of(None, [], Kind.ALL, None, old, None), kinds=(Kind.CHOICE,))):  # fmt: skip
        authored = items_of(item.lesson)[item.key]
        assert [option.right for option in item.options] == [option.right for option in authored.options]


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
    path.write_text(text.replace("versions: 3\n", "").replace("draw: 2\n", ""), encoding="utf-8")
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
