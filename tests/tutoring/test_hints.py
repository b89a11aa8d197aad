"""A hint is about what is missing: one about a point that has credit is passed over."""

from __future__ import annotations

from labelled_answers import short_items

from tutor.models import Item, Met, Point
from tutor.tutoring import hints_for, next_hint

DIVIDED = Item(
    "why", "llm/attention", "root", "short", "Why is it divided by the root of d_k?",
    rubric=(
        Point("the softmax saturates", also=("softmax becomes one-hot", "the softmax picks one key")),
        Point("the gradients almost vanish", also=("learning stops, because the slope is nearly nought",)),
    ),
    hints=("What does a softmax do that saturates on one key?", "And how large is the slope there, what happens to learning?"),
)  # fmt: skip


def test_a_hint_about_a_point_that_has_credit_is_passed_over():
    made = [Met("the softmax saturates")]
    assert next_hint(DIVIDED, 0, []) == 0 and next_hint(DIVIDED, 0, made) == 1
    assert next_hint(DIVIDED, 0, [Met("the gradients almost vanish")]) == 0
    assert next_hint(DIVIDED, 1, [Met("the gradients almost vanish")]) == 2, "none is left"


def test_a_hint_about_both_points_or_about_none_is_kept():
    both = Item(**{**DIVIDED.__dict__, "hints": ("A softmax that saturates: how large is its slope?", "Think of the variance.")})
    assert hints_for(both, [Met("the softmax saturates")]) == [0, 1]


def test_of_the_banks_hints_few_are_passed_over_and_never_all_for_a_half_answer_of_nothing():
    passed_over = total = 0
    for item in short_items().values():
        assert hints_for(item, []) == list(range(len(item.hints)))
        for point in item.rubric:
            total += len(item.hints)
            passed_over += len(item.hints) - len(hints_for(item, [Met(point.text)]))
    assert 0.05 < passed_over / total < 0.4
