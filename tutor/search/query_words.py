"""What a question asks about: its words that carry meaning, how much each of them says, and which of them a text has."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.search.questions import cleaned, without_asking
from tutor.search.words import (
    COMPOUNDING,
    LONGEST_WORD_BYTES,
    SHORTEST_SLIP,
    WORD,
    bigrams,
    content_words,
    field_of,
    language_of,
    normalize,
    without_unspaced,
)
from tutor.stop_words import SEARCHING
from utils.patterns import compiled_later

if TYPE_CHECKING:
    from tutor.search.shelf import Shelf

NEAR_NAMES = frozenset("theorem rule law lemma principle formula equation".split())  # Bayes' theorem is Bayes' rule
NAME = compiled_later(r"\w*[A-Z]\w*[A-Z]\w*|(?<=\S )[A-Z]\w+")  # capitals within a word, or not only because it begins a sentence
PREFIXED = "ar"  # the field of a language whose stemmer takes prefixes off
FOREIGN = 0.1  # of what an unknown word weighs, in a question in a language that no lesson is in
ALIKE = 0.84  # similarity from which a word of a text is taken for a word of the question that the corpus doesn't have

NUMBERED = compiled_later(r"([^\W\d_]{2,})(\d+)")
NEXT_WORD = compiled_later(r"(?<!\w)([^\W\d_]{3,}) (?=([^\W\d_]{3,})(?!\w))")
HYPHENATED = compiled_later(r"(?<![\w-])[^\W_]+(?:-[^\W_]+)+(?![\w-])")
JOINTS = ("", "s", "n")  # between the parts of a word: Aktivierung-s-funktion
SHORTEST_PART = 3  # letters of either part of a word that the corpus writes as two


class Spelling:
    """How the corpus on a shelf would write a question."""

    def __init__(self, shelf: Shelf):
        self._shelf = shelf

    def meant(self, query: str) -> str:
        """The query in one spelling, with words split that the corpus only writes as two, and joined that it writes as one:
        `layer norm` for `layernorm`, `Verlustfunktion` for `Verlust Funktion`."""
        spelt = normalize(without_asking(cleaned(query)))
        return NEXT_WORD.sub(self._as_one, WORD.sub(lambda word: self._in_parts(word[0]), spelt))

    def _in_parts(self, word: str) -> str:
        numbered = NUMBERED.fullmatch(word)  # `gpt2` where the corpus writes `GPT-2`
        if numbered and not self._documents_with(word) and self._are_in_a_row(*numbered.groups()):
            return " ".join(numbered.groups())
        if not 2 * SHORTEST_PART <= len(word) <= 2 * LONGEST_WORD_BYTES or word.lower() in SEARCHING:
            return word
        if self._documents_with(word):
            return word
        cuts = [(word[:cut], word[cut:]) for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
        known = [parts for parts in cuts if self._may_be_two(*parts)]
        return " ".join(max(known, key=lambda parts: min(map(self._documents_with, parts)))) if known else word

    def _may_be_two(self, one: str, other: str) -> bool:
        """Whether a word may be two of the corpus: two that stand in a row somewhere, as `make file` does not; in languages
        that make words of words, any two."""
        fields = COMPOUNDING.intersection(self._shelf.fields)
        if any(self._documents_with(one, field) and self._documents_with(other, field) for field in fields):
            return True
        return self._are_in_a_row(one, other)

    def _as_one(self, word: re.Match[str]) -> str:
        """A word with the blank behind it, or with what joins it to the next one."""
        one, other = word.groups()
        if one.lower() in SEARCHING or other.lower() in SEARCHING:
            return word[0]
        joints = JOINTS if COMPOUNDING.intersection(self._shelf.fields) else JOINTS[:1]
        joint = next((joint for joint in joints if self._documents_with(f"{one}{joint}{other}")), None)
        return word[0] if joint is None or self._are_in_a_row(one, other) else one + joint

    def _are_in_a_row(self, *words: str) -> bool:
        kept = self._shelf
        return any(kept.is_in_a_row(field, [term for word in words for term in kept.terms(field, word)]) for field in kept.fields)

    def _documents_with(self, word: str, *fields: str) -> int:
        """The most documents that have a form of a word, in these fields or in any."""
        wanted = fields or self._shelf.fields
        return max((self._shelf.count(field, term) for field in wanted for term in self._shelf.terms(field, word)), default=0)

    def new_compounds(self, query: str) -> list[str]:
        """The hyphenated words of a question whose parts nowhere stand together: `chi-squared` is more than `squared`."""
        content = set(content_words(query))
        compounds = ((word, word.split("-")) for word in HYPHENATED.findall(query))
        return [
            word
            for word, parts in compounds
            if not content.isdisjoint(parts) and not self._are_in_a_row(*parts) and not self._documents_with("".join(parts))
        ]


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
        compounds: Iterable[str] = (),
    ):
        """terms: (field, text) -> terms. weight: (field, term) -> weight, 0 where no document has it. documents: their number.
        compounds: hyphenated words that no document has, though it may have their parts."""
        self._fields, self._terms = fields, terms
        self.words: list[str] = []
        self.weights: list[float] = []
        self._forms: list[frozenset[tuple[str, str]]] = []
        rarest = math.log(1 + documents)
        query = normalize(query)
        language = language_of(query)
        unknown = rarest * FOREIGN if language and field_of(language) not in fields else rarest
        for word in dict.fromkeys(word.casefold() for word in content_words(query)):
            names = NEAR_NAMES if word in NEAR_NAMES else (word,)
            forms = frozenset((field, term) for field in fields for name in names for term in terms(field, name))
            if forms and forms not in self._forms:
                self._add(word, forms, max((weight(*form) for form in forms), default=0.0) or unknown)
        for gram in dict.fromkeys(bigrams(query)):
            self._add(gram, frozenset([("bigrams", gram)]), weight("bigrams", gram) or rarest)
        for word in compounds:
            self._add(word.casefold(), frozenset((field, word.casefold()) for field in fields), rarest)
        self.unknown = [n for n, forms in enumerate(self._forms) if not any(weight(*form) for form in forms)]
        named = [n for n, word in enumerate(self.words) if _is_name(word, query)]
        self.named = max(named, key=self.weights.__getitem__, default=None)  # a name in the question, such as LoRA
        self.main = max(range(len(self.weights)), key=self.weights.__getitem__, default=0)  # the word that says most
        self.total = sum(self.weights) or 1.0
        # A stem begins as its words do: no other word needs to be stemmed. ([abc\u0080-\U0010ffff] takes 5 ms to compile.)
        begins = "".join(sorted({re.escape(term[0]) for forms in self._forms for _, term in forms if term}))
        self._alike = WORD if PREFIXED in fields else compiled_later(rf"(?<![^\W_])(?:[{begins or '-'}]|[^\x00-\x7f])[^\W_]*")
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
            if number not in met and self._is_nearly_in(number, spelt):
                met.add(number)
        return frozenset(met)

    def _is_nearly_in(self, number: int, text: str) -> bool:
        word = self.words[number]
        return len(word) >= SHORTEST_SLIP and (self._slip_of(word, text) or self._is_part(number, text))

    def _is_part(self, number: int, text: str) -> bool:
        """Whether a word of a text begins or ends with one of the question, as in languages that make words of words."""
        parts = [form for form in self._forms[number] if form[0] in COMPOUNDING and len(form[1]) >= SHORTEST_SLIP]
        return any(
            term.startswith(part) or term.endswith(part)
            for field, part in parts
            for word in set(WORD.findall(text))
            if len(word) > len(part)
            for term in self._terms(field, word)
        )

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
