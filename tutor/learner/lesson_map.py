"""A lesson's map: its sections in order, how well each is known and what is due, what it builds on and what builds on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tutor.learner.agenda import finished_lessons, minutes_left
from tutor.learner.due import cards_of, due_items
from tutor.learner.file.tallies import Sums, mastery_of
from tutor.learner.overview import misconceptions_of
from tutor.learner.progress import BeliefDocument, day_of

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.models import Card, Place, Section


@dataclass(frozen=True)
class MapSection:
    """A section on the map."""

    section: str  # slug
    title: str
    mastery: float
    items: int  # that ask about it
    asked: int  # of these, so far
    due: int  # of these, today
    next_due: str | None  # ISO date of the next review after today
    done: bool  # the learner has been through it
    here: bool  # they are in it now


@dataclass(frozen=True)
class Neighbour:
    """A lesson before or after the one on the map."""

    lesson: str
    title: str
    mastery: float
    finished: bool


@dataclass(frozen=True)
class LessonMap:
    """The map of one lesson."""

    lesson: str
    title: str
    summary: str
    minutes: int | None
    minutes_left: int
    mastery: float
    due: int
    sections: tuple[MapSection, ...]
    prerequisites: tuple[Neighbour, ...]
    leads_to: tuple[Neighbour, ...]
    misconceptions: tuple[BeliefDocument, ...]  # that answers to its questions have shown last
    today: date

    @property
    def done(self) -> int:
        """How many of its sections the learner has been through."""
        return sum(section.done for section in self.sections)

    def document(self) -> dict[str, Any]:
        """It as `progress TOPIC --json` prints it."""
        return {**asdict(self), "today": self.today.isoformat()}


def lesson_map(corpus: Corpus, records: Records, lesson: str, now: datetime) -> LessonMap:
    """The map at a time: aware, in the learner's zone. Raises as `Corpus.lesson` does."""
    read, entries, sections_of = corpus.lesson(lesson), corpus.entries(), corpus.item_sections()
    place = records.place(lesson)
    sums = {key: one.sums for key, one in records.known().items()}
    cards = [card for card in cards_of(corpus, records, now) if card.lesson == lesson and not card.leech]
    due = {one.item for one in due_items(corpus, records, now)}
    keys = sections_of[lesson]
    finished = finished_lessons(corpus, records)
    rows = tuple(
        _map_section(section, [key for key, its in keys.items() if its == section.slug], sums, cards, due, place, now)
        for section in read.taught
    )

    def neighbours(names: Iterable[str]) -> tuple[Neighbour, ...]:
        found = []
        for name in names:
            items = sections_of[name]
            known = mastery_of(sums, items) if items else 0.0
            found.append(Neighbour(name, entries[name].title, round(known, 3), name in finished))
        return tuple(found)

    evidence = records.evidence()
    own = {one.misconception for one in evidence if one.lesson == lesson}
    told = [one for one in evidence if one.misconception in own]
    believed = misconceptions_of(corpus, told, records.attempts(lesson=lesson), now)
    return LessonMap(
        lesson=lesson, title=read.title, summary=read.summary, minutes=read.minutes,
        minutes_left=minutes_left(corpus, entries[lesson], place),
        mastery=round(mastery_of(sums, keys), 3) if keys else 0.0,
        due=sum(row.due for row in rows),
        sections=rows,
        prerequisites=neighbours(name for name in read.prerequisites if name in entries),
        leads_to=neighbours(name for name, entry in entries.items() if lesson in entry.prerequisites),
        misconceptions=tuple(believed),
        today=now.date(),
    )  # fmt: skip


def _map_section(
    section: Section, keys: list[str], sums: Mapping[str, Sums], cards: list[Card], due: set[str], place: Place | None,
    now: datetime,
) -> MapSection:  # fmt: skip
    """keys: of the items that ask about the section. cards: of the lesson, without those set aside."""
    ahead = sorted(day for card in cards if card.item in keys and (day := day_of(card.due, now)) > now.date())
    finished = place is not None and place.stage == "finished"
    return MapSection(
        section=section.slug,
        title=section.title,
        mastery=round(mastery_of(sums, keys), 3) if keys else 0.0,
        items=len(keys),
        asked=len(sums.keys() & set(keys)),
        due=len(due.intersection(keys)),
        next_due=ahead[0].isoformat() if ahead else None,
        done=finished or (place is not None and section.slug in place.done),
        here=not finished and place is not None and place.section == section.slug,
    )
