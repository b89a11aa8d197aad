"""The terminal: the only file that prints or reads keys.

A `Terminal` draws screens and hands back what the learner did as `Step`s. Who does it is a learner behind it: a
`Keyboard` (arrows and line editing), a `LineKeyboard` (plain lines, for dumb terminals) or a `ScriptedLearner` (a file
of steps). The graph can't tell them apart.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from tutor.models import Item, Kind, Step
from utils.errors import UsageError
from utils.settings import Settings
from utils.text import defused, sanitize

if TYPE_CHECKING:
    from tutor.models import Answer, Lesson
    from tutor.screen.screens import Question, Screen
    from tutor.search.summaries import Point

T = TypeVar("T")
MAX_WIDTH = 78
MARGIN = " "  # at the left of what a person sees; in plain text there is none
KEY_OF = {
    "next": "enter", "simpler": "s", "example": "x", "deeper": "d", "analogy": "y", "ask": "?", "hint": "h", "skip": "k",
    "appeal": "a", "quit": "q",
}  # fmt: skip
ACTION_OF = {key: action for action, key in KEY_OF.items() if key != "enter"}

Keys = Mapping[str, str]  # action -> what it does here, in a word: {"next": "question", "ask": "ask", "quit": "leave"}


def is_plain(settings: Settings, stream) -> bool:
    """No colour and no cursor movement: asked for, or the stream could not show them.

    NO_COLOR counts when it is not empty (no-color.org); FORCE_COLOR brings colour into a pipe.
    """
    if settings.plain or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return True
    return not (stream.isatty() or os.environ.get("FORCE_COLOR"))


def person_present() -> bool:
    """Is somebody there to press keys? Where CI is set nobody is, though some runners have a terminal."""
    return not os.environ.get("CI") and all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def columns() -> int:
    import shutil

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def line_width() -> int | None:
    """How long a line of a listing may be: what the terminal shows; None in a pipe, where nothing is cut."""
    return columns() if sys.stdout.isatty() else None


def page_characters() -> int:
    """How much lesson text goes on one screen, leaving room for the heading, the gaps between paragraphs and the keys."""
    import shutil

    return max(600, 55 * (shutil.get_terminal_size((80, 24)).lines - 5))


LONGEST_CONTEXT = 100_000  # characters of piped text that are read


def piped_question(given: str) -> tuple[str, str]:
    """(question, context) of a one-shot command: what was typed, or stdin where nothing was; else stdin is the context."""
    typed = given.strip()
    piped = ""
    if typed == "-" or not (sys.stdin is None or sys.stdin.isatty()):
        piped = sys.stdin.read(LONGEST_CONTEXT).strip() if sys.stdin else ""
    question, context = (piped, "") if typed in ("", "-") else (typed, piped)
    if not question:
        raise UsageError('ask needs a question: ask "why divide by sqrt(d_k)?", or one on stdin')
    return question, context


def hints_line(keys: Keys) -> str:
    """The dim last line: the keys that work here and what they do."""
    return " · ".join(f"{KEY_OF[action]} {word}" for action, word in keys.items())


def put(result, warnings=(), drawn: bool = False) -> None:
    """A command's result on stdout, as JSON or as text; what is worth a warning on stderr.

    drawn: the text is safe to print as it is, and its colours are meant.
    """
    for warning in warnings:
        warn(warning)
    if isinstance(result, str):
        print(_no_command(result if drawn else sanitize(result)))
        return
    document = json.dumps(result, ensure_ascii=False, indent=1)
    # no line of JSON begins with ::, and ##[ can only stand in a text, where JSON has another way of writing it
    print(document.replace("##[", "##\\u005b") if _in_actions() else document)


def warn(text: str) -> None:
    print(_no_command(f"warning: {sanitize(text, newlines=False)}"), file=sys.stderr)


def put_commands(commands: Sequence[str]) -> None:
    """Workflow commands for GitHub Actions, which reads them on stderr too: stdout may hold a JSON document."""
    for command in commands:
        print(command, file=sys.stderr)


def _in_actions() -> bool:
    return bool(os.environ.get("GITHUB_ACTIONS"))


def _no_command(text: str) -> str:
    return defused(text) if _in_actions() else text


class Pipe:
    """Where a command without a session streams to: JSON lines on stdout, a counter on stderr for a person."""

    def __init__(self, settings: Settings):
        self.watched = sys.stderr.isatty() and not is_plain(settings, sys.stderr) and not os.environ.get("CI")

    def put_line(self, document) -> None:
        print(json.dumps(document, ensure_ascii=False))

    def complain(self, message: str) -> None:
        self._clear()
        print(sanitize(message, newlines=False), file=sys.stderr)

    def progress(self, count: int, what: str) -> None:
        if self.watched:
            print(f"\r\x1b[K{count:,} {what}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        self._clear()

    def _clear(self) -> None:
        if self.watched:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


class OneShot:
    """Where a command that answers once shows what it has: drawn for a person, as plain text in a pipe, as JSON if asked.

    bulk: nothing is shown at all, the caller writes what came of it.
    """

    def __init__(self, settings: Settings, bulk: bool = False):
        self.json, self.bulk = settings.json, bulk
        self.drawn = not (bulk or settings.json or is_plain(settings, sys.stdout) or not sys.stdout.isatty())
        self._settings, self._said = settings, False

    def notice(self, text: str) -> None:
        """One line about how it went, on stderr."""
        print(sanitize(text, newlines=False), file=sys.stderr)

    def say(self, sentence: str) -> None:
        """A sentence of a model's answer, as soon as it is verified."""
        if self.bulk or self.json:
            return
        self._said = True
        if self.drawn:
            from tutor.screen.screens import Prose

            Terminal(self._settings).show(Prose(sentence))
        else:
            print(sanitize(sentence), flush=True)

    def put_answer(self, answer: Answer) -> None:
        from tutor.search import answering

        if self.bulk:
            return
        if self.json:
            put(answering.document(answer))
        elif self.drawn:
            from tutor.screen.screens import Answered

            Terminal(self._settings).show(Answered(answer, said=self._said))
        elif self._said and answer.found:
            print("\n" + sanitize("\n".join(answering.places(answer))))
        else:
            print(sanitize(answering.listing(answer)))

    def put_summary(self, lesson: Lesson, points: Sequence[Point], mode: str, model: str | None) -> None:
        from tutor.search import summaries

        if self.json:
            put(summaries.document(lesson, points, mode, model))
        elif self.drawn:
            from tutor.screen.screens import Summary

            Terminal(self._settings).show(Summary(lesson, points))
        else:
            print(sanitize(summaries.listing(lesson, points)))

    def put_diff(self, text: str) -> None:
        """A change as a unified diff, green and red for a person."""
        signs = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"} if self.drawn else {}
        for line in sanitize(text).split("\n"):
            colour = signs.get(line[:1], "")
            print(f"{colour}{line}\x1b[0m" if colour else line)

    def agreed(self, question: str) -> bool:
        """Does the person say yes? Nobody there means no."""
        if not (self.drawn and person_present()):
            return False
        print(f"{sanitize(question, newlines=False)} [y/N] ", end="", flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def put_appeal(self, found: dict) -> None:
        from tutor.learner import appeals

        put(found if self.json else appeals.listing(found))

    def put_found(self, document: dict) -> None:
        from tutor.search import finding

        put(document if self.json else finding.listing(document))

    def tell_wait(self, seconds: float, why: str) -> None:
        if seconds >= 2 and self.drawn:
            self.notice(f"{why}: trying again in {seconds:.0f} s")


class Terminal:
    """Where a session is drawn, and where the learner's steps come from."""

    def __init__(self, settings: Settings, learner=None):
        from rich.console import Console

        self.json = settings.json
        stream = sys.stderr if settings.json else sys.stdout
        self.plain = is_plain(settings, stream)
        self.console = Console(
            file=stream,
            width=min(MAX_WIDTH, columns()),
            color_system=None if self.plain else "auto",
            force_terminal=False if self.plain else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self.page_characters = page_characters()
        self.learner = learner or (LineKeyboard(self) if self.plain else Keyboard(self))
        self.transcript: list[str] = []

    @property
    def moves_cursor(self) -> bool:
        """May what was drawn be drawn over? Not in plain text, nor in a pipe that colours were forced into."""
        return not self.plain and self.console.file.isatty()

    @property
    def attended(self) -> bool:
        """Is it a person who answers?"""
        return self.learner.attended

    # ------------------------------------------------------------------------------------------ showing

    def show(self, screen: Screen) -> None:
        """Draw a screen and keep its Markdown for the transcript."""
        from rich.padding import Padding

        if self.plain:
            with self.console.capture() as drawn:
                self.console.print(screen)
            self.console.file.write(_no_command("".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines())))
        elif _in_actions():
            with self.console.capture() as drawn:
                self.console.print(screen)
            self.console.file.write(_no_command(drawn.get()))
        else:
            self.console.print(Padding(screen, (0, 0, 0, len(MARGIN))))
        if text := screen.markdown():
            self.transcript.append(text)

    def notice(self, text: str) -> None:
        """One dim line."""
        from tutor.screen.screens import Notice

        self.show(Notice(text))

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Something is being waited for: a moving sign and what it is, gone when it is over; nothing in plain text."""
        if not self.moves_cursor:
            yield
            return
        from rich.live import Live
        from rich.padding import Padding
        from rich.spinner import Spinner
        from rich.text import Text

        sign = Padding(Spinner("dots", Text(f"{what}…", style="bright_black")), (0, 0, 0, len(MARGIN)))
        with Live(sign, console=self.console, transient=True, redirect_stdout=False, redirect_stderr=False):
            yield

    @contextmanager
    def counting(self, of: int, what: str) -> Iterator[Callable[[T], T]]:
        """A function that counts what passes through it; a person sees how far it is, on stderr."""
        watched = sys.stderr.isatty() and not self.plain and not os.environ.get("CI")
        done = 0

        def count(value: T) -> T:
            nonlocal done
            done += 1
            if watched:
                filled = done * 20 // of
                print(f"\r\x1b[K{'█' * filled}{'░' * (20 - filled)} {done} of {of} {what}", end="", file=sys.stderr, flush=True)
            return value

        try:
            yield count
        finally:
            if watched:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def stream(self, pieces: Generator[str, None, T], label: str = "") -> T:
        """Show a reply as its pieces come, each paragraph drawn as Markdown once it is whole. Returns what `pieces` does."""
        from tutor.screen.streaming import StreamView

        view = StreamView(self.console, self.moves_cursor, label)
        try:
            while True:
                view.feed(next(pieces))
        except StopIteration as end:
            return end.value
        finally:
            view.close()
            if view.text.strip():
                self.transcript.append((f"_{label}_\n\n" if label else "") + sanitize(view.text.strip()))

    def tell_wait(self, seconds: float, why: str) -> None:
        """A pause before a further try at the model, where it is long enough to be noticed."""
        if seconds >= 2 and not self.plain:
            self.notice(f"{why}: trying again in {seconds:.0f} s")

    def warn(self, text: str) -> None:
        """One line on stderr."""
        warn(text)

    def event(self, name: str, **values) -> None:
        """With --json, one JSON line on stdout; otherwise nothing."""
        if self.json:
            print(json.dumps({"event": name, **values}, ensure_ascii=False), flush=True)

    def transcript_text(self) -> str:
        return "\n\n".join(self.transcript) + "\n"

    # ------------------------------------------------------------------------------------------ reading

    def turn_page(self, keys: Keys) -> Step:
        """Wait for Enter or one of `keys`."""
        return self._with_side_question(self.learner.press(keys))

    def choose(self, options: Sequence[str], keys: Keys, unattended: str = "0") -> Step:
        """Let the learner choose one of `options`. Step("choose", "0") is the first; or one of `keys`.

        `unattended` is what a script takes that says nothing here; "" has it leave.
        """
        return self._with_side_question(self.learner.choose(options, keys, unattended))

    def answer(self, question: Question, keys: Keys) -> Step:
        """An answer to `question` as typed, or one of `keys`."""
        from tutor.screen.screens import Said

        step = self._with_side_question(self.learner.answer(question, keys))
        if step.action == "answer":
            self.show(Said(self._as_said(question, step.text)))
        return step

    @staticmethod
    def _as_said(question: Question, text: str) -> str:
        """An option's number with its words behind it, so that the screen can be read later."""
        choices = question.choices()
        if question.item.kind == Kind.CHOICE and text.isdigit() and 0 < int(text) <= len(choices):
            return f"{text}. {choices[int(text) - 1]}"
        return text

    def _with_side_question(self, step: Step) -> Step:
        """A bare `?` still needs its question."""
        if step.action == "ask" and not step.text.strip():
            return Step("ask", self.learner.line("? ").strip())
        return step


def as_step(line: str, keys: Keys) -> Step:
    """What a typed line means: one key alone on it, a side question after `?`, else an answer.

    A leading space makes an answer of a line that would otherwise be a key.
    """
    if line.startswith("?") and "ask" in keys:
        return Step("ask", line[1:].strip())
    if not line.strip():
        return Step("next")
    action = ACTION_OF.get(line.lower())
    return Step(action) if action in keys else Step("answer", line.strip())


class Keyboard:
    """A person at a terminal that can move its cursor. prompt-toolkit does the editing."""

    attended = True

    def __init__(self, terminal: Terminal):
        self.terminal = terminal
        self._history = None

    def press(self, keys: Keys) -> Step:
        return self._run(body=None, keys=keys, immediate=True)

    def line(self, prompt: str, keys: Keys | None = None) -> str:
        return self._run(body="line", keys=keys or {}, prompt=prompt).text

    def answer(self, question: Question, keys: Keys) -> Step:
        if question.item.kind in (Kind.CHOICE, Kind.MULTI):
            return self._pick(question, keys)
        step = self._run(body="line", keys=keys, prompt="› ")
        return as_step(step.text, keys) if step.action == "answer" else step

    def _pick(self, question: Question, keys: Keys) -> Step:
        """Among the options, and one row more for what Enter alone means elsewhere ("explain it to me")."""
        options = question.choices()
        rows = [*options, f"*{keys['next']}*"] if "next" in keys else options
        here = {action: word for action, word in keys.items() if action != "next"}
        several = question.item.kind == Kind.MULTI
        step = self._run(body="list", keys=here, options=rows, several=several, immediate=True)
        if step.action != "choose":
            return step
        picked = [int(index) for index in step.text.split()]
        return Step("next") if len(options) in picked else Step("answer", ", ".join(str(index + 1) for index in picked))

    def choose(self, options: Sequence[str], keys: Keys, unattended: str = "") -> Step:
        return self._run(body="list", keys=keys, options=options, immediate=True)

    def _run(self, body, keys: Keys, prompt="", options: Sequence[str] = (), several=False, immediate=False) -> Step:
        """Draw a small region under what is printed, read until something is decided, and take the region away."""
        from prompt_toolkit.application import Application
        from prompt_toolkit.buffer import Buffer
        from prompt_toolkit.formatted_text import ANSI
        from prompt_toolkit.history import InMemoryHistory
        from prompt_toolkit.input.defaults import create_input
        from prompt_toolkit.key_binding import KeyBindings
        from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, Window
        from prompt_toolkit.layout.processors import BeforeInput
        from prompt_toolkit.output.vt100 import Vt100_Output

        bindings = KeyBindings()
        at, chosen = [0], set()
        drawn = [self._drawn(option) for option in options]
        self._history = self._history or InMemoryHistory()
        buffer = Buffer(multiline=False, history=self._history)

        def ends(step):
            return lambda event: event.app.exit(result=step)

        def enter(event):
            if body == "line":
                if buffer.text.strip():
                    buffer.append_to_history()
                event.app.exit(result=Step("answer", buffer.text))
            elif body == "list":
                picked = sorted(chosen) if several and chosen else at
                event.app.exit(result=Step("choose", " ".join(map(str, picked))))
            else:
                event.app.exit(result=Step("next"))

        def move(by):
            return lambda event: at.__setitem__(0, (at[0] + by) % len(options))

        def toggle(event):
            chosen.symmetric_difference_update({at[0]})

        def jump(number):
            def to(event):
                at[0] = number
                if several:
                    toggle(event)

            return to

        bindings.add("enter")(enter)
        bindings.add("c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt()))
        bindings.add("c-d")(lambda event: buffer.delete() if buffer.text else event.app.exit(result=Step("quit")))
        if immediate:
            for action in keys:
                if action != "next":
                    bindings.add(KEY_OF[action])(ends(Step(action)))
        if body == "list":
            for key, by in (("up", -1), ("down", 1), ("tab", 1)):
                bindings.add(key)(move(by))
            if several:
                bindings.add(" ")(toggle)
            for number in range(min(9, len(options))):
                bindings.add(str(number + 1))(jump(number))

        def option_lines():
            rows = []
            for index, lines in enumerate(drawn):
                pointer = "\x1b[36m›\x1b[0m" if index == at[0] else " "
                box = ("\x1b[36m■\x1b[0m " if index in chosen else "□ ") if several else ""
                for number, text in enumerate(lines):
                    lead = f" {pointer} {box}" if number == 0 else "   " + ("  " if several else "")
                    rows.append(lead + text)
            return ANSI("\n".join(rows))

        hints = hints_line(keys)
        if body == "list":
            moving = "↑↓ move · space mark" if several else "↑↓ choose"
            hints = " · ".join(filter(None, [moving, "enter answer" if several else "enter take it", hints]))
        parts = []
        if body == "line":
            control = BufferControl(buffer, input_processors=[BeforeInput(ANSI(f"{MARGIN}\x1b[36m{prompt}\x1b[0m"))])
            parts.append(Window(control, wrap_lines=True, dont_extend_height=True))
        elif body == "list":
            parts.append(Window(FormattedTextControl(option_lines, show_cursor=False), dont_extend_height=True))
        if hints:
            hint_text = FormattedTextControl(ANSI(f"{MARGIN}\x1b[90m{hints}\x1b[0m"), show_cursor=False)
            parts += [Window(height=1), Window(hint_text, wrap_lines=True, dont_extend_height=True)]
        output = Vt100_Output.from_pty(self.terminal.console.file)
        output.enable_cpr = False  # asking where the cursor is would put the terminal's reply among the learner's keys
        app = Application(
            layout=Layout(HSplit(parts)),
            key_bindings=_with_editing(bindings) if body == "line" else bindings,
            erase_when_done=True,
            full_screen=False,
            input=create_input(sys.stdin),
            output=output,
        )
        return app.run(handle_sigint=False)

    def _drawn(self, option: str) -> list[str]:
        """An option rendered to terminal lines, so that math in it reads as math."""
        from tutor.screen import markup

        console = self.terminal.console
        with console.capture() as capture:
            console.print(markup.renderable(option), width=console.width - 6)
        return [text.rstrip() for text in capture.get().strip("\n").split("\n")]


def _with_editing(bindings):
    """prompt-toolkit's own line editing under our keys."""
    from prompt_toolkit.key_binding import merge_key_bindings
    from prompt_toolkit.key_binding.defaults import load_key_bindings

    return merge_key_bindings([load_key_bindings(), bindings])


class LineKeyboard:
    """A person at a terminal that only takes lines: `--plain`, NO_COLOR, TERM=dumb."""

    attended = True

    def __init__(self, terminal: Terminal):
        self.terminal = terminal

    def line(self, prompt: str) -> str:
        self.terminal.console.file.write(prompt)
        self.terminal.console.file.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def press(self, keys: Keys) -> Step:
        step = self._read(keys)
        return step if step.action in keys else Step("next")

    def answer(self, question: Question, keys: Keys) -> Step:
        return self._read(keys)

    def choose(self, options: Sequence[str], keys: Keys, unattended: str = "") -> Step:
        from tutor.screen.screens import numbered

        self.terminal.console.print(numbered(list(options)))
        while True:
            step = self._read(keys)
            if step.action == "next":
                return Step("choose", "0")
            if step.action != "answer":
                return step
            if step.text.isdigit() and 0 < int(step.text) <= len(options):
                return Step("choose", str(int(step.text) - 1))
            self.terminal.console.print(f"a number from 1 to {len(options)}, or enter for the first")

    def _read(self, keys: Keys) -> Step:
        self.terminal.console.print(hints_line(keys))
        try:
            return as_step(self.line("> "), keys)
        except EOFError:
            return Step("quit")


class ScriptedLearner:
    """Steps from a file, given where they fit; nobody is waited for.

    A page turns by itself unless the next step works there. A question takes the next step, whatever it is; a `next`
    at a question means "I don't know". When no steps are left, the next question ends the session as `q` would.
    """

    attended = False

    def __init__(self, steps: Sequence[Step], path: str = "the script"):
        self.steps, self.path = deque(steps), path

    def press(self, keys: Keys) -> Step:
        if self.steps and self.steps[0].action in keys and self.steps[0].action != "next":
            return self.steps.popleft()
        return Step("next")

    def answer(self, question: Question, keys: Keys) -> Step:
        if not self.steps:
            return Step("quit")
        step = self.steps[0]
        if step.action not in ("answer", *keys):
            # A probe offers neither hint nor skip: going on to the explanation leaves the step for where it works.
            if "skip" not in keys:
                return Step("next")
            raise UsageError(
                f"{self.path}:{step.line}: step {step.action!r} does not work at a question; expected answer, {', '.join(keys)}"
            )
        return self.steps.popleft()

    def choose(self, options: Sequence[str], keys: Keys, unattended: str) -> Step:
        """A `choose` step names an option, by its number or a part of its words."""
        if self.steps and self.steps[0].action in keys:
            return self.steps.popleft()
        if not self.steps or self.steps[0].action != "choose":
            return Step("choose", unattended) if unattended else Step("quit")
        step = self.steps.popleft()
        for index, option in enumerate(options):
            if step.text == str(index + 1) or step.text.casefold() in option.casefold():
                return Step("choose", str(index))
        raise UsageError(
            f"{self.path}:{step.line}: no choice here is called {step.text!r}; expected one of: {'; '.join(options)}"
        )

    def line(self, prompt: str) -> str:
        return ""


class SheetLearner:
    """The answers of a filled sheet, by item; what it leaves empty is skipped."""

    attended = False

    def __init__(self, answer_to: Callable[[Item], str]):
        self.answer_to = answer_to

    def answer(self, question: Question, keys: Keys) -> Step:
        answer = self.answer_to(question.item)
        return Step("answer", answer) if answer else Step("skip")
