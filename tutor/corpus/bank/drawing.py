"""Draws: the numbers of a parametric item and the order of options, the same for the same seed on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import product

from tutor.corpus.bank.chance import random_of
from tutor.corpus.bank.kinds import kind_of
from tutor.corpus.bank.templates import DrawnValues, values_in_words
from tutor.corpus.expressions import ExpressionError, evaluate
from tutor.models import Draw, Item
from utils.errors import InvalidFile

MAX_TRIES = 500  # draws until one meets `where`
MAX_REDRAWS = 20  # until one has other numbers, or another order, than before


def draw(item: Item, seed: int, way: int = Draw.LATEST) -> Item:
    """The item as it is asked: with numbers in place of its variables, its options in the order that is shown, and the seed
    that both came from.

    The same item and seed give the same on every machine. Draws that miss `where`, give two options or steps the same text,
    or make a known wrong answer right are drawn again. way: Draw.FIRST keeps options in the bank's order; the numbers are the
    same in both. Raises InvalidFile if MAX_TRIES draws give nothing to ask.
    """
    drawn = replace(_with_numbers(item, seed) if item.variables else item, seed=seed, draw=way)
    return drawn if way == Draw.FIRST else kind_of(drawn).shuffled(drawn, seed)


def _with_numbers(item: Item, seed: int) -> Item:
    random = random_of(item, seed)
    reason = "where is never met"
    for _ in range(MAX_TRIES):
        values = {variable.name: random.choice(variable.values) for variable in item.variables}
        try:
            if item.where and not _holds(item.where, values):
                continue
            drawn = kind_of(item).with_values(item, DrawnValues(values))
            flaw = kind_of(drawn).flaw(drawn)
        except ExpressionError as error:
            flaw = str(error)
        if flaw is None:
            return drawn
        reason = flaw
    raise InvalidFile(
        item.path,
        item.line,
        f'item "{item.id}": found no numbers to ask about in {MAX_TRIES} draws '
        f"({reason}), expected some; widen variables or loosen where",
    )


def all_draws(item: Item) -> dict[str, Item]:
    """{values in words: the item with them} of every combination of its values that may be drawn; {"": item} without any."""
    if not item.variables:
        return {"": item}
    names = [variable.name for variable in item.variables]
    found = {}
    for chosen in product(*(variable.values for variable in item.variables)):
        values = dict(zip(names, chosen, strict=True))
        with suppress(ExpressionError):  # `draw` passes over what can't be computed, too
            if not item.where or _holds(item.where, values):
                found[values_in_words(values)] = kind_of(item).with_values(item, DrawnValues(values))
    return found


def draw_again(item: Item, seed: int, number: int, way: int = Draw.LATEST) -> Item:
    """The draw for the next time that an item is asked in a round: with numbers that it has not had, if there are any left,
    or its options in an order that they have not had.

    number: how often it was asked before; 0 gives the draw of the seed. The same on every machine, like `draw`.
    """
    drawn, asked = draw(item, seed, way), []
    for _ in range(number):
        asked.append(_what_varies(drawn))
        may_differ = item.variables or (item.options and way != Draw.FIRST)
        seeds = range(seed + 1, seed + (MAX_REDRAWS if may_differ else 1) + 1)
        others = (draw(item, later, way) for later in seeds)
        drawn = next((other for other in others if _what_varies(other) not in asked), draw(item, seed + 1, way))
        seed = drawn.seed or 0
    return drawn


def _what_varies(drawn: Item) -> Item:
    """A drawn item by what its next draw should not repeat: its numbers or, where it has none, the order of its options."""
    if drawn.variables and drawn.draw != Draw.FIRST:
        drawn = kind_of(drawn).without_order(drawn)
    return replace(drawn, seed=None)


def _holds(where: str, values: Mapping[str, float]) -> bool:
    met = evaluate(where, values)
    if not isinstance(met, bool):
        raise ExpressionError("where is a number, expected a condition such as a != b")
    return met
