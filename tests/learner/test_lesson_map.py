"""A lesson's map: its sections in order, with what is known and due, and its neighbours."""

from __future__ import annotations

import json

import pytest
from conftest import NOW
from history import study

from tutor.corpus.corpus import open_corpus
from tutor.learner.due import due_cards
from tutor.learner.lesson_map import lesson_map
from tutor.learner.records import open_records
from tutor.models import Place

TOAST = "---\ntitle: Toast\nminutes: 5\nprerequisites: [food/bread]\n---\n# Toast\n\nToast is browned bread.\n"


def map_of(docs, home, lesson="food/bread"):
    with open_records(home, now=lambda: NOW, read_only=True) as records:
        return lesson_map(open_corpus(docs), records, lesson, NOW)


def test_the_sections_are_those_that_a_session_goes_through_in_order(docs, home):
    shown = map_of(docs, home)
    assert [section.section for section in shown.sections] == ["bread", "yeast", "salt", "recap"]
    assert [section.items for section in shown.sections] == [0, 3, 2, 0]
    assert not any(section.done or section.here or section.asked for section in shown.sections)
    assert (shown.mastery, shown.due, shown.done) == (0, 0, 0)


def test_it_says_where_the_learner_is_and_what_is_due(docs, home):
    study(docs, home, ["food/bread"], NOW, days=12)
    with open_records(home, now=lambda: NOW) as records:
        records.keep_place(Place("food/bread", "salt", "practice", done=["bread", "yeast"]))
        due = len(due_cards(open_corpus(docs), records, NOW))
    shown = map_of(docs, home)
    assert [section.done for section in shown.sections] == [True, True, False, False]
    assert [section.here for section in shown.sections] == [False, False, True, False]
    yeast = shown.sections[1]
    assert yeast.asked == 3 and 0 < yeast.mastery <= 1 and shown.due == due
    assert all(section.next_due is None or section.next_due > "2026-03-01" for section in shown.sections)


def test_a_finished_lesson_is_done_and_nobody_is_in_it(docs, home):
    with open_records(home, now=lambda: NOW) as records:
        records.keep_place(Place("food/bread", "salt", "finished"))
    shown = map_of(docs, home)
    assert shown.done == 4 and not any(section.here for section in shown.sections)


def test_its_neighbours_are_the_lessons_before_and_after_it(docs, home):
    (docs / "food" / "toast.md").write_text(TOAST, encoding="utf-8")
    with open_records(home, now=lambda: NOW) as records:
        records.keep_place(Place("food/bread", stage="finished"))
    assert [one.lesson for one in map_of(docs, home).leads_to] == ["food/toast"]
    (bread,) = map_of(docs, home, "food/toast").prerequisites
    assert bread.title == "Bread" and bread.finished and bread.mastery == 0


def test_the_command_shows_it_in_any_width_and_as_json(tutor, docs, home):
    study(docs, home, ["food/bread"], NOW, days=6)
    for columns in (40, 60, 80):
        shown = tutor("progress", "bread", "--docs", docs, COLUMNS=str(columns)).stdout
        assert "Yeast" in shown and max(map(len, shown.splitlines())) <= columns
    document = json.loads(tutor("progress", "bread", "--docs", docs, "--json").stdout)
    assert document["lesson"] == "food/bread" and [one["title"] for one in document["sections"]][1:3] == ["Yeast", "Salt"]


@pytest.mark.parametrize("arguments", [["breda"], ["bread", "--html", "x.html", "--docs", "nowhere"]])
def test_a_lesson_that_is_not_there_is_a_mistake_of_usage(tutor, docs, tmp_path, arguments):
    run = tutor("progress", "--docs", docs, *arguments)
    assert run.returncode == 2 and not (tmp_path / "x.html").exists()
