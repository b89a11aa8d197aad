"""Reading an export of records: every byte of it is checked before anything is changed."""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union, get_args, get_origin, get_type_hints

from tutor.learner.copies.exporting import FORMAT, SEEN, VERSION, is_portable
from tutor.learner.memory.scheduling import DEFAULTS, with_fitted
from tutor.models import Card, Evidence, Grade, Place
from utils import files, strict_json
from utils.errors import InvalidFile
from utils.text import shorten
from utils.times import moment_of, utc

UID = re.compile(r"[0-9A-Za-z_-]{1,64}")
CORPUS = re.compile(r"[0-9a-f]{0,64}")
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOST_CHARACTERS = 1000  # of a name
MOST_MARKS = 10_000  # of a folder
MOST_WHOLE = 2**63 - 1  # that SQLite can hold
Row = dict[str, Any]


@dataclass
class Export:
    """What an export holds, checked: rows as the tables have them, but for `attempt`, which is a uid here."""

    corpora: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    appeals: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    cards: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    settings: list[Row] = field(default_factory=list)
    parameters: tuple[float, ...] = ()  # of FSRS, that its cards were made with; () for the published ones


def read_export(path: str) -> Export:
    """The export in a file. Raises UsageError where it can't be read, InvalidFile with the line for what is not valid."""
    shown, found, uids = files.shown_path(path), Export(), set()
    homes = {
        "corpus": found.corpora, "attempt": found.attempts, "appeal": found.appeals, "evidence": found.evidence,
        "card": found.cards, "place": found.places, "setting": found.settings,
    }  # fmt: skip
    number, ended = 0, False
    for number, text in files.exact_lines_of(path, files.LIMIT_BYTES):
        try:
            line = _object(text)
            if ended:
                raise ValueError('found a line after the last one, {"type": "end"}, expected none; copy the file again')
            if number == 1:
                _check_head(line)
                found.parameters = _parameters(line.get("parameters"))
                continue
            kind = line.get("type")
            if kind == "end":
                if line.get("lines") != number - 1:
                    raise ValueError(f"found {number - 1} lines before the last one, expected {line.get('lines')}; "
                                     "lines are missing: copy the file again")  # fmt: skip
                ended = True
                continue
            if not isinstance(kind, str) or kind not in homes:
                raise ValueError(f"found a line of type {_shown(kind)}, expected one of {', '.join([*homes, 'end'])}")
            row = READERS[kind](line)
            if kind == "attempt":
                uids.add(row["uid"])
            elif row.get("attempt") is not None and row["attempt"] not in uids:
                raise ValueError(f'found "attempt" {_shown(row["attempt"])}, expected the uid of an attempt on a line above')
            homes[kind].append(row)
        except ValueError as error:
            raise InvalidFile(shown, number, f"{error}. Nothing was imported") from None
    if not number:
        raise InvalidFile(shown, 1, "found an empty file, expected an export; make one with records export FILE")
    if not ended:
        raise InvalidFile(shown, number, f"found the end of the file after {number} lines, expected a last one of type end; the "
                                         "file was cut: copy it again. Nothing was imported")  # fmt: skip
    return found


def _object(text: str) -> Row:
    try:
        line = strict_json.load(text, files.LIMIT_BYTES)
    except strict_json.JSONFault as fault:
        raise ValueError(f"{fault}, expected one object on the line; give a file that records export wrote") from None
    if not isinstance(line, dict):
        raise ValueError(f"found {_shown(line)}, expected one object on the line; give a file that records export wrote")
    return line


def _check_head(line: Row) -> None:
    if line.get("format") != FORMAT:
        raise ValueError(
            f'found no "format": "{FORMAT}", expected the first line of an export; give a file that records export wrote'
        )
    version = line.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError(f'found "version": {_shown(version)}, expected a whole number from 1 on')
    if version > VERSION:
        raise ValueError(f"found version {version} of the format, expected at most {VERSION}; update ptutor on this computer")


def _parameters(given: Any) -> tuple[float, ...]:
    return with_fitted(DEFAULTS, {"parameters": given}).parameters if given else ()


# ------------------------------------------------------------------------------------------------- fields


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value.encode("utf-8", "replace").decode("utf-8")


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS or CONTROL.search(value):
        raise ValueError(f"expected a name of at most {MOST_CHARACTERS} characters, all of them printable")
    return value


def _key(value: Any) -> str:
    if ":" not in _name(value) or value.startswith(":"):
        raise ValueError("expected an item as lesson:id")
    return value


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"expected {what}")
        return value

    return read


def _moment(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a time such as 2026-03-01T09:30:00.000Z")
    moment = moment_of(value)
    return value if utc(moment, "seconds") == value else utc(moment)


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return value

    return read


def _chance(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError("expected a number from 0 to 1")
    return float(value)


def _one_of(*values: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in values:
            raise ValueError(f"expected one of {', '.join(values)}")
        return value

    return read


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _json(kind: type) -> Callable[[Any], str]:
    """Reads an object as one of our types; gives it as the tables keep it."""
    return lambda value: json.dumps(dataclasses.asdict(_typed(kind, value)))


def _sketch(value: Any) -> list[str]:
    if (
        not isinstance(value, list)
        or len(value) > MOST_MARKS
        or not all(isinstance(one, str) and CORPUS.fullmatch(one) for one in value)
    ):
        raise ValueError(f"expected a list of at most {MOST_MARKS:,} marks in hexadecimal digits")
    return value


def _seen(count: int) -> Callable[[Any], Row]:
    """Reads what lessons or items were when they were last seen: so many texts of each."""

    def read(value: Any) -> Row:
        if not isinstance(value, dict) or not all(isinstance(one, list) and len(one) == count for one in value.values()):
            raise ValueError(f"expected an object with {count} texts for each name")
        return {_name(key): [_text(text) for text in one] for key, one in value.items()}

    return read


def _card(value: Any) -> str:
    from fsrs import Card as Memory

    card = _typed(Card, value)
    memory = strict_json.load(card.memory, files.LIMIT_BYTES)
    for name in ("stability", "difficulty"):
        if not isinstance(memory[name], (int, float, type(None))):
            raise ValueError(f"expected {name} as a number")
    for name in ("due", "last_review"):
        if memory[name] is not None:
            moment_of(memory[name])
    Memory.from_json(card.memory)
    moment_of(card.due)
    _key(card.item)
    return json.dumps(dataclasses.asdict(card))


def _typed(hint: Any, value: Any) -> Any:
    """A JSON value as a type says, with the objects in it. Fields that a newer version added are passed over."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _typed(inner[0], value)
    if origin in (list, tuple) and isinstance(value, list):
        return origin(_typed(inner[0], one) for one in value)
    if origin is dict and isinstance(value, dict):
        return {name: _typed(inner[1], one) for name, one in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = get_type_hints(hint)
        given = {name: _typed(hints[name], value[name]) for one in dataclasses.fields(hint) if (name := one.name) in value}
        needed = [one.name for one in dataclasses.fields(hint) if one.default is one.default_factory is dataclasses.MISSING]
        if missing := [name for name in needed if name not in given]:
            raise ValueError(f'expected "{missing[0]}" in it')
        return hint(**given)  # type: ignore[operator]
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MOST_WHOLE:
        return value
    if hint is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_WHOLE:
        return value
    if hint in (str, bool) and isinstance(value, hint):
        return value
    raise ValueError(f"expected {getattr(hint, '__name__', hint)} where it has {_shown(value)}")


@dataclass(frozen=True)
class Field:
    """How a field of a line is read, and what it is where the line has none."""

    read: Callable[[Any], Any]
    default: Any = ...


FIELDS: dict[str, dict[str, Field]] = {
    "corpus": {"corpus": Field(_matching(CORPUS, "hexadecimal digits")), "sketch": Field(_sketch),
               **{table: Field(_seen(len(columns) - 1), {}) for table, columns in SEEN.items()}},
    "attempt": {
        "uid": Field(_matching(UID, "1 to 64 letters and digits")),
        "session": Field(_name), "item": Field(_key), "section": Field(_name), "lesson": Field(_name),
        "answer": Field(_text), "grade": Field(_json(Grade)), "shown": Field(_whole(0, 1)), "hints": Field(_whole(0, 10**6)),
        "seed": Field(_optional(_whole(-MOST_WHOLE, MOST_WHOLE)), None), "mode": Field(_name), "at": Field(_moment),
        "confidence": Field(_optional(_whole(1, 3)), None), "due": Field(_optional(_moment), None),
        "help": Field(_whole(0, 5), 0), "draw": Field(_whole(1, 10**6), 1), "predicted": Field(_optional(_chance), None),
        "corpus": Field(_matching(CORPUS, "hexadecimal digits"), ""),
    },
    "appeal": {"attempt": Field(_text), "grade": Field(_json(Grade)), "at": Field(_moment)},
    "evidence": {
        "attempt": Field(_text), "misconception": Field(_name), "kind": Field(_one_of(Evidence.SHOWN, Evidence.RESOLVED)),
    },
    "card": {
        "corpus": Field(_matching(CORPUS, "hexadecimal digits"), ""), "card": Field(_card),
        "attempt": Field(_optional(_text), None), "before": Field(_optional(_card), None),
    },
    "place": {
        "corpus": Field(_matching(CORPUS, "hexadecimal digits"), ""), "place": Field(_json(Place)), "at": Field(_moment),
    },
    "setting": {"key": Field(_name), "value": Field(json.dumps)},
}  # fmt: skip


def _row(kind: str, line: Mapping[str, Any]) -> Row:
    row = {}
    for name, one in FIELDS[kind].items():
        if name in line:
            try:
                row[name] = one.read(line[name])
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                raise ValueError(f'found "{name}": {_shown(line[name])}, {_expected(error)}') from None
        elif one.default is ...:
            raise ValueError(f'found no "{name}" on a line of type {kind}, expected one')
        else:
            row[name] = one.default
    return row


def _expected(error: Exception) -> str:
    return str(error) if "expected" in str(error) else "expected what records export writes"


def _shown(value: Any) -> str:
    return shorten(strict_json.dump(strict_json.with_valid_texts(value)), 60)


def _attempt_row(line: Row) -> Row:
    row, grade = _row("attempt", line), json.loads
    given = grade(row["grade"])
    if not 0 <= given["score"] <= 1:
        raise ValueError(f'found "score": {_shown(given["score"])}, expected a number from 0 to 1')
    return row


def _card_row(line: Row) -> Row:
    row = _row("card", line)
    return {**row, "item": json.loads(row["card"])["item"]}


def _place_row(line: Row) -> Row:
    row = _row("place", line)
    return {**row, "lesson": _name(json.loads(row["place"])["lesson"])}


def _setting_row(line: Row) -> Row:
    row = _row("setting", line)
    if not is_portable(row["key"]):
        raise ValueError(f"found the setting {_shown(row['key'])}, expected one that records export writes")
    return row


READERS: dict[str, Callable[[Row], Row]] = {
    "corpus": lambda line: _row("corpus", line),
    "attempt": _attempt_row, "card": _card_row, "place": _place_row, "setting": _setting_row,
    "appeal": lambda line: _row("appeal", line), "evidence": lambda line: _row("evidence", line),
}  # fmt: skip
