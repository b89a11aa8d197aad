"""Banks: the text of a `<slug>.quiz.yaml` in, Items out; and what an item becomes when it is asked.

An Item of a bank is as its author wrote it. `draw` gives a parametric one its numbers; how its steps are shuffled, what
its right answer looks like and which typed answers must be graded right is computed here too, so that the screen, the
grader, `check` and scripted learners all go by the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tutor.corpus.expressions import (
    CONSTANTS,
    FUNCTIONS,
    ExpressionError,
    evaluate,
    fill,
    formula,
    names,
    show,
    substitute,
    templates,
)
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
MAX_TRIES = 500  # draws until one meets `where`

FIELDS = ("id", "section", "kind", "question", "hints", "explanation", "variables", "where")
FIELDS_OF = {
    Kind.CHOICE: ("options",),
    Kind.MULTI: ("options", "credit"),
    Kind.NUMBER: ("answer", "tolerance", "unit", "wrong"),
    Kind.SHORT: ("rubric", "references", "expression", "wrong"),
    Kind.CLOZE: ("wrong",),
    Kind.ORDER: ("steps",),
}


# ------------------------------------------------------------------------------------------------- parsing


def parse_bank(text: str, lesson_id: str, path, sections: Iterable[str] | None = None) -> list[Item]:
    """The items of a bank, in the author's order.

    `sections` are the slugs of the lesson's sections; without them, what section an item names is not looked at.
    Raises InvalidFile at the first field that is not as the format has it, naming found, expected and what to do.
    """
    root = load(text, path)
    if not isinstance(root, dict):
        raise InvalidFile(path, 1, f'found {_found(root)}, expected "items:" and a list of items under it')
    bank = _Fields(root, path, "the bank")
    bank.allow(("items",))
    items, first_lines = [], {}
    for index, entry in enumerate(bank.entries("items", at_least=1)):
        fields = bank.child("items", index, entry, f"item {index + 1}")
        item = _item(fields, lesson_id, path, sections)
        if item.id in first_lines:
            fields.refuse("id", f"repeats an id; found it first on line {first_lines[item.id]}, expected it once; choose another")
        first_lines[item.id] = line_of(entry, "id")
        items.append(item)
    return items


def _item(fields, lesson_id, path, sections):
    item_id = fields.text("id")
    if not ID.fullmatch(item_id):
        fields.refuse(
            "id",
            f'found the id "{item_id}", expected small letters, digits, - and _, beginning with a letter or digit; rename it',
        )
    fields.label = f'item "{item_id}"'
    kind = fields.text("kind")
    if kind not in Kind.ALL:
        fields.refuse("kind", f'found the kind "{kind}", expected {_either(Kind.ALL)}{_did_you_mean(kind, Kind.ALL)}')
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


def _section(fields, lesson_id, sections):
    section = fields.text("section").removeprefix("#")
    known = None if sections is None else [slug.rpartition("#")[2] for slug in sections]
    if known is not None and section not in known:
        near = nearest(section, known)
        remedy = f'Did you mean "#{near}"?' if near else f"It has {', '.join(f'#{slug}' for slug in known) or 'none'}."
        fields.refuse("section", f'names section "#{section}", which lesson {lesson_id} does not have. {remedy}')
    return section


def _variables(fields):
    if "variables" not in fields.data:
        return ()
    table = fields.table("variables")
    if not table.data:
        fields.refuse("variables", "found no variables, expected at least one; add one or remove the field")
    return tuple(Variable(name, _values(table, name)) for name in table.data)


def _values(table, name):
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
    values = (first + index * step for index in range(int(steps) + 1))
    return tuple(value if isinstance(value, int) else round(value, 12) for value in values)


def _where(fields, variables):
    if "where" not in fields.data:
        return ""
    if not variables:
        fields.refuse("where", "found a condition without variables, expected variables too; add them or remove it")
    return fields.expression("where", variables)


def _options(fields, _variables):
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
    repeated = _repeated(option.text for option in options)
    if repeated is not None:
        fields.refuse(("options", repeated), f'found the option "{options[repeated].text}" twice, expected it once; change one')
    return tuple(options)


def _choice(fields, variables):
    options = _options(fields, variables)
    right = sum(option.right for option in options)
    if right != 1:
        fields.refuse(
            "options",
            f"found {right} right options, expected exactly one with right: true; "
            + ("mark one" if not right else "mark one only, or make the kind multi"),
        )
    return {"options": options}


def _multi(fields, variables):
    options = _options(fields, variables)
    right = sum(option.right for option in options)
    if right in (0, len(options)):
        fields.refuse(
            "options",
            f"found {right} right options of {len(options)}, expected at least one right and "
            "one wrong; mark right ones with right: true",
        )
    credit = fields.text("credit", required=False) or "all"
    if credit not in ("all", "partial"):
        fields.refuse("credit", f'found "{credit}", expected all or partial{_did_you_mean(credit, ("all", "partial"))}')
    return {"options": options, "credit": credit}


def _number(fields, variables):
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


def _tolerance(fields):
    """(tolerance, relative): 0.003 is absolute, "1 %" a fraction of the answer."""
    given = fields.data.get("tolerance", 0)
    percent = PERCENT.fullmatch(given.strip()) if isinstance(given, str) else None
    if percent:
        return float(percent[1]) / 100, True
    if not _is_number(given) or given < 0:
        fields.refuse(
            "tolerance",
            f"found {_found(given)} as tolerance, expected a number from 0 up, such as 0.01, "
            'or a percentage such as "1 %"; correct it',
        )
    return given, False


def _refuse_right_wrongs(fields, item):
    for index, wrong in enumerate(item.wrong):
        if _within(float(wrong.answer), item):
            fields.refuse(
                ("wrong", index),
                f"found the wrong answer {wrong.answer}, which is the right answer within "
                "the tolerance, expected one outside; change either",
            )


def _short(fields, variables):
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


def _cloze(fields, variables):
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


def _order(fields, _variables):
    steps = fields.texts("steps", at_least=2)
    repeated = _repeated(steps)
    if repeated is not None:
        fields.refuse(("steps", repeated), f'found the step "{steps[repeated]}" twice, expected it once; change one')
    return {"steps": steps}


READERS = {
    Kind.CHOICE: _choice,
    Kind.MULTI: _multi,
    Kind.NUMBER: _number,
    Kind.SHORT: _short,
    Kind.CLOZE: _cloze,
    Kind.ORDER: _order,
}


def _known_wrong(fields):
    """(KnownWrong without its answer, the fields it came from) for every entry of `wrong`."""
    for index, entry in enumerate(fields.entries("wrong", required=False)):
        wrong = fields.child("wrong", index, entry, f"{fields.label} wrong answer {index + 1}")
        wrong.allow(("answer", "misconception", "reply"))
        misconception = wrong.text("misconception", required=False)
        yield KnownWrong("", misconception, wrong.text("reply", required=False)), wrong


def _texts_of_wrong(fields, as_formula=False):
    return tuple(
        replace(known, answer=entry.formula("answer") if as_formula else entry.text("answer"))
        for known, entry in _known_wrong(fields)
    )


def _check_templates(fields, known):
    """Refuses a `{{...}}` that cannot be filled, at the line of the text that holds it."""
    for container, key, text in _texts_within(fields.data):
        if not known:
            text = CODE_OR_MATH.sub("", text)
        try:
            for source in templates(text) if "{{" in text else ():
                if not known:
                    raise ExpressionError(f"found {{{{{source}}}}} in an item without variables")
                _refuse_unknown(source, known)
        except ExpressionError as error:
            fields.refuse_at(line_of(container, key), _mend(error))


def _texts_within(container):
    for key, value in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(value, str):
            yield container, key, value
        elif isinstance(value, (dict, list)):
            yield from _texts_within(value)


def _refuse_unknown(source, known):
    unknown = sorted(names(source) - set(known))
    if unknown:
        raise ExpressionError(
            f'found the unknown name "{unknown[0]}" in "{source}", expected '
            f"{_either(sorted(known)) if known else 'numbers only, for the item has no variables'}"
            f"{_did_you_mean(unknown[0], known)}"
        )


class _Fields:
    """One map of a bank, read field by field; every refusal names the field's line and the item."""

    def __init__(self, data, path, label):
        self.data, self.path, self.label = data, path, label

    def refuse(self, place, message):
        """Raises InvalidFile at a field, or at an entry of one: `("options", 2)`."""
        field, index = place if isinstance(place, tuple) else (place, None)
        line = line_of(self.data, field) if index is None else line_of(self.data[field], index)
        self.refuse_at(line, message)

    def refuse_at(self, line, message):
        raise InvalidFile(self.path, line, f"{self.label}{':' if message.startswith('found') else ''} {message}")

    def child(self, field, index, entry, label):
        if not isinstance(entry, dict):
            self.refuse((field, index), f'found {_found(entry)} in {field}, expected fields "key: value"; indent them under -')
        return _Fields(entry, self.path, label)

    def allow(self, allowed, of_kind=""):
        for field in self.data:
            if field in allowed:
                continue
            if of_kind and any(field in fields for fields in FIELDS_OF.values()):
                owners = [kind for kind, fields in FIELDS_OF.items() if field in fields]
                on_options = field == "wrong" and "options" in FIELDS_OF[of_kind]
                remedy = "give wrong options a misconception and a reply" if on_options else "remove it or change kind"
                self.refuse(
                    field,
                    f'found the field "{field}", which is for {_either(owners)}, expected only fields of {of_kind}; {remedy}',
                )
            near = nearest(field, allowed)
            remedy = f'Did you mean "{near}"?' if near else "Remove it."
            self.refuse(field, f'found the unknown field "{field}", expected {_either(allowed)}. {remedy}')

    def has(self, field, required):
        if field in self.data:
            return True
        if required:
            self.refuse(
                field,
                f'lacks the field "{field}"; found {_either(self.data, "and") or "no fields"}, expected {field} too; add it',
            )
        return False

    def text(self, field, required=True):
        return self._text(self.data[field], field, field) if self.has(field, required) else ""

    def texts(self, field, required=True, at_least=0):
        entries = self.entries(field, required, at_least)
        return tuple(self._text(entry, (field, index), field) for index, entry in enumerate(entries))

    def _text(self, value, place, field):
        if not isinstance(value, str):
            remedy = "put it in quotes" if isinstance(value, (bool, int, float)) else "write a text"
            self.refuse(place, f"found {_found(value)} in {field}, expected a text; {remedy}")
        if not value.strip():
            self.refuse(place, f"found an empty text in {field}, expected words; fill it in or remove it")
        return value.strip()

    def boolean(self, field):
        value = self.data.get(field, False)
        if not isinstance(value, bool):
            self.refuse(field, f"found {_found(value)} in {field}, expected true or false; write one without quotes")
        return value

    def number(self, field, default=None):
        if not self.has(field, required=default is None):
            return default
        if not _is_number(self.data[field]):
            self.refuse(field, f"found {_found(self.data[field])} in {field}, expected a number; write it without quotes")
        return self.data[field]

    def number_at(self, field, index):
        value = self.data[field][index]
        if not _is_number(value):
            self.refuse((field, index), f"found {_found(value)} in {field}, expected numbers; write them without quotes")
        return value

    def entries(self, field, required=True, at_least=0):
        if not self.has(field, required):
            return []
        value = self.data[field]
        if not isinstance(value, list):
            self.refuse(field, f"found {_found(value)} in {field}, expected a list; begin each entry with -")
        if len(value) < at_least:
            self.refuse(field, f"found {len(value)} entries in {field}, expected at least {at_least}; add more")
        return value

    def table(self, field):
        value = self.data[field]
        if not isinstance(value, dict):
            self.refuse(field, f'found {_found(value)} in {field}, expected fields "key: value"; indent them under it')
        return _Fields(value, self.path, self.label)

    def expression(self, field, variables):
        """A condition or number over the item's variables, as its source."""
        source = self.text(field)
        try:
            _refuse_unknown(source, {variable.name for variable in variables})
        except ExpressionError as error:
            self.refuse(field, f"{field}: {_mend(error)}")
        return source

    def number_or_expression(self, field, variables):
        """(value, source): the value where it is known without a draw, the source where it was not a plain number."""
        self.has(field, required=True)
        value = self.data[field]
        if _is_number(value):
            return value, ""
        if not isinstance(value, str):
            self.refuse(field, f"found {_found(value)} in {field}, expected a number or an expression such as 1/3; write one")
        source = self.expression(field, variables)
        if variables:
            return None, source
        try:
            value = evaluate(source, {})
            show(value)
        except ExpressionError as error:
            self.refuse(field, f"{field}: {_mend(error)}")
        return value, source

    def formula(self, field):
        """A formula with free variables, which may hold {{templates}}."""
        source = self.text(field)
        try:
            names(formula(re.sub(r"\{\{[^{}]*\}\}", "1", source)))
        except ExpressionError as error:
            self.refuse(field, f"{field}: {_mend(error)}")
        return source


def _mend(error):
    """What an ExpressionError says as a sentence of ours: found, expected, what to do."""
    message = str(error)
    return message if message.startswith("found") else f"found an expression that cannot be used: {message}"


def _found(value):
    """A YAML value in words, for an error."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {show(value)}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 40 else value[:39] + "…"}"'
    return "a list" if isinstance(value, list) else "fields"


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _either(words, last="or"):
    *others, final = list(words) or [""]
    return f"{', '.join(others)} {last} {final}" if others else final


def _did_you_mean(word, candidates):
    near = nearest(word, candidates)
    return f'. Did you mean "{near}"?' if near else "; choose one"


def _repeated(texts):
    """The index of the first text that stood there before (spaces and case aside), or None."""
    seen = set()
    for index, text in enumerate(texts):
        plain = " ".join(text.split()).casefold()
        if plain in seen:
            return index
        seen.add(plain)
    return None


# ------------------------------------------------------------------------------------------------- drawing


def draw(item: Item, seed: int) -> Item:
    """The item as it is asked: with numbers in place of its variables, and the seed they came from.

    The same item and seed give the same numbers on every machine. Draws that miss `where`, give two options or steps
    the same text, or make a known wrong answer right are drawn again. An item without variables only takes the seed.
    Raises InvalidFile if MAX_TRIES draws give nothing to ask.
    """
    if not item.variables:
        return replace(item, seed=seed)
    random = _random(item, seed)
    reason = "where is never met"
    for _ in range(MAX_TRIES):
        values = {variable.name: random.choice(variable.values) for variable in item.variables}
        try:
            if item.where and not _holds(item.where, values):
                continue
            drawn = _filled(item, values)
            flaw = _flaw(drawn)
        except ExpressionError as error:
            flaw = str(error)
        if flaw is None:
            return replace(drawn, seed=seed)
        reason = flaw
    raise InvalidFile(
        item.path,
        item.line,
        f'item "{item.id}": found no numbers to ask about in {MAX_TRIES} draws '
        f"({reason}), expected some; widen variables or loosen where",
    )


def _random(item, seed):
    from random import Random

    # Seeded by a text, which Python hashes with SHA-512: the same on every platform and with every PYTHONHASHSEED.
    return Random(f"{item.key}:{seed}")


def _holds(where, values):
    met = evaluate(where, values)
    if not isinstance(met, bool):
        raise ExpressionError("where is a number, expected a condition such as a != b")
    return met


def _filled(item, values):
    def text(template):
        return fill(template, values)

    def texts(templates_):
        return tuple(text(template) for template in templates_)

    def wrong_answer(source):
        if item.kind == Kind.NUMBER:
            return show(evaluate(source, values))
        return formula_of(source) if item.expression else text(source)

    def formula_of(source):
        return substitute(text(source), values)

    return replace(
        item,
        question=text(item.question),
        hints=texts(item.hints),
        explanation=text(item.explanation),
        wrong=tuple(KnownWrong(wrong_answer(w.answer), text(w.misconception), text(w.reply)) for w in item.wrong),
        options=tuple(Option(text(o.text), o.right, text(o.misconception), text(o.reply)) for o in item.options),
        answer=evaluate(item.answer_expression, values) if item.answer_expression else item.answer,
        rubric=tuple(Point(text(point.text), texts(point.also)) for point in item.rubric),
        references=texts(item.references),
        expression=formula_of(item.expression),
        blanks=tuple(Blank(texts(blank.accepted)) for blank in item.blanks),
        steps=texts(item.steps),
    )


def _flaw(item):
    """Why a drawn item cannot be asked, or None."""
    if _repeated(option.text for option in item.options) is not None:
        return "two options read the same"
    if _repeated(item.steps) is not None:
        return "two steps read the same"
    if isinstance(item.answer, bool):
        return "the answer is a comparison, not a number"
    if item.kind == Kind.NUMBER and any(_within(float(wrong.answer), item) for wrong in item.wrong):
        return "a known wrong answer is right"
    return None


def _within(value, item):
    """Is a value the item's answer within its tolerance? Rounding of floats is let pass."""
    return abs(value - item.answer) <= item.margin(item.answer) + 1e-12 * abs(item.answer)


# ------------------------------------------------------------------------------------------------- answers


def shuffled_steps(item: Item) -> tuple[int, ...]:
    """The order in which an order item's steps are shown: indices into `item.steps`, never in the right order."""
    right = list(range(len(item.steps)))
    shown, random = list(right), _random(item, item.seed or 0)
    while shown == right and len(right) > 1:
        random.shuffle(shown)
    return tuple(shown)


def shown_answer(item: Item) -> str:
    """The right answer of a drawn item as a learner is shown it."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return "; ".join(option.text for option in item.options if option.right)
    if item.kind == Kind.NUMBER:
        return f"{show(item.answer)} {item.unit}".strip()
    if item.kind == Kind.CLOZE:
        return "; ".join(blank.accepted[0] for blank in item.blanks)
    if item.kind == Kind.ORDER:
        return " → ".join(item.steps)
    return item.expression or item.references[0]


def giveaways(item: Item) -> list[str]:
    """Texts that would give a drawn item's answer away, were they said in a hint."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return [option.text for option in item.options if option.right]
    if item.kind == Kind.NUMBER:
        return [show(item.answer)]
    if item.kind == Kind.CLOZE:
        return [text for blank in item.blanks for text in blank.accepted]
    if item.kind == Kind.ORDER:
        return [item.steps[0]]
    return [item.expression] if item.expression else [*item.references, *(point.text for point in item.rubric)]


def accepted_answers(item: Item) -> list[str]:
    """Answers to a drawn item, as typed, that must all be graded right; the plainest first."""
    if item.kind in (Kind.CHOICE, Kind.MULTI):
        return _accepted_options(item)
    if item.kind == Kind.NUMBER:
        typed = show(item.answer)
        if not _within(float(typed), item):
            typed = repr(item.answer)  # a third, where no tolerance lets six digits pass
        return [typed, f"{typed} {item.unit}"] if item.unit else [typed]
    if item.kind == Kind.CLOZE:
        firsts = [blank.accepted[0] for blank in item.blanks]
        answers = ["; ".join(firsts)]
        for index, blank in enumerate(item.blanks):
            answers += ["; ".join([*firsts[:index], other, *firsts[index + 1 :]]) for other in blank.accepted[1:]]
        return answers
    if item.kind == Kind.ORDER:
        shown = shuffled_steps(item)
        return [" ".join(str(shown.index(step) + 1) for step in range(len(shown)))]
    return [item.expression] if item.expression else list(item.references)


def _accepted_options(item):
    """The numbers of the right options; their texts too, where a text can't be taken for something else."""
    right = [(number, option.text) for number, option in enumerate(item.options, start=1) if option.right]
    answers = [", ".join(str(number) for number, _ in right)]
    positions = {str(number) for number in range(1, len(item.options) + 1)}
    unclear = any(text in positions for _, text in right)
    if item.kind == Kind.MULTI:
        unclear = unclear or any(mark in text for _, text in right for mark in ",;")
    return answers if unclear else [*answers, ", ".join(text for _, text in right)]
