"""Whether what a model says to a learner gives the answer away, also in other words and with a rounded number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.corpus import bank
from tutor.grading.closed.quantities import read_quantity
from tutor.grading.closed.spellings import fold, same_spelling
from tutor.grading.comparable import QuestionTokens, prepare_answer, prepare_question, prepare_reference, share_of
from tutor.grading.features import shipped_weights
from tutor.grading.model.pointers import names_option, spells
from tutor.grading.model.said_numbers import numbers_said
from tutor.grading.rubrics import chances
from tutor.grading.words import clean, flat
from tutor.models import Item

ROUNDED = 0.02  # a number that is off by no more than this share of the answer is the answer, rounded
PROBABLY = 0.55  # how probably a text makes a point for it to tell it; a learner must make it more surely
TOLD = 0.6  # share of what a key says beyond the question from which it is told


def gives_away(said: str, item: Item, language: str = "en", keys: Sequence[str] = (), told: float | None = None) -> bool:
    """Whether a hint or remark tells the answer to a drawn item.

    keys: what would tell it; by default all that the bank knows. told: the share of what a key says beyond the question from
    which it is told, TOLD by default.
    """
    keys = keys or bank.giveaways(item)
    if any(flat(key) and f" {flat(key)} " in f" {flat(said)} " for key in keys):
        return True
    if item.answer is None and spells(said, item, keys):
        return True
    if item.answer is not None:
        return any(_is_rounded(value, item) for value in numbers_said(said, language, in_percent=item.unit == "%"))
    found = (read_quantity(key, language) for key in keys)
    values = {one.value for one in found if one and one.unit in ("", "%")}
    if values and values.intersection(numbers_said(said, language, in_percent=item.unit == "%")):
        return True
    if item.expression:
        return any(same_spelling(fold(part), fold(item.expression), language) for part in _formulas_in(said))
    if any(chance >= PROBABLY for point, chance in chances(item, said, language).items() if point in keys):
        return True
    if bank.kind_of(item).offers_options and names_option(said, item):
        return True
    asked = prepare_question(clean(item.question), language)
    wrong = " ".join(option.text for option in item.options if not option.right)
    shared = prepare_question(clean(wrong), language).stems
    least = TOLD if told is None else told
    if bank.kind_of(item).in_order and len(keys) > 1:  # a step may be named; most of them in a row are the answer
        return sum(_tells(key, said, asked, shared, language, least) for key in keys) > len(keys) / 2
    return any(_tells(key, said, asked, shared, language, least) for key in keys)


def _is_rounded(value: float, item: Item) -> bool:
    answer = item.answer or 0.0
    return abs(value - answer) <= max(item.margin(answer), ROUNDED * abs(answer)) + 1e-12


def _formulas_in(text: str) -> Iterator[str]:
    """The parts of a text that may be formulas: between marks, and runs of words with signs in them."""
    yield from (found[1] or found[2] for found in re.finditer(r"\$([^$]+)\$|`([^`]+)`", text))
    words = text.replace("$", " ").replace("`", " ").split()
    for start in range(len(words)):
        yield from (" ".join(words[start:end]).strip(".,;:!?") for end in range(start + 1, min(len(words), start + 9) + 1))


def _tells(key: str, said: str, asked: QuestionTokens, shared: frozenset[str], language: str, least: float = TOLD) -> bool:
    """Whether a text says most of what a key says beyond the question, in its words, their forms or synonyms.

    shared: the stems of the wrong options, which tell little.
    """
    weights = shipped_weights()
    way = prepare_reference(clean(key), asked, weights.idf, weights.idf_default, language)
    if not any(way.new):
        return False
    answer = prepare_answer(clean(said), asked, weights.idf, weights.idf_default, language)
    return share_of(way, answer, shared)[0] >= least
