"""How much better a learner's own parameters of FSRS predict what they recall than the published ones.

    python benchmarks/schedule.py [--seeds 20] [--sizes 64,200,400,1000,5000] [--kinds usual,...]

Learners are simulated: their memories follow FSRS with parameters that the tutor doesn't know, they miss one day in seven, and
their reviews are scheduled with the published parameters. `fitting.fit` sees the first reviews only; what it chose is measured on
the 1,500 reviews on later days that follow. A gain is by how much log loss is lower than with the published parameters; the best
that is possible is that of the parameters which the learner was made from.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tutor.learner.memory.fitting import Review, figures_of, fit, judge, with_days
from tutor.learner.memory.scheduling import DEFAULTS, Scheduling, scheduler_of

BEGUN = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
LATER = 1500  # reviews that follow, to measure on
NEW_A_DAY, REVIEWS_A_DAY = 10, 60
KINDS = {
    "usual": "made from the published parameters",
    "fast": "forget what is new three times as fast",
    "slow": "keep what is new three times as long",
    "varied": "all parameters vary at random",
}


def parameters_of(kind: str, chance: random.Random) -> tuple[float, ...]:
    """What a learner is made from."""
    from fsrs.scheduler import DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

    found = list(DEFAULT_PARAMETERS)
    if kind in ("fast", "slow"):
        found[:4] = [one * (3 if kind == "slow" else 1 / 3) for one in found[:4]]
    if kind == "varied":
        scale = math.exp(chance.gauss(0, 0.7))
        found[:4] = sorted(one * scale * math.exp(chance.gauss(0, 0.25)) for one in found[:4])
        found[4:] = [one * math.exp(chance.gauss(0, 0.2)) for one in found[4:]]
    bounds = zip(found, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    return tuple(min(max(one, least), most) for one, least, most in bounds)


def history(true: Scheduling, count: int, chance: random.Random) -> list[Review]:
    """A learner's reviews, until so many were on a later day than the one before."""
    from fsrs import Card, Rating

    mind, tutor = scheduler_of(true), scheduler_of(DEFAULTS)
    waiting: list[tuple[datetime, int]] = []
    states: dict[int, tuple[Card, Card]] = {}
    found: list[Review] = []
    day = BEGUN
    names = {Rating.Again: "missed", Rating.Hard: "assisted", Rating.Good: "unaided"}

    def answer(item: int, rating: Rating, moment: datetime) -> None:
        known, card = states.get(item) or (Card(card_id=item, due=moment), Card(card_id=item, due=moment))
        known, card = mind.review_card(known, rating, moment)[0], tutor.review_card(card, rating, moment)[0]
        states[item] = known, card
        heapq.heappush(waiting, (card.due, item))
        found.append(Review(f"l:{item}", moment, names[rating]))

    while count > 0:
        day += timedelta(days=1)
        if chance.random() < 1 / 7:
            continue
        due = []
        while waiting and waiting[0][0] <= day and len(due) < REVIEWS_A_DAY:
            due.append(heapq.heappop(waiting)[1])
        for item in due:
            recalled = chance.random() < mind.get_card_retrievability(states[item][0], day)
            answer(item, Rating.Again if not recalled else Rating.Hard if chance.random() < 0.1 else Rating.Good, day)
            count -= 1
        for _ in range(NEW_A_DAY if len(due) < REVIEWS_A_DAY * 2 / 3 else 0):
            rating = chance.choices([Rating.Again, Rating.Hard, Rating.Good], [0.2, 0.2, 0.6])[0]
            answer(len(states), rating, day)
    return found


def measured(kind: str, size: int, seed: int) -> tuple[float, float, str, float]:
    """(gain, the best possible gain, which parameters were fitted, seconds of the fit) of a learner."""
    chance = random.Random(f"{kind} {seed}")
    true = replace(DEFAULTS, parameters=parameters_of(kind, chance))
    reviews = history(true, size + LATER, chance)
    again = [place for place, (_, days) in enumerate(with_days(reviews)) if days]
    begin = next(review.at for review in reviews if review.at > reviews[again[size - 1]].at)  # the next day
    known = [review for review in reviews if review.at < begin]
    started = time.perf_counter()
    found = fit(known)
    seconds = time.perf_counter() - started
    chosen = replace(DEFAULTS, parameters=found.parameters if found else ())
    losses = [figures_of(judge(reviews, by, begin)).log_loss for by in (DEFAULTS, chosen, true)]
    return 1 - losses[1] / losses[0], 1 - losses[2] / losses[0], found.which if found else "", seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--sizes", default="64,200,400,1000,5000")
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args()
    print("Log loss on later reviews, against the published parameters, in %: below 0 is better\n")
    print("| learners | reviews | mean | worst | best possible | changed | in s |")
    print("|---|---|---|---|---|---|---|")
    for kind in given.kinds.split(","):
        for size in map(int, given.sizes.split(",")):
            rows = [measured(kind, size, given.first + seed) for seed in range(given.seeds)]
            gains, possible, which, seconds = zip(*rows, strict=True)
            print(
                f"| {kind} | {size} | {-100 * mean(gains):+.2f} | {-100 * min(gains):+.2f} | {-100 * mean(possible):+.2f} | "
                f"{sum(map(bool, which))} of {len(rows)} | {max(seconds):.2f} |",
                flush=True,
            )
    print(
        "\n"
        + "\n".join(
            f"{kind}: learners who {what}" if kind != "usual" else f"{kind}: learners {what}" for kind, what in KINDS.items()
        )
    )


if __name__ == "__main__":
    main()
