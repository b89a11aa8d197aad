"""Numbers among words: what leaves their value as it is, what takes it back, and what a comma means."""

import pytest

from tutor.corpus.bank import draw, parse_bank
from tutor.corpus.corpus import bundled_docs
from tutor.grading import grade
from tutor.grading.closed.quantities import read_quantity
from tutor.models import Item, Kind, KnownWrong


def number(answer, question="How much is it?", **fields):
    return Item(id="i", lesson="llm/attention", section="heads", kind=Kind.NUMBER, question=question, answer=answer, **fields)


@pytest.fixture(scope="module")
def number_items():
    """Every number item of the bundled banks, drawn."""
    docs = bundled_docs()
    items = []
    for path in sorted(docs.glob("*/*.quiz.yaml")):
        name = path.relative_to(docs).as_posix().removesuffix(".quiz.yaml")
        items += [draw(item, 3) for item in parse_bank(path.read_text(encoding="utf-8"), name, "") if item.kind == Kind.NUMBER]
    assert len(items) >= 198
    return items


DENIED = [
    "{} is certainly not the answer",
    "it is not {}",
    "not {}",
    "anything but {}",
    "it isn't {}",
    "{} is wrong",
    "never {}",
    "the answer can't be {}",
    "{}? No.",
    "any value other than {}",
    "es ist nicht {}",
    "less than {}",
    "more than {}",
    "{} is too small",
    "twice {}",
    "the square of {}",
    "{} or so a liar told me",
]


@pytest.mark.parametrize("form", DENIED)
def test_no_number_that_is_denied_or_changed_by_words_is_right(number_items, form):
    passed = [item.key for item in number_items if grade(item, form.format(f"{item.answer:.10g}")).correct]
    assert passed == []


ACCEPTED = [
    "{}",
    "{} {unit}",
    "about {}",
    "about {} {unit}",
    "roughly {}",
    "~{}",
    "≈ {}",
    "it is {}.",
    "I think it's about {} {unit}",
    "x = {}",
    "the answer is approximately {}",
    "{} is the answer",
    "{}, I think",
    "I'm not sure, but {}",
    "{} (rounded)",
    "it equals {}",
    "{}?",
    "**{}**",
]


@pytest.mark.parametrize("form", ACCEPTED)
def test_a_number_is_right_in_a_frame_with_its_unit_or_with_a_hedge(number_items, form):
    answers = [(item, form.format(f"{item.answer:.10g}", unit=item.unit)) for item in number_items]
    assert [(item.key, typed) for item, typed in answers if not grade(item, typed).correct] == []


def test_what_can_not_be_read_is_asked_about_and_costs_nothing():
    heads = number(10.0, "How many heads has the layer?")
    for typed, unread in [("10 is a lie", "lie"), ("10 bananas", "bananas"), ("10 kg", "kg"), ("10 m", "m")]:
        reply = grade(heads, typed)
        assert not reply.correct and f"but not “{unread}”" in reply.misunderstood
    assert "I read “not” beside your number" in grade(heads, "not 10").misunderstood
    for typed in ("10 heads", "the layer has 10 heads", "ten heads", "10 heads in total"):
        assert grade(heads, typed).correct, typed


def test_words_of_the_question_may_stand_beside_the_number():
    size = number(1536.0, "How many parameters does the second layer hold?")
    for typed in ("1536 parameters", "1536 params", "the second layer holds 1536 parameters", "1,536 parameters"):
        assert grade(size, typed).correct, typed


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("10k", 1e4),
        ("2.5 k", 2500),
        ("7M", 7e6),
        ("3 bn", 3e9),
        ("1½", 1.5),
        ("½", 0.5),
        ("-2¼", -2.25),
        ("one and a half", 1.5),
        ("0,125", 0.125),
        ("-0,125", -0.125),
        (",5", 0.5),
        ("about .5", 0.5),
        ("3,14", 3.14),
        ("1,000,000", 1e6),
        ("1,000.5", 1000.5),
        ("1.000,5", 1000.5),
        ("1 000 000", 1e6),
        ("1'000", 1000),
        ("1_000", 1000),
        ("1,00,000", 1e5),
        ("3.142", 3.142),
        ("3,142", 3142),
    ],
)
def test_marks_multiples_and_fractions_are_read_as_people_mean_them(typed, value):
    assert read_quantity(typed).value == pytest.approx(value)


def test_k_and_m_multiply():
    assert grade(number(10000.0, tolerance=0), "10k").correct and not grade(number(10.0), "10k").correct
    assert grade(number(7e6), "7M").correct and not grade(number(7.0), "7M").correct


def test_a_leading_zero_makes_the_comma_a_decimal_one():
    assert grade(number(0.125), "0,125").correct
    assert not grade(number(125.0), "0,125").correct and not grade(number(125.0), "0,125").misunderstood


def test_a_comma_before_three_digits_is_asked_about_where_the_usual_reading_does_not_fit():
    assert grade(number(3142.0), "3,142").correct
    asked = grade(number(3.142, tolerance=0.001), "3,142")
    assert not asked.correct and "may mean 3142, or 3.142" in asked.misunderstood
    assert grade(number(1000.0), "1,000").correct
    assert "may mean" in grade(number(3.2), "3,142").misunderstood  # being asked does not say that it would be right
    assert not grade(number(2500.0), "3,142").misunderstood
    known = number(3.142, wrong=(KnownWrong("3142", reply="That is a thousand times too much."),))
    assert grade(known, "3,142").feedback == "That is a thousand times too much."


def test_a_comma_is_decimal_in_a_german_lesson_and_a_point_may_be_either():
    assert grade(number(3.142), "3,142", language="de").correct
    assert "may mean" in grade(number(3142.0), "3,142", language="de").misunderstood
    assert grade(number(1000.0), "1.000", language="de").correct and grade(number(3.142), "3.142", language="de-AT").correct
    assert grade(number(1234.5), "1.234,5", language="de").correct
    assert not grade(number(3142.0), "3.142").correct


@pytest.mark.parametrize("typed", ["1.2.3", "1,2,3", "0 125", "1,23,45", "0.4 to 0.5"])
def test_marks_that_make_no_sense_are_asked_about(typed):
    assert "not a number that I can read" in grade(number(5.0), typed).misunderstood


def test_a_percentage_and_its_unit_are_read_among_words():
    for share in (number(12.0, "What share is it?", unit="%"), number(12.0, "What share is it, in percent?")):
        for typed in ("12 %", "about 12 percent", "12", "12 per cent, I think"):
            assert grade(share, typed).correct, typed
    assert not grade(number(12.0, "The class has 30%. What is its loss?"), "12 %").correct


def test_b_is_a_billion_only_where_nothing_is_measured_in_bytes():
    assert grade(number(7e9, "How many parameters?"), "7B parameters").correct
    assert grade(number(7.0, "How much memory?", unit="bytes"), "7 B").correct
    assert grade(number(3.0, "How much larger is it?"), "3x").correct and grade(number(3.0), "3 times").correct


@pytest.mark.parametrize("typed", ["1, 2", "1,2", "1; 2", "1 or 2", "0.4 and 0.6", "1, 3, 4", "one, two", "one or two"])
def test_more_than_one_number_is_asked_for_again(typed):
    said = grade(number(0.5, tolerance=0.01), typed).misunderstood
    assert "more than one number" in said or "two numbers" in said


@pytest.mark.parametrize(("typed", "answer"), [("1,2", 1.2), ("0,5", 0.5), ("1 1/2", 1.5), ("1,200", 1200), ("0.5 or so", 0.5)])
def test_one_number_with_a_comma_or_words_around_it_is_still_one(typed, answer):
    assert grade(number(answer), typed).correct


def test_a_decimal_comma_is_one_where_the_language_writes_it():
    assert "too large" in grade(number(0.5), "1,2", language="de").feedback
