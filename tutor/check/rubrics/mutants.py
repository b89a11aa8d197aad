"""Wrong answers made from right ones: what a learner might say who has one thing the wrong way round.

Only what is surely wrong is made. A word is changed where its clause makes a point of the rubric in a wording that has that
word, so that no side remark is turned round. What may still be right afterwards is left alone: "the larger a, the smaller b"
with its opposites swapped, "A and B" as "B and A". The same item gives the same texts on every machine.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.grading import lexicon
from tutor.grading.clauses import JOINT, SENTENCE, stretches
from tutor.grading.rubrics import is_answered_by_no
from tutor.grading.words import Token, clean, tokens
from tutor.models import Item

DENIALS = (
    "It is not true that {}",
    "No, {}",
    "I don't think that {}",
    "It is wrong that {}",
    "{} That is false.",
    "Nobody says that {}",
    "It's a myth that {}",
    "It is not the case that {}",
    "I disagree that {}",
)
SENTENCES = re.compile(r"(?<=[.!?])\s+")
NUMBER = re.compile(r"(?<![\w.,^*/_√−-])\d+(?:\.\d+)?(?![\w.^*/_]|,\d)")
# "not" goes behind one of these, unless what follows is not what it would deny: "that is, …", "is not", "is only".
AUXILIARY = re.compile(
    r"(?<!there )\b(is|are|was|were|can|will|would|could|should|must)\b(?=\s+\w)"
    r"(?!\s*[,;:]|\s+(?:not|no|never|only|just|merely|none|neither)\b)",
    re.I,
)
NOT = re.compile(
    r"\b(is|are|was|were|do|does|did|can|will|would|could|should|must) ?not\b(?!\s+(?:only|just|merely|even)\b)", re.I
)
NEGATES = re.compile(r"\b(?:not?|never|none|nor|neither|nothing|nobody|cannot|without|hardly|unless|instead|\w+n['’]t)\b", re.I)
CONDITION = re.compile(
    r"\W*(?:(?:and|but|so|or)\W+)?(?:if|when|whenever|where|whether|unless|until|as|the\s+(?:more|less|fewer|\w+er))\b", re.I
)
IDIOMS = re.compile(
    r"\b(?:up|down)\b|\bthe same\b|\ba few\b|\bmore or less\b|\bmore and more\b|\bless and less\b|\bin the long run\b"
    r"|\b(?:how|as|so) (?:many|few|long|fast)\b",
    re.I,
)
SAID = 0.5  # share of a wording's words from which a clause says it
ASIDE = 0.25  # and up to which it says nothing of it
FEWEST = 6  # words of a text that is shuffled
ALIKE = 0.5  # share of common words from which two clauses say the same of two things
SIDE_BY_SIDE = frozenset("and or than versus vs instead rather not but while whereas".split())
VERBS = ("ing", "ed")  # ends of words that name no thing
BETWEEN = 4  # words at most between two that are set side by side
TURNS = 2  # words of a text that are turned round, one at a time


@dataclass(frozen=True)
class Mutant:
    """A wrong answer to an item and how it was made."""

    answer: str
    change: str  # in words for the author, to follow "a reference" or "the points": `with "larger" for "smaller"`
    source: str  # field of the bank that it was made from: "references" or "rubric"
    number: int  # which entry of that field
    lacks: bool = False  # it is right as far as it goes, and lacks a point
    is_nonsense: bool = False  # no person would answer it


def denied(text: str, denial: str) -> str:
    """A text each of whose sentences is denied."""
    parts = [part for part in SENTENCES.split(text) if part]
    return " ".join(denial.format(part if denial.startswith("{") else part[0].lower() + part[1:]) for part in parts)


def shuffled(text: str, rng: random.Random) -> str:
    """The words of a text in another order."""
    words = text.split()
    rng.shuffle(words)
    return " ".join(words)


def mutants_of(item: Item, language: str = "en") -> list[Mutant]:
    """The wrong answers made from an item's references and points, without what is already known of it."""
    known = [*item.references, *(wrong.answer for wrong in item.wrong)]
    known += [way for point in item.rubric for way in (point.text, *point.also)]
    taken = {_bare(text, language) for text in known}
    found = []
    for mutant in _made(item, language):
        bare = _bare(mutant.answer, language)
        if bare not in taken:
            taken.add(bare)
            found.append(mutant)
    return found


def _bare(text: str, language: str) -> tuple[str, ...]:
    """The words of a text as the grader tells them apart."""
    return tuple(token.stem for token in tokens(clean(text), language) if token.kind != "mark")


def _made(item: Item, language: str) -> Iterator[Mutant]:
    texts = _Texts(item, language)
    for number, reference in enumerate(item.references):
        for answer, change in texts.changes(reference):
            yield Mutant(answer, change, "references", number)
        for answer, change in texts.without_a_point(reference):
            yield Mutant(answer, change, "references", number, lacks=True)
        if len(reference.split()) >= FEWEST:
            answer = shuffled(reference, random.Random(_digest(reference)))
            yield Mutant(answer, "with its words shuffled", "references", number, is_nonsense=True)
    points = [point.text for point in item.rubric]
    for number, point in enumerate(item.rubric):
        if len(points) > 1:
            yield Mutant(joined(points[:number] + points[number + 1 :]), f'without "{point.text}"', "rubric", number, lacks=True)
        if point.near:
            near = [*points[:number], point.near, *points[number + 1 :]]
            yield Mutant(joined(near), f'with the near miss of "{point.text}"', "rubric", number)


def joined(points: Sequence[str]) -> str:
    """The points of a rubric as one answer, each a sentence."""
    return " ".join(text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".") for text in points)


@dataclass(frozen=True)
class _Clause:
    """A clause of a reference and the point that it makes."""

    begin: int
    end: int
    text: str
    stems: frozenset[str]
    wording: frozenset[str]  # stems of the wordings of that point that it comes near to
    point: int  # its number; -1 where it makes none
    is_condition: bool


class _Texts:
    """What an item's references are changed by: the wordings of its points and the words of its question."""

    def __init__(self, item: Item, language: str):
        self.item, self.language = item, language
        self.english = language.startswith("en")
        self.asked = self.stems(item.question)
        self.compared = list(_compared(tokens(clean(item.question), language)))
        self.wordings = [(self.stems(way), n) for n, point in enumerate(item.rubric) for way in (point.text, *point.also)]

    def stems(self, text: str) -> frozenset[str]:
        """The stems of the words and numbers that carry meaning."""
        return frozenset(token.stem for token in tokens(clean(text), self.language) if token.kind in ("word", "number"))

    def changes(self, text: str) -> Iterator[tuple[str, str]]:
        """(text, change) of each mutant of a reference."""
        clauses = self.clauses(text)
        if self.english:
            denials = [one for one in DENIALS if not (one.startswith("No,") and is_answered_by_no(self.item))]
            yield denied(text, denials[_digest(text) % len(denials)]), "denied"
            yield from self.negated(text, clauses)
            yield from self.turned(text, clauses)
        yield from self.with_other_number(text, clauses)
        yield from self.with_swapped_roles(text, clauses)

    def clauses(self, text: str) -> list[_Clause]:
        """The clauses of a text, in order."""
        found = []
        for sentence in stretches(SENTENCE, text, 0, len(text)):
            for begin, end in stretches(JOINT, text, *sentence):
                part = text[begin:end]
                stems = self.stems(part)
                said = [(len(stems & own) / len(own), -number, own) for own, number in self.wordings if own]
                best, place = max(((share, number) for share, number, _ in said), default=(0.0, 0))
                point = -place if best >= SAID else -1
                wording = frozenset().union(*(own for share, number, own in said if share >= SAID and -number == point))
                found.append(_Clause(begin, end, part, stems, wording, point, bool(CONDITION.match(part))))
        return found

    def negated(self, text: str, clauses: Sequence[_Clause]) -> Iterator[tuple[str, str]]:
        """With a "not" more or less, in the first clause that makes a point and can be turned round by one."""
        for clause in clauses:
            if clause.point < 0 or clause.is_condition:
                continue
            if found := NOT.search(text, clause.begin, clause.end):
                rest = text[found.end() : clause.end]
                if not NEGATES.search(text[clause.begin : found.start()] + rest) and " but " not in text[found.end() :]:
                    yield text[: found.start()] + found[1] + text[found.end() :], f'without the "not" of "{found[0]}"'
                    return
            elif not NEGATES.search(clause.text) and (found := AUXILIARY.search(text, clause.begin, clause.end)):
                not_ = "not" if found[0].lower() == "can" else " not"
                yield text[: found.end()] + not_ + text[found.end() :], f'with "{found[0]}{not_}" for "{found[0]}"'
                return

    def turned(self, text: str, clauses: Sequence[_Clause]) -> Iterator[tuple[str, str]]:
        """With a word's plain opposite in its place."""
        count, turns = 0, lexicon.turns()
        idioms = [found.span() for found in IDIOMS.finditer(text)]
        for clause in clauses:
            if clause.point < 0 or clause.is_condition or NEGATES.search(clause.text):
                continue
            for found in re.finditer(r"[a-z]+", text[clause.begin : clause.end]):
                other, begin, end = turns.get(found[0], ""), clause.begin + found.start(), clause.begin + found.end()
                in_idiom = any(one <= begin < last for one, last in idioms)
                stem = lexicon.stem(found[0])
                if not other or in_idiom or stem not in clause.wording or lexicon.stem(other) in clause.stems | clause.wording:
                    continue
                yield text[:begin] + other + text[end:], f'with "{other}" for "{found[0]}"'
                count += 1
                if count == TURNS:
                    return

    def with_other_number(self, text: str, clauses: Sequence[_Clause]) -> Iterator[tuple[str, str]]:
        """With another number for the first one that a point has and the question does not give."""
        for clause in clauses:
            for found in NUMBER.finditer(text, clause.begin, clause.end):
                (number,) = self.stems(found[0]) or {""}
                if number in clause.wording and number not in self.asked:
                    other = _other_number(found[0])
                    yield text[: found.start()] + other + text[found.end() :], f"with {other} for {found[0]}"
                    return

    def without_a_point(self, text: str) -> Iterator[tuple[str, str]]:
        """Without a sentence that alone makes one of the points."""
        sentences = stretches(SENTENCE, text, 0, len(text))
        for begin, end in sentences if len(sentences) > 1 and len(self.item.rubric) > 1 else ():
            rest = (text[:begin] + text[end:].lstrip()).strip()
            own, others = self.stems(text[begin:end]), self.stems(rest)
            for point, known in enumerate(self.item.rubric):
                if self.share(own, point) >= SAID and self.share(others, point) <= ASIDE:
                    yield rest, f'without "{known.text}"'
                    return

    def share(self, stems: frozenset[str], point: int) -> float:
        """How much of the wording of a point that comes nearest is said, of what the question does not give."""
        wordings = [wording - self.asked for wording, number in self.wordings if number == point]
        return max((len(stems & wording) / len(wording) for wording in wordings if wording), default=1.0)

    def with_swapped_roles(self, text: str, clauses: Sequence[_Clause]) -> Iterator[tuple[str, str]]:
        """With two things that the question compares in each other's place, where each is said to be something else."""
        words = [token for token in tokens(text, self.language) if token.kind == "word" and not token.text.endswith(VERBS)]
        stems = [word.stem for word in words]
        once = [word for word in words if stems.count(word.stem) == 1]
        for one, other in itertools.combinations(once, 2):
            if {one.stem, other.stem} not in self.compared:
                continue
            here, there = (next((c for c in clauses if c.begin <= word.start < c.end), None) for word in (one, other))
            if here and there and _differ(here, there, one.stem, other.stem):
                yield _exchanged(text, one, other)
                return


def _compared(question: Sequence[Token]) -> Iterator[set[str]]:
    """The stems of each two words that a question sets side by side: "what do A and B do", "why A rather than B"."""
    for place, one in enumerate(question):
        near = question[place + 1 : place + 2 + BETWEEN]
        for gap, other in enumerate(near):
            if one.kind == other.kind == "word" and any(between.text in SIDE_BY_SIDE for between in near[:gap]):
                yield {one.stem, other.stem}


def _differ(here: _Clause, there: _Clause, one: str, other: str) -> bool:
    """Whether two clauses say different things of two words, so that exchanging these makes both wrong."""
    if min(here.point, there.point) < 0 or here.point == there.point or here.is_condition or there.is_condition:
        return False
    mine, theirs = here.stems - {one}, there.stems - {other}
    in_wordings = one in here.wording and other in there.wording
    return bool(in_wordings and mine and theirs) and len(mine & theirs) < ALIKE * len(mine | theirs)


def _exchanged(text: str, one: Token, other: Token) -> tuple[str, str]:
    """A text with two words in each other's place, and how that is told. A capital at the beginning stays there."""
    spans = [found.span() for found in re.finditer(r"\w+(?:-\w+)*", text)]
    (a, b), (c, d) = (next(span for span in spans if span[0] <= token.start < span[1]) for token in (one, other))
    first, second = text[a:b], text[c:d]
    change = f'with "{first}" and "{second}" in each other\'s place'
    if first[0].isupper() != second[0].isupper() and first[1:].islower() and second[1:].islower():
        first, second = (word[0].swapcase() + word[1:] for word in (first, second))
    return text[:a] + second + text[b:c] + first + text[d:], change


def _other_number(number: str) -> str:
    """A number of the same form: its first digit that isn't 0 is one more; 1 for 0, 8 for 9."""
    place = next((at for at, digit in enumerate(number) if digit not in "0."), 0)
    digit = "8" if number[place] == "9" else str(int(number[place]) + 1)
    return number[:place] + digit + number[place + 1 :]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
