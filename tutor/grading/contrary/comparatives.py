"""Whether a text says less of a thing where another says more of it: "less extreme", "at most as extreme"."""

from __future__ import annotations

import re

from tutor.grading.lexicon import stem

DIRECTIONS = {"more": 1, "less": -1, "fewer": -1, "least": 1, "most": -1}  # the last two behind an "at"
COMPARES = re.compile(
    r"\b(?P<no>(?:not|no|never)\s+)?(?:any\s+)?(?:(?P<word>more|less|fewer)|at\s+(?P<limit>least|most))\s+"
    r"(?:as\s+)?(?!(?:than|or|of|and|as|one|likely|often|the|a|that|this)\b)(?P<of>[a-z]{3,})",
    re.I,
)
THAN = re.compile(r"\bthan\b", re.I)
DENIES_IT = re.compile(
    r"\W*(?:it|this|that)\s*(?:(?:is|was)\s+(?:not|never)|(?:is|was)n['’]?t|['’]s\s+not)\s+(?!(?:only|just|merely)\b)", re.I
)
GOES_BACK = re.compile(r"[,;:]|\b(?:but|unless|except|until)\b", re.I)


def says_less(text: str, other: str) -> bool:
    """Whether a text says less of a thing of which the other says more, or the other way, and compares nothing else with it.

    Where both compare two things ("less dense than water"), these may have changed places, which is left to others.
    """
    if THAN.search(text) and THAN.search(other):
        return False
    own, its = _compared(text), _compared(other)
    both = own.keys() & its.keys()
    turned = [word for word in both if len(own[word]) == len(its[word]) == 1 and own[word] != its[word]]
    return len(turned) % 2 == 1  # "more of this, less of that" and "less of this, more of that" say the same


def denies_it(clause: str) -> bool:
    """Whether a clause is one denial to its end: "it isn't the chance of … under …"."""
    found = DENIES_IT.match(clause)
    return found is not None and not GOES_BACK.search(clause, found.end())


def _compared(text: str) -> dict[str, set[int]]:
    """What a text says more of (1) or less of (-1), by its stem."""
    found: dict[str, set[int]] = {}
    for one in COMPARES.finditer(text):
        direction = DIRECTIONS[(one["word"] or one["limit"]).lower()]
        found.setdefault(stem(one["of"].lower()), set()).add(-direction if one["no"] else direction)
    return found
