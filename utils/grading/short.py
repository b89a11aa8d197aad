"""Free-text answers: a verdict against references, rubric points and known wrong answers, with its reasons in words."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from utils.grading import guards
from utils.grading.features import (
    NAMES,
    OVERALL,
    Answer,
    Asked,
    Reference,
    align,
    features,
    prepare_answer,
    prepare_reference,
    prepare_question,
)
from utils.grading.words import CYRILLIC, clean
from utils.models import Grade, Item, Met, Point

WEIGHTS_PATH = Path(__file__).parents[2] / "assets" / "grader.json"


@dataclass(frozen=True, eq=False)
class Weights:
    """What benchmarks/fit_grader.py learned: two models whose log-odds are averaged, thresholds and word weights."""

    means: tuple[float, ...]  # one per feature, as are scales and slopes
    scales: tuple[float, ...]
    slopes: tuple[float, ...]
    bias: float
    start: float
    trees: tuple  # each (column, threshold, low branch, high branch), a leaf being a number
    calibration: tuple[float, float, float]  # slope, bias, shift where there are several references
    decide: float  # probability from which an answer is called correct
    low: float  # from here up to `high` the verdict is unsure
    high: float
    idf: dict[str, float]  # stem -> weight
    idf_default: float

    def probability(self, row: Sequence[float], several: bool) -> float:
        linear = self.bias
        for value, mean, scale, slope in zip(row, self.means, self.scales, self.slopes, strict=True):
            linear += slope * (value - mean) / scale
        grown = self.start
        for node in self.trees:
            while type(node) is tuple:
                node = node[2] if row[node[0]] <= node[1] else node[3]
            grown += node
        slope, bias, shift = self.calibration
        return 1.0 / (1.0 + math.exp(-(slope * (linear + grown) / 2 + bias + shift * several)))


def load_weights(text: str) -> Weights:
    """Weights from the text of assets/grader.json. Raises ValueError where it was made for other features."""
    data = json.loads(text)
    if tuple(data["columns"]) != NAMES + OVERALL:
        raise ValueError("the grader's weights were fitted to other features; run benchmarks/fit_grader.py")
    linear, limits = data["linear"], data["thresholds"]
    return Weights(
        tuple(linear["means"]), tuple(linear["scales"]), tuple(linear["weights"]), linear["bias"],
        data["trees"]["start"], tuple(_frozen(tree) for tree in data["trees"]["trees"]), tuple(data["calibration"]),
        limits["decide"], limits["low"], limits["high"], data["words"]["weights"], data["words"]["default"],
    )


def _frozen(node):
    return (node[0], node[1], _frozen(node[2]), _frozen(node[3])) if isinstance(node, list) else node


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    return load_weights(WEIGHTS_PATH.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Verdict:
    """How an answer stands to the references."""

    probability: float  # that a teacher would call it correct
    best: Reference | None  # the reference that it comes nearest to
    answer: Answer | None
    reason: str = ""  # why a guard settled it, in words for the learner


@lru_cache(maxsize=512)
def _prepared(question: str, references: tuple[str, ...], weights: Weights, language: str) -> tuple[Asked, tuple[Reference, ...]]:
    asked = prepare_question(clean(question), language)
    cyrillic = any(CYRILLIC.search(text) for text in references)
    return asked, tuple(prepare_reference(clean(text, cyrillic), asked, weights.idf, weights.idf_default, language) for text in references)


def judge(question: str, references: Sequence[str], answer: str, weights: Weights, language: str = "en") -> Verdict:
    """The probability that the answer is right, and which reference it comes nearest to."""
    references = tuple(references)
    asked, prepared = _prepared(question, references, weights, language)
    cyrillic = any(CYRILLIC.search(text) for text in references)
    text = clean(answer, cyrillic)
    if guards.no_answer(text):
        return Verdict(0.0, None, None, "This does not answer the question.")
    text, talked = guards.without_instructions(text)
    if talked and guards.no_answer(text):
        return Verdict(0.0, None, None, "This speaks to the grader and does not answer the question.")
    said = prepare_answer(text, asked, weights.idf, weights.idf_default, language)
    row, best = features(prepared, said)
    reason = guards.settled(said, prepared[best], asked)
    if reason:
        return Verdict(0.0, prepared[best], said, reason)
    reason, copied = _near_copies(prepared, said, asked)
    if reason:
        return Verdict(0.0, prepared[best], said, reason)
    p = weights.probability(row, len(references) > 1)
    return Verdict(max(p, COPIED) if copied else p, prepared[best], said)


COPIED = 0.97  # what an answer that follows a reference word for word is worth


def _near_copies(references: Sequence[Reference], answer: Answer, asked: Asked) -> tuple[str, bool]:
    """(what turns the answer against a reference that it nearly copies, whether it copies one rightly)."""
    found, faithful, copies = "", False, False
    known = asked.stems.union(*(reference.stems for reference in references))
    for reference in references:
        pairs, against = align(reference, answer)
        turn = guards.turned(reference, answer, pairs, against)
        if turn == "":
            faithful = True
            copies = copies or guards.copied(reference, answer, pairs)
        elif turn and turn.startswith(guards.OTHER_NUMBER) and not answer.numbers <= known:
            return turn, False
        found = found or turn or ""
    if copies:
        return "", True
    return ("" if faithful else found), False


def _script(text: str) -> str:
    """The script of most letters of a text: LATIN, CYRILLIC, CJK..."""
    counts: dict[str, int] = {}
    for mark in text[:400]:
        if mark.isalpha():
            name = "LATIN" if mark.isascii() else unicodedata.name(mark, "?").split()[0]
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: (counts[name], name)) if counts else ""


def _other_script(answer: str, references: Sequence[str]) -> str:
    """A message where the answer is written in other letters than the references, else ""."""
    if answer.isascii():
        return ""
    cyrillic = any(CYRILLIC.search(text) for text in references)
    mine, theirs = _script(clean(answer, cyrillic)), {_script(text) for text in references}
    mine = _script(answer) if mine == "LATIN" and not re.search("[a-zA-Z]", clean(answer, True)) else mine
    if mine and theirs - {""} and mine not in theirs:
        return f"The answer is written in {mine.capitalize()} letters and the reference in {' or '.join(sorted(theirs - {''})).capitalize()}: it cannot be compared."
    return ""


def _span(answer: Answer, places: Iterable[int]) -> str:
    """The learner's words from the first to the last of these tokens."""
    places = sorted(places)
    return answer.text[answer.tokens[places[0]].start:answer.tokens[places[-1]].end] if places else ""


def _coverage(point: Reference, answer: Answer) -> tuple[float, str]:
    """How much of a point the answer makes (0..1), and the words that make it."""
    pairs, against = align(point, answer)
    hit = clash = 0.0
    new = point.new_total > 0
    for k, place, value in pairs:
        if new and not point.new[k]:
            continue
        if point.tokens[point.content[k]].negated != answer.tokens[place].negated:
            clash += point.weights[k]
        hit += point.weights[k] * value
    for k, place in against:
        if point.tokens[point.content[k]].negated == answer.tokens[place].negated:
            clash += point.weights[k]
        else:
            hit += 0.75 * point.weights[k]
    total = point.new_total if new else point.total
    if any(number not in answer.stems for number in point.numbers):
        clash += 0.3 * total
    return max(0.0, (hit - clash) / total), _span(answer, [place for _, place, _ in pairs])


MET = 0.6  # share of a point's weight from which it counts as made


def _points(question: str, rubric: Sequence[Point], answer: Answer, weights: Weights, language: str) -> tuple[list[Met], list[str]]:
    met, missed = [], []
    for point in rubric:
        _, ways = _prepared(question, (point.text, *point.also), weights, language)
        share, words = max((_coverage(way, answer) for way in ways), key=lambda pair: pair[0])
        if share >= MET:
            met.append(Met(point.text, words))
        else:
            missed.append(point.text)
    return met, missed


def _nearness(reference: Reference, answer: Answer) -> float:
    """How near an answer is to a text, both ways: the words it shares with it and those that it does not."""
    pairs, _ = align(reference, answer)
    hit = sum(reference.weights[k] * value * (1.0 if reference.tokens[reference.content[k]].negated == answer.tokens[place].negated else 0.2)
              for k, place, value in pairs)
    forward = hit / reference.total
    back = len({place for _, place, _ in pairs} & set(answer.content)) / (len(answer.content) or 1)
    shared = 2 * len(reference.bigrams & answer.bigrams) / ((len(reference.bigrams) + len(answer.bigrams)) or 1)
    return 2 * forward * back / (forward + back + 1e-9) + shared


def grade_short(item: Item, answer: str, *, weights: Weights | None = None, strict: bool = False, language: str = "en") -> Grade:
    """The verdict on a free-text answer: points met and missed, known wrong answers heard, unsure where it is."""
    weights = weights or shipped_weights()
    if message := _other_script(answer, item.references):
        return Grade(0.0, missed=tuple(point.text for point in item.rubric), feedback=message, misunderstood=message)
    verdict = judge(item.question, item.references, answer, weights, language)
    rubric = item.rubric
    everything = tuple(point.text for point in rubric)
    if verdict.answer is None:
        return Grade(0.0, missed=everything, feedback=verdict.reason)
    if verdict.reason:
        return Grade(0.0, missed=everything, feedback=verdict.reason)
    if item.wrong:
        _, known = _prepared(item.question, tuple(wrong.answer for wrong in item.wrong), weights, language)
        _, right = _prepared(item.question, tuple(item.references), weights, language)
        wrongs = [_nearness(one, verdict.answer) for one in known]
        nearest = max(range(len(known)), key=lambda i: (wrongs[i], -i))
        if wrongs[nearest] > max(_nearness(one, verdict.answer) for one in right) and wrongs[nearest] > 0.9:
            wrong = item.wrong[nearest]
            return Grade(0.0, missed=everything, feedback=wrong.reply or wrong.misconception)
    met, missed = _points(item.question, rubric, verdict.answer, weights, language)
    p = verdict.probability
    correct = p >= weights.decide
    if rubric:
        share = len(met) / len(rubric)
        if p >= weights.high or (correct and not missed):
            score = 1.0
        elif not missed:
            score, p = 1.0, (weights.decide + weights.high) / 2
        else:
            score = share
    else:
        score = 1.0 if correct else 0.0
    unsure = weights.low <= p < weights.high
    if score >= 1.0:
        feedback = "This makes the points of the reference."
    elif met:
        feedback = "Right: " + "; ".join(f"“{one.evidence}”" for one in met) + "."
    else:
        feedback = "This does not yet say what the question asks for."
    if unsure and strict:
        return Grade(min(score, 0.99), tuple(met), tuple(missed), feedback + " The grader was unsure; the stricter verdict stands.", unsure=False)
    return Grade(score, tuple(met), tuple(missed), feedback, unsure=unsure)


def grade_record(question: str, references: Sequence[str] | str, answer: str, rubric: Sequence[Point | str] = (), *,
                 weights: Weights | None = None, strict: bool = False, language: str = "en") -> Grade:
    """The verdict on an answer to a bare question: references alone are enough."""
    references = (references,) if isinstance(references, str) else tuple(references)
    points = tuple(point if isinstance(point, Point) else Point(point) for point in rubric)
    item = Item(id="", lesson="", section="", kind="short", question=question, references=references, rubric=points)
    return grade_short(item, answer, weights=weights, strict=strict, language=language)
