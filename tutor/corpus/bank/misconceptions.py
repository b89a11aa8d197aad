"""misconceptions.yaml: wrong beliefs that items of several lessons may show, so that banks name one by its id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.corpus.bank.fields import BankFields
from tutor.corpus.bank.reading import ID, ID_IN_WORDS
from tutor.models import Item, Misconception
from utils.strict_yaml import line_of

FILE_NAME = "misconceptions.yaml"
LIKE_AN_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")  # a text in a bank that is meant to name one of the list


def parse_misconceptions(text: str, path: str) -> dict[str, Misconception]:
    """{id: Misconception} of a misconceptions.yaml, in its order. Raises InvalidFile."""
    top = BankFields.of_list(text, path, "misconceptions")
    found: dict[str, Misconception] = {}
    for index, entry in enumerate(top.entries("misconceptions", at_least=1)):
        fields = top.child("misconceptions", index, entry, f"misconception {index + 1}")
        fields.allow(("id", "believed", "so"))
        name = fields.text("id")
        if not ID.fullmatch(name):
            fields.refuse("id", f'found the id "{name}", expected {ID_IN_WORDS}; rename it')
        fields.label = f'misconception "{name}"'
        if name in found:
            fields.refuse("id", f"repeats an id; found it first on line {found[name].line}, expected it once; choose another")
        believed, so = (" ".join(fields.text(field).split()) for field in ("believed", "so"))
        found[name] = Misconception(name, believed, so, line_of(entry, "id"))
    return found


def lacks_replies(items: Sequence[Item]) -> bool:
    """Whether a wrong answer names what may be an id and says nothing to who gives it."""
    named = [(one.misconception, one.reply) for item in items for one in item.wrong]
    named += [(one.misconception, one.reply) for item in items for one in item.options]
    named += [(one.misconception, one.reply) for item in items for one in item.tests]
    lines = [line.item for item in items for line in item.lines]
    return any(not reply and LIKE_AN_ID.fullmatch(misconception) for misconception, reply in named) or (
        bool(lines) and lacks_replies(lines)
    )


def with_replies(items: Sequence[Item], known: Mapping[str, Misconception]) -> list[Item]:
    """The items, where a wrong answer that names a known misconception and has no reply replies with what is so."""

    def so(misconception: str) -> str:
        return known[misconception].so if misconception in known else ""

    return [
        replace(
            item,
            wrong=tuple(one if one.reply else replace(one, reply=so(one.misconception)) for one in item.wrong),
            options=tuple(one if one.reply else replace(one, reply=so(one.misconception)) for one in item.options),
            tests=tuple(one if one.reply else replace(one, reply=so(one.misconception)) for one in item.tests),
            lines=tuple(replace(line, item=with_replies([line.item], known)[0]) for line in item.lines),
        )
        for item in items
    ]
