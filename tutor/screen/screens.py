"""The screens of a session. Each is drawn in two ways: for a terminal (rich) and for a transcript (Markdown).

A screen is a value that knows how to draw itself; `terminal.py` decides where. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.padding import Padding
from rich.styled import Styled
from rich.table import Table
from rich.text import Text

from tutor.corpus.bank import kind_of
from tutor.learner.schedule import is_mastered
from tutor.models import Answer, Grade, Item, Lesson, Speech
from tutor.screen import markup
from tutor.screen.layout import SIGN_STYLE, Screen, Sides, dots, line, numbered_list, with_sign
from tutor.screen.markup import ACCENT, DIM
from tutor.search import answering
from tutor.search.summaries import KeySentence, by_section, listing
from utils.text import plural, sanitize

FEEDBACK_LINES = 5
MADE = "made from the text"  # beside an item that no author wrote


@dataclass
class Home(Screen):
    """The head of the home screen; the terminal puts a menu below it."""

    figures: str = ""
    welcome: str = ""  # to a new learner

    def parts(self) -> Iterator[RenderableType]:
        yield Sides(Text("Pocket Tutor", style=f"bold {ACCENT}"), self.figures)
        if self.welcome:
            yield line(self.welcome, DIM)
        yield Text("")

    def markdown(self) -> str:
        return ""  # how far a learner has come is not part of the lesson


@dataclass
class SectionHead(Screen):
    """Where the learner is: lesson, section, and how far through it."""

    lesson: str
    title: str
    number: int
    of: int

    def parts(self) -> Iterator[RenderableType]:
        where = Text(sanitize(self.lesson, newlines=False), style=DIM)
        where.append(" › ")
        where.append(sanitize(self.title, newlines=False), style=f"bold {ACCENT}")
        yield Text("")
        yield Sides(where, f"{self.number} of {self.of}  {dots(self.number - 1, self.of)}")

    def markdown(self) -> str:
        return f"## {sanitize(self.title, newlines=False)}\n\n_{self.lesson}, section {self.number} of {self.of}_"


@dataclass
class Prose(Screen):
    """Lesson text, as Markdown."""

    text: str
    label: str = ""
    folded: bool = False  # show only the summary of each <details>

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.label:
            yield line(self.label, DIM)
        yield markup.Page(self.text, open_details=not self.folded)

    def markdown(self) -> str:
        return (f"_{self.label}_\n\n" if self.label else "") + sanitize(self.text)


@dataclass
class Question(Screen):
    """A question. Its options are listed only if the terminal can't show them as a menu."""

    item: Item
    note: str = ""  # "before you read", "once more"
    options: bool = True
    optional: bool = False  # Enter goes on without an answer, and a script answers by `explain` alone

    def choices(self) -> list[str]:
        return kind_of(self.item).choices(self.item)

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.note:
            yield line(self.note, DIM)
        kind = kind_of(self.item)
        yield markup.Page(kind.question_text(self.item))
        how = kind.how_to_answer(self.item)
        yield line(f"{how} · {MADE}" if self.item.made else how, DIM)
        if self.options and self.choices():
            yield numbered_list(self.choices())

    def markdown(self) -> str:
        question = kind_of(self.item).question_text(self.item)
        choices = "".join(f"\n{n}. {sanitize(text)}" for n, text in enumerate(self.choices(), 1))
        made = f" _({MADE})_" if self.item.made else ""
        note = sanitize(self.note) or "Question"
        note += "" if note.endswith("?") else "."
        return f"**{note}**{made} {sanitize(question)}" + (f"\n{choices}" if choices else "")


@dataclass
class WhatWasMeant(Screen):
    """What stands above a point, its near miss and neither: the point's own question, and which of them was meant."""

    ask: str
    which: str

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.ask:
            yield Styled(markup.Page(self.ask), DIM)
        yield Text(self.which)

    def markdown(self) -> str:
        return (f"_{sanitize(self.ask)}_\n\n" if self.ask else "") + self.which


@dataclass
class Said(Screen):
    """The learner's answer, as it stays on the screen."""

    text: str

    def parts(self) -> Iterator[RenderableType]:
        yield Text("› ", style=ACCENT).append(sanitize(self.text), style="")

    def markdown(self) -> str:
        return "> " + sanitize(self.text).replace("\n", "\n> ")


@dataclass
class Hint(Screen):
    """The next hint, and how many there are."""

    text: str
    number: int
    of: int

    def parts(self) -> Iterator[RenderableType]:
        yield with_sign("·", f"Hint {self.number} of {self.of}: {self.text}", DIM)

    def markdown(self) -> str:
        return f"_Hint {self.number} of {self.of}:_ {sanitize(self.text)}"


VERDICTS = {"✓": "Right.", "~": "Partly.", "✗": "Not yet.", "?": "Not sure."}


@dataclass
class Verdict(Screen):
    """A grade: what was right first, in the learner's words, then the one thing to add."""

    grade: Grade
    lead: str = ""  # replaces the verdict's usual words, as in "That was it."
    missed_in_full: bool = False  # name the missing points, since no further try follows
    degraded: str = ""  # "graded offline"
    attempt: int | None = None  # its number, where the grade can be appealed

    def lead_line(self) -> str:
        lead = self.lead or VERDICTS[self.grade.sign]
        notes = [self.degraded, f"kept as no. {self.attempt}" if self.attempt else ""]
        note = ", ".join(filter(None, notes))
        return f"{lead} ({note})" if note else lead

    def points(self) -> list[tuple[str, str, str]]:
        """(sign, text, evidence) rows, points met first; with the lead and the feedback they fit on FEEDBACK_LINES lines."""
        room = FEEDBACK_LINES - 1 - bool(self.grade.feedback)
        rows = [("✓", met.point, met.evidence) for met in self.grade.met]
        if self.missed_in_full:
            rows += [("✗", point, "") for point in self.grade.missed]
        elif self.grade.missed and rows:
            rows.append(("✗", f"{plural(len(self.grade.missed), 'point')} still missing", ""))
        return rows[:room]

    def parts(self) -> Iterator[RenderableType]:
        sign = self.grade.sign
        yield Text("")
        yield Text(f"{sign} ", style=SIGN_STYLE[sign]).append(self.lead_line(), style="bold")
        if not (self.grade.correct and len(self.grade.met) < 2):
            for sign, text, evidence in self.points():
                yield with_sign(sign, text + (f"  \n“{evidence}”" if evidence else ""), indent=2)
        if self.grade.feedback:
            yield Padding(markup.Page(self.grade.feedback), (0, 0, 0, 2))

    def markdown(self) -> str:
        rows = [f"**{self.grade.sign} {self.lead_line()}**"]
        rows += [f"- {sign} {sanitize(text)}" + (f" — “{sanitize(said)}”" if said else "") for sign, text, said in self.points()]
        if self.grade.feedback:
            rows += ["", sanitize(self.grade.feedback)]
        return "\n".join(rows)


@dataclass
class ExplainedBack(Screen):
    """What the learner said of a section, beside their words, then what it says besides."""

    grade: Grade

    def lead(self) -> str:
        if not self.grade.missed:
            return "That is what the section says."
        return "That is part of it. The section says this too:" if self.grade.met else "The section puts its weight elsewhere:"

    def rows(self) -> list[tuple[str, str, str]]:
        """(sign, point, the learner's words)"""
        rows = [("✓", met.point, met.evidence) for met in self.grade.met]
        return [*rows, *(("·", claim, "") for claim in self.grade.missed)]

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Text(self.lead(), style="bold")
        for sign, text, said in self.rows():
            yield with_sign(sign, text + (f"  \n“{said}”" if said else ""), indent=2)
        if self.grade.feedback:
            yield Padding(markup.Page(self.grade.feedback), (0, 0, 0, 2))

    def markdown(self) -> str:
        rows = [f"**{self.lead()}**"]
        rows += [f"- {sign} {sanitize(text)}" + (f" — “{sanitize(said)}”" if said else "") for sign, text, said in self.rows()]
        return "\n".join([*rows, *(["", sanitize(self.grade.feedback)] if self.grade.feedback else [])])


@dataclass
class Reveal(Screen):
    """The answer with its explanation, and where the lesson says so."""

    answer: str
    explanation: str = ""
    where: str = ""  # "docs/llm/attention.md:88"
    label: str = "The answer"

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.answer:
            yield markup.Page(f"**{self.label}.** {self.answer}")
        if self.explanation:
            yield markup.Page(self.explanation)
        if self.where:
            yield Text(sanitize(self.where, newlines=False), style=DIM)

    def markdown(self) -> str:
        rows = [f"**{self.label}.** {sanitize(self.answer)}"] if self.answer else []
        rows += [sanitize(self.explanation)] if self.explanation else []
        rows += [f"_{sanitize(self.where)}_"] if self.where else []
        return "\n\n".join(rows)


@dataclass
class Answered(Screen):
    """An answer from the lessons, and below it the places it comes from."""

    answer: Answer
    said: bool = False  # its text is on screen already
    asked: bool = False  # show the question too

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.asked:
            yield Text("? ", style="magenta").append(sanitize(self.answer.question, newlines=False))
        indent = 2 if self.asked else 0
        if not self.answer.found:
            yield line(answering.NOT_ANSWERED, "" if not self.asked else DIM, indent)
            if self.answer.near:
                yield line("What comes nearest:", DIM, indent)
                for passage in answering.one_per_lesson(self.answer.near):
                    yield line(answering.place(passage), DIM, indent + 2)
            return
        if not self.said:
            yield Padding(markup.Page(self.answer.text), (0, 0, 0, indent))
            yield Text("")
        for where in answering.places(self.answer):
            yield line(where, DIM, indent)
        if also := answering.or_do_you_mean(self.answer):
            yield Text("")
            yield line(also, "", indent)

    def markdown(self) -> str:
        text = sanitize(answering.listing(self.answer, self.answer.text)) if self.answer.found else f"_{answering.NOT_ANSWERED}_"
        return f"**?** {sanitize(self.answer.question)}\n\n{text}" if self.asked else text


OWN = "≈"
OWN_NOTE = "an example of the tutor's own, not from the lesson"


@dataclass
class TutorSays(Screen):
    """The tutor's words: what the lesson holds with its place, examples of its own marked, a question last."""

    speech: Speech
    asked: str = ""  # what they reply to, where it is to be shown

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.asked:
            yield Text("? ", style="magenta").append(sanitize(self.asked, newlines=False))
        for text, own in self.paragraphs():
            if own:
                yield with_sign(OWN, text)
                yield with_sign(OWN, OWN_NOTE, DIM)
            else:
                yield Padding(markup.Page(text), (0, 0, 0, 2))
        for where in self.small_print():
            yield line(where, DIM, 2)

    def small_print(self) -> list[str]:
        """Where the lesson says it, and that something is left out."""
        left_out = self.speech.left_out
        told = [f"left out, because the lesson doesn't say so: {plural(left_out, 'sentence')}"] if left_out else []
        return [*self.speech.places, *told]

    def paragraphs(self) -> list[tuple[str, bool]]:
        """Sentences in a row that are alike, together; the question that it ends on for itself after an example."""
        found: list[tuple[str, bool]] = []
        for number, sentence in enumerate(self.speech.sentences):
            own = number in self.speech.own
            if found and found[-1][1] == own:
                found[-1] = (f"{found[-1][0]} {sentence}", own)
            else:
                found.append((sentence, own))
        return found

    def markdown(self) -> str:
        rows = [f"**?** {sanitize(self.asked)}"] if self.asked else []
        rows += [f"{OWN} {sanitize(text)} _({OWN_NOTE})_" if own else sanitize(text) for text, own in self.paragraphs()]
        rows += [f"_{sanitize(where)}_" for where in self.small_print()]
        return "\n\n".join(rows)


@dataclass
class Summary(Screen):
    """A lesson in brief: one paragraph per section, with the line it comes from."""

    lesson: Lesson
    points: Sequence[KeySentence]

    def parts(self) -> Iterator[RenderableType]:
        yield Text(sanitize(self.lesson.title, newlines=False), style=f"bold {ACCENT}").append(" in brief", style=DIM)
        for heading, number, text in by_section(self.points):
            yield Text("")
            yield markup.Page(text)
            yield line(f"{self.lesson.path}:{number}  {heading}".rstrip(), DIM)

    def markdown(self) -> str:
        return sanitize(listing(self.lesson, self.points))


@dataclass
class LessonEnd(Screen):
    """The end of a lesson: what is now known, what comes back, one suggestion."""

    title: str
    sections: list[tuple[str, float]] = field(default_factory=list)  # title, mastery
    comes_back: list[str] = field(default_factory=list)  # questions missed
    suggestion: str = ""
    reviews: list[str] = field(default_factory=list)  # "3 tomorrow"

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Text("End of ", style="").append(sanitize(self.title, newlines=False), style=f"bold {ACCENT}")
        yield Text("")
        if not self.sections:
            yield line("This lesson has no questions.", DIM)
        table = Table.grid(padding=(0, 2))
        table.add_column(style=ACCENT)
        table.add_column()
        table.add_column(style=DIM)
        for title, mastery in self.sections:
            table.add_row(dots(round(mastery * 5), 5), Text(sanitize(title, newlines=False)), mastery_in_words(mastery))
        yield Padding(table, (0, 0, 0, 1))
        if self.comes_back:
            yield Text("")
            yield line(f"{plural(len(self.comes_back), 'question')} missed, first thing next time:")
            for question in self.comes_back[:3]:
                yield with_sign("·", question, DIM)
        if self.reviews:
            yield Text("")
            yield line(f"For review: {', '.join(self.reviews[:4])}.", DIM)
        if self.suggestion:
            yield Text("")
            yield line(self.suggestion)

    def markdown(self) -> str:
        rows = ["## What is known now", ""]
        rows += [f"- {sanitize(title)}: {mastery_in_words(mastery)}" for title, mastery in self.sections]
        if self.comes_back:
            rows += ["", "Comes back next time:", ""] + [f"- {sanitize(question)}" for question in self.comes_back]
        if self.suggestion:
            rows += ["", sanitize(self.suggestion)]
        return "\n".join(rows)


@dataclass
class ReviewHead(Screen):
    """The head of a review: how many items, from how many lessons."""

    items: int
    lessons: int
    due: int

    def figures(self) -> str:
        rest = f", {self.due - self.items} more are due" if self.due > self.items else ""
        return f"from {plural(self.lessons, 'lesson')}, the shakiest first{rest}"

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Sides(Text(f"Review of {plural(self.items, 'item')}", style=f"bold {ACCENT}"), self.figures())

    def markdown(self) -> str:
        return f"## Review of {plural(self.items, 'item')}\n\n_{self.figures()}_"


@dataclass
class RepairHead(Screen):
    """What the learner's answers have said wrongly, and how many questions on it follow. What is so comes after them."""

    believed: str
    days: str  # on which they said so
    items: int

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Sides(Text("Repair", style=f"bold {ACCENT}"), plural(self.items, "question"))
        yield line(f"Your answers have said this: {self.days}", DIM)
        yield markup.Page(self.believed)
        yield line("Is it so?", DIM)

    def markdown(self) -> str:
        return f"## Repair\n\n{sanitize(self.believed)}\n\n_Your answers have said this: {self.days}_"


@dataclass
class RepairEnd(Screen):
    """What is so instead of what was believed, and whether the answers now say it."""

    so: str
    resolved: bool
    place: str  # of the lesson: where to read it

    def rows(self) -> list[str]:
        state = "Resolved: you were right without help, and more than once." if self.resolved else ""
        return [state or "Not resolved yet: two right answers without help do that.", f"Read it at {self.place}."]

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.so:
            yield markup.Page(f"**What is so:** {self.so}")
        first, where = self.rows()
        yield line(first, f"bold {ACCENT}")
        yield line(where, DIM)

    def markdown(self) -> str:
        return "\n\n".join([*([f"**What is so:** {sanitize(self.so)}"] if self.so else []), *self.rows()])


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
        summary = f"{known_} of {len(self.outcomes)} known" + (f", {helped} with help" if helped else "")
        rows = [summary, f"They come back: {', '.join(self.comebacks[:5])}."] if self.comebacks else [summary]
        return [*rows, f"{self.left} more are due."] if self.left else rows

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        first, *others = self.rows()
        yield line(first, f"bold {ACCENT}")
        for row in others:
            yield line(row, DIM)

    def markdown(self) -> str:
        return "\n\n".join(self.rows())


def mastery_in_words(mastery: float) -> str:
    """Mastery in a word or two."""
    return "mastered" if is_mastered(mastery) else "on the way" if mastery >= 0.4 else "shaky" if mastery > 0 else "not asked yet"
