"""Places and quotes: how the passages that an answer stands on are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor.models import HEADING_SEPARATOR, Answer, Citation, Passage
from tutor.search.answering.quotes import Quotable, quotes_of

if TYPE_CHECKING:
    from tutor.prompts import CitedSentence

NOT_ANSWERED = "The lessons don't answer that."


def from_sentences(
    question: str, sentences: Sequence[CitedSentence], passages: Sequence[Passage], model: str, usage: dict[str, Any] | None
) -> Answer:
    """A model's verified sentences as an answer, with the nearest quote of each passage that they cite."""
    cited = dict.fromkeys(number for sentence in sentences for number in sentence.numbers)
    citations = []
    for number in cited:
        passage = passages[number - 1]
        quote, line = nearest_line(passage, " ".join(one.text for one in sentences if number in one.numbers))
        citations.append(Citation(passage.lesson, passage.path, line, passage.heading, quote))
    new = {number: place for place, number in enumerate(cited, 1)}
    text = "\n".join(replace(one, numbers=tuple(new[number] for number in one.numbers)).shown for one in sentences)
    near = () if cited else tuple(passages[:3])
    own = tuple(one.text for one in sentences if one.own)
    return Answer(question, text, bool(cited), tuple(citations), near, "model", model, usage, own)


def nearest_line(passage: Passage, said: str) -> tuple[str, int]:
    """(quote, line) of the sentence or block of a passage that shares most words with what was said."""
    words = set(re.findall(r"\w{3,}", said.casefold()))

    def words_shared(quote: Quotable) -> float:
        own = set(re.findall(r"\w{3,}", quote.text.casefold()))
        return len(words & own) / (len(words | own) or 1)

    best = max(quotes_of(passage), key=words_shared, default=None)
    return (best.text, best.line) if best else (passage.text.split("\n")[0], passage.line)


def document(answer: Answer, text: str) -> dict[str, Any]:
    """What `ask --json` prints. text: the answer without Markdown and LaTeX."""
    citations = [
        {"lesson": one.lesson, "path": one.path, "line": one.line, "heading": one.heading, "quote": one.quote}
        for one in answer.citations
    ]
    return {
        "question": answer.question, "answer": answer.text, "text": text, "found": answer.found, "citations": citations,
        "mode": answer.mode, "model": answer.model, "usage": answer.usage, "own": list(answer.own),
    }  # fmt: skip


def listing(answer: Answer, text: str) -> str:
    """The answer, and below it where it is in the lessons; or what comes nearest. text: the answer as it is to be shown."""
    if not answer.found:
        nearest = [f"  {place(one)}" for one in one_per_lesson(answer.near)]
        return "\n".join([NOT_ANSWERED, *(["", "What comes nearest:", *nearest] if nearest else [])])
    also = or_do_you_mean(answer)
    return "\n".join([text, "", *places(answer), *(["", also] if also else [])])


def or_do_you_mean(answer: Answer) -> str:
    """What else a vague question may be about, in one line; "" for nothing."""
    return f"Or do you mean: {', '.join(map(title_of, answer.others))}?" if answer.others else ""


def title_of(passage: Passage) -> str:
    """The heading that a passage stands below."""
    return passage.heading.rpartition(HEADING_SEPARATOR)[2]


def places(answer: Answer) -> list[str]:
    """Where the quotes of an answer are, one line for each section; numbered if the answer refers to them by number."""
    if answer.mode == "model":
        return [f"[{number}] {place(one)}" for number, one in enumerate(answer.citations, 1)]
    sections: dict[tuple[str, str], list[Citation]] = {}
    for citation in answer.citations:
        sections.setdefault((citation.path, citation.heading), []).append(citation)
    return [f"{path}:{_lines(own)}  {heading}" for (path, heading), own in sections.items()]


def _lines(citations: Sequence[Citation]) -> str:
    """`67-71`: from the first line that is quoted to the last."""
    first = min(citation.line for citation in citations)
    last = max(citation.line + citation.quote.count("\n") for citation in citations)
    return f"{first}-{last}" if last > first else str(first)


def place(where: Citation | Passage) -> str:
    """`docs/llm/attention.md:94  Attention › Root d_k`."""
    return f"{where.path}:{where.line}  {where.heading}"


def one_per_lesson(passages: Sequence[Passage]) -> list[Passage]:
    """The first passage of each lesson."""
    return list({passage.lesson: passage for passage in reversed(passages)}.values())[::-1]
