"""`number`: a number, within a tolerance, with or without a unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, in_words, is_number, known_wrong
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.precision import Precision, precision, stated
from tutor.corpus.bank.templates import DrawnValues
from tutor.corpus.expressions import show
from tutor.models import Item, Variable

PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*%")


class NumberKind(ItemKind):
    fields = ("answer", "tolerance", "unit", "guess", "wrong")
    is_quick = True

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        answer, expression = fields.number_or_expression("answer", variables)
        tolerance, relative = _tolerance(fields)
        wrong = []
        for known, entry in known_wrong(fields):
            value, source = entry.number_or_expression("answer", variables)
            wrong.append(replace(known, answer=source if value is None else show(value)))
        return {
            "answer": answer,
            "answer_expression": expression,
            "tolerance": tolerance,
            "relative": relative,
            "unit": fields.text("unit", required=False),
            "guess": fields.boolean("guess"),
            "wrong": tuple(wrong),
        }

    def refuse_contradictions(self, fields: BankFields, item: Item) -> None:
        for index, wrong in enumerate(item.wrong):
            if is_the_answer(float(wrong.answer), item):
                fields.refuse(
                    ("wrong", index),
                    f"found the wrong answer {wrong.answer}, which is the right answer within "
                    "the tolerance, expected one outside; change either",
                )

    def filled(self, item: Item, values: DrawnValues) -> Item:
        return replace(item, answer=values.number(item.answer_expression)) if item.answer_expression else item

    def filled_wrong(self, item: Item, answer: str, values: DrawnValues) -> str:
        return show(values.number(answer))

    def flaw(self, item: Item) -> str | None:
        if isinstance(item.answer, bool):
            return "the answer is a comparison, not a number"
        if any(is_the_answer(float(wrong.answer), item) for wrong in item.wrong):
            return "a known wrong answer is right"
        return None

    def entry(self, item: Item) -> dict[str, Any]:
        unit = {"unit": item.unit} if item.unit else {}
        guess = {"guess": True} if item.guess else {}
        return {"answer": item.answer, "tolerance": item.tolerance, **unit, **guess}

    def how_to_answer(self, item: Item) -> str:
        return self._how(item, f", in {item.unit}" if item.unit else "")

    def how_on_sheet(self, item: Item) -> str:
        return self._how(item)  # the sheet has a line for the unit

    @staticmethod
    def _how(item: Item, unit: str = "") -> str:
        wanted = None if stated(item) else precision(item)  # what the question says is not repeated
        if wanted == Precision():
            return f"an exact number{unit}"
        return f"a number{unit}, {wanted.words}" if wanted else f"a number{unit}"

    def shown_answer(self, item: Item) -> str:
        return f"{show(item.answer or 0)} {item.unit}".strip()

    def giveaways(self, item: Item) -> list[str]:
        return [show(item.answer or 0)]

    def accepted_answers(self, item: Item) -> list[str]:
        typed = show(item.answer or 0)
        if not is_the_answer(float(typed), item):
            typed = repr(item.answer)  # a third, where no tolerance lets six digits pass
        return [typed, f"{typed} {item.unit}"] if item.unit else [typed]


def is_the_answer(value: float, item: Item) -> bool:
    """Whether a value is the item's answer within its tolerance, rounding of floats aside."""
    answer = item.answer or 0
    return abs(value - answer) <= item.margin(answer) + 1e-12 * abs(answer)


def _tolerance(fields: BankFields) -> tuple[float, bool]:
    """(tolerance, relative): 0.003 is absolute, "1 %" a fraction of the answer."""
    given = fields.data.get("tolerance", 0)
    percent = PERCENT.fullmatch(given.strip()) if isinstance(given, str) else None
    if percent:
        return float(percent[1]) / 100, True
    if not is_number(given) or given < 0:
        fields.refuse(
            "tolerance",
            f"found {in_words(given)} as tolerance, expected a number from 0 up, such as 0.01, "
            'or a percentage such as "1 %"; correct it',
        )
    return given, False
