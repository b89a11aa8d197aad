"""`check` and concepts.yaml: what is used before it is introduced, and what is wrong with the list."""

from __future__ import annotations

import pytest

from tutor.check import checking
from utils.settings import Settings

ROLLS = """\
---
title: Rolls
summary: Small breads.
minutes: 5
prerequisites: [food/bread]
---
# Rolls

You will know how proofing works.

## Rising

Yeast is at work here too, and
**so is salt**, by its `osmosis`.

## Proofing

The second rise is called **proofing**.

## Recap

- Osmosis is at work.
"""
CONCEPTS = """\
concepts:
  - concept: yeast
    section: food/bread#yeast
  - concept: proofing
    section: food/rolls#proofing
"""
BANKS = {"no-bank", "uncovered-section"}


@pytest.fixture
def found(docs):
    """found(concepts, rolls) -> the findings about them, as `rule:line message`."""

    def check(concepts: str, rolls: str = ROLLS, path: str = "") -> list[str]:
        (docs / "food" / "rolls.md").write_text(rolls, encoding="utf-8")
        (docs / "concepts.yaml").write_text(concepts, encoding="utf-8")
        report = checking.check(Settings(docs=str(docs)), [str(docs / path)] if path else [])
        return [f"{one.rule}:{one.line} {one.message}" for one in report.findings if one.rule not in BANKS]

    return check


def test_what_a_prerequisite_or_an_earlier_section_introduces_may_be_used(found):
    assert found(CONCEPTS) == []


def test_without_the_prerequisite_its_concepts_come_too_early(found):
    alone = ROLLS.replace("prerequisites: [food/bread]\n", "")
    assert found(CONCEPTS, alone) == [
        'used-too-early:12 found "Yeast", which food/bread#yeast introduces, expected that section before this one; make '
        "food/bread a prerequisite, or say here what it is and list this section as glossed in concepts.yaml"
    ]


def test_a_later_section_of_the_same_lesson_is_too_late(found):
    early = ROLLS.replace("so is salt**", "so is proofing**")
    assert [one.split(" expected")[0] for one in found(CONCEPTS, early)] == [
        'used-too-early:14 found "proofing", which food/rolls#proofing introduces,'
    ]


def test_a_section_that_says_in_passing_what_it_is_needs_nothing(found):
    alone = ROLLS.replace("prerequisites: [food/bread]\n", "")
    assert found(CONCEPTS, alone) != []
    glossed = CONCEPTS.replace("bread#yeast\n", "bread#yeast\n    glossed: [food/rolls#rising]\n")
    assert found(glossed, alone) == []


@pytest.mark.parametrize(
    "text", ["`osmosis` is code", "[osmosis](bread.md) is a link", "$osmosis$ is a formula", "an osmosis-like"]
)
def test_code_formulas_the_words_of_links_and_parts_of_words_are_no_use(found, text):
    listed = CONCEPTS + "  - concept: osmosis\n    section: food/rolls#proofing\n"
    assert found(listed, ROLLS.replace("**so is salt**", text)) == []


@pytest.mark.parametrize(
    ("word", "text", "is_used"),
    [
        ("leaven", "two leavens", True),
        ("leaven", "Leaven", True),
        ("leaven", "an enleavened", False),
        ("Leaven", "a leaven", False),
        ("rest time", "a rest\ntime", True),
    ],
)
def test_words_are_found_in_both_numbers_and_over_lines_and_names_as_they_are_written(found, word, text, is_used):
    listed = CONCEPTS + f"  - concept: late\n    words: [{word}]\n    section: food/rolls#proofing\n"
    assert len(found(listed, ROLLS.replace("**so is salt**", text))) == is_used


def test_a_use_by_a_symbol_alone_is_listed(found):
    listed = (
        CONCEPTS + "  - concept: osmosis\n    section: food/rolls#proofing\n    used: [food/rolls#rising, food/rolls#recap]\n"
    )
    assert [one.split(",")[0] for one in found(listed)] == ['used-too-early:8 found "osmosis" used by food/rolls#rising']


def test_concepts_in_a_circle_are_told_with_their_line(found):
    circle = ROLLS.replace("so is salt**", "so is proofing**").replace("**proofing**.", "**proofing**, or leaven.")
    listed = CONCEPTS + "  - concept: leaven\n    section: food/rolls#rising\n"
    assert [one.split(",")[0] for one in found(listed, circle) if one.startswith("invalid")] == [
        "invalid-concepts:7 found concepts in a circle (leaven uses proofing uses leaven)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("bread#yeast", "bread#yest", 'invalid-concepts:3 concept "yeast": found "food/bread#yest", but food/bread has no such '
         'section. Did you mean "food/bread#yeast"?'),
        ("bread#yeast", "bred#yeast", 'invalid-concepts:3 concept "yeast": found "food/bred#yeast", but there is no such lesson. '
         'Did you mean "food/bread"?'),
        ("food/bread#yeast", "yeast", 'invalid-concepts:3 concept "yeast": found "yeast", expected a section such as '
         "math/bayes#base-rates; name one"),
        ("  - concept: proofing", "  - concept: yeast", 'invalid-concepts:4 concept "yeast" is listed twice; found it first on '
         "line 3, expected it once; remove one"),
        ("concepts:", "conceps:", "invalid-concepts:1 the file: found the unknown field"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_list_is_told_at_its_line(found, old, new, told):
    assert found(CONCEPTS.replace(old, new, 1))[0].startswith(told)


def test_where_one_lesson_is_checked_only_its_uses_are_told(found):
    alone = ROLLS.replace("prerequisites: [food/bread]\n", "")
    assert found(CONCEPTS, alone, "food/bread.md") == []
    assert len(found(CONCEPTS, alone, "food/rolls.md")) == 1
