"""Bulk grading: a line of JSON in, a grade as a plain dict out. Plain functions, which other processes can run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.grading.short import grade_record
from tutor.models import MOST_POINTS, Grade
from utils import strict_json

TEXTS = ("question", "answer")


def grade_line(line: tuple[int, str], grade: Callable[..., Grade] = grade_record) -> dict[str, Any]:
    """The grade of one record, or what is wrong with its line.

    line: (1-based number, text of {id, question, reference: str or list, answer, rubric?}). grade: (question, references,
    answer, rubric) -> Grade. Returns {id, score, correct, met, missed, unsure, feedback, grader}, or {id, line, error}.
    Nobody is asked in bulk: where the grader is unsure, `correct` is what it leans towards, and `unsure` is true.
    """
    number, text = line
    identity = None
    try:
        record = strict_json.load_line(text, "one object")
        if not isinstance(record, dict):
            raise ValueError(f"found {type(record).__name__}, expected an object {{id, question, reference, answer}}")
        identity = record.get("id")
        question, answer = (text_of(record, name) for name in TEXTS)
        references = texts_of(record, "reference", "references")
        if not references:
            raise ValueError("found no reference, expected text or a list of texts")
        rubric = texts_of(record, "rubric", "points") if record.get("rubric") else ()
    except ValueError as error:
        return {"id": identity, "line": number, "error": str(error)}
    given = grade(question, references, answer, rubric)
    return {
        "id": identity,
        "score": round(given.score, 4),
        "correct": given.score >= 1.0,
        "met": [{"point": met.point, "evidence": met.evidence} for met in given.met],
        "missed": list(given.missed),
        "unsure": given.unsure,
        "feedback": given.feedback,
        "grader": given.grader,
    }


def text_of(record: dict[str, Any], name: str) -> str:
    """A field that must be text. Raises ValueError."""
    if isinstance(record.get(name), str):
        return record[name]
    raise ValueError(f'found {"no" if name not in record else "a mistyped"} "{name}", expected text')


def texts_of(record: dict[str, Any], name: str, what: str) -> tuple[str, ...]:
    """A field that is one text or a list of them. what: they are, in the words of ValueError."""
    value = record.get(name)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and len(value) > MOST_POINTS:
        raise ValueError(f"found {len(value):,} {what}, expected at most {MOST_POINTS}")
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return tuple(value)
    raise ValueError(f'found {"no" if name not in record else "a mistyped"} "{name}", expected text or a list of texts')
