"""How English words relate to one another: irregular forms, near-synonyms, opposites. Written for this grader.

The long lists are in assets/lexicon.txt: irregular forms, groups of words that learners use interchangeably, and
opposites, where the words on one side of a line contradict those on the other. A word may be in several lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from utils.text import stemmer

# Words that carry a little meaning: they count, but less than others.
LIGHT = frozenset("more most less least all both each same other only own always up down out".split())
NEGATION = frozenset(
    """
not no never none nothing nobody nowhere neither nor cannot without dont doesnt didnt isnt arent wasnt werent wont cant couldnt
wouldnt shouldnt hasnt havent hadnt aint hardly barely
""".split()
)
_COUNTED = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty
"""
NUMBER_WORDS = {word: str(value) for value, word in enumerate(_COUNTED.split())} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
}


LEXICON = Path(__file__).parents[2] / "assets" / "lexicon.txt"


@lru_cache(maxsize=1)
def _sections() -> dict[str, list[str]]:
    """Section -> its lines, of assets/lexicon.txt."""
    sections: dict[str, list[str]] = {}
    for line in LEXICON.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


@lru_cache(maxsize=1)
def _bases() -> dict[str, str]:
    bases: dict[str, str] = {}
    for line in _sections()["forms"]:
        first, *others = line.split()
        for form in others:
            bases.setdefault(form, first)
    return bases


def base_form(word: str) -> str:
    """`froze` -> `freeze`; a regular word is returned unchanged."""
    return _bases().get(word, word)


@lru_cache(maxsize=20000)
def stem(word: str, language: str = "en") -> str:
    """The stem of a lower-case word; irregular English forms give the stem of their base form."""
    if language == "en":
        word = base_form(word)
    tool = stemmer(language)
    return tool.stemWord(word) if tool else word


@lru_cache(maxsize=1)
def groups() -> dict[str, frozenset[int]]:
    """Stem -> numbers of the groups of near-synonyms that it is in."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_sections()["same"]):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def group_words(number: int) -> list[str]:
    """The words of a group of near-synonyms, as they are listed."""
    return _sections()["same"][number].split()


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Stem -> stems that contradict it."""
    return _poles(_sections()["opposite"])


@lru_cache(maxsize=1)
def contraries() -> dict[str, frozenset[str]]:
    """Stem -> stems that contradict it where two statements are the same but for them: verbs of several meanings, too."""
    return _poles([*_sections()["opposite"], *_sections()["contrary"]])


def _poles(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        left, right = ([stem(word) for word in side.split()] for side in line.split("|"))
        for one, others in ((left, right), (right, left)):
            for word in one:
                found.setdefault(word, set()).update(others)
    return {key: frozenset(words - {key}) for key, words in found.items()}


@lru_cache(maxsize=1)
def sides() -> dict[str, tuple[tuple[int, int], ...]]:
    """Stem -> the pairs of opposites that it takes a side in: (number of the pair, side 0 or 1)."""
    found: dict[str, set[tuple[int, int]]] = {}
    for number, line in enumerate(_sections()["opposite"]):
        for side, words in enumerate(line.split("|")):
            for word in words.split():
                found.setdefault(stem(word), set()).add((number, side))
    for line in _sections()["sides"]:
        first, *others = map(stem, line.split())
        found[first] = found.get(first, set()).union(*(found[other] for other in others))
    return {
        key: tuple(sorted(own))
        for key, all_of in found.items()
        if (own := {(n, s) for n, s in all_of if (n, 1 - s) not in all_of})
    }


@lru_cache(maxsize=1)
def turns() -> dict[str, str]:
    """Word -> the plain opposite that can stand in its place; of several, the first."""
    pairs = [(one, other) for one, other in map(str.split, reversed(_sections()["turns"]))]
    return {other: one for one, other in pairs} | dict(pairs)


def is_listed(stem: str) -> bool:
    """Whether a stem belongs to a listed word, and so is unlikely to be a misspelling of another word."""
    return stem in groups() or stem in opposites()
