"""Answers in a corpus's own words: the sentences of a passage that answer a question, and whether they do.

Nothing is made up: an answer consists of quotes, each with the line on which it begins. Where no passage covers enough of
the question, there is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.corpus.pages import SectionBlock, section_blocks
from tutor.corpus.sentences import sentences_of
from tutor.models import HEADING_SEPARATOR, Answer, Citation, Passage
from tutor.search.query_words import QueryWords
from utils.embedding import SumAndLength, built_in

if TYPE_CHECKING:
    from tutor.prompts import CitedSentence

FEWEST_WORDS, MOST_WORDS = 40, 120
CANDIDATES = 10  # passages that are considered
# Weights for the choice of a passage, relative to the search's score: a choice model fitted to benchmarks/ask.py's dev questions.
WHOLE, WORDING = 0.65, 0.5  # for the share of the question in the passage and its wordings, and in the best wording alone
LIKE_WORDING = 0.4  # for the similarity in meaning to the nearest wording
OPENING = 0.1  # off for a lesson's opening, which announces more than it says


# (what a question looks like, what an answer to it looks like): the first pattern that the question matches counts. Compiled
# when they are needed.
SIGNS = (
    (r"\bhow (many|much|big|large|long|often|likely|high|low)\b|\bwhat (number|percentage|fraction|share)\b", r"\d"),
    (r"\bwhy\b|\breason\b|\bwhat (causes|for)\b",
     r"\b(because|since|so that|otherwise|therefore|that is why|reason|cause[sd]?|for the|so)\b"),
    (r"^\W*(what (is|are|does)|define|definition|meaning|what'?s)\b|\bmean\b",
     r"\*\*|\b(is|are|means|called|says|counts|measures)\b"),
    (r"\bhow (do|can|to|does|should|is|are)\b|\bsteps?\b",
     r"^\s*(?:[-*]|\d+\.)\s|\b(first|then|next|take|multiply|divide|subtract|add|compute|apply|set)\b"),
    (r"\bwhen\b|\bunder what\b", r"\b(when|if|as soon as|once|only|where)\b"),
)  # fmt: skip
BOLD_START = re.compile(r"\*\*((?:[^*]|\*(?!\*))+)\*\*")
ASKS_WHAT = SIGNS[2][0]
DEFINITION = r"\W*(?:(?:an?|the)\s+)?(.{1,60}?)\s+(?:is|are|means?|measures?|says?|tells?|counts?|keeps?)\b"
KEY = 0.25  # for a section's key sentence, and for one that defines what was asked for
LIKE = 0.3  # for similarity in meaning to the question
SIGN = 0.12  # for looking like an answer to this kind of question
LEANS_BACK = re.compile(
    r"(?:\*\*)?(This|That|It|Its|They|Their|These|Those|Then|So|Both|Such|He|She|Here|Instead|Hence|Thus|But|And|Or|"
    r"Otherwise|The same|The other|In that|In this|For this|Each of)\b"
)


@dataclass(frozen=True)
class _Unit:
    """A sentence, a formula, a list or a table: quoted as a whole or not at all."""

    text: str  # verbatim, except for line ends within a sentence
    line: int  # of the file on which it begins, 1-based
    block: int  # number of its Markdown block
    prose: bool

    @property
    def size(self) -> int:
        return len(self.text.split())

    @property
    def is_code(self) -> bool:
        return self.text.startswith(("```", "~~~"))

    @property
    def weight(self) -> float:
        """How much what it has in common with the question counts."""
        return 1.0 if self.prose else 0.3 if self.is_code else 0.8


def answer(question: str, passages: Sequence[Passage], asked: QueryWords, context: QueryWords | None = None) -> Answer:
    """The answer that these passages, best first, give in their own words; `found` is false where they don't give any.

    context: words of a text or an earlier question that help to choose a passage, but don't count as asked for.
    """
    vector = built_in().vector(question)
    fits = [_Fit.of(passage, asked, vector) for passage in passages[:CANDIDATES]]
    best = max(fits, key=lambda fit: fit.weight(passages[0].score, context), default=None)
    if best is None or not asked.words:
        return Answer(question, found=False, near=tuple(passages[:3]))
    units = list(_units(best.passage))
    likes = [built_in().nearest(vector, [f"{best.title}. {unit.text}"]) for unit in units]
    if not units or not is_found(evidence(best, max(likes), asked)):
        return Answer(question, found=False, near=tuple(passages[:3]))
    worth = [_worth(question, unit, like, asked) for unit, like in zip(units, likes, strict=True)]
    chosen = _window(units, worth.index(max(worth)), asked)
    citations = _citations(best.passage, [units[number] for number in sorted(chosen)])
    return Answer(question, "\n\n".join(citation.quote for citation in citations), True, citations)


@dataclass(frozen=True)
class _Fit:
    """How a passage fits a question."""

    passage: Passage
    met: frozenset[int]  # numbers of the question's words in it and its wordings
    whole: float  # their share of the question
    wording: float  # the share in the wording that is nearest in meaning
    like_wording: float  # how near that wording is

    @classmethod
    def of(cls, passage: Passage, asked: QueryWords, vector: SumAndLength) -> _Fit:
        wordings = passage.also.splitlines()
        met = asked.met(f"{passage.heading}\n{passage.text}\n{passage.also}")
        like, nearest = max(((built_in().nearest(vector, [wording]), wording) for wording in wordings), default=(0.0, ""))
        return cls(passage, met, asked.share(met), asked.share(asked.met(nearest)), like)

    @property
    def title(self) -> str:
        return self.passage.heading.rpartition(HEADING_SEPARATOR)[2]

    def weight(self, most: float, context: QueryWords | None) -> float:
        """For the choice of a passage. most: the search's score for its best passage."""
        weight = self.passage.score / (most or 1.0) - OPENING * (HEADING_SEPARATOR not in self.passage.heading)
        weight += WHOLE * self.whole + WORDING * self.wording + LIKE_WORDING * self.like_wording
        if context and context.words:
            weight += 0.15 * context.share(context.met(f"{self.passage.heading}\n{self.passage.text}"))
        return weight


def _worth(question: str, unit: _Unit, like: float, asked: QueryWords) -> float:
    """How well a sentence would do as the one to quote."""
    worth = asked.share(asked.met(unit.text)) + LIKE * max(like, 0.0)
    sign = next((sign for kind, sign in SIGNS if re.search(kind, question, re.I)), None)
    if sign and re.search(sign, unit.text, re.I):
        worth += SIGN
    return worth * unit.weight + KEY * (_is_key(unit, asked) + _defines(question, unit, asked))


def _defines(question: str, unit: _Unit, asked: QueryWords) -> bool:
    """Whether a sentence says what the thing that was asked about is: `An eigenvector is ...`."""
    subject = re.match(DEFINITION, unit.text, re.I) if re.search(ASKS_WHAT, question, re.I) else None
    return bool(subject and len(subject[1].split()) <= len(asked.words) + 1 and asked.share(asked.met(subject[1])) > 0.9)


def _is_key(unit: _Unit, asked: QueryWords) -> bool:
    """Whether a sentence begins with a word of the question in bold, as a section's key sentence does."""
    bold = BOLD_START.match(unit.text)
    return bool(bold and asked.met(bold[1]))


def _units(passage: Passage) -> Iterator[_Unit]:
    """What a passage consists of, in order."""
    raw = passage.text.split("\n")
    for number, block in enumerate(section_blocks(passage.text)):
        if block.kind != "paragraph_open":
            yield _Unit(block.text, passage.line + _first_line(raw, block), number, False)
            continue
        line, rest = _first_line(raw, block), 0
        for sentence in sentences_of(block.text):
            line, rest = _place(raw, sentence, line, rest)
            yield _Unit(sentence, passage.line + line, number, True)


def _first_line(raw: list[str], block: SectionBlock) -> int:
    """The 0-based line on which a block's text begins."""
    return next((line for line in range(block.start, min(block.end, len(raw))) if raw[line].strip()), block.start)


def _place(raw: list[str], sentence: str, line: int, column: int) -> tuple[int, int]:
    """(0-based line, column) of a sentence, looked for from a line and column on by its first word."""
    head = sentence.split(" ", 1)[0]
    for number in range(line, len(raw)):
        found = raw[number].find(head, column if number == line else 0)
        if found >= 0:
            return number, found
    return line, column


def _window(units: list[_Unit], first: int, asked: QueryWords) -> set[int]:
    """The numbers of the units to quote: the best one, what it depends on, and what is beside it, up to MOST_WORDS."""
    chosen = {first}

    def size() -> int:
        return sum(units[number].size for number in chosen)

    def fits(number: int) -> bool:
        return 0 <= number < len(units) and number not in chosen and size() + units[number].size <= MOST_WORDS

    back = first
    while back and fits(back - 1) and _leans_back(units[back]):
        back -= 1
        chosen.add(back)
    ahead = first
    while fits(ahead + 1) and (units[ahead].text.rstrip("*").endswith((":", ",")) or _explains(units[ahead + 1])):
        ahead += 1
        chosen.add(ahead)
    met: frozenset[int] = frozenset().union(*(asked.met(units[number].text) for number in chosen))
    others = sorted(
        (number for number in range(len(units)) if number not in chosen and not units[number].is_code),
        key=lambda number: (-asked.share(asked.met(units[number].text) - met), abs(number - first)),
    )
    for number in others[:2]:  # what covers more of the question
        if asked.share(asked.met(units[number].text) - met) >= 0.15 and fits(number):
            chosen.add(number)
            met |= asked.met(units[number].text)
    while size() < FEWEST_WORDS:
        beside = [number for number in (max(chosen) + 1, min(chosen) - 1) if fits(number) and not units[number].is_code]
        if not beside:
            break
        chosen.add(beside[0])
    return chosen


def from_sentences(
    question: str, sentences: Sequence[CitedSentence], passages: Sequence[Passage], model: str, usage: dict[str, int] | None
) -> Answer:
    """A model's verified sentences as an answer, with the nearest quote of each passage that they cite."""
    cited = dict.fromkeys(number for sentence in sentences for number in sentence.numbers)
    citations = []
    for number in cited:
        passage = passages[number - 1]
        quote, line = nearest_line(passage, " ".join(one.text for one in sentences if number in one.numbers))
        citations.append(Citation(passage.lesson, passage.path, line, passage.heading, quote))
    new = {number: place for place, number in enumerate(cited, 1)}
    text = "\n".join(f"{one.text} {''.join(f'[{new[number]}]' for number in one.numbers)}" for one in sentences)
    near = () if sentences else tuple(passages[:3])
    return Answer(question, text, bool(sentences), tuple(citations), near, "model", model, usage)


def nearest_line(passage: Passage, said: str) -> tuple[str, int]:
    """(quote, line) of the sentence or block of a passage that shares most words with what was said."""
    words = set(re.findall(r"\w{3,}", said.casefold()))
    units = list(_units(passage))

    def words_shared(unit: _Unit) -> float:
        own = set(re.findall(r"\w{3,}", unit.text.casefold()))
        return len(words & own) / (len(words | own) or 1)

    best = max(units, key=words_shared, default=None)
    return (best.text, best.line) if best else (passage.text.split("\n")[0], passage.line)


def _explains(unit: _Unit) -> bool:
    """Whether a unit is a formula, table or list, which belongs to the sentence above it."""
    return not (unit.prose or unit.is_code)


def _leans_back(unit: _Unit) -> bool:
    """Whether a unit can't be understood without the one before it."""
    return not unit.prose or bool(LEANS_BACK.match(unit.text)) or unit.text[0].islower()


def _citations(passage: Passage, units: list[_Unit]) -> tuple[Citation, ...]:
    """A citation for each run of sentences that follow each other in one block, and for each block that is quoted whole."""
    found: list[Citation] = []
    last = None
    for unit in units:
        if last and unit.prose and last.prose and unit.block == last.block and _follow(passage, last, unit):
            found[-1] = Citation(passage.lesson, passage.path, found[-1].line, passage.heading, f"{found[-1].quote} {unit.text}")
        else:
            found.append(Citation(passage.lesson, passage.path, unit.line, passage.heading, unit.text))
        last = unit
    return tuple(found)


def _follow(passage: Passage, one: _Unit, other: _Unit) -> bool:
    """Whether there is nothing between two sentences."""
    return _flat(f"{one.text} {other.text}") in _flat(passage.text)


# ------------------------------------------------------------------------------------------------ is it there


def evidence(best: _Fit, like_sentence: float, asked: QueryWords) -> tuple[float, ...]:
    """The evidence that a passage answers the question, for `is_found`: the share of the question that it covers, the share
    that no lesson covers, how similar it is in meaning, and how much was asked."""
    unknown = frozenset(asked.unknown) - best.met
    like = max(best.like_wording, like_sentence)
    return best.whole, asked.share(unknown), like, math.log(1 + len(asked.words))


# A logistic regression, fitted by `benchmarks/ask.py --fit`.
SLOPES = (3.47, -1.61, 2.37, 1.59)
BIAS = -5.46


def is_found(evidence: Sequence[float]) -> bool:
    """Whether this much evidence is an answer."""
    return BIAS + sum(slope * value for slope, value in zip(SLOPES, evidence, strict=True)) > 0


FOLLOWS_UP = r"\b(it|its|that|this|they|them|those|these|then|else|other|also|instead)\b|^\W*(and|but|or|so)\b"


def in_context(question: str, earlier: str) -> str:
    """What to search for when a question follows another: also the other's words, unless it can stand alone."""
    follows = len(question.split()) < 4 or re.search(FOLLOWS_UP, question, re.I)
    return f"{question} {earlier}" if earlier and follows else question


def document(answer: Answer) -> dict[str, Any]:
    """What `ask --json` prints."""
    citations = [
        {"lesson": one.lesson, "path": one.path, "line": one.line, "heading": one.heading, "quote": one.quote}
        for one in answer.citations
    ]
    return {
        "question": answer.question, "answer": answer.text, "found": answer.found, "citations": citations,
        "mode": answer.mode, "model": answer.model, "usage": answer.usage,
    }  # fmt: skip


def listing(answer: Answer) -> str:
    """The answer as text: the quotes or the model's words, and below them where they are in the lessons."""
    if not answer.found:
        nearest = [f"  {place(one)}" for one in one_per_lesson(answer.near)]
        return "\n".join([NOT_ANSWERED, *(["", "What comes nearest:", *nearest] if nearest else [])])
    return "\n".join([answer.text, "", *places(answer)])


def places(answer: Answer) -> list[str]:
    """Where the quotes of an answer are, one on each line, numbered if the answer refers to them by number."""
    if answer.mode == "model":
        return [f"[{number}] {place(one)}" for number, one in enumerate(answer.citations, 1)]
    return list(dict.fromkeys(place(one) for one in answer.citations))


NOT_ANSWERED = "The lessons don't answer that."


def place(where: Citation | Passage) -> str:
    """`docs/llm/attention.md:94  Attention › Root d_k`."""
    return f"{where.path}:{where.line}  {where.heading}"


def one_per_lesson(passages: Sequence[Passage]) -> list[Passage]:
    """The first passage of each lesson."""
    return list({passage.lesson: passage for passage in reversed(passages)}.values())[::-1]


def quote_stands(citation: Citation, text: str) -> bool:
    """Whether a citation's quote is in the lesson's text and begins on its line."""
    lines = text.replace("\r\n", "\n").split("\n")
    if not 1 <= citation.line <= len(lines):
        return False
    quote = _flat(citation.quote)
    longest = citation.quote.count(" ") + citation.quote.count("\n") + 60  # lines that it may extend over
    here = _flat("\n".join(lines[citation.line - 1 : citation.line + longest]))
    place = here.find(quote)
    return bool(quote) and 0 <= place <= len(_flat(lines[citation.line - 1]))


def _flat(text: str) -> str:
    return " ".join(re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL).split())
