"""What `choice` and `multi` share: options, of which some are right."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, first_repeated
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.shuffling import shown_order
from tutor.corpus.bank.templates import DrawnValues
from tutor.models import Item, Option


class OptionsKind(ItemKind):
    """A kind whose answer is picked among options."""

    offers_options = True
    is_quick = True
    sheet_field = "options"

    @staticmethod
    def options(fields: BankFields) -> tuple[Option, ...]:
        options = []
        for index, entry in enumerate(fields.entries("options", at_least=2)):
            option = fields.child("options", index, entry, f"{fields.label} option {index + 1}")
            option.allow(("text", "right", "misconception", "reply"))
            options.append(
                Option(
                    text=option.text("text"),
                    right=option.boolean("right"),
                    misconception=option.misconception(),
                    reply=option.text("reply", required=False),
                )
            )
        repeated = first_repeated(option.text for option in options)
        if repeated is not None:
            fields.refuse(
                ("options", repeated), f'found the option "{options[repeated].text}" twice, expected it once; change one'
            )
        return tuple(options)

    def filled(self, item: Item, values: DrawnValues) -> Item:
        text = values.text
        options = tuple(
            Option(text(o.text), o.right, o.misconception, text(o.reply or o.misconception)) for o in item.options
        )  # a misconception is told apart by its text, whatever is drawn
        return replace(item, options=options)

    def shuffled(self, item: Item, seed: int) -> Item:
        return replace(item, options=shown_order(item, seed))

    def flaw(self, item: Item) -> str | None:
        return "two options read the same" if first_repeated(self.choices(item)) is not None else None

    def entry(self, item: Item) -> dict[str, Any]:
        kept = {} if item.shuffle else {"shuffle": False}
        return {"options": [self._option_entry(option) for option in item.options], **kept}

    @staticmethod
    def _option_entry(option: Option) -> dict[str, Any]:
        given = {"right": option.right, "reply": option.reply}
        return {"text": option.text, **{field: value for field, value in given.items() if value}}

    def choices(self, item: Item) -> list[str]:
        return [option.text for option in item.options]

    def answer_parts(self, item: Item) -> list[str]:
        return [option.text for option in item.options if option.right]

    def accepted_answers(self, item: Item) -> list[str]:
        """The numbers of the right options; their texts too, where a text can't be taken for something else."""
        numbers = ", ".join(str(number) for number, option in enumerate(item.options, 1) if option.right)
        positions = {str(number) for number, _ in enumerate(item.options, 1)}
        right = self.answer_parts(item)
        unclear = any(text in positions for text in right)
        if self.several_options:
            unclear = unclear or any(mark in text for text in right for mark in ",;")
        return [numbers] if unclear else [numbers, ", ".join(right)]

    def sheet_choices(self, item: Item) -> dict[str, str]:
        """{label: option}, in order. Labels are letters, or numbers where an option is itself a single character."""
        texts = self.choices(item)
        lettered = len(texts) <= len(string.ascii_lowercase) and not any(len(text.strip()) == 1 for text in texts)
        labels = string.ascii_lowercase if lettered else [f"{number})" for number in range(1, len(texts) + 1)]
        return dict(zip(labels, texts, strict=False))

    def as_typed(self, item: Item, answer: str, parts: tuple[str, ...], listed: Mapping[str, str] | None = None) -> str:
        """The labels of the sheet come first, then the options' texts, so that the option "8" can be named by 8."""
        shown = {_fold(text): str(number) for number, text in enumerate(self.choices(item), 1)}
        labels = {_fold(label): shown[_fold(text)] for label, text in (listed or self.sheet_choices(item)).items()}
        numbers = {**shown, **labels}
        if self.several_options and not parts and _fold(answer) not in numbers:
            split = tuple(re.split(r"[,;\s]+", answer))
            parts = split if all(_fold(part) in numbers for part in split) else ()
        named = [numbers.get(_fold(part), part) for part in parts or (answer,)]
        return ", ".join(named) if all(part.isdigit() for part in named) else "; ".join(named)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold().strip("().")
