"""The terminal of a session: it draws screens and hands back what the learner did as `Step`s.

Who answers is the learner behind it: a person at a `Keyboard` or a `LineKeyboard`, a `ScriptedLearner` or a
`SheetLearner`. The graph can't tell them apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from tutor.corpus.bank import kind_of
from tutor.corpus.drawn import has_try
from tutor.models import Step
from tutor.screen.learners import ScriptedLearner
from tutor.screen.stdio import (
    MAX_WIDTH,
    StatusLine,
    columns,
    is_plain,
    page_characters,
    say_aside,
    warn,
)
from tutor.screen.terminal.keyboards import Keyboard, LineKeyboard
from tutor.screen.terminal.keys import STOP_KEY, Keys, StopKeys
from tutor.screen.terminal.pager import Pager
from tutor.screen.terminal.view import View
from utils import strict_json
from utils.errors import ProgramStopped, ReplyStopped
from utils.program import Stopped
from utils.settings import Settings
from utils.text import sanitize

if TYPE_CHECKING:
    from tutor.corpus.tries import TryOutcome
    from tutor.screen.knobs import KnobBoard
    from tutor.screen.layout import Screen
    from tutor.screen.learners import Learner
    from tutor.screen.rows import MenuRow
    from tutor.screen.screens.asking import Question
    from tutor.screen.terminal.streaming import WaitingSign

T = TypeVar("T")
KNOB_ROWS = 12  # that a try block needs beside its keys
MOMENT_S = 1.0  # that code may run before it is said
TICK_S = 0.25  # how often its clock is drawn
ROWS_BELOW = 5  # that a reply leaves free: its label, and the keys
TRANSCRIPT_MARK = "<!-- a transcript by Pocket Tutor -->"


class Terminal:
    """Where a session is drawn, and where the learner's steps come from."""

    def __init__(self, settings: Settings, learner: Learner | None = None):
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
        self.view = View(self.console, self.plain)
        self.learner = learner or (LineKeyboard(self.view) if self.plain else Keyboard(self.view))
        self._pager: Pager | None = None  # in a person's session
        self.transcript: list[str] = []
        self._unlisted: Question | None = None  # its options are in the menu so far, and not yet on the screen to stay
        self._sign: WaitingSign | None = None  # of the first wait on
        self._waits_for = ""
        self._stop_keys: StopKeys | None = None
        self._ends_by: Stopped | None = None  # a signal that came while the model was waited for

    @property
    def moves_cursor(self) -> bool:
        """Whether what was drawn may be drawn over: not in plain text, nor in a pipe that colours were forced into."""
        return not self.plain and self.console.file.isatty()

    @property
    def attended(self) -> bool:
        """Whether it is a person who answers."""
        return self.learner.attended

    def expects(self, action: str) -> bool:
        """Whether what may be left out is asked for: of a person, and of a script whose next step it is."""
        return self.attended or (isinstance(self.learner, ScriptedLearner) and self.learner.is_next(action))

    # ------------------------------------------------------------------------------------------ showing

    @contextmanager
    def session(self) -> Iterator[None]:
        """A person's session inside: what is shown waits for the next prompt, and comes by the page where it is long.

        Keys that are typed while nothing listens are neither echoed nor kept. All that was shown is drawn in the end.
        """
        if not isinstance(self.learner, (Keyboard, LineKeyboard)):
            yield
            return
        self._pager = Pager(self.view, self.learner)
        try:
            with self.learner.quiet:
                yield
        finally:
            self._pager = None
            self.view.flush()

    @property
    def page_characters(self) -> int | None:
        """How much of a lesson is shown at a time; None where the pager sees to that."""
        return None if isinstance(self.learner, (Keyboard, LineKeyboard)) else page_characters()

    def has_seen(self, before: str, text: str) -> bool:
        """Whether the learner has read a lesson's text beyond its beginning `before`, as far as it was drawn at the last key."""
        if not self._pager:
            return True
        from tutor.screen.screens.reading import Prose

        above, whole = (len(self.view.rows(Prose(part)).rows) for part in (before, text))
        return above + 1 < round(self._pager.seen * whole)  # a blank row stands between

    def show(self, screen: Screen) -> None:
        """Draw a screen and keep its Markdown for the transcript."""
        self._end_if_told()
        self._clear_sign()
        self._show(self._without_options(screen))
        if text := screen.markdown():
            if has_try(text):
                from tutor.screen.markup.figures import with_tries_in_words

                text = with_tries_in_words(text)
            self.transcript.append(text)

    def _show(self, screen: Screen) -> None:
        if self._pager:
            self.view.waiting.append(screen)
        else:
            self.view.draw(screen)

    def _without_options(self, screen: Screen) -> Screen:
        """A question without its options where a menu shows them."""
        from tutor.screen.screens.asking import Question

        if not (isinstance(screen, Question) and self.learner.has_menus and kind_of(screen.item).offers_options):
            return screen
        self._unlisted = screen
        return replace(screen, options=False)

    def notice(self, text: str) -> None:
        """One dim line."""
        from tutor.screen.layout import Notice

        self.show(Notice(text))

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """While the model is waited for inside, a moving sign says what for; the learner may stop it."""
        self._waits_for = what
        try:
            with self._stoppable():
                yield
        finally:
            self._waits_for = ""

    def pause(self, what: str | None) -> None:
        """Show what is being waited for, while nothing comes of a reply. None: something has, or it is over.

        Raises ReplyStopped if Esc was pressed.
        """
        if what is None:
            self._clear_sign()
        else:
            self._show_sign(self._waits_for or what)
        if self._stop_keys and self._stop_keys.stop():
            raise ReplyStopped("stopped")

    def _show_sign(self, what: str) -> None:
        self.view.flush_what_fits()
        if self._sign is None:
            from tutor.screen.terminal.streaming import WaitingSign

            self._sign = WaitingSign(self.console.file, not self.moves_cursor, f"{STOP_KEY} stops" if self.attended else "")
        self._sign.show(what)

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Esc and Ctrl-C stop what a person waits for inside, as ReplyStopped; other keys are dropped.

        SIGTERM and SIGHUP stop it, too, and end the program as soon as something would be shown or read: by then what the learner
        typed has been stored.
        """
        try:
            with StopKeys() if self.attended else nullcontext() as self._stop_keys:
                yield
        except Stopped as stopped:
            self._ends_by = stopped
            raise ProgramStopped("stopped") from None
        except KeyboardInterrupt:
            if not self.attended:
                raise
            raise ReplyStopped("stopped") from None
        finally:
            self._stop_keys = None
            with suppress(OSError) if self._ends_by else nullcontext():  # the terminal may be gone
                self._clear_sign()

    def _end_if_told(self) -> None:
        if self._ends_by:
            raise self._ends_by

    def _clear_sign(self) -> None:
        if self._sign is not None:
            self._sign.clear()

    @contextmanager
    def counting(self, of: int, what: str) -> Iterator[Callable[[T], T]]:
        """A function that counts what passes through it; a person sees on stderr how far it has come."""
        status, done = StatusLine(self.plain), 0

        def count(value: T) -> T:
            nonlocal done
            done += 1
            filled = done * 20 // of
            status.show(f"{'█' * filled}{'░' * (20 - filled)} {done} of {of} {what}")
            return value

        try:
            yield count
        finally:
            status.clear()

    def stream(self, pieces: Generator[str, None, T], label: str = "") -> T:
        """Show a reply as its pieces come, each paragraph drawn as Markdown once it is whole. Returns what `pieces` returns."""
        from tutor.screen.terminal.streaming import STOPPED, StreamView

        self.view.flush_what_fits()
        self.view.fit()
        room = self.view.height() - self.view.unread - ROWS_BELOW if self._pager else None
        view = StreamView(self.console, self.moves_cursor, label, room)
        try:
            with self._stoppable():
                while True:
                    view.feed(next(pieces))
        except StopIteration as end:
            return end.value
        except ReplyStopped as stopped:
            if not isinstance(stopped, ProgramStopped):
                view.feed(STOPPED)
            raise
        finally:
            view.close()
            if view.text.strip():
                self._count(view.text.strip(), view.held.strip())
                self.transcript.append((f"_{label}_\n\n" if label else "") + sanitize(view.text.strip()))

    def _count(self, reply: str, held: str) -> None:
        """Remember a reply that was drawn as it came: how many rows are unread, and what to draw again; the rest waits.

        held: the end of it, for which there was no room.
        """
        from tutor.screen.screens.reading import Prose

        drawn = Prose(sanitize(reply).removesuffix(held).strip())
        self.view.seen.append(drawn)
        self.view.unread += len(self.view.rows(drawn).rows)
        if held:
            self.view.waiting.append(Prose(held))

    def tell_wait(self, seconds: float, why: str) -> None:
        """Announce a pause before the model is tried again, if it is long enough to be noticed."""
        if seconds >= 2 and not self.plain:
            self.notice(f"{why}: trying again in {seconds:.0f} s")

    def warn(self, text: str) -> None:
        """One line on stderr."""
        warn(text)

    def say_aside(self, text: str) -> None:
        """One line on stderr that is no warning."""
        say_aside(text)

    def event(self, name: str, **values: object) -> None:
        """With --json, one JSON line on stdout; otherwise nothing."""
        if self.json:
            print(strict_json.dump({"event": name, **values}), flush=True)

    def transcript_text(self) -> str:
        """The session as Markdown, after a mark by which a later one knows that it may be overwritten."""
        return "\n\n".join([TRANSCRIPT_MARK, *self.transcript]) + "\n"

    # ------------------------------------------------------------------------------------------ reading

    def turn_page(self, keys: Keys, share: float = 0.0, on_page: Callable[[float], None] | None = None) -> Step:
        """Wait for Enter or one of `keys`; in a session each page of what was shown has such a wait.

        share: how much of a lesson's text was read before. on_page: told how much was, whenever a page is turned.
        """
        self._end_if_told()
        return self._with_side_question(self._pager.turn(keys, share, on_page) if self._pager else self.learner.press(keys))

    def _ask(self, keys: Keys, ask: Callable[[], Step], rows: Sequence[str | MenuRow] = (), need: int = 0) -> Step:
        """What the learner does at a prompt of its own, once they have seen all that was shown.

        rows: of its menu. need: how many rows it takes up beside its keys, where it is none.
        """
        self._end_if_told()
        left = None
        if self._pager and isinstance(self.learner, (Keyboard, LineKeyboard)):
            left = self._pager.through(keys, need + self.learner.rows_below(keys, rows=rows))
        step = left or ask()
        self.view.unread = 0
        return self._with_side_question(step)

    def choose(self, options: Sequence[str | MenuRow], keys: Keys, unattended: str = "0", typed: bool = False) -> Step:
        """Let the learner choose one of `options`: Step("choose", "0") for the first of them; or one of `keys`.

        `unattended` is where a person's menu begins, and what a script takes if its next step is no choice; with "" it leaves.
        typed: a person may type a line instead, Step("answer", the line); a key then counts where it stands alone on it.
        """
        learner = self.learner
        if typed and isinstance(learner, (Keyboard, LineKeyboard)):
            return self._ask(keys, lambda: learner.choose(options, keys, unattended, typed), options)
        return self._ask(keys, lambda: learner.choose(options, keys, unattended), options)

    def answer(self, question: Question, keys: Keys, echoed: bool = True) -> Step:
        """An answer to `question` as typed, or one of `keys`. echoed: it stays on the screen."""
        rows = question.choices() if kind_of(question.item).offers_options else []
        step = self._ask(keys, lambda: self.learner.answer(question, keys), rows if self.learner.has_menus else [])
        listed = step.action in ("answer", "skip", "next") and self._list_options(step)
        if step.action == "answer" and echoed:
            self._echo(self._as_said(question, step.text), drawn=not listed)
        return step

    def turn_knobs(self, board: KnobBoard, keys: Keys, below: bool = False) -> Step:
        """Let the learner turn knobs until they are done: Step("next"), or one of `keys`. What was shown last stays.

        below: what was just shown is to stay in view above the knobs; else they take the whole window.
        """
        if self.learner.turns_in_place:

            def turn() -> Step:
                self.view.unread *= below
                return self.learner.turn_knobs(board, keys)

            step = self._ask(keys, turn, need=KNOB_ROWS if below else 0)
            if step.action == "next":
                self._show_setting(board)
            return step
        if board.lead:
            self.notice(board.lead)
        shown = self._show_setting(board)
        while True:
            step = self._ask(keys, lambda: self.learner.turn_knobs(board, keys))
            if step.action != "answer":
                return step
            self._echo(step.text)
            board.hear(step.text)
            if board.told:
                self.notice(board.told)
            else:
                shown = self._show_setting(board, shown)

    def _show_setting(self, board: KnobBoard, before: TryOutcome | None = None) -> TryOutcome:
        from tutor.screen.screens.trying import TrySetting

        shown = self._outcome(board)
        note = "" if before else board.why_few
        self.show(TrySetting(board.one, dict(board.values), shown, note, before))
        return shown

    def _outcome(self, board: KnobBoard) -> TryOutcome:
        """What a try block shows. Where its code takes more than a moment, a line says that it runs."""
        if board.one.code and not board.known:
            self.run_meanwhile(board.try_outcome, "running the code")
        return board.outcome()

    def run_meanwhile(self, work: Callable[[], object], what: str) -> None:
        """Let work be done whose result is kept elsewhere; where that takes more than a moment, a moving sign says what it is."""
        from tutor.screen.terminal.streaming import WaitingSign

        runner, sign = Thread(target=work, daemon=True), WaitingSign(self.console.file, not self.moves_cursor)
        runner.start()
        runner.join(MOMENT_S)
        if runner.is_alive():
            self.view.flush_what_fits()
        while runner.is_alive():
            sign.show(what)
            runner.join(TICK_S)
        sign.clear()

    def _list_options(self, step: Step) -> bool:
        """Leave the options of a question on the screen now that their menu is gone. Whether they show what was picked."""
        from tutor.screen.screens.asking import Choices

        question, self._unlisted = self._unlisted, None
        if question is None:
            return False
        numbers = step.text.replace(",", " ").split() if step.action == "answer" else []
        picked = {int(number) for number in numbers if number.isdigit()} if all(map(str.isdigit, numbers)) else set()
        self._show(Choices(question.choices(), picked))
        return bool(picked)

    def _echo(self, said: str, drawn: bool = True) -> None:
        """Keep what was said in the transcript, and on the screen unless it shows it already."""
        from tutor.screen.screens.asking import Said

        if drawn:
            self.show(Said(said))
        else:
            self.transcript.append(Said(said).markdown())

    def write(self, keys: Keys) -> Step:
        """A line of the learner's own: Step("answer", the line), or one of `keys`. Enter alone is Step("next")."""
        step = self._ask(keys, lambda: self.learner.write(keys))
        if step.action == "answer":
            self._echo(step.text)
        return step

    @staticmethod
    def _as_said(question: Question, text: str) -> str:
        """An option's number with its words behind it, so that the screen can be read later."""
        choices, kind = question.choices(), kind_of(question.item)
        picks_one = kind.offers_options and not kind.several_options
        if picks_one and text.isdigit() and 0 < int(text) <= len(choices):
            from tutor.screen.mathtext import plain

            return f"{text}. {plain(choices[int(text) - 1])}"
        return text

    def _with_side_question(self, step: Step) -> Step:
        """A bare `?` still needs its question."""
        if step.action == "ask" and not step.text.strip():
            return Step("ask", self.learner.line("? ").strip())
        return step
