"""Search: what is found, what the index follows, and what it does where it can't be kept."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ROOT

from tutor import search
from tutor.corpus.corpus import open_corpus
from tutor.corpus.folder import stamps
from tutor.corpus.lessons import parse_lesson
from tutor.models import Passage
from tutor.search import index as indexes
from tutor.search import shelf as shelves
from tutor.search.pieces import PIECE_CHARACTERS, pieces_of, split


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "lessons"
    write(folder, "food/bread.md", "# Bread\n\n## Yeast\n\nYeast eats sugar.\n\n## Salt\n\nSalt slows yeast down.\n")
    write(folder, "food/cheese.md", "# Cheese\n\n## Rennet\n\nRennet curdles the milk of cows.\n")
    write(folder, "sea/tides.md", "# Tides\n\n## Moon\n\nThe moon pulls the water twice a day.\n")
    return folder


@pytest.fixture(autouse=True)
def _every_scan_is_quick_enough(monkeypatch):
    monkeypatch.setattr(indexes, "FREE_SCAN_S", 60.0)  # on a busy machine one may not be


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache"


def opened(folder: Path, cache: Path | None, listed: bool = False) -> search.Index:
    return search.open_index(open_corpus(folder, listed), cache)


def found(index: search.Index, query: str, **options) -> list[str]:
    return [f"{passage.lesson}#{passage.section}" for passage in index.search(query, **options)]


def assert_in_place(folder: Path, passage) -> None:
    lines = (folder / f"{passage.lesson}.md").read_text(encoding="utf-8").splitlines()
    assert "\n".join(lines[passage.line - 1 :]).startswith(passage.text)


# ------------------------------------------------------------------------------------------------ finding


def test_a_passage_says_where_it_stands(folder, cache, monkeypatch):
    monkeypatch.chdir(folder.parent)
    (passage,) = opened(folder, cache).search("what does rennet do?")
    assert (passage.lesson, passage.section) == ("food/cheese", "rennet")
    assert (passage.path, passage.line) == ("lessons/food/cheese.md", 5)
    assert (passage.heading, passage.text) == ("Cheese › Rennet", "Rennet curdles the milk of cows.")
    assert passage.score > 0


def test_the_section_that_says_most_comes_first_and_scores_fall(folder, cache):
    passages = opened(folder, cache).search("does salt slow yeast")
    assert [passage.section for passage in passages] == ["salt", "yeast"]
    assert passages[0].score > passages[1].score


def test_words_are_met_in_another_form(folder, cache):
    assert found(opened(folder, cache), "curdling") == ["food/cheese#rennet"]
    assert found(opened(folder, cache), "MOONS") == ["sea/tides#moon"]


def test_each_lesson_is_stemmed_in_its_own_language(folder, cache):
    write(folder, "de/haus.md", "---\nlanguage: de\n---\n# Häuser\n\nViele Häuser stehen am Wasser.\n")
    write(folder, "fr/cheval.md", "---\nlanguage: fr-CA\n---\n# Chevaux\n\nLes chevaux mangeaient du foin.\n")
    index = opened(folder, cache)
    assert found(index, "Haus")[0] == "de/haus#häuser"
    assert found(index, "manger")[0] == "fr/cheval#chevaux"
    assert found(index, "curdled") == ["food/cheese#rennet"], "the English lessons still are"


def test_a_language_without_a_stemmer_is_searched_as_it_is_written(folder, cache):
    write(folder, "is/vatn.md", "---\nlanguage: is\n---\n# Vatn\n\nVatnið rennur.\n")
    assert found(opened(folder, cache), "rennur") == ["is/vatn#vatn"]


@pytest.mark.parametrize(
    ("query", "lesson"),
    [("梯度下降", "zh/a"), ("什么是概率？", "zh/b"), ("率", "zh/b"), ("勾配", "zh/c"), ("확률", "zh/d")],
)
def test_chinese_japanese_and_korean_are_found_by_bigrams(folder, cache, query, lesson):
    write(folder, "zh/a.md", "# 优化\n\n我们用梯度下降法训练模型。\n")
    write(folder, "zh/b.md", "# 统计\n\n概率是介于零和一之间的数。\n")
    write(folder, "zh/c.md", "# 学習\n\n損失の勾配を計算する。\n")
    write(folder, "zh/d.md", "# 통계\n\n확률변수를 배운다.\n")
    assert found(opened(folder, cache), query)[0].startswith(lesson)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("loaf size", "a#loafsize"),
        ("starter dough", "a#starter-dough"),
        ("starterdough", "a#starter-dough"),
        ("Was ist die Temperatur?", "de#backofentemperatur"),
        ("Wie führt man Sauerteig?", "de#sauerteigführung"),
        ("Backofen Temperatur", "de#backofentemperatur"),
        ("Wozu dient die Kühlung Kette?", "de#kühlungskette"),
    ],
)
def test_words_are_found_that_the_corpus_writes_as_one_or_as_two(folder, cache, query, place):
    write(folder, "a.md", "# A\n\n## Loafsize\n\nLoafsize is a weight.\n\n## Starter dough\n\nA starter dough bubbles.\n")
    write(
        folder, "de.md",
        "---\nlanguage: de\n---\n# Brot\n\n## Sauerteigführung\n\nDie Sauerteigführung dauert einen Tag.\n\n"
        "## Backofentemperatur\n\nDie Backofentemperatur fällt.\n\n## Kühlungskette\n\nDie Kühlungskette reißt nie.\n",
    )  # fmt: skip
    assert found(opened(folder, cache), query)[0] == place


def test_a_word_is_not_taken_for_two_that_nowhere_stand_together(folder, cache):
    write(folder, "a.md", "# Files\n\nMake a file. Square the chi of it. Two-part files are split.\n")
    index = opened(folder, cache)
    unknown = {query: [index.query_words(query).words[n] for n in index.query_words(query).unknown] for query in (
        "what is a makefile", "when is a chi-squared file split", "what are two-part files", "which split-file is it",
    )}  # fmt: skip
    assert list(unknown.values()) == [["makefile"], ["chi-squared"], [], ["split-file"]]


def test_the_words_a_question_is_made_of_find_nothing_by_themselves(folder, cache):
    write(folder, "other.md", "# Questions\n\nWhat does this do? Why does it, and how do you explain it?\n")
    assert found(opened(folder, cache), "why does the moon pull?")[0] == "sea/tides#moon"
    assert "other#questions" not in found(opened(folder, cache), "what does the moon do")
    assert found(opened(folder, cache), "why?") == ["other#questions"], "but alone they are all there is"


def test_two_spellings_of_one_character_are_the_same(folder, cache):
    write(folder, "cafe.md", "# Drinks\n\nThe cafe\u0301 sells ﬁne coffee.\n")
    index = opened(folder, cache)
    assert found(index, "caf\u00e9") == found(index, "cafe") == found(index, "fine coffee") == ["cafe#drinks"]


def test_code_is_found_and_front_matter_and_checks_are_not(folder, cache):
    write(
        folder, "code.md",
        "---\ntitle: Code\nsummary: about zebras\n---\n# Code\n\n<!-- check\nassert giraffe == 1\n-->\n\n"
        "```python\nhippo_count = 1  # <!-- kept -->\n```\n",
    )  # fmt: skip
    index = opened(folder, cache)
    assert [found(index, word) for word in ("zebras", "giraffe")] == [[], []]
    (passage,) = index.search("hippo_count")
    assert "giraffe" not in passage.text and "<!-- kept -->" in passage.text
    assert passage.line == 11


ASKED = "\n<!-- asked\nwhy does my loaf puff up\n  what lifts the crumb?  \n\n-->\n"
CHEESE_BANK = """\
items:
  - id: enzyme
    section: rennet
    kind: short
    question: Which enzyme thickens dairy?
    references: [Chymosin does.]
    rubric: [{point: chymosin}]
    hints: [It comes from calves., It has eight letters.]
    explanation: Chymosin cuts casein.
"""


def test_a_section_is_found_by_the_questions_that_its_author_says_it_answers(folder, cache):
    index = opened(folder, cache)
    assert found(index, "puff") == []
    text = (folder / "food/bread.md").read_text(encoding="utf-8").replace("\n## Salt", f"{ASKED}\n## Salt")
    write(folder, "food/bread.md", text)
    (passage,) = opened(folder, cache).search("puff")
    assert (passage.section, passage.text) == ("yeast", "Yeast eats sugar."), "the questions are not part of what is shown"
    assert passage.also == "why does my loaf puff up\nwhat lifts the crumb?"


def test_a_section_is_found_by_its_questions_in_the_bank_and_their_answers(folder, cache):
    index = opened(folder, cache)
    assert found(index, "chymosin") == []
    bank = write(folder, "food/cheese.quiz.yaml", CHEESE_BANK)
    assert found(opened(folder, cache), "chymosin") == ["food/cheese#rennet"]
    bank.write_text(CHEESE_BANK.replace("Chymosin", "Pepsin"), encoding="utf-8")
    assert found(opened(folder, cache), "pepsin") == ["food/cheese#rennet"] and found(opened(folder, cache), "chymosin") == []
    bank.write_text("items: [", encoding="utf-8")
    assert found(opened(folder, cache), "rennet") == ["food/cheese#rennet"], "an invalid bank costs its wordings only"
    bank.write_text(CHEESE_BANK.replace("Chymosin", "Pepsin"), encoding="utf-8")
    index = opened(folder, cache)
    write(folder, "food/cheese.md", "# Cheese\n\n## Rennet\n\nRennet thickens milk.\n")
    assert found(index, "rennet") == ["food/cheese#rennet"], "its lesson alone is read again"
    bank.write_text(CHEESE_BANK.replace("Chymosin", "Trypsin"), encoding="utf-8")
    assert found(opened(folder, cache), "trypsin") == ["food/cheese#rennet"]
    bank.unlink()
    assert found(opened(folder, cache), "trypsin") == []


def test_more_right_answers_in_the_bank_add_words_and_no_weight(folder):
    bank = write(folder, "food/cheese.quiz.yaml", CHEESE_BANK)
    few = opened(folder, None).search("which enzyme curdles milk")
    bank.write_text(
        CHEESE_BANK.replace("does.", "does., Chymosin curdles the milk., An enzyme. It thickens dairy."), encoding="utf-8"
    )
    assert opened(folder, None).search("which enzyme curdles milk") == few
    bank.write_text(CHEESE_BANK.replace("does.", "does., A protease from the stomach of a calf."), encoding="utf-8")
    assert found(opened(folder, None), "protease") == ["food/cheese#rennet"]


def test_an_asked_comment_in_code_is_code(folder, cache):
    write(folder, "food/how.md", f"# How to write\n\n## Comments\n\n````\n{ASKED}````\n\nLike so.\n")
    (passage,) = opened(folder, cache).search("puff")
    assert passage.also == "" and "puff" in passage.text


def test_a_slip_of_one_letter_is_forgiven(folder, cache):
    index = opened(folder, cache)
    assert found(index, "curddles") == ["food/cheese#rennet"]
    assert found(index, "rennit") == ["food/cheese#rennet"] and found(index, "renault") == []


def test_a_word_that_the_lessons_write_as_two_is_found(folder, cache):
    write(folder, "food/dough.md", "# Dough\n\n## Batch\n\nA mini batch of sour dough.\n")
    index = opened(folder, cache)
    assert found(index, "minibatch") == ["food/dough#batch"] and found(index, "Sourdough") == ["food/dough#batch"]
    assert found(index, "sourpuss") == []


def test_of_passages_with_the_same_word_the_one_that_means_the_same_comes_first(folder, cache):
    write(folder, "shop/a.md", "# Trade\n\n## Bargains\n\nThe seller asks for more money and the customer pays the price.\n")
    write(folder, "shop/b.md", "# Trade\n\n## Harbours\n\nThe ship sails out on the river in the rain and the customer waits.\n")
    assert found(opened(folder, cache), "what does a customer pay a salesman")[0] == "shop/a#bargains"


def test_a_long_section_is_found_by_its_part_and_once(folder, cache):
    paragraphs = [f"Paragraph {number} speaks of nothing much, and at length. " * 5 for number in range(60)]
    paragraphs[40] = "Here alone stands the platypus."
    write(folder, "long.md", "# Long\n\n## Part\n\n" + "\n\n".join(paragraphs) + "\n")
    (passage,) = opened(folder, cache).search("platypus")
    assert "platypus" in passage.text and len(passage.text) <= PIECE_CHARACTERS
    assert_in_place(folder, passage)
    assert found(opened(folder, cache), "paragraph length") == ["long#part"]


def test_each_entry_of_a_list_of_misconceptions_is_a_piece_with_its_line_and_its_questions():
    text = (
        "# Bread\n\n## Misconceptions\n\nMany believe this:\n\n"
        "- **Does salt feed yeast?** No: it slows it\n  down. {#salt-feeds}\n  <!-- asked: is salt food for yeast -->\n"
        "- **Air lifts dough.** Yeast does.\n  <!-- asked\n  does air lift\n"
        "  A: Yeast lifts.\n  -->\n\n<!-- asked: what do people get wrong -->\n"
    )
    intro, salt, air = pieces_of(parse_lesson(text, "food/bread"))
    assert [(piece.line, piece.text) for piece in (intro, salt, air)] == [
        (5, "Many believe this:"),
        (7, "- **Does salt feed yeast?** No: it slows it\n  down."),
        (10, "- **Air lifts dough.** Yeast does."),
    ]
    assert salt.also.splitlines() == ["Does salt feed yeast?", "is salt food for yeast", "what do people get wrong"]
    assert air.also.splitlines() == ["does air lift", "what do people get wrong"] and air.answers == "does air lift\tYeast lifts."
    other = pieces_of(parse_lesson(text.replace("## Misconceptions", "## Myths"), "food/bread"))
    assert [piece.line for piece in other] == [5]


def test_pieces_are_cut_between_paragraphs_and_never_inside_a_short_fence():
    fence = "```\n" + "x = 1\n\n" * 20 + "```"
    text = "\n\n".join(["word " * 700, fence, "word " * 700])
    pieces = list(split(text))
    assert len(pieces) == 2 and sum(piece.count("x = 1") for _, piece in pieces if "```" in piece) == 20
    for line, piece in pieces:
        assert "\n".join(text.split("\n")[line:]).startswith(piece)


def test_lessons_narrow_a_search(folder, cache):
    index = opened(folder, cache)
    assert found(index, "yeast moon milk", lessons=["sea/tides"]) == ["sea/tides#moon"]
    assert found(index, "yeast", lessons=["sea/tides"]) == []


def test_count_bounds_the_passages(folder, cache):
    assert len(opened(folder, cache).search("salt yeast moon milk", 2)) == 2


@pytest.mark.parametrize(
    "query",
    ['"', "(", "AND OR NOT", "title:moon", "moon~2 ^", "[a TO z]", "/mo.*n/", "*", "\x1b[31m", "\0", "\ud800", "\\",
     "+-&|!{}", "\u202e", "🌊" * 50],
)  # fmt: skip
def test_no_query_is_syntax(folder, cache, query):
    index = opened(folder, cache)
    index.search(query)
    assert found(index, f"{query} rennet")[:1] == ["food/cheese#rennet"] or "moon" in query


@pytest.mark.parametrize("unit", ["rennet ", "x", "水", "a b c ", "\x00"])
def test_a_query_of_a_hundred_thousand_characters_is_answered(folder, cache, unit):
    query = (unit * 100_000)[:100_000]
    opened(folder, cache).search(query)


def test_of_a_long_question_the_rare_words_count(folder, cache):
    query = " ".join(f"unknown{number}" for number in range(500)) + " rennet"
    assert found(opened(folder, cache), query) == ["food/cheese#rennet"]


# ---------------------------------------------------------------------------------------------- freshness


def test_an_edit_is_seen_and_costs_its_file_only(folder, cache, monkeypatch):
    opened(folder, cache).search("milk")
    parsed = []
    real = indexes.parse_lesson
    monkeypatch.setattr(indexes, "parse_lesson", lambda *given: parsed.append(given[1]) or real(*given))
    write(folder, "sea/tides.md", "# Tides\n\n## Sun\n\nThe sun pulls too, said the walrus.\n")
    index = opened(folder, cache)
    assert found(index, "walrus") == ["sea/tides#sun"] and found(index, "moon") == []
    assert parsed == ["sea/tides"]


def test_a_file_that_was_only_touched_is_not_parsed_again(folder, cache, monkeypatch):
    opened(folder, cache)
    os.utime(folder / "sea/tides.md", ns=(1, 1))
    monkeypatch.setattr(indexes, "parse_lesson", lambda *given: pytest.fail("parsed again"))
    assert found(opened(folder, cache), "moon") == ["sea/tides#moon"]


def test_an_edit_that_keeps_size_and_time_is_seen(folder, cache):
    path = folder / "sea/tides.md"
    before = path.stat()
    opened(folder, cache)
    path.write_text(path.read_text(encoding="utf-8").replace("moon", "noom"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert found(opened(folder, cache), "noom") == ["sea/tides#moon"]


def test_a_new_file_is_found_and_a_deleted_or_renamed_one_leaves(folder, cache):
    opened(folder, cache)
    write(folder, "sea/deep/squid.md", "# Squid\n\nThe squid has ink.\n")
    (folder / "food/cheese.md").unlink()
    (folder / "food/bread.md").rename(folder / "food/loaf.md")
    index = opened(folder, cache)
    assert found(index, "ink") == ["sea/deep/squid#squid"]
    assert found(index, "rennet") == []
    assert found(index, "sugar") == ["food/loaf#yeast"]


def test_an_ignore_file_edited_in_place_counts(folder, cache):
    ignore = write(folder, ".gitignore", "nothing\n")
    opened(folder, cache)
    ignore.write_text("sea\n", encoding="utf-8")
    assert found(opened(folder, cache), "moon") == []


def test_between_scans_what_is_shown_is_checked_again(folder, cache, monkeypatch):
    index = opened(folder, cache)
    index._next_scan = float("inf")
    write(folder, "food/cheese.md", "# Cheese\n\nA line more.\n\n## Rennet\n\nRennet curdles goat's milk.\n")
    (passage,) = index.search("rennet")
    assert (passage.line, passage.text) == (7, "Rennet curdles goat's milk.")
    (folder / "sea/tides.md").unlink()
    assert found(index, "moon") == []


def test_a_scan_that_took_long_is_not_made_again_at_once(folder, cache, monkeypatch):
    monkeypatch.setattr(indexes, "FREE_SCAN_S", -1)  # every scan counts as long
    opened(folder, cache)
    monkeypatch.setattr(shelves.Shelf, "scan_s", property(lambda shelf: 100.0))
    write(folder, "new.md", "# New\n\nA walrus.\n")
    assert found(opened(folder, cache), "walrus") == [], "a new file waits for the next scan"
    monkeypatch.setattr(indexes, "SCAN_SHARE", 1e12)
    assert found(opened(folder, cache), "walrus") == ["new#new"]


def test_the_index_belongs_to_the_folder_and_not_to_its_name(folder, cache, tmp_path, monkeypatch):
    opened(folder, cache)
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.setattr(indexes, "parse_lesson", lambda *given: pytest.fail("indexed again"))
    (passage,) = opened(tmp_path / "link", cache).search("rennet")
    assert passage.path.endswith("link/food/cheese.md")


def test_a_file_that_can_not_be_read_is_left_out_with_a_warning(folder, cache):
    (folder / "bad.md").write_bytes(b"# Bad\n\nmoon \xff\n")
    corpus = open_corpus(folder, listed=False)
    index = search.open_index(corpus, cache)
    assert found(index, "moon") == ["sea/tides#moon"]
    assert any("bad.md:3: byte 0xff at column 6 is not UTF-8" in warning for warning in corpus.warnings)


# --------------------------------------------------------------------------------- keeping it, or not


def only_shelf(cache: Path) -> Path:
    (shelf,) = (cache / "search").iterdir()
    return shelf


def test_a_kept_index_is_used_again(folder, cache, monkeypatch):
    assert opened(folder, cache).kept
    monkeypatch.setattr(indexes, "parse_lesson", lambda *given: pytest.fail("indexed again"))
    assert found(opened(folder, cache), "rennet") == ["food/cheese#rennet"]


def test_without_a_cache_folder_the_index_is_in_memory(folder):
    index = opened(folder, None)
    assert not index.kept and found(index, "rennet") == ["food/cheese#rennet"]
    write(folder, "sea/tides.md", "# Tides\n\nA walrus.\n")
    index.refresh()
    assert found(index, "walrus") == ["sea/tides#tides"]


def test_where_nothing_can_be_written_the_index_is_in_memory(folder, tmp_path):
    (tmp_path / "file").write_text("no folder")
    index = opened(folder, tmp_path / "file" / "cache")
    assert not index.kept and found(index, "rennet") == ["food/cheese#rennet"]


def test_a_read_only_cache_folder_falls_back_to_memory(folder, cache, monkeypatch):
    opened(folder, cache)
    connect = sqlite3.connect

    def read_only(path, *given, **options):
        if path == ":memory:":
            return connect(path, *given, **options)
        return connect(f"file:{path}?mode=ro", *given, uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    write(folder, "sea/tides.md", "# Tides\n\nA walrus.\n")
    index = opened(folder, cache)
    assert found(index, "walrus") == ["sea/tides#tides"] and not index.kept


def damage_table(shelf):
    (shelf / "files.db").write_bytes(b"this is no database at all" * 100)


def damage_middle_of_table(shelf):
    data = bytearray((shelf / "files.db").read_bytes())
    data[4096:12288] = os.urandom(8192)
    (shelf / "files.db").write_bytes(data)


def cut_segments(shelf):
    for path in shelf.glob("*/*.store"):
        path.write_bytes(path.read_bytes()[:10])


def remove_segments(shelf):
    for path in shelf.glob("*/*.idx"):
        path.unlink()


def remove_index(shelf):
    for path in shelf.glob("*/*"):
        path.unlink()


def scramble_meta(shelf):
    (meta,) = shelf.glob("*/meta.json")
    meta.write_text("x" * meta.stat().st_size)


def make_older(shelf):
    with sqlite3.connect(shelf / "files.db") as table:
        table.execute("UPDATE notes SET value = '0' WHERE name = 'format'")
    table.close()


DAMAGES = [
    damage_table, damage_middle_of_table, cut_segments, remove_segments, remove_index, scramble_meta, make_older,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_or_older_index_is_made_again_without_a_word(folder, cache, damage, capfd):
    opened(folder, cache)
    damage(only_shelf(cache))
    index = opened(folder, cache)
    assert found(index, "rennet") == ["food/cheese#rennet"] and index.kept
    assert found(opened(folder, cache), "moon") == ["sea/tides#moon"]
    assert index.corpus.warnings == [] and capfd.readouterr() == ("", "")


def test_an_index_that_breaks_while_it_is_open_is_made_again(folder, cache):
    index = opened(folder, cache)
    damage_table(only_shelf(cache))
    write(folder, "sea/tides.md", "# Tides\n\nA walrus.\n")
    index.refresh()
    assert found(index, "walrus") == ["sea/tides#tides"]


def test_while_another_process_writes_the_index_is_read_as_it_is(folder, cache, monkeypatch):
    opened(folder, cache)
    monkeypatch.setattr(stamps, "SETTLED_NS", 0)
    opened(folder, cache)
    monkeypatch.setattr(shelves, "WAIT_S", 0.05)
    other = sqlite3.connect(only_shelf(cache) / "files.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    index = opened(folder, cache)
    assert index.kept and found(index, "rennet") == ["food/cheese#rennet"]
    write(folder, "sea/tides.md", "# Tides\n\nA walrus.\n")
    index.refresh()
    assert found(index, "walrus") == ["sea/tides#tides"] and not index.kept, "what has changed is searched in memory"
    other.execute("ROLLBACK")
    other.close()
    assert opened(folder, cache).kept


def test_threads_that_open_a_new_index_at_once_all_find(folder, cache):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(found(opened(folder, cache), "rennet"))) for _ in range(6)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [["food/cheese#rennet"]] * 6


def test_processes_that_open_a_new_index_at_once_all_find(folder, cache):
    code = (
        "import sys; from pathlib import Path; from tutor import search; from tutor.corpus.corpus import open_corpus\n"
        "index = search.open_index(open_corpus(sys.argv[1], False), Path(sys.argv[2]))\n"
        "print([passage.lesson for passage in index.search('rennet')])"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, folder, cache], cwd=ROOT, stdout=-1, stderr=-1, text=True)
        for _ in range(4)
    ]  # fmt: skip
    assert [run.communicate(timeout=60) for run in runs] == [("['food/cheese']\n", "")] * 4
    assert len(list((cache / "search").iterdir())) == 1


# --------------------------------------------------------------------------------------------- the command


def test_the_command_prints_the_place_the_heading_and_the_lines(tutor, docs):
    run = tutor("search", "what does salt do?", "--docs", docs, "-n", 1)
    assert run.returncode == 0 and run.stderr == ""
    place, heading, line = run.stdout.splitlines()
    assert place.endswith("food/bread.md:18") and heading == "  Bread › Salt"
    assert line.startswith("  18  **Salt slows yeast down.**")


def test_the_index_is_kept_in_the_cache_of_the_home_folder(tutor, docs, home, tmp_path):
    tutor("search", "salt", "--docs", docs)
    assert (home / "cache" / "search").is_dir()
    tutor("search", "salt", "--docs", docs, "--home", tmp_path / "other")
    assert (tmp_path / "other" / "cache" / "search").is_dir()


def test_matched_words_are_bold_where_there_is_colour(tutor, docs):
    run = tutor("search", "yeasts", "--docs", docs, "-n", 1, FORCE_COLOR="1")
    assert "\x1b[1mYeast\x1b[22m" in run.stdout
    assert "\x1b" not in tutor("search", "yeasts", "--docs", docs, "--plain", FORCE_COLOR="1").stdout


def test_json_is_one_document_of_the_promised_shape(tutor, docs):
    run = tutor("search", "--json", "salt", "--docs", docs)
    document = json.loads(run.stdout)
    assert set(document) == {"query", "hits"} and document["query"] == "salt"
    assert set(document["hits"][0]) == {"lesson", "path", "line", "heading", "score", "text"}


def test_nothing_found_says_so_and_exits_with_1(tutor, docs):
    run = tutor("search", "xylophone", "--docs", docs)
    assert run.returncode == 1 and "found nothing about this" in run.stdout
    run = tutor("search", "xylophone", "--docs", docs, "--json")
    assert run.returncode == 1 and json.loads(run.stdout) == {"query": "xylophone", "hits": []}


@pytest.mark.parametrize("query", [[], [""], ["  "], ["salt", "--jsonl", "-"]])
def test_no_query_is_a_usage_error(tutor, docs, query):
    run = tutor("search", *query, "--docs", docs)
    assert run.returncode == 2 and "search needs words to look for, or else --jsonl FILE" in run.stderr


def test_many_are_answered_in_order_each_with_its_id(tutor, docs):
    lines = [{"id": number, "query": query} for number, query in enumerate(["salt", "xylophone", "yeast"])]
    run = tutor("search", "--jsonl", "-", "--docs", docs, "-n", 1, stdin="\n".join(map(json.dumps, lines)))
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0
    assert [(answer["id"], answer["query"], len(answer["hits"])) for answer in answers] == [
        (0, "salt", 1), (1, "xylophone", 0), (2, "yeast", 1),
    ]  # fmt: skip


def test_a_faulty_line_is_named_and_the_others_are_answered(tutor, docs):
    stdin = '{"id": 1, "query": ""}\nnot json\n[]\n{"id": 4, "query": 5}\n{"id": 5, "query": "salt"}\n'
    run = tutor("search", "--jsonl", "-", "--docs", docs, stdin=stdin)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 4
    assert [answer.get("line") for answer in answers] == [1, 2, 3, 4, None]
    assert 'found an empty "query", expected text' in run.stderr and "-:2: found text that is not JSON" in run.stderr
    assert "found list, expected an object {id, query}" in run.stderr


def test_lesson_narrows_the_command_and_an_unknown_one_is_a_usage_error(tutor, docs):
    assert tutor("search", "salt", "--docs", docs, "--lesson", "bread").returncode == 0
    run = tutor("search", "salt", "--docs", docs, "--lesson", "bred")
    assert run.returncode == 2 and "Did you mean food/bread?" in run.stderr


def test_what_a_lesson_says_to_the_terminal_is_not_done(tutor, docs):
    write(docs, "evil.md", "# Evil\n\nA \x1b[31m walrus \x1b]0;title\x07 \u202espeaks.\n")
    run = tutor("search", "walrus", "--docs", docs)
    assert "\x1b" not in run.stdout and "\u202e" not in run.stdout and "walrus" in run.stdout


def test_a_long_line_is_cut_around_what_matched():
    text = "word " * 300 + "walrus " + "word " * 300
    passage = Passage("a", "a.md", 3, "A", "a", 1.0, text)
    at = text.index("walrus")
    shown = search.listing([passage], lambda line: [(at, at + 6)] if line else [], 60, bold=False)
    line = shown.splitlines()[-1]
    assert "walrus" in line and len(line) <= 60 and line.count("…") == 2
