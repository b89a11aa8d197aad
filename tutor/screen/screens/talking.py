"""What the tutor replies: from the lessons with their places, or in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from tutor.models import Answer, Speech
from tutor.screen import markup
from tutor.screen.layout import Screen, line, with_sign
from tutor.screen.markup import DIM
from tutor.screen.markup.styles import MAGENTA
from tutor.screen.signs import Either
from tutor.search import answering
from utils.text import plural, sanitize

OWN = "≈"
OWN_NOTE = "an example of the tutor's own, not from the lesson"


def asked_line(question: str) -> Either:
    """What the learner asked, above the reply."""
    question = sanitize(question, newlines=False)
    return Either(Text("? ", style=MAGENTA).append(question), Text(f"You asked: {question}"))


@dataclass
class Answered(Screen):
    """An answer from the lessons, and below it the places it comes from."""

    answer: Answer
    said: bool = False  # its text is on screen already
    asked: bool = False  # show the question too

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.asked:
            yield asked_line(self.answer.question)
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


@dataclass
class TutorSays(Screen):
    """The tutor's words: what the lesson holds with its place, examples of its own marked, a question last."""

    speech: Speech
    asked: str = ""  # what they reply to, where it is to be shown

    def parts(self) -> Iterator[RenderableType]:
        yield Text("")
        if self.asked:
            yield asked_line(self.asked)
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
