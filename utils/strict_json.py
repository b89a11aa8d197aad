"""JSON of strangers, bounded in bytes, depth and digits; and JSON that is as safe to print as any other text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

from utils.text import escaped, shorten, valid

REPLY_BYTES = 2_000_000  # of a model
LINE_BYTES = 1_000_000  # of a file of JSON lines
MOST_BYTES = 4  # of a character in UTF-8
MAX_DEPTH = 100
MAX_DIGITS = 300  # of a whole number, so that it also fits a float
_BRACKET_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class JSONFault(ValueError):
    """What was found, in words that go before ", expected ..."; and on which line, where that is known."""

    def __init__(self, message: str, line: int | None = None):
        super().__init__(message)
        self.line = line


def load(text: str, limit_bytes: int, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of one JSON document. Raises JSONFault. pairs: makes an object of its pairs, a dict by default."""
    if len(text) * MOST_BYTES > limit_bytes and len(text.encode("utf-8", "surrogatepass")) > limit_bytes:
        raise JSONFault(f"found more than {limit_bytes:,} bytes")
    if depth(text) > MAX_DEPTH:
        raise JSONFault(f"found JSON nested more than {MAX_DEPTH} deep")
    try:
        return (_decoder(pairs) if pairs else _DECODER).decode(text)
    except json.JSONDecodeError as error:
        fault = JSONFault(f"found text that is not JSON ({error.msg} at column {error.colno})", error.lineno)
        raise fault from error


def load_line(text: str, expected: str) -> Any:
    """The value of a line of JSON. expected: "one object", in the words of JSONFault."""
    try:
        return load(text, LINE_BYTES)
    except JSONFault as fault:
        if len(text.encode("utf-8", "surrogatepass")) > LINE_BYTES:
            raise JSONFault(f"found a line of more than {LINE_BYTES:,} bytes, expected at most that; split it") from None
        raise JSONFault(f"{fault}, expected {expected} on the line") from None


def with_valid_texts(value: Any) -> Any:
    """A loaded value in which no text has half of a surrogate pair, which an escape like `\\ud83d` can make."""
    if isinstance(value, str):
        return valid(value)
    if isinstance(value, list):
        return [with_valid_texts(one) for one in value]
    if isinstance(value, dict):
        return {valid(name): with_valid_texts(one) for name, one in value.items()}
    return value


def depth(text: str) -> int:
    """How deep the brackets of a text nest, outside what stands in quotes."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0  # not deep enough to be counted
    deepest = now = 0
    for match in _BRACKET_OR_TEXT.finditer(text):
        now += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        deepest = max(deepest, now)
    return deepest


def _decoder(pairs: Callable[[list[tuple[str, Any]]], Any] | None) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=pairs, parse_int=_whole, parse_float=_finite, parse_constant=_refuse_constant)


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise JSONFault(f"found a number of {len(digits):,} digits")
    return int(digits)


def _finite(digits: str) -> float:
    if len(digits) > MAX_DIGITS or not math.isfinite(float(digits)):
        raise JSONFault(f"found {shorten(digits, 20)}, which is too long or too large for a number")
    return float(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise JSONFault(f"found {name}, which is not a JSON number")


_DECODER = _decoder(None)  # made once: records are thousands of short documents


def dump(value: Any, indent: int | None = None) -> str:
    """A value as JSON in which nothing moves the cursor, hides itself or reverses the reading order: `\\u009b`."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=indent))
