"""The result of a quiz for other programs: the JSON document, JUnit XML, and what GitHub Actions shows.

Whatever comes from a learner, a lesson or a file goes through `sanitize` first, so that no character breaks the XML or the
page, and is cut if it is long.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from tutor.models import Grade
from tutor.quiz.outcomes import SKIPPED, Outcome, mean_score
from utils import __version__
from utils.errors import ExitCode, UsageError
from utils.text import defused, sanitize

MAX_TEXT = 1_000  # characters of one text in JUnit: keeps a thousand items below the 30 MB that GitLab reads
MAX_CELL = 300  # of one text in a summary
SUMMARY_BYTES = 1024 * 1024 - 1  # GitHub refuses a longer summary of a step
MAX_ANNOTATIONS = 10  # GitHub shows no more for a step
JUNIT_MARK = "<testsuite"  # near the beginning of every JUnit report, whoever wrote it


@dataclass(frozen=True)
class QuizReport:
    """A quiz and the outcomes of its items."""

    topics: tuple[str, ...]  # lessons that were asked for; () is the whole corpus
    seed: int
    corpus: str  # fingerprints.corpus_fingerprint of the lessons it was drawn from
    outcomes: tuple[Outcome, ...]  # in the order of the questions
    started: datetime  # aware
    seconds: float = 0.0
    min_scores: Mapping[str, float] = field(default_factory=dict)  # {lesson: least score}, "" for the whole

    model: str | None = None  # that read the free-text answers
    usage: Mapping[str, Any] | None = None

    @property
    def score(self) -> float:
        return mean_score(self.outcomes)

    def scores(self) -> dict[str, float]:
        """{lesson: score}, in the order in which the lessons first appear."""
        lessons = dict.fromkeys(outcome.item.lesson for outcome in self.outcomes if outcome.grade)
        return {lesson: mean_score(outcome for outcome in self.outcomes if outcome.item.lesson == lesson) for lesson in lessons}

    @property
    def grader(self) -> str:
        """Who graded, and of which version of the program: `built-in (ptutor 0.1.0)`; "" where nothing was graded."""
        names = dict.fromkeys(outcome.grade.grader for outcome in self.outcomes if outcome.grade)
        graders = ", ".join(name for name in names if name != SKIPPED)
        return f"{graders} (ptutor {__version__})" if graders else ""

    def shortfalls(self) -> list[tuple[str, float, float]]:
        """(lesson, score, least score) for every threshold that was missed; the lesson "" stands for the whole quiz."""
        scores = {"": self.score, **self.scores()}
        return [
            (lesson, scores.get(lesson, 0.0), least)
            for lesson, least in self.min_scores.items()
            if scores.get(lesson, 0.0) < least - 1e-9  # for rounding: three thirds may be less than 1
        ]

    @property
    def passed(self) -> bool:
        return not self.shortfalls()

    @property
    def exit_code(self) -> ExitCode:
        if failed := next((outcome.exit_code for outcome in self.outcomes if outcome.exit_code), 0):
            return ExitCode(failed)
        if not any(outcome.grade for outcome in self.outcomes):
            return ExitCode.NOTHING_RUN
        return ExitCode.DONE if self.passed else ExitCode.FELL_SHORT

    # -------------------------------------------------------------------------------------------- JSON

    def document(self) -> dict[str, Any]:
        """What `--json` prints; fields are only ever added."""
        return {
            "topics": list(self.topics),
            "seed": self.seed,
            "score": round(self.score, 4),
            "passed": self.passed,
            "min_score": self.min_scores.get(""),
            "items": [_item(outcome) for outcome in self.outcomes],
            "mode": "model" if self.model else "offline",
            "model": self.model,
            "usage": self.usage,
            "corpus": self.corpus,
            "grader": self.grader,
            "scores": {lesson: round(score, 4) for lesson, score in self.scores().items()},
            "min_scores": {lesson: least for lesson, least in self.min_scores.items() if lesson},
            "errors": sum(not outcome.grade for outcome in self.outcomes),
            "unsure": sum(outcome.unsure for outcome in self.outcomes),
            "started": _timestamp(self.started) + "Z",
            "seconds": round(self.seconds, 3),
        }

    # ------------------------------------------------------------------------------------------- JUnit

    def junit(self) -> str:
        """JUnit XML that both common schemas accept: each item a test case, a missed one a failure, an ungraded one an error."""
        import io

        from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

        suite = TestSuite("quiz")
        suite.hostname, suite.timestamp = "localhost", _timestamp(self.started)
        suite._elem.set("package", "tutor")
        suite._elem.set("id", "0")
        for name, value in (
            ("seed", self.seed),
            ("corpus", self.corpus),
            ("score", f"{self.score:.4f}"),
            ("grader", _clean(self.grader)),
            ("unsure", sum(outcome.unsure for outcome in self.outcomes)),
        ):
            suite.add_property(name, str(value))
        for outcome in self.outcomes:
            case = TestCase(_clean(outcome.item.id), _clean(outcome.item.lesson), round(outcome.seconds, 3))
            if not outcome.grade:
                case.result = Error(_clean(outcome.error), "not-graded")
            elif not outcome.correct:
                failure = Failure(_clean(_met_and_missed(outcome, outcome.grade)), "unsure" if outcome.unsure else "missed")
                failure.text = _details(outcome, outcome.grade)
                case.result = failure
            suite.append(case)
        suite.update_statistics()
        suite.time = round(self.seconds, 3)
        for name in ("system-out", "system-err"):  # required by one schema, in this order
            suite._elem.append(suite._elem.makeelement(name, {}))
        xml = JUnitXml()
        xml.add_testsuite(suite)
        out = io.BytesIO()
        xml.write(out, pretty=True)
        return out.getvalue().decode("utf-8")

    # ---------------------------------------------------------------------------------- GitHub Actions

    def summary(self, room_bytes: int = SUMMARY_BYTES) -> str:
        """An HTML table for $GITHUB_STEP_SUMMARY of at most that many bytes, which counts the rows that don't fit."""
        verdict = "" if self.passed else ", below what was asked for"
        right = sum(outcome.correct for outcome in self.outcomes)
        text = f"<h3>Quiz: {right} of {len(self.outcomes)} right, score {self.score:.2f}{verdict}</h3>\n<table>\n"
        text += _row("th", "", "item", "answer", "what was missed")
        end = f"</table>\n<p>seed {self.seed}, lessons {_cell(self.corpus)}, graded by {_cell(self.grader) or 'nobody'}</p>\n\n"
        left = [_summary_row(outcome) for outcome in self.outcomes]
        left.reverse()
        room = room_bytes - len((text + end).encode()) - len(_row("td", "", f"and {len(left)} more").encode())
        while left and len(left[-1].encode()) <= room:
            row = left.pop()
            room -= len(row.encode())
            text += row
        if left:
            text += _row("td", "", f"and {len(left)} more")
        return text + end if room >= 0 else ""

    def annotations(self) -> list[str]:
        """Workflow commands that mark the first of the lines to read again; each is one line and safe to print."""
        marked = [outcome for outcome in self.outcomes if not outcome.correct and outcome.where]
        return [_annotation(outcome) for outcome in marked[:MAX_ANNOTATIONS]]


def fixed_time(environment: Mapping[str, str]) -> datetime | None:
    """The time of a reproducible report, from SOURCE_DATE_EPOCH in seconds; None where it is not set.

    https://reproducible-builds.org/specs/source-date-epoch/. Raises UsageError.
    """
    seconds = environment.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH: found {seconds!r}, expected seconds since 1970, such as 1700000000") from None


def _timestamp(moment: datetime) -> str:
    """UTC without its zone, as JUnit has it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def _item(outcome: Outcome) -> dict[str, Any]:
    item, grade = outcome.item, outcome.grade
    return {
        "id": item.id,
        "lesson": item.lesson,
        "section": item.section,
        "kind": item.kind,
        "question": outcome.question,
        "answer": outcome.answer,
        "score": round(outcome.score, 4),
        "correct": outcome.correct,
        "met": [{"point": met.point, "evidence": met.evidence, "credit": met.credit} for met in grade.met] if grade else [],
        "missed": list(grade.missed) if grade else [],
        "feedback": outcome.feedback,
        "grader": grade.grader if grade else None,
        "unsure": outcome.unsure,
        "figure": item.figure_block or None,
        "clarified": bool(grade and grade.clarified),
        "open_questions": outcome.open_questions,
        "error": outcome.error or None,
        "verdicts": list(outcome.verdicts),
        "stability": outcome.stability,
        "where": outcome.where,
        "seconds": round(outcome.seconds, 3),
    }


def _met_and_missed(outcome: Outcome, grade: Grade) -> str:
    """`score 0.50. met: a; b. missed: c`, on one line; where the grader is unsure, that first."""
    parts = ["unsure, the stricter verdict stands"] if outcome.unsure else []
    parts.append(f"score {outcome.score:.2f}")
    if grade.met:
        parts.append("met: " + "; ".join(met.point for met in grade.met))
    parts.append("missed: " + ("; ".join(grade.missed) or outcome.feedback or "the answer"))
    return ". ".join(parts)


def _details(outcome: Outcome, grade: Grade) -> str:
    """Question, answer and grade, each on a line of its own."""
    rows = [
        f"Question: {outcome.question}",
        *([f"Figure: {outcome.item.figure}"] if outcome.item.figure else []),
        f"Answer: {outcome.answer_in_words or 'none'}",
        *(f"Met: {met.point}" + (f' ("{met.evidence}")' if met.evidence else "") for met in grade.met),
        *(f"Missed: {point}" for point in grade.missed),
        f"Feedback: {outcome.feedback}",
        f"Read again: {outcome.where}",
    ]
    return _clean("\n".join(_clean(row, newlines=True) for row in rows), newlines=True, limit=3 * MAX_TEXT)


def _clean(text: str, newlines: bool = False, limit: int = MAX_TEXT) -> str:
    """A text that is safe in XML and on a page, cut at the limit."""
    text = sanitize(text[: limit * 2], newlines=newlines)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _cell(text: str) -> str:
    """A text for an HTML table: on one line, so that no Markdown begins, and escaped."""
    return html.escape(_clean(" ".join(text.split()), limit=MAX_CELL))


def _row(tag: str, *cells: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{_cell(cell)}</{tag}>" for cell in cells) + "</tr>\n"


def _summary_row(outcome: Outcome) -> str:
    sign = outcome.grade.sign if outcome.grade else "!"
    points = outcome.grade.missed if outcome.grade else ()
    missed = "" if outcome.correct else outcome.error or "; ".join(points) or outcome.feedback
    return _row("td", sign, outcome.item.key, outcome.answer_in_words, missed)


def _annotation(outcome: Outcome) -> str:
    path, _, line = outcome.where.rpartition(":")
    place = {"file": path, "line": line, "title": outcome.item.key}
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    what = outcome.error or (f"Read again. {_met_and_missed(outcome, outcome.grade)}" if outcome.grade else "")
    return f"::error {properties}::{_escape(defused(_clean(what, limit=MAX_CELL)))}"


def _escape(text: str) -> str:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions: a message ends at a line end."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(defused(_clean(text))).replace(":", "%3A").replace(",", "%2C")
