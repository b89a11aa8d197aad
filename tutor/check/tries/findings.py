"""Findings about the try blocks of a lesson that need no code to be run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import product

from tutor.check.rules import finding
from tutor.corpus.bank import kind_of
from tutor.corpus.bank.kinds.number import is_the_answer
from tutor.corpus.expressions import ExpressionError, names, show
from tutor.corpus.plots import compute
from tutor.corpus.plots.spec import NumberSource
from tutor.corpus.tries import Try, read_try, setting_in_words, tries_of
from tutor.corpus.tries.at_first import written_at_first
from tutor.corpus.tries.spec import Setting
from tutor.models import Finding, Item, Lesson
from utils.errors import InvalidFile
from utils.strict_yaml import line_of, load
from utils.text import nearest

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\d)")
WHEN = {"predict": "before its knobs are turned", "question": "after its knobs were turned"}


@dataclass(frozen=True)
class LessonTry:
    """A try block that can be read, and the section that it stands in."""

    one: Try
    source: str  # its YAML
    line: int  # of its fence
    section: str  # slug

    def line_of(self, *names: str) -> int:
        """The line of the first of these fields that it has, else that of its fence."""
        data = load(self.source, "", self.line + 1)
        return next((line_of(data, name) for name in names if name in data), self.line)


def tries_in(lesson: Lesson) -> tuple[list[LessonTry], list[Finding]]:
    """The try blocks of a lesson that can be read, and what is wrong with the others."""
    found: list[LessonTry] = []
    wrong: list[Finding] = []
    for section in lesson.sections:
        for block in tries_of(section.text):
            line = section.text_line + block.line - 1
            try:
                found.append(LessonTry(read_try(block.source, lesson.path, line + 1), block.source, line, section.slug))
            except InvalidFile as error:
                wrong.append(finding("invalid-try", lesson.path, error.line or line, error.message))
    return found, wrong


def try_findings(path: str, tries: Sequence[LessonTry], items: Sequence[Item] | None) -> Iterator[Finding]:
    """What is wrong with a lesson's try blocks. items: of its bank, None where there is one that can't be read."""
    named: dict[str, int] = {}
    for block in tries:
        yield from _plot_findings(path, block)
        for knob in block.one.knobs:
            if not _uses(block.one, knob.name):
                where = "the plot" if block.one.plot else "the code"
                message = f"found the knob {knob.name}, which {where} doesn't use, expected one that changes it; use or remove it"
                yield finding("unused-knob", path, knob.line, message)
        if items is not None:
            yield from _item_findings(path, block, {item.id: item for item in items}, named)


# --------------------------------------------------------------------------------------------------- plots


def _plot_findings(path: str, block: LessonTry) -> Iterator[Finding]:
    """The first of its settings that can't be drawn: as it stands first, and at every combination of its ends."""
    one = block.one
    for number, setting in enumerate(_ends(one) if one.plot else ()):
        try:
            compute(one.plot, setting, strict=not number)  # type: ignore[arg-type]
        except InvalidFile as error:
            where = setting_in_words(setting)
            yield finding("invalid-try", path, error.line or block.line, f"at {where}: {error.message.removeprefix('plot: ')}")
            return


def _ends(one: Try) -> list[Setting]:
    first = one.first()
    found: list[Setting] = [first]
    turned = [{**first, knob.name: end} for knob in one.knobs for end in (knob.lowest, knob.highest)]
    corners = product(*((knob.lowest, knob.highest) for knob in one.knobs))
    turned += [dict(zip(first, corner, strict=True)) for corner in corners]
    for setting in turned:
        if setting not in found:
            found.append(setting)
    return found


def _uses(one: Try, name: str) -> bool:
    if one.plot:
        return any(name in _names(said) for said in _expressions(one.plot))
    try:
        return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(ast.parse(one.code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True  # running it tells what is wrong


def _names(source: str) -> frozenset[str]:
    try:
        return frozenset(names(source))
    except ExpressionError:
        return frozenset()


def _expressions(part: object) -> Iterator[str]:
    """Every expression in a part of a plot."""
    if isinstance(part, NumberSource):
        if isinstance(part.said, str):
            yield part.said
    elif isinstance(part, tuple):
        for one in part:
            yield from _expressions(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _expressions(getattr(part, field.name))


# --------------------------------------------------------------------------------------------------- items


def _item_findings(path: str, block: LessonTry, items: Mapping[str, Item], named: dict[str, int]) -> Iterator[Finding]:
    """named: the items that try blocks have named, with their lines; those of this block are added."""
    for field, name in (("predict", block.one.predict), ("question", block.one.question)):
        line = block.line_of(field)
        if not name:
            message = f"found no {field} in a try block, expected the id of an item to ask {WHEN[field]}; add {field}: …"
            yield finding("unasked-try", path, line, message)
        elif message := _fault_of(field, name, block.section, items, named):
            yield finding("unknown-try-item", path, line, message)
        elif field == "predict" and (told := _told_at_first(block.one, items[name])):
            message = f'found {told} in the block as it stands first, which answers "{name}", expected a question to guess at'
            yield finding("leaked-key", path, line, f"{message}; let its knobs stand elsewhere first")
        if name:
            named.setdefault(name, line)


def _told_at_first(one: Try, item: Item) -> str:
    """The number that a block shows, before anybody has turned a knob, and that answers an item; "" for none."""
    if item.answer is None or not (shown := written_at_first(one)):
        return ""
    plot, text = shown
    heights = [height for row in plot.bars.heights for height in row] if plot and plot.bars else []
    numbers = [*map(float, NUMBER.findall(text)), *heights]
    return next((show(number) for number in numbers if is_the_answer(number, item)), "")


def _fault_of(field: str, name: str, section: str, items: Mapping[str, Item], named: Mapping[str, int]) -> str:
    item = items.get(name)
    if item is None:
        near = nearest(name, items)
        remedy = f'Did you mean "{near}"?' if near else "Add it to the bank, or correct the id."
        return f"found {field}: {name}, expected the id of an item of the lesson's bank. {remedy}"
    if name in named:
        return f'found the item "{name}" a second time, expected one that line {named[name]} does not name; choose another'
    if item.section != section:
        return (
            f'found the item "{name}" of section "#{item.section}", expected one of the section of the block, "#{section}"; move '
            "either of them"
        )
    if field == "predict" and not kind_of(item).is_quick:
        return (
            f'found the item "{name}" of kind {item.kind} as predict, expected a choice or a number, which can be '
            "guessed; choose another"
        )
    return ""
