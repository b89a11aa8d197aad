"""Drafted items: what a model proposed or a text gave, written as a bank that a person edits."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tutor.check.banks import bank_findings
from tutor.corpus.bank import BLANK_MARK
from tutor.models import Item, Kind, Lesson

HEAD = "# Drafted: read each item, mend or delete it.\n"


def entry_of(item: Item) -> dict:
    """An item as the fields of a bank, in the order in which people write them."""
    entry = {"id": item.id, "section": item.section, "kind": item.kind, "question": item.question}
    if item.kind == Kind.CLOZE:
        for blank in item.blanks:
            entry["question"] = entry["question"].replace(BLANK_MARK, f"[[{'|'.join(blank.accepted)}]]", 1)
    elif item.kind in (Kind.CHOICE, Kind.MULTI):
        entry["options"] = [{"text": option.text, **_given(right=option.right, reply=option.reply)} for option in item.options]
    elif item.kind == Kind.NUMBER:
        entry.update(answer=item.answer, tolerance=item.tolerance, **_given(unit=item.unit))
    else:
        entry.update(rubric=[{"point": point.text} for point in item.rubric], references=list(item.references))
    return {**entry, **_given(hints=list(item.hints), explanation=item.explanation)}


def _given(**fields) -> dict:
    """The fields that hold anything."""
    return {name: value for name, value in fields.items() if value}


def as_bank(entries: Sequence[dict]) -> str:
    """The text of a bank of these entries, an empty line between two."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes text of several lines as people do, line by line."""

    def text(dumper, value):
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    parts = [yaml.dump([entry], Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100) for entry in entries]
    indented = ("".join(f"  {line}" if line.strip() else line for line in part.splitlines(keepends=True)) for part in parts)
    return "items:\n" + "\n".join(indented)


def checked(entries: Sequence[dict], lesson: Lesson, path: str, taken: Sequence[str] = ()) -> tuple[list[dict], list[str]]:
    """(entries that pass the rules of `check`, what is wrong with the others), each by itself.

    taken: ids of the bank's own items, which no draft may have.
    """
    kept, faults, ids = [], [], set(taken)
    for entry in entries:
        name = str(entry.get("id", ""))
        if name in ids:
            faults.append(f'item "{name}": its id is taken')
            continue
        wrong = fault_of(entry, lesson, path)
        if wrong:
            faults.append(f'item "{name}": {wrong}')
        else:
            kept.append(entry)
            ids.add(name)
    return kept, faults


def fault_of(entry: dict, lesson: Lesson, path: str) -> str:
    """What `check` holds against one drafted item, "" for nothing; what an author may leave for later does not count."""
    found, _ = bank_findings(lesson, as_bank([entry]), path)
    return "; ".join(one.message for one in found if one.severity == "error" or one.rule in REFUSED)


REFUSED = ("leaked-key", "unsure-reference", "key-like-answer")  # warnings that a draft is refused for


def added(old: str | None, entries: Sequence[dict]) -> str:
    """The bank's text with the entries at its end; a new bank where there was none."""
    new = as_bank(entries)
    if not old or not old.strip():
        return HEAD + new
    return old.rstrip("\n") + "\n\n" + new.removeprefix("items:\n")


def difference(old: str | None, new: str, path: str) -> str:
    """What accepting would change, as a unified diff."""
    lines = difflib.unified_diff((old or "").splitlines(), new.splitlines(), path, path, lineterm="", n=2)
    return "\n".join(lines)
