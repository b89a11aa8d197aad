"""How well `ask` answers without a model, and refuses what no lesson answers: benchmarks/questions.jsonl over the lessons.

    python benchmarks/ask.py            # a table: answered from the right section or lesson, wrongly answered, refused
    python benchmarks/ask.py --fit      # the weights of utils/answering.py's verdict, from the bank questions too

Each question names the section that answers it (others may do so as well, and then count as wrong), or none. `dev` ones were
looked at while building, `test` ones only counted.
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from utils import answering, bank, files, search  # noqa: E402


def answer_of(index, question, lessons=None):
    asked = index.asked(question)
    return answering.answer(question, index.search(question, answering.CANDIDATES, lessons), asked)


def table(index, corpus, questions) -> None:
    print("| split | questions | right section | right lesson | other lesson | refused | no citation off its line | ms each |")
    print("|---|---|---|---|---|---|---|---|")
    for split in ("dev", "test"):
        for wanted in (True, False):
            rows = [row for row in questions if row["split"] == split and bool(row["sections"]) == wanted]
            section = lesson = other = refused = standing = 0
            begun = time.perf_counter()
            for row in rows:
                answer = answer_of(index, row["question"])
                standing += all(answering.stands(one, corpus.lesson_text(one.lesson)) for one in answer.citations)
                if not answer.found:
                    refused += 1
                    continue
                place = section_of(corpus, answer.citations[0])
                lessons = {one.partition("#")[0] for one in row["sections"]}
                section += place in row["sections"]
                lesson += place not in row["sections"] and place.partition("#")[0] in lessons
                other += place.partition("#")[0] not in lessons
            each = (time.perf_counter() - begun) / len(rows) * 1000
            shares = " | ".join(f"{count / len(rows):.0%}" for count in (section, lesson, other, refused, standing))
            print(f"| {split} | {len(rows)} {'answerable' if wanted else 'not in the lessons'} | {shares} | {each:.1f} |")


def section_of(corpus, citation) -> str:
    """The id of the section that a citation's line is in."""
    sections = corpus.lesson(citation.lesson).sections
    return next(section.id for section in reversed(sections) if section.line <= citation.line)


# ------------------------------------------------------------------------------------------------- fitting


BANKS = 0.05  # weight of a bank question, which is put in its lesson's own words, against a real one
LEAN = 0.2  # towards answering, in log-odds


def examples(index, corpus, questions):
    """(evidence, is it answerable) of dev questions and bank questions; those of a bank again with their track hidden."""
    for row in questions:
        if row["split"] == "dev":
            yield from evidence_of(index, row["question"], None, bool(row["sections"]), 1.0)
    lessons = corpus.ids()
    for lesson in lessons:
        elsewhere = [other for other in lessons if other.split("/")[0] != lesson.split("/")[0]]
        text, path = corpus.bank_text(lesson)
        for item in bank.parse_bank(text, lesson, path):
            if item.kind in ("short", "choice") and not item.variables and not item.expression:
                question = item.question.split("\n")[0]
                yield from evidence_of(index, question, None, True, BANKS)
                yield from evidence_of(index, question, elsewhere, False, BANKS)


def evidence_of(index, question, lessons, answerable, weight):
    asked = index.asked(question)
    kept = []

    def keep(evidence):
        kept.append(evidence)
        return True

    before, answering.is_found = answering.is_found, keep
    answering.answer(question, index.search(question, answering.CANDIDATES, lessons), asked)
    answering.is_found = before
    yield from ((evidence, answerable, weight) for evidence in kept)


def fit(rows, steps=4000, rate=0.5, penalty=0.02) -> None:
    """Logistic regression by gradient descent, both answers weighing the same in all."""
    count = len(rows[0][0])
    means = [sum(row[0][k] for row in rows) / len(rows) for k in range(count)]
    spreads = [math.sqrt(sum((row[0][k] - means[k]) ** 2 for row in rows) / len(rows)) or 1.0 for k in range(count)]
    total = {answer: sum(weight for _, right, weight in rows if right == answer) for answer in (True, False)}
    data = [
        ([(row[k] - means[k]) / spreads[k] for k in range(count)] + [1.0], right, weight / total[right] / 2)
        for row, right, weight in rows
    ]
    slopes = [0.0] * (count + 1)
    for _ in range(steps):
        slope = [penalty * value for value in slopes[:-1]] + [0.0]
        for row, right, weight in data:
            error = 1 / (1 + math.exp(-sum(a * b for a, b in zip(slopes, row, strict=True)))) - right
            for k, value in enumerate(row):
                slope[k] += weight * error * value
        slopes = [value - rate * change for value, change in zip(slopes, slope, strict=True)]
    raw = [slopes[k] / spreads[k] for k in range(count)]
    bias = slopes[-1] - sum(raw[k] * means[k] for k in range(count))
    print(f"SLOPES = ({', '.join(f'{value:.2f}' for value in raw)})\nBIAS = {bias + LEAN:.2f}  # from {len(rows)} questions")


if __name__ == "__main__":
    corpus = files.open_corpus(ROOT / "docs")
    index = search.open_index(corpus, None)
    questions = [json.loads(line) for line in (ROOT / "benchmarks" / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    if "--fit" in sys.argv:
        fit(list(examples(index, corpus, questions)))
    else:
        table(index, corpus, questions)
