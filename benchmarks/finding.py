"""How well `search` finds the section that answers a question, and whether `ask` quotes it: benchmarks/questions.jsonl.

    python benchmarks/finding.py            # tables: found; answered from the right section or lesson, wrongly answered, refused
    python benchmarks/finding.py --fit rust=FOLDER fastapi=FOLDER opensource=FOLDER   # the weights of verdict.py, see ask.py

Each question names the section that answers it (others may do so as well, and then count as wrong), or none. `dev` ones were
looked at while building, `test` ones only counted. unanswerable.jsonl has more that the folders of ask.py don't answer, most of
them from the same fields; the weights are fitted to these too. How good the answers are is for benchmarks/ask.py.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ask import place  # noqa: E402

from tutor import search  # noqa: E402
from tutor.corpus import bank  # noqa: E402
from tutor.corpus.corpus import open_corpus  # noqa: E402
from tutor.corpus.markdown import ASKED  # noqa: E402
from tutor.models import Kind  # noqa: E402
from tutor.search import answering  # noqa: E402
from tutor.search.answering import verdict  # noqa: E402

FIVE = 5


def answer_of(index, question, lessons=None):
    asked = index.query_words(question)
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
                standing += all(answering.quote_stands(one, corpus.lesson_text(one.lesson)) for one in answer.citations)
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


def search_table(rows) -> None:
    """rows: (what, index, [(question, ids of the sections that answer it)])."""
    print("| `search` | questions | right lesson first | right section first | right section in five |")
    print("|---|---|---|---|---|")
    for what, index, questions in rows:
        lesson = first = five = 0
        for question, sections in questions:
            places = [f"{one.lesson}#{one.section}" for one in index.search(question, FIVE)]
            lessons = {section.partition("#")[0] for section in sections}
            lesson += bool(places) and places[0].partition("#")[0] in lessons
            first += bool(places) and places[0] in sections
            five += any(place in sections for place in places)
        shares = " | ".join(f"{count / len(questions):.0%}" for count in (lesson, first, five))
        print(f"| {what} | {len(questions)} | {shares} |")


def section_of(corpus, citation) -> str:
    """The id of the section that a citation's line is in."""
    sections = corpus.lesson(citation.lesson).sections
    return next(section.id for section in reversed(sections) if section.line <= citation.line)


# ------------------------------------------------------------------------------------------------- fitting


ELSEWHERE = 0.12  # weight of a question put to documents that it wasn't written for
MANUAL = 0.3  # and of one about the manual, which are many
HALF = 0.5  # and of one about the lessons' own words alone, or of unanswerable.jsonl, which were written to be hard
STRAY = 0.6  # and of one that would be answered from a section that doesn't answer it, which counts against answering
LEAN = 0.65  # towards answering, in log-odds
ANYWHERE = frozenset({""})  # where no section is named that answers a question


def examples(indexes):
    """(evidence, is it answered, weight) of the dev questions, each put to every set of documents, and of the manual's.

    indexes: {name of a set in ask_sets, or "manual", or "bare" for the lessons' own words alone: its index}.
    """
    sets = {name: [] for name in indexes if name not in ("manual", "bare")}
    for name, rows in sets.items():
        rows += [(row["question"], frozenset(map(place, row["section"])), 1.0) for row in lines_of(f"ask_sets/{name}.dev.jsonl")]
    sets["bundled"] += [
        (row["question"], frozenset(map(place, row["sections"])), 1.0)
        for row in lines_of("questions.jsonl")
        if row["split"] == "dev"
    ]
    for row in lines_of("unanswerable.jsonl"):
        sets[row["set"]].append((row["question"], frozenset(), HALF))
    for name, rows in sets.items():
        for question, sections, weight in rows:
            yield from evidence_of(indexes[name], question, sections, weight)
            if name == "bundled":
                yield from evidence_of(indexes["bare"], question, sections, HALF * weight)
            for other in set(indexes) - {name, "manual", "bare"} if sections else ():
                yield from evidence_of(indexes[other], question, frozenset(), ELSEWHERE)
    for line in (ROOT / "tests" / "data" / "manual_questions.txt").read_text(encoding="utf-8").splitlines():
        yield from evidence_of(indexes["manual"], line.partition(": ")[2], ANYWHERE, MANUAL)


def lines_of(name):
    return map(json.loads, (ROOT / "benchmarks" / name).read_text(encoding="utf-8").splitlines())


def bank_questions(corpus, kinds):
    """(question, id of the section that it is about) of the banks' items without variables."""
    for lesson in corpus.ids():
        text, path = corpus.bank_text(lesson)
        for item in bank.parse_bank(text, lesson, path):
            if item.kind in kinds and not item.variables and not item.expression:
                yield item.question.split("\n")[0], f"{lesson}#{item.section}"


def without_banks(corpus, folder: Path, asked: bool):
    """An index of the lessons alone, with or without the questions that their `asked` comments hold."""
    for lesson in corpus.ids():
        text = corpus.lesson_text(lesson)
        path = folder / f"{lesson}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if asked else ASKED.sub(lambda found: "\n" * found[0].count("\n"), text), encoding="utf-8")
    return search.open_index(open_corpus(folder), None)


def evidence_of(index, question, sections, weight):
    """sections: the places that answer a question, none where nothing does."""
    kept = []

    def keep(evidence):
        kept.append(evidence)
        return True

    before, verdict.is_found = verdict.is_found, keep
    answer = answer_of(index, question)
    verdict.is_found = before
    cited = {place(section_of(index.corpus, citation)) for citation in answer.citations}
    right = sections == ANYWHERE or not cited.isdisjoint(sections)
    yield from ((evidence, right, weight * (STRAY if sections and not right else 1.0)) for evidence in kept)


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


def main() -> None:
    corpus = open_corpus(ROOT / "docs")
    questions = list(lines_of("questions.jsonl"))
    if "--fit" in sys.argv:
        folders = dict(argument.split("=", 1) for argument in sys.argv[1:] if "=" in argument)
        folders |= {"bundled": ROOT / "docs", "manual": ROOT / "manual"}
        indexes = {name: search.open_index(open_corpus(folder), None) for name, folder in folders.items()}
        with tempfile.TemporaryDirectory() as folder:
            indexes["bare"] = without_banks(corpus, Path(folder), asked=False)
            fit(list(examples(indexes)))
        return
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        bare = without_banks(corpus, Path(one), asked=False)
        no_banks = without_banks(corpus, Path(other), asked=True)
        index = search.open_index(corpus, None)
        answerable: dict[str, list] = {"dev": [], "test": []}
        for row in questions:
            if row["sections"]:
                answerable[row["split"]].append((row["question"], row["sections"]))
        banks = [(question, [section]) for question, section in bank_questions(corpus, Kind.ALL)]
        search_table([
            ("dev", index, answerable["dev"]), ("test", index, answerable["test"]),
            ("test, lessons' own words alone", bare, answerable["test"]),
            ("the banks', without the banks", no_banks, banks),
        ])  # fmt: skip
        print()
        table(index, corpus, questions)
        print("\nFrom the lessons' own words alone, without their banks and the questions that they say they answer:\n")
        table(bare, bare.corpus, questions)


if __name__ == "__main__":
    main()
