"""`draft`: items for a bank, checked, shown as a change, written only where somebody agrees."""

from __future__ import annotations

import json

from conftest import BANK, ROOT
from endpoint import serving, streamed

from tutor.check import drafts
from tutor.corpus import bank, lessons, made_items
from tutor.corpus.corpus import open_corpus

NOTES = """\
# Bread

## Dough

**Gluten** is the protein net that holds the gas in the dough. **Proofing** is the last rise before the dough is baked.
**Kneading** is the work that joins the proteins of the flour. The dough rests for 40 minutes before it is shaped.
"""


def entry(**fields):
    return {
        "id": "new", "section": "yeast", "kind": "choice", "question": "What does yeast live on?",
        "options": [{"text": "on sugar", "right": True}, {"text": "on salt"}, {"text": "on air"}],
        "hints": ["It is sweet.", "It is in flour too."], "explanation": "Sugar feeds it.", **fields,
    }  # fmt: skip


def test_what_is_written_is_read_again_as_the_same_items():
    corpus = open_corpus(ROOT / "docs")
    for name in ("llm/attention", "math/bayes"):
        text, path = corpus.bank_text(name)
        items = bank.parse_bank(text, name, path)
        items = [one for one in items if one.kind in ("choice", "short", "cloze") and not (one.variables or one.expression)]
        again = bank.parse_bank(drafts.bank_text([drafts.bank_entry(item) for item in items]), name, "x.yaml")
        assert [(one.id, one.question.strip(), one.blanks, one.hints) for one in again] == [
            (one.id, one.question.strip(), one.blanks, one.hints) for one in items
        ]


def test_made_items_pass_as_drafts():
    lesson = lessons.parse_lesson(NOTES, "bread", "bread.md")
    made = [drafts.bank_entry(item) for item in made_items.make_items(lesson)]
    kept, faults = drafts.sort_out(made, lesson, "bread.quiz.yaml")
    assert made and kept == made and not faults


def test_a_draft_that_check_would_refuse_is_left_out_with_its_reason(docs):
    lesson = open_corpus(docs).lesson("food/bread")
    given = [
        entry(), entry(id="gas"), entry(id="none", options=[{"text": "a"}, {"text": "b"}]), entry(id="lost", section="oven"),
        entry(id="told", hints=["It lives on sugar.", "x"]),
    ]  # fmt: skip
    kept, faults = drafts.sort_out(given, lesson, "b.yaml", taken=["gas"])
    assert [one["id"] for one in kept] == ["new"]
    for words in ('"gas": its id is already used', '"none": item "none": found 0 right options', 'section "#oven"', '"told"'):
        assert any(words in fault for fault in faults), (words, faults)


def test_the_change_is_shown_and_nothing_is_written_in_a_script_that_does_not_accept(tutor, tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "bread.md").write_text(NOTES, encoding="utf-8")
    run = tutor("--docs", folder, "draft", "bread", "-n", "2")
    assert run.returncode == 0 and "+items:" in run.stdout and "+++ notes/bread.quiz.yaml" in run.stdout
    assert not (folder / "bread.quiz.yaml").exists()
    run = tutor("--docs", folder, "draft", "bread", "-n", "2", "--accept")
    assert "notes/bread.quiz.yaml written" in run.stderr
    assert len(bank.parse_bank((folder / "bread.quiz.yaml").read_text(encoding="utf-8"), "bread", "x")) == 2
    assert tutor("--docs", folder, "check", "--no-run").returncode == 0


def test_a_model_drafts_and_its_items_follow_those_of_the_bank(tutor, docs):
    proposed = {
        "id": "lives-on", "section": "yeast", "kind": "choice", "question": "What does yeast live on?",
        "options": [
            {"text": "on sugar", "right": True, "reply": ""}, {"text": "on salt", "right": False, "reply": "Salt slows it."},
            {"text": "on air", "right": False, "reply": ""},
        ],
        "points": [], "references": [], "hints": ["It is sweet.", "It is in flour too."], "explanation": "Sugar feeds it.",
    }  # fmt: skip
    with serving(streamed(json.dumps({"items": [proposed]}))) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        run = tutor("--docs", docs, "draft", "bread", "--accept", **environment)
        assert "Which gas makes dough rise?" in server.requests[0].messages[1]["content"]
    assert run.returncode == 0, run.stderr
    text = (docs / "food" / "bread.quiz.yaml").read_text(encoding="utf-8")
    assert text.startswith(BANK.rstrip("\n")) and "reply: Salt slows it." in text
    assert bank.parse_bank(text, "food/bread", "x")[-1].id == "lives-on"


def test_where_nothing_can_be_drafted_it_says_so(tutor, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "short.md").write_text("# Short\n\nToo little.\n", encoding="utf-8")
    run = tutor("--docs", tmp_path / "notes", "draft", "short")
    assert run.returncode == 1 and "nothing to offer" in run.stderr


def test_with_json_a_draft_is_one_document(tutor, docs, tmp_path):
    run = tutor("--docs", docs, "--json", "draft", "bread", "-n", "1")
    document = json.loads(run.stdout)
    assert set(document) == {"path", "items", "diff", "written"} and document["written"] is False
    assert bool(document["items"]) == (run.returncode == 0)
