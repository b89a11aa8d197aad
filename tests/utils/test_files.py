"""Folders of lessons, scripts, and reading and writing that neither escapes nor leaves half a file."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

import pytest

from tutor.corpus.corpus import bundled_docs, open_corpus
from tutor.corpus.folder import listing
from tutor.models import Step
from tutor.screen.scripts import load_script
from utils import files
from utils.errors import InvalidFile, UsageError
from utils.files import read_text, write_atomically

NEEDS_LINKS = pytest.mark.skipif(os.name == "nt", reason="needs POSIX links and names")


def plant(folder: Path, **texts: str) -> Path:
    """Write files below a folder; `__` in a keyword stands for a slash, and `.md` is added."""
    for name, text in texts.items():
        path = folder / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def docs(tmp_path):
    return plant(
        tmp_path / "docs",
        llm__attention="# Attention\n\nx\n\n## Root\n\ny\n",
        llm__lora="# LoRA\n\nx\n",
        ml__softmax="# Softmax\n\nx\n",
        stats__softmax="# Softmax again\n\nx\n",
    )


# ------------------------------------------------------------------------------------------------- listing


def test_lessons_are_the_markdown_files_by_their_path(docs):
    plant(docs, alone="x")
    (docs / "a b").mkdir()
    (docs / "a b" / "c d.md").write_text("x")
    assert open_corpus(docs).ids() == [
        "a b/c d", "alone", "llm/attention", "llm/lora", "ml/softmax", "stats/softmax",
    ]  # fmt: skip


def test_files_that_are_no_lessons_are_not_listed(docs):
    before = open_corpus(docs).ids()
    plant(
        docs, README="x", llm__Readme="x", CHANGELOG="x", license="x", CONTRIBUTING="x", CODE_OF_CONDUCT="x",
        _hidden__x="x", design="---\ntitle: Design\nlesson: false\n---\n# D\n",
    )  # fmt: skip
    (docs / "_hidden").rename(docs / ".hidden")
    (docs / ".x.md").write_text("x")
    (docs / "folder.md").mkdir()
    (docs / "notes.txt").write_text("x")
    corpus = open_corpus(docs)
    assert corpus.ids() == before
    assert corpus.warnings == []


def test_the_design_of_the_program_is_no_lesson():
    assert "design" not in open_corpus(bundled_docs()).ids()


def test_ignore_files_are_respected_as_git_does(docs):
    plant(docs, llm__draft="x", llm__draft2="x", build__a="x", deep__build__b="x", deep__keep__c="x", deep__x__y__d="x")
    (docs / ".gitignore").write_text("# a comment\n\n/build/\n*.tmp\ndraft?.md\ndeep/**/d.md\n")
    (docs / ".tutorignore").write_text("llm/draft.md\n")
    (docs / "deep" / ".gitignore").write_text("*\n!keep\n!c.md\n[z-a]\n")
    assert open_corpus(docs).ids() == [
        "deep/keep/c", "llm/attention", "llm/lora", "ml/softmax", "stats/softmax",
    ]  # fmt: skip


def test_listing_again_does_not_read_the_files_that_are_known(docs, monkeypatch):
    corpus = open_corpus(docs)
    before, read = corpus.ids(), []
    (docs / "new.md").write_text("# New\n")
    monkeypatch.setattr(listing, "_says_it_is_none", lambda root, real: read.append(real))
    corpus.list_files(is_known=lambda real: real != "new.md")
    assert read == ["new.md"] and corpus.ids() == sorted([*before, "new"])


def test_a_folder_too_deep_is_skipped_with_the_limit_named(tmp_path):
    deepest = tmp_path / "docs"
    for _ in range(60):
        deepest = deepest / "d"
    deepest.mkdir(parents=True)
    (deepest / "far.md").write_text("x")
    plant(tmp_path / "docs", near="x")
    corpus = open_corpus(tmp_path / "docs")
    assert corpus.ids() == ["near"]
    (warning,) = corpus.warnings
    assert "more than 50 folders deep" in warning


@pytest.mark.parametrize("name", ["nowhere", "file.md"])
def test_a_folder_that_is_none_is_a_usage_error_that_says_what_to_do(tmp_path, name):
    (tmp_path / "file.md").write_text("x")
    with pytest.raises(UsageError, match=rf"{name}: no lessons: .*--docs"):
        open_corpus(tmp_path / name)


def test_a_folder_without_lessons_is_a_usage_error(tmp_path):
    plant(tmp_path, README="x")
    with pytest.raises(UsageError, match=r"no lessons: there is no \.md file in it, not counting README"):
        open_corpus(tmp_path)


@NEEDS_LINKS
def test_links_out_of_the_folder_are_skipped_with_a_warning(docs, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "z.md").write_text("secret")
    before = open_corpus(docs).ids()
    (docs / "evil.md").symlink_to("/etc/passwd")
    (docs / "llm" / "x.md").symlink_to("../../secret.md")
    (docs / "folder").symlink_to(tmp_path / "outside")
    (docs / "dangling.md").symlink_to("nowhere")
    (docs / "round").symlink_to(docs)
    corpus = open_corpus(docs)
    assert corpus.ids() == before
    assert len(corpus.warnings) == 3
    assert all("a link that leads out of the folder" in warning for warning in corpus.warnings)


@NEEDS_LINKS
def test_a_link_inside_the_folder_and_a_linked_root_are_followed(docs, tmp_path):
    (docs / ".versions").mkdir()
    (docs / ".versions" / "now.md").write_text("# Now\n\nx\n")
    (docs / "current.md").symlink_to(".versions/now.md")
    (tmp_path / "course").symlink_to(docs)
    corpus = open_corpus(tmp_path / "course")
    assert corpus.lesson("current").title == "Now"
    assert corpus.warnings == []


@NEEDS_LINKS
def test_a_file_swapped_for_a_link_is_never_followed(docs, tmp_path):
    (tmp_path / "secret.md").write_text("# secret\n")
    victim, spare = docs / "llm" / "lora.md", docs / "llm" / "spare"
    over = threading.Event()

    def swap():
        while not over.is_set():
            spare.symlink_to(tmp_path / "secret.md")
            os.replace(spare, victim)
            spare.write_text("# LoRA\n")
            os.replace(spare, victim)

    corpus = open_corpus(docs)
    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        for _ in range(1000):
            with contextlib.suppress(UsageError):
                assert "secret" not in corpus.lesson_text("llm/lora")
    finally:
        over.set()
        swapper.join()
    victim.unlink()
    victim.symlink_to(tmp_path / "secret.md")
    with pytest.raises(UsageError, match=r"lora\.md: could not be read: a link stands where a file was"):
        corpus.lesson("llm/lora")


@NEEDS_LINKS
def test_a_folder_swapped_for_a_link_is_never_followed(docs, tmp_path):
    plant(tmp_path / "outside", attention="# secret\n")
    corpus = open_corpus(docs)
    (docs / "llm").rename(tmp_path / "gone")
    (docs / "llm").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="links are not followed"):
        corpus.lesson("llm/attention")
    with pytest.raises(UsageError, match="links are not followed"):
        corpus.bank_text("llm/attention")


@NEEDS_LINKS
def test_a_pipe_in_place_of_a_lesson_hangs_nobody(docs):
    corpus = open_corpus(docs)
    (docs / "llm" / "lora.md").unlink()
    os.mkfifo(docs / "llm" / "lora.md")
    assert "llm/lora" not in open_corpus(docs).ids()
    with pytest.raises(UsageError, match="not a regular file"):
        corpus.lesson("llm/lora")


@NEEDS_LINKS
@pytest.mark.skipif(sys.platform == "darwin", reason="names must be UTF-8 there")
def test_odd_names_are_listed_and_read(docs):
    names = [b"\xff.md", b"\x1b[2J.md", b"A.md", b"a.md", b"x" * 252 + b".md"]
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(docs), name))).write_text("# T\n\nx\n")
    corpus = open_corpus(docs)
    assert {"\\xff", "\x1b[2J", "A", "a", "x" * 252} < set(corpus.ids())
    for lesson_id in corpus.ids():
        corpus.lesson(lesson_id).path.encode("utf-8")


# ------------------------------------------------------------------------------------------------- reading


def test_a_lesson_is_read_once_and_outlives_its_file(docs):
    corpus = open_corpus(docs)
    lesson = corpus.lesson("llm/attention")
    (docs / "llm" / "attention.md").unlink()
    assert corpus.lesson("llm/attention") is lesson


def test_a_lesson_that_is_gone_is_a_usage_error(docs):
    corpus = open_corpus(docs)
    (docs / "llm" / "lora.md").unlink()
    with pytest.raises(UsageError, match=r"llm/lora\.md: could not be read: No such file"):
        corpus.lesson("llm/lora")


def test_paths_are_shown_from_the_working_folder(docs, monkeypatch):
    monkeypatch.chdir(docs.parent)
    assert open_corpus("docs").lesson("llm/lora").path == os.path.join("docs", "llm", "lora.md")
    assert open_corpus(docs).lesson("llm/lora").path == os.path.join("docs", "llm", "lora.md")
    monkeypatch.chdir(docs / "ml")
    assert open_corpus(docs).lesson("llm/lora").path == str(docs / "llm" / "lora.md")


def test_bytes_that_are_not_utf_8_are_named_with_line_and_column(docs):
    (docs / "llm" / "lora.md").write_bytes(b"# LoRA\r\n\r\n\xc3\xa9a\xff\xfe\n")
    with pytest.raises(InvalidFile, match=r"lora\.md:3: byte 0xff at column 3 is not UTF-8; save the file as UTF-8"):
        open_corpus(docs).lesson("llm/lora")


@pytest.mark.parametrize(("encoding", "name"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32")])
def test_other_encodings_are_named(docs, encoding, name):
    (docs / "llm" / "lora.md").write_text("# LoRA\n", encoding=encoding)
    with pytest.raises(InvalidFile, match=f"found {name} text, expected UTF-8"):
        open_corpus(docs).lesson("llm/lora")


def test_a_lesson_beyond_the_limit_is_refused_with_the_limit_named(docs):
    (docs / "llm" / "lora.md").write_bytes(b"x" * 5_000_001)
    with pytest.raises(InvalidFile, match="more than 5,000,000 bytes"):
        open_corpus(docs).lesson("llm/lora")


def test_a_list_shows_a_broken_lesson_by_its_name_and_warns(docs):
    plant(docs, llm__lora="---\nminutes: long\n---\n# L\n")
    corpus = open_corpus(docs)
    assert corpus.entry("llm/lora").title == "Lora"
    assert "lora.md:2: " in corpus.warnings[0]


def test_the_bank_is_the_file_beside_the_lesson(docs):
    corpus = open_corpus(docs)
    assert corpus.bank_text("llm/lora") is None
    (docs / "llm" / "lora.quiz.yaml").write_text("items: []\n")
    text, path = corpus.bank_text("llm/lora")
    assert text == "items: []\n"
    assert path.endswith(os.path.join("llm", "lora.quiz.yaml"))


# -------------------------------------------------------------------------------------------------- topics


@pytest.mark.parametrize(
    ("topic", "lesson"),
    [
        ("llm/attention", "llm/attention"),
        ("LLM/Attention", "llm/attention"),
        ("attention", "llm/attention"),
        ("atten", "llm/attention"),
        ("lora", "llm/lora"),
        ("ml/softmax", "ml/softmax"),
        ("stats/soft", "stats/softmax"),
        ("llm/attention.md", "llm/attention"),
        ("docs/llm/attention.md", "llm/attention"),
        ("./docs/llm/attention.md", "llm/attention"),
        ("docs/llm/attention", "llm/attention"),
        ("docs/../docs/llm/attention.md", "llm/attention"),
    ],
)
def test_a_topic_is_an_id_a_unique_part_of_it_or_a_path(docs, monkeypatch, topic, lesson):
    monkeypatch.chdir(docs.parent)
    assert open_corpus("docs").find(topic) == lesson


def test_an_absolute_path_inside_the_folder_is_a_topic_too(docs):
    assert open_corpus(docs).find(str(docs / "llm" / "lora.md")) == "llm/lora"


def test_a_slug_wins_over_other_names_that_contain_it(docs):
    plant(docs, llm__lora_2="x")
    assert open_corpus(docs).find("lora") == "llm/lora"
    assert open_corpus(docs).find("Lora 2") == "llm/lora_2"


def test_an_ambiguous_topic_names_its_candidates(docs):
    with pytest.raises(UsageError, match='"softmax" could be any of 2 lessons: ml/softmax, stats/softmax; type more'):
        open_corpus(docs).find("softmax")


@pytest.mark.parametrize(("topic", "near"), [("llm/atention", "llm/attention"), ("lorra", "llm/lora")])
def test_a_near_miss_is_answered_with_the_nearest_name(docs, topic, near):
    with pytest.raises(UsageError, match=rf'no lesson "{topic}" in .*\. Did you mean {near}\?'):
        open_corpus(docs).find(topic)


@pytest.mark.parametrize(
    "topic",
    ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "llm\\attention", "-rf", "", "  ", ".", "..", "/", "~/x.md",
     "../secret.md", "../secret", "a\0b.md", "x" * 5000, "x/" * 3000 + "y.md"],
)  # fmt: skip
def test_what_is_no_topic_is_a_usage_error_and_nothing_is_opened(docs, monkeypatch, topic):
    (docs.parent / "secret.md").write_text("secret")
    corpus = open_corpus(docs)
    monkeypatch.setattr(os, "open", None)
    with pytest.raises(UsageError, match="no lesson"):
        corpus.find(topic)


def test_asking_for_a_lesson_by_a_wrong_id_is_a_usage_error(docs):
    for read in (open_corpus(docs).lesson, open_corpus(docs).bank_text):
        with pytest.raises(UsageError, match=r'no lesson "\.\./\.\./etc/passwd"'):
            read("../../etc/passwd")


# ---------------------------------------------------------------------------------------- texts and folders


def test_a_file_that_cannot_be_read_is_a_usage_error_with_the_reason(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere: could not be read: No such file or directory"):
        read_text(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"could not be read: "):
        read_text(tmp_path)
    with pytest.raises(UsageError, match=r"could not be read: "):
        read_text("a\0b")


def test_writing_replaces_the_whole_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "out.md"
    write_atomically(path, "first")
    path.chmod(0o640)
    write_atomically(path, "zweite ✓\n")
    assert path.read_bytes() == "zweite ✓\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["out.md"]


def test_a_failed_write_leaves_the_old_file_and_says_why(tmp_path, monkeypatch):
    path = tmp_path / "out.md"
    path.write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"out\.md: could not be written: No space left on device"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.md"]


def test_writing_into_no_folder_or_onto_one_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="could not be written: No such file or directory"):
        write_atomically(tmp_path / "no" / "out.md", "x")
    with pytest.raises(UsageError, match="could not be written: Is a directory"):
        write_atomically(tmp_path, "x")


@NEEDS_LINKS
def test_writing_keeps_links_and_devices(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    write_atomically("/dev/null", "x")


def test_the_home_folder_is_the_option_else_the_environment_else_the_platform(tmp_path, monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "env"))
    assert files.home_folder(str(tmp_path / "option")) == tmp_path / "option"
    assert files.home_folder(None) == tmp_path / "env"
    monkeypatch.delenv("TUTOR_HOME")
    assert files.home_folder(None).name == "pocket-tutor"


def test_a_bug_is_kept_where_a_developer_finds_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    where = files.write_crash_log(ValueError("odd"))
    assert "ValueError: odd" in Path(where).read_text()


# ------------------------------------------------------------------------------------------------- scripts


def script(tmp_path, text):
    path = tmp_path / "script.yaml"
    path.write_text(text, encoding="utf-8")
    return load_script(path)


def test_a_script_is_a_topic_a_seed_and_steps(tmp_path):
    loaded = script(
        tmp_path,
        "topic: llm/attention\nseed: 7\nsteps:\n  - next\n  - answer: it keeps the variance at 1\n  - hint\n  - skip\n"
        "  - simpler\n  - example\n  - ask: 'why: not?'\n  - choose: read it\n  - quit\n",
    )
    assert (loaded.topic, loaded.seed) == ("llm/attention", 7)
    assert loaded.steps == (
        Step("next", "", 4),
        Step("answer", "it keeps the variance at 1", 5),
        Step("hint", "", 6),
        Step("skip", "", 7),
        Step("simpler", "", 8),
        Step("example", "", 9),
        Step("ask", "why: not?", 10),
        Step("choose", "read it", 11),
        Step("quit", "", 12),
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("0.40", "0.40"), ("1e-3", "1e-3"), ("1,000", "1,000"), ("007", "007"), ("true", "true"),
        ("12:30", "12:30"), ("12 %", "12 %"), ("[1, 3]", "1, 3"), ('["2.50", x]', "2.50, x"), ('""', ""),
        ("columns; rows", "columns; rows"), ("|\n      two\n      lines", "two\nlines\n"),
    ],
)  # fmt: skip
def test_answers_are_kept_as_they_are_written(tmp_path, written, text):
    loaded = script(tmp_path, f"\ufeffsteps:\n  - answer: {written}\n")
    assert loaded.steps == (Step("answer", text, 2),)
    assert (loaded.topic, loaded.seed) == (None, None)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "expected steps: and a list"),
        ("- next\n", 1, "expected steps: and a list"),
        ("steps: []\n", 1, "found no steps"),
        ("topic: x\nsteps: next\n", 2, "found no steps"),
        ("topic: x\n", 1, "found no steps"),
        ("steps: [next]\nspeed: 2\n", 2, 'the field "speed", expected one of topic, seed, draw, steps. Did you mean seed?'),
        ("seed: many\nsteps: [next]\n", 1, "found the seed many, expected a whole number"),
        ("topic: 7\nsteps: [next]\n", 1, "found a topic that is not text"),
        ("steps:\n  - nxt\n", 2, "Did you mean next?"),
        ("steps:\n  - next\n  - the variance\n", 3, "to give it as the answer, write answer: the variance"),
        ("steps:\n  - 0.40\n", 2, 'found the step "0.40"'),
        ("steps:\n  - next\n  - anwser: 3\n", 3, "Did you mean answer?"),
        ("steps:\n  - hint: now\n", 2, "write hint alone"),
        ("steps:\n  - answer: 1\n    ask: why\n", 2, "found 2 fields in a step, expected one"),
        ("steps:\n  - answer:\n", 2, "found no text after answer:"),
        ("steps:\n  - answer: {a: 1}\n", 2, "found no text after answer:"),
        ("steps:\n  - answer: [[1], 2]\n", 2, "found no text after answer:"),
        ("steps:\n  - [next]\n", 2, "expected one of next, hint"),
        ("steps:\n  - answer: &a x\n  - *a\n", 2, "anchor"),
    ],
)
def test_a_script_that_cannot_be_followed_is_refused_with_its_line(tmp_path, text, line, words):
    with pytest.raises(InvalidFile) as refused:
        script(tmp_path, text)
    assert f"script.yaml:{line}: " in str(refused.value)
    assert words in str(refused.value)


def test_a_missing_script_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"none\.yaml: could not be read"):
        load_script(tmp_path / "none.yaml")


def test_a_link_to_itself_is_skipped(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nText.\n", encoding="utf-8")
    (tmp_path / "self.md").symlink_to("self.md")
    assert open_corpus(tmp_path).ids() == ["a"]


def test_half_a_surrogate_pair_in_a_name_can_be_shown():
    assert files.printable("a\ud800b") == "a\\ud800b" and files.printable("a\udcffb") == "a\\xffb"
