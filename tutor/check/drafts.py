"""Drafted items: proposed by a model or made from the text, and written as a bank for a person to edit."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.check.banks import bank_findings
from tutor.corpus.bank import kind_of
from tutor.models import Item, Lesson

if TYPE_CHECKING:
    import yaml

HEAD = "# Drafted: read each item, then correct or delete it.\n"
REFUSED = ("leaked-key", "unsure-reference", "key-like-answer")  # warnings for which a draft is refused


def bank_entry(item: Item) -> dict[str, Any]:
    """An item as an entry of a bank, its fields in the order in which people write them."""
    entry: dict[str, Any] = {"id": item.id, "section": item.section, "kind": item.kind, "question": item.question}
    entry.update(kind_of(item).entry(item))
    last = {"hints": list(item.hints), "explanation": item.explanation}
    return {**entry, **{field: value for field, value in last.items() if value}}


def bank_text(entries: Sequence[dict[str, Any]]) -> str:
    """The text of a bank with these entries, separated by empty lines."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as people do, as a block."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    parts = [yaml.dump([entry], Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100) for entry in entries]
    indented = ("".join(f"  {line}" if line.strip() else line for line in part.splitlines(keepends=True)) for part in parts)
    return "items:\n" + "\n".join(indented)


def sort_out(
    entries: Sequence[dict[str, Any]], lesson: Lesson, path: str, taken: Sequence[str] = ()
) -> tuple[list[dict[str, Any]], list[str]]:
    """(the entries that pass the rules of `check`, what is wrong with each of the others).

    taken: ids of the bank's own items, which a draft must not use.
    """
    kept: list[dict[str, Any]] = []
    faults: list[str] = []
    ids = set(taken)
    for entry in entries:
        name = str(entry.get("id", ""))
        if name in ids:
            faults.append(f'item "{name}": its id is already used')
            continue
        if fault := entry_fault(entry, lesson, path):
            faults.append(f'item "{name}": {fault}')
        else:
            kept.append(entry)
            ids.add(name)
    return kept, faults


def entry_fault(entry: dict[str, Any], lesson: Lesson, path: str) -> str:
    """Why a drafted item is refused, or "". Warnings that an author may deal with later don't count."""
    found, _ = bank_findings(lesson, bank_text([entry]), path)
    return "; ".join(one.message for one in found if one.severity == "error" or one.rule in REFUSED)


def append_entries(old: str | None, entries: Sequence[dict[str, Any]]) -> str:
    """The bank's text with the entries at its end. old: None if there is no bank yet."""
    new = bank_text(entries)
    if not old or not old.strip():
        return HEAD + new
    return old.rstrip("\n") + "\n\n" + new.removeprefix("items:\n")


def difference(old: str | None, new: str, path: str) -> str:
    """What accepting the drafts would change, as a unified diff."""
    lines = difflib.unified_diff((old or "").splitlines(), new.splitlines(), path, path, lineterm="", n=2)
    return "\n".join(lines)
