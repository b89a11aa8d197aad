"""What attempts add up to: kept as they come, and the same as when they are all counted again."""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.learner.file import corpora, database, tally_tables
from tutor.learner.file.database import FILE_NAME
from tutor.learner.file.identity import Moves
from tutor.learner.file.tallies import NONE, mastery_of, quarter_of, tallies_of
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.records import open_records
from tutor.learner.schedule import mastery, next_card
from tutor.models import Attempt, Grade, Help, Place
from utils.times import utc

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
ITEMS = ["food/bread:gas", "food/bread:salt", "food/soup:salt"]


def history(seed: int, count: int) -> list[Attempt]:
    """Attempts in sessions that follow one another, by a clock that now and then goes back."""
    chance, at, session, found = random.Random(seed), NOW, 0, []
    for _ in range(count):
        if chance.random() < 0.3:
            session += 1
        at += timedelta(seconds=chance.choice([2, 40, 400, 20_000, 100_000, 900_000, -5000]))
        score, unsure = chance.choice([0.0, 0.5, 1.0]), chance.random() < 0.2
        due = utc(at + timedelta(days=chance.randrange(1, 20)), "seconds") if chance.random() < 0.7 else None
        found.append(
            Attempt(
                chance.choice(ITEMS), "s", "x", Grade(score, unsure=unsure), utc(at),
                chance.choice(["practice", "review", "quiz", "probe", "explain"]), session=str(session), due=due,
                confidence=chance.choice([None, 1, 2, 3]), help=chance.choice([0, 0, Help.HINT, Help.ANSWER]),
                shown=chance.random() < 0.1, predicted=chance.choice([None, 0.0, 0.35, 0.91, 1.0]),
            )
        )  # fmt: skip
    return found


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_the_sums_of_an_item_give_its_mastery_as_all_its_attempts_do(seed, count):
    attempts = history(seed, count)
    sums = {key: one.sums for key, one in tallies_of(attempts).known.items()}
    for keys in (ITEMS, ITEMS[:1], ["food/bread:new"]):
        assert mastery_of(sums, keys) == pytest.approx(mastery(attempts, keys))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_kept_is_what_all_attempts_come_to_also_after_some_were_taken_back(tmp_path, seed):
    chance = random.Random(seed)
    with open_records(tmp_path, now=lambda: NOW) as records:
        for attempt in history(seed, 40):
            records.corpus = chance.choice(["", "aa", "bb"])
            records.add(attempt)
            if chance.random() < 0.2:
                records.undo()
        assert records.faults() == []
        kept = (records.known(), records.quarters(), records.waits())
        recalls = as_rows(records)
        tally_tables.rebuild(records._connection)
        assert records.faults() == []
        assert [str(one) for one in (records.known(), records.waits())] == [str(one) for one in (kept[0], kept[2])]
        assert as_rows(records) == recalls


def as_rows(records) -> list[tuple]:
    """What is kept of recalls, but for what rounding adds."""
    rows = [tuple(row) for row in records._connection.execute("SELECT * FROM recall ORDER BY corpus, lesson, interval, chance")]
    return [(*row[:-2], round(row[-2], 6), round(row[-1], 6)) for row in rows]


@pytest.mark.parametrize("seed", range(12))
def test_what_was_answered_since_a_time_is_found_although_the_clock_went_back(tmp_path, seed):
    with open_records(tmp_path, now=lambda: NOW) as records:
        attempts = [records.add(attempt) for attempt in history(seed, 30)]
        for at in [utc(NOW - timedelta(days=1)), *(one.at for one in attempts), utc(NOW + timedelta(days=4000))]:
            assert records.attempts(since=at) == [one for one in attempts if one.at >= at]
            before = {}
            for number, one in enumerate(attempts):
                if one.at > at and one.item not in before:
                    known = tallies_of(attempts[:number]).known.get(one.item)
                    before[one.item] = known.sums if known else (0.0, 0.0)
            assert records.sums_before(at) == before


def test_what_was_changed_behind_our_back_is_named(tmp_path):
    with open_records(tmp_path, now=lambda: NOW) as records:
        for attempt in history(1, 9):
            records.add(attempt)
        records._connection.execute("UPDATE known SET credit = 7 WHERE item = 'food/bread:gas'")
        records._connection.execute("UPDATE quarters SET answers = answers + 1")
        records._connection.execute("INSERT INTO recall VALUES ('', 'food/soup', 1, 9, 4, 3, 20, 3.6, 1.2)")
        records._connection.execute("DELETE FROM attempts WHERE id = 9")
        named = records.faults()
        assert "what was recalled of food/soup" in named
        assert "item food/bread:gas" in named and any(one.startswith("the answers from 2026-03-01T") for one in named)
        tally_tables.rebuild(records._connection)
        assert records.faults() == []


def asked(days: int, right=True, predicted=None, key=ITEMS[0], **values) -> Attempt:
    """An answer so many days after NOW."""
    at = NOW + timedelta(days=days)
    values = {"session": f"day {days}", "due": utc(at + timedelta(days=1)), **values}
    return Attempt(key, "s", "x", Grade(float(right)), utc(at), "review", predicted=predicted, **values)


def test_what_is_asked_again_is_counted_by_the_days_since_the_review_before_and_by_what_was_predicted():
    attempts = [
        asked(0),
        asked(2, predicted=0.95),
        asked(9, False, 0.9),
        asked(10, predicted=0.4),
        asked(45),
        asked(145, predicted=1.0),
    ]
    recalls = tallies_of(attempts).recalls
    counted = {key[1:]: (one.asked, one.recalled, one.days, round(one.predicted, 2)) for key, one in recalls.items()}
    assert counted == {
        (0, 9): (1, 1, 2, 0.95), (1, 9): (1, 0, 7, 0.9), (0, 4): (1, 1, 1, 0.4),
        (2, NONE): (1, 1, 35, 0.0), (3, 9): (1, 1, 100, 1.0),
    }  # fmt: skip
    assert recalls["food/bread", 1, 9].loss == pytest.approx(-math.log(0.1)) and recalls["food/bread", 0, 4].loss > 0.9


def test_what_is_asked_again_too_soon_or_was_never_finished_is_counted_as_not_measured():
    soon = asked(0, session="another")
    unfinished = [asked(0, False, due=None, key=ITEMS[1]), asked(3, key=ITEMS[1])]
    same_session = [asked(0, key=ITEMS[2]), asked(0, key=ITEMS[2])]
    recalls = tallies_of([asked(0), soon, *unfinished, *same_session]).recalls
    assert {key: (one.asked, one.recalled) for key, one in recalls.items()} == {
        ("food/bread", NONE, NONE): (2, 0),
    }


def test_an_item_that_is_renamed_onto_another_takes_what_was_recalled_along(tmp_path):
    with open_records(tmp_path, now=lambda: NOW) as records:
        records.corpus = "aa"
        for attempt in [
            asked(0),
            asked(5, predicted=0.9),
            asked(1, key=ITEMS[2]),
            asked(5, key=ITEMS[2]),
            asked(11, key=ITEMS[2]),
        ]:
            records.add(attempt)
        corpora.carry_out(records._connection, "aa", Moves({}, {ITEMS[2]: ITEMS[0]}, []), utc(NOW))
        assert records.faults() == [] and {key[0] for key in records.recalls()} == {"food/bread"}
        counted = {key[1:]: one.asked for key, one in records.recalls().items()}
        assert counted == {(1, 9): 1, (NONE, NONE): 1, (1, NONE): 2}, "one came before the answer that stands above it"


def test_an_attempt_and_what_it_adds_are_stored_together_or_not_at_all(tmp_path, monkeypatch):
    with open_records(tmp_path, now=lambda: NOW) as records:
        records.add(history(1, 1)[0])
        monkeypatch.setattr(tally_tables, "_put_sums", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.add(replace(history(1, 1)[0], session="other"))
        assert records.count() == 1 and records.faults() == []


def test_every_zone_has_its_days_begin_with_a_quarter_of_an_hour():
    assert [quarter_of(f"2026-03-01T09:{minute:02}:59.000Z") for minute in (0, 14, 15, 59)] == [
        "2026-03-01T09:00", "2026-03-01T09:00", "2026-03-01T09:15", "2026-03-01T09:45",
    ]  # fmt: skip


# What a file of the version before sums were kept holds, as that version wrote it.
OLD_ROW = (
    "INSERT INTO attempts "
    "(uid, session, item, section, lesson, answer, grade, score, unaided, shown, hints, mode, at, due, draw) VALUES "
    "(?, ?, ?, 's', 'food/bread', 'x', ?, 1, 1, 0, 0, 'review', ?, ?, 2)"
)
OLD_CARD = "INSERT INTO cards (item, lesson, due, card, attempt) VALUES (?, 'food/bread', ?, ?, 1)"
OLD_PLACE = "INSERT INTO places (lesson, place, at) VALUES ('food/bread', ?, ?)"


def old_file(home) -> None:
    """A file of schema 4 with attempts, a card and a place."""
    home.mkdir(parents=True)
    with closing(sqlite3.connect(home / FILE_NAME)) as plain:
        plain.row_factory = sqlite3.Row
        plain.isolation_level = None
        with pytest.MonkeyPatch.context() as earlier:
            earlier.setattr(database, "MIGRATIONS", database.MIGRATIONS[:4])
            database._migrate(plain)
        for number, attempt in enumerate(history(3, 30)):
            grade = '{"score": 1}' if number % 3 else "{oops"  # a row that nobody can read stops nothing
            plain.execute(OLD_ROW, (str(number), attempt.session, attempt.item, grade, attempt.at, attempt.due))
        card = next_card(ITEMS[0], None, "missed", NOW, by=DEFAULTS)
        plain.execute(OLD_CARD, (card.item, card.due, json.dumps(asdict(card))))
        plain.execute(OLD_PLACE, (json.dumps(asdict(Place("food/bread", "yeast"))), utc(NOW)))


def test_a_file_from_before_sums_were_kept_is_counted_when_it_is_opened(tmp_path):
    old_file(tmp_path / "home")
    for read_only in (True, False):
        with open_records(tmp_path / "home", now=lambda: NOW, read_only=read_only) as records:
            assert records.count() == 30 and records.faults() == []
            assert sum(quarter.answers for quarter in records.quarters().values()) == 20
            assert records.card(ITEMS[0]) and records.place("food/bread").section == "yeast"
            assert {card.item for card in records.cards()} == set(ITEMS), "answers from before there were dates got one"


KILLED = """
import os, signal, sys
from datetime import datetime, timezone
from pathlib import Path
from tutor.learner.file import database
from tutor.learner.records import open_records
home, left = Path(sys.argv[1]), int(sys.argv[2])
connect = database._connect
def killed(name, uri=False):
    connection, seen = connect(name, uri), []
    def trace(statement):
        seen.append(statement)
        if len(seen) > left:
            os.kill(os.getpid(), signal.SIGKILL)
    connection.set_trace_callback(trace)
    return connection
database._connect = killed
open_records(home, now=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc)).close()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_kill_anywhere_in_that_migration_loses_nothing(tmp_path):
    old_file(tmp_path / "old")
    codes = []
    for number, left in enumerate(range(8, 200, 9)):
        home = tmp_path / str(number)
        shutil.copytree(tmp_path / "old", home)
        codes.append(subprocess.run([sys.executable, "-c", KILLED, str(home), str(left)], cwd=ROOT).returncode)
        with open_records(home, now=lambda: NOW) as records:
            assert records.count() == 30 and records.faults() == []
            assert records.card(ITEMS[0]) and records.place("food/bread").section == "yeast"
    assert codes.count(-signal.SIGKILL) >= 10
