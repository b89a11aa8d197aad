"""The arithmetic of banks and of formulas that learners type: a whitelist over the syntax tree, never `eval`.

A source is first read as tokens (numbers, names, operators, brackets; nothing else exists here: no strings, attributes,
indexes or underscored names), then as a Python syntax tree whose every node must be on the whitelist, then computed from
there. Length, nodes, depth, exponents and magnitude are bounded, so that no source takes noticeable time or space.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

MAX_LENGTH = 500  # characters of a source
MAX_NODES = 200  # values and operations in it
MAX_DEPTH = 60
MAX_DIGITS = 307  # before the decimal point, of every intermediate value: floats end within 309
MAX_FACTORIAL = 170  # 171! is more than a float can hold
MAX_COMB = 1000
LARGEST = 10.0**MAX_DIGITS
Token = tuple[str, str]  # kind ("number", "name" or "operator"), text
Steps = Callable[[Mapping[str, float]], float | bool]  # variables -> value

CONSTANTS = {"pi": math.pi, "e": math.e}


class ExpressionError(ValueError):
    """An expression that cannot be read or has no value. The message is for the person who wrote it."""


# ----------------------------------------------------------------------------------------------- functions


def _whole(value: float, name: str, largest: int) -> int:
    """`value` as an integer from 0 to `largest`, for functions that count."""
    if value != int(value) or not 0 <= value <= largest:
        raise ExpressionError(f"{name} takes whole numbers from 0 to {largest}, found {show(value)}")
    return int(value)


def _comb(n: float, k: float) -> int:
    return math.comb(_whole(n, "comb", MAX_COMB), _whole(k, "comb", MAX_COMB))


def _factorial(n: float) -> int:
    return math.factorial(_whole(n, "factorial", MAX_FACTORIAL))


def _round(value: float, digits: float = 0) -> float:
    if digits != int(digits) or abs(digits) > 15:
        raise ExpressionError(f"round takes -15 to 15 decimal places, found {show(digits)}")
    return round(value, int(digits)) if digits else round(value)


def _norm_cdf(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def _norm_ppf(probability: float) -> float:
    from statistics import NormalDist  # 10 ms, and few items need it

    return NormalDist().inv_cdf(probability)


# name -> (function, fewest arguments, most arguments)
FUNCTIONS: dict[str, tuple[Callable[..., float], int, int]] = {
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


def _power(base: float, exponent: float) -> float:
    whole = isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1
    # Before it is computed: a tower such as 9**9**9 would never end.
    if whole and exponent * math.log10(abs(base)) > MAX_DIGITS:
        raise ExpressionError("the power is too large")
    power = base**exponent
    if isinstance(power, complex):
        raise ExpressionError(f"{show(base)} to the power {show(exponent)} is undefined among real numbers")
    return power


OPERATORS: dict[type, Callable[..., float]] = {
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


def tokens_of(source: str) -> list[Token]:
    """The tokens of a source. Raises ExpressionError for anything that is not a number, name or operator."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(source):,} characters; at most {MAX_LENGTH} are read")
    tokens: list[Token] = []
    source, place = source.strip(), 0
    while place < len(source):
        match = TOKEN.match(source, place)
        if not match:
            rest = source[place:].strip()[0]
            hint = "; write ** for a power" if rest == "^" else ""
            raise ExpressionError(f'"{_short(source)}" holds "{rest}", which is not part of arithmetic{hint}')
        kind = match.lastgroup or ""  # one of the three always matches
        tokens.append((kind, match[kind]))
        place = match.end()
    if not tokens:
        raise ExpressionError("the expression is empty")
    return tokens


@lru_cache(maxsize=1024)
def syntax_tree(source: str) -> ast.expr:
    """The syntax tree of a source; every node of it is on the whitelist."""
    tokens = tokens_of(source)
    # Joined by spaces, so that Python reads what was checked: "2x" or "1if" can't hide in a number.
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


def _operands(node: ast.expr, source: str) -> list[ast.expr]:
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
        return _arguments(node, node.func.id)
    raise ExpressionError(f'"{_short(source)}" is more than arithmetic; use numbers, variables, operators, functions')


def _arguments(call: ast.Call, name: str) -> list[ast.expr]:
    if name not in FUNCTIONS:
        raise ExpressionError(f'unknown function "{name}"{did_you_mean(name, FUNCTIONS)}; there are {", ".join(FUNCTIONS)}')
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
    return compiled(source)(variables)


def compiled(source: str) -> Steps:
    """A function of the variables that does as `evaluate`, for an expression that is computed many times."""
    return _steps_of(syntax_tree(source))


def names(source: str) -> set[str]:
    """The variables that an expression uses: every name that is neither a function nor a constant."""
    root = syntax_tree(source)
    functions = {id(node.func) for node in ast.walk(root) if isinstance(node, ast.Call)}
    found = {node.id for node in ast.walk(root) if isinstance(node, ast.Name) and id(node) not in functions}
    return found - set(CONSTANTS)


def number_at(node: ast.expr, variables: Mapping[str, float]) -> float:
    """The value of a node of a syntax tree, which has to be a number. Raises ExpressionError as `evaluate` does."""
    return _number(_steps_of(node)(variables))


@lru_cache(maxsize=4096)
def _steps_of(node: ast.expr) -> Steps:
    """A node as nested functions: a plot computes the same expression some hundred times, and walking its tree is slow."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        name = node.id
        return lambda variables: _look_up(name, variables)
    if isinstance(node, ast.BoolOp):
        stop, parts = isinstance(node.op, ast.Or), [_steps_of(value) for value in node.values]
        # One after the other, so that `b != 0 and a / b > 1` is safe.
        return lambda variables: stop if any(_condition(part(variables)) is stop for part in parts) else not stop
    if isinstance(node, ast.Compare):
        return _comparison(node)
    if isinstance(node, ast.UnaryOp):
        operand = _steps_of(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda variables: not _condition(operand(variables))
        sign = OPERATORS[type(node.op)]
        return lambda variables: sign(_number(operand(variables)))
    if isinstance(node, ast.BinOp):
        return _operation(OPERATORS[type(node.op)], [node.left, node.right], "")
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)  # syntax_tree lets nothing else through
    return _operation(FUNCTIONS[node.func.id][0], node.args, node.func.id)


def _constant(value: float) -> Steps:
    return lambda variables: _bounded(value)


def _comparison(node: ast.Compare) -> Steps:
    first = _steps_of(node.left)
    rest = [(OPERATORS[type(op)], _steps_of(right)) for op, right in zip(node.ops, node.comparators, strict=True)]

    def compare(variables: Mapping[str, float]) -> bool:
        left = _number(first(variables))
        for holds, side in rest:
            right = _number(side(variables))
            if not holds(left, right):
                return False
            left = right
        return True

    return compare


def _operation(function: Callable[..., float], operands: Iterable[ast.expr], name: str) -> Steps:
    """name: of the function, "" for an operator."""
    parts = [_steps_of(operand) for operand in operands]

    def compute(variables: Mapping[str, float]) -> float:
        values = [part(variables) for part in parts]
        for value in values:
            if value is True or value is False:
                _number(value)
        try:
            return _bounded(function(*values))
        except ExpressionError:
            raise
        except ZeroDivisionError:
            raise ExpressionError("division by zero") from None
        except OverflowError:
            raise ExpressionError("an intermediate value is too large") from None
        except ValueError:  # of math and statistics alike: outside the function's domain
            shown = f"{name}({', '.join(map(show, values))})" if name else "it"
            raise ExpressionError(f"{shown} is undefined") from None

    return compute


def _number(value: float | bool) -> float:
    if isinstance(value, bool):
        raise ExpressionError("a comparison stands where a number is expected")
    return value


def _condition(value: float | bool) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError("a number stands where a comparison is expected")
    return value


def _look_up(name: str, variables: Mapping[str, float]) -> float:
    if name in variables:
        return variables[name]
    if name in CONSTANTS:
        return CONSTANTS[name]
    known = [*variables, *CONSTANTS]
    raise ExpressionError(f'unknown name "{name}"{did_you_mean(name, [*known, *FUNCTIONS])}; there are {", ".join(known)}')


def _bounded(value: float) -> float:
    if not -LARGEST < value < LARGEST:  # nor where it is no number
        raise ExpressionError("an intermediate value is too large")
    return value


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    from utils.text import nearest

    near = nearest(word, candidates)
    return f'. Did you mean "{near}"?' if near else ""


def _short(text: str, length: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


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
