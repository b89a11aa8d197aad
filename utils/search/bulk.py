"""Bulk search: lines of JSON in, documents out, in order, as many as there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from utils.models import Passage

FIELDS = ("lesson", "path", "line", "heading", "score", "text")


def found(query: str, passages: Sequence[Passage]) -> dict:
    """What `search --json` gives: {query, hits: [{lesson, path, line, heading, score, text}]}."""
    return {"query": query, "hits": [{name: getattr(passage, name) for name in FIELDS} for passage in passages]}


def found_in_bulk(lines: Iterable[tuple[int, str]], find: Callable[[str], Sequence[Passage]]) -> Iterator[dict]:
    """The same for each of many lines {id, query}, with its id; {id, line, error} for one that can't be read.

    lines: (1-based number, text).
    """
    for number, text in lines:
        identity, query, fault = _read(text)
        answer = {"line": number, "error": fault} if fault else found(query, find(query))
        yield {"id": identity, **answer}


def _read(text: str) -> tuple[object, str, str]:
    """(id, query, what is wrong) of a line."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" ({error.msg} at column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        return None, "", f"found text that is not JSON{where}, expected one object {{id, query}} on the line"
    if not isinstance(record, dict):
        return None, "", f"found {type(record).__name__}, expected an object {{id, query}}"
    query = record.get("query")
    if isinstance(query, str) and query.strip():
        return record.get("id"), query, ""
    kind = "no" if "query" not in record else "an empty" if isinstance(query, str) else "a mistyped"
    return record.get("id"), "", f'found {kind} "query", expected text'
