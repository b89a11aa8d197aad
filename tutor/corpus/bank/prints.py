"""What an item is known by when its name changes: a digest of what it asks and answers; and how near two items are. Pure.

A print has two halves, of what an item asks and of what answers it, so that it tells which of the two was edited. Neither holds
the item's id, its lesson, or how an answer is explained, hinted at and graded.
"""

from __future__ import annotations

import re

from tutor.models import Item

NEAR = 0.5  # the share of their words that two wordings of a question have in common, at least


def print_of(item: Item) -> str:
    """The item's print: 16 hexadecimal digits."""
    return _digest(asked(item)) + _digest(answered(item))


def asked(item: Item) -> str:
    """What the item asks, as text: its question, the options in any order, what it draws."""
    drawn = [f"{variable.name} {' '.join(map(repr, variable.values))}" for variable in item.variables]
    code = [*filter(None, [item.code, item.starter]), *(text for change in item.changes for text in change)]
    lines = [asked(line.item) for line in item.lines]
    options = sorted(option.text for option in item.options)
    return "\n".join([item.kind, item.question, *options, *code, *lines, *drawn, item.where])


def answered(item: Item) -> str:
    """What answers the item, as text; of free text the points, or where there are none what it refers to."""
    if _is_free_text(item):
        return "\n".join([point.text for point in item.rubric] or item.references[:1])
    number = [] if item.answer is None else [repr(item.answer)]
    right = sorted(option.text for option in item.options if option.right)
    blanks = [blank.accepted[0] for blank in item.blanks]
    printed = [item.output, *(output for _, output in item.outputs)]
    printed += [f"{test.call} {test.expected}{test.raises}{test.prints}" for test in item.tests]
    said = [*right, *number, item.answer_expression, item.expression, item.unit, *blanks, *item.steps, *printed]
    said += [text for line in item.lines for text in (answered(line.item), *map(" ".join, line.when))]
    return "\n".join(filter(None, said))


def is_same_question(item: Item, earlier_asked: str, earlier_answer: str) -> bool:
    """Whether an item still asks what it asked before: in about the same words, and with the same answer.

    The points of a free-text item may have been reworded, and others may have been added.
    """
    if likeness(asked(item), earlier_asked) < NEAR:
        return False
    if _is_free_text(item):
        return likeness(answered(item), earlier_answer, within=True) >= NEAR
    return _plain(answered(item)) == _plain(earlier_answer)


def _is_free_text(item: Item) -> bool:
    return bool(item.rubric or item.references) and not item.expression


def likeness(one: str, other: str, within: bool = False) -> float:
    """The share of the words of two texts, 0..1, that both have; within: of the words of the shorter one."""
    words, others = _words(one), _words(other)
    whole = min(len(words), len(others)) if within else len(words | others)
    return len(words & others) / whole if whole else float(one == other)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _plain(text: str) -> list[str]:
    """Its words and signs, without case and spaces."""
    return re.findall(r"\w+|[^\w\s]", text.casefold())


def _digest(text: str) -> str:
    from hashlib import blake2b

    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
