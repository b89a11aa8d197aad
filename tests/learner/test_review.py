"""What comes back and when: reviews, undo, confidence, leeches, the home screen."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from conftest import NOW, environment_of

from flow import create_learn_flow, create_review_flow
from tutor.corpus import bank
from tutor.corpus.corpus import open_corpus
from tutor.learner import agenda, due
from tutor.learner.memory.scheduling import DEFAULTS
from tutor.learner.records import open_records
from tutor.learner.schedule import LEECH_LAPSES, interleaved, next_card, retrievability, review_card, todays_reviews
from tutor.models import Card, Step
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from tutor.screen.rows import as_row

SECOND = """\
---
title: Cake
---
# Cake

## Sugar

**Sugar keeps cake moist.** Half a pound is usual.
"""
SECOND_BANK = """\
items:
  - id: moist
    section: sugar
    kind: cloze
    question: Sugar keeps cake [[moist]].
    hints: [Not dry., It begins with m.]
    explanation: Sugar holds water.
  - id: gas
    section: sugar
    kind: choice
    question: How much sugar is usual?
    options: [{text: half a pound, right: true}, {text: two pounds}]
    hints: [Little., Less than one.]
    explanation: Half a pound.
"""


class Answers(ScriptedLearner):
    """Knows every answer but those that a table by key says otherwise."""

    def __init__(self, table, sure=None, attended=False):
        super().__init__([])
        self.table, self.sure, self.asked, self.attended = table, sure, [], attended

    def answer(self, question, keys):
        if question.optional:
            return Step("next")
        self.asked.append(question.item.key)
        return Step("answer", self.table.get(question.item.key) or bank.accepted_answers(question.item)[0])

    def choose(self, options, keys, unattended):
        if options[0] == "A guess":
            return Step("choose", str(self.sure - 1))
        return Step("choose", unattended) if unattended else Step("quit")


@pytest.fixture
def two(docs, monkeypatch):
    """Two lessons, one of them with an item whose id the other has too."""
    (docs / "food" / "cake.md").write_text(SECOND, encoding="utf-8")
    (docs / "food" / "cake.quiz.yaml").write_text(SECOND_BANK, encoding="utf-8")
    monkeypatch.chdir(docs.parent)
    return docs


@pytest.fixture
def run(two, home, capsys):
    """Run a flow on a day, with a learner; returns (screen, shared, attempts, cards)."""

    def runs(make, learner, day=0, topic=None, limit=None, **settings):
        now = NOW + timedelta(days=day)
        with environment_of(two, home, learner, now, f"day{day}") as environment:
            records = environment.records
            for name, value in settings.items():
                records.set_setting(name, value)
            shared = session_store(environment, topic, limit)
            make().run(shared)
            return capsys.readouterr().out, shared, records.attempts(), records.cards()

    return runs


@pytest.fixture
def taught(run):
    """Both lessons gone through on the first day."""
    for topic in ("food/bread", "food/cake"):
        run(create_learn_flow, Answers({}), topic=topic)


def test_every_finished_turn_at_an_item_gives_it_a_date(run):
    _, _, attempts, cards = run(create_learn_flow, Answers({}), topic="food/bread")
    assert {card.item for card in cards} == {attempt.item for attempt in attempts}
    assert all(attempt.due for attempt in attempts if attempt.grade.correct)
    assert all(card.due > "2026-03-01T09:30" for card in cards)


def test_an_answer_is_kept_with_the_chance_that_was_predicted_before_it_was_asked(run, taught):
    _, _, attempts, _ = run(create_review_flow, Answers({}), day=20)
    first, later = (
        next(one for one in attempts if one.item == "food/cake:moist" and (one.mode == "review") == again)
        for again in (False, True)
    )
    assert first.predicted is None and 0.5 < later.predicted < 0.95
    memory = review_card(None, "unaided", NOW, DEFAULTS)
    assert later.predicted == pytest.approx(retrievability(memory, NOW + timedelta(days=20), DEFAULTS), abs=0.001)


def test_a_question_not_known_before_it_was_taught_gets_no_date(run):
    class Declines(Answers):
        def answer(self, question, keys):
            return Step("next") if "hint" not in keys else Step("quit")

    _, _, attempts, cards = run(create_learn_flow, Declines({}), topic="food/bread")
    assert not attempts and not cards


def test_a_review_mixes_lessons_and_records_what_it_asked(run, taught):
    learner = Answers({})
    screen, _, attempts, _ = run(create_review_flow, learner, day=2)
    assert {"food/bread:gas", "food/cake:gas", "food/cake:moist"} <= set(learner.asked)
    lessons = [key.split(":")[0] for key in learner.asked]
    assert lessons[:4].count("food/cake") == 2, "the smaller lesson is spread among the larger one"
    assert "Review of" in screen and "the shakiest first" in screen and "They come back" in screen
    assert {attempt.mode for attempt in attempts if attempt.session == "day2"} == {"review"}


def test_what_was_known_in_a_review_comes_back_later_than_what_was_missed(run, taught):
    _, _, _, cards = run(create_review_flow, Answers({"food/cake:moist": "dry"}), day=2)
    due = {card.item: card.due for card in cards}
    assert due["food/cake:moist"] < due["food/cake:gas"]


def test_what_is_missed_and_then_right_once_more_counts_as_missed_at_the_end(run, taught):
    class SkipsOnce(Answers):
        def answer(self, question, keys):
            first, step = not self.asked, super().answer(question, keys)
            return Step("skip") if first and self.asked else step

    screen, _, _, _ = run(create_review_flow, SkipsOnce({}), day=2)
    assert "Once more" in screen and re.search(r"(\d+) of (\d+) known, 1 missed", screen) and "with help" not in screen


def test_a_review_keeps_to_the_days_limit_and_says_that_more_is_due(run, taught):
    learner = Answers({})
    screen, _, _, _ = run(create_review_flow, learner, day=2, limit=2)
    assert len(learner.asked) == 2 and "due; 2 a day: level by" in screen
    screen, _, _, _ = run(create_review_flow, Answers({}), day=2, limit=2)
    assert "Enough for today" in screen


def test_where_nothing_is_due_it_says_when_the_next_comes(run, taught):
    run(create_review_flow, Answers({}), day=2)
    screen, _, _, _ = run(create_review_flow, Answers({}), day=2)
    assert "Nothing is due now." in screen and "The next one comes" in screen


def test_an_item_that_the_bank_no_longer_has_is_passed_over(run, taught, two):
    (two / "food" / "cake.quiz.yaml").write_text(SECOND_BANK.split("  - id: gas")[0], encoding="utf-8")
    learner = Answers({})
    run(create_review_flow, learner, day=2)
    assert "food/cake:gas" not in learner.asked and "food/cake:moist" in learner.asked


def test_undo_takes_back_the_last_answer_and_what_it_did_to_its_date(run, home, taught):
    before = {card.item: card for card in run(create_review_flow, ScriptedLearner([]), day=2)[3]}
    _, _, attempts, _ = run(create_review_flow, Answers({}), day=2, limit=1)
    with open_records(home, now=lambda: NOW) as records:
        last = records.undo()
        assert last.id == attempts[-1].id
        assert {card.item: card for card in records.cards()} == before
        assert records.undo().id == attempts[-2].id


def test_the_command_tells_what_it_took_back(tutor, docs, home, tmp_path):
    assert tutor("review", "--undo").returncode == 5
    script = tmp_path / "s.yaml"
    script.write_text('topic: bread\nsteps:\n  - next\n  - answer: "1"\n  - quit\n', encoding="utf-8")
    tutor("learn", "--docs", docs, "--script", script, "--seed", 1)
    run = tutor("review", "--undo", "--json")
    assert run.returncode == 0 and json.loads(run.stdout)["item"].startswith("food/bread:")


def test_a_learner_who_wants_it_is_asked_how_sure_and_a_sure_miss_comes_first(run, taught):
    learner = Answers({"food/bread:percent": "50"}, sure=3, attended=True)
    screen, _, attempts, cards = run(create_review_flow, learner, day=2, ask_confidence=True)
    assert "How sure are you?\nYou: Sure\n" in screen, "what was chosen stays"
    assert {attempt.confidence for attempt in attempts if attempt.session == "day2"} == {3}
    assert [card.item for card in cards if card.sure_and_wrong] == ["food/bread:percent"]
    assert todays_reviews(cards, NOW + timedelta(days=400), 10, DEFAULTS)[0].item == "food/bread:percent"


def test_after_eight_lapses_an_item_is_set_aside():
    card = None
    for day in range(LEECH_LAPSES + 1):
        card = next_card("l:x", card, "missed", NOW + timedelta(days=day), by=DEFAULTS)
        assert card.leech == (day == LEECH_LAPSES)
    assert todays_reviews([card], NOW + timedelta(days=99), 10, DEFAULTS) == []


def test_lessons_are_mixed_as_far_as_they_can_be():
    cards = [Card(f"{lesson}:{n}", "", "") for lesson in "aab" for n in range(3)]
    order = "".join(card.lesson for card in interleaved(list(dict.fromkeys(cards))))
    assert order.count("aa") == 0 and order.count("bb") == 0


# ----------------------------------------------------------------------------------------- the home screen


def test_the_home_screen_offers_the_review_with_how_much_and_how_long(run, taught, home, two):
    with open_records(home, now=lambda: NOW) as records:
        corpus = open_corpus(two)
        offered = agenda.choices(corpus, records, NOW + timedelta(days=2))
        assert agenda.figures(corpus, records, NOW + timedelta(days=2)).endswith("due")
    labels = [choice.label for choice in offered]
    assert any(label.startswith("Review **") and "from 2 lessons · " in label for label in labels)


def test_choosing_the_review_runs_it_inside_the_session(run, taught):
    class Reviews(Answers):
        def choose(self, options, keys, unattended):
            wanted = [number for number, option in enumerate(options) if as_row(option).line.startswith("Review")]
            return Step("choose", str(wanted[0])) if wanted and not self.asked else Step("quit")

    learner = Reviews({})
    screen, _, _, _ = run(create_learn_flow, learner, day=2)
    assert learner.asked and "They come back" in screen and "kept" in screen


def test_a_scripted_review_gives_the_same_screens_for_the_same_seed(tutor, docs, home, tmp_path):
    script = tmp_path / "s.yaml"
    script.write_text('steps:\n  - answer: "1"\n  - quit\n', encoding="utf-8")
    run = tutor("review", "--docs", docs, "--script", script)
    assert run.returncode == 0 and "Nothing is due now." in run.stdout
    assert tutor("review", "--docs", docs).returncode == 2, "nobody there to ask"


def test_an_author_sees_what_was_set_aside(tutor, docs, home):
    with open_records(home, now=lambda: NOW) as records:
        records.put_card(
            Card("food/bread:eats", review_card(None, "missed", NOW, DEFAULTS), "2026-03-01T00:00:00Z", lapses=8, leech=True)
        )
    assert "set-aside" not in tutor("check", "--docs", docs, "--no-run").stdout
    run = tutor("check", "--docs", docs, "--no-run", "--records")
    assert 'item "eats" was missed 8 times and is no longer asked' in run.stdout and "bread.quiz.yaml:" in run.stdout


# ----------------------------------------------------------------------------------------------- one idea in two lessons


@pytest.fixture
def same_idea(two):
    """The gas of bread and the sugar of cake share an idea."""
    for name, item in (("bread", "eats"), ("cake", "moist")):
        path = two / "food" / f"{name}.quiz.yaml"
        text = path.read_text(encoding="utf-8").replace(f"  - id: {item}\n", f"  - id: {item}\n    idea: sugar\n")
        path.write_text(text, encoding="utf-8")


def dates(cards) -> dict[str, str]:
    return {card.item: card.due for card in cards}


def test_a_review_asks_one_of_two_items_with_the_same_idea_and_counts_for_both(run, same_idea, taught, home):
    learner = Answers({})
    before = dates(run(create_review_flow, Answers({}), day=0)[3])
    screen, _, _, cards = run(create_review_flow, learner, day=4)
    assert "more are due" not in screen
    asked = {"food/bread:eats", "food/cake:moist"} & set(learner.asked)
    (other,) = {"food/bread:eats", "food/cake:moist"} - asked
    assert len(asked) == 1 and dates(cards)[other] > before[other] and dates(cards)[other] > "2026-03-05"
    again = Answers({})
    run(create_review_flow, again, day=4)
    assert other not in again.asked, "it was reviewed with the first"


def test_the_home_screen_counts_two_items_with_the_same_idea_once(same_idea, two, taught, home):
    day = NOW + timedelta(days=4)
    with open_records(home, now=lambda: NOW) as records:
        corpus, cards = open_corpus(two), records.cards()
        label = next(choice.label for choice in agenda.choices(corpus, records, day) if choice.opens == "review")
        assert agenda.figures(corpus, records, day) == f"{len(cards) - 1} due" and f"**{len(cards) - 1} items**" in label
        assert sum(due.due_by_lesson(corpus, records, day).values()) == len(cards) - 1


def test_a_miss_leaves_the_other_item_of_the_idea_as_it_was(run, same_idea, taught):
    before = dates(run(create_review_flow, Answers({}), day=0)[3])
    learner = Answers({"food/bread:eats": "stones", "food/cake:moist": "dry"})
    cards = run(create_review_flow, learner, day=4)[3]
    asked = {"food/bread:eats", "food/cake:moist"} & set(learner.asked)
    (other,) = {"food/bread:eats", "food/cake:moist"} - asked
    assert len(asked) == 1 and dates(cards)[other] == before[other]


def test_an_answer_taken_back_gives_both_items_of_the_idea_their_dates_back(run, same_idea, taught, home):
    before = run(create_review_flow, Answers({}), day=0)[3]
    run(create_review_flow, Answers({}), day=4)
    with open_records(home, now=lambda: NOW) as records:
        while records.attempts()[-1].session == "day4":
            records.undo()
        assert {card.item: card for card in records.cards()} == {card.item: card for card in before}
