"""Try blocks in Markdown: which they are, and where."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.corpus.drawn import has_try, is_try
from tutor.corpus.markdown import lines_of, parse_blocks


@dataclass(frozen=True)
class TryBlock:
    """The YAML of a try block, and the 1-based line of its fence in the text; the YAML begins on the next."""

    source: str
    line: int


def tries_of(text: str) -> list[TryBlock]:
    """The try blocks of a Markdown text, such as a section or a page of one, in order."""
    if not has_try(text):
        return []
    tokens = parse_blocks(text)[0]
    return [TryBlock(token.content, lines_of(token)[0] + 1) for token in tokens if token.type == "fence" and is_try(token.info)]
