"""Excerpts: the part of a section that is about something, where the whole of it would be too long."""

from __future__ import annotations

import re
from collections import Counter

from tutor.corpus.pages import split_blocks

BEGINNING = 5  # letters by which words are compared, so that "softmax" and "softmaxes" are alike


def excerpt(text: str, about: str, limit: int, with_code: bool = True) -> str:
    """Of a section's Markdown its first block, and those that share most with the words of `about`, in their order.

    At most `limit` characters, unless the first block is longer; "…" stands where something is left out. Without comments, and
    with_code=False without code blocks.
    """
    pieces, _ = split_blocks(text, list_limit=limit)
    blocks = [piece.text.strip() for piece in pieces if with_code or piece.kind != "fence"]
    if sum(len(block) + 2 for block in blocks) <= limit:
        return "\n\n".join(blocks)
    chosen = _chosen(blocks, about, limit)
    parts: list[str] = []
    for number, block in enumerate(blocks):
        if number in chosen:
            parts.append(block)
        elif parts[-1] != "…":
            parts.append("…")
    return "\n\n".join(parts)


def _chosen(blocks: list[str], about: str, limit: int) -> set[int]:
    """The numbers of the first block and of those that fit beside it, best first; a word counts for more in few of them."""
    words = [_words(block) for block in blocks]
    spread = Counter(word for found in words for word in found)
    asked = _words(about)
    worth = [sum(1 / spread[word] for word in found & asked) for found in words]
    chosen, room = {0}, limit - len(blocks[0])
    for number in sorted(range(1, len(blocks)), key=lambda number: (-worth[number], number)):
        if len(blocks[number]) + 2 <= room:
            chosen.add(number)
            room -= len(blocks[number]) + 2
    return chosen


def _words(text: str) -> set[str]:
    return {word[:BEGINNING] for word in re.findall(r"\w+", text.casefold())}
