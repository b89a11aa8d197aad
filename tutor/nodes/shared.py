"""The shared store of each flow: its keys with their types, what a command puts in, and what the nodes add.

A class `…Inputs` names what is there from the start, built by the function below it; the class after it adds what nodes write.
flow.py says who writes what; tests/test_house.py checks that it agrees with these types and with the nodes' parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from tutor.models import BANK_SUFFIX
from utils.errors import ExitCode, NothingRun
from utils.program import command_line

if TYPE_CHECKING:
    import random

    from tutor.corpus.corpus import Corpus
    from tutor.environment import Environment
    from tutor.learner.agenda import Repair
    from tutor.learner.appeals import Flip
    from tutor.learner.records import Records
    from tutor.models import Answer, Attempt, Grade, Item, Lesson, Passage, Place, Round, Section, Speech, Step
    from tutor.prompts import Decision
    from tutor.quiz.choosing import QuizRequest
    from tutor.quiz.outcomes import Outcome
    from tutor.quiz.reports import QuizReport
    from tutor.quiz.sheets import Sheet
    from tutor.screen.one_shot import OneShot, Pipe
    from tutor.screen.terminal import Terminal
    from tutor.search.finding import LessonsMeant, StepTaken
    from tutor.search.index import Index
    from tutor.search.query_words import QueryWords
    from tutor.search.summaries import KeySentence
    from tutor.tutoring import Heard
    from utils.errors import ModelError
    from utils.llm.language_model import LanguageModel

Pages = list[tuple[str, bool]]  # of a section: (Markdown, is it folded), each read in one go

# ------------------------------------------------------------------------------------- learn, review, practice


class SessionInputs(TypedDict):
    """What a session begins with, from a keyboard or a script."""

    corpus: Corpus  # the lessons of --docs
    terminal: Terminal  # shows screens, hands back the learner's steps
    command: Callable[..., str]  # one for the reader to type, see utils.program
    model: LanguageModel  # raises ModelError at once where none is set
    speaks: str  # the language that the model speaks to the learner, as a code; "" for that of the lesson
    records: Records  # the learner's
    open_index: Callable[[], Index]  # opened for the first side question only
    now: Callable[[], datetime]  # aware; in tests it stands still
    zone: tzinfo | None  # of the learner's days
    rng: random.Random  # every draw comes from it; --seed makes it repeatable
    draw: int  # the way in which items are drawn, that of the script where there is one
    session: str  # id of this session
    topic: str | None  # the TOPIC asked for; None once it has been opened
    by: date | None  # the day by which to know what is asked for as a goal, until that is kept
    goal: str | None  # what the learner wants to understand, in their words, until it is kept; None where nothing is asked
    limit: int | None  # how many items to review today; None for the setting
    left: bool  # the learner asked to leave
    taught: bool  # a lesson has been opened in this session
    round: Round | None  # the practice under way
    place: Place | None  # where the learner stands, kept in the records at every move; None in a review
    step: Step | None  # what the learner did last
    confidence: int | None  # how sure the learner was of the last answer, 1 to 3
    appealable: int | None  # number of the last attempt, while its grade can be appealed
    item: Item | None  # on screen, drawn
    grade: Grade | None  # of the last answer
    talk: list[list[str]]  # (who, what) about the section at hand, while no question waits
    speech: Speech | None  # what the tutor says to the last answer
    hinted: bool  # the last answer led to the next hint
    in_doubt: str  # an answer whose learner typed on in place of saying what was meant; "" once it has been read with that
    explained: list[tuple[str, str]]  # (manner, words) of each explanation given of the section at hand


class SessionStore(SessionInputs, total=False):
    """The same, and what the nodes add."""

    chosen: str | None  # id of the lesson to open
    meant: LessonsMeant  # what the words of the goal are about
    lesson: Lesson  # being taught, or the one that the item on screen belongs to
    items: dict[str, Item]  # by id, or in a review by key: undrawn
    sections: list[Section]  # what is taught of the lesson, in order
    pages: dict[str, Pages]  # by section slug
    asked: bool  # it is on screen already
    answer: str  # as typed
    heard: Heard  # what the line was that was typed at a question
    result: str  # what the last attempt led to: passed, again, missed, declined, unsure
    stored: int | None  # number of the last attempt
    flips: list[Flip]  # what an appeal that stands changes about other attempts
    missed: list[Item]  # what the last round of practice missed
    detour: Section | None  # of a prerequisite, which explains what was missed
    due: int  # how many items are due in total
    repair: Repair | None  # the misconception that is repaired, and the items on it


def session_store(
    environment: Environment, topic: str | None = None, limit: int | None = None, goal: str | None = None
) -> SessionStore:
    """The store of `learn` and `review`."""
    corpus = environment.corpus
    return {
        "corpus": corpus, "terminal": environment.terminal, "model": environment.model, "records": environment.records,
        "open_index": lambda: environment.index, "now": environment.now, "zone": environment.zone, "rng": environment.rng,
        "draw": environment.draw,
        "session": environment.session, "topic": corpus.find(topic) if topic else None,
        "command": partial(command_line, environment.settings),
        "goal": goal, "by": None, "limit": limit, "left": False, "taught": False, "round": None, "place": None, "step": None,
        "speaks": environment.settings.language or "", "explained": [], "confidence": None, "appealable": None,
        "item": None, "grade": None, "talk": [], "speech": None, "hinted": False, "in_doubt": "",
    }  # fmt: skip


# -------------------------------------------------------------------------------------------------------- quiz

TypedAnswer = tuple["Item", "str | None", float]  # (item, what was typed, seconds); None hands the quiz in
Grades = list["Grade | ModelError"]  # of one answer, one for each repetition; an error where there is none


class QuizInputs(TypedDict):
    """What a quiz begins with, at the keyboard or from a filled sheet."""

    corpus: Corpus
    terminal: Terminal
    command: Callable[..., str]  # one for the reader to type, see utils.program
    model: LanguageModel
    records: Records | None  # None where the answers are nobody's here: they leave no trace
    now: Callable[[], datetime]
    session: str
    request: QuizRequest  # what is asked
    sheet: Sheet | None  # the one that answers
    answers_path: str | None  # where that is
    sheet_path: str | None  # where to write one
    second: Sheet | None  # the second one, filled in: what the answers meant
    second_path: str | None  # where it is, or is to be written
    repeat: int  # how often to grade each answer
    flaky_passes: bool  # verdicts that differ count as right
    jobs: int  # requests to the model at a time
    min_scores: dict[str, float]  # lesson -> score, "" for the whole
    clock: Callable[[], datetime]  # of the report, aware
    started: datetime
    answered: int
    asked: str | None  # key of the item on screen
    open_questions: dict[str, int]  # about what an answer meant, by item key
    exit_code: ExitCode


class QuizStore(QuizInputs, total=False):
    """The same, and what the nodes add."""

    banks: dict[str, list[Item]]  # lesson id -> its items as authored
    waiting: list[Item]  # not answered yet
    outcomes: dict[str, Outcome]  # by item key
    answers: list[TypedAnswer]  # under way
    grades: list[Grades]  # of the answers under way
    grade: Grade | None  # of the first answer under way
    report: QuizReport  # the whole quiz, at its end
    document: dict[str, Any]  # for --json


def quiz_store(
    environment: Environment, request: QuizRequest, sheet: Sheet | None, answers_path: str | None, sheet_path: str | None,
    second: Sheet | None, second_path: str | None, repeat: int, flaky_passes: bool, jobs: int, min_scores: dict[str, float],
    moment: datetime | None, kept: bool = True,
) -> QuizStore:  # fmt: skip
    """The store of `quiz`. `moment` is the time of the report if it must be reproducible, see reports.fixed_time.

    kept: whether the answers are the caller's own, to be kept in their records.
    """
    clock = (lambda: moment) if moment else environment.now
    return {
        "corpus": environment.corpus, "terminal": environment.terminal, "model": environment.model,
        "records": environment.records if kept else None, "now": environment.now, "session": environment.session,
        "request": request, "command": partial(command_line, environment.settings),
        "sheet": sheet, "answers_path": answers_path, "sheet_path": sheet_path, "second": second, "second_path": second_path,
        "repeat": repeat, "flaky_passes": flaky_passes, "jobs": jobs, "min_scores": min_scores, "clock": clock,
        "started": clock(), "answered": 0, "asked": None, "open_questions": {}, "exit_code": ExitCode.DONE,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------- one question


class AskInputs(TypedDict):
    """What `ask` begins with."""

    question: str
    context: str  # text piped in, never cited
    before: list[tuple[str, str]]  # (question, answer) of the conversation so far
    lessons: list[str] | None  # ids to look in, None for all
    speaks: str  # the language that the model speaks to the learner, as a code; "" for that of the lesson
    index: Index
    model: LanguageModel
    terminal: OneShot


class AskStore(AskInputs, total=False):
    """The same, and what the nodes add."""

    passages: list[Passage]  # best first
    asked: QueryWords  # the words of the question that carry meaning
    answer: Answer


def ask_store(
    environment: Environment, question: str, lessons: list[str] | None = None, context: str = "",
    before: Sequence[tuple[str, str]] = (),
) -> AskStore:  # fmt: skip
    """The store of `ask`."""
    return {
        "question": question, "context": context, "before": list(before), "lessons": lessons, "index": environment.index,
        "model": environment.model, "terminal": environment.one_shot, "speaks": environment.settings.language or "",
    }  # fmt: skip


class FindInputs(TypedDict):
    """What `find` begins with."""

    question: str
    corpus: Corpus
    index: Index
    model: LanguageModel
    terminal: OneShot


class FindStore(FindInputs, total=False):
    """The same, and what the nodes add."""

    catalogue: str  # the lessons, a line each
    steps: list[StepTaken]  # what was done, and what was found by it
    passages: list[Passage]  # known so far, the latest first
    decision: Decision
    found: dict[str, Any]  # for --json


def find_store(environment: Environment, question: str) -> FindStore:
    """The store of `find`."""
    return {
        "question": question, "corpus": environment.corpus, "index": environment.index, "model": environment.model,
        "terminal": environment.one_shot,
    }  # fmt: skip


# --------------------------------------------------------------------------------------------------- one lesson


class SummaryInputs(TypedDict):
    """What `summarize` begins with."""

    lesson: Lesson
    words: int  # about how long
    speaks: str  # the language that the model speaks to the learner, as a code; "" for that of the lesson
    model: LanguageModel
    terminal: OneShot


class SummaryStore(SummaryInputs, total=False):
    """The same, and what the nodes add."""

    sections: list[Section]  # those that say something of their own
    points: list[list[KeySentence]]  # of each section
    mode: str  # "model" or "offline": who found them
    summary: list[KeySentence]


def summary_store(environment: Environment, lesson: Lesson, words: int) -> SummaryStore:
    """The store of `summarize`."""
    return {
        "lesson": lesson, "words": words, "model": environment.model, "terminal": environment.one_shot,
        "speaks": environment.settings.language or "",
    }  # fmt: skip


class DraftInputs(TypedDict):
    """What `draft` begins with."""

    lesson: Lesson
    items: Sequence[Item]  # of its bank
    count: int  # how many to draft
    old: str | None  # the bank's text
    path: str  # of the bank, for people
    target: Path  # the same, to write to
    accept: bool | None  # None asks
    model: LanguageModel
    terminal: OneShot


class DraftStore(DraftInputs, total=False):
    """The same, and what the nodes add."""

    drafted: list[dict[str, Any]]  # entries of a bank
    kept: list[dict[str, Any]]  # those that pass the rules of `check`
    document: dict[str, Any]  # for --json


def draft_store(environment: Environment, topic: str, count: int, accept: bool | None) -> DraftStore:
    """The store of `draft`. Raises InvalidFile where the bank can't be read."""
    corpus = environment.corpus
    lesson = corpus.lesson(corpus.find(topic))
    old, path = corpus.bank_text(lesson.id) or (None, corpus.path_of(lesson.id, BANK_SUFFIX))
    return {
        "lesson": lesson, "items": corpus.items(lesson.id, made=False), "count": count, "old": old, "path": path,
        "target": corpus.folder / (lesson.id + BANK_SUFFIX), "accept": accept, "model": environment.model,
        "terminal": environment.one_shot,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------- grades


class GradeInputs(TypedDict):
    """What `grade` begins with."""

    lines: Iterator[tuple[int, str]]  # (1-based number, JSON) of the file
    path: str  # of the file, for people
    run_all: Callable[..., Any]  # a map, over several processes if asked for
    model: LanguageModel
    jobs: int  # requests to the model at a time
    terminal: Pipe
    graded: int
    faulty: int


class GradeStore(GradeInputs, total=False):
    """The same, and what the nodes add."""

    batch: list[tuple[int, str]]  # lines read and not written yet
    grades: list[dict[str, Any]]  # of the batch
    exit_code: ExitCode


def grade_store(
    environment: Environment, lines: Iterator[tuple[int, str]], path: str, run_all: Callable[..., Any], jobs: int
) -> GradeStore:
    """The store of `grade`."""
    return {
        "lines": lines, "path": path, "run_all": run_all, "model": environment.model, "jobs": jobs,
        "terminal": environment.pipe, "graded": 0, "faulty": 0,
    }  # fmt: skip


class AppealInputs(TypedDict):
    """What `appeal` begins with."""

    number: int  # of the attempt
    speaks: str  # the language that the model speaks to the learner, as a code; "" for that of the lesson
    corpus: Corpus
    records: Records
    now: Callable[[], datetime]
    command: Callable[..., str]  # one for the reader to type, see utils.program
    model: LanguageModel
    terminal: OneShot
    person: Terminal | None  # where a person can be asked what they meant; None where nobody is there


class AppealStore(AppealInputs, total=False):
    """The same, and what the nodes add."""

    attempt: Attempt
    item: Item  # as it was drawn then
    lesson: Lesson
    second: Grade
    flips: list[Flip]  # what an appeal that stands changes about other attempts
    stands: bool


def appeal_store(environment: Environment, number: int) -> AppealStore:
    """The store of `appeal`; number 0 is the last attempt. Raises NothingRun where there is none."""
    if number == 0:
        last = environment.records.last_attempt()
        if not last:
            raise NothingRun("there is no answer yet whose grade could be looked at again")
        number = last.id
    return {
        "number": number, "corpus": environment.corpus, "records": environment.records, "now": environment.now,
        "speaks": environment.settings.language or "", "model": environment.model, "terminal": environment.one_shot,
        "command": partial(command_line, environment.settings),
        "person": environment.terminal if environment.one_shot.speaks_with_a_person else None,
    }  # fmt: skip
