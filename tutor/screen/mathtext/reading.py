r"""LaTeX to tokens: pylatexenc's nodes, and each character of running text on its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tutor.screen.mathtext.symbols import ACCENTS, BINOMIALS, FONTS, FRACTIONS, GRIDS, TEXTS, UPRIGHT

MAX_SOURCE = 2000  # characters; a longer formula is shown as its source
MAX_DEPTH = 24  # nested braces and environments

Node = Any  # of pylatexenc, which has no types
Tokens = list[Any]  # each a str of one character (and its combining marks), or a Node


class Unreadable(Exception):
    """We can't read the source as a formula; it is shown as it stands."""


@lru_cache(maxsize=1)
def _context() -> Any:
    """What pylatexenc has to know: how many arguments each macro takes. `^`, `_` and `&` stay tokens, which we read."""
    from pylatexenc import macrospec

    arguments = {
        **dict.fromkeys((*ACCENTS, *FONTS, *UPRIGHT, *TEXTS, "left", "right", "not", "boxed", "phantom"), "{"),
        **dict.fromkeys((*FRACTIONS, *BINOMIALS, "overset", "underset"), "{{"),
        **dict.fromkeys(("underbrace", "overbrace", "tag", "pmod"), "{"),
        "operatorname": "*{",
        "sqrt": "[{",
        "\\": "[",
    }
    context = macrospec.LatexContextDb()
    context.add_context_category(
        "formulas",
        macros=[macrospec.MacroSpec(name, spec) for name, spec in arguments.items()],
        environments=[macrospec.EnvironmentSpec(name, "{" if name == "array" else "") for name in GRIDS],
        specials=[macrospec.SpecialsSpec(char) for char in "^_&"],
    )
    context.set_unknown_macro_spec(macrospec.MacroSpec(""))
    context.set_unknown_environment_spec(macrospec.EnvironmentSpec(""))
    return context


_BARE_ARGUMENT = re.compile(  # \hat\mathbf{x}, which people write for \hat{\mathbf{x}}
    rf"(\\(?:{'|'.join(ACCENTS)}))\s*(\\(?:{'|'.join((*FONTS, *UPRIGHT, *TEXTS))})\s*\{{[^{{}}]*\}})"
)


def parse(source: str) -> Tokens:
    """pylatexenc's nodes, with every character of running text on its own, as a str."""
    if len(source) > MAX_SOURCE or _depth(source) > MAX_DEPTH:
        raise Unreadable
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    source = _BARE_ARGUMENT.sub(r"\1{\2}", source)
    try:
        walker = LatexWalker(source, latex_context=_context(), tolerant_parsing=False)
        nodes, _, length = walker.get_latex_nodes(parsing_state=walker.make_parsing_state(in_math_mode=True))
    except (LatexWalkerError, ValueError, IndexError, RecursionError) as error:
        raise Unreadable from error
    if length < len(source):
        raise Unreadable
    return tokens_of(nodes)


def _depth(source: str) -> int:
    """How deep the braces and environments of `source` nest."""
    depth = deepest = 0
    for step in re.findall(r"\\begin|\\end|\\.|[{}]", source):
        depth += {"{": 1, "\\begin": 1, "}": -1, "\\end": -1}.get(step, 0)
        deepest = max(deepest, depth)
    return deepest


def tokens_of(nodes: Iterable[Node]) -> Tokens:
    from pylatexenc.latexwalker import LatexCharsNode, LatexSpecialsNode

    tokens: Tokens = []
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            for char in node.chars:
                if unicodedata.combining(char) and tokens and isinstance(tokens[-1], str):
                    tokens[-1] += char
                elif not char.isspace():
                    tokens.append(char)
        elif isinstance(node, LatexSpecialsNode):
            tokens.append(node.specials_chars)
        elif node is not None:
            tokens.append(node)
    return tokens


def arguments_of(node: Node) -> list[Node]:
    return (node.nodeargd.argnlist or []) if node.nodeargd is not None else []


def argument_of(node: Node, index: int = -1) -> Tokens:
    """The tokens of one of a macro's arguments."""
    from pylatexenc.latexwalker import LatexGroupNode

    arguments = arguments_of(node)
    if not arguments or arguments[index] is None:
        raise Unreadable
    argument = arguments[index]
    return tokens_of(argument.nodelist) if isinstance(argument, LatexGroupNode) else tokens_of([argument])


def name_of(node: Node) -> str:
    return getattr(node, "macroname", "")


def number_end(tokens: Tokens, at: int) -> int:
    """Where the number ends whose first digit stands before `at`: 12, 0.5 and 1,000 are one atom each."""
    run = "".join(token if isinstance(token, str) and len(token) == 1 else " " for token in tokens[at : at + 40])
    digits = re.match(r"(?:\d{0,2}(?:,\d{3})+(?!\d)|\d*)(?:\.\d+)?", run)
    return at + (digits.end() if digits else 0)


def cells_of(tokens: Tokens) -> list[list[Tokens]]:
    """The rows of an environment, each a list of cells, each a list of tokens."""
    rows: list[list[Tokens]] = [[[]]]
    for token in tokens:
        if isinstance(token, str) and token == "&":
            rows[-1].append([])
        elif name_of(token) == "\\":
            rows.append([[]])
        elif name_of(token) != "hline":
            rows[-1][-1].append(token)
    return [row for row in rows if any(row)]
