"""Reading a bank: from the text of a `<slug>.quiz.yaml` to Items, each as its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from tutor.corpus.bank.drawing import draw
from tutor.corpus.bank.fields import (
    FIELDS,
    BankFields,
    either,
    expression_fault,
    in_words,
    refuse_unknown,
    suggestion,
)
from tutor.corpus.bank.figures import Figure, NoFigure, figure_named
from tutor.corpus.bank.kinds import KINDS
from tutor.corpus.bank.lesson_code import LessonCode, NoBlock, block_named, occurrences, with_changes
from tutor.corpus.bank.templates import templates
from tutor.corpus.expressions import CONSTANTS, FUNCTIONS, ExpressionError, show
from tutor.models import Item, Kind, Variable
from utils.errors import InvalidFile
from utils.strict_yaml import line_of, load
from utils.text import nearest

ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
ID_IN_WORDS = "small letters, digits, - and _, beginning with a letter or digit"
VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
CODE_OR_MATH = re.compile(r"`[^`]*`|\$[^$]*\$")  # where {{ may stand for itself in an item without variables
CODE_FIELDS = ("code", "block", "replace", "prints", "starter", "examples", "tests", "reference")  # where they always do
MAX_VALUES = 10_000  # that a variable can take


def parse_bank(
    text: str, lesson_id: str, path: str, sections: Sequence[str] | None = None,
    figures: Callable[[], Sequence[Figure]] | None = None, code: Callable[[], Sequence[LessonCode]] | None = None,
) -> list[Item]:  # fmt: skip
    """The items of a bank, in the author's order.

    `sections` are the slugs of the lesson's sections, `figures` gives its figures, where an item is asked with one, and `code`
    its blocks; without them, what an item names is not checked.
    Raises InvalidFile at the first field that the format does not allow: what was found, what is expected, what to do.
    """
    root = load(text, path)
    if not isinstance(root, dict):
        raise InvalidFile(path, 1, f'found {in_words(root)}, expected "items:" and a list of items under it')
    bank = BankFields(root, path, "the bank")
    bank.allow(("items",))
    code = cache(code) if code else None
    items: list[Item] = []
    first_lines: dict[str, int] = {}
    for index, entry in enumerate(bank.entries("items", at_least=1)):
        fields = bank.child("items", index, entry, f"item {index + 1}")
        item = _item(fields, lesson_id, path, sections)
        if item.figure and figures:
            item = replace(item, figure_block=_figure_block(fields, item, figures()))
        if item.block and code:
            item = _with_block(fields, item, code())
        if item.id in first_lines:
            fields.refuse("id", f"repeats an id; found it first on line {first_lines[item.id]}, expected it once; choose another")
        first_lines[item.id] = line_of(entry, "id")
        items.append(item)
    return items


def _item(fields: BankFields, lesson_id: str, path: str, sections: Sequence[str] | None) -> Item:
    item_id = fields.text("id")
    if not ID.fullmatch(item_id):
        fields.refuse("id", f'found the id "{item_id}", expected {ID_IN_WORDS}; rename it')
    fields.label = f'item "{item_id}"'
    kind = fields.text("kind")
    if kind not in Kind.ALL:
        fields.refuse("kind", f'found the kind "{kind}", expected {either(Kind.ALL)}{suggestion(kind, Kind.ALL)}')
    fields.allow((*FIELDS, *KINDS[kind].fields), _fields_of_other_kinds(kind))
    variables = _variables(fields)
    idea = fields.text("idea", required=False)
    if idea and not ID.fullmatch(idea):
        fields.refuse("idea", f'found the idea "{idea}", expected {ID_IN_WORDS}; rename it')
    item = Item(
        id=item_id,
        lesson=lesson_id,
        section=_section(fields, lesson_id, sections),
        kind=kind,
        question=fields.text("question"),
        hints=fields.texts("hints", required=False),
        explanation=fields.text("explanation", required=False),
        variables=variables,
        where=_where(fields, variables),
        path=str(path),
        line=line_of(fields.data),
        idea=idea,
        figure=" ".join(fields.text("figure", required=False).split()),
    )
    item = replace(item, **KINDS[kind].read(fields, variables))
    named = KINDS[kind].names_of_values(item) if variables else ()
    _check_templates(fields, {*(variable.name for variable in variables), *named})
    if not variables:
        KINDS[kind].refuse_contradictions(fields, item)
    else:
        draw(item, 0)  # so that an item that can never be drawn is refused here, not in front of a learner
    return item


def _fields_of_other_kinds(kind: str) -> dict[str, str]:
    """{field: what to say where a bank gives it} of the fields that only other kinds have."""
    found = {}
    for field in {field for other in KINDS.values() for field in other.fields}:
        owners = either(name for name, other in KINDS.items() if field in other.fields)
        on_options = field == "wrong" and KINDS[kind].offers_options
        remedy = "give wrong options a misconception and a reply" if on_options else "remove it or change kind"
        found[field] = f'found the field "{field}", which is for {owners}, expected only fields of {kind}; {remedy}'
    return found


def _figure_block(fields: BankFields, item: Item, figures: Sequence[Figure]) -> str:
    try:
        return figure_named(item.figure, item.section, figures).block
    except NoFigure as fault:
        fields.refuse("figure", str(fault))


def _with_block(fields: BankFields, item: Item, code: Sequence[LessonCode]) -> Item:
    """The item with the code of the lesson's block that it names, in which the pieces that it replaces are found once each."""
    try:
        found = block_named(item.block, item.section, code)
    except NoBlock as fault:
        fields.refuse("block", str(fault))
    body = found.block.body.strip("\n")
    for old, _ in item.changes:
        if (times := occurrences(old, body)) != 1:
            fields.table("replace").refuse(
                old,
                f'found "{old}" {f"{times} times" if times else "nowhere"} in the block on line {found.block.line}, '
                "expected it once; take a piece of code that is there once",
            )
    if item.variables:  # each draw replaces them by its own
        return replace(item, code=body, goes_on=found.goes_on)
    return replace(item, code=with_changes(body, dict(item.changes)), changes=(), goes_on=found.goes_on)


def _section(fields: BankFields, lesson_id: str, sections: Sequence[str] | None) -> str:
    section = fields.text("section").removeprefix("#")
    known = None if sections is None else [slug.rpartition("#")[2] for slug in sections]
    if known is not None and section not in known:
        near = nearest(section, known)
        remedy = f'Did you mean "#{near}"?' if near else f"It has {', '.join(f'#{slug}' for slug in known) or 'none'}."
        fields.refuse("section", f'names section "#{section}", which lesson {lesson_id} does not have. {remedy}')
    return section


def _variables(fields: BankFields) -> tuple[Variable, ...]:
    if "variables" not in fields.data:
        return ()
    table = fields.table("variables")
    if not table.data:
        fields.refuse("variables", "found no variables, expected at least one; add one or remove the field")
    return tuple(Variable(name, _values(table, name)) for name in table.data)


def _values(table: BankFields, name: str) -> tuple[float, ...]:
    """The values that a variable can take, in the author's order."""
    if not VARIABLE.fullmatch(name) or name in CONSTANTS or name in FUNCTIONS or name in ("and", "or", "not"):
        table.refuse(
            name,
            f'found the variable "{name}", expected a name of letters, digits and _ that no function or constant has; rename it',
        )
    shape = table.table(name)
    shape.label = f'{table.label} variable "{name}"'
    shape.allow(("from", "to", "step", "choose"))
    if "choose" in shape.data:
        if len(shape.data) > 1:
            shape.refuse("choose", "found choose beside from, to or step, expected one way only; remove the other")
        values = tuple(shape.number_at("choose", index) for index, _ in enumerate(shape.entries("choose", at_least=1)))
        if len(values) > MAX_VALUES:
            shape.refuse("choose", f"found {len(values):,} values, expected at most {MAX_VALUES:,}; shorten the list")
        return values
    first, last, step = shape.number("from"), shape.number("to"), shape.number("step", default=1)
    if step <= 0:
        shape.refuse("step", f"found the step {show(step)}, expected one above 0; correct it")
    if last < first:
        shape.refuse("to", f"found no values from {show(first)} to {show(last)}, expected at least one; swap the two")
    steps = (last - first) / step + 1e-9  # 0.1 to 0.7 by 0.1 includes 0.7, whatever floats say
    if steps >= MAX_VALUES:
        shape.refuse("to", f"found more than {MAX_VALUES:,} values, expected fewer; narrow the range or widen the step")
    exact = (first + index * step for index in range(int(steps) + 1))
    return tuple(value if isinstance(value, int) else round(value, 12) for value in exact)


def _where(fields: BankFields, variables: Sequence[Variable]) -> str:
    if "where" not in fields.data:
        return ""
    if not variables:
        fields.refuse("where", "found a condition without variables, expected variables too; add them or remove it")
    return fields.expression("where", variables)


# ------------------------------------------------------------------------------------------------- templates


def _check_templates(fields: BankFields, known: Collection[str]) -> None:
    """Refuses a `{{...}}` that cannot be filled, at the line of the text that holds it."""
    literal = ("block",) if known else CODE_FIELDS
    for container, key, text in _texts_within(fields.data, literal):
        if not known:
            text = CODE_OR_MATH.sub("", text)
        try:
            for source in templates(text) if "{{" in text else ():
                if not known:
                    raise ExpressionError(f"found {{{{{source}}}}} in an item without variables")
                refuse_unknown(source, known)
        except ExpressionError as error:
            fields.refuse_at(line_of(container, key), expression_fault(error))


def _texts_within(container: dict | list, but: Collection[str] = ()) -> Iterator[tuple[dict | list, Any, str]]:
    for key, value in container.items() if isinstance(container, dict) else enumerate(container):
        if key in but:
            continue
        if isinstance(value, str):
            yield container, key, value
        elif isinstance(value, (dict, list)):
            yield from _texts_within(value)
