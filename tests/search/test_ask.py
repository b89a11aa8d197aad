"""`ask`: answers in the lessons' own words or in a model's, with the places they stand, or none at all."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from endpoint import error, serving, streamed

from tutor import prompts, search
from tutor.corpus.corpus import open_corpus
from tutor.search import answering

BREAD = "docs/food/bread.md"


@pytest.fixture(scope="module")
def bundled():
    corpus = open_corpus(ROOT / "docs")
    return corpus, search.open_index(corpus, None)


def answered(bundled, question):
    _, index = bundled
    return answering.answer(question, index.search(question, 6), index.query_words(question))


# ----------------------------------------------------------------------------------- in the lessons' own words


@pytest.mark.parametrize(
    ("question", "lesson", "words"),
    [
        ("why divide by sqrt(d_k)?", "llm/attention", "variance"),
        ("what is a p-value", "stats/testing-vocabulary", "at least as extreme as the one observed"),
        ("what does the kv cache keep", "llm/inference-and-linear-attention", "keys"),
        ("how does byte pair encoding build its vocabulary", "llm/pretrain", "pair"),
        ("what is an eigenvector", "math/eigen", "keeps on its own line"),
        ("what is momentum?", "ml/optimizers", "running sum of past gradients"),
        ("which part of a transformer layer holds most numbers", "ml/feed-forward", "two thirds"),
        ("how sure am I after a second alarm", "math/bayes", "90.25:99"),
        ("temprature vs top-p", "llm/pretrain", "top-p removes the tail"),
        ("Was macht dropout während des Trainings?", "ml/dropout-and-normalization", "dropout sets each value to zero"),
        ("¿cuándo se usa LoRA?", "llm/lora", "lora freezes the weights"),
    ],
)
def test_a_question_is_answered_by_the_sentences_that_say_it(bundled, question, lesson, words):
    answer = answered(bundled, question)
    assert answer.found and answer.citations[0].lesson == lesson
    assert words in answer.text.lower()
    assert 10 <= len(answer.text.split()) <= 150


@pytest.mark.parametrize(
    "question",
    [
        "how do I bake sourdough bread",
        "how to restart a pod in kubernetes",
        "who won the cup in 1998",
        "qwertz uiop",
        "为什么",
        "how many parameters does GPT-4 have",
        "when was the first transformer published",
        "how do I write a makefile",
        "wer hat den Dreißigjährigen Krieg gewonnen",
    ],
)
def test_what_no_lesson_answers_is_refused(bundled, question):
    answer = answered(bundled, question)
    assert not answer.found and answer.text == "" and answer.citations == ()


def test_every_citation_holds_its_quote_on_its_line(bundled):
    corpus, _ = bundled
    lines = (ROOT / "benchmarks" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    cited = [one for line in lines for one in answered(bundled, json.loads(line)["question"]).citations]
    assert len(cited) > 80
    for citation in cited:
        assert answering.quote_stands(citation, corpus.lesson_text(citation.lesson)), citation


def test_a_citation_of_another_line_or_another_text_does_not_stand(bundled):
    corpus, _ = bundled
    citation = answered(bundled, "what is a p-value").citations[0]
    text = corpus.lesson_text(citation.lesson)
    moved = type(citation)(**{**vars(citation), "line": citation.line + 1})
    changed = type(citation)(**{**vars(citation), "quote": citation.quote.replace("null", "alternative")})
    assert not answering.quote_stands(moved, text) and not answering.quote_stands(changed, text)


def test_a_formula_comes_with_the_sentence_that_leads_to_it(tmp_path):
    lesson = "# Waves\n\n## Speed\n\nThe speed of a wave is its length times its frequency:\n\n$$v = \\lambda f$$\n\nGood.\n"
    (tmp_path / "waves.md").write_text(lesson, encoding="utf-8")
    index = search.open_index(open_corpus(tmp_path), None)
    question = "what is the speed of a wave"
    answer = answering.answer(question, index.search(question, 3), index.query_words(question))
    assert "$$v = \\lambda f$$" in answer.text


def test_a_follow_up_is_read_with_the_question_before():
    assert answering.in_context("and why not d_k?", "why divide by sqrt(d_k)?") == "and why not d_k? why divide by sqrt(d_k)?"
    assert answering.in_context("what is a stationary distribution", "x") == "what is a stationary distribution"


# ---------------------------------------------------------------------------------------------- the command


def test_an_answer_in_a_pipe_is_plain_text_with_its_places(tutor, docs):
    run = tutor("ask", "--docs", docs, "what does yeast eat?")
    assert run.returncode == 0 and "Yeast eats sugar" in run.stdout
    assert f"{BREAD}:12  Bread › Yeast" in run.stdout and "\x1b" not in run.stdout


def test_a_question_comes_from_stdin_too_and_text_beside_one_is_context(tutor, docs):
    assert "Yeast eats sugar" in tutor("ask", "--docs", docs, stdin="what does yeast eat?\n").stdout
    assert "Yeast eats sugar" in tutor("ask", "--docs", docs, "-", stdin="what does yeast eat?\n").stdout
    run = tutor("ask", "--docs", docs, "what does yeast eat?", stdin="my notes about salt")
    assert "Yeast eats sugar" in run.stdout and "notes" not in run.stdout


def test_without_a_question_it_says_how_to_ask(tutor, docs):
    run = tutor("ask", "--docs", docs)
    assert run.returncode == 2 and "ask needs a question" in run.stderr


def test_where_the_lessons_say_nothing_it_says_so_and_exits_with_1(tutor, docs):
    run = tutor("ask", "--docs", docs, "how many salt mines are there in Kubernetes?")
    assert run.returncode == 1
    assert "The lessons don't answer that." in run.stdout and "What comes nearest:" in run.stdout and BREAD in run.stdout


def test_json_has_the_shape_that_scripts_rely_on(tutor, docs):
    document = json.loads(tutor("ask", "--docs", docs, "--json", "what does yeast eat?").stdout)
    assert list(document) == ["question", "answer", "text", "found", "citations", "mode", "model", "usage", "own"]
    assert document["found"] and document["mode"] == "offline" and document["model"] is None
    citation = document["citations"][0]
    assert list(citation) == ["lesson", "path", "line", "heading", "quote"] and citation["lesson"] == "food/bread"


def test_many_questions_are_answered_in_order_and_a_faulty_line_is_named(tutor, docs, tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": 1, "question": "what does yeast eat?"}\nnonsense\n{"id": 3, "question": "zzz"}\n', encoding="utf-8")
    run = tutor("ask", "--docs", docs, "--jsonl", path)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, None, 3] and rows[0]["found"] and not rows[2]["found"]
    assert run.returncode == 4 and f"{path}:2: found text that is not JSON" in run.stderr


def test_a_conversation_is_continued(tutor, docs):
    tutor("ask", "--docs", docs, "what does salt do to yeast?")
    run = tutor("ask", "--docs", docs, "-c", "and how much of it is usual?")
    assert run.returncode == 0 and "Two percent" in run.stdout


def test_one_lesson_can_be_asked_alone(tutor, docs):
    assert tutor("ask", "--docs", docs, "--lesson", "bread", "what does yeast eat?").returncode == 0
    assert tutor("ask", "--docs", docs, "--lesson", "brad", "what does yeast eat?").returncode == 2


@pytest.mark.parametrize("question", ["\x1b[31m\x00", "a" * 100_000, "💥" * 50, "' OR 1=1 --", "--", "*:* AND [a TO z]"])
def test_no_question_breaks_it(tutor, docs, question):
    run = tutor("ask", "--docs", docs, stdin=question)
    assert run.returncode in (1, 2) and "Traceback" not in run.stderr and "\x1b" not in run.stdout


# ---------------------------------------------------------------------------------------------- with a model


def test_sentences_are_told_apart_by_lines_or_by_their_numbers():
    pieces = ["Yeast eats ", "sugar. [1]\nIt breathes", " out gas [1][2]. And flour rises. [2, 3]"]
    found = list(prompts.sentences_of(pieces))
    assert [one.numbers for one in found] == [(1,), (1, 2), (2, 3)]


@pytest.fixture
def ask_model(tutor, docs):
    def run(*answers, arguments=()):
        with serving(*answers) as server:
            environment = {"OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "fake"}
            run = tutor("ask", "--docs", docs, *arguments, "what does yeast eat?", **environment)
            return run, server.requests

    return run


def test_a_models_answer_carries_its_passages(ask_model):
    run, requests = ask_model(streamed("Yeast eats sugar and breathes out carbon dioxide. [1]"), arguments=["--json"])
    document = json.loads(run.stdout)
    assert document["mode"] == "model" and document["model"] == "fake" and document["usage"]["prompt_tokens"] == 7
    assert document["answer"].endswith("[1]")
    assert document["citations"][0]["quote"] == "**Yeast eats sugar** and breathes out carbon dioxide."
    assert "<passage_1>\n│ Bread › Yeast" in requests[0].messages[1]["content"]


@pytest.mark.parametrize(("said", "kept"), [("Hefe frisst Zucker. [1]", True), ("Hefe frisst 37 Gramm Zucker. [1]", False)])
def test_with_a_language_a_models_answer_speaks_it_and_quotes_stay_the_lessons(ask_model, said, kept):
    run, requests = ask_model(streamed(said), arguments=["--json", "--language", "de"])
    document = json.loads(run.stdout)
    assert "Write in German, whatever language the lesson is in" in requests[0].messages[0]["content"]
    assert (document["answer"] == said) == kept and document["citations"][0]["quote"].startswith("**Yeast eats sugar**")


def test_the_passages_that_a_model_reads_are_named_on_request(ask_model):
    run, _ = ask_model(streamed("Yeast eats sugar. [1]"), arguments=["-v"])
    assert f"reads {BREAD}:12  Bread › Yeast" in run.stderr


def test_what_fails_is_asked_again_once_and_then_left_out(ask_model):
    first = streamed("Yeast eats sugar. [1]\nIt was found by Pasteur in 1857. [1]")
    run, requests = ask_model(first, streamed("It was found by Pasteur in 1857. [1]"))
    assert "Yeast eats sugar. [1]" in run.stdout and "Pasteur" not in run.stdout
    assert len(requests) == 2 and "1857" in requests[1].messages[-1]["content"]
    assert "left out, because the lessons don't say so: 1 of 2 sentences" in run.stderr


def test_an_answer_without_any_citation_that_holds_gives_way_to_the_lessons_words(ask_model):
    run, _ = ask_model(streamed("Yeast eats stones, as everybody knows."))
    assert run.returncode == 0 and "stones" not in run.stdout
    assert "Yeast eats sugar" in run.stdout and "can't be used" in run.stderr


LIKENED = "Yeast is like a car engine that burns fuel"


@pytest.mark.parametrize("line", [f"OWN: {LIKENED}. [1]", f"{LIKENED} [1].", f"{LIKENED}."])
def test_an_analogy_of_the_models_is_labelled_as_its_own_and_never_cited_or_dropped(ask_model, line):
    run, requests = ask_model(streamed(f"{line}\nYeast eats sugar. [1]"))
    assert run.stdout.startswith(f"The model's own, not from the lessons: {LIKENED}.\nYeast eats sugar. [1]\n")
    assert len(requests) == 1 and "left out" not in run.stderr
    run, _ = ask_model(streamed(f"Yeast eats sugar. [1]\n{line}"), arguments=["--json"])
    document = json.loads(run.stdout)
    assert document["own"] == [f"{LIKENED}."] and len(document["citations"]) == 1
    assert document["answer"] == f"Yeast eats sugar. [1]\nThe model's own, not from the lessons: {LIKENED}."


def test_an_analogy_alone_is_no_answer(ask_model):
    run, _ = ask_model(streamed(f"OWN: {LIKENED}."))
    assert (
        run.returncode == 0 and "engine" not in run.stdout and "Yeast eats sugar" in run.stdout and "can't be used" in run.stderr
    )


def test_a_sentence_that_says_the_contrary_of_its_passage_is_left_out(ask_model):
    run, requests = ask_model(streamed("Yeast breathes out carbon dioxide. [1]\nYeast does not eat sugar. [1]"))
    assert "does not eat" not in run.stdout and "Yeast breathes out carbon dioxide. [1]" in run.stdout
    assert "the passages say the contrary: “Yeast eats sugar" in requests[1].messages[-1]["content"]
    assert "left out, because the lessons don't say so: 1 of 2 sentences" in run.stderr


def test_a_model_that_finds_nothing_in_the_passages_leads_to_exit_1(ask_model):
    run, _ = ask_model(streamed("NOT IN THE LESSONS"))
    assert run.returncode == 1 and "The lessons don't answer that." in run.stdout


def test_an_outage_is_told_on_stderr_and_the_lessons_answer(ask_model):
    run, _ = ask_model(error("401 Unauthorized", "no"))
    assert run.returncode == 0 and "Yeast eats sugar" in run.stdout and "rejected the API key" in run.stderr
    run, _ = ask_model(error("401 Unauthorized", "no"), arguments=["--require-model"])
    assert run.returncode == 2 and "Traceback" not in run.stderr


def test_a_plot_is_not_searched_or_quoted_and_makes_no_question(tutor, docs):
    lesson = docs / "food" / "bread.md"
    plot = "```plot\ntitle: Zymurgy of pumpernickel\nx: {label: zymurgy, from: 0, to: 3}\ncurves:\n  pumpernickel: x**2\n```\n\n"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("## Recap", f"{plot}## Recap"), encoding="utf-8")
    (docs / "food" / "bread.quiz.yaml").unlink()
    for command in (("ask", "what is the zymurgy of bread"), ("search", "pumpernickel zymurgy"), ("summarize", "food/bread")):
        shown = tutor(*command, "--docs", str(docs), "--offline").stdout
        assert "umpernickel" not in shown and "curves" not in shown
    sheet = tutor("quiz", "food/bread", "--sheet", "--docs", str(docs))
    assert "ymurgy" not in sheet.stdout and "curves" not in sheet.stdout
