"""Whether a text says the contrary of another: by a denial, an opposite word, who does it to whom, or what follows from what."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tutor.grading import guards, lexicon
from tutor.grading.clauses import clause_spans, sentences_of, stretches
from tutor.grading.comparable import (
    Alignment,
    AnswerTokens,
    QuestionTokens,
    ReferenceTokens,
    TextTokens,
    align,
    prepare_answer,
    prepare_reference,
)
from tutor.grading.contrary.denials import spelled_out
from tutor.grading.features import shipped_weights
from tutor.grading.likeness import likeness
from tutor.grading.words import clean

SAYS_THE_SAME = 0.7  # share of a sentence's weight from which a clause speaks of the same, and a "not" turns it round
SAYS_NEARLY_ALL = 0.85  # and from which a word's opposite does
MOSTLY = 0.8  # share of what two texts have in common
LONGER = 1.3
FEWEST = 3  # content words of a clause that is looked at by itself
MOST = 0.7  # share of a text's words that one who says the contrary of it has
LONGEST = 30  # content words: a longer text is a list of what could be said
LIGHT_WORDS = 4  # times as many words as content words has hardly any text
NEAR = 2  # content words that stand at most so far apart are neighbours
# Words that deny without a "not" and are not spelled out: beside one of them, a "not" more or less turns nothing round.
DENIES_SILENTLY = re.compile(
    r"\b(?:prevent|avoid|stop|instead|unlike|fail|lack|unless|only|alone|except|no longer|free of|refus"
    r"|den(?:y|ies)|forbid|false|wrong|myth|mistake|miss|whatever|whichever|not (?:only|just|merely)|ignor|skip|omit|neglect"
    r"|exceed|no (?:\w+er|more|less) than|leav\w+ out|(?:never|not) (?:above|over|more|below|under|less)\b)",
    re.I,
)
PARTICLES = frozenset(["up", "down", "in", "out", "on", "off"])  # part of a verb: what slows down speeds up
EITHER_WAY = re.compile(r"\b(?:by|and|or|equals?|same|with|between|is|are|was|were|differ\w*|times|plus)\b|[=+×·*]", re.I)
BE = re.compile(r"\b(?:is|are|was|were|be|been|being)\b", re.I)  # beside it what is done to something stands before what is done
SAYS_NOTHING = re.compile(  # as a question or a condition, which does not say that something is so
    r"\W*(?:if|unless|whether|when|whenever|suppose|imagine|is|are|do|does|did|can|what|why|how|which|who|where)\b|.*\?\W*$",
    re.I | re.S,
)
BETWEEN_CLAUSES = re.compile(r"[,;:]|\b(?:and|but|while|whereas|which)\b", re.I)
# Beside such a word it matters which clause is which; "in training," belongs to the clause that follows.
TIES_CLAUSES = re.compile(
    r"\b(?:if|when(?:ever)?|unless|until|before|after|then|than|because|since|so|hence|thus|therefore|(?:al)?though|despite)\b",
    re.I,
)
OPENS_CLAUSE = re.compile(r"\W*(?:in|on|at|by|for|from|to|with|without|of|under|during|within|among|between|through)\b", re.I)
FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1[^\n]*$", re.S | re.M)  # code and drawings
GOES_ON = re.compile(r"\W*(?:and|or|but|then|which|that|not)\b", re.I)  # as a clause does that may lack its subject
# How a sentence says that one thing is the reason for another, or is so in spite of it: (reason, what follows from it).
_BEGIN = r"\W*(?:and\s+|but\s+)?"
RELATIONS = [
    (re.compile(pattern, re.I), in_spite)
    for pattern, in_spite in (
        (rf"{_BEGIN}(?:because|since|as)\s+(?P<one>[^,]+),\s*(?P<other>.+)", False),
        (rf"{_BEGIN}(?:(?:even\s+)?though|although|while|despite|in\s+spite\s+of)\s+(?P<one>[^,]+),\s*(?P<other>.+)", True),
        (r"(?P<other>.+?),?\s+(?:even\s+though|although|though|despite|in\s+spite\s+of|regardless\s+of)\s+(?P<one>.+)", True),
        (r"(?P<other>.+?),?\s+(?:because(?:\s+of)?|since)\s+(?P<one>.+)", False),
        (r"(?P<one>.+?)(?:[,;]\s*|\s+and\s+)(?:so|therefore|thus|hence|consequently)\s+(?!that\b)(?P<other>.+)", False),
    )
]
CHANGES = """
rise rises raise increase grow gain expand widen lengthen strengthen improve speed accelerate heat open start
fall lowers decrease drop reduce shrink decline narrow shorten weaken worsen slow decelerate cool close stop
"""
NOTHING_ASKED = QuestionTokens(frozenset(), frozenset())


class Relation(NamedTuple):
    """Two things that a sentence says, of which one is the reason for the other, or would be."""

    reason: str
    result: str
    in_spite: bool  # the result is so in spite of it


class EvidenceClause(NamedTuple):
    """A clause of the evidence, prepared for a comparison in both directions."""

    text: str  # as the evidence has it
    said: AnswerTokens
    as_reference: ReferenceTokens
    sentence: AnswerTokens  # the whole of which it is a part


def contradicted(said: str, evidence: str, language: str = "en", fewest: int = 2) -> str:
    """The clause of the evidence that says the contrary of a sentence or of one of its clauses; "" where there is none.

    fewest: content words of a clause that is looked at.

    It says the contrary where it speaks of the same and has a "not" more or less, the opposite of a word, or two words in each
    other's places. Where another clause says just what is said, there is no contradiction.
    """
    clauses = _clauses(evidence, language)
    for sentence in sentences_of(plain(said)):
        for number, text in enumerate(_stretches(sentence.text)):
            claim = _claim(text, language)
            short = number > 0 and len(claim.content) < FEWEST
            if len(claim.content) < fewest or SAYS_NOTHING.match(text) or (short and GOES_ON.match(text)):
                continue
            agree: list[tuple[float, str]] = []
            differ: list[tuple[float, str]] = []
            for clause in clauses:
                if claim.stems & clause.said.stems:
                    covered, spoken, against = _compared(claim, clause, language, short)
                    if against and not _is_denied_beside(claim, clause):
                        differ.append((covered, clause.text))
                    elif not against:
                        agree.append((spoken, clause.text))
            if sentence.denied:
                agree, differ = [], [one for one in agree if one[0] >= SAYS_NEARLY_ALL]
            no, contrary = max((one for one in differ if not SAYS_NOTHING.match(one[1])), default=(0.0, ""))
            # a longer text agrees by words of several clauses: that says nothing against what one of them says
            longest = LONGER * len(text)
            if no > max((covered for covered, clause in agree if len(clause) <= longest or contrary not in clause), default=0.0):
                return contrary
    return _other_reason(said, evidence, language)


def says_what(text: str, claim: str, language: str) -> bool:
    """Whether a text says that a claim is so."""
    for clause in _clauses(claim, language)[:1]:
        for sentence in sentences_of(plain(text)):
            for number, part in enumerate(() if sentence.denied else _stretches(sentence.text)):
                said = _claim(part, language)
                covered, _, against = _compared(said, clause, language)
                if covered >= SAYS_NEARLY_ALL and not against and len(said.content) >= (FEWEST if number else 2):
                    return True
    return False


def is_near_copy(text: str, said: str) -> bool:
    """Whether what is said speaks of most words of an English text, by themselves or by their opposites, and of little else."""
    claim = _as_claim(text)
    longest = 1.5 * len(claim.content) + 4
    if len(claim.content) > LONGEST or len(said.split()) > LIGHT_WORDS * longest:
        return False
    other = _as_answer(said)
    if len(other.content) > longest:
        return False
    pairs, opposites = _aligned(claim, other, False)
    return len({one[0] for one in (*pairs, *opposites)}) >= MOST * len(claim.content)


@lru_cache(maxsize=512)
def _as_claim(text: str) -> ReferenceTokens:
    return _claim(plain(text), "en")


@lru_cache(maxsize=4)  # an answer is compared with one reference after the other
def _as_answer(text: str) -> AnswerTokens:
    return _answer(spelled_out(plain(text)), "en")


def plain(text: str) -> str:
    """A text without Markdown's marks of emphasis and code, cleaned."""
    return clean(re.sub(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", "", text))


def _stretches(text: str) -> Iterator[str]:
    """A text as a whole, and its clauses."""
    yield from dict.fromkeys(text[begin:end] for begin, end in clause_spans(text))


def _sentences(evidence: str) -> Iterator[str]:
    """The sentences of passages, each once."""
    yield from map(plain, dict.fromkeys(re.split(r"(?<=[.!?])\s+|\n", FENCED.sub("", evidence))))


@lru_cache(maxsize=256)
def _clauses(evidence: str, language: str) -> tuple[EvidenceClause, ...]:
    found = []
    for sentence in _sentences(evidence):
        whole = _answer(spelled_out(sentence) if language == "en" else sentence, language)
        for text in _stretches(sentence):
            spelled = spelled_out(text) if language == "en" else text
            said = _answer(spelled, language)
            if len(said.content) >= 2:
                found.append(EvidenceClause(text, said, _reference(spelled, language), whole))
    return tuple(found)


def _claim(text: str, language: str) -> ReferenceTokens:
    return _reference(spelled_out(text, objects=True) if language == "en" else text, language)


@lru_cache(maxsize=1024)
def _reference(text: str, language: str) -> ReferenceTokens:
    weights = shipped_weights()
    return prepare_reference(text, NOTHING_ASKED, weights.idf, weights.idf_default, language)


@lru_cache(maxsize=64)
def _answer(text: str, language: str) -> AnswerTokens:
    weights = shipped_weights()
    return prepare_answer(text, NOTHING_ASKED, weights.idf, weights.idf_default, language)


@lru_cache(maxsize=40000)
def _alike(one: str, other: str) -> float:
    """The likeness of two stems, with the opposites that count only in the same place."""
    return -1.0 if other in lexicon.contraries().get(one, ()) else likeness(one, other)


def _compared(claim: ReferenceTokens, evidence: EvidenceClause, language: str, short: bool = False) -> tuple[float, float, bool]:
    """(the share of a claim that a clause of the evidence speaks of, the share that it agrees with, whether it turns it round).

    In what it agrees with, near synonyms count more.
    short: the claim is a clause of two words, for which only an opposite tells.
    """
    clause = evidence.said
    own, weights = [claim.tokens[place] for place in claim.content], claim.weights
    pairs, opposites = _aligned(claim, clause, short)
    agreed = sum(weights[k] * value for k, _, value in pairs)
    covered = (agreed + sum(weights[k] for k, _ in opposites)) / claim.total
    both = _said_both_ways(claim) | _said_both_ways(clause)
    turned = sum(weights[k] for k, at, _ in pairs if own[k].negated != clause.tokens[at].negated and own[k].stem not in both)
    even = claim.negations % 2 == clause.negations % 2
    if opposites:
        enough = 1.0 if short else SAYS_NEARLY_ALL
        against = (even or not turned) and covered >= enough and _is_opposed(claim, clause, opposites)
    elif short or DENIES_SILENTLY.search(claim.text) or DENIES_SILENTLY.search(clause.text):
        against = False
    elif even:
        same_count = claim.negations == clause.negations
        against = same_count and covered >= SAYS_NEARLY_ALL and turned > MOSTLY * covered * claim.total
    else:
        against = turned > 0 and covered >= SAYS_THE_SAME
    if not against and not opposites and not short and covered >= SAYS_NEARLY_ALL:
        against = _is_reordered(claim, evidence, language)
    if turned and not even and not against:
        return covered, 0.0, False  # which of the two denies is unclear
    agreed += sum(weights[k] * (1 - value) for k, _, value in pairs) / 2
    agreed += sum(weights[k] for k, at in opposites if own[k].negated != clause.tokens[at].negated)
    return covered, agreed / claim.total, against


def _aligned(claim: ReferenceTokens, clause: AnswerTokens, short: bool) -> Alignment:
    """What `align` returns, with the opposites that count only where they are said of the same."""
    lost = {claim.tokens[place].stem for place in claim.content} - clause.places.keys()
    alike = {stem: [(other, value) for other in clause.places if (value := _alike(stem, other))] for stem in lost}
    pairs, opposites = align(claim, clause, alike)
    last = len(claim.content) - 1
    kept = [(k, at) for k, at in opposites if _stand_alike(claim, clause, pairs, k, at, short) and (k == last or not short)]
    return pairs, kept


def _is_opposed(claim: ReferenceTokens, clause: AnswerTokens, opposites: list[tuple[int, int]]) -> bool:
    """Whether opposite words turn a claim round: one of them, or three. Of two that are denied, neither need be so."""
    words = []
    for k, at in opposites:
        place = claim.content[k]
        both_denied = _is_denied(claim, place) and _is_denied(clause, at)
        if claim.tokens[place].negated == clause.tokens[at].negated and not both_denied:
            words.append(claim.tokens[place].text)
    telling = [word for word in words if word not in PARTICLES]
    return len(telling or words[:1]) % 2 == 1


def _is_reordered(claim: ReferenceTokens, evidence: EvidenceClause, language: str) -> bool:
    """Whether a claim has the words of a clause in another order, in which they say something else."""
    if bool(BE.search(claim.text)) != bool(BE.search(evidence.said.text)):
        return False  # what is done to something and what it does
    if (_relation(claim.text) and _relation(evidence.said.text)) or _is_by_clauses(claim, evidence.said):
        return False
    return bool(guards.turn_in(evidence.as_reference, _answer(claim.text, language))) or _is_swapped(claim, evidence.said)


def _is_by_clauses(claim: TextTokens, clause: TextTokens) -> bool:
    """Whether a claim says the clauses of another text in another order, each of them as a whole: "A, and B" is "B; A"."""
    if TIES_CLAUSES.search(claim.text) or TIES_CLAUSES.search(clause.text):
        return False
    where = {clause.tokens[at].stem: at for at in reversed(clause.content)}
    runs: list[list[int]] = []
    is_open = False
    for begin, end in stretches(BETWEEN_CLAUSES, claim.text, 0, len(claim.text)):
        inside = (claim.tokens[at].stem for at in claim.content if begin <= claim.tokens[at].start < end)
        places = [where[stem] for stem in inside if stem in where]
        if is_open:
            runs[-1] += places
        elif places:
            runs.append(places)
        is_open = bool(places) and bool(OPENS_CLAUSE.match(claim.text[begin:end]))
    found = sorted(runs)
    in_order = all(run == sorted(run) for run in found)
    return len(found) > 1 and in_order and all(one[-1] < other[0] for one, other in itertools.pairwise(found))


def _is_denied_beside(claim: TextTokens, clause: EvidenceClause) -> bool:
    """Whether what a claim denies is denied beside a clause that says otherwise: "it helps A and does not help B"."""
    denied = _denied(claim)
    beside = _denied(clause.sentence) - _denied(clause.said)
    return len(denied & beside) > len(denied) / 2


def _denied(text: TextTokens) -> frozenset[str]:
    return frozenset(text.tokens[place].stem for place in text.content if text.tokens[place].negated)


def _is_denied(text: TextTokens, place: int) -> bool:
    """Whether a "not" stands right before a word: of opposites, neither need be so."""
    return any(token.kind == "not" for token in text.tokens[max(0, place - 2) : place])


def _said_both_ways(text: TextTokens) -> frozenset[str]:
    """The stems that a text says once with a "not" and once without."""
    denied = {text.tokens[place].stem for place in text.content if text.tokens[place].negated}
    return frozenset(denied & {text.tokens[place].stem for place in text.content if not text.tokens[place].negated})


def _stand_alike(
    claim: ReferenceTokens, clause: AnswerTokens, pairs: list[tuple[int, int, float]], k: int, place: int, short: bool
) -> bool:
    """Whether two opposite words are said of the same: a word next to one of them stands next to the other."""
    where = {at: number for number, at in enumerate(clause.content)}
    if place not in where:
        return True
    found = {one: where[other] for one, other, _ in pairs if other in where}
    before = [found[one] - where[place] for one in range(k - NEAR, k) if one in found]
    after = [found[one] - where[place] for one in range(k + 1, k + 1 + NEAR) if one in found]
    changes = claim.tokens[claim.content[k]].stem in _changes()
    turned_round = not short and (changes or BE.search(claim.text) or BE.search(clause.text))
    steps = [*(-step for step in before), *after]
    return any(0 < step <= NEAR or (turned_round and -NEAR <= step < 0) for step in steps)


@lru_cache(maxsize=1)
def _changes() -> frozenset[str]:
    """The stems of verbs that say the same before and after what changes: the alarms rise, it raises the alarms."""
    return frozenset(map(lexicon.stem, CHANGES.split()))


def _is_swapped(claim: TextTokens, clause: TextTokens) -> bool:
    """Whether two texts are the same but for two words or numbers in each other's places: who does it, and to whom."""
    one, other = ([text.tokens[place].stem for place in text.content] for text in (claim, clause))
    places = [place for place, (own, its) in enumerate(zip(one, other, strict=False)) if own != its]
    if len(one) != len(other) or len(places) != 2 or EITHER_WAY.search(claim.text) or EITHER_WAY.search(clause.text):
        return False
    first, last = places
    return one[first] == other[last] and one[last] == other[first]


# -------------------------------------------------------------------------------------------------- reason and result


def _other_reason(said: str, evidence: str, language: str) -> str:
    """The sentence of the evidence in which what is said to be so in spite of something follows from it, or the other way."""
    claims = [found for part in _sentences(said) if (found := _relation(part))] if language == "en" else []
    for claim in claims:
        for sentence in _sentences(evidence):
            for part in sentence.split("; "):
                if (its := _relation(part)) and _turns(claim, its, language):
                    return part
    return ""


def _relation(sentence: str) -> Relation | None:
    for pattern, in_spite in RELATIONS:
        if found := pattern.fullmatch(sentence.strip()):
            return Relation(found["one"], found["other"], in_spite)
    return None


def _turns(claim: Relation, other: Relation, language: str) -> bool:
    """Whether two sentences tie the same two things together in ways that exclude each other."""

    def same(one: str, another: str) -> bool:
        content = _claim(one, language)
        for clause in _clauses(another, language)[:1]:
            covered, _, against = _compared(content, clause, language)
            return covered >= SAYS_THE_SAME and not against and len(content.content) >= 2
        return False

    if claim.in_spite != other.in_spite:
        return same(claim.reason, other.reason) and same(claim.result, other.result)
    return not claim.in_spite and same(claim.reason, other.result) and same(claim.result, other.reason)
