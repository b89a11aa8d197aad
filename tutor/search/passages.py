"""Passages without an index: which section of a lesson speaks about a question, by the words they share."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.models import Section
from tutor.search.words import content_stems


def closest_section(text: str, sections: Sequence[Section]) -> Section | None:
    """The section whose heading and words are nearest to a text, or None where none is near.

    Near is: the heading shares a word with the text, and a third of the text's distinct words stand in the section.
    """
    asked = set(content_stems(text))
    best, best_share = None, 1 / 3
    for section in sections:
        if asked & set(content_stems(section.title)):
            share = len(asked & set(content_stems(f"{section.title} {section.text}"))) / len(asked)
            if share >= best_share:
                best, best_share = section, share
    return best
