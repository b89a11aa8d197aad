"""`predict`: what does this program print? Its output is computed by `check` and held by the bank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, texts_of_wrong
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.lesson_code import with_changes
from tutor.corpus.bank.templates import DrawnValues, values_in_words
from tutor.models import Item, Variable

MOST_DRAWS = 50  # of an item: the code is run once for each
MOST_LINES = 20  # of an output, which somebody has to type


class PredictKind(ItemKind):
    fields = ("code", "block", "replace", "prints", "wrong")
    several_lines = True

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        draws = math.prod(len(variable.values) for variable in variables)
        if draws > MOST_DRAWS:
            fields.refuse(
                "variables",
                f"found {draws:,} combinations of values, expected at most {MOST_DRAWS}, because the code is run for each; "
                "give fewer values, such as choose: [3, 5, 8]",
            )
        found = {**self._shown(fields), "wrong": texts_of_wrong(fields)}
        if "prints" not in fields.data:
            return found
        if not variables:
            return {**found, "output": self._output(fields, "prints")}
        table = fields.table("prints")
        return {**found, "outputs": tuple((name, self._output(table, name)) for name in table.data)}

    @staticmethod
    def _shown(fields: BankFields) -> dict[str, Any]:
        """The code of its own, or how a block of the lesson is found and changed."""
        if "block" not in fields.data:
            if "replace" in fields.data:
                fields.refuse("replace", "found replace without block, expected both; change code itself, or name a block")
            return {"code": fields.program("code")}
        if "code" in fields.data:
            fields.refuse("code", "found code beside block, expected one of the two; remove the other")
        table = fields.table("replace") if "replace" in fields.data else None
        changes = tuple((old, table.text(old)) for old in table.data) if table else ()
        return {"block": fields.text("block"), "changes": changes}

    @staticmethod
    def _output(fields: BankFields, name: str) -> str:
        output = fields.program(name)
        if len(lines := output.split("\n")) > MOST_LINES:
            fields.refuse(name, f"found {len(lines)} lines of output, expected at most {MOST_LINES}; print less")
        return output

    def filled(self, item: Item, values: DrawnValues) -> Item:
        output = dict(item.outputs).get(values_in_words(values.by_name), "")
        if not item.block:
            return replace(item, code=values.text(item.code), output=output)
        changes = {old: values.text(new) for old, new in item.changes}
        return replace(item, code=with_changes(item.code, changes), changes=(), output=output)

    def flaw(self, item: Item) -> str | None:
        return "prints has no output for these values; check --fix writes it" if item.outputs and not item.output else None

    def cannot_be_asked(self, item: Item) -> str:
        return "" if item.output or item.outputs else "what it prints is not written down yet; check --fix does that"

    def entry(self, item: Item) -> dict[str, Any]:
        return {"block": item.block, "prints": item.output} if item.block else {"code": item.code, "prints": item.output}

    def question_text(self, item: Item) -> str:
        lead = "\n\nIt runs after the code before it in the lesson." if item.goes_on else ""
        return f"{item.question}\n\n```python\n{item.code}\n```{lead}"

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
