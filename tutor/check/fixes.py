"""What `check --fix` puts right: hidden characters, ends of lines, output blocks. Text in, text out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from tutor.corpus.lessons import Block
from utils.text import CUT, plural, sanitize

MAX_PASSES = 5  # over a line: taking one character out can bring two together that then count as hidden


def tidied(text: str, markdown: bool) -> str:
    """A text without hidden characters, a BOM, trailing spaces and CRs, and with a newline at its end.

    Lines keep their numbers. Where two spaces at a line's end are Markdown's line break, two stay.
    """
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    lines = without_trailing([_visible(line) for line in lines], markdown)
    tidy = "\n".join(lines)
    return tidy + "\n" if tidy and not tidy.endswith("\n") else tidy


def tidying(text: str, tidy: str) -> str:
    """What `tidied` did to a text, in words."""
    before, after = re.split(r"\r\n|\r|\n", text), tidy.split("\n")
    changed = sum(line != new for line, new in zip(before, after, strict=False))
    done = [f"{plural(changed, 'line')} tidied"] if changed else []
    done += ["line ends made LF"] if "\r" in text else []
    done += ["newline added at the end"] if not text.endswith(("\n", "\r")) else []
    return ", ".join(done)


def without_trailing(lines: Sequence[str], markdown: bool) -> list[str]:
    """Lines without spaces at their ends, but for the two that break a line in a paragraph of Markdown."""
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
    """The line without the characters in whose place the sanitizer put a mark."""
    kept, at = [], 0
    for char in line:
        if shown.startswith(char, at):
            kept.append(char)
            at += 1
        elif unicodedata.category(char).startswith("M") and sanitize("a" + char) == "a" + char:
            at += len(CUT) if shown.startswith(CUT, at) else 0  # one mark stands for all that are too many
        else:
            at += len(sanitize(char))
    return "".join(kept)


def with_outputs(text: str, printed: Iterable[tuple[Block, str]]) -> str:
    """A lesson (with LF only) whose output blocks hold what the code printed; a missing one is added.

    A block in a quote or on a tab's indentation is left alone: its lines can't be told from their margin.
    """
    lines = text.split("\n")
    for block, output in sorted(printed, key=lambda pair: -pair[0].line):
        fence = re.match(r"( *)(`{3,}|~{3,})", lines[block.line - 1])
        if not fence:
            continue
        body = [fence[1] + line if line else "" for line in output.rstrip().split("\n")]
        longest = max((len(run) for run in re.findall("`+", output)), default=0)
        mark = "`" * max(3, longest + 1)
        new = [f"{fence[1]}{mark}output", *body, fence[1] + mark]
        if block.output_line is not None:
            first = block.output_line - 1
            last = first + block.output.count("\n") + 1
        else:
            last = block.line + block.body.count("\n")
            first, new = last + 1, ["", *new]
        if last >= len(lines) or not re.match(r" *(`{3,}|~{3,})\s*$", lines[last]):
            continue  # a fence that is never closed
        lines[first : last + 1 if block.output_line is not None else first] = new
    return "\n".join(lines)
