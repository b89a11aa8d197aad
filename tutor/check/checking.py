"""`check`: reads lessons and banks, runs their code, has the rules look at all of it, and mends what it may."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tutor.check import running
from tutor.check.banks import bank_findings
from tutor.check.code import output_is_wrong, run_findings
from tutor.check.mending import tidied, tidying, with_outputs
from tutor.check.rules import RULES, finding
from tutor.check.texts import Links, anchors, circles, lesson_findings
from tutor.corpus import lessons
from tutor.corpus.corpus import Corpus, docs_folder, open_corpus
from tutor.models import BANK_SUFFIX, Card, Finding, Lesson
from tutor.screen.keys import ACTION_OF
from utils import files
from utils.errors import ExitCode, InvalidFile, UsageError
from utils.settings import Settings
from utils.text import nearest, plural, sanitize

MANY = 500  # lessons among which a near name is looked for; among more it would take long
NEIGHBOURS = 2  # folders above one that is checked alone, in which its prerequisites may stand
Tell = Callable[[str], None]


@dataclass
class CheckReport:
    """What was looked at, what there is to say, what was mended."""

    lessons: int = 0
    files: int = 0
    sections: int = 0
    items: int = 0
    code_blocks: int = 0
    findings: list[Finding] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    code_was_run: bool = True
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # item key -> path and line of its bank

    def add_set_aside(self, cards: Sequence[Card]) -> None:
        """A note for each item of the banks looked at that learners' records set aside: its author may know why."""
        for card in cards:
            if card.leech and card.item in self.places:
                path, line = self.places[card.item]
                name = card.item.partition(":")[2]
                told = f'item "{name}" was missed {card.lapses} times and is no longer asked; is it too hard, or unclear?'
                self.findings.append(finding("set-aside", path, line, told))

    def document(self) -> dict:
        """The shape of --json."""
        counts = {name: getattr(self, name) for name in ("files", "sections", "items", "code_blocks")}
        return {**counts, "findings": [asdict(one) for one in self.findings], "fixed": self.fixed}

    def listing(self) -> str:
        """A line for each thing, and one that sums up."""
        told = [f"{one.path}:{one.line}: {one.severity}: {one.message} [{one.rule}]" for one in self.findings]
        fixed = [f"fixed: {text}" for text in self.fixed]
        return "\n".join([*fixed, *told, self.summary()])

    def summary(self) -> str:
        counts = ((self.lessons, "lesson"), (self.sections, "section"), (self.items, "item"), (self.code_blocks, "code block"))
        seen = ", ".join(plural(number, noun) for number, noun in counts)
        seen += "" if self.code_was_run else " (not run)"
        found = [plural(n, noun) if (n := self.count(noun)) else f"no {noun}s" for noun in ("error", "warning")]
        notes = [plural(n, "note")] if (n := self.count("note")) else []
        return f"{seen}: {', '.join([*found, *notes])}"

    def count(self, severity: str) -> int:
        return sum(one.severity == severity for one in self.findings)

    def exit_code(self, strict: bool = False) -> ExitCode:
        """FELL_SHORT where there are errors; with `strict`, warnings are errors."""
        fell_short = self.count("error") or (strict and self.count("warning"))
        return ExitCode.FELL_SHORT if fell_short else ExitCode.DONE


def rules() -> list[dict]:
    return [asdict(rule) for rule in RULES.values()]


def rules_listing() -> str:
    width = max(map(len, RULES))
    return "\n".join(f"{rule.name:{width}}  {rule.severity:7}  {rule.meaning}" for rule in RULES.values())


def check(
    settings: Settings, paths: Sequence[str] = (), fix: bool = False, run_code: bool = True, tell: Tell | None = None
) -> CheckReport:
    """Look at the lessons and banks of `paths`, by default at those of --docs.

    A path is a folder of Markdown, a lesson, or a bank (then only the bank is looked at). `tell` is told what is being
    done, for a progress line. With `fix`, files are mended first, and what is reported is what remains. Raises
    UsageError for a path that is not there.
    """
    tell = tell or (lambda text: None)
    report = CheckReport(code_was_run=run_code)
    chosen = _chosen(settings, paths)
    for selection in chosen:
        report.warnings += selection.corpus.warnings  # of the listing; what comes later is told as findings
        if fix:
            _fix(selection, run_code, tell, report)
        _look(selection, run_code, tell, report)
    report.findings = sorted(set(report.findings), key=lambda one: (one.path, one.line, one.rule, one.message))
    return report


# ---------------------------------------------------------------------------------------------- what is chosen


@dataclass
class _Selection:
    """The lessons of one folder that are to be looked at."""

    corpus: Corpus
    lessons: list[str] = field(default_factory=list)  # ids
    banks: list[str] = field(default_factory=list)  # ids of those whose bank is to be looked at
    strays: list[str] = field(default_factory=list)  # banks without a lesson: ids


def _chosen(settings: Settings, paths: Sequence[str]) -> list[_Selection]:
    docs = docs_folder(settings.docs)
    by_root: dict[str, _Selection] = {}
    for path in [Path(path) for path in paths] or [docs]:
        if not os.path.exists(path):
            raise UsageError(f"{files.shown_path(path)}: there is no such file or folder; name a folder of Markdown, "
                             "a lesson (.md) or a bank (.quiz.yaml)")  # fmt: skip
        if path.is_file() and path.suffix != ".md" and not path.name.endswith(BANK_SUFFIX):
            raise UsageError(f"{files.shown_path(path)}: found neither a lesson (.md) nor a bank (.quiz.yaml); name one")
        folder = Path(os.path.realpath(path if path.is_dir() else path.parent))
        real = folder if path.is_dir() else folder / path.name
        # Part of --docs is looked at as part of it, so that prerequisites and links lead where they should.
        inside = os.path.realpath(docs)
        root = docs if folder == Path(inside) or Path(inside) in folder.parents else path if path.is_dir() else path.parent
        key = os.path.realpath(root)
        if key not in by_root:
            by_root[key] = _Selection(open_corpus(root))
        _choose(by_root[key], path, real.relative_to(key).as_posix())
    return list(by_root.values())


def _choose(selection: _Selection, path: Path, relative: str) -> None:
    corpus = selection.corpus
    if path.is_dir():
        within = [one for one in corpus.ids() if relative == "." or one.startswith(relative + "/")]
        if not within:
            raise UsageError(f"{files.shown_path(path)}: no lessons: there is no .md file in it; name another folder")
        _add(selection.lessons, within)
        _add(selection.banks, within)
        _add(selection.strays, _stray_banks(corpus, within))
        return
    is_bank = path.name.endswith(BANK_SUFFIX)
    lesson_id = relative.removesuffix(BANK_SUFFIX if is_bank else ".md")
    if lesson_id in corpus.files:
        _add(selection.banks, [lesson_id])
        _add([] if is_bank else selection.lessons, [lesson_id])
    elif is_bank:
        _add(selection.strays, [lesson_id])
    else:
        raise UsageError(f"{files.shown_path(path)}: it is no lesson: it says lesson: false, is ignored, or has a name "
                         "such as README; name a lesson")  # fmt: skip


def _add(chosen: list[str], more: Iterable[str]) -> None:
    chosen += [one for one in more if one not in chosen]


def _stray_banks(corpus: Corpus, within: Sequence[str]) -> list[str]:
    found = []
    for folder in sorted({posixpath.dirname(lesson_id) for lesson_id in within}):
        for path in sorted((corpus.folder / folder).glob("*" + BANK_SUFFIX)):
            lesson_id = posixpath.join(folder, path.name.removesuffix(BANK_SUFFIX))
            is_hidden = path.name.startswith(".") or path.is_symlink()
            if lesson_id not in corpus.files and path.is_file() and not is_hidden:
                found.append(lesson_id)
    return found


# --------------------------------------------------------------------------------------------------- looking


def _look(selection: _Selection, run_code: bool, tell: Tell, report: CheckReport) -> None:
    corpus = selection.corpus
    texts: dict[str, str] = {}
    for lesson_id in selection.lessons:
        try:
            texts[lesson_id] = corpus.lesson_text(lesson_id)
        except (InvalidFile, UsageError) as error:
            line, message = _placed(error)
            report.findings.append(finding("invalid-lesson", corpus.path_of(lesson_id), line, message))
    blocks = {lesson_id: lessons.code_blocks(text) for lesson_id, text in texts.items()}
    runs = _run(blocks, tell) if run_code else {}
    links = _links(corpus)
    ids = set(corpus.ids())
    has_banks = any(os.path.isfile(corpus.folder / (other + BANK_SUFFIX)) for other in ids)
    chosen = list(dict.fromkeys([*selection.lessons, *selection.banks]))
    for number, lesson_id in enumerate(chosen, 1):
        tell(f"looking at {lesson_id} ({number} of {len(chosen)})")
        lesson = _lesson(corpus, lesson_id, report if lesson_id in texts else None)
        if lesson and lesson_id in texts:
            report.lessons += 1
            report.files += 1
            report.sections += len(lesson.sections)
            report.code_blocks += sum(running.kind_of(block) in ("python", "torch") for block in blocks[lesson_id])
            is_known = _known_lessons(corpus, ids)
            report.findings += lesson_findings(lesson, texts[lesson_id], links, is_known)
            report.findings += run_findings(lesson.path, blocks[lesson_id], runs.get(lesson_id, ()))
        if lesson_id in selection.banks:
            _look_at_bank(corpus, lesson_id, lesson, has_banks, report)
    for lesson_id in selection.strays:
        _look_at_stray(corpus, lesson_id, report)
    report.findings += _circles(corpus, selection.lessons)


def _placed(error) -> tuple[int, str]:
    """(line, message) of an error that names a file, without the name."""
    if isinstance(error, InvalidFile):
        return error.line or 1, error.message
    return 1, str(error)


def _lesson(corpus: Corpus, lesson_id: str, report: CheckReport | None) -> Lesson | None:
    """A lesson, read without its front matter where that is wrong; faults go to the report, if there is one."""
    shown = corpus.path_of(lesson_id)
    try:
        return corpus.lesson(lesson_id)
    except (InvalidFile, UsageError) as error:
        line, message = _placed(error)
    try:
        _, body = lessons.split_front_matter(corpus.lesson_text(lesson_id))
        lesson, rule = lessons.parse_lesson(body, lesson_id, shown), "front-matter"
    except (InvalidFile, UsageError):
        lesson, rule = None, "invalid-lesson"
    if report:
        report.findings.append(finding(rule, shown, line, message))
    return lesson


def _look_at_bank(corpus: Corpus, lesson_id: str, lesson: Lesson | None, has_banks: bool, report: CheckReport) -> None:
    try:
        found = corpus.bank_text(lesson_id)
    except (InvalidFile, UsageError) as error:
        line, message = _placed(error)
        report.findings.append(finding("invalid-bank", corpus.path_of(lesson_id, BANK_SUFFIX), line, message))
        return
    if found:
        findings, items = bank_findings(lesson, *found, keys=ACTION_OF)
        report.findings += findings
        report.items += len(items)
        report.places.update((item.key, (item.path, item.line)) for item in items)
        report.files += 1
    elif has_banks:
        report.findings.append(finding(
            "no-bank", corpus.path_of(lesson_id), 1,
            f"found no bank, expected items in {corpus.path_of(lesson_id, BANK_SUFFIX)}, as other lessons have; add it",
        ))  # fmt: skip


def _look_at_stray(corpus: Corpus, lesson_id: str, report: CheckReport) -> None:
    shown = corpus.path_of(lesson_id, BANK_SUFFIX)
    near = nearest(lesson_id, corpus.ids())
    hint = f"Did you mean {near}{BANK_SUFFIX}?" if near else "rename it, or write the lesson"
    message = f"found a bank without a lesson, expected {posixpath.basename(lesson_id)}.md beside it; {hint}"
    report.findings.append(finding("stray-bank", shown, 1, message))
    try:
        text = files.read_text(corpus.folder / (lesson_id + BANK_SUFFIX))
    except (InvalidFile, UsageError) as error:
        line, message = _placed(error)
        report.findings.append(finding("invalid-bank", shown, line, message))
        return
    findings, items = bank_findings(None, text, shown, keys=ACTION_OF)
    report.findings += findings
    report.items += len(items)
    report.files += 1


def _run(blocks: dict[str, list[lessons.Block]], tell: Tell) -> dict[str, list[running.Run]]:
    runnable = {name: found for name, found in blocks.items() if any(map(running.kind_of, found))}
    finished: list[str] = []

    def done(name: str) -> None:
        finished.append(name)
        tell(f"ran the code of {name} ({len(finished)} of {len(runnable)})")

    if runnable:
        tell(f"running the code of {plural(len(runnable), 'lesson')}")
    return running.run_lessons(runnable, done=done)


def _links(corpus: Corpus) -> Links:
    known: dict[str, set[str] | None] = {}

    def anchors_of(relative: str) -> set[str] | None:
        if relative not in known:
            known[relative] = None
            lesson_id = relative.removesuffix(".md")
            if relative.endswith(".md") and lesson_id in corpus.files:
                try:
                    corpus.lesson(lesson_id)  # refuses what would take a parser long
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


def _circles(corpus: Corpus, chosen: Sequence[str]) -> list[Finding]:
    from utils import strict_yaml

    needs: dict[str, tuple[str, ...]] = {}
    waiting = list(chosen)
    while waiting:
        lesson_id = waiting.pop()
        if lesson_id in corpus.files and lesson_id not in needs:
            needs[lesson_id] = corpus.card(lesson_id).prerequisites
            waiting += needs[lesson_id]
    found = []
    for circle in circles(needs):
        first = next((lesson_id for lesson_id in circle if lesson_id in chosen), None)
        if first is None:
            continue
        after = circle[(circle.index(first) + 1) % len(circle)]
        front, _ = lessons.split_front_matter(corpus.lesson_text(first))
        data = strict_yaml.load(front, corpus.path_of(first), first_line=2)
        line = strict_yaml.line_of(data["prerequisites"], data["prerequisites"].index(after))
        way = " needs ".join([*circle, circle[0]])
        found.append(finding(
            "circular-prerequisite", corpus.path_of(first), line,
            f"found prerequisites in a circle ({way}), expected an order in which to learn; remove one of them",
        ))  # fmt: skip
    return found


# --------------------------------------------------------------------------------------------------- mending


def _fix(selection: _Selection, run_code: bool, tell: Tell, report: CheckReport) -> None:
    """Write mended files, before anything is looked at."""
    corpus = selection.corpus
    blocks = {}
    for lesson_id in selection.lessons:
        try:
            text = corpus.lesson_text(lesson_id)
        except (InvalidFile, UsageError):
            continue  # the report will say why
        tidy = _tidied(text, _real(corpus, lesson_id, ".md"), corpus.path_of(lesson_id), report)
        blocks[lesson_id] = lessons.code_blocks(tidy)
    for lesson_id in selection.banks:
        try:
            found = corpus.bank_text(lesson_id)
        except (InvalidFile, UsageError):
            continue
        if found:
            _tidied(found[0], _real(corpus, lesson_id, BANK_SUFFIX), found[1], report)
    for lesson_id, runs in (_run(blocks, tell) if run_code else {}).items():
        shown = corpus.path_of(lesson_id)
        wrong = [
            (run.block, run.stdout)
            for run in runs
            if output_is_wrong(run) and sanitize(run.stdout) == run.stdout  # else it would have to be mended again
        ]
        text = corpus.lesson_text(lesson_id)
        mended = with_outputs(text, wrong)
        if mended != text:
            files.write_atomically(_real(corpus, lesson_id, ".md"), mended)
            report.fixed.append(f"{shown}: {plural(len(wrong), 'output block')} rewritten with what the code prints")


def _real(corpus: Corpus, lesson_id: str, suffix: str) -> str:
    """Where a file of a lesson really is: below the root, whatever links say."""
    return os.path.join(corpus.root, corpus.files[lesson_id].removesuffix(".md") + suffix)


def _tidied(text: str, path: str, shown: str, report: CheckReport) -> str:
    """The text of a file, tidied there and here."""
    tidy = tidied(text, markdown=path.endswith(".md"))
    if tidy != text:
        files.write_atomically(path, tidy)
        report.fixed.append(f"{shown}: {tidying(text, tidy)}")
    return tidy
