"""How much of what was learned would come to mind: today, on the days ahead if nothing were asked again, and as measured. Pure.

The days ahead are FSRS's estimates. Items that were set aside don't count, because they are not asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tutor.learner.file.tallies import Quarter
from tutor.learner.memory.scheduling import Scheduling
from tutor.learner.progress import RecalledDocument, RetentionDocument
from tutor.learner.schedule import recall_ahead
from tutor.models import Card

CURVE_DAYS = range(0, 61, 3)  # from today, on which the curve has a point


def retention_of(quarters: Iterable[Quarter], cards: Iterable[Card], now: datetime, by: Scheduling) -> RetentionDocument | None:
    """The figures; None where no item has been reviewed yet. now: aware, in the learner's zone."""
    moments = [now + timedelta(days=days) for days in CURVE_DAYS]
    stability: dict[str, float] = {}
    chances: dict[str, list[list[float]]] = {}  # lesson -> for each of its items the chance on each of the days
    for card in cards:
        if not card.leech and (found := recall_ahead(card.memory, moments, by)):
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
        "recalled": recalled(quarters),
    }


def _means(rows: Sequence[Sequence[float]]) -> list[float]:
    """The mean of each column."""
    return [round(sum(column) / len(rows), 3) for column in zip(*rows, strict=True)]


def recalled(quarters: Iterable[Quarter]) -> RecalledDocument | None:
    """How often the first answer of a session was right, without help, to items that had got a date a night before or earlier."""
    asked = right = 0
    for quarter in quarters:
        asked += quarter.asked_again
        right += quarter.recalled
    return {"asked": asked, "right": round(right / asked, 3)} if asked else None
