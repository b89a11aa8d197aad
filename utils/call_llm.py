"""One request to a model: any OpenAI-compatible endpoint, through the openai SDK, which is imported at the first call.

Every reply is streamed, whether or not anyone watches, so that the same limits apply to all. A server that refuses a request is
asked more plainly, and a reply that fails is asked for again where that may help. Whatever goes wrong becomes a ModelError that
names host, cause and remedy, and never a key.

    python -m utils.call_llm "What is a mean?"
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

from utils.errors import ModelError, UsageError
from utils.llm.connection import TICK_S, chunks
from utils.llm.endpoint import DEFAULT_LIMITS, Endpoint, Limits, endpoint_of
from utils.llm.faults import ModelFault, path_fault, status_fault
from utils.llm.quirks import NO_VERSION, UNOPENED, Quirks, concession, names_its_cause, shaped
from utils.llm.reasoning import ThoughtFilter
from utils.llm.reply import Afresh, KeyMask, Pause, Reply, ReplyReader
from utils.llm.tokens import Tokens, counted
from utils.settings import settings_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

THINKING = "thinking"  # of what is being waited for
LONGEST_PAUSE_S = 60.0  # before another try
LINGER_S = 2.0  # how long a server that has said why the reply ends may stay silent before we go
QUICK_S = 3.0  # within which a model that is loaded mostly begins
REDIRECTIONS = 5  # that are followed
CUT_OFF = Afresh("\n\n[reply cut off]\n\n")  # marks the place in a stream where a reply broke off

Message = Mapping[str, str]  # {"role": "system" | "user" | "assistant", "content": text}
# A reply's text as it arrives; returns the whole reply. A `Pause`, which is empty: nothing to read has come for a moment. An
# `Afresh`: what came before it is no part of the reply.
Pieces = Generator[str, None, Reply]
OnWait = Callable[[float, str], None]  # called with the seconds and the reason before another try


class CallOptions(TypedDict, total=False):
    """The options of `call_llm`, for type checkers."""

    schema: Mapping
    endpoint: Endpoint | None
    limits: Limits
    response_format: Mapping | None
    shorter: Sequence[Message] | None
    needs_finish: bool
    on_wait: OnWait
    quirks: Quirks


@overload
def call_llm(messages: str | Sequence[Message], *, stream: Literal[False] = False, **options: Unpack[CallOptions]) -> Reply: ...


@overload
def call_llm(messages: str | Sequence[Message], *, stream: Literal[True], **options: Unpack[CallOptions]) -> Pieces: ...


def call_llm(
    messages: str | Sequence[Message],
    *,
    schema: Mapping | None = None,
    stream: bool = False,
    endpoint: Endpoint | None = None,
    limits: Limits = DEFAULT_LIMITS,
    response_format: Mapping | None = None,
    shorter: Sequence[Message] | None = None,
    needs_finish: bool = False,
    on_wait: OnWait = lambda seconds, why: None,
    quirks: Quirks | None = None,
) -> Reply | Pieces:
    """The model's reply to a prompt or to messages; with `stream`, a generator of its pieces that returns the reply.

    schema: a JSON schema that the reply should follow; to send some other `response_format`, pass that instead.
    endpoint: the environment's by default. shorter: messages to send if these are too long for the model.
    needs_finish: refuse a reply that was cut off at the limit of the server. quirks: what is known of the server, and learned.
    Raises ModelError, without any request if no endpoint is set.
    """
    endpoint = endpoint or endpoint_of(settings_of({}, os.environ))
    if endpoint is None:
        raise ModelError("no model is set: set OPENAI_BASE_URL for a server of your own, or OPENAI_API_KEY")
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if schema is not None:
        response_format = schema_format(schema)
    pieces = _with_tries(endpoint, messages, response_format, shorter, needs_finish, limits, on_wait, quirks or _quirks(endpoint))
    return pieces if stream else whole(pieces)


def schema_format(schema: Mapping) -> dict:
    """The `response_format` that asks for a JSON schema."""
    return {"type": "json_schema", "json_schema": {"name": schema.get("title", "reply"), "schema": schema, "strict": True}}


def whole(pieces: Pieces) -> Reply:
    """Run a streamed reply to its end."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


# --------------------------------------------------------------------------------------------------- tries


def _with_tries(
    endpoint: Endpoint,
    messages: Sequence[Message],
    response_format: Mapping | None,
    shorter: Sequence[Message] | None,
    needs_finish: bool,
    limits: Limits,
    on_wait: OnWait,
    quirks: Quirks,
) -> Pieces:
    """The reply after as many tries as it is worth, and in as plain a request as the server needs."""
    deadline = time.monotonic() + limits.total_s
    allowed = set(quirks.names)
    asked = endpoint.with_version() if NO_VERSION in allowed else endpoint
    failures, moves, spent = 0, 0, Tokens()
    still_loading: ModelFault | None = None
    while True:
        request = shaped(messages, response_format, allowed, asked.effort)
        try:
            reply = yield from _one_try(asked, request, needs_finish, limits, deadline, allowed)
            reply.tokens = spent.plus(reply.tokens)
            quirks.learn(allowed)
            return reply
        except ModelFault as fault:
            spent = spent.plus(fault.tokens)
            if fault.kind == "length" and shorter is not None:
                messages, shorter = shorter, None
                continue
            if fault.kind == "moved" and moves < REDIRECTIONS:
                asked, moves = asked.at(fault.location), moves + 1
                continue
            quirk = concession(fault, request, asked.versioned)
            if quirk == NO_VERSION:
                asked = asked.with_version()
            if quirk:
                allowed.add(quirk)
            if quirk and names_its_cause(fault, quirk):
                continue
            loading = fault.kind == "loading"
            failures += not loading
            pause = _pause(fault, failures, limits)
            left = deadline - time.monotonic()
            if loading:
                still_loading = fault
            elif still_loading and left <= 0:  # which says more than that the last request took too long
                fault = still_loading
            if pause >= min(left, LONGEST_PAUSE_S) or (failures >= min(fault.tries, limits.tries) and not loading):
                fault.tokens = spent
                raise fault.as_error(endpoint) from None
            if not loading:
                on_wait(pause, fault.message)
            until = time.monotonic() + pause
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(TICK_S, left))
                yield Pause.waiting_for("waiting for the model, which is loading" if loading else "waiting to try again")


def _pause(fault: ModelFault, failures: int, limits: Limits) -> float:
    """Seconds until the next try."""
    if fault.after_s is not None:
        return fault.after_s
    return limits.backoff_s * (4 if fault.kind == "loading" else 2 ** (failures - 1)) * random.uniform(1, 1.25)


class ReadableText:
    """What of a reply is meant to be read: without its thoughts, and without the key if it echoes that."""

    def __init__(self, key: str, unopened: bool):
        self.thoughts, self.begun = ThoughtFilter(unopened), False
        self._key, self._mask = key, KeyMask(key)
        self._texts: list[str] = []

    def __str__(self) -> str:
        return "".join(self._texts)

    def feed(self, piece: str) -> Iterator[str]:
        """What this piece adds."""
        yield from self._take(self.thoughts.feed(piece))

    def close(self) -> Iterator[str]:
        """What was held back, when nothing more comes."""
        yield from self._take(self.thoughts.close())
        if text := self._mask.close():
            yield self._keep(text)

    def _take(self, pieces: Iterator[str]) -> Iterator[str]:
        for piece in pieces:
            if isinstance(piece, Afresh):
                self._texts.clear()
                self._mask = KeyMask(self._key)
                yield piece
            elif text := self._mask.feed(piece):
                yield self._keep(text)

    def _keep(self, text: str) -> str:
        self._texts.append(text)
        self.begun = True
        return text


def _one_try(
    endpoint: Endpoint, request: dict[str, Any], needs_finish: bool, limits: Limits, deadline: float, allowed: set[str]
) -> Pieces:
    """The pieces of one reply as they arrive. Raises ModelFault. allowed: the quirks that the request allows for."""
    reader, text = ReplyReader(), ReadableText(endpoint.key, UNOPENED in allowed)
    begun = came = time.monotonic()
    fault: ModelFault | None = None
    unfinished = False
    try:
        for chunk in chunks(endpoint, request, limits, deadline):
            came = time.monotonic() if chunk else came
            for piece in reader.feed(chunk):
                yield from text.feed(piece)
            if reader.fault or reader.done or (reader.finish and time.monotonic() - came > LINGER_S):
                break
            if reader.thinking or text.thoughts.thinking:
                yield Pause.waiting_for(THINKING)
            elif not text.begun:
                yield Pause.waiting_for(_first_word(endpoint, time.monotonic() - begun))
            elif not chunk:
                yield Pause()
    except ModelFault as broken:  # the connection broke, or fell silent
        fault = broken
    else:
        fault = reader.close()
        for piece in reader.rest:
            yield from text.feed(piece)
        unfinished = text.thoughts.thinking
        yield from text.close()
        fault = fault or _fault_of_text(endpoint, reader, text, unfinished, needs_finish)
    if text.thoughts.unopened:
        allowed.add(UNOPENED)
    if fault and fault.kind == "path" and not fault.message:
        fault = path_fault(fault.status, fault.said, endpoint)
    elif fault and fault.status >= 400 and "{host}" in fault.message:  # as the reader found it
        fault = status_fault(fault.status, fault.said, endpoint)
    if fault:
        fault.message, fault.tokens = fault.message.replace("{host}", endpoint.host), _tokens(reader, request)
        if text.begun:
            yield CUT_OFF
        raise fault
    reply = Reply(text)
    reply.finish, reply.model = "length" if reader.truncated else "stop", reader.model or endpoint.model
    reply.tokens = _tokens(reader, request)
    return reply


def _fault_of_text(
    endpoint: Endpoint, reader: ReplyReader, text: ReadableText, unfinished: bool, needs_finish: bool
) -> ModelFault | None:
    """What is wrong with a reply that came without a fault: there is nothing to read in it, or not all of it."""
    if not str(text).strip():
        return _empty_reply(endpoint, reader, text.thoughts.thought or reader.thought, unfinished)
    if needs_finish and reader.truncated:
        message = f"{endpoint.host} gave a reply that is not complete ({reader.finish})"
        return ModelFault(message, tries=2, about_reply=True, remedy="let the model write more tokens")
    return None


def _tokens(reader: ReplyReader, request: Mapping[str, Any]) -> Tokens:
    """What the try has cost so far."""
    return counted(reader.usage, request, reader.written_bytes) if reader.replied else Tokens(*reader.usage)


def _first_word(endpoint: Endpoint, seconds: float) -> str:
    """What is being waited for when nothing has come for so long."""
    loads = ", maybe loading" if endpoint.local and seconds > QUICK_S else ""
    return f"waiting for the model{loads}"


def _empty_reply(endpoint: Endpoint, reader: ReplyReader, thought: bool, unfinished: bool) -> ModelFault:
    """Why there is no text in a reply that came without a fault."""
    if not thought:
        return ModelFault(f"{endpoint.host} gave an empty reply", tries=2 if reader.replied else 3)
    if reader.truncated:
        what = "reached its limit while it was still thinking"
        return ModelFault(
            f"the model at {endpoint.host} {what}; let it write more tokens or think less", tries=2, about_reply=True
        )
    what = "only thoughts, which do not end" if unfinished else "only thoughts and no reply"
    return ModelFault(f"{endpoint.host} gave an empty reply: {what}", tries=2, about_reply=True)


@lru_cache(maxsize=4)
def _quirks(endpoint: Endpoint) -> Quirks:
    """What this process has learned of an endpoint, for calls that bring no memory of their own."""
    return Quirks()


if __name__ == "__main__":
    import sys

    from utils.text import StreamSanitizer

    safe = StreamSanitizer()
    try:
        for piece in call_llm(" ".join(sys.argv[1:]) or "Say in one sentence what a mean is.", stream=True):
            sys.stdout.write(safe.feed(piece))
            sys.stdout.flush()
    except (ModelError, UsageError) as error:
        sys.exit(str(error))
    sys.stdout.write(safe.close() + "\n")
