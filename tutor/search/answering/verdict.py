"""Whether the passages answer a question at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tutor.search.answering.fitting import Fit

# A logistic regression, fitted by `benchmarks/ask.py --fit`.
SLOPES = (3.47, -1.61, 2.37, 1.59)
BIAS = -5.46


def evidence(best: Fit) -> tuple[float, ...]:
    """The evidence that a passage answers the question, for `is_found`: the share of the question that it covers, the share
    that no lesson covers, how similar it is in meaning, and how much was asked."""
    asked = best.asked
    unknown = frozenset(asked.unknown) - best.met
    like = max(best.like_wording, max(best.likes, default=0.0))
    return best.whole, asked.share(unknown), like, math.log(1 + len(asked.words))


def is_found(evidence: Sequence[float]) -> bool:
    """Whether this much evidence is an answer."""
    return BIAS + sum(slope * value for slope, value in zip(SLOPES, evidence, strict=True)) > 0
