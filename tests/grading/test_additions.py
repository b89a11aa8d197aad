"""What a model's explanation adds to its lesson."""

from __future__ import annotations

import pytest
from conftest import LESSON

from tutor.corpus.corpus import bundled_docs, open_corpus
from tutor.grading import additions_of


@pytest.mark.parametrize(
    "said",
    [
        "Ten grams of yeast raise 500 grams.",
        "That is 500 / 10 = 50, so a gram of yeast raises 50 grams of flour.",
        "Half of 500 is 250.",
        "With $\\frac{10}{500} = 0.02$ it is 2 % of the flour.",
        "1. Mix it.\n2. Wait.\n3. Bake.",
        "Yeast lives on sugar. The dough holds the gas.",
        "I think of a balloon.",
        "500 g / 10 g is 50, and 500 / 10 = 50 g - as it should be.",
        "About $500$ `grams`.",
    ],
)
def test_what_the_lesson_holds_or_what_follows_from_it_is_no_addition(said):
    found = additions_of(said, LESSON)
    assert found.foreign == () and found.wrong == ()


@pytest.mark.parametrize(
    ("said", "added"),
    [
        ("At 37 degrees it is quickest.", "37"),
        ("About 0.07 of the flour.", "0.07"),
        ("It was found by Pasteur's pupils.", "Pasteur"),
        ("Then $E = mc^2$ holds.", "E = mc^2"),
        ("Call `torch.bake` for it.", "torch.bake"),
        ("With 12 eggs, 12 / 4 = 3 remain.", "12"),
    ],
)
def test_other_numbers_names_and_formulas_are(said, added):
    assert added in additions_of(said, LESSON).foreign


@pytest.mark.parametrize("said", ["So 10 / 500 = 0.03.", "We get $\\frac{500}{10} = 60$.", "It is 500 × 2 = 1,100 grams."])
def test_a_computation_from_the_lesson_s_numbers_that_does_not_come_out_is_named(said):
    assert len(additions_of(said, LESSON).wrong) == 1


def test_nouns_of_a_german_text_are_not_taken_for_names():
    assert additions_of("Da ist die Hefe im Teig.", "Hefe geht auf.", "de").foreign == ()


def test_no_bundled_lesson_adds_anything_to_itself():
    corpus = open_corpus(bundled_docs())
    for name in ("llm/attention", "math/bayes", "stats/phase-type", "ml/feed-forward"):
        text = "\n".join(section.text for section in corpus.lesson(name).sections)
        found = additions_of(text, text)
        assert found.foreign == () and found.wrong == (), name


@pytest.mark.parametrize(
    "said", ["", "=" * 500, "1/0 = 5", "(" * 300 + "1 = 2", "9**9**9**9 = 1", "$" * 99, "`" * 99, "1," * 200]
)
def test_strange_text_is_read_quickly_and_without_error(said):
    additions_of(said, LESSON)
