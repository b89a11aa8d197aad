"""The model as the nodes see it: prose in pieces, or a structured reply read into one of our types.

It caches replies, counts tokens against a budget, and leaves the model alone for a while after a failure, so that the
session then runs as fast as one without a model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from utils.call_llm import THINKING, OnWait, Pieces, call_llm, schema_format, whole
from utils.errors import ModelError
from utils.llm import structured
from utils.llm.connection import still_loads
from utils.llm.endpoint import DEFAULT_LIMITS, Endpoint, Limits
from utils.llm.prices import Price
from utils.llm.quirks import Quirks
from utils.llm.replies import Cassette, ReplyCache, request_key
from utils.llm.reply import Pause, Reply
from utils.llm.structured import Prompt
from utils.llm.tokens import Tokens, counted
from utils.text import valid
from utils.times import utc

T = TypeVar("T")
# called again and again with what is waited for, "" between words; with None as something comes, or when it is over
OnPause = Callable[[str | None], None]
REST_S = 60.0  # after a failure that may be temporary
TRIES = 2  # for a structured reply; the second request says what was wrong with the first reply


class LanguageModel:
    """One endpoint, or none: then every call raises ModelError at once, which is how the mode without a key works."""

    def __init__(
        self,
        endpoint: Endpoint | None,
        *,
        cache: ReplyCache | None = None,
        cassette: Cassette | None = None,
        limits: Limits = DEFAULT_LIMITS,
        max_tokens_total: int | None = None,
        required: bool = False,
        prices: Mapping[str, Price] | None = None,
        on_wait: OnWait = lambda seconds, why: None,
        on_pause: OnPause = lambda what: None,
    ):
        if cassette and cassette.replaying:
            endpoint = Endpoint("replayed://cassette", cassette.model)
        self.endpoint, self.limits, self.required, self.on_wait = endpoint, limits, required, on_wait
        self._tokens = Tokens()
        self.name = endpoint.model if endpoint else ""
        self._cache, self._cassette, self._budget, self._prices = cache, cassette, max_tokens_total, prices or {}
        self._quirks = Quirks()
        if endpoint and cache:
            self._quirks = Quirks(cache.quirks(endpoint), lambda names: cache.keep_quirks(endpoint, names))
        self._outage: ModelError | None = None
        self._resting_until = 0.0
        self._outage_reported = self._used = False
        self.on_pause = on_pause
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # of who waits for the first word of a model that may have to be loaded
        self._loaded = not (endpoint and endpoint.local)

    @property
    def available(self) -> bool:
        """Is there a model to ask, as far as we know?"""
        rests = self._outage and time.monotonic() < self._resting_until
        return self.endpoint is not None and not rests and not self._busy()

    @property
    def used(self) -> bool:
        """Did it reply at all in this run, even if only from the cache or a cassette?"""
        return self._used

    @property
    def usage(self) -> dict[str, Any] | None:
        """{prompt_tokens, completion_tokens} of this run, or None if none were used.

        With `estimated` where the server did not say all of them, and with `cost` and `currency` where the price is known.
        """
        if not (tokens := self._tokens).total:
            return None
        usage: dict[str, Any] = {"prompt_tokens": tokens.prompt, "completion_tokens": tokens.completion}
        if tokens.estimated:
            usage["estimated"] = True
        if price := self._price:
            usage["cost"] = round(price.of(tokens.prompt, tokens.completion), 6)
            usage["currency"] = price.currency
        return usage

    @property
    def _price(self) -> Price | None:
        """By the name that was asked for, else by the one that the server gave itself."""
        return self._prices.get(self.endpoint.model if self.endpoint else "") or self._prices.get(self.name)

    @property
    def bill(self) -> str:
        """What to tell a person of the tokens of this run and of what they cost; "" if none were used."""
        if not (usage := self.usage):
            return ""
        told = f"{self.name}: {usage['prompt_tokens']:,} tokens in, {usage['completion_tokens']:,} out"
        told += f", {self._price.shown(usage['cost'])}" if self._price else ""
        return f"{told} (estimated: the server does not say how many)" if self._tokens.estimated else told

    def outage(self, error: ModelError) -> str:
        """What to tell the learner about a failure: once until a reply can be used again, and "" if no model was ever set."""
        with self._lock:
            if self.endpoint is None or self._outage_reported:
                return ""
            self._outage_reported = True
        what = "model unreachable" if error.unreachable else (
            "the model failed" if error is self._outage else "the model's reply can't be used")  # fmt: skip
        return f"{what} ({error}), going on with the built-in tutor"

    # ---------------------------------------------------------------------------------------------- asking

    def say(self, prompt: Prompt) -> Pieces:
        """A reply in prose, piece by piece; returns the whole reply. Raises ModelError."""
        reply = yield from self._ask(prompt, list(prompt.messages), None, (0, 1), needs_finish=False)
        self._works_again()
        return reply

    def fill(self, prompt: Prompt[T], repetition: int = 0) -> T:
        """A structured reply, read by the prompt's parser. Raises ModelError after TRIES replies that can't be used.

        repetition: the number of the run under --repeat; each run gets replies of its own.
        """
        messages, wanted = list(prompt.messages), schema_format(prompt.schema or {})
        for attempt in range(1, TRIES + 1):
            reply = whole(self._ask(prompt, messages, wanted, (repetition, attempt), needs_finish=True))
            try:
                found = prompt.parse(structured.document(reply))
            except ModelError as error:
                fault = error
                messages += [
                    {"role": "assistant", "content": reply},
                    {"role": "user", "content": f"That can't be used: {error} Reply again, with one JSON document only."},
                ]
            else:
                self._works_again()
                return found
        raise fault

    def _works_again(self) -> None:
        """A reply could be used, so the next failure is told; one that comes from the cache during an outage says nothing."""
        with self._lock:
            if self._outage is None:
                self._outage_reported = False

    def _ask(
        self,
        prompt: Prompt,
        messages: list[dict[str, str]],
        response_format: Mapping | None,
        number: tuple[int, int],
        needs_finish: bool,
    ) -> Pieces:
        """A reply from the cassette or the cache, else from the endpoint. number: of the repetition and of the try."""
        if self.endpoint is None:
            raise ModelError("no model is set")
        messages = [{name: valid(text) for name, text in message.items()} for message in messages]
        request = [messages, response_format]
        if self._cassette and self._cassette.replaying:
            return (yield from self._replay(self._cassette.get(request_key(self.endpoint, request, number, False))))
        key = request_key(self.endpoint, request, number, True)
        if self._cache and (reply := self._cache.get(key)) is not None:
            if self._cassette:
                self._cassette.put(request_key(self.endpoint, request, number, False), reply, messages, self.endpoint)
            return (yield from self._replay(reply))
        self._refuse_to_call()
        reply = yield from self._call(self.endpoint, prompt, messages, response_format, needs_finish)
        if self._cache and reply.complete:
            self._cache.put(key, reply)
        if self._cassette:
            self._cassette.put(request_key(self.endpoint, request, number, False), reply, messages, self.endpoint)
        return reply

    def _replay(self, reply: Reply) -> Pieces:
        self.name, self._used = reply.model or self.name, True
        yield str(reply)
        return reply

    def _busy(self) -> bool:
        """Whether a server of one's own still loads its model for a request that was given up."""
        return self.endpoint is not None and self.endpoint.local and still_loads(self.endpoint)

    def _refuse_to_call(self) -> None:
        if self._busy() and self.endpoint:
            raise ModelError(f"{self.endpoint.host} is still busy with what it was asked before")
        if self._outage and time.monotonic() < self._resting_until:
            raise self._outage
        if self._budget is not None and self._tokens.total >= self._budget:
            error = ModelError(f"the budget of {self._budget:,} tokens is used up")
            self._rest(error, float("inf"))
            raise error

    def _call(
        self,
        endpoint: Endpoint,
        prompt: Prompt,
        messages: list[dict[str, str]],
        response_format: Mapping | None,
        needs_finish: bool,
    ) -> Pieces:
        """A reply from the endpoint; its tokens are counted and the call is logged, whether it succeeds or not."""
        begun, fault, tokens = time.monotonic(), "", Tokens()
        reply: Reply | None = None
        came: list[str] = []
        shorter = prompt.shorter if messages == list(prompt.messages) else None
        try:
            reply = yield from self._watched(call_llm(
                messages, stream=True, endpoint=endpoint, limits=self.limits, response_format=response_format,
                shorter=shorter, needs_finish=needs_finish, on_wait=self.on_wait, quirks=self._quirks,
            ), came)  # fmt: skip
        except ModelError as error:
            fault, tokens = str(error), error.tokens
            if not error.about_reply:
                self._rest(error, REST_S if error.exit_code == ModelError.exit_code else float("inf"))
            raise
        else:
            tokens = reply.tokens
        finally:
            if reply is None and not fault and came:  # stopped in the middle: what the server would have counted, it can't say
                written = sum(len(piece.encode("utf-8", "replace")) for piece in came)
                tokens = counted((0, 0), {"messages": messages, "response_format": response_format}, written)
            with self._lock:
                self._tokens = self._tokens.plus(tokens)
            if self._cache and (reply is not None or fault):
                at = utc(datetime.now(timezone.utc), "seconds")
                self._cache.log(at, endpoint, prompt.purpose, reply, tokens, time.monotonic() - begun, fault)
        with self._lock:
            self.name, self._used = reply.model or self.name, True
            self._outage = None
        return reply

    def _watched(self, pieces: Pieces, came: list[str]) -> Pieces:
        """The pieces that can be read, put into `came` too; where none comes, `on_pause` is told what is being waited for."""
        mine, paused = not self._loaded and self._turn.acquire(), False
        try:
            if mine and self._loaded:  # meanwhile
                mine = False
                self._turn.release()
            self._refuse_to_call()  # again, because whose turn it was may have failed
            while True:
                piece = next(pieces)
                waits_for = piece.what if isinstance(piece, Pause) else None
                paused = waits_for is not None
                self.on_pause(waits_for)
                if mine and waits_for in (None, THINKING):
                    self._loaded, mine = True, False
                    self._turn.release()
                if waits_for is None:
                    came.append(piece)
                    yield piece
        except StopIteration as end:
            return end.value
        finally:
            if mine:
                self._turn.release()
            pieces.close()
            if paused:
                self.on_pause(None)

    def _rest(self, error: ModelError, seconds: float) -> None:
        """Leave the model alone for that long."""
        with self._lock:
            if self._outage is None:
                self._outage_reported = False
            self._outage, self._resting_until = error, time.monotonic() + seconds
