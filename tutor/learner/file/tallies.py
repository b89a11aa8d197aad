"""What attempts add up to, one after the other: how well items are known, how much was done when, what was remembered. Pure.

The records keep it beside the attempts (tally_tables.py), so that a learner of many years waits no longer than a new one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tutor.learner.schedule import FADING, credit_of, mastery_by
from tutor.models import Attempt
from utils.times import moment_of

IDLE_S = 300  # a longer pause between two answers counts as this long
FIRST_S = 30  # what a session's first answer counts as
NIGHT = timedelta(hours=8)  # with less between them, a second answer says little about what was remembered
LEVELS = 3  # of confidence
UP_TO_DAYS = (3, 14, 52, 156)  # that the intervals between reviews end with: short ones, about 7, 30 and 90 days, longer ones
BINS = 10  # of predicted chances
NONE = -1  # in place of an interval or a bin: it doesn't measure what was remembered, or nothing was predicted
LEAST_CHANCE = 0.0001  # that a loss is reckoned with, so that one certainty that failed doesn't outweigh all else
Sums = tuple[float, float]  # of an item: its outcomes and their weights, as in `schedule.mastery`


@dataclass(frozen=True)
class Known:
    """How well an item is known, by all attempts on it: a row of the table of that name."""

    lesson: str
    session: str  # of the last attempt
    earned: float  # the outcomes of the sessions before that one, each weighted as `schedule.mastery` says
    evidence: float  # those weights
    credit: float  # of the last session so far
    sure: bool  # whether it has a grade that is sure; those that aren't count only where none is
    unaided: bool  # whether all answers in it that count were right without help
    due: str | None  # when the last attempt said that the item would be asked again
    dated: str | None  # the last attempt that said so: its time

    @property
    def sums(self) -> Sums:
        """With the last session."""
        return self.earned * FADING + self.credit, self.evidence * FADING + 1


@dataclass
class Quarter:
    """What a quarter of an hour saw: a row of the table `quarters`."""

    answers: int = 0
    seconds: float = 0.0
    asked_again: int = 0  # answers that measure what was remembered
    recalled: int = 0  # of these, right ones without help
    sure: list[int] = field(default_factory=lambda: [0] * (2 * LEVELS))  # for each level of confidence answers, and right ones

    def count(self, one: Counted, sign: int = 1) -> None:
        """Add an attempt, or with sign -1 take it away again."""
        self.answers += sign
        self.seconds += sign * one.seconds
        self.asked_again += sign * (one.recalled is not None)
        self.recalled += sign * bool(one.recalled)
        if one.attempt.confidence in range(1, LEVELS + 1):
            place = 2 * (one.attempt.confidence or 0) - 2
            self.sure[place] += sign
            self.sure[place + 1] += sign * one.attempt.grade.correct


@dataclass
class Recall:
    """How often what was asked again came to mind, and how often it should have: a row of the table `recall`."""

    asked: int = 0
    recalled: int = 0  # right at once and without help
    days: int = 0  # since the review before, added up
    predicted: float = 0.0  # the chances that had been predicted, added up
    loss: float = 0.0  # what these cost, as log loss, added up

    def count(self, recalled: bool | None, days: int, predicted: float | None) -> None:
        """Add an answer. days: see Counted."""
        self.asked += 1
        self.recalled += bool(recalled)
        self.days += max(days, 0)
        if predicted is not None and days != NONE:
            self.predicted += predicted
            self.loss += log_loss(predicted, bool(recalled))

    def add(self, other: Recall) -> None:
        self.asked += other.asked
        self.recalled += other.recalled
        self.days += other.days
        self.predicted += other.predicted
        self.loss += other.loss


RecallKey = tuple[str, int, int]  # lesson, interval (of UP_TO_DAYS), bin of the predicted chance; the last two may be NONE


def recall_key(lesson: str, days: int, predicted: float | None) -> RecallKey:
    """Where an answer counts. days: see Counted."""
    if days == NONE:
        return lesson, NONE, NONE
    chance = NONE if predicted is None else min(max(int(predicted * BINS), 0), BINS - 1)
    return lesson, bisect_left(UP_TO_DAYS, days), chance


def log_loss(predicted: float, recalled: bool) -> float:
    """What a prediction costs: 0 if it was certain and right, the more the surer it was of the contrary."""
    chance = predicted if recalled else 1 - predicted
    return -math.log(min(max(chance, LEAST_CHANCE), 1 - LEAST_CHANCE))


@dataclass(frozen=True)
class Counted:
    """What one attempt adds."""

    attempt: Attempt
    known: Known  # its item after it
    before: Sums  # the item's sums before it
    seconds: float
    recalled: bool | None  # None where it doesn't measure what was remembered
    days: int | None  # since the item's review before; NONE where it was asked again and this measures nothing; None otherwise
    waited: tuple[str, str] | None  # from when to when the item was due, before it was answered


@dataclass
class Tallies:
    """All that is kept, or the part of it that the next attempt changes."""

    known: dict[str, Known] = field(default_factory=dict)  # by item (key)
    quarters: dict[str, Quarter] = field(default_factory=dict)  # by when they began
    waits: list[tuple[str, str]] = field(default_factory=list)  # when something was due: in order, none overlapping
    sessions: dict[str, str] = field(default_factory=dict)  # session -> the time of its last answer
    recalls: dict[RecallKey, Recall] = field(default_factory=dict)

    def count(self, attempt: Attempt, item: str = "") -> Counted:
        """Count the next attempt. item: what its item is called here, if not by its key. Returns what it added."""
        name = item or attempt.item
        one = counted(attempt, self.known.get(name), self.sessions.get(attempt.session))
        self.known[name], self.sessions[attempt.session] = one.known, attempt.at
        self.quarters.setdefault(quarter_of(attempt.at), Quarter()).count(one)
        if one.days is not None:
            key = recall_key(name.partition(":")[0], one.days, attempt.predicted)
            self.recalls.setdefault(key, Recall()).count(one.recalled, one.days, attempt.predicted)
        if one.waited:
            self.add_wait(*one.waited)
        return one

    def add_wait(self, begun: str, ended: str) -> None:
        """Add a time at which something was due, joined with those that it overlaps."""
        first = bisect_left(self.waits, begun, key=lambda one: one[1])
        last = bisect_right(self.waits, ended, key=lambda one: one[0])
        joined = self.waits[first:last]
        merged = min([begun, *(one[0] for one in joined)]), max([ended, *(one[1] for one in joined)])
        self.waits[first:last] = [merged]


def counted(attempt: Attempt, known: Known | None, session_at: str | None) -> Counted:
    """What an attempt adds. known: its item before it. session_at: the time of the answer before it in its session."""
    mastered, before = _known_after(attempt, known), known.sums if known else (0.0, 0.0)
    gap = (moment_of(attempt.at) - moment_of(session_at)).total_seconds() if session_at else FIRST_S
    waited = (known.due, attempt.at) if known and known.due and known.due < attempt.at else None
    days = _days_after_review(attempt, known)
    recalled = None if days is None or days == NONE else attempt.unaided
    return Counted(attempt, mastered, before, min(max(gap, 0.0), IDLE_S), recalled, days, waited)


def _known_after(attempt: Attempt, known: Known | None) -> Known:
    dated = attempt.at if attempt.due else known.dated if known else None
    sure = not attempt.grade.unsure
    if known is None or known.session != attempt.session:
        earned, evidence = known.sums if known else (0.0, 0.0)
        credit, unaided = credit_of(attempt, attempt.unaided), attempt.unaided
        return Known(attempt.lesson, attempt.session, earned, evidence, credit, sure, unaided, attempt.due, dated)
    if known.sure and not sure:  # the learner's own judgement follows
        return replace(known, due=attempt.due, dated=dated)
    unaided = attempt.unaided and (known.unaided or (sure and not known.sure))
    return replace(known, credit=credit_of(attempt, unaided), sure=sure, unaided=unaided, due=attempt.due, dated=dated)


def _days_after_review(attempt: Attempt, known: Known | None) -> int | None:
    """Counted.days: what had got a date earlier is measured by the first answer of a later session, a night on or more."""
    if attempt.mode == "explain" or known is None or known.session == attempt.session:
        return None
    if not known.dated or (attempt.mode == "quiz" and not attempt.due):
        return NONE  # it was never finished, or came on a sheet, which may be anyone's
    gap = moment_of(attempt.at) - moment_of(known.dated)
    return gap.days if gap >= NIGHT else NONE


def quarter_of(at: str) -> str:
    """When the quarter of an hour began that a time of the records lies in; every time zone's days begin with one."""
    return f"{at[:14]}{int(at[14:16]) // 15 * 15:02}"


def mastery_of(sums: Mapping[str, Sums], items: Collection[str]) -> float:
    """`schedule.mastery` of items (keys), by the sums of those that were answered."""
    return mastery_by([sums[key] for key in items if key in sums], len(items))


def tallies_of(attempts: Iterable[Attempt]) -> Tallies:
    """What attempts on one folder of lessons come to, in their order."""
    found = Tallies()
    for attempt in attempts:
        found.count(attempt)
    return found
