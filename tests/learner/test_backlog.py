"""After an absence more is due than a day's limit lets through: what is worth most comes first, and when it is level is said."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW, environment_of

from tutor.learner import agenda, due
from tutor.learner.memory.backlog import FARTHEST_DAYS, gain, level_on
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.schedule import next_card, retrievability, todays_reviews
from tutor.models import Attempt, Card, Grade
from tutor.nodes.session.review import ChooseDue, backlog_in_words
from tutor.nodes.shared import session_store
from tutor.screen.screens.reviews import ReviewHead
from utils.times import utc


def learned(item: str, *days_ago: int, rating: str = "unaided") -> Card:
    card = None
    for days in days_ago:
        card = next_card(item, card, rating, NOW - timedelta(days=days), DEFAULTS)
    assert card is not None
    return card


def backlog(count: int, lessons: str = "ab", seed: int = 1) -> list[Card]:
    """Items that were learned well or badly before an absence of forty days."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        days = sorted({chance.randrange(41, 90) for _ in range(chance.randrange(1, 4))}, reverse=True)
        found.append(learned(f"{chance.choice(lessons)}:{number}", *days, rating=chance.choice(["unaided", "missed"])))
    return [card for card in found if card.due <= utc(NOW)]


# -------------------------------------------------------------------------------------------- what comes first


def test_of_more_than_the_limit_that_is_asked_which_a_review_adds_most_to():
    cards = backlog(120)
    chosen = todays_reviews(cards, NOW, 30, DEFAULTS)
    least = min(gain(card.memory, NOW, DEFAULTS) for card in chosen)
    left = [card for card in cards if card not in chosen]
    assert len(chosen) == 30 and all(gain(card.memory, NOW, DEFAULTS) <= least for card in left)


def test_a_review_adds_more_to_what_is_fading_than_to_what_is_firm():
    firm, fading = learned("a:1", 200, 190, 150, 60), learned("a:2", 50, 47)
    assert gain(fading.memory, NOW, DEFAULTS) > gain(firm.memory, NOW, DEFAULTS) > 0
    assert gain(firm.memory, NOW, DEFAULTS) < 1


def test_misconceptions_come_before_sure_and_wrong_and_these_before_what_a_day_needs_and_that_before_all_else():
    cards = backlog(120, "abc")
    cards[5] = replace(cards[5], sure_and_wrong=True)
    wanted = [card for card in cards if card.lesson == "c"]
    chosen = todays_reviews(cards, NOW, 20, DEFAULTS, first={cards[9].item}, wanted={"c"})
    assert {cards[5].item, cards[9].item} <= {card.item for card in chosen[:4]}, "but for mixing lessons they come first"
    rest = [card for card in chosen if card not in (cards[5], cards[9])]
    assert len(wanted) > 20 and {card.lesson for card in rest} == {"c"}
    assert [one.item for one in todays_reviews(cards, NOW, 1, DEFAULTS, {cards[9].item}, {"c"})] == [cards[9].item]


def test_where_all_that_is_due_is_asked_the_likeliest_forgotten_comes_first():
    cards = backlog(12, "a")
    chances = [retrievability(card.memory, NOW, DEFAULTS) for card in todays_reviews(cards, NOW, 30, DEFAULTS)]
    assert chances == sorted(chances)


# ------------------------------------------------------------------------------------------------ until when


def test_a_backlog_is_level_once_a_day_s_limit_covers_what_is_due():
    cards = backlog(300)
    fast, slow = (level_on(cards, NOW, limit, limit, DEFAULTS) for limit in (100, 30))
    assert fast and slow and NOW.date() < fast < slow
    assert slow >= NOW.date() + timedelta(days=len(cards) // 30)
    assert level_on(cards, NOW, 400, 400, DEFAULTS) == NOW.date()
    assert level_on(cards, NOW, 0, 400, DEFAULTS) == NOW.date() + timedelta(days=1), "today's limit is used up"
    assert level_on(cards, NOW, 1, 1, DEFAULTS) is None and FARTHEST_DAYS == 180


# ---------------------------------------------------------------------------------- on the home screen and in a review


@pytest.fixture
def away(docs, home):
    """A session on the third day of a limit of two, with three items due."""
    with environment_of(docs, home, now=NOW) as environment:
        for name in ("gas", "eats", "slows"):
            key = f"food/bread:{name}"
            card = next_card(key, None, "unaided", NOW - timedelta(days=60), DEFAULTS)
            environment.records.put_card(card)
        environment.records.set_setting("daily_limit", 2)
        yield environment


def review_row(environment) -> list[str]:
    rows = agenda.choices(environment.corpus, environment.records, NOW)
    return [row.label for row in rows if row.opens == "review"]


def test_the_home_screen_offers_as_much_as_a_review_asks_and_says_how_much_is_due(away):
    corpus, records = away.corpus, away.records
    chosen, count = ChooseDue().exec(corpus, records, lambda: NOW, NOW.tzinfo, None, away.terminal)
    assert (len(chosen), count) == (2, 3) and due.nudge(corpus, records, NOW) == (2, 3, 1)
    assert review_row(away) == ["Review **2 items**, of what is due those worth most · 1 min"]
    assert agenda.figures(corpus, records, NOW) == "2 of 3 due today"
    for key in chosen:
        card = next_card(key, records.card(key), "unaided", NOW, DEFAULTS)
        records.add(Attempt(key, "yeast", "x", Grade(1.0), utc(NOW), "review", session="s", due=card.due), card=card)
    assert review_row(away) == [] and agenda.figures(corpus, records, NOW) == "1 due after today"


def test_a_review_of_part_of_a_backlog_says_when_it_is_level(away):
    shared = {**session_store(away), "now": lambda: NOW, "zone": NOW.tzinfo}
    assert backlog_in_words(shared, 3, 2) == "3 due; 2 a day: level by 2 Mar"
    assert backlog_in_words(shared, 2, 2) == ""
    shown = ReviewHead(2, 1, 3, "3 due; 2 a day: level by 2 Mar").markdown()
    assert shown.endswith("from 1 lesson, those worth most_\n\n3 due; 2 a day: level by 2 Mar.")
