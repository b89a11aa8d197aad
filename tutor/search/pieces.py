"""Pieces: what is indexed of a lesson and its bank, one for each section, several for a long one.

Of a section called "Misconceptions" each entry is one: it is the answer to a question of its own.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.corpus.drawn import without_drawn
from tutor.corpus.lessons import MISCONCEPTIONS, listed_entries
from tutor.corpus.markdown import asked_and_answered, asked_lines, without_comments
from tutor.models import HEADING_SEPARATOR, Item, Lesson, Section
from tutor.search import shelf
from tutor.search.answering import refuted
from tutor.search.words import WORD, bigrams, field_of, normalize, without_unspaced
from utils.errors import InvalidFile

PIECE_CHARACTERS = 4_000  # up to about this length, a whole section is found more reliably than its parts
FEWEST_WORDS = 5  # of an answer that can stand alone
ANCHOR = re.compile(r"\s*\{\s*[#.:][^{}]*\}\s*$")  # of a heading, as some sites write it: `Setup { #setup }`
FENCE = re.compile(r"[ ]{0,3}(```|~~~)")


@dataclass(frozen=True)
class Piece:
    """A section or a part of it, as it is indexed."""

    heading: str  # titles from the lesson's down to the section's
    section: str  # slug
    line: int  # 1-based line on which `text` begins
    text: str
    also: str  # questions that the section answers, one on each line
    answers: str  # the author's short answers to some of them: question, tab, answer, one on each line
    said_too: str  # words that other right answers use, each once: the more a bank knows, the less its sections would count


def pieces_of(lesson: Lesson, items: Sequence[Item] = ()) -> Iterator[Piece]:
    """Every piece of a lesson, in order. A section with nothing under its heading has none."""
    for section in lesson.sections:
        heading = heading_of(lesson, section)
        own = [item for item in items if item.section == section.slug]
        for first, text, comments in _parts(section):
            claim = refuted.question_of(text) if section.slug == MISCONCEPTIONS else ""
            also = "\n".join([*filter(None, [claim]), *asked_lines(comments), *(wording(item) for item in own)])
            written = ("\t".join(" ".join(text.split()) for text in pair) for pair in asked_and_answered(comments))
            answers = "\n".join([*written, *filter(None, map(short_answer, own))])
            further = [said for item in own for said in item.references[1:]]
            said_too = " ".join(words_beside(f"{heading}\n{section.text}\n{also}", further)) if further else ""
            for offset, part in split(without_drawn(without_comments(text))):
                yield Piece(heading, section.slug, section.text_line + first + offset, part, also, answers, said_too)


def _parts(section: Section) -> Iterator[tuple[int, str, str]]:
    """(0-based first line, text, text with the comments that belong to it) of what of a section is indexed by itself.

    The whole of it, or each entry of a list of misconceptions and what stands around them. A comment within an entry is
    about that one, any other about all of them.
    """
    entries = listed_entries(section.text) if section.slug == MISCONCEPTIONS else []
    if not entries:
        yield 0, section.text, section.text
        return
    lines = section.text.split("\n")
    listed = {number for start, end in entries for number in range(start, end)}
    around = "\n".join("" if number in listed else line for number, line in enumerate(lines))
    yield 0, around, around
    for start, end in entries:
        entry = "\n".join(lines[start:end])
        yield start, entry, f"{entry}\n{around}"


def wording(item: Item) -> str:
    """An item on one line: what it asks, and how its author would answer."""
    return " ".join(" ".join((item.question, *item.references[:1])).split())


def words_beside(text: str, others: Iterable[str]) -> dict[str, None]:
    """The words of other texts that a text doesn't have, each once, in order."""
    known = set(WORD.findall(text.lower()))
    return dict.fromkeys(word for other in others for word in WORD.findall(other.lower()) if word not in known)


def short_answer(item: Item) -> str:
    """`question, tab, answer` of an item whose author says it in a few words that stand for themselves; "" of others."""
    said = next(iter(item.references), item.explanation if item.options else "")
    if item.variables or "{{" in said or len(said.split()) < FEWEST_WORDS or "\n\n" in said.strip():
        return ""
    return f"{' '.join(item.question.split())}\t{' '.join(said.split())}"


def heading_of(lesson: Lesson, section: Section) -> str:
    """`Attention › Root d_k`: the lesson's title, then the section's outline."""
    outline = section.heading_path
    if not outline or outline[0] != lesson.title:
        outline = (lesson.title, *outline)
    return HEADING_SEPARATOR.join(ANCHOR.sub("", title) for title in outline if title)


def split(text: str) -> Iterator[tuple[int, str]]:
    """(0-based first line, text) of parts of at most PIECE_CHARACTERS, cut between paragraphs, else between lines.

    A single line is never cut.
    """
    lines = text.split("\n")
    start, end = 0, len(lines)
    while start < end:
        stop = _end_of_part(lines, start)
        first, last = start, stop
        while first < last and not lines[first].strip():
            first += 1
        while first < last and not lines[last - 1].strip():
            last -= 1
        if first < last:
            yield first, "\n".join(lines[first:last])
        start = stop


def _end_of_part(lines: list[str], start: int) -> int:
    size, border, fence = 0, 0, ""
    for number in range(start, len(lines)):
        line = lines[number]
        if size + len(line) > PIECE_CHARACTERS and number > start and size:
            return border or number
        size += len(line) + 1 if line.strip() or size else 0
        if opened := FENCE.match(line):
            fence = "" if fence == opened[1] else fence or opened[1]
        if not line.strip() and not fence:
            border = number + 1
    return len(lines)


# ------------------------------------------------------------------------------------------------ documents


def items_of(text: str, lesson: str, path: str) -> list[Item]:
    """The items of a bank; [] for one that is invalid, because it is the lesson that is searched."""
    from tutor.corpus import bank

    with contextlib.suppress(InvalidFile):
        return bank.parse_bank(text, lesson, path) if text else []
    return []


def documents_of(lesson: Lesson, items: list[Item]) -> Iterator[dict[str, Any]]:
    """What the index keeps of each piece of a lesson, by the names of its fields."""
    field = field_of(lesson.language)
    for piece in pieces_of(lesson, items):
        searched = normalize(f"{piece.heading}\n{piece.text}\n{piece.also}\n{piece.said_too}")
        document = {
            "lesson": lesson.id, "field": field, "heading": piece.heading, "section": piece.section,
            "line": piece.line, "text": piece.text, "also": piece.also, "answers": piece.answers,
            field: without_unspaced(searched),
        }  # fmt: skip
        if grams := bigrams(searched):
            document[shelf.BIGRAMS] = " ".join(grams)
        yield document
