"""`check`: reads lessons and banks, runs their code, applies the rules to all of it, and fixes what it can."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.check import runs
from tutor.check.banks import bank_findings, lone_ideas, unused_findings
from tutor.check.code import not_run_finding, output_is_wrong, run_findings
from tutor.check.fixes import describe_tidying, tidy, with_outputs
from tutor.check.lessons.asked import asked_findings
from tutor.check.lessons.concepts import concept_findings
from tutor.check.lessons.text import Links, anchors, lesson_findings, misconception_findings, prerequisite_circles
from tutor.check.plots.findings import plot_findings
from tutor.check.programs import outputs, solutions
from tutor.check.report import CheckReport
from tutor.check.rubrics import mutation
from tutor.check.rules import finding
from tutor.check.selection import Selection, selections
from tutor.check.tries import findings as tries
from tutor.check.tries import outputs as try_outputs
from tutor.corpus.bank import lesson_code, parse_bank
from tutor.corpus.code_blocks import CodeBlock, code_blocks_of
from tutor.corpus.corpus import Corpus, bundled_docs
from tutor.corpus.drawn import has_try, is_python_plot
from tutor.corpus.front_matter import split_front_matter
from tutor.corpus.lessons import marked_misconceptions, parse_lesson
from tutor.models import BANK_SUFFIX, Finding, Item, Lesson, Misconception
from tutor.screen.terminal.keys import ACTION_OF
from utils import files, strict_yaml
from utils.errors import InvalidFile, UsageError
from utils.sandbox.choosing import available, chosen
from utils.settings import Settings
from utils.text import nearest, plural, sanitize

if TYPE_CHECKING:
    from tutor.search.index import Index

MANY = 500  # how many lesson names "did you mean" is chosen from; more would take too long
NEIGHBOURS = 2  # how many folders up to look for the prerequisites of a folder that is checked alone
Tell = Callable[[str], None]  # takes what is being done, for a progress line
OpenIndex = Callable[[Corpus], "Index"]
Edits = Callable[[Corpus], "tuple[list[str], list[str]]"]  # Records.edits


def check(
    settings: Settings, paths: Sequence[str] = (), fix: bool = False, run_code: bool = True, tell: Tell | None = None,
    trust: bool = False, mutate: bool = False, edits: Edits | None = None, open_index: OpenIndex | None = None,
) -> CheckReport:  # fmt: skip
    """Check the lessons and banks of `paths`, by default those of --docs.

    A path is a folder of Markdown, a lesson, or a bank (then only the bank is checked). With `fix`, files are fixed
    first, and the report has what remains. Code that is not ours runs in a sandbox; where none works, only with `trust`.
    With `mutate`, wrong answers made from right ones are tried too.
    edits: to say what becomes of the history of edited items.
    open_index: to ask the questions of `asked` comments, too.
    Raises UsageError for a path that does not exist.
    """
    tell = tell or (lambda text: None)
    report = CheckReport(code_was_run=run_code, mutated=mutate)
    for selection in selections(settings, paths):
        report.warnings += selection.corpus.warnings  # of listing the folder; later ones are reported as findings
        may_run = trust or _is_ours(selection.corpus)
        if fix:
            _fix(selection, run_code, may_run, tell, report)
        _examine(selection, run_code, may_run, tell, report)
        if open_index:
            asking = asked_findings(selection.corpus, partial(open_index, selection.corpus), selection.lessons, tell)
            report.findings += asking
        if edits:
            report.add_edits(*edits(selection.corpus))
    report.findings = sorted(set(report.findings), key=lambda one: (one.path, one.line, one.rule, one.message))
    return report


# -------------------------------------------------------------------------------------------------- finding


def _is_ours(corpus: Corpus) -> bool:
    """Does a folder of lessons come with the program?"""
    ours = Path(os.path.realpath(bundled_docs()))
    return ours in (Path(corpus.root), *Path(corpus.root).parents)


def _examine(selection: Selection, run_code: bool, may_run: bool, tell: Tell, report: CheckReport) -> None:
    corpus = selection.corpus
    texts: dict[str, str] = {}
    for lesson_id in selection.lessons:
        try:
            texts[lesson_id] = corpus.lesson_text(lesson_id)
        except (InvalidFile, UsageError) as error:
            line, message = _line_and_message(error)
            report.findings.append(finding("invalid-lesson", corpus.path_of(lesson_id), line, message))
    blocks = {lesson_id: code_blocks_of(text) for lesson_id, text in texts.items()}
    runs_of = _run(blocks, may_run, tell, corpus, report) if run_code else {}
    links = _links(corpus)
    ids = set(corpus.ids())
    has_banks = any(os.path.isfile(corpus.folder / (other + BANK_SUFFIX)) for other in ids)
    chosen = list(dict.fromkeys([*selection.lessons, *selection.banks]))
    known = _misconceptions(corpus, report)
    named: set[str] = set()
    items: list[Item] = []
    for number, lesson_id in enumerate(chosen, 1):
        tell(f"checking {lesson_id} ({number} of {len(chosen)})")
        lesson = _lesson(corpus, lesson_id, report if lesson_id in texts else None)
        if lesson and lesson_id in texts:
            report.lessons += 1
            report.files += 1
            report.sections += len(lesson.sections)
            report.code_blocks += sum(runs.kind_of(block) in ("python", "torch", "plot") for block in blocks[lesson_id])
            is_known = _known_lessons(corpus, ids)
            report.findings += lesson_findings(lesson, texts[lesson_id], links, is_known)
            report.findings += plot_findings(lesson.path, blocks[lesson_id])
            report.findings += run_findings(lesson.path, blocks[lesson_id], runs_of.get(lesson_id, ()))
            _examine_tries(corpus, lesson, run_code, may_run, report)
            report.findings += misconception_findings(lesson, texts[lesson_id], known)
            named.update(name for name, _ in marked_misconceptions(lesson, texts[lesson_id]))
        if lesson_id in selection.banks:
            found = _examine_bank(corpus, lesson_id, lesson, has_banks, known, report)
            _run_items(corpus, lesson_id, lesson, found, run_code, may_run, report)
            items += found
    for lesson_id in selection.strays:
        _examine_stray_bank(corpus, lesson_id, report)
    report.findings += _circle_findings(corpus, selection.lessons)
    report.findings += concept_findings(corpus, selection.lessons)
    if ids <= set(selection.banks):  # else what is looked at is not all that names them
        named.update(name for item in items for name in item.probes)
        report.findings += unused_findings(known, corpus.misconceptions_path, named) + lone_ideas(items)


def _examine_tries(corpus: Corpus, lesson: Lesson, run_code: bool, may_run: bool, report: CheckReport) -> None:
    """Look at the try blocks of a lesson, and run the code of those that have some."""
    found, wrong = tries.tries_in(lesson)
    report.findings += wrong
    if not found:
        return
    report.findings += tries.try_findings(lesson.path, found, _items_for_tries(corpus, lesson.id))
    with_code = [block for block in found if block.one.code]
    report.code_blocks += len(with_code)
    if run_code and with_code:
        if may_run or chosen().means:
            report.findings += try_outputs.output_findings(lesson.path, try_outputs.run_tries(with_code, available()))
        else:
            report.findings.append(not_run_finding(lesson.path, with_code[0].line, str(chosen())))


def _items_for_tries(corpus: Corpus, lesson_id: str) -> list[Item] | None:
    """The items of a lesson's bank, [] where it has none; None where it can't be read."""
    try:
        found = corpus.bank_text(lesson_id)
        return parse_bank(found[0], lesson_id, found[1]) if found else []
    except (InvalidFile, UsageError):
        return None


def _misconceptions(corpus: Corpus, report: CheckReport) -> dict[str, Misconception]:
    """The folder's list of misconceptions. What is wrong with it is added to the report."""
    try:
        return corpus.parsed_misconceptions()
    except (InvalidFile, UsageError) as error:
        line, message = _line_and_message(error)
        report.findings.append(finding("invalid-misconceptions", corpus.misconceptions_path, line, message))
        return {}


def _line_and_message(error: InvalidFile | UsageError) -> tuple[int, str]:
    """(line, message) of an error about a file, without the file's name where that is possible."""
    if isinstance(error, InvalidFile):
        return error.line or 1, error.message
    return 1, str(error)


def _lesson(corpus: Corpus, lesson_id: str, report: CheckReport | None) -> Lesson | None:
    """A lesson, without its front matter if that is invalid. What is wrong is added to the report, if one is given."""
    shown = corpus.path_of(lesson_id)
    try:
        return corpus.lesson(lesson_id)
    except (InvalidFile, UsageError) as error:
        line, message = _line_and_message(error)
    try:
        _, body = split_front_matter(corpus.lesson_text(lesson_id))
        lesson, rule = parse_lesson(body, lesson_id, shown), "front-matter"
    except (InvalidFile, UsageError):
        lesson, rule = None, "invalid-lesson"
    if report:
        report.findings.append(finding(rule, shown, line, message))
    return lesson


def _examine_bank(
    corpus: Corpus, lesson_id: str, lesson: Lesson | None, has_banks: bool, known: dict[str, Misconception], report: CheckReport
) -> list[Item]:
    """The items of the bank; [] where there is none, or it can't be read."""
    try:
        found = corpus.bank_text(lesson_id)
    except (InvalidFile, UsageError) as error:
        line, message = _line_and_message(error)
        report.findings.append(finding("invalid-bank", corpus.path_of(lesson_id, BANK_SUFFIX), line, message))
        return []
    items: list[Item] = []
    if found:
        findings, items = bank_findings(lesson, *found, keys=ACTION_OF, known=known)
        report.findings += findings
        _try_mutants(items, *found, lesson, report)
        report.items += len(items)
        report.places.update((item.key, (item.path, item.line)) for item in items)
        report.files += 1
    elif has_banks:
        report.findings.append(finding(
            "no-bank", corpus.path_of(lesson_id), 1,
            f"found no bank, expected {corpus.path_of(lesson_id, BANK_SUFFIX)}, since other lessons have one; add it",
        ))  # fmt: skip
    return items


def _examine_stray_bank(corpus: Corpus, lesson_id: str, report: CheckReport) -> None:
    shown = corpus.path_of(lesson_id, BANK_SUFFIX)
    near = nearest(lesson_id, corpus.ids())
    hint = f"Did you mean {near}{BANK_SUFFIX}?" if near else "rename it, or write the lesson"
    message = f"found a bank without a lesson, expected {posixpath.basename(lesson_id)}.md beside it; {hint}"
    report.findings.append(finding("stray-bank", shown, 1, message))
    try:
        text = files.read_text(corpus.folder / (lesson_id + BANK_SUFFIX))
    except (InvalidFile, UsageError) as error:
        line, message = _line_and_message(error)
        report.findings.append(finding("invalid-bank", shown, line, message))
        return
    findings, items = bank_findings(None, text, shown, keys=ACTION_OF)
    report.findings += findings
    _try_mutants(items, text, shown, None, report)
    report.items += len(items)
    report.files += 1


def _run_items(
    corpus: Corpus, lesson_id: str, lesson: Lesson | None, items: Sequence[Item], run_code: bool, may_run: bool,
    report: CheckReport,
) -> None:  # fmt: skip
    """Run the programs of a bank's items, and report what they do other than their author says."""
    with_code = [item for item in items if item.code or item.tests] if run_code else []
    if not with_code:
        return
    text, path = corpus.bank_text(lesson_id) or ("", "")
    if not (may_run or chosen().means):
        report.findings.append(not_run_finding(path, with_code[0].line, str(chosen())))
        return
    entries = strict_yaml.load(text, path)["items"]
    report.findings += outputs.output_findings(path, outputs.run_all(items, entries, lesson))
    if chosen().means:  # learners' programs are run in a sandbox only, and so are these
        report.findings += solutions.solution_findings(path, items, entries)


def _try_mutants(items: Sequence[Item], text: str, path: str, lesson: Lesson | None, report: CheckReport) -> None:
    if report.mutated and items:
        findings, scores = mutation.try_bank(items, text, path, lesson.language if lesson else "en")
        report.findings += findings
        report.scores += scores


def _run(
    blocks: dict[str, list[CodeBlock]], may_run: bool, tell: Tell, corpus: Corpus, report: CheckReport
) -> dict[str, list[runs.Run]]:
    """The runs of lessons by their ids; none, and a finding for each, where they need a sandbox and none works."""
    runnable = {name: found for name, found in blocks.items() if any(map(runs.kind_of, found))}
    if runnable and not (may_run or chosen().means):
        for name, found in runnable.items():
            line = next(block.line for block in found if runs.kind_of(block))
            report.findings.append(not_run_finding(corpus.path_of(name), line, str(chosen())))
        return {}
    finished: list[str] = []

    def done(name: str) -> None:
        finished.append(name)
        tell(f"ran the code of {name} ({len(finished)} of {len(runnable)})")

    if runnable:
        tell(f"running the code of {plural(len(runnable), 'lesson')}")
    return runs.run_lessons(runnable, done=done)


def _links(corpus: Corpus) -> Links:
    known: dict[str, set[str] | None] = {}

    def anchors_of(relative: str) -> set[str] | None:
        if relative not in known:
            known[relative] = None
            lesson_id = relative.removesuffix(".md")
            if relative.endswith(".md") and lesson_id in corpus.files:
                try:
                    corpus.lesson(lesson_id)  # refuses texts that would take the parser too long
                    known[relative] = anchors(corpus.lesson_text(lesson_id))
                except (InvalidFile, UsageError):
                    known[relative] = None
        return known[relative]

    return Links(
        exists=lambda relative: os.path.exists(corpus.folder / relative),
        anchors=anchors_of,
        names=tuple(lesson_id + ".md" for lesson_id in corpus.ids()[:MANY]),
    )


def _known_lessons(corpus: Corpus, ids: set[str]) -> Callable[[str], bool]:
    above = list(Path(corpus.root).parents)[:NEIGHBOURS]
    return lambda wanted: wanted in ids or any(os.path.isfile(folder / (wanted + ".md")) for folder in above)


def _circle_findings(corpus: Corpus, chosen: Sequence[str]) -> list[Finding]:
    needs: dict[str, tuple[str, ...]] = {}
    waiting = list(chosen)
    while waiting:
        lesson_id = waiting.pop()
        if lesson_id in corpus.files and lesson_id not in needs:
            needs[lesson_id] = corpus.entry(lesson_id).prerequisites
            waiting += needs[lesson_id]
    found = []
    for circle in prerequisite_circles(needs):
        first = next((lesson_id for lesson_id in circle if lesson_id in chosen), None)
        if first is None:
            continue
        after = circle[(circle.index(first) + 1) % len(circle)]
        front, _ = split_front_matter(corpus.lesson_text(first))
        data = strict_yaml.load(front or "", corpus.path_of(first), first_line=2)
        line = strict_yaml.line_of(data["prerequisites"], data["prerequisites"].index(after))
        way = " needs ".join([*circle, circle[0]])
        found.append(finding(
            "circular-prerequisite", corpus.path_of(first), line,
            f"found prerequisites in a circle ({way}), expected an order in which to learn; remove one of them",
        ))  # fmt: skip
    return found


# --------------------------------------------------------------------------------------------------- fixing


def _fix(selection: Selection, run_code: bool, may_run: bool, tell: Tell, report: CheckReport) -> None:
    """Write fixed files, before anything is checked."""
    corpus = selection.corpus
    blocks = {}
    for lesson_id in selection.lessons:
        try:
            text = corpus.lesson_text(lesson_id)
        except (InvalidFile, UsageError):
            continue  # reported by _examine
        text = _tidy_file(text, _real_path(corpus, lesson_id, ".md"), corpus.path_of(lesson_id), report)
        blocks[lesson_id] = code_blocks_of(text)
    for lesson_id in selection.banks:
        try:
            found = corpus.bank_text(lesson_id)
        except (InvalidFile, UsageError):
            continue
        if found:
            text = _tidy_file(found[0], _real_path(corpus, lesson_id, BANK_SUFFIX), found[1], report)
            if run_code and (may_run or chosen().means):
                _fix_prints(corpus, lesson_id, text, found[1], tell, report)
    for lesson_id, done in (_run(blocks, may_run, tell, corpus, report) if run_code else {}).items():
        shown = corpus.path_of(lesson_id)
        wrong = [
            (run.block, run.stdout)
            for run in done
            if output_is_wrong(run) and sanitize(run.stdout) == run.stdout  # otherwise the next --fix would change it again
        ]
        text = corpus.lesson_text(lesson_id)
        fixed = with_outputs(text, wrong)
        if fixed != text:
            files.write_atomically(_real_path(corpus, lesson_id, ".md"), fixed)
            plots = sum(is_python_plot(block.info) for block, _ in wrong)
            if len(wrong) > plots:
                told = plural(len(wrong) - plots, "output block")
                report.fixed.append(f"{shown}: {told} rewritten with what the code prints")
            if plots:
                report.fixed.append(f"{shown}: {plural(plots, 'plot block')} rewritten with what the code gives")
    for lesson_id in blocks if run_code and (may_run or chosen().means) else ():
        _fix_tries(corpus, lesson_id, tell, report)


def _fix_tries(corpus: Corpus, lesson_id: str, tell: Tell, report: CheckReport) -> None:
    """Write what the code of a lesson's try blocks gives into the lesson."""
    text = corpus.lesson_text(lesson_id)
    lesson = _lesson_as_written(corpus, lesson_id) if has_try(text) else None
    with_code = [block for block in tries.tries_in(lesson)[0] if block.one.code] if lesson else []
    if not with_code:
        return
    tell(f"running the try blocks of {corpus.path_of(lesson_id)}")
    fixed, changed = try_outputs.with_shown(text, try_outputs.run_tries(with_code, available()))
    if fixed != text:
        files.write_atomically(_real_path(corpus, lesson_id, ".md"), fixed)
        report.fixed.append(f"{corpus.path_of(lesson_id)}: {plural(changed, 'try block')} rewritten with what the code gives")


def _fix_prints(corpus: Corpus, lesson_id: str, text: str, path: str, tell: Tell, report: CheckReport) -> None:
    """Write what the code of a bank's items prints into the bank."""
    lesson = _lesson_as_written(corpus, lesson_id)
    try:
        items = parse_bank(text, lesson_id, path, code=partial(lesson_code, lesson) if lesson else None)
    except InvalidFile:
        return  # reported by _examine
    if not any(item.code for item in items):
        return
    tell(f"running the code of {path}")
    fixed, changed = outputs.with_prints(text, outputs.run_all(items, strict_yaml.load(text, path)["items"], lesson))
    if fixed != text:
        files.write_atomically(_real_path(corpus, lesson_id, BANK_SUFFIX), fixed)
        report.fixed.append(f"{path}: {plural(changed, 'output')} rewritten with what the code prints")


def _lesson_as_written(corpus: Corpus, lesson_id: str) -> Lesson | None:
    """A lesson as its file is now, which is still being fixed: the corpus would remember it. None for one that can't be read."""
    try:
        return parse_lesson(split_front_matter(corpus.lesson_text(lesson_id))[1], lesson_id, corpus.path_of(lesson_id))
    except (InvalidFile, UsageError):
        return None


def _real_path(corpus: Corpus, lesson_id: str, suffix: str) -> str:
    """The path of a lesson's file or bank below the corpus's root, with all links resolved."""
    return os.path.join(corpus.root, corpus.files[lesson_id].removesuffix(".md") + suffix)


def _tidy_file(text: str, path: str, shown: str, report: CheckReport) -> str:
    """Tidy the text of a file, in the file too. Returns the new text."""
    tidied = tidy(text, markdown=path.endswith(".md"))
    if tidied != text:
        files.write_atomically(path, tidied)
        report.fixed.append(f"{shown}: {describe_tidying(text, tidied)}")
    return tidied
