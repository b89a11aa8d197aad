"""Somebody at the menus of a session, by script, and the lessons that are offered there."""

from __future__ import annotations

from tutor.models import Step
from tutor.screen.learners import ScriptedLearner
from tutor.screen.rows import as_row


class Guest(ScriptedLearner):
    """Chooses by words and types lines, also at a menu; where nothing is left to do, the session ends.

    attended=False takes what a menu takes where nobody is there.
    """

    def __init__(self, *steps, attended=True):
        super().__init__([Step(*step) if isinstance(step, tuple) else Step("choose", step) for step in steps])
        self.attended, self.menus = attended, []

    def choose(self, options, keys, unattended):
        self.menus.append([as_row(option).line for option in options])
        if self.steps and self.steps[0].action == "answer" and "ask" in keys:
            return self.steps.popleft()
        return super().choose(options, keys, unattended if not self.attended else "")


def write_lessons(docs, lessons):
    """Add lessons to a folder of documents: {id: its text}."""
    for name, text in lessons.items():
        (docs / f"{name}.md").parent.mkdir(exist_ok=True)
        (docs / f"{name}.md").write_text(text, encoding="utf-8")
