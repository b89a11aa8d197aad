"""Front matter: the YAML above a lesson, and the fields of a Lesson that it holds."""

from __future__ import annotations

import re
from typing import Any

from utils import strict_yaml
from utils.errors import InvalidFile


def split_front_matter(text: str) -> tuple[str | None, str]:
    """(YAML of the front matter or None, the Markdown below it), with LF line ends and without a BOM.

    The lines of the front matter are left blank in the Markdown, so that every line keeps its number. Front matter that
    is never closed, or that has no `field:`, is Markdown.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"---[ \t]*\n", text):
        return None, text
    closing = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE).search(text, text.index("\n") + 1)
    if not closing:
        return None, text
    front = text[text.index("\n") + 1 : closing.start()]
    first = next((line for line in front.split("\n") if line.strip() and not line.startswith("#")), "")
    if front.strip() and not re.match(r"[\"']?\w[\w .-]*[\"']?\s*:(\s|$)", first):
        return None, text
    return front, "\n" * front.count("\n") + "\n" + text[closing.end() :]


def front_fields(front: str | None, path: str) -> dict[str, Any]:
    """The fields of a Lesson that the front matter gives; all others are for other programs and are ignored.

    Raises InvalidFile where one has the wrong type.
    """
    if front is None:
        return {}
    data = strict_yaml.load(front, path, first_line=2)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InvalidFile(path, 2, f"found {_kind(data)} as front matter, expected fields such as title: …")
    fields: dict[str, Any] = {}
    for name, reader in READERS.items():
        if data.get(name) is not None:
            fields[name] = reader(data, name, path)
    return fields


def _text_field(data: dict[str, Any], name: str, path: str) -> str:
    if isinstance(data[name], str):
        return data[name].strip()
    line = strict_yaml.line_of(data, name)
    raise InvalidFile(path, line, f"found {_kind(data[name])} as {name}, expected text; put it in quotes")


def _minutes_field(data: dict[str, Any], name: str, path: str) -> int:
    if isinstance(data[name], int) and not isinstance(data[name], bool) and data[name] > 0:
        return data[name]
    line = strict_yaml.line_of(data, name)
    raise InvalidFile(path, line, f"found {_kind(data[name])} as {name}, expected a whole number above 0, such as 30")


def _texts_field(data: dict[str, Any], name: str, path: str) -> tuple[str, ...]:
    values = data[name]
    if not isinstance(values, list):
        line = strict_yaml.line_of(data, name)
        raise InvalidFile(path, line, f"found {_kind(values)} as {name}, expected a list; "
                                      f"write {name}: [{_short(values)}]")  # fmt: skip
    for index, value in enumerate(values):
        if not isinstance(value, str):
            line = strict_yaml.line_of(values, index)
            raise InvalidFile(path, line, f"found {_kind(value)} in {name}, expected a list of texts; put it in quotes")
    return tuple(values)


READERS = {
    "title": _text_field,
    "summary": _text_field,
    "minutes": _minutes_field,
    "prerequisites": _texts_field,
    "sources": _texts_field,
    "language": _text_field,
}


def _kind(value: object) -> str:
    """What an author would call a YAML value: `the number 7`, `a list`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {_short(value)}"
    if isinstance(value, str):
        return f'the text "{_short(value)}"'
    return "a list" if isinstance(value, list) else "fields" if isinstance(value, dict) else "nothing"


def _short(value: object) -> str:
    text = " ".join(str(value).split()) if not isinstance(value, (dict, list)) else "…"
    return text if len(text) <= 40 else text[:39] + "…"
