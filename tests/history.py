"""Weeks of learning, played quickly: real items of a folder of lessons, and real grades of answers that are often right."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tutor import grading
from tutor.corpus import bank
from tutor.corpus.corpus import Corpus, open_corpus
from tutor.learner.beliefs import evidence_of
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.records import Records, open_records
from tutor.learner.schedule import chance_before, next_card
from tutor.models import Attempt, Item, Place
from utils.times import utc


def study(docs: Path, home: Path, lessons: Sequence[str], last: datetime, days: int = 60, seed: int = 1) -> None:
    """Some days of learning up to `last`: a lesson begins every few days, its sections follow, and what is due is reviewed.

    Every third learning day is left out, and so is the last lesson's second half.
    """
    chance = random.Random(seed)
    corpus = open_corpus(docs)
    waiting = [section for lesson in lessons for section in sections_of(corpus, lesson)]
    del waiting[len(waiting) - len(sections_of(corpus, lessons[-1])) // 2 :]
    each = -(-len(waiting) * 3 // (days * 2))
    with open_records(home, now=lambda: last) as records:
        for ago in range(days, -1, -1):
            day = last - timedelta(days=ago, minutes=90)
            if ago and chance.random() < 1 / 3:
                continue
            due = [card.item for card in records.cards(due_by=utc(day)) if not card.leech][: 25 if ago else 3]
            items = {item.key: item for lesson in lessons for item in corpus.items(lesson)}
            for number, key in enumerate(due):
                answer(records, items[key], "review", day + timedelta(seconds=40 * number), chance, 0.85)
            for lesson, section in waiting[:each]:
                done = [slug for other, slug in sections_of(corpus, lesson)]
                place = Place(lesson, section=section, stage="practice", done=done[: done.index(section)])
                if section == done[-1]:
                    place = Place(lesson, section=section, stage="finished", done=done)
                records.keep_place(place)
                asked = [item for item in corpus.items(lesson) if item.section == section][:3]
                for number, item in enumerate(asked):
                    answer(records, item, "practice", day + timedelta(seconds=1800 + 60 * number), chance, 0.65)
            waiting = waiting[each:]


def sections_of(corpus: Corpus, lesson: str) -> list[tuple[str, str]]:
    """(lesson, slug) of the sections that a session goes through."""
    return [(lesson, section.slug) for section in corpus.lesson(lesson).taught]


def answer(records: Records, item: Item, mode: str, at: datetime, chance: random.Random, right: float) -> None:
    """One answer, kept with all that follows from it. right: how likely it is."""
    drawn = bank.draw(item, chance.randrange(1000))
    hard = sum(item.key.encode()) % 4 == 0
    believed = [str(place) for place, option in enumerate(drawn.options, 1) if option.misconception]
    believed += [known.answer for known in drawn.wrong if known.misconception]
    wrong = believed[:1] if believed and sum(item.key.encode()) % 3 == 0 else ["0"]
    typed = bank.accepted_answers(drawn)[0] if chance.random() < (right / 2 if hard else right) else wrong[0]
    grade = grading.grade(drawn, typed)
    day = at.date().isoformat()
    before = records.card(item.key)
    card = next_card(item.key, before, "unaided" if grade.correct else "missed", at, by=DEFAULTS)
    attempt = Attempt(
        item.key, item.section, typed, grade, utc(at), mode, seed=drawn.seed, draw=drawn.draw, session=day, due=card.due,
        confidence=chance.choice([None, 1, 2, 3]), predicted=chance_before(before, at, DEFAULTS),
    )  # fmt: skip
    records.add(attempt, card=card, evidence=evidence_of(attempt, drawn, grade.correct, records.evidence()))
