"""What `check --fix` fixes: hidden characters, line ends, output blocks. Text in, text out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tutor.corpus.code_blocks import CodeBlock
from tutor.corpus.drawn import is_python_plot
from utils.text import CUT, plural, sanitize

MAX_PASSES = 5  # over a line: removing a character can bring two others together that then count as hidden


def tidy(text: str, markdown: bool) -> str:
    """The text without hidden characters, BOM, trailing spaces and CRs, and with a newline at its end.

    Lines keep their numbers. Two spaces that are a line break in Markdown stay.
    """
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    lines = strip_trailing_spaces([_visible(line) for line in lines], markdown)
    joined = "\n".join(lines)
    return joined + "\n" if joined and not joined.endswith("\n") else joined


def describe_tidying(text: str, tidied: str) -> str:
    """What `tidy` changed in a text, in words."""
    before, after = re.split(r"\r\n|\r|\n", text), tidied.split("\n")
    changed = sum(line != new for line, new in zip(before, after, strict=False))
    done = [f"{plural(changed, 'line')} tidied"] if changed else []
    done += ["line ends changed to LF"] if "\r" in text else []
    done += ["newline added at the end"] if not text.endswith(("\n", "\r")) else []
    return ", ".join(done)


def strip_trailing_spaces(lines: Sequence[str], markdown: bool) -> list[str]:
    """The lines without trailing spaces, except for the two that break a line inside a Markdown paragraph."""
    kept = []
    for number, line in enumerate(lines):
        bare = line.rstrip(" \t")
        below = lines[number + 1] if number + 1 < len(lines) else ""
        breaks = markdown and bare and line.endswith("  ") and below.strip()
        kept.append(bare + "  " if breaks else bare)
    return kept


def _visible(line: str) -> str:
    for _ in range(MAX_PASSES):
        shown = sanitize(line)
        if shown == line:
            break
        line = _without_marked(line, shown)
    return line


def _without_marked(line: str, shown: str) -> str:
    """The line without the characters that the sanitizer replaced with a mark."""
    kept, at = [], 0
    for char in line:
        if shown.startswith(char, at):
            kept.append(char)
            at += 1
        elif unicodedata.category(char).startswith("M") and sanitize("a" + char) == "a" + char:
            at += len(CUT) if shown.startswith(CUT, at) else 0  # one mark stands for all the surplus ones
        else:
            at += len(sanitize(char))
    return "".join(kept)


def with_outputs(text: str, printed: Iterable[tuple[CodeBlock, str]]) -> str:
    """A lesson whose output blocks hold what the code printed; missing ones are added. text: with LF line ends.

    A block inside a quote or indented by a tab is left alone, because we can't tell its lines from their margin.
    """
    lines = text.split("\n")
    for block, output in sorted(printed, key=lambda pair: -pair[0].line):
        fence = re.match(r"( *)(`{3,}|~{3,})", lines[block.line - 1])
        if not fence:
            continue
        body = [fence[1] + line if line else "" for line in output.rstrip().split("\n")]
        longest = max((len(run) for run in re.findall("`+", output)), default=0)
        mark = "`" * max(3, longest + 1)
        new = [f"{fence[1]}{mark}{'plot' if is_python_plot(block.info) else 'output'}", *body, fence[1] + mark]
        if block.output_line is not None:
            first = block.output_line - 1
            last = first + (block.output or "").count("\n") + 1
        else:
            last = block.line + block.body.count("\n")
            first, new = last + 1, ["", *new]
        if last >= len(lines) or not re.match(r" *(`{3,}|~{3,})\s*$", lines[last]):
            continue  # the fence is never closed
        lines[first : last + 1 if block.output_line is not None else first] = new
    return "\n".join(lines)
