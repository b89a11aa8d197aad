"""The questions of a quiz: chosen, written as a sheet for somebody to fill in, compared with one that comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.corpus import bank
from tutor.learner import beliefs
from tutor.models import Item
from tutor.nodes.session.place import askable
from tutor.nodes.verb import Verb
from tutor.quiz import sheets
from tutor.quiz.choosing import QuizRequest, choose, read_banks
from tutor.quiz.fingerprints import corpus_fingerprint, versions_of
from tutor.quiz.outcomes import Outcome, no_answer
from tutor.screen.markup import figures
from utils import files
from utils.errors import ExitCode, NothingRun
from utils.text import plural

if TYPE_CHECKING:
    from tutor.corpus.corpus import Corpus
    from tutor.nodes.shared import QuizStore
    from tutor.quiz.sheets import Sheet
    from tutor.screen.terminal import Terminal


class ChooseItems(Verb):
    """What is asked: drawn from the banks, or exactly the items that a sheet or an earlier report names."""

    def exec(
        self, corpus: Corpus, request: QuizRequest, terminal: Terminal, sheet: Sheet | None, sheet_path: str | None
    ) -> tuple[list[Item], dict[str, list[Item]]]:  # fmt: skip
        """(the items to ask, drawn; the banks that they come from)

        A sheet may be written and graded on two machines, so what can't be asked on this one is left out at a keyboard only.
        """
        banks = read_banks(corpus, request.lessons or corpus.ids())
        needing = sum(item.needs_try and item.kind in request.kinds for items in banks.values() for item in items)
        if needing and request.keys is None and not sheet:
            terminal.notice(
                f"{plural(needing, 'question')} left out: only turning the knobs of its lesson answers it"
                if needing == 1
                else f"{plural(needing, 'question')} left out: only turning the knobs of their lessons answers them"
            )
        if sheet or sheet_path:
            return choose(banks, request), banks
        return choose({lesson: askable(items, terminal) for lesson, items in banks.items()}, request), banks

    def post(self, shared: QuizStore, prepared: dict[str, Any], chosen: tuple[list[Item], dict[str, list[Item]]]) -> str:
        items, shared["banks"] = chosen
        corpus, request = prepared["corpus"], prepared["request"]
        shared["waiting"] = items
        shared["outcomes"] = {
            item.key: Outcome(item, grade=no_answer(item), where=corpus.lesson(item.lesson).place_of(item.section))
            for item in items
        }
        if shared["sheet"]:
            return "sheet"
        if not items:
            why = "the lessons asked for have none of these kinds; `topics` counts them" if shared["banks"] else (
                "none of the lessons asked for has a bank; `draft TOPIC` proposes one")  # fmt: skip
            raise NothingRun(f"no question fits: {why}")
        if shared["sheet_path"]:
            return "blank_sheet"
        count = plural(len(items), "question")
        again = f"--seed {request.seed} asks the same again."
        if beliefs.probing(items, request.first):  # which no seed knows of
            again = "Some are about misconceptions that your answers have shown."
        shared["terminal"].notice(f"{count}, the grades at the end. {again}")
        return "questions"


class WriteSheet(Verb):
    """The questions as a file for somebody to fill in; one that is there already is never overwritten."""

    keeps = "document"

    def exec(
        self, terminal: Terminal, waiting: list[Item], banks: dict[str, list[Item]], request: QuizRequest, sheet_path: str,
        command: Callable[..., str],
    ) -> dict[str, Any]:  # fmt: skip
        versions = versions_of(banks)
        shown, corpus = files.shown_path(sheet_path), corpus_fingerprint(versions)
        then = command("quiz", "--answers", Path(sheet_path))
        text = sheets.write_sheet(
            waiting, versions, command=then, seed=request.seed, topics=request.lessons, corpus=corpus, in_words=figures.in_words
        )
        files.write_new(sheet_path, text)
        asked = plural(len(waiting), "question")
        terminal.notice(f"{shown}: {asked}, seed {request.seed}. Fill it in; then: {then}")
        keys = [item.key for item in waiting]
        return {"sheet": shown, "seed": request.seed, "topics": request.lessons, "corpus": corpus, "items": keys}


class CompareSheet(Verb):
    """Set aside what a filled-in sheet can't answer: items changed or removed since, and items that are not on it."""

    def exec(
        self, sheet: Sheet, request: QuizRequest, waiting: list[Item], banks: dict[str, list[Item]]
    ) -> tuple[list[str], dict[str, Outcome]]:
        """(warnings, {key: Outcome} of what is not asked)."""
        warnings = []
        if sheet.seed != request.seed:
            warnings.append(f"{sheet.path}: was written with --seed {sheet.seed}; graded with {request.seed}, "
                            "its numbers may differ")  # fmt: skip
        items = {item.key: item for lesson in banks.values() for item in lesson}
        if assumed := sheets.assumed_entries(sheet, items):
            count = f"{len(assumed)} of its {plural(len(sheet.entries), 'question')}"
            warnings.append(f"{sheet.path}: comes from an earlier version of the program; {count} may be graded by more than "
                            "when it was written, or be worded differently today, and are graded as they are now")  # fmt: skip
        why = sheets.outdated_entries(sheet, items)
        for item in waiting:
            entry = None if item.key in why else sheet.entry(item.key)
            if entry and (altered := sheets.altered_choice(entry, item)):
                warnings.append(
                    f"{sheet.path}:{entry.line}: {item.key}: {altered}; its letters and numbers count as they were asked"
                )
        unready = self.ungradable(sheet, [item for item in waiting if item.key not in why])
        warnings += [f"{sheet.path}: {key} is not graded: {outcome.error}" for key, outcome in unready.items()]
        if request.keys is None:  # a teacher chose the questions: one that is not on the sheet is missed
            drawn = {item.key: item for item in waiting}
            strange = [entry for entry in sheet.entries if entry.key not in drawn]
            warnings += [f"{sheet.path}:{entry.line}: {entry.key} is not a question of this quiz" for entry in strange]
            missed = sheets.missing_items(sheet, waiting, why)
            absent = {key: Outcome(drawn[key], grade=no_answer(drawn[key], said)) for key, said in missed.items()}
            return warnings, {**unready, **absent}
        errors = sheets.ungraded_outcomes(sheet, {key: why[key] for key in request.keys if key in why})
        warnings += [f"{outcome.where}: {key} is not graded: {outcome.error}" for key, outcome in errors.items()]
        return warnings, {**unready, **errors}

    @staticmethod
    def ungradable(sheet: Sheet, items: Sequence[Item]) -> dict[str, Outcome]:
        """{key: outcome} of the answers that can't be graded on this machine, which is none of their faults."""
        why = [(item, bank.kind_of(item).cannot_be_asked(item)) for item in items if sheet.typed(item)]
        return {
            item.key: Outcome(item, sheet.typed(item), error=reason, exit_code=ExitCode.USAGE) for item, reason in why if reason
        }

    def post(self, shared: QuizStore, prepared: dict[str, Any], compared: tuple[list[str], dict[str, Outcome]]) -> None:
        warnings, aside = compared
        outcomes = shared["outcomes"]
        for key, outcome in aside.items():
            outcomes[key] = outcome if outcome.where else replace(outcome, where=outcomes[key].where)
        order = prepared["request"].keys or tuple(outcomes)
        shared["outcomes"] = {key: outcomes[key] for key in order if key in outcomes}
        shared["waiting"] = [item for item in shared["waiting"] if item.key not in aside]
        for warning in warnings:
            shared["terminal"].warn(warning)
        if not shared["outcomes"]:
            raise NothingRun(f"{prepared['sheet'].path}: none of its questions is among the topics and kinds asked for")
