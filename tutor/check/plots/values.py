"""The value of a `python plot` block as the plot that has to stand below it."""

from __future__ import annotations

import json
from typing import Any

from tutor.corpus.bank.fields import in_words
from tutor.corpus.plots import compute, read_plot
from tutor.corpus.plots.writing import as_yaml
from utils import strict_yaml
from utils.errors import InvalidFile


def plot_of_value(document: str) -> tuple[str, str]:
    """(the YAML of a plot, what is wrong with it) of a value that the sandbox gave as JSON; one of them is ""."""
    value = json.loads(document)
    if not isinstance(value, dict):
        last = "nothing" if value is None else in_words(value)
        return "", f'its last line gives {last}, expected a dict that says what to draw, such as {{"bars": {{"a": 1}}}}'
    text = as_yaml(value)
    try:
        compute(read_plot(text), strict=True)
    except InvalidFile as error:
        return "", f"its value can't be drawn: {error.message}"
    return text, ""


def in_one_form(text: str) -> str:
    """A plot as it would be written by us, however its author wrote it; as it stands where it is no YAML."""
    try:
        value: Any = strict_yaml.load(text, "")
    except InvalidFile:
        return text
    return as_yaml(value) if isinstance(value, dict) else text
