"""Pages: a section cut into its blocks, and into pieces of a size to be read in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.corpus.drawn import is_python_plot, is_try
from tutor.corpus.markdown import CODE_OR_COMMENT, COMMENT, DETAILS, cut_comment, folded_lines, lines_of, parse_blocks

if TYPE_CHECKING:
    from markdown_it.token import Token

Lines = list["str | None"]  # of a section; None for a line that held comments only

PAGE_CHARACTERS = 1_600  # what is read in one go; a screen of 80x24 holds a little more
PAGE_EXCESS = 1.2  # by how much the last page of a section may be longer, so that no page of a few lines is left


@dataclass(frozen=True)
class SectionBlock:
    """A block that stands on its own, or an entry of a list too long to be one."""

    kind: str  # type of its token: paragraph_open, fence, math_block, …
    info: str
    start: int  # 0-based lines
    end: int
    text: str  # without HTML comments


def section_blocks(text: str) -> list[SectionBlock]:
    """The blocks of a section in order; the entries of its lists one by one."""
    return split_blocks(text, list_limit=0)[0]


def split_pages(text: str, limit: int = PAGE_CHARACTERS) -> list[str]:
    """A section's Markdown in pieces of about `limit` characters, without HTML comments; at least one, maybe "".

    Cut between blocks, and between the entries of a long list; a block longer than the limit is a page of its own, and so is
    a try block. An `output` block stays with its code, a plot too, and what ends in a colon or comma with what follows.
    """
    pieces, lines = split_blocks(text, list_limit=limit)
    pages: list[list[SectionBlock]] = []
    for group in _groups(pieces):
        if pages and not _has_try(pages[-1] + group) and _size(pages[-1]) + _size(group) <= limit:
            pages[-1] += group
        else:
            pages.append(group)
    if len(pages) > 1 and not _has_try(last := pages[-2] + pages[-1]) and _size(last) <= limit * PAGE_EXCESS:
        pages[-2:] = [last]
    return [joined_lines(lines, page[0].start, page[-1].end) for page in pages] or [""]


def unfolded(page: str) -> str:
    """What a page holds in `<details>`, as Markdown with each summary above its content; "" where it folds nothing."""
    found, opened = [], []
    for tag in DETAILS.finditer(page):
        if not tag[1]:
            opened.append(tag.start())
        elif opened:
            start = opened.pop()
            if not opened:
                found.append(page[start : page.index(">", tag.end() - 1) + 1])
    return "\n\n".join(found)


def is_try_page(page: str) -> bool:
    """Whether a page of `split_pages` is a try block, which is read with its knobs in hand."""
    blocks = section_blocks(page)
    return len(blocks) == 1 and blocks[0].kind == "fence" and is_try(blocks[0].info)


def _has_try(pieces: Sequence[SectionBlock]) -> bool:
    return any(is_try(piece.info) for piece in pieces)


def _groups(pieces: Sequence[SectionBlock]) -> list[list[SectionBlock]]:
    groups: list[list[SectionBlock]] = []
    for piece in pieces:
        before = groups[-1][-1] if groups else None
        if (
            before
            and not _has_try([before, piece])
            and (
                (piece.info == "output" and before.kind == "fence")
                or (piece.info == "plot" and is_python_plot(before.info))
                or (before.kind == "paragraph_open" and before.text.endswith((":", ",", "：", ":**")))
            )
        ):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _size(pieces: Sequence[SectionBlock]) -> int:
    return sum(len(piece.text) for piece in pieces)


def split_blocks(text: str, list_limit: int | None = None) -> tuple[list[SectionBlock], Lines]:
    """(blocks in order, lines of the text with None for those that held comments only).

    Blocks inside a closed `<details>` are one piece with it. Lists longer than `list_limit` characters come apart.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens, _ = parse_blocks(text)
    lines = _without_comments(text.split("\n"), tokens)
    folded = folded_lines(tokens, len(lines))
    starts = list(_starts(tokens, folded, lines, list_limit))
    pieces = []
    for index, token in enumerate(starts):
        start = lines_of(token)[0] if index else 0
        end = lines_of(starts[index + 1])[0] if index + 1 < len(starts) else len(lines)
        body = joined_lines(lines, start, end)
        if body.strip():
            pieces.append(SectionBlock(token.type, token.info.strip(), start, end, body))
        else:
            parted = not start or not (lines[start - 1] or "").strip()
            lines[start:end] = [None if parted else ""] + [None] * (end - start - 1)
    return pieces, lines


def _starts(tokens: Sequence[Token], folded: Sequence[int], lines: Lines, list_limit: int | None) -> Iterator[Token]:
    """The tokens that pieces begin with."""
    apart = False  # whether the entries of the list we are in are pieces
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            start = token.map[0]
            if start and folded[start] and folded[start - 1]:
                apart = False
                continue
            is_list = token.type in ("bullet_list_open", "ordered_list_open")
            apart = is_list and list_limit is not None and len(joined_lines(lines, *lines_of(token))) > list_limit
            if not apart:
                yield token
        elif token.type == "list_item_open" and token.level == 1 and apart:
            yield token


def joined_lines(lines: Lines, start: int, end: int) -> str:
    """The text of lines[start:end] without blank lines around it and without the lines of comments."""
    text = "\n".join(line for line in lines[start:end] if line is not None)
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()


def _without_comments(lines: Sequence[str], tokens: Sequence[Token]) -> Lines:
    """The lines with HTML comments cut out; None where a line held nothing else. What looks like one in code stays."""
    kept: Lines = list(lines)
    for token in tokens:
        if token.type in ("html_block", "inline") and token.map and "<!--" in token.content:
            first, end = lines_of(token)
            source = "\n".join(line or "" for line in kept[first:end])
            pattern = COMMENT if token.type == "html_block" else CODE_OR_COMMENT
            cleaned = pattern.sub(cut_comment, source).split("\n")
            for number, line in enumerate(cleaned, first):
                kept[number] = None if lines[number].strip() and not line.strip() else line
    return kept
