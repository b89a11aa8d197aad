"""Items for a lesson's bank, drafted for a person to edit: by a model, or made from the text."""

from __future__ import annotations

from pocketflow import Node

from tutor import prompts
from tutor.check import drafts
from tutor.corpus import made_items
from tutor.nodes.asking import ModelNode
from utils import files


class DraftItems(ModelNode):
    """New items that ask about the lesson, none that its bank has."""

    def prep(self, shared):
        return shared["model"], shared["terminal"], shared["lesson"], shared["items"], shared["count"]

    def exec(self, prepared):
        model, terminal, lesson, items, count = prepared
        if not model.available:
            return self.built_in(prepared)
        terminal.notice(f"{model.name or 'the model'} drafts {count} items for {lesson.id}")
        return model.fill(prompts.draft(lesson, [item.question for item in items], count))

    def built_in(self, prepared):
        _, _, lesson, items, count = prepared
        asked = {item.section for item in items}
        made = sorted(made_items.make_items(lesson), key=lambda item: item.section in asked)  # what nothing asks about first
        return [drafts.entry_of(item) for item in made[:count]]

    def post(self, shared, prepared, entries):
        shared["drafted"] = entries


class CheckDrafts(Node):
    """Only what passes the rules of `check` is kept; what does not is told with its reason."""

    def prep(self, shared):
        return shared["drafted"], shared["lesson"], shared["path"], [item.id for item in shared["items"]]

    def exec(self, prepared):
        return drafts.checked(*prepared)

    def post(self, shared, prepared, found):
        shared["kept"], faults = found
        for fault in faults:
            shared["terminal"].notice(f"left out, {fault}")


class OfferDrafts(Node):
    """The change to the bank as a diff; written where it is accepted."""

    def prep(self, shared):
        new = drafts.added(shared["old"], shared["kept"]) if shared["kept"] else None
        return shared["terminal"], shared["old"], new, shared["path"], shared["accept"]

    def exec(self, prepared):
        terminal, old, new, path, accept = prepared
        if new is None:
            return False
        terminal.put_diff(drafts.difference(old, new, path))
        return accept or (accept is None and terminal.confirm(f"Write this to {path}?"))

    def post(self, shared, prepared, accepted):
        terminal, _, new, path, _ = prepared
        if accepted:
            files.write_atomically(shared["target"], new)
            terminal.notice(f"{path} written; read each item, then run check")
        shared["written"] = accepted
