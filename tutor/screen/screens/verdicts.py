"""What an answer was worth, and the answer itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from tutor.models import AnswerPart, Grade
from tutor.screen import markup
from tutor.screen.layout import Screen, Standing, line, with_sign
from tutor.screen.markup import DIM
from tutor.screen.markup.wrapping import Whole
from tutor.screen.signs import SIGN_STYLE, Either
from utils.text import plural, sanitize

FEEDBACK_LINES = 5
STATES = {"✓": "right", "✗": "missing", "·": "also there"}  # of a point, in plain text
VERDICTS = {"✓": "Right.", "~": "Partly.", "✗": "Not yet.", "?": "Not sure."}


@dataclass
class Verdict(Screen):
    """A grade: what was right first, in the learner's words, then the one thing to add."""

    grade: Grade
    lead: str = ""  # replaces the verdict's usual words, as in "That was it."
    missed_in_full: bool = False  # name the missing points, since no further try follows
    degraded: str = ""  # "graded offline"
    attempt: int | None = None  # its number, where the grade can be appealed
    by_part: Sequence[AnswerPart] = ()  # in place of its points, for an answer that has blanks, options or steps

    def lead_line(self) -> str:
        lead = self.lead or VERDICTS[self.grade.sign]
        notes = [self.degraded, f"kept as no. {self.attempt}" if self.attempt else ""]
        note = ", ".join(filter(None, notes))
        return f"{lead} ({note})" if note else lead

    def points(self) -> list[tuple[str, str, str]]:
        """(sign, text, evidence) rows, points met first; with the lead and the feedback they fit on FEEDBACK_LINES lines."""
        if self.by_part:
            return [("✓" if part.right else "✗", part.text, "") for part in self.by_part]
        room = FEEDBACK_LINES - 1 - bool(self.grade.feedback)
        rows = [("✓", met.point, met.evidence) for met in self.grade.met]
        if self.missed_in_full:
            rows += [("✗", point, "") for point in self.grade.missed]
        elif self.grade.missed and rows:
            rows.append(("✗", f"{plural(len(self.grade.missed), 'point')} still missing", ""))
        return rows[:room]

    def standing(self) -> Screen:
        return Standing(self.first_line())

    def first_line(self) -> Either:
        lead = self.lead_line()
        drawn = Text(f"{self.grade.sign} ", style=SIGN_STYLE[self.grade.sign]).append(lead, style="bold")
        return Either(drawn, Text(lead))

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Whole(self.first_line(), leads=True)
        if self.by_part or not (self.grade.correct and len(self.grade.met) < 2):
            for sign, text, evidence in self.points():
                said = "" if self.by_part else STATES.get(sign, "")
                yield with_sign(sign, text + (f"  \n“{evidence}”" if evidence else ""), indent=2, said=said)
        if self.grade.feedback:
            yield Padding(markup.Page(self.grade.feedback), (0, 0, 0, 2))

    def markdown(self) -> str:
        rows = [f"**{self.grade.sign} {self.lead_line()}**"]
        rows += [f"- {sign} {sanitize(text)}" + (f" — “{sanitize(said)}”" if said else "") for sign, text, said in self.points()]
        if self.grade.feedback:
            rows += ["", sanitize(self.grade.feedback)]
        return "\n".join(rows)


@dataclass
class ExplainedBack(Screen):
    """What the learner said of a section, beside their words, then what it says besides."""

    grade: Grade

    def lead(self) -> str:
        if not self.grade.missed:
            return "That is what the section says."
        return "That is part of it. The section says this too:" if self.grade.met else "The section puts its weight elsewhere:"

    def rows(self) -> list[tuple[str, str, str]]:
        """(sign, point, the learner's words)"""
        rows = [("✓", met.point, met.evidence) for met in self.grade.met]
        return [*rows, *(("·", claim, "") for claim in self.grade.missed)]

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Text(self.lead(), style="bold")
        for sign, text, said in self.rows():
            yield with_sign(sign, text + (f"  \n“{said}”" if said else ""), indent=2, said=STATES[sign])
        if self.grade.feedback:
            yield Padding(markup.Page(self.grade.feedback), (0, 0, 0, 2))

    def markdown(self) -> str:
        rows = [f"**{self.lead()}**"]
        rows += [f"- {sign} {sanitize(text)}" + (f" — “{sanitize(said)}”" if said else "") for sign, text, said in self.rows()]
        return "\n".join([*rows, *(["", sanitize(self.grade.feedback)] if self.grade.feedback else [])])


@dataclass
class Reveal(Screen):
    """The answer with its explanation, and where the lesson says so."""

    answer: str
    explanation: str = ""
    where: str = ""  # "docs/llm/attention.md:88"
    label: str = "The answer"
    estimate: str = ""  # what the learner's estimate was worth

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.answer:
            yield markup.Page(f"**{self.label}.** {self.answer}", whole_blocks=True)
        if self.estimate:
            yield line(self.estimate)
        if self.explanation:
            yield markup.Page(self.explanation)
        if self.where:
            yield Text(sanitize(self.where, newlines=False), style=DIM)

    def markdown(self) -> str:
        rows = [f"**{self.label}.** {sanitize(self.answer)}"] if self.answer else []
        rows += [sanitize(self.estimate)] if self.estimate else []
        rows += [sanitize(self.explanation)] if self.explanation else []
        rows += [f"_{sanitize(self.where)}_"] if self.where else []
        return "\n\n".join(rows)
