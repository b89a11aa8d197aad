"""What is asked after a miss."""

from __future__ import annotations

from dataclasses import replace

from tutor.corpus import bank
from tutor.learner.weak_spots import follow_up, still_missed
from tutor.models import Item, KnownWrong, Option, Round, Variable


def item(name: str, section: str = "yeast", lesson: str = "food/bread", **given) -> Item:
    return Item(name, lesson, section, "short", f"What about {name}?", **given)


def named(*items: Item) -> dict[str, Item]:
    return {one.id: one for one in items}


def practising(*queue: str, **given) -> Round:
    return Round("practice", queue=list(queue), **given)


HALF = (Variable("n", (2.0, 4.0, 6.0)),)


def test_an_item_with_numbers_to_draw_comes_back_itself():
    items = named(item("half", variables=HALF), item("gas"))
    assert follow_up(practising("half"), "half", items) == "half"


def test_another_item_of_the_section_stands_in_for_one_that_has_no_numbers():
    items = named(item("gas"), item("salt", "salt"), item("bubbles"))
    assert follow_up(practising("gas"), "gas", items) == "bubbles"


def test_one_with_the_same_idea_goes_before_one_with_the_same_misconception_and_that_before_the_rest():
    wrong = (KnownWrong("oxygen", "yeast makes oxygen"),)
    options = (Option("carbon dioxide", True), Option("oxygen", misconception="yeast makes oxygen"))
    missed = item("gas", wrong=wrong, idea="what-raises-dough")
    rest, alike, same = item("rest"), item("alike", options=options), item("same", idea="what-raises-dough")
    assert follow_up(practising("gas"), "gas", named(missed, rest, alike, same)) == "same"
    assert follow_up(practising("gas"), "gas", named(missed, rest, alike)) == "alike"
    assert follow_up(practising("gas"), "gas", named(missed, rest)) == "rest"


def test_one_that_probes_the_misconception_just_heard_goes_before_one_that_shares_another():
    both = (KnownWrong("oxygen", "yeast makes oxygen"), KnownWrong("salt", "salt feeds"))
    missed, first = item("gas", wrong=both), item("first", wrong=both[:1])
    second = item("second", wrong=both[1:])
    assert follow_up(practising("gas"), "gas", named(missed, first, second), heard="salt feeds") == "second"
    assert follow_up(practising("gas"), "gas", named(missed, first, second)) == "first"


def test_what_the_round_has_asked_or_will_ask_and_what_was_just_known_stands_in_for_nothing():
    items = named(item("gas"), item("asked"), item("coming"), item("known"), item("left"))
    round = practising("gas", "coming", outcomes={"asked": "unaided"})
    assert follow_up(round, "gas", items, known=["food/bread:known"]) == "left"


def test_without_a_sibling_the_same_comes_again_where_something_else_is_asked_before():
    items = named(item("gas"), item("salt", "salt"))
    assert follow_up(practising("gas", "salt"), "gas", items) == "gas"
    assert follow_up(practising("gas", again=["salt"]), "gas", items) == "gas"


def test_the_same_never_comes_right_after_its_answer_was_shown():
    assert follow_up(practising("gas"), "gas", named(item("gas"), item("salt", "salt"))) == ""


def test_of_a_review_over_several_lessons_only_the_same_section_counts():
    items = {"food/bread:gas": item("gas"), "food/soup:gas": item("gas", lesson="food/soup")}
    assert follow_up(practising("food/bread:gas"), "food/bread:gas", items) == ""


def test_a_miss_whose_stand_in_was_right_is_no_longer_missed():
    round = practising(outcomes={"gas": "missed", "bubbles": "unaided", "salt": "missed", "taste": "missed"})
    round.instead = {"bubbles": "gas", "taste": "salt"}
    assert still_missed(round) == ["salt", "taste"]


def test_a_second_draw_has_other_numbers_than_the_first_while_there_are_any():
    asked = Item("half", "food/bread", "yeast", "number", "Half of {{n}}?", answer_expression="n / 2", variables=HALF)
    for seed in range(20):
        questions = [bank.draw_again(asked, seed, number).question for number in range(3)]
        assert len(set(questions)) == 3
        assert bank.draw_again(asked, seed, 0) == bank.draw(asked, seed)
    only = replace(asked, variables=(Variable("n", (2.0,)),))
    assert bank.draw_again(only, 1, 1).question == "Half of 2?"
