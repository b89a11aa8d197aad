"""Formulas as learners type them: read as expressions, compared by their values, and filled in with numbers."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Set

from tutor.corpus.expressions import (
    CONSTANTS,
    FUNCTIONS,
    MAX_LENGTH,
    TOKEN,
    ExpressionError,
    Token,
    did_you_mean,
    names,
    number_at,
    show,
    syntax_tree,
    tokens_of,
)

MIN_POINTS = 8  # at which two formulas must both have a value before they are called equal
COUNTING = {"comb", "factorial"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
WRITTEN = str.maketrans(
    {
        **dict.fromkeys("·×⋅∗", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("−–", "-"),
        "^": "**",
        "π": " pi ",
        "≤": "<=",
        "≥": ">=",
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width forms of ASCII
    }
)
LEFT_SIDE = re.compile(r"\s*[^\W\d_]\w*'?\s*(\(\s*\w+\s*\))?\s*=(?!=)")  # "y =", "f'(x) ="


def formula(source: str, known: Set[str] = frozenset()) -> str:
    """A formula as people type it, rewritten as an expression that `evaluate` reads.

    Understood: `^`, superscripts, `2x`, `3(x+1)`, `x y`, · × − ÷ √ π, `ln`, a left side such as `y =`. A word whose
    letters are all in `known` (the variables of the formula it is compared with) is their product: `ab`.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the formula has {len(source):,} characters; at most {MAX_LENGTH} are read")
    source = LEFT_SIDE.sub("", source, count=1)
    source = with_powers(source).translate(WRITTEN)
    source = re.sub(r"√\s*(?:(?=\()|([0-9.]+|[^\W\d_]\w*))", lambda root: f" sqrt({root[1]})" if root[1] else " sqrt", source)
    words = []
    tokens = tokens_of(source)
    for index, (kind, text) in enumerate(tokens):
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if kind == "name":
            text = _word("log" if text == "ln" else text, following, known)
        before = tokens[index - 1] if index else ("operator", "")
        begins_a_factor = kind == "name" or text == "(" or (kind == "number" and before[0] != "number")
        if begins_a_factor and _ends_a_factor(before):
            words.append("*")
        words.append(text)
    return " ".join(words)


def with_powers(source: str) -> str:
    """A formula with `^2` for `²`, which would otherwise be read as the digit where compatibility forms are folded."""

    def power(match: re.Match[str]) -> str:
        digits, following = match[0].translate(SUPERSCRIPTS), source[match.end() : match.end() + 1]
        return f"^{digits}" if digits.isdigit() and not following.isdigit() else f"^({digits})"

    return re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", power, source)


def _ends_a_factor(token: Token) -> bool:
    kind, text = token
    return text == ")" or kind == "number" or (kind == "name" and text not in {*FUNCTIONS, "ln", "and", "or", "not"})


def _word(text: str, following: str, known: Set[str]) -> str:
    """A name of a typed formula: a function, a variable, or a product of one-letter variables."""
    if text in FUNCTIONS and following != "(":
        raise ExpressionError(f"{text} needs brackets; write {text}(…)")
    if text in FUNCTIONS or text in CONSTANTS or text in known or len(text) == 1:
        return text
    if all(letter in known or letter == "e" for letter in text):
        return "( " + " * ".join(text) + " )"
    if following == "(":
        raise ExpressionError(f'unknown function "{text}"{did_you_mean(text, FUNCTIONS)}')
    return text


def equivalent(source_a: str, source_b: str, seed: int, points: int = 24) -> bool:
    """Whether two formulas agree (to 1e-9, relative) at random points of their variables.

    Points where either has no value don't count. Raises ExpressionError where one of them is not a formula, or where too
    few points are left to decide.
    """
    from random import Random

    first, second = formula(source_a), formula(source_b)
    names_a, names_b = names(first), names(second)
    first, second = formula(source_a, names_b), formula(source_b, names_a)
    variables = sorted(names(first) | names(second))
    called = {name for name in FUNCTIONS if re.search(rf"\b{name} \(", f"{first} {second}")}
    random = Random(f"{seed}")
    compared: list[tuple[float, float, dict[str, float]]] = []
    point: dict[str, float]
    for attempt in range(points * 20):
        if called & COUNTING:
            point = {name: random.randint(1, 12) for name in variables}
        else:
            # Small positive values first, where most formulas are defined; then either sign, then far out.
            low, high = ((0.1, 3), (-3, 3), (-40, 40))[0 if attempt % 2 else min(2, 1 + attempt // (points * 2))]
            point = {name: random.uniform(low, high) for name in variables}
        try:
            compared.append((_real(first, point), _real(second, point), point))
        except _Undefined:
            continue
        if len(compared) == points:
            break
    if len(compared) < min(MIN_POINTS, points):
        raise ExpressionError("the formula has no value for most numbers; check roots, logarithms and divisions")
    return all(
        math.isclose(a, b, rel_tol=1e-9)
        # Where sums cancel, what is left may be rounding: small beside the terms, not beside the result.
        or abs(a - b) <= 1e-13 * max(_largest_term(first, point), _largest_term(second, point))
        for a, b, point in compared
    )


class _Undefined(Exception):
    """A formula has no value at a point."""


def _real(source: str, point: Mapping[str, float]) -> float:
    root = syntax_tree(source)
    if isinstance(root, (ast.Compare, ast.BoolOp)):
        raise ExpressionError("found a comparison, expected a formula")
    try:
        return float(number_at(root, point))
    except ExpressionError as error:
        raise _Undefined from error


def _largest_term(source: str, point: Mapping[str, float]) -> float:
    """The largest magnitude that is added or subtracted anywhere in a formula."""
    operations = [node for node in ast.walk(syntax_tree(source)) if isinstance(node, ast.BinOp)]
    sums = [node for node in operations if isinstance(node.op, (ast.Add, ast.Sub))]
    return max((abs(number_at(term, point)) for node in sums for term in (node.left, node.right)), default=0.0)


def substitute(source: str, variables: Mapping[str, float]) -> str:
    """A formula with numbers in the place of some of its variables; the rest stays as it was written."""

    def number(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None or name not in variables:
            return match[0]
        text = show(variables[name])
        return match[0].replace(name, f"({text})" if text.startswith("-") else text)

    return TOKEN.sub(number, source)
