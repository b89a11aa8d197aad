"""Reading a bank: from the text of a `<slug>.quiz.yaml` to Items, each as its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tutor.corpus.bank.drawing import draw, first_repeated, is_the_answer
from tutor.corpus.bank.fields import (
    FIELDS,
    FIELDS_OF,
    BankFields,
    either,
    explained,
    in_words,
    is_number,
    refuse_unknown,
    suggestion,
)
from tutor.corpus.bank.templates import templates
from tutor.corpus.expressions import CONSTANTS, FUNCTIONS, ExpressionError, show
from tutor.models import Blank, Item, Kind, KnownWrong, Option, Point, Variable
from utils.errors import InvalidFile
from utils.strict_yaml import line_of, load
from utils.text import nearest

ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
BLANK = re.compile(r"\[\[([^\[\]]*)\]\]")
BLANK_MARK = "[[…]]"
PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*%")
CODE_OR_MATH = re.compile(r"`[^`]*`|\$[^$]*\$")  # where {{ may stand for itself in an item without variables
MAX_VALUES = 10_000  # that a variable can take


def parse_bank(text: str, lesson_id: str, path: str, sections: Sequence[str] | None = None) -> list[Item]:
    """The items of a bank, in the author's order.

    `sections` are the slugs of the lesson's sections; without them, the section that an item names is not checked.
    Raises InvalidFile at the first field that the format does not allow: what was found, what is expected, what to do.
    """
    root = load(text, path)
    if not isinstance(root, dict):
        raise InvalidFile(path, 1, f'found {in_words(root)}, expected "items:" and a list of items under it')
    bank = BankFields(root, path, "the bank")
    bank.allow(("items",))
    items: list[Item] = []
    first_lines: dict[str, int] = {}
    for index, entry in enumerate(bank.entries("items", at_least=1)):
        fields = bank.child("items", index, entry, f"item {index + 1}")
        item = _item(fields, lesson_id, path, sections)
        if item.id in first_lines:
            fields.refuse("id", f"repeats an id; found it first on line {first_lines[item.id]}, expected it once; choose another")
        first_lines[item.id] = line_of(entry, "id")
        items.append(item)
    return items


def _item(fields: BankFields, lesson_id: str, path: str, sections: Sequence[str] | None) -> Item:
    item_id = fields.text("id")
    if not ID.fullmatch(item_id):
        fields.refuse(
            "id",
            f'found the id "{item_id}", expected small letters, digits, - and _, beginning with a letter or digit; rename it',
        )
    fields.label = f'item "{item_id}"'
    kind = fields.text("kind")
    if kind not in Kind.ALL:
        fields.refuse("kind", f'found the kind "{kind}", expected {either(Kind.ALL)}{suggestion(kind, Kind.ALL)}')
    fields.allow((*FIELDS, *FIELDS_OF[kind]), of_kind=kind)
    variables = _variables(fields)
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
        **READERS[kind](fields, variables),
    )
    if kind == Kind.CLOZE:
        item = replace(item, question=BLANK.sub(BLANK_MARK, item.question))
    _check_templates(fields, {variable.name for variable in variables})
    if kind == Kind.NUMBER and not variables:
        _refuse_right_wrongs(fields, item)
    if variables:
        draw(item, 0)  # so that an item that can never be drawn is refused here, not in front of a learner
    return item


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
    steps = (last - first) / step + 1e-9  # 0.1 to 0.7 by 0.1 holds 0.7, whatever floats say
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


# ------------------------------------------------------------------------------------------------- by kind


def _options(fields: BankFields) -> tuple[Option, ...]:
    options = []
    for index, entry in enumerate(fields.entries("options", at_least=2)):
        option = fields.child("options", index, entry, f"{fields.label} option {index + 1}")
        option.allow(("text", "right", "misconception", "reply"))
        options.append(
            Option(
                text=option.text("text"),
                right=option.boolean("right"),
                misconception=option.text("misconception", required=False),
                reply=option.text("reply", required=False),
            )
        )
    repeated = first_repeated(option.text for option in options)
    if repeated is not None:
        fields.refuse(("options", repeated), f'found the option "{options[repeated].text}" twice, expected it once; change one')
    return tuple(options)


def _choice(fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
    options = _options(fields)
    right = sum(option.right for option in options)
    if right != 1:
        fields.refuse(
            "options",
            f"found {right} right options, expected exactly one with right: true; "
            + ("mark one" if not right else "mark one only, or make the kind multi"),
        )
    return {"options": options}


def _multi(fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
    options = _options(fields)
    right = sum(option.right for option in options)
    if right in (0, len(options)):
        fields.refuse(
            "options",
            f"found {right} right options of {len(options)}, expected at least one right and "
            "one wrong; mark right ones with right: true",
        )
    credit = fields.text("credit", required=False) or "all"
    if credit not in ("all", "partial"):
        fields.refuse("credit", f'found "{credit}", expected all or partial{suggestion(credit, ("all", "partial"))}')
    return {"options": options, "credit": credit}


def _number(fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
    answer, expression = fields.number_or_expression("answer", variables)
    tolerance, relative = _tolerance(fields)
    wrong = []
    for known, entry in _known_wrong(fields):
        value, source = entry.number_or_expression("answer", variables)
        wrong.append(replace(known, answer=source if value is None else show(value)))
    return {
        "answer": answer,
        "answer_expression": expression,
        "tolerance": tolerance,
        "relative": relative,
        "unit": fields.text("unit", required=False),
        "wrong": tuple(wrong),
    }


def _tolerance(fields: BankFields) -> tuple[float, bool]:
    """(tolerance, relative): 0.003 is absolute, "1 %" a fraction of the answer."""
    given = fields.data.get("tolerance", 0)
    percent = PERCENT.fullmatch(given.strip()) if isinstance(given, str) else None
    if percent:
        return float(percent[1]) / 100, True
    if not is_number(given) or given < 0:
        fields.refuse(
            "tolerance",
            f"found {in_words(given)} as tolerance, expected a number from 0 up, such as 0.01, "
            'or a percentage such as "1 %"; correct it',
        )
    return given, False


def _refuse_right_wrongs(fields: BankFields, item: Item) -> None:
    for index, wrong in enumerate(item.wrong):
        if is_the_answer(float(wrong.answer), item):
            fields.refuse(
                ("wrong", index),
                f"found the wrong answer {wrong.answer}, which is the right answer within "
                "the tolerance, expected one outside; change either",
            )


def _short(fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
    if "expression" in fields.data:
        for field in ("rubric", "references"):
            if field in fields.data:
                fields.refuse(field, f"found {field} beside expression, expected only one of them; remove one")
        # The variables of a formula are free: any name may stand in it.
        return {"expression": fields.formula("expression"), "wrong": _texts_of_wrong(fields, as_formula=True)}
    rubric = []
    if "rubric" not in fields.data:
        fields.refuse("kind", "found no rubric, expected a rubric and references, or an expression; add them")
    for index, entry in enumerate(fields.entries("rubric", at_least=1)):
        point = fields.child("rubric", index, entry, f"{fields.label} rubric point {index + 1}")
        point.allow(("point", "also"))
        rubric.append(Point(text=point.text("point"), also=point.texts("also", required=False)))
    return {
        "rubric": tuple(rubric),
        "references": fields.texts("references", at_least=1),
        "wrong": _texts_of_wrong(fields),
    }


def _cloze(fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
    blanks = []
    for content in BLANK.findall(fields.text("question")):
        accepted = tuple(part.strip() for part in content.split("|"))
        if not all(accepted):
            fields.refuse(
                "question",
                f'found the blank "[[{content}]]" with nothing in it, expected the text that '
                "fills it; write [[answer]] or [[answer|other answer]]",
            )
        if ";" in content:
            fields.refuse(
                "question",
                f'found ";" in the blank "[[{content}]]", expected none, for answers are typed '
                "with ; between the blanks; make two blanks of it",
            )
        blanks.append(Blank(accepted))
    if not blanks:
        fields.refuse("question", "found no blank, expected at least one such as [[answer]]; mark what is to be filled")
    wrong = _texts_of_wrong(fields)
    for index, known in enumerate(wrong):
        parts = known.answer.count(";") + 1
        if parts != len(blanks):
            fields.refuse(
                ("wrong", index),
                f'found a wrong answer for {parts} of {len(blanks)} blanks, expected one text for each; join them by "; "',
            )
    return {"blanks": tuple(blanks), "wrong": wrong}


def _order(fields: BankFields, variables: Sequence[Variable]) -> dict[str, Any]:
    steps = fields.texts("steps", at_least=2)
    repeated = first_repeated(steps)
    if repeated is not None:
        fields.refuse(("steps", repeated), f'found the step "{steps[repeated]}" twice, expected it once; change one')
    return {"steps": steps}


READERS: dict[str, Callable[[BankFields, Sequence[Variable]], dict[str, Any]]] = {
    Kind.CHOICE: _choice,
    Kind.MULTI: _multi,
    Kind.NUMBER: _number,
    Kind.SHORT: _short,
    Kind.CLOZE: _cloze,
    Kind.ORDER: _order,
}


def _known_wrong(fields: BankFields) -> Iterator[tuple[KnownWrong, BankFields]]:
    """(KnownWrong without its answer, the fields it came from) for every entry of `wrong`."""
    for index, entry in enumerate(fields.entries("wrong", required=False)):
        wrong = fields.child("wrong", index, entry, f"{fields.label} wrong answer {index + 1}")
        wrong.allow(("answer", "misconception", "reply"))
        misconception = wrong.text("misconception", required=False)
        yield KnownWrong("", misconception, wrong.text("reply", required=False)), wrong


def _texts_of_wrong(fields: BankFields, as_formula: bool = False) -> tuple[KnownWrong, ...]:
    return tuple(
        replace(known, answer=entry.formula("answer") if as_formula else entry.text("answer"))
        for known, entry in _known_wrong(fields)
    )


# ------------------------------------------------------------------------------------------------- templates


def _check_templates(fields: BankFields, known: Collection[str]) -> None:
    """Refuses a `{{...}}` that cannot be filled, at the line of the text that holds it."""
    for container, key, text in _texts_within(fields.data):
        if not known:
            text = CODE_OR_MATH.sub("", text)
        try:
            for source in templates(text) if "{{" in text else ():
                if not known:
                    raise ExpressionError(f"found {{{{{source}}}}} in an item without variables")
                refuse_unknown(source, known)
        except ExpressionError as error:
            fields.refuse_at(line_of(container, key), explained(error))


def _texts_within(container: dict | list) -> Iterator[tuple[dict | list, Any, str]]:
    for key, value in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(value, str):
            yield container, key, value
        elif isinstance(value, (dict, list)):
            yield from _texts_within(value)
