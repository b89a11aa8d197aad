"""The commands. Each builds the shared store, runs a flow and turns the result into an exit code."""

from __future__ import annotations

import atexit
import functools
import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from utils.installation import OURS, refuse_to_run

if sys.version_info < (3, 10):  # noqa: UP036 - someone may start it with an older one
    refuse_to_run("needs Python 3.10 or newer")
if sys.argv[1:2] == ["review"] and "--due" in sys.argv:
    gc.disable()  # it is over before there is anything to collect
    from tutor.nudge import leave_if_answered

    leave_if_answered()
    gc.enable()
try:
    import click
except ModuleNotFoundError as error:
    refuse_to_run(f"lacks the package {error.name}")

from tutor.environment import Environment
from utils import __version__, program
from utils.errors import ExitCode, NothingRun, TutorError, UsageError
from utils.settings import MAX_SECONDS, SETTINGS, Setting, Settings
from utils.settings.places import settings_here

if TYPE_CHECKING:
    from tutor.nodes.shared import QuizStore, SessionStore

PROGRAM = "ptutor"


class FileName(click.ParamType):
    """The name of a file, which can't be nothing: `--junit "$UNSET"` is a mistake, not a wish for no report."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        return value or self.fail("found no name, expected that of a file; is a variable empty?", param, context)


# ------------------------------------------------------------------------------- options of every command


def option_of(setting: Setting) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that a row of the table of settings is on the command line."""
    if setting.kind is bool:
        return click.option(*setting.flags, setting.name, is_flag=True, default=None, help=setting.help)
    kinds = {int: click.IntRange(min=1), float: click.FloatRange(0, MAX_SECONDS, min_open=True)}
    kind = kinds.get(setting.kind) if setting.kept else setting.kind
    return click.option(*setting.flags, setting.name, type=kind, metavar=setting.metavar, help=setting.help)


GLOBAL_OPTIONS = tuple(option_of(setting) for setting in SETTINGS if setting.flags)


def with_global_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the global options, so that they may stand before or after its name."""
    for option in reversed(GLOBAL_OPTIONS):
        command = option(command)
    return command


def takes_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Call a command with a Settings made of the options before its name and those after it, the latter winning."""

    @with_global_options
    @click.pass_context
    @functools.wraps(command)
    def with_settings(context: click.Context, **options: Any) -> Any:
        given = dict(context.obj or {})
        for name in [setting.name for setting in SETTINGS if setting.flags]:
            value = options.pop(name)
            if value is not None:
                given[name] = value
        settings = settings_here(given)
        if settings.home:  # for the crash log, which is written where no settings are at hand
            os.environ["TUTOR_HOME"] = settings.home
        try:
            return context.invoke(command, settings, **options)
        except Exception as error:
            if settings.verbose and not isinstance(error, (TutorError, click.ClickException, click.exceptions.Exit, OSError)):
                traceback.print_exception(error)
            raise

    return with_settings


GROUPS = {
    "learn": {
        "learn": "a session; the default with no command",
        "review": "what is due today, mixed over lessons",
        "quiz": "a quiz in exam style, at the keyboard or from a filled sheet",
        "topics": "the lessons, what they need, how well you know them",
        "progress": "streak, calendar, mastery, what comes next; a lesson's map",
    },
    "ask": {
        "ask": "an answer with the lines it comes from, or none",
        "search": "the best passages, path:line first",
        "find": "the lesson that answers a question",
        "summarize": "a lesson in brief",
    },
    "author": {
        "check": "mistakes in lessons and banks; code run and compared",
        "draft": "questions for a lesson, as a change to accept",
        "export": "a lesson's code as a script or a notebook",
    },
    "class": {
        "grade": "answers graded in bulk",
        "appeal": "a second, stricter look at a grade",
    },
    "set-up": {
        "doctor": "what is set up, what is missing, how to mend it",
        "config": "settings and where each comes from",
        "records": "what is kept about you: move, restore, forget it",
        "graph": "the program's flow as Mermaid",
    },
}


class GroupedCommands(click.Group):
    """Help that shows the commands by what they are for."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(map(len, self.commands))
        for group, commands in GROUPS.items():
            with formatter.section(group.capitalize()):
                formatter.write_dl([(name.ljust(widest), summary) for name, summary in commands.items()])


@click.group(cls=GroupedCommands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@with_global_options
@click.version_option(__version__, prog_name=PROGRAM)
@click.pass_context
def cli(context: click.Context, **options: Any) -> None:
    """An AI tutor in the terminal. Point it at a folder of Markdown lessons and it teaches them.

    With no command it opens where you left off.
    """

    context.obj = {name: value for name, value in options.items() if value is not None}
    if context.invoked_subcommand is None:
        context.invoke(learn)


# ------------------------------------------------------------------------------------------------ commands


@cli.command()
@click.argument("topic", required=False)
@click.option("--script", type=FileName(), metavar="FILE", help="Take the learner's steps from a YAML file.")
@click.option("--transcript", type=FileName(), metavar="FILE", help="Save the session as Markdown.")
@click.option("--goal", metavar="TEXT", help="What you want to understand: shows the way there; remembered.")
@click.option("--by", metavar="DATE", help="Be ready by this day (2027-01-20), for the goal or TOPIC; never: no day any more.")
@click.option("--confidence/--no-confidence", default=None, help="Ask how sure you are before each verdict; remembered.")
@click.option("--explain-back/--no-explain-back", default=None, help="Ask you to explain a mastered section (yes); remembered.")
@takes_settings
def learn(
    settings: Settings, topic: str | None = None, script: str | None = None, transcript: str | None = None,
    goal: str | None = None, by: str | None = None, confidence: bool | None = None, explain_back: bool | None = None,
) -> None:  # fmt: skip
    """An interactive tutoring session (the default).

    TOPIC is track/slug (llm/attention), a unique part of it, or a path.
    """
    from flow import create_learn_flow
    from tutor.learner.goals import NEVER, day_by
    from tutor.nodes.session.goals import take_day

    if goal is not None and (topic or not goal.strip()):
        found = f"the TOPIC {topic} beside it, expected one of the two" if topic else "no words after it, expected some"
        raise UsageError(f'--goal: found {found}; name what you want to understand, as in --goal "understand attention"')
    if by is not None:  # a day that is none is told of before anything else is asked for
        with Environment(settings) as environment:
            day_by(by, environment.now().astimezone(environment.zone).date())
    dated = by is not None and by.strip().lower() != NEVER  # a TOPIC is the goal then
    with session(
        settings, None if dated else topic, script, transcript, goal=goal or (topic if dated else None), by=by
    ) as shared:
        if by is not None:
            take_day(shared, by, topic)
        if confidence is not None:
            shared["records"].set_setting("ask_confidence", confidence)
        if explain_back is not None:
            shared["records"].set_setting("explain_back", explain_back)
        create_learn_flow().run(shared)


@cli.command()
@click.option("--script", type=FileName(), metavar="FILE", help="Take the learner's steps from a YAML file.")
@click.option("--transcript", type=FileName(), metavar="FILE", help="Save the review as Markdown.")
@click.option("--limit", type=click.IntRange(1, 1000), metavar="N", help="Go over N items today (30).")
@click.option("--confidence/--no-confidence", default=None, help="Ask how sure you are before each verdict; remembered.")
@click.option("--due", is_flag=True, help="Only say in a line what is due; exit code 5, and no line, where nothing is.")
@click.option("--undo", is_flag=True, help="Take back the last answer, and the change to its item's due date.")
@takes_settings
def review(
    settings: Settings, script: str | None, transcript: str | None, limit: int | None, due: bool, undo: bool,
    confidence: bool | None = None,
) -> ExitCode | None:  # fmt: skip
    """What is due today, mixed across lessons, starting with what is most likely forgotten."""
    from flow import create_review_flow

    if due:
        return tell_what_is_due(settings, limit)
    if undo:
        with Environment(settings) as environment:
            last = environment.all_records.undo()
        if not last:
            raise NothingRun("there is no answer to take back")
        document = {"attempt": last.id, "item": last.item, "answer": last.answer}
        put(settings, document, lambda: f"taken back: “{last.answer}” to {last.item}")
        return None
    with session(settings, None, script, transcript, limit) as shared:
        if confidence is not None:
            shared["records"].set_setting("ask_confidence", confidence)
        create_review_flow().run(shared)
    return None


def tell_what_is_due(settings: Settings, limit: int | None) -> ExitCode:
    """A line on what a review asks if it begins now; nothing, and exit code 5, where that is nothing.

    limit: of items today, in place of the learner's.
    """
    from tutor.nudge import line_of, what_is_due

    with Environment(settings) as environment:
        items, due, lessons = what_is_due(environment, limit)
    if items or settings.json:
        document = {"asked": items, "due": due, "lessons": lessons}
        put(settings, document, lambda: line_of(items, due, lessons), environment.corpus.warnings)
    return ExitCode.DONE if items else ExitCode.NOTHING_RUN


@cli.command()
@click.argument("attempt", type=int)
@takes_settings
def appeal(settings: Settings, attempt: int) -> ExitCode:
    """Dispute a grade: a second, stricter look; both verdicts are kept, and the change to the bank that would accept it is shown.

    ATTEMPT is its number, which the feedback names; 0 is the last one.
    """
    from flow import create_appeal_flow
    from tutor.nodes.shared import appeal_store

    with Environment(settings) as environment:
        shared = appeal_store(environment, attempt)
        create_appeal_flow().run(shared)
    return ExitCode.DONE if shared["stands"] else ExitCode.FELL_SHORT


@cli.command()
@click.argument("topic", required=False)
@click.option("--html", type=FileName(), metavar="FILE", help="Write it as a page for a browser.")
@takes_settings
def progress(settings: Settings, topic: str | None, html: str | None) -> None:
    """Streak, calendar, mastery per lesson, retention, misconceptions, forecast of reviews, calibration, time.

    With TOPIC, the map of that lesson: its sections, how well you know them, what is due.
    """
    from tutor.learner.lesson_map import lesson_map
    from tutor.learner.overview import overview_of
    from tutor.screen import html as pages
    from tutor.screen.screens.progress import screen_of
    from utils import files

    if html:
        files.refuse_other_file(html, pages.PAGE_MARK, "page of progress")
    with Environment(settings) as environment:
        corpus, records, now = environment.corpus, environment.records_to_read, environment.now().astimezone()
        in_full = bool(html or settings.json)
        told = (
            lesson_map(corpus, records, corpus.find(topic), now) if topic else overview_of(corpus, records, now, in_full=in_full)
        )
    if html:
        files.write_atomically(html, pages.page_of(told))
        written = f"{files.shown_path(html)}: written; open it in a browser"
    if html or settings.json:
        put(settings, told.document(), lambda: written, corpus.warnings)
    else:
        environment.terminal.show(screen_of(told))


@cli.command()
@click.option("--moved", is_flag=True, help="List what was renamed, moved or taken out, and where its history is.")
@takes_settings
def topics(settings: Settings, moved: bool) -> None:
    """The lessons: prerequisites, sections, items, mastery, what is due."""
    from tutor.learner.topics import moved_document, moved_listing, topic_rows, topics_list, topics_tree
    from tutor.screen import stdio

    with Environment(settings) as environment:
        corpus, records = environment.corpus, environment.records_to_read
        if moved:
            document = moved_document(records)
            put(settings, document, lambda: moved_listing(document), corpus.warnings)
            return
        rows = topic_rows(corpus, records, environment.now().astimezone())
    listed = topics_list if stdio.wants_plain(settings) else topics_tree
    put(settings, rows, lambda: listed(rows, stdio.line_width()), corpus.warnings)
    if records.news:
        stdio.say_aside(records.news)


@cli.command()
@click.argument("file", type=FileName(), metavar="FILE.jsonl")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="Use N processes (1), or N requests to a model (4).")
@takes_settings
def grade(settings: Settings, file: str, jobs: int | None) -> ExitCode:
    """Bulk grading: JSON lines {id, question, reference, answer, rubric?} in, JSON lines with the grades out, in order.

    FILE.jsonl may be - for standard input.
    """
    from flow import create_grade_flow
    from tutor.nodes.shared import grade_store
    from utils import files

    with Environment(settings) as environment, files.lines_of(file) as lines:
        with processes(1 if environment.model.available else jobs or 1) as run_all:
            shared = grade_store(environment, lines, file, run_all, jobs or 4)
            create_grade_flow().run(shared)
        environment.pipe.close()
        if bill := environment.model.bill:
            environment.pipe.complain(bill)
    return shared["exit_code"]


@cli.command()
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option("-n", "count", type=click.IntRange(1, 1000), metavar="K", help="Ask K questions (10).")
@click.option(
    "--kinds", metavar="KIND,...", help="Only some kinds: choice, multi, number, short, cloze, order, predict, code, steps."
)
@click.option("--sheet", type=FileName(), metavar="FILE", help="Write the questions for somebody to fill in.")
@click.option("--answers", type=FileName(), metavar="FILE", help="Grade a filled-in sheet instead of asking.")
@click.option("--mine", is_flag=True, help="The sheet's answers are yours: keep them in your records.")
@click.option(
    "--clarify", type=FileName(), metavar="FILE", help="Ask in FILE what unclear answers meant; once filled in, grade with it."
)
@click.option("--min-score", "min_scores", multiple=True, metavar="[TOPIC=]X", help="Exit with 1 below this share.")
@click.option("--junit", type=FileName(), metavar="FILE", help="Write the grades as JUnit XML.")
@click.option("--rerun-failed", type=FileName(), metavar="FILE", help="Ask again what an earlier --json does not show as right.")
@click.option("--repeat", type=click.IntRange(1, 100), default=1, metavar="N", help="Grade every answer N times.")
@click.option("--flaky", type=click.Choice(["fail", "pass"]), default="fail", help="How to count verdicts that differ.")
@click.option("--jobs", type=click.IntRange(1, 64), default=4, metavar="N", help="Ask a model for N grades at a time.")
@click.option(
    "--cassette", type=FileName(), metavar="FILE", help="Record a model's replies; if FILE exists, replay them without a model."
)
@takes_settings
def quiz(settings: Settings, topics: tuple[str, ...], sheet: str | None, **options: Any) -> ExitCode:
    """A quiz in exam style: all questions first, all grades at the end.

    Several TOPICs are mixed; with none, the whole corpus is.
    """
    from flow import create_quiz_flow
    from tutor.screen import stdio

    with quiz_session(settings, topics, sheet, **options) as shared:
        create_quiz_flow().run(shared)
    if settings.json:
        stdio.put(shared["document"])
    return shared["exit_code"]


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Fix what can be fixed mechanically, and say what was changed.")
@click.option("--no-run", is_flag=True, help="Do not run the lessons' code.")
@click.option("--trust", is_flag=True, help="Run their code even where no sandbox works.")
@click.option("--mutate", is_flag=True, help="Also try wrong answers made from the right ones of free-text questions.")
@click.option("--asked", is_flag=True, help="Also ask the questions of asked comments, and see whether their section answers.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
@click.option("--rules", is_flag=True, help="List the rules.")
@click.option("--records", is_flag=True, help="Also name the items that your records have set aside.")
@takes_settings
def check(
    settings: Settings,
    paths: tuple[str, ...],
    fix: bool,
    no_run: bool,
    trust: bool,
    mutate: bool,
    asked: bool,
    strict: bool,
    rules: bool,
    records: bool,
) -> ExitCode:
    """Look for faults in lessons and banks: PATH is a folder, a lesson or a bank, by default all of --docs.

    Runs the lessons' code in a sandbox, and compares what it prints with what they show.
    """
    from tutor.check import checking
    from tutor.check.rules import rule_documents, rules_listing
    from tutor.screen import stdio

    if rules:
        put(settings, rule_documents(), rules_listing)
        return ExitCode.DONE
    with Environment(settings) as environment:
        status = stdio.StatusLine(stdio.is_plain(settings, sys.stderr))
        try:
            show = status.show if status.visible else None
            open_index = environment.plain_index if asked else None
            report = checking.check(settings, paths, fix, not no_run, show, trust, mutate, environment.edits, open_index)
        finally:
            status.clear()
        if records:
            report.add_set_aside(environment.records_to_read.cards())
    put(settings, report.document(), report.listing, report.warnings)
    return report.exit_code(strict)


@cli.command()
@click.argument("words", nargs=-1, metavar="QUERY")
@click.option("-n", "count", type=click.IntRange(1, 1000), default=5, metavar="K", help="Show K passages.")
@click.option("--lesson", "topic", metavar="TOPIC", help="Look in one lesson only.")
@click.option("--jsonl", type=FileName(), metavar="FILE", help="Answer many: JSON lines {id, query} in (- is stdin) and out.")
@takes_settings
def search(settings: Settings, words: tuple[str, ...], count: int, topic: str | None, jsonl: str | None) -> ExitCode:
    """The passages about QUERY, best first, each with its place in the lessons."""
    from tutor import search
    from tutor.screen import stdio

    query = " ".join(words).strip()
    if bool(query) == bool(jsonl):
        raise UsageError("search needs words to look for, or else --jsonl FILE")
    with Environment(settings, listed=bool(topic)) as environment:
        corpus, index = environment.corpus, environment.index
    lessons = [corpus.find(topic)] if topic else None
    if jsonl:
        return put_lines(settings, jsonl, "query", lambda asked: search.document(asked, index.search(asked, count, lessons)))
    passages = index.search(query, count, lessons)
    if index.second_look_failed:
        stdio.warn(f"ranked without the embedding model: {index.second_look_failed}")
    if settings.json or not passages:
        put(settings, search.document(query, passages), lambda: f"found nothing about this in {corpus.shown}", corpus.warnings)
        return ExitCode.DONE if passages else ExitCode.FELL_SHORT
    bold = not stdio.is_plain(settings, sys.stdout)
    listing = search.listing(passages, index.matches(query), stdio.line_width(), bold)
    stdio.put(listing, corpus.warnings, drawn=True)
    return ExitCode.DONE


@cli.command()
@click.argument("words", nargs=-1, metavar="[QUESTION]")
@click.option("--lesson", "topic", metavar="TOPIC", help="Answer from one lesson only.")
@click.option("-c", "--continue", "follow", is_flag=True, help="Go on with the last conversation.")
@click.option("--jsonl", type=FileName(), metavar="FILE", help="Answer many: JSON lines {id, question} in (- is stdin) and out.")
@click.option("--manual", is_flag=True, help="Answer from this program's manual, in place of the lessons.")
@takes_settings
def ask(settings: Settings, words: tuple[str, ...], topic: str | None, follow: bool, jsonl: str | None, manual: bool) -> ExitCode:
    """Answer a question from the lessons and cite the places; exit code 1 if they don't answer it.

    Without QUESTION, or with -, it is read from stdin. Text piped in along with a QUESTION is context for it.
    """
    from flow import create_ask_flow
    from tutor.corpus.corpus import bundled_manual
    from tutor.nodes.shared import ask_store
    from tutor.screen import one_shot, stdio
    from tutor.search.conversations import keep_conversation, load_conversation

    question, context = ("", "") if jsonl else stdio.piped_question(" ".join(words))
    if manual:
        settings = replace(settings, docs=str(bundled_manual()))
    with Environment(settings, listed=bool(topic)) as environment:
        environment.one_shot = one_shot.OneShot(settings, bulk=bool(jsonl))
        environment.on_wait = environment.one_shot.tell_wait
        corpus = environment.corpus
        lessons = [corpus.find(topic)] if topic else None
        if jsonl:

            def answer(question: str) -> dict[str, Any]:
                shared = ask_store(environment, question, lessons)
                create_ask_flow().run(shared)
                return one_shot.answer_document(shared["answer"])

            return put_lines(settings, jsonl, "question", answer)
        before = load_conversation(environment.cache) if follow else []
        shared = ask_store(environment, question, lessons, context, before)
        create_ask_flow().run(shared)
    keep_conversation(environment.cache, shared["before"])
    for warning in corpus.warnings:
        stdio.warn(warning)
    return ExitCode.DONE if shared["answer"].found else ExitCode.FELL_SHORT


@cli.command()
@click.argument("topic", required=False)
@click.option("--words", type=click.IntRange(20, 5000), default=150, metavar="N", help="About how long.")
@takes_settings
def summarize(settings: Settings, topic: str | None, words: int) -> None:
    """A lesson in brief: each section is summarized, then the summaries are put together, each with its place.

    TOPIC defaults to the lesson that you are in.
    """
    from flow import create_summarize_flow
    from tutor.nodes.shared import summary_store

    with Environment(settings) as environment:
        corpus = environment.corpus
        if not topic:
            place = environment.records_to_read.last_place()
            if not place or place.lesson not in corpus.files:
                raise UsageError("summarize needs a TOPIC, because no lesson is under way; `topics` lists them")
            topic = place.lesson
        create_summarize_flow().run(summary_store(environment, corpus.lesson(corpus.find(topic)), words))


@cli.command()
@click.argument("words", nargs=-1, required=True, metavar="QUESTION")
@takes_settings
def find(settings: Settings, words: tuple[str, ...]) -> ExitCode:
    """Which lesson answers QUESTION, and where: looks through the catalogue, searches, reads, decides again."""
    from flow import create_find_flow
    from tutor.nodes.shared import find_store

    with Environment(settings) as environment:
        shared = find_store(environment, " ".join(words))
        create_find_flow().run(shared)
    return ExitCode.DONE if shared["found"]["found"] else ExitCode.FELL_SHORT


@cli.command()
@click.argument("topic")
@click.option("-n", "count", type=click.IntRange(1, 30), default=5, metavar="K", help="How many items.")
@click.option("--accept/--no-accept", default=None, help="Write them to the bank, or only show them; by default it asks.")
@takes_settings
def draft(settings: Settings, topic: str, count: int, accept: bool | None) -> ExitCode:
    """Draft bank items for a lesson, for a person to edit: shown as a change to its bank, checked by the rules of `check`."""
    from flow import create_draft_flow
    from tutor.nodes.shared import draft_store
    from tutor.screen import stdio

    with Environment(settings) as environment:
        shared = draft_store(environment, topic, count, accept)
        create_draft_flow().run(shared)
    if settings.json:
        stdio.put(shared["document"])
    return ExitCode.DONE if shared["kept"] else ExitCode.FELL_SHORT


@cli.command()
@click.argument("topic")
@click.option(
    "--to", "form", type=click.Choice(["py", "ipynb"]), required=True, help="A Python script, or a notebook with the text."
)
@click.option(
    "-o", "--output", "file", type=FileName(), default="-", metavar="FILE", help="Where to; by default standard output."
)
@takes_settings
def export(settings: Settings, topic: str, form: str, file: str) -> None:
    """Write the code of a lesson as one file that you can run and change."""
    from tutor.corpus.exports import code
    from utils import files
    from utils.text import plural

    with Environment(settings) as environment:
        corpus = environment.corpus
        lesson = corpus.lesson(corpus.find(topic))
        cells = code.cells_of(corpus.lesson_text(lesson.id))
    if form == "ipynb":
        from tutor.screen.plots.svg import with_pictures

        cells = [replace(cell, prose=with_pictures(cell.prose)) for cell in cells]
    if not cells:
        raise NothingRun(f"{lesson.path}: found no Python, so there is nothing to export")
    text = code.FORMATS[form](lesson, cells)
    if file == "-":
        print(text, end="")
        return
    files.refuse_other_file(file, code.MARK, "export of a lesson")
    files.write_atomically(file, text)
    shown, blocks = files.shown_path(file), sum(bool(cell.code) for cell in cells)
    document = {"file": shown, "lesson": lesson.id, "blocks": blocks}
    put(settings, document, lambda: f"{shown}: {plural(blocks, 'block')} of {lesson.id}")


@cli.command()
@click.argument("flow", required=False, default="learn")
@takes_settings
def graph(settings: Settings, flow: str) -> None:
    """The flow as Mermaid, drawn from the live graph. FLOW is learn (the default), practice, ask, grade..."""
    from flow import FLOWS, mermaid
    from utils.text import nearest

    if flow not in FLOWS:
        near = nearest(flow, FLOWS)
        hint = f" Did you mean {near}?" if near else ""
        raise UsageError(f"unknown flow {flow!r}; expected one of {', '.join(FLOWS)}.{hint}")
    drawn = mermaid(FLOWS[flow]())
    put(settings, {"flow": flow, "mermaid": drawn}, lambda: drawn)


@cli.command()
@takes_settings
def doctor(settings: Settings) -> ExitCode:
    """What is set up, what is reachable, what is missing, and how to mend it."""
    from tutor.check.doctor import examine, listing
    from tutor.screen.stdio import wants_plain
    from utils import files

    with Environment(settings) as environment:
        checks = examine(settings, lambda: environment.corpus, lambda: described_records(environment),
                         open_terminal=lambda: environment.terminal, home=files.home_folder(settings.home))  # fmt: skip
    put(settings, [check.as_dict() for check in checks], lambda: listing(checks, wants_plain(settings)))
    return ExitCode.FELL_SHORT if any(check.state == "wrong" for check in checks) else ExitCode.DONE


@cli.command()
@click.argument("name", required=False)
@click.argument("value", required=False)
@click.option("--models", is_flag=True, help="List the models that the server has.")
@click.option("--here", is_flag=True, help="Keep it for this folder of lessons alone, that of --docs.")
@takes_settings
def config(settings: Settings, name: str | None, value: str | None, models: bool, here: bool) -> None:
    """Each setting, its value and where that comes from; with NAME this one only.

    VALUE is kept in config.toml and holds from now on; an empty one ("") takes the setting out again.
    """
    from tutor.check import configuration
    from tutor.screen.stdio import warn
    from utils.settings import unknown_settings

    for found, meant in unknown_settings(settings):
        warn(f"{found} {meant}".rstrip(" ."))
    if models:
        names = configuration.models_of(settings)
        put(settings, names, lambda: "\n".join(names))
    elif name and value is not None:
        row, told = configuration.keep(settings, name, value, here)
        put(settings, row.as_dict(), lambda: told)
    else:
        rows = configuration.rows_of(settings, name)
        put(settings, [row.as_dict() for row in rows], lambda: configuration.listing(rows, settings, name is None))


@cli.group()
@with_global_options
@click.pass_context
def records(context: click.Context, **options: Any) -> None:
    """What is kept about you."""
    context.obj = {**(context.obj or {}), **{name: value for name, value in options.items() if value is not None}}


@records.command()
@click.argument("misconception", metavar="ID")
@click.option("--yes", is_flag=True, help="Delete it without asking.")
@takes_settings
def forget(settings: Settings, misconception: str, yes: bool) -> ExitCode:
    """Delete what your answers have shown about one misconception; the answers themselves stay.

    ID is its id, or its text where it has none, as `progress --json` names it.
    """
    from utils.program import command_line
    from utils.text import nearest, plural

    with Environment(settings) as environment:
        known = {one.misconception: one for one in environment.all_records_to_read.evidence()}
        if misconception not in known:
            near = nearest(misconception, known)
            hint = f'. Did you mean "{near}"?' if near else "; `progress --json` lists them"
            raise UsageError(f'nothing is kept about the misconception "{misconception:.80}"{hint}')
        if not (yes or environment.one_shot.can_ask):
            typed = command_line(settings, "records", "forget", misconception, "--yes")
            raise UsageError(f"this deletes for good, and nobody can be asked here; to do it, type: {typed}")
        if not (yes or environment.one_shot.confirm(f'Forget what your answers have shown about "{misconception}"?')):
            environment.one_shot.notice("nothing was deleted")
            return ExitCode.FELL_SHORT
        count = environment.all_records.forget_evidence(misconception)
    document = {"misconception": misconception, "forgotten": count}
    put(settings, document, lambda: f'forgotten: {plural(count, "piece")} of evidence for "{misconception}"')
    return ExitCode.DONE


@records.command("export")
@click.argument("file", type=FileName())
@takes_settings
def export_history(settings: Settings, file: str) -> None:
    """Write your history to FILE as JSON lines, to move it or to merge it with that of another computer; - is standard output."""
    from tutor.learner.copies import exporting
    from utils import files
    from utils.text import plural

    if file != "-":
        files.refuse_other_file(file, exporting.MARK, "export of records")
    with Environment(settings) as environment:
        count = environment.all_records_to_read.count()
        lines = list(environment.all_records_to_read.export_lines())
    if len(lines) <= exporting.EMPTY:
        raise NothingRun("there is no history to export yet")
    if file == "-":
        print("\n".join(lines))
        return
    files.write_atomically(file, "".join(f"{line}\n" for line in lines))
    shown = files.shown_path(file)
    put(settings, {"file": shown, "answers": count}, lambda: f"{shown}: {plural(count, 'answer')} and what goes with them")


@records.command("import")
@click.argument("file", type=FileName())
@takes_settings
def import_history(settings: Settings, file: str) -> None:
    """Add to your records what `records export` wrote on another computer; what is there already is not added twice.

    FILE may be - for standard input.
    """
    from tutor.learner.copies import importing

    found = importing.read_export(file)
    with Environment(settings) as environment:
        merged = environment.all_records.merge(found)
    put(settings, merged.document(), merged.listing)


@records.command()
@click.argument("backup", required=False)
@click.option("--yes", is_flag=True, help="Put it in place without asking.")
@takes_settings
def restore(settings: Settings, backup: str | None, yes: bool) -> ExitCode:
    """Put a backup in the place of your records, by default the newest; shows first what is lost and gained.

    BACKUP is its name, as `doctor` lists it, a part of that, or a file. What stood there before is kept.
    """
    from tutor.learner.copies import restoring
    from tutor.learner.file.database import records_file
    from utils import files
    from utils.program import command_line

    path = records_file(files.home_folder(settings.home))
    chosen = restoring.chosen_backup(path, backup)
    found = restoring.compare(path, chosen)
    with Environment(settings) as environment:
        if not settings.json:
            for line in found.listing():
                environment.one_shot.notice(line)
        if not (yes or environment.one_shot.can_ask):
            typed = command_line(settings, "records", "restore", backup or chosen.name, "--yes")
            raise UsageError(f"this replaces your records, and nobody can be asked here; to do it, type: {typed}")
        if not (yes or environment.one_shot.confirm(f"Put {chosen.name} in the place of your records?")):
            environment.one_shot.notice("nothing was changed")
            return ExitCode.FELL_SHORT
        kept = restoring.restore(path, chosen, environment.now)
    was_kept = f"; what stood there is kept as {files.shown_path(kept)}" if kept else ""
    put(settings, found.document(kept), lambda: f"restored: {chosen.name}{was_kept}")
    return ExitCode.DONE


def described_records(environment: Environment) -> str:
    """What `doctor` says of the records. Raises RecordsError where they can't be read, or could not be written."""
    from utils import files

    files.refuse_unwritable_folder(files.home_folder(environment.settings.home))
    described = environment.all_records_to_read.description()
    if wrong := environment.all_records_to_read.faults():
        environment.all_records.recount()
        described += f"; what the answers add up to was wrong for {wrong[0]}{' and others' if wrong[1:] else ''}: counted again"
    return described


# ------------------------------------------------------------------------------------- what commands share


def put(settings: Settings, document: Any, listing: Callable[[], str], warnings: Sequence[str] = ()) -> None:
    """Print a command's result: one JSON document with --json, else what a person reads; warnings go to stderr."""
    from tutor.screen import stdio

    stdio.put(document if settings.json else listing(), warnings)


def put_lines(settings: Settings, file: str, field: str, answer: Callable[[str], dict[str, Any]]) -> ExitCode:
    """Answer a file of JSON lines {id, field}, one line each, in order; a faulty line is named on stderr too."""
    from tutor import search
    from tutor.screen import one_shot
    from utils import files

    pipe, count, faulty = one_shot.Pipe(settings), 0, 0
    with files.lines_of(file) as lines:
        for document in search.answer_lines(lines, field, answer):
            pipe.put_line(document)
            count += 1
            if "error" in document:
                faulty += 1
                pipe.complain(f"{file}:{document['line']}: {document['error']}")
    return ExitCode.NOTHING_RUN if not count else ExitCode.INVALID if faulty else ExitCode.DONE


@contextmanager
def processes(jobs: int) -> Iterator[Callable[..., Any]]:
    """A `map` that works in that many processes, in order; the builtin one where one is enough."""
    if jobs == 1:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield functools.partial(pool.map, chunksize=32)


@contextmanager
def session(
    settings: Settings, topic: str | None, script: str | None, transcript: str | None, limit: int | None = None,
    goal: str | None = None, by: str | None = None,
) -> Iterator[SessionStore]:  # fmt: skip
    """The shared store of a session, from a keyboard or a script; the transcript is saved however it ends."""
    from tutor.nodes.disputes import how_to_dispute_in
    from tutor.nodes.session.learn import what_was_kept
    from tutor.nodes.session.review import fit_to_learner
    from tutor.nodes.shared import session_store
    from tutor.screen.learners import ScriptedLearner
    from tutor.screen.scripts import load_script
    from tutor.screen.stdio import StatusLine, is_plain, person_present
    from tutor.screen.terminal import TRANSCRIPT_MARK, Terminal
    from utils import files

    if transcript:
        files.refuse_other_file(transcript, TRANSCRIPT_MARK, "transcript")
    steps = load_script(script) if script else None
    if not steps and not person_present():
        also = "; a script with the step quit sets the day" if by is not None else ""
        raise UsageError(f"a session needs a terminal to read keys from; without one, use learn --script FILE{also}")
    with Environment(settings) as environment:
        screen = environment.terminal = Terminal(settings, ScriptedLearner(steps.steps, str(script)) if steps else None)
        environment.on_wait, environment.on_pause = screen.tell_wait, screen.pause
        if steps:
            topic = topic or (None if goal else steps.topic)
            environment.seed = settings.seed if settings.seed is not None else steps.seed
            environment.draw = steps.draw
        shared = session_store(environment, topic, limit, goal)
        for line in filter(None, (shared["records"].warning, shared["records"].news)):
            screen.notice(line)
        try:
            try:
                with screen.session():
                    yield shared
            except KeyboardInterrupt:
                screen.notice(what_was_kept(shared["records"], shared["session"]))
                raise
            if dispute := how_to_dispute_in(shared):
                screen.notice(dispute)
            if bill := shared["model"].bill:
                screen.notice(bill)
            if environment.seed is None:
                status = StatusLine(is_plain(settings, sys.stderr))
                fitted = fit_to_learner(shared, status.show)
                status.clear()
                if fitted:
                    screen.notice(fitted)
        finally:
            if transcript:
                files.write_atomically(transcript, screen.transcript_text())


@contextmanager
def quiz_session(
    settings: Settings, topics: Sequence[str], sheet_path: str | None, *, count: int | None, kinds: str | None,
    answers: str | None, mine: bool, clarify: str | None, min_scores: Sequence[str], junit: str | None,
    rerun_failed: str | None, repeat: int, flaky: str, jobs: int, cassette: str | None,
) -> Iterator[QuizStore]:  # fmt: skip
    """The shared store of a quiz; its reports are written however it ends, with what was answered until then."""
    from tutor.learner import beliefs
    from tutor.nodes.shared import quiz_store
    from tutor.quiz import choosing, clarifications, outcomes, reports, sheets
    from tutor.screen import learners, stdio, terminal
    from utils import files
    from utils.text import plural

    if sheet_path and (answers or junit or min_scores):
        raise UsageError("--sheet only writes questions; grade the filled sheet with --answers, without --sheet")
    if clarify and not answers:
        raise UsageError("--clarify asks what the answers of a filled sheet meant; give that sheet with --answers FILE")
    if mine and not answers:
        raise UsageError("--mine keeps the answers of a filled sheet; give that sheet with --answers FILE")
    if not (sheet_path or answers or stdio.person_present()):
        raise UsageError("a quiz needs a terminal to read keys from; without one, write a sheet with --sheet FILE and grade "
                         "it with --answers FILE")  # fmt: skip
    with Environment(settings, cassette=cassette) as environment:
        find = environment.corpus.find
        sheet = sheets.read_sheet(files.read_text(answers), files.shown_path(answers)) if answers else None
        second = None
        if clarify and os.path.isfile(clarify):
            second = clarifications.read_second_sheet(files.read_text(clarify), files.shown_path(clarify))
        if sheet:
            clarifications.refuse_misplaced(sheet, second)
        earlier = None
        if rerun_failed:
            earlier = choosing.failed_items(files.read_text(rerun_failed), files.shown_path(rerun_failed))
        least = outcomes.thresholds(min_scores, find)
        lessons = [find(topic) for topic in topics]
        request = choosing.request_of(settings.seed, lessons, choosing.kinds_of(kinds), count, sheet, earlier)
        if settings.seed is None and request.keys is None and not sheet_path:  # what a seed draws is the same for everybody
            believed = beliefs.held(environment.records_to_read.evidence(), environment.now().astimezone())
            request = replace(request, first=tuple(believed))
        if junit:
            files.refuse_other_file(junit, reports.JUNIT_MARK, "JUnit report")
        if clarify and not second:
            files.refuse_unwritable(clarify)
        if sheet:
            environment.terminal = terminal.Terminal(settings, learners.SheetLearner(sheet.typed))
        if environment.terminal.attended:
            environment.on_wait, environment.on_pause = environment.terminal.tell_wait, environment.terminal.pause
        shared = quiz_store(
            environment,
            request,
            sheet,
            answers,
            sheet_path,
            second,
            clarify,
            repeat,
            flaky == "pass",
            jobs,
            least,
            reports.fixed_time(os.environ),
            kept=mine or not (sheet or sheet_path),
        )
        try:
            try:
                with environment.terminal.session():
                    yield shared
            except KeyboardInterrupt:
                if environment.terminal.attended:
                    kept = sum(bool(outcome.answer) for outcome in shared.get("outcomes", {}).values())
                    environment.terminal.notice(f"{plural(kept, 'answer')} kept." if kept else "Nothing was answered.")
                raise
            if bill := environment.model.bill:
                environment.terminal.say_aside(bill)
        finally:
            publish(shared, junit)


def publish(shared: QuizStore, junit: str | None) -> None:
    """Write what other programs show of a quiz: JUnit XML, and what GitHub Actions puts on its pages."""
    from tutor.nodes.quiz import report_of
    from tutor.quiz.reports import SUMMARY_BYTES
    from tutor.screen import stdio
    from utils import files

    if not shared.get("outcomes") or shared["sheet_path"]:
        return
    report = report_of(shared)
    if junit:
        files.write_atomically(junit, report.junit())
    if os.environ.get("GITHUB_ACTIONS"):
        stdio.put_commands(report.annotations())
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        files.append_text(summary, report.summary(SUMMARY_BYTES - files.size_bytes(summary)))


# --------------------------------------------------------------------------------------------- exit codes


def run(arguments: Sequence[str] | None = None) -> None:
    """The whole program: every way it can end becomes an exit code, and no traceback reaches a user."""
    gc.set_threshold(50_000)  # most runs are over before there is much to collect
    atexit.register(gc.freeze)  # a last search for cycles would take a tenth of `ask`, for memory that is freed anyway
    program.prepare_streams()
    program.let_signals_unwind()
    try:
        code = _invoke(arguments)
        program.flush()
    except BrokenPipeError:
        program.discard(sys.stdout)
        code = ExitCode.DONE  # `| head` closes the pipe early; that is not a failure
    except OSError as error:
        program.discard(sys.stdout)
        code = _complain(f"the output could not be written: {error.strerror}", ExitCode.USAGE)
    if arguments is None:  # as a command of its own, and not within another program
        program.leave(int(code))
    sys.exit(int(code))


def run_under_old_name() -> None:
    """The command `tutor`, a name that another project uses too; the next release removes it."""
    print(f"tutor: this command is now called {PROGRAM}; the next release removes the old name", file=sys.stderr)
    run()


def _invoke(arguments: Sequence[str] | None) -> int:
    try:
        return cli.main(args=arguments, prog_name=PROGRAM, standalone_mode=False) or ExitCode.DONE
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        return _complain(error.format_message(), ExitCode.USAGE)
    except TutorError as error:
        return _complain(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        program.die_of("SIGINT")
        return ExitCode.INTERRUPT
    except program.Stopped as stopped:
        program.die_of(stopped.signal)
        return stopped.code
    except (BrokenPipeError, SystemExit):
        raise
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            return _complain_of_bug(error)
        refuse_to_run(f"lacks the package {error.name}")
    except OSError as error:
        if error.filename is None:  # a stream, not a file: the caller reports it
            raise
        return _complain_of_bug(error)
    except Exception as error:
        return _complain_of_bug(error)


def _complain(message: str, code: ExitCode) -> ExitCode:
    from tutor.screen.stdio import folded
    from utils.text import sanitize

    print(folded(f"{PROGRAM}: {sanitize(message)}"), file=sys.stderr)
    return code


def _complain_of_bug(error: Exception) -> ExitCode:
    """One line for the user; the traceback goes where a developer can read it."""
    from utils.files import write_crash_log

    where = write_crash_log(error)
    return _complain(f"a bug: {type(error).__name__}: {error} (the details are in {where})", ExitCode.BUG)


if __name__ == "__main__":
    run()
