"""The connection to a model: the SDK's client for an endpoint, the bytes of a reply as they come, and the list of models.

A worker thread does the waiting while we keep the limits by our own clock, so that a name server or a TLS handshake that never
answers can't block a session: until connected, until the first piece, between two pieces, and in total.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from utils import program, strict_json
from utils.llm import proxies
from utils.llm.endpoint import DEFAULT_LIMITS, Endpoint, Limits
from utils.llm.faults import ModelFault, fault_from
from utils.text import valid

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

BODY_BYTES = 20_000_000  # of one response: a reply, its thoughts and what a server wraps each piece in
FAILURE_BYTES = 65_536  # of what a server says of a failure
TICK_S = 0.2  # how often those who wait are told that nothing has come
MODELS_BYTES = 5_000_000  # of a list of models
MOST_MODELS = 10_000
ANY_MODEL = "default"  # a name for servers that take any


@lru_cache(maxsize=4)
def client(endpoint: Endpoint, limits: Limits) -> OpenAI:
    """The SDK's client. It follows no redirections: we do, on the same host only, and with the request that was meant."""
    from urllib.parse import parse_qsl

    import openai

    path, _, query = endpoint.base_url.partition("?")
    asked = dict(parse_qsl(query))
    azure = "api-version" in asked and not re.search(r"/v\d+/?$", path)  # where the model is named in the path
    authorization = {"api-key": endpoint.key} if azure else {"authorization": f"Bearer {endpoint.key}"}
    hooks: dict[str, Any] = {"response": [bound]}
    options: dict[str, Any] = {
        "api_key": endpoint.key,
        "max_retries": 0,
        "timeout": openai.Timeout(max(limits.first_piece_s, limits.stall_s), connect=limits.connect_s),
    }
    if endpoint.of_folder:
        hooks["request"] = [partial(withhold, authorization=authorization)]
        options |= {"organization": "", "project": ""}
    options["http_client"] = openai.DefaultHttpxClient(
        follow_redirects=False, event_hooks=hooks, trust_env=not proxies.unusable()
    )
    if azure:
        base_url = path if "/openai" in path else f"{path}/openai"
        return openai.AzureOpenAI(base_url=base_url, api_version=asked.pop("api-version"), default_query=asked, **options)
    return openai.OpenAI(base_url=path, default_query=asked, **options)


def withhold(request: httpx2.Request, authorization: Mapping[str, str]) -> None:
    """Take the headers out of a request that the SDK has found in the learner's environment, where a gateway's key may stand."""
    for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n"):
        request.headers.pop(line.partition(":")[0].strip(), None)
    request.headers.update(authorization)


def bound(response: httpx2.Response) -> None:
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


def chunks(endpoint: Endpoint, request: dict, limits: Limits, deadline: float) -> Iterator[bytes]:
    """The bytes of the reply's body as they arrive, within the limits; none where a moment passed. Raises ModelFault."""
    arrived: queue.SimpleQueue[bytes | BaseException | None] = queue.SimpleQueue()  # None ends the body
    given_up = threading.Event()

    def work() -> None:
        try:
            sdk = client(endpoint, limits)
            model = endpoint.model or first_model(endpoint, limits)
            if given_up.is_set():
                return
            request_under_way = sdk.chat.completions.with_streaming_response.create(model=model, **request)
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

    worker = threading.Thread(target=work, name=program.STUCK, daemon=True)
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
    except (openai.NotFoundError, ValueError):  # the latter if the answer is no list of models
        return ANY_MODEL
    if not names:
        raise ModelFault(f"{endpoint.host} has no model", remedy="load one there, or name one with -m", refused=True)
    return names[0]


@lru_cache(maxsize=4)
def models_at(endpoint: Endpoint, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """The names of the models that an endpoint offers, in its order. Raises what the SDK raises, and ValueError for no list."""
    import openai

    try:
        answer = client(endpoint, limits).models.with_raw_response.list()
        return _names_in(answer.http_response.content.decode("utf-8-sig", "replace"))
    except (openai.APIStatusError, ValueError):
        if endpoint.versioned:
            raise
    return models_at(endpoint.with_version(), limits)


def _names_in(text: str) -> tuple[str, ...]:
    """The names in a list of models; what is no name is left out. The SDK would read a list of any depth and number."""
    document = strict_json.load(text, MODELS_BYTES)
    entries = document.get("data") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise ValueError("found no list of models")
    if len(entries) > MOST_MODELS:
        raise ValueError(f"found more than {MOST_MODELS:,} models")
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    return tuple(valid(name) for name in ids if isinstance(name, str) and name.strip())


def models_in_time(endpoint: Endpoint, limits: Limits) -> tuple[str, ...]:
    """As `models_at`, within the limits, whatever the server does. Raises ModelFault too."""
    came: queue.SimpleQueue[tuple[str, ...] | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            came.put(models_at(endpoint, limits))
        except BaseException as error:
            came.put(error)

    threading.Thread(target=work, name=program.STUCK, daemon=True).start()
    try:
        found = came.get(timeout=limits.total_s)
    except queue.Empty:
        message = f"{endpoint.host} took longer than {limits.total_s:g} s"
        raise ModelFault(message, remedy="--timeout S waits longer") from None
    if isinstance(found, BaseException):
        raise found
    return found
