"""Appeals: what a second look comes to, and the change to a bank that would accept the disputed answer."""

from __future__ import annotations

import difflib
import json

from tutor.models import Attempt, Grade, Item, Kind
from utils import strict_yaml


def appeal_of(attempt: Attempt, item: Item, second: Grade, bank_text: str, path: str) -> dict:
    """Both verdicts as `appeal --json` gives them, and the patch where the appeal stands."""
    stands = second.correct and not attempt.grade.correct
    return {
        "attempt": attempt.id, "item": attempt.item, "answer": attempt.answer, "stands": stands,
        "first": verdict(attempt.grade), "second": verdict(second),
        "patch": patch(item, attempt.answer, bank_text, path) if stands or disputed(attempt, second) else "",
    }  # fmt: skip


def disputed(attempt: Attempt, second: Grade) -> bool:
    """Neither look is sure that the answer is wrong: the author decides, and gets the change too."""
    return not attempt.grade.correct and (attempt.grade.unsure or second.unsure)


def verdict(grade: Grade) -> dict:
    return {
        "score": round(grade.score, 4), "correct": grade.correct, "unsure": grade.unsure, "grader": grade.grader,
        "met": [met.point for met in grade.met], "missed": list(grade.missed), "feedback": grade.feedback,
    }  # fmt: skip


def patch(item: Item, answer: str, bank_text: str, path: str) -> str:
    """A unified diff that adds the answer to an item's reference answers; "" for kinds that have none."""
    if item.kind != Kind.SHORT or item.expression:
        return ""
    items = strict_yaml.load(bank_text, path)["items"]
    entry = next(entry for entry in items if entry.get("id") == item.id)
    lines = bank_text.split("\n")
    last = strict_yaml.line_of(entry["references"], len(entry["references"]) - 1)  # 1-based
    begins = lines[last - 1]
    if not begins.lstrip().startswith("- "):  # a list on one line: [a, b]
        return f"{path}:{last}: add {json.dumps(answer, ensure_ascii=False)} to the references of {item.id}"
    indent = begins[: len(begins) - len(begins.lstrip())]
    end = last
    while end < len(lines) and lines[end].startswith(indent + "  ") and lines[end].strip():
        end += 1  # a reference that goes on over lines
    changed = [*lines[:end], f"{indent}- {json.dumps(answer, ensure_ascii=False)}", *lines[end:]]
    return "\n".join(difflib.unified_diff(lines, changed, path, path, lineterm="", n=2))


def listing(found: dict) -> str:
    """The same for a person."""
    told = [f"{found['item']}, attempt {found['attempt']}: “{found['answer']}”"]
    for name, one in (("first", found["first"]), ("second look", found["second"])):
        sign = "?" if one["unsure"] else "✓" if one["correct"] else "~" if one["score"] else "✗"
        why = f": {one['feedback']}" if one["feedback"] else ""
        told.append(f"{sign} {name:11} score {one['score']:.2f}, {one['grader']}{why}")
    told.append("The appeal stands." if found["stands"] else "The grade stands; both verdicts are kept.")
    if found["patch"]:
        told += ["", "What would accept such an answer, for the bank's author:", "", found["patch"]]
    return "\n".join(told)
