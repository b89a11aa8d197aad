"""Goals: what a learner wants to understand, the lessons still open on the way to it, and how long they take. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from tutor.learner.progress import Day, day_and_month
from utils.errors import UsageError
from utils.text import plural, shorten
from utils.times import CLOCK_YEARS

MOST_CHARACTERS = 200  # of a goal's words
ASSUMED_PACE_MIN = 20  # minutes a day, where too little is known of the learner
PACE_DAYS = 28  # that the learner's own pace is taken from
FEWEST_DAYS = 3  # with answers, among these
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LAST_LOOK_DAYS = 7  # before a goal's day, in which nothing new is planned and what was learned comes back
WORDS_A_MINUTE = 90  # of a lesson that doesn't say how long it takes: as in the bundled ones, their questions included


class PlanDocument(TypedDict):
    """By when a lesson on the way should be done, so that all are before the day."""

    lesson: str
    by: str  # ISO date


class GoalDocument(TypedDict):
    """A goal as `progress --json` prints it, and the events of a session."""

    goal: str
    lessons: list[str]
    path: list[str]
    minutes: int
    days: int
    minutes_a_day: int
    by: str | None  # ISO date; the rest is None or empty without one
    days_left: int | None
    needed_a_day: int | None  # minutes, reviews included
    works: bool | None  # whether that is no more than minutes_a_day; with no lesson left, whether the reviews fit into the days
    plan: list[PlanDocument]


@dataclass(frozen=True)
class Goal:
    """What the learner wants to understand: in their words, and the lessons that these mean; and by when, if by a day."""

    words: str
    lessons: tuple[str, ...]
    by: date | None = None
    reached: bool = False  # and said so; kept until the day, because its questions come back before it

    def setting(self) -> dict[str, Any]:
        """The goal as the records keep it."""
        kept: dict[str, Any] = {"words": self.words, "lessons": list(self.lessons)}
        if self.by:
            kept |= {"by": self.by.isoformat()} | ({"reached": True} if self.reached else {})
        return kept


def goal_from_setting(kept: Any) -> Goal | None:
    """The goal that `setting` gave, None where none is kept or something else is."""
    if not isinstance(kept, dict):
        return None
    words, lessons = kept.get("words"), kept.get("lessons")
    if not isinstance(words, str) or not isinstance(lessons, list) or not all(isinstance(lesson, str) for lesson in lessons):
        return None
    return Goal(words, tuple(lessons), _day_of_setting(kept.get("by")), kept.get("reached") is True)


def _day_of_setting(kept: Any) -> date | None:
    with suppress(ValueError, TypeError):
        return date.fromisoformat(kept)
    return None


NEVER = "never"  # in place of a day: none any more


def day_by(text: str, today: date) -> date | None:
    """The day that was named as that by which to be ready, None for NEVER. Raises UsageError for what is no day to come."""
    example = f"such as {(today + timedelta(days=30)).isoformat()}, or {NEVER}"
    given = text.strip()
    if given.lower() == NEVER:
        return None
    try:
        day = date.fromisoformat(given) if DAY.fullmatch(given) else None
    except ValueError:
        day = None
    if day is None:
        raise UsageError(f"--by: found {shorten(given, 40) or 'nothing'}, expected a date {example}")
    if day <= today:
        raise UsageError(
            f"--by: found {given}, which {'is today' if day == today else 'has passed'}; expected a day after today, {example}"
        )
    if day.year not in CLOCK_YEARS:
        raise UsageError(f"--by: found the year {day.year}, expected one before {CLOCK_YEARS[-1] + 1}")
    return day


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
    today: date
    reviews: int = 0  # minutes of reviews that are planned before the goal's day, where it has one
    questions: int = 0  # of the goal's lessons, that come back before it
    limit: int = 0  # reviews a day

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def minutes_a_day(self) -> int:
        return self.pace or ASSUMED_PACE_MIN

    @property
    def days(self) -> int:
        return math.ceil(self.minutes / self.minutes_a_day)

    @property
    def by(self) -> date | None:
        """The day by which to be ready, if it is still to come."""
        return self.goal.by if self.goal.by and self.goal.by >= self.today else None

    def passed(self) -> str:
        """That the goal's day has passed, and what to do then; "" where it has none or is still to come."""
        if not self.goal.by or self.by:
            return ""
        return f"Its day, {day_and_month(self.goal.by, self.today)}, has passed: learn --by DATE sets another, --by never none"

    @property
    def days_left(self) -> int:
        """Until the goal's day, today included; at least one."""
        return max(1, (self.by - self.today).days) if self.by else 0

    @property
    def needed_a_day(self) -> int:
        """Minutes that the lessons and the reviews take on each of the days left."""
        return math.ceil((self.minutes + self.reviews) / max(self.days_left, 1))

    @property
    def is_open(self) -> bool:
        """Whether there is something to do for it: lessons, or, until its day, the reviews of those that are known."""
        return bool(self.steps or self.by)

    @property
    def works(self) -> bool:
        """Whether what is left can be done by the goal's day: at the learner's pace, and within their reviews a day."""
        if not self.steps:
            return self.questions <= self.limit * self.days_left
        return self.needed_a_day <= self.minutes_a_day

    def reviews_left(self) -> str:
        """`12 reviews left`, where all lessons are known."""
        return f"{plural(self.questions, 'review') if self.questions else 'no reviews'} left"

    def left(self) -> str:
        """`7 lessons, 10 days`, or `7 lessons left, by 12 Jan`."""
        lessons = plural(len(self.steps), "lesson")
        return f"{lessons} left, by {day_and_month(self.by, self.today)}" if self.by else f"{lessons}, {plural(self.days, 'day')}"

    def plan(self) -> list[date]:
        """By when each lesson should be done: the new is spread over the days left, but for the last, which are for reviews."""
        if not self.by:
            return []
        learning = max(1, self.days_left - min(LAST_LOOK_DAYS, self.days_left // 3))
        done = 0
        days = []
        for step in self.steps:
            done += step.minutes
            days.append(self.today + timedelta(days=max(0, math.ceil(learning * done / self.minutes) - 1)))
        return days

    def estimate(self) -> str:
        """`185 min, about 10 days at your 19 min a day`, or, by a day, whether that can be done."""
        if self.by:
            return self._feasibility()
        whose = "your" if self.pace else "an assumed"
        return f"{self.minutes} min, about {plural(self.days, 'day')} at {whose} {self.minutes_a_day} min a day"

    def _feasibility(self) -> str:
        """`185 min in 12 days is 16 min a day; you do 19: that works`."""
        if not self.steps:
            told = f"You know its lessons; {self.reviews_left()} in {plural(self.days_left, 'day')}"
            return told if self.works else f"{told}, more than {self.limit} a day"
        and_reviews = f" and {self.reviews} min of reviews" if self.reviews else ""
        told = f"{self.minutes} min{and_reviews} in {plural(self.days_left, 'day')} is {self.needed_a_day} min a day"
        if self.works:
            return f"{told}; {f'you do {self.pace}' if self.pace else f'an assumed pace is {ASSUMED_PACE_MIN}'}: that works"
        room, within = self.minutes_a_day * self.days_left - self.reviews, 0
        for step in self.steps:
            room -= step.minutes
            within += room >= 0
        most = f"the {self.pace} that you do" if self.pace else f"an assumed pace of {ASSUMED_PACE_MIN}"
        count = f"get through {within} of {plural(len(self.steps), 'lesson')}" if within else "don't get through the first lesson"
        return f"{told}, more than {most}; at {self.minutes_a_day} a day you {count} by then"

    def document(self) -> GoalDocument:
        """The same as plain values."""
        return {
            "goal": self.goal.words, "lessons": list(self.goal.lessons), "path": [step.lesson for step in self.steps],
            "minutes": self.minutes, "days": self.days, "minutes_a_day": self.minutes_a_day,
            "by": self.by.isoformat() if self.by else None, "days_left": self.days_left if self.by else None,
            "needed_a_day": self.needed_a_day if self.by else None,
            "works": self.works if self.by else None,
            "plan": [{"lesson": step.lesson, "by": day.isoformat()} for step, day in zip(self.steps, self.plan(), strict=False)],
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
