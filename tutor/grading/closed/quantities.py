"""Numbers as people type them, read as quantities."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass

from tutor.grading.closed.remarks import without_frame, without_hedged_doubt
from tutor.grading.closed.units import scales
from tutor.grading.lexicon import NUMBER_WORDS
from tutor.grading.words import clean

MULTIPLES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "π": math.pi, "pi": math.pi} | {
    "k": 1e3,
    "bn": 1e9,
    "mio": 1e6,
    "mrd": 1e9,
    "tausend": 1e3,
    "millionen": 1e6,
    "milliarden": 1e9,
}
CAPITAL_MULTIPLES = {"M": 1e6}  # a small m is a metre
NUMBER = re.compile(
    r"""^(?P<sign>[+-]?)\s*(?P<money>[$€£])?\s*
        (?:(?P<whole>\d+)\s+(?=\d+\s*/))?  # 1 1/2
        (?P<mantissa>\d+(?:[.,'_]\d+|\ \d{3}(?!\d))*[.,]?|[.,]\d+)
        (?:e(?P<exponent>[+-]?\d+)|\s*(?:\^|\*\*)\s*\(?(?P<raised>[+-]?\d{1,3})\)?|\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*\(?(?P<power>[+-]?\d+)\)?)?
        (?:\s*/\s*(?P<bottom>\d+(?:\.\d+)?|\.\d+))?
        \s*(?P<unit>[^\d\s+-][^\d]*)?$""",
    re.X | re.I,
)
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
VULGAR_FRACTION = re.compile("[¼-¾⅐-⅞↉]")
DECIMAL_POINT = frozenset("en zh ja ko he hi th ms bn ta ur".split())  # languages that write 3.142; others write 3,142


@dataclass(frozen=True)
class Quantity:
    """A number as typed: its value as written, and what follows it ("" where nothing does).

    other: the value where its one mark means the opposite, thousands for decimals; None where it can't. `3,142` is 3142 in
    English and 3.142 in German. accepts_other: whether both are usual, as for `1.000` in German.
    """

    value: float
    unit: str = ""
    other: float | None = None
    accepts_other: bool = False
    unit_in_last_place: float = 0.0  # the worth of 1 in the last digit that was typed, as in a rounded number; 0 for fractions


def read_quantity(text: str, language: str = "en", said: Set[str] = frozenset()) -> Quantity | None:
    """`1,000`, `1/3`, `1½`, `-4e-3 ms`, `10k`, `12 %`, `two thirds` as a quantity; None where no number can be read.

    language: of the lesson, which says what a comma means. said: words that may stand before the number as well as the usual
    frames and hedges.
    """
    text = VULGAR_FRACTION.sub(lambda found: " " + unicodedata.normalize("NFKC", found[0]), text)
    text = re.sub(r"10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "10^" + found.group(1).translate(SUPERSCRIPT), text)
    text = clean(text).strip().strip("`*").strip().rstrip(".!?").strip()
    text = re.sub(r"^\$([^$]*)\$$", r"\1", text)
    text = text.replace("−", "-").replace("–", "-").replace("⁄", "/")
    text = _in_digits(without_frame(without_hedged_doubt(text), said))
    found = NUMBER.match(text)
    readings = _readings(found["mantissa"], language) if found else ()
    if not found or not readings:
        return None
    values = [value for reading in readings if (value := _with_powers(reading, found)) is not None]
    if len(values) < len(readings):
        return None
    last = 0.0
    if not (found["bottom"] or found["raised"]):
        last = abs(_with_powers(_last_place(found["mantissa"], readings[0]), found) or 0.0)
    unit = (found["unit"] or found["money"] or "").strip().rstrip(".")
    first, _, rest = unit.partition(" ")
    if first == "B" and said and not any("size" in scales(word) for word in said):
        first = "billion"  # 7B parameters, where nothing is measured in bytes
    multiple = CAPITAL_MULTIPLES.get(first) or MULTIPLES.get(first.lower().rstrip(".,"))
    if multiple:
        values, unit, last = [value * multiple for value in values], rest.strip(), last * multiple
    if not all(map(math.isfinite, values)):
        return None
    both = "." in found["mantissa"] and len(values) > 1
    return Quantity(values[0], unit, values[1] if len(values) > 1 else None, both, last)


_BETWEEN_NUMBERS = re.compile(r"\s*(?:;|[,&/]\s+|\b(?:and|or|und|oder|et|ou)\b(?! an?\b))\s*", re.I)
_TWO_WHOLE_NUMBERS = re.compile(r"[1-9]\d*,[1-9]\d?")


def numbers_listed(text: str, language: str = "en", said: Set[str] = frozenset()) -> list[str]:
    """The numbers that a text lists, as in `1, 2` or `0.4 or 0.5`; [] where it is anything else than numbers."""
    parts = [part for part in _BETWEEN_NUMBERS.split(clean(text).strip()) if part]
    return parts if all(read_quantity(part, language, said) for part in parts) else []


def may_be_a_list(text: str, language: str = "en") -> bool:
    """Whether `1,2` is as likely two numbers as one, where decimals stand behind a point."""
    return bool(_TWO_WHOLE_NUMBERS.fullmatch(text.strip())) and re.split(r"[-_]", language.lower())[0] in DECIMAL_POINT


def _last_place(mantissa: str, value: float) -> float:
    """The worth of 1 in the last digit of a mantissa that is read as that value; zeros that end a whole number are rounded."""
    digits = re.sub(r"\D", "", mantissa)
    decimals = len(re.split(r"[.,]", mantissa.rstrip(".,"))[-1]) if re.search(r"[.,]\d", mantissa) else 0
    if decimals and abs(float(digits) / 10**decimals - value) <= 1e-12 * abs(value):
        return 10.0**-decimals
    return 10.0 ** (len(digits) - len(digits.rstrip("0")))


def _readings(mantissa: str, language: str) -> tuple[float, ...]:
    """The values of digits with marks between them: the usual one in the language first; none where the marks make no sense."""
    text = mantissa.rstrip(".,")
    if re.search(r"[ '_]", text):
        if not re.fullmatch(r"[1-9]\d{0,2}(?:[ '_]\d{3})+(?:[.,]\d+)?", text):
            return ()
        return (float(re.sub(r"[ '_]", "", text).replace(",", ".")),)
    marks = re.sub(r"\d", "", text)
    if len(marks) > 1:
        last = marks[-1]
        grouped = rf"[1-9]\d{{0,2}}(?:\{marks[0]}\d{{3}})+"
        if len(set(marks)) == 1 and (re.fullmatch(grouped, text) or re.fullmatch(r"[1-9]\d?(?:,\d{2})+,\d{3}", text)):
            return (float(text.replace(last, "")),)
        if last != marks[0] and re.fullmatch(grouped + rf"\{last}\d+", text):
            return (float(text.replace(marks[0], "").replace(last, ".")),)
        return ()
    decimal = float(text.replace(",", "."))
    if not marks or not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        return (decimal,)
    thousands = float(re.sub(r"[.,]", "", text))
    if re.split(r"[-_]", language.lower())[0] in DECIMAL_POINT:
        return (thousands, decimal) if marks == "," else (decimal,)
    return decimal, thousands


def _with_powers(value: float, found: re.Match[str]) -> float | None:
    """A mantissa's value with the sign, power and fraction that were typed around it; None where it is none."""
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
    return -value if found["sign"] == "-" else value


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
    part = 1 if words[used : used + 1] in (["a"], ["an"]) and words[used - 1] == "and" else 0
    if part and words[used + 1 : used + 2] and words[used + 1] in TENTHS:  # one and a half
        return f"{sign}{number} 1/{TENTHS[words[used + 1]]} " + " ".join(words[used + 2 :])
    if used < len(words) and words[used] in TENTHS and last:
        return f"{sign}{number}/{TENTHS[words[used]]} " + " ".join(words[used + 1 :])
    return f"{sign}{number} " + " ".join(words[used:])
