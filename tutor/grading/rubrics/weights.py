"""What weighs a reading of an answer: one regression for the whole and one for each point (benchmarks/fit_rubrics.py)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tutor.models import Point

WEIGHTS_PATH = Path(__file__).parents[3] / "assets" / "rubrics.json"
# What the regression sees, and what more of it can only mean for an answer being right: + speaks for it, - against it.
SIGNS = {
    "reference": "+",  # log-odds of the nearest reference
    "weakest_logit": "+",  # of the points, each as if it were the whole reference
    "weakest_own": "+",  # of the points: how much of it is said in words that make no other point
    "weakest_near": "+",  # of the points: how near a clause comes to it
    "weakest_margin": "+",  # of the points: how much nearer a clause comes to it than to its near miss
    "known": "+",  # the share of its words that stand in anything right
    "wrong": "-",  # how much nearer its clauses come to wrong ones than to right ones, in the mean
    "nearest_wrong": "-",  # how near the whole comes to the nearest known wrong answer
}
NAMES = tuple(SIGNS)
IN_DOUBT = 0.5  # the most that a point which is turned is made


@dataclass(frozen=True)
class PointMade:
    """How well an answer makes one point of a rubric."""

    point: Point
    share: float  # of the point's words, 0..1
    own: float  # the same in words that make no other point better
    logit: float  # that the stretch would be called right were the point the whole reference
    words: str  # the learner's own that make it
    is_turned: bool  # its near miss is said instead, or that it is not so


@dataclass(frozen=True)
class RubricWeights:
    """What benchmarks/fit_rubrics.py learned."""

    slopes: tuple[float, ...]  # one a feature
    bias: float
    point: tuple[float, float, float, float]  # share, own, logit, bias: whether a point is made
    low: float  # from here up to `high` the verdict is unsure
    high: float

    def probability(self, row: Sequence[float]) -> float:
        """That an answer is right."""
        return sigmoid(self.bias + sum(slope * value for slope, value in zip(self.slopes, row, strict=True)))

    def made(self, point: PointMade) -> float:
        """The probability that a point is made."""
        by_share, by_own, by_logit, bias = self.point
        chance = sigmoid(by_share * point.share + by_own * point.own + by_logit * point.logit + bias)
        return min(chance, IN_DOUBT) if point.is_turned else chance


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, value))))


@lru_cache(maxsize=1)
def shipped_rubric_weights() -> RubricWeights:
    data = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    if tuple(data["features"]) != NAMES:
        raise ValueError("the rubric weights were fitted to other features; run benchmarks/fit_rubrics.py")
    return RubricWeights(tuple(data["slopes"]), data["bias"], tuple(data["point"]), data["low"], data["high"])
