"""`cloze`: blanks in a sentence, each filled by a word or a few."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields, texts_of_wrong
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.templates import DrawnValues
from tutor.models import Blank, Item, Variable

BLANK = re.compile(r"\[\[([^\[\]]*)\]\]")  # as its author writes it: [[answer|other answer]]
BLANK_MARK = "[[…]]"  # as an Item holds it
BLANK_LINE = "____"  # as it is shown


class ClozeKind(ItemKind):
    fields = ("wrong",)

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        question = fields.text("question")
        blanks = []
        for content in BLANK.findall(question):
            accepted = tuple(part.strip() for part in content.split("|"))
            if not all(accepted):
                fields.refuse(
                    "question",
                    f'found the blank "[[{content}]]" with nothing in it, expected the text that '
                    "fills it; write [[answer]] or [[answer|other answer]]",
                )
            if ";" in content:
                fields.refuse(
                    "question",
                    f'found ";" in the blank "[[{content}]]", expected none, because answers are typed '
                    "with ; between the blanks; make it two blanks",
                )
            blanks.append(Blank(accepted))
        if not blanks:
            fields.refuse("question", "found no blank, expected at least one such as [[answer]]; mark what is to be filled")
        wrong = texts_of_wrong(fields)
        for index, known in enumerate(wrong):
            parts = known.answer.count(";") + 1
            if parts != len(blanks):
                fields.refuse(
                    ("wrong", index),
                    f'found a wrong answer for {parts} of {len(blanks)} blanks, expected one text for each; join them by "; "',
                )
        return {"question": BLANK.sub(BLANK_MARK, question), "blanks": tuple(blanks), "wrong": wrong}

    def filled(self, item: Item, values: DrawnValues) -> Item:
        return replace(item, blanks=tuple(Blank(values.texts(blank.accepted)) for blank in item.blanks))

    def entry(self, item: Item) -> dict[str, Any]:
        question = item.question
        for blank in item.blanks:
            question = question.replace(BLANK_MARK, f"[[{'|'.join(blank.accepted)}]]", 1)
        return {"question": question}

    def question_text(self, item: Item) -> str:
        return item.question.replace(BLANK_MARK, BLANK_LINE)

    def how_to_answer(self, item: Item) -> str:
        return "fill in the blank" if len(item.blanks) == 1 else "fill in the blanks, with ; between them"

    def how_on_sheet(self, item: Item) -> str:
        return "fill in the blank" if len(item.blanks) == 1 else f"fill in the {len(item.blanks)} blanks"

    def answer_parts(self, item: Item) -> list[str]:
        return [blank.accepted[0] for blank in item.blanks]

    def giveaways(self, item: Item) -> list[str]:
        return [text for blank in item.blanks for text in blank.accepted]

    def accepted_answers(self, item: Item) -> list[str]:
        firsts = self.answer_parts(item)
        answers = ["; ".join(firsts)]
        for index, blank in enumerate(item.blanks):
            answers += ["; ".join([*firsts[:index], other, *firsts[index + 1 :]]) for other in blank.accepted[1:]]
        return answers

    def as_typed(self, item: Item, answer: str, parts: tuple[str, ...], listed: Mapping[str, str] | None = None) -> str:
        return "; ".join(parts) if parts else answer
