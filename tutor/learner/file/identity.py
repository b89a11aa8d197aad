"""Which folder of lessons the records are about, and where its items went when lessons were moved, renamed or edited. Pure.

A folder is known by what its lessons hold, wherever it stands; an item by its id and by its print: what it asks and what
answers it (corpus.bank.prints). What was last seen of them stands in the records; nothing is written into the folder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from utils.text import plural

SKETCH = 512  # marks kept of a folder; of a larger one these are a sample by which two can still be compared
SAME = 0.5  # the share of their marks that two folders have in common, at least, to be one that was moved
RETIRED = "@"  # between an item's key and the print of what it asked once, when its answer was another one


class Seen(NamedTuple):
    """An item as it was last seen: its print, what it asks and what answers it, as text."""

    print: str
    asked: str
    answer: str


class KnownFolder(NamedTuple):
    """A folder as the records know it."""

    corpus: str  # its id
    place: str  # digest of the path where it was seen last
    seen: str  # its state then
    sketch: tuple[str, ...]  # its marks then


@dataclass
class Moves:
    """What became of the items that somebody has a history with."""

    lessons: dict[str, str] = field(default_factory=dict)  # renamed or moved as a whole: its id before -> its id now
    items: dict[str, str] = field(default_factory=dict)  # key before -> key now, those of such lessons too
    anew: list[str] = field(default_factory=list)  # keys of items that ask something else now, or have another answer
    edited: list[str] = field(default_factory=list)  # keys of items that were edited and ask the same

    def __bool__(self) -> bool:
        return bool(self.lessons or self.items)

    def told(self) -> str:
        """One line for the learner; "" where nothing is to be told."""
        parts = []
        if len(self.lessons) == 1:
            ((was, now),) = self.lessons.items()
            parts.append(f"{was} is called {now} now; your history went with it")
        elif self.lessons:
            parts.append(f"{plural(len(self.lessons), 'lesson')} have other names now; your history went with them")
        if self.anew:
            asked = "asks something else now and is" if len(self.anew) == 1 else "ask something else now and are"
            parts.append(f"{plural(len(self.anew), 'question')} {asked} asked anew")
        return (
            "; ".join(parts) + (" (`topics --moved` lists them)." if len(self.lessons) > 1 or self.anew else ".") if parts else ""
        )


# -------------------------------------------------------------------------------------------------- folders


def sketch_of(digests: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """The marks of a folder: of each lesson's id, text and outline; sorted, at most SKETCH of them. digests: of the lessons."""
    marks = {mark for lesson, (text, outline) in digests.items() for mark in (f"n{lesson}", f"t{text}", f"h{outline}")}
    return tuple(sorted(digest(mark) for mark in marks)[:SKETCH])


def shared_marks(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of the marks of two folders that both have, 0..1, estimated from their sketches."""
    sample = sorted({*one, *other})[:SKETCH]
    both = {*one} & {*other}
    return sum(mark in both for mark in sample) / len(sample) if sample else 0.0


def recognized(known: Iterable[KnownFolder], place: str, sketch: Sequence[str]) -> str:
    """The id of the folder at a place: one that is known already, here or elsewhere, else a new one, of its content."""
    likeness = {one.corpus: shared_marks(one.sketch, sketch) for one in known}
    best = max(likeness, key=lambda corpus: likeness[corpus], default="")
    if best and likeness[best] > SAME:
        return best
    here = next((one.corpus for one in known if one.place == place and likeness[one.corpus]), "")
    return here or digest("\n".join(sketch), 12)


def digest(text: str, digits: int = 8) -> str:
    """Hexadecimal digits of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=digits // 2).hexdigest()


# ---------------------------------------------------------------------------------------------------- items


def moves_of(
    history: Mapping[str, Seen], lessons: Mapping[str, tuple[str, str]], folder: Mapping[str, tuple[str, str]],
    asked: Callable[[Collection[str]], Mapping[str, str]], is_same: Callable[[str, Seen], bool], broken: Collection[str] = (),
) -> Moves:  # fmt: skip
    """What became of the items and lessons that somebody has a history with.

    history: key -> the item as last seen. lessons: those with a history -> their digests when last seen. folder: all
    lessons that are there -> their digests. asked: for some lessons, key -> print of their items. is_same: whether the item
    that has a key now asks what it asked when it was last seen. broken: lessons that can't be read now, and are let alone.
    """
    found = Moves()
    here = asked([lesson for lesson in lessons if lesson in folder])
    missing: dict[str, Seen] = {}
    for key, seen in history.items():
        if lesson_of(key) in broken:
            continue
        if key not in here:
            missing[key] = seen
        elif here[key] != seen.print:
            if is_same(key, seen):
                found.edited.append(key)
            else:
                missing[key] = seen
    lost = [lesson for lesson in lessons if lesson not in folder and lesson not in broken]
    if not missing and not lost:
        return found
    everywhere = asked(list(folder))
    taken = {key for key in history if key not in missing}
    free = {key: mark for key, mark in everywhere.items() if key not in taken}
    _match_items(found, missing, free, is_same)
    _match_lessons(found, lost, lessons, folder, everywhere, free, missing, is_same)
    for key in missing:
        if key not in found.items and key in here:  # something else is asked under its name
            found.items[key] = f"{key}{RETIRED}{missing[key].print}"
            found.anew.append(key)
    return found


def _match_items(found: Moves, missing: Mapping[str, Seen], free: dict[str, str], is_same: Callable[[str, Seen], bool]) -> None:
    """Find the items again by id and print, then by print alone where only one has it, then by id where it was edited, too."""
    by_print: dict[str, list[str]] = defaultdict(list)
    by_id: dict[str, list[str]] = defaultdict(list)
    for key, mark in free.items():
        by_print[mark].append(key)
        by_id[id_of(key)].append(key)
    for key, seen in missing.items():
        same_print = [other for other in by_print[seen.print] if other in free]
        same_both = [other for other in same_print if id_of(other) == id_of(key)]
        nearest = sorted(same_both, key=lambda other: (lesson_of(other) != lesson_of(key), other))
        now = nearest[0] if nearest else same_print[0] if len(same_print) == 1 else ""
        if not now:
            others = [other for other in by_id[id_of(key)] if other in free and lesson_of(other) != lesson_of(key)]
            now = next((other for other in others if is_same(other, seen)), "")
        if now:
            found.items[key] = now
            del free[now]


def _match_lessons(
    found: Moves, lost: Iterable[str], lessons: Mapping[str, tuple[str, str]], folder: Mapping[str, tuple[str, str]],
    asked: Collection[str], free: Collection[str], missing: Mapping[str, Seen], is_same: Callable[[str, Seen], bool],
) -> None:  # fmt: skip
    """Find the lessons again: where most of their items went, else by their text, else by title and headings."""
    went: dict[str, Counter[str]] = defaultdict(Counter)
    for was, now in found.items.items():
        went[lesson_of(was)][lesson_of(now)] += 1
    new = {lesson: digests for lesson, digests in folder.items() if lesson not in lessons}
    for lesson in lost:
        now = next((target for target, _ in went[lesson].most_common(1) if target in new), "")
        for part in (0, 1):
            now = now or next((other for other, digests in new.items() if digests[part] == lessons[lesson][part] != ""), "")
        if not now:
            continue
        found.lessons[lesson] = now
        del new[now]
        for key, seen in missing.items():  # edited at the same time, or gone: the history stays with the lesson
            if lesson_of(key) == lesson and key not in found.items:
                target = f"{now}:{key.partition(':')[2]}"
                other = target in asked and not is_same(target, seen)
                found.items[key] = f"{target}{RETIRED}{seen.print}" if other else target
                if other and target in free:
                    found.anew.append(target)


def lesson_of(key: str) -> str:
    """The lesson of an item's key."""
    return key.partition(":")[0]


def id_of(key: str) -> str:
    """The id that an item's author gave it."""
    return key.partition(":")[2].partition(RETIRED)[0]
