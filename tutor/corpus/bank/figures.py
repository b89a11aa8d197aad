"""Figures of a lesson that items are asked with: a plot by its title, a table by its row of heads.

Names stay valid when lines move. A kind of item knows nothing of them: whoever shows a question shows it by `shown_question`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from tutor.corpus.bank.kinds import kind_of
from tutor.corpus.drawn import is_plot
from tutor.corpus.markdown import lines_of, parse_blocks, plain_words
from tutor.models import Item, Lesson
from utils.errors import InvalidFile
from utils.text import nearest, shorten

MARKS = re.compile(r"[*`$\\]")  # of Markdown, which a name may have or leave out
MOST_LISTED = 4  # names in an error


@dataclass(frozen=True)
class Figure:
    """A plot or a table of a lesson."""

    name: str  # the title of the plot, or the heads of the table with | between them
    section: str  # slug of the section it stands in
    line: int
    block: str  # as Markdown


class NoFigure(Exception):
    """A name that no figure has, or that several have; the message says what was found, what is expected and what to do."""


def shown_question(item: Item) -> str:
    """The question of a drawn item as the learner reads it, as Markdown, with its figure below."""
    return "\n\n".join(filter(None, (kind_of(item).question_text(item), item.figure_block)))


def figures_of(lesson: Lesson) -> list[Figure]:
    """The plots that have a title, and the tables, in order."""
    return [figure for section in lesson.sections for figure in _figures_in(section.text, section.slug, section.text_line)]


def figure_named(name: str, section: str, figures: Sequence[Figure]) -> Figure:
    """The figure with that name; where several have it, the one in the item's own section. Raises NoFigure."""
    wanted = _comparable(name)
    found = [figure for figure in figures if _comparable(figure.name) == wanted]
    if len(found) > 1 and len(near := [figure for figure in found if figure.section == section]) == 1:
        found = near
    if len(found) == 1:
        return found[0]
    if found:
        lines = " and ".join(str(figure.line) for figure in found)
        raise NoFigure(f'found {len(found)} figures "{name}" in the lesson, on lines {lines}, expected one; rename the others')
    named = {_comparable(figure.name): figure.name for figure in figures}
    close = nearest(wanted, named)
    listed = [f'"{shorten(known)}"' for known in named.values()][:MOST_LISTED]
    more = ", …" if len(named) > len(listed) else ""
    remedy = f'Did you mean "{named[close]}"?' if close else f"It has {', '.join(listed) or 'none'}{more}."
    raise NoFigure(f'found the figure "{name}", expected the title of a plot, or the heads of a table, in the lesson. {remedy}')


def _figures_in(text: str, section: str, first_line: int) -> Iterator[Figure]:
    if "```" not in text and "~~~" not in text and "|" not in text:
        return
    tokens, definitions = parse_blocks(text)
    lines = text.split("\n")
    for at, token in enumerate(tokens):
        if token.type == "fence" and is_plot(token.info):
            if title := _title(token.content):
                block = f"{token.markup}plot\n{token.content}{token.markup}"
                yield Figure(title, section, first_line + lines_of(token)[0], block)
        elif token.type == "table_open" and token.level == 0:
            first, end = lines_of(token)
            row = list(takewhile(lambda one: one.type != "tr_close", tokens[at:]))
            heads = [content for before, content in pairwise(row) if before.type == "th_open"]
            name = " | ".join(plain_words(head.content, definitions) for head in heads)
            yield Figure(name, section, first_line + first, "\n".join(lines[first:end]).strip())


def _title(source: str) -> str:
    """The title of a plot; "" where it has none or can't be read, of which `check` tells its author."""
    from tutor.corpus.plots import read_plot

    try:
        return read_plot(source).title
    except InvalidFile:
        return ""


def _comparable(name: str) -> str:
    parts = MARKS.sub("", name).casefold().split("|")
    return "|".join(" ".join(part.split()) for part in parts).strip("|")
