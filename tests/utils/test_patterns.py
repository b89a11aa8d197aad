"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from utils.patterns import compiled_later


def test_a_pattern_that_is_compiled_later_does_what_a_compiled_one_does():
    word = compiled_later(r"(?P<first>t)\w+", re.I)
    assert word.search("A cup of Tea")["first"] == "T"  # type: ignore[index]
    assert word.sub("water", "tea and Toast") == "water and water" and word.flags & re.I


def test_nothing_is_compiled_before_it_is_used():
    wrong = compiled_later("(")
    with pytest.raises(re.error):
        wrong.search("tea")
