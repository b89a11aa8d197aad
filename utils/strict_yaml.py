"""YAML without its surprises: plain text in, dicts, lists and scalars out, each value knowing its line.

We read only what a lesson, a bank or a script needs. Everything by which YAML can run code, grow without bound or
silently mean something else (aliases, tags, merge keys, duplicate keys, `1:20:30`, `010`, `no`) is either refused with
its line or read as the text it looks like. Values are built from the parser's events one by one, so that a hostile file is
refused before anything large exists: https://yaml.org/spec/1.2.2/#chapter-6-structural-productions
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from utils.errors import InvalidFile
from utils.text import shorten

MAX_CHARACTERS = 5_000_000  # as many as bytes in a document; see files.LIMIT_BYTES
MAX_DEPTH = 40
MAX_VALUES = 50_000  # keys, scalars, lists and maps together; a bank of 200 items has about 10,000

NULLS = {"", "~", "null", "Null", "NULL"}
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# Nothing with leading zeros, 0x, 0o, underscores or colons is a number: what looks like a code or a time stays text.
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,299})")
FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,299})?(\.[0-9]{0,299})?([eE][-+]?[0-9]{1,4})?")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# What was found, what was expected and what to do. We choose one by looking at the text where the parser stopped, never by the
# parser's messages, which differ between its C and Python versions and between releases.
SECOND_COLON = (
    'found ": " inside a text without quotes, '
    'expected one "key: value" on a line; put the text in quotes, or check the indentation'
)
TAB = "found a tab, expected spaces; indent with spaces"
NO_FIELD = (
    "found a line that is not a field, "
    'expected "key: value"; add the colon and a space, or indent the line as part of the text above'
)
STRAY_FIELD = (
    "found a line that does not fit the fields around it, "
    "expected fields at one indentation; align it with its neighbours, or quote a text that goes on after its closing quote"
)
STRAY_ENTRY = (
    'found a line that does not fit the list around it, expected entries "- " at one indentation; align it with its neighbours'
)
QUOTES = (
    "found a text in quotes that never ends or holds an unknown escape, "
    "expected the closing quote; close it, or use single quotes where there are backslashes"
)
BRACKETS = (
    "found a [ or { that is not closed properly, "
    "expected a comma between its parts, and ] or } at the end; close it, or quote a text that begins with [ or {"
)
RESERVED = (
    "found a text that begins with a character that YAML reserves (@ ` %), "
    "expected a plain or quoted text; put the text in quotes"
)
STARRED = "found a text that begins with * or &, expected a plain or quoted text; put the text in quotes"
TAGGED = "found a tag (!), expected a plain value; remove the tag, or put the text in quotes"
TEXT_BLOCK = (
    "found a text block (| or >) that does not begin properly, "
    "expected | or > alone at the end of the line; indent the text block evenly"
)
STRAY_BRACKET = (
    "found text that is not YAML (a ] or } that nothing opened), expected plain text or fields; remove it, or quote it"
)
NO_YAML = (
    'found text that is not YAML, expected fields "key: value" and lists "- entry"; put texts with special characters in quotes'
)
BEGINNINGS = {
    '"': QUOTES, "'": QUOTES, "[": BRACKETS, "{": BRACKETS, "@": RESERVED, "`": RESERVED, "%": RESERVED, "*": STARRED,
    "&": STARRED, "!": TAGGED, "|": TEXT_BLOCK, ">": TEXT_BLOCK, "\t": TAB,
}  # fmt: skip
# libyaml looks ahead over nested brackets and may give up before the builder has counted them.
DEEP_BRACKETS = re.compile(rf"(?:[\[{{][ \t]*){{{MAX_DEPTH + 1}}}")
TOO_DEEP = f"found values nested more than {MAX_DEPTH} deep, expected a flat file; check the indentation and the brackets"


class LinedDict(dict[str, Any]):
    """A dict that knows the line on which it begins (`line`) and that of each key (`lines`)."""

    line = 0

    def __init__(self, line: int = 0):
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class LinedList(list[Any]):
    """A list that knows the line on which it begins (`line`) and that of each entry (`lines`)."""

    line = 0

    def __init__(self, line: int = 0):
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def line_of(container: Any, key_or_index: str | int | None = None) -> int:
    """The 1-based line of a key or an entry, else the line on which the container itself begins.

    0 for values that did not come from `load`; an InvalidFile then names the file only.
    """
    lines = getattr(container, "lines", None)
    if isinstance(lines, dict) and key_or_index in lines:
        return lines[key_or_index]
    if isinstance(lines, list) and isinstance(key_or_index, int) and -len(lines) <= key_or_index < len(lines):
        return lines[key_or_index]
    return getattr(container, "line", 0)


def load(text: str, path: str, first_line: int = 1) -> Any:
    """The one YAML document in `text` as dict, list, str, int, float, bool or None.

    first_line: the line of the file on which `text` begins (front matter begins on line 2). Dicts and lists know their
    lines, see `line_of`. Only `true` and `false` are booleans; dates, times, codes and `yes` stay text. An empty text
    gives None. Raises InvalidFile with what was found, what was expected and what to do.
    """
    import yaml

    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise InvalidFile(
            path, first_line, f"found {len(text):,} characters of YAML, expected at most {MAX_CHARACTERS:,}; split the file"
        )
    unreadable = CONTROL.search(text)
    if unreadable:
        raise InvalidFile(path, first_line + text.count("\n", 0, unreadable.start()), _control_character(unreadable[0]))
    # The C parser is ten times faster and comes with every wheel; the Python one gives the same events.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return _Builder(path, first_line).build(yaml.parse(text, loader))
    except yaml.MarkedYAMLError as error:
        line, message = _explain(error, text)
        raise InvalidFile(path, first_line + line, message) from None
    except yaml.YAMLError as error:
        raise InvalidFile(
            path,
            first_line,
            f"found text that is not YAML ({' '.join(str(error).split())}), expected UTF-8 text; save the file as UTF-8",
        ) from None


def scalars_as_written(text: str) -> dict[tuple[str | int, ...], str]:
    """The scalars as they are written, `0.40` and not 0.4, by their place in the document: ("steps", 2, "answer").

    text: one that `load` has accepted, so without aliases, tags and duplicate keys.
    """
    import yaml

    written: dict[tuple[str | int, ...], str] = {}

    def visit(node: Any, place: tuple[str | int, ...]) -> None:
        if isinstance(node, yaml.ScalarNode):
            written[place] = node.value
        elif isinstance(node, yaml.SequenceNode):
            for index, inner in enumerate(node.value):
                visit(inner, (*place, index))
        else:
            for key, value in node.value:
                visit(value, (*place, key.value))

    visit(yaml.compose(text.removeprefix("\ufeff"), getattr(yaml, "CBaseLoader", yaml.BaseLoader)), ())
    return written


def end_of(text: str, *place: str | int) -> int:
    """Where the scalar at a place ends, in characters from the beginning: end_of(text, "items", 0, "id"). text: as above."""
    import yaml

    node: Any = yaml.compose(text.removeprefix("\ufeff"), getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    for step in place:
        node = node.value[step] if isinstance(step, int) else next(value for key, value in node.value if key.value == step)
    return node.end_mark.index + text.startswith("\ufeff")


class _Builder:
    """Builds values from parser events, and refuses the first event that a strict file must not contain."""

    def __init__(self, path: str, first_line: int):
        self.path, self.first_line = path, first_line
        self.open: list[LinedDict | LinedList] = []  # containers from the outermost to the innermost
        self.keys: list[str | None] = []  # for each of them: the key whose value comes next, None if a key comes next
        self.root: Any = None
        self.documents = self.values = 0

    def build(self, events: Iterable[Any]) -> Any:
        import yaml

        for event in events:
            line = self.first_line + event.start_mark.line
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self.refuse(
                        line, "found a second YAML document (---), expected one in a file; remove the --- line or make two files"
                    )
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self.open.pop()
                self.keys.pop()
            elif isinstance(event, yaml.NodeEvent):
                self.take(event, line)
        return self.root

    def take(self, event: Any, line: int) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self.refuse(
                line,
                f"found the alias *{event.anchor}, expected a value; write the value out, or quote a text that begins with *",
            )
        if event.anchor is not None:
            self.refuse(
                line, f"found the anchor &{event.anchor}, expected a value; remove it, or quote a text that begins with &"
            )
        if event.tag is not None:
            self.refuse(
                line,
                f"found the tag {shorten(event.tag)}, expected a plain value; remove the tag, or quote a text that begins with !",
            )
        self.values += 1
        if self.values > MAX_VALUES:
            self.refuse(line, f"found more than {MAX_VALUES:,} values, expected fewer; split the file")
        if isinstance(event, yaml.ScalarEvent):
            unreadable = CONTROL.search(event.value)
            if unreadable:
                self.refuse(line, _control_character(unreadable[0]))
            plain = event.implicit[0]  # without quotes, so it may be a number
            self.put(_scalar(event.value) if plain else event.value, line, event.value if plain else None)
        else:
            container = LinedDict(line) if isinstance(event, yaml.MappingStartEvent) else LinedList(line)
            self.put(container, line)
            self.open.append(container)
            self.keys.append(None)
            if len(self.open) > MAX_DEPTH:
                self.refuse(line, TOO_DEEP)

    def put(self, value: Any, line: int, unquoted: str | None = None) -> None:
        if not self.open:
            self.root = value
            return
        parent, key = self.open[-1], self.keys[-1]
        if isinstance(parent, LinedList):
            parent.append(value)
            parent.lines.append(line)
        elif key is None:
            self.keys[-1] = self.key(value, line, parent, unquoted)
            parent.lines[value] = line
        else:
            parent[key] = value
            self.keys[-1] = None

    def key(self, value: Any, line: int, parent: LinedDict, unquoted: str | None) -> str:
        if isinstance(value, (dict, list)):
            self.refuse(line, "found brackets as a key, expected text; put a text that begins with { or [ in quotes")
        if not isinstance(value, str):
            self.refuse(line, f"found {unquoted or 'nothing'} as a key, expected text; put the key in quotes")
        if unquoted == "<<":
            self.refuse(line, "found the merge key <<, expected a field; write the fields out")
        if value in parent.lines:
            self.refuse(
                line,
                f'found the key "{shorten(value)}" twice, expected it once (first on line '
                f"{parent.lines[value]}); remove one of the two",
            )
        return value

    def refuse(self, line: int, message: str) -> NoReturn:
        raise InvalidFile(self.path, line, message)


def _scalar(text: str) -> str | int | float | bool | None:
    """The value of an unquoted text: the core schema of YAML 1.2 without octal, hexadecimal, infinities and NaN."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if any(digit in text for digit in "0123456789") and text[0] not in "eE" and FLOAT.fullmatch(text):
        mantissa = re.split("[eE]", text)[0]
        if mantissa.strip("+-."):
            number = float(text)
            return number if math.isfinite(number) else text
    return text


def _explain(error: Any, text: str) -> tuple[int, str]:
    """(0-based line, message) for an error of PyYAML."""
    lines = text.splitlines()

    def character_at(mark: Any) -> str:
        line = lines[mark.line] if mark and mark.line < len(lines) else ""
        return line[mark.column : mark.column + 1] if mark else ""

    begun, stopped = error.context_mark, error.problem_mark or error.context_mark
    beginning, character = character_at(begun), character_at(stopped)
    scanning = type(error).__name__ == "ScannerError"
    opened = begun and (scanning or beginning in BEGINNINGS)  # the mistake is at the beginning
    line = (begun if opened else stopped).line if stopped else 0
    line = min(line, max(0, len(lines) - 1))  # at the end of the text the parser may be one line too far
    if stopped and stopped.line < len(lines) and DEEP_BRACKETS.search(lines[stopped.line]):
        return line, TOO_DEEP
    return line, _mistake(beginning, character, scanning, bool(begun))


def _mistake(beginning: str, character: str, scanning: bool, begun: bool) -> str:
    """What is wrong, from the characters at which the parser began its construct and at which it stopped."""
    if mistake := BEGINNINGS.get(beginning) or (BEGINNINGS.get(character) if scanning else None):
        return mistake
    if character == ":" and not begun:
        return SECOND_COLON
    if character in ("]", "}"):
        return STRAY_BRACKET
    if begun and not beginning:
        return BRACKETS  # the text ended inside them
    if scanning:
        return NO_FIELD
    if begun:
        return STRAY_ENTRY if beginning == "-" else STRAY_FIELD
    return NO_YAML


def _control_character(character: str) -> str:
    return (
        f"found the control character U+{ord(character):04X}, expected readable text; "
        "remove it (an editor that shows invisible characters helps)"
    )
