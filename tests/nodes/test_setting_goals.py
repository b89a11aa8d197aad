"""Setting a goal, following it, changing it and reaching it, through the live graph."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, environment_of
from guest import Guest, write_lessons

from flow import create_learn_flow
from tutor.learner.records import open_records
from tutor.models import Place
from tutor.nodes.session.goals import take_day
from tutor.nodes.shared import session_store
from utils.errors import NothingRun, UsageError

LESSONS = {
    "food/toast": "---\ntitle: Toast\nminutes: 5\nprerequisites: [food/bread]\n---\n# Toast\n\nToast is browned bread.\n",
    "drink/tea": "---\ntitle: Tea\nminutes: 5\n---\n# Tea\n\n**Tea leaves** give colour to hot water.\n",
    "drink/coffee": "---\ntitle: Coffee\nminutes: 5\n---\n# Coffee\n\n**Coffee beans** give colour to hot water too.\n",
}


@pytest.fixture
def menu(docs, monkeypatch):
    monkeypatch.chdir(docs.parent)
    write_lessons(docs, LESSONS)
    return docs


@pytest.fixture
def visit(menu, home, capsys):
    """Sit down with a goal on the command line, or none; returns (screen, guest, the goal that is kept, the store)."""

    def run(*steps, goal=None, topic=None, attended=True, finished=(), by=None, day=0):
        guest = Guest(*steps, attended=attended)
        with environment_of(menu, home, guest, NOW + timedelta(days=day)) as environment:
            for lesson in finished:
                environment.records.keep_place(Place(lesson, stage="finished"))
            shared = session_store(environment, topic, goal=goal)
            if by:
                take_day(shared, by)
            create_learn_flow().run(shared)
            kept = environment.records.setting("goal")
        return capsys.readouterr().out, guest, kept, shared

    return run


TYPED = ("What do you want", ("answer", "I want to understand toast"))


def test_a_goal_typed_on_the_home_screen_shows_the_way_and_begins_with_its_first_lesson(visit):
    screen, _, kept, shared = visit(*TYPED, "Begin with")
    assert screen.index("Your goal: I want to understand toast") < screen.index("1  Bread") < screen.index("2  Toast")
    assert "15 min, about 1 day at an assumed 20 min a day" in " ".join(screen.split())
    assert kept == {"words": "I want to understand toast", "lessons": ["food/toast"]}
    assert shared["lesson"].id == "food/bread"


def test_it_is_the_same_with_the_option_and_in_a_script_the_next_lesson_begins_by_itself(visit):
    _, _, kept, shared = visit(goal="toast", attended=False)
    assert kept["lessons"] == ["food/toast"] and shared["lesson"].id == "food/bread"
    _, _, _, shared = visit(goal="toast", attended=False, finished=["food/bread"])
    assert shared["lesson"].id == "food/toast"


def test_not_now_leads_home_where_the_goal_stands_with_its_next_lesson(visit):
    _, guest, _, _ = visit(*TYPED, "Not now", ("quit",))
    assert guest.menus[-1][0] == "Towards “I want to understand toast”: **Bread** · 2 lessons, 1 day"
    assert "What do you want to understand?" not in guest.menus[-1]


def test_the_line_on_the_home_screen_leads_to_the_way_where_the_goal_is_dropped(visit):
    visit(goal="toast")
    screen, guest, kept, _ = visit("Towards", "No goal any more", ("quit",))
    assert kept is None and "“toast” is no goal any more." in screen
    assert "What do you want to understand?" in guest.menus[-1]


def test_a_goal_that_another_session_drops_meanwhile_leads_back_home(visit, menu, home):
    class Elsewhere(Guest):
        def choose(self, options, keys, unattended):
            with open_records(home, now=lambda: NOW) as records:
                records.set_setting("goal", None)
            return super().choose(options, keys, unattended)

    visit(goal="toast")
    guest = Elsewhere("Towards", ("quit",))
    with environment_of(menu, home, guest, NOW) as environment:
        create_learn_flow().run(session_store(environment))
    assert len(guest.menus) == 2 and "What do you want to understand?" in guest.menus[1]


def test_another_goal_takes_the_place_of_the_first(visit):
    visit(goal="toast")
    _, _, kept, _ = visit("Towards", "Another goal", ("answer", "tea"), ("quit",))
    assert kept == {"words": "tea", "lessons": ["drink/tea"]}


def test_enter_alone_leads_back_home_and_keeps_what_was_kept(visit):
    visit(goal="toast")
    _, guest, kept, _ = visit("Towards", "Another goal", ("next",), ("quit",))
    assert kept["words"] == "toast" and guest.menus[-1][0].startswith("Towards")


def test_where_several_lessons_may_be_meant_the_learner_chooses(visit):
    screen, guest, kept, _ = visit("What do you want", ("answer", "the colour of hot water"), "Coffee", ("quit",))
    assert "Which of these do you mean by “the colour of hot water”?" in screen
    assert guest.menus[1][-1] == "None of these" and kept["lessons"] == ["drink/coffee"]
    _, _, kept, _ = visit("Towards", "Another goal", ("answer", "the colour of hot water"), "None of these", ("quit",))
    assert kept["lessons"] == ["drink/coffee"], "none of these keeps the goal that there was"


def test_nothing_found_is_said_and_nothing_is_kept(visit):
    screen, guest, kept, _ = visit("What do you want", ("answer", "quantum physics"), ("quit",))
    assert "No lesson in docs is about “quantum physics”. No goal was kept." in " ".join(screen.split())
    assert kept is None and len(guest.menus) == 2, "and the home screen comes back"


def test_words_that_find_nothing_leave_an_earlier_goal_as_it_was(visit):
    visit(goal="toast")
    screen, _, kept, _ = visit("Towards", "Another goal", ("answer", "quantum physics"), ("quit",))
    assert "Your goal is still “toast”." in " ".join(screen.split()) and kept["words"] == "toast"


def test_only_a_new_learner_is_told_what_to_do_on_the_home_screen(visit):
    welcome = "Begin with one of these lessons, or say what you want to understand."
    assert welcome in visit(("quit",))[0]
    visit("Bread")
    assert welcome not in visit(("quit",))[0], "a lesson is under way"


def test_in_a_script_nothing_found_is_an_error(visit):
    with pytest.raises(NothingRun, match="no lesson in docs is about “quantum physics”"):
        visit(goal="quantum physics", attended=False)


def test_what_is_known_already_is_no_goal(visit):
    screen, _, kept, _ = visit(("quit",), goal="toast", finished=["food/bread", "food/toast"])
    assert "You know this already: food/toast. No goal was kept." in screen and kept is None


def test_a_goal_that_is_reached_is_said_once_and_cleared(visit):
    visit(goal="tea")
    screen, _, kept, _ = visit("Towards", "Begin with")
    assert "Goal reached: “tea”." in screen and kept is None
    screen, guest, _, _ = visit(("quit",))
    assert "Goal reached" not in screen and not guest.menus[0][0].startswith("Towards")


def test_one_that_was_reached_elsewhere_is_cleared_when_the_learner_comes_back(visit):
    visit(goal="tea")
    screen, _, kept, _ = visit(("quit",), finished=["drink/tea"])
    assert "Goal reached: “tea”." in screen and kept is None


def test_words_that_would_draw_on_the_screen_or_never_end_are_made_harmless(visit):
    words = "\x1b[\u202e# **toast** $ " + "toast " * 90
    screen, guest, kept, _ = visit("What do you want", ("answer", words), "Not now", ("quit",))
    assert "\x1b" not in screen and "\u202e" not in screen and "# **toast** $" in screen
    assert len(kept["words"]) == 200 and len(guest.menus[-1][0]) < 140
    screen, *_ = visit("Towards", "No goal any more", ("quit",))
    assert "\x1b" not in screen and "\u202e" not in screen


def test_in_a_folder_without_prerequisites_the_way_is_what_the_search_finds_in_the_folder_s_order(tutor, tmp_path, home):
    notes = tmp_path / "notes"
    notes.mkdir()
    for name, text in {
        "1-mash": "# Mashing\n\nBeer begins with malt: mash the malt.\n",
        "2-boil": "# Boiling\n\nBoil the wort with hops for beer.\n",
        "3-cheese": "# Cheese\n\nMilk curdles.\n",
        "4-rest": "# Resting\n\nBeer rests in the cold.\n",
    }.items():
        (notes / f"{name}.md").write_text(text, encoding="utf-8")
    script = tmp_path / "s.yaml"
    script.write_text("steps: [quit]\n", encoding="utf-8")
    run = tutor("learn", "--docs", notes, "--goal", "how to make beer", "--script", script, "--json")
    assert run.returncode == 0, run.stderr
    (event,) = (one for line in run.stdout.splitlines() if (one := json.loads(line))["event"] == "goal")
    assert event["path"] == ["1-mash", "2-boil", "4-rest"] and event["minutes_a_day"] == 20
    document = json.loads(tutor("progress", "--docs", notes, "--json").stdout)["goal"]
    assert document["goal"] == "how to make beer" and document["path"][-1] == "4-rest"
    assert "Towards “how to make beer”" in tutor("progress", "--docs", notes).stdout


@pytest.mark.parametrize(
    ("given", "told"), [([""], "no words after it"), (["toast", "food/bread"], "the TOPIC food/bread beside it")]
)
def test_a_goal_without_words_or_beside_a_topic_is_refused(tutor, docs, given, told):
    goal, *topic = given
    run = tutor("learn", "--docs", docs, *topic, "--goal", goal)
    assert run.returncode == 2 and f"--goal: found {told}" in run.stderr


# ------------------------------------------------------------------------------------------------ by a day


def test_a_goal_by_a_day_shows_by_when_each_lesson_should_be_done_and_whether_it_can_be(visit):
    screen, guest, kept, _ = visit("Not now", ("quit",), goal="toast", by="2026-03-13")
    told = " ".join(screen.split())
    assert "Your goal: toast, by 13 Mar" in told and "10 min · by" in told
    assert "15 min in 12 days is 2 min a day; an assumed pace is 20: that works." in told
    assert kept == {"words": "toast", "lessons": ["food/toast"], "by": "2026-03-13"}
    assert guest.menus[-1][0] == "Towards “toast”: **Bread** · 2 lessons left, by 13 Mar"


def test_a_day_alone_is_that_of_the_goal_that_is_kept_and_never_takes_it_back(visit):
    visit(goal="toast")
    screen, guest, kept, _ = visit(("quit",), by="2026-03-02")
    assert "“toast” by 2 Mar: 15 min in 1 day is 15 min a day; an assumed pace is 20: that works." in " ".join(screen.split())
    assert kept["by"] == "2026-03-02" and guest.menus[0][0].endswith("2 lessons left, by 2 Mar")
    screen, guest, kept, _ = visit(("quit",), by="never")
    assert "“toast” has no day any more" in screen and "by" not in kept and guest.menus[0][0].endswith("2 lessons, 1 day")
    visit("Towards", "No goal any more", ("quit",))
    assert "There is no goal, and so no day for it." in visit(("quit",), by="never")[0]


def test_a_day_without_a_goal_asks_for_one_and_in_a_script_it_is_refused(visit):
    _, _, kept, _ = visit(("answer", "toast"), "Not now", ("quit",), by="2026-03-13")
    assert kept["lessons"] == ["food/toast"] and kept["by"] == "2026-03-13"
    visit("Towards", "No goal any more", ("quit",))
    _, guest, kept, _ = visit(("next",), ("quit",), by="2026-03-13")
    assert kept is None and len(guest.menus) == 1, "who names none is asked no more"
    with pytest.raises(UsageError, match="--by: found no goal that is kept, expected --goal TEXT or a TOPIC"):
        visit(by="2026-03-13", attended=False)


def test_what_is_known_already_is_a_goal_by_a_day_because_it_comes_back_before(visit):
    finished = ["food/bread", "food/toast"]
    screen, _, kept, _ = visit(("quit",), goal="toast", by="2026-03-13", finished=finished)
    assert "You know this already: food/toast. Its questions come back before 13 Mar." in " ".join(screen.split())
    assert kept["reached"] and "Goal reached" not in visit(("quit",))[0]
    _, guest, kept, _ = visit("“toast” by 13 Mar: no reviews left", "Not now", ("quit",))
    assert guest.menus[1] == ["Not now", "Another goal", "No goal any more"] and kept["reached"]
    assert not any("What do you want" in row for row in guest.menus[0])
    _, guest, kept, _ = visit("by 13 Mar", "No goal any more", ("quit",))
    assert kept is None and any("What do you want" in row for row in guest.menus[-1])


def test_a_goal_that_is_reached_is_kept_until_its_day_and_then_let_go_with_a_line(visit):
    visit("Not now", ("quit",), goal="tea", by="2026-03-13")
    screen, _, kept, _ = visit(("quit",), finished=["drink/tea"])
    assert "Goal reached: “tea”. Its questions come back before 13 Mar." in " ".join(screen.split()) and kept["reached"]
    assert visit(("quit",), day=12)[2] is not None, "on the day itself it still holds"
    screen, _, kept, _ = visit(("quit",), day=13)
    passed = "“tea” was for 13 Mar, which has passed: its questions come back on their usual days."
    assert passed in " ".join(screen.split()) and kept is None
    assert passed not in visit(("quit",), day=13)[0]


def test_a_goal_whose_day_has_passed_goes_on_without_it(visit):
    visit("Not now", ("quit",), goal="toast", by="2026-03-13")
    _, guest, kept, _ = visit(("quit",), day=20)
    assert kept == {"words": "toast", "lessons": ["food/toast"]} and guest.menus[0][0].endswith("2 lessons, 1 day")


def test_the_command_takes_a_topic_by_a_day_and_refuses_what_is_no_day(tutor, docs, tmp_path):
    script = tmp_path / "s.yaml"
    script.write_text("steps: [quit]\n", encoding="utf-8")
    for day, told in (("soon", "found soon, expected a date such as"), ("2020-01-01", "which has passed")):
        run = tutor("learn", "--docs", docs, "bread", "--by", day, "--script", script)
        assert run.returncode == 2 and f"--by: found {day}" in run.stderr and told in run.stderr
    run = tutor("learn", "--docs", docs, "bred", "--by", "2400-01-20", "--script", script)
    assert run.returncode == 2 and "bread" in run.stderr
    run = tutor("learn", "--docs", docs, "bread", "--by", "2400-01-20", "--script", script, "--json")
    (event,) = (one for line in run.stdout.splitlines() if (one := json.loads(line))["event"] == "goal")
    assert run.returncode == 0 and event["by"] == "2400-01-20" and event["plan"][0]["lesson"] == "food/bread"
    assert event["goal"] == "Bread"
    assert json.loads(tutor("progress", "--docs", docs, "--json").stdout)["goal"]["by"] == "2400-01-20"
