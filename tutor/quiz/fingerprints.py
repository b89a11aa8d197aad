"""Fingerprints: whether an item, or a whole corpus, still asks what it asked when a sheet was written. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any

from tutor.models import Item

VERSIONS = 3  # the ways in which fingerprints were made; a sheet names its own, and one that doesn't has the first
ORDERED = 2  # the last way for which options in another order were another question


def fingerprint(item: Item, versions: int = VERSIONS) -> str:
    """12 hexadecimal digits of what the item, as authored, asks and draws.

    How free text is graded does not count, nor do hints and explanation: a rubric, references and further words for a blank
    may grow while a sheet is out. Nor does the order of options, but before the third version. A field that is added later
    belongs in here only where an item sets it. versions: the way in which it is made.
    """
    if versions == 1:
        return first_fingerprint(item)
    return _digest(json.dumps(_asked(item, versions), sort_keys=True))


def _asked(item: Item, versions: int) -> dict[str, Any]:
    options = [(option.text, option.right) for option in item.options]
    return {
        "id": item.key, "kind": item.kind, "question": item.question, "unit": item.unit,
        "options": sorted(options) if versions > ORDERED else options, "credit": item.credit,
        "answer": item.answer, "answer_expression": item.answer_expression, "expression": item.expression,
        "tolerance": item.tolerance, "relative": item.relative,
        "blanks": [blank.accepted[0] for blank in item.blanks], "steps": item.steps,
        "variables": [(variable.name, variable.values) for variable in item.variables], "where": item.where,
        **({"any_order": item.any_order} if item.any_order else {}),
        **({"starter": item.starter, "tests": [astuple(test)[:4] for test in item.tests]} if item.tests else {}),
        **({"code": item.code, "prints": [item.output, *item.outputs]} if item.code else {}),
        **({"changes": item.changes} if item.changes else {}),
        **({"lines": [(_asked(line.item, versions), line.name, line.when) for line in item.lines]} if item.lines else {}),
    }  # fmt: skip


# What the first version's fingerprints were made of, with its defaults, and the fields of what an item holds.
FIRST_FIELDS: dict[str, Any] = {
    "id": None, "lesson": None, "kind": None, "question": None, "wrong": (), "options": (), "credit": "all", "answer": None,
    "answer_expression": "", "tolerance": 0.0, "relative": False, "unit": "", "rubric": (), "references": (),
    "expression": "", "blanks": (), "steps": (), "variables": (), "where": "", "made": False,
}  # fmt: skip
FIRST_PARTS = {
    "wrong": ("answer", "misconception", "reply"), "options": ("text", "right", "misconception", "reply"),
    "rubric": ("text", "also"), "blanks": ("accepted",), "variables": ("name", "values"),
}  # fmt: skip


def first_fingerprint(item: Item) -> str:
    """The fingerprint that the first version gave an item: of all that it asks and is graded by."""
    said = asdict(item)
    kept = {name: said[name] for name, default in FIRST_FIELDS.items() if said[name] != default}
    for name, parts in FIRST_PARTS.items():
        if name in kept:
            kept[name] = [{part: one[part] for part in parts} for one in kept[name]]
    return _digest(json.dumps(kept, sort_keys=True))


def corpus_fingerprint(versions: Mapping[str, str]) -> str:
    """12 hexadecimal digits of the fingerprints of all items: where they and the seed are the same, so is the quiz."""
    return _digest("\n".join(f"{key} {version}" for key, version in sorted(versions.items())))


def answers_fingerprint(answers: Iterable[tuple[str, str, str]]) -> str:
    """12 hexadecimal digits of (key, version, answer as written) of each item of a filled sheet."""
    return _digest(json.dumps(list(answers)))


def versions_of(banks: Mapping[str, Sequence[Item]]) -> dict[str, str]:
    """{key: fingerprint} of all items."""
    return {item.key: fingerprint(item) for items in banks.values() for item in items}


def _digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:12]
