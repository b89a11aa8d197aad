"""Being ready by a day: what a goal with a date changes about reviews until then.

Everything that was learned of the goal's lessons, and of those that they build on, comes back once more in the last days before
it, spread over these, and what is reviewed near the day comes back sooner. The cards keep the dates that they would have anyhow:
where the day is taken back, or has passed, these count again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from tutor.learner.goals import LAST_LOOK_DAYS, goal_from_setting, path_to
from utils.times import moment_of, utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.memory.scheduling import Scheduling
    from tutor.learner.records import Records
    from tutor.models import Card

NEAR_DAYS = 14  # before the day, from which what is reviewed is to be remembered better
NEAR_RETENTION = 0.95  # then


@dataclass(frozen=True)
class Deadline:
    """The day by which the learner wants to know some lessons."""

    day: date
    lessons: frozenset[str]

    def due(self, item: str, due: str, reviewed: str | None, now: datetime) -> str:
        """When an item of these lessons is due: on the day of its last look, if that comes sooner than it would by itself.

        due, reviewed: by its card, UTC. now: aware, in the learner's zone.
        """
        first = self.day - timedelta(days=LAST_LOOK_DAYS)
        if reviewed and moment_of(reviewed).astimezone(now.tzinfo).date() >= first:
            return due  # this was it
        last_look = first + timedelta(days=crc32(item.encode()) % LAST_LOOK_DAYS)
        return min(due, utc(datetime.combine(last_look, time.min, now.tzinfo), "seconds"))

    def planned(self, cards: Iterable[Card], now: datetime) -> list[Card]:
        """Cards with the days on which they are due until then. now: as above."""
        return [
            replace(card, due=self.due(card.item, card.due, json.loads(card.memory)["last_review"], now))
            if card.lesson in self.lessons
            else card
            for card in cards
        ]

    def is_near(self, now: datetime) -> bool:
        """Whether what is reviewed now is reviewed for the day. now: as above."""
        return self.day - timedelta(days=NEAR_DAYS) <= now.date() <= self.day


def deadline_of(corpus: Corpus, records: Records, now: datetime) -> Deadline | None:
    """That of the learner's goal, None where it has none or the day has passed. now: aware, in the learner's zone."""
    goal = goal_from_setting(records.setting("goal"))
    if goal is None or goal.by is None or goal.by < now.date():
        return None
    needs = {lesson: entry.prerequisites for lesson, entry in corpus.entries().items()}
    lessons = frozenset(path_to(goal.lessons, needs, ()))
    return Deadline(goal.by, lessons) if lessons else None


def scheduling_for(corpus: Corpus, records: Records, lesson: str, now: datetime) -> Scheduling:
    """How reviews of a lesson are planned now: near a deadline so that more of it is remembered. now: as above."""
    by = records.scheduling
    deadline = deadline_of(corpus, records, now)
    if deadline is None or lesson not in deadline.lessons or not deadline.is_near(now):
        return by
    return replace(by, retention=max(by.retention, NEAR_RETENTION))
