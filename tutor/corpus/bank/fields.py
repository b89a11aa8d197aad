"""The fields of a bank, read one by one; each error names the line of its field and the item."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from tutor.corpus.expressions import ExpressionError, evaluate, names, show
from tutor.corpus.formulas import formula
from tutor.models import KnownWrong, Variable
from utils.errors import InvalidFile
from utils.strict_yaml import line_of, load
from utils.text import nearest

FIELDS = ("id", "section", "kind", "question", "hints", "explanation", "variables", "where", "idea", "figure")
Place = str | tuple[str, int]  # a field, or an entry of one: ("options", 2)


class BankFields:
    """One map of a bank, read field by field. Its errors name the line of the field and the item."""

    def __init__(self, data: dict[str, Any], path: str, label: str) -> None:
        self.data, self.path, self.label = data, path, label

    @classmethod
    def of_list(cls, text: str, path: str, field: str) -> BankFields:
        """The fields of a file that is a list under one name, such as `concepts:`. Raises InvalidFile."""
        root = load(text, path)
        if not isinstance(root, dict):
            raise InvalidFile(path, 1, f'found {in_words(root)}, expected "{field}:" and a list of them under it; add it')
        top = cls(root, path, "the file")
        top.allow((field,))
        return top

    def refuse(self, place: Place, message: str) -> NoReturn:
        """Raises InvalidFile at a field, or at an entry of one: `("options", 2)`."""
        field, index = place if isinstance(place, tuple) else (place, None)
        line = line_of(self.data, field) if index is None else line_of(self.data[field], index)
        self.refuse_at(line, message)

    def refuse_at(self, line: int, message: str) -> NoReturn:
        raise InvalidFile(self.path, line, f"{self.label}{':' if message.startswith('found') else ''} {message}")

    def child(self, field: str, index: int, entry: Any, label: str) -> BankFields:
        if not isinstance(entry, dict):
            self.refuse((field, index), f'found {in_words(entry)} in {field}, expected fields "key: value"; indent them under -')
        return BankFields(entry, self.path, label)

    def allow(self, allowed: Sequence[str], elsewhere: Mapping[str, str] | None = None) -> None:
        """Refuses every other field. elsewhere: {field: what to say} of fields that are known and don't belong here."""
        for field in self.data:
            if field in allowed:
                continue
            if elsewhere and field in elsewhere:
                self.refuse(field, elsewhere[field])
            near = nearest(field, allowed)
            remedy = f'Did you mean "{near}"?' if near else "Remove it."
            self.refuse(field, f'found the unknown field "{field}", expected {either(allowed)}. {remedy}')

    def has(self, field: str, required: bool) -> bool:
        if field in self.data:
            return True
        if required:
            self.refuse(
                field,
                f'lacks the field "{field}"; found {either(self.data, "and") or "no fields"}, expected {field} too; add it',
            )
        return False

    def text(self, field: str, required: bool = True) -> str:
        return self._text(self.data[field], field, field) if self.has(field, required) else ""

    def texts(self, field: str, required: bool = True, at_least: int = 0, at_most: int | None = None) -> tuple[str, ...]:
        entries = self.entries(field, required, at_least, at_most)
        return tuple(self._text(entry, (field, index), field) for index, entry in enumerate(entries))

    def _text(self, value: Any, place: Place, field: str) -> str:
        if not isinstance(value, str):
            remedy = "put it in quotes" if isinstance(value, (bool, int, float)) else "write a text"
            self.refuse(place, f"found {in_words(value)} in {field}, expected a text; {remedy}")
        if not value.strip():
            self.refuse(place, f"found an empty text in {field}, expected words; fill it in or remove it")
        return value.strip()

    def program(self, field: str) -> str:
        """Lines of code, or of what code prints, with their indentation."""
        self.text(field)
        lines = [line.rstrip() for line in self.data[field].expandtabs(4).split("\n")]
        return "\n".join(lines).strip("\n")

    def misconception(self) -> str:
        """An id or a text, on one line."""
        return " ".join(self.text("misconception", required=False).split())

    def boolean(self, field: str, default: bool = False) -> bool:
        value = self.data.get(field, default)
        if not isinstance(value, bool):
            self.refuse(field, f"found {in_words(value)} in {field}, expected true or false; write one without quotes")
        return value

    def number(self, field: str, default: float | None = None) -> float:
        if not self.has(field, required=default is None):
            return default or 0
        if not is_number(self.data[field]):
            self.refuse(field, f"found {in_words(self.data[field])} in {field}, expected a number; write it without quotes")
        return self.data[field]

    def number_at(self, field: str, index: int) -> float:
        value = self.data[field][index]
        if not is_number(value):
            self.refuse((field, index), f"found {in_words(value)} in {field}, expected numbers; write them without quotes")
        return value

    def entries(self, field: str, required: bool = True, at_least: int = 0, at_most: int | None = None) -> list[Any]:
        if not self.has(field, required):
            return []
        value = self.data[field]
        if not isinstance(value, list):
            self.refuse(field, f"found {in_words(value)} in {field}, expected a list; begin each entry with -")
        if len(value) < at_least:
            self.refuse(field, f"found {len(value)} entries in {field}, expected at least {at_least}; add more")
        if at_most is not None and len(value) > at_most:
            self.refuse(field, f"found {len(value):,} entries in {field}, expected at most {at_most}; shorten the list")
        return value

    def table(self, field: str) -> BankFields:
        value = self.data[field]
        if not isinstance(value, dict):
            self.refuse(field, f'found {in_words(value)} in {field}, expected fields "key: value"; indent them under it')
        return BankFields(value, self.path, self.label)

    def expression(self, field: str, variables: Sequence[Variable]) -> str:
        """A condition or number over the item's variables, as its source."""
        source = self.text(field)
        try:
            refuse_unknown(source, {variable.name for variable in variables})
        except ExpressionError as error:
            self.refuse(field, f"{field}: {expression_fault(error)}")
        return source

    def number_or_expression(self, field: str, variables: Sequence[Variable]) -> tuple[float | None, str]:
        """(value, source): the value if it is known without a draw, the source if it is not a plain number."""
        self.has(field, required=True)
        value = self.data[field]
        if is_number(value):
            return value, ""
        if not isinstance(value, str):
            self.refuse(field, f"found {in_words(value)} in {field}, expected a number or an expression such as 1/3; write one")
        source = self.expression(field, variables)
        if variables:
            return None, source
        try:
            value = evaluate(source, {})
            show(value)
        except ExpressionError as error:
            self.refuse(field, f"{field}: {expression_fault(error)}")
        return value, source

    def formula(self, field: str) -> str:
        """A formula with free variables, which may hold {{templates}}."""
        source = self.text(field)
        try:
            names(formula(re.sub(r"\{\{[^{}]*\}\}", "1", source)))
        except ExpressionError as error:
            self.refuse(field, f"{field}: {expression_fault(error)}")
        return source


def known_wrong(fields: BankFields) -> Iterator[tuple[KnownWrong, BankFields]]:
    """(KnownWrong without its answer, the fields it came from) for every entry of `wrong`."""
    for index, entry in enumerate(fields.entries("wrong", required=False)):
        wrong = fields.child("wrong", index, entry, f"{fields.label} wrong answer {index + 1}")
        wrong.allow(("answer", "misconception", "reply"))
        misconception = wrong.misconception()
        yield KnownWrong("", misconception, wrong.text("reply", required=False)), wrong


def texts_of_wrong(fields: BankFields, as_formula: bool = False) -> tuple[KnownWrong, ...]:
    """The entries of `wrong`, whose answers are texts or formulas."""
    return tuple(
        replace(known, answer=entry.formula("answer") if as_formula else entry.text("answer"))
        for known, entry in known_wrong(fields)
    )


def first_repeated(texts: Iterable[str]) -> int | None:
    """The index of the first text that stood there before (spaces and case aside), or None."""
    seen = set()
    for index, text in enumerate(texts):
        plain = " ".join(text.split()).casefold()
        if plain in seen:
            return index
        seen.add(plain)
    return None


def refuse_unknown(source: str, known: Collection[str]) -> None:
    unknown = sorted(names(source) - set(known))
    if unknown:
        raise ExpressionError(
            f'found the unknown name "{unknown[0]}" in "{source}", expected '
            f"{either(sorted(known)) if known else 'numbers only, because the item has no variables'}"
            f"{suggestion(unknown[0], known)}"
        )


def expression_fault(error: ExpressionError) -> str:
    """The message of an ExpressionError in the form of the others: found, expected, what to do."""
    message = str(error)
    return message if message.startswith("found") else f"found an expression that cannot be used: {message}"


def in_words(value: object) -> str:
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


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def either(words: Iterable[str], last: str = "or") -> str:
    *others, final = list(words) or [""]
    return f"{', '.join(others)} {last} {final}" if others else final


def suggestion(word: str, candidates: Iterable[str]) -> str:
    near = nearest(word, candidates)
    return f'. Did you mean "{near}"?' if near else "; choose one"
