"""How much of what was learned would come to mind: today, on the days ahead if nothing were asked again, and as measured. Pure.

The days ahead are FSRS's estimates. Items that were set aside don't count, because they are not asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tutor.learner.progress import RecalledDocument, RetentionDocument, day_of
from tutor.learner.schedule import recall_ahead
from tutor.models import Attempt, Card

CURVE_DAYS = range(0, 61, 3)  # from today, on which the curve has a point


def retention_of(attempts: Sequence[Attempt], cards: Iterable[Card], now: datetime) -> RetentionDocument | None:
    """The figures; None where no item has been reviewed yet. attempts: in order. now: aware, in the learner's zone."""
    moments = [now + timedelta(days=days) for days in CURVE_DAYS]
    stability: dict[str, float] = {}
    chances: dict[str, list[list[float]]] = {}  # lesson -> for each of its items the chance on each of the days
    for card in cards:
        if not card.leech and (found := recall_ahead(card.memory, moments)):
            stability[card.item] = round(found[0], 1)
            chances.setdefault(card.lesson, []).append(found[1])
    if not chances:
        return None
    every = [item for own in chances.values() for item in own]
    return {
        "items": len(every),
        "curve": {moment.date().isoformat(): share for moment, share in zip(moments, _means(every), strict=True)},
        "lessons": {lesson: [means[0], means[-1]] for lesson, own in chances.items() if (means := _means(own))},
        "stability_days": stability,
        "recalled": recalled(attempts, now),
    }


def _means(rows: Sequence[Sequence[float]]) -> list[float]:
    """The mean of each column."""
    return [round(sum(column) / len(rows), 3) for column in zip(*rows, strict=True)]


def recalled(attempts: Iterable[Attempt], now: datetime) -> RecalledDocument | None:
    """How often the first answer of a session was right, without help, to items that had got a date on an earlier day.

    now: for the learner's time zone.
    """
    right: list[bool] = []
    dated: dict[str, int] = {}  # item -> the ordinal of the day on which it last got a date
    sessions: dict[str, str] = {}  # item -> the session in which it was answered last
    for attempt in attempts:
        if attempt.mode == "explain" or (attempt.mode == "quiz" and not attempt.due):
            continue  # it answers no item, or came on a sheet, which may be anyone's
        day = day_of(attempt.at, now).toordinal()
        if dated.get(attempt.item, day) < day and sessions.get(attempt.item) != attempt.session:
            right.append(attempt.unaided)
        sessions[attempt.item] = attempt.session
        if attempt.due:
            dated[attempt.item] = day
    return {"asked": len(right), "right": round(sum(right) / len(right), 3)} if right else None
