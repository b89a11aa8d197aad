"""Options are shown in an order that the seed gives, and stay where moving them would make them say something else."""

from collections import Counter
from dataclasses import replace

import pytest

from tutor.corpus.bank import draw, draw_again, parse_bank, shown_answer
from tutor.models import Draw, Item, Kind, Option, Variable
from utils.errors import InvalidFile


def item(*texts: str, **fields) -> Item:
    """A choice whose first option is right."""
    return Item("which", "food/bread", "salt", Kind.CHOICE, fields.pop("question", "Which?"),
                options=tuple(Option(text, text == texts[0]) for text in texts), **fields)  # fmt: skip


def shown(item: Item, seed: int, way: int = Draw.LATEST) -> list[str]:
    return [option.text for option in draw(item, seed, way).options]


def orders(item: Item) -> set[tuple[str, ...]]:
    return {tuple(shown(item, seed)) for seed in range(60)}


FOUR = ("flour", "water", "salt", "yeast")


def test_the_right_option_stands_everywhere_alike_often():
    places = Counter(shown(item(*FOUR), seed).index("flour") for seed in range(400))
    assert set(places) == {0, 1, 2, 3} and min(places.values()) > 70


def test_a_seed_gives_one_order_whatever_the_order_in_the_bank():
    assert all(shown(item(*FOUR), seed) == shown(item(*reversed(FOUR)), seed) for seed in range(20))
    assert shown(item(*FOUR), 1) == ["yeast", "salt", "flour", "water"], "on every machine, and in the next version"


def test_without_a_number_of_its_draw_the_bank_s_order_holds():
    assert shown(item(*FOUR), 3, Draw.FIRST) == list(FOUR)


def test_an_author_can_keep_the_order():
    bank = "items:\n- {id: a, section: s, kind: choice, question: How many?, shuffle: SHUFFLE, "
    bank += "options: [{text: '1'}, {text: '2', right: true}, {text: '3'}]}\n"
    (kept,) = parse_bank(bank.replace("SHUFFLE", "false"), "food/bread", "b.yaml")
    assert orders(kept) == {("1", "2", "3")}
    (moved,) = parse_bank(bank.replace("SHUFFLE", "true"), "food/bread", "b.yaml")
    assert len(orders(moved)) == 6
    with pytest.raises(InvalidFile, match="expected true or false"):
        parse_bank(bank.replace("SHUFFLE", "never"), "food/bread", "b.yaml")


@pytest.mark.parametrize("last", [
    "both", "Both of them.", "neither", "None of these", "none of the above", "All of the above", "all three", "Both are wrong.",
    "Neither, since salt is no gas", "any of them", "Keine davon", "Alle genannten", "weder noch", "Aucune de ces réponses",
    "les deux", "Ninguna de las anteriores", "以上都不是",
])  # fmt: skip
def test_an_option_that_speaks_of_all_the_others_stays_where_it_is(last):
    seen = orders(item("flour", "water", "salt", last))
    assert {order[3] for order in seen} == {last} and len(seen) == 6


@pytest.mark.parametrize("text", [
    "Both weights grow", "All of the weights shrink", "all of it", "None-zero weights", "Nonetheless it rises", "Anything else",
    "A and B are dependent", "[0, 1]", "2, 3", "8", "b", "D and E", "It keeps, as 0.06 is above 0.05",
])  # fmt: skip
def test_one_that_only_looks_like_that_is_moved(text):
    assert {order.index(text) for order in orders(item("flour", "water", "salt", text))} == {0, 1, 2, 3}


@pytest.mark.parametrize("text", [
    "a and b", "both A and C", "1 and 3", "only b", "(a) and (c)", "Only 2, 3 and 4 are right", "the first two",
    "all but the last", "Option 2", "neither a nor b",
])  # fmt: skip
def test_where_an_option_names_others_by_letter_number_or_place_all_stay(text):
    assert orders(item("flour", "water", text, "salt")) == {("flour", "water", text, "salt")}


def test_what_is_above_stays_above():
    half_way = item("flour", "water", "both of the above", "salt")
    assert orders(half_way) == {("flour", "water", "both of the above", "salt")}


@pytest.mark.parametrize("fields", [
    {"explanation": "Option b leaves out the yeast."}, {"hints": ("The last option is too salty.",)},
    {"question": "Which? Read the options below first."}, {"explanation": "Answer 2 forgets it."}, {"explanation": "Choice (a)."},
])  # fmt: skip
def test_where_a_text_names_an_option_by_its_place_all_stay(fields):
    assert orders(item(*FOUR, **fields)) == {FOUR}


@pytest.mark.parametrize("explanation", [
    "The answer a baker gives is flour.", "The answer is b.", "A cheaper option is water.", "Answers above 0.5 count.",
    "Answer 2.5 is near.",
])  # fmt: skip
def test_other_words_on_answers_keep_nothing_in_its_place(explanation):
    assert len(orders(item(*FOUR, explanation=explanation))) > 10


def test_asked_once_more_the_options_stand_in_another_order():
    seen = [tuple(option.text for option in draw_again(item(*FOUR), 5, number).options) for number in range(6)]
    assert len(set(seen)) == 6
    two = [tuple(option.text for option in draw_again(item("yes", "no"), 5, number).options) for number in range(4)]
    assert two[0] != two[1] and len(two) == 4, "when there is no other order left, one comes again"


def test_a_parametric_choice_asked_once_more_has_other_numbers():
    asked = item("{{x}} g", "{{x + 1}} g", question="What is {{x}} g?", variables=(Variable("x", (2, 3, 4, 5)),))
    questions = [draw_again(asked, 5, number).question for number in range(4)]
    assert len(set(questions)) == 4
    assert questions == [draw_again(asked, 5, number, Draw.FIRST).question for number in range(4)], "the same numbers as ever"


def test_what_is_right_moves_with_its_text():
    replied = item(*FOUR)
    replied = replace(replied, options=tuple(replace(one, reply=f"not {one.text}") for one in replied.options))
    for seed in range(10):
        drawn = draw(replied, seed)
        assert shown_answer(drawn) == "flour" and all(one.reply == f"not {one.text}" for one in drawn.options)
