"""What could be asked about in a lesson: sentences, terms with their meanings, tables, lists of alternatives.

Only what can be shown anywhere is used: text, code and formulas. A sentence with an image, HTML, a footnote or the
markup of another program is left out. Of a link, only its words are used. The time taken is linear in the lesson's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tutor.corpus.markdown import lines_of, parse_blocks, parse_inline
from tutor.corpus.sentences import sentences_of
from tutor.models import Lesson, Section

if TYPE_CHECKING:
    from markdown_it.token import Token

PAIRS = ("()", "“”", "«»", "「」", "（）")
MAX_PARAGRAPH = 6_000  # characters; what is longer is not prose
MAX_SENTENCE = 400
MAX_CELL = 160
MAX_ROWS = 100
SKIPPED_SECTIONS = re.compile(
    r"next|recap|summary|references?|bibliography|further reading|see also|external links|exercises?|problems|quiz|"
    r"change ?log|release notes|licen[cs]e|credits?|acknowledge?ments?|contributors?|table of contents|contents|todo|"
    r"misconceptions|v?\d+(\.\d+)+.*",
    re.IGNORECASE,
)
OTHER_MARKUP = re.compile(r"!!!|\?\?\?|:::|///|===|\{|%|--8<--|:\w|\[\^|\*\*(?:Example|Exercise|Solution)\b", re.IGNORECASE)
PLAIN = re.compile(r"[^*_`$\[\]<>\\&!|{}~]*")  # a sentence that needs no Markdown parser
UNFIT = re.compile(r"[*\[\]<>\\`$|{}~]|(?<!\w)_|_(?!\w)|:[\w+-]+:|:\w+:`|https?:|www\.|\ufffc")
LIKE_A_BLOCK = re.compile(r"\d+[.)]\s|[-+#>=:]")  # what would become a list or a heading in a question
REFERENCE = re.compile(r"(?<!!)\[([^\[\]]+)\]\[[^\[\]]*\]")  # a link whose target is elsewhere in the file
HIGHLIGHTED = re.compile(r"^#!\w+ +")  # how some programs name the language of `code` in a line
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # scripts without spaces between words
LABEL = re.compile(r"\s*(?::|[-–—](?=\s))\s*")


@dataclass(frozen=True)
class MarkedSpan:
    """A part of a text that its author has marked."""

    kind: str  # "bold", "em", "code" or "math"
    start: int
    end: int  # code and formulas include their delimiters


@dataclass(frozen=True)
class Sentence:
    """A sentence or a cell as it can be shown anywhere: text, `code` and $formulas$."""

    text: str
    marks: tuple[MarkedSpan, ...] = ()
    line: int = 0  # of the file, 1-based
    place: int = 0  # counts the sentences of a lesson
    listed: bool = False  # in an entry of a list, where a sentence often lacks its verb

    def marked(self, *kinds: str) -> list[MarkedSpan]:
        return [mark for mark in self.marks if mark.kind in kinds]


@dataclass(frozen=True)
class GlossaryEntry:
    """A term and what is said of it: an entry of a list such as `- **Term**: what it is`."""

    term: Sentence
    meaning: Sentence


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    header: tuple[Sentence, ...]
    rows: tuple[tuple[Sentence | None, ...], ...]  # None where a cell can't be shown elsewhere
    line: int


@dataclass(frozen=True)
class Listed:
    """A sentence that ends in a colon, and the entries of the list below it."""

    lead: Sentence
    members: tuple[Sentence, ...]


@dataclass
class SectionFacts:
    """What could be asked about in a section."""

    section: Section
    sentences: list[Sentence] = field(default_factory=list)
    glossaries: list[list[GlossaryEntry]] = field(default_factory=list)  # one for each list of entries
    tables: list[Table] = field(default_factory=list)
    lists: list[Listed] = field(default_factory=list)


def blanked_out(sentence: Sentence, *kinds: str) -> str:
    """A sentence of the same length with Xs in place of what is marked as one of these kinds."""
    text = sentence.text
    for mark in sentence.marked(*kinds):
        text = text[: mark.start] + "X" * (mark.end - mark.start) + text[mark.end :]
    return text


def is_balanced(text: str) -> bool:
    """Whether every bracket and quotation mark that opens also closes."""
    return text.count('"') % 2 == 0 and all(text.count(pair[0]) == text.count(pair[1]) for pair in PAIRS)


def read_pages(lesson: Lesson) -> list[SectionFacts]:
    """What could be asked about in each section that teaches something, in order."""
    counter = iter(range(1 << 60))
    pages = []
    for section in lesson.sections:
        if not any(SKIPPED_SECTIONS.fullmatch(title.strip()) for title in section.heading_path[-2:]):
            pages.append(SectionReader(section, counter).page())
    return pages


class SectionReader:
    def __init__(self, section: Section, counter: Iterator[int]) -> None:
        self.section, self.counter = section, counter
        self.tokens, _ = parse_blocks(section.text)

    def page(self) -> SectionFacts:
        page = SectionFacts(self.section)
        before: Token | None = None
        for index, token in enumerate(self.tokens):
            if token.level or token.nesting < 0:
                continue
            if token.type == "paragraph_open":
                before = self.tokens[index + 1]
                page.sentences += self.sentences(before.content, lines_of(token)[0], listed=False)
                continue
            if token.type in ("bullet_list_open", "ordered_list_open"):
                self.read_list(page, list(_entries(self.tokens, index)), before)
            elif token.type == "table_open":
                page.tables += self.table(index)
            before = None
        return page

    def sentences(self, content: str, line: int, listed: bool) -> Iterator[Sentence]:
        if len(content) > MAX_PARAGRAPH or OTHER_MARKUP.match(content):
            return
        for raw in sentences_of(content):
            if sentence := self.sentence(raw, line):
                yield replace(sentence, listed=listed)

    def sentence(self, raw: str, line: int, limit: int = MAX_SENTENCE) -> Sentence | None:
        shown = plain(raw) if len(raw) <= 3 * limit else None
        if shown is None or not 0 < len(shown[0]) <= limit or LIKE_A_BLOCK.match(shown[0]):
            return None
        return Sentence(*shown, self.section.text_line + line, next(self.counter))

    def read_list(self, page: SectionFacts, entries: list[tuple[str, int, bool]], before: Token | None) -> None:
        glossary: list[GlossaryEntry] = []
        members: list[Sentence] = []
        for content, line, alone in entries:
            if len(content) > MAX_PARAGRAPH or OTHER_MARKUP.match(content):
                continue
            if entry := self.entry(content, line):
                glossary.append(entry)
                continue
            page.sentences += self.sentences(content, line, listed=True)
            if alone and len(content) <= MAX_CELL and (sentence := self.sentence(content, line, MAX_CELL)):
                members.append(sentence)
        if glossary:
            page.glossaries.append(glossary)
        if before and before.content.endswith(":") and len(members) == len(entries) > 2:
            lead = sentences_of(before.content)[-1] if len(before.content) <= MAX_PARAGRAPH else ""
            if lead and (sentence := self.sentence(lead, lines_of(before)[0])):
                page.lists.append(Listed(sentence, tuple(members)))

    def entry(self, content: str, line: int) -> GlossaryEntry | None:
        first = sentences_of(content)
        if not first or (sentence := self.sentence(first[0], line)) is None:
            return None
        if not sentence.marks or sentence.marks[0].start or sentence.marks[0].kind == "math":
            return None
        end = sentence.marks[0].end
        term = sentence.text[:end].rstrip()
        if term.endswith(":"):
            term, label = term[:-1], re.compile(r"\s+").match(sentence.text, end)
        else:
            label = LABEL.match(sentence.text, end)
        if not label or not term or label.end() >= len(sentence.text):
            return None
        kind = sentence.marks[0].kind
        marks = tuple(
            MarkedSpan(m.kind, m.start - label.end(), m.end - label.end()) for m in sentence.marks[1:] if m.start >= label.end()
        )
        meaning = Sentence(sentence.text[label.end() :], marks, sentence.line, sentence.place)
        return GlossaryEntry(Sentence(term, (MarkedSpan(kind, 0, len(term)),), sentence.line, sentence.place), meaning)

    def table(self, index: int) -> Iterator[Table]:
        line = lines_of(self.tokens[index])[0]
        rows: list[tuple[Sentence | None, ...]] = []
        row: list[Sentence | None] = []
        for at in range(index + 1, len(self.tokens)):
            token = self.tokens[at]
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                row = []
            elif token.type in ("th_open", "td_open"):
                row.append(self.sentence(self.tokens[at + 1].content.strip(), line, MAX_CELL))
            elif token.type == "tr_close":
                rows.append(tuple(row))
        if 4 <= len(rows) <= MAX_ROWS + 1 and all(rows[0][1:]):
            header = tuple(cell or Sentence("") for cell in rows[0])
            yield Table(header, tuple(rows[1:]), self.section.text_line + line)


def _entries(tokens: list[Token], index: int) -> Iterator[tuple[str, int, bool]]:
    """(first paragraph, 0-based line, whether it is the whole entry) for each entry of the list that begins at a token."""
    start = None
    for at in range(index + 1, len(tokens)):
        token = tokens[at]
        if token.level == 0:
            return
        if token.type == "list_item_open" and token.level == 1:
            start = at
        elif start is not None and token.type == "list_item_close" and token.level == 1:
            if at > start + 2 and tokens[start + 1].type == "paragraph_open":
                yield tokens[start + 2].content, lines_of(tokens[start + 1])[0], at == start + 4
            start = None


def plain(raw: str) -> tuple[str, tuple[MarkedSpan, ...]] | None:
    """(text, what is marked in it) of a piece of Markdown; None where it can't be shown away from its place."""
    raw = REFERENCE.sub(r"\1", " ".join(raw.split()))
    if PLAIN.fullmatch(raw):
        return None if UNFIT.search(raw) else (raw, ())
    parts: list[str] = []
    opened: list[int] = []
    marks: list[MarkedSpan] = []
    size = 0

    def add(text: str, kind: str = "") -> None:
        nonlocal size
        if kind:
            marks.append(MarkedSpan(kind, size, size + len(text)))
        parts.append(text)
        size += len(text)

    for token in parse_inline(raw, {}):
        if token.type == "text":
            if UNFIT.search(token.content):
                return None
            add(token.content)
        elif token.type == "code_inline" and "`" not in token.content and token.content.strip():
            add(f"`{HIGHLIGHTED.sub('', token.content)}`", "code")
        elif token.type == "math_inline":
            add(f"${token.content}$", "math")
        elif token.type in ("strong_open", "em_open"):
            opened.append(size)
        elif token.type in ("strong_close", "em_close"):
            start = opened.pop()
            if start < size:
                marks.append(MarkedSpan("bold" if token.type == "strong_close" else "em", start, size))
        elif token.type not in ("link_open", "link_close"):
            return None
    text = "".join(parts)
    lead = len(text) - len(text.lstrip())
    if lead:
        marks = [MarkedSpan(mark.kind, mark.start - lead, mark.end - lead) for mark in marks if mark.start >= lead]
    return text.strip(), tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end)))
