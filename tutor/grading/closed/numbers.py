"""Numbers and formulas as learners type them, and their grades."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tutor.grading.lexicon import NUMBER_WORDS
from tutor.grading.words import clean
from tutor.models import Grade, Item, KnownWrong

# Each unit in its base unit, to tell a right value in a wrong unit from a wrong value.
SCALES = {
    "time": {
        "ns": 1e-9,
        "nanosecond": 1e-9,
        "us": 1e-6,
        "µs": 1e-6,
        "μs": 1e-6,
        "microsecond": 1e-6,
        "ms": 1e-3,
        "millisecond": 1e-3,
    }
    | {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400, "week": 604800},
    "size": {"bit": 0.125, "b": 1, "byte": 1, "kb": 1e3, "kilobyte": 1e3, "mb": 1e6, "megabyte": 1e6, "gb": 1e9, "gigabyte": 1e9}
    | {"tb": 1e12, "terabyte": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40},
    "length": {"nm": 1e-9, "mm": 1e-3, "cm": 1e-2, "m": 1, "metre": 1, "meter": 1, "km": 1e3, "kilometre": 1e3, "kilometer": 1e3},
    "mass": {"mg": 1e-6, "g": 1e-3, "gram": 1e-3, "kg": 1, "kilogram": 1},
    "share": {"%": 0.01, "percent": 0.01, "per cent": 0.01, "pp": 0.01, "‰": 0.001},
    "money": {"cent": 0.01, "$": 1, "dollar": 1, "usd": 1},
    "information": {"nat": 1, "bit": math.log(2)},
}
MULTIPLES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "π": math.pi, "pi": math.pi}
NUMBER = re.compile(
    r"""^(?P<sign>[+-]?)\s*(?P<money>[$€£])?\s*
        (?:(?P<whole>\d+)\s+(?=\d+\s*/))?  # 1 1/2
        (?P<mantissa>\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+|\d+,\d+)
        (?:e(?P<exponent>[+-]?\d+)|\s*(?:\^|\*\*)\s*\(?(?P<raised>[+-]?\d{1,3})\)?|\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*\(?(?P<power>[+-]?\d+)\)?)?
        (?:\s*/\s*(?P<bottom>\d+(?:\.\d+)?|\.\d+))?
        \s*(?P<unit>[^\d\s+-][^\d]*)?$""",
    re.X | re.I,
)
PREAMBLE = re.compile(
    r"^(?:(?:the )?(?:answer|result|value)\s*(?:is|=|:)|it(?:'s| is)|about|around|approximately|roughly|"
    r"≈|~|=|[a-z]\w?\s*=|i think)\s*",
    re.I,
)
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


@dataclass(frozen=True)
class Quantity:
    """A number as typed: its value as written, and the unit behind it ("" where there is none)."""

    value: float
    unit: str = ""


def read_quantity(text: str) -> Quantity | None:
    """`1,000`, `1/3`, `-4e-3 ms`, `2.5 × 10^3`, `12 %`, `two thirds` as a quantity; None where no number can be read."""
    text = re.sub(r"10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "10^" + found.group(1).translate(SUPERSCRIPT), text)
    text = clean(text).strip().strip("`").strip().rstrip(".!").strip()
    text = text.replace("−", "-").replace("–", "-").replace("⁄", "/")
    while (shorter := PREAMBLE.sub("", text)) != text:
        text = shorter
    text = _in_digits(text)
    found = NUMBER.match(text)
    if not found:
        return None
    mantissa = found["mantissa"]
    if re.fullmatch(r"\d+,\d+", mantissa) and not re.fullmatch(r"\d{1,3},\d{3}", mantissa):
        mantissa = mantissa.replace(",", ".")  # a decimal comma
    value = float(re.sub(r"[,' ]", "", mantissa))
    if found["exponent"] or found["power"]:
        exponent = int(found["exponent"] or found["power"])
        if abs(exponent) > 300:
            return None
        value *= 10.0**exponent
    if found["raised"]:
        try:
            value **= int(found["raised"])
        except (OverflowError, ZeroDivisionError):
            return None
    if found["bottom"]:
        if not float(found["bottom"]):
            return None
        value /= float(found["bottom"])
        value += float(found["whole"] or 0)
    if found["sign"] == "-":
        value = -value
    unit = (found["unit"] or found["money"] or "").strip().rstrip(".")
    first, _, rest = unit.partition(" ")
    if first.lower() in MULTIPLES:
        value, unit = value * MULTIPLES[first.lower()], rest.strip()
    return Quantity(value, unit) if math.isfinite(value) else None


TENTHS = {
    "half": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fourth": 4,
    "fourths": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "sixths": 6,
    "seventh": 7,
    "eighth": 8,
    "eighths": 8,
    "ninth": 9,
    "tenth": 10,
    "tenths": 10,
}


def _in_digits(text: str) -> str:
    """`minus two thirds` -> `-2/3`, `twenty one` -> `21`; other text is returned unchanged."""
    words = re.findall(r"[a-z]+|\S+", text.lower().replace("-", " " if re.match(r"^[a-z]+-[a-z]+", text.lower()) else "-"))
    if not words:
        return text
    sign = ""
    if words[0] in ("minus", "negative"):
        sign, words = "-", words[1:]
    total, last, used = 0.0, 0.0, 0
    if words and words[0] in ("a", "an") and len(words) > 1 and words[1] in (*TENTHS, "hundred", "thousand", "million"):
        words = ["one", *words[1:]]
    for word in words:
        if word == "and" and used:
            used += 1
            continue
        if word not in NUMBER_WORDS:
            break
        value = float(NUMBER_WORDS[word])
        if value >= 1000:
            total, last = (total + last or 1) * value, 0.0
        elif value == 100:
            last = (last or 1) * 100
        else:
            last += value
        used += 1
    if not used:
        if words and words[0] in TENTHS:
            return f"{sign}1/{TENTHS[words[0]]} " + " ".join(words[1:])
        return sign + " ".join(words) if sign else text
    number = f"{total + last:.15g}"
    if words[used : used + 1] == ["point"]:
        digits = ""
        for word in words[used + 1 :]:
            if len(NUMBER_WORDS.get(word, "")) != 1:
                break
            digits += NUMBER_WORDS[word]
        number, used = f"{number}.{digits}", used + 1 + len(digits)
    if used < len(words) and words[used] in TENTHS and last:
        return f"{sign}{number}/{TENTHS[words[used]]} " + " ".join(words[used + 1 :])
    return f"{sign}{number} " + " ".join(words[used:])


def _scales(unit: str) -> dict[str, float]:
    """{kind of quantity: size of the unit in that kind's base unit} for every kind that the unit may measure."""
    for name in (unit, unit.lower(), unit.lower().removesuffix("s")):
        found = {kind: float(units[name]) for kind, units in SCALES.items() if name in units}
        if found:
            return found
    return {}


def _factor(unit: str, wanted: str) -> float | None:
    """How many of the wanted unit make one of the other; None where they measure different things."""
    mine, theirs = _scales(unit), _scales(wanted)
    return next((mine[kind] / theirs[kind] for kind in mine if kind in theirs), None)


def _plain(unit: str) -> str:
    return re.sub(r"[\s.]", "", unit.lower()).rstrip("s")


def same_unit(one: str, other: str) -> bool:
    """Whether two units are spellings of the same, such as `ms` and `milliseconds`."""
    if _plain(one) == _plain(other):
        return True
    return _factor(one, other) == 1


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


def digits(value: float) -> str:
    """A number for the feedback."""
    return f"{value:.6g}"


def grade_number(item: Item, answer: str) -> Grade:
    """Right within the tolerance. The feedback says so where only the unit, the sign or the decimal point is wrong."""
    quantity = read_quantity(answer)
    if quantity is None:
        return Grade(
            0.0,
            misunderstood=f"“{answer.strip()[:40]}” is not a number that I can read. Type it like 0.4, 1e-3, 1/3, 12 % or 1,000.",
        )
    value, unit, wanted = quantity.value, quantity.unit, item.unit
    percent_wanted = same_unit(wanted, "%") if wanted else False
    if unit and same_unit(unit, "%"):
        if percent_wanted:
            unit = wanted
        elif not wanted:
            value, unit = value / 100, ""
            if not is_within_tolerance(value, item) and is_within_tolerance(quantity.value, item):
                return Grade(0.0, feedback=f"{digits(quantity.value)} is right as a plain number, not as a percentage.")
    if not unit or not wanted or same_unit(unit, wanted):
        if is_within_tolerance(value, item):
            if unit and not wanted and not _scales(unit) and not re.fullmatch(r"[^\W\d]+(?: [^\W\d]+)*", unit):
                return Grade(0.0, misunderstood=f"I read {digits(value)}, but not what follows it: “{unit[:30]}”.")
            return Grade(1.0)
        if percent_wanted and not unit and is_within_tolerance(value * 100, item):
            return Grade(
                0.0,
                feedback=f"As a share {digits(value)} is right, but the question asks for {wanted}: type {digits(value * 100)}.",
            )
        return _wrong_number(item, Quantity(value, unit))
    factor = _factor(unit, wanted)
    if factor is not None:
        converted = value * factor
        if is_within_tolerance(converted, item):
            return Grade(1.0, feedback=f"{digits(value)} {unit} is {digits(converted)} {wanted}, which is right.")
        if is_within_tolerance(value, item):
            return Grade(
                0.0,
                feedback=f"The value is right but the unit is not: {digits(value)} {unit} is {digits(converted)} {wanted}.",
            )
        return _wrong_number(item, Quantity(converted, wanted))
    if is_within_tolerance(value, item):
        return Grade(0.0, feedback=f"The value is right but the unit is not: the question asks for {wanted}, you wrote {unit}.")
    return _wrong_number(item, quantity)


def _wrong_number(item: Item, quantity: Quantity) -> Grade:
    wrong = known_wrong(quantity, item)
    if wrong:
        return Grade(0.0, feedback=wrong.reply or wrong.misconception)
    value, answer = quantity.value, item.answer or 0.0
    if answer and is_within_tolerance(-value, item):
        return Grade(0.0, feedback=f"{digits(value)} has the right size but the wrong sign.")
    for power in (1, 2, 3, 6, 9):
        if answer and (is_within_tolerance(value / 10**power, item) or is_within_tolerance(value * 10**power, item)):
            return Grade(0.0, feedback=f"{digits(value)} has the right digits, but the decimal point is in the wrong place.")
    if abs(value - answer) <= max(3 * item.margin(answer), 0.02 * abs(answer)):
        return Grade(0.0, feedback=f"{digits(value)} is close, but not within the tolerance. Check the rounding on the way.")
    return Grade(0.0, feedback=f"{digits(value)} is too {'large' if value > answer else 'small'}.")


def grade_expression(item: Item, answer: str) -> Grade:
    """A formula is right if it has the value of the item's formula wherever both are defined."""
    from tutor.corpus.formulas import equivalent

    text = clean(answer).strip().strip("`$").strip()
    if not text:
        return Grade(0.0, misunderstood="Nothing was typed. Type a formula like 2*x + 1.")
    try:
        right = equivalent(text, item.expression, item.seed or 0)
    except ValueError as error:
        return Grade(0.0, misunderstood=f"“{text[:40]}” is not a formula that I can read: {error}")
    if right:
        return Grade(1.0, feedback=f"{text} has the same value everywhere.")
    for wrong in item.wrong:
        try:
            if equivalent(text, wrong.answer, item.seed or 0):
                return Grade(0.0, feedback=wrong.reply or wrong.misconception)
        except ValueError:
            continue
    return Grade(0.0, feedback=f"{text} differs from the right formula in value.")
