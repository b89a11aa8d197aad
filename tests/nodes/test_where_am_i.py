"""Where the learner is: the section's head, which question of how many, and the lesson's map."""

from __future__ import annotations

import pytest
from conftest import NOW, environment_of

from flow import create_learn_flow
from tutor.models import Attempt, Grade, Item, Kind, Place, Round, Step
from tutor.nodes.session.practice import AskItem
from tutor.nodes.shared import session_store
from tutor.screen.learners import ScriptedLearner
from tutor.screen.rows import as_row


class Reader(ScriptedLearner):
    """Remembers the menus; chooses by words, and leaves at a menu that nothing is left for."""

    def __init__(self, *steps):
        super().__init__([Step(*step) if isinstance(step, tuple) else Step(step) for step in steps])
        self.menus, self.keys = [], []

    def press(self, keys):
        self.keys.append(keys)
        return super().press(keys)

    def choose(self, options, keys, unattended):
        self.menus.append(([as_row(option).line for option in options], unattended))
        return super().choose(options, keys, unattended)


@pytest.fixture
def read(docs, home, monkeypatch, capsys):
    """Read the lesson on bread; returns (screen, reader, the place kept)."""
    monkeypatch.chdir(docs.parent)

    def run(*steps, place=None):
        reader = Reader(*steps)
        with environment_of(docs, home, reader, NOW) as environment:
            if place:
                environment.records.keep_place(place)
            create_learn_flow().run(session_store(environment, "food/bread"))
            kept = environment.records.place("food/bread")
        return " ".join(capsys.readouterr().out.split()), reader, kept

    return run


def test_the_head_of_a_section_says_which_of_how_many_and_the_minutes_left(read):
    screen, *_ = read("quit", place=Place("food/bread", stage="explain", section="yeast", done=["bread"]))
    assert "food/bread, section 2 of 4, about 8 min left: Yeast" in screen


def test_the_map_shows_the_sections_and_leads_to_the_one_chosen(read):
    place = Place("food/bread", stage="explain", section="yeast", done=["bread"])
    screen, reader, kept = read("map", ("choose", "Salt"), "quit", place=place)
    (rows, at), *_ = reader.menus
    assert [row.partition(" · ")[0] for row in rows] == ["Bread", "Yeast", "Salt", "Recap"] and at == "1"
    assert rows[0].endswith("done") and rows[1].endswith("here")
    assert "1 of 4 sections, 8 min left" in screen and "section 3 of 4, about 8 min left: Salt" in screen
    assert (kept.section, kept.stage) == ("salt", "explain")


def test_going_back_from_the_map_leads_to_where_the_learner_was(read):
    place = Place("food/bread", stage="explain", section="salt", done=["bread", "yeast"])
    screen, _, kept = read("map", "back", "quit", place=place)
    assert screen.count("section 3 of 4, about 5 min left: Salt") == 2 and kept.section == "salt"


def test_a_round_that_the_map_is_looked_at_in_goes_on_where_it_was(read):
    place = Place("food/bread", stage="explain", section="yeast", done=["bread"])
    screen, reader, kept = read(("answer", "carbon dioxide"), "map", "back", "quit", place=place)
    assert "Question 2 of 3" in screen and any("map" in keys for keys in reader.keys)
    assert kept.section == "yeast" and kept.stage == "practice"


@pytest.mark.parametrize(("known", "asked"), [(("gas", "flour", "eats"), []), (("gas", "eats"), ["flour"])])
def test_a_finished_section_that_the_map_leads_back_to_asks_only_what_is_open_and_goes_on(docs, home, capsys, known, asked):
    reader = Asked("map", ("choose", "Yeast"), *[("answer", "no idea")] * len(asked))
    with environment_of(docs, home, reader, NOW) as environment:
        for name in known:
            one = Attempt(f"food/bread:{name}", "yeast", "as it is", Grade(1.0), NOW.isoformat(), "practice", session="s")
            environment.records.add(one)
        environment.records.keep_place(Place("food/bread", stage="explain", section="salt", done=["bread", "yeast"]))
        create_learn_flow().run(session_store(environment, "food/bread"))
        kept = environment.records.place("food/bread")
    screen = " ".join(capsys.readouterr().out.split())
    assert "section 2 of 4" in screen and "Yeast eats sugar" in screen
    assert list(dict.fromkeys(name for name in reader.asked if name not in ("percent", "slows"))) == asked
    assert ("section 3 of 4" in screen.partition("section 2 of 4")[2]) != bool(asked)
    assert kept.done == ["bread", "yeast"]
    assert ("You have answered its questions" in screen) != bool(asked)


class Asked(Reader):
    """Remembers which items were asked."""

    def __init__(self, *steps):
        super().__init__(*steps)
        self.asked = []

    def answer(self, question, keys):
        self.asked.append(question.item.id)
        return super().answer(question, keys)


def item(name: str) -> Item:
    return Item(id=name, lesson="l", section="s", kind=Kind.SHORT, question="?")


def test_a_question_says_which_of_how_many_it_is():
    asking = Round("practice", queue=["a", "b", "c"])
    assert AskItem.note(item("a"), asking) == "Question 1 of 3"
    asking = Round("practice", queue=["b", "c"], outcomes={"a": "missed"}, again=["d"], instead={"d": "a"})
    assert AskItem.note(item("b"), asking) == "Question 2 of 4"
    assert AskItem.note(item("a"), Round("recall", queue=["a", "b"])) == "From last time · question 1 of 2"


def test_a_lone_question_is_not_counted_nor_is_one_before_reading():
    assert AskItem.note(item("a"), Round("practice", queue=["a"])) == ""
    assert "question 1" not in AskItem.note(item("a"), Round("probe", queue=["a", "b"]))


def test_a_review_says_how_long_the_rest_takes():
    asking = Round("review", queue=["l:b", *(f"l:{n}" for n in range(7))], outcomes={"l:a": "unaided"})
    assert AskItem.note(item("b"), asking) == "l · question 2 of 9 · 4 min"


class KnowsBread(Reader):
    """A person who answers all right and takes the first way on; counts the keys that this takes besides."""

    attended = True
    ANSWERS = {"gas": "carbon dioxide", "eats": "sugar", "percent": "2", "slows": "slows it"}

    def __init__(self):
        super().__init__()
        self.answered, self.pressed = [], []

    def press(self, keys):
        self.pressed.append("press")
        return Step("next")

    def write(self, keys):
        self.pressed.append("write")
        return Step("next")

    def answer(self, question, keys):
        if question.optional:
            return self.write(keys)
        self.answered.append(question.item.id)
        number = question.item.question.partition(" g of yeast")[0].rpartition(" ")[2]
        return Step("answer", self.ANSWERS.get(question.item.id) or str(int(number) * 50))

    def choose(self, options, keys, unattended):
        if "Skip the explanation" not in options:  # the lesson is over
            return Step("quit")
        self.pressed.append("choose")
        return Step("choose", "0")


def test_a_lesson_answered_all_right_takes_few_keys_besides(docs, home):
    learner = KnowsBread()
    with environment_of(docs, home, learner, NOW) as environment:
        create_learn_flow().run(session_store(environment, "food/bread"))
        assert environment.records.place("food/bread").stage == "finished"
    assert sorted(learner.answered) == ["eats", "flour", "gas", "percent", "slows"]
    assert len(learner.pressed) <= 1.3 * (len(learner.answered) + 4), learner.pressed


@pytest.mark.parametrize(("step", "said"), [(("ask", "Why does dough rise?"), "bread.md:"), ("map", "1 of 4 sections")])
def test_below_the_verdict_on_what_was_known_one_may_still_ask_or_look_at_the_map(read, step, said):
    place = Place("food/bread", stage="probe", section="yeast", done=["bread"])
    place.round = Round("probe", queue=["gas"])
    screen, reader, kept = read(("answer", "carbon dioxide"), step, "quit", place=place)
    assert said in screen and any("Skip the explanation" in rows for rows, _ in reader.menus)
    assert kept.section == "yeast"
