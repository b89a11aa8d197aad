"""Grades of numbers and formulas, as learners type them."""

from __future__ import annotations

import math
import re

from tutor.corpus.bank import precision
from tutor.grading.closed.quantities import Quantity, may_be_a_list, numbers_listed, read_quantity
from tutor.grading.closed.remarks import denial, unit_and_strays, words_of_question
from tutor.grading.closed.units import factor, same_unit
from tutor.grading.words import clean
from tutor.models import Grade, Item, KnownWrong
from utils.text import shorten

ASKS_FOR_PERCENT = re.compile(r"\b(?:in|how many|what) (?:percent|per cent|%)|\bpercentage", re.I)


def is_within_tolerance(value: float, item: Item) -> bool:
    """Whether a value is within the item's tolerance of its answer."""
    answer = item.answer or 0.0
    return abs(value - answer) <= item.margin(answer) + _rounding(answer)


def _rounding(value: float) -> float:
    """One part in 10⁹, which is forgiven in any case."""
    return 1e-9 * max(abs(value), 1e-12)


def known_wrong(quantity: Quantity, item: Item) -> KnownWrong | None:
    """The known wrong number that is nearest to what was typed, within the item's tolerance; None where there is none."""
    best, distance = None, math.inf
    for wrong in item.wrong:
        known = read_quantity(wrong.answer)
        if known is None:
            continue
        gap = abs(known.value - quantity.value)
        if gap <= item.margin(known.value) + _rounding(known.value) and gap < distance:
            best, distance = wrong, gap
    return best


def is_rounded_answer(quantity: Quantity, item: Item) -> bool:
    """Whether a number is the item's answer, rounded at the last digit that was typed.

    Where one digit says next to nothing about the answer, it is a guess: 1 for 0.7, but not 2 for 1.96.
    """
    answer, last = item.answer or 0.0, quantity.unit_in_last_place
    off = abs(quantity.value - answer)
    if not last or off > last / 2 + _rounding(answer):
        return False
    return abs(quantity.value) >= 10 * last or off <= ONE_DIGIT * abs(answer)


ONE_DIGIT = 0.2  # of the answer: how far off a number of one digit may be


def _rounded(item: Item, quantity: Quantity) -> Grade:
    """The grade of the right answer, rounded: right if it has the digits that the question asks for, or else asked for again."""
    wanted, answer = precision(item), item.answer or 0.0
    if wanted and 0 < wanted.place(answer) >= quantity.unit_in_last_place * (1 - 1e-9):
        return Grade(1.0)
    more = wanted.words if wanted else "with more digits"
    more += "; a fraction will do" if more == "exactly" and not float(answer).is_integer() else ""
    return Grade(0.0, misunderstood=f"{digits(quantity.value)} is right as far as it goes. Type it {more}.")


def digits(value: float) -> str:
    """A number for the feedback."""
    return f"{value:.6g}"


def grade_number(item: Item, answer: str, language: str = "en") -> Grade:
    """Right within the tolerance. The feedback says so where only the unit, the sign or the decimal point is wrong.

    Where words stand around the number that can't be read, or its comma may mean either, the learner is asked again.
    """
    if taken_back := denial(clean(answer)) or denial(answer):
        return Grade(0.0, misunderstood=f"I read “{taken_back}” beside your number. Type only the number that you mean.")
    said = words_of_question(item)
    quantity = read_quantity(answer, language, said)
    if (quantity is None or quantity.unit) and len(numbers_listed(answer, language, said)) > 1:
        return Grade(0.0, misunderstood=f"“{shorten(answer, 40)}” is more than one number. One is asked for: type it alone.")
    if quantity is None:
        return Grade(
            0.0,
            misunderstood=f"“{shorten(answer, 40)}” is not a number that I can read. Type it like 0.4, 1e-3, 1/3, 12 % or 1,000.",
        )
    unit, strays = unit_and_strays(quantity.unit, item, said)
    if strays:
        return Grade(
            0.0,
            misunderstood=f"I read {digits(quantity.value)}, but not “{shorten(strays, 40)}”. Type the number alone, or with its "
            "unit.",
        )
    grade = _grade_quantity(item, Quantity(quantity.value, unit, unit_in_last_place=quantity.unit_in_last_place))
    if may_be_a_list(answer, language) and not grade.correct and not known_wrong(quantity, item):
        value = digits(quantity.value)
        return Grade(0.0, misunderstood=f"“{answer.strip()}” may be {value}, or two numbers. Type the one number that you mean.")
    if quantity.other is None or grade.correct or grade.misunderstood or known_wrong(quantity, item):
        return grade
    other = _grade_quantity(item, Quantity(quantity.other, unit))
    if other.correct and quantity.accepts_other:
        return other
    if other.correct or _is_nearer(quantity.other, quantity.value, item.answer or 0.0):
        values = sorted((quantity.value, quantity.other))
        return Grade(
            0.0,
            misunderstood=f"“{shorten(answer, 40)}” may mean {values[1]:.15g}, or {values[0]:.15g} with decimals. "
            "Type it so that it can only mean one, without marks between thousands.",
        )
    return grade


def _is_nearer(one: float, other: float, answer: float) -> bool:
    """Whether the first of two numbers is nearer in size to the answer."""
    if not answer or not one or not other:
        return abs(one - answer) < abs(other - answer)
    return abs(math.log(abs(one / answer))) < abs(math.log(abs(other / answer)))


def _grade_quantity(item: Item, quantity: Quantity) -> Grade:
    """The grade of a number whose unit is known, or "" where it has none."""
    value, unit, wanted = quantity.value, quantity.unit, item.unit
    percent_wanted = same_unit(wanted, "%") if wanted else False
    if unit and same_unit(unit, "%"):
        if percent_wanted:
            unit = wanted
        elif not wanted:
            value, unit = value / 100, ""
            if not is_within_tolerance(value, item) and is_within_tolerance(quantity.value, item):
                if ASKS_FOR_PERCENT.search(item.question):
                    return Grade(1.0)
                return Grade(0.0, feedback=f"{digits(quantity.value)} is right as a plain number, not as a percentage.")
    if not unit or not wanted or same_unit(unit, wanted):
        if is_within_tolerance(value, item):
            return Grade(1.0)
        if percent_wanted and not unit and is_within_tolerance(value * 100, item):
            return Grade(
                0.0,
                feedback=f"As a share {digits(value)} is right, but the question asks for {wanted}: type {digits(value * 100)}.",
            )
        return _wrong_number(item, _worth(quantity, value, unit))
    conversion = factor(unit, wanted)
    if conversion is not None:
        converted = value * conversion
        if is_within_tolerance(converted, item):
            return Grade(1.0, feedback=f"{digits(value)} {unit} is {digits(converted)} {wanted}, which is right.")
        if is_within_tolerance(value, item):
            return Grade(
                0.0,
                feedback=f"The value is right but the unit is not: {digits(value)} {unit} is {digits(converted)} {wanted}.",
            )
        return _wrong_number(item, _worth(quantity, converted, wanted))
    if is_within_tolerance(value, item):
        return Grade(0.0, feedback=f"The value is right but the unit is not: the question asks for {wanted}, you wrote {unit}.")
    return _wrong_number(item, quantity)


def _worth(quantity: Quantity, value: float, unit: str) -> Quantity:
    """A quantity in another unit."""
    scale = value / quantity.value if quantity.value else 1.0
    return Quantity(value, unit, unit_in_last_place=quantity.unit_in_last_place * scale)


def _wrong_number(item: Item, quantity: Quantity) -> Grade:
    """The grade of a number that is not within the tolerance."""
    wrong = known_wrong(quantity, item)
    if wrong:
        return Grade(0.0, feedback=wrong.reply or wrong.misconception, heard=wrong.misconception)
    if is_rounded_answer(quantity, item):
        return _rounded(item, quantity)
    value, answer = quantity.value, item.answer or 0.0
    if answer and is_within_tolerance(-value, item):
        return Grade(0.0, feedback=f"{digits(value)} has the right size but the wrong sign.")
    for power in (1, 2, 3, 6, 9):
        if answer and (is_within_tolerance(value / 10**power, item) or is_within_tolerance(value * 10**power, item)):
            return Grade(0.0, feedback=f"{digits(value)} has the right digits, but the decimal point is in the wrong place.")
    if abs(value - answer) <= max(3 * item.margin(answer), 0.02 * abs(answer)):
        return Grade(0.0, feedback=f"{digits(value)} is close, but not within the tolerance. Check the rounding on the way.")
    return Grade(0.0, feedback=f"{digits(value)} is too {'large' if value > answer else 'small'}.")


def grade_expression(item: Item, answer: str, language: str = "en") -> Grade:
    """A formula is right if it has the value of the item's formula wherever both are defined."""
    from tutor.corpus.formulas import equivalent, with_powers

    text = clean(with_powers(answer)).strip().strip("`$").strip()
    try:
        if not text or _is_prose(text, item.expression):
            return Grade(0.0, misunderstood="There is no formula in it that I can read. Type only the formula, like 2*x + 1.")
        right = equivalent(text, item.expression, item.seed or 0)
    except ValueError as error:
        return Grade(0.0, misunderstood=f"“{shorten(text, 40)}” is not a formula that I can read: {error}")
    if right:
        return Grade(1.0, feedback=f"{text} has the same value everywhere.")
    for wrong in item.wrong:
        try:
            if equivalent(text, wrong.answer, item.seed or 0):
                return Grade(0.0, feedback=wrong.reply or wrong.misconception, heard=wrong.misconception)
        except ValueError:
            continue
    return Grade(0.0, feedback=f"{text} differs from the right formula in value.")


def _is_prose(text: str, expression: str) -> bool:
    """Whether a text is a sentence rather than a formula: words follow one another that name nothing in the right one."""
    from tutor.corpus.expressions import CONSTANTS, FUNCTIONS, names
    from tutor.corpus.formulas import formula

    known = {*names(formula(expression)), *FUNCTIONS, *CONSTANTS, "ln"}
    words = [word for word in re.findall(r"(?<![\\\w])[^\W\d_]\w+", text) if word not in known and not set(word) <= known]
    return len(words) >= PROSE and bool(re.search(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}", text))


PROSE = 4  # words that name nothing in a formula
