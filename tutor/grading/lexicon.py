"""What English words have to do with one another: irregular forms, near-synonyms, opposites. Written for this grader.

The long lists stand in assets/lexicon.txt: irregular forms, groups of words that learners use for one another, and
opposites, whose two sides contradict one another. A word may stand in several lines.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from utils.text import stemmer


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GLUE = _set("""
a an the this that these those it its itself they them their theirs he him his she her hers we us our ours you your yours i me my
mine who whom whose which what when where why how there here is are was were be been being am do does did doing done has have had
having will would shall should can could may might must of in on at by for from to with into onto as about than then so and or if
because since while but
""")
# Words that hardly ever decide whether an answer is right.
STOP = GLUE | _set("""
one ones also too very just such some any another much many s t re ve ll d m get gets got getting go goes going went gone thing
things something like kind sort way really actually basically think thought believe guess know said say means mean answer
cause cuz
""")
# Words that carry a little meaning: they count, but less than others.
LIGHT = _set("more most less least all both each same other only own always up down out")
NEGATION = _set("""
not no never none nothing nobody nowhere neither nor cannot without dont doesnt didnt isnt arent wasnt werent wont cant couldnt
wouldnt shouldnt hasnt havent hadnt aint hardly barely
""")
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
    """`froze` -> `freeze`; a regular word comes back as it is."""
    return _bases().get(word, word)


@lru_cache(maxsize=20000)
def stem(word: str, language: str = "en") -> str:
    """The stem of a lower-case word; irregular English forms come back as their base form's stem."""
    if language == "en":
        word = base_form(word)
    tool = stemmer(language)
    return tool.stemWord(word) if tool else word


@lru_cache(maxsize=1)
def groups() -> dict[str, frozenset[int]]:
    """Stem -> numbers of the groups of like words it stands in."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_sections()["same"]):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Stem -> stems that contradict it."""
    found: dict[str, set[str]] = {}
    for line in _sections()["opposite"]:
        left, right = ([stem(word) for word in side.split()] for side in line.split("|"))
        for one, others in ((left, right), (right, left)):
            for word in one:
                found.setdefault(word, set()).update(others)
    return {key: frozenset(words - {key}) for key, words in found.items()}


def is_listed(stem: str) -> bool:
    """Whether a stem is that of a word listed here, and so hardly a misspelling of another word."""
    return stem in groups() or stem in opposites()
