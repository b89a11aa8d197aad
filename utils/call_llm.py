"""One request to a model: any OpenAI-compatible endpoint, through the openai SDK, which is imported at the first call.

Every reply is streamed, whether or not anyone watches, so that the same limits apply to all: until connected, until the
first piece, between two pieces, and in total. We keep them by our own clock while a worker thread does the waiting, so
that a name server or a TLS handshake that never answers can't block a session. Whatever goes wrong becomes a ModelError
that names host, cause and remedy, and never a key.

    python -m utils.call_llm "What is a mean?"
"""

from __future__ import annotations

import os
import queue
import random
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

from utils.errors import ModelError, UsageError
from utils.llm.endpoint import DEFAULT_LIMITS, Endpoint, Limits, endpoint_of
from utils.llm.faults import ModelFault, fault_from, path_fault, status_fault
from utils.llm.quirks import NO_VERSION, UNOPENED, Quirks, concession, names_its_cause, shaped
from utils.llm.reasoning import ThoughtFilter
from utils.llm.reply import Afresh, KeyMask, Pause, Reply, ReplyReader
from utils.llm.tokens import Tokens, counted
from utils.settings import settings_of

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI
    from typing_extensions import Unpack

BODY_BYTES = 20_000_000  # of one response: a reply, its thoughts and what a server wraps each piece in
ANY_MODEL = "default"
THINKING = "thinking"  # of what is being waited for
TICK_S = 0.2  # how often those who wait are told that nothing has come
LONGEST_PAUSE_S = 60.0  # before another try
LINGER_S = 2.0  # how long a server that has said why the reply ends may stay silent before we go
QUICK_S = 3.0  # within which a model that is loaded mostly begins
REDIRECTIONS = 5  # that are followed
FAILURE_BYTES = 65_536  # of what a server says of a failure
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
            failures += 1
            pause = limits.backoff_s * 2 ** (failures - 1) * random.uniform(1, 1.25) if fault.after_s is None else fault.after_s
            left = deadline - time.monotonic()
            if failures >= min(fault.tries, limits.tries) or pause >= min(left, LONGEST_PAUSE_S):
                fault.tokens = spent
                raise fault.as_error(endpoint) from None
            on_wait(pause, fault.message)
            until = time.monotonic() + pause
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(TICK_S, left))
                yield Pause.waiting_for("waiting to try again")


def _one_try(
    endpoint: Endpoint, request: dict[str, Any], needs_finish: bool, limits: Limits, deadline: float, allowed: set[str]
) -> Pieces:
    """The pieces of one reply as they arrive. Raises ModelFault. allowed: the quirks that the request allows for."""
    reader, thoughts, mask = ReplyReader(), ThoughtFilter(UNOPENED in allowed), KeyMask(endpoint.key)
    texts: list[str] = []  # of the reply
    streamed = False

    def take(pieces: Iterator[str]) -> Iterator[str]:
        nonlocal mask
        for piece in pieces:
            if isinstance(piece, Afresh):
                texts.clear()
                mask = KeyMask(endpoint.key)
                yield piece
            elif text := mask.feed(piece):
                texts.append(text)
                yield text

    begun = came = time.monotonic()
    try:
        for chunk in _chunks(endpoint, request, limits, deadline):
            came = time.monotonic() if chunk else came
            for piece in reader.feed(chunk):
                for text in take(thoughts.feed(piece)):
                    streamed = True
                    yield text
            if reader.fault or reader.done or (reader.finish and time.monotonic() - came > LINGER_S):
                break
            if reader.thinking or thoughts.thinking:
                yield Pause.waiting_for(THINKING)
            elif not streamed:
                yield Pause.waiting_for(_first_word(endpoint, time.monotonic() - begun))
            elif not chunk:
                yield Pause()
    except ModelFault as broken:  # the connection broke, or fell silent
        broken.tokens = _tokens(reader, request)
        if streamed:
            yield CUT_OFF
        raise
    fault = reader.close()
    for piece in reader.rest:
        yield from take(thoughts.feed(piece))
    unfinished = thoughts.thinking
    yield from take(thoughts.close())
    if thoughts.unopened:
        allowed.add(UNOPENED)
    if text := mask.close():
        texts.append(text)
        yield text
    text = "".join(texts)
    if not fault and not text.strip():
        fault = _empty_reply(endpoint, reader, thoughts.thought or reader.thought, unfinished)
    if not fault and needs_finish and reader.truncated:
        message = f"{endpoint.host} gave a reply that is not complete ({reader.finish})"
        fault = ModelFault(message, tries=2, about_reply=True, remedy="let the model write more tokens")
    if fault and fault.kind == "path":
        fault = path_fault(fault.status, fault.said, endpoint)
    elif fault and fault.status >= 400:
        fault = status_fault(fault.status, fault.said, endpoint)
    if fault:
        fault.message, fault.tokens = fault.message.replace("{host}", endpoint.host), _tokens(reader, request)
        if streamed:
            yield CUT_OFF
        raise fault
    reply = Reply(text)
    reply.finish, reply.model = "length" if reader.truncated else "stop", reader.model or endpoint.model
    reply.tokens = _tokens(reader, request)
    return reply


def _tokens(reader: ReplyReader, request: Mapping[str, Any]) -> Tokens:
    """What the try has cost so far."""
    return counted(reader.usage, request, reader.written_bytes) if reader.replied else Tokens(*reader.usage)


def _first_word(endpoint: Endpoint, seconds: float) -> str:
    """What is being waited for when nothing has come for so long."""
    loads = ", which may still load" if endpoint.local and seconds > QUICK_S else ""
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


# ------------------------------------------------------------------------------------------ the connection


@lru_cache(maxsize=4)
def _quirks(endpoint: Endpoint) -> Quirks:
    """What this process has learned of an endpoint, for calls that bring no memory of their own."""
    return Quirks()


@lru_cache(maxsize=4)
def _client(endpoint: Endpoint, limits: Limits) -> OpenAI:
    """The SDK's client. It follows no redirections: we do, on the same host only, and with the request that was meant."""
    from urllib.parse import parse_qsl

    import openai

    path, _, query = endpoint.base_url.partition("?")
    asked = dict(parse_qsl(query))
    options: dict[str, Any] = {
        "api_key": endpoint.key,
        "max_retries": 0,
        "timeout": openai.Timeout(max(limits.first_piece_s, limits.stall_s), connect=limits.connect_s),
        "http_client": openai.DefaultHttpxClient(follow_redirects=False, event_hooks={"response": [_bound]}),
    }
    if "api-version" in asked and not re.search(r"/v\d+/?$", path):  # Azure, where the model is named in the path
        base_url = path if "/openai" in path else f"{path}/openai"
        return openai.AzureOpenAI(base_url=base_url, api_version=asked.pop("api-version"), default_query=asked, **options)
    return openai.OpenAI(base_url=path, default_query=asked, **options)


def _bound(response: httpx2.Response) -> None:
    """Have a body end at a limit, before the SDK reads all of it: it does so for failures, and for lists of models."""
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, stream: Any, limit: int):
            self._stream, self._left = stream, limit

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self._stream:
                self._left -= len(chunk)
                yield chunk
                if self._left < 0:
                    return

        def close(self) -> None:
            self._stream.close()

    response.stream = Bounded(response.stream, 2 * BODY_BYTES if response.is_success else FAILURE_BYTES)


def _chunks(endpoint: Endpoint, request: dict, limits: Limits, deadline: float) -> Iterator[bytes]:
    """The bytes of the reply's body as they arrive, within the limits; none where a moment passed. Raises ModelFault."""
    arrived: queue.SimpleQueue[bytes | BaseException | None] = queue.SimpleQueue()  # None ends the body
    given_up = threading.Event()

    def work() -> None:
        try:
            client = _client(endpoint, limits)
            model = endpoint.model or first_model(endpoint, limits)
            if given_up.is_set():
                return
            request_under_way = client.chat.completions.with_streaming_response.create(model=model, **request)
            with request_under_way as response:
                size = 0
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if given_up.is_set():
                        return
                    if size > BODY_BYTES:
                        raise ModelFault(f"{endpoint.host} sent more than {BODY_BYTES:,} bytes for one reply", about_reply=True)
                    arrived.put(chunk)
            arrived.put(None)
        except BaseException as error:
            arrived.put(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    wait_s = limits.connect_s + (limits.first_piece_s if request.get("stream") else limits.total_s)
    came, since = False, time.monotonic()
    try:
        while True:
            now = time.monotonic()
            left, patience = deadline - now, since + wait_s - now
            try:
                if min(left, patience) <= 0:  # also while more keeps coming
                    what = f"nothing came from {endpoint.host} for {wait_s:g} s" if patience < left else (
                        f"{endpoint.host} took longer than {limits.total_s:g} s")  # fmt: skip
                    raise ModelFault(what, tries=1 if endpoint.local else limits.tries, remedy="--timeout S waits longer")
                chunk = arrived.get(timeout=min(TICK_S, left, patience))
            except queue.Empty:
                yield b""
                continue
            if chunk is None:
                return
            if isinstance(chunk, BaseException):
                came = True
                raise fault_from(chunk, endpoint) from chunk
            came, since, wait_s = True, time.monotonic(), limits.stall_s
            yield chunk
    finally:
        given_up.set()
        if not came:
            _given_up.append((endpoint, worker))


_given_up: list[tuple[Endpoint, threading.Thread]] = []  # requests of which nothing had come when their reply was given up


def still_loads(endpoint: Endpoint) -> bool:
    """Whether a server is still busy with a request that was given up before anything came."""
    _given_up[:] = [(asked, worker) for asked, worker in _given_up if worker.is_alive()]
    return any(asked.host == endpoint.host for asked, _ in _given_up)


def first_model(endpoint: Endpoint, limits: Limits = DEFAULT_LIMITS) -> str:
    """The first of the models that a server offers; one that lists none mostly takes any name. Raises ModelFault."""
    import openai

    try:
        names = models_at(endpoint, limits)
    except (openai.NotFoundError, ValueError, TypeError, AttributeError):  # the last three if the answer is no list of models
        return ANY_MODEL
    if not names:
        raise ModelFault(f"{endpoint.host} has no model", remedy="load one there, or name one with -m", refused=True)
    return names[0]


@lru_cache(maxsize=4)
def models_at(endpoint: Endpoint, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """The names of the models that an endpoint offers, in its order. Raises what the SDK raises."""
    import openai

    try:
        return tuple(str(model.id) for model in _client(endpoint, limits).models.list().data or ())
    except (openai.APIStatusError, ValueError, TypeError, AttributeError):
        if endpoint.versioned:
            raise
    return models_at(endpoint.with_version(), limits)


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
