"""How an answer and a reference compare, as numbers, and what the grader has learned to make of them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutor.grading import lexicon
from tutor.grading.comparable import Alignment, AnswerTokens, ReferenceTokens, align

NAMES = (
    "recall",
    "recall_new",
    "recall_exact",
    "precision",
    "f1",
    "bigram_f1",
    "trigram",
    "length_ratio",
    "polarity",
    "negation_lost",
    "negation_extra",
    "opposite",
    "number_missing",
    "number_extra",
    "order",
    "missing_max",
    "missing_count",
    "new_hits",
    "answer_length",
    "reference_length",
    "copied",
    "fresh_extra",
    "reference_new",
    "contradiction",
    "bare",
    "clause_max",
    "clause_min",
    "clauses",
    "by_meaning",
    "by_spelling",
    "precision_weight",
    "small_f1",
    "small_recall",
    "sequence",
    "recall_any",
    "recall_root",
    "opposites",
    "flips",
    "clash",
    "moved",
    "neighbours",
    "lead_same",
    "lead_clash",
    "side_agree",
    "side_conflict",
)

OVERALL = (
    "references",
    "mean_recall",
    "worst_contradiction",
    "best_recall",
    "best_precision",
    "any_side_agree",
    "tie_agree",
    "tie_conflict",
)
RECALL, RECALL_NEW, F1, TRIGRAM, CONTRADICTION, PRECISION, SIDE_AGREE, REFERENCE_LENGTH = map(
    NAMES.index,
    ("recall", "recall_new", "f1", "trigram", "contradiction", "precision", "side_agree", "reference_length"),
)


def _common_run(one: list[str], other: list[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        diagonal = 0
        for j, b in enumerate(other):
            above = row[j + 1]
            row[j + 1] = diagonal + 1 if a == b else max(above, row[j])
            diagonal = above
    return row[-1]


def _displaced_poles(
    reference: ReferenceTokens, answer: AnswerTokens, pairs: list[tuple[int, int, float]]
) -> tuple[float, float]:
    """Whether words that have an opposite (more, higher, positive) have the same neighbours as in the reference.

    Returns (number of them that have moved to other neighbours, share of neighbouring words that are still neighbours).
    """
    poles = lexicon.opposites()
    place_of = {k: place for k, place, _ in pairs}
    by_place = sorted((place, k) for k, place, _ in pairs)
    rank = {k: i for i, (_, k) in enumerate(by_place)}
    order = [k for _, k in by_place]
    moved = 0
    for k, place, _ in pairs:
        stem = reference.tokens[reference.content[k]].stem
        if stem not in poles or len(order) < 3:
            continue
        near = {j for j in (k - 1, k + 1) if j in place_of}
        i = rank[k]
        now = {order[j] for j in (i - 1, i + 1) if 0 <= j < len(order) and abs(by_place[j][0] - place) <= 6}
        words = {reference.tokens[reference.content[j]].stem for j in now}
        if near and now and not near & now and not words & {reference.tokens[reference.content[j]].stem for j in near}:
            moved += 1
    kept = total = 0
    for k in place_of:
        if k + 1 in place_of:
            total += 1
            kept += 0 < place_of[k + 1] - place_of[k] <= 4
    return float(min(moved, 2)), (kept + 0.5) / (total + 1)


def compare(reference: ReferenceTokens, answer: AnswerTokens, aligned: Alignment | None = None) -> list[float]:
    """The features of one reference and the answer, in the order of NAMES. aligned: what `align` gives, where it is at hand."""
    pairs, against = aligned or align(reference, answer)
    weights, total = reference.weights, reference.total
    value_of = [0.0] * len(weights)
    for k, _, value in pairs:
        value_of[k] = value
    hit = sum(w * v for w, v in zip(weights, value_of, strict=False))
    exact = sum(w for w, v in zip(weights, value_of, strict=False) if v == 1.0)
    new_hit = sum(w * v for w, v, fresh in zip(weights, value_of, reference.new, strict=False) if fresh)
    by_meaning = sum(w for w, v in zip(weights, value_of, strict=False) if v == 0.75)
    by_spelling = sum(w for w, v in zip(weights, value_of, strict=False) if v in (0.7, 0.9))
    new_count = sum(1 for k, _, _ in pairs if reference.new[k])
    recall = hit / total
    recall_new = new_hit / reference.new_total if reference.new_total else recall
    recall_any = sum(1 for v in value_of if v) / (len(value_of) or 1)
    places = {place for _, place, _ in pairs}
    said = [i for i, given in zip(answer.content, answer.given, strict=False) if not given]
    supported = sum(1 for i in said if i in places)
    precision = (supported + 0.5) / (len(said) + 1.0)
    said_weight = sum(w for w, given in zip(answer.weights, answer.given, strict=False) if not given)
    precision_weight = (
        sum(w for i, w, given in zip(answer.content, answer.weights, answer.given, strict=False) if not given and i in places)
        + 0.3
    ) / (said_weight + 0.6)
    f1 = 2 * precision * recall_new / (precision + recall_new) if precision + recall_new else 0.0
    shared = len(reference.bigrams & answer.bigrams)
    bigram_f1 = 2 * shared / ((len(reference.bigrams) + len(answer.bigrams)) or 1)
    small_shared = len(reference.small & answer.small)
    small_f1 = 2 * small_shared / ((len(reference.small) + len(answer.small)) or 1)
    small, big = (
        (reference.trigrams, answer.trigrams)
        if len(reference.trigrams) < len(answer.trigrams)
        else (answer.trigrams, reference.trigrams)
    )
    trigram = sum(value * big.get(gram, 0) for gram, value in small.items()) / (reference.norm * answer.norm)
    n_answer, n_reference = len(answer.content), len(reference.content)
    length_ratio = math.log((n_answer + 1) / (n_reference + 1))
    flipped, flips = 0.0, 0
    for k, place, _ in pairs:
        if reference.tokens[reference.content[k]].negated != answer.tokens[place].negated:
            flipped += weights[k]
            flips += 1
    polarity = flipped / total
    agreed = disagreed = 0.0
    against_count = 0
    for k, place in against:
        if reference.tokens[reference.content[k]].negated != answer.tokens[place].negated:
            agreed += weights[k]
        else:
            disagreed += weights[k]
            against_count += 1
    opposite = disagreed / total
    recall = min(1.0, recall + 0.75 * agreed / total)
    row = [place for _, place, _ in pairs]
    n = len(row)
    clash = 0.0  # words of the answer that the reference does not have and that are opposites of its words
    for i in answer.content:
        if i not in places and answer.tokens[i].stem not in reference.stems and answer.tokens[i].stem in reference.poles:
            clash = min(2.0, clash + 1.0)
    lead = reference.lead
    order = 1.0
    if n > 1:
        order = sum(1 for i in range(n) for j in range(i + 1, n) if row[i] < row[j]) / (n * (n - 1) / 2)
    missing = [w for w, v in zip(weights, value_of, strict=False) if not v]
    count = reference.clauses[-1] + 1 if reference.clauses else 1
    mass, met = [0.0] * count, [0.0] * count
    for w, v, clause, fresh in zip(weights, value_of, reference.clauses, reference.new, strict=False):
        if fresh:
            mass[clause] += w
            met[clause] += w * v
    shares = [m / w for m, w in zip(met, mass, strict=False) if w > 0] or [recall]
    words = [reference.tokens[i].stem for i in reference.content]
    sequence = _common_run(words, [answer.tokens[i].stem for i in answer.content[:60]]) / (n_reference or 1)
    return [
        recall,
        recall_new,
        exact / total,
        precision,
        f1,
        bigram_f1,
        trigram,
        length_ratio,
        polarity,
        float(reference.negations > 0 == answer.negations),
        float(answer.negations > 0 == reference.negations),
        opposite,
        len(reference.numbers - answer.stems) / (len(reference.numbers) or 1),
        float(len(answer.numbers - reference.numbers)) / (len(answer.numbers) or 1),
        order,
        max(missing, default=0.0),
        math.log1p(len(missing)),
        math.log1p(new_count),
        math.log1p(n_answer),
        math.log1p(n_reference),
        sum(answer.given) / n_answer if n_answer else 0.0,
        math.log1p(len(said) - supported),
        sum(reference.new) / (n_reference or 1),
        max(polarity, opposite),
        float(n_answer == 0),
        max(shares),
        min(shares),
        math.log(len(shares)),
        by_meaning / total,
        by_spelling / total,
        precision_weight,
        small_f1,
        small_shared / (len(reference.small) or 1),
        sequence,
        recall_any,
        math.sqrt(recall_new),
        float(min(2, against_count)),
        flips / (n + 1),
        clash,
        *_displaced_poles(reference, answer, pairs),
        float(lead != "" and lead == answer.lead),
        float(lead != "" and answer.lead != "" and lead != answer.lead),
        *_sides_taken(reference, answer),
    ]


MANY_SIDES, MANY_TIES = 3, 2  # more of them say no more


def _sides_taken(reference: ReferenceTokens, answer: AnswerTokens) -> tuple[float, float]:
    """(pairs of opposites in which answer and reference take the same side, those in which only the other side is taken)."""
    if not answer.sides:
        return 0.0, 0.0
    same = answer.sides & reference.sides
    against = {number for number, side in answer.sides - same if (number, 1 - side) in reference.sides}
    return float(min(MANY_SIDES, len({number for number, _ in same}))), float(min(MANY_SIDES, len(against)))


def _any_side(references: Sequence[ReferenceTokens], answer: AnswerTokens) -> float:
    """The pairs of opposites in which the answer takes the side of any reference."""
    same = {side for reference in references for side in answer.sides & reference.sides}
    return float(min(MANY_SIDES, len({number for number, _ in same})))


def _ties_made(references: Sequence[ReferenceTokens], answer: AnswerTokens) -> tuple[float, float]:
    """(pairs of opposites that the answer ties to each other as a reference does, those that it ties the other way round)."""
    if not answer.ties:
        return 0.0, 0.0
    right = references[0].ties if len(references) == 1 else frozenset().union(*(reference.ties for reference in references))
    same = answer.ties & right
    turned = sum((one, other, 1 - how) in right for one, other, how in answer.ties - same)
    return float(min(MANY_TIES, len(same))), float(min(MANY_TIES, turned))


def features(
    references: Sequence[ReferenceTokens], answer: AnswerTokens, aligned: Sequence[Alignment | None] = ()
) -> tuple[list[float], int]:
    """The features of an answer against all references: those of the nearest one, then how the others stand.

    Returns (one row in the order of NAMES + OVERALL, index of the nearest reference).
    """
    known = aligned or [None] * len(references)
    rows = [compare(reference, answer, pairs) for reference, pairs in zip(references, known, strict=True)]
    nearness = [row[RECALL] + row[RECALL_NEW] + row[F1] + row[TRIGRAM] - 2 * row[CONTRADICTION] for row in rows]
    best = max(range(len(rows)), key=lambda i: (nearness[i], -i))
    count = len(rows)
    overall = [
        math.log(count),
        sum(row[RECALL_NEW] for row in rows) / count,
        max(row[RECALL] * row[CONTRADICTION] for row in rows),
        max(row[RECALL_NEW] for row in rows),
        max(row[PRECISION] for row in rows),
        rows[0][SIDE_AGREE] if count == 1 else _any_side(references, answer),
        *_ties_made(references, answer),
    ]
    return [round(value, 4) for value in rows[best] + overall], best


WEIGHTS_PATH = Path(__file__).parents[2] / "assets" / "grader.json"


@dataclass(frozen=True)
class LongWeights:
    """What decides where a reference is a long list of all that could be said, of which a right answer says a part."""

    content: int  # content words of a reference with more of which it is such a one
    weights: tuple[tuple[int, float], ...]  # (place of the feature, its weight)
    bias: float
    decide: float  # probability from which an answer is called correct


@dataclass(frozen=True, eq=False)
class Weights:
    """What benchmarks/fit_grader.py has learned: two models whose log-odds are averaged, thresholds and word weights."""

    means: tuple[float, ...]  # one for each feature, like scales and slopes
    scales: tuple[float, ...]
    slopes: tuple[float, ...]
    bias: float
    start: float
    trees: tuple[Any, ...]  # each (column, threshold, low branch, high branch), where a leaf is a number
    calibration: tuple[float, float, float]  # slope, bias, shift where there are several references
    long: LongWeights
    decide: float  # probability from which an answer is called correct
    decide_several: float  # the same where there are several references: what contradicts them is near one of them more easily
    low: float  # from here up to `high` the grade is unsure
    high: float
    idf: dict[str, float]  # stem -> weight
    idf_default: float

    def logit(self, row: Sequence[float], several: bool = False) -> float:
        """The log-odds that an answer with these features is right. several: whether there is more than one reference."""
        if row[REFERENCE_LENGTH] > math.log1p(self.long.content):
            return self.long.bias + sum(weight * row[place] for place, weight in self.long.weights)
        linear = self.bias
        for value, mean, scale, slope in zip(row, self.means, self.scales, self.slopes, strict=True):
            linear += slope * (value - mean) / scale
        grown = self.start
        for node in self.trees:
            while type(node) is tuple:
                node = node[2] if row[node[0]] <= node[1] else node[3]
            grown += node
        slope, bias, shift = self.calibration
        return slope * (linear + grown) / 2 + bias + shift * several

    def probability(self, row: Sequence[float], several: bool) -> float:
        """That an answer with these features is right."""
        return 1.0 / (1.0 + math.exp(-self.logit(row, several)))

    def threshold(self, nearest: ReferenceTokens, several: bool) -> float:
        """The probability from which an answer that comes nearest to this reference is called correct."""
        if len(nearest.content) > self.long.content:
            return self.long.decide
        return self.decide_several if several else self.decide


def load_weights(text: str) -> Weights:
    """Weights from the text of assets/grader.json. Raises ValueError where it was made for other features."""
    data = json.loads(text)
    if tuple(data["columns"]) != NAMES + OVERALL:
        raise ValueError("the grader's weights were fitted to other features; run benchmarks/fit_grader.py")
    linear, long, limits = data["linear"], data["long"], data["thresholds"]
    return Weights(
        tuple(linear["means"]),
        tuple(linear["scales"]),
        tuple(linear["weights"]),
        linear["bias"],
        data["trees"]["start"],
        tuple(_as_tuples(tree) for tree in data["trees"]["trees"]),
        tuple(data["calibration"]),
        LongWeights(
            long["from"],
            tuple((NAMES.index(name), weight) for name, weight in zip(long["columns"], long["weights"], strict=True)),
            long["bias"],
            limits["decide_long"],
        ),
        limits["decide"],
        limits["decide_several"],
        limits["low"],
        limits["high"],
        data["words"]["weights"],
        data["words"]["default"],
    )


def _as_tuples(node: Any) -> Any:
    return (node[0], node[1], _as_tuples(node[2]), _as_tuples(node[3])) if isinstance(node, list) else node


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Those of assets/grader.json, read once."""
    return load_weights(WEIGHTS_PATH.read_text(encoding="utf-8"))
