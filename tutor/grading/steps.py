"""Grades of worked examples: each line that the learner filled in is graded by itself, as a number, a formula or a choice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.corpus.bank import KINDS
from tutor.corpus.bank.kinds.steps import blank_lines, carried_on, computes_with, lettered
from tutor.grading.closed.choices import grade_choice, not_understood, pick
from tutor.grading.closed.guesses import without_hedges
from tutor.grading.closed.numbers import grade_expression, grade_number
from tutor.grading.closed.quantities import read_quantity
from tutor.grading.closed.spellings import fold
from tutor.grading.closed.units import same_unit
from tutor.models import Grade, Item, Kind, Met, WorkedLine

GRADERS = {Kind.NUMBER: grade_number, Kind.SHORT: grade_expression, Kind.CHOICE: grade_choice}
LEFT_OUT = frozenset(["", "-", "–", "—", "?", "…", "..."])  # in place of a line that somebody doesn't know


@dataclass(frozen=True)
class FilledLine:
    """A line of a worked example beside what the learner put there."""

    number: int  # from 1, among all lines
    line: WorkedLine
    said: str  # "" for nothing
    grade: Grade
    carried: bool = False  # right with what the learner has above it, which is not what is right there

    @property
    def right_answer(self) -> str:
        return KINDS[self.line.item.kind].shown_answer(self.line.item)

    @property
    def reply(self) -> str:
        """What the bank says to it, where it is a mistake that its author expected."""
        asked = self.line.item
        expected = {one.reply or one.misconception for one in asked.wrong}
        expected |= {option.reply or option.misconception for option in asked.options}
        return self.grade.feedback if not self.grade.correct and self.grade.feedback in expected else ""


def grade_steps(item: Item, answer: str, language: str = "en") -> Grade:
    """The share of blank lines that are filled in rightly. An answer has them in order, each on its own line or with `;` between.

    A number that is right with what the learner has in the lines above counts, be those right or not. A line that can't be read
    is asked for again.
    """
    count, given = len(blank_lines(item)), _split(item, answer)
    if not any(given) or len(given) > count:
        found = f"{len(given)} given" if any(given) else "nothing was typed"
        return Grade(0.0, misunderstood=f"{count} line{'s' * (count > 1)} to fill in, {found}. {_how_to_type(item)}")
    lines = filled_lines(item, answer, language)
    right = [one for one in lines if one.grade.correct]
    wrong = [one for one in lines if not one.grade.correct]
    unread = next((one for one in wrong if one.grade.misunderstood), None)
    asked_again = _of_line(item, unread, unread.grade.misunderstood) if unread else ""
    if len(given) < count and not asked_again:
        asked_again = f"{count} lines to fill in, {len(given)} given. {_how_to_type(item)}"
    return Grade(
        len(right) / count,
        tuple(Met(f"line {one.number}: {one.right_answer}", one.said if one.said != one.right_answer else "") for one in right),
        tuple(f"line {one.number}: {one.right_answer}" for one in wrong),
        _feedback(item, lines),
        misunderstood=asked_again,
        heard="\n".join(dict.fromkeys(one.grade.heard for one in wrong if one.grade.heard)),
    )


def filled_lines(item: Item, answer: str, language: str = "en") -> list[FilledLine]:
    """The blank lines of an item beside those of an answer, each with its grade."""
    numbers = {line.name: line.item.answer or 0.0 for line in item.lines if line.name}
    off: set[str] = set()  # the lines whose number is not exactly the right one
    given, found = _split(item, answer), []
    for place, line in enumerate(blank_lines(item)):
        said = given[place] if place < len(given) else ""
        grade, carried = _graded(line.item, said, language), False
        if not grade.correct and said and off & computes_with(line):
            follows = carried_on(line, numbers)
            if follows and (again := _graded(follows, said, language)).correct:
                grade, carried = again, True
        if line.name and (value := _number(line.item, said, language)) is not None and value != numbers[line.name]:
            numbers[line.name] = value
            off.add(line.name)
        found.append(FilledLine(item.worked + place + 1, line, said, grade, carried))
    return found


def _graded(asked: Item, said: str, language: str) -> Grade:
    if not said:
        return Grade(0.0)
    grade, bare = _as_its_kind(asked, said, language), without_hedges(said)
    if grade.correct or asked.kind == Kind.NUMBER or not bare or bare == said:  # a number is read with what stands around it
        return grade
    again = _as_its_kind(asked, bare, language)
    return again if not again.misunderstood else grade


def _as_its_kind(asked: Item, said: str, language: str) -> Grade:
    named = next((number for number, option in enumerate(asked.options, 1) if fold(option.text) == fold(said)), 0)
    if named and pick(asked, said) is not asked.options[named - 1]:  # an option that is itself a number, or a letter
        said = str(named)
    grade = GRADERS[asked.kind](asked, said, language)
    if asked.options and grade.misunderstood:  # the lines have the numbers here
        letters = [letter for letter, _ in lettered(asked) if letter]
        return not_understood(said, f"Type {f'a letter from a to {letters[-1]}, or ' if letters else ''}the option's text.")
    return grade


def _number(asked: Item, said: str, language: str) -> float | None:
    """The number on a line, in the unit that it asks for; None where that can't be told."""
    quantity = read_quantity(said, language) if said else None
    return quantity.value if quantity and (not quantity.unit or same_unit(quantity.unit, asked.unit)) else None


def _split(item: Item, answer: str) -> list[str]:
    """What an answer has for each line, in order, "" for one that is left out; as many as it gives."""
    count, rows = len(blank_lines(item)), answer.strip("\n").split("\n")
    if len(rows) > 1:
        given = rows if len(rows) <= count else [row for row in rows if row.strip()]
    elif count > 1 and ";" in answer:
        given = answer.strip().rstrip(";").split(";")
    else:
        parts = re.split(r",\s+", answer.strip())
        given = parts if len(parts) == count else [answer]
    return [_without_number(text.strip(), number) for number, text in enumerate(given, item.worked + 1)]


def _without_number(text: str, number: int) -> str:
    """What stands on a line, without the line's number before it."""
    bare = re.sub(rf"^\(?{number}[.):]\s+(?=\S)", "", text)
    return "" if bare in LEFT_OUT else bare


def _how_to_type(item: Item) -> str:
    if len(blank_lines(item)) == 1:
        return "Type what stands there."
    return "Type one after the other, with ; between them, and - for one that you don't know."


def _of_line(item: Item, one: FilledLine, said: str) -> str:
    """What is said of a line, with its number where it is not the only one."""
    return said if len(blank_lines(item)) == 1 else f"Line {one.number}: {said}"


def _feedback(item: Item, lines: list[FilledLine]) -> str:
    """What is said of the first line that is wrong, and of those that follow from it."""
    wrong = next((one for one in lines if not one.grade.correct), None)
    if wrong is None:
        return ""
    told = [_of_line(item, wrong, wrong.grade.feedback or (f"“{wrong.said}” is wrong." if wrong.said else "It is empty."))]
    carried = [str(one.number) for one in lines if one.carried]
    if carried:
        one = len(carried) == 1
        which = f"Line {carried[0]} follows" if one else f"Lines {', '.join(carried[:-1])} and {carried[-1]} follow"
        told.append(f"{which} from what you have above, and count{'s' * one}.")
    return " ".join(told)
