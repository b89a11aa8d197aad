"""What an item knows of its answers, made ready for comparison once: its points, references, near misses and known wrongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tutor.grading import lexicon
from tutor.grading.clauses import clause_spans
from tutor.grading.comparable import (
    SHARED,
    AnswerTokens,
    Pair,
    QuestionTokens,
    ReferenceTokens,
    TextTokens,
    neighbours,
    prepare_answer,
    prepare_question,
    prepare_reference,
)
from tutor.grading.features import Weights
from tutor.grading.likeness import likeness, prefixed
from tutor.grading.points.contrasts import FLIPPED, Contrast, content_words_of, contrast
from tutor.grading.words import CYRILLIC, clean
from tutor.models import Item, Point


@dataclass(frozen=True, eq=False)
class KnownPoint:
    """A point of a rubric in all its ways."""

    point: Point
    ways: tuple[ReferenceTokens, ...]  # its text first
    near: ReferenceTokens | None  # its near miss
    contrast: Contrast | None  # the two against each other
    shared: frozenset[str]  # the stems of the other points, which tell little about this one


@dataclass(frozen=True, eq=False)
class KnownClause:
    """A clause of a text that is known to be right or wrong."""

    stems: Mapping[str, float]  # with their weights
    negated: frozenset[str]
    total: float
    pairs: frozenset[Pair]
    right: bool
    point: int = -1  # number of the point that it is a way of making


@dataclass(frozen=True, eq=False)
class KnownTexts:
    """What is known of the answers to one item."""

    asked: QuestionTokens
    references: tuple[ReferenceTokens, ...]
    points: tuple[KnownPoint, ...]
    joined: ReferenceTokens  # the texts of all points, as one answer
    wrongs: tuple[ReferenceTokens, ...]
    clauses: tuple[KnownClause, ...]
    with_stem: Mapping[str, list[int]]  # -> numbers of the clauses that have it
    with_pair: Mapping[Pair, list[int]]
    right_stems: frozenset[str]
    index: Mapping[str, list[str]] = field(repr=False)  # what a word may be looked up by -> stems of all the texts

    def alike(self, stem: str) -> list[tuple[str, float]]:
        """The stems of the known texts that a stem may stand for or contradict, with their likeness; the best one first."""
        found = {stem: 1.0} if stem in self.with_stem else {}
        others = {other for key in _keys(stem) for other in self.index.get(key, ())}
        others |= (lexicon.opposites().get(stem, frozenset()) | prefixed(stem)) & self.with_stem.keys()
        for other in others - found.keys():
            if value := likeness(other, stem):
                found[other] = value
        return sorted(found.items(), key=lambda one: (-one[1], one[0] not in self.right_stems, one[0]))


def _keys(stem: str) -> Iterator[str]:
    """What two stems that may mean the same have in common: a group of the lexicon, or a beginning."""
    for group in lexicon.groups().get(stem, ()):
        yield f"#{group}"
    if len(stem) >= 4 and not stem.isdigit():
        yield f"^{stem[0]}"
        yield f"~{stem[1:3]}"


@lru_cache(maxsize=2048)
def _reference(text: str, asked: QuestionTokens, weights: Weights, language: str, cyrillic: bool) -> ReferenceTokens:
    return prepare_reference(clean(text, cyrillic), asked, weights.idf, weights.idf_default, language)


@lru_cache(maxsize=256)
def _question(text: str, language: str) -> QuestionTokens:
    return prepare_question(clean(text), language)


@lru_cache(maxsize=128)
def known_texts(item: Item, weights: Weights, language: str = "en") -> KnownTexts:
    """All that an item knows, ready for comparison."""
    asked = _question(item.question, language)
    cyrillic = any(CYRILLIC.search(text) for text in item.references)

    def ready(texts: Iterable[str]) -> tuple[ReferenceTokens, ...]:
        return tuple(_reference(text, asked, weights, language, cyrillic) for text in texts)

    references, wrongs = ready(item.references), ready(one.answer for one in item.wrong)
    ways = [ready((point.text, *point.also)) for point in item.rubric]
    misses = [ready([point.near])[0] if point.near else None for point in item.rubric]
    points = tuple(
        KnownPoint(
            point,
            own,
            miss,
            contrast(own, miss) if miss else None,
            frozenset().union(*(other[0].stems for other in ways if other is not own)),
        )
        for point, own, miss in zip(item.rubric, ways, misses, strict=True)
    )
    (joined,) = ready([". ".join(point.text for point in item.rubric)])
    right = [*references, *(way for own in ways for way in own)]
    wrong = [*wrongs, *(miss for miss in misses if miss)]
    clauses = (
        *(clause for one in references for clause in _clauses(one, True)),
        *(clause for number, own in enumerate(ways) for one in own for clause in _clauses(one, True, number)),
        *(clause for one in wrong for clause in _clauses(one, False)),
    )
    with_stem: dict[str, list[int]] = {}
    with_pair: dict[Pair, list[int]] = {}
    for number, clause in enumerate(clauses):
        for stem in clause.stems:
            with_stem.setdefault(stem, []).append(number)
        for pair in clause.pairs:
            with_pair.setdefault(pair, []).append(number)
    index: dict[str, list[str]] = {}
    for stem in sorted(with_stem):
        for key in _keys(stem):
            index.setdefault(key, []).append(stem)
    return KnownTexts(
        asked, references, points, joined, wrongs, clauses, with_stem, with_pair,
        frozenset().union(*(one.stems for one in right)),
        index,
    )  # fmt: skip


FEWEST = 2  # content words of a clause


def _clauses(text: ReferenceTokens, right: bool, point: int = -1) -> Iterator[KnownClause]:
    for _, _, content in spans_of(text):
        words = content_words_of(text, content)
        yield KnownClause(words.weights, words.negated, sum(words.weights.values()) or 1.0, words.pairs, right, point)


CLEARLY = 0.1  # how much nearer a clause comes to the point that it makes than to another
FARTHEST = -1.0  # a clause that is much nearer to right ones says no more than one that is this much nearer
Stretch = tuple[int, int, list[int]]


def spans_of(text: TextTokens) -> list[Stretch]:
    """(begin, end, content tokens) of each clause of a text, and of what clauses make together; a very short text is one."""
    found: list[Stretch] = []
    for begin, end in clause_spans(text.text):
        content = [i for i in text.content if begin <= text.tokens[i].start < end]
        if len(content) >= FEWEST and all(content != other for _, _, other in found):
            found.append((begin, end, content))
    return found or [(0, len(text.text), text.content)]


class AnswerWords:
    """The words of an answer, each as the words of the item's texts that it may stand for."""

    def __init__(self, known: KnownTexts, answer: AnswerTokens):
        self.known, self.answer = known, answer
        self.means: dict[str, str] = {}  # stem of the answer -> stem of the known texts
        self.like: dict[str, list[tuple[str, float]]] = {}  # stem of the answer -> [(stem of the known texts, likeness)]
        self.alike: dict[str, list[tuple[str, float]]] = {}  # stem of the known texts -> [(stem of the answer, likeness)]
        for stem in answer.places:
            found = known.alike(stem)
            for other, value in found:
                self.alike.setdefault(other, []).append((stem, value))
            if stem in answer.stems:
                self.like[stem] = [one for one in found if one[1] > 0]
                self.means[stem] = self.like[stem][0][0] if self.like[stem] else stem
        for found in self.alike.values():
            found.sort(key=lambda one: (-one[1], one[0]))
        self.known_content = [i for i in answer.content if self.like[answer.tokens[i].stem]]  # the others say nothing of the item
        self.spans = spans_of(answer)
        self.stretches = [content for _, _, content in self.spans]
        self.ready: dict[int, AnswerTokens] = {}
        self.worths: dict[tuple[str, bool], list[tuple[int, float, dict[str, float]]]] = {}  # by word, and whether it is denied
        self.counterparts: dict[int, list[tuple[str, float, list[tuple[str, float]]]]] = {}  # by the text's id
        self.stems = [frozenset(answer.tokens[i].stem for i in content) for content in self.stretches]

    def text(self, number: int) -> str:
        """A stretch of the answer, in the learner's words."""
        begin, end, _ = self.spans[number]
        return self.answer.text[begin:end]

    def tokens(self, number: int, weights: Weights, language: str) -> AnswerTokens:
        """A stretch made ready for comparison by itself."""
        if number not in self.ready:
            self.ready[number] = prepare_answer(self.text(number), self.known.asked, weights.idf, weights.idf_default, language)
        return self.ready[number]

    def covered(self, way: ReferenceTokens, number: int | None, shared: frozenset[str], taken: Set[str] = frozenset()) -> float:
        """About how much of a text's weight a stretch has, 0..1, by its words alone; None is the whole answer.

        taken: words of the answer that don't count.
        """
        own = self.answer.stems if number is None else self.stems[number]
        hit = 0.0
        for stem, weight, others in self._counterparts(way):
            for other, value in others:
                if other in own and other not in taken:
                    hit += value * weight * (SHARED if stem in shared else 1.0)
                    break
        return hit / way.total

    def alike_to(self, text: ReferenceTokens, number: int | None = None) -> float:
        """How near a stretch (or the whole answer) comes to a text, 0..1, by the words that both have and that one lacks."""
        counterparts = self._counterparts(text)
        if not counterparts:
            return 0.0
        own = self.answer.stems if number is None else self.stems[number]
        hit, back = 0.0, set()
        for _, weight, others in counterparts:
            worth = 0.0
            for other, value in others:
                if other in own:
                    worth = worth or value
                    back.add(other)
            hit += worth * weight
        if not back:
            return 0.0
        forward, share = hit / text.total, len(back) / len(own)
        return 2 * forward * share / (forward + share)

    def _counterparts(self, way: ReferenceTokens) -> list[tuple[str, float, list[tuple[str, float]]]]:
        """(stem, weight, what of the answer may stand for it) of the words of a text for which there is anything."""
        if id(way) not in self.counterparts:
            found = []
            for i, weight in zip(way.content, way.weights, strict=True):
                stem = way.tokens[i].stem
                others = [one for one in self.alike.get(stem, ()) if one[1] > 0 and one[0] in self.answer.stems]
                if others:
                    found.append((stem, weight, others))
            self.counterparts[id(way)] = found
        return self.counterparts[id(way)]

    def closeness(self, content: Sequence[int]) -> tuple[float, float, list[float]]:
        """How near a stretch comes to the nearest clause that is right, to the nearest that is wrong, and to each point."""
        known, tokens = self.known, self.answer.tokens
        negated = {tokens[i].stem: tokens[i].negated for i in content}
        hits: dict[int, dict[str, float]] = {}
        backs: dict[int, float] = {}
        for own, turned in negated.items():
            for number, best, shares in self._clauses_with(own, turned):
                backs[number] = backs.get(number, 0.0) + best
                found = hits.setdefault(number, {})
                for stem, share in shares.items():
                    if share > found.get(stem, 0.0):
                        found[stem] = share
        pairs = self._pairs_in(content)
        both: dict[int, int] = {}
        for pair in pairs:
            for number in known.with_pair.get(pair, ()):
                both[number] = both.get(number, 0) + 1
        right = wrong = 0.0
        points = [0.0] * len(known.points)
        for number, found in hits.items():
            clause = known.clauses[number]
            forward = sum(found.values())
            back = backs[number] / len(negated)
            shared = 2 * both.get(number, 0) / ((len(pairs) + len(clause.pairs)) or 1)
            near = 2 * forward * back / (forward + back + 1e-9) + 2 * shared
            if clause.right:
                right = max(right, near)
                if clause.point >= 0:
                    points[clause.point] = max(points[clause.point], near)
            else:
                wrong = max(wrong, near)
        return right, wrong, points

    def _pairs_in(self, content: Sequence[int]) -> frozenset[Pair]:
        """The neighbouring words of a stretch, as words of the known texts."""
        return frozenset(neighbours([self.means[self.answer.tokens[i].stem] for i in content]))

    def _clauses_with(self, own: str, turned: bool) -> list[tuple[int, float, dict[str, float]]]:
        """(number of a known clause, worth of an answer's word there, {what it stands for: share of the clause})."""
        if (own, turned) not in self.worths:
            found: dict[int, tuple[float, dict[str, float]]] = {}
            for stem, value in self.like[own]:
                for number in self.known.with_stem[stem]:
                    clause = self.known.clauses[number]
                    worth = value if turned == (stem in clause.negated) else value * FLIPPED
                    best, shares = found.get(number, (0.0, {}))
                    shares[stem] = worth * clause.stems[stem] / clause.total
                    found[number] = max(best, worth), shares
            self.worths[own, turned] = [(number, best, shares) for number, (best, shares) in found.items()]
        return self.worths[own, turned]

    @cached_property
    def near(self) -> list[tuple[float, float, list[float]]]:
        """`closeness` of each stretch."""
        return [self.closeness(content) for content in self.stretches]

    @cached_property
    def claimed(self) -> list[frozenset[str]]:
        """For each point, the words of the clauses that make another one: they don't make this one too."""
        others: list[set[str]] = [set() for _ in self.known.points]
        own: list[set[str]] = [set() for _ in self.known.points]
        for number, stems in enumerate(self.stems):
            if any(other < stems for other in self.stems):  # not a clause, but what clauses make together
                continue
            points = self.near[number][2]
            for place, near in enumerate(points):
                (others if near < max(points) - CLEARLY else own)[place].update(stems)
        return [frozenset(other - mine) for other, mine in zip(others, own, strict=True)]

    def features(self) -> dict[str, float]:
        """What of a rubric's features the clauses give, each clause weighing what it is long and near to anything."""
        points = range(len(self.known.points))
        near = [(*found, len(content)) for found, content in zip(self.near, self.stretches, strict=True)]
        total = sum(max(right, wrong) * length for right, wrong, _, length in near) or 1.0
        margins = [(max(FARTHEST, wrong - right), max(right, wrong) * length / total) for right, wrong, _, length in near]
        return {
            "weakest_near": min(max(one[2][number] for one in near) for number in points),
            "weakest_margin": min(max(made) - max(missed) for made, missed in self._about),
            "wrong": sum(margin * weight for margin, weight in margins),
            "known": sum(bool(found) and found[0][0] in self.known.right_stems for found in self.like.values()) / len(self.like),
        }

    @cached_property
    def _about(self) -> list[tuple[list[float], list[float]]]:
        """For each point, how near each stretch comes to the nearest way of making it, and to its near miss."""
        numbers = range(len(self.stretches))
        return [
            (
                [max(self.alike_to(way, number) for way in point.ways) for number in numbers],
                [self.alike_to(point.near, number) if point.near else 0.0 for number in numbers],
            )
            for point in self.known.points
        ]

    @cached_property
    def contrasts(self) -> list[float]:
        """For each point, whether the stretch that speaks of it says the point (up to 1) or its near miss (down to -1)."""
        found = []
        for point, (made, missed) in zip(self.known.points, self._about, strict=True):
            about = max(range(len(self.stretches)), key=lambda number: max(made[number], missed[number]))
            found.append(self._contrast(point, point.contrast, about) if point.contrast else 1.0)
        return found

    def _contrast(self, point: KnownPoint, contrast: Contrast, about: int) -> float:
        begin, end, content = self.spans[about]
        said = {self.answer.tokens[i].stem: self.answer.tokens[i].negated for i in reversed(content)}
        is_choice = any(token.text == "or" and begin <= token.start < end for token in self.answer.tokens)
        if is_choice:  # unless the point is put so itself
            nearest = max(point.ways, key=lambda way: self.alike_to(way, about))
            is_choice = all(token.text != "or" for token in nearest.tokens)
        return contrast.of(said, self._pairs_in(content), self.alike, is_choice=is_choice)
