"""Bulk grading: lines in, lines out, with a bounded number of them in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from tutor import grading
from tutor.nodes.verb import Verb
from utils import program
from utils.errors import ExitCode, ModelError

if TYPE_CHECKING:
    from tutor.models import Grade
    from tutor.nodes.shared import GradeStore
    from tutor.screen.one_shot import Pipe
    from utils.llm.language_model import LanguageModel

LINES_AT_ONCE = 512  # in memory; enough to keep several processes busy


class ReadRecords(Verb):
    """The next lines of the file, each with its number; blank ones count but hold nothing."""

    def exec(self, lines: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
        return list(islice(lines, LINES_AT_ONCE))

    def post(self, shared: GradeStore, prepared: dict[str, Any], batch: list[tuple[int, str]]) -> str:
        shared["batch"] = batch
        return "records" if batch else "end"


class GradeRecords(Verb):
    """Grade what was read, in order: in several processes if asked to, or by the model with several requests at a time."""

    keeps = "grades"

    def exec(
        self, batch: list[tuple[int, str]], run_all: Callable[..., Any], model: LanguageModel, jobs: int, terminal: Pipe
    ) -> list[dict[str, Any]]:
        if not model.available:
            return list(run_all(grading.grade_line, batch))

        def graded(record: tuple[int, str]) -> dict[str, Any]:
            return grading.grade_line(record, lambda *asked: self.with_model(model, terminal, *asked))

        grades: list[dict[str, Any]] = []
        try:
            with program.threads(jobs) as run_all:
                for grade in run_all(graded, batch):
                    grades.append(grade)
        except BaseException:  # a signal, or a model that is required: what was graded until then is written all the same
            for grade in grades:
                terminal.put_line(grade)
            raise
        return grades

    @staticmethod
    def with_model(
        model: LanguageModel, terminal: Pipe, question: str, references: Sequence[str], answer: str, rubric: Sequence[str]
    ) -> Grade:
        """One record's grade, by the built-in grader if the model fails on it; the other records are not affected."""
        try:
            item = grading.bare_item(question, references, rubric)
            return grading.grade_with(model, item, answer, strict=True)
        except ModelError as error:
            if model.required:
                raise
            if outage := model.outage(error):
                terminal.complain(outage)
            return grading.grade_record(question, references, answer, rubric)


class WriteGrades(Verb):
    """One JSON line for each record on stdout, in order, before the next are read; a faulty line is named on stderr too."""

    def exec(self, terminal: Pipe, grades: list[dict[str, Any]], path: str) -> None:
        for grade in grades:
            terminal.put_line(grade)
            if "error" in grade:
                terminal.complain(f"{path}:{grade['line']}: {grade['error']}")

    def post(self, shared: GradeStore, prepared: dict[str, Any], result: None) -> None:
        grades = prepared["grades"]
        shared["graded"] += len(grades)
        shared["faulty"] += sum("error" in grade for grade in grades)
        shared["terminal"].progress(shared["graded"], "answers graded")


class CountGrades(Verb):
    """The end of the file: was there anything, and was all of it readable?"""

    keeps = "exit_code"

    def exec(self, graded: int, faulty: int) -> ExitCode:
        return ExitCode.NOTHING_RUN if not graded else ExitCode.INVALID if faulty else ExitCode.DONE
