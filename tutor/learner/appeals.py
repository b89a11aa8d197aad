"""Appeals: the result of a second look, and the change to a bank that would accept the disputed answer."""

from __future__ import annotations

import difflib
import json
import textwrap
from collections.abc import Sequence
from typing import TypedDict

from tutor.models import Attempt, Grade, Item
from utils import strict_yaml
from utils.text import sanitize


class GradeDocument(TypedDict):
    """A grade as `appeal --json` prints it."""

    score: float
    correct: bool
    unsure: bool
    grader: str
    met: list[str]
    missed: list[str]
    feedback: str


Flip = tuple[Attempt, Grade]  # an attempt, and the grade that turns its verdict round


class FlipDocument(TypedDict):
    """Another attempt of the item whose verdict the second look turns round, as `appeal --json` prints it."""

    attempt: int
    answer: str
    correct: bool  # by the second look


class TestDocument(TypedDict):
    """What tells the bank's author whether the patch does its work, as `appeal --json` prints it."""

    passes: bool  # the answer, by the built-in grader, with the patch
    command: str  # that says so again after any later change


class AppealDocument(TypedDict):
    """An appeal as `appeal --json` prints it."""

    attempt: int
    item: str
    place: str  # path:line of the item in its bank
    answer: str
    stands: bool
    first: GradeDocument
    second: GradeDocument
    patch: str
    flips: list[FlipDocument]
    test: TestDocument | None  # None where there is no patch


def appeal_document(
    attempt: Attempt, item: Item, second: Grade, bank_text: str, path: str, flips: Sequence[Flip], passes: bool, test: str
) -> AppealDocument:
    """Both grades, what an appeal that stands changes, and the patch to the bank if it stands or neither look is sure.

    passes: whether the built-in grader accepts the answer once it is a reference. test: the command that tests the bank again.
    """
    stands = second.correct and not attempt.grade.correct
    patch = bank_patch(item, attempt.answer, bank_text, path) if stands or is_disputed(attempt, second) else ""
    return {
        "attempt": attempt.id, "item": attempt.item, "place": f"{item.path}:{item.line}", "answer": attempt.answer,
        "stands": stands,
        "first": grade_document(attempt.grade), "second": grade_document(second),
        "patch": patch,
        "flips": [{"attempt": one.id, "answer": one.answer, "correct": grade.correct} for one, grade in flips],
        "test": {"passes": passes, "command": test} if patch else None,
    }  # fmt: skip


def is_disputed(attempt: Attempt, second: Grade) -> bool:
    """Is either look unsure that the answer is wrong? Then the author decides, and gets the patch too."""
    return not attempt.grade.correct and (attempt.grade.unsure or second.unsure)


def grade_document(grade: Grade) -> GradeDocument:
    """A grade as plain values."""
    return {
        "score": round(grade.score, 4), "correct": grade.correct, "unsure": grade.unsure, "grader": grade.grader,
        "met": [met.point for met in grade.met], "missed": list(grade.missed), "feedback": grade.feedback,
    }  # fmt: skip


def bank_patch(item: Item, answer: str, bank_text: str, path: str) -> str:
    """A unified diff that adds the answer to an item's references; "" for kinds without references."""
    if not item.references:
        return ""
    items = strict_yaml.load(bank_text, path)["items"]
    entry = next(entry for entry in items if entry.get("id") == item.id)
    lines = bank_text.split("\n")
    row = json.dumps(sanitize(answer), ensure_ascii=False)
    last = strict_yaml.line_of(entry["references"], len(entry["references"]) - 1)  # 1-based
    begins = lines[last - 1]
    if begins.lstrip().startswith("- "):
        indent = begins[: len(begins) - len(begins.lstrip())]
        end = last
        while end < len(lines) and lines[end].startswith(indent + "  ") and lines[end].strip():
            end += 1  # the reference continues on this line
        changed = [*lines[:end], f"{indent}- {row}", *lines[end:]]
    else:  # a list in brackets: [a, b]
        at = strict_yaml.end_of(bank_text, "items", items.index(entry), "references", len(entry["references"]) - 1)
        changed = f"{bank_text[:at]}, {row}{bank_text[at:]}".split("\n")
    return "\n".join(difflib.unified_diff(lines, changed, path, path, lineterm="", n=2))


def flip_lines(flips: Sequence[Flip]) -> list[str]:
    """The attempts that an appeal changed, those with the same answer on one line; [] where it changed none."""
    return _flip_lines([(one.id, one.answer, grade.correct) for one, grade in flips])


def _flip_lines(flips: Sequence[tuple[int, str, bool]]) -> list[str]:
    numbers: dict[tuple[str, bool], list[str]] = {}
    for number, answer, correct in flips:
        numbers.setdefault((answer, correct), []).append(str(number))
    head = ["The same look at all other attempts of this question changes:"] if numbers else []
    return head + [
        f"{'right' if correct else 'wrong'} now: {', '.join(ids)}: “{said}”" for (said, correct), ids in numbers.items()
    ]


def listing(appeal: AppealDocument, width: int | None = None) -> str:
    """An appeal as text for a person. width: of their terminal; None where nothing is to be wrapped."""
    head, answer = f"{appeal['item']}, attempt {appeal['attempt']}", appeal["answer"]
    program = [f"    {line}".rstrip() for line in answer.split("\n")] if "\n" in answer else []
    lines = [] if program else [f"{head}: “{answer}”"]
    for name, one in (("first", appeal["first"]), ("second look", appeal["second"])):
        state = "unsure" if one["unsure"] else "right" if one["correct"] else "partly right" if one["score"] else "wrong"
        why = f": {one['feedback']}" if one["feedback"] else ""
        lines.append(f"{name:11} {state}, score {one['score']:.2f}, {one['grader']}{why}")
    gained = appeal["second"]["score"] > appeal["first"]["score"]
    kept = "The appeal stands in part; both are kept." if gained else "The grade stands; both are kept."
    lines.append("The appeal stands." if appeal["stands"] else kept)
    lines += _flip_lines([(one["attempt"], one["answer"], one["correct"]) for one in appeal["flips"]])
    lines = _wrapped(lines, width)
    if program:  # as it is, and with where its author finds the question
        lines = [*_wrapped([f"{head}, a question of {appeal['place']}:"], width), "", *program, "", *lines]
    if appeal["patch"]:  # as it is, to be copied
        lines += [
            "",
            *_wrapped(["For the author of the bank, this change would accept such an answer:"], width),
            "",
            appeal["patch"],
        ]
    if test := appeal["test"]:
        now = "passes" if test["passes"] else "still does not pass: its words are far from what the rubric says"
        lines += [
            "",
            *_wrapped([f"Tested: with this reference the answer {now}. It is tested again by:"], width),
            test["command"],
        ]
    return "\n".join(lines)


def _wrapped(lines: Sequence[str], width: int | None) -> list[str]:
    wrap = textwrap.TextWrapper(width or 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return [piece for line in lines for piece in wrap.wrap(line)] if width else list(lines)
