"""What a question asks about: its words that carry meaning, how much each of them says, and which of them a text has."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from tutor.search.words import SHORTEST_SLIP, WORD, bigrams, content_words, normalize, without_unspaced

NEAR_NAMES = frozenset("theorem rule law lemma principle formula equation".split())  # Bayes' theorem is Bayes' rule
NAME = re.compile(r"\w*[A-Z]\w*[A-Z]\w*|(?<=\S )[A-Z]\w+")  # capitals within a word, or not only because it begins a sentence
PREFIXED = "ar"  # the field of a language whose stemmer takes prefixes off
ALIKE = 0.84  # similarity from which a word of a text is taken for a word of the question that the corpus doesn't have


def _is_name(word: str, query: str) -> bool:
    return any(name.casefold() == word for name in NAME.findall(query))


class QueryWords:
    """The words of one question. `weights`: how much each says, by rarity; `unknown`: those that no lesson has, by number."""

    def __init__(
        self,
        query: str,
        fields: list[str],
        terms: Callable[[str, str], list[str]],
        weight: Callable[[str, str], float],
        documents: int,
    ):
        """terms: (field, text) -> terms. weight: (field, term) -> weight, 0 where no document has it. documents: their number."""
        self._fields, self._terms = fields, terms
        self.words: list[str] = []
        self.weights: list[float] = []
        self._forms: list[frozenset[tuple[str, str]]] = []
        rarest = math.log(1 + documents)
        query = normalize(query)
        for word in dict.fromkeys(word.casefold() for word in content_words(query)):
            names = NEAR_NAMES if word in NEAR_NAMES else (word,)
            forms = frozenset((field, term) for field in fields for name in names for term in terms(field, name))
            if forms and forms not in self._forms:
                self._add(word, forms, max((weight(*form) for form in forms), default=0.0) or rarest)
        for gram in dict.fromkeys(bigrams(query)):
            self._add(gram, frozenset([("bigrams", gram)]), weight("bigrams", gram) or rarest)
        self.unknown = [n for n, forms in enumerate(self._forms) if not any(weight(*form) for form in forms)]
        named = [n for n, word in enumerate(self.words) if _is_name(word, query)]
        self.named = max(named, key=self.weights.__getitem__, default=None)  # a name in the question, such as LoRA
        self.main = max(range(len(self.weights)), key=self.weights.__getitem__, default=0)  # the word that says most
        self.total = sum(self.weights) or 1.0
        # A stem begins as its words do: no other word needs to be stemmed.
        begins = {re.escape(term[0]) for forms in self._forms for _, term in forms if term}
        self._alike = (
            WORD if PREFIXED in fields else re.compile(rf"(?<![^\W_])[{''.join(sorted(begins))}\u0080-\U0010ffff][^\W_]*")
        )
        self._known: dict[str, frozenset[int]] = {}
        self.met = lru_cache(maxsize=2_000)(self._met)

    def _add(self, word: str, forms: frozenset[tuple[str, str]], weight: float) -> None:
        self.words.append(word)
        self.weights.append(weight)
        self._forms.append(forms)

    def _met(self, text: str) -> frozenset[int]:
        """The numbers of the question's words that a text has; for one that the corpus doesn't have a near miss will do."""
        spelt = normalize(text)
        met: set[int] = set()
        for word in set(self._alike.findall(without_unspaced(spelt).lower())):
            met |= self._numbers_of(word)
        grams = {("bigrams", gram) for gram in bigrams(spelt)}
        met |= {number for number, forms in enumerate(self._forms) if grams and forms & grams}
        for number in self.unknown:
            if number not in met and len(self.words[number]) >= SHORTEST_SLIP and self._slip_of(self.words[number], spelt):
                met.add(number)
        return frozenset(met)

    def _numbers_of(self, word: str) -> frozenset[int]:
        """The numbers of the question's words that a word of a text is a form of."""
        if word not in self._known:
            terms = {(field, term) for field in self._fields for term in self._terms(field, word)}
            self._known[word] = frozenset(number for number, forms in enumerate(self._forms) if forms & terms)
        return self._known[word]

    @staticmethod
    def _slip_of(word: str, text: str) -> bool:
        from difflib import SequenceMatcher

        others = {other.casefold() for other in WORD.findall(text) if abs(len(other) - len(word)) <= 2}
        return any(SequenceMatcher(None, word, other).ratio() >= ALIKE for other in others if other[0] == word[0])

    def share(self, met: Iterable[int]) -> float:
        """The share of the question, by weight, that these words make up."""
        return sum(self.weights[number] for number in met) / self.total
