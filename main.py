"""The commands. Each builds the shared store, runs a flow and turns what came of it into an exit code."""

from __future__ import annotations

import functools
import gc
import os
import sys
from contextlib import contextmanager
from dataclasses import fields, replace

from utils.installation import OURS, refuse_to_run

if sys.version_info < (3, 10):  # noqa: UP036 - for whoever starts it with an older one
    refuse_to_run("needs Python 3.10 or newer")
try:
    import click
except ModuleNotFoundError as error:
    refuse_to_run(f"lacks the package {error.name}")

from tutor.models import BANK_SUFFIX
from utils import __version__
from utils.errors import ExitCode, InvalidFile, NothingRun, TutorError, UsageError
from utils.settings import Settings

PROGRAM = "ptutor"


# ------------------------------------------------------------------------------- options of every command

GLOBAL_OPTIONS = (
    click.option("--docs", metavar="DIR", help="The lessons: any folder of Markdown. Default: the bundled corpus."),
    click.option("--home", metavar="DIR", help="Where records and settings are kept (also TUTOR_HOME)."),
    click.option("-m", "--model", metavar="NAME", help="The model to use."),
    click.option("--server", metavar="NAME", help="A local server: ollama, llamacpp, vllm or lmstudio."),
    click.option("--offline", is_flag=True, default=None, help="Never call a model."),
    click.option("--require-model", is_flag=True, default=None, help="End with exit code 3 where the model can't answer."),
    click.option("--max-tokens-total", type=click.IntRange(min=1), metavar="N", help="Then go on without the model."),
    click.option("--no-log", is_flag=True, default=None, help="Keep no list of calls to the model."),
    click.option("--seed", type=int, metavar="N", help="Draw the same questions again."),
    click.option("--json", is_flag=True, default=None, help="JSON on stdout, everything else on stderr."),
    click.option("--plain", is_flag=True, default=None, help="No colour, no cursor movement."),
    click.option("-v", "--verbose", is_flag=True, default=None, help="Say more when something fails."),
)


def with_global_options(command):
    """Give a command the global options, so that they may stand before or after its name."""
    for option in reversed(GLOBAL_OPTIONS):
        command = option(command)
    return command


def takes_settings(command):
    """Call a command with a Settings made of the options before its name and those after it, the latter winning."""

    @with_global_options
    @click.pass_context
    @functools.wraps(command)
    def called(context, **options):
        given = dict(context.obj or {})
        for field in fields(Settings):
            value = options.pop(field.name)
            if value is not None:
                given[field.name] = value
        settings = Settings(**given)
        if settings.home:  # for what is written when no settings are at hand any more: the log of a crash
            os.environ["TUTOR_HOME"] = settings.home
        return context.invoke(command, settings, **options)

    return called


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@with_global_options
@click.version_option(__version__, prog_name=PROGRAM)
@click.pass_context
def cli(context, **options):
    """An AI tutor in the terminal. Point it at a folder of Markdown lessons and it teaches them.

    With no command it opens where you left off.
    """
    context.obj = {name: value for name, value in options.items() if value is not None}
    if context.invoked_subcommand is None:
        context.invoke(learn)


# ------------------------------------------------------------------------------------------------ commands


@cli.command()
@click.argument("topic", required=False)
@click.option("--script", metavar="FILE", help="Take the learner's steps from a YAML file.")
@click.option("--transcript", metavar="FILE", help="Save the session as Markdown.")
@click.option("--confidence/--no-confidence", default=None, help="Ask how sure you are before each verdict; kept for good.")
@takes_settings
def learn(settings, topic=None, script=None, transcript=None, confidence=None):
    """An interactive tutoring session (the default).

    TOPIC is track/slug (llm/attention), a unique part of it, or a path.
    """
    from flow import create_learn_flow

    with session(settings, topic, script, transcript) as shared:
        if confidence is not None:
            shared["store"].set_setting("ask_confidence", confidence)
        create_learn_flow().run(shared)


@cli.command()
@click.option("--script", metavar="FILE", help="Take the learner's steps from a YAML file.")
@click.option("--transcript", metavar="FILE", help="Save the review as Markdown.")
@click.option("--limit", type=click.IntRange(1, 1000), metavar="N", help="Go over N items today (30).")
@click.option("--undo", is_flag=True, help="Take back the last answer, and what it did to its item's date.")
@takes_settings
def review(settings, script, transcript, limit, undo):
    """What is due today, mixed over lessons, the likeliest forgotten first."""
    from flow import create_review_flow

    if undo:
        with records_of(settings) as store:
            last = store.undo()
        if not last:
            raise NothingRun("there is no answer to take back")
        document = {"attempt": last.id, "item": last.item, "answer": last.answer}
        return put(settings, document, lambda: f"taken back: “{last.answer}” to {last.item}")
    with session(settings, None, script, transcript) as shared:
        shared["limit"] = limit
        create_review_flow().run(shared)
    return ExitCode.DONE


@cli.command()
@click.argument("attempt", type=int)
@takes_settings
def appeal(settings, attempt):
    """Dispute a grade: a second, stricter look; both verdicts are kept, and the bank's author gets the change to accept it.

    ATTEMPT is its number, which the feedback names; 0 is the last one.
    """
    from flow import create_appeal_flow
    from tutor.screen import one_shot

    shown = one_shot.OneShot(settings)
    with records_of(settings) as store, model_of(settings, shown.tell_wait) as model:
        past = store.attempts() if attempt == 0 else []
        shared = {
            "number": past[-1].id if past else attempt, "corpus": corpus_of(settings), "store": store, "now": store.now,
            "model": model, "terminal": shown,
        }  # fmt: skip
        create_appeal_flow().run(shared)
    return ExitCode.DONE if shared["stands"] else ExitCode.FELL_SHORT


@cli.command()
@takes_settings
def progress(settings):
    """Streak, calendar, mastery per lesson, forecast of reviews, calibration, time."""
    from tutor.corpus import bank
    from tutor.learner.progress import progress_of
    from tutor.screen import progress_screen, stdio, terminal

    corpus = corpus_of(settings)
    with records_of(settings, read_only=True) as store:
        attempts, cards, now = store.attempts(), store.cards(), store.now().astimezone()
    items = {}
    for lesson in corpus.ids():
        items[lesson] = [(key, "") for key in corpus.item_index(lesson)]
    for lesson in dict.fromkeys(attempt.lesson for attempt in attempts):
        if lesson in items and (found := corpus.bank_text(lesson)):
            try:
                items[lesson] = [(item.key, item.section) for item in bank.parse_bank(found[0], lesson, found[1])]
            except InvalidFile as error:
                corpus.warnings.append(str(error))
    figures = progress_of(attempts, cards, items, now)
    if settings.json:
        return stdio.put(figures.document(), corpus.warnings)
    titles = {lesson: corpus.card(lesson).title for lesson in figures.sections}
    terminal.Terminal(settings).show(progress_screen.ProgressScreen(figures, now.date(), titles))


@cli.command()
@takes_settings
def topics(settings):
    """The lessons: prerequisites, sections, items, mastery, what is due."""
    from tutor.learner import agenda
    from tutor.screen import stdio

    corpus = corpus_of(settings)
    with records_of(settings, read_only=True) as store:
        rows = agenda.rows(corpus, store, store.now().astimezone())
    put(settings, rows, lambda: agenda.listing(rows, stdio.line_width()), corpus.warnings)


@cli.command()
@click.argument("file", metavar="FILE.jsonl")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="In N processes (1); a model N at a time (4).")
@takes_settings
def grade(settings, file, jobs):
    """Bulk grading: JSON lines {id, question, reference, answer, rubric?} in, JSON lines with the grades out, in order.

    FILE.jsonl may be - for standard input.
    """
    from flow import create_grade_flow
    from tutor.screen import one_shot
    from utils import files

    pipe = one_shot.Pipe(settings)
    with files.lines_of(file) as lines, model_of(settings) as model, processes(1 if model.available else jobs or 1) as run_all:
        shared = {
            "lines": lines, "path": file, "run_all": run_all, "model": model, "jobs": jobs or 4, "terminal": pipe, "graded": 0,
            "faulty": 0,
        }  # fmt: skip
        create_grade_flow().run(shared)
    pipe.close()
    return shared["exit_code"]


@cli.command()
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option("-n", "count", type=click.IntRange(1, 1000), metavar="K", help="Ask K questions (10).")
@click.option("--kinds", metavar="KIND,...", help="Only some kinds: choice, multi, number, short, cloze, order.")
@click.option("--sheet", metavar="FILE", help="Write the questions for somebody to fill in.")
@click.option("--answers", metavar="FILE", help="Grade a filled sheet; nobody is asked.")
@click.option("--min-score", "min_scores", multiple=True, metavar="[TOPIC=]X", help="Exit with 1 below this share.")
@click.option("--junit", metavar="FILE", help="Write the grades as JUnit XML.")
@click.option("--rerun-failed", metavar="FILE", help="Ask what an earlier --json shows as not right.")
@click.option("--repeat", type=click.IntRange(1, 100), default=1, metavar="N", help="Grade every answer N times.")
@click.option("--flaky", type=click.Choice(["fail", "pass"]), default="fail", help="How verdicts that differ count.")
@click.option("--jobs", type=click.IntRange(1, 64), default=4, metavar="N", help="Ask a model for N grades at a time.")
@click.option("--cassette", metavar="FILE", help="Record a model's replies; once there, replay them and never call one.")
@takes_settings
def quiz(settings, topics, sheet, **options):
    """A quiz in exam style: all questions first, all grades at the end.

    Mixes several TOPICs; with none, the whole corpus.
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
@click.option("--fix", is_flag=True, help="Mend what is mechanical, and say what was changed.")
@click.option("--no-run", is_flag=True, help="Do not run the lessons' code.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
@click.option("--rules", is_flag=True, help="List the rules.")
@click.option("--records", is_flag=True, help="Name the items that your records set aside, too.")
@takes_settings
def check(settings, paths, fix, no_run, strict, rules, records):
    """Look for faults in lessons and banks: PATH is a folder, a lesson or a bank, by default all of --docs.

    Runs the code of the lessons, in limits, and compares what it prints.
    """
    from tutor.check import checking
    from tutor.screen import stdio

    if rules:
        return put(settings, checking.rules(), checking.rules_listing)

    def tell(text):
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)

    plain = stdio.is_plain(settings, sys.stderr)
    try:
        report = checking.check(settings, paths, fix, not no_run, None if plain else tell)
    finally:
        if not plain:
            tell("")
    if records:
        with records_of(settings, read_only=True) as store:
            report.add_set_aside(store.cards())
    put(settings, report.document(), report.listing, report.warnings)
    return report.exit_code(strict)


@cli.command()
@click.argument("query", nargs=-1)
@click.option("-n", "count", type=click.IntRange(1, 1000), default=5, metavar="K", help="Show K passages.")
@click.option("--lesson", "topic", metavar="TOPIC", help="Look in one lesson only.")
@click.option("--jsonl", metavar="FILE", help="Answer many: JSON lines {id, query} in (- is stdin) and out.")
@takes_settings
def search(settings, query, count, topic, jsonl):
    """The passages that speak about QUERY, best first, each with its place in the lessons."""
    from tutor import search
    from tutor.screen import stdio

    query = " ".join(query).strip()
    if bool(query) == bool(jsonl):
        raise UsageError("search needs words to look for, or else --jsonl FILE")
    corpus = corpus_of(settings, listed=bool(topic))  # an index lists it only when something has changed
    lessons = [corpus.find(topic)] if topic else None
    index = index_of(settings, corpus)
    if jsonl:
        return put_lines(settings, jsonl, "query", lambda asked: search.found(asked, index.search(asked, count, lessons)))
    passages = index.search(query, count, lessons)
    if index.second_look_failed:
        put_warning(f"ranked without the embedding model: {index.second_look_failed}")
    if settings.json or not passages:
        put(settings, search.found(query, passages), lambda: f"nothing in {corpus.shown} says this", corpus.warnings)
        return ExitCode.DONE if passages else ExitCode.FELL_SHORT
    bold = not stdio.is_plain(settings, sys.stdout)
    listing = search.listing(passages, index.matches(query), stdio.line_width(), bold)
    stdio.put(listing, corpus.warnings, drawn=True)


@cli.command()
@click.argument("question", nargs=-1)
@click.option("--lesson", "topic", metavar="TOPIC", help="Answer from one lesson only.")
@click.option("-c", "--continue", "follow", is_flag=True, help="Go on with the last conversation.")
@click.option("--jsonl", metavar="FILE", help="Answer many: JSON lines {id, question} in (- is stdin) and out.")
@click.option("--manual", is_flag=True, help="Answer from this program's manual, in place of the lessons.")
@takes_settings
def ask(settings, question, topic, follow, jsonl, manual):
    """A question, answered from the lessons with the places that say so; exit code 1 where they don't.

    Without QUESTION, or with -, it is read from stdin. Text piped in beside a QUESTION is context for it.
    """
    from flow import create_ask_flow
    from tutor.corpus.corpus import bundled_manual
    from tutor.screen import one_shot, stdio
    from tutor.search import answering
    from tutor.search.conversations import keep_conversation, load_conversation
    from utils import files

    question, context = ("", "") if jsonl else stdio.piped_question(" ".join(question))
    if manual:
        settings = replace(settings, docs=str(bundled_manual()))
    corpus = corpus_of(settings, listed=bool(topic))
    lessons = [corpus.find(topic)] if topic else None
    cache = files.cache_folder(settings.home)
    index = index_of(settings, corpus)
    shown = one_shot.OneShot(settings, bulk=bool(jsonl))
    with model_of(settings, shown.tell_wait) as model:

        def answered(question, context="", before=()):
            shared = {
                "question": question, "context": context, "before": list(before), "lessons": lessons, "index": index,
                "model": model, "terminal": shown,
            }  # fmt: skip
            create_ask_flow().run(shared)
            return shared

        if jsonl:
            return put_lines(settings, jsonl, "question", lambda asked: answering.document(answered(asked)["answer"]))
        shared = answered(question, context, load_conversation(cache) if follow else ())
    keep_conversation(cache, shared["before"])
    for warning in corpus.warnings:
        put_warning(warning)
    return ExitCode.DONE if shared["answer"].found else ExitCode.FELL_SHORT


@cli.command()
@click.argument("topic", required=False)
@click.option("--words", type=click.IntRange(20, 5000), default=150, metavar="N", help="About how long.")
@takes_settings
def summarize(settings, topic, words):
    """A lesson in brief: each section is summarized, then the summaries are put together, each with its place.

    TOPIC is by default the lesson that you are in.
    """
    from flow import create_summarize_flow
    from tutor.screen import one_shot

    corpus = corpus_of(settings)
    if not topic:
        with records_of(settings, read_only=True) as store:
            place = store.last_place()
        if not place or place.lesson not in corpus.files:
            raise UsageError("summarize needs a TOPIC, for no lesson is under way; `topics` lists them")
    lesson = corpus.lesson(corpus.find(topic) if topic else place.lesson)
    shown = one_shot.OneShot(settings)
    with model_of(settings, shown.tell_wait) as model:
        create_summarize_flow().run({"lesson": lesson, "words": words, "model": model, "terminal": shown})


@cli.command()
@click.argument("question", nargs=-1, required=True)
@takes_settings
def find(settings, question):
    """Which lesson answers QUESTION, and where: looks through the catalogue, searches, reads, decides again."""
    from flow import create_find_flow
    from tutor.screen import one_shot

    corpus = corpus_of(settings)
    shown = one_shot.OneShot(settings)
    with model_of(settings, shown.tell_wait) as model:
        shared = {
            "question": " ".join(question), "corpus": corpus, "index": index_of(settings, corpus), "model": model,
            "terminal": shown,
        }  # fmt: skip
        create_find_flow().run(shared)
    return ExitCode.DONE if shared["found"]["found"] else ExitCode.FELL_SHORT


@cli.command()
@click.argument("topic")
@click.option("-n", "count", type=click.IntRange(1, 30), default=5, metavar="K", help="How many items.")
@click.option("--accept/--no-accept", default=None, help="Write them to the bank, or only show them; by default it asks.")
@takes_settings
def draft(settings, topic, count, accept):
    """Draft bank items for a lesson, for a person to edit: shown as a change to its bank, checked by the rules of `check`."""
    from flow import create_draft_flow
    from tutor.corpus import bank
    from tutor.screen import one_shot

    corpus = corpus_of(settings)
    lesson = corpus.lesson(corpus.find(topic))
    old, path = corpus.bank_text(lesson.id) or (None, corpus.path_of(lesson.id, BANK_SUFFIX))
    shown = one_shot.OneShot(settings)
    with model_of(settings, shown.tell_wait) as model:
        shared = {
            "lesson": lesson, "items": bank.parse_bank(old, lesson.id, path) if old else [], "count": count, "old": old,
            "path": path, "target": corpus.folder / (lesson.id + BANK_SUFFIX), "accept": accept, "model": model,
            "terminal": shown,
        }  # fmt: skip
        create_draft_flow().run(shared)
    return ExitCode.DONE if shared["kept"] else ExitCode.FELL_SHORT


@cli.command()
@click.argument("flow", required=False, default="learn")
@takes_settings
def graph(settings, flow):
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
def doctor(settings):
    """What is set up, what is reachable, what is missing, and how to mend it."""
    from tutor.check import doctor as diagnosis

    def look_at_records():
        with records_of(settings, read_only=True) as store:
            return store.description()

    checks = diagnosis.examine(settings, lambda: corpus_of(settings), look_at_records)
    put(settings, [check.as_dict() for check in checks], lambda: diagnosis.listing(checks))
    return ExitCode.FELL_SHORT if any(check.state == "wrong" for check in checks) else ExitCode.DONE


# ------------------------------------------------------------------------------------- what commands share


def corpus_of(settings, listed=True):
    from tutor.corpus.corpus import docs_folder, open_corpus

    return open_corpus(docs_folder(settings.docs), listed)


def index_of(settings, corpus):
    """The corpus's search index, with the second look of an embedding model where one is named."""
    from tutor import search
    from utils import files

    cache = files.cache_folder(settings.home)
    if not os.environ.get("TUTOR_EMBEDDING_MODEL"):
        return search.open_index(corpus, cache)
    from utils.get_embedding import embedder_of

    embedder = embedder_of(settings, cache)
    return search.open_index(corpus, cache, embedder.likeness if embedder else None)


def records_of(settings, read_only=False):
    from datetime import datetime, timezone

    from tutor.learner import records
    from utils import files

    home = files.home_folder(settings.home)
    return records.open_records(home, now=lambda: datetime.now(timezone.utc), read_only=read_only)


def put(settings, document, listing, warnings=()):
    """A command's result: one JSON document with --json, else what a person reads; warnings on stderr."""
    from tutor.screen import stdio

    stdio.put(document if settings.json else listing(), warnings)


def put_lines(settings, file, field, answer):
    """Answer a file of JSON lines {id, field}, one line each, in order; a faulty line is named on stderr too."""
    from tutor import search
    from tutor.screen import one_shot
    from utils import files

    pipe, count, faulty = one_shot.Pipe(settings), 0, 0
    with files.lines_of(file) as lines:
        for document in search.in_bulk(lines, field, answer):
            pipe.put_line(document)
            count += 1
            if "error" in document:
                faulty += 1
                pipe.complain(f"{file}:{document['line']}: {document['error']}")
    return ExitCode.NOTHING_RUN if not count else ExitCode.INVALID if faulty else ExitCode.DONE


@contextmanager
def processes(jobs):
    """A `map` that works in that many processes, in order; the builtin one where one is enough."""
    if jobs == 1:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield functools.partial(pool.map, chunksize=32)


@contextmanager
def model_of(settings, on_wait=None, cassette=None):
    """The model that options and environment name; where there is none it says so at the first call, at once."""
    from utils.call_llm import endpoint_of, outdated_name
    from utils.errors import ModelError

    endpoint = endpoint_of(settings)
    replaying = cassette and os.path.exists(cassette)
    if settings.require_model and not endpoint and not replaying:
        raise ModelError("a model is required and none is set: set OPENAI_BASE_URL for a server of yours, or OPENAI_API_KEY")
    from utils import files
    from utils.language_model import LanguageModel
    from utils.replies import Cassette, ReplyCache

    if endpoint and (warning := outdated_name(os.environ)):
        put_warning(warning)
    cache = ReplyCache(files.cache_folder(settings.home), not settings.no_log) if endpoint and not replaying else None
    tape = Cassette(cassette) if cassette else None
    try:
        yield LanguageModel(
            endpoint, cache=cache, cassette=tape, max_tokens_total=settings.max_tokens_total,
            required=settings.require_model or bool(tape), on_wait=on_wait or (lambda seconds, why: None),
        )  # fmt: skip
    finally:
        if tape:
            tape.save()
        if cache:
            cache.close()


def put_warning(text):
    click.echo(f"warning: {text}", err=True)


@contextmanager
def session(settings, topic, script, transcript):
    """The shared store of a session, from a keyboard or a script; what was said is saved however it ends."""
    import random
    import uuid

    from tutor.screen import learners, stdio, terminal
    from tutor.screen.scripts import load_script
    from utils import files

    steps = load_script(script) if script else None
    if not steps and not stdio.person_present():
        raise UsageError("a session needs a terminal to read keys from; without one, use learn --script FILE")
    learner = learners.ScriptedLearner(steps.steps, script) if steps else None
    seed = settings.seed if settings.seed is not None else steps.seed if steps else None
    screen = terminal.Terminal(settings, learner)
    corpus = corpus_of(settings)
    topic = topic or (steps.topic if steps else None)
    with records_of(settings) as store, model_of(settings, screen.tell_wait) as model:
        if store.warning:
            screen.notice(store.warning)
        try:
            yield {
                "settings": settings, "corpus": corpus, "terminal": screen, "store": store, "now": store.now, "model": model,
                "rng": random.Random(seed), "fuzz": seed is None, "zone": store.now().astimezone().tzinfo, "limit": None,
                "session": uuid.uuid4().hex[:12], "left": False, "round": None,
                "topic": corpus.find(topic) if topic else None,
            }  # fmt: skip
            if model.usage:
                screen.notice(f"{model.name}: {model.prompt_tokens:,} tokens in, {model.completion_tokens:,} out")
        finally:
            if transcript:
                files.write_atomically(transcript, screen.transcript_text())


@contextmanager
def quiz_session(settings, topics, sheet_path, *, count, kinds, answers, min_scores, junit, rerun_failed, repeat, flaky,
                 jobs, cassette):  # fmt: skip
    """The shared store of a quiz; its reports are written however it ends, with what was answered until then."""
    import uuid

    from tutor.quiz import outcomes as quiz
    from tutor.quiz import reports as report
    from tutor.quiz import sheets
    from tutor.screen import learners, stdio, terminal
    from utils import files

    if sheet_path and (answers or junit or min_scores):
        raise UsageError("--sheet only writes questions; grade the filled sheet with --answers, without --sheet")
    if not (sheet_path or answers or stdio.person_present()):
        raise UsageError("a quiz needs a terminal to read keys from; without one, write a sheet with --sheet FILE and grade "
                         "it with --answers FILE")  # fmt: skip
    corpus = corpus_of(settings)
    sheet = sheets.read_sheet(files.read_text(answers), files.shown_path(answers)) if answers else None
    earlier = quiz.failed_items(files.read_text(rerun_failed), files.shown_path(rerun_failed)) if rerun_failed else None
    least = quiz.thresholds(min_scores, corpus.find)
    lessons = [corpus.find(topic) for topic in topics]
    request = quiz.request_of(settings.seed, lessons, quiz.kinds_of(kinds), count, sheet, earlier)
    if junit:
        files.refuse_unwritable(junit)
    learner = learners.SheetLearner(lambda item: sheets.as_typed(item, sheet.entry(item.key))) if sheet else None
    with records_of(settings, read_only=bool(sheet_path)) as store, model_of(settings, cassette=cassette) as model:
        moment = report.clock_time(os.environ)
        clock = (lambda: moment) if moment else store.now
        shared = {
            "settings": settings, "corpus": corpus, "terminal": terminal.Terminal(settings, learner), "store": store,
            "now": store.now, "session": uuid.uuid4().hex[:12], "request": request, "sheet": sheet, "model": model, "jobs": jobs,
            "sheet_path": sheet_path, "repeat": repeat, "flaky_passes": flaky == "pass", "min_scores": least,
            "clock": clock, "started": clock(), "asked": None, "answered": 0, "exit_code": ExitCode.DONE,
        }  # fmt: skip
        try:
            yield shared
        finally:
            publish(shared, junit)


def publish(shared, junit):
    """What others read of a quiz: JUnit XML, and what GitHub Actions shows on its pages."""
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


def run(arguments=None):
    """The whole program: every way it can end becomes an exit code, and no traceback reaches a user."""
    gc.set_threshold(50_000)  # most runs are over before there is much to collect
    _prepare_streams()
    _let_signals_unwind()
    try:
        code = _invoke(arguments)
        _flush()
    except BrokenPipeError:
        _discard(sys.stdout)
        code = ExitCode.DONE  # whoever read us has had enough: `| head` is no failure
    except OSError as error:
        _discard(sys.stdout)
        code = _complain(f"the output could not be written: {error.strerror}", ExitCode.USAGE)
    sys.exit(int(code))


def run_under_old_name():
    """The command `tutor`, which is also another project's; it goes with the next release."""
    print(f"tutor: this command is now called {PROGRAM}; the old name goes away with the next release", file=sys.stderr)
    run()


def _invoke(arguments) -> int:
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
        _die_of("SIGINT")
        return ExitCode.INTERRUPT
    except Stopped as stopped:
        _die_of(stopped.signal)
        return stopped.code
    except (BrokenPipeError, SystemExit):
        raise
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            return _complain_of_bug(error)
        refuse_to_run(f"lacks the package {error.name}")
    except OSError as error:
        if error.filename is None:  # a stream, not a file: the caller tells
            raise
        return _complain_of_bug(error)
    except Exception as error:
        return _complain_of_bug(error)


class Stopped(BaseException):
    """SIGTERM or SIGHUP, as an exception, so that the terminal is restored and records are closed on the way out."""

    def __init__(self, signal: str, code: int):
        super().__init__(signal)
        self.signal, self.code = signal, code


def _let_signals_unwind():
    import signal

    def stop(name, code):
        def handler(number, frame):
            raise Stopped(name, code)

        return handler

    signal.signal(signal.SIGTERM, stop("SIGTERM", ExitCode.TERMINATED))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, stop("SIGHUP", ExitCode.HANGUP))


def _die_of(name: str):
    """End by the signal itself, so that a shell or a CI runner sees what it sent."""
    import signal

    _flush()
    number = getattr(signal, name)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _prepare_streams():
    """A stream that cannot show a character shows a replacement; a closed one becomes a sink."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - open as long as the program runs
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _flush():
    sys.stdout.flush()
    sys.stderr.flush()


def _discard(stream):
    """Point a broken stream at nothing, so that the interpreter's own flush at exit stays silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _complain(message: str, code: ExitCode) -> ExitCode:
    from utils.text import sanitize

    print(f"{PROGRAM}: {sanitize(message)}", file=sys.stderr)
    return code


def _complain_of_bug(error: Exception) -> ExitCode:
    """One line for the user; the traceback goes where a developer can read it."""
    from utils.files import write_crash_log

    where = write_crash_log(error)
    return _complain(f"a bug: {type(error).__name__}: {error} (the details are in {where})", ExitCode.BUG)


if __name__ == "__main__":
    run()
