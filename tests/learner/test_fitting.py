"""Parameters of memory fitted to a learner's own reviews: when, how far, and what they change."""

from __future__ import annotations

import importlib.util
import json
import random
import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from test_moving import contents, exported, imported
from test_records import NOW, attempt, opened, plain_sqlite

from tutor.learner import schedule
from tutor.learner.file.rows import to_json
from tutor.learner.memory import fitting, refitting
from tutor.learner.memory.fitting import ALL, FIRST, FittedParameters, Review, figures_of, fit, judge
from tutor.learner.memory.scheduling import DEFAULTS, Scheduling
from tutor.screen.screens.retention import dates_in_words
from utils.errors import RecordsError
from utils.times import moment_of, utc

BEGUN = datetime(2025, 6, 1, 9, tzinfo=timezone.utc)
needs_fsrs_rs = pytest.mark.skipif(not importlib.util.find_spec("fsrs_rs_python"), reason="the extra `fit`")


def reviews_of(items: int, recalled: float, *, days: int = 2, later: int = 1) -> list[Review]:
    """A learner who begins four items a day and goes over each every few days, and recalls that share of them."""
    chance = random.Random(7)
    found = []
    for item in range(items):
        day = BEGUN + timedelta(days=item // 4)
        found.append(Review(f"l:{item}", day, "unaided"))
        for time in range(1, later + 1):
            rating = "unaided" if chance.random() < recalled else "missed"
            found.append(Review(f"l:{item}", day + timedelta(days=days * time), rating))
    return sorted(found, key=lambda review: review.at)


def test_a_few_reviews_say_nothing_about_a_learner():
    assert fit(reviews_of(63, 0.5)) is None
    assert fit([]) is None


def test_who_forgets_faster_than_most_gets_shorter_first_stabilities():
    found = fit(reviews_of(100, 0.5))
    assert found and found.which == FIRST and found.reviews == 100
    published = schedule.scheduler_of(DEFAULTS).parameters
    assert found.parameters[2] < 0.5 * published[2], "after a right answer"
    assert found.parameters[0] <= published[0], "after a miss nothing was seen"
    assert found.parameters[4:] == published[4:]
    assert found.before and found.after and found.after.log_loss < found.before.log_loss


def test_a_better_first_answer_never_lasts_less_long_than_a_worse_one():
    after_a_miss, after_help, after_a_right_answer, *_ = fitting.first_stabilities(reviews_of(100, 0.1))
    assert after_a_miss <= after_help <= after_a_right_answer < 0.5


def test_who_remembers_as_predicted_keeps_the_published_parameters():
    found = fit(reviews_of(200, 0.908))
    assert found and found.which == "" and found.parameters == ()
    assert found.judged > 60 and found.before == found.after


def test_what_is_judged_was_not_seen_by_what_is_judged_on_it(monkeypatch):
    given = []

    def first_stabilities(reviews):
        given.append(len(reviews))
        return usual(reviews)

    usual = fitting.first_stabilities
    monkeypatch.setattr(fitting, "first_stabilities", first_stabilities)
    everything = reviews_of(100, 0.5)
    fit(everything)
    assert given[-1] == len(everything) and max(given[:-1]) < 0.8 * len(everything)


@needs_fsrs_rs
def test_from_400_reviews_on_all_parameters_are_fitted():
    found = fit(reviews_of(150, 0.6, later=3))
    assert found and found.reviews == 450 and found.which == ALL
    assert len(found.parameters) == 21 and found.parameters[4:] != schedule.scheduler_of(DEFAULTS).parameters[4:]
    schedule.scheduler_of(replace(DEFAULTS, parameters=found.parameters))  # within the bounds of FSRS


def test_without_the_package_the_first_stabilities_are_fitted(monkeypatch):
    monkeypatch.setattr(fitting, "can_fit_all", lambda: False)
    found = fit(reviews_of(150, 0.6, later=3))
    assert found and found.which == FIRST


def test_parameters_that_no_longer_fit_give_way_to_the_published_ones():
    odd = replace(DEFAULTS, parameters=(0.2, 0.2, 0.2, 0.2, *schedule.scheduler_of(DEFAULTS).parameters[4:]))
    everything = reviews_of(100, 0.908)
    found = fit(everything, odd, everything[len(everything) // 2].at)
    assert found and found.parameters != odd.parameters and found.parameters[2:3] != (0.2,)
    again = fit(everything, odd, everything[-1].at)
    assert again and again.parameters == odd.parameters, "nothing new has been seen"


def test_predictions_are_those_that_the_scheduler_would_have_made():
    reviews = reviews_of(3, 1.0, days=3, later=2)
    card = None
    chances = []
    for review in (one for one in reviews if one.item == "l:0"):
        if card:
            chances.append(schedule.retrievability(card, review.at, DEFAULTS))
        card = schedule.review_card(card, review.rating, review.at, DEFAULTS)
    judged = judge([one for one in reviews if one.item == "l:0"], DEFAULTS)
    assert [chance for chance, *_ in judged] == chances
    assert figures_of([(0.5, True, (1, 1, 1)), (0.5, False, (1, 1, 1))]).rmse_bins == 0
    assert figures_of([(0.5, True, (1, 1, 1)), (0.5, False, (1, 1, 1))]).log_loss == pytest.approx(0.6931)


# ------------------------------------------------------------------------------------------------ on record


def answered(records, item: str, at: datetime, rating: str) -> None:
    card = schedule.next_card(f"food/bread:{item}", records.card(f"food/bread:{item}"), rating, at, records.scheduling)
    given = attempt(item, float(rating != "missed"), session=f"{at:%Y%m%d}", due=card.due)
    records.add(replace(given, at=utc(at)), card=card)


def remade(records, item: str, by: Scheduling):
    """An item's card, by its answers alone."""
    card = None
    for one in records.attempts(item=item):
        card = schedule.next_card(item, card, schedule.outcome([one]), moment_of(one.at), by)
    return card


def lived(records, items: int = 80, recalled: float = 0.5, since: int = 0) -> None:
    """As many reviews as items, of somebody who forgets fast."""
    names = {f"l:{item}" for item in range(since, items)}
    for review in (one for one in reviews_of(items, recalled) if one.item in names):
        answered(records, review.item.partition(":")[2], review.at, review.rating)


def test_dates_and_chances_follow_the_learner_once_there_is_enough(home):
    with opened(home) as records:
        lived(records, 60)
        assert records.fit_to_learner() == "" and records.setting("fitted") is None
        lived(records, 80, since=60)
    with opened(home) as records:
        before = {card.item: card for card in records.cards()}
        said = records.fit_to_learner()
        assert said.startswith("Your review dates now follow how you remember: fitted to "), said
        assert records.scheduling.parameters and records.scheduling.parameters[2] < 1.5
        after = {card.item: card for card in records.cards()}
        assert after.keys() == before.keys()
        assert sum(after[item].due < before[item].due for item in after) > 30
        kept = records.setting("fitted")
        assert kept["which"] == FIRST and kept["before"]["log_loss"] > kept["after"]["log_loss"] and kept["at"] == utc(NOW)
        assert records.fit_to_learner() == "", "not before there are a quarter more"
        assert records.faults() == []


def test_after_a_fit_the_last_answer_can_still_be_taken_back(home):
    with opened(home) as records:
        lived(records)
        records.fit_to_learner()
        key = records.last_attempt().item
        before = records.attempts(item=key)[0]
        records.undo()
        card = records.card(key)
        expected = schedule.next_card(key, None, "unaided", moment_of(before.at), records.scheduling)
        assert card == expected


def test_a_fit_is_kept_whole_or_not_at_all(home, monkeypatch):
    def fails(*given):
        replay(*given)
        raise RecordsError("killed")

    with opened(home) as records:
        lived(records)
        before = contents(records)
        replay = refitting.replay_all
        monkeypatch.setattr(refitting, "replay_all", fails)
        with pytest.raises(RecordsError):
            records.fit_to_learner()
        assert contents(records) == before and records.setting("fitted") is None and not records.scheduling.parameters


def test_a_refused_fit_changes_no_date_and_is_not_tried_again_soon(home):
    with opened(home) as records:
        lived(records, 100, 0.908)
        before = contents(records)
        assert records.fit_to_learner() == "" and contents(records) == before
        assert records.setting("fitted")["tried"] >= 64 and records.setting("fitted")["which"] == ""


def test_a_history_from_elsewhere_gets_the_dates_of_this_learners_parameters_in_any_order(home, tmp_path):
    texts = []
    for number in (1, 2):
        with opened(tmp_path / f"other{number}") as other:
            for day in range(3):
                answered(other, f"new{day}", NOW - timedelta(days=40 - number - 5 * day), "unaided")
                answered(other, "both", NOW - timedelta(days=39 - number - 5 * day), "unaided")
            texts.append(exported(other))
    found = []
    for place, order in enumerate((texts, texts[::-1])):
        with opened(tmp_path / f"here{place}") as here:
            lived(here)
            assert here.fit_to_learner()
            fitted = here.setting("fitted")
            for text in order:
                imported(here, text, tmp_path)
            assert here.setting("fitted") == fitted
            found.append(contents(here)["cards"])
            for name in ("new0", "both"):
                assert here.card(f"food/bread:{name}") == remade(here, f"food/bread:{name}", here.scheduling)
    mine = [{item: card for item, card in cards.items() if "new" in item or "both" in item} for cards in found]
    assert mine[0] == mine[1] and len(mine[0]) == 4


def test_an_export_tells_the_parameters_that_its_dates_were_made_with(home, tmp_path):
    with opened(home) as here, opened(tmp_path / "there") as there:
        lived(here)
        here.fit_to_learner()
        text = exported(here)
        assert json.loads(text.splitlines()[0])["parameters"] == list(here.scheduling.parameters)
        imported(there, text, tmp_path)
        assert there.scheduling == DEFAULTS, "they stay on this computer"
        assert all(card == remade(there, card.item, DEFAULTS) for card in there.cards())


def test_quiet_days_are_counted_in_the_learners_zone(home):
    with opened(home) as records:
        for hour in (1, 23):
            at = datetime(2026, 3, 1, hour, tzinfo=timezone.utc)
            answered(records, f"i{hour}", at, "unaided")
        due = [datetime.fromisoformat(card.due) for card in records.cards()]
        east = timezone(timedelta(hours=9))
        days = Counter(moment.astimezone(east).date() for moment in due)
        moments = [(due[0] + timedelta(days=offset)).astimezone(east) for offset in range(-1, 3)]
        assert records.due_on(moments) == [days[moment.date()] for moment in moments] == [0, 1, 1, 0]


def test_a_wish_for_other_dates_keeps_the_fitted_parameters(home):
    with opened(home) as records:
        lived(records)
        records.fit_to_learner()
        records.wishes = Scheduling(retention=0.95)
        assert records.scheduling.retention == 0.95 and records.scheduling.parameters


# ------------------------------------------------------------------------------------------------ in words


def in_words(kept, asked: int) -> str:
    return dates_in_words(refitting.parameters_document(kept, asked), NOW.date())


def test_progress_says_whose_memory_dates_follow_in_words_without_figures(monkeypatch):
    assert in_words(None, 41) == "Dates follow the memory of people in general; after 23 more reviews yours is tried"
    figures = {"log_loss": 0.4201, "rmse_bins": 0.06}, {"log_loss": 0.4102, "rmse_bins": 0.05}
    kept = {"parameters": [1.0] * 21, "which": FIRST, "at": utc(NOW), "reviews": 312, "judged": 156, "tried": 312}
    kept |= {"before": figures[0], "after": figures[1]}
    assert in_words(kept, 320) == "Dates follow your own memory since 1 Mar"
    refused = {**kept, "parameters": [], "which": "", "after": figures[0]}
    assert in_words(refused, 320).endswith(
        "people in general, which fits you best so far; after 70 more reviews yours is tried again"
    )
    monkeypatch.setattr(refitting, "can_fit_all", lambda: False)
    assert "pip install 'pocket-tutor[fit]'" in in_words(refused, 400) and "pip" not in in_words(refused, 399)


def test_what_is_set_aside_comes_neither_sooner_nor_later_and_is_told_where_it_grows(home):
    with opened(home) as records:
        for day in range(0, 90, 9):
            answered(records, "hard", NOW - timedelta(days=99 - day), "missed")
            answered(records, "easy", NOW - timedelta(days=99 - day), "unaided")
        hard, easy = records.card("food/bread:hard"), records.card("food/bread:easy")
        assert hard.leech and not easy.leech
    with plain_sqlite(home) as connection:
        connection.row_factory = sqlite3.Row
        counted_otherwise = replace(hard, leech=False, lapses=2, due="2030-01-01T00:00:00Z")
        for card in (counted_otherwise, replace(easy, due="2040-01-01T00:00:00Z")):
            connection.execute("UPDATE cards SET card = ?, leech = 0 WHERE item = ?", (to_json(card), card.item))
        assert refitting.replay_all(connection, refitting.all_reviews(connection), DEFAULTS) == (1, 0, 1)
    found = FittedParameters((1.0,), FIRST, 80, "")
    assert refitting.told(found, 3, 0, 2).endswith("3 items will come sooner, 0 later, 2 are set aside after too many misses.")
    assert refitting.told(found, 3, 0, -2).endswith("3 items will come sooner, 0 later.")
