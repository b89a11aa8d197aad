"""The model as the nodes see it: prose in pieces, or a value of ours out of a structured reply.

It keeps replies, counts tokens against a budget, and after a failure leaves the model alone for a while, so that a
session without it is as quick as one that never had it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timezone
from typing import TypeVar

from utils import structured
from utils.call_llm import Endpoint, Limits, Reply, call_llm, schema_format, whole
from utils.errors import ModelError
from utils.replies import Cassette, ReplyCache, request_key
from utils.structured import Prompt
from utils.times import utc

T = TypeVar("T")
LIMITS = Limits()
REST_S = 60.0  # after a failure that may pass
TRIES = 2  # at a structured reply; the second is told what was wrong with the first


class LanguageModel:
    """One endpoint, or none: then every call raises ModelError at once, which is the mode without a key."""

    def __init__(
        self,
        endpoint: Endpoint | None,
        *,
        cache: ReplyCache | None = None,
        cassette: Cassette | None = None,
        limits: Limits = LIMITS,
        max_tokens_total: int | None = None,
        required: bool = False,
        on_wait: Callable[[float, str], None] = lambda seconds, why: None,
    ):
        if cassette and cassette.replaying:
            endpoint = Endpoint("replayed://cassette", cassette.model)
        self.endpoint, self.limits, self.required, self.on_wait = endpoint, limits, required, on_wait
        self.prompt_tokens = self.completion_tokens = 0
        self.name = endpoint.model if endpoint else ""
        self._cache, self._cassette, self._budget = cache, cassette, max_tokens_total
        self._rung = 0  # of the ladder to a structured reply: the first one that the server knows
        self._outage: ModelError | None = None
        self._resting_until = 0.0
        self._told = self._said = False
        self._lock = threading.Lock()

    @property
    def available(self) -> bool:
        """Is there one to ask, as far as is known?"""
        return self.endpoint is not None and not (self._outage and time.monotonic() < self._resting_until)

    @property
    def used(self) -> bool:
        """Did it say anything in this run, be it out of the cache or a cassette?"""
        return self._said

    @property
    def usage(self) -> dict | None:
        """{prompt_tokens, completion_tokens} of this run, None where no model was used."""
        if not (self.prompt_tokens or self.completion_tokens):
            return None
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": self.completion_tokens}

    def outage(self, error: ModelError) -> str:
        """What a person should be told of a failure: once for each, and nothing where no model was ever set."""
        with self._lock:
            if self.endpoint is None or self._told:
                return ""
            self._told = True
        return f"model unreachable ({error}), going on with the built-in tutor" if error is self._outage else (
            f"the model's reply can't be used ({error}), going on with the built-in tutor")  # fmt: skip

    # ---------------------------------------------------------------------------------------------- asking

    def say(self, prompt: Prompt) -> Generator[str, None, Reply]:
        """The pieces of a reply in prose, as they come; returns the whole reply. Raises ModelError."""
        return self._asked(prompt, list(prompt.messages), None, (0, 1), needs_finish=False)

    def fill(self, prompt: Prompt[T], repetition: int = 0) -> T:
        """What the prompt's parser makes of a structured reply. Raises ModelError after TRIES that can't be used.

        repetition: of --repeat; each has replies of its own.

        A schema where the server knows them, else any JSON object, else a fenced block as the prompt itself asks for.
        """
        messages = list(prompt.messages)
        for attempt in range(1, TRIES + 1):
            reply = self._structured(prompt, messages, (repetition, attempt))
            try:
                return prompt.parse(structured.document(reply))
            except ModelError as error:
                fault = error
                messages += [
                    {"role": "assistant", "content": reply},
                    {"role": "user", "content": f"That can't be used: {error} Reply again, with one JSON document only."},
                ]
        self._told = False
        raise fault

    def _structured(self, prompt: Prompt, messages: list, number: tuple[int, int]) -> Reply:
        rungs = [schema_format(prompt.schema), {"type": "json_object"}, None]
        while True:
            try:
                return whole(self._asked(prompt, messages, rungs[self._rung], number, needs_finish=True))
            except ModelError as error:
                if error.kind == "json_schema" and self._rung == 0:
                    self._rung = 1
                elif error.kind and self._rung < 2:  # the whole parameter is unknown: only plain text is left
                    self._rung = 2
                else:
                    raise

    def _asked(self, prompt, messages, response_format, number, needs_finish) -> Generator[str, None, Reply]:
        if self.endpoint is None:
            raise ModelError("no model is set")
        request = [messages, response_format]
        if self._cassette and self._cassette.replaying:
            return (yield from self._kept(self._cassette.get(request_key(self.endpoint, request, number, False))))
        key = request_key(self.endpoint, request, number, True)
        if self._cache and (reply := self._cache.get(key)) is not None:
            if self._cassette:
                self._cassette.put(request_key(self.endpoint, request, number, False), reply, messages, self.endpoint)
            return (yield from self._kept(reply))
        self._refuse_to_call()
        reply = yield from self._called(prompt, messages, response_format, needs_finish)
        if self._cache and reply.complete:
            self._cache.put(key, reply)
        if self._cassette:
            self._cassette.put(request_key(self.endpoint, request, number, False), reply, messages, self.endpoint)
        return reply

    def _kept(self, reply: Reply) -> Iterator[str]:
        self.name, self._said = reply.model or self.name, True
        yield str(reply)
        return reply

    def _refuse_to_call(self) -> None:
        if self._outage and time.monotonic() < self._resting_until:
            raise self._outage
        if self._budget is not None and self.prompt_tokens + self.completion_tokens >= self._budget:
            self._rest(ModelError(f"the budget of {self._budget:,} tokens is used up"), float("inf"))
            raise self._outage

    def _called(self, prompt, messages, response_format, needs_finish) -> Generator[str, None, Reply]:
        begun, fault, tokens = time.monotonic(), "", (0, 0)
        reply: Reply | None = None
        shorter = prompt.shorter if messages == list(prompt.messages) else None
        try:
            reply = yield from call_llm(
                messages, stream=True, endpoint=self.endpoint, limits=self.limits, response_format=response_format,
                shorter=shorter, needs_finish=needs_finish, on_wait=self.on_wait,
            )  # fmt: skip
        except ModelError as error:
            fault, tokens = str(error), error.tokens
            if not error.kind and not error.about_reply:
                self._rest(error, REST_S if error.exit_code == ModelError.exit_code else float("inf"))
            raise
        else:
            tokens = reply.prompt_tokens, reply.completion_tokens
        finally:
            with self._lock:
                self.prompt_tokens += tokens[0]
                self.completion_tokens += tokens[1]
            if self._cache and (reply is not None or fault):
                at = utc(datetime.now(timezone.utc), "seconds")
                self._cache.log(at, self.endpoint, prompt.purpose, reply, tokens, time.monotonic() - begun, fault)
        with self._lock:
            self.name, self._said = reply.model or self.name, True
            self._outage, self._told = None, False
        return reply

    def _rest(self, error: ModelError, seconds: float) -> None:
        with self._lock:
            if self._outage is None:
                self._told = False
            self._outage, self._resting_until = error, time.monotonic() + seconds
