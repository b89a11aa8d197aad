"""Answers that have parts, told part by part: what was typed beside what is right."""

from __future__ import annotations

import pytest

from tutor.corpus.bank import shuffled_steps
from tutor.grading import grade, part_by_part
from tutor.models import Blank, Item, Kind, KnownWrong, Option

CLOZE = Item(
    id="c", lesson="l/l", section="s", kind=Kind.CLOZE, question="[[…]] eats [[…]] and makes [[…]].",
    blanks=(Blank(("yeast",)), Blank(("sugar", "glucose")), Blank(("carbon dioxide",))),
    wrong=(KnownWrong("yeast; salt; oxygen", reply="Salt slows it down."),),
)  # fmt: skip
MULTI = Item(
    id="m", lesson="l/l", section="s", kind=Kind.MULTI, question="Which rise?",
    options=(Option("rye", True), Option("wheat", True), Option("salt", reply="Salt slows it down."), Option("sand")),
)  # fmt: skip
ORDER = Item(
    id="o", lesson="l/l", section="s", kind=Kind.ORDER, question="In which order?", steps=("mix", "knead", "wait", "bake"), seed=1
)


def told(item, answer, tells=True):
    found = part_by_part(item, answer, grade(item, answer), tells)
    return ([(part.text, part.right) for part in found.shown], found) if found else (None, None)


def by_numbers(*steps: str) -> str:
    """An answer to ORDER by the numbers that its steps have on the screen."""
    return " ".join(str(shuffled_steps(ORDER).index(ORDER.steps.index(step)) + 1) for step in steps)


def test_blanks_stand_with_what_was_typed_and_what_is_right_the_wrong_ones_first():
    rows, found = told(CLOZE, "yeast; glucose; oxygen")
    assert rows == [
        ("blank 3: “oxygen” is wrong; right is carbon dioxide", False),
        ("blank 1: “yeast” is right", True),
        ("blank 2: “glucose” is right; the lesson says sugar", True),
    ]
    assert found.whole, "and so the answer needs not be shown again"


def test_while_a_try_is_left_only_what_was_typed_is_told():
    rows, found = told(CLOZE, "yeast; glucose; oxygen", tells=False)
    assert rows[0] == ("blank 3: “oxygen” is wrong", False)
    assert "carbon" not in str(rows) and not found.whole


def test_a_known_mistake_keeps_its_reply():
    assert told(CLOZE, "yeast; salt; oxygen")[1].remark == "Salt slows it down."
    assert told(CLOZE, "yeast; rye; oxygen")[1].remark == ""


def test_a_right_answer_is_told_only_where_the_lesson_has_other_words():
    assert told(CLOZE, "yeast; sugar; carbon dioxide") == (None, None)
    assert told(CLOZE, "yeast; glucose; carbon dioxide")[0] == [("blank 2: “glucose” is right; the lesson says sugar", True)]


def test_one_blank_has_no_number_and_what_was_typed_is_shown_as_it_was_typed():
    item = Item(id="c", lesson="l/l", section="s", kind=Kind.CLOZE, question="Eats [[…]].", blanks=(Blank(("sugar",)),))
    assert told(item, "*salt*")[0] == [(r"“\*salt\*” is wrong; right is sugar", False)]


def test_options_are_marked_or_not_and_nothing_is_quoted_that_was_picked_by_number():
    rows, found = told(MULTI, "1, 3")
    assert rows == [("not marked, but right: wheat", False), ("marked, but wrong: salt", False), ("marked, and right: rye", True)]
    assert found.remark == "Salt slows it down." and found.whole
    assert ("marked, and right: “rye”", True) in told(MULTI, "rye; salt")[0]


def test_while_a_try_is_left_options_are_not_told_one_by_one():
    assert told(MULTI, "1, 3", tells=False) == (None, None)


def test_steps_have_the_place_where_they_were_put_and_the_one_where_they_belong():
    rows, found = told(ORDER, by_numbers("knead", "wait", "bake", "mix"))
    assert rows == [("4th in yours, right is 1st: mix", False), ("in the right order: knead → wait → bake", True)]
    assert not found.whole, "the order as such is shown below"
    assert told(ORDER, by_numbers("knead", "wait", "bake", "mix"), tells=False)[0][0] == (
        "4th in yours, out of place: mix",
        False,
    )
    assert told(ORDER, "mix, wait, knead, bake")[0] == [
        ("2nd in yours, right is 3rd: “wait”", False),
        ("3rd in yours, right is 2nd: “knead”", False),
        ("1st in yours, as it should be: “mix”", True),
        ("4th in yours, as it should be: “bake”", True),
    ]


def test_there_are_five_rows_at_most_and_the_last_says_what_the_rest_are_like():
    words = "one two three four five six seven eight".split()
    item = Item(id="c", lesson="l/l", section="s", kind=Kind.CLOZE, question=" ".join(["[[…]]"] * 8),
                blanks=tuple(Blank((word,)) for word in words))  # fmt: skip
    rows, found = told(item, "; ".join(["x", *words[1:]]))
    assert len(rows) == 5 and rows[0][1] is False and rows[-1] == ("and 4 more, as they should be", True)
    rows, found = told(item, "; ".join(["x"] * 6 + words[6:]))
    assert rows[-1] == ("and 4 more, 2 of them wrong", False) and not found.whole, "not all that is right can be seen"


@pytest.mark.parametrize("answer", ["", "no idea; what", "1; 2", "?"])
@pytest.mark.parametrize("item", [CLOZE, MULTI, ORDER])
def test_an_answer_that_could_not_be_read_has_no_parts(item, answer):
    assert told(item, answer)[1] is None


def test_a_hedged_answer_is_told_as_it_was_graded():
    rows, _ = told(MULTI, "1, 3 I think")
    assert rows and ("marked, but wrong: salt", False) in rows
