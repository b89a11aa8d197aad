"""The second sheet of a filled one: what its answers meant, where the grader is in doubt. Text in, text out. Pure.

It is a sheet like any other, of `choice` items that are made for it, and names the answers that it asks about by their
fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.corpus import bank
from tutor.models import Item, Point
from tutor.quiz.fingerprints import answers_fingerprint, fingerprint
from tutor.quiz.sheets import Sheet, altered_choice, as_typed, read_sheet, write_sheet
from utils.errors import InvalidFile, UsageError
from utils.text import cut, sanitize

LONGEST = 1_000  # characters of an answer that are shown again
HOW = "the letter of what was meant"
HEAD = """\
# What did these answers mean? Write the letter of what you meant after each "answer:", save the file, and have the sheet
# graded with it by
#
#     COMMAND
#
# What is left empty stays open, and the stricter verdict stands. Leave everything else as it is.
"""


def asked_of(item: Item, answer: str, question: Item) -> Item:
    """A question about a point, with the item's question and the answer in front: whoever reads the sheet has only that."""
    said = cut(sanitize(answer), LONGEST)
    asked = bank.kind_of(item).question_text(item)
    text = f"{asked}\n\nYou wrote: “{said}”\n\n{question.question}"
    return replace(question, question=text, figure=item.figure, figure_block=item.figure_block)


def fingerprint_of(sheet: Sheet) -> str:
    """Of the answers of a filled sheet: a second sheet fits one that was answered just so."""
    return answers_fingerprint((entry.key, entry.version, entry.answer) for entry in sheet.entries)


def write_second_sheet(
    questions: Sequence[Item], sheet: Sheet, *, command: str, in_words: Callable[[str], str] = str
) -> str:  # fmt: skip
    """The YAML of the second sheet. command: that grades with it, for the instructions. in_words: as of `write_sheet`."""
    return write_sheet(
        questions, {one.key: fingerprint(one) for one in questions}, seed=sheet.seed, topics=sheet.topics, corpus=sheet.corpus,
        command=command, head=HEAD, how=HOW, answers=fingerprint_of(sheet), in_words=in_words,
    )  # fmt: skip


def read_second_sheet(text: str, path: str) -> Sheet:
    """A second sheet, filled in or not. Raises InvalidFile."""
    if not text.strip():
        raise InvalidFile(path, 1, "found an empty file, expected the questions that --clarify wrote, filled in; remove "
                                   "it, and --clarify writes them again")  # fmt: skip
    return read_sheet(text, path)


def refuse_misplaced(sheet: Sheet, second: Sheet | None) -> None:
    """Raise the UsageError for a second sheet in the place of a filled one, and for one that asks about other answers."""
    if sheet.answers:
        raise _misplaced(sheet, "the questions that --clarify wrote", "a filled sheet",
                         "give this one with --clarify, and with --answers the sheet that it asks about")  # fmt: skip
    if second and not second.answers:
        raise _misplaced(second, "a sheet of questions", "one that --clarify wrote", "give another name, and it will be written")
    if second and second.answers != fingerprint_of(sheet):
        raise _misplaced(second, "questions about other answers", f"those of {sheet.path} as it is now",
                         "give the sheet that belongs to it, or another name, and it is written again")  # fmt: skip


def _misplaced(sheet: Sheet, found: str, expected: str, remedy: str) -> UsageError:
    return UsageError(f"{sheet.path}:{sheet.answers_line}: found {found}, expected {expected}; {remedy}")


@dataclass(frozen=True)
class UnclearAnswer:
    """An answer whose grade is unsure, and what is asked about it."""

    number: int  # among the answers of a sheet
    points: tuple[Point, ...]
    questions: list[Item]  # one for each point


@dataclass(frozen=True)
class Chosen:
    """What a second sheet says to the questions of one quiz."""

    options: Mapping[str, int]  # {key of the question: the option chosen, from 0}
    warnings: tuple[str, ...]  # why the others are still open


def chosen_in(second: Sheet, questions: Sequence[Item]) -> Chosen:
    """The options chosen; a question that is not on the sheet, or not answered by one of its options, stays open."""
    options: dict[str, int] = {}
    warnings = []
    for question in questions:
        entry = second.entry(question.key)
        if entry is None or entry.version != fingerprint(question, second.versions):
            place = f"{second.path}:{entry.line}" if entry else second.path
            warnings.append(f"{place}: {question.key} is asked otherwise today, and stays open; give --clarify another name, and "
                            "it is written again")  # fmt: skip
            continue
        if altered := altered_choice(entry, question):
            warnings.append(f"{second.path}:{entry.line}: {question.key}: {altered}; put it back. Until then the question "
                            "stays open, and the stricter verdict stands")  # fmt: skip
            continue
        typed = as_typed(question, entry)
        if typed.isascii() and typed.isdigit() and 0 < int(typed[:4]) <= len(question.options):
            options[question.key] = int(typed[:4]) - 1
            continue
        said = cut(sanitize(entry.answer, newlines=False), 40)
        found = f"found “{said}”, expected one of its letters" if said else "has no answer"
        warnings.append(f"{second.path}:{entry.line}: {question.key}: {found}; it stays open, and the stricter verdict stands")
    return Chosen(options, tuple(warnings))
