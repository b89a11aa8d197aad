"""Fields that `check --fix` writes into the YAML of a bank or of a block, all other lines as their author left them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from utils import strict_yaml
from utils.errors import InvalidFile

Lines = Callable[[str], list[str]]  # from the indentation of a field to its lines


def with_field(text: str, entry: Mapping[str, Any], name: str, after: str, lines_of: Lines) -> str:
    """The text with a field of one of its maps written anew, behind the field `after` where it has none.

    As it is where we can't tell the lines of the field. entry: the map, as strict_yaml loaded it from this text.
    """
    lines = text.split("\n")
    found = name if name in entry else after
    begin = strict_yaml.line_of(entry, found) - 1
    key = re.match(rf"(?:\s|- )*(?={found}:)", lines[begin])
    if key is None:
        return text
    end = next((at for at in range(begin + 1, len(lines)) if _begins_another(lines[at], key.end())), len(lines))
    while not lines[end - 1].strip():
        end -= 1
    new = lines_of(" " * key.end())
    if name in entry:
        new[0] = lines[begin][: key.end()] + new[0][key.end() :]
    fixed = "\n".join([*lines[: begin if name in entry else end], *new, *lines[end:]])
    try:
        strict_yaml.load(fixed, "")
    except InvalidFile:
        return text
    return fixed


def _begins_another(line: str, column: int) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) <= column


def text_field(name: str, value: str, pad: str) -> list[str]:
    """The lines of a field that holds a text of one line or several."""
    if "\n" not in value or value[0].isspace():
        return [f"{pad}{name}: {json.dumps(value, ensure_ascii=False)}"]
    return [f"{pad}{name}: |", *(f"{pad}  {line}" if line else "" for line in value.split("\n"))]
