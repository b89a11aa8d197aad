"""Fingerprints: whether an item, or a whole corpus, still asks what it asked when a sheet was written. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, fields

from tutor.models import Item

NOT_ASKED = ("section", "hints", "explanation", "seed", "path", "line")  # fields that neither ask nor grade


def fingerprint(item: Item) -> str:
    """12 hexadecimal digits of what the item, as authored, asks and how it is graded; hints and the like don't count."""
    defaults = {field.name: field.default for field in fields(Item) if field.default is not MISSING}
    said = {name: value for name, value in asdict(item).items() if name not in NOT_ASKED}
    kept = {name: value for name, value in said.items() if name not in defaults or value != defaults[name]}
    return _digest(json.dumps(kept, sort_keys=True))  # no fields at their default, so that a new field changes nothing


def corpus_fingerprint(versions: Mapping[str, str]) -> str:
    """12 hexadecimal digits of the fingerprints of all items: where they and the seed are the same, so is the quiz."""
    return _digest("\n".join(f"{key} {version}" for key, version in sorted(versions.items())))


def versions_of(banks: Mapping[str, Sequence[Item]]) -> dict[str, str]:
    """{key: fingerprint} of all items."""
    return {item.key: fingerprint(item) for items in banks.values() for item in items}


def _digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:12]
