"""`predict`: what does this program print? Its output is computed by `check` and held by the bank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, texts_of_wrong
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.templates import DrawnValues, values_in_words
from tutor.models import Item, Variable

MOST_DRAWS = 50  # of an item: the code is run once for each
MOST_LINES = 20  # of an output, which somebody has to type


class PredictKind(ItemKind):
    fields = ("code", "prints", "wrong")
    several_lines = True

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        draws = math.prod(len(variable.values) for variable in variables)
        if draws > MOST_DRAWS:
            fields.refuse(
                "variables",
                f"found {draws:,} combinations of values, expected at most {MOST_DRAWS}, because the code is run for each; "
                "give fewer values, such as choose: [3, 5, 8]",
            )
        code, wrong = fields.program("code"), texts_of_wrong(fields)
        if "prints" not in fields.data:
            return {"code": code, "wrong": wrong}
        if not variables:
            return {"code": code, "output": self._output(fields, "prints"), "wrong": wrong}
        table = fields.table("prints")
        return {"code": code, "outputs": tuple((name, self._output(table, name)) for name in table.data), "wrong": wrong}

    @staticmethod
    def _output(fields: BankFields, name: str) -> str:
        output = fields.program(name)
        if len(lines := output.split("\n")) > MOST_LINES:
            fields.refuse(name, f"found {len(lines)} lines of output, expected at most {MOST_LINES}; print less")
        return output

    def filled(self, item: Item, values: DrawnValues) -> Item:
        return replace(item, code=values.text(item.code), output=dict(item.outputs).get(values_in_words(values.by_name), ""))

    def flaw(self, item: Item) -> str | None:
        return "prints has no output for these values; check --fix writes it" if item.outputs and not item.output else None

    def cannot_be_asked(self, item: Item) -> str:
        return "" if item.output or item.outputs else "what it prints is not written down yet; check --fix does that"

    def entry(self, item: Item) -> dict[str, Any]:
        return {"code": item.code, "prints": item.output}

    def question_text(self, item: Item) -> str:
        return f"{item.question}\n\n```python\n{item.code}\n```"

    def how_to_answer(self, item: Item) -> str:
        return "what it prints, line by line"

    def answer_parts(self, item: Item) -> list[str]:
        return item.output.split("\n")

    def shown_answer(self, item: Item) -> str:
        """As Markdown that shows it as it is."""
        fence = "```" if "`" in item.output or "\n" in item.output else ""
        return f"\n\n{fence}output\n{item.output}\n{fence}" if fence else f"`{item.output}`"

    def giveaways(self, item: Item) -> list[str]:
        return [item.output] if item.output else []

    def accepted_answers(self, item: Item) -> list[str]:
        return [item.output] if item.output else []

    def as_typed(self, item: Item, answer: str, parts: tuple[str, ...], listed: Mapping[str, str] | None = None) -> str:
        return "\n".join(parts) if parts else answer
