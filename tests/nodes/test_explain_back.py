"""A section that is known is explained back once: by whoever wants to, at no cost, graded by what it says."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from endpoint import serving, streamed

from flow import create_learn_flow
from tutor import grading
from tutor.corpus.bank import accepted_answers
from tutor.corpus.corpus import open_corpus
from tutor.learner.schedule import mastery
from tutor.models import Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from utils.llm.endpoint import Endpoint
from utils.llm.language_model import LanguageModel

ASKED = "What is there to know about Yeast? A line or two will do."
OWN_WORDS = "the yeast eats the sugar and gives off carbon dioxide"


class Explains(ScriptedLearner):
    """Knows every answer, and says prepared words where a section is to be explained; then leaves where told to."""

    def __init__(self, *words: str | Step, leaves: bool = True, wrong: bool = False):
        super().__init__([])
        self.words, self.leaves, self.wrong, self.keys = list(words), leaves, wrong, []

    def answer(self, question, keys):
        if question.optional:
            self.keys.append(dict(keys))
            said = self.words.pop(0) if self.words else Step("next")
            return said if isinstance(said, Step) else Step("answer", said)
        if "skip" not in keys:
            return Step("next")
        if question.item.section == "salt" and self.leaves:
            return Step("quit")
        return Step("skip") if self.wrong else Step("answer", accepted_answers(question.item)[0])


@pytest.fixture
def learn(docs, home, capsys):
    """Let a learner go through the lesson; returns (screen, attempts, the place kept)."""

    def run(learner, session="s", days=0, server=None, **settings):
        with environment_of(docs, home, learner, NOW + timedelta(days=days), session) as environment:
            if server:
                environment.model = LanguageModel(Endpoint(server.base_url, "fake"))
            for name, value in settings.items():
                environment.records.set_setting(name, value)
            create_learn_flow().run(session_store(environment, "bread"))
            return capsys.readouterr().out, environment.records.attempts(), environment.records.place("food/bread")

    return run


def explained(attempts) -> list:
    return [attempt for attempt in attempts if attempt.mode == "explain"]


def test_after_a_section_is_mastered_it_is_explained_in_the_learner_s_words_and_shown_beside_the_section_s(learn):
    screen, attempts, _ = learn(Explains(OWN_WORDS))
    (attempt,) = explained(attempts)
    assert ASKED in screen
    assert attempt.item == "food/bread:#yeast" and attempt.section == "yeast" and attempt.grade.correct
    assert f"“{OWN_WORDS}”" in screen and "That is what the section says." in screen
    assert "Yeast eats sugar and breathes out carbon dioxide." in screen


def test_what_it_does_not_say_is_shown_and_no_word_is_said_of_a_mistake(learn):
    screen, attempts, _ = learn(Explains("it is about bread"))
    assert explained(attempts)[0].grade.score == 0
    assert "The section puts its weight elsewhere:" in screen and "✗" not in screen


def test_it_leaves_cards_mastery_and_what_is_asked_again_as_they_are(learn, docs, home):
    learn(Explains("it is about bread"))
    with environment_of(docs, home) as environment:
        records = environment.records
        assert not [card for card in records.cards() if "#" in card.item]
        keys = [item.key for item in environment.corpus.items("food/bread") if item.section == "yeast"]
        assert mastery(records.attempts(), keys) == 1 and records.missed_items("food/bread") == []


@pytest.mark.parametrize("step", [Step("next"), Step("skip")], ids=["enter", "k"])
def test_it_may_be_skipped_and_then_is_not_asked_again_on_the_same_day(learn, docs, home, step):
    first = Explains(step, leaves=False)
    _, attempts, _ = learn(first)
    assert not explained(attempts) and all(attempt.grade.correct for attempt in attempts)
    assert first.keys[0]["next"] == "go on without" and "skip" in first.keys[0]
    again, later = Explains(leaves=False), Explains(OWN_WORDS, leaves=False)
    learn(again, "t")
    assert not again.keys
    _, attempts, _ = learn(later, "u", days=1)
    assert later.keys and explained(attempts)


@pytest.mark.parametrize("line", ["i have no idea", "why?", "thanks", "just tell me the answer", "the yeast eats sugar?"])
def test_what_is_no_explanation_is_not_graded_and_asked_for_once_more(learn, line):
    screen, attempts, _ = learn(Explains(line, OWN_WORDS))
    assert [attempt.answer for attempt in explained(attempts)] == [OWN_WORDS]
    assert screen.count("at no cost") == 1 and screen.count(ASKED) == 1


@pytest.mark.parametrize("lines", [("i have no idea", "no clue"), ("skip this",)])
def test_after_two_lines_that_explain_nothing_or_a_skip_in_words_it_goes_on(learn, lines):
    learner = Explains(*lines)
    screen, attempts, place = learn(learner)
    assert not learner.words and not explained(attempts) and place.section == "salt"
    assert screen.count("k skips this") == screen.count("nothing is lost") == len(lines) - 1


def test_a_question_typed_as_the_explanation_is_answered(learn):
    screen, attempts, _ = learn(Explains("what does salt do to yeast?", OWN_WORDS))
    assert "Salt slows yeast down" in screen and [attempt.answer for attempt in explained(attempts)] == [OWN_WORDS]


def test_what_was_explained_is_not_asked_for_again(learn):
    learn(Explains(OWN_WORDS, "salt slows it", leaves=False))
    later = Explains(leaves=False)
    learn(later, "t", days=3)
    assert not later.keys


def test_it_is_not_asked_where_questions_were_missed_nor_where_the_learner_does_not_want_it(learn):
    struggling, unwilling = Explains(wrong=True), Explains()
    learn(struggling, "s")
    learn(unwilling, "t", days=1, explain_back=False)
    assert not struggling.keys and not unwilling.keys


def test_leaving_at_it_comes_back_to_it(learn):
    _, _, place = learn(Explains(Step("quit")))
    assert place.stage == "explain_back" and place.section == "yeast"
    screen, attempts, place = learn(Explains(OWN_WORDS), "t")
    assert explained(attempts) and screen.index(ASKED) < screen.index("Salt")
    assert place.section == "salt"


def test_a_side_question_at_it_is_answered_and_the_question_stays(learn):
    screen, attempts, _ = learn(Explains(Step("ask", "what does salt do to yeast?"), OWN_WORDS))
    assert "Salt slows yeast down" in screen and len(explained(attempts)) == 1
    assert screen.count(ASKED) == 1


@pytest.mark.parametrize("explains", [False, True])
def test_a_script_passes_it_by_unless_its_next_step_explains(learn, explains):
    """The steps of a script that knows nothing of it stay with the questions that they are for."""

    class Script(ScriptedLearner):
        def answer(self, question, keys):
            if question.optional or "skip" not in keys or question.item.section == "salt":
                return super().answer(question, keys)
            return Step("answer", accepted_answers(question.item)[0])

    learner = Script([*([Step("explain", OWN_WORDS)] if explains else []), Step("hint"), Step("quit")])
    screen, attempts, _ = learn(learner)
    assert [attempt.answer for attempt in explained(attempts)] == ([OWN_WORDS] if explains else [])
    assert not learner.steps and "Hint 1 of 2" in screen


def reads(points):
    def answer(request):
        asked = request.messages[-1]["content"]
        rows = [{"point": n, "met": bool(quote), "quote": quote} for n, quote in enumerate(points, 1)]
        reply = json.dumps({"points": rows, "contradiction": "", "remark": "Good."})
        return streamed(reply if "<points>" in asked else "Prose.")

    return answer


def test_a_model_reads_it_where_there_is_one_and_must_quote_the_learner(learn):
    said = "Hefe macht Gas, because it lives on sweet stuff"
    with serving(reads(["it lives on sweet stuff"])) as server:
        screen, attempts, _ = learn(Explains(said), server=server)
    (attempt,) = explained(attempts)
    assert attempt.grade.grader == "fake" and attempt.grade.correct and "“it lives on sweet stuff”" in screen


@pytest.mark.parametrize("words", ["Yeast eats sugar and breathes out carbon dioxide.", "the moon is far away tonight"])
def test_a_model_is_not_asked_where_the_built_in_grader_is_sure(learn, words):
    with serving(reads([""])) as server:
        _, attempts, _ = learn(Explains(words), server=server)
    assert explained(attempts)[0].grade.grader == "built-in"
    assert not any("<points>" in request.messages[-1]["content"] for request in server.requests)


def test_a_quote_that_was_never_said_leads_to_the_built_in_grader(learn):
    with serving(reads(["yeast eats sugar"])) as server:
        _, attempts, _ = learn(Explains("bread is good"), server=server)
    (attempt,) = explained(attempts)
    assert attempt.grade.grader == "built-in" and attempt.grade.score == 0


# ------------------------------------------------------------------------------------------------- what is graded


@pytest.fixture
def section_item(docs):
    """The question about a section with this text."""

    def make(text: str, items=()):
        (docs / "food" / "bread.md").write_text(f"# Bread\n\n## Rise\n\n{text}\n", encoding="utf-8")
        lesson = open_corpus(docs).lesson("food/bread")
        return grading.explanation_of(lesson, lesson.section("rise"), items)

    return make


def test_what_counts_is_what_the_section_claims(section_item):
    item = section_item("**Warm dough rises faster.** Some say so.\n\n**Cold dough keeps longer.** That is **handy**.")
    assert [point.text for point in item.rubric] == ["Warm dough rises faster.", "Cold dough keeps longer."]
    half = grading.grade_explanation(item, "when the dough is warm it rises more quickly")
    assert half.score == 0.5 and half.missed == ("Cold dough keeps longer.",)


def test_the_points_of_the_section_s_items_count_too_and_are_never_missed(section_item):
    from dataclasses import replace

    from tutor.models import Item, Point

    asked = Item(
        "why", "food/bread", "rise", "short", "Why?", rubric=(Point("yeast breathes out carbon dioxide", near="oxygen"),)
    )
    item = section_item("**Warm dough rises faster.** Some say so.", [asked])
    said = grading.grade_explanation(item, "Yeast breathes out carbon dioxide.")
    assert said.score == 1 and said.missed == ("Warm dough rises faster.",)
    assert grading.grade_explanation(replace(item, rubric=item.rubric[:1]), "nothing at all").missed == (
        "Warm dough rises faster.",
    )


def test_the_contrary_of_the_section_is_told(section_item):
    item = section_item("**Warm dough rises faster.** Some say so.")
    grade = grading.grade_explanation(item, "Warm dough rises slower.")
    assert grade.score == 0 and grade.feedback == "“Warm dough rises faster.” is the contrary of what you said."


def test_a_section_without_a_sentence_asks_for_nothing(section_item):
    assert section_item("| a | b |\n|---|---|\n| 1 | 2 |") is None
