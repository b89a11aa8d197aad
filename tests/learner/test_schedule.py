"""Mastery, and FSRS behind its two functions."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.environment import Environment
from tutor.learner.memory.scheduling import DEFAULTS, Scheduling, days_around, scheduler_of, with_fitted
from tutor.learner.schedule import (
    CREDIT,
    DECAY,
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
from utils.settings import Settings

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


def test_answering_half_of_the_items_again_and_again_never_makes_a_section_mastered():
    often = [attempt(item, session=str(n)) for n in range(9) for item in "ab"]
    assert mastery(often, keys("abcd")) == pytest.approx(2 / 3)
    assert not is_mastered(mastery(often, keys("abcd"))) and is_mastered(mastery(often, keys("ab")))


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
        card = review_card(card, rating, now, by=DEFAULTS)
        intervals_days.append((due(card) - now).days)
        now = due(card)
    assert intervals_days == [2, 11, 46, 163, 497, 1346, 9, 1, 2, 4, 7, 13, 22]
    assert all(days >= 1 for days in intervals_days), "what a session has settled comes back on another day"


def test_the_same_reviews_give_the_same_card():
    def reviewed_twice():
        return review_card(review_card(None, "unaided", NOON, by=DEFAULTS), "assisted", NOON, by=DEFAULTS)

    assert reviewed_twice() == reviewed_twice()


def test_better_outcomes_come_back_later():
    card = None
    for day in range(3):
        card = review_card(card, "unaided", NOON + timedelta(days=3 * day), by=DEFAULTS)
    later = NOON + timedelta(days=20)
    missed, assisted, unaided = [
        due(review_card(card, rating, later, by=DEFAULTS)) for rating in ("missed", "assisted", "unaided")
    ]
    assert later < missed < assisted < unaided


def test_what_was_reviewed_fades():
    card = review_card(None, "unaided", NOON, by=DEFAULTS)
    values = [retrievability(card, NOON + timedelta(days=days), DEFAULTS) for days in (0, 1, 10, 100)]
    assert values[0] == 1 and values == sorted(values, reverse=True) and values[-1] > 0


def test_times_of_any_zone_are_taken_and_naive_ones_refused():
    local = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    card = review_card(None, "unaided", NOON, by=DEFAULTS)
    assert review_card(None, "unaided", local, by=DEFAULTS) == card
    for call in (
        lambda naive: review_card(None, "unaided", naive, DEFAULTS),
        lambda naive: retrievability(card, naive, DEFAULTS),
    ):
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
@given(starts, reviews, st.sampled_from([None, lambda moments: [moment.day % 3 for moment in moments]]))
def test_nothing_is_due_before_its_review_however_the_clock_jumps(now, reviews, load):
    card, by = None, Scheduling(load=load)
    for rating, jump_s in reviews:
        now += timedelta(seconds=jump_s)
        card = review_card(card, rating, now, by)
        assert due(card) >= now.astimezone(timezone.utc) + timedelta(minutes=1)
        assert 0 <= retrievability(card, now - timedelta(days=365), DEFAULTS) <= 1


# ------------------------------------------------------------------------------------------------ as one wishes


def days_to_next(by: Scheduling, days: int = 30) -> int:
    card = review_card(review_card(None, "unaided", NOON, by), "unaided", NOON + timedelta(days=days), by)
    return (due(card) - NOON).days - days


def test_who_wants_to_recall_more_is_asked_sooner_and_who_is_content_with_less_later():
    sooner, usual, later = (days_to_next(replace(DEFAULTS, retention=share)) for share in (0.95, 0.9, 0.8))
    assert sooner < usual < later


def test_nothing_stays_away_longer_than_the_learner_wants():
    assert days_to_next(DEFAULTS, 300) > 60
    assert days_to_next(replace(DEFAULTS, longest_days=60), 300) == 60
    quiet_later = Scheduling(longest_days=60, load=lambda moments: list(range(len(moments), 0, -1)))
    assert days_to_next(quiet_later, 300) == 60


def test_what_is_learned_on_one_day_comes_back_on_several_each_near_its_own():
    days: Counter[datetime] = Counter()
    by = Scheduling(load=lambda moments: [days[moment.date()] for moment in moments])
    cards = [next_card(f"l:{number}", None, "unaided", NOON - timedelta(days=60), DEFAULTS) for number in range(70)]
    ideal = due(next_card("l:0", cards[0], "unaided", NOON, DEFAULTS).memory)
    for card in cards:
        days[due(next_card(card.item, card, "unaided", NOON, by).memory).date()] += 1
    near = days_around((ideal - NOON).days, 1000)
    assert len(days) == len(near) > 6 and max(days.values()) - min(days.values()) <= 1
    assert all((day - NOON.date()).days in near for day in days)


def test_where_every_day_is_alike_the_right_one_is_taken():
    assert days_to_next(Scheduling(load=lambda moments: [4] * len(moments))) == days_to_next(DEFAULTS)


QUICK = (0.05, 0.2, 0.5, 1.0, *[6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629, 1.6483, 0.6014],
         *[1.8729, 0.5425, 0.0912, 0.0658, 0.1542])  # of somebody who forgets fast  # fmt: skip


def test_parameters_of_the_learner_change_dates_and_chances():
    theirs = with_fitted(DEFAULTS, {"parameters": list(QUICK)})
    assert days_to_next(theirs, 3) < days_to_next(DEFAULTS, 3)
    card = review_card(None, "unaided", NOON, theirs)
    decay = replace(theirs, parameters=(*QUICK[:-1], 0.5))
    later = NOON + timedelta(days=9)
    assert retrievability(card, later, decay) != retrievability(card, later, theirs)


@pytest.mark.parametrize(
    "by", [DEFAULTS, Scheduling(QUICK), Scheduling((*QUICK[:-1], 0.5))], ids=["published", "fitted", "decay"]
)
@pytest.mark.parametrize("days", [-3, 0, 1, 2.9, 30, 4000])
def test_the_forgetting_curve_is_that_of_fsrs(by, days):
    import fsrs

    card = review_card(review_card(None, "missed", NOON, by), "unaided", NOON + timedelta(days=2), by)
    moment = NOON + timedelta(days=days)
    theirs = scheduler_of(by).get_card_retrievability(fsrs.Card.from_json(card), moment)
    assert retrievability(card, moment, by) == pytest.approx(theirs, abs=1e-12)
    assert fsrs.scheduler.DEFAULT_PARAMETERS[-1] == DECAY


@pytest.mark.parametrize("kept", [[1], {"parameters": [1.0] * 20}, {"parameters": [-1.0] * 21}, {"parameters": [None] * 21}])
def test_parameters_that_cannot_be_are_refused(kept):
    with pytest.raises(ValueError, match="expected 21 parameters of FSRS"):
        with_fitted(DEFAULTS, kept)


# ------------------------------------------------------------------------------------------------ one idea, one memory

IDEAS = {"food/bread:a": "rising", "food/cake:b": "rising", "food/cake:c": "baking"}


def card_of(item: str, days_ago: int) -> Card:
    return next_card(item, None, "unaided", NOON - timedelta(days=days_ago), by=DEFAULTS)


def test_a_review_counts_for_the_others_that_ask_the_same_by_the_same_rating():
    cards = [card_of("food/bread:a", 9), card_of("food/cake:b", 9), card_of("food/cake:c", 9)]
    for rating in ("unaided", "assisted"):
        (moved,) = reviewed_too("food/bread:a", "rising", IDEAS, cards, rating, NOON, by=DEFAULTS)
        assert moved == next_card("food/cake:b", cards[1], rating, NOON, by=DEFAULTS) and moved.due > cards[1].due


def test_a_miss_says_nothing_of_the_others_and_none_is_reviewed_twice_on_a_day():
    cards = [card_of("food/cake:b", 9)]
    assert reviewed_too("food/bread:a", "rising", IDEAS, cards, "missed", NOON, by=DEFAULTS) == []
    moved = reviewed_too("food/bread:a", "rising", IDEAS, cards, "unaided", NOON, by=DEFAULTS)
    assert reviewed_too("food/bread:a", "rising", IDEAS, moved, "unaided", NOON + timedelta(hours=3), by=DEFAULTS) == []
    assert len(reviewed_too("food/bread:a", "rising", IDEAS, moved, "unaided", NOON + timedelta(days=1), by=DEFAULTS)) == 1
    assert reviewed_too("food/bread:a", "", IDEAS, cards, "unaided", NOON, by=DEFAULTS) == []


def test_a_day_is_the_learners_own_for_what_was_reviewed_already():
    cards = [card_of("food/cake:b", 0)]  # at noon
    evening = (NOON + timedelta(hours=11)).astimezone(timezone(timedelta(hours=9)))  # the next day in Tokyo
    assert len(reviewed_too("food/bread:a", "rising", IDEAS, cards, "unaided", evening, by=DEFAULTS)) == 1


def test_what_one_wishes_in_the_settings_is_what_reviews_are_scheduled_by(home, docs):
    wishes = Settings(docs=str(docs), home=str(home), retention=0.95, longest_days=60, offline=True)
    with Environment(wishes) as environment:
        by = environment.records.scheduling
        assert (by.retention, by.longest_days) == (0.95, 60) and by.load is not None
    with Environment(replace(wishes, retention=None, seed=1)) as environment:
        by = environment.records.scheduling
        assert (by.retention, by.load) == (0.9, None), "with a seed the same every time"
