"""Going through an item's reviews again: after a merge, and after the parameters of memory have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.learner import schedule
from tutor.learner.file.rows import attempt_of, card_from_json, grade_from_json, to_json
from tutor.learner.memory.fitting import Review
from tutor.learner.memory.scheduling import Scheduling
from tutor.models import Attempt, Card, Grade
from utils.times import moment_of

if TYPE_CHECKING:
    from sqlite3 import Connection

SURE = 3  # of Attempt.confidence
ItemId = tuple[str, str]  # (corpus, item key)
Rated = list[tuple[Attempt, str]]  # the reviews of an item, from the first on: the attempt that ended each, and its outcome


def reviews_of(attempts: Sequence[Attempt], appeals: Mapping[int, Sequence[Grade]]) -> Rated:
    """The reviews among the attempts on an item. attempts: in order. appeals: the grades of second looks, by attempt.

    An attempt was a review where it was told when the item comes back, or where an appeal has settled it. Before cards were
    kept, each session was one.
    """
    settled = [_settled(attempt, appeals.get(attempt.id, ())) for attempt in attempts if attempt.mode != "explain"]
    sessions: dict[str, list[Attempt]] = {}
    for attempt in settled:
        sessions.setdefault(attempt.session, []).append(attempt)
    dated = {attempt.session for attempt in settled if attempt.due}
    has_cards = False
    found: Rated = []
    for session, run in sessions.items():
        has_cards = has_cards or session in dated
        for count, attempt in enumerate(run, 1):
            reviewed = attempt.due or any(grade.correct for grade in appeals.get(attempt.id, ()))
            if not has_cards and count == len(run):  # of a time when records had no cards
                reviewed = attempt.mode != "quiz" and (attempt.mode != "probe" or attempt.grade.correct)
            if reviewed:
                found.append((attempt, schedule.outcome(run[:count])))
    return found


def _settled(attempt: Attempt, second: Sequence[Grade]) -> Attempt:
    """The attempt with the grade of the appeal that stands, if one does."""
    standing = next((grade for grade in second if grade.correct), None)
    return replace(attempt, grade=standing) if standing else attempt


def replayed_cards(rated: Rated, by: Scheduling) -> list[tuple[int, Card]]:
    """(number of the attempt, the item's card after it) for each of an item's reviews."""
    cards: list[tuple[int, Card]] = []
    for attempt, rating in rated:
        sure = (attempt.confidence or 0) >= SURE
        before = cards[-1][1] if cards else None
        cards.append((attempt.id, schedule.next_card(attempt.item, before, rating, moment_of(attempt.at), by, sure=sure)))
    return cards


def all_reviews(connection: Connection) -> dict[ItemId, Rated]:
    """The reviews of each item, of whatever folder."""
    appeals: dict[int, list[Grade]] = {}
    for row in connection.execute("SELECT attempt, grade FROM appeals ORDER BY id"):
        appeals.setdefault(row["attempt"], []).append(grade_from_json(row["grade"]))
    attempts: dict[ItemId, list[Attempt]] = {}
    for row in connection.execute("SELECT * FROM attempts ORDER BY id"):
        attempts.setdefault((row["corpus"], row["item"]), []).append(attempt_of(row))
    return {item: reviews_of(own, appeals) for item, own in attempts.items()}


def in_order(reviews: Mapping[ItemId, Rated]) -> list[Review]:
    """The same in order of time, as parameters are fitted to them."""
    found = [
        Review(f"{corpus} {item}", moment_of(attempt.at), rating)
        for (corpus, item), rated in reviews.items()
        for attempt, rating in rated
    ]
    return sorted(found, key=lambda review: review.at)


def replay_all(connection: Connection, reviews: Mapping[ItemId, Rated], by: Scheduling) -> tuple[int, int, int]:
    """Make every card again, within a transaction that the caller has begun. Returns how many come sooner,
    how many later, both without those set aside, and how many more than before are set aside (below 0: fewer).

    A card without a review stays as it is: there is nothing to make it of.
    """
    ratings = {attempt.id: (attempt, rating) for rated in reviews.values() for attempt, rating in rated}
    sooner = later = aside = 0
    for row in connection.execute("SELECT rowid, * FROM cards").fetchall():
        cards = replayed_cards(reviews.get((row["corpus"], row["item"]), []), by)
        if not cards:
            continue
        before, card = cards[-2][1] if len(cards) > 1 else None, cards[-1][1]
        present = card_from_json(row["card"])
        if _last(present) > _last(card) and row["attempt"] in ratings:  # reviewed since with an item that asks the same
            attempt, rating = ratings[row["attempt"]]
            before, card = card, schedule.next_card(card.item, card, rating, moment_of(attempt.at), by)
        aside += card.leech - present.leech
        if not card.leech:
            sooner, later = sooner + (card.due[:10] < present.due[:10]), later + (card.due[:10] > present.due[:10])
        values = (card.due, int(card.leech), to_json(card), to_json(before) if before else None, row["rowid"])
        connection.execute("UPDATE cards SET due = ?, leech = ?, card = ?, before = ? WHERE rowid = ?", values)
    return sooner, later, aside


def _last(card: Card) -> datetime:
    return moment_of(json.loads(card.memory)["last_review"])
