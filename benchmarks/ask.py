"""How good the answers of `ask` are without a model: counted by code, and as a reader graded them.

    python benchmarks/ask.py                                  # the bundled lessons
    python benchmarks/ask.py rust=FOLDER fastapi=FOLDER       # public corpora too; it says where each is to be had
    python benchmarks/ask.py --to-grade dev > read.jsonl      # answers that nobody has read as they are now
    python benchmarks/ask.py --graded read.jsonl              # keeps the grades that were filled in there

ask_sets/SET.dev.jsonl may be looked at while building, ask_sets/SET.test.jsonl is only counted: its questions are those that
were written last, after the program was built. All were written from the documents by people who had read neither the program
nor the lessons' `asked` comments.
A row holds the sections that answer it, the words that any real answer holds (`must`, and `sides` of a comparison: each a list
of alternatives, regular expressions), whether `yes` is right, and `false_claims` that may not be said.

A reader grades what was answered: real (one would send it to a colleague), half, stray (true, and no answer), false. The
grades stand in ask_grades.HALF.jsonl, each with the day and the hash of the text that was read; of another text it is no
grade. Whoever works on the answers opens neither the questions nor the grades of the test half.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from retrieval import Bm25s, Fts5, RankBm25  # noqa: E402

from flow import create_ask_flow  # noqa: E402
from tutor.corpus.corpus import Corpus  # noqa: E402
from tutor.environment import Environment  # noqa: E402
from tutor.models import Answer, Citation  # noqa: E402
from tutor.nodes.shared import ask_store  # noqa: E402
from tutor.screen.one_shot import OneShot  # noqa: E402
from tutor.search.answering import quote_stands  # noqa: E402
from utils.settings import Settings  # noqa: E402

QUESTIONS = ROOT / "benchmarks" / "ask_sets"
HALVES = ("dev", "test")
GRADES_FILES = {half: ROOT / "benchmarks" / f"ask_grades.{half}.jsonl" for half in HALVES}
GRADES = ("real", "half", "stray", "false")
WORDS = range(15, 81)
UNANSWERABLE = "unanswerable"  # a kind of question, of which an answer is wrong, whatever it says


class Source(NamedTuple):
    """Where a public corpus is to be had. Nothing of it is kept here but questions."""

    repository: str
    commit: str
    where: str
    licence: str


SOURCES = {
    "rust": Source("rust-lang/book", "917544888a55e4da7109bdba8c88c893c0da70f4", "the folder src", "MIT or Apache-2.0"),
    "fastapi": Source("fastapi/fastapi", "c3f316b7e814667e8ee81e03a7330d00ee61e45c", "the folder docs/en/docs", "MIT"),
    "opensource": Source(
        "github/opensource.guide",
        "ebc9678e39b55ff5e5c8801d1960904692188e90",
        "_articles/*.md, in a folder of their own",
        "CC BY 4.0",
    ),
}


@dataclass
class Answered:
    """A question of a set, what was answered, and how long that took."""

    row: dict
    half: str
    answer: Answer
    seconds: float

    @property
    def sha(self) -> str:
        return hashlib.sha256(self.answer.text.encode()).hexdigest()[:12]


def questions(name: str) -> Iterator[tuple[str, dict]]:
    """(half, row) of a set."""
    for half in HALVES:
        for line in (QUESTIONS / f"{name}.{half}.jsonl").read_text(encoding="utf-8").splitlines():
            yield half, json.loads(line)


def ask_all(name: str, environment: Environment) -> list[Answered]:
    answered = []
    create_ask_flow().run(ask_store(environment, "what is this about"))  # opens the index
    for half, row in questions(name):
        begun = time.perf_counter()
        store = ask_store(environment, row["question"])
        create_ask_flow().run(store)
        answered.append(Answered(row, half, store["answer"], time.perf_counter() - begun))
    return answered


# ------------------------------------------------------------------------------------------------ counted


def plain(text: str) -> str:
    """Lower-case words and numbers of an answer, without the signs of Markdown and LaTeX."""
    return " ".join(re.sub(r"[*$\\{}_`]", "", unicodedata.normalize("NFKC", text).replace("{,}", ",")).lower().split())


def holds(words: list[str], text: str) -> bool:
    return any(re.search(word, text) for word in words)


def is_false(row: dict, text: str) -> bool:
    """Whether the wrong one of Yes and No is said, or a claim that the documents refute."""
    yes = row.get("yes")
    if yes is not None and text.startswith("no" if yes else "yes"):
        return True
    return not text.startswith("no") and any(plain(claim) in text for claim in row.get("false_claims", ()))


def ends_well(text: str) -> bool:
    return not re.search(r"([:?;,]|\bexample\.)$", text)


def section_of(corpus: Corpus, citation: Citation) -> str:
    sections = corpus.lesson(citation.lesson).sections
    return place(next(section.id for section in reversed(sections) if section.line <= citation.line))


def place(section: str) -> str:
    """A section's id, the same whether or not a heading's own `{ #anchor }` is read as one."""
    lesson, _, slug = section.partition("#")
    slug = re.sub("[-_]+", "-", slug).strip("-")
    return lesson + "#" + re.sub(r"^(.+)-\1$", r"\1", slug)


def counts(one: Answered, corpus: Corpus) -> dict[str, bool | None]:
    """What code can tell of an answer; None where the question doesn't ask for it."""
    row, text, citations = one.row, plain(one.answer.text), one.answer.citations
    return {
        "right section": not {section_of(corpus, citation) for citation in citations}.isdisjoint(map(place, row["section"])),
        "must-words": all(holds(words, text) for words in row["must"]) if row["must"] else None,
        "both sides": all(holds(words, text) for words in row["sides"]) if "sides" in row else None,
        "no falsehood": not is_false(row, text),
        "ends well": ends_well(text),
        "15-80 words": len(text.split()) in WORDS,
        "citations hold": all(quote_stands(citation, corpus.lesson_text(citation.lesson)) for citation in citations),
    }


def counted_table(answered: list[Answered], corpus: Corpus) -> None:
    """Refused is a share of the questions, the rest of the answers given."""
    names = ("right section", "must-words", "both sides", "no falsehood", "ends well", "15-80 words", "citations hold")
    print(f"| kind | asked | refused | {' | '.join(names)} |\n|---|---|---|{'---|' * len(names)}")
    for title, rows in by_kind(answered):
        seen = [counts(one, corpus) for one in rows if one.answer.found]
        shares = [share([one[name] for one in seen if one[name] is not None]) for name in names]
        if title == UNANSWERABLE:
            shares = ["" for _ in names]
        print(f"| {title} | {len(rows)} | {1 - len(seen) / len(rows):.0%} | {' | '.join(shares)} |")


def share(values: list[bool]) -> str:
    return f"{sum(values) / len(values):.0%}" if values else ""


def by_kind(answered: list[Answered]) -> Iterator[tuple[str, list[Answered]]]:
    for kind in dict.fromkeys(one.row["kind"] for one in answered):
        yield kind, [one for one in answered if one.row["kind"] == kind]
    yield "all that are answerable", [one for one in answered if one.row["kind"] != UNANSWERABLE]


# ------------------------------------------------------------------------------------------------- graded


def kept_grades(half: str) -> dict[str, dict]:
    """By the question's id."""
    path = GRADES_FILES[half]
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines() if path.exists() else ())
    return {row["id"]: row for row in rows}


def grade_of(one: Answered, grades: dict[str, dict]) -> str:
    """`refused`, or the reader's word about this text, or `unread`."""
    if not one.answer.found:
        return "refused"
    kept = grades.get(one.row["id"])
    return kept["grade"] if kept and kept["answer_sha"] == one.sha else "unread"


def graded_table(answered: list[Answered], grades: dict[str, dict]) -> None:
    names = (*GRADES, "refused", "unread")
    print(f"| kind | asked | {' | '.join(names)} |\n|---|---|{'---|' * len(names)}")
    for title, rows in by_kind(answered):
        if title != UNANSWERABLE:
            tally = Counter(grade_of(one, grades) for one in rows)
            print(f"| {title} | {len(rows)} | {' | '.join(f'{tally[name] / len(rows):.0%}' for name in names)} |")


def put_to_grade(answered: list[Answered], half: str, grades: dict[str, dict]) -> None:
    for one in answered:
        if one.half == half and one.row["kind"] != UNANSWERABLE and grade_of(one, grades) == "unread":
            places = [f"{citation.path}:{citation.line}" for citation in one.answer.citations]
            shown = {
                "id": one.row["id"],
                "half": half,
                "grade": "",
                "question": one.row["question"],
                "answer": one.answer.text,
                "places": places,
            }
            print(json.dumps({**shown, "answer_sha": one.sha}, ensure_ascii=False))


def keep_grades(path: Path) -> None:
    grades = {half: kept_grades(half) for half in HALVES}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["grade"] in GRADES:
            kept = {"id": row["id"], "date": date.today().isoformat(), "grade": row["grade"], "answer_sha": row["answer_sha"]}
            grades[row["half"]][row["id"]] = kept
        elif row["grade"]:
            sys.exit(f"{row['id']}: found the grade {row['grade']!r}, expected one of {', '.join(GRADES)}")
    for half, kept_ones in grades.items():
        lines = (json.dumps(kept_ones[identity]) + "\n" for identity in sorted(kept_ones))
        GRADES_FILES[half].write_text("".join(lines), encoding="utf-8")


# -------------------------------------------------------------------------------------------------- times


def times_table(answered: list[Answered], corpus: Corpus) -> None:
    """A whole answer beside what full-text engines take to find passages, over the same sections in the same run."""
    sections = [section for lesson in corpus.ids() for section in corpus.lesson(lesson).sections]
    data = SimpleNamespace(texts=[section.text for section in sections], targets=[section.id for section in sections])
    times = {"ask": sum(one.seconds for one in answered) / len(answered)}
    for engine in (Fts5(), Bm25s(), RankBm25()):
        with tempfile.TemporaryDirectory() as folder:
            try:
                engine.build(data, Path(folder))
            except ModuleNotFoundError as missing:
                print(f"({engine.name} is left out: {missing.name} is not installed)")
                continue
            begun = time.perf_counter()
            for one in answered:
                engine.find(one.row["question"])
            times[f"{engine.name}, found"] = (time.perf_counter() - begun) / len(answered)
    print(f"| ms each | {' | '.join(times)} |\n|---|{'---|' * len(times)}")
    print(f"| {len(sections):,} sections | {' | '.join(f'{each * 1000:.1f}' for each in times.values())} |")


def how_to_get(name: str) -> str:
    source = SOURCES[name]
    return (
        f"{name} is left out: it needs {name}=FOLDER, {source.where} of "
        f"https://github.com/{source.repository} at {source.commit} ({source.licence})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", metavar="SET=FOLDER")
    parser.add_argument("--to-grade", choices=HALVES, help="print the answers of a half that have no grade yet")
    parser.add_argument("--graded", type=Path, metavar="FILE", help="keep the grades filled in there")
    arguments = parser.parse_args()
    if arguments.graded:
        return keep_grades(arguments.graded)
    folders = {"bundled": str(ROOT / "docs"), **dict(one.split("=", 1) for one in arguments.corpora)}
    if unknown := set(folders) - set(SOURCES) - {"bundled"}:
        parser.error(f"found {', '.join(sorted(unknown))}, expected {', '.join(SOURCES)}")
    grades = {half: kept_grades(half) for half in HALVES}
    for name, folder in folders.items():
        with tempfile.TemporaryDirectory() as home:
            settings = Settings(docs=folder, home=home, offline=True)
            with Environment(settings) as environment:
                environment.one_shot = OneShot(settings, bulk=True)
                answered = ask_all(name, environment)
                if arguments.to_grade:
                    put_to_grade(answered, arguments.to_grade, grades[arguments.to_grade])
                    continue
                for half in HALVES:
                    chosen = [one for one in answered if one.half == half]
                    if not chosen:
                        continue
                    print(f"\n## {name}, {half}: counted\n")
                    counted_table(chosen, environment.corpus)
                    print(f"\n## {name}, {half}: as a reader graded them\n")
                    graded_table(chosen, grades[half])
                print(f"\n## {name}: times\n")
                times_table(answered, environment.corpus)
    for name in SOURCES:
        if name not in folders:
            print(how_to_get(name), file=sys.stderr)


if __name__ == "__main__":
    main()
