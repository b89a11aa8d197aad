"""The home screen and the list of lessons: what a line says, and what comes of choosing or typing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from conftest import NOW, environment_of
from endpoint import serving, streamed
from guest import Guest, write_lessons

from flow import create_learn_flow
from tutor.corpus.corpus import open_corpus
from tutor.learner import agenda
from tutor.learner.records import open_records
from tutor.learner.topics import topic_rows
from tutor.models import Place
from tutor.nodes.shared import session_store
from tutor.screen.screens.lessons import lesson_rows
from tutor.tutoring.hearing import CHAT, EITHER, GOAL, QUESTION, hear_wish
from utils.llm.endpoint import Endpoint
from utils.llm.language_model import LanguageModel

LESSONS = {
    "food/toast": "---\ntitle: Toast\nminutes: 5\nprerequisites: [food/bread]\n---\n# Toast\n\nToast is browned bread.\n",
    "food/sandwich": "---\ntitle: Sandwich\nminutes: 7\nprerequisites: [food/toast]\n---\n# Sandwich\n\nTwo slices.\n",
    "drink/tea": "---\ntitle: Tea\nminutes: 5\n---\n# Tea\n\nTea leaves give colour to hot water.\n",
}


@pytest.fixture
def menu(docs, monkeypatch):
    monkeypatch.chdir(docs.parent)
    write_lessons(docs, LESSONS)
    return docs


@pytest.fixture
def visit(menu, home, capsys):
    """Sit down at the home screen; returns (screen, the menus shown, the goal kept, the lesson that was opened)."""

    def run(*steps, finished=(), place=None):
        guest = Guest(*steps)
        with environment_of(menu, home, guest, NOW) as environment:
            for lesson in finished:
                environment.records.keep_place(Place(lesson, stage="finished"))
            if place:
                environment.records.keep_place(place)
            shared = session_store(environment)
            create_learn_flow().run(shared)
            kept = environment.records.setting("goal")
        lesson = shared.get("lesson")
        return " ".join(capsys.readouterr().out.split()), guest.menus, kept, lesson.id if lesson else None

    return run


# ------------------------------------------------------------------------------------------------ the home screen


def test_the_line_to_go_on_counts_sections_as_the_lesson_does(visit):
    place = Place("food/bread", section="yeast", stage="explain", done=["bread"])
    screen, menus, *_ = visit("Go on", ("quit",), place=place)
    assert menus[0][0] == "Go on: **Bread** · 2 of 4 · 8 min"
    assert "food/bread, section 2 of 4, about 8 min left: Yeast" in screen


def test_sections_that_a_lesson_has_no_more_make_no_time_go_away(menu, home):
    place = Place("food/bread", done=["bread", "bread", "gone", "lost", "vanished"])
    with open_records(home, now=lambda: NOW) as records:
        records.keep_place(place)
        corpus = open_corpus(menu)
        assert agenda.minutes_left(corpus, corpus.entry("food/bread"), place) == 8


def test_something_new_names_the_lesson_that_it_follows(visit):
    _, menus, *_ = visit(("quit",), finished=["food/bread"])
    assert "Something new: **Toast**, follows Bread · 5 min" in menus[0]


def test_every_line_of_the_bundled_lessons_fits_on_one_in_a_window_of_80_columns(home):
    with open_records(home, now=lambda: NOW) as records:
        corpus = open_corpus("docs")
        for lesson, entry in corpus.entries().items():
            place = Place(lesson, done=list(entry.sections[:-1]))
            path = agenda.path_to_goal(corpus, records, NOW, agenda.Goal("understand all of it once and for all", (lesson,)))
            rows = [
                agenda._going_on_choice(corpus, entry, place), agenda._goal_choice(path),
                agenda._beginning(entry, corpus.entries()),
                agenda._new_choice(entry, corpus.entries(), set(entry.prerequisites)),
            ]  # fmt: skip
            for row in rows:
                assert len(row.text.replace("**", "").replace("\\", "")) + len(row.side) <= agenda.ROW, row


@pytest.mark.parametrize(
    ("line", "wish"),
    [
        ("why do we divide by sqrt(d_k)", QUESTION),
        ("what is softmax", QUESTION),
        ("softmax?", QUESTION),
        ("explain dropout", QUESTION),
        ("I want to understand how attention works", GOAL),
        ("help me understand transformers", GOAL),
        ("teach me eigenvalues", GOAL),
        ("learn bayes", GOAL),
        ("attention", EITHER),
        ("how attention works", EITHER),
        ("hi", CHAT),
        ("no idea", CHAT),
    ],
)
def test_a_line_is_heard_as_a_question_as_a_goal_or_as_either(line, wish):
    assert hear_wish(line) == wish


def test_a_goal_typed_at_home_leads_to_its_way(visit):
    *_, kept, lesson = visit(("answer", "I want to understand toast"), "Begin with")
    assert kept["lessons"] == ["food/toast"] and lesson == "food/bread"


def test_a_question_typed_at_home_is_answered_with_its_place_and_home_comes_back(visit):
    screen, menus, kept, lesson = visit(("answer", "What gives colour to hot water?"), ("quit",))
    assert "Tea leaves give colour to hot water" in screen and "tea.md:" in screen
    assert menus[0] == menus[1] and kept is None and lesson is None


def test_a_question_after_the_question_mark_key_is_answered_too(visit):
    screen, *_ = visit(("ask", "What gives colour to hot water?"), ("quit",))
    assert "Tea leaves give colour" in screen


def test_words_that_may_be_either_are_asked_about(visit):
    screen, menus, kept, _ = visit(("answer", "toast"), "Understand it", "Not now", ("quit",))
    assert "What would you like with “toast”?" in screen and kept["words"] == "toast"
    assert menus[1][2] == "Open **Toast**"
    screen, *_ = visit(("answer", "tea leaves"), "An answer now", ("quit",))
    assert "tea.md:" in screen
    *_, lesson = visit(("answer", "tea"), "Open")
    assert lesson == "drink/tea"


def test_a_greeting_is_told_what_can_be_typed(visit):
    screen, menus, *_ = visit(("answer", "hello"), ("quit",))
    assert "Ask something about the lessons" in screen and len(menus) == 2


def test_progress_is_shown_and_leads_back_home(visit, home, menu):
    from tutor.models import Attempt, Grade
    from utils.times import utc

    with open_records(home, now=lambda: NOW) as records:
        records.add(Attempt("food/bread:salt", "salt", "x", Grade(1.0), utc(NOW), "practice", session="s"))
    screen, menus, *_ = visit("Progress", ("next",))
    assert "1 answer" in screen and len(menus) == 2


# ------------------------------------------------------------------------------------------------- prerequisites


def test_a_lesson_whose_prerequisites_are_open_says_so_and_offers_them(visit):
    screen, menus, _, lesson = visit("All lessons", "food/sandwich", "Begin with")
    assert "Sandwich builds on 2 lessons that you haven't been through: Bread, Toast." in screen
    assert menus[2] == [
        "Begin with **Bread** · 10 min", "Make it my goal, one lesson after the other · 22 min",
        "Open **Sandwich** all the same · 7 min",
    ]  # fmt: skip
    assert lesson == "food/bread"


def test_it_can_be_opened_all_the_same_or_become_the_goal(visit):
    *_, lesson = visit("All lessons", "food/sandwich", "all the same")
    assert lesson == "food/sandwich"
    _, _, kept, _ = visit("All lessons", "food/toast", "my goal", "Not now", ("quit",))
    assert kept == {"words": "Toast", "lessons": ["food/toast"]}


def test_one_that_was_begun_or_whose_prerequisites_are_done_opens_at_once(visit):
    *_, lesson = visit("All lessons", "food/toast", finished=["food/bread"])
    assert lesson == "food/toast"
    _, menus, _, lesson = visit("All lessons", "food/sandwich", place=Place("food/sandwich", section="sandwich"))
    assert lesson == "food/sandwich" and not any("all the same" in row for menu in menus for row in menu)


# --------------------------------------------------------------------------------------------------- the list


def test_the_list_stands_by_track_and_under_prerequisites_with_what_is_known_due_and_how_long(menu, home):
    with open_records(home, now=lambda: NOW) as records:
        rows = topic_rows(open_corpus(menu), records, NOW)
    for row in rows:
        if row["lesson"] == "food/bread":
            row.update(mastery=0.6, due=3)
    listed = [row for _, row in lesson_rows(rows, {"food/bread", "food/toast"}, {"food/toast"})]
    assert [(row.heading, row.indent, row.text) for row in listed] == [
        ("drink", 0, "Tea"), ("food", 0, "Bread"), ("food", 2, "Toast"), ("food", 4, "Sandwich"),
    ]  # fmt: skip
    assert [row.side for row in listed] == [
        "               5 min", "●●●○○  3 due  10 min", "    ✓          5 min", "               7 min",
    ]  # fmt: skip
    assert [row.narrow for row in listed][1] == "●●●○○  3 due", "a narrow window shows no minutes"
    assert [row.line for row in listed][1:3] == [
        "Bread · on the way · 3 due · 10 min · food/bread", "Toast · read · 5 min · food/toast",
    ]  # fmt: skip


def test_lessons_that_build_on_each_other_in_a_circle_are_all_listed(tmp_path, home):
    for name, need in (("a", "b"), ("b", "a"), ("c", "a")):
        (tmp_path / f"{name}.md").write_text(f"---\nprerequisites: [{need}]\n---\n# {name}\n\nText.\n", encoding="utf-8")
    with open_records(home, now=lambda: NOW) as records:
        rows = topic_rows(open_corpus(tmp_path), records, NOW)
    assert sorted(lesson for lesson, _ in lesson_rows(rows, (), ())) == ["a", "b", "c"]


def test_a_model_answers_a_question_on_the_home_screen_in_the_language_of_the_session(menu, home, capsys):
    told = {"intent": "side_question", "misconception": "", "points": [], "contradiction": "", "move": "reply"}
    reply = json.dumps({**told, "say": ["Der Teig braucht die Hefe, damit er aufgeht. [1]"]})
    guest = Guest(("ask", "what does yeast do?"), ("quit",))
    with serving(streamed(reply)) as server, environment_of(menu, home, guest, NOW) as environment:
        environment.model = LanguageModel(Endpoint(server.base_url, "fake"))
        environment.settings = replace(environment.settings, language="de")
        create_learn_flow().run(session_store(environment))
    assert "Der Teig braucht die Hefe, damit er aufgeht." in capsys.readouterr().out
