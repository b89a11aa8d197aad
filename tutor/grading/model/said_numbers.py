"""The numbers that a text tells, in digits and in words of several languages: also as "fifty-fifty", "one in ten", "a dozen"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.grading.closed.number_words import COUNTING, numbers_in_words
from tutor.grading.closed.quantities import TENTHS, read_quantity
from tutor.grading.lexicon import NUMBER_WORDS

BEGINS_A_NUMBER = re.compile(r"[-+−$€£]?[.,]?\d|[¼-¾⅐-⅞]")
SIGNS = frozenset(["minus", "negative"])
HALF = re.compile(
    r"(?<!\w)(?:fifty[\s-]*fifty|50\s*[-/:–]\s*50|1\s*:\s*1|evens|(?:an?\s+)?even\s+(?:odds|chances?|money|bet)|as\s+likely\s+as\s+not"
    r"|half|(?:toss|flip)\s+of\s+a\s+(?:fair\s+)?coin|coin[\s-](?:toss|flip)|every\s+(?:second|other)\s+(?:time|one|case)|hälfte|moitié"
    r"|mitad|metà|metade|helft|половин\w*|fünfzig\s+zu\s+fünfzig|ein\s?halb|un\s+demi|cincuenta\s+por\s+ciento)(?!\w)|一半|各半|五五开",
    re.I,
)
COUNTS: dict[str, str | int] = {**COUNTING, **NUMBER_WORDS, "once": 1, "a hundred": 100, "a thousand": 1000}
_COUNT = rf"(\d+|{'|'.join(sorted(COUNTS, key=len, reverse=True))})"
ONE_IN = re.compile(
    rf"(?<![\w.,]){_COUNT}\s+(?:times?\s+|cases?\s+|chances?\s+)?(?:in|out\s+of|of\s+every|in\s+every|over|von|van|sur|de\s+cada|su|em\s+cada)\s+"
    rf"(?:every\s+)?{_COUNT}(?![\w]|[.,]\d)",
    re.I,
)
SPOKEN_NUMBERS = {"nil": "zero", "naught": "zero", "nought": "zero", "zilch": "zero", "dozen": "twelve"}
SPOKEN = re.compile(r"(?<!\w)(?:a\s+)?(nil|naught|nought|zilch|dozen)(?!\w)", re.I)
LONGEST_NUMBER = 5  # words: "one hundred and twenty five"


def numbers_said(text: str, language: str = "en", *, in_percent: bool = False) -> Iterator[float]:
    """The numbers that a text holds, in digits or words; a percentage also as the share that it is.

    in_percent: a share also as a percentage.
    """
    yield from numbers_in_words(text)
    shares = [0.5] if HALF.search(text) else []
    pairs = [[float(COUNTS.get(part.casefold(), part)) for part in found.groups()] for found in ONE_IN.finditer(text)]
    shares += [part / whole for part, whole in pairs if whole]
    yield from shares
    if in_percent:
        yield from (100 * share for share in shares)
    text = SPOKEN.sub(lambda found: SPOKEN_NUMBERS[found[1].casefold()], text)
    words = re.sub(r"[()\[\]“”\"`*=≈~:;]", " ", text).split()
    for start, word in enumerate(words):
        bare = re.split(r"[^a-z]", word.casefold())[0]
        if not (BEGINS_A_NUMBER.match(word) or bare in NUMBER_WORDS or bare in TENTHS or bare in SIGNS):
            continue
        for end in range(start + 1, min(len(words), start + LONGEST_NUMBER) + 1):
            found = read_quantity(" ".join(words[start:end]).rstrip(".,!?"), language)
            if found:
                values = [found.value] if found.other is None else [found.value, found.other]
                if re.match(r"%|per\s?cent", found.unit, re.I):
                    values += [value / 100 for value in values]
                elif in_percent:
                    values += [value * 100 for value in values]
                yield from values
