"""Draws: the numbers of a parametric item, the same for the same seed on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.corpus.bank.templates import fill
from tutor.corpus.expressions import ExpressionError, evaluate, show
from tutor.corpus.formulas import substitute
from tutor.models import Blank, Item, Kind, KnownWrong, Option, Point
from utils.errors import InvalidFile

if TYPE_CHECKING:
    from random import Random


MAX_TRIES = 500  # draws until one meets `where`


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
            drawn = _filled(item, values)
            flaw = _flaw(drawn)
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


def random_of(item: Item, seed: int) -> Random:
    from random import Random

    # Seeded by a text, which Python hashes with SHA-512: the same on every platform and with every PYTHONHASHSEED.
    return Random(f"{item.key}:{seed}")


def _holds(where: str, values: Mapping[str, float]) -> bool:
    met = evaluate(where, values)
    if not isinstance(met, bool):
        raise ExpressionError("where is a number, expected a condition such as a != b")
    return met


def _filled(item: Item, values: Mapping[str, float]) -> Item:
    def text(template: str) -> str:
        return fill(template, values)

    def texts(templates: Iterable[str]) -> tuple[str, ...]:
        return tuple(text(template) for template in templates)

    def wrong_answer(source: str) -> str:
        if item.kind == Kind.NUMBER:
            return show(evaluate(source, values))
        return formula_of(source) if item.expression else text(source)

    def formula_of(source: str) -> str:
        return substitute(text(source), values)

    return replace(
        item,
        question=text(item.question),
        hints=texts(item.hints),
        explanation=text(item.explanation),
        wrong=tuple(KnownWrong(wrong_answer(w.answer), text(w.misconception), text(w.reply)) for w in item.wrong),
        options=tuple(Option(text(o.text), o.right, text(o.misconception), text(o.reply)) for o in item.options),
        answer=evaluate(item.answer_expression, values) if item.answer_expression else item.answer,
        rubric=tuple(Point(text(point.text), texts(point.also)) for point in item.rubric),
        references=texts(item.references),
        expression=formula_of(item.expression),
        blanks=tuple(Blank(texts(blank.accepted)) for blank in item.blanks),
        steps=texts(item.steps),
    )


def _flaw(item: Item) -> str | None:
    """Why a drawn item cannot be asked, or None."""
    if first_repeated(option.text for option in item.options) is not None:
        return "two options read the same"
    if first_repeated(item.steps) is not None:
        return "two steps read the same"
    if isinstance(item.answer, bool):
        return "the answer is a comparison, not a number"
    if item.kind == Kind.NUMBER and any(is_the_answer(float(wrong.answer), item) for wrong in item.wrong):
        return "a known wrong answer is right"
    return None


def first_repeated(texts: Iterable[str]) -> int | None:
    """The index of the first text that stood there before (spaces and case aside), or None."""
    seen = set()
    for index, text in enumerate(texts):
        plain = " ".join(text.split()).casefold()
        if plain in seen:
            return index
        seen.add(plain)
    return None


def is_the_answer(value: float, item: Item) -> bool:
    """Whether a value is the item's answer within its tolerance, rounding of floats aside."""
    answer = item.answer or 0
    return abs(value - answer) <= item.margin(answer) + 1e-12 * abs(answer)
