"""Mastery, and FSRS behind its two functions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.learner.schedule import (
    CREDIT,
    MASTERED,
    credit,
    is_mastered,
    mastery,
    next_card,
    outcome,
    retrievability,
    review_card,
    reviewed_too,
)
from tutor.models import Attempt, Card, Grade, Help

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
BOUNDED = settings(max_examples=60, deadline=None, derandomize=True)


def attempt(item="a", score=1.0, session="1", **given) -> Attempt:
    return Attempt(
        item=f"food/bread:{item}", section="yeast", answer="x", grade=Grade(score), at="2026-03-01T09:30:00.000Z",
        mode="practice", session=session, **given,
    )  # fmt: skip


def keys(letters: str) -> list[str]:
    return [f"food/bread:{letter}" for letter in letters]


# ------------------------------------------------------------------------------------------------ outcome


def test_a_right_answer_at_the_first_try_is_unaided():
    assert outcome([attempt()]) == "unaided"


@pytest.mark.parametrize(
    "attempts",
    [
        [attempt(hints=1)],
        [attempt(score=0), attempt()],
        [attempt(score=0, shown=True), attempt()],
        [attempt(), attempt(score=0.5), attempt()],
    ],
    ids=["after a hint", "at the second try", "after the answer was shown", "after a slip"],
)
def test_help_or_a_miss_before_the_right_answer_makes_it_assisted(attempts):
    assert outcome(attempts) == "assisted"


@pytest.mark.parametrize(
    "last",
    [attempt(score=0), attempt(score=0.9), attempt(score=0, shown=True), attempt(shown=True)],
    ids=["wrong", "in part", "skipped", "copied"],
)
def test_what_ended_wrong_or_shown_is_missed_whatever_came_before(last):
    assert outcome([attempt(), last]) == "missed"


# ------------------------------------------------------------------------------------------------ mastery


def test_nothing_tried_is_nothing_known():
    assert mastery([], keys("abc")) == 0
    assert mastery([], []) == 0


@pytest.mark.parametrize("letters", ["a", "ab", "abcdef"])
def test_one_right_answer_never_makes_a_section_mastered(letters):
    assert 0 < mastery([attempt()], keys(letters)) <= 0.5
    assert not is_mastered(mastery([attempt()] * 5, keys(letters))), "the same session again is no new evidence"


def test_right_answers_to_several_items_make_a_section_mastered():
    assert is_mastered(mastery([attempt(item) for item in "abc"], keys("abcd")))


def test_a_section_of_one_item_is_mastered_after_three_good_sessions():
    values = [mastery([attempt(session=str(n)) for n in range(sessions)], keys("a")) for sessions in range(5)]
    assert values == [0, 0.5, 0.75, 0.875, 0.9375]
    assert [is_mastered(value) for value in values] == [False, False, False, True, True]


def test_assisted_success_counts_less_than_unaided_and_more_than_a_miss():
    unaided, assisted, missed = (
        mastery([*others, last], keys("abc"))
        for others in [[attempt("a"), attempt("b")]]
        for last in [attempt("c"), attempt("c", hints=1), attempt("c", score=0)]
    )
    assert unaided > assisted > missed


@pytest.mark.parametrize(
    "help, worth",
    [(Help.NONE, 1.0), (Help.QUESTION, 0.8), (Help.HINT, 0.6), (Help.CONTRAST, 0.5), (Help.STEP, 0.3), (Help.ANSWER, 0)],
)
def test_the_stronger_the_help_the_less_a_right_answer_after_it_is_worth(help, worth):
    assert credit([attempt(help=help)]) == worth
    assert credit([attempt(score=0), attempt(help=help)]) == (worth if help else 0.5)
    assert credit([attempt(help=help, score=0.5)]) == 0


def test_answers_from_before_help_had_degrees_are_worth_what_they_were():
    assert credit([attempt(hints=1)]) == credit([attempt(score=0), attempt()]) == 0.5


def test_a_question_that_guides_leaves_an_answer_unaided_and_a_hint_does_not():
    assert [outcome([attempt(help=help)]) for help in range(6)] == ["unaided"] * 2 + ["assisted"] * 3 + ["missed"]


def test_what_came_last_weighs_more():
    good_then_bad = [attempt(session="1"), attempt(score=0, session="2")]
    bad_then_good = [attempt(score=0, session="1"), attempt(session="2")]
    assert mastery(bad_then_good, keys("ab")) > mastery(good_then_bad, keys("ab"))


def test_attempts_on_items_that_the_bank_no_longer_has_are_passed_over():
    assert mastery([attempt("gone"), attempt("a")], keys("a")) == mastery([attempt("a")], keys("a"))


def as_attempt(name: str, item: str, session: str) -> Attempt:
    return attempt(item, session=session, **{"unaided": {}, "assisted": {"hints": 1}, "missed": {"score": 0}}[name])


histories = st.lists(st.tuples(st.sampled_from(list(CREDIT)), st.sampled_from("abcd")), max_size=20).map(
    lambda tries: [as_attempt(name, item, str(session)) for session, (name, item) in enumerate(tries)]
)


@BOUNDED
@given(histories, st.sampled_from("abcd"))
def test_success_never_lowers_mastery_and_a_miss_never_raises_it(history, item):
    before = mastery(history, keys("abcd"))
    assert 0 <= before <= 1
    assert mastery([*history, as_attempt("unaided", item, "new")], keys("abcd")) >= before - 1e-12
    assert mastery([*history, as_attempt("missed", item, "new")], keys("abcd")) <= before + 1e-12


@BOUNDED
@given(histories)
def test_no_history_with_a_single_right_answer_is_mastered(history):
    misses = [past for past in history if not past.grade.correct]
    for place in range(len(misses) + 1):
        assert mastery([*misses[:place], attempt("a", session="the one"), *misses[place:]], keys("ab")) < MASTERED


# --------------------------------------------------------------------------------------------------- FSRS


def due(card: str) -> datetime:
    return datetime.fromisoformat(json.loads(card)["due"])


def test_intervals_are_those_of_fsrs_without_its_steps_of_minutes():
    card, now, intervals_days = None, datetime(2022, 11, 29, 12, 30, tzinfo=timezone.utc), []
    for rating in ["unaided"] * 6 + ["missed"] * 2 + ["unaided"] * 5:
        card = review_card(card, rating, now, fuzz=False)
        intervals_days.append((due(card) - now).days)
        now = due(card)
    assert intervals_days == [2, 11, 46, 163, 497, 1346, 9, 1, 2, 4, 7, 13, 22]
    assert all(days >= 1 for days in intervals_days), "what a session has settled comes back on another day"


def test_the_same_reviews_give_the_same_card():
    def reviewed_twice():
        return review_card(review_card(None, "unaided", NOON, fuzz=False), "assisted", NOON, fuzz=False)

    assert reviewed_twice() == reviewed_twice()


def test_better_outcomes_come_back_later():
    card = None
    for day in range(3):
        card = review_card(card, "unaided", NOON + timedelta(days=3 * day), fuzz=False)
    later = NOON + timedelta(days=20)
    missed, assisted, unaided = [
        due(review_card(card, rating, later, fuzz=False)) for rating in ("missed", "assisted", "unaided")
    ]
    assert later < missed < assisted < unaided


def test_what_was_reviewed_fades():
    card = review_card(None, "unaided", NOON, fuzz=False)
    values = [retrievability(card, NOON + timedelta(days=days)) for days in (0, 1, 10, 100)]
    assert values[0] == 1 and values == sorted(values, reverse=True) and values[-1] > 0


def test_times_of_any_zone_are_taken_and_naive_ones_refused():
    local = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    card = review_card(None, "unaided", NOON, fuzz=False)
    assert review_card(None, "unaided", local, fuzz=False) == card
    for call in (lambda naive: review_card(None, "unaided", naive), lambda naive: retrievability(card, naive)):
        with pytest.raises(ValueError, match="a time without a time zone: 2026-03-01T12:00:00"):
            call(datetime(2026, 3, 1, 12, 0))


YEAR_S = 366 * 86400
try:
    BERLIN = ZoneInfo("Europe/Berlin")
except ZoneInfoNotFoundError:  # a machine without a time zone database
    BERLIN = timezone.utc
starts = st.sampled_from(
    [
        datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN),  # the hour that daylight saving takes
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),  # and the one that it gives back
        datetime(2028, 2, 29, 23, 59, tzinfo=timezone.utc),
        datetime(2026, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=14))),
    ]
)


jumps = st.integers(-YEAR_S, YEAR_S)
reviews = st.lists(st.tuples(st.sampled_from(list(CREDIT)), jumps), min_size=1, max_size=8)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(starts, reviews, st.booleans())
def test_nothing_is_due_before_its_review_however_the_clock_jumps(now, reviews, fuzz):
    card = None
    for rating, jump_s in reviews:
        now += timedelta(seconds=jump_s)
        card = review_card(card, rating, now, fuzz=fuzz)
        assert due(card) >= now.astimezone(timezone.utc) + timedelta(minutes=1)
        assert 0 <= retrievability(card, now - timedelta(days=365)) <= 1


# ------------------------------------------------------------------------------------------------ one idea, one memory

IDEAS = {"food/bread:a": "rising", "food/cake:b": "rising", "food/cake:c": "baking"}


def card_of(item: str, days_ago: int) -> Card:
    return next_card(item, None, "unaided", NOON - timedelta(days=days_ago), fuzz=False)


def test_a_review_counts_for_the_others_that_ask_the_same_by_the_same_rating():
    cards = [card_of("food/bread:a", 9), card_of("food/cake:b", 9), card_of("food/cake:c", 9)]
    for rating in ("unaided", "assisted"):
        (moved,) = reviewed_too("food/bread:a", "rising", IDEAS, cards, rating, NOON, fuzz=False)
        assert moved == next_card("food/cake:b", cards[1], rating, NOON, fuzz=False) and moved.due > cards[1].due


def test_a_miss_says_nothing_of_the_others_and_none_is_reviewed_twice_on_a_day():
    cards = [card_of("food/cake:b", 9)]
    assert reviewed_too("food/bread:a", "rising", IDEAS, cards, "missed", NOON, fuzz=False) == []
    moved = reviewed_too("food/bread:a", "rising", IDEAS, cards, "unaided", NOON, fuzz=False)
    assert reviewed_too("food/bread:a", "rising", IDEAS, moved, "unaided", NOON + timedelta(hours=3), fuzz=False) == []
    assert len(reviewed_too("food/bread:a", "rising", IDEAS, moved, "unaided", NOON + timedelta(days=1), fuzz=False)) == 1
    assert reviewed_too("food/bread:a", "", IDEAS, cards, "unaided", NOON, fuzz=False) == []


def test_a_day_is_the_learners_own_for_what_was_reviewed_already():
    cards = [card_of("food/cake:b", 0)]  # at noon
    evening = (NOON + timedelta(hours=11)).astimezone(timezone(timedelta(hours=9)))  # the next day in Tokyo
    assert len(reviewed_too("food/bread:a", "rising", IDEAS, cards, "unaided", evening, fuzz=False)) == 1
