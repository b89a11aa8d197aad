"""All that `progress` tells of a learner, gathered from their records and the lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tutor.learner.agenda import FIRST_LESSONS, lessons_within_reach, path_to_goal, waits_until
from tutor.learner.beliefs import beliefs_of
from tutor.learner.due import cards_of, due_items
from tutor.learner.file.tallies import Tallies
from tutor.learner.progress import BeliefDocument, EvidenceDocument, Progress, day_of, progress_of
from tutor.learner.retention import retention_of
from tutor.models import Attempt, Evidence
from utils.errors import InvalidFile, UsageError
from utils.times import utc

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.goals import GoalPath
    from tutor.learner.records import Records


@dataclass(frozen=True)
class Overview:
    """The figures, and the words for what they are about."""

    progress: Progress
    path: GoalPath | None  # to the learner's goal
    today: date
    titles: dict[str, str]  # lesson -> its title, of all lessons in the folder
    beginnings: list[str]  # lessons to begin with, of somebody who hasn't answered anything yet
    headings: dict[str, dict[str, str]]  # lesson that was begun -> {section: its heading}, where it was asked for
    gone: dict[str, int] = field(default_factory=dict)  # item that the folder no longer asks -> answers to it, which are kept

    def title(self, lesson: str) -> str:
        """A lesson's title; the id of one that is in another folder."""
        return self.titles.get(lesson, lesson)

    def heading(self, lesson: str, section: str) -> str:
        """A section's heading; its slug where that is unknown."""
        return self.headings.get(lesson, {}).get(section, section)

    def document(self) -> dict[str, Any]:
        """It as `progress --json` prints it."""
        found = {**self.progress.document(), "goal": self.path.document() if self.path else None}
        gone = {"gone": {"items": len(self.gone), "answers": sum(self.gone.values())}} if self.gone else {}
        return {**found, **gone}


def overview_of(corpus: Corpus, records: Records, now: datetime, *, in_full: bool = True) -> Overview:
    """What there is to tell at a time: aware, in the learner's zone.

    in_full: with the headings of sections, and the questions and answers that are evidence of misconceptions, for which
    lessons and banks have to be read.
    """
    tallies = Tallies(records.known(), records.quarters(), waits_until(corpus, records, now))
    cards = cards_of(corpus, records, now)
    items = {lesson: list(sections.items()) for lesson, sections in corpus.item_sections().items()}
    believed = misconceptions_of(corpus, records.evidence(), records.attempts_with_evidence() if in_full else (), now)
    by, fitted = records.scheduling, records.setting("fitted")
    retention = retention_of(tallies.quarters.values(), cards, now, by, records.recalls(), fitted)
    due = len(due_items(corpus, records, now))
    week_ago = records.sums_before(utc(now - timedelta(days=7)))
    figures = progress_of(tallies, cards, items, now, due, week_ago, believed, retention)
    entries = corpus.entries()
    titles = {lesson: entry.title for lesson, entry in entries.items()}
    headings = {lesson: headings_of(corpus, lesson) for lesson in figures.sections} if in_full else {}
    new = lessons_within_reach(list(entries.values()), set())[:FIRST_LESSONS] if not figures.attempts else []
    beginnings = [entry.id for entry in new]
    return Overview(figures, path_to_goal(corpus, records, now), now.date(), titles, beginnings, headings, records.gone_items())


def headings_of(corpus: Corpus, lesson: str) -> dict[str, str]:
    """{section: its heading} of a lesson; {} where it can't be read, which its entry in the list has warned of already."""
    try:
        read = corpus.lesson(lesson)
    except (InvalidFile, UsageError):
        return {}
    return {section.slug: section.title or read.title for section in read.sections}


def misconceptions_of(
    corpus: Corpus, evidence: list[Evidence], attempts: Iterable[Attempt], now: datetime
) -> list[BeliefDocument]:
    """What the learner believes, the strongest first, each with the answers that show it as far as these are given."""
    beliefs = beliefs_of(evidence, now)
    if not beliefs:
        return []  # the list of what they mean isn't read
    known = corpus.explained_misconceptions({one.id for one in beliefs})
    answers = {attempt.id: attempt for attempt in attempts}
    told: dict[str, list[EvidenceDocument]] = {}
    for one in evidence:
        if one.attempt in answers:
            told.setdefault(one.misconception, []).append(_told(corpus, one, answers, now))
    return [belief.document(known, told.get(belief.id, ())) for belief in beliefs]


def _told(corpus: Corpus, one: Evidence, answers: Mapping[int, Attempt], now: datetime) -> EvidenceDocument:
    """A piece of evidence with the question and the answer in words."""
    attempt = answers[one.attempt]
    try:
        question, answer = corpus.in_words(attempt) or ("", attempt.answer)
    except (InvalidFile, UsageError):  # the bank can't be read; it is listed with a warning already
        question, answer = "", attempt.answer
    day = day_of(one.at, now).isoformat()
    return {"day": day, "kind": one.kind, "item": one.item, "question": question, "answer": answer}
