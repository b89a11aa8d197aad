"""The questions that benchmarks/ask.py asks are whole, and name sections that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tutor.corpus.corpus import open_corpus

ROOT = Path(__file__).resolve().parent.parent.parent
SETS = ROOT / "benchmarks" / "ask_sets"
FILES = sorted(SETS.glob("*.*.jsonl"))
ROWS = [(path, json.loads(line)) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_question_has_an_id_of_its_own():
    ids = [row["id"] for _, row in ROWS]
    assert len(ids) > 180 and len(ids) == len(set(ids))


def test_what_an_answer_is_counted_by_can_be_read():
    for _, row in ROWS:
        assert row["question"].strip() and bool(row["section"]) == (row["kind"] != "unanswerable"), row["id"]
        for words in [*row["must"], *row.get("sides", [])]:
            assert words and all(re.compile(word) for word in words), row["id"]
        assert len(row.get("sides", ["", ""])) == 2 and isinstance(row.get("yes", True), bool), row["id"]


def test_the_sections_that_answer_the_bundled_questions_are_in_the_lessons():
    corpus = open_corpus(ROOT / "docs")
    sections = {section.id for lesson in corpus.ids() for section in corpus.lesson(lesson).sections}
    named = {section for path, row in ROWS if path.name.startswith("bundled.") for section in row["section"]}
    assert named and named <= sections


def test_no_lesson_says_a_falsehood_that_a_question_tempts_to():
    lessons = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*/*.md"))
    claims = [claim for path, row in ROWS if path.name == "bundled.dev.jsonl" for claim in row.get("false_claims", [])]
    assert len(claims) > 50 and not [claim for claim in claims if f"**{claim}." in lessons]
