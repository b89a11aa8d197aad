"""What would come to mind: FSRS's estimates for the days ahead, and what was measured."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import StringIO

from rich.console import Console

from tutor.learner import retention
from tutor.learner.file.tallies import Recall, recall_key, tallies_of
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.retention import CURVE_DAYS, retention_of
from tutor.learner.schedule import next_card, retrievability
from tutor.models import Attempt, Grade
from tutor.screen.screens.retention import figures_in_words, predictions_in_words, retention_parts, set_aside_in_words
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


def test_what_was_recalled_stands_by_the_days_since_the_review_before_beside_what_was_predicted():
    attempts = [answered(200), answered(193, predicted=0.9), answered(186, right=False, predicted=0.8), answered(154)]
    attempts += [answered(200, "m:b"), answered(110, "m:b", predicted=0.7), answered(110, "m:b", session="another")]
    told = retention.measured(tallies_of(attempts).recalls)
    short, week, month, quarter, longer = told["intervals"]
    assert (week["about"], week["days"], week["asked"], week["recalled"]) == (7, [4, 14], 2, 0.5)
    assert (week["mean_days"], week["predicted"], week["with_prediction"]) == (7.0, 0.85, 2)
    assert (month["asked"], month["recalled"], month["predicted"], month["with_prediction"]) == (1, 1.0, None, 0)
    assert (quarter["about"], quarter["asked"], quarter["predicted"]) == (90, 1, 0.7)
    assert short["recalled"] is None is longer["recalled"] and longer["days"] == [157, None]
    assert told["not_measured"] == 1, "an answer within a night tells nothing"
    assert [one["asked"] for one in told["lessons"]["m"]] == [0, 0, 0, 1, 0]


def test_calibration_is_told_in_tenths_and_what_has_no_prediction_is_counted_apart():
    attempts = [answered(30), answered(27, predicted=0.95), answered(20, right=False, predicted=0.97), answered(9, predicted=0.6)]
    told = retention.prediction_of(tallies_of([*attempts, answered(2)]).recalls)
    assert (told["asked"], told["not_predicted"], told["recalled"]) == (3, 1, 0.667)
    loss = -(math.log(0.95) + math.log(0.03) + math.log(0.6)) / 3
    assert told["log_loss"] == round(loss, 4)
    assert told["bins"] == [
        {"chance": [0.6, 0.7], "asked": 1, "predicted": 0.6, "recalled": 1.0},
        {"chance": [0.9, 1.0], "asked": 2, "predicted": 0.96, "recalled": 0.5},
    ]
    nothing = retention.prediction_of({})
    assert nothing["log_loss"] is None and nothing["bins"] == []


def shown(kept, drawn=False) -> str:
    """What the screen says of it, as plain text or drawn."""
    console = Console(file=StringIO(), width=100, force_terminal=drawn, color_system=None)
    console.print(*retention_parts(kept, NOW.date(), {"l": "Lesson"}), sep="\n")
    return console.file.getvalue()


def test_the_screen_says_how_much_came_to_mind_and_what_was_not_measured():
    attempts = [answered(200), answered(193, predicted=0.9), answered(186, right=False, predicted=0.8), answered(154)]
    attempts.append(answered(154, session="another"))
    kept = retention_of([], [learned("l:a", 154)], NOW, DEFAULTS, tallies_of(attempts).recalls)
    told = shown(kept, drawn=True)
    assert "67 % of 3 questions asked again came to mind at once (measured)" in told
    assert re.search(r"about 7 days .*●.*○.* 50 % of 2, 85 % predicted", told)
    assert re.search(r"about 90 days .* not measured yet", told)
    assert "Not measured: 1 more answer came too soon to tell, 1 is from before predictions were kept" in told
    assert "about 7 days: 50 % of 2, 85 % predicted" in shown(kept)
    assert "asked again" not in shown(retention_of([], [learned("l:a", 154)], NOW, DEFAULTS, {}))


def predicted(*rows):
    """(days since the review before, chance, asked, recalled) -> the figures."""
    recalls = {}
    for place, (days, chance, asked, right) in enumerate(rows):
        recall = recalls[recall_key(f"m{place}", days, chance)] = Recall()
        for number in range(asked):
            recall.count(number < right, days, chance)
    return retention_of([], [learned("l:a", 154)], NOW, DEFAULTS, recalls)


def test_a_plain_sentence_says_whether_predictions_are_right_and_one_line_has_the_figure():
    assert predictions_in_words(predicted()) == figures_in_words(predicted()) == ""
    few = predictions_in_words(predicted((7, 0.9, 19, 10)))
    assert few == "Whether predictions are right shows after 20 predicted answers; there are 19 so far"
    right = predicted((7, 0.92, 200, 181))
    assert predictions_in_words(right) == "Predictions are about right: of what was predicted at 92 %, 90 % came to mind"
    assert predictions_in_words(predicted((7, 0.9, 200, 150))) == (
        "You recall less than predicted after about 7 days: 75 % instead of 90 %"
    )
    assert predictions_in_words(predicted((7, 0.9, 12, 4), (30, 0.9, 12, 4))).endswith("predicted: 33 % instead of 90 %")
    assert predictions_in_words(predicted((7, 0.8, 200, 170), (200, 0.8, 200, 190))) == (
        "You recall more than predicted: 90 % instead of 80 %; most clearly after more than 156 days: 95 % instead of 80 %"
    )
    assert "about right" in predictions_in_words(predicted((7, 0.9, 20, 16))), "that may well be chance"
    later = predictions_in_words(predicted((7, 0.92, 900, 829), (90, 0.9, 60, 44)))
    assert later.endswith("91 % came to mind, but less after about 90 days: 73 % instead of 90 %")
    assert re.fullmatch(r"FSRS, as published: log loss 0\.\d{3} over 200 answers \(a coin: 0\.69\)", figures_in_words(right))
    assert shown(right).count("log loss") == 1


def test_what_is_set_aside_is_said_to_be_left_out_and_told_by_lesson_in_a_few_rows():
    console = Console(file=StringIO(), width=100)
    console.print(*retention_parts(predicted(), NOW.date(), {}, 41), sep="\n")
    assert "The 41 questions that are set aside are left out of this estimate" in console.file.getvalue()
    assert "left out" not in shown(predicted())
    keys = [f"l{number}:i{item}" for number in range(7) for item in range(7 - number)]
    assert set_aside_in_words(keys, {"l0": "Bread"}) == ["Bread: 7", "l1: 6", "5 more lessons: 15"]
    assert set_aside_in_words(["l:a"], {"l": "Lesson"}) == ["Lesson: 1"]


def test_what_came_on_a_sheet_or_was_never_dated_is_not_asked_again():
    sheet = answered(5, mode="quiz", due="")
    assert recalled([answered(9), sheet]) is None
    probe = answered(9, right=False, mode="probe", due="")
    assert recalled([probe, answered(5)]) is None
    assert recalled([answered(9), answered(5, mode="explain")]) is None
