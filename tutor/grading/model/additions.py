"""What a model's explanation adds to its lesson: numbers, names and formulas that the lesson doesn't hold.

A number that a lesson doesn't hold is all right where the explanation computes it from those that it does, and computes it right.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tutor.corpus.expressions import ExpressionError, evaluate, tokens_of
from tutor.grading.lexicon import NUMBER_WORDS
from tutor.grading.model.support import words_of

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)|`([^`\n]+)`", re.S)
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]*\w")  # within a sentence, in a language that writes its nouns small
NUMBER = re.compile(r"(?<![\w.])(?<![A-Za-z]-)\d+(?:[.,]\d+)*")
LIST_NUMBER = re.compile(r"^[ \t]*\d+[.)][ \t]", re.M)
PLAIN = (  # LaTeX and signs as tutor.corpus.expressions reads them
    (re.compile(r"(?<=\d)(?:\{,\}|\\,|[\u2009\u202f\xa0])(?=\d{3})"), ","),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"\\sqrt\s*\{([^{}]*)\}|√\s*\(([^()]*)\)|√\s*(\d+(?:\.\d+)?)"), r"sqrt(\1\2\3)"),
    (re.compile(r"\^\{([^{}]*)\}"), r"**(\1)"),
    (re.compile(r"\^"), "**"),
    (re.compile("²"), "**2"),
    (re.compile("³"), "**3"),
    (re.compile(r"\\(?:times|cdot)|[×·⋅]"), "*"),
    (re.compile(r"\\div|÷"), "/"),
    (re.compile("[−–]"), "-"),
    (re.compile(r"\\approx|≈|≃"), "="),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\[,;:! ]|[${}]|\\(?:left|right)"), " "),
)
# What follows a sign of equality, where it is a number and no more, but for a percent sign, or a letter that may be a unit.
RESULT = re.compile(r"\s*(?:about\s+)?(\d+(?:[.,]\d+)*)(?![.,]?\d)(?:\s*(%))?(?!\w|\s*[(\\]|\s*[-+*/]+\s*[\d(\\])(\s[A-Za-z]\b)?")
BEGINS = re.compile(r"(?:^|[.;:,]\s|[^\W\d_]{2,}\s)\s*$")  # what stands before a computation that is whole
OPERATORS = ("+", "-", "*", "/", "**")
INEXACT = 0.005  # the share by which a computation with rounded numbers may be off
LONGEST = 200  # characters of a computation
TELLING = 3  # digits of a rounded number that tell where it comes from
COUNTING = {0.0, 1.0, 2.0}  # that nobody takes for a fact
FROM_ONE = (  # what may be said of a number without showing how
    math.sqrt, lambda n: n * n, lambda n: 2 * n, lambda n: n / 2, lambda n: 100 * n, lambda n: n / 100, lambda n: 1 - n,
    lambda n: 100 - n, lambda n: 1 / n,
)  # fmt: skip


@dataclass(frozen=True)
class Additions:
    """What an explanation says beyond its lesson, as it is written there."""

    foreign: tuple[str, ...]  # numbers, names and formulas
    wrong: tuple[str, ...]  # computations that don't come out


def additions_of(said: str, lesson: str, language: str = "en") -> Additions:
    """What a model said that a lesson's text does not hold. language: of what was said."""
    numbers = {_read(found[0])[0] for found in NUMBER.finditer(_plain(lesson))}
    numbers |= {float(NUMBER_WORDS[word]) for word in words_of(lesson) & NUMBER_WORDS.keys()}
    text = LIST_NUMBER.sub("", said)
    computed, wrong = _computed(_plain(text), numbers)
    numbers |= computed
    named = {computation.rpartition(" = ")[2] for computation in wrong}
    foreign = [
        *(found[0] for found in NUMBER.finditer(_plain(text)) if found[0] not in named and not _is_held(found[0], numbers)),
        *(_names(FORMULA.sub(" ", text), lesson) if not language.startswith("de") else ()),
        *_formulas(text, lesson),
    ]
    return Additions(tuple(dict.fromkeys(foreign)), tuple(dict.fromkeys(wrong)))


def _plain(text: str) -> str:
    for pattern, plain in PLAIN:
        text = pattern.sub(plain, text)
    return text


def _read(number: str) -> tuple[float, int]:
    """(value, decimals) of a number as it is written: 1,000 is a thousand, 3,14 a little more than three."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number):
        number = number.replace(",", "")
    whole, *rest = re.split("[.,]", number)
    decimals = "".join(rest)
    return float(f"{whole}.{decimals or 0}"), len(decimals)


def _is_held(number: str, numbers: set[float]) -> bool:
    """Whether a number is one of these, rounded, or follows from one of them in one step."""
    value, decimals = _read(number)
    if value in COUNTING or any(_rounds_to(one, value, decimals) for one in numbers):
        return True
    telling = len(re.sub(r"\D", "", number).strip("0")) >= TELLING  # nearly any number comes near to one with fewer digits
    return any(math.isclose(found, value) or (telling and _rounds_to(found, value, decimals)) for found in _steps_from(numbers))


def _steps_from(numbers: set[float]) -> Iterator[float]:
    for number in numbers:
        for step in FROM_ONE:
            try:
                yield step(number)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue


def _rounds_to(exact: float, value: float, decimals: int) -> bool:
    """Whether a value with so many decimals is an exact one, rounded; without decimals it must be that number."""
    return math.isclose(exact, value) or (decimals > 0 and abs(exact - value) <= 0.5001 * 10.0**-decimals)


def _computed(text: str, numbers: set[float]) -> tuple[set[float], list[str]]:
    """(the numbers that a text computes from these and from each other, the computations that don't come out)."""
    found: set[float] = set()
    wrong: list[str] = []
    parts = text.split("=")
    for left, right in pairwise(parts):
        result = RESULT.match(right)
        before, source = _arithmetic_at_the_end(left)
        if not result or not source or not all(_is_held(one[0], numbers | found) for one in NUMBER.finditer(source)):
            continue
        value = abs(float(evaluate(source, {}))) * (100 if result[2] else 1)
        said, decimals = _read(result[1])
        if abs(value - said) <= max(0.5001 * 10.0**-decimals, INEXACT * value):
            found.add(said)
        elif BEGINS.search(before) and not result[3]:
            wrong.append(f"{source} = {result[1]}")
    return found, wrong


def _arithmetic_at_the_end(text: str) -> tuple[str, str]:
    """(what stands before it, the longest end of a text that can be computed and is more than a number), ("", "") without one."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text[-LONGEST:])
    for start in sorted({found.start() for found in re.finditer(r"(?<!\S)\S|[(]", text)}):
        source = text[start:].strip()
        try:
            if not any(kind == "name" or sign in OPERATORS for kind, sign in tokens_of(source)):
                break
            evaluate(source, {})
        except ExpressionError:
            continue
        return text[:start], source
    return "", ""


def _names(text: str, lesson: str) -> Iterator[str]:
    held = words_of(lesson)
    for found in NAME.finditer(text):
        name = re.sub(r"[’']s$", "", found[0])
        if name != "I" and not name.startswith(("I’", "I'")) and not words_of(name) <= held:
            yield name


def _formulas(text: str, lesson: str) -> Iterator[str]:
    """The formulas and the code that have a name in them which the lesson has not."""
    held = {word.casefold() for word in re.findall(r"[^\W\d_]+", lesson)}
    letters = set("".join(re.findall(r"[^\W\d_]", "".join(map(_symbols, _written(lesson))))))
    for formula in _written(text):
        names = re.findall(r"[^\W\d_]+", _symbols(formula))
        if any(
            name.casefold() not in held and not set(name) <= letters for name in names if len(name) > 1 or name not in letters
        ):
            yield formula


def _written(text: str) -> list[str]:
    return [next(filter(None, found)).strip() for found in FORMULA.findall(text)]


def _symbols(formula: str) -> str:
    """A formula without LaTeX's commands."""
    return re.sub(r"\\[A-Za-z]+", " ", formula)
