"""The items of a lesson: one way to get them, for learn, review, quiz, topics and the rest."""

from __future__ import annotations

import pytest
from conftest import BANK
from test_made_items import TEXT

from tutor.corpus import bank, made_items
from tutor.corpus.corpus import open_corpus
from utils.errors import InvalidFile, UsageError


@pytest.fixture
def without_bank(docs):
    (docs / "food" / "bread.quiz.yaml").unlink()
    (docs / "food" / "bread.md").write_text(TEXT, encoding="utf-8")
    return open_corpus(docs)


def test_the_items_are_those_of_the_bank_in_its_order(docs):
    items = open_corpus(docs).items("food/bread")
    assert [item.id for item in items] == ["gas", "flour", "eats", "percent", "slows"]
    assert items[0].path.endswith("bread.quiz.yaml") and not any(item.made for item in items)


def test_items_come_as_they_were_written_before_any_draw(docs):
    flour = open_corpus(docs).items("food/bread")[1]
    assert "{{y}}" in flour.question and flour.seed is None


def test_a_lesson_without_a_bank_gives_items_made_from_its_text(without_bank):
    items = without_bank.items("food/bread")
    assert items == tuple(made_items.make_items(without_bank.lesson("food/bread")))
    assert items and all(item.made for item in items)


def test_a_lesson_without_a_bank_gives_none_where_made_ones_are_not_wanted(without_bank):
    assert without_bank.items("food/bread", made=False) == ()


def test_a_bank_is_read_once(docs, monkeypatch):
    corpus = open_corpus(docs)
    first = corpus.items("food/bread")
    monkeypatch.setattr(bank, "parse_bank", None)
    assert corpus.items("food/bread", made=False) is corpus.items("food/bread") is first


def test_items_are_made_once(without_bank, monkeypatch):
    first = without_bank.items("food/bread")
    monkeypatch.setattr(made_items, "make_items", None)
    assert without_bank.items("food/bread") is first


def test_a_broken_bank_is_an_invalid_file_and_never_replaced_by_made_items(docs):
    (docs / "food" / "bread.quiz.yaml").write_text("items: [&a x, *a]\n")
    corpus = open_corpus(docs)
    for _ in range(2):
        with pytest.raises(InvalidFile, match=r"bread\.quiz\.yaml:1: "):
            corpus.items("food/bread")


def test_an_item_about_a_section_that_the_lesson_does_not_have_is_refused_at_its_line(docs):
    (docs / "food" / "bread.quiz.yaml").write_text(BANK.replace("section: salt", "section: sald", 1))
    with pytest.raises(InvalidFile, match=r'bread\.quiz\.yaml:33: .*names section "#sald".*Did you mean "#salt"\?'):
        open_corpus(docs).items("food/bread")


def test_a_lesson_that_is_not_there_is_a_usage_error(docs):
    with pytest.raises(UsageError, match=r'no lesson "food/bred".* Did you mean food/bread'):
        open_corpus(docs).items("food/bred")
