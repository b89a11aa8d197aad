"""Which of an author's hints comes next: one that is not about what the learner has said already."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tutor.models import Item, Met
from tutor.tutoring.ladder import content_of

ABOUT = 2  # words of a point, and of no other one, from which a hint is about it
MOSTLY = 0.5  # or share of the hint's words


def next_hint(item: Item, given: int, met: Sequence[Met], language: str = "en") -> int:
    """The place of the hint to give after the first `given`, from 0; the number of hints where none is left."""
    return next((place for place in hints_for(item, met, language) if place >= given), len(item.hints))


def hints_for(item: Item, met: Sequence[Met], language: str = "en") -> list[int]:
    """The places of the hints that help with points which have no credit yet."""
    made = {one.point for one in met}
    if not made or all(point.text in made for point in item.rubric):
        return list(range(len(item.hints)))
    asked = content_of(item.question, language)
    words = {p.text: content_of(" ".join((p.text, p.ask, *p.also)), language) - asked for p in item.rubric}
    hints = (content_of(hint, language) - asked for hint in item.hints)
    return [place for place, hint in enumerate(hints) if not _is_settled(hint, words, made)]


def _is_settled(hint: set[str], words: dict[str, set[str]], made: Collection[str]) -> bool:
    """Whether a hint is plainly about points that are made, and in no word about one that is missing."""
    own = {point: hint & (mine - _others(words, point)) for point, mine in words.items()}
    return any(len(own[point]) >= min(ABOUT, max(1, MOSTLY * len(hint))) for point in made if point in own) and not any(
        found for point, found in own.items() if point not in made
    )


def _others(words: dict[str, set[str]], point: str) -> set[str]:
    return set().union(*(theirs for other, theirs in words.items() if other != point))
