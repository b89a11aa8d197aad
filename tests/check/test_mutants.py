"""Wrong answers made from right ones: only such as are surely wrong, and the same ones each time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from labelled_answers import short_items

from tutor.check.rubrics.mutants import Mutant, denied, mutants_of, shuffled
from tutor.grading import lexicon
from tutor.models import Item, KnownWrong, Point

LAMPS = Item(
    "lamps", "house/light", "lamps", "short", "How do the old lamp and the new lamp differ?",
    rubric=(
        Point("the old lamp gets hotter, at 60 watts", ("the old one is hot",), "the old lamp stays cold"),
        Point("the new lamp lasts longer", ("the new one does not break",), "the new lamp lasts an hour"),
    ),
    references=("The old lamp gets hotter at 60 watts. The new one lasts longer.",),
)  # fmt: skip


def changes(item: Item = LAMPS, language: str = "en", **fields) -> dict[str, str]:
    """change -> answer, of the mutants made from references."""
    made = mutants_of(replace(item, **fields), language)
    return {one.change: one.answer for one in made if one.source == "references"}


def saying(*references: str, **fields) -> dict[str, str]:
    return changes(references=references, **fields)


def test_a_reference_is_denied_turned_round_shortened_and_shuffled():
    found = changes()
    assert found['with "shorter" for "longer"'].endswith("The new one lasts shorter.")
    assert found["with 70 for 60"] == "The old lamp gets hotter at 70 watts. The new one lasts longer."
    assert found['with "old" and "new" in each other\'s place'] == (
        "The new lamp gets hotter at 60 watts. The old one lasts longer."
    )
    assert found['without "the old lamp gets hotter, at 60 watts"'] == "The new one lasts longer."
    assert sorted(found["with its words shuffled"].split()) == sorted(LAMPS.references[0].split())
    assert "denied" in found


def test_points_are_left_out_and_replaced_by_their_near_misses():
    third = Point("the new lamp costs more")
    made = [one for one in mutants_of(replace(LAMPS, rubric=(*LAMPS.rubric, third))) if one.source == "rubric"]
    assert made[0] == Mutant(
        "The new lamp lasts longer. The new lamp costs more.",
        'without "the old lamp gets hotter, at 60 watts"',
        "rubric",
        0,
        lacks=True,
    )
    assert made[1] == Mutant(
        "The old lamp stays cold. The new lamp lasts longer. The new lamp costs more.",
        'with the near miss of "the old lamp gets hotter, at 60 watts"', "rubric", 0,
    )  # fmt: skip
    assert [one.number for one in made] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("reference", "change"),
    [
        ("The old one is hot. The new one lasts longer.", 'with "is not" for "is"'),
        ("The old one gets hotter, and the new one does not break.", 'without the "not" of "does not"'),
    ],
)
def test_a_not_is_put_in_or_taken_out(reference, change):
    assert change in saying(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "The longer the new lamp lasts, the hotter the old one gets.",  # holds the other way round too
        "The new lamp lasts longer or shorter.",
        "The house was built before the war, and it is smaller.",  # makes no point
        "If the new lamp lasts longer, good.",
        "All the heat there is makes the old one hot.",
        "You see how hot the old lamp is, and that is it.",
    ],
)
def test_what_may_still_be_right_is_not_turned_round(reference):
    assert not [change for change in saying(reference) if " for " in change]


def test_numbers_that_the_question_gives_or_no_point_has_stay():
    assert "with 70 for 60" in changes()
    assert "with 70 for 60" not in changes(question="How does a lamp of 60 watts differ?")
    assert not [change for change in saying("The old lamp gets hotter at 75 watts.") if "for 75" in change]


def test_two_things_of_which_the_same_is_said_keep_their_places():
    same = (Point("the old lamp glows", (), "x"), Point("the new lamp glows", (), "x"))
    assert not [one for one in saying("The old lamp glows. The new lamp glows.", rubric=same) if "place" in one]


def test_what_is_known_already_is_not_made_again():
    made = {one.answer for one in mutants_of(LAMPS)}
    known = replace(LAMPS, wrong=tuple(KnownWrong(text.lower()) for text in sorted(made)))
    assert mutants_of(known) == []
    assert len(made) == len(mutants_of(LAMPS))


def test_english_words_are_turned_round_in_english_lessons_only():
    found = changes(language="de")
    assert "with 70 for 60" in found and "denied" not in found and 'with "shorter" for "longer"' not in found


def test_the_same_item_gives_the_same_mutants():
    items = list(short_items().values())[:5]
    assert [mutants_of(item) for item in items] == [mutants_of(replace(item)) for item in items]


def test_every_bundled_item_has_mutants_and_none_is_known_to_be_right():
    for item in short_items().values():
        made = mutants_of(item)
        right = {*item.references, *(way for point in item.rubric for way in (point.text, *point.also))}
        assert len(made) >= len(item.references) and not {one.answer for one in made} & right


def test_each_sentence_is_denied_and_no_word_is_lost_by_shuffling():
    assert (
        denied("It sinks. It stays.", "It is not true that {}") == "It is not true that it sinks. It is not true that it stays."
    )
    assert sorted(shuffled("a b c d", random.Random(1)).split()) == ["a", "b", "c", "d"]


def test_words_that_turn_a_statement_round_are_opposites_to_the_grader_too():
    for one, other in lexicon.turns().items():
        assert lexicon.stem(other) in lexicon.opposites()[lexicon.stem(one)]
