"""What a command without a session shows: one answer (`OneShot`), or a stream of JSON lines (`Pipe`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tutor.screen.stdio import StatusLine, folded, is_plain, line_width, person_present, put
from tutor.screen.terminal import Terminal
from utils import strict_json
from utils.settings import Settings
from utils.text import literal, sanitize

if TYPE_CHECKING:
    from tutor.learner.appeals import AppealDocument
    from tutor.models import Answer, Lesson
    from tutor.screen.layout import Screen
    from tutor.search.summaries import KeySentence

T = TypeVar("T")


def answer_document(answer: Answer) -> dict[str, Any]:
    """What `ask --json` and `--jsonl` print."""
    from tutor.screen import mathtext
    from tutor.search import answering

    return answering.document(answer, mathtext.plain(answer.text))


class Pipe:
    """JSON lines on stdout, and a counter on stderr for a person."""

    def __init__(self, settings: Settings):
        self._status = StatusLine(is_plain(settings, sys.stderr))

    def put_line(self, document: object) -> None:
        print(strict_json.dump(document))

    def complain(self, message: str) -> None:
        self._status.clear()
        print(folded(sanitize(message, newlines=False)), file=sys.stderr)

    def progress(self, count: int, what: str) -> None:
        self._status.show(f"{count:,} {what}")

    def close(self) -> None:
        self._status.clear()


class OneShot:
    """Shows what a command found: drawn for a person, as plain text in a pipe, as JSON on request.

    bulk: nothing is shown at all; the caller writes the results.
    """

    def __init__(self, settings: Settings, bulk: bool = False):
        self.json, self.bulk = settings.json, bulk
        self.drawn = not (bulk or settings.json or is_plain(settings, sys.stdout) or not sys.stdout.isatty())
        self._settings, self._has_spoken = settings, False

    @property
    def speaks_with_a_person(self) -> bool:
        """Whether a person reads what is shown and can be asked something."""
        return not self.json and person_present() and sys.stdout.isatty()

    def _draw(self, screen: Screen) -> None:
        Terminal(self._settings).show(screen)

    def notice(self, text: str) -> None:
        """One line on stderr about how it went."""
        print(folded(sanitize(text, newlines=False)), file=sys.stderr)

    def detail(self, text: str) -> None:
        """The same, for those who want to know more (-v)."""
        if self._settings.verbose and not self.bulk:
            self.notice(text)

    def tell_wait(self, seconds: float, why: str) -> None:
        if seconds >= 2 and self.drawn:
            self.notice(f"{why}: trying again in {seconds:.0f} s")

    def say(self, sentence: str) -> None:
        """A sentence of a model's answer, as soon as it has been verified."""
        if self.bulk or self.json:
            return
        self._has_spoken = True
        if self.drawn:
            from tutor.screen.screens import Prose

            self._draw(Prose(sentence))
        else:
            print(sanitize(sentence), flush=True)

    def start_afresh(self, why: str) -> None:
        """What was said so far is no part of the answer: say why, where a person has read it."""
        if self._has_spoken:
            self.say(why.strip())
            self._has_spoken = False

    def put_answer(self, answer: Answer) -> None:
        from tutor.search import answering

        if self.bulk:
            return
        if self.json:
            put(answer_document(answer))
        elif self.drawn:
            from tutor.screen.screens import Answered

            self._draw(Answered(answer, said=self._has_spoken))
        elif self._has_spoken and answer.found:
            print("\n" + sanitize("\n".join(answering.places(answer))))
        else:
            from tutor.screen import mathtext

            print(sanitize(answering.listing(answer, mathtext.plain(answer.text))))

    def put_summary(self, lesson: Lesson, points: Sequence[KeySentence], mode: str, model: str | None) -> None:
        from tutor.search import summaries

        if self.json:
            put(summaries.document(lesson, points, mode, model))
        elif self.drawn:
            from tutor.screen.screens import Summary

            self._draw(Summary(lesson, points))
        else:
            from tutor.screen import mathtext

            print(sanitize(mathtext.plain(summaries.listing(lesson, points))))

    def put_diff(self, text: str) -> None:
        """A change as a unified diff, green and red for a person; with --json the caller prints one document."""
        if self.json:
            return
        signs = {"+": "\x1b[38;5;29m", "-": "\x1b[38;5;131m", "@": "\x1b[38;5;63m"} if self.drawn else {}
        for line in sanitize(text).split("\n"):
            colour = signs.get(line[:1], "")
            print(f"{colour}{line}\x1b[0m" if colour else line)

    def which_of(self, options: Sequence[str]) -> int:
        """The number, from 0, of what the person means; the first by Enter."""
        print("Do you mean")
        step = Terminal(self._settings).choose([literal(option) for option in options], {})
        return int(step.text) if step.action == "choose" else 0

    @property
    def can_ask(self) -> bool:
        """Whether there is a person to ask."""
        return self.drawn and person_present()

    def confirm(self, question: str) -> bool:
        """Whether the person says yes; if nobody is there, the answer is no."""
        if not self.can_ask:
            return False
        print(f"{sanitize(question, newlines=False)} [y/N] ", end="", flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def put_appeal(self, appeal: AppealDocument) -> None:
        from tutor.learner import appeals

        put(appeal if self.json else appeals.listing(appeal, line_width()))

    def put_found(self, document: dict) -> None:
        from tutor.search import finding

        put(document if self.json else finding.listing(document))
