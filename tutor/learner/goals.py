"""Goals: what a learner wants to understand, the lessons still open on the way to it, and how long they take. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from tutor.learner.progress import Day
from utils.text import plural

MOST_CHARACTERS = 200  # of a goal's words
ASSUMED_PACE_MIN = 20  # minutes a day, where too little is known of the learner
PACE_DAYS = 28  # that the learner's own pace is taken from
FEWEST_DAYS = 3  # with answers, among these
WORDS_A_MINUTE = 90  # of a lesson that doesn't say how long it takes: as in the bundled ones, their questions included


class GoalDocument(TypedDict):
    """A goal as `progress --json` prints it, and the events of a session."""

    goal: str
    lessons: list[str]
    path: list[str]
    minutes: int
    days: int
    minutes_a_day: int


@dataclass(frozen=True)
class Goal:
    """What the learner wants to understand: in their words, and the lessons that these mean."""

    words: str
    lessons: tuple[str, ...]

    def setting(self) -> dict[str, Any]:
        """The goal as the records keep it."""
        return {"words": self.words, "lessons": list(self.lessons)}


def goal_from_setting(kept: Any) -> Goal | None:
    """The goal that `setting` gave, None where none is kept or something else is."""
    if not isinstance(kept, dict):
        return None
    words, lessons = kept.get("words"), kept.get("lessons")
    if not isinstance(words, str) or not isinstance(lessons, list) or not all(isinstance(lesson, str) for lesson in lessons):
        return None
    return Goal(words, tuple(lessons))


@dataclass(frozen=True)
class PathStep:
    """A lesson on the way to a goal, and how long it will still take."""

    lesson: str
    title: str
    minutes: int
    begun: bool = False


@dataclass(frozen=True)
class GoalPath:
    """The lessons still open on the way to a goal, in order; none where it is reached."""

    goal: Goal
    steps: tuple[PathStep, ...]
    pace: int | None  # minutes a day of the learner's own; None where too little is known

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def minutes_a_day(self) -> int:
        return self.pace or ASSUMED_PACE_MIN

    @property
    def days(self) -> int:
        return math.ceil(self.minutes / self.minutes_a_day)

    def left(self) -> str:
        """`7 lessons, 10 days`."""
        return f"{plural(len(self.steps), 'lesson')}, {plural(self.days, 'day')}"

    def estimate(self) -> str:
        """`185 min, about 10 days at your 19 min a day`."""
        whose = "your" if self.pace else "an assumed"
        return f"{self.minutes} min, about {plural(self.days, 'day')} at {whose} {self.minutes_a_day} min a day"

    def document(self) -> GoalDocument:
        """The same as plain values."""
        return {
            "goal": self.goal.words, "lessons": list(self.goal.lessons), "path": [step.lesson for step in self.steps],
            "minutes": self.minutes, "days": self.days, "minutes_a_day": self.minutes_a_day,
        }  # fmt: skip


def path_to(lessons: Sequence[str], prerequisites: Mapping[str, Sequence[str]], known: Collection[str]) -> list[str]:
    """The lessons and all that they build on, each after its prerequisites, without those that are known.

    What is needed for a known lesson only is left out with it. prerequisites: of every lesson in the folder; others are
    ignored, and so is a prerequisite that leads back to where it came from.
    """
    path: list[str] = []
    seen: set[str] = set()
    waiting = [(lesson, False) for lesson in reversed(lessons)]
    while waiting:
        lesson, are_before = waiting.pop()
        if are_before:
            path.append(lesson)
        elif lesson in prerequisites and lesson not in seen and lesson not in known:
            seen.add(lesson)
            waiting.append((lesson, True))
            waiting += [(need, False) for need in reversed(prerequisites[lesson])]
    return path


def pace_of(days: Mapping[date, Day], now: datetime) -> int | None:
    """The minutes a day that the learner has studied lately, days off included; None with answers on too few days.

    days: what was done on each of them. now: aware, in the learner's zone.
    """
    first = now.date() - timedelta(days=PACE_DAYS - 1)
    recent = {day: seen.seconds for day, seen in days.items() if first <= day <= now.date()}
    if len(recent) < FEWEST_DAYS:
        return None
    last = now.date() if now.date() in recent else now.date() - timedelta(days=1)  # today is not over
    return max(1, round(sum(recent.values()) / 60 / ((last - min(recent)).days + 1)))
