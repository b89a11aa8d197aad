"""Grades of predicted outputs: held against what a program prints, line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.models import Grade, Item, KnownWrong, Met

MOST_LINES = 200  # of an answer that are looked at
QUOTES = str.maketrans("’‘“”′−", "''\"\"'-")
_AROUND = re.compile(r"\s*([,:;=()\[\]{}])\s*")
_LEAD = re.compile(r"\s*(?:it|this|that|python)(?: will|'ll)? (?:prints?|outputs?|shows?)\b\s*:?\s*", re.I)
_FLOAT = re.compile(r"(?<![\w.])-?\d*\.\d+(?:e[-+]?\d+)?(?![\w.])", re.I)


@dataclass(frozen=True)
class OutputLine:
    """A line of an output beside what was said of it."""

    number: int  # of the line, from 1, as it is printed, empty lines counted; 0 where none is
    printed: str | None  # None where nothing is
    said: str | None
    right: bool


def grade_output(item: Item, answer: str, language: str = "en") -> Grade:
    """The share of lines that are printed as the answer says; lines too many count like wrong ones.

    Empty lines, spaces around signs and at ends, the kind of quotes, and quotes or backticks around a line don't count. All
    else does: `True` is not `true`, and 3 is not 3.0. Where nothing but the digits of a float is wrong (0.5 for 0.50), the
    learner is asked to type it as it is printed.
    """
    lines = compared(item.output, answer)
    if all(line.said is None for line in lines):
        return Grade(0.0, misunderstood="Nothing was typed. Type what it prints, line by line.")
    right = [line for line in lines if line.right]
    wrong = [line for line in lines if not line.right]
    if not wrong:
        return Grade(1.0, tuple(_met(line) for line in right))
    known = known_output(item, answer)
    said = (known.reply or known.misconception) if known else ""
    digits = all(_differ_in_digits(line) for line in wrong) and not known
    asked = f"{_named(wrong)}: the value is right, the digits are not. Type it as it is printed." if digits else ""
    return Grade(
        len(right) / len(lines),
        tuple(_met(line) for line in right),
        tuple(f"line {line.number}: {line.printed.strip()}" for line in wrong if line.printed is not None),
        said or asked or _in_words(wrong),
        misunderstood=asked,
        heard=known.misconception if known else "",
    )


def compared(output: str, answer: str) -> list[OutputLine]:
    """What a program prints beside an answer, line by line, paired so that as few lines as possible are wrong."""
    printed, said = _lines(output), [line for _, line in _lines(answer)[:MOST_LINES]]
    wanted = [_plain(line) for _, line in printed]
    given = [_plain_as(line, wanted) for line in said]
    found = []
    for at, there in _paired(wanted, given):
        number, line = (0, None) if at is None else printed[at]
        right = at is not None and there is not None and wanted[at] == given[there]
        found.append(OutputLine(number, line, None if there is None else said[there], right))
    return found


def _paired(wanted: Sequence[str], given: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """The places of lines that stand beside each other, in order, with None where there is nothing beside one.

    Fewest are unlike; where there are several such ways, lines stand beside each other from the first on.
    """
    fewest = [list(range(len(given), -1, -1))]  # that are unlike from a line of either on, from the last line back
    for line in reversed(wanted):
        below = fewest[-1]
        row = [below[-1] + 1]
        for there in range(len(given) - 1, -1, -1):
            row.append(min(below[there + 1] + (line != given[there]), below[there] + 1, row[-1] + 1))
        fewest.append(row[::-1])
    fewest.reverse()
    pairs: list[tuple[int | None, int | None]] = []
    at = there = 0
    while at < len(wanted) or there < len(given):
        left = fewest[at][there]
        if at < len(wanted) and there < len(given):
            beside = fewest[at + 1][there + 1] + (wanted[at] != given[there]) == left
        else:
            beside = False
        skips = not beside and at < len(wanted) and fewest[at + 1][there] + 1 == left
        pairs.append((at if beside or skips else None, None if skips else there))
        at, there = at + (beside or skips), there + (not skips)
    return pairs


def known_output(item: Item, answer: str) -> KnownWrong | None:
    """The wrong answer of the bank that an answer is."""
    given = [_plain(line) for _, line in _lines(answer)]
    return next((known for known in item.wrong if [_plain(line) for _, line in _lines(known.answer)] == given), None)


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that hold something, with their numbers from 1."""
    lead = _LEAD.match(text)
    lines = (text[lead.end() :] if lead else text).split("\n")
    return [(at, line) for at, line in enumerate(lines, 1) if line.strip() and not line.strip().startswith("```")]


def _plain(line: str) -> str:
    line = _AROUND.sub(r"\1", line.translate(QUOTES).replace('"', "'"))
    return " ".join(line.split())


def _plain_as(line: str, wanted: Sequence[str]) -> str:
    """A line without the quotes or backticks around it, where that is one that is printed."""
    plain = _plain(line)
    bare = plain[1:-1].strip() if len(plain) > 2 and plain[0] == plain[-1] and plain[0] in "'`" else plain
    return bare if bare in wanted and plain not in wanted else plain


def _differ_in_digits(line: OutputLine) -> bool:
    """Whether a line has the same floats as the printed one, with more digits or fewer."""
    if line.printed is None or line.said is None:
        return False
    printed, said = _plain(line.printed), _plain(line.said)
    numbers, given = _FLOAT.findall(printed), _FLOAT.findall(said)
    return _FLOAT.split(printed) == _FLOAT.split(said) and [*map(float, numbers)] == [*map(float, given)]


def _met(line: OutputLine) -> Met:
    return Met(f"line {line.number}: {(line.printed or '').strip()}", (line.said or "").strip())


def _in_words(wrong: Sequence[OutputLine]) -> str:
    """Which lines are wrong, without what is right there."""
    said = []
    if others := [line for line in wrong if line.printed is not None and line.said is not None]:
        said.append(f"{_named(others)} {'is' if len(others) == 1 else 'are'} not what it prints.")
    if any(line.said is None for line in wrong):
        said.append("It prints more lines.")
    if any(line.printed is None for line in wrong):
        said.append("It prints fewer lines.")
    return " ".join(said)


def _named(lines: Sequence[OutputLine]) -> str:
    numbers = [str(line.number) for line in lines]
    return f"Line {numbers[0]}" if len(numbers) == 1 else f"Lines {', '.join(numbers[:-1])} and {numbers[-1]}"
