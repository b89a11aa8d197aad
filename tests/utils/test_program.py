"""Commands for somebody to type: a shell reads back what was meant, and nothing in them hides."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from utils.program import command_line, quoted
from utils.settings import settings_of
from utils.text import sanitize

needs_posix = pytest.mark.skipif(os.name == "nt", reason="quoted for another shell there")
ODD = [
    "my sheet.yaml",
    "a'b",
    '$HOME "x"',
    "~/x",
    "-x",
    "",
    "line\nend",
    "\u202exe",
    "\udcff",
    "back\\slash\n",
    "é\u200b",
    "e" + "\u0301" * 9,
]


def test_a_command_carries_the_lessons_and_the_records_of_this_run():
    given = settings_of({"docs": "my notes", "home": "/h", "seed": 3}, {})
    command = command_line(given, "appeal", "12")
    assert shlex.split(command) == ["ptutor", "--docs", "my notes", "--home", "/h", "appeal", "12"]
    around = settings_of({}, {"TUTOR_DOCS": "my notes", "TUTOR_HOME": "/h"})
    assert command_line(around, "quiz", "--answers", Path.cwd() / "s.yaml") == "ptutor quiz --answers s.yaml"


@needs_posix
def test_bash_reads_back_every_odd_name():
    shell = f"for word in {' '.join(map(quoted, ODD))}; do printf '%s\\0' \"$word\"; done"
    said = subprocess.run(["bash", "-c", shell], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    assert [os.fsdecode(word) for word in said.stdout.split(b"\0")[:-1]] == ODD


@needs_posix
@hypothesis.given(st.text(st.characters()))
@hypothesis.example("\ud800")
@hypothesis.settings(max_examples=60, deadline=None)
def test_a_quoted_word_stands_on_one_line_and_hides_nothing(word):
    assert sanitize(quoted(word), newlines=False) == quoted(word) and quoted(word).isprintable()
