"""Colours and signs of a page."""

from __future__ import annotations

from typing import Protocol

from rich.theme import Theme

ACCENT, DIM = "cyan", "bright_black"

THEME = Theme(
    {
        "markdown.paragraph": "none",
        "markdown.h1": f"bold {ACCENT}",
        "markdown.h2": f"bold {ACCENT}",
        "markdown.h3": f"bold {ACCENT}",
        **dict.fromkeys(("markdown.h4", "markdown.h5", "markdown.h6"), "bold"),
        "markdown.code": ACCENT,
        "markdown.em": "italic",
        "markdown.strong": "bold",
        "markdown.s": "strike",
        "markdown.url": DIM,
        "markdown.table.header": "bold",
    }
)
SYNTAX = {  # pygments' token type -> style, in the terminal's own colours
    "Comment": DIM,
    "Keyword": "blue",
    "Literal.String": "green",
    "Literal.Number": ACCENT,
    "Name.Builtin": "none",
    "Name.Decorator": "magenta",
    "Operator.Word": "blue",
    "Error": "none",
}
# Signs by name, for a screen and for plain output.
SIGNS = {"bullet": "•", "quote": "▎ ", "output": "│ ", "details": "▸ ", "rule": "─", "cut": "…"}
PLAIN_SIGNS = {"bullet": "-", "quote": "> ", "output": "| ", "details": "+ ", "rule": "-", "cut": "..."}


class Styled(Protocol):
    """What an element knows of the page that it is on."""

    signs: dict[str, str]
    plain: bool
