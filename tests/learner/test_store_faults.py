"""What goes wrong with a store of records in the field: a test for each row of tests/data/store_faults.jsonl.

`STORE_FAULTS_RUNS=10 pytest tests/learner/test_store_faults.py -n 0` has many processes answer at once ten times, and kills
migrations at every statement; by default once, and at some statements.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import test_backups
import test_records
from conftest import environment_of
from program import run_in_process
from test_records import KILLED_AT_STATEMENT, attempt, ended, needs_posix, opened, start

from tutor.learner.file import database
from tutor.learner.overview import overview_of
from tutor.models import Grade
from utils.errors import RecordsError
from utils.times import utc

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
ROWS = [json.loads(line)["id"] for line in (Path(__file__).parents[1] / "data" / "store_faults.jsonl").read_text().splitlines()]
RUNS = int(os.environ.get("STORE_FAULTS_RUNS", 1))
TESTED = {
    "kill -9 inside a migration": "test_a_kill_inside_a_migration_of_any_old_schema_loses_no_row",
    "8 processes x 100 answers": "test_eight_processes_of_a_hundred_answers_each_at_once",
    "disk full": "test_a_disk_that_fills_up",
    "I/O errors": "test_writes_that_fail_now_and_then_are_told_and_lose_nothing_acknowledged",
    "read-only file": "test_a_read_only_file",
    "HOME unset / not writable": "test_a_home_that_is_not_set_or_not_writable_is_one_line",
    "newer schema": "test_a_newer_schema",
    "zero-byte file": "test_a_zero_byte_file",
    "truncated file": "test_a_truncated_file_is_found_at_the_start_and_the_newest_backup_offered",
    "-wal lost": "test_a_log_that_is_lost",
    "DST and time zone change": "test_a_change_of_time_zone_moves_the_streak_by_a_day_at_most_and_counts_none_twice",
    "1 000 000 reviews": "test_a_session_s_work_does_not_grow_with_the_history",
}


def test_every_row_has_a_test():
    assert list(TESTED) == ROWS and all(name in globals() for name in TESTED.values())


# ------------------------------------------------------------------------------------ kills and processes


@needs_posix
@pytest.mark.parametrize("version", range(1, len(database.MIGRATIONS)))
def test_a_kill_inside_a_migration_of_any_old_schema_loses_no_row(tmp_path, version):
    step = 1 if RUNS > 1 else 29
    for statement in range(0, 160, step):
        home = tmp_path / str(statement)
        home.mkdir()
        with closing(sqlite3.connect(home / "records.db", isolation_level=None)) as plain:
            with pytest.MonkeyPatch.context() as earlier:
                earlier.setattr(database, "MIGRATIONS", database.MIGRATIONS[:version])
                plain.row_factory = sqlite3.Row
                database._migrate(plain)
            plain.execute(
                "INSERT INTO attempts "
                "(uid, session, item, section, lesson, answer, grade, score, unaided, shown, hints, mode, at) VALUES "
                "('u', 's', 'food/bread:gas', 'yeast', 'food/bread', 'air', '{\"score\": 1}', 1, 1, 0, 0, 'practice', ?)",
                ("2026-03-01T09:30:00.000Z",),
            )
    code = KILLED_AT_STATEMENT.replace("range(120)", f"range(0, 160, {step})")
    assert code != KILLED_AT_STATEMENT
    codes = [int(line) for line in ended(start(code, tmp_path)).split()]
    assert set(codes) == {0, -signal.SIGKILL}, "some were killed, and some were over before"
    for statement in range(0, 160, step):
        with opened(tmp_path / str(statement)) as records:
            assert [one.answer for one in records.attempts()] == ["air"] and records.faults() == []


@needs_posix
@pytest.mark.parametrize("run", range(RUNS))
def test_eight_processes_of_a_hundred_answers_each_at_once(home, run):
    test_records.test_eight_processes_of_a_hundred_answers_each_make_800_rows_in_a_new_database(home)


# ------------------------------------------------------------------------------------------------- disks


@needs_posix
def test_a_disk_that_fills_up(home):
    test_records.test_a_disk_that_fills_up_loses_no_acknowledged_answer(home)


FAILING = """
import random, resource
chance, acknowledged, told = random.Random(7), 0, 0
with open_records(home, now=now) as records:
    for number in range(400):
        fails = chance.random() < 0.2
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000 if fails else resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        try:
            records.add(attempt(str(number)))
            acknowledged += 1
        except RecordsError as error:
            assert "answer NOT saved" in str(error), error
            told += 1
print(acknowledged, told)
"""


@needs_posix
def test_writes_that_fail_now_and_then_are_told_and_lose_nothing_acknowledged(home):
    acknowledged, told = map(int, ended(start(FAILING, home)).split())
    assert acknowledged + told == 400 and told > 20
    with opened(home) as records:
        assert records.count() == acknowledged and records.faults() == []


# ----------------------------------------------------------------------------------------- files and homes


@needs_posix
def test_a_read_only_file():
    test_records.test_read_only_records_can_be_looked_at_and_refuse_to_be_written(newer=0)


def test_a_home_that_is_not_set_or_not_writable_is_one_line(docs, tmp_path, tutor):
    (tmp_path / "file").write_text("")
    (tmp_path / "steps.yaml").write_text("topic: bread\nsteps: [answer: '1']\n")
    run = tutor("learn", "--docs", docs, "--script", "steps.yaml", TUTOR_HOME=str(tmp_path / "file" / "home"))
    assert run.returncode == 6 and "Name another folder with --home or TUTOR_HOME" in " ".join(run.stderr.split())


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_schema(home, read_only):
    test_records.test_records_of_a_newer_version_are_refused_and_left_alone(home, read_only)


def test_a_zero_byte_file(home):
    test_records.test_an_empty_file_is_a_new_database_only_when_no_log_stands_beside_it(home)


def test_a_truncated_file_is_found_at_the_start_and_the_newest_backup_offered(home):
    with opened(home) as records:
        records.add(attempt())
        records.back_up()
    test_backups.damage(home / "records.db")
    with pytest.raises(RecordsError, match=rf"it is damaged .*The newest backup is {test_backups.NAME} .*records restore"):
        opened(home)


@needs_posix
def test_a_log_that_is_lost(home):
    test_records.test_a_log_that_vanished_after_a_kill_is_told_and_what_is_left_opens(home)


# ------------------------------------------------------------------------------------------------- clocks

KIRITIMATI, NIUE = timezone(timedelta(hours=14)), timezone(-timedelta(hours=11))


@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_a_change_of_time_zone_moves_the_streak_by_a_day_at_most_and_counts_none_twice(docs, home, hour):
    days = 10
    first = datetime(2026, 3, 1, hour, 30, tzinfo=KIRITIMATI)
    last = first + timedelta(days=days - 1)
    with environment_of(docs, home, now=last) as environment:
        for day in range(days):
            environment.records.add(replace(attempt(), at=utc(first + timedelta(days=day))))
        streaks = [
            overview_of(environment.corpus, environment.records, last.astimezone(zone)).document()["streak_days"]
            for zone in (KIRITIMATI, NIUE)
        ]
        assert streaks[0] == days and days - 1 <= streaks[1] <= days
        for hours in range(0, 24, 3):  # an answer in another zone on the same day is no other day
            environment.records.add(replace(attempt(), at=utc(last + timedelta(hours=hours))))
        later = (last + timedelta(hours=21)).astimezone(NIUE)
        assert overview_of(environment.corpus, environment.records, later).document()["streak_days"] <= days + 1


@pytest.mark.parametrize("year", [1, 1900, 2999, 9999])
def test_a_clock_that_is_far_off_changes_nothing(docs, home, tmp_path, year):
    (tmp_path / "steps.yaml").write_text("topic: bread\nsteps: [answer: '1', answer: '2']\n")

    def run(year: int, *arguments: str):
        environment = {"PATH": "/usr/bin:/bin", "TUTOR_HOME": str(home), "HOME": str(tmp_path)}
        now = datetime(year, 12, 31, 23, 0, tzinfo=timezone.utc)
        return run_in_process((*arguments, "--docs", docs, "--offline"), "", environment, tmp_path, now)

    learn = ("learn", "--script", "steps.yaml")
    assert run(2026, *learn).returncode == 0
    for command in (learn, ("review", "--script", "steps.yaml"), ("progress",), ("topics",), ("review", "--undo")):
        off = run(year, *command)
        assert off.returncode == 6 and f"this computer's clock says {year:04}-12-31" in " ".join(off.stderr.split()), command
    assert run(2026, *learn).returncode == 0 and run(2026, "progress").returncode == 0


def test_a_row_with_a_time_that_no_clock_shows_is_named_with_the_backup(home):
    with opened(home) as records:
        records.add(attempt())
        records.back_up()
        records._connection.execute("UPDATE attempts SET at = '9999-12-31T23:59:59.999Z'")
        with pytest.raises(RecordsError, match=rf"attempt 1 is not valid .*The newest backup is {test_backups.NAME}"):
            records.attempts()


# ------------------------------------------------------------------------------------------------- growth


def test_a_session_s_work_does_not_grow_with_the_history(home, tmp_path):
    def steps(folder: Path, past: int) -> int:
        """Hundreds of instructions of SQLite's machine that a start, a question and an answer take."""
        with opened(folder) as records:
            chance = random.Random(1)
            for number in range(past):
                records.add(replace(attempt(f"{number % 50}", score=chance.choice([0, 1]), session=f"{number // 20}"),
                                    grade=Grade(chance.choice([0.0, 1.0]))))  # fmt: skip
            counted = [0]
            records._connection.set_progress_handler(lambda: counted.__setitem__(0, counted[0] + 1), 100)
            records.last_place(), records.card("food/bread:1"), records.missed_items("food/other"), records.evidence()
            records.add(attempt())
        return counted[0]

    few, many = steps(home, 100), steps(tmp_path / "many", 800)
    assert many <= 1.5 * few + 20, (few, many)
