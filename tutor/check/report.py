"""The report of `check`: what was checked, what was found and what was fixed, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tutor.check.rubrics.mutation import MutationScore
from tutor.check.rules import finding
from tutor.models import Card, Finding
from utils.errors import ExitCode
from utils.text import plural


@dataclass
class CheckReport:
    """What was checked, what was found and what was fixed."""

    lessons: int = 0
    files: int = 0
    sections: int = 0
    items: int = 0
    code_blocks: int = 0
    findings: list[Finding] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    code_was_run: bool = True
    mutated: bool = False  # whether wrong answers made from right ones were tried
    scores: list[MutationScore] = field(default_factory=list)  # of each item that they were made for
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # item key -> path and line of its bank

    def add_set_aside(self, cards: Sequence[Card]) -> None:
        """Add a note for each checked item that the learner's records set aside, because its author may know why."""
        for card in cards:
            if card.leech and card.item in self.places:
                path, line = self.places[card.item]
                name = card.item.partition(":")[2]
                message = f'item "{name}" was missed {card.lapses} times and is no longer asked; is it too hard, or unclear?'
                self.findings.append(finding("set-aside", path, line, message))

    def add_edits(self, kept: Sequence[str], anew: Sequence[str]) -> None:
        """Say of each checked item that was edited since it was learned here what becomes of its history. By keys."""
        told = [(key, "keeps-memory", "has a new wording and asks the same: what you know of it stays") for key in kept]
        told += [
            (key, "asked-anew", "asks something else now: you are asked it again; your answers so far are kept") for key in anew
        ]
        for key, rule, what in told:
            if key in self.places:
                path, line = self.places[key]
                self.findings.append(finding(rule, path, line, f'item "{key.partition(":")[2]}" {what}'))

    def document(self) -> dict[str, Any]:
        """The report as --json prints it."""
        counts = {name: getattr(self, name) for name in ("files", "sections", "items", "code_blocks")}
        findings = [{name: value for name, value in asdict(one).items() if value or name != "add"} for one in self.findings]
        mutation = {"mutation": [asdict(one) for one in self.scores]} if self.mutated else {}
        return {**counts, "findings": findings, "fixed": self.fixed, **mutation}

    def listing(self) -> str:
        """A line for each fix and finding, and one that sums up."""
        found = [
            f"{one.path}:{one.line}: {one.severity}: {one.message} [{one.rule}]" + (f"\n{one.add}" if one.add else "")
            for one in self.findings
        ]
        fixed = [f"fixed: {text}" for text in self.fixed]
        return "\n".join([*fixed, *found, *self.mutation_listing(), self.summary()])

    def mutation_listing(self) -> list[str]:
        """A line for each item that mutants were made for, after one that says what they are."""
        if not self.mutated:
            return []
        if not self.scores:
            return ["no mutation score: found no free-text question to make wrong answers for"]
        width = len(str(max(one.made for one in self.scores)))
        made, refused = sum(one.made for one in self.scores), sum(one.refused for one in self.scores)
        references, passed = sum(one.references for one in self.scores), sum(one.passed for one in self.scores)
        standing = f"; {passed} of {references} references would pass without themselves" if references else ""
        return [
            "mutation score: how many wrong answers, made from its right ones, each question refuses; see to those that pass",
            *(
                f"{one.refused:{width}} of {one.made:{width}}  {one.path}:{one.line}: {one.item}"
                for one in self.scores
            ),
            f"{refused:,} of {made:,} in all{standing}",
        ]  # fmt: skip

    def summary(self) -> str:
        """`2 lessons, 9 sections, 4 items, 1 code block: 1 error, no warnings`."""
        counts = ((self.lessons, "lesson"), (self.sections, "section"), (self.items, "item"), (self.code_blocks, "code block"))
        seen = ", ".join(plural(number, noun) for number, noun in counts)
        seen += "" if self.code_was_run else " (not run)"
        found = [plural(n, noun) if (n := self.count(noun)) else f"no {noun}s" for noun in ("error", "warning")]
        notes = [plural(n, "note")] if (n := self.count("note")) else []
        return f"{seen}: {', '.join([*found, *notes])}"

    def count(self, severity: str) -> int:
        """How many findings have that severity."""
        return sum(one.severity == severity for one in self.findings)

    def exit_code(self, strict: bool = False) -> ExitCode:
        """FELL_SHORT if there are errors; with `strict`, warnings count as errors."""
        fell_short = self.count("error") or (strict and self.count("warning"))
        return ExitCode.FELL_SHORT if fell_short else ExitCode.DONE
