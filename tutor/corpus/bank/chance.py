"""Chance: the same for the same item and seed on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.models import Item

if TYPE_CHECKING:
    from random import Random


def random_of(item: Item, seed: int, purpose: str = "") -> Random:
    """The random numbers of an item's draw; those for a purpose of their own leave the others as they are."""
    from random import Random

    # Seeded by a text, which Python hashes with SHA-512: the same on every platform and with every PYTHONHASHSEED.
    return Random(":".join(filter(None, (item.key, str(seed), purpose))))
