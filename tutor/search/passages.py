"""Which section of a lesson is about a question, by the words that they share, without an index."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.models import Section
from tutor.search.words import content_stems


def closest_section(text: str, sections: Sequence[Section]) -> Section | None:
    """The section whose heading and words are nearest to a text, or None where none is near.

    A section is near if its heading shares a word with the text and it has a third of the text's distinct words.
    """
    asked = set(content_stems(text))
    best, best_share = None, 1 / 3
    for section in sections:
        if asked & set(content_stems(section.title)):
            share = len(asked & set(content_stems(f"{section.title} {section.text}"))) / len(asked)
            if share >= best_share:
                best, best_share = section, share
    return best
