"""The catalogue: what lists say about lessons and banks, read once and kept until a file changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BANK, LESSON, ROOT

from tutor.corpus import bank, lessons
from tutor.corpus.bank import misconceptions
from tutor.corpus.corpus import open_corpus
from tutor.corpus.folder import stamps
from tutor.corpus.folder.catalogue import CatalogueEntry

NUMBER = "kind: number, question: 1 + 1?, answer: 2"
LAYOUTS = [
    "items:\n  - question: |\n      - id: no\n      id: no\n    kind: number\n    answer: 1\n    section: salt\n    id: a\n"
    f"  - {{id: b-2, section: yeast, {NUMBER}}}  # ours\n",
    "items:\n- kind: order\n  question: q\n  steps:\n  - id of one\n  - two\n  id: a\n  section: salt\n"
    f"- {{id: b-2, section: yeast, {NUMBER}}}\n",
    f'items:\n  - {{id: "a", section: salt, {NUMBER}}}\n  - {{id: b-2, section: yeast, {NUMBER}}}\n',
    f"items: [{{id: a, section: salt, {NUMBER}}}, {{id: b-2, section: yeast, {NUMBER}}}]",
    f"# first\r\nitems:\r\n  - {{id: a, section: salt, {NUMBER}}}\r\n  - {{id: b-2, section: yeast, {NUMBER}}}\r\n",
]


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(stamps, "SETTLED_NS", -(10**12))  # the files of a test are as young as can be
    return tmp_path / "cache"


@pytest.fixture
def listed(docs, cache):
    """What `topics` asks of a folder, each time by a corpus that is opened anew: (entries, items, warnings)."""

    def run():
        corpus = open_corpus(docs, cache=cache)
        return corpus.entries(), corpus.item_sections(), corpus.warnings

    return run


@pytest.fixture
def nothing_is_read(monkeypatch):
    """A function from whose call on nothing parses a lesson or a bank."""

    def forbid():
        monkeypatch.setattr(lessons, "parse_lesson", None)
        monkeypatch.setattr(bank, "parse_bank", None)

    return forbid


def kept(cache: Path) -> Path:
    (path,) = (cache / "catalogue").iterdir()
    return path


def test_the_list_of_misconceptions_is_parsed_once_for_each_text(docs, cache, monkeypatch):
    parsed, parse = [], misconceptions.parse_misconceptions
    monkeypatch.setattr(misconceptions, "parse_misconceptions", lambda text, path: parsed.append(text) or parse(text, path))

    def believed() -> list[str]:
        corpus = open_corpus(docs, cache=cache)
        assert corpus.misconceptions() == open_corpus(docs).misconceptions()  # which keeps nothing
        parsed.pop()
        return [one.believed for one in corpus.misconceptions().values()] + corpus.warnings

    path = docs / "misconceptions.yaml"
    text = "misconceptions:\n  - id: air-lifts\n    believed: Air “lifts” it.\n    so: Gas does.\n"
    path.write_text(text, encoding="utf-8")
    assert believed() == believed() == ["Air “lifts” it."] and len(parsed) == 1
    path.write_text(text.replace("Air", "Hot air"), encoding="utf-8")
    assert believed() == ["Hot air “lifts” it."] and len(parsed) == 2
    (file,) = (cache / "catalogue").glob("*-misconceptions.json")
    file.write_bytes(file.read_bytes().replace(b"Hot", b"hot"))
    assert believed() == ["Hot air “lifts” it."] and len(parsed) == 3


def test_a_broken_list_of_misconceptions_is_warned_of_in_every_run(docs, cache):
    (docs / "misconceptions.yaml").write_text("misconceptions: [", encoding="utf-8")
    for _ in range(2):
        corpus = open_corpus(docs, cache=cache)
        assert corpus.misconceptions() == {} and "misconceptions.yaml:1: " in corpus.warnings[0]


def test_an_entry_has_the_fields_that_a_list_shows(docs):
    corpus = open_corpus(docs)
    entry = corpus.entry("food/bread")
    assert entry == CatalogueEntry(
        "food/bread", "Bread", ("bread", "yeast", "salt", "recap"), "Flour, water, salt and time.", 10, ()
    )
    assert entry.track == "food" and corpus.entries() == {"food/bread": entry}


@pytest.mark.parametrize("text", LAYOUTS)
def test_the_items_of_a_bank_are_listed_in_order_with_their_sections(docs, text):
    (docs / "food" / "bread.quiz.yaml").write_bytes(text.encode())
    corpus = open_corpus(docs)
    assert list(corpus.item_sections()["food/bread"].items()) == [("food/bread:a", "salt"), ("food/bread:b-2", "yeast")]
    assert corpus.warnings == []


def test_the_ideas_and_misconceptions_of_banks_are_kept_between_runs(docs, cache, nothing_is_read):
    path = docs / "food" / "bread.quiz.yaml"
    path.write_text(BANK.replace("  - id: eats\n", "  - id: eats\n    idea: sugar\n"), encoding="utf-8")
    assert open_corpus(docs, cache=cache).ideas(["food/bread", "food/gone"]) == {"food/bread:eats": "sugar"}
    assert open_corpus(docs, cache=cache).probes(["food/bread"]) == {"food/bread:gas": ["yeast makes oxygen"]}
    nothing_is_read()
    assert open_corpus(docs, cache=cache).ideas(["food/bread"]) == {"food/bread:eats": "sugar"}
    assert open_corpus(docs, cache=cache).probes(["food/bread"]) == {"food/bread:gas": ["yeast makes oxygen"]}
    assert open_corpus(docs, cache=cache).ideas([]) == {}


def test_a_lesson_without_a_bank_lists_no_items(docs):
    (docs / "food" / "bread.quiz.yaml").unlink()
    assert open_corpus(docs).item_sections() == {"food/bread": {}}


def test_lists_are_the_same_the_second_time_and_nothing_is_read_for_them(listed, nothing_is_read):
    first = listed()
    nothing_is_read()
    assert listed() == first
    assert len(first[1]["food/bread"]) == 5


def test_what_is_kept_needs_no_parser_at_all(docs, cache):
    program = (
        "import sys, pathlib; from tutor.corpus import corpus; from tutor.corpus.folder import stamps;"
        "stamps.SETTLED_NS = -10**12;"
        "opened = corpus.open_corpus(sys.argv[1], cache=pathlib.Path(sys.argv[2])); opened.entries(); opened.item_sections();"
        "print([name for name in sys.modules if name.startswith(('markdown_it', 'mdit', 'yaml', 'rich'))])"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program, docs, cache], cwd=ROOT, capture_output=True, text=True, check=True
        )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_changed_lesson_is_read_again(docs, listed):
    listed()
    (docs / "food" / "bread.md").write_text(LESSON.replace("title: Bread", "title: Toast"), encoding="utf-8")
    assert listed()[0]["food/bread"].title == "Toast"


def test_a_changed_bank_is_read_again_and_one_that_is_gone_lists_nothing(docs, listed):
    listed()
    path = docs / "food" / "bread.quiz.yaml"
    path.write_text(BANK.replace("id: gas", "id: gases"), encoding="utf-8")
    assert "food/bread:gases" in listed()[1]["food/bread"]
    path.unlink()
    assert listed()[1] == {"food/bread": {}}
    path.write_text(BANK, encoding="utf-8")
    assert len(listed()[1]["food/bread"]) == 5


def test_lessons_that_come_and_go_are_listed_as_they_are(docs, listed):
    listed()
    (docs / "new.md").write_text("# New\n")
    assert list(listed()[0]) == ["food/bread", "new"]
    (docs / "food" / "bread.md").unlink()
    assert list(listed()[0]) == ["new"]


def test_a_file_that_becomes_a_lesson_or_ceases_to_be_one_is_seen(docs, listed):
    notes = docs / "notes.md"
    notes.write_text("---\nlesson: false\n---\n# Notes\n")
    assert list(listed()[0]) == list(listed()[0]) == ["food/bread"]
    notes.write_text("---\ntitle: Notes\n---\n# Notes\n")
    assert list(listed()[0]) == list(listed()[0]) == ["food/bread", "notes"]
    notes.write_text("---\nlesson: false\n---\n# Notes\n")
    assert list(listed()[0]) == ["food/bread"]


def test_a_changed_ignore_file_is_seen(docs, listed):
    (docs / ".gitignore").write_text("nothing\n")
    listed()
    (docs / "new.md").write_text("# New\n")
    listed()
    (docs / ".gitignore").write_text("new.md\n")
    assert list(listed()[0]) == ["food/bread"]


def test_a_file_that_was_changed_a_moment_ago_is_read_again(docs, listed, monkeypatch):
    monkeypatch.setattr(stamps, "SETTLED_NS", 10**12)
    listed()
    path = docs / "food" / "bread.md"
    before = os.stat(path)
    path.write_text(LESSON.replace("title: Bread", "title: Toast"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert listed()[0]["food/bread"].title == "Toast"


def test_a_broken_bank_lists_no_items_and_warns_each_time_without_being_read_again(docs, listed, nothing_is_read):
    (docs / "food" / "bread.quiz.yaml").write_text("items: [&a x, *a]\n")
    first = listed()
    nothing_is_read()
    assert listed() == first
    assert first[1] == {"food/bread": {}} and first[0]["food/bread"].title == "Bread"
    (warning,) = first[2]
    assert "bread.quiz.yaml:1: " in warning


def test_an_item_about_a_section_that_is_gone_makes_its_bank_a_broken_one(docs, listed):
    (docs / "food" / "bread.md").write_text(LESSON.replace("## Salt", "## Sodium"), encoding="utf-8")
    _, items, (warning,) = listed()
    assert items == {"food/bread": {}} and 'names section "#salt"' in warning


def test_a_broken_lesson_is_listed_by_its_name_and_warned_of_each_time(docs, listed, nothing_is_read, monkeypatch):
    (docs / "food" / "bread.md").write_text("---\nminutes: long\n---\n# L\n")
    first = listed()
    nothing_is_read()
    assert listed() == first
    assert first[0]["food/bread"] == CatalogueEntry("food/bread", "Bread") and "bread.md:2: " in first[2][0]
    monkeypatch.chdir(docs)
    assert listed()[2][0].startswith(os.path.join("food", "bread.md") + ":2: ")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX links")
def test_what_is_skipped_is_warned_of_each_time(docs, listed, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret\n")
    (docs / "out.md").symlink_to(tmp_path / "secret.md")
    assert listed() == listed()
    assert "leads out of the folder" in listed()[2][0]


@pytest.mark.parametrize("damage", [lambda text: "", lambda text: text[:-9], lambda text: text.replace("Bread", "Toast"),
                                    lambda text: "1 " + text, lambda text: "[]"])  # fmt: skip
def test_a_damaged_catalogue_is_made_again(listed, cache, damage):
    first = listed()
    path = kept(cache)
    whole = path.read_text()
    path.write_text(damage(whole))
    assert listed() == first and path.read_text() == whole


def test_a_catalogue_of_another_version_is_made_again(listed, cache, monkeypatch):
    first = listed()
    monkeypatch.setattr("tutor.corpus.folder.catalogue.FORMAT", "0")
    assert listed() == first and kept(cache).read_text().startswith("0 ")


def test_a_cache_that_cannot_be_written_is_done_without(docs, listed, cache):
    cache.write_text("a file where the folder should be")
    assert listed()[0]["food/bread"].title == "Bread" and listed()[2] == []


def test_nothing_is_written_among_the_lessons_or_when_nothing_has_changed(docs, listed, cache):
    before = sorted(docs.rglob("*"))
    listed()
    path, written = kept(cache), os.stat(kept(cache)).st_mtime_ns
    os.utime(path, ns=(1, 1))
    listed()
    assert os.stat(path).st_mtime_ns == 1 != written and sorted(docs.rglob("*")) == before


def test_processes_that_list_at_the_same_time_leave_a_whole_catalogue(docs, listed, cache):
    first = listed()
    path = kept(cache)
    program = (
        "import sys, pathlib; from tutor.corpus import corpus; from tutor.corpus.folder import stamps\n"
        "stamps.SETTLED_NS = -10**12\n"
        "for _ in range(20):\n"
        "    for kept in pathlib.Path(sys.argv[2], 'catalogue').iterdir():\n"
        "        if kept.suffix == '.json': kept.unlink(missing_ok=True)\n"
        "    corpus.open_corpus(sys.argv[1], cache=pathlib.Path(sys.argv[2])).entries()\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, docs, cache], cwd=ROOT) for _ in range(2)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    json.loads(path.read_text().partition("\n")[2])
    assert listed() == first


def test_two_folders_have_a_catalogue_each(docs, listed, cache, tmp_path):
    listed()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.md").write_text("# A\n")
    assert list(open_corpus(tmp_path / "other", cache=cache).entries()) == ["a"]
    assert len(list((cache / "catalogue").iterdir())) == 2 and list(listed()[0]) == ["food/bread"]


def test_a_list_that_reads_files_says_how_many_and_when_it_is_done(docs, cache):
    for number in range(3):
        (docs / f"more{number}.md").write_text("# More\n\nText.\n", encoding="utf-8")
    counts = []
    corpus = open_corpus(docs, True, cache)
    corpus.on_read = counts.append
    corpus.entries()
    assert counts == [1, 2, 3, 4, 0]
    counts.clear()
    again = open_corpus(docs, True, cache)
    again.on_read = counts.append
    again.entries()
    assert counts == []
