"""concepts.yaml: what the lessons of a folder introduce, and where, so that `check` sees what is used before it exists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from tutor.corpus.bank.fields import BankFields
from utils.strict_yaml import line_of

FILE_NAME = "concepts.yaml"
MAX_CONCEPTS = 2_000
SECTION_ID = re.compile(r"[^\s#]+#[^\s#]+")


@dataclass(frozen=True)
class Concept:
    """Something that one section introduces and others use. Sections are ids such as `math/bayes#base-rates`."""

    name: str
    words: tuple[str, ...]  # that texts call it by
    section: str  # that introduces it
    used: tuple[tuple[str, int], ...]  # (section that uses it by a symbol or another word, its line)
    glossed: tuple[tuple[str, int], ...]  # (section that says in passing what it is, and so needs nothing, its line)
    line: int

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds its words, in the singular or plural. A word with a capital is a name, and has to be written like that."""
        ways = "|".join(word if word != word.lower() else f"(?i:{word})" for word in map(_spaced, self.words))
        return re.compile(rf"(?<![\w-])(?:{ways})(?:e?s)?(?![\w-])")


def parse_concepts(text: str, path: str) -> list[Concept]:
    """The concepts of a concepts.yaml, in its order. Raises InvalidFile."""
    top = BankFields.of_list(text, path, "concepts")
    found: dict[str, Concept] = {}
    for index, entry in enumerate(top.entries("concepts", at_least=1, at_most=MAX_CONCEPTS)):
        fields = top.child("concepts", index, entry, f"concept {index + 1}")
        fields.allow(("concept", "words", "section", "used", "glossed"))
        name = fields.text("concept")
        fields.label = f'concept "{name}"'
        if name in found:
            fields.refuse("concept", f"is listed twice; found it first on line {found[name].line}, expected it once; remove one")
        words = fields.texts("words", required=False) or (name,)
        section = fields.text("section")
        _refuse_no_section(fields, section, "section")
        used, glossed = (_sections(fields, field) for field in ("used", "glossed"))
        found[name] = Concept(name, words, section, used, glossed, line_of(entry, "section"))
    return list(found.values())


def _sections(fields: BankFields, field: str) -> tuple[tuple[str, int], ...]:
    ids = fields.texts(field, required=False)
    for index, one in enumerate(ids):
        _refuse_no_section(fields, one, (field, index))
    return tuple((one, line_of(fields.data[field], index)) for index, one in enumerate(ids))


def _refuse_no_section(fields: BankFields, text: str, place: str | tuple[str, int]) -> None:
    if not SECTION_ID.fullmatch(text):
        fields.refuse(place, f'found "{text}", expected a section such as math/bayes#base-rates; name one')


def _spaced(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))
