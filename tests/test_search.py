"""Search: the right passage first, from an index that follows the files."""

from __future__ import annotations

import json

import pytest

from utils import files, search


@pytest.fixture
def find(docs, tmp_path):
    """Search the corpus as it is now, through an index kept in the cache folder."""

    def run(query, **options):
        return search.open_index(files.open_corpus(docs), tmp_path / "cache").search(query, **options)

    return run


def test_the_passage_that_speaks_about_the_question_comes_first(find, docs):
    first = find("what does salt do to the yeasts?")[0]
    assert (first.lesson, first.section) == ("food/bread", "salt")
    lines = (docs / "food" / "bread.md").read_text(encoding="utf-8").split("\n")
    assert lines[first.line - 1] in ("## Salt", first.text.split("\n")[0])


def test_an_edit_is_seen_and_a_deleted_file_leaves(find, docs):
    assert not find("sourdough")
    new = docs / "food" / "sour.md"
    new.write_text("# Sour\n\n## Starter\n\nA sourdough starter is flour and water.\n", encoding="utf-8")
    assert find("sourdough")[0].lesson == "food/sour"
    new.unlink()
    assert not find("sourdough")


def test_a_broken_index_is_made_again(find, tmp_path):
    assert find("yeast")
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(b"broken")
    assert find("yeast")[0].lesson == "food/bread"


@pytest.mark.parametrize("query", ['"salt" AND (', "salt\x1b[2J", "salt " * 20_000, "field:salt^2 ~[TO}"])
def test_a_query_has_no_syntax_and_may_be_anything(find, query):
    assert find(query)[0].section == "salt"


def test_hidden_checks_and_banks_are_not_found(find, docs):
    lesson = docs / "food" / "bread.md"
    lesson.write_text(lesson.read_text(encoding="utf-8") + "\n<!-- check\nassert zebra\n-->\n", encoding="utf-8")
    assert find("zebra") == [] and find("nitrogen") == []


def test_search_prints_the_place_first_and_exits_1_where_nothing_is_found(tutor, docs):
    run = tutor("search", "what does salt do", "--docs", docs, "-n", 1)
    assert run.returncode == 0 and "bread.md:" in run.stdout.splitlines()[0] and "\x1b" not in run.stdout
    assert tutor("search", "zebra", "--docs", docs).returncode == 1
    assert tutor("search", "--docs", docs).returncode == 2


def test_search_as_json_has_the_documented_shape_and_many_come_in_order(tutor, docs, tmp_path):
    found = json.loads(tutor("search", "salt", "--docs", docs, "--json").stdout)
    assert set(found) == {"query", "hits"}
    assert set(found["hits"][0]) == {"lesson", "path", "line", "heading", "score", "text"}
    (tmp_path / "many.jsonl").write_text('{"id": 1, "query": "salt"}\n{"id": 2, "query": "gas"}\n', encoding="utf-8")
    run = tutor("search", "--docs", docs, "--jsonl", tmp_path / "many.jsonl")
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == [1, 2]
