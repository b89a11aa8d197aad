"""Which items belong to a try block of the lesson: the one that is asked before its knobs are turned, and the one after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.models import Item, Lesson
from utils.errors import InvalidFile

if TYPE_CHECKING:
    from tutor.corpus.tries import Try

FENCE = "``````"  # longer than any in the code of a block


def with_tries(items: Sequence[Item], lesson: Lesson) -> list[Item]:
    """The items of a lesson; those that a try block names know it, and have it as their figure if they have no other."""
    from tutor.corpus.tries import tries_of

    blocks: dict[str, tuple[str, bool]] = {}
    for section in lesson.sections:
        for found in tries_of(section.text):
            if one := readable_try(found.source):
                block = f"{FENCE}try\n{found.source}{FENCE}"
                named = ((one.predict, (block, False)), (one.question, (block, True)))
                blocks.update({name: told for name, told in named if name and name not in blocks})
    return [_with_block(item, *blocks[item.id]) if item.id in blocks else item for item in items]


def _with_block(item: Item, block: str, needs_try: bool) -> Item:
    return replace(item, try_block=block, needs_try=needs_try, figure_block=item.figure_block or block)


def readable_try(source: str, path: str = "") -> Try | None:
    """A try block by its YAML; None where it can't be read, of which `check` tells its author."""
    from tutor.corpus.tries import read_try

    try:
        return read_try(source, path)
    except InvalidFile:
        return None


def try_of(block: str) -> Try | None:
    """The one on a page, or in the `try_block` of an item."""
    from tutor.corpus.tries import tries_of

    found = tries_of(block)
    return readable_try(found[0].source) if found else None
