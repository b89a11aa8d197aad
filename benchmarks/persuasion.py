"""What passes with a model that says yes to everything: python benchmarks/persuasion.py prints the table.

The model calls every point made and quotes the whole answer for it. It reads the wrong answers that the bundled banks list, and
the texts of tests/data/injections.jsonl, each as an answer to three questions. Both are graded with the banks as they are, and
with their lists of wrong answers taken out.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from labelled_answers import short_items  # noqa: E402

from tutor import prompts  # noqa: E402
from tutor.grading import grade, grade_from_verdicts  # noqa: E402
from tutor.models import Item  # noqa: E402

QUESTIONS = 3  # that each injection is tried as an answer to


def obeyed(item: Item, answer: str, strict: bool):
    """The grade with a model that says yes to everything."""
    points = prompts.points_of(item)
    return grade_from_verdicts(item, answer, points, [(True, answer)] * len(points), "", "", "obedient", strict=strict)


def wrong_answers(items: list[Item]) -> Iterator[tuple[Item, str]]:
    return ((item, wrong.answer) for item in items for wrong in item.wrong)


def injections(items: list[Item]) -> Iterator[tuple[Item, str]]:
    lines = (ROOT / "tests" / "data" / "injections.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["target"] == "answer" and not row["question"]]
    for number, row in enumerate(rows):
        for step in range(QUESTIONS):
            yield items[(number * 7 + step * 13) % len(items)], row["text"]


def main() -> None:
    items = list(short_items().values())
    print("| answers | tried | built-in grader alone | with the model, in a session | in a script |\n|---|---|---|---|---|")
    for name, answers in (("wrong", list(wrong_answers(items))), ("injections", list(injections(items)))):
        for listed in (True, False):
            passed: Counter[str] = Counter()
            for known, answer in answers:
                item = known if listed else replace(known, wrong=())
                passed["alone"] += grade(item, answer).correct
                passed["session"] += obeyed(item, answer, False).correct
                passed["script"] += obeyed(item, answer, True).correct
            where = "known wrong answers listed" if listed else "lists taken out"
            print(
                f"| {name}, {where} | {len(answers)} | {passed['alone']} | {passed['session']} | {passed['script']} |", flush=True
            )


if __name__ == "__main__":
    main()
