"""What tells a point from its near miss: the words, and the words in their order, that only one of them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from tutor.grading.comparable import Alike, Pair, ReferenceTokens, neighbours

PAIR = 0.25  # worth of two neighbouring words, beside what the two are worth by themselves
EITHER = 0.4  # share of what tells a point, and of what tells its near miss, that one or the other of them is said to be so
FLIPPED = 0.2  # worth of a word that is denied on one side only


@dataclass(frozen=True, eq=False)
class Telling:
    """What a text has and the text that it is told from has not."""

    stems: Mapping[str, float]  # with their weights
    pairs: Mapping[Pair, float]
    negated: frozenset[str]  # those of the text's stems that are denied
    total: float

    def share_in(self, said: Mapping[str, bool], pairs: Set[Pair], alike: Alike) -> float:
        """How much of it a stretch of an answer has, 0..1.

        said: its stems, and whether they are denied. pairs: its neighbouring words, as words of the known texts.
        """
        hit = sum(weight for pair, weight in self.pairs.items() if pair in pairs)
        for stem, weight in self.stems.items():
            denied = stem in self.negated
            worths = (value * (1.0 if said[own] == denied else FLIPPED) for own, value in alike.get(stem, ()) if own in said)
            hit += weight * max(0.0, max(worths, default=0.0))
        return hit / self.total


@dataclass(frozen=True, eq=False)
class Contrast:
    """A point against its near miss."""

    ways: tuple[Telling, ...]  # one for each way of making the point that says anything else than the near miss
    miss: Telling

    def of(self, said: Mapping[str, bool], pairs: Set[Pair], alike: Alike, *, is_choice: bool) -> float:
        """From 1 (a stretch says what only the point says) to -1 (it says what only the near miss says).

        is_choice: the stretch has an "or"; who says that it is one or the other hasn't made the point.
        """
        made = max((way.share_in(said, pairs, alike) for way in self.ways), default=0.0)
        missed = self.miss.share_in(said, pairs, alike)
        return -1.0 if is_choice and min(made, missed) >= EITHER else made - missed


@dataclass(frozen=True)
class ContentWords:
    """The content words of a text, or of a stretch of it, by their stems."""

    weights: Mapping[str, float]
    pairs: frozenset[Pair]
    negated: frozenset[str]

    def has(self, stem: str, denied: bool) -> bool:
        return stem in self.weights and (stem in self.negated) == denied


def content_words_of(text: ReferenceTokens, places: Sequence[int] | None = None) -> ContentWords:
    """places: the content tokens that count (all by default)."""
    weight_of = dict(zip(text.content, text.weights, strict=True))
    content = [(text.tokens[i], weight_of[i]) for i in (text.content if places is None else places)]
    return ContentWords(
        {token.stem: weight for token, weight in content},
        frozenset(neighbours([token.stem for token, _ in content])),
        frozenset(token.stem for token, _ in content if token.negated),
    )


def contrast(ways: Sequence[ReferenceTokens], near: ReferenceTokens) -> Contrast:
    """A point in all its ways against its near miss. A word of the miss tells the less, the more of the ways have it too."""
    miss, own = content_words_of(near), [content_words_of(way) for way in ways]
    told = {
        stem: weight * sum(not way.has(stem, stem in miss.negated) for way in own) / len(own)
        for stem, weight in miss.weights.items()
    }
    return Contrast(
        tuple(one for way in own if (one := _telling(way, dict(_only(way, miss)), way.pairs - miss.pairs))),
        _telling(miss, told, miss.pairs.difference(*(way.pairs for way in own))) or Telling({}, {}, frozenset(), 1.0),
    )


def _only(words: ContentWords, others: ContentWords) -> Iterator[tuple[str, float]]:
    for stem, weight in words.weights.items():
        if not others.has(stem, stem in words.negated):
            yield stem, weight


def _telling(words: ContentWords, stems: Mapping[str, float], pairs: Set[Pair]) -> Telling | None:
    """What of a text tells it from another; None where nothing does."""
    worth = {pair: PAIR * (words.weights[pair[0]] + words.weights[pair[1]]) for pair in sorted(pairs)}
    total = sum(stems.values()) + sum(worth.values())
    return Telling(stems, worth, words.negated, total) if total > 0 else None
