"""Bytes of strangers, from the command line: each ends with a documented exit code and the place, never as a bug."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW

from tutor.learner.file.database import FILE_NAME
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.records import open_records
from tutor.learner.schedule import next_card
from tutor.models import Attempt, Grade
from utils.errors import ModelError
from utils.llm.structured import document

DIGITS, DEEP = "9" * 5000, "[" * 5000
RECORD = {"id": 1, "question": "What raises dough?", "reference": "gas", "answer": "gas"}
needs_posix = pytest.mark.skipif(os.name == "nt", reason="devices and names of POSIX")


# ----------------------------------------------------------------------------------------------- JSON that is read


@pytest.mark.parametrize(
    "reply",
    [f'{{"score": {DIGITS}}}', f'{{"score": {DIGITS},}}', DEEP, DEEP + "]", f'{{"a" {DEEP}}}', '{"score": 1e999}',
     '{"why": "' + "x" * 2_000_000 + '"}'],
)  # fmt: skip
def test_a_reply_that_is_too_long_too_deep_or_no_number_cannot_be_used(reply):
    with pytest.raises(ModelError):
        document(reply)


@pytest.mark.parametrize(
    "line, fault",
    [
        (DEEP, "nested"),
        (f'{{"id": {DIGITS}}}', "digits"),
        ('{"id": NaN}', "NaN"),
        ('{"id": 1e999}', "1e999"),
        (json.dumps({**RECORD, "answer": "x" * 1_000_001}), "1,000,000 bytes"),
    ],
    ids=["deep", "digits", "NaN", "infinite", "long"],
)
@pytest.mark.parametrize("command", [["grade"], ["ask", "--jsonl"]], ids=["grade", "ask"])
def test_a_bad_line_of_json_is_named_and_the_next_is_read(tutor, docs, tmp_path, command, line, fault):
    record = {**RECORD, "question": "What does yeast eat?"}
    (tmp_path / "in.jsonl").write_text(f"{line}\n{json.dumps(record)}\n")
    run = tutor("--docs", docs, *command, "in.jsonl")
    bad, good = map(json.loads, run.stdout.splitlines())
    assert run.returncode == 4 and bad["line"] == 1 and fault in bad["error"]
    assert "in.jsonl:1: " in run.stderr and len(run.stderr) < 1000
    assert good["id"] == 1 and "error" not in good


@needs_posix
def test_a_line_that_never_ends_is_refused_with_its_place(tutor, monkeypatch):
    monkeypatch.setattr("utils.files.ENDLESS_LINE_BYTES", 2_000_000)
    run = tutor("grade", "-", stdin="x" * 5_000_000)
    assert run.returncode == 4 and "-:1: found a line" in run.stderr


@needs_posix
@pytest.mark.parametrize("name", ["/dev/zero", "/dev/urandom", "pipe", "link"])
@pytest.mark.parametrize(
    "command",
    [
        ["grade"],
        ["ask", "--jsonl"],
        ["quiz", "--answers"],
        ["learn", "--script"],
        ["quiz", "--sheet", "new.yaml", "--rerun-failed"],
    ],
    ids=" ".join,
)
def test_what_is_no_file_is_refused_at_once_where_one_is_expected(tutor, docs, tmp_path, command, name):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    run = tutor("--docs", docs, *command, name)
    assert run.returncode == 2 and f"{name}: found what is not a regular file" in run.stderr


@needs_posix
def test_a_pipe_that_nobody_reads_is_refused_at_once_where_something_would_be_written(tutor, docs, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert tutor("--docs", docs, "quiz", "bread", "--sheet", "sheet.yaml").returncode == 0
    for command in (["quiz", "--answers", "sheet.yaml", "--junit", "pipe"], ["quiz", "bread", "--sheet", "pipe"]):
        run = tutor("--docs", docs, *command)
        assert run.returncode == 2 and "pipe: could not be written" in run.stderr


@needs_posix
def test_a_pipe_that_somebody_writes_to_is_read(tutor):
    lines = f"{json.dumps(RECORD)}\n" * 2_000  # more than a pipe holds
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "w") as pipe:
            time.sleep(0.2)  # nothing is there at first
            pipe.write(lines)

    writer = threading.Thread(target=write)
    writer.start()
    run = tutor("grade", f"/dev/fd/{reading}")  # as a shell names it in `grade <(command)`
    os.close(reading)
    writer.join()
    assert run.returncode == 0 and len(run.stdout.splitlines()) == 2_000


@pytest.mark.parametrize("command", [["grade"], ["ask", "--jsonl"]], ids=["grade", "ask"])
@pytest.mark.parametrize("word", ["word ", "wörd", "a"])
def test_a_line_that_is_too_long_is_told_as_one(tutor, docs, tmp_path, command, word):
    for extra in range(3):
        record = {**RECORD, "question": "x" * extra, "answer": word * 250_000}
        line = json.dumps(record, ensure_ascii=False) + " " * 1_000_000
        (tmp_path / "in.jsonl").write_text(line + "\n", encoding="utf-8")
        run = tutor("--docs", docs, *command, "in.jsonl")
        assert run.returncode == 4
        assert "in.jsonl:1: found a line of more than 1,000,000 bytes, expected at most that" in run.stderr


def test_a_record_has_a_hundred_points_and_references_at_most(tutor, tmp_path):
    records = [
        {**RECORD, name: [f"It is {n}." for n in range(count)]} for name in ("rubric", "reference") for count in (100, 3000)
    ]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    run = tutor("grade", "in.jsonl")
    assert run.returncode == 4 and ["error" in json.loads(line) for line in run.stdout.splitlines()] == [False, True] * 2
    assert "in.jsonl:2: found 3,000 points, expected at most 100" in run.stderr
    assert "in.jsonl:4: found 3,000 references, expected at most 100" in run.stderr


@needs_posix
@pytest.mark.parametrize("name", ["/dev/zero", "pipe.md", "zero.md", "zero.quiz.yaml"])
def test_check_ends_at_once_where_a_device_or_a_pipe_is_named(tutor, tmp_path, name):
    os.mkfifo(tmp_path / "pipe.md")
    for link in ("zero.md", "zero.quiz.yaml"):
        (tmp_path / link).symlink_to("/dev/zero")
    run = tutor("check", name)
    assert run.returncode == 2 and f"{name}: found neither a file nor a folder" in run.stderr


@pytest.mark.parametrize(
    "earlier", [DEEP, f'{{"seed": {DIGITS}, "items": []}}', '{"seed": "x", "items": []}', "\xff", "[1, NaN]"]
)
def test_an_earlier_quiz_that_is_none_is_invalid(tutor, docs, tmp_path, earlier):
    (tmp_path / "quiz.json").write_bytes(earlier.encode("latin-1"))
    run = tutor("--docs", docs, "quiz", "--sheet", "sheet.yaml", "--rerun-failed", "quiz.json")
    assert run.returncode == 4 and run.stderr.startswith("ptutor: quiz.json")


# ------------------------------------------------------------------------------------------------------- records


def answered(home, at="2026-03-01T09:30:00.000Z"):
    with open_records(home, now=lambda: NOW) as records:
        records.add(Attempt("food/bread:gas", "yeast", "oxygen", Grade(0.0), at, "practice", session="s"))
    return home / FILE_NAME


@pytest.mark.parametrize("command", ["progress", "topics"])
def test_a_byte_that_is_no_text_in_the_schema_of_the_records_is_told_as_damage(tutor, docs, home, command):
    path = answered(home)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE places", b"CREATE \x85ABLE p\x85aces"))
    run = tutor("--docs", docs, command)
    assert run.returncode == 6 and str(path) in run.stderr


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "yesterday", "2026-03-01T09:30:00"])
@pytest.mark.parametrize("command", [["progress"], ["topics"], ["review", "--undo"], ["doctor"]])
def test_a_time_that_cannot_be_is_no_valid_record(tutor, docs, home, at, command):
    with closing(sqlite3.connect(answered(home))) as connection, connection:
        connection.execute("UPDATE attempts SET at = ?", (at,))
    run = tutor("--docs", docs, *command)
    assert run.returncode in (0, 6), run.stderr
    if command == ["doctor"]:
        assert "counted again" in run.stdout


@pytest.mark.parametrize(
    "changed", [{"last_review": "9999-12-31T23:59:59+00:00"}, {"due": "soon"}, {"stability": "much"}, {"difficulty": DEEP}]
)
def test_a_memory_that_cannot_be_is_no_valid_card(tutor, docs, home, changed):
    card = next_card("food/bread:gas", None, "missed", NOW - timedelta(days=9), by=DEFAULTS)
    memory = json.dumps({**json.loads(card.memory), **changed})
    with open_records(home, now=lambda: NOW) as records:
        records.put_card(replace(card, memory=memory))
    run = tutor("--docs", docs, "progress")
    assert run.returncode == 6 and "a card is not valid" in run.stderr


# ------------------------------------------------------------------------------------------------- what is printed

HIDDEN = "a\x9bb\x7fc\u202ed\u200be\u2028f"


def test_json_is_as_clean_as_the_screen(tutor, tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({**RECORD, "id": HIDDEN}) + "\n")
    said = tutor("grade", "in.jsonl").stdout
    assert "a\\u009bb\\u007fc\\u202ed\\u200be\\u2028f" in said
    assert json.loads(said)["id"] == HIDDEN


def test_a_document_of_json_escapes_what_a_terminal_acts_on(tutor, docs):
    said = tutor("--docs", docs, "search", "--json", f"yeast {HIDDEN}").stdout
    assert not set(HIDDEN) & set(said) - set("abcdef")
    assert json.loads(said)["query"].endswith(HIDDEN)


@needs_posix
def test_a_line_end_in_a_file_name_makes_no_second_line(tutor, tmp_path):
    name = "a\n::error::b"
    for run in (tutor("grade", name), tutor("quiz", "--answers", name), tutor("--docs", name, "topics")):
        assert run.returncode == 2 and run.stderr.count("\n") == 1
    (tmp_path / "docs" / "x").mkdir(parents=True)
    (tmp_path / "docs" / "x" / f"{name}.md").write_text("# Bread\n\nYeast eats sugar.\n")
    run = tutor("--docs", "docs", "search", "yeast")
    assert run.returncode == 0 and "\n::error" not in run.stdout


# --------------------------------------------------------------------------------------------- what is written over


@pytest.mark.parametrize(
    "command",
    [["quiz", "--answers", "s.yaml", "--junit"], ["quiz", "--sheet"], ["quiz", "--answers"], ["quiz", "--rerun-failed"],
     ["quiz", "--cassette"], ["learn", "--script"], ["learn", "--transcript"], ["grade"]],
)  # fmt: skip
def test_no_name_is_no_file(tutor, command):
    run = tutor(*command, "")
    assert run.returncode == 2 and "found no name" in run.stderr


def test_a_report_overwrites_a_report_and_nothing_else(tutor, docs, tmp_path):
    arguments = ["--docs", docs, "--seed", "1", "quiz"]
    assert tutor(*arguments, "--sheet", "s.yaml").returncode == 0
    for written in ("first.xml", "first.xml"):
        assert tutor(*arguments, "--answers", "s.yaml", "--junit", written).returncode == 0
    lesson = docs / "food" / "bread.md"
    before = lesson.read_text()
    run = tutor(*arguments, "--answers", "s.yaml", "--junit", lesson)
    assert run.returncode == 2 and "bread.md" in run.stderr and "JUnit" in run.stderr
    assert lesson.read_text() == before


def test_a_transcript_overwrites_a_transcript_and_nothing_else(tutor, docs, tmp_path):
    (tmp_path / "s.yaml").write_text("topic: bread\nsteps: [quit]\n")
    for written in ("t.md", "t.md"):
        assert tutor("--docs", docs, "learn", "--script", "s.yaml", "--transcript", written).returncode == 0
    lesson = docs / "food" / "bread.md"
    before = lesson.read_text()
    run = tutor("--docs", docs, "learn", "--script", "s.yaml", "--transcript", lesson)
    assert run.returncode == 2 and "bread.md: found a file that is no transcript" in run.stderr and run.stdout == ""
    assert lesson.read_text() == before


def test_a_transcript_that_cannot_be_written_is_refused_before_the_session(tutor, docs, tmp_path):
    (tmp_path / "s.yaml").write_text("topic: bread\nsteps: [quit]\n")
    run = tutor("--docs", docs, "learn", "--script", "s.yaml", "--transcript", "no/such/t.md")
    assert run.returncode == 2 and "could not be written" in run.stderr and run.stdout == ""
