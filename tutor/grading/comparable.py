"""Question, references and answer as weighted tokens, and which words of an answer match which of a reference.

Words that the question gave already count little, and so do light words and what a reference says in brackets.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.grading import lexicon
from tutor.grading.likeness import likeness
from tutor.grading.words import CLAUSE_END, Token, tokens

GIVEN = 0.25  # weight of a word that the question already gave
LIGHT = 0.5  # weight of a word that carries a little meaning
ASIDE = 0.5  # weight of what a reference says in brackets
WINDOW = 3  # content words that stand at most so far apart are neighbours
Pair = tuple[str, str]
BREAKS = frozenset(". ; : , ? ! so because since therefore when if then but".split())


@dataclass(frozen=True, slots=True)
class QuestionTokens:
    """What the question already says."""

    stems: frozenset[str]
    bigrams: frozenset[tuple[str, str]]


Side = tuple[int, int]  # number of a pair of opposites, and which of the two a text says, "not" taken into account
Tie = tuple[int, int, int]  # two pairs of opposites that a text names together, and 0 where it takes the same side in both


@dataclass(slots=True, kw_only=True)
class TextTokens:
    """A text as weighted tokens, with the counts that comparisons need: what references and answers have in common."""

    text: str
    tokens: list[Token]
    content: list[int]  # indices of the tokens that carry meaning
    weights: list[float]  # one for each content token
    stems: frozenset[str]  # of the content tokens
    numbers: frozenset[str]  # those of them that are numbers
    negations: int
    bigrams: frozenset[tuple[str, str]]
    trigrams: Counter[str]
    norm: float
    small: frozenset[str]  # function words
    lead: str  # the choice that the text opens with, "" for none
    sides: frozenset[Side]
    ties: frozenset[Tie]


@dataclass(slots=True, kw_only=True)
class ReferenceTokens(TextTokens):
    """A right answer as tokens."""

    new: list[bool]  # whether the content token is not in the question
    total: float
    new_total: float
    clauses: list[int]  # for each content token, the number of its clause
    pairs: frozenset[tuple[str, str]]  # each content word and the next, whatever is between them
    poles: frozenset[str]  # opposites of its words


@dataclass(slots=True, kw_only=True)
class AnswerTokens(TextTokens):
    """A learner's answer as tokens."""

    given: list[bool]  # whether the content token is in the question
    places: dict[str, list[int]]  # stem -> the tokens that have it, marks aside


def _trigrams(found: list[Token]) -> tuple[Counter[str], float]:
    text = " " + " ".join(token.stem for token in found if token.kind != "mark" and token.kind != "stop") + " "
    counts = Counter([text[i : i + 3] for i in range(len(text) - 2)])
    return counts, math.sqrt(sum(value * value for value in counts.values()))


def _content(found: list[Token]) -> list[int]:
    return [i for i, token in enumerate(found) if token.kind in ("word", "number")]


def _bigrams(found: list[Token]) -> frozenset[tuple[str, str]]:
    row = [token.stem for token in found if token.kind != "mark"]
    return frozenset(itertools.pairwise(row))


def _common(text: str, found: list[Token], content: list[int]) -> dict[str, Any]:
    """The fields of TextTokens except the weights."""
    trigrams, norm = _trigrams(found)
    sides, ties = _sides_and_ties(found)
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
        "sides": sides,
        "ties": ties,
    }


def neighbours(stems: Sequence[str]) -> Iterator[Pair]:
    """Each two different words that stand near each other, in their order."""
    for place, stem in enumerate(stems):
        for other in stems[place + 1 : place + 1 + WINDOW]:
            if other != stem:
                yield stem, other


def _sides_and_ties(found: list[Token]) -> tuple[frozenset[Side], frozenset[Tie]]:
    """The sides that a text takes in pairs of opposites, and which pairs it ties to each other.

    A "not" turns the next such word round: `not open` says `closed`. A tie says how two words go together, whichever sides
    a text names: `longer, lower` and `shorter, higher` have the same one, and so do `connected to +` and `not connected to -`.
    """
    listed = lexicon.sides()
    sides: set[Side] = set()
    ties: set[Tie] = set()
    before: tuple[Side, ...] = ()
    denied = turned = 0
    for token in found:
        if token.kind == "not":
            denied, turned = 1, 1 - turned
        elif token.kind == "mark":
            if token.text in ".;!?:":
                before, turned, denied = (), 0, 0
            elif token.text == ",":
                denied = 0
        elif own := listed.get(token.stem):
            sides.update((number, side ^ denied) for number, side in own)
            denied = 0
            if before:
                ties.update(
                    (min(one, other), max(one, other), side ^ others ^ turned)
                    for one, side in before
                    for other, others in own
                    if one != other
                )
                before, turned = (), 0
            else:
                before = own
        elif token.text in CLAUSE_END:
            denied = 0
    return frozenset(sides), frozenset(ties)


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
    places: dict[str, list[int]] = {}
    for i, token in enumerate(found):
        if token.kind != "mark":
            places.setdefault(token.stem, []).append(i)
    return AnswerTokens(
        **_common(text, found, content),
        weights=[_weight(found[i], idf, default) for i in content],
        given=[found[i].stem in asked.stems for i in content],
        places=places,
    )


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


Alignment = tuple[list[tuple[int, int, float]], list[tuple[int, int]]]
Alike = Mapping[str, Sequence[tuple[str, float]]]  # stem of a reference -> [(stem of the answer, their likeness, not 0)]


def align(reference: ReferenceTokens, answer: AnswerTokens, alike: Alike | None = None) -> Alignment:
    """Which token of the answer corresponds to which content token of the reference.

    alike: the likenesses, where they are known for many references at once; else each two stems are compared.
    Returns ([(index into reference.content, index into answer.tokens, likeness)], [pairs that are opposites]).
    """
    rows = reference.content
    found = reference.tokens
    used: set[int] = set()
    pairs: list[tuple[int, int, float]] = []
    left: list[int] = []
    last = -1
    for k, i in enumerate(rows):
        free = [p for p in answer.places.get(found[i].stem, ()) if p not in used]
        if free:
            last = next((p for p in free if p > last), free[0])
            used.add(last)
            pairs.append((k, last, 1.0))
        else:
            left.append(k)
    against: list[tuple[int, int]] = []
    for k in left:
        stem = found[rows[k]].stem
        best, place, worst = 0.0, -1, -1
        for other, value in _likenesses(stem, answer) if alike is None else alike.get(stem, ()):
            p = next((p for p in answer.places.get(other, ()) if p not in used and answer.tokens[p].kind != "not"), -1)
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
        elif stem in answer.places:  # said once where the reference says it twice
            pairs.append((k, answer.places[stem][0], 1.0))
    pairs.sort()
    return pairs, against


def _likenesses(stem: str, answer: AnswerTokens) -> Iterator[tuple[str, float]]:
    for other in answer.places:
        if value := likeness(stem, other):
            yield other, value


SHARED = 0.35  # weight of a point's word that other points of the rubric have too


def share_of(
    point: ReferenceTokens, answer: AnswerTokens, shared: frozenset[str], aligned: Alignment | None = None
) -> tuple[float, str]:
    """How much of a point an answer makes (0..1), and the words that make it.

    shared: stems of the other points, which say little about this one.
    """
    pairs, against = aligned or align(point, answer)
    own = [point.tokens[i] for i in point.content]
    weights = [weight * (SHARED if token.stem in shared else 1.0) for token, weight in zip(own, point.weights, strict=True)]
    total = sum(weights) or 1.0
    hit = 0.0
    clash = 0.3 * total if any(number not in answer.stems for number in point.numbers) else 0.0
    for k, place, value in pairs:
        if own[k].negated != answer.tokens[place].negated:
            clash += weights[k]
        hit += weights[k] * value
    for k, place in against:
        if own[k].negated == answer.tokens[place].negated:
            clash += weights[k]
        else:
            hit += 0.75 * weights[k]
    return max(0.0, (hit - clash) / total), words_of(answer, pairs)


SAYS_NOT = frozenset({"not", "neither", "nor", "never", "cannot", "nobody"})  # of negations, those that deny a whole statement


def denied_share(text: ReferenceTokens, answer: AnswerTokens, aligned: Alignment) -> float:
    """How much of what an answer shares with a text (0..1) it says not to be so, where the text says that it is."""
    if not any(token.kind == "not" and (token.text in SAYS_NOT or token.text.endswith("n't")) for token in answer.tokens):
        return 0.0
    pairs, against = aligned
    total = sum(text.weights[k] for k in (*(pair[0] for pair in pairs), *(pair[0] for pair in against)))
    denied = (
        text.weights[k] for k, place, _ in pairs if answer.tokens[place].negated and not text.tokens[text.content[k]].negated
    )
    return sum(denied) / total if total else 0.0


def words_of(answer: AnswerTokens, pairs: Sequence[tuple[int, int, float]]) -> str:
    """The learner's words from the first to the last that corresponds to one of a reference, as `align` pairs them."""
    places = [place for _, place, _ in pairs]
    return answer.text[answer.tokens[min(places)].start : answer.tokens[max(places)].end] if places else ""


def nearness(
    reference: ReferenceTokens, answer: AnswerTokens, aligned: Alignment | None = None, counted: Sequence[int] | None = None
) -> float:
    """How near an answer is to a text, 0..2: the words that they share and those that only one has, and the order.

    counted: the content tokens of the answer that count (all by default).
    """
    pairs, _ = aligned or align(reference, answer)
    hit = sum(
        reference.weights[k]
        * value
        * (1.0 if reference.tokens[reference.content[k]].negated == answer.tokens[place].negated else 0.2)
        for k, place, value in pairs
    )
    forward = hit / reference.total
    own = set(answer.content if counted is None else counted)
    back = len({place for _, place, _ in pairs} & own) / (len(own) or 1)
    return 2 * forward * back / (forward + back + 1e-9) + likeness_in_order(reference, answer)


def likeness_in_order(one: TextTokens, other: TextTokens) -> float:
    """The share of neighbouring words that two texts have in common, 0..1."""
    return 2 * len(one.bigrams & other.bigrams) / ((len(one.bigrams) + len(other.bigrams)) or 1)
