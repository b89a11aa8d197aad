"""Ways to break data: bytes, plain values, JSON, YAML and databases. The same random numbers break them alike."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from utils.strict_yaml import load

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 5e-324, 10**30, "", " ", "x" * 5000, [], {}, [[]], [None], {"": None}, "\x00", "\x1b[2J",
    "\x9b1m", "\u202e", "\ud800", "é" * 40, "9" * 400, "0x10", "1e999", "NaN", "9999-12-31T23:59:59Z", "0000-00-00",
    "../../etc/passwd", "a:b", ":", "::", "/", "{{y}}", "{{y:9999999d}}", "[[", "$x^{2}$", "\n\n", "\u2028", "🧑‍🍳", "%s%n",
    "##[error]", "::error::x", "y" * 130, "1/0", "1e9999 g", "-", "9**9**9**9", "((((" * 60, "1" + "+1" * 400, "½½", "٣", "−5",
    "10 % of", "a;b;c", "not " * 400, "e\u0301\u0302" * 30, "no\x85line", "y.__class__", "10**400 * y", "lambda: 0", "sqrt(-1)",
)  # fmt: skip
TOKENS = (
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x85", b"\x1b[2J", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\r\n", b"\n\n", b"\t",
    b"[", b"]", b"{", b"}", b"[" * 200, b'{"a":' * 200, b"- " * 60, b"9" * 400, b"NaN", b"-Infinity", b"1e999", b"null", b"true",
    b"''", b'"', b"'", b"&a", b"*a", b"!!python/object:os.system", b"<<: ", b"? ", b"---\n", b"...\n", b"%YAML 9.9\n", b": ",
    b" #", b"|", b">", b"\\", b"\\ud800", b"\\u0000", b"9999-12-31T23:59:59Z", b"\xe2\x80\xae", b"\xe2\x80\xa8",
    b'<!DOCTYPE a [<!ENTITY b "c">]>', b"</", b"]]>", b"data: ", b"data: [DONE]\n\n", b"event: error\n", b"<think>", b"</think>",
    b"[1]", b"[99]", b"```", b"$$", b"\xcc\x81" * 30, b"::error::", b"0" * 300, b"<!--", b"-->", b"| a | b |\n|---|\n",
    b"> [!NOTE]\n", b"{{", b"[[", b"# ", b"## Yeast\n",
)  # fmt: skip


def broken(data: bytes, rng: random.Random) -> bytes:
    """The data with one to four things done to it: bytes changed, spans cut, doubled, moved, or a token put in."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at, length = rng.randrange(len(data) + 1), rng.choice((1, 1, 3, 10, 60, 400))
        span = data[at : at + length]
        how = rng.randrange(8)
        if how == 0:
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        elif how == 1:
            data = data[:at] + data[at + length :]
        elif how == 2:
            data = data[:at] + span * rng.choice((2, 3, 50)) + data[at + length :]
        elif how == 3:
            to = rng.randrange(len(data) + 1)
            data = data[:to] + span + data[to:]
        elif how == 4:
            data = data[:at]
        elif how == 5:
            lines = data.split(b"\n")
            one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[one], lines[other] = lines[other], lines[one]
            data = b"\n".join(lines)
        else:
            data = data[:at] + rng.choice(TOKENS) + data[at + rng.choice((0, 0, length)) :]
    return data


def broken_value(document: Any, rng: random.Random) -> Any:
    """A document of plain values with something else in one of its places, or with a field renamed, left out or added."""
    places = list(_places(document))
    holder, key = rng.choice(places)
    how = rng.randrange(6)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(holder, dict):
        holder[str(rng.choice(VALUES))[:50]] = holder.pop(key)
    elif how == 2:
        other, where = rng.choice(places)
        holder[key] = json.loads(json.dumps(other.get(where) if isinstance(other, dict) else other))
    else:
        holder[key] = rng.choice(VALUES)
    return document


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def broken_json(document: Any, rng: random.Random) -> bytes:
    """JSON of a document with a broken value, or broken JSON of it."""
    document = json.loads(json.dumps(document))
    if rng.random() < 0.6:
        for _ in range(rng.choice((1, 1, 2))):
            document = broken_value(document, rng) if isinstance(document, (dict, list)) and document else document
        return json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return broken(json.dumps(document).encode(), rng)


def broken_json_text(data: bytes, rng: random.Random) -> bytes:
    return broken_json(json.loads(data), rng)


def broken_yaml(text: bytes, rng: random.Random) -> bytes:
    """YAML with a broken value, or broken YAML."""
    import yaml

    if rng.random() < 0.5:
        return broken(text, rng)
    document = broken_value(json.loads(json.dumps(load(text.decode(), "a valid file"))), rng)
    try:
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")
    except yaml.YAMLError:
        return broken(text, rng)


def broken_database(data: bytes, rng: random.Random) -> bytes:
    """A database with bytes broken anywhere, often in its head, or cut off."""
    for _ in range(rng.choice((1, 2, 8))):
        at = rng.choice((rng.randrange(100), rng.randrange(len(data))))
        put = rng.choice((bytes([rng.randrange(256)]), bytes(rng.randrange(1, 64)), rng.choice(TOKENS)))
        data = data[:at] + put + data[at + len(put) :]
    return data[: rng.randrange(len(data))] if rng.random() < 0.05 else data
