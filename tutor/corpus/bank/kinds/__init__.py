"""The kinds of items, by name: each has a file, and a row here. Their graders are in tutor/grading/kinds.py."""

from __future__ import annotations

from tutor.corpus.bank.kinds.choice import ChoiceKind
from tutor.corpus.bank.kinds.cloze import ClozeKind
from tutor.corpus.bank.kinds.code import CodeKind
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.kinds.multi import MultiKind
from tutor.corpus.bank.kinds.number import NumberKind
from tutor.corpus.bank.kinds.order import OrderKind
from tutor.corpus.bank.kinds.predict import PredictKind
from tutor.corpus.bank.kinds.short import ShortKind
from tutor.corpus.bank.kinds.steps import StepsKind
from tutor.models import Item, Kind

KINDS: dict[str, ItemKind] = {
    Kind.CHOICE: ChoiceKind(),
    Kind.MULTI: MultiKind(),
    Kind.NUMBER: NumberKind(),
    Kind.SHORT: ShortKind(),
    Kind.CLOZE: ClozeKind(),
    Kind.ORDER: OrderKind(),
    Kind.PREDICT: PredictKind(),
    Kind.CODE: CodeKind(),
    Kind.STEPS: StepsKind(),
}
NO_KIND = ItemKind()  # of a sheet's question that the lessons no longer have


def kind_of(item: Item) -> ItemKind:
    """What is known of the item's kind: how its answer is given, shown and written."""
    return KINDS.get(item.kind, NO_KIND)
