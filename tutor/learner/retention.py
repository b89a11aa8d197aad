"""How much of what was learned would come to mind: today, on the days ahead if nothing were asked again, and as measured. Pure.

The days ahead are FSRS's estimates. Items that were set aside don't count, because they are not asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tutor.learner.file.tallies import BINS, NONE, UP_TO_DAYS, Quarter, Recall, RecallKey
from tutor.learner.memory.refitting import parameters_document
from tutor.learner.memory.scheduling import Scheduling
from tutor.learner.progress import (
    BinDocument,
    IntervalDocument,
    MeasuredDocument,
    PredictionDocument,
    RecalledDocument,
    RetentionDocument,
)
from tutor.learner.schedule import recall_ahead
from tutor.models import Card

CURVE_DAYS = range(0, 61, 3)  # from today, on which the curve has a point
ABOUT_DAYS = (None, 7, 30, 90, None)  # what each of the intervals stands for


def retention_of(
    quarters: Collection[Quarter], cards: Iterable[Card], now: datetime, by: Scheduling,
    recalls: Mapping[RecallKey, Recall] | None = None, fitted: Any = None,
) -> RetentionDocument | None:  # fmt: skip
    """The figures; None where no item has been reviewed yet. now: aware, in the learner's zone. fitted: that setting."""
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
        "measured": measured(recalls or {}),
        "prediction": prediction_of(recalls or {}),
        "parameters": parameters_document(fitted, sum(quarter.asked_again for quarter in quarters)),
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


def measured(recalls: Mapping[RecallKey, Recall]) -> MeasuredDocument:
    """What was recalled when it was asked again, by the days since the review before, in all and of each lesson."""
    lessons: dict[str, dict[RecallKey, Recall]] = defaultdict(dict)
    for key, recall in recalls.items():
        if key[1] != NONE:
            lessons[key[0]][key] = recall
    return {
        "intervals": _intervals(recalls),
        "not_measured": sum(recall.asked for (_, interval, _), recall in recalls.items() if interval == NONE),
        "lessons": {lesson: _intervals(own) for lesson, own in sorted(lessons.items())},
    }


def _intervals(recalls: Mapping[RecallKey, Recall]) -> list[IntervalDocument]:
    found: list[IntervalDocument] = []
    for place, about in enumerate(ABOUT_DAYS):
        every, predicted = Recall(), Recall()
        for (_, interval, chance), recall in recalls.items():
            if interval == place:
                every.add(recall)
                if chance != NONE:
                    predicted.add(recall)
        begin = UP_TO_DAYS[place - 1] + 1 if place else 0
        found.append(
            {
                "about": about,
                "days": [begin, UP_TO_DAYS[place] if place < len(UP_TO_DAYS) else None],
                "asked": every.asked,
                "recalled": _share(every.recalled, every.asked),
                "mean_days": round(every.days / every.asked, 1) if every.asked else None,
                "predicted": _share(predicted.predicted, predicted.asked),
                "with_prediction": predicted.asked,
            }
        )
    return found


def prediction_of(recalls: Mapping[RecallKey, Recall]) -> PredictionDocument:
    """How well the chances were predicted of what was asked again: log loss, and calibration in tenths."""
    every, bins, before = Recall(), [Recall() for _ in range(BINS)], 0
    for (_, interval, chance), recall in recalls.items():
        if chance != NONE:
            every.add(recall)
            bins[chance].add(recall)
        elif interval != NONE:
            before += recall.asked
    rows: list[BinDocument] = [
        {
            "chance": [place / BINS, (place + 1) / BINS],
            "asked": one.asked,
            "predicted": round(one.predicted / one.asked, 3),
            "recalled": round(one.recalled / one.asked, 3),
        }
        for place, one in enumerate(bins)
        if one.asked
    ]
    return {
        "asked": every.asked,
        "not_predicted": before,
        "log_loss": round(every.loss / every.asked, 4) if every.asked else None,
        "predicted": _share(every.predicted, every.asked),
        "recalled": _share(every.recalled, every.asked),
        "bins": rows,
    }


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
