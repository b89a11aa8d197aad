"""What `check` says of worked examples: lines that can't be computed, that give each other away, or that the grader misreads."""

from __future__ import annotations

import pytest

from tutor.check.banks import bank_findings

BANK = """\
items:
  - id: dough
    section: yeast
    kind: steps
    question: Compute the dough of {{flour}} g of flour.
    variables:
      flour: {choose: [500, 700]}
    lines:
      - ask: Grams of water
        name: water
        answer: flour * 0.6
        work: 0.6 · {{flour}} = {{water}}
      - ask: What weighs more?
        options: [the water, the flour]
        answer: the flour
      - ask: Grams of dough
        answer: flour + water
        work: "{{flour}} + {{water}} = {{flour + water}}"
        wrong:
          - answer: flour - water
            misconception: what-is-mixed-shrinks
            reply: Nothing is lost.
    hints: [Percents are of the flour., Then add up.]
    explanation: Bakers count from the flour.
"""


def findings(change: tuple[str, str] = ("", ""), known: tuple[str, ...] = ()) -> list[tuple[str, int, str]]:
    assert change[0] in BANK
    found, _ = bank_findings(None, BANK.replace(*change), "b.quiz.yaml", "hkq", known)
    return [(one.rule, one.line, one.message) for one in found]


def test_a_sound_worked_example_has_no_findings():
    assert findings() == []


@pytest.mark.parametrize(
    "change, rule, line, words",
    [
        (("= {{water}}", ""), "unfinished-work", 9, 'of line 1 lacks its answer "'),
        (("= {{water}}", "= {{water}}, so {{flour + water}}"), "leaked-key", 16, "gives the answer"),
        (("Then add up.", "'It is {{flour + water}} g.'"), "leaked-key", 23, "gives the answer"),
        (("flour + water\n", "flour + 1/(flour - 500)\n"), "undefined-draw", 8, "found no answer for flour = 500"),
        (("flour + water\n", "(flour + water) / 7\n"), "refused-rounding", 17, "which nobody types in full"),
        (("flour - water", "flour + water"), "invalid-bank", 2, "line 3: a known wrong answer is right"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_told_at_its_line(change, rule, line, words):
    found = findings(change)
    assert any((rule, line) == one[:2] and words in one[2] for one in found), found


def test_a_misconception_of_a_line_has_to_be_listed_where_there_is_a_list():
    assert findings(known=("what-is-mixed-shrinks",)) == []
    assert [one[:2] for one in findings(known=("another",))] == [("unknown-misconception", 20)]
