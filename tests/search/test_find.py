"""`find`: the lesson that answers a question, found in a few steps."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from endpoint import serving, streamed

from tutor.corpus.corpus import open_corpus
from tutor.environment import Environment
from tutor.search import finding
from utils.settings import Settings


@pytest.fixture(scope="module")
def indexed_home(tmp_path_factory):
    """A home whose index of the bundled lessons is made by the first that needs it."""
    return tmp_path_factory.mktemp("indexed")


@pytest.mark.parametrize(
    ("question", "lesson"),
    [
        ("why is one of the two LoRA matrices set to zero at first", "llm/lora"),
        ("what is an eigenvector", "math/eigen"),
        ("what does dropout do at test time", "ml/dropout-and-normalization"),
        ("how does epsilon greedy explore", "rl/multi-armed-bandits"),
    ],
)
def test_the_lesson_is_found_with_the_line_to_read_from(tutor, indexed_home, question, lesson):
    document = json.loads(tutor("find", "--docs", ROOT / "docs", "--home", indexed_home, "--json", question).stdout)
    assert document["lesson"] == lesson and document["found"] and document["mode"] == "offline"
    assert document["line"] > 1 and document["reason"]
    assert [step["action"] for step in document["steps"]][:2] == ["search", "read"] and len(document["steps"]) <= 6


def test_its_steps_are_told_on_stderr_as_they_happen(tutor, docs):
    run = tutor("find", "--docs", docs, "what does yeast eat")
    assert run.returncode == 0 and run.stdout.startswith("docs/food/bread.md:")
    assert run.stderr.splitlines()[:3] == [
        "looked through 1 lesson", "1 searched “what does yeast eat”", "2 read food/bread",
    ]  # fmt: skip


def test_where_no_lesson_answers_it_says_so_and_names_the_nearest(tutor, docs):
    run = tutor("find", "--docs", docs, "who makes salt in Kubernetes clusters")
    assert run.returncode == 1 and "The lessons don't answer that." in run.stdout and "bread.md" in run.stdout


def test_with_many_lessons_the_catalogue_names_folders(tmp_path):
    for number in range(finding.MANY + 1):
        folder = tmp_path / f"f{number % 3}"
        folder.mkdir(exist_ok=True)
        (folder / f"n{number}.md").write_text(f"# Title {number}\n\nText.\n", encoding="utf-8")
    catalogue = finding.catalogue(open_corpus(tmp_path))
    assert [line.split(":")[0] for line in catalogue.splitlines()] == ["f0/", "f1/", "f2/"]


def decisions(*given):
    rows = [json.dumps({"action": action, "of": of, "reason": reason}) for action, of, reason in given]
    return [streamed(row) for row in rows]


def find_with_model(tutor, docs, *given):
    with serving(*decisions(*given)) as server:
        run = tutor("find", "--docs", docs, "--json", "what rises?", OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="fake")
        return run, json.loads(run.stdout), server.requests


def test_a_model_searches_reads_and_answers_with_its_reason(tutor, docs):
    steps = [("search", "dough", ""), ("read", "food/bread", ""), ("answer", "food/bread", "It says why dough rises.")]
    _, document, requests = find_with_model(tutor, docs, *steps)
    assert document["lesson"] == "food/bread" and document["reason"] == "It says why dough rises." and document["mode"] == "model"
    assert "food/bread: Bread. Flour, water, salt and time." in requests[0].messages[1]["content"]
    assert "search dough" in requests[1].messages[1]["content"]


def test_a_model_that_never_answers_is_stopped_after_six_steps(tutor, docs):
    run, document, requests = find_with_model(tutor, docs, ("read", "food/bread", "again"))
    assert run.returncode in (0, 1) and len(requests) <= 6 and len(document["steps"]) <= 6


def test_a_lesson_that_does_not_exist_is_never_the_answer(tutor, docs):
    run, document, _ = find_with_model(tutor, docs, ("answer", "food/cake", "surely"))
    assert document["lesson"] in (None, "food/bread") and "which is not in the catalogue" in run.stderr


# ------------------------------------------------------------------------------------------------ the lessons of a goal


@pytest.fixture(scope="module")
def bundled(indexed_home):
    with Environment(Settings(home=str(indexed_home), offline=True)) as environment:
        yield environment


@pytest.mark.parametrize(
    ("goal", "lesson"),
    [
        ("understand attention", "llm/attention"),
        ("I want to understand transformers", "llm/transformer"),
        ("llm/lora", "llm/lora"),
        ("Backpropagation", "ml/backpropagation"),
        ("p-values", "stats/testing-vocabulary"),
        ("how do interest rates affect prices", "other/fed"),
        ("learn about Markov chains", "math/hht-vs-htt"),
        ("what a neuron is", "ml/neuron"),
        ("atention", "llm/attention"),
    ],
)
def test_what_somebody_wants_to_understand_is_one_lesson_where_that_is_clear(bundled, goal, lesson):
    assert finding.lessons_meant(goal, bundled.corpus, bundled.index) == finding.LessonsMeant((lesson,))


@pytest.mark.parametrize(("goal", "folder"), [("how LLMs work", "llm"), ("mathematics", "math"), ("machine learning", "ml")])
def test_the_name_of_a_folder_means_all_of_its_lessons(bundled, goal, folder):
    meant = finding.lessons_meant(goal, bundled.corpus, bundled.index)
    assert meant.sure and list(meant.lessons) == [one for one in bundled.corpus.ids() if one.startswith(f"{folder}/")]


@pytest.mark.parametrize(
    ("goal", "among"), [("hypothesis testing", "stats/hypothesis"), ("why neural networks train", "ml/feed-forward")]
)
def test_where_several_lessons_may_be_meant_they_are_to_choose_from(bundled, goal, among):
    meant = finding.lessons_meant(goal, bundled.corpus, bundled.index)
    assert not meant.sure and among in meant.lessons and 1 < len(meant.lessons) <= finding.MOST_MEANT


@pytest.mark.parametrize(
    "goal", ["quantum physics", "cooking pasta", "football rules", "how does ChatGPT work", "", "*", "\0" * 3]
)
def test_what_no_lesson_is_about_is_not_found(bundled, goal):
    assert finding.lessons_meant(goal, bundled.corpus, bundled.index).lessons == ()


@pytest.mark.parametrize(
    ("goal", "subject"),
    [
        ("I'd like to learn about LoRA.", "LoRA"),
        ("Ich möchte Aufmerksamkeit verstehen", "Aufmerksamkeit"),
        ("understand", "understand"),
        ("learning rates", "learning rates"),
    ],
)
def test_the_subject_of_a_goal_is_what_is_left_without_the_wish(goal, subject):
    assert finding.subject_of(goal) == subject
