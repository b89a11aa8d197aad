"""The learner's records: what is kept, in what order, and what is said when the file fails."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tutor.learner.file import database
from tutor.learner.file.rows import grade_from_json, place_from_json
from tutor.learner.records import open_records
from tutor.models import Attempt, Evidence, Grade, Help, Met, Place, Round
from utils.errors import ExitCode, RecordsError

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals, limits and modes of POSIX")

# What every child process of these tests begins with.
CHILD = """
import os, signal, sys
from datetime import datetime, timezone
from pathlib import Path
from tutor.learner.file import database
from tutor.learner.records import open_records
from utils.errors import RecordsError
from tutor.models import Attempt, Grade, Place
now = lambda: datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
def attempt(answer, session="s"):
    at = "2026-03-01T09:30:00.000Z"
    return Attempt("food/bread:gas", "yeast", answer, Grade(1.0), at, "practice", session=session)
home = Path(sys.argv[1])
"""


def start(code: str, *arguments) -> subprocess.Popen:
    command = [sys.executable, "-W", "error", "-c", CHILD + code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(child: subprocess.Popen) -> str:
    """What the child printed; its errors are ours."""
    out, err = child.communicate(timeout=60 * int(os.environ.get("STORE_FAULTS_RUNS", 1)))  # which has more done by one
    assert not err, err
    return out


def opened(home, **options):
    return open_records(home, now=lambda: NOW, **options)


def attempt(item="gas", score=1.0, session="one", lesson="food/bread", **given) -> Attempt:
    return Attempt(
        item=f"{lesson}:{item}", section="yeast", answer="carbon dioxide", grade=Grade(score),
        at="2026-03-01T09:30:00.000Z", mode="practice", session=session, **given,
    )  # fmt: skip


def plain_sqlite(home: Path) -> sqlite3.Connection:
    """The file as SQLite alone sees it."""
    return closing(sqlite3.connect(home / "records.db"))


def answers_of(home: Path) -> list[str]:
    with opened(home) as records:
        return [past.answer for past in records.attempts()]


# ------------------------------------------------------------------------------------------------ what is kept


def test_an_attempt_comes_back_as_it_was_with_the_number_it_was_given(home):
    given = replace(
        attempt(seed=7, hints=1, shown=True, score=0.5, help=Help.STEP),
        answer="CO₂ 🙂 'quoted'; DROP TABLE attempts\x00",
        grade=Grade(0.5, (Met("gas", "CO₂"),), ("rises",), "Half of it.", unsure=True, heard="air-lifts"),
    )
    with opened(home) as records:
        assert records.add(given) == replace(given, id=1)
        assert records.add(attempt()).id == 2
    with opened(home) as records:
        assert records.attempts()[0] == replace(given, id=1)


def test_an_answer_in_no_encoding_at_all_is_kept_with_replacements(home):
    with opened(home) as records:
        records.add(replace(attempt(), answer="a\udcffb", grade=Grade(0, feedback="a\udcffb")))
        assert records.attempts()[0].answer == "a?b"


def test_attempts_are_found_by_lesson_section_and_item_in_the_order_they_came_whatever_the_clock_says(home):
    with opened(home) as records:
        later = replace(attempt("gas"), at="2027-01-01T00:00:00.000Z")
        for given in (later, attempt("salt"), attempt("gas"), attempt(lesson="food/soup")):
            records.add(given)
        assert [past.id for past in records.attempts()] == [1, 2, 3, 4]
        assert [past.id for past in records.attempts(item="food/bread:gas")] == [1, 3]
        assert [past.id for past in records.attempts(lesson="food/soup")] == [4]
        assert records.attempts(lesson="food/soup", section="salt") == []
        assert len(records.attempts(session="one")) == 4 and records.attempts(session="other") == []
        assert records.lessons_tried() == {"food/bread", "food/soup"}
        assert records.count() == 4 and records.count(session="one") == 4 and records.count(session="two") == 0


def test_a_place_comes_back_to_the_very_question(home):
    place = Place(
        "food/bread", "yeast", "practice", page=2, done=["salt"], session="one",
        round=Round("practice", seed=9, queue=["gas"], hints=1, tries=2, draws={"gas": 1}, again=["eats"], outcomes={}),
    )  # fmt: skip
    with opened(home) as records:
        records.add(attempt(), place)
    with opened(home) as records:
        assert records.place("food/bread") == place == records.last_place()


def test_the_last_place_is_the_one_kept_last_in_a_lesson_not_finished_even_when_the_clock_goes_back(home):
    times = iter([NOW, NOW - timedelta(days=365), NOW - timedelta(days=366), NOW - timedelta(days=1)])
    with open_records(home, now=lambda: next(times)) as records:
        records.keep_place(Place("food/bread"))
        records.keep_place(Place("food/soup"))
        assert records.last_place().lesson == "food/soup"
        records.keep_place(Place("food/bread", stage="explain"))
        assert records.last_place() == Place("food/bread", stage="explain")
        records.keep_place(Place("food/bread", stage="finished"))
        assert records.last_place().lesson == "food/soup"
        assert records.place("food/bread").stage == "finished"


def test_settings_are_plain_values_with_a_default(home):
    with opened(home) as records:
        assert records.setting("daily_limit", 20) == 20
        records.set_setting("daily_limit", 5)
        records.set_setting("daily_limit", [1, "two", None])
    with opened(home) as records:
        assert records.setting("daily_limit") == [1, "two", None]


def test_fields_of_a_newer_version_are_passed_over_and_missing_ones_take_their_default():
    place = {**asdict(Place("a/b", round=Round("probe"))), "mood": "good"}
    place["round"] = {"mode": "probe", "colour": "red"}
    assert place_from_json(json.dumps(place)) == Place("a/b", round=Round("probe"))
    assert grade_from_json('{"score": 1, "met": [{"point": "p", "weight": 2}], "new": 1}') == Grade(1, (Met("p"),))


def test_missed_items_are_those_whose_latest_session_ended_in_a_miss_oldest_first(home):
    with opened(home) as records:
        for given in [
            attempt("mended", 0, "one"),
            attempt("skipped", 0, "one", shown=True),
            attempt("helped", 0, "one"),
            attempt("helped", 1, "one", hints=1),
            attempt("half", 0.5, "one"),
            attempt("forgotten", 1, "one"),
            attempt("mended", 1, "two"),
            attempt("forgotten", 0, "two"),
            attempt("now", 0, "three"),
            attempt("gas", 0, "one", lesson="food/soup"),
        ]:
            records.add(given)
        assert records.missed_items("food/bread", before_session="three") == ["skipped", "half", "forgotten"]
        assert records.missed_items("food/bread") == ["skipped", "half", "forgotten", "now"]
        records.add(attempt("skipped", 0, "three"))
        assert records.missed_items("food/bread", before_session="three") == ["half", "forgotten"]
        assert records.missed_items("food/bread", before_session="four") == ["half", "forgotten", "now", "skipped"]


@needs_posix
def test_the_folder_and_the_file_are_the_learner_s_alone(home):
    opened(home / "deep").close()
    assert stat.S_IMODE((home / "deep").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "deep" / "records.db").stat().st_mode) == 0o600


def test_the_file_is_in_wal_mode_with_strict_tables_and_full_synchronization(home):
    with opened(home) as records, plain_sqlite(home) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        strict = {row[1] for row in plain.execute("PRAGMA table_list") if row[5]}
        identity = {"corpora", "items", "lessons", "moves"}
        tallies = {"known", "quarters", "waits", "recall"}
        assert strict == {"appeals", "attempts", "cards", "evidence", "places", "settings", *identity, *tallies}
        assert records._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert records._connection.execute("PRAGMA busy_timeout").fetchone()[0] == 30_000


# ---------------------------------------------------------------------------------------- commands that only look


def test_looking_where_there_are_no_records_makes_nothing(home):
    with opened(home, read_only=True) as records:
        assert records.attempts() == [] and records.last_place() is None and records.missed_items("food/bread") == []
        assert records.description() == f"{home / 'records.db'}, no answers yet"
        with pytest.raises(RecordsError, match="answer NOT saved: the records were opened for reading only"):
            records.add(attempt())
    assert not home.exists()


def test_looking_sees_what_a_session_under_way_has_stored(home):
    with opened(home) as session:
        session.add(attempt())
        with opened(home, read_only=True) as records:
            assert records.count() == 1
            assert records.description() == f"{home / 'records.db'}, answers: 1, lessons: 1"


def test_looking_at_an_older_schema_migrates_the_file_once_after_a_backup(home, monkeypatch):
    with opened(home) as records:
        records.add(attempt())
    added = (*database.MIGRATIONS, ("ALTER TABLE attempts ADD COLUMN sure INTEGER",))
    monkeypatch.setattr(database, "MIGRATIONS", added)
    with opened(home, read_only=True) as records:
        assert records.count() == 1
        with pytest.raises(RecordsError, match="answer NOT saved: the records were opened for reading only"):
            records.add(attempt())
    with plain_sqlite(home) as plain:
        assert plain.execute("PRAGMA user_version").fetchone()[0] == len(added)
    assert len(os.listdir(home / "backups")) == 1
    with opened(home, read_only=True) as records:
        assert records.count() == 1
    assert len(os.listdir(home / "backups")) == 1


def test_an_older_schema_of_which_no_backup_can_be_made_is_looked_at_and_left_as_it_is(home, monkeypatch):
    with opened(home) as records:
        records.add(attempt())
    (home / "backups").write_text("a file where the folder belongs")
    added = (*database.MIGRATIONS, ("ALTER TABLE attempts ADD COLUMN sure INTEGER",))
    monkeypatch.setattr(database, "MIGRATIONS", added)
    with opened(home, read_only=True) as records:
        assert records.count() == 1
    with plain_sqlite(home) as plain:
        assert plain.execute("PRAGMA user_version").fetchone()[0] == len(added) - 1


@pytest.mark.parametrize("version", range(len(database.MIGRATIONS)))
@pytest.mark.parametrize("read_only", [True, False])
def test_answers_kept_by_each_earlier_version_are_read_and_need_no_help(home, monkeypatch, version, read_only):
    home.mkdir()
    with monkeypatch.context() as earlier, plain_sqlite(home) as plain:
        plain.isolation_level = None
        earlier.setattr(database, "MIGRATIONS", database.MIGRATIONS[:version])
        database._migrate(plain)
        if version:
            plain.execute(
                "INSERT INTO attempts "
                "(uid, session, item, section, lesson, answer, grade, score, unaided, shown, hints, mode, at) VALUES "
                "('u', 's', 'food/bread:gas', 'yeast', 'food/bread', 'air', '{\"score\": 1}', 1, 0, 0, 1, 'practice', ?)",
                ("2026-03-01T09:30:00.000Z",),
            )
    with opened(home, read_only=read_only) as records:
        assert [(past.answer, past.hints, past.help) for past in records.attempts()] == [("air", 1, 0)] * bool(version)
        assert records.evidence() == []


# ----------------------------------------------------------------------------------------------------- evidence


def shown(misconception="air-lifts", item="gas", kind=Evidence.SHOWN) -> Evidence:
    return Evidence(misconception, kind, f"food/bread:{item}", "yeast", "2026-03-01T09:30:00.000Z")


def test_what_an_answer_shows_is_stored_with_it_and_read_in_its_order(home):
    with opened(home) as records:
        records.add(attempt(), evidence=[shown(), shown("a wrong belief without an id")])
        records.add(attempt("salt"), evidence=[shown(item="salt", kind=Evidence.RESOLVED)])
    with opened(home, read_only=True) as records:
        assert records.evidence() == [
            replace(shown(), attempt=1),
            replace(shown("a wrong belief without an id"), attempt=1),
            replace(shown(item="salt", kind=Evidence.RESOLVED), attempt=2),
        ]
        assert {one.lesson for one in records.evidence()} == {"food/bread"}


def test_an_answer_that_is_taken_back_takes_its_evidence_with_it(home):
    with opened(home) as records:
        records.add(attempt(), evidence=[shown("kept")])
        records.add(attempt(), evidence=[shown("gone")])
        records.undo()
        assert [one.misconception for one in records.evidence()] == ["kept"]


def test_an_appeal_that_stands_takes_back_what_the_answer_seemed_to_show_and_one_that_fails_leaves_it(home):
    at = "2026-03-01T09:31:00.000Z"
    with opened(home) as records:
        wrong = records.add(attempt(score=0), evidence=[shown()])
        right = records.add(attempt("salt"), evidence=[shown(item="salt", kind=Evidence.RESOLVED)])
        records.add_appeal(wrong, Grade(0.5), at)
        records.add_appeal(right, Grade(1.0), at)
        assert len(records.evidence()) == 2
        records.add_appeal(wrong, Grade(1.0), at)
        assert [one.attempt for one in records.evidence()] == [right.id]
        records.add_appeal(right, Grade(0.0), at)
        assert records.evidence() == []


def test_evidence_is_forgotten_by_its_misconception_and_the_answers_stay(home):
    with opened(home) as records:
        records.add(attempt(), evidence=[shown(), shown("other")])
        assert records.forget_evidence("air-lifts") == 1 and records.forget_evidence("air-lifts") == 0
        assert [one.misconception for one in records.evidence()] == ["other"] and records.count() == 1


def test_an_answer_that_is_not_stored_leaves_no_evidence(home, monkeypatch):
    with opened(home) as records:
        monkeypatch.setattr(records, "_put_evidence", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.add(attempt(), evidence=[shown()])
        assert records.count() == 0 and records.evidence() == []


# ----------------------------------------------------------------------------------------------------- faults


def unchanged(path: Path):
    """A context that asserts that a file holds the same bytes when it is left."""

    class Watch:
        def __enter__(self):
            self.before = path.read_bytes()

        def __exit__(self, *failure):
            assert path.read_bytes() == self.before

    return Watch()


@pytest.mark.parametrize("read_only", [False, True])
def test_records_of_a_newer_version_are_refused_and_left_alone(home, read_only):
    opened(home).close()
    with plain_sqlite(home) as plain:
        plain.execute("PRAGMA user_version = 9999")
    said = r"a newer version of the tutor wrote it \(schema 9999, this one knows 6\)\. Nothing was changed\."
    with unchanged(home / "records.db"), pytest.raises(RecordsError, match=said) as caught:
        opened(home, read_only=read_only)
    assert caught.value.exit_code == ExitCode.RECORDS


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused_and_left_alone(home, read_only):
    home.mkdir()
    (home / "records.db").write_bytes(b"my diary, not a database\n" * 200)
    said = r"records\.db: .*it is not a database.*Move it away"
    with unchanged(home / "records.db"), pytest.raises(RecordsError, match=said):
        opened(home, read_only=read_only)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_truncated_file_is_refused_and_left_alone(home, kept, read_only):
    with opened(home) as records:
        for _ in range(30):
            records.add(attempt())
    path = home / "records.db"
    os.truncate(path, int(path.stat().st_size * kept))
    with unchanged(path), pytest.raises(RecordsError, match=r"cannot be opened: it is damaged .*a good copy"):
        opened(home, read_only=read_only)


def test_damage_inside_the_file_is_found_at_the_start(home):
    with opened(home) as records:
        for _ in range(50):
            records.add(attempt())
    with (home / "records.db").open("r+b") as file:
        file.seek(2 * 4096 + 8)
        file.write(b"\xff" * 2000)
    with pytest.raises(RecordsError, match="it is damaged"):
        opened(home)


def test_damage_that_only_shows_in_the_middle_of_a_session_is_told_as_such(home, monkeypatch):
    with opened(home) as records:
        for _ in range(300):
            records.add(attempt())
    with (home / "records.db").open("r+b") as file:
        file.seek(30 * 4096)
        file.write(b"\xff" * 4 * 4096)
    monkeypatch.setattr(database, "QUICK_CHECK_BYTES", 0)  # as with a large file that was closed cleanly
    with opened(home) as records, pytest.raises(RecordsError, match="cannot be read: it is damaged"):
        records.attempts()


def test_a_row_that_is_not_valid_is_named(home):
    with opened(home) as records:
        records.add(attempt())
        records.keep_place(Place("food/bread"))
    with plain_sqlite(home) as plain:
        plain.execute("UPDATE attempts SET grade = '{oops'")
        plain.execute("UPDATE places SET place = '[]'")
        plain.commit()
    with opened(home) as records:
        with pytest.raises(RecordsError, match=r"records\.db: attempt 1 is not valid"):
            records.attempts()
        with pytest.raises(RecordsError, match="the place in food/bread is not valid"):
            records.last_place()


def test_an_empty_file_is_a_new_database_only_when_no_log_stands_beside_it(home):
    home.mkdir()
    (home / "records.db").touch()
    with opened(home, read_only=True) as records:
        assert records.count() == 0
    with opened(home) as records:
        records.add(attempt())
    os.truncate(home / "records.db", 0)
    (home / "records.db-wal").write_bytes(b"answers")
    for read_only in (False, True):
        with unchanged(home / "records.db-wal"), pytest.raises(RecordsError, match=r"is empty, but its log"):
            opened(home, read_only=read_only)


def test_another_program_that_holds_the_file_is_named_after_the_wait(home, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with opened(home) as records, plain_sqlite(home) as other:
        records.add(attempt())
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsError, match=r"answer NOT saved: another program keeps it busy .*Close"):
            records.add(attempt())
        with opened(home, read_only=True) as reader:
            assert reader.count() == 1, "looking is not held up by a writer"
        other.execute("ROLLBACK")
        assert records.add(attempt()).id == 2


def test_a_database_that_another_program_has_for_itself_is_not_opened(home, monkeypatch):
    opened(home).close()
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with plain_sqlite(home) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("DELETE FROM attempts")
        other.commit()
        with pytest.raises(RecordsError, match="cannot be opened: another program keeps it busy"):
            opened(home)


def test_a_home_that_cannot_be_made_says_why_and_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordsError, match=r"your records can't be kept there: .*Name another folder with --home"):
        opened(tmp_path / "file" / "home")
    with pytest.raises(RecordsError, match="File exists"):
        opened(tmp_path / "file")


def test_a_full_database_says_that_the_answer_was_not_saved_and_keeps_the_earlier_ones(home):
    with opened(home) as records:
        place = Place("food/bread", page=1)
        records.add(attempt(), place)
        pages = records._connection.execute("PRAGMA page_count").fetchone()[0]
        records._connection.execute(f"PRAGMA max_page_count = {pages}")
        big = replace(attempt(), answer="x" * 100_000)
        with pytest.raises(RecordsError, match=r"records.db: answer NOT saved: the disk is full .*Free some space"):
            records.add(big, replace(place, page=2))
        assert records.place("food/bread").page == 1, "the place goes with its answer"
        assert records.add(attempt()).id == 2
    assert len(answers_of(home)) == 2


@needs_posix
def test_a_disk_that_fills_up_loses_no_acknowledged_answer(home):
    code = """
import resource
with open_records(home, now=now) as records:
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    stored = 0
    try:
        while True:
            records.add(attempt("x" * 1000))
            stored += 1
    except RecordsError as error:
        print(stored, error)
"""
    stored, said = ended(start(code, home)).split(" ", 1)
    assert "answer NOT saved: the disk is full" in said
    assert len(answers_of(home)) == int(stored) > 10


@needs_posix
@pytest.mark.parametrize("newer", [0, 1])
def test_read_only_records_can_be_looked_at_and_refuse_to_be_written(newer):
    # As root every file is writable, so that the child becomes nobody; what it needs is loaded before.
    code = """
import sqlite3, zoneinfo, urllib.parse
if os.geteuid() == 0:
    os.setuid(65534)
try:
    open_records(home, now=now)
except RecordsError as error:
    print(error)
database.MIGRATIONS = (*database.MIGRATIONS, *[("ALTER TABLE attempts ADD COLUMN sure INTEGER",)] * int(sys.argv[2]))
with open_records(home, now=now, read_only=True) as records:
    print(records.count(), sorted(os.listdir(home)))
"""
    home = Path(tempfile.mkdtemp())  # tmp_path stands below a folder that nobody else may enter
    try:
        with opened(home) as records:
            records.add(attempt())
        (home / "records.db").chmod(0o444)
        home.chmod(0o555)
        out = ended(start(code, home, newer))
    finally:
        home.chmod(0o755)
        shutil.rmtree(home)
    assert "records.db: answers cannot be saved: records.db is read-only. Make the file and its folder writable" in out
    assert out.endswith("1 ['records.db']\n")


# --------------------------------------------------------------------------------- many processes, and kills


def test_eight_processes_of_a_hundred_answers_each_make_800_rows_in_a_new_database(home):
    code = """
with open_records(home, now=now) as records:
    for number in range(100):
        records.add(attempt(str(number), session=sys.argv[2]), Place("food/bread", page=number))
"""
    children = [start(code, home, worker) for worker in range(8)]
    assert [ended(child) for child in children] == [""] * 8
    with opened(home) as records:
        assert records.count() == 800
        assert [records.count(session=str(worker)) for worker in range(8)] == [100] * 8


# A process for each statement, forked from one that has imported all; it prints how each ended.
KILLED_AT_STATEMENT = """
import sqlite3
connect = sqlite3.connect
def count(statement):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
def counting(*arguments, **options):
    connection = connect(*arguments, **options)
    connection.set_trace_callback(count)
    return connection
sqlite3.connect = counting
if len(sys.argv) > 2:
    database.MIGRATIONS = (*database.MIGRATIONS, tuple(sys.argv[2:]))
for left in range(120):
    if not os.fork():
        open_records(home / str(left), now=now).close()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@needs_posix
@pytest.mark.parametrize(
    "added",
    [(), ("ALTER TABLE attempts ADD COLUMN sure INTEGER", "UPDATE attempts SET sure = 1")],
    ids=["the first one", "one over rows"],
)
def test_a_kill_at_any_statement_of_a_migration_loses_nothing(tmp_path, monkeypatch, added):
    old = tmp_path / "old"
    if added:
        with opened(old) as records:
            records.add(attempt(), Place("food/bread"))
        monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, added))
    for statement in range(120 if added else 0):
        shutil.copytree(old, tmp_path / str(statement))
    codes = [int(code) for code in ended(start(KILLED_AT_STATEMENT, tmp_path, *added)).split()]
    for statement, code in enumerate(codes):
        home = tmp_path / str(statement)
        with opened(home) as records:
            assert records.count() == (1 if added else 0)
            assert records._connection.execute("PRAGMA user_version").fetchone()[0] == len(database.MIGRATIONS)
            if added:
                assert [row["sure"] for row in records._read("SELECT sure FROM attempts")] == [1]
            records.add(attempt())
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert 10 < statement < 119, "every statement was reached"


STORING = """
with open_records(home, now=now) as records:
    while True:
        print(records.add(attempt("a"), Place("food/bread")).id, flush=True)
"""


@needs_posix
def test_no_acknowledged_answer_is_lost_to_kills_at_random_moments(home):
    chance = random.Random(1)
    last = 0
    for _ in range(8):
        with start(STORING, home) as child:
            said = child.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            child.kill()
            said += child.stdout.read()
            assert not child.stderr.read()
        last = max(last, *(int(line) for line in said.splitlines(keepends=True) if line.endswith("\n")))
        with plain_sqlite(home) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ids = [row[0] for row in plain.execute("SELECT id FROM attempts ORDER BY id")]
            assert ids == list(range(1, len(ids) + 1)) and last <= len(ids) <= last + 1
            last = len(ids)  # a kill may come between storing an answer and saying so


@needs_posix
def test_a_log_that_vanished_after_a_kill_is_told_and_what_is_left_opens(home):
    child = start(STORING, home)
    child.stdout.readline()
    child.kill()
    ended(child)
    (home / "records.db-wal").unlink()
    with opened(home) as records:
        assert "did not end cleanly and its log is gone: its last answers may be missing" in records.warning
        records.add(attempt())
    with opened(home) as records:
        assert records.warning == "" and records.count() >= 1


def test_an_interrupted_write_leaves_nothing_half_done(home, monkeypatch):
    with opened(home) as records:

        def interrupt(*arguments):
            raise KeyboardInterrupt

        monkeypatch.setattr(records, "_put_place", interrupt)
        with pytest.raises(KeyboardInterrupt):
            records.add(attempt(), Place("food/bread"))
        monkeypatch.undo()
        assert records.count() == 0
        assert records.add(attempt(), Place("food/bread")).id == 1
