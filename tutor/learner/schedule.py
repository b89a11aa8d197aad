"""How well something is known, and when to ask again. Pure: attempts and the time go in, numbers come out.

Attempts count in the order given, which is that of the records' sequence numbers, because a clock may jump.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone

from tutor.learner.memory.backlog import gain
from tutor.learner.memory.scheduling import RATINGS, Scheduling, days_around, quietest, scheduler_of
from tutor.models import Attempt, Card, Help
from utils.times import moment_of, utc

MASTERED = 0.8
DECAY = 0.1542  # of FSRS's forgetting curve: the last of its published parameters
CREDIT = {"unaided": 1.0, "assisted": 0.5, "missed": 0.0}
CREDIT_AFTER = {Help.QUESTION: 0.8, Help.HINT: 0.6, Help.CONTRAST: 0.5, Help.STEP: 0.3}  # of a right answer after such help
FADING = 0.5  # how much of an outcome's weight each later session leaves
ENOUGH_OF_THE_ITEMS = 0.75
LEAST_EVIDENCE = 2.0  # in outcomes; above 1 / MASTERED, so that one right answer is never enough


def outcome(attempts: Sequence[Attempt]) -> str:
    """The outcome of a session for an item: "unaided", "assisted" or "missed".

    attempts: those on the item in the session, at least one, in order. The last one decides between success and miss;
    any miss, hint or shown answer before a success makes it an assisted one.
    """
    judged = _judged(attempts)
    last = judged[-1]
    if last.shown or last.help >= Help.ANSWER or not last.grade.correct:
        return "missed"
    return "unaided" if all(attempt.unaided for attempt in judged) else "assisted"


def credit(attempts: Sequence[Attempt]) -> float:
    """What the outcome of a session for an item is worth, 0..1; where help was given, by how strong it was."""
    judged = _judged(attempts)
    return credit_of(judged[-1], all(attempt.unaided for attempt in judged))


def credit_of(last: Attempt, unaided: bool) -> float:
    """The same, by the last attempt that counts and whether all of them were right without help."""
    if not last.grade.correct or last.shown or last.help >= Help.ANSWER:
        return CREDIT["missed"]
    return CREDIT_AFTER.get(last.help, CREDIT["unaided" if unaided else "assisted"])


def _judged(attempts: Sequence[Attempt]) -> Sequence[Attempt]:
    """Those whose grade is sure; after an unsure one the learner's own judgement follows."""
    return [attempt for attempt in attempts if not attempt.grade.unsure] or attempts


def mastery(attempts: Sequence[Attempt], items: Collection[str]) -> float:
    """How well the items (keys) of a section are known, 0..1; attempts on other items are ignored.

    Each item has one outcome per session, worth 0 to 1 (`credit`), with a weight of 1 in its latest session, 1/2 in
    the one before, 1/4 before that: old misses fade, and so does old knowledge. Over all items together

        mastery = min(sum(weight * credit) / max(sum(weight), 2), sum of the items' means / (0.75 * number of items))

    so that little evidence doesn't look like a lot: one right answer gives 1/2 at most, and three quarters of the items must
    have been asked before right answers give 1, however often the others were, so the value also works for a whole lesson.
    A right answer in a new session never lowers it and a miss never raises it.
    """
    runs: dict[str, dict[str, list[Attempt]]] = {key: {} for key in items}
    for attempt in attempts:
        if attempt.item in runs:
            sessions = runs[attempt.item]
            sessions[attempt.session] = [*sessions.pop(attempt.session, []), attempt]  # the latest session stays last
    rows = []
    for sessions in filter(None, runs.values()):
        latest_first = list(enumerate(reversed(sessions.values())))
        rows.append((sum(FADING**age * credit(run) for age, run in latest_first), sum(FADING**age for age, _ in latest_first)))
    return mastery_by(rows, len(runs))


def mastery_by(rows: Collection[tuple[float, float]], items: int) -> float:
    """The same by (sum of weight * credit, sum of weights) of each item that was answered. items: how many there are."""
    if not rows:
        return 0.0
    earned, evidence = map(sum, zip(*rows, strict=True))
    means = sum(credit / weight for credit, weight in rows if weight)  # 0 before an item was first answered
    return min(earned / max(evidence, LEAST_EVIDENCE), means / (ENOUGH_OF_THE_ITEMS * items))


def is_mastered(mastery: float) -> bool:
    """Is a value of `mastery` enough to count as known?"""
    return mastery >= MASTERED


# --------------------------------------------------------------------------------- FSRS, behind three functions


def review_card(card: str | None, rating: str, now: datetime, by: Scheduling) -> str:
    """The state of an item's memory after a review, and when it is due: FSRS's card as JSON.

    card: what an earlier call returned, None for an item never reviewed. rating: an `outcome`. now: aware. by: with a `load`
    it chooses the quietest of the days around the right one, so that items learnt together don't stay together.
    The item is never due before `now`, even if the clock says that the last review is in the future.
    Raises ValueError for a naive datetime, KeyError for an unknown rating.
    """
    from fsrs import Card, Rating

    moment = _utc(now)
    # with our own id and due time, because fsrs would take both from the clock
    before = Card.from_json(card) if card else Card(card_id=0, due=moment)
    after, _ = scheduler_of(by).review_card(before, Rating(RATINGS[rating]), moment)
    if by.load:
        ideal = (after.due - moment).days
        candidates = days_around(ideal, by.longest_days)
        if len(candidates) > 1:
            loads = by.load([now + timedelta(days=days) for days in candidates])
            after.due = moment + timedelta(days=quietest(candidates, ideal, loads))
    return after.to_json()


def retrievability(card: str, now: datetime, by: Scheduling) -> float:
    """How likely the learner is to recall the item now, 0..1, by full days since the last review; 1 before that.

    card: as `review_card` returns it; 0 for one never reviewed. now: aware. Raises ValueError for a naive datetime.
    """
    ahead = recall_ahead(card, [now], by)
    return ahead[1][0] if ahead else 0.0


def recall_ahead(card: str, moments: Sequence[datetime], by: Scheduling) -> tuple[float, list[float]] | None:
    """(stability in days, retrievability at each of the moments) of an item; None where it was never reviewed.

    The stability is how long after a review it takes until the item is recalled with a chance of 90 %. moments: aware.
    """
    memory = json.loads(card)
    if memory["stability"] is None or memory["last_review"] is None:
        return None
    last = moment_of(memory["last_review"])
    return memory["stability"], chances_after([(_aware(one) - last).days for one in moments], memory["stability"], by)


def chances_after(days: Iterable[int], stability: float, by: Scheduling) -> list[float]:
    """FSRS's forgetting curve: the chances of recall, 0..1, so many days after a review. stability: see `recall_ahead`.

    Written down here because `fsrs` takes long to load: https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm
    """
    decay = -(by.parameters[-1] if by.parameters else DECAY)
    factor = (0.9 ** (1 / decay) - 1) / stability
    return [(1 + factor * max(0, day)) ** decay for day in days]


def chance_before(card: Card | None, now: datetime, by: Scheduling) -> float | None:
    """The chance of recall to keep with an answer, by the item's card before it; None for an item never reviewed."""
    found = recall_ahead(card.memory, [now], by) if card else None
    return round(found[1][0], 4) if found else None


LEECH_LAPSES = 8  # after so many an item is set aside


def next_card(item: str, before: Card | None, rating: str, now: datetime, by: Scheduling, *, sure: bool = False) -> Card:
    """An item's card after it was asked. rating: an `outcome`. sure: the learner felt sure before seeing the grade."""
    memory = review_card(before.memory if before else None, rating, now, by)
    missed = rating == "missed"
    lapses = (before.lapses if before else 0) + (missed and before is not None)
    due = json.loads(memory)["due"]
    when = utc(datetime.fromisoformat(due), "seconds")
    return Card(item, memory, when, lapses, lapses >= LEECH_LAPSES, missed and sure)


def reviewed_too(
    key: str, idea: str, ideas: Mapping[str, str], cards: Iterable[Card], rating: str, now: datetime, by: Scheduling
) -> list[Card]:
    """The cards of the other items with the idea of one that was just answered, as if they had been reviewed with it.

    key: of that item. ideas: of the cards' items. rating: an `outcome`; a miss of one says nothing of the others. None is
    reviewed twice on a day. now: aware, in the learner's zone.
    """
    if not idea or rating == "missed":
        return []
    siblings = [card for card in cards if ideas.get(card.item) == idea and card.item != key]
    return [next_card(card.item, card, rating, now, by) for card in siblings if _last_day(card, now) != now.date()]


def _last_day(card: Card, now: datetime) -> date | None:
    """The learner's day on which an item was last reviewed."""
    last = json.loads(card.memory)["last_review"]
    return moment_of(last).astimezone(now.tzinfo).date() if last else None


def card_from_history(attempts: Sequence[Attempt], by: Scheduling) -> Card | None:
    """The card of an item that was answered before records had cards. attempts: all those on the item, in order."""
    sessions: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        sessions.setdefault(attempt.session, []).append(attempt)
    card = None
    for run in sessions.values():
        if run[-1].mode == "probe" and not run[-1].grade.correct:
            continue  # the item was asked before it was taught
        at = moment_of(run[-1].at)
        card = next_card(attempts[0].item, card, outcome(run), at, by)
    return card


def todays_reviews(
    cards: Sequence[Card], now: datetime, limit: int, by: Scheduling, first: Collection[str] = (), wanted: Collection[str] = ()
) -> list[Card]:
    """At most `limit` items to review now, interleaved: wrong ones that felt sure first, then those most likely forgotten.

    Where more is due, these are chosen by what a review is worth: the same first, then what has to be known by a day, then
    what it adds most to. first: keys of items that come before all others, because they may show what the learner believes
    wrongly. wanted: lessons that have to be known by a day. now: aware.
    """
    chosen, moment = [card for card in cards if not card.leech], _utc(now)

    def urgency(card: Card) -> tuple[bool, bool]:
        return card.item not in first, not card.sure_and_wrong

    if len(chosen) > limit:
        chosen.sort(key=lambda card: (urgency(card), card.lesson not in wanted, -gain(card.memory, moment, by), card.item))
        chosen = chosen[:limit]
    chosen.sort(key=lambda card: (urgency(card), retrievability(card.memory, now, by), card.item))
    return interleaved(chosen)


def interleaved(cards: Sequence[Card]) -> list[Card]:
    """The cards in their order, except that two of the same lesson don't follow each other if that can be avoided."""
    waiting = list(cards)
    found: list[Card] = []
    while waiting:
        last = found[-1].lesson if found else ""
        left = Counter(card.lesson for card in waiting)
        crowded = next((lesson for lesson, count in left.items() if 2 * count > len(waiting) + 1 and lesson != last), None)
        pick = next((card for card in waiting if card.lesson == crowded), None) or next(
            (card for card in waiting if card.lesson != last), waiting[0]
        )
        waiting.remove(pick)
        found.append(pick)
    return found


def _utc(moment: datetime) -> datetime:
    return _aware(moment).astimezone(timezone.utc)


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a time zone: {moment.isoformat()}")
    return moment
