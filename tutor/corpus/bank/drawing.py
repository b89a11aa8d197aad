"""Draws: the numbers of a parametric item, the same for the same seed on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tutor.corpus.bank.chance import random_of
from tutor.corpus.bank.kinds import kind_of
from tutor.corpus.bank.templates import DrawnValues
from tutor.corpus.expressions import ExpressionError, evaluate
from tutor.models import Item, KnownWrong
from utils.errors import InvalidFile

MAX_TRIES = 500  # draws until one meets `where`
MAX_REDRAWS = 20  # until one has other numbers than before


def draw(item: Item, seed: int) -> Item:
    """The item as it is asked: with numbers in place of its variables, and the seed they came from.

    The same item and seed give the same numbers on every machine. Draws that miss `where`, give two options or steps
    the same text, or make a known wrong answer right are drawn again. An item without variables only takes the seed.
    Raises InvalidFile if MAX_TRIES draws give nothing to ask.
    """
    if not item.variables:
        return replace(item, seed=seed)
    random = random_of(item, seed)
    reason = "where is never met"
    for _ in range(MAX_TRIES):
        values = {variable.name: random.choice(variable.values) for variable in item.variables}
        try:
            if item.where and not _holds(item.where, values):
                continue
            drawn = _filled(item, DrawnValues(values))
            flaw = kind_of(drawn).flaw(drawn)
        except ExpressionError as error:
            flaw = str(error)
        if flaw is None:
            return replace(drawn, seed=seed)
        reason = flaw
    raise InvalidFile(
        item.path,
        item.line,
        f'item "{item.id}": found no numbers to ask about in {MAX_TRIES} draws '
        f"({reason}), expected some; widen variables or loosen where",
    )


def draw_again(item: Item, seed: int, number: int) -> Item:
    """The draw for the next time that an item is asked in a round: with numbers that it has not had, if there are any left.

    number: how often it was asked before; 0 gives the draw of the seed. The same on every machine, like `draw`.
    """
    drawn, asked = draw(item, seed), []
    for _ in range(number):
        asked.append(replace(drawn, seed=None))
        seeds = range(seed + 1, seed + (MAX_REDRAWS if item.variables else 1) + 1)
        others = (draw(item, later) for later in seeds)
        drawn = next((other for other in others if replace(other, seed=None) not in asked), draw(item, seed + 1))
        seed = drawn.seed or 0
    return drawn


def _holds(where: str, values: Mapping[str, float]) -> bool:
    met = evaluate(where, values)
    if not isinstance(met, bool):
        raise ExpressionError("where is a number, expected a condition such as a != b")
    return met


def _filled(item: Item, values: DrawnValues) -> Item:
    kind = kind_of(item)
    wrong = (
        KnownWrong(
            kind.filled_wrong(item, known.answer, values), known.misconception, values.text(known.reply or known.misconception)
        )  # a misconception is told apart by its text, whatever is drawn
        for known in item.wrong
    )
    common = replace(
        item,
        question=values.text(item.question),
        hints=values.texts(item.hints),
        explanation=values.text(item.explanation),
        wrong=tuple(wrong),
    )
    return kind.filled(common, values)
