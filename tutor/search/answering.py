"""Answers in a corpus's own words: the sentences of a passage that answer a question, and whether they do.

Nothing is made up: an answer is a row of quotes, each with the line on which it begins, and where too little of the
question is met by any passage there is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.corpus.pages import section_blocks
from tutor.corpus.sentences import sentences_of
from tutor.models import HEADING_SEPARATOR, Answer, Citation, Passage
from tutor.search.query_words import QueryWords
from utils.embedding import built_in

FEWEST_WORDS, MOST_WORDS = 40, 120
CANDIDATES = 10  # passages that are looked into
# What chooses among passages, against the search's own score; a choice model fitted to the dev questions of benchmarks/ask.py.
WHOLE, WORDING = 0.65, 0.5  # shares of the question that the passage with its wordings meets, and the best wording alone
LIKE_WORDING = 0.4  # likeness by meaning to the nearest wording
OPENING = 0.1  # taken off a lesson's first words, which promise more than they say


# What an answer of a kind looks like. The first pattern that the question matches says which. Compiled when they are needed.
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
KEY = 0.25  # for the sentence that a section turns on, and for one that defines what was asked for
LIKE = 0.3  # for being like the question by meaning
SIGN = 0.12  # for bearing the sign of its kind
LEANS_BACK = re.compile(
    r"(?:\*\*)?(This|That|It|Its|They|Their|These|Those|Then|So|Both|Such|He|She|Here|Instead|Hence|Thus|But|And|Or|"
    r"Otherwise|The same|The other|In that|In this|For this|Each of)\b"
)


@dataclass(frozen=True)
class _Unit:
    """A sentence, a formula, a list, a table: what is quoted or left as a whole."""

    text: str  # verbatim but for line ends within a sentence
    line: int  # of the passage's file, 1-based, on which it begins
    block: int  # number of the Markdown block that it is in
    prose: bool

    @property
    def size(self) -> int:
        return len(self.text.split())

    @property
    def is_code(self) -> bool:
        return self.text.startswith(("```", "~~~"))

    @property
    def weight(self) -> float:
        """Of what it holds, as an answer."""
        return 1.0 if self.prose else 0.3 if self.is_code else 0.8


def answer(question: str, passages: Sequence[Passage], asked: QueryWords, context: QueryWords | None = None) -> Answer:
    """The answer that these passages, best first, give to a question in their own words; not found where they don't.

    context: words of a text or an earlier question that help to choose among passages, never to find an answer.
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
    """A passage held against a question."""

    passage: Passage
    met: frozenset[int]  # which words of the question it and its wordings hold
    whole: float  # their share of the question
    wording: float  # the share that the nearest wording holds
    like_wording: float  # its likeness

    @classmethod
    def of(cls, passage: Passage, asked: QueryWords, vector) -> _Fit:
        wordings = passage.also.splitlines()
        met = asked.met(f"{passage.heading}\n{passage.text}\n{passage.also}")
        like, nearest = max(((built_in().nearest(vector, [wording]), wording) for wording in wordings), default=(0.0, ""))
        return cls(passage, met, asked.share(met), asked.share(asked.met(nearest)), like)

    @property
    def title(self) -> str:
        return self.passage.heading.rpartition(HEADING_SEPARATOR)[2]

    def weight(self, most: float, context: QueryWords | None) -> float:
        """most: the search's score for its best passage."""
        weight = self.passage.score / (most or 1.0) - OPENING * (HEADING_SEPARATOR not in self.passage.heading)
        weight += WHOLE * self.whole + WORDING * self.wording + LIKE_WORDING * self.like_wording
        if context and context.words:
            weight += 0.15 * context.share(context.met(f"{self.passage.heading}\n{self.passage.text}"))
        return weight


def _worth(question: str, unit: _Unit, like: float, asked: QueryWords) -> float:
    """Of a sentence as the one to quote."""
    worth = asked.share(asked.met(unit.text)) + LIKE * max(like, 0.0)
    sign = next((sign for kind, sign in SIGNS if re.search(kind, question, re.I)), None)
    if sign and re.search(sign, unit.text, re.I):
        worth += SIGN
    return worth * unit.weight + KEY * (_turns_on(unit, asked) + _defines(question, unit, asked))


def _defines(question: str, unit: _Unit, asked: QueryWords) -> bool:
    """Whether a sentence says of the very thing that was asked about what it is: `An eigenvector is ...`."""
    subject = re.match(DEFINITION, unit.text, re.I) if re.search(ASKS_WHAT, question, re.I) else None
    return bool(subject and len(subject[1].split()) <= len(asked.words) + 1 and asked.share(asked.met(subject[1])) > 0.9)


def _turns_on(unit: _Unit, asked: QueryWords) -> bool:
    """Whether a sentence begins in bold with a word of the question: then its section turns on it."""
    bold = BOLD_START.match(unit.text)
    return bool(bold and asked.met(bold[1]))


def _units(passage: Passage):
    """What a passage is made of, in order."""
    raw = passage.text.split("\n")
    for number, block in enumerate(section_blocks(passage.text)):
        if block.kind != "paragraph_open":
            yield _Unit(block.text, passage.line + _first_line(raw, block), number, False)
            continue
        line, rest = _first_line(raw, block), 0
        for sentence in sentences_of(block.text):
            line, rest = _place(raw, sentence, line, rest)
            yield _Unit(sentence, passage.line + line, number, True)


def _first_line(raw: list[str], block) -> int:
    return next((line for line in range(block.start, min(block.end, len(raw))) if raw[line].strip()), block.start)


def _place(raw: list[str], sentence: str, line: int, column: int) -> tuple[int, int]:
    """(0-based line, column) where a sentence begins, looked for from a place on; its first words stand on one line."""
    head = sentence.split(" ", 1)[0]
    for number in range(line, len(raw)):
        found = raw[number].find(head, column if number == line else 0)
        if found >= 0:
            return number, found
    return line, column


def _window(units: list[_Unit], first: int, asked: QueryWords) -> set[int]:
    """The numbers of the units to quote: the best one, what it leans on, and what stands beside it, up to MOST_WORDS."""
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
    met = frozenset().union(*(asked.met(units[number].text) for number in chosen))
    others = sorted(
        (number for number in range(len(units)) if number not in chosen and not units[number].is_code),
        key=lambda number: (-asked.share(asked.met(units[number].text) - met), abs(number - first)),
    )
    for number in others[:2]:  # what says the part of the question that is still open
        if asked.share(asked.met(units[number].text) - met) >= 0.15 and fits(number):
            chosen.add(number)
            met |= asked.met(units[number].text)
    while size() < FEWEST_WORDS:
        beside = [number for number in (max(chosen) + 1, min(chosen) - 1) if fits(number) and not units[number].is_code]
        if not beside:
            break
        chosen.add(beside[0])
    return chosen


def from_sentences(question: str, sentences: Sequence, passages: Sequence[Passage], model: str, usage: dict | None) -> Answer:
    """A model's verified sentences as an answer; of each passage that they cite, what they come nearest to is quoted."""
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
    """(quote, line) of the sentence or block of a passage that shares most words with what is said of it."""
    words = set(re.findall(r"\w{3,}", said.casefold()))
    units = list(_units(passage))

    def shared(unit: _Unit) -> float:
        own = set(re.findall(r"\w{3,}", unit.text.casefold()))
        return len(words & own) / (len(words | own) or 1)

    best = max(units, key=shared, default=None)
    return (best.text, best.line) if best else (passage.text.split("\n")[0], passage.line)


def _explains(unit: _Unit) -> bool:
    """A formula, table or list right below a sentence belongs to it."""
    return not (unit.prose or unit.is_code)


def _leans_back(unit: _Unit) -> bool:
    return not unit.prose or bool(LEANS_BACK.match(unit.text)) or unit.text[0].islower()


def _citations(passage: Passage, units: list[_Unit]) -> tuple[Citation, ...]:
    """One citation for each run of sentences that stand side by side in one block, and for each block quoted whole."""
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
    return _flat(f"{one.text} {other.text}") in _flat(passage.text)


# ------------------------------------------------------------------------------------------------ is it there


def evidence(best: _Fit, like_sentence: float, asked: QueryWords) -> tuple[float, ...]:
    """What speaks for an answer in a passage, for `is_found`: how much of the question it meets and how much no lesson
    knows, how like the question it is, and how much was asked."""
    unknown = frozenset(asked.unknown) - best.met
    like = max(best.like_wording, like_sentence)
    return best.whole, asked.share(unknown), like, math.log(1 + len(asked.words))


# A logistic regression, fitted by `benchmarks/ask.py --fit`, which says to what.
SLOPES = (3.47, -1.61, 2.37, 1.59)
BIAS = -5.46


def is_found(evidence: Sequence[float]) -> bool:
    """Whether this much evidence is an answer."""
    return BIAS + sum(slope * value for slope, value in zip(SLOPES, evidence, strict=True)) > 0


FOLLOWS_UP = r"\b(it|its|that|this|they|them|those|these|then|else|other|also|instead)\b|^\W*(and|but|or|so)\b"


def in_context(question: str, earlier: str) -> str:
    """What to look for when a question follows another: with the other's words where it does not stand alone."""
    follows = len(question.split()) < 4 or re.search(FOLLOWS_UP, question, re.I)
    return f"{question} {earlier}" if earlier and follows else question


def document(answer: Answer) -> dict:
    """What `ask --json` gives."""
    citations = [
        {"lesson": one.lesson, "path": one.path, "line": one.line, "heading": one.heading, "quote": one.quote}
        for one in answer.citations
    ]
    return {
        "question": answer.question, "answer": answer.text, "found": answer.found, "citations": citations,
        "mode": answer.mode, "model": answer.model, "usage": answer.usage,
    }  # fmt: skip


def listing(answer: Answer) -> str:
    """The answer as text: the quotes, or the model's words, and under them where they stand."""
    if not answer.found:
        nearest = [f"  {place(one)}" for one in one_per_lesson(answer.near)]
        return "\n".join([NOT_ANSWERED, *(["", "What comes nearest:", *nearest] if nearest else [])])
    return "\n".join([answer.text, "", *places(answer)])


def places(answer: Answer) -> list[str]:
    """Where the answer stands, a line each; numbered where the answer refers to them by number."""
    if answer.mode == "model":
        return [f"[{number}] {place(one)}" for number, one in enumerate(answer.citations, 1)]
    return list(dict.fromkeys(place(one) for one in answer.citations))


NOT_ANSWERED = "The lessons don't answer that."


def place(where: Citation | Passage) -> str:
    """`docs/llm/attention.md:94  Attention › Root d_k`."""
    return f"{where.path}:{where.line}  {where.heading}"


def one_per_lesson(passages: Sequence[Passage]) -> list[Passage]:
    return list({passage.lesson: passage for passage in reversed(passages)}.values())[::-1]


def quote_stands(citation: Citation, text: str) -> bool:
    """Whether a lesson's text holds a citation's quote, beginning on its line."""
    lines = text.replace("\r\n", "\n").split("\n")
    if not 1 <= citation.line <= len(lines):
        return False
    quote = _flat(citation.quote)
    longest = citation.quote.count(" ") + citation.quote.count("\n") + 60  # lines it may be spread over
    here = _flat("\n".join(lines[citation.line - 1 : citation.line + longest]))
    place = here.find(quote)
    return bool(quote) and 0 <= place <= len(_flat(lines[citation.line - 1]))


def _flat(text: str) -> str:
    return " ".join(re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL).split())
