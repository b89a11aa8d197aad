"""What every kind of item says about itself, so that nobody else needs to compare kinds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields
from tutor.corpus.bank.templates import DrawnValues
from tutor.models import Item, KnownWrong, Variable


class ItemKind:
    """A kind of item. Each overrides what is different for it; the items it is asked about are drawn.

    Fields of an Item that several kinds share (`wrong`, `unit`) are read by whoever needs them.
    """

    fields: tuple[str, ...] = ()  # that a bank may give, besides those of every item
    offers_options = False  # the answer is picked among `Item.options`
    several_options = False  # and may be more than one of them
    is_quick = False  # the answer is a choice or a number, which can be guessed before anything was tried
    in_order = False  # the answer puts what is shown into an order
    several_lines = False  # the answer is typed on lines of its own
    is_code = False  # and it is a program, which is run
    open_ended = False  # a right answer can be put in many ways, so its grade may be disputed
    separator = "; "  # between the parts of an answer that is shown

    # ---------------------------------------------------------------------------------------------- in a bank

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        """The kind's own fields of an Item, as its author wrote them. Raises InvalidFile."""
        raise NotImplementedError

    def refuse_contradictions(self, fields: BankFields, item: Item) -> None:
        """Raises InvalidFile for an item without variables whose fields contradict each other."""

    def names_of_values(self, item: Item) -> Collection[str]:
        """What the item's texts may name in their templates besides its variables."""
        return ()

    def with_values(self, item: Item, values: DrawnValues) -> Item:
        """The item with values in place of its variables. Raises ExpressionError."""
        wrong = []
        for known in item.wrong:  # a misconception is told apart by its text, whatever is drawn
            reply = values.text(known.reply or known.misconception)
            wrong.append(KnownWrong(self.filled_wrong(item, known.answer, values), known.misconception, reply))
        common = replace(
            item,
            question=values.text(item.question),
            hints=values.texts(item.hints),
            explanation=values.text(item.explanation),
            wrong=tuple(wrong),
        )
        return self.filled(common, values)

    def filled(self, item: Item, values: DrawnValues) -> Item:
        """The item with values in place of the variables in the kind's own fields. Raises ExpressionError."""
        return item

    def filled_wrong(self, item: Item, answer: str, values: DrawnValues) -> str:
        """A known wrong answer with values in place of its variables. Raises ExpressionError."""
        return values.text(answer)

    def shuffled(self, item: Item, seed: int) -> Item:
        """The item with what it lists in the order that a seed gives, where that order means nothing."""
        return item

    def flaw(self, item: Item) -> str | None:
        """Why an item can't be asked with the values just drawn, or None."""
        return None

    def cannot_be_asked(self, item: Item) -> str:
        """Why an item, as its author wrote it, can't be asked here and now; "" where it can."""
        return ""

    def entry(self, item: Item) -> dict[str, Any]:
        """The fields of the item that only this kind writes in a bank, or writes in another way."""
        return {}

    def without_order(self, item: Item) -> Item:
        """The item with what it lists in one order, whatever a draw made of it: two that differ in no more are alike."""
        return replace(item, options=tuple(sorted(item.options, key=lambda option: option.text)))

    # ------------------------------------------------------------------------------------------- its question

    def question_text(self, item: Item) -> str:
        """The question as the learner reads it."""
        return item.question

    def choices(self, item: Item) -> list[str]:
        """What is shown under the question, to be answered by number; [] where the answer is typed."""
        return []

    def how_to_answer(self, item: Item) -> str:
        """What kind of answer is expected, in a few words."""
        return ""

    def lines_to_type(self, item: Item) -> list[str]:
        """What stands before each line of an answer that has so many of them; [] for an answer of any number of lines."""
        return []

    # --------------------------------------------------------------------------------------------- its answer

    def is_free_text(self, item: Item) -> bool:
        """Whether the answer is prose, which a model may read."""
        return False

    def answer_parts(self, item: Item) -> list[str]:
        """The texts that the right answer names, in order, where it has such parts."""
        return []

    def shown_answer(self, item: Item) -> str:
        """See bank.shown_answer."""
        return self.separator.join(self.answer_parts(item))

    def giveaways(self, item: Item) -> list[str]:
        """See bank.giveaways."""
        return self.answer_parts(item)

    def accepted_answers(self, item: Item) -> list[str]:
        """See bank.accepted_answers."""
        return [self.shown_answer(item)]

    def as_answered(self, item: Item, typed: str) -> Item:
        """A drawn item as it was when somebody answered so, where less of it may have been asked."""
        return item

    def as_example(self, item: Item) -> Item | None:
        """A drawn item that shows how it is answered in its question; None where its answer has to be told beside it."""
        return None

    def answer_in_words(self, item: Item, typed: str) -> str:
        """A typed answer for a reader: the texts that its numbers stand for."""
        choices = {str(number): text for number, text in enumerate(self.choices(item), 1)}
        numbers = typed.replace(",", " ").split()
        if not choices or not all(number in choices for number in numbers):
            return typed
        return self.separator.join(choices[number] for number in numbers)

    # --------------------------------------------------------------------------------------------- on a sheet

    sheet_field = ""  # the field of a sheet that lists what `sheet_choices` returns

    def sheet_choices(self, item: Item) -> dict[str, str]:
        """{label: text} of what a sheet lists under the question."""
        return {}

    def how_on_sheet(self, item: Item) -> str:
        """What kind of answer a sheet expects."""
        return self.how_to_answer(item)

    def as_typed(self, item: Item, answer: str, parts: tuple[str, ...], listed: Mapping[str, str] | None = None) -> str:
        """A sheet's answer as it would be typed at a keyboard.

        parts: those of an answer that is a list. listed: what the sheet lists in place of `sheet_choices`: the same texts,
        beside other labels.
        """
        return answer
