"""Which sandbox is taken, what it lets be seen, and what is believed of what comes out of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from utils import program
from utils.sandbox import choosing, jobs, means
from utils.sandbox.choosing import SandboxChoice, choose
from utils.sandbox.means import BUBBLEWRAP, LANDLOCK, NAMESPACES, ORDER


def working(*those):
    """A trial in which only those work."""
    return lambda one: "" if one in those else "no such thing here"


@pytest.fixture
def linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.parametrize(
    "work, taken",
    [
        ((BUBBLEWRAP, NAMESPACES, LANDLOCK), BUBBLEWRAP),
        ((NAMESPACES, LANDLOCK), NAMESPACES),
        ((LANDLOCK,), LANDLOCK),
        ((), None),
    ],
)
def test_the_first_that_works_is_taken(linux, work, taken):
    choice = choose(ORDER, working(*work))
    assert choice.means is taken
    assert list(choice.failures) == [one.name for one in ORDER[: ORDER.index(taken) if taken else None]]


def test_nothing_is_tried_after_the_first_that_works(linux):
    tried = []
    choose(ORDER, lambda one: tried.append(one) or "")
    assert tried == [BUBBLEWRAP]


def test_where_none_works_each_is_named_with_why(linux):
    said = str(choose(ORDER, working()))
    assert said.startswith("none works here (bubblewrap: no such thing here; namespaces: ") and "sandlock" in said


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_have_none_and_nothing_is_tried(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    choice = choose(ORDER, lambda one: pytest.fail("it was tried"))
    assert choice.means is None and "needs Linux" in str(choice)


def test_code_that_may_run_without_a_sandbox_does(monkeypatch):
    monkeypatch.setattr(choosing, "chosen", lambda: SandboxChoice(None, {}))
    assert choosing.available() is means.NONE


def test_a_sandbox_that_hides_nothing_is_not_taken_for_one():
    assert jobs.failure_of(means.NONE) == "it does not hide our files"


def test_a_sandbox_that_is_not_installed_says_so(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert jobs.failure_of(BUBBLEWRAP) == "not installed"


@pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")
def test_a_sandbox_that_is_forbidden_says_in_its_own_words_why(tmp_path, monkeypatch):
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n", encoding="utf-8")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert jobs.failure_of(BUBBLEWRAP) == "bwrap: setting up uid map: Permission denied"


def test_of_where_python_stands_only_what_it_needs_is_seen(tmp_path, monkeypatch):
    """A virtual environment in a checkout, or in somebody's home."""
    for name in ("bin", "lib", "share", ".git", ".ssh"):
        (tmp_path / name).mkdir()
    (tmp_path / "pyvenv.cfg").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    means.visible_paths.cache_clear()
    try:
        seen = [path for path in means.visible_paths() if path.startswith(str(tmp_path))]
    finally:
        means.visible_paths.cache_clear()
    assert seen == [str(tmp_path / name) for name in ("bin", "lib", "pyvenv.cfg")]


GOOD = {"stdout": "1\n", "error": "", "line": 3, "skipped": ""}


def test_results_are_read_by_their_nonce():
    said = "".join(f"abc {json.dumps(one)}\n" for one in (GOOD, GOOD)) + "abc {half a"
    assert jobs.results_of(said.encode(), "abc", 100) == ([GOOD, GOOD], "")


@pytest.mark.parametrize(
    "line",
    [
        json.dumps(GOOD),
        "abd " + json.dumps(GOOD),
        "abc " + json.dumps(GOOD | {"line": "3"}),
        "abc " + json.dumps(GOOD | {"line": True}),
        "abc " + json.dumps(GOOD | {"more": 1}),
        "abc " + json.dumps(GOOD | {"stdout": "x" * 101}),
        "abc 5",
        "abc " + "[" * 100_000,
        "abc " + "9" * 5_000,
        "abc \x00",
        "é",
    ],
    ids=lambda line: line[:20],
)
def test_a_line_that_is_no_result_ends_the_reading(line):
    said = f"abc {json.dumps(GOOD)}\n{line}\nabc {json.dumps(GOOD)}\n"
    assert jobs.results_of(said.encode(), "abc", 100) == ([GOOD], "the code wrote among the results of the run")


@pytest.mark.skipif(sys.platform != "linux", reason="no /proc here")
def test_a_process_hides_what_it_was_started_with_and_keeps_it_for_itself():
    code = (
        "import os\nfrom utils import program\n"
        "def seen(): return open('/proc/self/environ', 'rb').read()\n"
        "assert b'sk-1' in seen()\n"
        "program.hide_environment(('PATH',))\n"
        "assert b'sk-1' not in seen() and b'PATH=/' in seen() and os.environ['OPENAI_API_KEY'] == 'sk-1'\n"
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'import os; print(os.environ)'], capture_output=True).stdout)\n"
    )
    environment = {"OPENAI_API_KEY": "sk-1", "PATH": "/usr/bin"}
    root = os.path.dirname(os.path.dirname(program.__file__))
    run = subprocess.run([sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "PATH" in run.stdout and "sk-1" not in run.stdout
