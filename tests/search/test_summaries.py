"""`summarize`: a lesson in brief, in its own words or a model's, each part with its place."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from endpoint import error, serving, streamed

from tutor.corpus import lessons
from tutor.corpus.corpus import open_corpus
from tutor.search import summaries

LESSON = """\
# Waves

You will compute the speed of a wave.

## Speed

**The speed of a wave is its length times its frequency.** In symbols:

$$v = \\lambda f$$

It does not depend on the height. Sailors like calm seas.

**Example.** A wave of 2 m that comes 3 times a second runs 6 m/s.

```python
print(2 * 3)
```

## Recap

- Speed is length times frequency.
"""


def summary(lesson, words=100):
    sections = [section for section in lesson.sections if section.slug not in summaries.SKIPPED and section.text.strip()]
    return summaries.combine([summaries.summarize_section(lesson, section, words) for section in sections], words)


@pytest.fixture
def waves():
    return lessons.parse_lesson(LESSON, "waves", "waves.md")


def test_the_sentences_that_carry_most_are_kept_verbatim_and_in_order(waves):
    texts = [point.text for point in summary(waves, 30)]
    assert texts[0] == "You will compute the speed of a wave."
    assert "**The speed of a wave is its length times its frequency.**" in texts


def test_a_formula_stays_with_its_sentence_and_code_and_examples_are_left_out(waves):
    told = summaries.listing(waves, summary(waves, 100))
    assert "In symbols:\n\n$$v = \\lambda f$$" in told
    assert "print" not in told and "Example" not in told


def test_a_sentence_that_leans_back_comes_with_what_it_leans_on(waves):
    for words in (8, 20, 40, 100):
        texts = [point.text for point in summary(waves, words)]
        if any(text.startswith("It does not") for text in texts):
            assert any("In symbols" in text for text in texts)


def test_every_point_names_the_line_of_its_block(waves):
    lines = LESSON.split("\n")
    for point in summary(waves, 100):
        assert point.text.split("\n")[0].split(" ")[0] in lines[point.line - 1]


@pytest.mark.parametrize("words", [40, 120, 300])
def test_every_bundled_lesson_is_brief_and_not_empty(words):
    corpus = open_corpus(ROOT / "docs")
    for name in corpus.ids():
        points = summary(corpus.lesson(name), words)
        size = sum(point.size for point in points)
        assert 0 < size <= words, (name, size)
        for point in points:
            assert point.text.replace("\\$", "").count("$") % 2 == 0 and point.text.count("`") % 2 == 0


def test_the_command_tells_each_part_with_its_place(tutor, docs):
    run = tutor("summarize", "--docs", docs, "bread")
    assert run.returncode == 0 and "Yeast eats sugar" in run.stdout and "docs/food/bread.md:12  Yeast" in run.stdout
    document = json.loads(tutor("summarize", "--docs", docs, "bread", "--words", "20", "--json").stdout)
    assert document["words"] <= 20 and document["mode"] == "offline"
    assert {"section", "line", "heading", "text"} == set(document["points"][0])


def test_without_a_topic_the_lesson_under_way_is_meant(tutor, docs):
    run = tutor("summarize", "--docs", docs)
    assert run.returncode == 2 and "needs a TOPIC" in run.stderr


def test_with_a_language_a_model_summarizes_in_it(tutor, docs):
    with serving(streamed(json.dumps({"points": ["Hefe macht Gas."]}))) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        run = tutor("summarize", "--docs", docs, "bread", "--language", "de", **environment)
        assert all("Write in German" in request.messages[0]["content"] for request in server.requests)
    assert "Hefe macht Gas." in run.stdout


def test_a_model_summarizes_each_section_once_and_an_edit_costs_that_section_only(tutor, docs):
    def answer(request):
        return streamed(json.dumps({"points": ["In the model's words."]}))

    with serving(answer) as server:
        environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
        first = tutor("summarize", "--docs", docs, "bread", **environment)
        asked = len(server.requests)
        path = docs / "food" / "bread.md"
        path.write_text(path.read_text(encoding="utf-8").replace("Two percent", "Three percent"), encoding="utf-8")
        tutor("summarize", "--docs", docs, "bread", **environment)
    assert "In the model's words." in first.stdout and asked == 3
    assert len(server.requests) == asked + 1


def test_an_outage_leads_to_the_lessons_own_words(tutor, docs):
    with serving(error("500 Oops", "boom")) as server:
        run = tutor("summarize", "--docs", docs, "bread", OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="fake")
    assert run.returncode == 0 and "Yeast eats sugar" in run.stdout and "going on with the built-in tutor" in run.stderr


def test_a_summary_in_a_pipe_is_plain_text(tutor, docs):
    lesson = docs / "food" / "bread.md"
    price = "## Salt\n\n**Salt costs \\$2**, and $s^2$ of it. Two percent of the flour's weight is usual.\n\n"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("## Salt\n\n", price), encoding="utf-8")
    told = tutor("--docs", docs, "summarize", "bread").stdout
    assert told.startswith("Bread in brief") and "Salt costs $2, and s² of it." in told and "**" not in told
