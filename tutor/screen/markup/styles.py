"""Colours and signs of a page."""

from __future__ import annotations

from typing import Protocol

from rich.console import Console
from rich.theme import Theme

# Of the 256 colours that look alike in every terminal, those that have a contrast of 4.5 : 1 on black and on white alike.
ACCENT, DIM, GREEN, RED, PURPLE, MAGENTA = (f"color({number})" for number in (63, 243, 29, 131, 98, 163))

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
SYNTAX = {  # pygments' token type -> style
    "Comment": DIM,
    "Keyword": ACCENT,
    "Literal.String": GREEN,
    "Literal.Number": ACCENT,
    "Name.Builtin": "none",
    "Name.Decorator": MAGENTA,
    "Operator.Word": ACCENT,
    "Error": "none",
}
# Signs by name, for a screen and for plain text, where a screen reader would spell them out.
SIGNS = {"bullet": "•", "quote": "▎ ", "output": "│ ", "details": "▸ ", "rule": "─", "cut": "…", "goes_on": "↪ "}
PLAIN_SIGNS = {"bullet": "-", "quote": "  ", "output": "", "details": "", "rule": "", "cut": "...", "goes_on": ""}


def is_plain(console: Console) -> bool:
    """Whether what is drawn there is plain text, which has words in place of signs; see stdio.is_plain."""
    return not console.is_terminal


class Styled(Protocol):
    """What an element knows of the page that it is on."""

    signs: dict[str, str]
    plain: bool
    plots: int  # that it was asked to draw so far
    whole_blocks: bool  # lines of outputs go on below as those of code do, where they are too long, in place of being cut
