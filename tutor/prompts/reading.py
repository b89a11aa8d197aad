"""Summaries of sections, and the lesson that answers a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.models import Section
from tutor.prompts.framing import TEXT, as_messages, data, list_schema, long_and_short, object_schema, one_sentence, text_of
from utils.errors import ModelError
from utils.llm import structured
from utils.llm.structured import Prompt


def summarize(section: Section, words: int) -> Prompt[tuple[str, ...]]:
    """A section in one to three sentences."""

    def parse(document: Any) -> tuple[str, ...]:
        said = structured.entries(document, "points", one_sentence, "a list of sentences")
        if not said:
            raise ModelError("found no points, expected one to three.")
        return tuple(said)

    return Prompt(
        "summarize",
        **long_and_short(
            text_of(section),
            f"Summarize this section in one to three sentences, at most {words} words in all. Keep formulas between $ signs. "
            'Bring nothing that it does not say. Reply with one JSON document only: {"points": ["..."]}',
        ),
        schema=object_schema("section_summary", points=list_schema(TEXT)),
        parse=parse,
    )


@dataclass(frozen=True)
class Decision:
    """The next step of an agent that looks for a lesson."""

    action: str  # "read", "search" or "answer"
    of: str  # a lesson's id, or what to search for
    reason: str


DECISIONS = ("read", "search", "answer")


def decide(question: str, catalogue: str, done: Sequence[str], known: Sequence[str], last: bool) -> Prompt[Decision]:
    """The next step. catalogue: a line for each lesson. done: what was read and found so far. known: ids of all lessons."""

    def parse(document: Any) -> Decision:
        action = structured.field(document, "action", str, f"one of {', '.join(DECISIONS)}")
        of = structured.field(document, "of", str, "a lesson's id, or what to search for")
        reason = structured.field(document, "reason", str, "one sentence")
        if fault := structured.one_of(action, "action", DECISIONS):
            raise ModelError(f"{fault}.")
        if action != "search" and of not in known and not (action == "answer" and of == ""):
            raise ModelError(f"found the lesson “{of:.80}”, which is not in the catalogue.")
        return Decision(action, of, " ".join(reason.split()))

    return Prompt(
        "find",
        as_messages(
            data("catalogue", catalogue),
            data("so_far", "\n".join(done)) if done else "",
            data("question", question),
            "Which lesson answers the question? Decide on one step: read a lesson of the catalogue, search all of them for "
            "words, or answer with the lesson's id and the reason (with an empty id if none answers it)."
            + (" This is the last step: answer." if last else "")
            + ' Reply with one JSON document only: {"action": "read", "of": "track/slug", "reason": "..."}',
        ),
        schema=object_schema("decision", action={"type": "string", "enum": list(DECISIONS)}, of=TEXT, reason=TEXT),
        parse=parse,
    )
