"""Passages without an index: which section of a lesson speaks about a question, by the words they share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.models import Section
from tutor.search.words import words


def best_passage(question: str, sections: Sequence[Section]) -> tuple[Section, str, int] | None:
    """The section and its paragraph that share most of the question's words: (section, paragraph, 1-based line).

    None when less than half of the question's words stand in the paragraph and its headings: better no answer than
    a passage that only looks like one.
    """
    asked = set(words(question))
    if not asked:
        return None
    best, best_score = None, 0.0
    for section in sections:
        heading = set(words(" ".join(section.heading_path)))
        line = section.text_line
        for paragraph in re.split(r"(\n(?:[ \t]*\n)+)", section.text):
            if paragraph.strip() and not paragraph.lstrip().startswith(("```", "<!--", "|", "$$")):
                said = words(paragraph)
                met = len(asked & set(said)) + 0.5 * len(asked & heading - set(said))
                score = met / len(asked) - 0.0005 * len(said)
                if met / len(asked) >= 0.5 and score > best_score:
                    begins = line + len(paragraph) - len(paragraph.lstrip("\n"))
                    best, best_score = (section, paragraph.strip(), begins), score
            line += paragraph.count("\n")
    return best


def closest_section(text: str, sections: Sequence[Section]) -> Section | None:
    """The section whose heading and words are nearest to a text, or None where none is near.

    Near is: the heading shares a word with the text, and a third of the text's distinct words stand in the section.
    """
    asked = set(words(text))
    best, best_share = None, 1 / 3
    for section in sections:
        if asked & set(words(section.title)):
            share = len(asked & set(words(f"{section.title} {section.text}"))) / len(asked)
            if share >= best_share:
                best, best_share = section, share
    return best
