"""What would come to mind: FSRS's estimates for the days ahead, and what was measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from tutor.learner import retention
from tutor.learner.file.tallies import tallies_of
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.retention import CURVE_DAYS, retention_of
from tutor.learner.schedule import next_card, retrievability
from tutor.models import Attempt, Grade
from utils.times import utc

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=1)))


def learned(item: str, *days_ago: int, rating: str = "unaided"):
    """The card of an item that was asked on these days."""
    card = None
    for days in days_ago:
        card = next_card(item, card, rating, NOW - timedelta(days=days), by=DEFAULTS)
    return card


def answered(days_ago: int, item="l:a", right=True, session="", due="x", **values) -> Attempt:
    at = NOW - timedelta(days=days_ago)
    due = utc(at + timedelta(days=1)) if due else None
    session = session or f"{days_ago} days ago"
    return Attempt(item, "s", "x", Grade(float(right)), utc(at), values.pop("mode", "review"), session=session, due=due, **values)


def recalled(attempts):
    return retention.recalled(tallies_of(attempts).quarters.values())


def test_the_curve_is_the_mean_of_what_fsrs_says_of_each_item():
    cards = [learned("l:a", 20, 17, 9), learned("l:b", 3), learned("m:c", 6, rating="missed")]
    kept = retention_of([], cards, NOW, DEFAULTS)
    for days in (0, 30, 60):
        moment = NOW + timedelta(days=days)
        mean = sum(retrievability(card.memory, moment, DEFAULTS) for card in cards) / 3
        assert abs(kept["curve"][moment.date().isoformat()] - mean) < 0.001
    assert kept["items"] == 3 and len(kept["curve"]) == len(CURVE_DAYS)


def test_the_curve_falls_day_by_day_and_each_lesson_has_its_own_ends():
    kept = retention_of([], [learned("l:a", 20, 17, 9), learned("m:c", 3, rating="missed")], NOW, DEFAULTS)
    shares = list(kept["curve"].values())
    assert shares == sorted(shares, reverse=True) and 0 < shares[-1] < shares[0] <= 1
    assert kept["lessons"]["l"][1] > kept["lessons"]["m"][1]
    assert kept["stability_days"]["l:a"] > kept["stability_days"]["m:c"]


def test_what_was_set_aside_does_not_count_and_without_a_memory_there_is_no_estimate():
    card = learned("l:a", 3)
    assert retention_of([], [replace(card, leech=True)], NOW, DEFAULTS) is None
    assert retention_of([], [], NOW, DEFAULTS) is None


def test_recalled_is_the_first_answer_of_a_later_day_without_help():
    first = [answered(9), answered(9, "l:b")]
    later = [answered(5, right=False, due=""), answered(5), answered(2, "l:b")]
    assert recalled([*first, *later]) == {"asked": 2, "right": 0.5}, "a second try on the same day is not counted"
    assert recalled(first) is None
    assert recalled([*first, answered(5, hints=1)]) == {"asked": 1, "right": 0.0}


def test_what_came_on_a_sheet_or_was_never_dated_is_not_asked_again():
    sheet = answered(5, mode="quiz", due="")
    assert recalled([answered(9), sheet]) is None
    probe = answered(9, right=False, mode="probe", due="")
    assert recalled([probe, answered(5)]) is None
    assert recalled([answered(9), answered(5, mode="explain")]) is None
