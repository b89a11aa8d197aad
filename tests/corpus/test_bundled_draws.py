"""The numbers that the bundled banks draw: all of them are asked about, and they don't all have the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tutor.corpus import bank
from tutor.corpus.corpus import bundled_docs, open_corpus
from tutor.models import Item, Kind, Variable
from utils.errors import InvalidFile

DRAWS = 60  # of an item; with fewer, two answers might come up by chance alone


def parametric() -> Iterator[Item]:
    corpus = open_corpus(bundled_docs())
    for lesson in corpus.ids():
        yield from (item for item in corpus.items(lesson, made=False) if item.variables)


ITEMS = {item.key: item for item in parametric()}


def is_drawn(item: Item, variable: Variable, value: float) -> bool:
    only = tuple(replace(one, values=(value,)) if one == variable else one for one in item.variables)
    try:
        bank.draw(replace(item, variables=only), 1)
    except InvalidFile:
        return False
    return True


@pytest.mark.parametrize("key", ITEMS)
def test_each_value_that_a_variable_lists_is_asked_about_with_some_values_of_the_others(key):
    item = ITEMS[key]
    assert [
        (variable.name, value) for variable in item.variables for value in variable.values if not is_drawn(item, variable, value)
    ] == []


@pytest.mark.parametrize("key", [key for key, item in ITEMS.items() if item.kind == Kind.NUMBER])
def test_who_has_seen_one_draw_of_a_number_item_does_not_know_the_answer_to_the_next(key):
    assert len({bank.draw(ITEMS[key], seed).answer for seed in range(DRAWS)}) > 2
