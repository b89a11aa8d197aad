"""Excerpts: the lines of a passage that say what was asked, with the words that match marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor.models import Passage
from utils.text import sanitize, width

Spans = Callable[[str], list[tuple[int, int]]]  # where words of the question are in a text
BOLD, PLAIN = "\x1b[1m", "\x1b[22m"
AROUND = 1  # lines shown before and after the best one
CUT = "…"
LONGEST_LINE = 400  # characters of a line that are shown in a pipe; it may be a whole paragraph


def listing(passages: Sequence[Passage], spans: Spans, columns: int | None, bold: bool) -> str:
    """What `search` shows a person: the place of each passage, its heading path and an excerpt. Safe to print.

    columns: how wide lines may be, None for any width. bold: mark the words that match.
    """
    return "\n\n".join("\n".join(_passage_lines(passage, spans, columns, bold)) for passage in passages)


def excerpt(text: str, spans: Spans) -> list[tuple[int, str]]:
    """(0-based number, line) of the line with most words of the question, and of those around it."""
    lines = text.split("\n")
    met = [len({line[start:end].casefold() for start, end in spans(line)}) for line in lines]
    best = met.index(max(met))
    first, last = max(best - AROUND, 0), min(best + AROUND, len(lines) - 1)
    while first < best and not lines[first].strip():
        first += 1
    while last > best and not lines[last].strip():
        last -= 1
    return [(number, lines[number]) for number in range(first, last + 1)]


def _passage_lines(passage: Passage, spans: Spans, columns: int | None, bold: bool) -> list[str]:
    path, heading = (sanitize(text, newlines=False) for text in (passage.path, passage.heading))
    shown = [f"{path}:{passage.line}", f"  {heading}"]
    chosen = excerpt(passage.text, spans)
    digits = len(str(passage.line + chosen[-1][0]))
    for offset, line in chosen:
        room = columns - digits - 4 if columns else LONGEST_LINE
        shown.append(f"  {passage.line + offset:{digits}}  {_mark_matches(line.rstrip(), spans, room, bold)}".rstrip())
    return shown


def _mark_matches(line: str, spans: Spans, room: int, bold: bool) -> str:
    found = spans(line)
    start, end = _window(line, found, room)
    parts, done = [CUT if start else ""], start
    for begin, stop in found:
        if start <= begin and stop <= end:
            word = sanitize(line[begin:stop], newlines=False)
            parts += [sanitize(line[done:begin], newlines=False), f"{BOLD}{word}{PLAIN}" if bold else word]
            done = stop
    return "".join([*parts, sanitize(line[done:end], newlines=False), CUT if end < len(line) else ""])


def _window(line: str, found: list[tuple[int, int]], room: int) -> tuple[int, int]:
    """The part of a line around its first match that fits, cut between words where that costs little."""
    if width(line) <= room:
        return 0, len(line)
    room = max(room - 2 * len(CUT), 1)
    start = max(found[0][0] - room // 3, 0) if found else 0
    if start:
        blank = line.find(" ", start, found[0][0])
        start = blank + 1 if blank >= 0 else start
    end, used = start, 0
    while end < len(line) and used + width(line[end]) <= room:
        used += width(line[end])
        end += 1
    blank = line.rfind(" ", start + room // 2, end) if end < len(line) else -1
    return start, blank if blank > 0 else end
