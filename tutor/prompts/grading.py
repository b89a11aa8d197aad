"""A verdict on an answer, point by point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutor.models import Item
from tutor.prompts.framing import FLAG, NUMBER, TEXT, as_messages, data, list_schema, object_schema, without_bars
from utils.errors import ModelError
from utils.llm import structured
from utils.llm.structured import Prompt


@dataclass(frozen=True)
class PointVerdict:
    """Whether an answer makes a point, and by which of the learner's words."""

    met: bool
    quote: str


@dataclass(frozen=True)
class AnswerVerdict:
    """What a model says about an answer, point by point; the score is computed from it elsewhere."""

    points: tuple[PointVerdict, ...]
    contradiction: str  # the learner's words that contradict a reference, "" for none
    remark: str  # one sentence for the learner


def points_of(item: Item) -> tuple[str, ...]:
    """The points that an answer should make: the rubric's, or else the first reference as the only one."""
    return tuple(point.text for point in item.rubric) or item.references[:1]


POINT_SCHEMA = object_schema("point_verdict", point=NUMBER, met=FLAG, quote=TEXT)


def point_verdicts(document: Any, count: int) -> tuple[PointVerdict, ...]:
    """The field `points` of a reply: a verdict on each of so many points. Raises ModelError."""
    found: dict[int, PointVerdict] = {}
    for entry in structured.field(document, "points", list, "a list"):
        number = structured.field(entry, "point", int, "the number of a point")
        met = structured.field(entry, "met", bool, "true or false")
        quote = structured.field(entry, "quote", str, "the learner's words, or an empty string")
        if number in found or not 1 <= number <= count:
            raise ModelError(f"found point {number}, expected each of 1 to {count} once.")
        found[number] = PointVerdict(met, without_bars(quote))
    if len(found) != count:
        raise ModelError(f"found verdicts on {len(found)} points, expected {count}.")
    return tuple(found[number] for number in sorted(found))


def grade(item: Item, answer: str, stricter: bool = False) -> Prompt[AnswerVerdict]:
    """A verdict on each point. stricter: the second look of an appeal."""
    points = points_of(item)

    def parse(document: Any) -> AnswerVerdict:
        verdicts = point_verdicts(document, len(points))
        contradiction = structured.field(document, "contradiction", str, "the learner's words, or an empty string")
        remark = structured.field(document, "remark", str, "one sentence")
        return AnswerVerdict(verdicts, without_bars(contradiction), remark.strip())

    return Prompt(
        "appeal" if stricter else "grade",
        as_messages(
            data("question", item.question),
            data("points", "\n".join(f"{n}. {point}" for n, point in enumerate(points, 1))),
            data("references", "\n".join(item.references)),
            data("known_wrong_answers", "\n".join(wrong.answer for wrong in item.wrong)) if item.wrong else "",
            data("answer", answer),
            "For each point, say whether the learner's answer makes it, in whatever words or language, and quote word for word "
            "the part of the answer that does (an empty quote where the point is not made). A point that is only hinted at, or "
            "that the question itself already says, is not made. If a part of the answer says the contrary of a reference, "
            "quote it as the contradiction, else leave that empty. The remark is one sentence that says what is missing "
            "without giving the answer away."
            + (" Look twice and be strict: this is a second look at a disputed grade." if stricter else ""),
            'Reply with one JSON document only: {"points": [{"point": 1, "met": true, "quote": "..."}], "contradiction": "", '
            '"remark": "..."}',
        ),
        schema=object_schema("answer_verdict", points=list_schema(POINT_SCHEMA), contradiction=TEXT, remark=TEXT),
        parse=parse,
    )
