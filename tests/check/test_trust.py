"""Whose code `check` runs where no sandbox works: the bundled lessons', and what the user trusts."""

from __future__ import annotations

import json

import pytest
from conftest import LESSON

from tutor.check import checking, runs
from utils.errors import ExitCode
from utils.sandbox.choosing import SandboxChoice
from utils.sandbox.means import NONE
from utils.settings import Settings

CODE = LESSON.replace("## Recap", "```python\nopen({where!r}, 'w').write('ran')\n```\n\n<!-- check\nassert True\n-->\n\n## Recap")


@pytest.fixture
def no_sandbox(monkeypatch):
    """A machine on which no sandbox works."""
    monkeypatch.setattr(checking, "chosen", lambda: SandboxChoice(None, {"bubblewrap": "not installed"}))
    monkeypatch.setattr(runs, "available", lambda: NONE)


@pytest.fixture
def trace(docs, tmp_path):
    """A file that the lesson's code writes."""
    (docs / "food" / "bread.md").write_text(CODE.format(where=str(tmp_path / "trace")), encoding="utf-8")
    return tmp_path / "trace"


def test_a_stranger_s_code_is_not_run_and_the_finding_says_why(no_sandbox, docs, trace):
    report = checking.check(Settings(docs=str(docs)))
    (one,) = report.findings
    assert (one.rule, one.severity, one.line) == ("code-not-run", "warning", CODE[: CODE.index("```python")].count("\n") + 1)
    assert "none works here (bubblewrap: not installed)" in one.message and "--trust" in one.message
    assert report.exit_code() == ExitCode.DONE and report.exit_code(strict=True) == ExitCode.FELL_SHORT
    assert not trace.exists()


def test_nor_is_it_run_to_fix_outputs(no_sandbox, docs, trace):
    report = checking.check(Settings(docs=str(docs)), fix=True)
    assert [one.rule for one in report.findings] == ["code-not-run"] and not report.fixed and not trace.exists()


def test_with_trust_it_runs(no_sandbox, docs, trace):
    assert checking.check(Settings(docs=str(docs)), trust=True).findings == []
    assert trace.read_text(encoding="utf-8") == "ran"


def test_without_running_code_there_is_nothing_to_trust(no_sandbox, docs, trace):
    assert checking.check(Settings(docs=str(docs)), run_code=False).findings == []


def test_lessons_without_code_need_no_sandbox(docs, monkeypatch):
    monkeypatch.setattr(checking, "chosen", lambda: pytest.fail("it was looked for"))
    assert checking.check(Settings(docs=str(docs))).findings == []


@pytest.mark.parametrize("part", ["", "food", "food/bread.md"])
def test_bundled_lessons_run_without(no_sandbox, docs, trace, part, monkeypatch):
    monkeypatch.setattr(checking, "bundled_docs", lambda: docs)
    assert checking.check(Settings(), [str(docs / part)]).findings == []
    assert trace.exists()


def test_a_link_to_a_stranger_s_folder_makes_it_no_bundled_one(no_sandbox, docs, trace, tmp_path, monkeypatch):
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "theirs").symlink_to(docs)
    monkeypatch.setattr(checking, "bundled_docs", lambda: ours)
    report = checking.check(Settings(docs=str(ours / "theirs")))
    assert [one.rule for one in report.findings] == ["code-not-run"] and not trace.exists()


def test_the_command_takes_trust(no_sandbox, tutor, docs, trace):
    refused, trusted = (tutor("--docs", docs, "check", *words) for words in (["--strict", "--json"], ["--trust"]))
    assert refused.returncode == 1 and json.loads(refused.stdout)["findings"][0]["rule"] == "code-not-run"
    assert trusted.returncode == 0 and trace.exists()
