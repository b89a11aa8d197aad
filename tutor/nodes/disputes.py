"""The grades of a session that may be disputed later, and the command that does so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tutor import grading
from tutor.models import Item
from utils.errors import InvalidFile, UsageError

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.nodes.shared import SessionStore

MOST_NUMBERS = 5  # that are named, the latest


def disputable_in(session: str, records: Records, corpus: Corpus) -> list[int]:
    """The numbers of a session's grades that may be disputed and were not: the last of each question."""
    found: dict[str, int] = {}
    items: dict[str, Item] = {}
    for attempt in records.attempts(session=session):
        if attempt.lesson not in corpus.files or not attempt.answer:
            continue
        if attempt.item not in items:
            try:
                items.update((item.key, item) for item in corpus.items(attempt.lesson))
            except (InvalidFile, UsageError):  # it was read when it was asked, and said so if not
                continue
        item = items.get(attempt.item)
        found.pop(attempt.item, None)
        if item and grading.is_disputable(item, attempt.answer, attempt.grade) and not records.appeals(attempt.id):
            found[attempt.item] = attempt.id
    return list(found.values())


def how_to_dispute_in(shared: SessionStore) -> str:
    """The line on it that a session ends with; "" where no grade may be disputed."""
    return how_to_dispute(disputable_in(shared["session"], shared["records"], shared["corpus"]), shared["command"])


def how_to_dispute(numbers: Sequence[int], command: Callable[..., str]) -> str:
    """What to type for a second look at the grades of these attempts; "" where there are none."""
    if not numbers:
        return ""
    first, *others = numbers[-MOST_NUMBERS:]
    also = f" (or {', '.join(map(str, others))})" if others else ""
    return f"To have a grade looked at again: {command('appeal', str(first))}{also}"
