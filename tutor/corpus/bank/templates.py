"""Templates: `{{expression}}` and `{{expression:format}}` in the texts of a parametric item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tutor.corpus.expressions import ExpressionError, evaluate, show
from tutor.corpus.formulas import substitute

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

    def value(match: re.Match[str]) -> str:
        expression, form = _split_template(match[1])
        return show(evaluate(expression, variables), form)

    return TEMPLATE.sub(value, template)


def _split_template(content: str) -> tuple[str, str]:
    expression, _, form = (part.strip() for part in content.partition(":"))
    if not FORMAT.fullmatch(form):
        raise ExpressionError(f'unknown number format ":{form}"; write one like :.2f, :,d, :.3g, :.0% or :+d')
    return expression, form


@dataclass(frozen=True)
class DrawnValues:
    """The values drawn for an item's variables, to be filled into its fields. Each method raises ExpressionError."""

    by_name: Mapping[str, float]

    def text(self, template: str) -> str:
        return fill(template, self.by_name)

    def texts(self, templates: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.text(template) for template in templates)

    def number(self, expression: str) -> float:
        return evaluate(expression, self.by_name)

    def formula(self, template: str) -> str:
        """A formula with its variables replaced, too."""
        return substitute(self.text(template), self.by_name)


def values_in_words(values: Mapping[str, float]) -> str:
    """The values of a draw as a bank names their output: `n=3, m=2`."""
    return ", ".join(f"{name}={show(value)}" for name, value in values.items())
