"""Meaning: how near a passage is to a question where they share no word, by the built-in embedding of its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from tutor.models import HEADING_SEPARATOR
from utils.embedding import built_in

ALSO_ASKED = 0.7  # what another wording of the question tells, against a sentence of the passage itself
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.)\s)")


class Text(Protocol):
    """A passage, or what of one is needed here."""

    heading: str
    text: str
    also: str  # questions that it answers, a line each


def nearness(question: str, texts: Iterable[Text]) -> Iterator[float]:
    """How near each is: the cosine of its nearest sentence, read under its heading, and part of that of its nearest question.

    -1.7..1.7; 0 where neither holds a word that the embedding knows, as in scripts other than Latin.
    """
    embedding = built_in()
    asked = embedding.vector(question)
    for one in texts:
        heading = one.heading.rpartition(HEADING_SEPARATOR)[2]
        said = (f"{heading}. {sentence}" for sentence in SENTENCE_END.split(one.text) if sentence.strip())
        yield embedding.nearest(asked, said) + ALSO_ASKED * embedding.nearest(asked, one.also.splitlines())
