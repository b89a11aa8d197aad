"""Which words of a lesson are terms, and which others could take the place of one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tutor.corpus.made_items import english
from tutor.corpus.made_items.reading import UNSPACED, WORD, MarkedSpan, SectionFacts, Sentence
from tutor.stop_words import FINDING_TERMS

LOOKED_AT = 60  # how far on either side wrong options are looked for; this bounds the work in a long lesson
OPTIONS = 3  # wrong ones, at most
ROOT = 5  # letters
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
LEAST_NOUNS, LEAST_PHRASES = 2, 3  # how often a lesson must use a term that no author has marked
PROSE_TERM = re.compile(r"[^\W\d_][\w'’-]*(?: [\w'’-]+){0,3}")
NO_TERM_ANYWHERE = re.compile(r"[\d.,:;!?。，、：；！？()（）`$“”\"]")  # in languages that we know nothing about
FILE_ENDING = re.compile(r"\.(?:py|md|toml|ya?ml|json|txt|cfg|ini|js|css|html|sh|lock|whl|rst|xml)$")
CODE_SHAPES = (
    ("option", re.compile(r"--?[A-Za-z][\w-]*(?:[= ].*)?")),
    ("call", re.compile(r"[\w.]+\(.*\)")),
    ("constant", re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,}")),
    ("file", re.compile(rf"[\w./*~-]*(?:/[\w.*-]*|{FILE_ENDING.pattern})")),
    ("class", re.compile(r"(?:[A-Z][a-z0-9]+){2,}")),
    ("command", re.compile(r"[a-z][\w.-]*(?: [\w.:@=/-]+)+")),
    ("dotted", re.compile(r"\w+(?:\.\w+)+")),
    ("table", re.compile(r"\[[\w.-]+\]")),
    ("name", re.compile(r"[A-Za-z][\w-]*")),
)
LITERALS = frozenset("true false none null yes no on off py md str int bool float list dict".split())


@dataclass(frozen=True, order=True)
class Term:
    """A term and where it stands: `code` with its backticks, prose in small letters unless it is a name."""

    place: int
    text: str


def root(word: str) -> str:
    """Close enough to a stem to see that two words mean the same: spawner and spawns, shared and shares."""
    word = word.lower()
    return (word[:-1] if len(word) > 3 and word.endswith("s") else word)[:ROOT]


def roots(text: str) -> set[str]:
    """Roots of the words of a text that carry meaning; `NeverSpawn` and `never_spawn` are two words."""
    words = WORD.findall(HUMP.sub(" ", text) if "`" in text else text)
    return {root(word) for word in words if word.lower() not in FINDING_TERMS and len(word) > 1}


def is_plural(text: str) -> bool:
    return text.endswith("s") and not text.endswith(("ss", "us", "is"))


def code_shape(code: str) -> tuple | None:
    """What a stretch of `code` looks like; None for literals and for what is not a single thing."""
    code = code.strip("`")
    if not 2 <= len(code) <= 40 or code.lower() in LITERALS:
        return None
    return next((("code", name) for name, shape in CODE_SHAPES if shape.fullmatch(code)), None)


class Terms:
    """The terms of a lesson by their shape, in the order of the text, and the sentences that hold them.

    Shapes are tuples: only terms of one shape can take each other's place.
    """

    def __init__(self, pages: list[SectionFacts], is_english: bool):
        self.is_english = is_english
        self.pools: dict[tuple, list[Term]] = defaultdict(list)
        self.sentences_with: dict[str, list[Sentence]] = defaultdict(list)  # root -> the first sentences that hold it
        self.unspaced: list[Sentence] = []  # the first sentences in a script that puts no spaces between words
        self.small: set[str] = set()  # words that stand somewhere in small letters
        sentences = [sentence for page in pages for sentence in page.sentences]
        for sentence in sentences:
            if UNSPACED.search(sentence.text) and len(self.unspaced) < LOOKED_AT:
                self.unspaced.append(sentence)
            self.small.update(word for word in WORD.findall(sentence.text) if word[0].islower())
            for word in roots(sentence.text):
                if len(self.sentences_with[word]) < 12:
                    self.sentences_with[word].append(sentence)
        self.classes = self._classes(sentences) if is_english else {}  # name -> "place" or "person"
        self.nouns = self._common(sentences, english.nouns_of, LEAST_NOUNS)
        self.phrases = self._common(sentences, english.phrases_of, LEAST_PHRASES)
        for page in pages:
            entries = [entry for glossary in page.glossaries for entry in glossary]
            for sentence in (*(entry.term for entry in entries), *(entry.meaning for entry in entries), *page.sentences):
                for shape, text in self._terms_of(sentence):
                    self.pools[shape].append(Term(sentence.place, text))
        for pool in self.pools.values():
            pool.sort()

    @staticmethod
    def _classes(sentences: list[Sentence]) -> dict[str, str]:
        seen: dict[str, set[str]] = defaultdict(set)
        for sentence in sentences:
            for name, start in english.names_of(sentence):
                seen[name].add(english.class_of_name(sentence, name, start))
        classes_of = {name: classes - {""} for name, classes in seen.items()}
        return {name: classes.pop() for name, classes in classes_of.items() if len(classes) == 1}

    def _common(self, sentences: list[Sentence], found_in: Callable, least: int) -> Counter[str]:
        if not self.is_english:
            return Counter()
        found = Counter(text for sentence in sentences for text, _ in found_in(sentence))
        return Counter({text: count for text, count in found.items() if count >= least})

    def _terms_of(self, sentence: Sentence) -> Iterator[tuple[tuple, str]]:
        """(shape, term) for all that a sentence holds."""
        for mark in sentence.marks:
            if mark.kind != "math" and (term := self.term_at(mark, sentence)):
                yield self.shape(term), term
        if self.is_english:
            subject = english.definition_of(sentence)
            if subject and (term := self.term_at(subject, sentence)):
                yield self.shape(term), term
            yield from ((("number", form), number) for number, _, form in english.numbers_of(sentence))
            yield from ((self.shape_of_name(name), name) for name, _ in english.names_of(sentence))
            yield from ((("noun", is_plural(noun)), noun) for noun, _ in english.nouns_of(sentence) if noun in self.nouns)
            yield from ((("phrase", is_plural(pair)), pair) for pair, _ in english.phrases_of(sentence) if pair in self.phrases)

    # ----------------------------------------------------------------------------------------- one term

    def term_at(self, mark: MarkedSpan, sentence: Sentence) -> str | None:
        """The term at a mark, as it would be written within a sentence; None if there is none."""
        text = sentence.text[mark.start : mark.end].strip()
        if text.startswith("`"):
            return text if code_shape(text) and text.count("`") == 2 else None
        if not self.is_english:
            return text if 2 <= len(text) <= 30 and not NO_TERM_ANYWHERE.search(text) else None
        text = re.sub(r"^(?:an?|the)\s+", "", text, flags=re.IGNORECASE)
        first = WORD.match(text)
        if first and first[0].istitle() and first[0].lower() in self.small:
            text = text[0].lower() + text[1:]
        return text if 3 <= len(text) <= 40 and PROSE_TERM.fullmatch(text) and english.is_term(text) else None

    def shape(self, term: str) -> tuple:
        """The shape of a term that `term_at` has found."""
        if term.startswith("`"):
            return code_shape(term) or ("code", "")
        return ("term", is_plural(term), not term[0].islower()) if self.is_english else ("term",)

    def shape_of_name(self, name: str) -> tuple:
        return ("name", self.classes.get(name, ""))

    def elsewhere(self, term: str, sentence: Sentence) -> list[Sentence]:
        """Some other sentences of the lesson, from its beginning, that contain a term."""
        if UNSPACED.search(term):
            return [other for other in self.unspaced if other.place != sentence.place and term in other.text]
        wanted = [self.sentences_with.get(word, []) for word in sorted(roots(term))]
        if not wanted or not all(wanted):
            return []
        folded = term.casefold()
        return [other for other in min(wanted, key=len) if other.place != sentence.place and folded in other.text.casefold()]

    # --------------------------------------------------------------------------------------- other terms

    def near(self, shape: tuple, place: int) -> list[str]:
        """Terms of a shape, each once, the nearest to a place first; not all of them where there are many."""
        pool = self.pools.get(shape, [])
        at = bisect_left(pool, Term(place, ""))
        near = sorted(pool[max(0, at - LOOKED_AT) : at + LOOKED_AT], key=lambda term: (abs(term.place - place), term))
        return list(dict.fromkeys(term.text for term in near))

    def others(self, shapes: list[tuple], answer: str, sentence: Sentence, before: str = "", rest: str = "") -> list[str]:
        """Up to three terms that could be taken for the answer and are not; those like it in length and near it first.

        before, rest: the text before the gap, and all the text around it; no option repeats a word of it.
        """
        is_code, folded = answer.startswith("`"), rest.casefold()
        taken = roots(answer) | roots(rest)
        found: list[str] = []
        for text in self._of_shapes(shapes, answer, sentence):
            if text.strip("`").casefold() in folded or not agrees(text, before) or holds_one_of(text, (*found, answer)):
                continue
            if not is_code and ((" " in text) != (" " in answer) or roots(text) & taken or (self.is_english and not roots(text))):
                continue
            found.append(text)
            if len(found) == OPTIONS:
                break
        return [] if is_code and gives_itself_away(answer, found, rest) else found

    def _of_shapes(self, shapes: list[tuple], answer: str, sentence: Sentence) -> Iterator[str]:
        for shape in shapes:
            yield from sorted(self.near(shape, sentence.place), key=lambda text: is_unlike(text, answer))

    def numbers(self, form: str, answer: str, sentence: Sentence) -> list[str]:
        """Up to three other numbers of the same form, the nearest ones: of like size, none of the sentence's own."""
        value = english.value_of(answer)
        seen = {english.value_of(number) for number, _, _ in english.numbers_of(sentence)}
        found: list[str] = []
        for text in self.near(("number", form), sentence.place):
            other = english.value_of(text)
            is_like = abs(other - value) <= 60 if form == "year" else value and 1 / 12 <= other / value <= 12
            if is_like and other not in seen and len(found) < OPTIONS:
                seen.add(other)
                found.append(text)
        return found


def is_unlike(text: str, answer: str) -> bool:
    """Whether an option is much longer or shorter than the answer."""
    return abs(len(text) - len(answer)) > max(6, len(answer) // 2)


def holds_one_of(text: str, others: Iterable[str]) -> bool:
    """Whether a text contains one of the others, or is part of one. File names are compared without their suffix."""
    text = stem_of(text)
    return any(text in other or other in text for other in map(stem_of, others))


def stem_of(text: str) -> str:
    return FILE_ENDING.sub("", text.strip("`").casefold())


def gives_itself_away(answer: str, others: list[str], rest: str) -> bool:
    """Whether the answer repeats more of the words around the gap than any other option."""
    sentence = roots(rest)
    repeated = len(roots(answer) & sentence)
    return bool(repeated) and all(len(roots(other) & sentence) < repeated for other in others)


def agrees(text: str, before: str) -> bool:
    """Whether an option agrees with the article before the gap."""
    article, first = re.search(r"\b(an?)\s+\W*$", before[-8:], re.IGNORECASE), WORD.search(text)
    return not article or not first or (first[0][0].lower() in "aeiou") == (article[1].lower() == "an")
