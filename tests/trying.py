"""A lesson with a try block, whose bank has an item to ask before its knobs are turned and one to ask after."""

from __future__ import annotations

TRY = """\
```try
title: How high it rises
knobs:
  grams: [1, 20, 10]
  hours: {choose: [1, 2, 3]}
predict: at-twenty
question: first-above
plot:
  x: {from: 0, to: 10, label: minutes}
  y: {from: 0, to: 60, label: height}
  curves: {dough: hours*grams*x/10}
```
"""
LESSON = f"""\
# Rising

You will know how dough rises.

## Yeast

Yeast makes gas, and gas makes dough rise. More of it makes it rise faster.

{TRY}
That was the dough. It sinks when it has risen too long.

## Recap

- Gas makes dough rise.
"""
BANK = """\
items:
  - id: gas
    section: yeast
    kind: cloze
    question: Dough rises by [[gas]].
    hints: [It is in the air., It begins with g.]
    explanation: Gas makes it rise.
  - id: at-twenty
    section: yeast
    kind: number
    question: How high is it after ten minutes, with 20 grams and one hour?
    answer: 20
    tolerance: 0
    hints: [More than with ten., Twice as much.]
    explanation: Height grows with the yeast.
  - id: first-above
    section: yeast
    kind: number
    question: From which number of grams on does it pass 40 within three hours?
    answer: 14
    tolerance: 0
    hints: [Turn grams., Set hours to 3.]
    explanation: 14 times 3 is 42.
  - id: sinks
    section: yeast
    kind: choice
    question: What does dough do at last?
    options:
      - {text: sink, right: true}
      - {text: rise}
    hints: [Not that., It falls.]
    explanation: It sinks.
"""


def add_rising(docs) -> None:
    """Put the lesson into a corpus, as food/rising."""
    (docs / "food" / "rising.md").write_text(LESSON, encoding="utf-8")
    (docs / "food" / "rising.quiz.yaml").write_text(BANK, encoding="utf-8")
