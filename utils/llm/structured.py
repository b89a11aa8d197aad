"""Structured replies: the one JSON document that a model wrote, and its fields as the types that were asked for.

Strict first: exactly one document, no key twice, and we never search for it in prose. Only a document that is
mechanically broken (a trailing comma, a missing quote) is repaired, by json-repair.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from utils import strict_json
from utils.errors import ModelError

FENCED = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*(?:json|JSON)?[ \t]*\n(.*?)\n[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
T = TypeVar("T")
QUOTE = 120  # characters of a reply that an error quotes


@dataclass(frozen=True)
class Prompt(Generic[T]):
    """What to ask and how to read the reply. `parse` and `schema` are for structured replies only."""

    purpose: str  # in the log of calls: "explain", "grade"
    messages: tuple[dict[str, str], ...]
    shorter: tuple[dict[str, str], ...] | None = None  # the same with less of the lesson
    schema: Mapping | None = None
    parse: Callable[[Any], T] = lambda document: document


def document(reply: str) -> Any:
    """The JSON value in a reply: the whole reply, or its only fenced block. Raises ModelError that quotes the reply."""
    return strict_json.with_valid_texts(_document(reply))


def _document(reply: str) -> Any:
    text = reply.strip().removeprefix("\ufeff")
    if not text.startswith(("{", "[")):
        blocks = FENCED.findall(text)
        if len(blocks) != 1:
            found = "no JSON document" if not blocks else f"{len(blocks)} fenced blocks"
            raise ModelError(f"found {found}, expected exactly one JSON document: {_quoted(reply)}")
        text = blocks[0][1].strip()
    try:
        return strict_json.load(text, strict_json.REPLY_BYTES, _unique_keys)
    except strict_json.JSONFault as fault:
        if not isinstance(fault.__cause__, json.JSONDecodeError):
            raise ModelError(f"{fault}: {_quoted(reply)}") from None
        if fault.__cause__.msg == "Extra data":
            raise ModelError(f"found more after the JSON document, expected one document only: {_quoted(reply)}") from None
        return _repaired(text, reply)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ModelError(f'found the key "{double}" twice in one object, expected it once.')
    return found


def _repaired(text: str, reply: str) -> Any:
    import json_repair

    if not text.rstrip().endswith(("}", "]")):  # cut off, not broken: we can't guess what is missing
        raise ModelError(f"found a JSON document that does not end: {_quoted(reply)}")
    try:
        repaired = strict_json.load(json_repair.repair_json(text), strict_json.REPLY_BYTES)
    except (ValueError, RecursionError):
        repaired = None
    if not isinstance(repaired, (dict, list)) or not repaired:
        raise ModelError(f"found broken JSON: {_quoted(reply)}")
    return repaired


def _quoted(reply: str) -> str:
    text = " ".join(reply.split())
    return f"“{text[:QUOTE]}{'…' if len(text) > QUOTE else ''}”"


# -------------------------------------------------------------------------------------------------- fields


def field(data: Any, name: str, kind: type | tuple[type, ...], expected: str) -> Any:
    """A field of an object, checked for its type. Raises ModelError with found and expected, which the model gets to see."""
    if not isinstance(data, dict):
        raise ModelError(f'found {kind_in_words(data)}, expected an object with "{name}".')
    if name not in data:
        raise ModelError(f'found no field "{name}", expected {expected}.')
    value = data[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ModelError(f'found {kind_in_words(value)} as "{name}", expected {expected}.')
    return value


def kind_in_words(value: Any) -> str:
    """What a value of a document is, as a person would call it."""
    names: dict[type, str] = {type(None): "null", str: "text", list: "a list", dict: "an object"}
    return str(value).lower() if isinstance(value, bool) else names.get(type(value), "a number")


def one_of(value: str, name: str, allowed: Iterable[str]) -> str:
    """What is wrong with a field that must have one of these values, as `found X, expected Y`; "" where nothing is."""
    return "" if value in (names := tuple(allowed)) else f'found "{value:.40}" as "{name}", expected one of {", ".join(names)}'


def entries(data: Any, name: str, read: Callable[[Any], Any], expected: str) -> list:
    """A list field, with each entry read by a function."""
    return [read(entry) for entry in field(data, name, list, expected)]
