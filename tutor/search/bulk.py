"""Bulk search and answers: for each line of JSON a document, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tutor.models import Passage
from utils import strict_json

FIELDS = ("lesson", "path", "line", "heading", "score", "text")


def document(query: str, passages: Sequence[Passage]) -> dict[str, Any]:
    """What `search --json` gives: {query, hits: [{lesson, path, line, heading, score, text}]}."""
    return {"query": query, "hits": [{name: getattr(passage, name) for name in FIELDS} for passage in passages]}


def answer_lines(
    lines: Iterable[tuple[int, str]], field: str, answer: Callable[[str], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """An answer to each line {id, field}, with its id; {id, line, error} for a line that can't be read.

    lines: (1-based number, text). field: "query" or "question".
    """
    for number, text in lines:
        identity, asked, fault = _read(text, field)
        yield {"id": identity, **({"line": number, "error": fault} if fault else answer(asked))}


def _read(text: str, field: str) -> tuple[object, str, str]:
    """(id, what is asked, what is wrong) of a line."""
    try:
        record = strict_json.load_line(text, f"one object {{id, {field}}}")
    except strict_json.JSONFault as fault:
        return None, "", str(fault)
    if not isinstance(record, dict):
        return None, "", f"found {type(record).__name__}, expected an object {{id, {field}}}"
    asked = record.get(field)
    if isinstance(asked, str) and asked.strip():
        return record.get("id"), asked, ""
    kind = "no" if field not in record else "an empty" if isinstance(asked, str) else "a mistyped"
    return record.get("id"), "", f'found {kind} "{field}", expected text'
