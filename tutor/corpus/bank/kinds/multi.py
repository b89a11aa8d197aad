"""`multi`: of several options some are right, and all of these are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.corpus.bank.fields import BankFields, suggestion
from tutor.corpus.bank.kinds.options import OptionsKind
from tutor.models import Item, Variable


class MultiKind(OptionsKind):
    fields = ("options", "shuffle", "credit")
    several_options = True

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        options = self.options(fields)
        right = sum(option.right for option in options)
        if right in (0, len(options)):
            fields.refuse(
                "options",
                f"found {right} right options of {len(options)}, expected at least one right and "
                "one wrong; mark right ones with right: true",
            )
        credit = fields.text("credit", required=False) or "all"
        if credit not in ("all", "partial"):
            fields.refuse("credit", f'found "{credit}", expected all or partial{suggestion(credit, ("all", "partial"))}')
        return {"options": options, "shuffle": fields.boolean("shuffle", default=True), "credit": credit}

    def how_to_answer(self, item: Item) -> str:
        return "several may be right"
