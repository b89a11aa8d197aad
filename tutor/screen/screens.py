"""What a session shows, each screen with two faces: for a terminal (rich) and for a transcript (Markdown).

A screen is a value that knows how to draw itself; `terminal.py` decides where to. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tutor.corpus.bank import shown_answer
from tutor.learner.progress import calendar, spent
from tutor.learner.schedule import is_mastered
from tutor.models import Answer as Reply
from tutor.models import Grade, Item, Kind, Lesson
from tutor.quiz.outcomes import SKIPPED, Outcome
from tutor.screen import markup
from tutor.screen.markup import ACCENT, DIM
from tutor.search import answering
from tutor.search.summaries import Point, by_section, listing
from utils.text import plural, sanitize

if TYPE_CHECKING:
    from tutor.learner.progress import Progress
    from tutor.quiz.reports import Report

SIGN_STYLE = {"✓": "green", "~": "yellow", "✗": "red", "?": "magenta"}
FEEDBACK_LINES = 5
MADE = "made from the text"  # beside an item that no author has written


def line(text: str, style: str = "", indent: int = 0) -> Padding:
    """One paragraph of plain text, sanitized, wrapped under its own margin."""
    return Padding(Text(sanitize(text), style=style), (0, 0, 0, indent))


class Sides:
    """A line with one thing at either end; where they don't fit side by side, one under the other."""

    def __init__(self, left: Text, right: str):
        self.left, self.right = left, Text(sanitize(right, newlines=False), style=DIM)

    def __rich_console__(self, console, options):
        if self.left.cell_len + self.right.cell_len + 2 > options.max_width:
            yield self.left
            if self.right:
                yield self.right
            return
        table = Table.grid(expand=True)
        table.add_column()
        table.add_column(justify="right")
        table.add_row(self.left, self.right)
        yield table


def dots(done: int, of: int) -> str:
    """Progress as a row of dots, at most ten of them."""
    shown = min(of, 10)
    filled = round(done * shown / of) if of else 0
    return "●" * filled + "○" * (shown - filled)


class Screen:
    """Something to show. Subclasses give `parts()` for rich and `markdown()` for a transcript."""

    def parts(self) -> Iterator:
        raise NotImplementedError

    def markdown(self) -> str:
        raise NotImplementedError

    def __rich__(self) -> Group:
        return Group(*self.parts())


@dataclass
class Notice(Screen):
    """One dim line: what degraded, what was kept, what to do."""

    text: str

    def parts(self):
        yield line(self.text, DIM)

    def markdown(self):
        return f"_{sanitize(self.text)}_"


@dataclass
class Home(Screen):
    """Who one is here; the choices below it are read by the terminal."""

    figures: str = ""

    def parts(self):
        yield Sides(Text("Pocket Tutor", style=f"bold {ACCENT}"), self.figures)
        yield Text("")

    def markdown(self):
        return ""  # where a learner stands is no part of the lesson


@dataclass
class SectionHead(Screen):
    """Where am I: lesson, section, how far."""

    lesson: str
    title: str
    number: int
    of: int

    def parts(self):
        where = Text(sanitize(self.lesson, newlines=False), style=DIM)
        where.append(" › ")
        where.append(sanitize(self.title, newlines=False), style=f"bold {ACCENT}")
        yield Text("")
        yield Sides(where, f"{self.number} of {self.of}  {dots(self.number - 1, self.of)}")

    def markdown(self):
        return f"## {sanitize(self.title, newlines=False)}\n\n_{self.lesson}, section {self.number} of {self.of}_"


@dataclass
class Prose(Screen):
    """Lesson text, as Markdown."""

    text: str
    label: str = ""
    folded: bool = False  # show of each <details> its summary only

    def parts(self):
        yield Text("")
        if self.label:
            yield line(self.label, DIM)
        yield markup.renderable(self.text, open_details=not self.folded)

    def markdown(self):
        return (f"_{self.label}_\n\n" if self.label else "") + sanitize(self.text)


@dataclass
class Question(Screen):
    """What is asked. Options are listed here only where the terminal can't let the learner move among them."""

    item: Item
    order: tuple[int, ...] = ()  # for `order`: which step stands at each place
    note: str = ""  # "before you read", "once more"
    options: bool = True

    def choices(self) -> list[str]:
        if self.item.kind == Kind.ORDER:
            return [self.item.steps[step] for step in self.order]
        return [option.text for option in self.item.options]

    def parts(self):
        yield Text("")
        if self.note:
            yield line(self.note, DIM)
        question = self.item.question
        if self.item.kind == Kind.CLOZE:
            question = blanked(question)
        yield markup.renderable(question)
        yield line(f"{how_to_answer(self.item)} · {MADE}" if self.item.made else how_to_answer(self.item), DIM)
        if self.options and self.choices():
            yield numbered(self.choices())

    def markdown(self):
        question = blanked(self.item.question) if self.item.kind == Kind.CLOZE else self.item.question
        choices = "".join(f"\n{n}. {sanitize(text)}" for n, text in enumerate(self.choices(), 1))
        made = f" _({MADE})_" if self.item.made else ""
        return f"**{sanitize(self.note) or 'Question'}.**{made} {sanitize(question)}" + (f"\n{choices}" if choices else "")


def how_to_answer(item: Item) -> str:
    """What kind of answer is wanted, in a few words."""
    if item.kind == Kind.NUMBER:
        return f"a number, in {item.unit}" if item.unit else "a number"
    if item.kind == Kind.SHORT:
        return "a formula" if item.expression else "in your own words"
    return {
        Kind.CHOICE: "one is right",
        Kind.MULTI: "several may be right",
        Kind.CLOZE: "fill in the blank" if len(item.blanks) == 1 else "fill in the blanks, with ; between them",
        Kind.ORDER: "the numbers in the right order",
    }[item.kind]


def blanked(question: str) -> str:
    """A cloze as the learner sees it: every [[blank]] as a line to write on."""
    import re

    return re.sub(r"\[\[.*?\]\]", "____", question, flags=re.DOTALL)


def numbered(texts: list[str]) -> Table:
    """A numbered list whose entries wrap under themselves."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style=DIM, width=3)
    table.add_column()
    for number, text in enumerate(texts, 1):
        table.add_row(str(number), markup.renderable(text))
    return table


@dataclass
class Said(Screen):
    """What the learner answered, as it stays on the screen."""

    text: str

    def parts(self):
        yield Text("› ", style=ACCENT).append(sanitize(self.text), style="")

    def markdown(self):
        return "> " + sanitize(self.text).replace("\n", "\n> ")


@dataclass
class Hint(Screen):
    """The next hint, and how many there are."""

    text: str
    number: int
    of: int

    def parts(self):
        yield marked("·", f"Hint {self.number} of {self.of}: {self.text}", DIM)

    def markdown(self):
        return f"_Hint {self.number} of {self.of}:_ {sanitize(self.text)}"


def marked(sign: str, text: str, style: str = "", indent: int = 1) -> Padding:
    """A sign, then Markdown that wraps under itself."""
    table = Table.grid(padding=(0, 1))
    table.add_column(style=style or SIGN_STYLE.get(sign, ""))
    table.add_column()
    table.add_row(sign, markup.renderable(text))
    return Padding(table, (0, 0, 0, indent))


VERDICTS = {"✓": "Right.", "~": "Partly.", "✗": "Not yet.", "?": "Not sure."}


@dataclass
class Verdict(Screen):
    """A grade: what was right first, in the learner's words, then the one thing to add."""

    grade: Grade
    lead: str = ""  # replaces the verdict's usual words, as in "That was it."
    missed_in_full: bool = False  # what is missing is told only when no further try follows
    degraded: str = ""  # "graded offline"

    def lead_line(self) -> str:
        lead = self.lead or VERDICTS[self.grade.sign]
        return f"{lead} ({self.degraded})" if self.degraded else lead

    def points(self) -> list[tuple[str, str, str]]:
        """(sign, text, evidence) rows, the met ones first, never more than fit five lines with the lead and feedback."""
        room = FEEDBACK_LINES - 1 - bool(self.grade.feedback)
        rows = [("✓", met.point, met.evidence) for met in self.grade.met]
        if self.missed_in_full:
            rows += [("✗", point, "") for point in self.grade.missed]
        elif self.grade.missed and rows:
            rows.append(("✗", f"{plural(len(self.grade.missed), 'point')} still missing", ""))
        return rows[:room]

    def parts(self):
        sign = self.grade.sign
        yield Text("")
        yield Text(f"{sign} ", style=SIGN_STYLE[sign]).append(self.lead_line(), style="bold")
        if not (self.grade.correct and len(self.grade.met) < 2):
            for sign, text, evidence in self.points():
                yield marked(sign, text + (f"  \n“{evidence}”" if evidence else ""), indent=2)
        if self.grade.feedback:
            yield Padding(markup.renderable(self.grade.feedback), (0, 0, 0, 2))

    def markdown(self):
        rows = [f"**{self.grade.sign} {self.lead_line()}**"]
        rows += [f"- {sign} {sanitize(text)}" + (f" — “{sanitize(said)}”" if said else "") for sign, text, said in self.points()]
        if self.grade.feedback:
            rows += ["", sanitize(self.grade.feedback)]
        return "\n".join(rows)


@dataclass
class Answer(Screen):
    """The answer with its explanation, and where the lesson says it."""

    answer: str
    explanation: str = ""
    where: str = ""  # "docs/llm/attention.md:88"
    label: str = "The answer"

    def parts(self):
        yield Text("")
        if self.answer:
            yield markup.renderable(f"**{self.label}.** {self.answer}")
        if self.explanation:
            yield markup.renderable(self.explanation)
        if self.where:
            yield Text(sanitize(self.where, newlines=False), style=DIM)

    def markdown(self):
        rows = [f"**{self.label}.** {sanitize(self.answer)}"] if self.answer else []
        rows += [sanitize(self.explanation)] if self.explanation else []
        rows += [f"_{sanitize(self.where)}_"] if self.where else []
        return "\n\n".join(rows)


@dataclass
class Answered(Screen):
    """An answer out of the lessons, and under it the places where it stands."""

    answer: Reply
    said: bool = False  # its words are on screen already
    asked: bool = False  # show the question too

    def parts(self):
        yield Text("")
        if self.asked:
            yield Text("? ", style="magenta").append(sanitize(self.answer.question, newlines=False))
        indent = 2 if self.asked else 0
        if not self.answer.found:
            yield line(answering.NOT_ANSWERED, "" if not self.asked else DIM, indent)
            if self.answer.near:
                yield line("What comes nearest:", DIM, indent)
                for passage in answering.one_a_lesson(self.answer.near):
                    yield line(answering.place(passage), DIM, indent + 2)
            return
        if not self.said:
            yield Padding(markup.renderable(self.answer.text), (0, 0, 0, indent))
            yield Text("")
        for where in answering.places(self.answer):
            yield line(where, DIM, indent)

    def markdown(self):
        told = sanitize(answering.listing(self.answer)) if self.answer.found else f"_{answering.NOT_ANSWERED}_"
        return f"**?** {sanitize(self.answer.question)}\n\n{told}" if self.asked else told


@dataclass
class Summary(Screen):
    """A lesson in brief, a paragraph a section with the line it comes from."""

    lesson: Lesson
    points: Sequence[Point]

    def parts(self):
        yield Text(sanitize(self.lesson.title, newlines=False), style=f"bold {ACCENT}").append(" in brief", style=DIM)
        for heading, number, text in by_section(self.points):
            yield Text("")
            yield markup.renderable(text)
            yield line(f"{self.lesson.path}:{number}  {heading}".rstrip(), DIM)

    def markdown(self):
        return sanitize(listing(self.lesson, self.points))


@dataclass
class Known(Screen):
    """The end of a lesson: what is now known, what comes back, one suggestion."""

    title: str
    sections: list[tuple[str, float]] = field(default_factory=list)  # title, mastery
    comes_back: list[str] = field(default_factory=list)  # questions missed
    suggestion: str = ""
    reviews: list[str] = field(default_factory=list)  # "3 tomorrow"

    def parts(self):
        yield Text("")
        yield Text("End of ", style="").append(sanitize(self.title, newlines=False), style=f"bold {ACCENT}")
        yield Text("")
        if not self.sections:
            yield line("No questions stand beside this lesson.", DIM)
        table = Table.grid(padding=(0, 2))
        table.add_column(style=ACCENT)
        table.add_column()
        table.add_column(style=DIM)
        for title, mastery in self.sections:
            table.add_row(dots(round(mastery * 5), 5), Text(sanitize(title, newlines=False)), known(mastery))
        yield Padding(table, (0, 0, 0, 1))
        if self.comes_back:
            yield Text("")
            yield line(f"{plural(len(self.comes_back), 'question')} missed, first thing next time:")
            for question in self.comes_back[:3]:
                yield marked("·", question, DIM)
        if self.reviews:
            yield Text("")
            yield line(f"For review: {', '.join(self.reviews[:4])}.", DIM)
        if self.suggestion:
            yield Text("")
            yield line(self.suggestion)

    def markdown(self):
        rows = ["## What is known now", ""]
        rows += [f"- {sanitize(title)}: {known(mastery)}" for title, mastery in self.sections]
        if self.comes_back:
            rows += ["", "Comes back next time:", ""] + [f"- {sanitize(question)}" for question in self.comes_back]
        if self.suggestion:
            rows += ["", sanitize(self.suggestion)]
        return "\n".join(rows)


@dataclass
class ReviewHead(Screen):
    """How much is gone over now."""

    items: int
    lessons: int
    due: int

    def told(self) -> str:
        rest = f", {self.due - self.items} more are due" if self.due > self.items else ""
        return f"from {plural(self.lessons, 'lesson')}, oldest risk first{rest}"

    def parts(self):
        yield Text("")
        yield Sides(Text(f"Review of {plural(self.items, 'item')}", style=f"bold {ACCENT}"), self.told())

    def markdown(self):
        return f"## Review of {plural(self.items, 'item')}\n\n_{self.told()}_"


@dataclass
class ReviewEnd(Screen):
    """How a review went, and when its items come back."""

    outcomes: list[str]
    comebacks: list[str]
    left: int

    def rows(self) -> list[str]:
        if not self.outcomes:
            return ["Nothing was answered; what is due stays due."]
        known_, helped = (self.outcomes.count(name) for name in ("unaided", "assisted"))
        told = f"{known_} of {len(self.outcomes)} known" + (f", {helped} with help" if helped else "")
        rows = [told, f"They come back: {', '.join(self.comebacks[:5])}."] if self.comebacks else [told]
        return [*rows, f"{self.left} more are due."] if self.left else rows

    def parts(self):
        yield Text("")
        first, *others = self.rows()
        yield line(first, f"bold {ACCENT}")
        for row in others:
            yield line(row, DIM)

    def markdown(self):
        return "\n\n".join(self.rows())


@dataclass
class Progressed(Screen):
    """Streak, calendar, mastery, forecast, calibration: what has come of it so far."""

    progress: Progress
    today: date
    titles: dict[str, str]  # lesson -> title

    def parts(self):
        one = self.progress
        figures = [plural(one.attempts, "answer"), spent(one.seconds)]
        streak = f"{one.streak_days}-day streak" if one.streak_days else "no streak yet"
        yield Sides(Text("Progress", style=f"bold {ACCENT}"), f"{streak} · {one.due} due")
        yield line(" · ".join(figures), DIM)
        yield Text("")
        for row in calendar(one.by_day, self.today):
            yield Text(row, style=ACCENT if any(mark in row for mark in "░▒▓█") else DIM, no_wrap=True, overflow="crop")
        yield line("    · none  ░ 1 to 4  ▒ to 9  ▓ to 19  █ more answers a day", DIM)
        yield Text("")
        yield from self.lessons()
        yield from self.reviews()
        if one.calibration:
            yield Text("")
            yield line("How sure, and how often right", "bold")
            for word, count, right in one.calibration:
                yield line(f"{word:12} {round(right * 100):3} % of {plural(count, 'answer')}", indent=1)
        if one.set_aside:
            yield Text("")
            yield line(f"Set aside after too many misses: {', '.join(one.set_aside)}", DIM)

    def lessons(self):
        begun = list(self.progress.sections)
        if not begun:
            yield line("No lesson begun yet.", DIM)
            return
        yield line("Mastery", "bold")
        table = Table.grid(padding=(0, 2))
        table.add_column(style=ACCENT)
        table.add_column(justify="right")
        table.add_column()
        table.add_column(style=DIM, justify="right")
        for lesson in begun:
            now, change = self.progress.mastery[lesson], self.progress.trend[lesson]
            arrow = f"{'▲' if change > 0 else '▼'} {abs(change) * 100:.0f} this week" if abs(change) >= 0.01 else ""
            title = Text(sanitize(self.titles[lesson], newlines=False))
            table.add_row(dots(round(now * 5), 5), f"{now * 100:.0f} %", title, arrow)
            shaky = [section for section, value in self.progress.sections[lesson].items() if 0 < value < 0.5]
            if shaky:
                table.add_row("", "", Text(f"shaky: {', '.join(shaky)}", style=DIM), "")
        yield Padding(table, (0, 0, 0, 1))

    def reviews(self):
        ahead = self.progress.forecast
        most = max(count for _, count in ahead)
        if not most:
            return
        yield Text("")
        yield line("Reviews in the next two weeks", "bold")
        for day, count in ahead:
            if count:
                when = date.fromisoformat(day)
                label = "today" if when == self.today else when.strftime("%a %d")
                bar = "█" * max(1, round(count * 40 / most))
                yield Text(f" {label:7}").append(bar, style=ACCENT).append(f" {count}", style=DIM)

    def markdown(self):
        return ""


def known(mastery: float) -> str:
    """Mastery in a word."""
    return "mastered" if is_mastered(mastery) else "on the way" if mastery >= 0.4 else "shaky" if mastery > 0 else "not asked yet"


@dataclass
class Graded(Screen):
    """An item of a quiz with its grade and, unless it was right, the answer and the lines to read again."""

    outcome: Outcome
    number: int
    of: int

    def shown(self) -> list[Screen]:
        """The verdict, and the answer where it was not given."""
        outcome, grade = self.outcome, self.outcome.grade
        if not grade:
            return [Notice(f"! Not graded: {outcome.error}")]
        if grade.grader == SKIPPED:
            verdict = Verdict(replace(grade, missed=(), feedback=""), lead=grade.feedback)
        else:
            verdict = Verdict(grade, missed_in_full=True)
        if outcome.correct:
            return [verdict]
        return [verdict, Answer(shown_answer(outcome.item), outcome.item.explanation, outcome.where)]

    def parts(self):
        yield Text("")
        yield line(f"{self.number} of {self.of} · {self.outcome.item.lesson}", DIM)
        yield markup.renderable(self.outcome.question)
        if self.outcome.answer:
            yield from Said(self.outcome.said).parts()
        for screen in self.shown():
            yield from screen.parts()

    def markdown(self):
        said = [Said(self.outcome.said).markdown()] if self.outcome.answer else []
        head = f"**{self.number}.** {sanitize(self.outcome.question)}"
        return "\n\n".join([head, *said, *(screen.markdown() for screen in self.shown())])


@dataclass
class QuizScore(Screen):
    """The end of a quiz: how many were right, lesson by lesson where there are several, and what fell short."""

    report: Report
    time: str = ""  # that a person took

    def lead(self) -> str:
        outcomes = self.report.outcomes
        graded = sum(outcome.grade is not None for outcome in outcomes)
        lead = f"{sum(outcome.correct for outcome in outcomes)} of {graded} right"
        return lead if graded == len(outcomes) else f"{lead}, {len(outcomes) - graded} not graded"

    def shortfalls(self) -> list[str]:
        return [
            f"{lesson or 'the whole'}: score {score:.2f}, {least:.2f} was asked for"
            for lesson, score, least in self.report.shortfalls()
        ]

    def figures(self) -> str:
        return " · ".join(filter(None, [self.time, f"seed {self.report.seed}"]))

    def parts(self):
        yield Text("")
        lead = Text(self.lead(), style=f"bold {ACCENT}").append(f"  score {self.report.score:.2f}", style="not bold default")
        yield Sides(lead, self.figures())
        scores = self.report.scores()
        if len(scores) > 1:
            table = Table.grid(padding=(0, 2))
            for lesson, score in scores.items():
                bar = Text(dots(round(score * 5), 5), style=ACCENT)
                table.add_row(bar, f"{score:.2f}", Text(sanitize(lesson, newlines=False)))
            yield Padding(table, (0, 0, 0, 1))
        for shortfall in self.shortfalls():
            yield line(f"✗ {shortfall}", SIGN_STYLE["✗"])

    def markdown(self):
        rows = [f"**{self.lead()}**, score {self.report.score:.2f} ({self.figures()})", ""]
        rows += [f"- {sanitize(lesson)}: {score:.2f}" for lesson, score in self.report.scores().items()]
        return "\n".join([*rows, *(f"- ✗ {sanitize(shortfall)}" for shortfall in self.shortfalls())])


def duration(seconds: float) -> str:
    """`40 s`, `3 min 12 s`, `1 h 5 min`."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
