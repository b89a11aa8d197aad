"""A goal by a day: what was learned of its lessons comes back in the last week before it; what is due is what a review asks."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

import pytest
from conftest import LESSON, NOW, environment_of
from rich.console import Console

from tutor.learner import agenda, due
from tutor.learner.goals import LAST_LOOK_DAYS, Goal
from tutor.learner.memory.deadline import NEAR_RETENTION, deadline_of, scheduling_for
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.overview import overview_of
from tutor.learner.progress import day_of
from tutor.learner.schedule import next_card
from tutor.models import Attempt, Card, Grade, Place
from tutor.nodes.session.review import ChooseDue
from tutor.screen.html.progress_page import progress_page
from tutor.screen.screens.progress import screen_of
from utils.times import utc

DAY = NOW + timedelta(days=40)
FAR = 10**6  # more than is ever due


def bank(count: int) -> str:
    items = "".join(
        f"  - {{id: i{n}, section: yeast, kind: number, question: 'What is {n} and 1?', answer: {n + 1}}}\n" for n in range(count)
    )
    return f"items:\n{items}"


@pytest.fixture
def meals(docs):
    """A lesson of 30 items, one that builds on it with 5, and another one with 5."""
    for name, count, needs in (("one", 30, ""), ("two", 5, "prerequisites: [one]\n"), ("other", 5, "")):
        (docs / f"{name}.md").write_text(LESSON.replace("title: Bread\n", f"title: {name}\n{needs}"), encoding="utf-8")
        (docs / f"{name}.quiz.yaml").write_text(bank(count), encoding="utf-8")
    return docs


@pytest.fixture
def on(meals, home):
    """on(days) -> an environment so many days after NOW."""
    return lambda days: environment_of(meals, home, now=NOW + timedelta(days=days), session=f"d{days}")


def answer(environment, key: str) -> None:
    """A right answer, as a session stores it."""
    records, now = environment.records, environment.now()
    by = scheduling_for(environment.corpus, records, key.partition(":")[0], now)
    card = next_card(key, records.card(key), "unaided", now, by)
    given = Attempt(key, "yeast", "x", Grade(1.0), utc(now), "review", session=environment.session, due=card.due)
    records.add(given, card=card)


def learn(environment, days_each: int = 0) -> None:
    """Have all items known for years to come, as far as FSRS is concerned."""
    for lesson in ("one", "two", "other"):
        for item in environment.corpus.items(lesson):
            at = environment.now()
            card = next_card(item.key, None, "unaided", at - timedelta(days=60), DEFAULTS)
            for ago in (50, 30, 1):
                card = next_card(item.key, card, "unaided", at - timedelta(days=ago), DEFAULTS)
            assert card.due > utc(DAY + timedelta(days=5))
            environment.records.put_card(card)


def keep_goal(environment, by=DAY) -> None:
    environment.records.set_setting("goal", Goal("two", ("two",), by.date() if by else None).setting())


def test_all_that_was_learned_of_the_goals_lessons_comes_back_once_in_the_last_week_spread_over_its_days(on):
    asked: dict[int, list[str]] = {}
    with on(0) as environment:
        learn(environment)
        keep_goal(environment)
    for day in range(0, 44):
        with on(day) as environment:
            corpus, records, now = environment.corpus, environment.records, environment.now()
            chosen, count = ChooseDue().exec(corpus, records, lambda now=now: now, now.tzinfo, FAR, environment.terminal)
            assert set(chosen) == {one.item for one in due.due_items(corpus, records, now)} and count == len(chosen)
            assert (
                sum(due.due_by_lesson(corpus, records, now).values()) == count == overview_of(corpus, records, now).progress.due
            )
            asked[day] = list(chosen)
            for key in chosen:
                answer(environment, key)
    counts = Counter(key for day in asked for key in asked[day])
    assert {key.partition(":")[0] for key in counts} == {"one", "two"} and len(counts) == 35 and set(counts.values()) == {1}
    days = [day for day in asked if asked[day]]
    assert min(days) >= 40 - LAST_LOOK_DAYS and max(days) < 40 and len(days) == LAST_LOOK_DAYS
    assert max(map(len, asked.values())) < 12


def test_where_the_day_is_taken_back_or_has_passed_every_item_has_its_usual_date(on):
    with on(0) as environment:
        learn(environment)
        usual = environment.records.cards()
        keep_goal(environment)
        planned = due.cards_of(environment.corpus, environment.records, environment.now())
        assert planned != usual and {card.due for card in planned if card.lesson == "other"} <= {card.due for card in usual}
        assert all(day_of(card.due, NOW) < DAY.date() for card in planned if card.lesson != "other")
        keep_goal(environment, by=None)
        assert due.cards_of(environment.corpus, environment.records, environment.now()) == usual
        keep_goal(environment)
    with on(41) as environment:
        assert deadline_of(environment.corpus, environment.records, environment.now()) is None
        assert due.cards_of(environment.corpus, environment.records, environment.now()) == usual


def test_a_goal_whose_lessons_are_known_says_how_many_reviews_are_left_until_its_day(on):
    with on(0) as environment:
        learn(environment)
        for lesson in ("one", "two"):
            environment.records.keep_place(Place(lesson, stage="finished"))
        keep_goal(environment)
    with on(37) as environment:
        corpus, records, now = environment.corpus, environment.records, environment.now()
        rows = [choice.label for choice in agenda.choices(corpus, records, now)]
        day = DAY.strftime("%d %b").lstrip("0")
        assert f"“two” by {day}: 35 reviews left · 18 min" in rows and not any("What do you want" in row for row in rows)
        overview = overview_of(corpus, records, now)
        assert overview.path.estimate() == "You know its lessons; 35 reviews left in 3 days"
        assert overview.document()["goal"]["works"] is True and overview.document()["goal"]["path"] == []
        console = Console(width=100, file=io.StringIO(), record=True)
        console.print(*screen_of(overview).parts())
        assert f"“two” by {day}: You know its lessons; 35 reviews left in 3 days." in console.export_text()
        assert "35 reviews left in 3 days" in progress_page(overview)
    with on(39) as environment:
        environment.records.set_setting("daily_limit", 20)
        told = overview_of(environment.corpus, environment.records, environment.now())
        assert told.path.estimate() == "You know its lessons; 35 reviews left in 1 day, more than 20 a day"
        assert told.document()["goal"]["works"] is False


def test_a_day_that_is_near_has_what_it_needs_come_back_at_once(on):
    with on(0) as environment:
        learn(environment)
        for card in environment.records.cards():  # reviewed longer ago than the last week before the day
            memory = card.memory.replace("2026-02-28", "2026-02-20")
            environment.records.put_card(Card(card.item, memory, card.due))
        keep_goal(environment, NOW + timedelta(days=2))
        corpus, records = environment.corpus, environment.records
        ready = due.due_items(corpus, records, NOW)
        assert 20 < len(ready) < 35 and {one.lesson for one in ready} == {"one", "two"}
        path = agenda.path_to_goal(corpus, records, NOW)
        assert path.reviews == round(35 * agenda.REVIEW_S / 60) and "of reviews in 2 days" in path.estimate()


def test_near_the_day_the_goals_lessons_are_to_be_remembered_better_and_no_others(on):
    with on(0) as environment:
        keep_goal(environment)
        assert scheduling_for(environment.corpus, environment.records, "two", NOW).retention == DEFAULTS.retention
    with on(30) as environment:
        corpus, records, now = environment.corpus, environment.records, environment.now()
        for lesson, wished in (("two", NEAR_RETENTION), ("one", NEAR_RETENTION), ("other", DEFAULTS.retention)):
            assert scheduling_for(corpus, records, lesson, now).retention == wished
    with on(41) as environment:
        assert scheduling_for(environment.corpus, environment.records, "two", environment.now()).retention == DEFAULTS.retention
