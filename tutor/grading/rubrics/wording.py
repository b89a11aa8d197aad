"""What a learner is told of a free-text answer: what of it was right, and a question for what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.grading.words import clean, right_in_words, tokens
from tutor.models import Item, Met, Point


def in_words(item: Item, met: Sequence[Met], lacking: Sequence[Point], language: str) -> str:
    """What was right, in the learner's words, and a question for the first point that is missing."""
    quotes = list(dict.fromkeys(one.evidence for one in met if one.evidence))
    said = [right_in_words(quotes)] if quotes else []
    if lacking:
        if not quotes:
            said.append("This does not yet say what the question asks for.")
        said.append(question_for(lacking[0], item.question, language))
    return " ".join(said)


def question_for(point: Point, question: str, language: str = "en") -> str:
    """A question for a point: its own, else its text with the words left out that the question doesn't give."""
    if point.ask:
        return point.ask
    given = {token.stem for token in tokens(clean(question), language)}
    text, parts, end = clean(point.text), [], 0
    for token in tokens(text, language):
        if token.kind in ("word", "number") and token.stem not in given:
            parts += [text[end : token.start], "…"]
            end = token.end
    shown = re.sub(r"…(?:[\s,-]*…)+", "…", "".join([*parts, text[end:]])).strip(" .")
    return f"And what about this: “{shown}”?" if len(re.findall(r"\w+", shown)) >= 3 else "What else does the question ask for?"
