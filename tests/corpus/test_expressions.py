"""The arithmetic of banks and of typed formulas: what it computes, and what it refuses at once."""

import math
import random

import pytest

from tutor.corpus.bank.templates import fill, templates
from tutor.corpus.expressions import ExpressionError, evaluate, names, show
from tutor.corpus.formulas import equivalent, formula, substitute

HOSTILE = [
    "__import__('os').system('id')",
    "Integer(1).__class__.__mro__[-1].__subclasses__()",
    "exec('1')",
    "getattr(x,'__class__')",
    "x.__init__.__globals__",
    "9**9**9**9",
    "10**10**8",
    "prime(10**8)",
    "oo",
    "1e309",
    "+".join(["1"] * 50_000),
    "２+２",
    "4 # comment",
    "4; import os",
    "4\n5",
    "%s",
    "\\input{/etc/passwd}",
    "1_000",
    "1j",
    "√16",
    "½",
    "3 + 4i",
    "True",
    "(" * 240 + "1" + ")" * 240,
    "-" * 400 + "1",
    "2" * 400 + "**" + "2" * 90,
    "factorial(factorial(170))",
    "comb(10**9, 10**8)",
    "lambda: 1",
    "[1 for x in (1, 2)]",
    "(1, 2)",
    "max(*x)",
    "exec",
    "1 if 1 else 2",
    "a := 1",
    "exp(exp(100))",
    "10.0**400",
    "f'{1}'",
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:30])
def test_hostile_source_is_refused_and_not_computed(source):
    with pytest.raises(ExpressionError):
        evaluate(source, {"x": 1})


@pytest.mark.parametrize("source", [*HOSTILE, "0**0"], ids=lambda source: source[:30])
def test_hostile_answer_is_never_equal_to_a_formula_it_is_not(source):
    try:
        verdict = equivalent(source, "2*x + 1", seed=3)
    except ExpressionError:
        verdict = False
    assert verdict is False


def test_random_arithmetic_either_has_a_value_or_an_expression_error():
    pieces = [
        "1",
        "2.5",
        "9",
        "x",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "(",
        ")",
        ",",
        "<",
        "==",
        "and",
        "not",
        "sqrt(",
        "comb(",
        "log(",
        "round(",
        "max(",
        "factorial(",
        "norm_ppf(",
    ]
    chance = random.Random(7)
    computed = 0
    for _ in range(4000):
        source = " ".join(chance.choice(pieces) for _ in range(chance.randint(1, 9)))
        try:
            value = evaluate(source, {"x": 3})
        except ExpressionError:
            continue
        computed += 1
        assert isinstance(value, (int, float)) and math.isfinite(value)
    assert computed > 50


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("7 // 2 + 7 % 3", 4),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("-a ** 2", -9),
        ("1/3", 1 / 3),
        ("0.1 + b / 1e3", 0.1 + 0.5 / 1000),
        ("sqrt(16) + abs(-2) + min(a, 5, 9) + max(1, 2)", 11),
        ("round(2.567, 2)", 2.57),
        ("round(2.6) + floor(1.9) + ceil(1.1)", 6),
        ("comb(5, 2) * factorial(3)", 60),
        ("log(e) + log2(8) + log10(100) + log(8, 2)", 9),
        ("exp(0) + sin(0) + cos(0) + tan(0) + tanh(0) + atan(0) + erf(0)", 2),
        ("cos(pi)", -1),
        ("norm_cdf(1.96)", 0.9750021),
        ("norm_ppf(0.975)", 1.9599640),
        ("factorial(170) / factorial(169)", 170),
        ("1 ** 999999999999", 1),
    ],
)
def test_arithmetic_has_its_value(source, value):
    assert evaluate(source, {"a": 3, "b": 0.5}) == pytest.approx(value, rel=1e-7)


def test_integers_stay_integers():
    assert isinstance(evaluate("a * 4 - 1", {"a": 3}), int)
    assert evaluate("2**100 + 1", {}) == 2**100 + 1


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a != b", True),
        ("1 < a <= 3", True),
        ("not a == 3", False),
        ("a > 5 or b < 1 and a > 1", True),
        ("b == 0 or a / b > 1", True),
        ("zero == 0 or a / zero > 1", True),
        ("a > 5 and a / zero > 1", False),
    ],
)
def test_conditions_are_true_or_false_and_stop_as_soon_as_they_know(source, value):
    assert evaluate(source, {"a": 3, "b": 0.5, "zero": 0}) is value


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("scal + 1", 'unknown name "scal". Did you mean "scale"?; there are scale, pi, e'),
        ("sqr(2)", 'unknown function "sqr". Did you mean "sqrt"?'),
        ("1 / (scale - scale)", "division by zero"),
        ("0 ** -1", "division by zero"),
        ("sqrt(0 - 1)", "sqrt(-1) is undefined"),
        ("norm_ppf(1)", "norm_ppf(1) is undefined"),
        ("(0 - 8) ** (1/3)", "undefined among real numbers"),
        ("factorial(171)", "whole numbers from 0 to 170"),
        ("factorial(2.5)", "found 2.5"),
        ("comb(3, 0 - 1)", "whole numbers from 0 to 1000, found -1"),
        ("9 ** 9 ** 9", "the power is too large"),
        ("exp(1000)", "too large"),
        ("round(1.5, 99)", "decimal places"),
        ("min(1)", "min takes 2 to 50 arguments, found 1"),
        ("sqrt(1, 2)", "sqrt takes 1 argument, found 2"),
        ("sqrt + 1", "sqrt is a function"),
        ("scale ^ 2", "write ** for a power"),
        ("2 scale", "is not arithmetic"),
        ("(1 + 2", "is not arithmetic"),
        ("(scale > 1) * 2", "a comparison stands where a number is expected"),
        ("not scale", "a number stands where a comparison is expected"),
        ("", "empty"),
        ("1" * 501, "501 characters"),
        (" + ".join(["1"] * 100), "too long or too deeply nested"),
    ],
)
def test_what_cannot_be_computed_is_said_in_words(source, words):
    with pytest.raises(ExpressionError) as refused:
        evaluate(source, {"scale": 2})
    assert words in str(refused.value)


def test_names_are_the_variables_alone():
    assert names("a * sqrt(b) + pi * e ** a") == {"a", "b"}
    assert names("1 + 2") == set()


# ------------------------------------------------------------------------------------------------ templates


def test_templates_are_filled_with_values_and_formats():
    values = {"a": 7, "b": 2}
    assert fill("{{a}} · {{b}} = {{a * b}}", values) == "7 · 2 = 14"
    assert fill("{{a / b}} {{ a / 3 }} {{a / b:.2f}} {{ a*1000 : ,d }}", values) == "3.5 2.33333 3.50 7,000"
    assert fill("{{1/8:.1%}} {{b - a:+d}} {{0 - 0.001:.2f}} {{a / 3:.3g}}", values) == "12.5% -5 0.00 2.33"


def test_templates_live_beside_latex_braces():
    assert fill(r"$\frac{{{a}}}{{{b}}} \cdot x^{{{a + 1}}}$ {x}", {"a": 7, "b": 2}) == r"$\frac{7}{2} \cdot x^{8}$ {x}"


def test_templates_are_listed():
    assert templates("{{a}} and {{ a / b :.2f}}, not {c}") == ["a", "a / b"]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{a:x}}", 'unknown number format ":x"'),
        ("{{a:>9999999}}", "unknown number format"),
        ("{{a > 1}}", "a comparison stands where a number"),
        ("{{a / 2:d}}", "format for whole numbers, found 3.5"),
        ("{{c}}", 'unknown name "c"'),
        ("{{}}", "empty"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(template, words):
    with pytest.raises(ExpressionError) as refused:
        fill(template, {"a": 7})
    assert words in str(refused.value)


def test_a_template_that_is_never_closed_is_refused():
    with pytest.raises(ExpressionError, match='without its "}}"'):
        templates("{{a} is")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (1 / 3, "0.333333"),
        (0.1 + 0.2, "0.3"),
        (123.456789, "123.457"),
        (1234567.5, "1234568"),
        (0.0000123, "0.0000123"),
        (1.5e-7, "1.5e-7"),
        (1e20, "1e20"),
        (10**20, "1" + "0" * 20),
    ],
)
def test_numbers_are_shown_as_people_write_them(value, text):
    assert show(value) == text


# ------------------------------------------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("2x+1", "2*x + 1"),
        ("1 + x·2", "2*x + 1"),
        ("3(x+1)", "3*x + 3"),
        ("x(x+1)", "x**2 + x"),
        ("(x+1)(x−1)", "x**2 - 1"),
        ("x²+2x+1", "(x+1)^2"),
        ("x⁻¹", "1/x"),
        ("√(x+1)", "sqrt(x + 1)"),
        ("√x", "x ** 0.5"),
        ("√2 x", "x * sqrt(2)"),
        ("2ab", "2*a*b"),
        ("ba", "a*b"),
        ("a b", "a*b"),
        ("y = 2x + 1", "2*x + 1"),
        ("f'(x) = 2x", "2*x"),
        ("ln(x)", "log(x)"),
        ("2πr", "2*pi*r"),
        ("π r^2", "pi * r**2"),
        ("p×(1−p)", "p - p**2"),
        ("p÷2", "p/2"),
        ("e^(-x)", "exp(-x)"),
        ("σ(1-σ)", "σ - σ²"),
        ("d_k^0.5", "sqrt(d_k)"),
        ("comb(n,k)", "comb(n, n-k)"),
        ("log(x^2)", "2*log(x)"),
        ("sqrt(x-10) + 1", "1 + sqrt(x - 10)"),
        ("(x+1)^2 - x^2 - 2x - 1", "0"),
        ("２x", "2*x"),
    ],
)
def test_formulas_that_are_the_same_are_equivalent_however_they_are_typed(typed, key):
    assert equivalent(typed, key, seed=1)
    assert equivalent(key, typed, seed=2)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("2x", "2*x + 1"),
        ("2y + 1", "2*x + 1"),
        ("sqrt(x^2)", "x"),
        ("x^30", "x^30 + 1"),
        ("exp(x^3)", "exp(x^3) + 1e-3"),
        ("1e-15 x", "2e-15 x"),
        ("-x^2", "(-x)^2"),
        ("oo", "2*x"),
    ],
)
def test_formulas_that_differ_are_not_equivalent(typed, key):
    assert not equivalent(typed, key, seed=1)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2 3", "is not arithmetic"),
        ("sin x", "sin needs brackets; write sin(…)"),
        ("foo(x)", 'unknown function "foo"'),
        ("x > 1", "found a comparison, expected a formula"),
        ("1/0", "has no value for most numbers"),
        ("log(-x^2)", "has no value for most numbers"),
        ("", "empty"),
        ("x" * 501, "501 characters"),
    ],
)
def test_a_formula_that_is_not_understood_says_why(typed, words):
    with pytest.raises(ExpressionError) as refused:
        equivalent(typed, "x", seed=1)
    assert words in str(refused.value)


def test_a_typed_formula_becomes_an_expression():
    assert evaluate(formula("2x² + √9"), {"x": 2}) == 11


def test_substitution_puts_numbers_for_some_variables_and_leaves_the_rest():
    assert substitute("a*x + b*ab - 2a", {"a": -3, "b": 2}) == "(-3)*x + 2*ab - 2(-3)"
