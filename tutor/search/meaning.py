"""Meaning: how near a passage is to a question even if they share no word, by the built-in embedding of its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from tutor.models import HEADING_SEPARATOR
from utils.embedding import built_in

ALSO_ASKED = 0.7  # weight of a question that the passage answers, relative to a sentence of the passage itself
# Finer than the sentences of a lesson: the entries of a list and what follows a colon are compared by themselves.
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.)\s)")


class Text(Protocol):
    """A passage, as far as it is needed here."""

    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def also(self) -> str:
        """Questions that it answers, one on each line."""
        ...


def nearness(question: str, texts: Iterable[Text]) -> Iterator[float]:
    """How near each text is: the cosine of its nearest sentence, with its heading, plus part of that of its nearest question.

    -1.7..1.7; 0 where neither has a word that the embedding knows, as in scripts other than Latin.
    """
    embedding = built_in()
    asked = embedding.vector(question)
    for one in texts:
        heading = one.heading.rpartition(HEADING_SEPARATOR)[2]
        said = (f"{heading}. {sentence}" for sentence in SENTENCE_END.split(one.text) if sentence.strip())
        yield embedding.nearest(asked, said) + ALSO_ASKED * embedding.nearest(asked, one.also.splitlines())
