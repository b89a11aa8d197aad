"""FSRS's parameters fitted to a learner's own reviews, as far as their number allows, and refused unless they predict better.

Pure: reviews go in, parameters and figures come out. What is judged was never seen by what is judged on it: each candidate is
fitted to the earlier reviews and judged on the later ones.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tutor.learner.file.tallies import log_loss
from tutor.learner.memory.scheduling import DEFAULTS, RATINGS, Scheduling, scheduler_of
from tutor.learner.schedule import chances_after

if TYPE_CHECKING:
    from fsrs import Scheduler

FIRST_FROM, ALL_FROM = 64, 400  # reviews that could be predicted: from so many on the first stabilities, all parameters
GROWTH = 1.25  # so many times as many reviews as at the last try make another one worth while
FIRST, ALL = "the first stabilities", "all parameters"
SPREAD = 0.7  # how far a learner's first stabilities lie from the published ones, as a standard deviation of logarithms
HALF_WEIGHT = 1000  # reviews with which a fit of all parameters counts as much as the parameters that it began with
MARGIN = 0.5  # standard errors by which a candidate has to be better
ENOUGH_JUDGED = 500  # reviews; where there are fewer, what judges the second half of them is fitted to the first half, too

Judged = list[tuple[float, bool, tuple[int, int, int]]]  # (chance, whether it was recalled, bin) of each review


@dataclass(frozen=True)
class Review:
    """A review of an item: how it went, and when. rating: an `outcome`."""

    item: str
    at: datetime
    rating: str


@dataclass(frozen=True)
class Figures:
    """How well parameters predict: the lower the better."""

    log_loss: float
    rmse_bins: float  # between chance and share recalled, over bins of intervals, numbers of reviews and lapses


@dataclass(frozen=True)
class FittedParameters:
    """What came of a try, as the records keep it."""

    parameters: tuple[float, ...]  # in use from now on; () for the published ones
    which: str  # FIRST, ALL, or "" for the published ones
    reviews: int  # that could be predicted, in all
    until: str  # the time of the last of them
    judged: int = 0  # of them, on how many the candidates were judged
    before: Figures | None = None  # of the parameters that were in use, on those
    after: Figures | None = None  # of those in use from now on, fitted to what came before these

    def document(self) -> dict[str, Any]:
        """It as plain values."""
        return {**asdict(self), "parameters": list(self.parameters)}


def fit(reviews: Sequence[Review], present: Scheduling = DEFAULTS, seen_until: datetime | None = None) -> FittedParameters | None:
    """What the reviews, in order of time, say about the parameters; None where they are too few to say anything.

    present: what is in use. seen_until: the time of the last review that it was fitted to.
    """
    now = replace(DEFAULTS, parameters=present.parameters)
    predictable = [review for review, days in with_days(reviews) if days]
    if len(predictable) < FIRST_FROM:
        return None
    unseen = sum(seen_until is None or review.at > seen_until for review in predictable)
    begins = predictable[len(predictable) - (len(predictable) // 2 if not now.parameters else unseen)].at if unseen else None
    kept = FittedParameters(now.parameters, "", len(predictable), predictable[-1].at.isoformat())
    if begins is None:
        return kept
    ways = [ALL, FIRST] if len(predictable) >= ALL_FROM and can_fit_all() else [FIRST]
    best: tuple[str, float] | None = None
    count = sum(review.at >= begins for review in predictable)
    halves = [begins] if count > ENOUGH_JUDGED else [begins, predictable[-(count // 2)].at]
    usual = _judge(reviews, dict.fromkeys(halves, now))
    before = after = figures_of(usual)
    for way in [*ways, *([""] if now.parameters else [])]:
        earlier = {begin: [review for review in reviews if review.at < begin] for begin in halves}
        candidate = {begin: replace(now, parameters=parameters_by(way, known)) for begin, known in earlier.items()}
        judged = _judge(reviews, candidate)
        gain = _gain(usual, judged)
        if gain > MARGIN * _error(usual, judged) and (best is None or gain > best[1]):
            best, after = (way, gain), figures_of(judged)
    if best is None:
        return replace(kept, judged=len(usual), before=before, after=before)
    parameters = parameters_by(best[0], reviews)
    return replace(kept, parameters=parameters, which=best[0], judged=len(usual), before=before, after=after)


def can_fit_all() -> bool:
    """Whether what fits all parameters is installed."""
    return importlib.util.find_spec("fsrs_rs_python") is not None


def parameters_by(way: str, reviews: Sequence[Review]) -> tuple[float, ...]:
    """The parameters fitted in one of the ways; () for the published ones."""
    if not way:
        return ()
    first = first_stabilities(reviews)
    return first if way == FIRST else all_parameters(reviews, first)


# ------------------------------------------------------------------------------------------------ two ways to fit


def first_stabilities(reviews: Sequence[Review]) -> tuple[float, ...]:
    """The published parameters with the learner's stability after each first rating: the most likely one, by the items' first
    reviews on a later day and by how learners differ. Few reviews move it little.
    """
    from fsrs.scheduler import DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

    begun: dict[str, Review] = {}
    seen: dict[int, list[tuple[int, bool]]] = {rating: [] for rating in RATINGS.values()}
    settled = set()
    for review in reviews:
        first = begun.setdefault(review.item, review)
        days = (review.at - first.at).days
        if days > 0 and review.item not in settled:
            settled.add(review.item)
            seen[RATINGS[first.rating]].append((days, review.rating != "missed"))
    parameters = list(DEFAULT_PARAMETERS)
    for rating, answers in seen.items():
        usual = math.log(parameters[rating - 1])

        def loss(logarithm: float, answers: Sequence[tuple[int, bool]] = answers, usual: float = usual) -> float:
            stability = math.exp(logarithm)
            chances = chances_after([days for days, _ in answers], stability, DEFAULTS)
            losses = (log_loss(chance, recalled) for chance, (_, recalled) in zip(chances, answers, strict=True))
            return sum(losses) + ((logarithm - usual) / SPREAD) ** 2 / 2

        found = math.exp(_lowest(loss, usual - 4 * SPREAD, usual + 4 * SPREAD))
        parameters[rating - 1] = min(max(found, LOWER_BOUNDS_PARAMETERS[rating - 1]), UPPER_BOUNDS_PARAMETERS[rating - 1])
    for worse, better in ((1, 2), (2, 3), (1, 3), (3, 4)):  # the better an answer was, the longer it lasts; more answers decide
        if parameters[worse - 1] > parameters[better - 1]:
            decides = worse if len(seen[worse]) > len(seen.get(better, ())) else better
            parameters[worse - 1] = parameters[better - 1] = parameters[decides - 1]
    return tuple(parameters)


def _lowest(loss: Any, low: float, high: float) -> float:
    """Where a function with one valley is lowest, by golden sections."""
    golden = (math.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = loss(left), loss(right)
    while high - low > 1e-3:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = loss(right)
    return (low + high) / 2


def all_parameters(reviews: Sequence[Review], beginning: tuple[float, ...]) -> tuple[float, ...]:
    """All parameters as fsrs-rs-python fits them, each between that and its beginning: the nearer to the fit, the more reviews.

    Raises ImportError where that is not installed.
    """
    import fsrs_rs_python as rust
    from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

    histories: dict[str, list[Any]] = {}
    items = []
    for review, days in with_days(reviews):
        history = histories.setdefault(review.item, [])
        history.append(rust.FSRSReview(RATINGS[review.rating], days or 0))
        if days:
            items.append(rust.FSRSItem(history))
    fitted = rust.FSRS(rust.DEFAULT_PARAMETERS).compute_parameters(items)
    weight = len(items) / (len(items) + HALF_WEIGHT)
    mixed = (between(begin, end, weight) for begin, end in zip(beginning, fitted, strict=True))
    bounds = zip(mixed, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    return tuple(min(max(one, least), most) for one, least, most in bounds)


def between(begin: float, end: float, weight: float) -> float:
    """A value between two that aren't negative, in the measure of their logarithms."""
    return math.exp((1 - weight) * math.log(max(begin, 1e-4)) + weight * math.log(max(end, 1e-4)))


# ----------------------------------------------------------------------------------------------------- judging


def with_days(reviews: Sequence[Review]) -> Iterator[tuple[Review, int | None]]:
    """Each review with the full days since the item's review before; None for its first, 0 where the clock went back."""
    last: dict[str, datetime] = {}
    for review in reviews:
        before = last.get(review.item)
        yield review, None if before is None else max(0, (review.at - before).days)
        last[review.item] = review.at


def judge(reviews: Sequence[Review], by: Scheduling, begin: datetime | None = None) -> Judged:
    """The chance that parameters gave each review on a later day, from a time on, and what came of it."""
    return _judge(reviews, {begin or reviews[0].at: by}) if reviews else []


def _judge(reviews: Sequence[Review], by: Mapping[datetime, Scheduling]) -> Judged:
    """by: from when on -> what judges until the next of these times."""
    begins = sorted(by)
    found: Judged = []
    for place, begin in enumerate(begins):
        end = begins[place + 1] if place + 1 < len(begins) else None
        found += _chances(reviews, scheduler_of(by[begin]), begin, end)
    return found


def _chances(reviews: Sequence[Review], scheduler: Scheduler, begin: datetime, end: datetime | None) -> Iterator[Any]:
    from datetime import timezone

    from fsrs import Card, Rating

    memories: dict[str, tuple[Card, int, int]] = {}  # item -> its memory, reviews on later days, and those that were missed
    for review, days in with_days(reviews):
        if end and review.at >= end:
            return
        moment = review.at.astimezone(timezone.utc)
        card, again, lapses = memories.get(review.item) or (Card(card_id=0, due=moment), 0, 0)
        recalled = review.rating != "missed"
        if days:
            if review.at >= begin:
                place = (_level(days, 3.62), _level(again + 2, 1.89), _level(lapses, 1.73) if lapses else 0)
                yield scheduler.get_card_retrievability(card, moment), recalled, place
            again, lapses = again + 1, lapses + (not recalled)
        card, _ = scheduler.review_card(card, Rating(RATINGS[review.rating]), moment)
        memories[review.item] = card, again, lapses


def _level(value: int, base: float) -> int:
    """The bin of a value, as fsrs-rs makes them: each is `base` times as wide as the one before. 1 for the first."""
    return 1 + int(math.log(value, base) + 1e-9)


def figures_of(judged: Judged) -> Figures:
    """How well these were predicted."""
    bins: dict[tuple[int, int, int], list[tuple[float, bool]]] = {}
    for chance, recalled, place in judged:
        bins.setdefault(place, []).append((chance, recalled))
    squares = sum((sum(chance - recalled for chance, recalled in rows)) ** 2 / len(rows) for rows in bins.values())
    loss = sum(log_loss(chance, recalled) for chance, recalled, _ in judged) / len(judged)
    return Figures(round(loss, 4), round(math.sqrt(squares / len(judged)), 4))


def _gains(before: Judged, after: Judged) -> list[float]:
    pairs = zip(before, after, strict=True)
    return [log_loss(one[0], one[1]) - log_loss(other[0], other[1]) for one, other in pairs]


def _gain(before: Judged, after: Judged) -> float:
    gains = _gains(before, after)
    return sum(gains) / len(gains)


def _error(before: Judged, after: Judged) -> float:
    """The standard error of that."""
    gains, mean = _gains(before, after), _gain(before, after)
    return math.sqrt(sum((gain - mean) ** 2 for gain in gains)) / len(gains)
