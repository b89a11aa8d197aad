"""Items for a lesson's bank, drafted for a person to edit: by a model, or made from the text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor import prompts
from tutor.check import drafts
from tutor.corpus import made_items
from tutor.models import Item, Lesson
from tutor.nodes.verb import ModelVerb, Verb
from utils import files

if TYPE_CHECKING:
    from tutor.screen.one_shot import OneShot
    from utils.llm.language_model import LanguageModel


class DraftItems(ModelVerb):
    """New items that ask about the lesson, beyond those that its bank has."""

    keeps = "drafted"

    def exec(
        self, model: LanguageModel, terminal: OneShot, lesson: Lesson, items: Sequence[Item], count: int
    ) -> list[dict[str, Any]]:
        terminal.notice(f"{model.name or 'the model'} drafts {count} items for {lesson.id}")
        return model.fill(prompts.draft(lesson, [item.question for item in items], count))

    def built_in(self, lesson: Lesson, items: Sequence[Item], count: int) -> list[dict[str, Any]]:
        asked = {item.section for item in items}
        made = sorted(made_items.make_items(lesson), key=lambda item: item.section in asked)  # first what nothing asks about
        return [drafts.bank_entry(item) for item in made[:count]]


class CheckDrafts(Verb):
    """Only what passes the rules of `check` is kept; the rest is named with its reason."""

    keeps = "kept"

    def exec(
        self, terminal: OneShot, drafted: list[dict[str, Any]], lesson: Lesson, path: str, items: Sequence[Item]
    ) -> list[dict[str, Any]]:
        kept, faults = drafts.sort_out(drafted, lesson, path, [item.id for item in items])
        for fault in faults:
            terminal.notice(f"left out, {fault}")
        return kept


class OfferDrafts(Verb):
    """The change to the bank as a diff; written where it is accepted."""

    keeps = "document"

    def exec(
        self, terminal: OneShot, old: str | None, kept: list[dict[str, Any]], path: str, target: Path, accept: bool | None
    ) -> dict[str, Any]:
        """What `draft --json` prints: {path, items, diff, written}."""
        offered: dict[str, Any] = {"path": path, "items": kept, "diff": "", "written": False}
        if not kept:
            terminal.notice("nothing to offer: no item could be drafted that passes the rules of check")
            return offered
        new = drafts.append_entries(old, kept)
        offered["diff"] = drafts.difference(old, new, path)
        terminal.put_diff(offered["diff"])
        if accept or (accept is None and terminal.confirm(f"Write this to {path}?")):
            files.write_atomically(target, new)
            terminal.notice(f"{path} written; read each item, then run check")
            offered["written"] = True
        return offered
