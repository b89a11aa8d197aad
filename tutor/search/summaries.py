"""Summaries in a lesson's own words: the sentences that say most about each section, and the best of them for the lesson.

Extractive: by how near a sentence is to the centroid of its section's words, weighted by how few sections have them (MEAD:
Radev et al. 2004). Words in bold, a section's first sentence and what the recap repeats weigh more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.corpus.pages import section_blocks, split_blocks
from tutor.corpus.sentences import sentences_of
from tutor.models import Lesson, Section
from tutor.search.words import content_stems
from tutor.stop_words import SUMMARIZING

WORDS = 150  # of a summary, by default
SKIPPED = ("next", "recap", "misconceptions", "summary")  # slugs of sections that repeat others
BOLD, FIRST, RECAPPED = 0.5, 0.2, 0.6  # bonuses: bold words, a section's first sentence, the share of its words in the recap
RECAP = "recap"  # the slug of such a section
LEAST_SHARED = 2  # words that an entry of the recap must share with a section to be about it
TITLE_COUNTS = 2  # times as much as the text: a word of a section's title
LEANS_BACK = re.compile(r"(?:\*\*)?(This|That|It|They|These|Those|Then|So|Both|Such|Here|Hence|Thus|But|And|Or|Now|Suppose)\b")


@dataclass(frozen=True)
class KeySentence:
    """A sentence of a summary, and where it is in the lesson."""

    section: str  # slug
    heading: str
    line: int  # 1-based line of the file
    text: str  # Markdown, verbatim except for line ends

    @property
    def size(self) -> int:
        return len(self.text.split())


def summarize_section(lesson: Lesson, section: Section, words: int) -> list[KeySentence]:
    """The sentences that say most about a section, in order, with at most so many words; at least one sentence."""
    said = list(_sentences(section))
    if not said:
        return []
    weights = _weights(lesson)
    recap = _stems(" ".join(part.text for part in lesson.sections if part.slug in ("recap", "summary")))
    middle = Counter(stem for text, _ in said for stem in _stems(text))
    scores = [_score(text, number, weights, middle, recap) for number, (text, _) in enumerate(said)]
    chosen: set[int] = set()
    for number in sorted(range(len(said)), key=lambda number: (-scores[number], number)):
        wanted = {number, *_leaned_on(said, number)} - chosen
        if any(_repeats(said[number][0], said[other][0]) for other in chosen):
            continue
        if not chosen or sum(len(said[n][0].split()) for n in chosen | wanted) <= words:
            chosen |= wanted
    return [KeySentence(section.slug, section.title, said[number][1], said[number][0]) for number in sorted(chosen)]


def combine(points: Sequence[Sequence[KeySentence]], words: int) -> list[KeySentence]:
    """The whole lesson in about so many words: the first sentences of each section's summary, as evenly as fits."""
    kept: list[list[KeySentence]] = [[] for _ in points]
    used, depth = 0, 0
    while any(depth < len(section) for section in points):
        for number, section in enumerate(points):
            if depth < len(section) and (used + section[depth].size <= words or not used):
                kept[number].append(section[depth])
                used += section[depth].size
        depth += 1
    return [point for section in kept for point in section]


def _sentences(section: Section) -> Iterator[tuple[str, int]]:
    """(sentence with its formula, line of the file) of a section's prose, without examples, warm-ups, tables and code."""
    raw = section.text.split("\n")
    before: tuple[str, int] | None = None
    for block in section_blocks(section.text):
        line = next((n for n in range(block.start, min(block.end, len(raw))) if raw[n].strip()), block.start)
        if block.kind.startswith("math_block") and before:
            before = (f"{before[0]}\n\n{block.text}", before[1])  # a formula stays with the sentence that leads to it
            continue
        if before:
            yield before
            before = None
        if block.kind == "paragraph_open" and not re.match(r"\*\*(Example|Warm-up|Exercise)\b", block.text):
            found = sentences_of(block.text)
            yield from ((sentence, section.text_line + line) for sentence in found[:-1])
            before = (found[-1], section.text_line + line) if found else None
        elif block.kind == "list_item_open":
            yield block.text, section.text_line + line
    if before:
        yield before


def _stems(text: str) -> list[str]:
    """Words that carry meaning, cut to six letters: stem enough to compare sentences of one lesson, in any language."""
    return [word[:6] for word in re.findall(r"[^\W\d_]{2,}", text.casefold()) if word not in SUMMARIZING]


def _weights(lesson: Lesson) -> dict[str, float]:
    """{stem: weight, by how few of the lesson's sections have it}."""
    sections = [set(_stems(f"{section.title} {section.text}")) for section in lesson.sections]
    count = Counter(stem for stems in sections for stem in stems)
    return {stem: math.log(1 + len(sections) / of) for stem, of in count.items()}


def _score(text: str, number: int, weights: dict[str, float], middle: Counter[str], recap: Sequence[str]) -> float:
    """How much a sentence says about its section. number: its place there, from 0."""
    stems = set(_stems(text))
    if not stems or text.rstrip().endswith("?"):
        return -1.0
    near = sum(weights.get(stem, 1.0) * min(middle[stem], 4) for stem in stems) / (len(stems) + 4)
    recapped = len(stems & set(recap)) / len(stems)
    return near + BOLD * ("**" in text) * 4 + FIRST * (number == 0) + RECAPPED * recapped


def _leaned_on(said: Sequence[tuple[str, int]], number: int) -> set[int]:
    """The numbers of the sentences before a sentence without which it can't be understood."""
    needed = set()
    while number and (LEANS_BACK.match(said[number][0]) or said[number][0][0].islower()):
        number -= 1
        needed.add(number)
    return needed


def _repeats(one: str, other: str) -> bool:
    first, second = set(_stems(one)), set(_stems(other))
    return len(first & second) > 0.7 * min(len(first), len(second))


def document(lesson: Lesson, points: Sequence[KeySentence], mode: str, model: str | None = None) -> dict[str, Any]:
    """What `summarize --json` gives."""
    return {
        "lesson": lesson.id, "title": lesson.title, "path": lesson.path, "words": sum(point.size for point in points),
        "points": [{"section": p.section, "line": p.line, "heading": p.heading, "text": p.text} for p in points],
        "mode": mode, "model": model,
    }  # fmt: skip


def listing(lesson: Lesson, points: Sequence[KeySentence]) -> str:
    """The summary as Markdown: a paragraph for each section, and the line that it comes from."""
    rows = [f"**{lesson.title}** in brief"]
    for heading, line, text in by_section(points):
        rows += ["", text, f"{lesson.path}:{line}  {heading}".rstrip()]
    return "\n".join(rows)


def by_section(points: Sequence[KeySentence]) -> list[tuple[str, int, str]]:
    """(heading, line of its first sentence, text) of each section in the summary."""
    found: dict[str, list[KeySentence]] = {}
    for point in points:
        found.setdefault(point.section, []).append(point)
    return [(own[0].heading, own[0].line, _join(own)) for own in found.values()]


def _join(points: Sequence[KeySentence]) -> str:
    text = ""
    for point in points:
        gap = "" if not text else "\n\n" if "\n" in text.rsplit("\n\n", 1)[-1] or text.endswith("$$") else " "
        text += gap + point.text
    return text


def recap_of(lesson: Lesson, section: Section) -> list[str]:
    """The entries of the recap that are about this section rather than any other, as Markdown; [] where there are none.

    An entry belongs to the section with which it shares most words, the rarer ones counting more.
    """
    recap = lesson.section(RECAP)
    if recap is None or section.slug in SKIPPED:
        return []
    taught = [one for one in lesson.taught if one.slug not in SKIPPED and one.level > 1]
    words = {one.slug: set(content_stems(f"{one.title} {one.text}")) for one in taught}
    titles = {one.slug: set(content_stems(one.title)) for one in taught}
    spread = Counter(word for of_one in words.values() for word in of_one)
    found = []
    for entry in split_blocks(recap.text, list_limit=0)[0]:
        if entry.kind != "list_item_open":
            continue
        said = set(content_stems(entry.text))
        weights = {
            slug: sum((TITLE_COUNTS if word in titles[slug] else 1) / spread[word] for word in said & of_one)
            for slug, of_one in words.items()
            if len(said & of_one) >= LEAST_SHARED
        }
        if weights and max(weights, key=weights.__getitem__) == section.slug:
            found.append(entry.text)
    return found
