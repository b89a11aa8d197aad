"""Sheets: a quiz as a YAML file that somebody fills in, written and read. Text in, text out. Pure.

A sheet has no answer key. It says which version of each item was asked, so that a sheet from last month can be graded as far
as its items have not changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from tutor.corpus import bank
from tutor.models import Draw, Item
from tutor.quiz.fingerprints import ORDERED, VERSIONS, fingerprint
from tutor.quiz.outcomes import Outcome
from utils.errors import InvalidFile
from utils.strict_yaml import line_of, load, scalars_as_written
from utils.text import nearest, sanitize, shorten

FIELDS = ("corpus", "seed", "draw", "topics", "versions", "answers", "items")
NEEDED_FIELDS = ("corpus", "seed", "topics", "items")
NEEDED = ("id", "version", "answer")
LISTS = tuple(dict.fromkeys(kind.sheet_field for kind in bank.KINDS.values() if kind.sheet_field))  # options, steps
SHOWN = ("question", *LISTS, "unit")  # what a learner reads of an item
ITEM_FIELDS = ("id", "version", *SHOWN, "figure", "answer")

HEAD = """\
# A quiz of Pocket Tutor. Write each answer after its "answer:", save the file, and have it graded by
#
#     COMMAND
#
# One option: its letter or its words. Several: [a, c]. A number as you would say it: 0.40, 1/3, 12 %.
# Blanks and lines: [first, second]. Steps: their numbers in the right order, [3, 1, 2]. Text and code may go on over lines after
# "answer: |", indented. Put quotes around a text that holds ": " or " #" or begins with one of [ { & * ! | > ' " % @ `.
# What is left empty counts as missed. Leave everything else as it is.
"""


@dataclass(frozen=True)
class SheetEntry:
    """One item of a filled sheet."""

    key: str  # "llm/attention:scale-by-root"
    version: str  # the fingerprint of the item that was asked
    answer: str  # as written; "" for none
    parts: tuple[str, ...] = ()  # where the answer is a list
    question: str = ""
    line: int = 0
    shown: Mapping[str, Any] = field(default_factory=dict)  # what the learner read, by the names of SHOWN


@dataclass(frozen=True)
class Sheet:
    """A filled sheet."""

    path: str
    corpus: str  # fingerprints.corpus_fingerprint of the lessons it was drawn from
    seed: int
    topics: tuple[str, ...]
    entries: tuple[SheetEntry, ...]
    versions: int = 1  # the way in which the versions of its items were made, see fingerprints.VERSIONS
    draw: int = Draw.FIRST  # the way in which its items were drawn
    answers: str = ""  # of a second sheet: the fingerprint of the answers that it asks about, see clarifications.py
    answers_line: int = 1

    def entry(self, key: str) -> SheetEntry | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def typed(self, item: Item) -> str:
        """The answer to an item as it would be typed at a keyboard; "" where the sheet has none."""
        entry = self.entry(item.key)
        return as_typed(item, entry) if entry else ""

    def uid(self, item: Item) -> str:
        """The uid of the attempt at an item in this sheet as it is filled in: graded twice, it is kept once."""
        filled = [self.corpus, self.seed, [(entry.key, entry.version, entry.answer, entry.parts) for entry in self.entries]]
        return sha256(json.dumps([*filled, item.key]).encode()).hexdigest()[:32]


# ------------------------------------------------------------------------------------------------- writing


def write_sheet(
    items: Sequence[Item], versions: Mapping[str, str], *, seed: int, topics: Sequence[str], corpus: str, command: str,
    head: str = HEAD, how: str = "", answers: str = "", in_words: Callable[[str], str] = str,
) -> str:  # fmt: skip
    """The YAML of a sheet to fill in.

    items: drawn. versions: {key: fingerprint of the item as authored}. command: that grades the file, for the instructions. Those
    of a second sheet are its `head` and, in place of each kind's own, `how`; `answers` is the fingerprint of what it asks about.
    in_words: a figure, which is Markdown, as the text that tells what it shows.
    """
    lines = [head.replace("COMMAND", command)]
    lines += [
        f'corpus: "{corpus}"',
        f"seed: {seed}",
        f"draw: {Draw.LATEST}",
        f"topics: {json.dumps(list(topics), ensure_ascii=False)}",
        f"versions: {VERSIONS}",
        *([f'answers: "{answers}"'] if answers else []),
        "",
        "items:",
    ]
    for number, item in enumerate(items, 1):
        lines += [
            "",
            f"  # {number} of {len(items)}: {how or bank.kind_of(item).how_on_sheet(item)}",
            f"  - id: {_quote(item.key)}",
        ]
        lines.append(f'    version: "{versions[item.key]}"')
        for name, shown in _shown(item).items():
            if isinstance(shown, str):
                lines.append(_field(name, shown, 4))
            else:
                lines += [f"    {name}:", *(_field(label, text, 6) for label, text in shown.items())]
            if name == "question" and item.figure_block:
                lines.append(_field("figure", in_words(item.figure_block), 4))
        lines.append("    answer:")
    return "\n".join(lines) + "\n"


def _shown(item: Item) -> dict[str, str | dict[str, str]]:
    """What a learner reads of a drawn item, by the names of SHOWN; what it doesn't have is left out."""
    kind = bank.kind_of(item)
    shown: dict[str, str | dict[str, str]] = {
        "question": kind.question_text(item), kind.sheet_field: kind.sheet_choices(item), "unit": item.unit,
    }  # fmt: skip
    return {name: value for name, value in shown.items() if value or name == "question"}


def _field(name: str, text: str, indent: int) -> str:
    """`name: text` as YAML, with a long text or one of several lines as a block below the name."""
    lead = " " * indent
    if not (len(text) > 80 or "\n" in text) or not _fits_a_block(text):
        return f"{lead}{name}: {_quote(text)}"
    block = "\n".join(f"{lead}  {line}" if line else "" for line in text.split("\n"))
    return f"{lead}{name}: |-\n{block}"


def _fits_a_block(text: str) -> bool:
    """A block can't begin with a space, end with a line end, or hold line ends other than \\n."""
    return text == text.strip() and not re.search("[\r\x85\u2028\u2029\ufeff]", text)


def _quote(text: str) -> str:
    """A text on one line of YAML, in quotes if it needs them."""
    import yaml

    dumped = yaml.safe_dump(text, allow_unicode=True, width=10**9).removesuffix("\n").removesuffix("\n...")
    return dumped if load(dumped, "a sheet") == text else f"'{dumped}'"  # 1e5, which we read as a number and PyYAML does not


# ------------------------------------------------------------------------------------------------- reading


def read_sheet(text: str, path: str) -> Sheet:
    """A filled sheet. Raises InvalidFile for the first line, except for answers, that is not as `write_sheet` wrote it."""
    data = load(text, path)
    if not isinstance(data, dict):
        raise InvalidFile(path, 1, "found no fields, expected a sheet as quiz --sheet FILE writes it")
    _allow(data, FIELDS, NEEDED_FIELDS, path, "the sheet", 1)
    written = scalars_as_written(text)
    seed, topics, items, versions = data["seed"], data["topics"], data["items"], data.get("versions", 1)
    for name, highest in (("versions", VERSIONS), ("draw", Draw.LATEST)):
        found = data.get(name, 1)
        if found not in range(1, highest + 1) or isinstance(found, bool):
            raise InvalidFile(path, line_of(data, name), f"found {name}: {found}, expected a number from 1 to {highest}; put "
                                                         "back what stood there, or grade with a newer ptutor")  # fmt: skip
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise InvalidFile(path, line_of(data, "seed"), "found a seed that is not a whole number; put back what was there")
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise InvalidFile(path, line_of(data, "topics"), "found topics that are not a list of names; put back what was there")
    if not isinstance(items, list) or not items:
        raise InvalidFile(path, line_of(data, "items"), "found no items, expected at least one; put back what was there")
    entries: list[SheetEntry] = []
    first_lines: dict[str, int] = {}
    for index, fields in enumerate(items):
        entry = _entry(fields, index, written, path, line_of(items, index))
        if entry.key in first_lines:
            raise InvalidFile(path, entry.line, f'found the item "{entry.key}" twice, first on line '
                                                f"{first_lines[entry.key]}, expected it once; remove one")  # fmt: skip
        first_lines[entry.key] = entry.line
        entries.append(entry)
    corpus, answers = (written.get((name,), "") for name in ("corpus", "answers"))
    answers_line = line_of(data, "answers") if answers else 1
    draw = data.get("draw", Draw.FIRST)
    return Sheet(path, corpus, seed, tuple(topics), tuple(entries), versions, draw, answers, answers_line)


def _entry(fields: Any, index: int, written: Mapping[tuple[Any, ...], str], path: str, line: int) -> SheetEntry:
    if not isinstance(fields, dict):
        raise InvalidFile(path, line, "found an item without fields, expected id:, question:, answer: and the like")
    label = f'item "{written.get(("items", index, "id"), index + 1)}"'
    _allow(fields, ITEM_FIELDS, NEEDED, path, label, line)
    key = fields["id"]
    if not isinstance(key, str) or ":" not in key:
        raise InvalidFile(path, line_of(fields, "id"), f"found the id {key}, expected one such as llm/attention:softmax")
    answer, place = fields["answer"], ("items", index, "answer")
    if isinstance(answer, dict) or (isinstance(answer, list) and any(isinstance(part, (dict, list)) for part in answer)):
        raise InvalidFile(path, line_of(fields, "answer"), f"{label}: found an answer with fields of its own, expected a "
                                                           'text; put quotes around one that holds ": "')  # fmt: skip
    parts: tuple[str, ...] = ()
    if isinstance(answer, list):
        parts = tuple(written["items", index, "answer", at].strip() for at, part in enumerate(answer) if part is not None)
    said = ", ".join(parts) if isinstance(answer, list) else "" if answer is None else written[place].strip()
    question = fields.get("question")
    shown = {name: fields[name] for name in SHOWN if fields.get(name) is not None}
    version = written.get(("items", index, "version"))
    if version is None:
        raise InvalidFile(path, line_of(fields, "version"), f"{label}: found a version that is a list or has fields of its own, "
                                                            "expected a text; put back what was there")  # fmt: skip
    return SheetEntry(key, version, said, parts, question if isinstance(question, str) else "", line, shown)


def _allow(data: Mapping[str, Any], allowed: Sequence[str], needed: Sequence[str], path: str, label: str, line: int) -> None:
    for name in data:
        if name not in allowed:
            near = nearest(name, allowed)
            remedy = f'Did you mean "{near}"?' if near else "If it belongs to an answer, indent or quote that."
            raise InvalidFile(path, line_of(data, name), f'{label}: found the unknown field "{name}", expected only '
                                                          f"{', '.join(allowed)}. {remedy}")  # fmt: skip
    for name in needed:
        if name not in data:
            raise InvalidFile(path, line, f'{label}: lacks the field "{name}:", expected it; put it back')


# ------------------------------------------------------------------------------------- what does not stand


def outdated_entries(sheet: Sheet, items: Mapping[str, Item]) -> dict[str, str]:
    """{key: why} of the entries whose item the lessons no longer have as it was asked.

    items: {key: item as authored} of the lessons.
    """
    gone, changed = "the lessons no longer have this item", "the item was changed after the sheet was written"
    assumed = {entry.key for entry in assumed_entries(sheet, items)}
    return {
        entry.key: changed if entry.key in items else gone
        for entry in sheet.entries
        if entry.key not in items or not (entry.key in assumed or _has_its_version(sheet, entry, items[entry.key]))
    }


def assumed_entries(sheet: Sheet, items: Mapping[str, Item]) -> list[SheetEntry]:
    """The entries of a first version's sheet that are taken as unchanged, although their fingerprints differ.

    Those fingerprints also cover how an item is graded, so that one which differs doesn't tell whether something else was
    asked. What the sheet shows of the item does.
    """
    if sheet.versions > 1:
        return []
    there = [(entry, items[entry.key]) for entry in sheet.entries if entry.key in items]
    return [
        entry
        for entry, item in there
        if not _has_its_version(sheet, entry, item) and _shows_the_same(entry, bank.draw(item, sheet.seed, sheet.draw))
    ]


def _has_its_version(sheet: Sheet, entry: SheetEntry, item: Item) -> bool:
    """Whether an item as authored is the one that was asked, be its options in another order today or not."""
    if entry.version == fingerprint(item, sheet.versions):
        return True
    if sheet.versions > ORDERED or not item.options:
        return False
    order = _listed_order(entry, bank.draw(item, sheet.seed, Draw.FIRST))  # which is how its author had them then
    then = replace(item, options=tuple(item.options[at] for at in order))
    return bool(order) and entry.version == fingerprint(then, sheet.versions)


def _listed_order(entry: SheetEntry, item: Item) -> list[int]:
    """The places, from 0, that the options of the drawn item have on a sheet, in its order; [] where it lists other ones."""
    kind = bank.kind_of(item)
    listed, asked = entry.shown.get(kind.sheet_field), kind.sheet_choices(item)
    if not item.options or not isinstance(listed, dict) or list(listed) != list(asked):
        return []
    places = {_plain(text): at for at, text in enumerate(asked.values())}
    order = [places.get(_plain(text), -1) for text in listed.values()]
    return order if sorted(order) == list(range(len(asked))) else []


def _plain(text: object) -> str:
    return " ".join(str(text).split()).casefold()


def _shows_the_same(entry: SheetEntry, item: Item) -> bool:
    """Whether a sheet shows what the drawn item shows today. The words of a question for free text may be others: an author
    who means another question gives it another id."""
    here, today = dict(entry.shown), _shown(item)
    if bank.kind_of(item).is_free_text(item):
        here.pop("question", None)
        today.pop("question")
    if _listed_order(entry, item):
        here["options"] = today["options"]
    return here == today


def altered_choice(entry: SheetEntry, item: Item) -> str:
    """What a sheet has beside one of its letters or numbers in place of what was asked, in words; "" where nothing was changed.

    item: drawn. What a sheet no longer shows at all is not looked at, and options in another order are the same options.
    """
    if _listed_order(entry, item):
        return ""
    kind = bank.kind_of(item)
    here = entry.shown.get(kind.sheet_field)
    for label, asked in kind.sheet_choices(item).items():
        found = here.get(label) if isinstance(here, dict) else None
        if found is not None and _plain(found) != _plain(asked):
            found_there, expected = (sanitize(shorten(str(text)), newlines=False) for text in (found, asked))
            return f"found “{found_there}” beside {label}, expected “{expected}”, which was asked"
    return ""


def ungraded_outcomes(sheet: Sheet, why: Mapping[str, str]) -> dict[str, Outcome]:
    """{key: outcome} of outdated entries, with the question as the sheet has it: errors, which cost no score."""
    outcomes = {}
    for entry in sheet.entries:
        if entry.key in why:
            lesson, _, item_id = entry.key.rpartition(":")
            item = Item(id=item_id, lesson=lesson, section="", kind="", question=entry.question)
            outcomes[entry.key] = Outcome(item, entry.answer, error=why[entry.key], where=f"{sheet.path}:{entry.line}")
    return outcomes


def missing_items(sheet: Sheet, items: Sequence[Item], why: Mapping[str, str]) -> dict[str, str]:
    """{key: feedback} of items that should be on a sheet and are not, or not as they are now: they count as missed."""
    absent = {item.key: "The sheet does not have this question." for item in items if not sheet.entry(item.key)}
    changed = {item.key: "The sheet has another version of this question." for item in items if item.key in why}
    return {**absent, **changed}


# ------------------------------------------------------------------------------------------------- answers


def as_typed(item: Item, entry: SheetEntry) -> str:
    """The answer of a sheet as it would be typed at a keyboard, where options are numbered. "" for none.

    A letter means the option that stands beside it on the sheet, whatever order the bank and the draw have today.
    """
    kind = bank.kind_of(item)
    listed = {label: str(text) for label, text in entry.shown[kind.sheet_field].items()} if _listed_order(entry, item) else None
    return kind.as_typed(item, entry.answer, entry.parts, listed)
