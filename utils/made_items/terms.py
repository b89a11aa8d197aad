"""Which words of a lesson are terms, and which other terms could stand in the place of one."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass

from utils.made_items import english
from utils.made_items.reading import Page, Said

LOOKED_AT = 60  # neighbours among which wrong options are looked for; bounds the work in a long lesson
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
PROSE_TERM = re.compile(r"[^\W\d_][\w'’-]*(?: [\w'’-]+){0,3}")
CODE_SHAPES = (
    ("option", re.compile(r"--?[A-Za-z][\w-]*(?:[= ].*)?")),
    ("call", re.compile(r"[\w.]+\(.*\)")),
    ("constant", re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,}")),
    ("file", re.compile(r"[\w./*~-]*(?:/[\w.*-]*|\.(?:py|md|toml|yaml|yml|json|txt|cfg|ini|js|css|html|sh|lock|whl|rst|xml))")),
    ("class", re.compile(r"(?:[A-Z][a-z0-9]+){2,}")),
    ("command", re.compile(r"[a-z][\w.-]*(?: [\w.:@=/-]+)+")),
    ("dotted", re.compile(r"\w+(?:\.\w+)+")),
    ("table", re.compile(r"\[[\w.-]+\]")),
    ("name", re.compile(r"[A-Za-z][\w-]*")),
)
LITERALS = frozenset("true false none null yes no on off py md str int bool float list dict".split())


@dataclass(frozen=True, order=True)
class Term:
    """A term where it stands: what a question about it would take for its answer."""

    place: int
    text: str  # as an option: `code` with its backticks, prose in small letters unless it is a name


def root(word: str) -> str:
    """Near enough to a stem to tell that two words say the same."""
    word = word.lower()
    return (word[:-1] if len(word) > 3 and word.endswith("s") else word)[:6]


def roots(text: str) -> set[str]:
    """Roots of the words of a text that carry meaning."""
    return {root(word) for word in WORD.findall(text) if word.lower() not in english.FUNCTION_WORDS and len(word) > 1}


def is_plural(text: str) -> bool:
    return text.endswith("s") and not text.endswith(("ss", "us", "is"))


def code_shape(code: str) -> str | None:
    """What a stretch of `code` looks like, without its backticks; None for literals and for what is no single thing."""
    if len(code) > 40 or len(code) < 2 or code.lower() in LITERALS:
        return None
    return next((name for name, shape in CODE_SHAPES if shape.fullmatch(code)), None)


class Terms:
    """The terms of a lesson by their shape, in the order of the text, and the words of its sentences."""

    def __init__(self, pages: list[Page], is_english: bool):
        self.is_english = is_english
        self.pools: dict[tuple, list[Term]] = defaultdict(list)
        self.spoken: dict[str, list[Said]] = defaultdict(list)  # root -> sentences that hold it, the first ones
        self.small: set[str] = set()  # words that stand somewhere in small letters
        for page in pages:
            for said in page.sentences:
                self.small.update(word for word in WORD.findall(said.text) if word[0].islower())
                for word in sorted(roots(said.text)):
                    if len(self.spoken[word]) < 12:
                        self.spoken[word].append(said)

    def normal(self, text: str) -> str:
        """A term as it stands within a sentence: without article, in small letters if it is written so elsewhere."""
        text = re.sub(r"^(?:an?|the)\s+", "", text.strip(), flags=re.IGNORECASE) if self.is_english else text.strip()
        first = WORD.match(text)
        if first and first[0][:1].isupper() and first[0][1:].islower() and first[0].lower() in self.small:
            return text[0].lower() + text[1:]
        return text

    def prose(self, text: str) -> str | None:
        """The term that a marked stretch of prose is, normalized; None where it is emphasis, a label or a clause."""
        if not self.is_english:
            return text if 2 <= len(text) <= 30 and not re.search(r"[\d.,:;!?。，、：；！？()（）`$“”\"]", text) else None
        text = self.normal(text)
        words = text.split()
        if not 3 <= len(text) <= 40 or not PROSE_TERM.fullmatch(text):
            return None
        if any(word.lower() in english.FUNCTION_WORDS for word in (words[0], words[-1])):
            return None
        if english.LABELS.fullmatch(text) or (len(words) == 1 and (words[0].lower() in english.VAGUE or words[0].endswith("ly"))):
            return None
        if words[-1].lower() in english.VAGUE or english.IMPERATIVE.match(text) and len(words) > 1:
            return None
        return text

    def shape(self, text: str) -> tuple:
        return ("term", is_plural(text), not text[0].islower()) if self.is_english else ("term",)

    def add(self, shape: tuple, text: str, place: int) -> None:
        insort(self.pools[shape], Term(place, text))

    def elsewhere(self, term: str, said: Said) -> list[Said]:
        """Other sentences of the lesson that hold a term, the first ones."""
        wanted = [self.spoken.get(word, []) for word in roots(term)]
        if not wanted or not all(wanted):
            return []
        folded = term.casefold()
        return [other for other in min(wanted, key=len) if other.place != said.place and folded in other.text.casefold()]

    def near(self, shape: tuple, place: int) -> list[str]:
        """Terms of a shape, the nearest to a place first, each once; not all of them where there are many."""
        pool = self.pools.get(shape, [])
        at = bisect_left(pool, Term(place, ""))
        near = sorted(pool[max(0, at - LOOKED_AT) : at + LOOKED_AT], key=lambda term: (abs(term.place - place), term))
        return list(dict.fromkeys(term.text for term in near))

    def others(self, shapes: list[tuple], answer: str, said_roots: set[str], said: str, place: int, before: str):
        """Up to three terms that could be taken for the answer and are not, nearest in length and place first.

        said: the question's text, none of whose words an option may repeat; before: what stands before the gap.
        """
        found: list[str] = []
        code = answer.startswith("`")
        own, folded = roots(answer), said.casefold()
        for shape in shapes:
            near = self.near(shape, place)
            near.sort(key=lambda text: (
                " " in text and not code) != (" " in answer and not code) or abs(len(text) - len(answer)) > max(6, len(answer) // 2))
            for text in near:
                bare = text.strip("`").casefold()
                if text in found or text.casefold() == answer.casefold() or bare in folded or not agrees(text, before):
                    continue
                if not code and (roots(text) & (own | said_roots) or not roots(text) and self.is_english):
                    continue
                if any(is_within(text, one) or is_within(one, text) for one in (*found, answer)):
                    continue
                found.append(text)
                if len(found) == 3:
                    return found
        return found


def is_within(text: str, other: str) -> bool:
    text, other = text.strip("`").casefold(), other.strip("`").casefold()
    return text in other


def agrees(text: str, before: str) -> bool:
    """Does an option go with the article before the gap?"""
    article = re.search(r"\b(an?)\s+\W*$", before, re.IGNORECASE)
    first = WORD.search(text)
    if not article or not first:
        return True
    return (first[0][0].lower() in "aeiou") == (article[1].lower() == "an")
