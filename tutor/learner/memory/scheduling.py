"""How FSRS is used for a learner: with which parameters, and with which wishes for what is recalled and when. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fsrs import Scheduler

RETENTION = 0.9  # the chance of recalling an item on the day on which it is due, where the learner wishes no other
LONGEST_DAYS = 36_500  # between two reviews of an item, likewise
RATINGS = {"missed": 1, "assisted": 2, "unaided": 3}  # what FSRS calls each `outcome`: Again, Hard and Good
PARAMETERS, MOST = 21, 100  # of FSRS-6: how many there are, and the highest that any may be

Load = Callable[[Sequence[datetime]], "list[int]"]  # how many cards are due on the learner's day of each of these moments


@dataclass(frozen=True)
class Scheduling:
    """What turns reviews into memories, chances and due dates. One that differs a little is made with `dataclasses.replace`."""

    parameters: tuple[float, ...] = ()  # of FSRS, fitted to the learner; () for the published ones
    retention: float = RETENTION  # 0..1
    longest_days: int = LONGEST_DAYS
    reviews_a_day: int | None = None  # None where the learner wishes nothing
    new_a_day: int | None = None  # items that get their first date, likewise
    load: Load | None = field(default=None, compare=False)  # to choose quiet days by; None: every item has its exact day

    @property
    def exact(self) -> Scheduling:
        """The same with due dates that depend on an item's own reviews alone."""
        return replace(self, load=None)


DEFAULTS = Scheduling()


def with_fitted(wishes: Scheduling, fitted: Any) -> Scheduling:
    """The wishes with the parameters that the setting `fitted` of the records holds, if it does. Raises ValueError."""
    if not fitted or (isinstance(fitted, dict) and not fitted.get("parameters")):
        return wishes
    given = fitted.get("parameters") if isinstance(fitted, dict) else None
    if (
        not isinstance(given, list)
        or len(given) != PARAMETERS
        or not all(type(one) in (int, float) and 0 <= one <= MOST for one in given)
    ):
        raise ValueError(f"expected {PARAMETERS} parameters of FSRS, each from 0 to {MOST}")
    return replace(wishes, parameters=tuple(float(one) for one in given))


def scheduler_of(scheduling: Scheduling) -> Scheduler:
    """FSRS's scheduler, without its own random variation of due dates."""
    return _scheduler(scheduling.exact)


@lru_cache(maxsize=64)
def _scheduler(scheduling: Scheduling) -> Scheduler:
    from fsrs import Scheduler
    from fsrs.scheduler import DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

    # within its bounds, whatever the records hold: a file that somebody has changed is no reason to end a session
    bounds = zip(scheduling.parameters or DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    # no steps of minutes: within a session the practice loop brings back what was missed, and after it days count
    return Scheduler(
        [min(max(one, least), most) for one, least, most in bounds],
        desired_retention=scheduling.retention, maximum_interval=scheduling.longest_days,
        enable_fuzzing=False, learning_steps=(), relearning_steps=(),
    )  # fmt: skip


def days_around(days: int, longest: int) -> range:
    """The intervals that FSRS takes for as good as this one: what it would choose from at random."""
    from fsrs.scheduler import FUZZ_RANGES

    if days < FUZZ_RANGES[0]["start"]:
        return range(days, days + 1)
    delta = 1.0 + sum(one["factor"] * max(0.0, min(days, one["end"]) - one["start"]) for one in FUZZ_RANGES)
    least, most = max(2, round(days - delta)), min(round(days + delta), longest)
    return range(min(least, most), most + 1)


def quietest(candidates: Sequence[int], ideal: int, loads: Sequence[int]) -> int:
    """Of some intervals in days that with the least due on its day; the one nearest to the ideal where there are several."""
    return min(zip(candidates, loads, strict=True), key=lambda one: (one[1], abs(one[0] - ideal), one[0]))[0]
