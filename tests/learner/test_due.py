"""`review --due`: a line and 0 where a review would ask something now, else nothing and 5; in both ways that it is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import bare_environment, environment_of
from guest import Guest

from flow import create_learn_flow
from tutor import nudge
from tutor.learner import agenda, due
from tutor.learner.memory.scheduling import DEFAULTS, Scheduling
from tutor.learner.schedule import next_card
from tutor.models import Attempt, Grade
from tutor.nodes.shared import session_store
from utils.times import utc

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.now(timezone.utc)  # the command looks at the real clock, and what it finds was due long ago


def learned(docs, home, days_ago: int, *names: str, lesson="food/bread") -> None:
    at = NOW - timedelta(days=days_ago)
    with environment_of(docs, home, now=at) as environment:
        for name in names:
            key = f"{lesson}:{name}"
            card = next_card(key, None, "unaided", at, by=DEFAULTS)
            environment.records.add(Attempt(key, "s", "x", Grade(1.0), utc(at), "practice", session="s", due=card.due), card=card)


@pytest.fixture
def quick(monkeypatch, capsys, home):
    """The way before the commands are loaded: quick("--due") -> (exit code or None, what was printed)."""
    monkeypatch.setenv("TUTOR_HOME", str(home))
    monkeypatch.chdir(home.parent)

    def run(*arguments):
        code = nudge.answered([str(one) for one in arguments])
        return code, capsys.readouterr().out

    return run


def test_nothing_is_printed_and_5_is_returned_where_nothing_is_due(docs, home, quick, tutor):
    assert quick("--due", "--docs", docs) == (5, "")
    assert not (home / "records.db").exists()
    shown = tutor("review", "--due", "--docs", docs)
    assert (shown.returncode, shown.stdout, shown.stderr) == (5, "", "")
    learned(docs, home, 0, "gas")
    assert quick("--due", f"--docs={docs}") == (5, "")


def test_one_line_says_what_is_due(docs, home, quick):
    learned(docs, home, 40, "gas", "eats")
    line = "2 questions from 1 lesson to review: ptutor review\n"
    assert quick("--due", "--docs", docs) == (0, line) == quick("--docs", docs, "--home", home, "--due")
    environment = {**bare_environment(home), "HOME": str(home)}
    for options in ([], ["--plain"]):  # what the quick way knows, and what it leaves to the parser of commands
        command = [sys.executable, str(ROOT / "main.py"), "review", "--due", "--docs", str(docs), *options]
        child = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True)
        assert (child.returncode, child.stdout, child.stderr) == (0, line, "")


def test_what_the_days_limit_leaves_out_is_not_due_now(docs, home, quick):
    learned(docs, home, 40, "gas", "eats")
    with environment_of(docs, home) as environment:
        environment.records.set_setting("daily_limit", 1)
    assert quick("--due", "--docs", docs)[1].startswith("1 of 2 questions from 1 lesson")


def test_a_limit_for_the_review_is_one_for_the_line_too(docs, home):
    learned(docs, home, 40, "gas", "eats")
    with environment_of(docs, home, now=NOW) as environment:
        found = nudge.what_is_due(environment, 1)
        assert found == (1, 2, 1) and nudge.line_of(*found) == "1 of 2 questions from 1 lesson to review: ptutor review"
        assert nudge.what_is_due(environment, 9) == (2, 2, 1)


def test_from_how_many_lessons_is_not_said_where_only_the_review_s_own_choice_would_tell(docs, home, quick):
    shutil.copy(docs / "food" / "bread.md", docs / "rolls.md")
    shutil.copy(docs / "food" / "bread.quiz.yaml", docs / "rolls.quiz.yaml")
    learned(docs, home, 40, "gas", "eats")
    learned(docs, home, 40, "gas", lesson="rolls")
    assert quick("--due", "--docs", docs)[1] == "3 questions from 2 lessons to review: ptutor review\n"
    with environment_of(docs, home) as environment:
        environment.records.set_setting("daily_limit", 2)
    said = "2 of 3 questions, those worth most, to review: ptutor review\n"
    assert quick("--due", "--docs", docs) == (0, said)


def test_what_is_uncommon_is_left_to_the_parser_of_commands_which_says_what_is_wrong(docs, home, quick, tutor):
    for arguments in (["--due", "--limit", "3"], ["--due", "--home"], ["--due=yes"], ["--due", "--docs", home / "none"]):
        assert quick(*arguments) == (None, "")
    assert tutor("review", "--due", "--docs", home / "none").returncode == 2
    home.mkdir(exist_ok=True)
    (home / "records.db").write_bytes(b"my diary, not a database\n" * 200)
    assert quick("--due", "--docs", docs) == (None, "") and tutor("review", "--due", "--docs", docs).returncode == 6


def test_it_is_told_as_json_too(docs, home, tutor):
    assert json.loads(tutor("review", "--due", "--docs", docs, "--json").stdout) == {"asked": 0, "due": 0, "lessons": 0}


# -------------------------------------------------------------------------------------------- as much as one wants a day


def test_an_item_counts_as_new_on_the_day_of_its_first_date_alone(docs, home):
    learned(docs, home, 3, "gas")
    learned(docs, home, 0, "gas", "eats")
    with environment_of(docs, home, now=NOW) as environment:
        records = environment.records
        assert not due.has_learned_enough(records, NOW), "without a wish there is never enough"
        records.wishes = Scheduling(new_a_day=2)
        assert not due.has_learned_enough(records, NOW)
        records.wishes = Scheduling(new_a_day=1)
        assert due.has_learned_enough(records, NOW) and not due.has_learned_enough(records, NOW + timedelta(days=1))
        assert "enough new today" in agenda.figures(environment.corpus, records, NOW)
        assert not any("Something new" in row.text for row in agenda.choices(environment.corpus, records, NOW))


@pytest.mark.parametrize("wanted", [1, None])
def test_a_session_says_before_the_next_section_that_it_can_wait_and_goes_on(wanted, docs, home, capsys):
    learned(docs, home, 0, "gas")
    with environment_of(docs, home, Guest(("next",), ("quit",)), NOW) as environment:
        environment.records.wishes = Scheduling(new_a_day=wanted)
        create_learn_flow().run(session_store(environment, "bread"))
    told = " ".join(capsys.readouterr().out.split())
    said = "You wanted 1 new question a day and have done that: this section can wait until tomorrow."
    assert (said in told) == (wanted == 1) and "You will know why dough rises." in told


def test_a_review_asks_as_much_as_the_setting_says(docs, home):
    learned(docs, home, 9, "gas", "eats", "percent")
    with environment_of(docs, home, now=NOW) as environment:
        assert due.left_today(environment.records, NOW) == due.DAILY_LIMIT
        environment.records.wishes = Scheduling(reviews_a_day=2)
        assert due.nudge(environment.corpus, environment.records, NOW)[0] == 2
        assert due.left_today(environment.records, NOW, limit=1) == 1
