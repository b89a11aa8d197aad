"""Sentences: where they end in Markdown, which of them sum up a section, and the worked example of a section."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tutor.corpus.drawn import without_drawn
from tutor.corpus.markdown import CODE_SPAN
from tutor.corpus.pages import SectionBlock, joined_lines, split_blocks, split_pages

MOST_BRIEFS = 3
EXAMPLE = re.compile(r"\*\*Example\b[^*]*\*\*")
PROTECTED = re.compile(
    r"\\." + "|" + CODE_SPAN + r"|\$\$.+?\$\$|\$(?!\s)[^$]+?(?<!\s)\$(?!\d)|!?\[[^\[\]]*\]\([^)]{0,2000}\)|<[^<>]+>", re.DOTALL
)  # a link ends at the next bracket and its target has a greatest length, so that the time taken is linear
BOLD = re.compile(r"\*\*(?=\S)((?:[^*]|\*(?!\*))+)(?<=\S)\*\*")
LABEL = re.compile(r"\*\*(?:\S+\s+){0,2}\S+[.:?!]\*\*\s")  # **Warm-up.** belongs to the sentence after it
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]*_]*(?=\s+[^\sa-z])|[。！？।]")
ABBREVIATION = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|cf|al|vs|approx|resp|etc|Fig|Eq|Sec|Ch|Dr|Mr|Mrs|Ms|Prof|St|pp?|[A-Z])\.$")


def sentences_of(paragraph: str) -> list[str]:
    """The sentences of a Markdown paragraph, each on one line; none is cut inside code, a formula, a link or bold."""
    paragraph = " ".join(paragraph.split())
    masked = PROTECTED.sub(lambda match: "X" * len(match[0]), paragraph)
    masked = BOLD.sub(lambda match: "**" + "X" * (len(match[1]) - 1) + match[1][-1] + "**", masked)
    label = LABEL.match(paragraph)
    found, start = [], 0
    for end in SENTENCE_END.finditer(masked, label.end() if label else 0):
        if end[0][0] == "." and ABBREVIATION.search(masked, max(start, end.start() - 12), end.start() + 1):
            continue
        found.append(paragraph[start : end.end()].strip())
        start = end.end()
    return [sentence for sentence in [*found, paragraph[start:].strip()] if sentence]


@dataclass(frozen=True)
class Statement:
    """A sentence of a section, or a formula that stands between sentences."""

    text: str
    place: int  # which of the section's blocks it is in
    formula: bool


def key_sentences(text: str, count: int = 3) -> str:
    """A section in brief, in its own words, as Markdown: its first sentence and those with **bold**, in order.

    At most `count` sentences, each with the formula right before or after it; where a sentence continues below a
    formula, its beginning is included. Worked examples are left out. A section without paragraphs gives the first `count`
    entries of its lists, else its first page.
    """
    pieces, _ = split_blocks(text, list_limit=0)
    statements = list(_statements(pieces))
    spoken = [number for number, one in enumerate(statements) if not one.formula]
    if not spoken:
        entries = [piece.text for piece in pieces if piece.kind == "list_item_open"][:count]
        return "\n".join(entries) or split_pages(without_drawn(text))[0]
    bold = [number for number in spoken[1:] if BOLD.search(LABEL.sub("", statements[number].text))]
    chosen = {*spoken[:1], *bold[: max(count - 1, 0)]}
    for number in sorted(chosen):
        if statements[number].text[0].islower() and number > 1 and statements[number - 1].formula:
            chosen.add(number - 2)
    chosen |= {number for number, one in enumerate(statements) if one.formula and _is_beside(statements, number, chosen)}
    brief = ""
    for number in sorted(chosen):
        goes_on = number - 1 in chosen and statements[number - 1].place == statements[number].place
        brief += (" " if goes_on else "\n\n") + statements[number].text
    return brief.strip()


def briefs(text: str, count: int = 3) -> list[str]:
    """A section in brief, once and again: its `key_sentences`, then what it says besides, at most `count` sentences each."""
    first = key_sentences(text, count)
    pieces, _ = split_blocks(text, list_limit=0)
    rest = [one.text for one in _statements(pieces) if not one.formula and one.text not in first]
    later = [" ".join(rest[start : start + count]) for start in range(0, len(rest), count)]
    return [first, *later[: MOST_BRIEFS - 1]]


def claims(text: str, count: int = 2) -> list[str]:
    """What a section claims: its first sentence, then those that are mostly in **bold**; at most `count`, as Markdown."""
    pieces, _ = split_blocks(text, list_limit=0)
    said = [one.text for one in _statements(pieces) if not one.formula]
    bold = [one for one in said[1:] if 2 * sum(len(part) for part in BOLD.findall(LABEL.sub("", one))) > len(one)]
    return [*said[:1], *bold][:count]


def _statements(pieces: Sequence[SectionBlock]) -> Iterator[Statement]:
    for place, piece in enumerate(pieces):
        if piece.kind.startswith("math_block"):
            yield Statement(piece.text, place, formula=True)
        elif piece.kind == "paragraph_open" and not EXAMPLE.match(piece.text):
            for sentence in sentences_of(piece.text):
                yield Statement(sentence, place, formula=False)


def _is_beside(statements: Sequence[Statement], number: int, chosen: Collection[int]) -> bool:
    return any(
        other in chosen and abs(statements[other].place - statements[number].place) == 1 for other in (number - 1, number + 1)
    )


def worked_examples(text: str) -> list[str]:
    """The section's own examples: each from the paragraph that begins **Example.** up to the next that begins in bold."""
    pieces, lines = split_blocks(text)
    paragraphs = [piece for piece in pieces if piece.kind == "paragraph_open"]
    found = []
    for number, piece in enumerate(paragraphs):
        if EXAMPLE.match(piece.text):
            after = (later.start for later in paragraphs[number + 1 :] if later.text.startswith("**"))
            found.append(joined_lines(lines, piece.start, next(after, len(lines))))
    return found


def worked_example(text: str) -> str | None:
    """The first of them."""
    return next(iter(worked_examples(text)), None)


WARM_UP = re.compile(r"\*\*Warm-up\b[^*]*\*\*\s*")
MET_AGAIN = re.compile(
    r"\b(?:answers|settles|answer to) (?:the (?:first|second) half of )?the warm-up\b|\bthe warm-up's answer\b"
    r"|\bthe warm-up is answered\b|\bthat is the warm-up\b|^(?:\*\*Example\.\*\* )?(?:Now )?the warm-up[ :.]",
    re.I,
)


def warm_up_of(text: str) -> str:
    """The question of the **Warm-up.** that a section opens with, as Markdown; "" where it has none."""
    pieces, _ = split_blocks(text)
    found = (piece.text for piece in pieces if piece.kind == "paragraph_open" and WARM_UP.match(piece.text))
    return WARM_UP.sub("", next(found, ""))


def warm_up_answers(text: str) -> list[tuple[str, int]]:
    """(text, its line from 0): the paragraphs of a section that answer the lesson's warm-up, and say that they do."""
    paragraphs = [piece for piece in split_blocks(text)[0] if piece.kind == "paragraph_open"]
    return [(one.text, one.start) for one in paragraphs if not WARM_UP.match(one.text) and MET_AGAIN.search(one.text)]
