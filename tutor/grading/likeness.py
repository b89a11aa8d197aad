"""How surely two words mean the same: by stem, spelling, shared beginning or the lexicon."""

from __future__ import annotations

from functools import lru_cache

from tutor.grading import lexicon


def edits_at_most(one: str, other: str, limit: int) -> bool:
    """Whether `limit` insertions, deletions, substitutions or swaps of neighbours turn one word into the other."""
    if abs(len(one) - len(other)) > limit:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        now = [i]
        best = i
        for j, b in enumerate(other, 1):
            value = row[j - 1] if a == b else 1 + min(row[j - 1], row[j], now[-1])
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b and a != b:
                value = min(value, before[j - 2] + 1)
            now.append(value)
            best = min(best, value)
        if best > limit:
            return False
        before, row = row, now
    return row[-1] <= limit


@lru_cache(maxsize=40000)
def likeness(one: str, other: str) -> float:
    """0..1: how surely two stems mean the same; negative where the lexicon lists them as opposites."""
    if one == other:
        return 1.0
    if other in lexicon.opposites().get(one, ()):
        return -1.0
    shorter = min(len(one), len(other))
    groups = lexicon.groups()
    if one in groups and other in groups and groups[one] & groups[other]:
        return 0.75
    if shorter < 4 or one.isdigit() or other.isdigit():
        return 0.0
    if differ_by_prefix(one, other):
        return -1.0
    limit = 1 if shorter < 8 else 2
    if (one[0] == other[0] or one[1:3] == other[1:3]) and edits_at_most(one, other, limit):
        return 0.9
    same = 0
    while same < shorter and one[same] == other[same]:
        same += 1
    if same >= 5 or (same >= 4 and same >= 0.75 * shorter):
        return 0.7
    return 0.0


PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis", "de", "anti")


def differ_by_prefix(one: str, other: str) -> bool:
    """mutable / immutable, connected / disconnected: the same word except for a prefix that reverses its meaning."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return len(long) > len(short) and long.endswith(short) and long[: -len(short)] in PREFIXES


def prefixed(stem: str) -> frozenset[str]:
    """The stems that may differ from a stem by a prefix that reverses the meaning."""
    without = (stem[len(prefix) :] for prefix in PREFIXES if stem.startswith(prefix))
    return frozenset((*(prefix + stem for prefix in PREFIXES), *without))
