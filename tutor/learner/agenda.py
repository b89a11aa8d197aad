"""What the learner can do now: continue, review, or start something new that is within reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.learner.progress import day_of, end_of_day, in_days, streak
from tutor.models import Card
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.catalogue import CatalogueEntry
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records

FIRST_LESSONS = 3  # how many the home screen offers to a new learner
REVIEW_S = 30  # about how long an item takes in a review


@dataclass(frozen=True)
class Choice:
    """A line of the home screen, which opens a lesson, a review or more choices."""

    label: str
    lesson: str | None = None
    review: bool = False
    more: Callable[[], list[Choice]] = list


def lessons_within_reach(lessons: Sequence[CatalogueEntry], finished: set[str], after: str | None = None) -> list[CatalogueEntry]:
    """The unfinished lessons whose prerequisites are finished, the best next one first.

    Those that build on the lesson just finished come first, then those that build on any other, then the short ones.
    Prerequisites that are not in the corpus are ignored.
    """
    known = {lesson.id for lesson in lessons}
    open_ = [lesson for lesson in lessons if lesson.id not in finished and not (set(lesson.prerequisites) & known) - finished]
    return sorted(
        open_,
        key=lambda lesson: (
            after not in lesson.prerequisites,
            not lesson.prerequisites,
            lesson.minutes or 999,
            lesson.id,
        ),
    )


def finished_lessons(corpus: Corpus, records: Records) -> set[str]:
    """The lessons that the learner has completed."""
    places = ((lesson, records.place(lesson)) for lesson in corpus.ids())
    return {lesson for lesson, place in places if place and place.stage == "finished"}


def next_lesson(corpus: Corpus, records: Records, after: str) -> CatalogueEntry | None:
    """The lesson to suggest after another one."""
    lessons = list(corpus.entries().values())
    return next(iter(lessons_within_reach(lessons, finished_lessons(corpus, records) | {after}, after)), None)


def choices(corpus: Corpus, records: Records, now: datetime) -> list[Choice]:
    """The lines of the home screen: continue, review, something new, everything. now: aware, in the learner's zone."""
    entries = corpus.entries()
    finished = finished_lessons(corpus, records)
    place = records.last_place()
    offered: list[Choice] = []
    going_on = place.lesson if place and place.lesson in entries else None
    if place and going_on:
        lesson, sections = entries[going_on], len(corpus.lesson(going_on).sections)
        left = f" · {len(place.done)} of {sections} sections done"
        if lesson.minutes:
            left += f" · {max(1, round(lesson.minutes * (1 - len(place.done) / sections)))} min left"
        offered.append(Choice(f"Go on with **{lesson.title}**{left}", going_on))
    if due := {lesson: count for lesson, count in records.due_counts(end_of_day(now)).items() if lesson in entries}:
        count = sum(due.values())
        size = f" · from {plural(len(due), 'lesson')} · about {max(1, round(count * REVIEW_S / 60))} min"
        offered.append(Choice(f"Review **{plural(count, 'item')}**{size}", review=True))
    new = [lesson for lesson in lessons_within_reach(list(entries.values()), finished) if lesson.id != going_on]
    for lesson in new[: 1 if offered else FIRST_LESSONS]:
        lead = "Start something new: " if going_on or due else ""
        offered.append(Choice(f"{lead}**{lesson.title}**" + (f" · {lesson.summary}" if lesson.summary else ""), lesson.id))
    if len(entries) > len(offered):
        every = [Choice(f"**{entry.title}** · {name}", name) for name, entry in entries.items()]
        offered.append(Choice("All lessons", more=lambda: every))
    return offered


def figures(records: Records, now: datetime) -> str:
    """The figures at the right of the home screen: `4-day streak · 12 due`. now: aware, in the learner's zone."""
    days, due = streak(records.attempts(), now), sum(records.due_counts(end_of_day(now)).values())
    parts = [f"{days}-day streak"] if days > 1 else []
    return " · ".join([*parts, f"{due} due"] if due else parts)


def reviewed_today(records: Records, now: datetime) -> int:
    """How many different items were reviewed today."""
    today = [attempt for attempt in records.attempts() if attempt.mode == "review" and day_of(attempt.at, now) == now.date()]
    return len({attempt.item for attempt in today})


def upcoming_reviews(cards: Collection[Card], now: datetime) -> list[str]:
    """When items will be asked again: `3 tomorrow`, `2 in 4 days`; the soonest first."""
    days = Counter(max(0, (day_of(card.due, now) - now.date()).days) for card in cards if not card.leech)
    return [f"{count} {in_days(day)}" for day, count in sorted(days.items())]
