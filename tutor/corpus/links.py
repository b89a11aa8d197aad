"""The links and images of a lesson, each with its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.corpus.front_matter import split_front_matter
from tutor.corpus.markdown import COMMENT, LinkDefinitions, cut_comment, lines_of, parse_blocks, parse_inline

if TYPE_CHECKING:
    from markdown_it.token import Token


HTML_TARGET = re.compile(r"""<(?P<tag>img|a)\b[^>]*?\b(?:src|href)\s*=\s*(["'])(?P<target>.*?)\2""", re.I | re.S)


@dataclass(frozen=True)
class Link:
    """A link or an image, its target as it is written."""

    target: str
    line: int  # 1-based
    text: str  # a link's words, an image's alternative text
    image: bool = False


def links_of(text: str) -> list[Link]:
    """Every link and image of a file in order, including those by reference and those of HTML's `a` and `img`."""
    _, body = split_front_matter(text)
    tokens, definitions = parse_blocks(body)
    found: list[Link] = []
    for token in tokens:
        if token.type == "html_block":
            found += _html_links(COMMENT.sub(cut_comment, token.content), lines_of(token)[0] + 1)
        elif token.type == "inline":
            found += _inline_links(token, definitions)
    return found


def _inline_links(inline: Token, definitions: LinkDefinitions) -> Iterator[Link]:
    newlines = [offset for offset, character in enumerate(inline.content) if character == "\n"]
    children = parse_inline(inline.content, definitions)
    for index, token in enumerate(children):
        if token.type not in ("link_open", "image", "html_inline"):
            continue
        line = lines_of(inline)[0] + 1 + bisect_right(newlines, token.meta["offset"])
        if token.type == "image":
            yield Link(str(token.attrs["src"]).strip(), line, token.content, image=True)
        elif token.type == "link_open":
            end = next(place for place in range(index, len(children)) if children[place].type == "link_close")
            words = "".join(child.content for child in children[index + 1 : end])
            yield Link(str(token.attrs["href"]).strip(), line, words)
        else:
            yield from _html_links(token.content, line)


def _html_links(html: str, line: int) -> Iterator[Link]:
    for match in HTML_TARGET.finditer(html):
        at = line + html.count("\n", 0, match.start())
        yield Link(match["target"].strip(), at, "", image=match["tag"].lower() == "img")
