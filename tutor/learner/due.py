"""What is due: the one place that says it, for the home screen, the lists, the nudge, and the review that asks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.memory.deadline import Deadline
    from tutor.learner.records import DueItem, Records
    from tutor.models import Card

DAILY_LIMIT = 30  # reviews, where the learner has set no other


def due_by_lesson(corpus: Corpus, records: Records, now: datetime) -> dict[str, int]:
    """How much a review has to ask of each lesson that is there. now: aware, in the learner's zone."""
    return dict(Counter(one.lesson for one in due_items(corpus, records, now)))


def due_cards(corpus: Corpus, records: Records, now: datetime) -> list[Card]:
    """The cards of `due_items`."""
    due = {one.item: one.due for one in due_items(corpus, records, now)}
    if not due:
        return []
    cards = records.cards() if deadline_now(corpus, records, now) else records.cards(end_of_day(now))
    return [replace(card, due=due[card.item]) for card in cards if card.item in due]


def due_items(corpus: Corpus, records: Records, now: datetime) -> list[DueItem]:
    """What a review asks today, but for its limit; the earliest due first. now: aware, in the learner's zone.

    Of items with the same idea the one that is due first is asked, and counts for the others.
    """
    due = planned_by(corpus, records, now, end_of_day(now))
    ideas = corpus.ideas({one.lesson for one in due})
    asked = {ideas.get(one.item, one.item): one for one in reversed(due)}
    return list(reversed(asked.values()))


def due_by(corpus: Corpus, records: Records, at: str) -> list[DueItem]:
    """Those of the items that the folder has that are due by a time (UTC, ISO 8601), the earliest first."""
    due = records.due_items(at)
    asked = corpus.asked_items({one.lesson for one in due})
    return [one for one in due if one.item in asked]


def planned_by(corpus: Corpus, records: Records, now: datetime, at: str) -> list[DueItem]:
    """The same with what comes back sooner because of a deadline. now: aware, in the learner's zone."""
    due, deadline = due_by(corpus, records, at), deadline_now(corpus, records, now)
    if deadline is None:
        return due
    found = {one.item: one for one in due}
    asked = corpus.asked_items(deadline.lessons)
    for one, reviewed in records.reviewed_items(deadline.lessons):
        when = deadline.due(one.item, one.due, reviewed, now)
        if when <= at and one.item in asked:
            found[one.item] = one._replace(due=when)
    return sorted(found.values(), key=lambda one: (one.due, one.item))


def begin_of_day(now: datetime) -> str:
    """The first moment of the learner's day, in the form of the records."""
    return utc(datetime.combine(now.date(), time.min, now.tzinfo))


def end_of_day(now: datetime) -> str:
    """The last moment of the learner's day, in the form of the records."""
    return utc(datetime.combine(now.date(), time.max, now.tzinfo))


def cards_of(corpus: Corpus, records: Records, now: datetime) -> list[Card]:
    """The cards of the items that the folder has, as they are due. now: aware, in the learner's zone."""
    cards = records.cards()
    asked = corpus.asked_items({card.lesson for card in cards})
    return as_planned(corpus, records, [card for card in cards if card.item in asked], now)


def as_planned(corpus: Corpus, records: Records, cards: Iterable[Card], now: datetime) -> list[Card]:
    """Cards as they are due, which is sooner for some before a deadline. now: aware, in the learner's zone."""
    deadline = deadline_now(corpus, records, now)
    return deadline.planned(cards, now) if deadline else list(cards)


def deadline_now(corpus: Corpus, records: Records, now: datetime) -> Deadline | None:
    """The day by which the learner wants to know some lessons, if they do. now: aware, in the learner's zone."""
    goal = records.setting("goal")
    if not isinstance(goal, dict) or "by" not in goal:
        return None
    from tutor.learner.memory.deadline import deadline_of  # the nudge, which is run at every prompt, has no time to load it

    return deadline_of(corpus, records, now)


def reviewed_today(records: Records, now: datetime) -> int:
    """How many different items were reviewed today."""
    begun = begin_of_day(now)
    return len({attempt.item for attempt in records.attempts(since=begun, on_folder=True) if attempt.mode == "review"})


def left_today(records: Records, now: datetime, limit: int | None = None) -> int:
    """How many reviews the day's limit still lets through. limit: in place of the learner's. now: aware, in their zone."""
    return max(0, a_day(records, limit) - reviewed_today(records, now))


def a_day(records: Records, limit: int | None = None) -> int:
    """How many reviews a day's limit lets through. limit: in place of the learner's."""
    return limit or records.wishes.reviews_a_day or int(records.setting("daily_limit", DAILY_LIMIT))


def has_learned_enough(records: Records, now: datetime) -> bool:
    """Whether as many new items were learned today as the learner wants to learn a day. now: aware, in their zone."""
    enough = records.wishes.new_a_day
    return enough is not None and records.learned_since(begin_of_day(now)) >= enough


def asked_now(records: Records, due: int, now: datetime, limit: int | None = None) -> int:
    """How much of what is due a review asks if it begins now. limit: in place of the learner's. now: aware, in their zone."""
    return min(due, left_today(records, now, limit)) if due else 0


def nudge(corpus: Corpus, records: Records, now: datetime, limit: int | None = None) -> tuple[int, int, int | None]:
    """(items that a review asks if it begins now, items that are due, lessons of those asked). now: aware, in the learner's zone.

    limit: of items today, in place of the learner's.
    lessons: None where the day's limit leaves some out and only the review's own choice, which takes longer, would tell.
    """
    due = due_items(corpus, records, now)
    asked = asked_now(records, len(due), now, limit)
    lessons = len({one.lesson for one in due}) if asked else 0
    return asked, len(due), lessons if asked in (0, len(due)) or lessons == 1 else None
