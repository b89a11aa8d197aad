"""What a learner's records add up to."""

from __future__ import annotations

import json
import random
import re
from datetime import date, datetime, timedelta, timezone

import pytest

from tutor.learner import progress
from tutor.learner.file.tallies import tallies_of
from tutor.learner.progress import calendar, days_of, duration, forecast, progress_of
from tutor.models import Attempt, Card, Grade
from utils.times import utc

BERLIN = timezone(timedelta(hours=1))
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=BERLIN)


def answered(day, item="l:a", right=True, due=None, hour="10:00:00", **values):
    at = f"2026-03-{day:02}T{hour}.000Z"
    return Attempt(item, "s", "x", Grade(float(right)), at, "practice", session=f"d{day}", due=due, **values)


def streak(attempts, now):
    tallies = tallies_of(attempts)
    return progress.streak(days_of(tallies.quarters, now), tallies.waits, now)


def seconds_spent(attempts):
    return progress_of(tallies_of(attempts), [], {}, NOW).seconds


def test_a_streak_counts_the_days_up_to_today_or_yesterday():
    assert streak([answered(day) for day in (7, 8, 9)], NOW) == 3
    assert streak([answered(day, hour="08:00:00") for day in (8, 9, 10)], NOW + timedelta(hours=2)) == 3
    assert streak([], NOW) == 0


def test_a_day_on_which_something_waited_breaks_the_streak_and_one_with_nothing_due_does_not():
    quiet = [answered(6, due="2026-03-09T00:00:00Z"), answered(9)]
    assert streak(quiet, NOW) == 2
    waiting = [answered(6, due="2026-03-07T12:00:00Z"), answered(9)]
    assert streak(waiting, NOW) == 1


def test_a_day_is_the_learners_own():
    late = answered(8, hour="23:30:00")  # the 9th in Berlin
    assert progress_of(tallies_of([late]), [], {}, NOW).by_day == {"2026-03-09": 1}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"])
def test_days_of_many_times_are_those_of_each_also_where_the_clocks_change(zone):
    now = datetime(2018, 11, 4, 9, 0, tzinfo=pytest.importorskip("zoneinfo").ZoneInfo(zone))
    chance = random.Random(zone)
    times = [utc(now + timedelta(minutes=15 * chance.randrange(-20_000, 20_000))) for _ in range(600)]
    days = progress.Days(now)
    for at in (*times, *sorted(times)):
        assert days.day_of(at) == progress.day_of(at, now)


def test_the_forecast_counts_what_is_overdue_for_today_and_leaves_out_what_is_set_aside():
    soon = "2026-03-12T08:00:00Z"
    cards = [Card("l:a", "", "2026-03-01T00:00:00Z"), Card("l:b", "", soon), Card("l:c", "", soon, leech=True)]
    ahead = dict(forecast(cards, NOW))
    assert ahead["2026-03-10"] == 1 and ahead["2026-03-12"] == 1 and len(ahead) == 14


def test_calibration_sets_how_sure_against_how_right():
    wrong = [answered(1, confidence=level, right=False) for level in (3, 1)]
    attempts = [answered(1, confidence=3), *wrong, answered(1)]
    assert progress_of(tallies_of(attempts), [], {}, NOW).calibration == [("a guess", 1, 0.0), ("sure", 2, 0.5)]


def test_time_is_what_lies_between_answers_with_long_pauses_cut():
    attempts = [answered(1, hour="10:00:00"), answered(1, hour="10:01:00"), answered(1, hour="12:00:00")]
    assert seconds_spent(attempts) == 30 + 60 + 300
    assert duration(seconds_spent(attempts)) == "6 min" and duration(7300) == "2 h 1 min"


def test_mastery_is_given_with_its_change_within_a_week():
    attempts = [answered(1), answered(9, item="l:b")]
    items = {"l": [("l:a", "s"), ("l:b", "t")], "m": [("m:a", "s")]}
    one = progress_of(tallies_of(attempts), [], items, NOW, week_ago={"l:b": (0.0, 0.0)})
    assert one.mastery["m"] == 0 and "m" not in one.trend
    assert one.trend["l"] == 0.5 and one.mastery["l"] == 1.0 and set(one.sections["l"]) == {"s", "t"}


def test_a_year_fits_in_eighty_columns_and_shades_days_by_answers():
    rows = calendar({"2026-03-09": 1, "2026-03-08": 7, "2026-03-07": 12, "2026-03-06": 30}, date(2026, 3, 10))
    assert len(rows) == 8 and max(map(len, rows)) <= 60
    assert rows[1].endswith("░") and rows[7].endswith("▒") and rows[6].endswith("▓") and rows[5].endswith("█")
    assert "Mar" in rows[0] and "Jan" in rows[0]


def test_the_command_shows_it_on_eighty_columns_and_as_json(tutor, docs, tmp_path):
    assert "No lesson begun yet." in tutor("progress", "--docs", docs).stdout
    script = tmp_path / "s.yaml"
    script.write_text('topic: bread\nsteps:\n  - next\n  - answer: "1"\n  - answer: "1"\n  - quit\n', encoding="utf-8")
    assert tutor("learn", "--docs", docs, "--script", script, "--seed", 1).returncode == 0
    run = tutor("progress", "--docs", docs, COLUMNS="80")
    assert "Mastery" in run.stdout and "Bread" in run.stdout and max(map(len, run.stdout.splitlines())) <= 80
    assert re.search(r"Retention\n +100 % of \d questions? would come to mind today, \d+ % in 30 days", run.stdout)
    document = json.loads(tutor("progress", "--docs", docs, "--json").stdout)
    assert {"streak_days", "attempts", "due", "mastery", "by_day"} <= set(document)
    assert document["attempts"] >= 1 and document["mastery"]["food/bread"] >= 0
