"""Plots and try blocks are drawn: what they are written in is nowhere shown as text of the lesson."""

from __future__ import annotations

import pytest

from tutor.corpus.drawn import without_drawn
from tutor.corpus.lessons import parse_lesson
from tutor.corpus.made_items import make_items
from tutor.corpus.sentences import briefs, claims, key_sentences
from tutor.models import Passage
from tutor.search.answering.quotes import quotes_of
from tutor.search.pieces import pieces_of
from tutor.search.summaries import summarize_section

TRY = """```try
title: Zanzibar throws
knobs: {n: [10, 1000, 30]}
code: |
  # Zanzibar is a **term** that means nothing.
  print(n)
shown:
  n = 10: "Zanzibar"
```"""
PLOT = """```plot
title: Zanzibar
bars: {a: 1}
```"""


@pytest.mark.parametrize("block", [TRY, PLOT])
def test_it_is_blanked_out_and_every_other_line_keeps_its_place(block):
    after = f"\n\nTwo.\n\n````markdown\n{block}\n````\n"
    blank = [""] * len(block.split("\n"))
    assert without_drawn(f"One.\n\n{block}{after}").split("\n") == ["One.", "", *blank, *after.split("\n")[1:]]


@pytest.mark.parametrize("block", [TRY, PLOT])
@pytest.mark.parametrize("around", ["{}", "A **mean** is a sum over a count.\n\n{}\n\nIt is *steady* for many throws.\n"])
def test_nothing_of_it_is_searched_summed_up_or_asked(block, around):
    lesson = parse_lesson("# Throws\n\n## Means\n\n" + around.format(block), "a", "docs/a.md")
    section = lesson.sections[-1]
    texts = [piece.text for piece in pieces_of(lesson)]
    texts += [key_sentences(section.text), *briefs(section.text), *claims(section.text)]
    texts += [item.question for item in make_items(lesson)]
    texts += [point.text for point in summarize_section(lesson, section, 200)]
    texts += [one.text for one in quotes_of(Passage("a", "docs/a.md", 1, "Throws › Means", "means", 1.0, section.text))]
    assert not any("Zanzibar" in text for text in texts)
