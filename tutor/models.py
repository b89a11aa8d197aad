"""The words of Pocket Tutor as types: what a lesson, an item, a grade and a record are.

The whole program uses them. This module imports nothing else of ours and nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

POINTERS = ("next",)  # slugs of sections that point elsewhere: the session makes its own suggestion
MOST_POINTS = 100  # of a question; and so many references

# ------------------------------------------------------------------------------------------------- lessons


@dataclass(frozen=True)
class Section:
    """A heading and the text under it, up to the next heading of any level."""

    id: str  # "llm/attention#root-d-k"; the part after # is unique within the lesson
    title: str  # the heading as plain text, "" for text before the first heading
    level: int  # 1..6, 0 for text before the first heading
    heading_path: tuple[str, ...]  # titles from the outermost heading down to this one
    text: str  # Markdown under the heading, without the heading itself, lines joined by \n
    line: int  # 1-based line of the heading (or of the first line of text)
    text_line: int  # 1-based line on which `text` begins

    @property
    def slug(self) -> str:
        """The id without the lesson: `root-d-k`."""
        return self.id.partition("#")[2]


@dataclass(frozen=True)
class Lesson:
    """A document of the corpus, read into sections."""

    id: str  # "llm/attention"
    path: str  # for people: relative to the working folder if it is inside it
    title: str
    sections: tuple[Section, ...]
    summary: str = ""
    minutes: int | None = None
    prerequisites: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    language: str = "en"

    @property
    def track(self) -> str:
        """The folder that the lesson is in: `llm`."""
        return self.id.rpartition("/")[0]

    @property
    def taught(self) -> tuple[Section, ...]:
        """The sections that a session goes through: those with text, but for pointers to what to read next."""
        return tuple(section for section in self.sections if section.slug not in POINTERS and section.text.strip())

    def section(self, slug: str) -> Section | None:
        """The section with that slug (`root-d-k`) or full id, or None."""
        wanted = slug.rpartition("#")[2]
        return next((section for section in self.sections if section.slug == wanted), None)

    def place_of(self, slug: str) -> str:
        """`path:line` of a section, or of the lesson's beginning where it has no such section."""
        section = self.section(slug)
        return f"{self.path}:{section.line if section else 1}"


HEADING_SEPARATOR = " › "  # between the titles of a heading path


@dataclass(frozen=True)
class Passage:
    """A piece of a section that a search found: the whole section, or some paragraphs of a long one."""

    lesson: str  # "llm/attention"
    path: str  # of the lesson's file, for people
    line: int  # 1-based line on which `text` begins
    heading: str  # the titles from the lesson down to the section, joined by " › "
    section: str  # slug
    score: float  # higher is better; comparable within one search only
    text: str  # Markdown, line by line as in the file, with HTML comments blanked out
    also: str = ""  # questions that its section answers, in other words than its own, one per line
    answers: str = ""  # its author's short answers to questions: question, tab, answer, one per line


@dataclass(frozen=True)
class Citation:
    """A quote and where it comes from."""

    lesson: str
    path: str
    line: int  # 1-based line on which the quote begins
    heading: str
    quote: str  # verbatim Markdown


@dataclass(frozen=True)
class Answer:
    """The answer of a corpus to a question. With `found` false there is none, only the passages that come nearest."""

    question: str
    text: str = ""
    found: bool = False
    citations: tuple[Citation, ...] = ()
    near: tuple[Passage, ...] = ()
    mode: str = "offline"  # or "model"
    model: str | None = None
    usage: dict[str, Any] | None = None  # as LanguageModel.usage
    own: tuple[str, ...] = ()  # examples and analogies that the model added, which are in the text too and labelled there
    others: tuple[Passage, ...] = ()  # that a vague question may be about instead


# --------------------------------------------------------------------------------------------------- items

BANK_SUFFIX = ".quiz.yaml"  # of a bank, instead of its lesson's .md


class Kind:
    """The kinds of item that a bank can contain."""

    CHOICE, MULTI, NUMBER, SHORT, CLOZE, ORDER = "choice", "multi", "number", "short", "cloze", "order"
    PREDICT, CODE, STEPS = "predict", "code", "steps"
    ALL = (CHOICE, MULTI, NUMBER, SHORT, CLOZE, ORDER, PREDICT, CODE, STEPS)


class Draw:
    """The ways in which items were drawn, one for each time that the outcome of a seed has changed; see bank.draw."""

    FIRST, SHUFFLED = 1, 2
    LATEST = SHUFFLED


@dataclass(frozen=True)
class KnownWrong:
    """A wrong answer that is expected: the misconception behind it and what to reply to it."""

    answer: str
    misconception: str = ""
    reply: str = ""


@dataclass(frozen=True)
class Option:
    """An option of a `choice` or `multi` item."""

    text: str
    right: bool = False
    misconception: str = ""
    reply: str = ""


@dataclass(frozen=True)
class Point:
    """A point that a full answer makes."""

    text: str
    also: tuple[str, ...] = ()  # other ways of saying it
    near: str = ""  # a near miss: alike in form, and wrong
    ask: str = ""  # a question for just this point, asked when it is missing


@dataclass(frozen=True)
class Blank:
    """A blank of a cloze and every text that fills it correctly; the first is shown as the answer."""

    accepted: tuple[str, ...]


@dataclass(frozen=True)
class ProgramTest:
    """A test of a program: an expression, and the value that it has, the error that it raises or what it prints."""

    call: str  # Python; "" for what the program prints when it is run
    expected: str = ""  # the value as Python writes it
    raises: str = ""  # the name of an error
    prints: str = ""
    message: str = ""  # what it is about, said where it fails
    misconception: str = ""  # that a program shows which fails it
    reply: str = ""
    hidden: bool = False  # it is no example that the learner sees


@dataclass(frozen=True)
class WorkedLine:
    """A line of a worked example."""

    item: Item  # what it asks for where it is left blank: a number, a formula or one of some options
    work: str = ""  # Markdown that is shown in its place where it is worked out; "" for no more than its answer
    name: str = ""  # by which later lines compute with its number
    when: tuple[tuple[str, str], ...] = ()  # (option, condition on the numbers under which it is the right one)


@dataclass(frozen=True)
class Variable:
    """A variable of a parametric item and the values to choose from."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Item:
    """A question of a bank. A parametric item holds templates until `bank.draw` fills in numbers."""

    id: str  # given by the author, unique within its bank; the learner's history refers to it
    lesson: str  # "llm/attention"
    section: str  # slug of the section that it asks about
    kind: str  # one of Kind.ALL
    question: str  # Markdown; a blank of a cloze is [[…]]
    hints: tuple[str, ...] = ()
    explanation: str = ""
    wrong: tuple[KnownWrong, ...] = ()
    # choice, multi
    options: tuple[Option, ...] = ()
    shuffle: bool = True  # whether the order of options may differ from one draw to the next
    credit: str = "all"  # multi: "all" or nothing, or "partial": (right − wrong) / right, at least 0
    # number
    answer: float | None = None
    answer_expression: str = ""  # what a parametric item's answer is computed from
    tolerance: float = 0.0  # absolute, or a fraction of the answer if `relative`
    relative: bool = False
    unit: str = ""
    guess: bool = False  # in a session an estimate is asked for before it is worked out
    # short
    rubric: tuple[Point, ...] = ()
    references: tuple[str, ...] = ()
    expression: str = ""  # a formula that the answer must be equal to
    # cloze, order
    blanks: tuple[Blank, ...] = ()
    steps: tuple[str, ...] = ()  # in the right order
    any_order: tuple[tuple[int, ...], ...] = ()  # groups of steps, from 0, that may change places among one another
    # predict
    code: str = ""  # Python, shown with the question
    block: str = ""  # a line of the lesson's block that this is
    changes: tuple[tuple[str, str], ...] = ()  # pieces of that block that a draw has yet to replace, each with what by
    goes_on: bool = False  # it uses what the lesson's code before it defines
    output: str = ""  # what it prints; "" where `check --fix` has not written it yet
    outputs: tuple[tuple[str, str], ...] = ()  # of a parametric item: (the values, what it prints with them)
    # code
    starter: str = ""  # what there is to begin with, or to mend
    tests: tuple[ProgramTest, ...] = ()  # the examples first
    reference: str = ""  # a program that passes them
    # steps
    lines: tuple[WorkedLine, ...] = ()  # of a worked example
    worked: int = 0  # how many of them, from the first on, are worked out for the learner; the others are blank
    # parametric
    variables: tuple[Variable, ...] = ()
    where: str = ""  # a condition that the drawn values must meet
    seed: int | None = None  # of the draw that this item came from; None if nothing was drawn
    draw: int = Draw.FIRST  # the way in which it was drawn
    path: str = ""
    line: int = 0
    made: bool = False  # computed from the lesson's text, because it has no bank
    figure: str = ""  # a plot or table of the lesson that is shown with the question, by its title or its row of heads
    figure_block: str = ""  # that as Markdown, out of the lesson
    idea: str = ""  # what items of several lessons ask alike, as an id; a review of one counts for the others
    try_block: str = ""  # the block of the lesson that names it, whose knobs can be turned, as Markdown
    needs_try: bool = False  # only turning these knobs answers it

    @property
    def key(self) -> str:
        """Unique within the corpus: `llm/attention:scale-by-root`."""
        return f"{self.lesson}:{self.id}"

    def margin(self, answer: float) -> float:
        """How far a number may be from an answer and still count as that answer."""
        return self.tolerance * abs(answer) if self.relative else self.tolerance

    @property
    def probes(self) -> tuple[str, ...]:
        """The misconceptions that a wrong answer to it may show, each by its id or text."""
        named = [one.misconception for one in self.wrong] + [one.misconception for one in self.options]
        named += [one.misconception for one in self.tests]
        named += [name for line in self.lines for name in line.item.probes]
        return tuple(dict.fromkeys(filter(None, named)))


@dataclass(frozen=True)
class Misconception:
    """A wrong belief that several items may show, as misconceptions.yaml tells it."""

    id: str
    believed: str  # what is believed, as a sentence
    so: str  # what is so instead
    line: int = 0  # on which misconceptions.yaml names it


# --------------------------------------------------------------------------------------- grades and records


@dataclass(frozen=True)
class Met:
    """A rubric point that an answer makes, with the learner's own words as evidence."""

    point: str
    evidence: str = ""
    credit: float = 1.0  # less where the learner only picked it out as what they meant


@dataclass(frozen=True)
class Grade:
    """The grade of an answer."""

    score: float  # 0..1
    met: tuple[Met, ...] = ()
    missed: tuple[str, ...] = ()
    feedback: str = ""  # one or two sentences, never praise for its own sake
    grader: str = "built-in"
    unsure: bool = False  # the grader lets the learner decide; in CI the stricter grade counts
    misunderstood: str = ""  # why the answer could not be read at all (not a number)
    clarified: bool = False  # the learner was asked what they meant, and this follows from what they chose
    heard: str = ""  # the misconception that the answer shows, by its id or text; several are on a line each

    @property
    def correct(self) -> bool:
        """Fully right, and the grader is sure. Every point counts, one that had to be picked out a little less."""
        picked_out = any(met.credit < 1 for met in self.met)
        return not self.unsure and (self.score >= 1.0 or (picked_out and not self.missed))

    @property
    def sign(self) -> str:
        """A mark for the screen: ✓ right, ~ partly, ✗ wrong, ? unsure."""
        return "?" if self.unsure else "✓" if self.correct else "~" if self.score > 0 else "✗"


@dataclass(frozen=True)
class AnswerPart:
    """A blank, an option or a step of an answer: what was typed there beside what is right, as Markdown, and whether it is."""

    text: str
    right: bool


class Help:
    """How strong help with an item is, from none to the answer itself."""

    NONE, QUESTION, HINT, CONTRAST, STEP, ANSWER = range(6)


@dataclass(frozen=True)
class Attempt:
    """An answer, its grade and when it was given. Stored before the next screen is drawn."""

    item: str  # Item.key
    section: str  # section slug
    answer: str
    grade: Grade
    at: str  # UTC, ISO 8601
    mode: str  # that of its Round, or "explain", which is no answer to an item of a bank
    seed: int | None = None  # of the item's draw
    draw: int = Draw.FIRST  # the way in which that was drawn
    hints: int = 0  # how many were shown before this answer
    shown: bool = False  # the answer was shown before, or the item was skipped
    session: str = ""
    confidence: int | None = None  # how sure the learner was before seeing the grade, 1 (a guess) to 3 (sure)
    due: str | None = None  # when the item will be asked again, UTC, ISO 8601; None if it was not finished yet
    help: int = 0  # the strongest help given with the item before this answer, one of Help
    predicted: float | None = None  # the chance of recall that FSRS gave it before it was asked, 0..1; None if it had no card yet
    id: int = 0  # given by the records when it is stored

    @property
    def lesson(self) -> str:
        return self.item.partition(":")[0]

    @property
    def unaided(self) -> bool:
        """Right, without a hint or more help, and without having seen the answer; a question that guides is none of these."""
        return self.grade.correct and not self.hints and not self.shown and self.help < Help.HINT


@dataclass(frozen=True)
class Evidence:
    """What an answer says about a misconception: that the learner holds it, or that they know better."""

    misconception: str  # its id, or its text where a bank has no id for it
    kind: str  # SHOWN or RESOLVED
    item: str  # Item.key
    section: str  # slug
    at: str  # UTC, ISO 8601
    attempt: int = 0  # given by the records when it is stored

    SHOWN, RESOLVED = "shown", "resolved"

    @property
    def lesson(self) -> str:
        return self.item.partition(":")[0]


@dataclass(frozen=True)
class Card:
    """What spaced repetition knows about an item."""

    item: str  # Item.key
    memory: str  # FSRS's card as JSON, for schedule.review_card only
    due: str  # UTC, ISO 8601
    lapses: int = 0  # how often it was missed after it had been answered before
    leech: bool = False  # set aside, because it was missed so often that asking again doesn't help
    sure_and_wrong: bool = False  # at its last answer; such items come back first

    @property
    def lesson(self) -> str:
        return self.item.partition(":")[0]


@dataclass
class Round:
    """A run of practice: which items are still to be asked, and the state of the current one.

    Plain values and points met only, so that it can be stored as JSON and resumed after a kill.
    """

    mode: str  # "probe", "practice", "recall", "review", "quiz"; "predict" and "try" of the items of a try block
    seed: int = 0  # for the draws of parametric items, so that a resumed question has the same numbers
    queue: list[str] = field(default_factory=list)  # ids of the items still to ask, the current one first
    hints: int = 0  # shown for the current item
    tries: int = 0  # answers given to the current item
    answers: list[str] = field(default_factory=list)  # what they were
    met: list[Met] = field(default_factory=list)  # points that they were given credit for
    help: int = 0  # the strongest help with the current item, see Attempt.help
    free: int = 0  # hints that cost no try, because what was said was no answer
    said: list[list[str]] = field(default_factory=list)  # (who, what) about the current item, by learner and tutor
    draws: dict[str, int] = field(default_factory=dict)  # item id -> how often it was asked in this session
    again: list[str] = field(default_factory=list)  # to be asked before it ends, because of a miss: the same items or stand-ins
    instead: dict[str, str] = field(default_factory=dict)  # item asked on a weak spot -> the item missed that it stands in for
    outcomes: dict[str, str] = field(default_factory=dict)  # item id -> "unaided", "assisted", "missed"
    estimates: dict[str, float | None] = field(default_factory=dict)  # item id -> what was estimated first; None: nothing

    @property
    def comes_first(self) -> bool:
        """Whether it asks before anything was explained or tried: then each item has one try, and a miss teaches nothing yet."""
        return self.mode in ("probe", "predict")


@dataclass(frozen=True)
class Speech:
    """What the tutor says to a learner, a sentence after the other, and how much it helps with the question at hand."""

    sentences: tuple[str, ...]
    own: frozenset[int] = frozenset()  # places of those that are the tutor's own examples, which no lesson holds
    places: tuple[str, ...] = ()  # path:line of what the others say of a lesson
    help: int = 0  # see Attempt.help
    left_out: int = 0  # sentences that the lesson does not bear out

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


@dataclass
class Place:
    """Where a learner is in a lesson: enough to return to exactly the same screen."""

    lesson: str
    section: str = ""  # slug
    stage: str = "start"  # "start", "probe", "explain", "try", "practice", "explain_back", "recap", "finished"
    page: int = 0
    share: float = 0.0  # of that page's text, which was read before: where a window shows only some of it at a time
    round: Round | None = None
    done: list[str] = field(default_factory=list)  # slugs of the sections that are done
    session: str = ""
    guess: str = ""  # at the lesson's warm-up
    knobs: dict[str, float] = field(default_factory=dict)  # of the try block at hand: where they were left


@dataclass(frozen=True)
class Step:
    """Something that a learner does, by key, by line or by script."""

    action: str  # one of Step.ACTIONS
    text: str = ""  # the answer, the side question, the option chosen
    line: int = 0  # of the script that it comes from

    ACTIONS = (
        "next", "answer", "hint", "skip", "simpler", "example", "deeper", "analogy", "ask", "say", "appeal", "choose", "explain",
        "estimate", "try", "map", "back", "quit",
    )  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Something that `check` reports about a lesson or a bank."""

    path: str
    line: int
    rule: str
    severity: str  # "error", "warning" or "note"
    message: str
    add: str = ""  # lines to add to the file as they are, where that is the remedy
