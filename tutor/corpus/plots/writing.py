"""The value of a Python block as the YAML of a plot: how `check --fix` writes it into a lesson."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterator
from typing import Any

LINE = 100  # characters
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ ./()*+-]+[A-Za-z0-9_()]+)*")  # a text that needs no quotes
RESERVED = re.compile(r"true|false|null|[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?", re.IGNORECASE)


def as_yaml(value: dict[str, Any]) -> str:
    """Fields as YAML: each on a line of its own or, where it is long, on several. Numbers have six significant digits."""
    return "".join(f"{line}\n" for name, one in value.items() for line in _field(str(name), one, ""))


def _field(name: str, value: Any, pad: str) -> Iterator[str]:
    lead = f"{pad}{_text(name)}: "
    short = _flow(value)
    if len(lead) + len(short) <= LINE:
        yield lead + short
    elif isinstance(value, dict):
        yield lead.rstrip()
        for inner, one in value.items():
            yield from _field(str(inner), one, pad + "  ")
    elif isinstance(value, list):
        yield from textwrap.wrap(lead + short, LINE, subsequent_indent=pad + "  ", break_long_words=False, break_on_hyphens=False)
    else:
        yield lead + short


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(str(name))}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value}".replace("nan", ".nan").replace("inf", ".inf")
    if isinstance(value, float):
        return f"{value:.6g}" if value != int(value) or abs(value) >= 1e15 else str(int(value))
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    return text if PLAIN.fullmatch(text) and not RESERVED.fullmatch(text) else json.dumps(text, ensure_ascii=False)
