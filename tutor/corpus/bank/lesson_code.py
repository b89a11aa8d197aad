"""Blocks of a lesson's code that items ask about: each named by one of its lines, and changed in places.

Names stay valid when lines move. Of what stands before a block only `check` needs to know, which runs it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.corpus.drawn import is_python_plot
from tutor.models import Lesson
from utils.text import nearest, shorten

if TYPE_CHECKING:
    from tutor.corpus.code_blocks import CodeBlock

MOST_LISTED = 4  # names in an error


@dataclass(frozen=True)
class LessonCode:
    """A block of Python that a lesson shows and that can be run."""

    section: str  # slug of the section it stands in
    block: CodeBlock  # its lines are those of the lesson's file
    goes_on: bool = False  # it uses what blocks before it define

    @property
    def prints(self) -> bool:
        """Whether it shows what it prints, in place of a plot."""
        return not is_python_plot(self.block.info)


class NoBlock(Exception):
    """A name that no block has, or that several have; the message says what was found, what is expected and what to do."""


def lesson_code(lesson: Lesson) -> list[LessonCode]:
    """The blocks of Python that a lesson shows and that are run, in order."""
    from tutor.corpus.code_blocks import blocks_in  # which knows plots, whose fields are read as a bank's

    found, defined = [], set[str]()
    for section in lesson.sections:
        if "```" not in section.text and "~~~" not in section.text:
            continue
        for block in blocks_in(section.text):
            words = block.info.split()
            if words[:1] != ["python"] or "no-run" in words:
                continue
            begun, used = _names(block.body)
            placed = replace(
                block,
                line=block.line + section.text_line - 1,
                output_line=block.output_line and block.output_line + section.text_line - 1,
            )
            found.append(LessonCode(section.slug, placed, bool(used & defined)))
            defined |= begun
    return found


def block_named(name: str, section: str, code: Sequence[LessonCode]) -> LessonCode:
    """The block that has this line; where several have it, the one in the item's own section. Raises NoBlock."""
    wanted, code = _plain(name), [one for one in code if one.prints]
    found = [one for one in code if wanted in _lines(one)]
    if len(found) > 1 and len(near := [one for one in found if one.section == section]) == 1:
        found = near
    if len(found) == 1:
        return found[0]
    if found:
        lines = " and ".join(str(one.block.line) for one in found)
        raise NoBlock(f'found {len(found)} blocks with the line "{name}", on lines {lines}, expected one; name another line')
    every = [line for one in code for line in _lines(one)]
    near_line = nearest(wanted, every)
    first = [f'"{shorten(next(_lines(one), ""))}"' for one in code]
    listed = ", ".join(first[:MOST_LISTED]) + (", …" if len(first) > MOST_LISTED else "")
    remedy = f'Did you mean "{near_line}"?' if near_line else f"Its blocks begin with {listed}." if first else "It has none."
    raise NoBlock(f'found the block "{name}", expected a line of a Python block that the lesson shows and runs. {remedy}')


def occurrences(old: str, code: str) -> int:
    """How often a piece of code occurs, not as a part of a longer word or number."""
    return len(re.findall(_pattern(old), code))


def with_changes(code: str, changes: Mapping[str, str]) -> str:
    """Code with pieces of it replaced, all at once."""
    if not changes or not code:
        return code
    longest_first = sorted(changes, key=len, reverse=True)
    return re.sub("|".join(map(_pattern, longest_first)), lambda found: changes[found[0]], code)


def _pattern(old: str) -> str:
    before = r"(?<![\w.])" if re.match(r"[\w.]", old) else ""
    after = r"(?![\w.])" if re.search(r"[\w.]$", old) else ""
    return f"{before}{re.escape(old)}{after}"


def _lines(one: LessonCode) -> Iterator[str]:
    return (_plain(line) for line in one.block.body.split("\n") if line.strip())


def _plain(line: str) -> str:
    """A line without its indentation, and without a colon at its end, for which YAML would want quotes."""
    return " ".join(line.split()).rstrip(":")


def _names(code: str) -> tuple[set[str], set[str]]:
    """(names that a block defines, names that it takes from elsewhere); none of a block that Python can't read."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    defined = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    defined |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    names = [node for node in nodes if isinstance(node, ast.Name)]
    defined |= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    taken = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return defined, {node.id for node in names} - defined - taken - set(dir(builtins))
