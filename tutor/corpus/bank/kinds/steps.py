"""`steps`: a worked example, line by line, of which the learner fills in the last line, then the last two, then all."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.fields import BankFields
from tutor.corpus.bank.kinds.choice import ChoiceKind
from tutor.corpus.bank.kinds.cloze import BLANK_LINE
from tutor.corpus.bank.kinds.item_kind import ItemKind
from tutor.corpus.bank.kinds.number import NumberKind
from tutor.corpus.bank.kinds.short import ShortKind
from tutor.corpus.bank.templates import DrawnValues
from tutor.corpus.expressions import CONSTANTS, FUNCTIONS, ExpressionError, evaluate, names, show
from tutor.corpus.formulas import substitute
from tutor.models import Item, Kind, Option, Variable, WorkedLine
from utils.strict_yaml import line_of

FEWEST_LINES, MOST_LINES = 2, 9
MOST_OPTIONS = 6  # of a line: they stand beside its blank
OF_A_LINE: dict[str, tuple[ItemKind, tuple[str, ...]]] = {  # kind of what a line asks for: who knows it, and its fields
    Kind.NUMBER: (NumberKind(), ("answer", "tolerance", "unit", "name", "wrong")),
    Kind.SHORT: (ShortKind(), ("expression", "wrong")),
    Kind.CHOICE: (ChoiceKind(), ("options", "answer", "shuffle")),
}
OF_EVERY_LINE = ("ask", "work")


class StepsKind(ItemKind):
    fields = ("lines",)
    several_lines = True

    # ---------------------------------------------------------------------------------------------- in a bank

    def read(self, fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
        lines: list[WorkedLine] = []
        for index, entry in enumerate(fields.entries("lines", at_least=FEWEST_LINES, at_most=MOST_LINES)):
            one = fields.child("lines", index, entry, f"{fields.label} line {index + 1}")
            named = [Variable(line.name, ()) for line in lines if line.name]
            lines.append(_line(one, index + 1, fields.text("id"), fields.text("section").removeprefix("#"), variables, named))
        return {"lines": tuple(lines if variables else _computed(fields, lines))}

    def refuse_contradictions(self, fields: BankFields, item: Item) -> None:
        for index, line in enumerate(item.lines):
            one = BankFields(fields.data["lines"][index], fields.path, f"{fields.label} line {index + 1}")
            _kind(line).refuse_contradictions(one, line.item)

    def names_of_values(self, item: Item) -> Collection[str]:
        return [line.name for line in item.lines if line.name]

    def with_values(self, item: Item, values: DrawnValues) -> Item:
        """Each line is computed with the numbers of those above it, which all texts of the item may name."""
        known, lines = dict(values.by_name), []
        for line in item.lines:
            asked = _kind(line).with_values(line.item, DrawnValues(dict(known)))
            expression = substitute(asked.answer_expression, values.by_name)  # in which names of lines are left
            when = tuple((values.text(option), substitute(condition, values.by_name)) for option, condition in line.when)
            asked = replace(asked, answer_expression=expression)
            if line.name:
                known[line.name] = asked.answer or 0.0
            line = WorkedLine(asked, DrawnValues(known).text(line.work), line.name, when)
            lines.append(replace(line, item=_settled(line, known)))
        return super().with_values(replace(item, lines=tuple(lines)), DrawnValues(known))

    def shuffled(self, item: Item, seed: int) -> Item:
        return _each(item, lambda line: _kind(line).shuffled(line.item, seed))

    def without_order(self, item: Item) -> Item:
        return _each(item, lambda line: _kind(line).without_order(line.item))

    def flaw(self, item: Item) -> str | None:
        flaws = ((number, _flaw(line)) for number, line in enumerate(item.lines, 1))
        return next((f"line {number}: {flaw}" for number, flaw in flaws if flaw), None)

    def entry(self, item: Item) -> dict[str, Any]:
        return {"lines": [{"ask": line.item.question, **_kind(line).entry(line.item)} for line in item.lines]}

    # ------------------------------------------------------------------------------------------- its question

    def question_text(self, item: Item) -> str:
        shown = [_worked(line) if number <= item.worked else _blank(line) for number, line in enumerate(item.lines, 1)]
        return f"{item.question}\n\n" + _numbered(shown)

    def how_to_answer(self, item: Item) -> str:
        numbers = self.lines_to_type(item)
        return f"fill in line {numbers[0]}" if len(numbers) == 1 else f"fill in lines {numbers[0]} to {numbers[-1]}, one by one"

    def how_on_sheet(self, item: Item) -> str:
        return f"fill in the {len(blank_lines(item))} lines"

    def lines_to_type(self, item: Item) -> list[str]:
        return [str(item.worked + place) for place, _ in enumerate(blank_lines(item), 1)]

    # --------------------------------------------------------------------------------------------- its answer

    def answer_parts(self, item: Item) -> list[str]:
        return [_kind(line).shown_answer(line.item) for line in blank_lines(item)]

    def shown_answer(self, item: Item) -> str:
        """The lines that were blank, worked out, as Markdown."""
        return "\n\n" + _numbered([_worked(line) for line in blank_lines(item)], item.worked + 1)

    def accepted_answers(self, item: Item) -> list[str]:
        typed = [_typed(line) for line in blank_lines(item)]
        firsts = [one[0] for one in typed]
        answers = ["\n".join(firsts)]
        for index, others in enumerate(typed):
            answers += ["\n".join([*firsts[:index], other, *firsts[index + 1 :]]) for other in others[1:]]
        return answers

    def as_answered(self, item: Item, typed: str) -> Item:
        given = len(re.split("[\n;]", typed.strip().rstrip(";")))
        return replace(item, worked=max(0, len(item.lines) - given))

    def as_example(self, item: Item) -> Item | None:
        return replace(item, worked=len(item.lines))

    def answer_in_words(self, item: Item, typed: str) -> str:
        return "; ".join(line.strip() for line in typed.split("\n"))

    # --------------------------------------------------------------------------------------------- on a sheet

    def as_typed(self, item: Item, answer: str, parts: tuple[str, ...], listed: Mapping[str, str] | None = None) -> str:
        return "\n".join(parts) if parts else answer


def blank_lines(item: Item) -> tuple[WorkedLine, ...]:
    """The lines that the learner fills in."""
    return item.lines[item.worked :]


def carried_on(line: WorkedLine, numbers: Mapping[str, float]) -> Item | None:
    """What a line asks for, with the right answer that follows from other numbers in the lines above; None where none does."""
    try:
        if line.when:
            return _settled(line, numbers)
        return replace(line.item, answer=evaluate(line.item.answer_expression, numbers), wrong=())
    except ExpressionError:
        return None


def computes_with(line: WorkedLine) -> set[str]:
    """The names of the lines above whose numbers the right answer of a drawn line is computed from."""
    sources = [line.item.answer_expression, *(condition for _, condition in line.when)]
    return {name for source in sources if source for name in names(source)}


# --------------------------------------------------------------------------------------------------- its lines


def _line(
    one: BankFields, number: int, item_id: str, section: str, variables: Sequence[Variable], named: Sequence[Variable]
) -> WorkedLine:
    """A line of a bank. named: the lines above it that have a name, as if they were variables."""
    kind = Kind.CHOICE if "options" in one.data else Kind.SHORT if "expression" in one.data else Kind.NUMBER
    reader, allowed = OF_A_LINE[kind]
    one.allow((*OF_EVERY_LINE, *allowed))
    ask, work, name = (" ".join(one.text(field, required=field == "ask").split()) for field in ("ask", "work", "name"))
    if name and (not name.isidentifier() or name in {*CONSTANTS, *FUNCTIONS, *(known.name for known in (*variables, *named))}):
        one.refuse(
            "name",
            f'found the name "{name}", expected letters, digits and _ that no variable, line or function has; rename it',
        )
    if kind == Kind.NUMBER and "answer" not in one.data:
        one.refuse("ask", "found no way to answer, expected answer, expression or options; add one")
    when: tuple[tuple[str, str], ...] = ()
    if kind == Kind.CHOICE and isinstance(one.data.get("answer"), dict):
        own, when = _conditional_options(one, (*variables, *named))
    else:
        own = _options(one) if "answer" in one.data and kind == Kind.CHOICE else reader.read(one, (*variables, *named))
    if len(own.get("options", ())) > MOST_OPTIONS:
        one.refuse("options", f"found {len(own['options'])} options, expected at most {MOST_OPTIONS}; leave some out")
    asked = Item(f"{item_id}/{number}", "", section, kind, ask, path=one.path, line=line_of(one.data), **own)
    return WorkedLine(asked, work, name, when)


def _options(one: BankFields) -> dict[str, Any]:
    """The fields of a choice whose options are texts, of which `answer` names the right one."""
    texts, right = one.texts("options", at_least=2), one.text("answer")
    if texts.count(right) != 1:
        one.refuse("answer", f'found the answer "{right}", expected one of the options, word for word; correct either')
    return {"options": tuple(Option(text, text == right) for text in texts), "shuffle": one.boolean("shuffle", default=True)}


def _conditional_options(one: BankFields, variables: Sequence[Variable]) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """The fields of a choice whose right option depends on the numbers, and (option, condition) of those that may be right."""
    texts, table = one.texts("options", at_least=2), one.table("answer")
    table.label = f"{one.label} answer"
    table.allow(texts)
    when = tuple((text, table.expression(text, variables)) for text in table.data)
    return {"options": tuple(map(Option, texts)), "shuffle": one.boolean("shuffle", default=True)}, when


def _settled(line: WorkedLine, numbers: Mapping[str, float]) -> Item:
    """What a line asks for, with the option that is right for these numbers. Raises ExpressionError."""
    if not line.when:
        return line.item
    right = {option for option, condition in line.when if evaluate(condition, numbers) is True}
    return replace(line.item, options=tuple(replace(option, right=option.text in right) for option in line.item.options))


def _flaw(line: WorkedLine) -> str | None:
    right = sum(option.right for option in line.item.options)
    if line.when and right != 1:
        return f"{right} options are right"
    return _kind(line).flaw(line.item)


def _computed(fields: BankFields, lines: Sequence[WorkedLine]) -> Iterator[WorkedLine]:
    """The lines of an item without variables, with the numbers that follow from those above them. Raises InvalidFile."""
    known: dict[str, float] = {}
    for index, line in enumerate(lines):
        asked = line.item
        try:
            if asked.kind == Kind.NUMBER:
                wrong = tuple(replace(one, answer=show(evaluate(one.answer, known))) for one in asked.wrong)
                answer = evaluate(asked.answer_expression, known) if asked.answer is None else asked.answer
                asked = replace(asked, answer=answer, wrong=wrong)
            asked = _settled(replace(line, item=asked), known)
            if line.when and (flaw := _flaw(replace(line, item=asked))):
                raise ExpressionError(flaw)
        except ExpressionError as error:
            fields.refuse(("lines", index), f"found no answer for line {index + 1} ({error}), expected one; correct that")
        if line.name:
            known[line.name] = asked.answer or 0.0
        yield replace(line, item=asked)


def _kind(line: WorkedLine) -> ItemKind:
    return OF_A_LINE[line.item.kind][0]


def _each(item: Item, change: Any) -> Item:
    return replace(item, lines=tuple(replace(line, item=change(line)) for line in item.lines))


def _numbered(lines: Sequence[str], first: int = 1) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, first))


def _lead(line: WorkedLine) -> str:
    """What a line asks for, as it stands before its answer."""
    ask = line.item.question
    return ask if ask[-1:] in "?:=≈.…" else f"{ask}:"


def _worked(line: WorkedLine) -> str:
    return f"{_lead(line)} {line.work or f'**{_kind(line).shown_answer(line.item)}**'}"


def _blank(line: WorkedLine) -> str:
    listed = ", ".join(f"{letter}: {text}" if letter else text for letter, text in lettered(line.item))
    how = listed or _kind(line).how_to_answer(line.item).removeprefix("a number, ")
    return f"{_lead(line)} {BLANK_LINE} ({how})"


def lettered(line: Item) -> list[tuple[str, str]]:
    """(letter, text) of the options of a line; the letter is "" where an option is itself a single character."""
    texts = OF_A_LINE[line.kind][0].choices(line)
    are_words = not any(len(text.strip()) == 1 for text in texts)
    return [(letter if are_words else "", text) for letter, text in zip(string.ascii_lowercase, texts, strict=False)]


def _typed(line: WorkedLine) -> list[str]:
    """Answers to a line that must all be right, the plainest first."""
    kind = _kind(line)
    if not kind.offers_options:
        return kind.accepted_answers(line.item)
    right = kind.answer_parts(line.item)
    return [*right, *(letter for letter, text in lettered(line.item) if letter and text in right)]
