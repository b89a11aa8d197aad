"""Findings about the plots of a lesson: each is read and computed, at every point of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.check.rules import finding
from tutor.corpus.code_blocks import CodeBlock
from tutor.corpus.drawn import is_plot, is_python_plot
from tutor.corpus.plots import compute, read_plot
from tutor.models import Finding
from utils.errors import InvalidFile


def plot_findings(path: str, blocks: Sequence[CodeBlock]) -> Iterator[Finding]:
    """What can't be drawn, at the line of its fault."""
    for block in blocks:
        source, line = (block.output, block.output_line) if is_python_plot(block.info) else (block.body, block.line)
        if source is not None and line and (is_plot(block.info) or is_python_plot(block.info)):
            try:
                compute(read_plot(source, path, line + 1), strict=True)
            except InvalidFile as error:
                yield finding("invalid-plot", path, error.line or line, error.message)
