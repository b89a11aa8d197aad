"""`check --mutate`: tries wrong answers that are made from right ones, and right ones as if nobody had thought of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutor.check.rubrics.lone_references import grades_alone, lone_findings
from tutor.check.rubrics.mutants import Mutant, mutants_of
from tutor.check.rules import finding
from tutor.corpus.bank import kind_of
from tutor.grading import grade
from tutor.grading.rubrics import has_rubric
from tutor.models import Finding, Item, KnownWrong
from utils import strict_yaml
from utils.text import shorten

TO_LIST, TO_ITEM = "add the line below to its wrong:", "add the two lines below to it, since it has no wrong: yet"


@dataclass(frozen=True)
class MutationScore:
    """How many of the wrong answers that were made from an item's right ones the grader refuses, and how its references stand."""

    path: str
    line: int
    item: str  # its id
    made: int
    refused: int
    references: int  # that were graded with only the others known
    passed: int  # of these


def survivors_of(item: Item, language: str = "en") -> tuple[int, list[Mutant]]:
    """(how many mutants an item has, those that pass)."""
    mutants = mutants_of(item, language)
    return len(mutants), [one for one in mutants if grade(item, one.answer, language=language).correct]


def try_bank(items: Sequence[Item], text: str, path: str, language: str) -> tuple[list[Finding], list[MutationScore]]:
    """Findings about mutants that pass and references that don't, and a score for each item that is answered in free text.

    Items with variables are left out: their references have no numbers yet. text: of the bank.
    """
    found: list[Finding] = []
    scores: list[MutationScore] = []
    for item, entry in zip(items, strict_yaml.load(text, path)["items"], strict=True):
        if not kind_of(item).is_free_text(item) or item.variables:
            continue
        made, survivors = survivors_of(item, language)
        alone = grades_alone(item, language)
        passed = sum(given.correct for given in alone)
        scores.append(MutationScore(path, item.line, item.id, made, made - len(survivors), len(alone), passed))
        found += lone_findings(item, alone, entry)
        of_item = sorted(
            (_finding(item, one, entry, text, path, language) for one in survivors), key=lambda one: (one.line, one.message)
        )
        first = next((n for n, one in enumerate(of_item) if one.add), None)
        if first is not None and not item.wrong:
            field = _indentation(text, strict_yaml.line_of(entry, "references")) + "wrong:"
            message = of_item[first].message.replace(TO_LIST, TO_ITEM)
            of_item[first] = replace(of_item[first], message=message, add=f"{field}\n{of_item[first].add}")
        found += of_item
    return found, scores


def _finding(item: Item, mutant: Mutant, entry: dict[str, Any], text: str, path: str, language: str) -> Finding:
    line = strict_yaml.line_of(entry[mutant.source], mutant.number)
    told = (
        f'item "{item.id}": the grader accepts {"the points" if mutant.source == "rubric" else "this reference"} {mutant.change}'
    )
    if mutant.lacks:  # half an answer is not wrong, so that a reply to it as a known wrong answer would be unfair
        remedy = f'"{shorten(mutant.answer)}" passes; word that point, and its also:, in what the others do not say'
        return finding("survived-mutant", path, line, f"{told}: {remedy}")
    if not has_rubric(item) and (mutant.is_nonsense or _passes_although_known(item, mutant, language)):
        remedy = f'"{shorten(mutant.answer)}" passes; give each point a near:, so that answers are read clause by clause'
        return finding("survived-mutant", path, line, f"{told}: {remedy}")
    row = f"- answer: {json.dumps(mutant.answer, ensure_ascii=False)}"
    indentation = _indentation(text, strict_yaml.line_of(entry["wrong" if item.wrong else "references"], 0))
    return finding("survived-mutant", path, line, f"{told}; {TO_LIST}", indentation + row)


def _passes_although_known(item: Item, mutant: Mutant, language: str) -> bool:
    known = replace(item, wrong=(*item.wrong, KnownWrong(mutant.answer)))
    return grade(known, mutant.answer, language=language).correct


def _indentation(text: str, line: int) -> str:
    """The spaces at the beginning of a line of a bank (1-based)."""
    found = text.split("\n")[line - 1]
    return found[: len(found) - len(found.lstrip(" "))]
