"""The code of a lesson as a file that one can run: a Python script, or a notebook with the lesson's text.

Hidden checks stay behind. The notebook is nbformat 4.5, https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tutor.corpus.code_blocks import CodeBlock, code_blocks_of
from tutor.corpus.drawn import is_python_plot, is_try
from tutor.corpus.front_matter import split_front_matter
from tutor.corpus.lessons import MARK as IDS
from tutor.corpus.pages import joined_lines, split_blocks
from tutor.corpus.tries import read_try, setting_in_words
from tutor.models import Lesson
from utils.errors import InvalidFile

MARK = "Written by ptutor export"  # near the beginning of each file, so that it is known as one that may be written again
BLANK_LINES = re.compile(r"\n{3,}")
CELL = "# %%"  # begins a cell, for editors that know them


@dataclass(frozen=True)
class Cell:
    """A part of a lesson: prose, or code with what it prints."""

    prose: str = ""
    code: str = ""
    output: str = ""
    not_run: bool = False  # the author says that it isn't to be run
    line: int = 0  # 1-based, of the code's fence


def cells_of(text: str) -> list[Cell]:
    """The parts of a lesson's file in their order; [] where it has no Python."""
    _, body = split_front_matter(text)
    lines = body.split("\n")
    cells: list[Cell] = []
    done = 0  # lines
    for block in code_blocks_of(text):
        code = _code_to_try(block)
        if block.info.split()[:1] != ["python"] and not code:
            continue
        cells += _prose_cells(lines[done : block.line - 1])
        done = _end_of(block)
        if code:
            cells.append(code)
            continue
        not_run = "no-run" in block.info.split()
        output = "" if is_python_plot(block.info) else block.output or ""
        cells.append(Cell("", block.body.rstrip("\n"), output, not_run, block.line))
        if is_python_plot(block.info) and block.output:
            cells.append(Cell(f"```plot\n{block.output}```"))
    return [*cells, *_prose_cells(lines[done:])] if done else []


def _code_to_try(block: CodeBlock) -> Cell | None:
    """The code of a try block with its knobs set to what they are first; None for any other block."""
    if not is_try(block.info):
        return None
    try:
        one = read_try(block.body)
    except InvalidFile:  # of which `check` tells its author
        return None
    if not one.code:
        return None
    first = setting_in_words(one.first())
    knobs = [f"{knob.name} = {knob.first!r}  # {knob.expected()}" for knob in one.knobs]
    printed = one.shown[first].text if first in one.shown else ""
    lead = [f"# {one.title}"] if one.title else []
    return Cell("", "\n".join([*lead, *knobs, one.code]), f"{printed}\n" if printed else "", False, block.line)


def _end_of(block: CodeBlock) -> int:
    """The last line of a block and its output, with the fences."""
    begun, inside = (block.line, block.body) if block.output is None else (block.output_line or 0, block.output)
    return begun + inside.count("\n") + 1


def _prose_cells(lines: list[str]) -> Iterator[Cell]:
    _, kept = split_blocks(IDS.sub("", "\n".join(lines)))
    prose = joined_lines(kept, 0, len(kept))
    if prose := BLANK_LINES.sub("\n\n", prose).strip():
        yield Cell(prose)


def as_script(lesson: Lesson, cells: list[Cell]) -> str:
    """A lesson's code as one script, each block under the heading that it stands below."""
    parts = [f"# {lesson.title}\n# {MARK} from {lesson.path}"]
    for cell in cells:
        if cell.prose:
            continue
        heading = next((section.title for section in reversed(lesson.sections) if section.line <= cell.line), "")
        code = _commented(cell.code) if cell.not_run else cell.code
        printed = f"\n\n# prints:\n{_commented(cell.output.rstrip())}" if cell.output else ""
        parts.append(f"{CELL} {heading}".rstrip() + f"\n{code}{printed}")
    return "\n\n\n".join(parts) + "\n"


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def as_notebook(lesson: Lesson, cells: list[Cell]) -> str:
    """A lesson as a notebook: its text, its code, and what that prints. Code that isn't to be run is shown as text."""
    document: dict[str, Any] = {
        "metadata": {
            "about": f"{MARK} from {lesson.path}", "title": lesson.title,
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [_notebook_cell(number, cell) for number, cell in enumerate(cells, 1)],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _notebook_cell(number: int, cell: Cell) -> dict[str, Any]:
    common = {"id": f"cell-{number}", "metadata": {}}
    if cell.prose or cell.not_run:
        text = cell.prose or f"```python\n{cell.code}\n```"
        return {"cell_type": "markdown", **common, "source": text.splitlines(keepends=True)}
    outputs = []
    if cell.output:
        outputs.append({"output_type": "stream", "name": "stdout", "text": cell.output.splitlines(keepends=True)})
    source = cell.code.splitlines(keepends=True)
    return {"cell_type": "code", **common, "execution_count": None, "source": source, "outputs": outputs}


FORMATS = {"py": as_script, "ipynb": as_notebook}
