"""`choice`: one of several options is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.corpus.bank.fields import BankFields
from tutor.corpus.bank.kinds.options import OptionsKind
from tutor.models import Item, Variable


class ChoiceKind(OptionsKind):
    fields = ("options", "shuffle")

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        options = self.options(fields)
        right = sum(option.right for option in options)
        if right != 1:
            fields.refuse(
                "options",
                f"found {right} right options, expected exactly one with right: true; "
                + ("mark one" if not right else "mark one only, or make the kind multi"),
            )
        return {"options": options, "shuffle": fields.boolean("shuffle", default=True)}

    def how_to_answer(self, item: Item) -> str:
        return "one is right"
