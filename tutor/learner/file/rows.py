"""Rows of the records as our types, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from tutor.models import Attempt, Card, Grade, Met, Place, Round
from utils import strict_json
from utils.files import LIMIT_BYTES
from utils.times import moment_of

if TYPE_CHECKING:
    from sqlite3 import Row

T = TypeVar("T")
TEXTS = ("item", "section", "lesson", "answer", "grade", "at", "mode", "session")  # the columns of an attempt that need one
NAMES: dict[Any, frozenset[str]] = {
    kind: frozenset(field.name for field in fields(kind)) for kind in (Card, Grade, Met, Place, Round)
}


def attempt_of(row: Row | Mapping[str, Any]) -> Attempt:
    """The attempt of a row. Raises ValueError, TypeError, LookupError or AttributeError for one that is not valid."""
    if not all(isinstance(row[name], str) for name in TEXTS):
        raise ValueError(f"expected texts in {', '.join(TEXTS)}")
    moment_of(row["at"])
    return Attempt(
        item=row["item"], section=row["section"], answer=row["answer"], grade=grade_from_json(row["grade"]),
        at=row["at"], mode=row["mode"], seed=row["seed"], draw=row["draw"], hints=row["hints"], shown=bool(row["shown"]),
        session=row["session"], id=row["id"],
        confidence=row["confidence"], due=row["due"], help=row["help"], predicted=row["predicted"],
    )  # fmt: skip


def attempts_of(rows: Iterable[Row]) -> list[Attempt]:
    """The attempts of those rows that are valid."""
    found = []
    for row in rows:
        with suppress(ValueError, TypeError, LookupError, AttributeError):
            found.append(attempt_of(row))
    return found


def card_from_json(text: str) -> Card:
    """A Card from `to_json`, that FSRS can compute with. Raises as `attempt_of`."""
    card = _build(Card, from_json(text))
    moment_of(card.due)
    _refuse_impossible_memory(card.memory)
    return card


def grade_from_json(text: str) -> Grade:
    """A Grade from `_to_json`. Fields that a newer version added are ignored, missing ones take their default."""
    values = from_json(text)
    values["met"] = tuple(_build(Met, met) for met in values.get("met", ()))
    values["missed"] = tuple(values.get("missed", ()))
    return _build(Grade, values)


def place_from_json(text: str) -> Place:
    """Like grade_from_json, for a Place and the Round in it."""
    values = from_json(text)
    if values.get("round"):
        credited = values["round"].get("met", ())
        values["round"] = _build(Round, {**values["round"], "met": [_build(Met, met) for met in credited]})
    return _build(Place, values)


def _build(kind: type[T], values: dict[str, Any]) -> T:
    known = NAMES[kind]
    return kind(**{name: value for name, value in values.items() if name in known})


def _refuse_impossible_memory(text: str) -> None:
    """Raises ValueError, TypeError or KeyError for what FSRS could not compute with."""
    memory = from_json(text)
    for name in ("due", "last_review"):
        if memory[name] is not None:
            moment_of(memory[name])
    for name in ("stability", "difficulty"):
        if not isinstance(memory[name], (int, float, type(None))):
            raise ValueError(f"found {name} as {type(memory[name]).__name__}, expected a number")


def from_json(text: str) -> Any:
    return strict_json.load(text, LIMIT_BYTES)


def to_json(value: Grade | Card | Place) -> str:
    return json.dumps(asdict(value))  # ASCII only, so a lone surrogate from a terminal survives


def storable(text: str) -> str:
    """Valid UTF-8, which SQLite requires; bytes that a terminal sent in another encoding are kept as "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")
