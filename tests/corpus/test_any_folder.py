"""Commands as they are typed, on folders of Markdown as they are found: odd names, broken files, hostile texts, no banks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import environment_of
from growth import TIMES, assert_linear
from test_lessons import HOSTILE, REFUSED
from test_made_items import TEXT

from flow import create_learn_flow
from tutor.learner import topics
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names need not be text here, and links exist")

NAMES = [b"\xff.md", b"\x1b[2J.md", b"A.md", b"a.md", b"x" * 252 + b".md", b"-rf.md", b"with space.md"]
BROKEN = {
    "empty": b"",
    "utf16": "# T\n".encode("utf-16"),
    "invalid": b"\xff\xfe\xc0\xaf\xed\xa0\x80",
    "crlf": TEXT.replace("\n", "\r\n").encode(),
    "cr": TEXT.replace("\n", "\r").encode(),
    "large": b"word " * 1_100_000,
    "front": b"---\ntitle: [1\n---\n# T\n\nText.\n",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A vault of notes with one of everything in it, and a secret beside it."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (tmp_path / "secret.md").write_text("# Secret\n\nSecret is the password of root.\n")
    (notes / "bakery.md").write_text(TEXT)
    for name in NAMES:
        Path(os.fsdecode(os.path.join(os.fsencode(notes), name))).write_text("# T\n\nA \x1b[31mred\x1b[0m word.\n")
    for name, data in BROKEN.items():
        (notes / f"{name}.md").write_bytes(data)
    (notes / "out.md").symlink_to("../secret.md")
    (notes / "passwd.md").symlink_to("/etc/passwd")
    (notes / "dangling.md").symlink_to("nowhere")
    (notes / "round").symlink_to(notes)
    (notes / "folder.md").mkdir()
    os.mkfifo(notes / "pipe.md")
    return notes


@pytest.fixture
def steps(tmp_path) -> Path:
    script = tmp_path / "steps.yaml"
    script.write_text("steps: [skip, skip, skip, quit]\n")
    return script


def test_such_a_folder_is_listed_searched_and_taught(tutor, folder, steps):
    listed = tutor("--docs", folder, "topics")
    found = tutor("--docs", folder, "search", "hard outside of a loaf")
    taught = tutor("--docs", folder, "learn", "bakery", "--script", steps)
    assert [listed.returncode, found.returncode, taught.returncode] == [0, 0, 0]
    assert "notes/bakery.md:" in found.stdout and "made from the text" in taught.stdout
    assert "utf16.md:1: found UTF-16 text" in listed.stderr and "out.md" in listed.stderr
    for run in (listed, found, taught):
        assert "\x1b" not in run.stdout + run.stderr
        assert "password" not in run.stdout and "root:" not in run.stdout
        assert "Traceback" not in run.stderr


def test_a_secret_behind_a_link_is_in_no_index(tutor, folder):
    run = tutor("--docs", folder, "search", "secret password of root")
    assert run.returncode == 1 and run.stdout == f"found nothing about this in {folder.name}\n"


@pytest.mark.parametrize(
    ("topic", "code"),
    [("crlf", 0), ("cr", 0), ("empty", 0), ("utf16", 4), ("invalid", 4), ("large", 4), ("front", 4), ("-rf", 0),
     ("../secret.md", 2), ("/etc/passwd", 2), ("..\\secret", 2), ("out", 2), ("pipe", 2), ("folder", 2)],
)  # fmt: skip
def test_a_lesson_is_taught_or_refused_in_one_line(tutor, folder, steps, topic, code):
    run = tutor("--docs", folder, "learn", "--script", steps, "--", topic)
    assert run.returncode == code
    assert "Secret is" not in run.stdout and "root:" not in run.stdout
    if code:
        named = [line for line in run.stderr.splitlines() if line.startswith("ptutor: ")]
        assert len(named) == 1


def test_hostile_markdown_is_taught_or_refused_by_a_named_limit(tutor, tmp_path, steps):
    notes = tmp_path / "notes"
    notes.mkdir()
    built = {name: build(TIMES * size) for name, (build, size) in HOSTILE.items()}
    refused = {name: text for name, (text, _) in REFUSED.items()}
    names = ("deep lists", "deep quotes", "odd entity", "wide table", "open brackets", "backticks", "brackets")
    taught = {name.replace(" ", "-"): (built | refused)[name] for name in names}
    for name, text in taught.items():
        (notes / f"{name}.md").write_text(text)
    assert tutor("--docs", notes, "topics").returncode == 0
    assert tutor("--docs", notes, "search", "anything").returncode in (0, 1)
    for name in taught:
        run = tutor("--docs", notes, "learn", name, "--script", steps)
        assert run.returncode in (0, 4) and "Traceback" not in run.stderr, (name, run.stderr[-300:])


def test_a_lesson_whose_file_goes_while_it_is_taught_keeps_the_answers(folder, home, capsys):
    class Deleting(ScriptedLearner):
        def answer(self, question, keys):
            (folder / "bakery.md").unlink(missing_ok=True)
            return super().answer(question, keys)

    learner = Deleting([Step("skip"), Step("skip"), Step("quit")])
    with environment_of(folder, home, learner) as environment:
        create_learn_flow().run(session_store(environment, "bakery"))
        assert len(environment.records.attempts()) == 2


def test_nothing_is_written_beside_the_lessons(tutor, folder, steps):
    before = sorted((path.name, path.lstat().st_mtime_ns) for path in folder.rglob("*"))
    folder.chmod(0o555)
    try:
        for arguments in (["topics"], ["search", "loaf"], ["learn", "bakery", "--script", steps], ["check", "--no-run"]):
            tutor("--docs", folder, *arguments)
    finally:
        folder.chmod(0o755)
    assert before == sorted((path.name, path.lstat().st_mtime_ns) for path in folder.rglob("*"))


def test_the_time_that_a_tree_of_lessons_takes_to_draw_grows_with_their_number_alone():
    def rows(count):
        return [
            {"lesson": f"l{n:05}", "title": "T", "minutes": None, "prerequisites": [f"l{n - 1:05}"] if n % 5 else [],
             "mastery": 0.0, "due": 0} for n in range(count)
        ]  # fmt: skip

    lines = topics.topics_tree(rows(10_000)).split("\n")
    assert len(lines) == 10_000 and lines[1].startswith("└─ l00001")
    assert_linear(topics.topics_tree, rows, 1_000)
