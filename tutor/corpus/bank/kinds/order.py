"""`order`: steps to be put into the right order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.chance import random_of
from tutor.corpus.bank.fields import BankFields, first_repeated
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.templates import DrawnValues
from tutor.models import Item, Variable


class OrderKind(ItemKind):
    fields = ("steps", "any_order")
    in_order = True
    separator = " → "
    sheet_field = "steps"

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        steps = fields.texts("steps", at_least=2)
        repeated = first_repeated(steps)
        if repeated is not None:
            fields.refuse(("steps", repeated), f'found the step "{steps[repeated]}" twice, expected it once; change one')
        return {"steps": steps, "any_order": self._groups(fields, len(steps))}

    @staticmethod
    def _groups(fields: BankFields, count: int) -> tuple[tuple[int, ...], ...]:
        """The groups of steps that may stand in any order among themselves; a bank counts steps from 1."""
        groups: list[tuple[int, ...]] = []
        for index, group in enumerate(fields.entries("any_order", required=False)):
            numbers = group if isinstance(group, list) else []
            known = all(isinstance(number, int) and not isinstance(number, bool) and 0 < number <= count for number in numbers)
            taken = {step for earlier in groups for step in earlier}
            steps = sorted({number - 1 for number in numbers}) if known else []
            if len(steps) < 2 or len(steps) < len(numbers) or not taken.isdisjoint(steps):
                fields.refuse(
                    ("any_order", index),
                    f"found no group of steps in any_order, expected two or more numbers from 1 to {count}, each once, such as "
                    "[1, 2]; correct it",
                )
            groups.append(tuple(steps))
        return tuple(groups)

    def filled(self, item: Item, values: DrawnValues) -> Item:
        return replace(item, steps=values.texts(item.steps))

    def flaw(self, item: Item) -> str | None:
        return "two steps read the same" if first_repeated(item.steps) is not None else None

    def entry(self, item: Item) -> dict[str, Any]:
        groups = [[step + 1 for step in group] for group in item.any_order]
        return {"steps": list(item.steps), **({"any_order": groups} if groups else {})}

    def choices(self, item: Item) -> list[str]:
        return [item.steps[step] for step in shuffled_steps(item)]

    def how_to_answer(self, item: Item) -> str:
        return "the numbers in the right order"

    def how_on_sheet(self, item: Item) -> str:
        return "put the steps in order"

    def answer_parts(self, item: Item) -> list[str]:
        return list(item.steps)

    def giveaways(self, item: Item) -> list[str]:
        return [item.steps[0]]

    def accepted_answers(self, item: Item) -> list[str]:
        shown = shuffled_steps(item)
        orders = [list(range(len(shown)))]
        for group in item.any_order:
            turned = dict(zip(group, reversed(group), strict=True))
            orders.append([turned.get(step, step) for step in orders[0]])
        return [" ".join(str(shown.index(step) + 1) for step in order) for order in orders]

    def sheet_choices(self, item: Item) -> dict[str, str]:
        return {f"{number})": step for number, step in enumerate(self.choices(item), 1)}

    def as_typed(self, item: Item, answer: str, parts: tuple[str, ...], listed: Mapping[str, str] | None = None) -> str:
        numbers = [part.rstrip(".)") for part in parts]
        if not parts:
            return answer
        return " ".join(numbers) if all(number.isdigit() for number in numbers) else "; ".join(parts)


def shuffled_steps(item: Item) -> tuple[int, ...]:
    """The order in which an order item's steps are shown: indices into `item.steps`, never in the right order."""
    right = list(range(len(item.steps)))
    shown, random = list(right), random_of(item, item.seed or 0)
    while shown == right and len(right) > 1:
        random.shuffle(shown)
    return tuple(shown)
