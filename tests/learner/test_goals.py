"""The way to a goal: which lessons, in which order, and how many days they take at the learner's own pace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW
from hypothesis import given
from hypothesis import strategies as some

from tutor.corpus.corpus import open_corpus
from tutor.learner import agenda, goals
from tutor.learner.file.tallies import tallies_of
from tutor.learner.goals import ASSUMED_PACE_MIN, LAST_LOOK_DAYS, Goal, GoalPath, PathStep, day_by, goal_from_setting, path_to
from tutor.learner.progress import days_of
from tutor.learner.records import open_records
from tutor.models import Attempt, Grade, Place
from utils.errors import UsageError
from utils.times import utc

NEEDS = {"attention": ["softmax", "vectors"], "softmax": ["neuron"], "neuron": ["vectors"], "vectors": [], "bayes": []}


def pace_of(attempts, now):
    return goals.pace_of(days_of(tallies_of(attempts).quarters, now), now)


def test_each_lesson_comes_after_what_it_builds_on_and_once():
    assert path_to(["attention"], NEEDS, ()) == ["vectors", "neuron", "softmax", "attention"]


def test_what_is_known_is_left_out_with_what_only_it_needs():
    assert path_to(["attention"], NEEDS, {"softmax"}) == ["vectors", "attention"]
    assert path_to(["attention"], NEEDS, {"softmax", "vectors"}) == ["attention"]
    assert path_to(["attention"], NEEDS, {"attention"}) == []


def test_several_lessons_keep_the_order_that_they_are_given_in():
    assert path_to(["bayes", "neuron"], NEEDS, ()) == ["bayes", "vectors", "neuron"]


def test_prerequisites_in_a_circle_and_those_that_are_not_there_are_ignored():
    assert path_to(["b"], {"a": ["b"], "b": ["a", "gone"]}, ()) == ["a", "b"]
    assert path_to(["gone"], NEEDS, ()) == []


def test_a_long_chain_of_prerequisites_is_followed_to_its_end():
    chain = {str(n): [str(n + 1)] for n in range(5_000)} | {"5000": []}
    assert path_to(["0"], chain, ())[0] == "5000"


NAMES = "abcdef"


@given(
    some.dictionaries(some.sampled_from(NAMES), some.lists(some.sampled_from(NAMES), max_size=3)),
    some.sets(some.sampled_from(NAMES)),
)
def test_no_lesson_stands_twice_and_none_that_is_known(needs, known):
    path = path_to(NAMES, needs, known)
    assert len(path) == len(set(path)) and not known & set(path)
    assert set(path) == set(needs) - known


def answered(days_ago: int, minutes: int = 10) -> list[Attempt]:
    """A session of so many minutes, an answer a minute."""
    start = NOW - timedelta(days=days_ago, hours=2)
    times = [start + timedelta(minutes=minute) for minute in range(minutes + 1)]
    return [Attempt("l:a", "s", "x", Grade(1.0), utc(at), "practice", session=f"d{days_ago}") for at in times]


def sessions(*days_ago: int) -> list[Attempt]:
    return [attempt for day in sorted(days_ago, reverse=True) for attempt in answered(day, minutes=20)]


def test_the_pace_counts_days_off_and_not_a_today_that_has_not_begun():
    assert pace_of(sessions(5, 3, 1), NOW) == 12  # three times 20 min 30 s in five days
    assert pace_of(sessions(2, 1, 0), NOW) == 20  # today counts once something was answered


def test_with_answers_on_fewer_than_three_of_the_last_days_there_is_no_pace():
    assert pace_of([], NOW) is None
    assert pace_of(sessions(2, 1), NOW) is None
    assert pace_of(sessions(90, 80, 70, 60, 1), NOW) is None, "what was long ago says little about now"


def test_answers_that_a_wrong_clock_dated_ahead_are_not_counted():
    assert pace_of(sessions(3, 2, 1, -40), NOW) == pace_of(sessions(3, 2, 1), NOW)


def test_the_days_follow_from_minutes_and_pace_and_the_screen_says_which_pace():
    steps = (PathStep("a", "A", 30), PathStep("b", "B", 35))
    assumed, own = (GoalPath(Goal("x", ("b",)), steps, pace, NOW.date()) for pace in (None, 13))
    assert (assumed.minutes, assumed.minutes_a_day, assumed.days) == (65, ASSUMED_PACE_MIN, 4)
    assert assumed.estimate() == "65 min, about 4 days at an assumed 20 min a day"
    assert own.estimate() == "65 min, about 5 days at your 13 min a day"
    told = {"goal": "x", "lessons": ["b"], "path": ["a", "b"], "minutes": 65, "days": 5, "minutes_a_day": 13}
    without_a_day = {"by": None, "days_left": None, "needed_a_day": None, "works": None, "plan": []}
    assert own.document() == {**told, **without_a_day}


def by_day(days: int, *minutes: int, pace: int | None = None, reviews: int = 0) -> GoalPath:
    """The way to a goal that is so many days ahead, by lessons of so many minutes."""
    steps = tuple(PathStep(str(number), str(number), each) for number, each in enumerate(minutes))
    return GoalPath(Goal("x", ("b",), NOW.date() + timedelta(days=days)), steps, pace, NOW.date(), reviews)


def test_a_goal_with_a_day_says_how_much_a_day_it_takes_and_whether_the_learner_does_as_much():
    works = by_day(12, 100, 85, pace=19)
    assert works.estimate() == "185 min in 12 days is 16 min a day; you do 19: that works"
    assert works.left() == "2 lessons left, by 13 Mar" and works.document()["works"] is True
    too_much = by_day(5, 40, 60, 85, pace=19, reviews=10)
    assert too_much.estimate() == (
        "185 min and 10 min of reviews in 5 days is 39 min a day, more than the 19 that you do; "
        "at 19 a day you get through 1 of 3 lessons by then"
    )
    assert too_much.document()["needed_a_day"] == 39 and too_much.document()["works"] is False
    assert by_day(1, 85, pace=19).estimate().endswith("at 19 a day you don't get through the first lesson by then")
    assert by_day(1, 12, 12).estimate() == (
        "24 min in 1 day is 24 min a day, more than an assumed pace of 20; at 20 a day you get through 1 of 2 lessons by then"
    )
    assert by_day(12, 185).estimate() == "185 min in 12 days is 16 min a day; an assumed pace is 20: that works"


def test_a_goal_whose_day_has_passed_says_so_until_it_has_another_or_none():
    assert by_day(-1, 40).passed() == "Its day, 28 Feb, has passed: learn --by DATE sets another, --by never none"
    assert by_day(0, 40).passed() == by_day(3, 40).passed() == ""


def test_what_is_new_is_spread_over_the_days_left_but_for_the_last_ones():
    days = [(day - NOW.date()).days for day in by_day(30, *[20] * 10).plan()]
    assert days == sorted(days) and max(days) == 30 - LAST_LOOK_DAYS - 1
    assert max(days.count(day) for day in days) == 1
    assert [(day - NOW.date()).days for day in by_day(1, 20, 20).plan()] == [0, 0]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("soon", "found soon, expected a date such as 2026-03-31, or never"),
        ("tomorrow", "found tomorrow, expected a date such as 2026-03-31, or never"),
        ("", "found nothing, "), ("20270120", "found 20270120, "), ("2027-02-30", "found 2027-02-30, "),
        ("20.1.2027", "found 20.1"),
        ("2026-03-01", "found 2026-03-01, which is today; expected a day after today, such as 2026-03-31"),
        ("2026-02-28", "found 2026-02-28, which has passed; "),
        ("9999-01-01", "found the year 9999, expected one before 2500"),
    ],
)  # fmt: skip
def test_a_day_that_is_none_or_is_not_ahead_is_refused_with_what_was_expected(given, found):
    with pytest.raises(UsageError) as told:
        day_by(given, NOW.date())
    assert str(told.value).startswith(f"--by: {found}")


def test_a_day_ahead_is_taken_and_never_takes_it_back():
    assert day_by(" 2027-01-20 ", NOW.date()).isoformat() == "2027-01-20" and day_by("Never", NOW.date()) is None


def test_a_goal_is_kept_with_its_day_and_a_day_that_is_none_is_passed_over():
    goal = Goal("x", ("b",), NOW.date(), True)
    assert goal_from_setting(goal.setting()) == goal and goal_from_setting(Goal("x", ("b",)).setting()) == Goal("x", ("b",))
    assert goal_from_setting({"words": "x", "lessons": ["b"], "by": 7}) == Goal("x", ("b",))


@pytest.mark.parametrize("kept", [None, "x", 3, [], {}, {"words": 1, "lessons": []}, {"words": "x", "lessons": [1]}])
def test_a_setting_that_is_no_goal_is_none(kept):
    assert goal_from_setting(kept) is None


# ------------------------------------------------------------------------------------------ with lessons and records


@pytest.fixture
def records(home):
    with open_records(home, now=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def meals(docs):
    """Bread, then toast, then a sandwich; and a soup that doesn't say how long it takes."""
    lessons = {
        "toast": "---\ntitle: Toast\nminutes: 5\nprerequisites: [food/bread]\n---\n# Toast\n\nHeat it.\n",
        "sandwich": "---\ntitle: Sandwich\nminutes: 15\nprerequisites: [food/toast, food/bread]\n---\n# Sandwich\n\nPile.\n",
        "soup": "# Soup\n\n" + "Stir it well. " * 120,
    }
    for name, text in lessons.items():
        (docs / "food" / f"{name}.md").write_text(text, encoding="utf-8")
    return open_corpus(docs)


def keep(records, *lessons, words="lunch"):
    records.set_setting("goal", Goal(words, lessons).setting())


def lessons_of(path):
    return [step.lesson for step in path.steps]


def test_a_finished_lesson_leaves_the_way(meals, records):
    keep(records, "food/sandwich")
    assert lessons_of(agenda.path_to_goal(meals, records, NOW)) == ["food/bread", "food/toast", "food/sandwich"]
    records.keep_place(Place("food/bread", stage="finished"))
    assert lessons_of(agenda.path_to_goal(meals, records, NOW)) == ["food/toast", "food/sandwich"]


def test_so_does_one_whose_questions_are_mastered(meals, records):
    keep(records, "food/toast")
    for item in meals.items("food/bread"):
        records.add(Attempt(item.key, item.section, "x", Grade(1.0), utc(NOW), "practice", session="s"))
    assert lessons_of(agenda.path_to_goal(meals, records, NOW)) == ["food/toast"]


def test_the_minutes_are_those_left_and_of_a_lesson_that_names_none_they_follow_from_its_length(meals, records):
    keep(records, "food/bread", "food/soup")
    records.keep_place(Place("food/bread", section="salt", stage="explain", done=["bread", "yeast"]))
    assert [step.minutes for step in agenda.path_to_goal(meals, records, NOW).steps] == [5, 4]  # 2 of 4 sections; 360 words


def test_a_goal_of_another_folder_is_no_goal_here_and_stays_kept(meals, records):
    keep(records, "llm/attention")
    assert agenda.path_to_goal(meals, records, NOW) is None
    assert any(choice.opens == "new_goal" for choice in agenda.choices(meals, records, NOW))
    assert records.setting("goal")["lessons"] == ["llm/attention"]


def test_the_home_screen_shows_the_goal_on_one_line_with_its_next_lesson(meals, records):
    keep(records, "food/sandwich", words="make *lunch*")
    first = agenda.choices(meals, records, NOW)[0]
    assert first.opens == "goal"
    assert first.label == r"Towards “make \*lunch\*”: **Bread** · 3 lessons, 2 days"


def test_a_new_learner_gets_three_beginnings_a_line_each_and_is_asked_what_they_want(meals, records):
    labels = [choice.label for choice in agenda.choices(meals, records, NOW)]
    assert labels == [
        "**Bread** · 2 lessons next · 10 min",
        "**Soup**",
        "What do you want to understand?",
        "All lessons · 4 lessons",
    ]


def test_a_folder_of_one_lesson_asks_for_no_goal(docs, records):
    assert [choice.label for choice in agenda.choices(open_corpus(docs), records, NOW)] == ["**Bread** · 10 min"]


def test_the_suggestion_after_a_lesson_leads_towards_the_goal(meals, records):
    assert agenda.suggestion(meals, records, NOW, after="food/soup") == "Next for you: Bread (food/bread)"
    keep(records, "food/sandwich")
    assert agenda.suggestion(meals, records, NOW, after="food/bread") == "Next towards “lunch”: Toast (food/toast)"


def test_the_pace_is_that_of_the_answers_in_the_records(meals, records):
    for attempt in sessions(60, 3, 2, 1):
        records.add(attempt)
    assert len(records.attempts(since=utc(NOW - timedelta(days=29)))) == 63
    keep(records, "food/sandwich")
    path = agenda.path_to_goal(meals, records, NOW)
    assert path.pace == 20 and path.days == 2
