"""The screens of `quiz`: each item with its grade, and the score at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.corpus.bank import shown_answer, shown_question
from tutor.models import AnswerPart
from tutor.quiz.outcomes import SKIPPED, Outcome
from tutor.screen import markup
from tutor.screen.layout import Notice, Screen, Sides, dots_of, line, with_sign
from tutor.screen.markup import ACCENT, DIM
from tutor.screen.screens.asking import Said
from tutor.screen.screens.verdicts import Reveal, Verdict
from utils.text import cut, literal, plural, sanitize

if TYPE_CHECKING:
    from tutor.quiz.reports import QuizReport

LONGEST = 1_000  # characters of an answer that the report shows again


@dataclass
class GradedItem(Screen):
    """An item of a quiz with its grade and, unless it was right, the answer and the lines to read again."""

    outcome: Outcome
    number: int
    of: int
    by_part: Sequence[AnswerPart] = ()  # of an answer that has blanks, options or steps
    told_by_part: bool = False  # the right answer can be read off its parts

    def screens(self) -> list[Screen]:
        """The verdict and, unless it was right, the answer."""
        outcome, grade = self.outcome, self.outcome.grade
        if not grade:
            return [Notice(f"! Not graded: {outcome.error}")]
        if outcome.open_questions:  # whoever reads this may be the one who is still to be asked
            asked = plural(outcome.open_questions, "question")
            lead = f"Not sure; {asked} on the second sheet will tell. Until then the stricter verdict stands."
            return [Verdict(replace(grade, missed=(), feedback=""), lead=lead)]
        if grade.grader == SKIPPED:
            verdict = Verdict(replace(grade, missed=(), feedback=""), lead=grade.feedback)
        else:
            verdict = Verdict(grade, missed_in_full=True, attempt=outcome.attempt, by_part=self.by_part)
        if outcome.correct:
            return [verdict]
        answer = "" if self.told_by_part else shown_answer(outcome.item)
        return [verdict, Reveal(answer, outcome.item.explanation, outcome.where)]

    def said(self) -> Said:
        said = self.outcome.answer_in_words
        if said != self.outcome.answer:  # the bank's words, for the number that was typed
            from tutor.screen.mathtext import plain

            said = plain(said)
        return Said(cut(said, LONGEST))

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield line(f"Question {self.number} of {self.of} · {self.outcome.item.lesson}", DIM)
        yield markup.Page(shown_question(self.outcome.item))
        if self.outcome.answer:
            yield from self.said().parts()
        for screen in self.screens():
            yield from screen.parts()

    def markdown(self) -> str:
        said = [self.said().markdown()] if self.outcome.answer else []
        head = f"**{self.number}.** {sanitize(shown_question(self.outcome.item))}"
        return "\n\n".join([head, *said, *(screen.markdown() for screen in self.screens())])


@dataclass
class QuizScore(Screen):
    """The end of a quiz: how many were right, the score of each lesson if there are several, and which fell short."""

    report: QuizReport
    time: str = ""  # how long a person took
    dispute: str = ""  # how to have a grade looked at again

    def lead(self) -> str:
        outcomes = self.report.outcomes
        graded = sum(outcome.grade is not None for outcome in outcomes)
        lead = f"{sum(outcome.correct for outcome in outcomes)} of {graded} right"
        return lead if graded == len(outcomes) else f"{lead}, {len(outcomes) - graded} not graded"

    def shortfalls(self) -> list[str]:
        return [
            f"{lesson or 'the whole'}: score {score:.2f}, {least:.2f} was asked for"
            for lesson, score, least in self.report.shortfalls()
        ]

    def figures(self) -> str:
        return " · ".join(filter(None, [self.time, f"seed {self.report.seed}"]))

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        lead = Text(self.lead(), style=f"bold {ACCENT}").append(f"  score {self.report.score:.2f}", style="not bold default")
        yield Sides(lead, self.figures())
        scores = self.report.scores()
        if len(scores) > 1:
            table = Table.grid(padding=(0, 2))
            for lesson, score in scores.items():
                table.add_row(dots_of(round(score * 5), 5, ACCENT), f"{score:.2f}", Text(sanitize(lesson, newlines=False)))
            yield Padding(table, (0, 0, 0, 1))
        for shortfall in self.shortfalls():
            yield with_sign("✗", literal(shortfall), indent=0)
        if self.dispute:
            yield line(self.dispute, DIM)

    def markdown(self) -> str:
        rows = [f"**{self.lead()}**, score {self.report.score:.2f} ({self.figures()})", ""]
        rows += [f"- {sanitize(lesson)}: {score:.2f}" for lesson, score in self.report.scores().items()]
        return "\n".join([*rows, *(f"- ✗ {sanitize(shortfall)}" for shortfall in self.shortfalls())])


def duration(seconds: float) -> str:
    """`40 s`, `3 min 12 s`, `1 h 5 min`."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
