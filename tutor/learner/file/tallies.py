"""What attempts add up to, one after the other: how well items are known, how much was done when, what was remembered. Pure.

The records keep it beside the attempts (tally_tables.py), so that a learner of many years waits no longer than a new one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tutor.learner.schedule import ENOUGH_OF_THE_ITEMS, FADING, LEAST_EVIDENCE, credit_of
from tutor.models import Attempt
from utils.times import moment_of

IDLE_S = 300  # a longer pause between two answers counts as this long
FIRST_S = 30  # what a session's first answer counts as
NIGHT = timedelta(hours=8)  # with less between them, a second answer says little about what was remembered
LEVELS = 3  # of confidence
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


@dataclass(frozen=True)
class Counted:
    """What one attempt adds."""

    attempt: Attempt
    known: Known  # its item after it
    before: Sums  # the item's sums before it
    seconds: float
    recalled: bool | None  # None where it doesn't measure what was remembered
    waited: tuple[str, str] | None  # from when to when the item was due, before it was answered


@dataclass
class Tallies:
    """All that is kept, or the part of it that the next attempt changes."""

    known: dict[str, Known] = field(default_factory=dict)  # by item (key)
    quarters: dict[str, Quarter] = field(default_factory=dict)  # by when they began
    waits: list[tuple[str, str]] = field(default_factory=list)  # when something was due: in order, none overlapping
    sessions: dict[str, str] = field(default_factory=dict)  # session -> the time of its last answer

    def count(self, attempt: Attempt, item: str = "") -> Counted:
        """Count the next attempt. item: what its item is called here, if not by its key. Returns what it added."""
        name = item or attempt.item
        one = counted(attempt, self.known.get(name), self.sessions.get(attempt.session))
        self.known[name], self.sessions[attempt.session] = one.known, attempt.at
        self.quarters.setdefault(quarter_of(attempt.at), Quarter()).count(one)
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
    return Counted(attempt, mastered, before, min(max(gap, 0.0), IDLE_S), _recalled(attempt, known), waited)


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


def _recalled(attempt: Attempt, known: Known | None) -> bool | None:
    """Whether what had got a date earlier was right at once and without help, in a later session."""
    if attempt.mode == "explain" or (attempt.mode == "quiz" and not attempt.due):
        return None  # it answers no item, or came on a sheet, which may be anyone's
    if known is None or not known.dated or known.session == attempt.session:
        return None
    return attempt.unaided if moment_of(attempt.at) - moment_of(known.dated) >= NIGHT else None


def quarter_of(at: str) -> str:
    """When the quarter of an hour began that a time of the records lies in; every time zone's days begin with one."""
    return f"{at[:14]}{int(at[14:16]) // 15 * 15:02}"


def mastery_of(sums: Mapping[str, Sums], items: Collection[str]) -> float:
    """`schedule.mastery` of items (keys), by the sums of those that were answered."""
    rows = [sums[key] for key in items if key in sums]
    weights = sum(evidence for _, evidence in rows)
    return sum(earned for earned, _ in rows) / max(weights, LEAST_EVIDENCE, ENOUGH_OF_THE_ITEMS * len(items))


def tallies_of(attempts: Iterable[Attempt]) -> Tallies:
    """What attempts on one folder of lessons come to, in their order."""
    found = Tallies()
    for attempt in attempts:
        found.count(attempt)
    return found
