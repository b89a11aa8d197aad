"""Backups of the records: when one is made, which are kept, and how one is put back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import environment_of
from hypothesis import given
from hypothesis import strategies as some
from test_records import attempt, ended, needs_posix, opened, start

from tutor.learner.copies import backups, restoring
from tutor.learner.copies.backups import Backup, backups_of, worth_keeping
from tutor.learner.file import database
from tutor.models import Place
from utils.errors import DamagedRecords, NothingRun, RecordsError, UsageError

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
NAME = "records-2026-03-01-093000.db"


@pytest.fixture
def records(home) -> Path:
    """A file with two answers, and a backup that has the first."""
    with opened(home) as kept:
        kept.add(attempt())
        kept.back_up()
        kept.add(attempt("salt"))
    return home / "records.db"


def answers(records: Path) -> int:
    with opened(records.parent) as kept:
        return kept.count()


def damage(records: Path) -> None:
    os.truncate(records, records.stat().st_size // 2)


# ------------------------------------------------------------------------------------------------- when


def test_a_session_that_changed_something_leaves_a_backup_and_one_that_only_looked_leaves_none(docs, home):
    with environment_of(docs, home) as environment:
        assert environment.records_to_read.count() == 0
    assert not (home / "records.db").exists()
    with environment_of(docs, home) as environment:
        environment.records.add(attempt())
    assert [one.name for one in backups_of(home / "records.db")] == [NAME]
    with environment_of(docs, home) as environment:
        assert environment.records.count() == 1
    assert len(backups_of(home / "records.db")) == 1


def test_a_backup_is_one_whole_file_for_the_learner_alone(records):
    (one,) = backups_of(records)
    assert one == Backup(records.parent / "backups" / NAME, NOW, 1, one.path.stat().st_size)
    assert one.path.read_bytes()[18:20] == b"\x01\x01", "not in WAL mode: nothing stands beside it"
    assert os.listdir(one.path.parent) == [NAME]
    if os.name == "posix":
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o600 and stat.S_IMODE(one.path.parent.stat().st_mode) == 0o700
    with closing(sqlite3.connect(one.path)) as plain:
        assert plain.execute("SELECT count(*) FROM attempts").fetchone()[0] == 1


def test_a_damaged_file_makes_no_backup_and_pushes_out_none(records, monkeypatch):
    monkeypatch.setattr(database, "QUICK_CHECK_BYTES", 0)  # as with a large file that was closed cleanly
    with records.open("r+b") as file:
        file.seek(2 * 4096 + 8)
        file.write(b"\xff" * 2000)
    with (
        opened(records.parent) as kept,
        pytest.raises(RecordsError, match=rf"no backup was made: .*; the newest backup is {NAME}"),
    ):
        kept.back_up()
    assert os.listdir(records.parent / "backups") == [NAME]


def test_a_session_whose_backup_fails_says_so_and_ends_well(docs, home, capsys):
    home.mkdir()
    (home / "backups").write_text("a file where the folder belongs")
    with environment_of(docs, home) as environment:
        environment.records.add(attempt())
    assert "no backup was made: File exists" in capsys.readouterr().err


@needs_posix
def test_a_full_disk_makes_no_backup_and_keeps_those_there(records):
    code = """
import resource
with open_records(home, now=now) as records:
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
    try:
        records.back_up()
    except RecordsError as error:
        print(error)
"""
    assert "no backup was made" in ended(start(code, records.parent))
    assert os.listdir(records.parent / "backups") == [NAME]


def test_a_migration_is_preceded_by_a_backup_for_the_way_back(records, monkeypatch):
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, ("ALTER TABLE attempts ADD COLUMN sure INTEGER",)))
    assert answers(records) == 2
    monkeypatch.undo()
    with pytest.raises(RecordsError, match=r"a newer version .*The newest backup is records-.* records restore"):
        opened(records.parent)
    newest = backups_of(records)[0]
    restoring.restore(records, newest.path, lambda: NOW)
    assert answers(records) == 2


# ------------------------------------------------------------------------------------------------- which

moments = some.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=some.just(timezone.utc))


def made(times, size_bytes=1000) -> list[Backup]:
    names = [Path(f"records-{time:{backups.TIME}}.db") for time in times]
    found = [Backup(path, time, 1, size_bytes) for path, time in zip(names, times, strict=True)]
    return sorted(found, key=lambda one: one.made, reverse=True)


@given(some.lists(moments, unique_by=lambda moment: moment.replace(microsecond=0), min_size=1, max_size=60))
def test_the_last_sessions_and_one_of_each_of_the_last_days_weeks_and_months_are_kept(times):
    there = made([time.replace(microsecond=0) for time in times])
    kept = worth_keeping(there)
    assert set(there[:3]) <= kept and len(kept) <= 3 + 7 + 4 + 12
    assert len({one.made.date() for one in kept}) >= min(7, len({one.made.date() for one in there}))
    assert len({(one.made.year, one.made.month) for one in kept}) >= min(
        12, len({(one.made.year, one.made.month) for one in there})
    )
    assert worth_keeping(sorted(kept, key=lambda one: one.made, reverse=True)) == kept, "what is kept once stays"


def test_a_year_of_sessions_leaves_a_year_of_backups():
    there, now = [], datetime(2026, 12, 31, 20, tzinfo=timezone.utc)
    for session in range(730):
        there = sorted(worth_keeping(made([now + timedelta(hours=12 * session), *(one.made for one in there)])),
                       key=lambda one: one.made, reverse=True)  # fmt: skip
    days = [(there[0].made - one.made).days for one in there]
    assert len(there) <= 26 and days[:3] == [0, 0, 1] and max(days) >= 330, days


def test_backups_too_large_together_still_reach_back():
    there = made([NOW - timedelta(days=day) for day in range(0, 300, 10)], 100)
    kept = sorted(worth_keeping(there, most_bytes=450), key=lambda one: one.made)
    assert len(kept) == 4 and kept[-1] == there[0] and (NOW - kept[0].made).days >= 20
    assert worth_keeping(there, most_bytes=10) == {there[0]}, "the newest in any case"


@pytest.mark.parametrize("later", [timedelta(0), -timedelta(days=400)], ids=["stands still", "goes back"])
def test_where_the_clock_stands_still_or_goes_back_a_backup_that_was_just_made_is_kept(records, later):
    with opened(records.parent) as kept:
        for count in range(40):
            kept.now = lambda count=count: NOW + later * count
            assert kept.back_up().path.exists()
    assert len(backups_of(records)) <= 26


# ------------------------------------------------------------------------------------------------- restore


def test_a_restore_shows_what_is_lost_and_gained_and_keeps_what_was_there(tutor, docs, records):
    told = tutor("records", "restore", "--docs", docs)
    assert told.returncode == 2 and answers(records) == 2, "nobody can be asked"
    assert "Lost: 1 answer of 2026-03-01 09:30 UTC: food/bread (1)" in told.stderr and "Gained: nothing" in told.stderr
    assert f"records restore {NAME} --yes" in told.stderr
    done = tutor("records", "restore", NAME, "--yes", "--json")
    document = json.loads(done.stdout)
    assert document["lost"]["answers"] == 1 and document["gained"]["answers"] == 0 and document["answers"] == 1
    assert answers(records) == 1
    back = tutor("records", "restore", document["kept_as"], "--yes")
    assert back.returncode == 0 and "Gained: 1 answer" in back.stderr and answers(records) == 2


@pytest.mark.parametrize("fault", ["truncated", "newer", "no database", "emptied", "lost"])
def test_a_restore_mends_whatever_became_of_the_file_and_keeps_that_too(tutor, records, fault):
    if fault == "truncated":
        damage(records)
    elif fault == "newer":
        with closing(sqlite3.connect(records)) as plain:
            plain.execute("PRAGMA user_version = 9999")
    elif fault == "no database":
        records.write_bytes(b"my diary\n" * 1000)
    elif fault == "emptied":
        os.truncate(records, 0)
        records.with_name("records.db-wal").write_bytes(b"answers")
    else:
        records.unlink()
    before = records.read_bytes() if records.exists() else b""
    if fault != "lost":
        with pytest.raises(
            DamagedRecords, match=rf"The newest backup is {NAME} of 2026-03-01 09:30 UTC; `ptutor records restore`"
        ):
            opened(records.parent)
    run = tutor("records", "restore", "--yes", "--json")
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert (document["lost"] is None) == (fault != "lost") and document["gained"]["answers"] == 1
    assert answers(records) == 1
    if fault == "lost":
        assert document["kept_as"] is None
    else:
        assert (records.parent / "backups" / document["kept_as"]).read_bytes() == before


def test_a_session_that_is_open_goes_on_with_what_was_restored(records):
    with opened(records.parent) as session:
        restoring.restore(records, backups_of(records)[0].path, lambda: NOW)
        assert session.count() == 1
        session.add(attempt("gas"), Place("food/bread"))
    assert answers(records) == 2


def test_a_backup_that_is_damaged_changes_nothing(records):
    backup = backups_of(records)[0].path
    damage(backup)
    before = records.read_bytes()
    with pytest.raises(RecordsError, match=f"{NAME}: cannot be read: it is damaged"):
        restoring.compare(records, backup)
    with pytest.raises(RecordsError, match=f"{NAME}: cannot be read: it is damaged"):
        restoring.restore(records, backup, lambda: NOW)
    assert records.read_bytes() == before and sorted(os.listdir(records.parent)) == ["backups", "records.db"]


def test_what_is_no_backup_is_refused(tutor, records, tmp_path):
    (tmp_path / "other.db").write_bytes(b"")
    with closing(sqlite3.connect(tmp_path / "strange.db")) as plain:
        plain.execute("CREATE TABLE birds (name)")
    for name, code, said in [
        ("2025", 2, "found no backup of that name"), ("other.db", 6, "an empty file"), ("strange.db", 6, "holds no records"),
    ]:  # fmt: skip
        run = tutor("records", "restore", name, "--yes")
        assert (run.returncode, said in run.stderr) == (code, True), run.stderr
    assert answers(records) == 2


def test_a_name_may_be_a_part_of_one(records):
    with opened(records.parent) as kept:
        kept.back_up()
    assert restoring.chosen_backup(records, "093000-2").name == "records-2026-03-01-093000-2.db"
    assert restoring.chosen_backup(records, None).name == "records-2026-03-01-093000-2.db"
    assert restoring.chosen_backup(records, NAME.removesuffix(".db")).name == NAME
    with pytest.raises(UsageError, match="found 2 backups"):
        restoring.chosen_backup(records, "2026-03")
    shutil.rmtree(records.parent / "backups")
    with pytest.raises(NothingRun, match="found no backup"):
        restoring.chosen_backup(records, None)


def test_doctor_lists_the_backups(tutor, docs, records):
    run = tutor("doctor", "--offline", "--docs", docs)
    assert f"✓ backups   {NAME}  1 answer, " in run.stdout
    damage(backups_of(records)[0].path)
    run = tutor("doctor", "--offline", "--docs", docs)
    assert f"~ backups   {NAME}  cannot be read" in run.stdout


def test_an_emptied_file_with_backups_beside_it_is_refused_and_the_newest_named(tutor, docs, records):
    records.write_bytes(b"")
    for command in (("progress", "--docs", docs), ("topics", "--docs", docs)):
        run = tutor(*command)
        assert run.returncode == 6 and f"is empty, though backups of it are there. The newest backup is {NAME}" in run.stderr
    run = tutor("doctor", "--offline", "--docs", docs)
    assert "✗ records" in run.stdout and "records restore" in run.stdout
    assert records.read_bytes() == b""
    assert tutor("records", "restore", "--yes").returncode == 0 and answers(records) == 1


def test_a_deleted_file_with_backups_is_told_until_there_are_answers_again(tutor, docs, records):
    records.unlink()
    run = tutor("progress", "--docs", docs)
    assert (
        run.returncode == 0
        and run.stderr.count(f"records.db: is not there, though backups beside it hold some. The newest backup is {NAME}") == 1
    )
    assert not records.exists()
    with opened(records.parent) as kept:
        kept.set_setting("daily_limit", 5)
    with opened(records.parent) as kept:
        assert f"holds no answers, though backups beside it hold some. The newest backup is {NAME}" in kept.warning
        kept.back_up()
    with opened(records.parent) as kept:
        assert (
            f"The newest backup with answers is {NAME} of" in kept.warning and f"`ptutor records restore {NAME}`" in kept.warning
        )
        kept.add(attempt())
    with opened(records.parent) as kept:
        assert kept.warning == ""


def test_the_newest_backup_of_a_history_that_was_lost_is_never_pushed_out(records):
    with opened(records.parent) as kept:
        kept.back_up()
    whole = backups_of(records)[0]
    records.unlink()
    for number in range(9):
        with opened(records.parent) as kept:
            if number > 4:
                kept.add(attempt(f"{number}"))
            kept.back_up()
    names = [one.name for one in backups_of(records)]
    assert whole.name in names and NAME not in names and len(names) == 4


# ------------------------------------------------------------------------------------------ the schema's text


def test_a_changed_byte_of_the_schema_is_found_at_the_start_and_the_backups_are_named(records):
    data = records.read_bytes()
    with closing(sqlite3.connect(records)) as plain:
        texts = [row[0].encode() for row in plain.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL")]
    changed = [text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :] for text in texts for at in range(0, len(text), 61)]
    originals = [text for text in texts for _ in range(0, len(text), 61)]
    assert len(changed) > 40 and all(text in data for text in texts)
    for text, other in zip(originals, changed, strict=True):
        records.write_bytes(data.replace(text, other))
        for read_only in (True, False):
            with pytest.raises(DamagedRecords, match=rf"The newest backup is {NAME}"):
                opened(records.parent, read_only=read_only)
    records.write_bytes(data)
    assert answers(records) == 2
