"""Lessons: from the text of a Markdown file to a Lesson with its sections, each with its line.

Lines are 1-based and count those of the text; CRLF, a lone CR and LF each end one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tutor.corpus.front_matter import front_fields, split_front_matter
from tutor.corpus.markdown import COMMENT, LinkDefinitions, folded_lines, lines_of, parse_blocks, plain_words
from tutor.models import Lesson, Section
from utils.errors import InvalidFile

if TYPE_CHECKING:
    from markdown_it.token import Token


MAX_BYTES = 5_000_000
MAX_SECTIONS = 5_000
MAX_PARAGRAPH = 50_000  # characters; markdown-it-py needs seconds for ten times that of `![[]()`
MAX_COLUMNS = 200
UNNAMED = "section"  # slug of a heading that has no letter or digit
MISCONCEPTIONS = "misconceptions"  # slug of a section that lists some, each of which may end with its id
MARK = re.compile(r"[ \t]*\{#([a-z0-9][a-z0-9_-]*)\}[ \t]*$", re.MULTILINE)


def parse_lesson(text: str, lesson_id: str, path: str = "") -> Lesson:
    """The lesson that a Markdown file holds, without sections if there is nothing to read.

    A section extends to the next heading of any level. Headings inside fences, comments, block quotes, lists, formulas
    and closed `<details>` are text. If the only heading of level 1 comes before all others, it is the lesson's title,
    and a section only if there is text under it. The ids at the end of misconceptions are no
    text. Raises InvalidFile for front matter of the wrong types and for a file beyond the limits above.
    """
    path = path or f"{lesson_id}.md"
    _refuse_bytes(text, path)
    front, body = split_front_matter(text)
    fields = front_fields(front, path)
    tokens, definitions = parse_blocks(body)
    _refuse_oversize(tokens, path)
    lines = body.split("\n")
    headings = _headings(tokens, definitions, len(lines))
    if len(headings) > MAX_SECTIONS:
        raise InvalidFile(path, headings[MAX_SECTIONS].line + 1, f"found {len(headings):,} headings, expected at most "
                                                                 f"{MAX_SECTIONS:,}; split the file")  # fmt: skip
    title = fields.pop("title", "") or next((heading.title for heading in headings if heading.title), "")
    title = title or title_from_name(lesson_id)
    return Lesson(lesson_id, path, title, tuple(_sections(lesson_id, title, headings, lines)), **fields)


@dataclass(frozen=True)
class _Heading:
    title: str
    level: int
    line: int  # 0-based first line
    end: int  # 0-based line after it (a setext heading has two or more)


def _sections(lesson_id: str, title: str, headings: Sequence[_Heading], lines: Sequence[str]) -> Iterator[Section]:
    borders = [*(heading.line for heading in headings), len(lines)]
    slugs = GitHubAnchors()
    heading_slugs = [slugs.next(heading.title) for heading in headings]

    start, text = _trimmed(lines, 0, borders[0])
    if _is_visible(text):
        name = "" if headings else title
        path = () if headings else (title,)
        slug = slugs.next("introduction" if headings else title)
        yield Section(f"{lesson_id}#{slug}", name, 0, path, text, start + 1, start + 1)

    titles = [heading for heading in headings if heading.level == 1]
    title_heading = headings[0] if len(titles) == 1 and headings[0].level == 1 else None
    above: list[_Heading] = []
    for heading, slug, border in zip(headings, heading_slugs, borders[1:], strict=True):
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        start, text = _trimmed(lines, heading.end, border)
        if slug == MISCONCEPTIONS:
            text = MARK.sub("", text)
        if heading is title_heading and not _is_visible(text):
            continue
        outline = tuple(outer.title for outer in above)
        yield Section(
            f"{lesson_id}#{slug}", heading.title, heading.level, outline, text, heading.line + 1, start + 1
        )  # fmt: skip


def _headings(tokens: Sequence[Token], definitions: LinkDefinitions, line_count: int) -> list[_Heading]:
    folded = folded_lines(tokens, line_count)
    return [
        _Heading(plain_words(content.content, definitions), int(token.tag[1]), *lines_of(token))
        for token, content in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and not folded[lines_of(token)[0]]
    ]


def _trimmed(lines: Sequence[str], start: int, end: int) -> tuple[int, str]:
    """(0-based first line, text) of lines[start:end] without the blank lines around it."""
    first = start
    while first < end and not lines[first].strip():
        first += 1
    if first == end:
        return start, ""
    while not lines[end - 1].strip():
        end -= 1
    return first, "\n".join(lines[first:end])


def listed_entries(text: str) -> list[tuple[int, int]]:
    """(0-based first line, line after the last) of each entry of the lists that a section's text has, its comments included."""
    tokens, _ = parse_blocks(text)
    return [lines_of(token) for token in tokens if token.type == "list_item_open" and token.level == 1]


def marked_misconceptions(lesson: Lesson, text: str) -> list[tuple[str, int]]:
    """(id, 1-based line) of each misconception that the lesson names by its `{#id}`. text: of the lesson's file."""
    section = lesson.section(MISCONCEPTIONS)
    if section is None:
        return []
    lines = re.split(r"\r\n|\r|\n", text)
    numbered = enumerate(lines[section.text_line - 1 :][: section.text.count("\n") + 1], section.text_line)
    return [(mark[1], number) for number, line in numbered if (mark := MARK.search(line))]


def _is_visible(text: str) -> bool:
    return bool(COMMENT.sub("", text).strip())


def title_from_name(lesson_id: str) -> str:
    """`ml/softmax-and-cross-entropy` -> `Softmax and cross entropy`."""
    words = re.sub(r"[-_\s]+", " ", lesson_id.rpartition("/")[2]).strip()
    return words[:1].upper() + words[1:]


class GitHubAnchors:
    """Anchors as GitHub makes them: `Root d_k` -> `root-d_k`, a repeated one `root-d_k-1`."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}  # slug -> the last number tried after it

    def next(self, title: str) -> str:
        plain = slug = _slug(title)
        while slug in self.taken:
            self.taken[plain] += 1
            slug = f"{plain}-{self.taken[plain]}"
        self.taken[slug] = 0
        return slug


def _slug(title: str) -> str:
    kept = (
        "-" if character in " -" else character
        for character in title.lower()
        if character in " -" or unicodedata.category(character)[0] in "LMN" or unicodedata.category(character) == "Pc"
    )
    return "".join(kept) or UNNAMED


# -------------------------------------------------------------------------------------------------- limits


def _refuse_bytes(text: str, path: str) -> None:
    if len(text) * 4 > MAX_BYTES and (size := len(text.encode("utf-8", "surrogatepass"))) > MAX_BYTES:
        raise InvalidFile(path, None, f"found {size:,} bytes, expected at most {MAX_BYTES:,}; split the file")


def _refuse_oversize(tokens: Sequence[Token], path: str) -> None:
    """Refuse what a parser or a screen would need seconds for, before anything is drawn."""
    line = columns = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "inline" and len(token.content) > MAX_PARAGRAPH:
            raise InvalidFile(path, line, f"found a paragraph of {len(token.content):,} characters, "
                                          f"expected at most {MAX_PARAGRAPH:,}; put blank lines between its parts")  # fmt: skip
        columns = 0 if token.type == "table_open" else columns + (token.type == "th_open")
        if token.type == "thead_close" and columns > MAX_COLUMNS:
            raise InvalidFile(path, line, f"found a table of {columns:,} columns, expected at most {MAX_COLUMNS:,}; "
                                          "turn it, or split it")  # fmt: skip
