"""How an answer and a reference compare, as numbers: what the logistic regression of the grader sees.

Words are aligned first: each content word of the reference with the best unused word of the answer, by stem,
spelling, shared beginning or the lexicon. Words that the question already gave count little.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tutor.grading import lexicon
from tutor.grading.words import Token, tokens

GIVEN = 0.25  # weight of a word that the question already gave
LIGHT = 0.5  # weight of a word that carries a little meaning
ASIDE = 0.5  # weight of what a reference says in brackets
BREAKS = frozenset(". ; : , ? ! so because since therefore when if then but".split())


def edits_at_most(one: str, other: str, limit: int) -> bool:
    """Whether `limit` insertions, deletions, substitutions or swaps of neighbours turn one word into the other."""
    if abs(len(one) - len(other)) > limit:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        now = [i]
        best = i
        for j, b in enumerate(other, 1):
            value = row[j - 1] if a == b else 1 + min(row[j - 1], row[j], now[-1])
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b and a != b:
                value = min(value, before[j - 2] + 1)
            now.append(value)
            best = min(best, value)
        if best > limit:
            return False
        before, row = row, now
    return row[-1] <= limit


@lru_cache(maxsize=40000)
def likeness(one: str, other: str) -> float:
    """0..1: how surely two stems mean the same; negative where the lexicon has them as opposites."""
    if one == other:
        return 1.0
    if other in lexicon.opposites().get(one, ()):
        return -1.0
    shorter = min(len(one), len(other))
    groups = lexicon.groups()
    if one in groups and other in groups and groups[one] & groups[other]:
        return 0.75
    if shorter < 4 or one.isdigit() or other.isdigit():
        return 0.0
    if differ_by_prefix(one, other):
        return -1.0
    limit = 1 if shorter < 8 else 2
    if (one[0] == other[0] or one[1:3] == other[1:3]) and edits_at_most(one, other, limit):
        return 0.9
    same = 0
    while same < shorter and one[same] == other[same]:
        same += 1
    if same >= 5 or (same >= 4 and same >= 0.75 * shorter):
        return 0.7
    return 0.0


def differ_by_prefix(one: str, other: str) -> bool:
    """mutable / immutable, connected / disconnected: the same word but for a prefix that turns it round."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return len(long) > len(short) and any(
        long == prefix + short for prefix in ("un", "in", "im", "ir", "il", "dis", "non", "mis", "de", "anti")
    )


@dataclass(frozen=True, slots=True)
class QuestionTokens:
    """What the question already says."""

    stems: frozenset[str]
    bigrams: frozenset[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class TextTokens:
    """What a reference and an answer are both made ready with."""

    text: str
    tokens: list[Token]
    content: list[int]  # indices of the tokens that carry meaning
    weights: list[float]  # one per content token
    stems: frozenset[str]  # of the content tokens
    numbers: frozenset[str]  # those of them that are numbers
    negations: int
    bigrams: frozenset[tuple[str, str]]
    trigrams: Counter
    norm: float
    small: frozenset[str]  # function words
    lead: str  # the choice that it opens with, if any


@dataclass(slots=True, kw_only=True)
class ReferenceTokens(TextTokens):
    """A right answer, made ready for comparison."""

    new: list[bool]  # whether the question did not give the content token
    total: float
    new_total: float
    clauses: list[int]  # number of the clause that each content token stands in
    pairs: frozenset[tuple[str, str]]  # content words that follow one another, whatever stands between
    poles: frozenset[str]  # opposites of its words


@dataclass(slots=True, kw_only=True)
class AnswerTokens(TextTokens):
    """A learner's answer, made ready for comparison."""

    given: list[bool]  # whether the question already gave the content token


def _trigrams(found: list[Token]) -> tuple[Counter, float]:
    text = " " + " ".join(token.stem for token in found if token.kind != "mark" and token.kind != "stop") + " "
    counts = Counter([text[i : i + 3] for i in range(len(text) - 2)])
    return counts, math.sqrt(sum(value * value for value in counts.values()))


def _content(found: list[Token]) -> list[int]:
    return [i for i, token in enumerate(found) if token.kind in ("word", "number")]


def _bigrams(found: list[Token]) -> frozenset[tuple[str, str]]:
    row = [token.stem for token in found if token.kind != "mark"]
    return frozenset(itertools.pairwise(row))


def _common(text: str, found: list[Token], content: list[int]) -> dict:
    """The fields of TextTokens but for the weights."""
    trigrams, norm = _trigrams(found)
    return {
        "text": text,
        "tokens": found,
        "content": content,
        "stems": frozenset(found[i].stem for i in content),
        "numbers": frozenset(found[i].stem for i in content if found[i].kind == "number"),
        "negations": sum(token.kind == "not" for token in found),
        "bigrams": _bigrams(found),
        "trigrams": trigrams,
        "norm": norm or 1.0,
        "small": frozenset(token.stem for token in found if token.kind == "stop"),
        "lead": _lead(found),
    }


def prepare_question(question: str, language: str = "en") -> QuestionTokens:
    found = tokens(question, language)
    return QuestionTokens(frozenset(token.stem for token in found if token.kind in ("word", "number")), _bigrams(found))


def _weight(token: Token, idf: dict[str, float], default: float) -> float:
    value = idf.get(token.stem, default)
    return value * LIGHT if token.text in lexicon.LIGHT else value


def prepare_reference(
    text: str, asked: QuestionTokens, idf: dict[str, float], default: float, language: str = "en"
) -> ReferenceTokens:
    found = tokens(text, language)
    content = _content(found)
    if not content:  # a reference of function words only, such as "because of it": then they are all there is
        content = [i for i, token in enumerate(found) if token.kind in ("stop", "not")]
    weights, new, clauses = [], [], []
    clause, last, aside = 0, -1, False
    for i in content:
        token = found[i]
        if any(between.text in BREAKS for between in found[last + 1 : i]) and last >= 0:
            clause += 1
        for between in found[last + 1 : i]:
            if between.text in "([":
                aside = True
            elif between.text in ")]":
                aside = False
        last = i
        fresh = token.stem not in asked.stems
        weights.append(_weight(token, idf, default) * (1.0 if fresh else GIVEN) * (ASIDE if aside else 1.0))
        new.append(fresh)
        clauses.append(clause)
    return ReferenceTokens(
        **_common(text, found, content),
        weights=weights,
        new=new,
        total=sum(weights) or 1.0,
        new_total=sum(w for w, fresh in zip(weights, new, strict=True) if fresh),
        clauses=clauses,
        pairs=frozenset((found[i].stem, found[j].stem) for i, j in itertools.pairwise(content)),
        poles=frozenset().union(*(lexicon.opposites().get(found[i].stem, frozenset()) for i in content)),
    )


def prepare_answer(text: str, asked: QuestionTokens, idf: dict[str, float], default: float, language: str = "en") -> AnswerTokens:
    found = tokens(text, language)
    content = _content(found)
    return AnswerTokens(
        **_common(text, found, content),
        weights=[_weight(found[i], idf, default) for i in content],
        given=[found[i].stem in asked.stems for i in content],
    )


def align(reference: ReferenceTokens, answer: AnswerTokens) -> tuple[list[tuple[int, int, float]], list[tuple[int, int]]]:
    """Which token of the answer stands for which content token of the reference.

    Returns ([(index into reference.content, index into answer.tokens, likeness)], [pairs that are opposites]).
    """
    rows = reference.content
    found = reference.tokens
    where: dict[str, list[int]] = {}
    for i, token in enumerate(answer.tokens):
        if token.kind != "mark":
            where.setdefault(token.stem, []).append(i)
    used: set[int] = set()
    pairs: list[tuple[int, int, float]] = []
    left: list[int] = []
    last = -1
    for k, i in enumerate(rows):
        places = where.get(found[i].stem)
        if places:
            free = [p for p in places if p not in used]
            if free:
                after = [p for p in free if p > last]
                last = after[0] if after else free[0]
                used.add(last)
                pairs.append((k, last, 1.0))
                continue
        left.append(k)
    against: list[tuple[int, int]] = []
    candidates: dict[str, list[int]] = {}
    for p, token in enumerate(answer.tokens) if left else ():
        if token.kind not in ("mark", "not"):
            candidates.setdefault(token.stem, []).append(p)
    for k in left:
        stem = found[rows[k]].stem
        best, place, worst = 0.0, -1, -1
        for other, places in candidates.items():
            value = likeness(stem, other)
            if not value:
                continue
            p = next((p for p in places if p not in used), -1)
            if p < 0:
                continue
            if value > best or (value == best and p < place):
                best, place = value, p
            elif value < 0 and (worst < 0 or p < worst):
                worst = p
        if best > 0:
            used.add(place)
            pairs.append((k, place, best))
        elif worst >= 0:
            against.append((k, worst))
        elif stem in where:  # said once where the reference says it twice
            pairs.append((k, where[stem][0], 1.0))
    pairs.sort()
    return pairs, against


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
)

OVERALL = ("references", "mean_recall", "worst_contradiction", "best_recall", "best_precision")
RECALL, RECALL_NEW, F1, TRIGRAM, CONTRADICTION, PRECISION = map(
    NAMES.index, ("recall", "recall_new", "f1", "trigram", "contradiction", "precision")
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


LEADS = {"yes": "yes", "agree": "yes", "true": "yes", "no": "no", "disagree": "no", "false": "no", "not": "no"}


def _lead(found: list[Token]) -> str:
    """The choice that a text opens with: yes, no, or a letter such as `B.`"""
    for token in found[:2]:
        if token.text in LEADS:
            return LEADS[token.text]
    if (
        found
        and len(found[0].text) == 1
        and found[0].text.isalpha()
        and (len(found) == 1 or found[1].text in ".,;:)" or found[1].text == "because")
    ):
        return found[0].text
    return ""


def _moved(reference: ReferenceTokens, answer: AnswerTokens, pairs: list[tuple[int, int, float]]) -> tuple[float, float]:
    """Whether words with an opposite (more, higher, positive) stand by the same words as in the reference.

    Returns (such words that moved to other neighbours, share of neighbouring words that are still neighbours).
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


def compare(reference: ReferenceTokens, answer: AnswerTokens) -> list[float]:
    """The features of one reference and the answer, in the order of NAMES."""
    pairs, against = align(reference, answer)
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
    clash = 0.0  # words of the answer that are opposite to what the reference says and that it does not say
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
        *_moved(reference, answer, pairs),
        float(lead != "" and lead == answer.lead),
        float(lead != "" and answer.lead != "" and lead != answer.lead),
    ]


def features(references: Sequence[ReferenceTokens], answer: AnswerTokens) -> tuple[list[float], int]:
    """The features of an answer against all references: those of the nearest one, then how the others stand.

    Returns (one row in the order of NAMES + OVERALL, index of the nearest reference).
    """
    rows = [compare(reference, answer) for reference in references]
    nearness = [row[RECALL] + row[RECALL_NEW] + row[F1] + row[TRIGRAM] - 2 * row[CONTRADICTION] for row in rows]
    best = max(range(len(rows)), key=lambda i: (nearness[i], -i))
    count = len(rows)
    overall = [
        math.log(count),
        sum(row[RECALL_NEW] for row in rows) / count,
        max(row[RECALL] * row[CONTRADICTION] for row in rows),
        max(row[RECALL_NEW] for row in rows),
        max(row[PRECISION] for row in rows),
    ]
    return [round(value, 4) for value in rows[best] + overall], best
