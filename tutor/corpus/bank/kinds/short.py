"""`short`: an answer in the learner's own words, held against a rubric; or a formula, held against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, texts_of_wrong
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.templates import DrawnValues
from tutor.models import MOST_POINTS, Item, Point, Variable


class ShortKind(ItemKind):
    fields = ("rubric", "references", "expression", "wrong")
    open_ended = True

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        if "expression" in fields.data:
            for field in ("rubric", "references"):
                if field in fields.data:
                    fields.refuse(field, f"found {field} beside expression, expected only one of them; remove one")
            # The variables of a formula are free: any name may stand in it.
            return {"expression": fields.formula("expression"), "wrong": texts_of_wrong(fields, as_formula=True)}
        rubric = []
        if "rubric" not in fields.data:
            fields.refuse("kind", "found no rubric, expected a rubric and references, or an expression; add them")
        for index, entry in enumerate(fields.entries("rubric", at_least=1, at_most=MOST_POINTS)):
            point = fields.child("rubric", index, entry, f"{fields.label} rubric point {index + 1}")
            point.allow(("point", "also", "near", "ask"))
            near, ask = point.text("near", required=False), point.text("ask", required=False)
            rubric.append(Point(point.text("point"), point.texts("also", required=False, at_most=MOST_POINTS), near, ask))
        return {
            "rubric": tuple(rubric),
            "references": fields.texts("references", at_least=1, at_most=MOST_POINTS),
            "wrong": texts_of_wrong(fields),
        }

    def filled(self, item: Item, values: DrawnValues) -> Item:
        return replace(
            item,
            rubric=tuple(
                Point(values.text(point.text), values.texts(point.also), values.text(point.near), values.text(point.ask))
                for point in item.rubric
            ),
            references=values.texts(item.references),
            expression=values.formula(item.expression),
        )

    def filled_wrong(self, item: Item, answer: str, values: DrawnValues) -> str:
        return values.formula(answer) if item.expression else values.text(answer)

    def entry(self, item: Item) -> dict[str, Any]:
        return {"rubric": [{"point": point.text} for point in item.rubric], "references": list(item.references)}

    def is_free_text(self, item: Item) -> bool:
        return not item.expression

    def how_to_answer(self, item: Item) -> str:
        return "a formula" if item.expression else "in your own words"

    def shown_answer(self, item: Item) -> str:
        return item.expression or item.references[0]

    def giveaways(self, item: Item) -> list[str]:
        return [item.expression] if item.expression else [*item.references, *(point.text for point in item.rubric)]

    def accepted_answers(self, item: Item) -> list[str]:
        return [item.expression] if item.expression else list(item.references)
