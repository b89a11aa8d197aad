"""What a command works with: corpus, index, records, model and screen, each opened from the settings when it is first needed.

A test overwrites one attribute (`environment.now = …`) and leaves the rest as it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.models import Draw
from utils import files
from utils.settings import Settings

if TYPE_CHECKING:
    import random

    from tutor.corpus.corpus import Corpus
    from tutor.learner.records import Records
    from tutor.screen.one_shot import OneShot, Pipe
    from tutor.screen.terminal import Terminal
    from tutor.screen.terminal.streaming import WaitingSign
    from tutor.search.index import Index
    from utils.llm.language_model import LanguageModel


SHOWN_EVERY = 50  # lessons; the bundled corpus is read before anyone would see it


class Environment:
    """Opens things once, and closes at the end of its `with` block what was opened."""

    def __init__(self, settings: Settings, *, listed: bool = True, cassette: str | None = None):
        """listed: list the lessons at once; a search index has an older list and looks for changes itself.

        cassette: the file to record a model's replies in, or to replay them from if it exists.
        """
        self.settings, self.seed, self.draw = settings, settings.seed, Draw.LATEST
        self.on_wait: Callable[[float, str], None] = lambda seconds, why: None  # before the model is tried again
        self.on_pause: Callable[[str | None], None] | None = None  # while it is waited for; by default a sign on stderr moves
        self._listed, self._cassette = listed, cassette
        self._opened = ExitStack()

    def __enter__(self) -> Environment:
        return self

    def __exit__(self, *error: object) -> None:
        self._opened.close()

    # ------------------------------------------------------------------------------------------ lessons

    @cached_property
    def corpus(self) -> Corpus:
        """The lessons of --docs."""
        from tutor.corpus.corpus import docs_folder, open_corpus

        corpus = open_corpus(docs_folder(self.settings.docs), self._listed, self.cache)
        corpus.on_read = self._show_reading
        return corpus

    def _show_reading(self, count: int) -> None:
        """The first listing reads every lesson, which takes a while in a large folder: show a person how far it is."""
        from tutor.screen import stdio

        status = stdio.StatusLine(stdio.is_plain(self.settings, sys.stderr))
        if not count:
            status.clear()
        elif count % SHOWN_EVERY == 0:
            status.show(f"reading the lessons for the first time: {count:,} of {len(self.corpus.files):,}")

    @cached_property
    def cache(self) -> Path:
        """The folder for what can be made again."""
        return files.cache_folder(self.settings.home)

    def plain_index(self, corpus: Corpus) -> Index:
        """The search index of a folder, without an embedding model's second look."""
        from tutor import search

        return search.open_index(corpus, self.cache)

    @cached_property
    def index(self) -> Index:
        """The corpus's search index, with the second look of an embedding model if one is named."""
        from tutor import search

        if not self.settings.embedding_model:
            return self.plain_index(self.corpus)
        from utils.get_embedding import embedder_of

        embedder = embedder_of(self.settings, self.cache)
        return search.open_index(self.corpus, self.cache, embedder.similarities if embedder else None)

    # ------------------------------------------------------------------------------------------ the learner

    @cached_property
    def records(self) -> Records:
        """The learner's records of this folder, to read and to write."""
        records = self._records(read_only=False)
        records.follow(self.corpus)
        return records

    @cached_property
    def records_to_read(self) -> Records:
        """The same for commands that only look: nothing is created if there are none."""
        records = self._records(read_only=True)
        records.follow(self.corpus)
        return records

    @cached_property
    def all_records(self) -> Records:
        """The records whatever folder they are about, for commands that need no lessons."""
        return self._records(read_only=False)

    @cached_property
    def all_records_to_read(self) -> Records:
        """The same for commands that only look."""
        return self._records(read_only=True)

    def edits(self, corpus: Corpus) -> tuple[list[str], list[str]]:
        """`Records.edits` of a folder; nothing where there are no records, or none that can be used: checking needs none."""
        from utils.errors import RecordsError, UsageError

        try:
            return self.all_records_to_read.edits(corpus)
        except (RecordsError, UsageError):
            return [], []

    def _records(self, read_only: bool) -> Records:
        from tutor.learner.memory.scheduling import LONGEST_DAYS, RETENTION, Scheduling
        from tutor.learner.records import open_records

        home = files.home_folder(self.settings.home)
        self._refuse_impossible_clock(home)
        records = self._opened.enter_context(open_records(home, now=self.now, read_only=read_only))
        if records.warning and read_only:  # a session shows it on its own screen
            self._warn(records.warning)
        records.wishes = Scheduling(
            retention=self.settings.retention or RETENTION,
            longest_days=self.settings.longest_days or LONGEST_DAYS,
            reviews_a_day=self.settings.reviews_a_day,
            new_a_day=self.settings.new_a_day,
            load=self._load_of(records) if self.seed is None else None,
        )
        self._opened.callback(self._back_up, records)
        return records

    def _load_of(self, records: Records) -> Callable[[Sequence[datetime]], list[int]]:
        return lambda moments: records.due_on([moment.astimezone(self.zone) for moment in moments])

    def _refuse_impossible_clock(self, home: Path) -> None:
        """Before a time that could never be read again gets into the records."""
        from utils.errors import RecordsError
        from utils.times import CLOCK_YEARS

        moment = self.now()
        if moment.year not in CLOCK_YEARS:
            said = f"this computer's clock says {moment.year:04}-{moment:%m-%d}"
            raise RecordsError(f"{home}: your records can't be used: {said}. Set the clock; nothing was changed.")

    def _back_up(self, records: Records) -> None:
        """At the end, where nobody waits for a screen."""
        from utils.errors import RecordsError

        if records.changed:
            try:
                records.back_up()
            except RecordsError as error:
                self._warn(str(error))

    @cached_property
    def now(self) -> Callable[[], datetime]:
        """The clock, aware and in UTC."""
        return lambda: datetime.now(timezone.utc)

    @cached_property
    def zone(self) -> tzinfo | None:
        """The time zone of the learner's days."""
        return self.now().astimezone().tzinfo

    @cached_property
    def rng(self) -> random.Random:
        """The source of every random draw."""
        import random

        return random.Random(self.seed)

    @cached_property
    def session(self) -> str:
        """An id for what happens in this run."""
        import uuid

        return uuid.uuid4().hex[:12]

    # ------------------------------------------------------------------------------------------ the screen

    @cached_property
    def terminal(self) -> Terminal:
        """Where a session is drawn, and where the learner's steps come from."""
        from tutor.screen.terminal import Terminal

        return Terminal(self.settings)

    @cached_property
    def one_shot(self) -> OneShot:
        """Where a command that answers once shows what it has."""
        from tutor.screen.one_shot import OneShot

        shown = OneShot(self.settings)
        self.on_wait = shown.tell_wait
        return shown

    @cached_property
    def pipe(self) -> Pipe:
        """Where lines of JSON go."""
        from tutor.screen.one_shot import Pipe

        return Pipe(self.settings)

    # ------------------------------------------------------------------------------------------ the model

    @cached_property
    def model(self) -> LanguageModel:
        """The model that options and environment name; if there is none, every call raises ModelError at once.

        Raises ModelError where one is required and none is set.
        """
        from utils.errors import ModelError
        from utils.llm.endpoint import endpoint_of, limits_of, outdated_name
        from utils.llm.language_model import LanguageModel
        from utils.llm.replies import Cassette, ReplyCache

        settings, cassette = self.settings, self._cassette
        endpoint = endpoint_of(settings)
        replayed = bool(cassette) and os.path.exists(cassette or "")
        if settings.require_model and not endpoint and not replayed:
            raise ModelError(
                "a model is required but none is set: name its server with --server, or its address in OPENAI_BASE_URL"
            )
        if endpoint and (warning := outdated_name(settings)):
            self._warn(warning)
        cache = tape = None
        if endpoint and not replayed:
            cache = ReplyCache(self.cache, not settings.no_log)
            self._opened.callback(cache.close)
        if cassette:
            tape = Cassette(cassette)
            self._opened.callback(tape.save)
        return LanguageModel(
            endpoint, cache=cache, cassette=tape, limits=limits_of(settings, endpoint),
            max_tokens_total=settings.max_tokens_total, prices=settings.prices,
            required=settings.require_model or bool(tape),
            on_wait=lambda seconds, why: self.on_wait(seconds, why), on_pause=self._pause,
        )  # fmt: skip

    def _pause(self, what: str | None) -> None:
        if self.on_pause is not None:
            self.on_pause(what)
        elif what is None:
            self._sign.clear()
        else:
            self._sign.show(what)

    @cached_property
    def _sign(self) -> WaitingSign:
        from tutor.screen import stdio
        from tutor.screen.terminal.keys import QuietKeys
        from tutor.screen.terminal.streaming import WaitingSign

        keys = QuietKeys() if sys.stdout.isatty() else None  # a pager at the other end of a pipe has the keyboard to itself
        sign = WaitingSign(sys.stderr, stdio.is_plain(self.settings, sys.stderr), keys=keys)
        self._opened.callback(sign.close)
        return sign

    @staticmethod
    def _warn(text: str) -> None:
        from tutor.screen import stdio

        stdio.warn(text)
