"""The arithmetic of banks and of formulas that learners type: a whitelist over the syntax tree, never `eval`.

A source is first read as tokens (numbers, names, operators, brackets; nothing else exists here: no strings, attributes,
indexes or underscored names), then as a Python syntax tree whose every node must be on the whitelist, then computed by
walking it. Length, nodes, depth, exponents and magnitude are bounded, so that no source takes noticeable time or space.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Mapping
from functools import lru_cache

MAX_LENGTH = 500  # characters of a source
MAX_NODES = 200  # values and operations in it
MAX_DEPTH = 60
MAX_DIGITS = 307  # before the decimal point, of every value on the way: floats end within 309
MAX_FACTORIAL = 170  # 171! is more than a float can hold
MAX_COMB = 1000
MIN_POINTS = 8  # at which two formulas must both have a value before they are called equal

CONSTANTS = {"pi": math.pi, "e": math.e}


class ExpressionError(ValueError):
    """An expression that cannot be read or has no value. The message is for the person who wrote it."""


# ----------------------------------------------------------------------------------------------- functions


def _whole(value, name, largest):
    """`value` as an int within 0..largest, for functions that count."""
    if value != int(value) or not 0 <= value <= largest:
        raise ExpressionError(f"{name} takes whole numbers from 0 to {largest}, found {show(value)}")
    return int(value)


def _comb(n, k):
    return math.comb(_whole(n, "comb", MAX_COMB), _whole(k, "comb", MAX_COMB))


def _factorial(n):
    return math.factorial(_whole(n, "factorial", MAX_FACTORIAL))


def _round(value, digits=0):
    if digits != int(digits) or abs(digits) > 15:
        raise ExpressionError(f"round takes -15 to 15 decimal places, found {show(digits)}")
    return round(value, int(digits)) if digits else round(value)


def _norm_cdf(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def _norm_ppf(probability):
    from statistics import NormalDist  # 10 ms, and few items need it

    return NormalDist().inv_cdf(probability)


# name -> (function, fewest arguments, most arguments)
FUNCTIONS = {
    "sqrt": (math.sqrt, 1, 1),
    "exp": (math.exp, 1, 1),
    "log": (math.log, 1, 2),
    "log2": (math.log2, 1, 1),
    "log10": (math.log10, 1, 1),
    "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1),
    "tan": (math.tan, 1, 1),
    "tanh": (math.tanh, 1, 1),
    "atan": (math.atan, 1, 1),
    "abs": (abs, 1, 1),
    "min": (min, 2, 50),
    "max": (max, 2, 50),
    "round": (_round, 1, 2),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "comb": (_comb, 2, 2),
    "factorial": (_factorial, 1, 1),
    "erf": (math.erf, 1, 1),
    "norm_cdf": (_norm_cdf, 1, 1),
    "norm_ppf": (_norm_ppf, 1, 1),
}
COUNTING = {"comb", "factorial"}


def _power(base, exponent):
    whole = isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1
    # Before it is computed: a tower such as 9**9**9 would never end.
    if whole and exponent * math.log10(abs(base)) > MAX_DIGITS:
        raise ExpressionError("the power is too large")
    power = base**exponent
    if isinstance(power, complex):
        raise ExpressionError(f"{show(base)} to the power {show(exponent)} is undefined among real numbers")
    return power


OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

# ------------------------------------------------------------------------------------------ reading a source

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[^\W\d_][^\W²³¹⁰⁴-⁹]*)"
    r"|(?P<operator>\*\*|//|<=|>=|==|!=|[-+*/%<>(),]))"
)


def _tokens(source):
    """[(kind, text)] of a source, kind being "number", "name" or "operator"."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(source):,} characters; at most {MAX_LENGTH} are read")
    source, tokens, place = source.strip(), [], 0
    while place < len(source):
        match = TOKEN.match(source, place)
        if not match:
            rest = source[place:].strip()[0]
            hint = "; write ** for a power" if rest == "^" else ""
            raise ExpressionError(f'"{_short(source)}" holds "{rest}", which is no part of arithmetic{hint}')
        tokens.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    if not tokens:
        raise ExpressionError("the expression is empty")
    return tokens


@lru_cache(maxsize=1024)
def _tree(source):
    """The syntax tree of a source, every node of it being on the whitelist."""
    tokens = _tokens(source)
    # Joined by spaces, so that what Python reads is what was checked: "2x" or "1if" can't hide in a number.
    plain = " ".join(text for _, text in tokens)
    try:
        root = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f'"{_short(source)}" is not arithmetic; check brackets and operators') from None
    nodes, count = [(root, 1)], 0
    while nodes:
        node, depth = nodes.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise ExpressionError(f'"{_short(source)}" is too long or too deeply nested')
        nodes += [(child, depth + 1) for child in _operands(node, source)]
    return root


def _operands(node, source):
    """The parts of a node that are to be computed. Raises ExpressionError for a node off the whitelist."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return []
    if isinstance(node, ast.Name):
        if node.id in FUNCTIONS:
            raise ExpressionError(f"{node.id} is a function; write {node.id}(…)")
        return []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub, ast.Not)):
        return [node.operand]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return [node.left, node.right]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Compare) and all(type(op) in OPERATORS for op in node.ops):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _arguments(node)
    raise ExpressionError(f'"{_short(source)}" is more than arithmetic; use numbers, variables, operators, functions')


def _arguments(call):
    name = call.func.id
    if name not in FUNCTIONS:
        raise ExpressionError(f'unknown function "{name}"{_did_you_mean(name, FUNCTIONS)}; there are {", ".join(FUNCTIONS)}')
    _, fewest, most = FUNCTIONS[name]
    if not fewest <= len(call.args) <= most:
        expected = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise ExpressionError(f"{name} takes {expected} argument{'s' if expected != '1' else ''}, found {len(call.args)}")
    return call.args


# ------------------------------------------------------------------------------------------------ computing


def evaluate(source: str, variables: Mapping[str, float]) -> float | bool:
    """The value of an expression: an int or float, or a bool for a comparison.

    Integers stay exact integers as long as `/` and functions leave them so. Raises ExpressionError where the source is
    not arithmetic, names something unknown, or has no (finite, real, reasonably small) value.
    """
    return _value(_tree(source), variables)


def names(source: str) -> set[str]:
    """The variables that an expression uses: every name that is neither a function nor a constant."""
    root = _tree(source)
    functions = {id(node.func) for node in ast.walk(root) if isinstance(node, ast.Call)}
    found = {node.id for node in ast.walk(root) if isinstance(node, ast.Name) and id(node) not in functions}
    return found - set(CONSTANTS)


def _value(node, variables):
    if isinstance(node, ast.Constant):
        return _bounded(node.value)
    if isinstance(node, ast.Name):
        return _look_up(node.id, variables)
    if isinstance(node, ast.BoolOp):
        stop = isinstance(node.op, ast.Or)
        # One after the other, so that `b != 0 and a / b > 1` is safe.
        return stop if any(_condition(value, variables) is stop for value in node.values) else not stop
    if isinstance(node, ast.Compare):
        left = _number(node.left, variables)
        for comparison, right_node in zip(node.ops, node.comparators, strict=True):
            right = _number(right_node, variables)
            if not OPERATORS[type(comparison)](left, right):
                return False
            left = right
        return True
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            return not _condition(node.operand, variables)
        return OPERATORS[type(node.op)](_number(node.operand, variables))
    if isinstance(node, ast.BinOp):
        function, arguments = OPERATORS[type(node.op)], (node.left, node.right)
    else:
        function, arguments = FUNCTIONS[node.func.id][0], node.args
    values = [_number(argument, variables) for argument in arguments]
    try:
        return _bounded(function(*values))
    except ExpressionError:
        raise
    except ZeroDivisionError:
        raise ExpressionError("division by zero") from None
    except OverflowError:
        raise ExpressionError("a value on the way is too large") from None
    except ValueError:  # of math and statistics alike: outside the function's domain
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        shown = f"{name}({', '.join(map(show, values))})" if name else "it"
        raise ExpressionError(f"{shown} is undefined") from None


def _number(node, variables):
    value = _value(node, variables)
    if isinstance(value, bool):
        raise ExpressionError("a comparison stands where a number is expected")
    return value


def _condition(node, variables):
    value = _value(node, variables)
    if not isinstance(value, bool):
        raise ExpressionError("a number stands where a comparison is expected")
    return value


def _look_up(name, variables):
    if name in variables:
        return variables[name]
    if name in CONSTANTS:
        return CONSTANTS[name]
    known = [*variables, *CONSTANTS]
    raise ExpressionError(f'unknown name "{name}"{_did_you_mean(name, [*known, *FUNCTIONS])}; there are {", ".join(known)}')


def _bounded(value):
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("a value on the way is too large")
    if abs(value) >= 10**MAX_DIGITS:
        raise ExpressionError("a value on the way is too large")
    return value


def _did_you_mean(word, candidates):
    from utils.text import nearest

    near = nearest(word, candidates)
    return f'. Did you mean "{near}"?' if near else ""


def _short(text, length=60):
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


# ------------------------------------------------------------------------------------------------ templates

TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")  # in x^{{{a}}} the inner two braces on each side are the template's
FORMAT = re.compile(r"\+?0?[0-9]{0,2},?(\.[0-9]{1,2})?[defg%]?")


def templates(template: str) -> list[str]:
    """The expressions of the `{{expression}}` and `{{expression:format}}` in a text.

    Raises ExpressionError for one that is never closed or has a format that numbers don't have.
    """
    if "{{" in TEMPLATE.sub("", template):
        raise ExpressionError('found "{{" without its "}}"')
    return [_split_template(content)[0] for content in TEMPLATE.findall(template)]


def fill(template: str, variables: Mapping[str, float]) -> str:
    """A text with its `{{expression}}` and `{{expression:format}}` replaced by values, see `show`."""

    def value(match):
        expression, form = _split_template(match[1])
        return show(evaluate(expression, variables), form)

    return TEMPLATE.sub(value, template)


def _split_template(content):
    expression, _, form = (part.strip() for part in content.partition(":"))
    if not FORMAT.fullmatch(form):
        raise ExpressionError(f'unknown number format ":{form}"; write one like :.2f, :,d, :.3g, :.0% or :+d')
    return expression, form


def show(value: float, form: str = "") -> str:
    """A number as people write it: integers in full, others with up to six significant digits; or as `form` says."""
    if isinstance(value, bool):
        raise ExpressionError("a comparison stands where a number is expected")
    if form:
        if form.endswith("d"):
            if value != int(value):
                raise ExpressionError(f'"{form}" is a format for whole numbers, found {show(value)}')
            value = int(value)
        text = format(value, form)
        return text.replace("-", "", 1) if not re.search("[1-9]", text) else text  # -0.00 is 0.00
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return str(int(value))
    exponent = math.floor(math.log10(abs(value)))
    if -5 <= exponent < 15:
        text = f"{value:.{max(0, 5 - exponent)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, power = f"{value:.5e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"


# ----------------------------------------------------------------------------------- formulas that are typed

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


def formula(source: str, known: set[str] | frozenset[str] = frozenset()) -> str:
    """A formula as people type it, rewritten as an expression that `evaluate` reads.

    Understood: `^`, superscripts, `2x`, `3(x+1)`, `x y`, · × − ÷ √ π, `ln`, a left side such as `y =`. A word whose
    letters are all in `known` (the variables of the formula it is compared with) is their product: `ab`.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the formula has {len(source):,} characters; at most {MAX_LENGTH} are read")
    source = LEFT_SIDE.sub("", source, count=1)
    source = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda power: f"**({power[0].translate(SUPERSCRIPTS)})", source)
    source = source.translate(WRITTEN)
    source = re.sub(r"√\s*(?:(?=\()|([0-9.]+|[^\W\d_]\w*))", lambda root: f" sqrt({root[1]})" if root[1] else " sqrt", source)
    words = []
    tokens = _tokens(source)
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


def _ends_a_factor(token):
    kind, text = token
    return text == ")" or kind == "number" or (kind == "name" and text not in {*FUNCTIONS, "ln", "and", "or", "not"})


def _word(text, following, known):
    """A name of a typed formula: a function, a variable, or a product of one-letter variables."""
    if text in FUNCTIONS and following != "(":
        raise ExpressionError(f"{text} needs brackets; write {text}(…)")
    if text in FUNCTIONS or text in CONSTANTS or text in known or len(text) == 1:
        return text
    if all(letter in known or letter == "e" for letter in text):
        return "( " + " * ".join(text) + " )"
    if following == "(":
        raise ExpressionError(f'unknown function "{text}"{_did_you_mean(text, FUNCTIONS)}')
    return text


def equivalent(source_a: str, source_b: str, seed: int, points: int = 24) -> bool:
    """Do two formulas agree (to 1e-9, relative) at random points of their variables?

    Points where either has no value don't count. Raises ExpressionError where one of them is no formula, or too few
    points are left to tell.
    """
    from random import Random

    first, second = formula(source_a), formula(source_b)
    names_a, names_b = names(first), names(second)
    first, second = formula(source_a, names_b), formula(source_b, names_a)
    variables = sorted(names(first) | names(second))
    called = {name for name in FUNCTIONS if re.search(rf"\b{name} \(", f"{first} {second}")}
    random, compared = Random(f"{seed}"), []
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


def _real(source, point):
    root = _tree(source)
    if isinstance(root, (ast.Compare, ast.BoolOp)):
        raise ExpressionError("found a comparison, expected a formula")
    try:
        return float(_number(root, point))
    except ExpressionError as error:
        raise _Undefined from error


def _largest_term(source, point):
    """The largest magnitude that is added or subtracted anywhere in a formula."""
    sums = [node for node in ast.walk(_tree(source)) if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))]
    return max((abs(_number(term, point)) for node in sums for term in (node.left, node.right)), default=0.0)


def substitute(source: str, variables: Mapping[str, float]) -> str:
    """A formula with numbers in the place of some of its variables; the other text of it stays as it was written."""

    def number(match):
        name = match["name"]
        if name is None or name not in variables:
            return match[0]
        text = show(variables[name])
        return match[0].replace(name, f"({text})" if text.startswith("-") else text)

    return TOKEN.sub(number, source)
