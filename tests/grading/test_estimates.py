"""Estimates: how far they were from the answer, as a score and in words; and how they are read."""

from __future__ import annotations

import pytest

from tutor.grading.closed.estimates import distance, estimate_in_words, read_estimate
from tutor.models import Item, Kind


def number(answer: float, question: str = "How many?", unit: str = "", **fields) -> Item:
    return Item("a", "x/y", "s", Kind.NUMBER, question, answer=answer, unit=unit, **fields)


@pytest.mark.parametrize(
    "estimate, answer, score, words",
    [
        (16, 16, 1, "was right"),
        (15.8, 16, 0.9875, "was very close to 16"),
        (12, 16, 0.75, "was a quarter below 16"),
        (13, 16, 0.8125, "was about a fifth below 16"),
        (20, 16, 0.8, "was a quarter above 16"),
        (24, 16, 0.6667, "was one and a half times 16"),
        (8, 16, 0.5, "was half of 16"),
        (33, 16, 0.4848, "was about twice 16"),
        (48, 16, 0.3333, "was three times 16"),
        (2, 16, 0.125, "was an eighth of 16"),
        (160, 16, 0.1, "was too large by a factor of about 10: it is 16"),
        (3, 5_000, 0.0006, "was too small by a factor of about 2,000: it is 5,000"),
        (1e12, 16, 0, "was too large by about 11 orders of magnitude: it is 16"),
        (-12, -16, 0.75, "was a quarter smaller in size than −16"),
        (-64, -16, 0.25, "was four times −16"),
        (5, -16, 0, "had the other sign: it is −16"),
        (0, 16, 0, "was too low: it is 16"),
        (0, -16, 0, "was too high: it is −16"),
        (2, 0, 0, "was 2 too high: it is 0"),
        (0, 0, 1, "was right"),
        (5, 16 / 3, 0.9375, "was about a twentieth below 5.33"),
        (1_300, 1_485.95, 0.8749, "was an eighth below 1,486"),
        (1e9, 7_000_000_000, 0.1429, "was a seventh of 7,000,000,000"),
    ],
)
def test_a_quantity_is_compared_by_its_size_and_far_off_by_its_order_of_magnitude(estimate, answer, score, words):
    found = distance(number(answer), estimate)
    assert (round(found.score, 4), found.words) == (score, words)


@pytest.mark.parametrize(
    "estimate, answer, score, words",
    [
        (0.02, 0.2, 0.82, "was 18 percentage points below 0.2"),
        (0.9, 0.1538, 0.2538, "was 75 percentage points above 0.154"),
        (0.21, 0.2, 0.99, "was 1 percentage point above 0.2"),
        (0.998, 0.9999, 0.9981, "was less than a percentage point below 0.9999"),
        (0.0001, 0.01, 0.01, "was too small by a factor of about 100: it is 0.01"),
        (0, 0.3, 0.7, "was 30 percentage points below 0.3"),
        (1.5, 0.5, 0.3333, "was three times 0.5"),
    ],
)
def test_a_probability_is_compared_by_the_points_between_and_a_rare_one_by_how_often(estimate, answer, score, words):
    found = distance(number(answer, "How likely is it?"), estimate)
    assert (round(found.score, 4), found.words) == (score, words)


def test_percent_are_compared_by_points_and_units_are_told():
    assert distance(number(20, unit="%"), 30).words == "was 10 percentage points above 20 %"
    assert estimate_in_words(number(16, unit="tosses"), 12) == "Your estimate, 12, was a quarter below 16 tosses."
    assert estimate_in_words(number(16), 12.0) == "Your estimate, 12, was a quarter below 16."
    assert distance(number(16, tolerance=1), 15).words == "was right"


@pytest.mark.parametrize(
    "typed, item, value",
    [
        ("about 12", number(16), 12),
        ("10k", number(16), 10_000),
        ("maybe 12 tosses", number(16, unit="tosses"), 12),
        ("2 min", number(90, unit="s"), 120),
        ("40 %", number(0.4, "How likely is it?"), 0.4),
        ("40", number(0.4, "How likely is it?"), 0.4),
        ("1", number(0.4, "How likely is it?"), 1),
        ("40", number(4), 40),
        ("2 kg", number(90, unit="s"), None),
        ("between 5 and 10", number(7), 7.5),
        ("5-10 tosses", number(7, unit="tosses"), 7.5),
        ("10 to 20 %", number(0.4, "How likely is it?"), 0.15),
        ("5 to lots", number(7), None),
        ("5, 6 and 7", number(7), None),
        ("1e-3", number(7), 0.001),
        ("-3", number(7), -3),
        ("not 5", number(7), None),
        ("many", number(7), None),
    ],
)
def test_an_estimate_is_read_as_answers_are(typed, item, value):
    assert read_estimate(item, typed) == (pytest.approx(value) if value is not None else None)
