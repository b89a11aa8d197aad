"""Outcomes: how each item of a quiz was answered and graded, their mean score, and the thresholds to reach. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tutor.corpus import bank
from tutor.models import Grade, Item
from utils.errors import UsageError

SKIPPED = "skipped"  # the grader of an answer that was not given


@dataclass(frozen=True)
class Outcome:
    """One item of a quiz, how it was answered and graded."""

    item: Item  # drawn; for one that the lessons no longer have, what the sheet says about it
    answer: str = ""
    grade: Grade | None = None  # None where it could not be graded
    error: str = ""  # why it could not be
    verdicts: tuple[bool, ...] = ()  # for each time that it was graded: was it correct?
    where: str = ""  # "docs/llm/attention.md:88", the lines to read again
    seconds: float = 0.0  # how long a person took
    open_questions: int = 0  # on a second sheet, about what the answer meant
    attempt: int | None = None  # its number, where the person who answered may appeal the grade
    exit_code: int = 0  # of the whole quiz because of this item, where a model was required and failed

    @property
    def score(self) -> float:
        return self.grade.score if self.grade else 0.0

    @property
    def correct(self) -> bool:
        return bool(self.grade and self.grade.correct)

    @property
    def unsure(self) -> bool:
        return bool(self.grade and self.grade.unsure)

    @property
    def question(self) -> str:
        return bank.kind_of(self.item).question_text(self.item)

    @property
    def answer_in_words(self) -> str:
        """The answer for a reader, with the texts of options or steps in place of their numbers."""
        return bank.kind_of(self.item).answer_in_words(self.item, self.answer)

    @property
    def feedback(self) -> str:
        return self.grade.feedback if self.grade else ""

    @property
    def stability(self) -> str:
        """ "stable pass", "flaky" or "stable fail"; "" where nothing was graded."""
        if not self.verdicts:
            return ""
        return "stable pass" if all(self.verdicts) else "flaky" if any(self.verdicts) else "stable fail"


def settle(grades: Sequence[Grade], flaky_passes: bool = False) -> tuple[Grade, tuple[bool, ...]]:
    """(the grade of an answer that was graded several times, whether each of its grades is correct).

    The worst one counts or, with `flaky_passes`, the best."""
    pick = max if flaky_passes else min
    grade = pick(grades, key=lambda grade: (grade.correct, grade.score))
    return replace(grade, feedback=grade.feedback or grade.misunderstood), tuple(grade.correct for grade in grades)


def no_answer(item: Item, feedback: str = "No answer was given.") -> Grade:
    """The grade of an item that was not answered."""
    return Grade(0.0, missed=tuple(point.text for point in item.rubric), feedback=feedback, grader=SKIPPED)


def thresholds(options: Iterable[str], find: Callable[[str], str]) -> dict[str, float]:
    """{lesson id: least score} of `--min-score TOPIC=X`, and under "" that of `--min-score X`.

    find: topic -> lesson id. Raises UsageError for a topic that is not a lesson and for a score that is not from 0 to 1.
    """
    wanted = {}
    for option in options:
        topic, _, share = option.rpartition("=")
        try:
            value = float(share)
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            raise UsageError(f'--min-score: found "{share}", expected a share from 0 to 1 such as 0.8 or llm/lora=0.8')
        wanted[find(topic.strip()) if topic.strip() else ""] = value
    return wanted


def mean_score(outcomes: Iterable[Outcome]) -> float:
    """The mean score of what could be graded; 0.0 where nothing was."""
    scores = [outcome.score for outcome in outcomes if outcome.grade]
    return math.fsum(scores) / len(scores) if scores else 0.0
