"""Items that a model drafts for a bank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.corpus.markdown import without_comments
from tutor.models import Lesson
from tutor.prompts.framing import FLAG, TEXT, data, list_schema, long_and_short, object_schema, one_sentence
from utils.errors import ModelError
from utils.llm import structured
from utils.llm.structured import Prompt

DRAFTED = ("choice", "short")  # kinds that a model drafts; numbers must be computed


def draft(lesson: Lesson, asked: Sequence[str], count: int) -> Prompt[list[dict[str, Any]]]:
    """Items as the fields of a bank. asked: questions that the bank already has."""
    slugs = [section.slug for section in lesson.sections]
    text = "\n\n".join(f"#{section.slug} {section.title}\n{without_comments(section.text)}" for section in lesson.sections)

    def parse(document: Any) -> list[dict[str, Any]]:
        entries = [_bank_item(entry, slugs) for entry in structured.field(document, "items", list, "a list of items")]
        if not entries:
            raise ModelError("found no items, expected some.")
        return entries

    option = object_schema("option", text=TEXT, right=FLAG, reply=TEXT)
    item = object_schema(
        "item", id=TEXT, section=TEXT, kind={"type": "string", "enum": list(DRAFTED)}, question=TEXT, options=list_schema(option),
        points=list_schema(TEXT), references=list_schema(TEXT), hints=list_schema(TEXT), explanation=TEXT,
    )  # fmt: skip
    return Prompt(
        "draft",
        **long_and_short(
            text,
            data("asked_already", "\n".join(asked)) if asked else "",
            f"Draft {count} items that ask whether a learner has understood this lesson, spread over its sections (their names "
            "stand after #). A choice has three or four options of like length, one right, and for each wrong one a reply to the "
            "misconception behind it. A short item has two or three points that a full answer makes, and two reference answers "
            "in whole sentences. Each has two hints that do not give the answer away, and an explanation. Ids are small letters "
            "and hyphens. Reply with one JSON document only: "
            '{"items": [{"id": "...", "section": "...", "kind": "choice", "question": "...", "options": [{"text": "...", '
            '"right": true, "reply": ""}], "points": [], "references": [], "hints": ["...", "..."], "explanation": "..."}]}',
        ),
        schema=object_schema("drafted_items", items=list_schema(item)),
        parse=parse,
    )


def _bank_item(entry: Any, slugs: Sequence[str]) -> dict[str, Any]:
    """One item of a reply as the fields of a bank. Raises ModelError."""
    kind = structured.field(entry, "kind", str, " or ".join(DRAFTED))
    section = structured.field(entry, "section", str, "a section of the lesson").removeprefix("#")
    if kind not in DRAFTED or section not in slugs:
        expected = f"{' or '.join(DRAFTED)} and one of {', '.join(slugs)}"
        raise ModelError(f"found the kind {kind!r} and the section {section!r}, expected {expected}.")
    found = {name: structured.field(entry, name, str, "text") for name in ("id", "question", "explanation")}
    item: dict[str, Any] = {"id": found["id"], "section": section, "kind": kind, "question": found["question"]}
    if kind == "choice":
        item["options"] = [
            {
                "text": structured.field(option, "text", str, "text"),
                **({"right": True} if structured.field(option, "right", bool, "true or false") else {}),
                **({"reply": option["reply"]} if option.get("reply") else {}),
            }
            for option in structured.field(entry, "options", list, "a list of options")
        ]
    else:
        item["rubric"] = [{"point": point} for point in structured.entries(entry, "points", one_sentence, "a list of points")]
        item["references"] = structured.entries(entry, "references", one_sentence, "a list of reference answers")
    return {
        **item,
        "hints": structured.entries(entry, "hints", one_sentence, "a list of hints"),
        "explanation": found["explanation"],
    }
