"""The records made to be about a folder of lessons: it is recognized, and the history of what was moved in it follows.

`look` only reads, and is quick where nothing has changed since; `carry_out` writes, in the caller's transaction.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.learner.file import corpora
from tutor.learner.file.identity import KnownFolder, Moves, Seen, digest, lesson_of, moves_of, recognized, sketch_of
from utils.errors import InvalidFile, UsageError

if TYPE_CHECKING:
    from sqlite3 import Connection

    from tutor.corpus import corpus as lessons


@dataclass(frozen=True)
class Following:
    """What has to be done so that the records are about a folder as it is now."""

    corpus: str  # the folder's id
    known: KnownFolder | None = None  # what to remember of it; None where nothing has changed since it was last seen
    claimed: frozenset[str] = frozenset()  # lessons whose history is from before folders were told apart
    moves: Moves = field(default_factory=Moves)
    items: dict[str, Seen] = field(default_factory=dict)  # to remember, by the keys that they have now
    lessons: dict[str, tuple[str, str]] = field(default_factory=dict)  # to remember: their digests

    @property
    def changes_history(self) -> bool:
        return bool(self.claimed or self.moves)


def look(connection: Connection, folder: lessons.Corpus) -> Following:
    """What has to be done. A lesson that can't be read is let alone, until it can."""
    known = corpora.corpora_of(connection)
    place, state = digest(os.path.abspath(folder.root), 16), folder.state
    here = next((one for one in known if one.place == place), None)
    items, begun = corpora.unclaimed(connection)
    if here and state and here.seen == state and not (items or begun):
        return Following(here.corpus)
    digests = folder.digests()
    sketch = sketch_of(digests)
    corpus = recognized(known, place, sketch)
    claimed = frozenset(
        lesson
        for lesson in items.keys() | begun
        if lesson in digests and (lesson not in items or not items[lesson].isdisjoint(folder.asked_items([lesson])))
    )
    if here and here.corpus == corpus and state and here.seen == state and not claimed:
        return Following(corpus)  # what is unclaimed is about other folders
    history, past = corpora.history_of(connection, [corpus])
    if claimed:
        more, others = corpora.history_of(connection, [corpora.UNCLAIMED])
        history = {key: seen for key, seen in more.items() if lesson_of(key) in claimed} | history
        past = {lesson: digests for lesson, digests in others.items() if lesson in claimed} | past
    broken = {lesson for lesson in past if lesson in digests and not folder.is_readable(lesson)}
    seen_before = {key: seen for key, seen in history.items() if seen}

    def is_same(key: str, seen: Seen) -> bool:
        return folder.still_asks(key, seen.asked, seen.answer)

    moves = moves_of(seen_before, past, digests, folder.asked_items, is_same, broken)
    asked = folder.asked_items({*past, *moves.lessons.values(), *map(lesson_of, moves.items.values())})
    unseen = [key for key, seen in history.items() if seen is None and key in asked and key not in moves.items]
    keys = {*unseen, *moves.edited, *(key for key in moves.items.values() if key in asked)}
    return Following(
        corpus, KnownFolder(corpus, place, state, sketch), claimed, moves,
        {key: seen for key in sorted(keys) if (seen := seen_now(folder, key))},
        {lesson: digests[lesson] for lesson in {*past, *moves.lessons.values()} if lesson in digests and lesson not in broken},
    )  # fmt: skip


def carry_out(connection: Connection, following: Following, at: str) -> None:
    """Do it, within a transaction. at: the time, UTC, ISO 8601."""
    if following.known is None:
        return
    corpora.keep_corpus(connection, following.known)
    corpora.claim(connection, following.corpus, following.claimed)
    corpora.carry_out(connection, following.corpus, following.moves, at)
    for key, seen in following.items.items():
        corpora.keep_item(connection, following.corpus, key, seen)
    for lesson, digests in following.lessons.items():
        corpora.keep_lesson(connection, following.corpus, lesson, digests)


def seen_now(folder: lessons.Corpus, key: str) -> Seen | None:
    """An item of the folder as it is now; None where it has none of that key, or it can't be read."""
    try:
        texts = folder.item_texts(key)
    except (InvalidFile, UsageError):
        return None
    return Seen(*texts) if texts else None
