"""The code of a lesson: its fenced blocks with the output below each, and its hidden checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.corpus.drawn import is_python_plot
from tutor.corpus.front_matter import split_front_matter
from tutor.corpus.markdown import lines_of, parse_blocks

if TYPE_CHECKING:
    from markdown_it.token import Token

CHECK = re.compile(r"\s*<!--[ \t]*check[ \t]*\n(.*?)-->", re.DOTALL)


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block, or a hidden `<!-- check … -->` with the info "check"."""

    info: str  # "python", "python no-run", "output" where no code stands above, …
    line: int  # 1-based line of the fence or the comment's beginning; the body begins on the next
    body: str
    output: str | None = None  # body of the `output` (or `plot`) block directly below
    output_line: int | None = None


def code_blocks_of(text: str) -> list[CodeBlock]:
    """Every fenced block and hidden check of a file, in order; an `output` block belongs to the one above it.

    A `plot` block belongs to `python plot` above it, which gives it its data.
    """
    return blocks_in(split_front_matter(text)[1])


def blocks_in(body: str) -> list[CodeBlock]:
    """The same of Markdown without front matter."""
    tokens, _ = parse_blocks(body)
    blocks: list[CodeBlock] = []
    taken: Token | None = None
    for index, token in enumerate(tokens):
        if token.type == "fence" and token is not taken:
            below = tokens[index + 1] if index + 1 < len(tokens) else None
            wanted = "plot" if is_python_plot(token.info) else "output"
            taken = below if below and below.type == "fence" and below.info.strip() == wanted else None
            output, output_line = (taken.content, lines_of(taken)[0] + 1) if taken else (None, None)
            blocks.append(CodeBlock(token.info.strip(), lines_of(token)[0] + 1, token.content, output, output_line))
        elif token.type == "html_block":
            for check in CHECK.finditer(token.content):
                line = lines_of(token)[0] + 1 + token.content.count("\n", 0, token.content.index("<!--", check.start()))
                blocks.append(CodeBlock("check", line, check[1]))
    return blocks
