"""The model: any OpenAI-compatible endpoint, reached through the openai SDK, which is imported when it is called.

Every reply is streamed, whether or not anybody watches, so that the same limits hold for all: until connected, until
the first piece, between two pieces, in all. They are kept on our own clock; a worker thread does the waiting, so that
a name server or a TLS handshake that never answers can't hold a session either. Whatever goes wrong comes out as a
ModelError that names host, cause and remedy, and never a key.

    python -m utils.call_llm "What is a mean?"
"""

from __future__ import annotations

import codecs
import json
import os
import queue
import random
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, overload

from utils.errors import ModelError, ModelRefused, UsageError
from utils.settings import Settings
from utils.text import nearest

SERVERS = {
    "ollama": "http://127.0.0.1:11434/v1",
    "llamacpp": "http://127.0.0.1:8080/v1",
    "vllm": "http://127.0.0.1:8000/v1",
    "lmstudio": "http://127.0.0.1:1234/v1",
}
DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-5-mini"  # of DEFAULT_BASE_URL; a server of one's own is asked what it has
NO_KEY = "none-needed"  # local servers want a key in the header and look at none
CUT_OFF = "\n\n[reply cut off]\n\n"  # stands in a stream where a reply broke off
QUOTE = 160  # characters of a server's own message that are told on

Message = Mapping[str, str]  # {"role": "system" | "user" | "assistant", "content": text}


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and what it is called there."""

    base_url: str
    model: str = ""  # "" asks the server for the first one that it has
    key: str = field(default=NO_KEY, repr=False)
    key_name: str = "OPENAI_API_KEY"

    @property
    def host(self) -> str:
        """`127.0.0.1:8080`, without the user and password that a URL may hold."""
        return self.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2] or self.base_url


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds, and how often to try. `total_s` holds over all tries together."""

    connect_s: float = 5.0
    first_piece_s: float = 30.0
    stall_s: float = 15.0
    total_s: float = 90.0
    tries: int = 3
    backoff_s: float = 0.5  # doubled at each further try, and spread by a quarter


class Reply(str):
    """What the model said; a str with what is known about it."""

    finish: str = ""  # "stop", "length", or "" where the stream ended without saying
    model: str = ""
    prompt_tokens: int = 0  # both: of all tries together
    completion_tokens: int = 0

    @property
    def complete(self) -> bool:
        return self.finish == "stop"


def endpoint_of(settings: Settings, environment: Mapping[str, str] | None = None) -> Endpoint | None:
    """The endpoint that options and environment name, None where there is none: then the built-in tutor teaches.

    Raises UsageError for a value that can't be meant.
    """
    environment = os.environ if environment is None else environment
    if settings.offline:
        return None
    name, base_url = next(
        ((name, environment[name]) for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE") if name in environment), ("", None)
    )
    if settings.server:
        if settings.server not in SERVERS:
            near = nearest(settings.server, SERVERS)
            hint = f" Did you mean {near}?" if near else ""
            raise UsageError(f"--server {settings.server}: unknown; expected one of {', '.join(SERVERS)}.{hint}")
        name, base_url = "--server", SERVERS[settings.server]
    key = environment.get("OPENAI_API_KEY", "").strip()
    if base_url is None and not key:
        return None
    if base_url is not None and not re.match(r"https?://[^\s/]", base_url.strip()):
        found = f'"{base_url.strip()}"' if base_url.strip() else "nothing"
        raise UsageError(f"{name}: found {found}, expected a URL such as {SERVERS['llamacpp']}; correct or unset it")
    if re.search(r"[\s\x00-\x1f\x7f]", key) or not key.isascii():
        raise UsageError("OPENAI_API_KEY: found blanks, line ends or other letters inside it; copy the key again")
    model = settings.model or environment.get("OPENAI_MODEL", "").strip()
    base_url = (base_url or DEFAULT_BASE_URL).strip().rstrip("/")
    return Endpoint(base_url, model or (DEFAULT_MODEL if base_url == DEFAULT_BASE_URL else ""), key or NO_KEY)


def outdated_name(environment: Mapping[str, str]) -> str:
    """A warning where only the base URL's former name is set, else ""."""
    if "OPENAI_API_BASE" in environment and "OPENAI_BASE_URL" not in environment:
        return "OPENAI_API_BASE is the old name; set OPENAI_BASE_URL instead"
    return ""


@overload
def call_llm(
    messages: str | Sequence[Message],
    *,
    schema: Mapping | None = ...,
    stream: Literal[False] = ...,
    endpoint: Endpoint | None = ...,
    limits: Limits = ...,
    response_format: Mapping | None = ...,
    shorter: Sequence[Message] | None = ...,
    needs_finish: bool = ...,
    on_wait: Callable[[float, str], None] = ...,
) -> Reply: ...


@overload
def call_llm(
    messages: str | Sequence[Message],
    *,
    schema: Mapping | None = ...,
    stream: Literal[True],
    endpoint: Endpoint | None = ...,
    limits: Limits = ...,
    response_format: Mapping | None = ...,
    shorter: Sequence[Message] | None = ...,
    needs_finish: bool = ...,
    on_wait: Callable[[float, str], None] = ...,
) -> Generator[str, None, Reply]: ...


def call_llm(
    messages: str | Sequence[Message],
    *,
    schema: Mapping | None = None,
    stream: bool = False,
    endpoint: Endpoint | None = None,
    limits: Limits = Limits(),
    response_format: Mapping | None = None,
    shorter: Sequence[Message] | None = None,
    needs_finish: bool = False,
    on_wait: Callable[[float, str], None] = lambda seconds, why: None,
) -> Reply | Generator[str, None, Reply]:
    """The model's reply to a prompt or to messages; with `stream`, a generator of its pieces that returns the reply.

    schema: a JSON schema that the reply shall follow (`response_format` is sent as it is instead). endpoint: by default
    the environment's. shorter: messages to send where these are too long for the model. needs_finish: refuse a reply
    that does not say that it is complete. on_wait: called with seconds and reason before a further try.
    Raises ModelError; where no endpoint is set at once, without a request.
    """
    endpoint = endpoint or endpoint_of(Settings())
    if endpoint is None:
        raise ModelError("no model is set: set OPENAI_BASE_URL for a server of yours, or OPENAI_API_KEY")
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if schema is not None:
        response_format = schema_format(schema)
    pieces = _with_tries(endpoint, messages, response_format, shorter, needs_finish, limits, on_wait)
    return pieces if stream else whole(pieces)


def schema_format(schema: Mapping) -> dict:
    """The `response_format` that asks for a JSON schema."""
    return {"type": "json_schema", "json_schema": {"name": schema.get("title", "reply"), "schema": schema, "strict": True}}


def whole(pieces: Generator[str, None, Reply]) -> Reply:
    """Run a streamed reply to its end."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


# --------------------------------------------------------------------------------------------------- tries


class _Fault(Exception):
    """Why one try failed. tries: how many such a fault is worth. after_s: what Retry-After asks for.

    refused: settings must change. about_reply: the endpoint works, it was this reply. kind: as ModelError.kind, or
    "length" and "option" for what a changed request mends. tokens: what the reply cost, as far as it said.
    """

    tokens = (0, 0)

    def __init__(self, message: str, tries: int = 1, after_s: float | None = None, refused=False, about_reply=False, kind=""):
        super().__init__(message)
        self.message, self.tries, self.after_s = message, tries, after_s
        self.refused, self.about_reply, self.kind = refused, about_reply, kind


def _with_tries(endpoint, messages, response_format, shorter, needs_finish, limits, on_wait) -> Generator[str, None, Reply]:
    deadline = time.monotonic() + limits.total_s
    request = {"messages": list(messages), "stream": True, "stream_options": {"include_usage": True}}
    if response_format:
        request["response_format"] = dict(response_format)
    tried, spent = 0, (0, 0)
    while True:
        tried += 1
        try:
            reply = yield from _one_try(endpoint, request, needs_finish, limits, deadline)
            reply.prompt_tokens, reply.completion_tokens = reply.prompt_tokens + spent[0], reply.completion_tokens + spent[1]
            return reply
        except _Fault as fault:
            spent = spent[0] + fault.tokens[0], spent[1] + fault.tokens[1]
            if fault.kind == "length" and shorter is not None:
                request["messages"], shorter = list(shorter), None
                continue
            if fault.kind == "option" and "stream_options" in request:
                del request["stream_options"]  # older servers do not know it
                continue
            pause = limits.backoff_s * 2 ** (tried - 1) * random.uniform(1, 1.25) if fault.after_s is None else fault.after_s
            left = deadline - time.monotonic()
            if tried >= min(fault.tries, limits.tries) or pause >= left:
                kind = ModelRefused if fault.refused else ModelError
                error = kind(masked(fault.message, endpoint))
                error.kind, error.about_reply, error.tokens = fault.kind, fault.about_reply, spent
                raise error from None
            on_wait(pause, fault.message)
            time.sleep(pause)


def _one_try(endpoint, request, needs_finish, limits, deadline) -> Generator[str, None, Reply]:
    """The pieces of one reply as they come. Raises _Fault."""
    reader, texts, said, veil = _Reader(), [], False, _Veil(endpoint.key)
    for chunk in _chunks(endpoint, request, limits, deadline):
        for piece in filter(None, map(veil.feed, reader.feed(chunk))):
            texts.append(piece)
            said = True
            yield piece
        if reader.fault:
            break
    fault = reader.close()
    for piece in filter(None, [*map(veil.feed, reader.rest), veil.close()]):
        texts.append(piece)
        yield piece
    text = "".join(texts)
    if not fault and not text.strip():
        fault = _Fault(f"{endpoint.host} gave an empty reply", tries=2 if reader.replied else 3)
    if not fault and needs_finish and reader.finish != "stop":
        reason = "it is longer than the model may write" if reader.finish == "length" else "the reply does not say so"
        fault = _Fault(f"{endpoint.host} gave a reply that is not complete: {reason}", tries=2, about_reply=True)
    if fault:
        fault.message, fault.tokens = fault.message.replace("{host}", endpoint.host), reader.usage
        if said:
            yield CUT_OFF
        raise fault
    reply = Reply(text)
    reply.finish, reply.model = reader.finish, reader.model or endpoint.model
    reply.prompt_tokens, reply.completion_tokens = reader.usage
    return reply


class _Veil:
    """Keeps the key out of a reply that echoes it, wherever its pieces are cut."""

    def __init__(self, key: str):
        self._key, self._held = "" if key == NO_KEY else key, ""

    def feed(self, piece: str) -> str:
        """What can be handed on: all but an end that may be the key's beginning."""
        if not self._key:
            return piece
        text = (self._held + piece).replace(self._key, "…")
        most = min(len(self._key) - 1, len(text))
        held = next((n for n in range(most, 0, -1) if self._key.startswith(text[-n:])), 0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def close(self) -> str:
        return self._held


# ------------------------------------------------------------------------------------------------ the wire


@lru_cache(maxsize=4)
def _client(endpoint: Endpoint, limits: Limits):
    import openai

    timeout = openai.Timeout(max(limits.first_piece_s, limits.stall_s), connect=limits.connect_s)
    return openai.OpenAI(api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, timeout=timeout)


def _chunks(endpoint: Endpoint, request: dict, limits: Limits, deadline: float) -> Iterator[bytes]:
    """The bytes of the reply's body as they come, within the limits. Raises _Fault."""
    arrived: queue.SimpleQueue = queue.SimpleQueue()
    given_up = threading.Event()

    def work():
        try:
            client = _client(endpoint, limits)
            model = endpoint.model or first_model(endpoint, limits)
            asking = client.chat.completions.with_streaming_response.create(model=model, **request)
            with asking as response:
                for chunk in response.iter_bytes():
                    if given_up.is_set():
                        return
                    arrived.put(chunk)
            arrived.put(None)
        except BaseException as error:
            arrived.put(error)

    threading.Thread(target=work, daemon=True).start()
    wait_s = limits.connect_s + limits.first_piece_s
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                came = arrived.get(timeout=max(0.0, min(wait_s, left)))
            except queue.Empty:
                what = f"nothing came from {endpoint.host} for {wait_s:g} s" if left > wait_s else (
                    f"{endpoint.host} took longer than {limits.total_s:g} s")  # fmt: skip
                raise _Fault(what, tries=limits.tries) from None
            if came is None:
                return
            if isinstance(came, BaseException):
                raise _fault_of(came, endpoint) from came
            wait_s = limits.stall_s
            yield came
    finally:
        given_up.set()


def first_model(endpoint: Endpoint, limits: Limits = Limits()) -> str:
    """The first model that a server says it has."""
    try:
        names = models_at(endpoint, limits)
    except (ValueError, TypeError, AttributeError):  # what the SDK makes of an answer that is no list of models
        names = ()
    if not names:
        raise _Fault(f"{endpoint.host} does not say which models it has; name one with -m", refused=True)
    return names[0]


@lru_cache(maxsize=4)
def models_at(endpoint: Endpoint, limits: Limits = Limits()) -> tuple[str, ...]:
    """The names of the models that an endpoint offers, in its order. Raises what the SDK raises."""
    return tuple(str(model.id) for model in _client(endpoint, limits).models.list().data or ())


class _Reader:
    """Makes pieces of text out of a body's bytes: server-sent events, or one JSON document where a server does not stream."""

    def __init__(self):
        self.fault: _Fault | None = None
        self.finish, self.model, self.usage = "", "", (0, 0)
        self.replied = False  # a well-formed choice came, be it empty
        self.rest: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kind = ""  # "events" or "document", by the first character
        self._text = ""
        self._data: list[str] = []
        self._done = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The pieces that these bytes complete."""
        self._text += self._decoder.decode(chunk)
        if not self._kind and (start := self._text.lstrip("\ufeff \t\r\n")):
            self._kind = "document" if start[0] in '{[<n"' else "events"
        if self._kind != "events":
            return
        *lines, self._text = re.split(r"\r\n|\n|\r(?!\n|$)", self._text)
        for line in lines:
            yield from self._line(line)

    def _line(self, line: str) -> Iterator[str]:
        """One line of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
        if line.startswith("data:"):
            self._data.append(line[5:].removeprefix(" "))
        elif not line and self._data:
            data, self._data = "\n".join(self._data), []
            if data.strip() == "[DONE]":
                self._done = True
            elif not self.fault:
                yield from self._event(data)

    def _event(self, data: str) -> Iterator[str]:
        try:
            event = json.loads(data)
        except ValueError:
            self.fault = _Fault("{host} gave a broken reply: an event that is not JSON", tries=2)
            return
        yield from self._take(event, "delta")

    def _take(self, document, part: str) -> Iterator[str]:
        """What an event, or a whole completion, says."""
        if not isinstance(document, dict):
            self.fault = _Fault("{host} gave an empty reply" if document is None else
                                "{host} gave a broken reply: not an object", tries=3)  # fmt: skip
            return
        if error := document.get("error"):
            said = error.get("message") if isinstance(error, dict) else error
            self.fault = _Fault(f"{{host}} reports: {str(said)[:QUOTE]}", tries=2)
            return
        self.model = document.get("model") if isinstance(document.get("model"), str) else self.model
        usage = document.get("usage")
        if isinstance(usage, dict):
            counts = (usage.get(name) for name in ("prompt_tokens", "completion_tokens"))
            self.usage = tuple(count if isinstance(count, int) else 0 for count in counts)
        choices = document.get("choices")
        if not isinstance(choices, list):
            if part == "message" or choices is not None:
                self.fault = _Fault("{host} gave a broken reply: it holds no choices", tries=3)
            return
        if not choices and part == "message":
            self.fault = _Fault("{host} gave an empty reply: no choice in it", tries=2)
        for choice in choices[:1]:
            yield from self._choice(choice, part)

    def _choice(self, choice, part: str) -> Iterator[str]:
        said = choice.get(part) if isinstance(choice, dict) else None
        if said is None and isinstance(choice, dict) and part == "delta":
            said = {}
        if not isinstance(said, dict):
            self.fault = _Fault("{host} gave a broken reply: a choice without a message", tries=3)
            return
        self.replied = True
        if said.get("refusal"):
            self.fault = _Fault("the model declined to answer", about_reply=True)
            return
        finish = choice.get("finish_reason")
        self.finish = finish if isinstance(finish, str) else self.finish
        if finish == "content_filter":
            self.fault = _Fault("the reply was filtered by {host}", about_reply=True)
            return
        content = said.get("content")
        if isinstance(content, str) and content:
            yield content
        elif content is not None and not isinstance(content, str):
            self.fault = _Fault("{host} gave a broken reply: its content is no text", tries=3)

    def close(self) -> _Fault | None:
        """What is wrong with the reply now that it has ended. `rest` holds pieces that only the end made clear."""
        if self.fault:
            return self.fault
        if self._kind == "document":
            return self._close_document()
        if self._text or self._data:  # not ended by a blank line: whole, or cut in its middle
            self.rest += [piece for line in (self._text, "") for piece in self._line(line)]
            if self.fault:
                self.fault = _Fault("the reply of {host} was cut off", tries=2)
        if not self.fault and self.replied and not (self.finish or self._done):
            self.fault = _Fault("the reply of {host} was cut off", tries=2)
        return self.fault

    def _close_document(self) -> _Fault | None:
        if self._text.lstrip().startswith("<"):
            return _Fault("{host} answered with a web page, not a reply; check that the base URL ends in /v1")
        try:
            document = json.loads(self._text)
        except ValueError:
            return _Fault("{host} gave a broken reply: not JSON", tries=3)
        self.rest += self._take(document, "message")
        return self.fault


# -------------------------------------------------------------------------------------------------- faults


def told(error: BaseException, endpoint: Endpoint) -> ModelError:
    """What an exception of the SDK means, as the error to raise."""
    fault = _fault_of(error, endpoint)
    return (ModelRefused if fault.refused else ModelError)(masked(fault.message, endpoint))


def _fault_of(error: BaseException, endpoint: Endpoint) -> _Fault:
    """What an exception of the SDK means, in words for a person. One that is not a fault of the endpoint is a bug."""
    import httpx2
    import openai

    if isinstance(error, _Fault):
        return error
    if isinstance(error, openai.APIStatusError):
        return _fault_of_status(error, endpoint)
    if isinstance(error, (openai.APIConnectionError, httpx2.TransportError, OSError)):
        return _fault_of_connection(error, endpoint)
    if isinstance(error, httpx2.DecodingError):
        return _Fault(f"{endpoint.host} gave a broken reply: {error}", tries=3)
    if isinstance(error, openai.OpenAIError):
        return _Fault(f"{endpoint.host}: {str(error)[:QUOTE]}")
    raise error


def _fault_of_status(error, endpoint: Endpoint) -> _Fault:
    status, host = error.status_code, endpoint.host
    said = _said(error)
    lowered = said.lower()
    if status == 401 or status == 403:
        return _Fault(f"{host} rejected the API key ({status}). Check {endpoint.key_name}.", refused=True)
    if status == 402:
        return _Fault(f"the account at {host} has no credit (402)")
    if status == 404:
        missing = f"model {endpoint.model} not found" if endpoint.model else "nothing found"
        return _Fault(f"{missing} at {host} (404). Check -m or OPENAI_MODEL, and the base URL.", refused=True)
    if status == 400 and "context" in lowered and ("length" in lowered or "window" in lowered or "token" in lowered):
        too_long = f"the lesson is too long for model {endpoint.model or 'there'} at {host}"
        return _Fault(too_long, kind="length", about_reply=True)
    if status in (400, 422) and ("response_format" in lowered or "json_schema" in lowered):
        return _Fault(f"{host} does not know response_format", kind="json_schema" if "json_schema" in lowered else "format")
    if status in (400, 422) and "stream_options" in lowered:
        return _Fault(f"{host} does not know stream_options", kind="option")
    if status == 429 and ("quota" in lowered or "billing" in lowered):
        return _Fault(f"the quota at {host} is used up (429)")
    after_s = _retry_after_s(error.response.headers)
    if status == 429:
        wait = f" for {_minutes(after_s)}" if after_s and after_s >= 60 else ""
        return _Fault(f"{host} limits the rate{wait} (429: rate limited)", tries=3, after_s=after_s)
    if status in (408, 409) or status >= 500:
        what = "is overloaded" if status in (503, 529) else f"has a service error {status}"
        return _Fault(f"{host} {what}" + ("" if str(status) in what else f" ({status})"), tries=3, after_s=after_s)
    return _Fault(f"{host} refused the request ({status})" + (f": {said}" if said else ""))


def _said(error) -> str:
    """The server's own words, short; "" for a web page."""
    try:
        body = error.response.text
    except Exception:  # a body that was never read
        return ""
    if body.lstrip().startswith("<"):
        return ""
    with_message = re.search(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)"', body)
    return " ".join((with_message[1] if with_message else body).split())[:QUOTE]


def _retry_after_s(headers) -> float | None:
    """Seconds that Retry-After asks to wait (RFC 9110, 10.2.3: seconds or a date), None where it is absent or no sense."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60)} min"


def _fault_of_connection(error: BaseException, endpoint: Endpoint) -> _Fault:
    causes = " ".join(f"{type(cause).__name__}: {cause}" for cause in _causes(error))
    host, secure = endpoint.host, endpoint.base_url.startswith("https:")
    if proxy := _proxy_of(endpoint.base_url):
        return _Fault(f"{host} could not be reached through the proxy {proxy}; check HTTPS_PROXY and HTTP_PROXY", tries=3)
    if "CERTIFICATE_VERIFY_FAILED" in causes:
        return _Fault(f"the certificate of {host} is not trusted; install it, or use http:// on a machine of yours", refused=True)
    if secure and re.search("WRONG_VERSION_NUMBER|SSLError|ConnectTimeout|_ssl.c", causes):
        return _Fault(f"{host} does not speak TLS; should the base URL begin with http://?", tries=3)
    if re.search("gaierror|Name or service|nodename nor servname|name resolution", causes):
        return _Fault(f"cannot find {host}: no such name; check OPENAI_BASE_URL", tries=3)
    if re.search("ConnectionRefusedError|Connection refused|Errno 111|All connection attempts", causes):
        return _Fault(f"cannot reach {host}: connection refused; is the server running?", tries=3)
    if "DecodingError" in causes:
        return _Fault(f"{host} gave a broken reply: it could not be unpacked", tries=3)
    if "RemoteProtocolError" in causes and "illegal" in causes.lower():
        return _Fault(f"{host} does not speak HTTP", tries=3)
    if re.search("incomplete|peer closed connection|IncompleteRead", causes):
        return _Fault(f"the reply of {host} was cut off", tries=2)
    if re.search("Timeout", causes):
        return _Fault(f"{host} did not answer in time", tries=3)
    return _Fault(f"cannot reach {host}: it closed the connection", tries=3)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _proxy_of(base_url: str) -> str:
    """The proxy that a URL goes through, without its password, "" for none."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(base_url)
    proxy = getproxies().get(parts.scheme) or getproxies().get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return proxy.partition("://")[2].rpartition("@")[2].rstrip("/") or proxy


KEYS = re.compile(r"\b(?:sk|pk|rk|key|gsk|xai)-[\w*-]{4,}|Bearer\s+\S+|://[^/\s@]+@")


def masked(text: str, endpoint: Endpoint) -> str:
    """Text without the endpoint's key, and without what looks like anybody's."""
    if len(endpoint.key) > 3 and endpoint.key != NO_KEY:
        text = text.replace(endpoint.key, "…")
    return KEYS.sub("…", text)


if __name__ == "__main__":
    import sys

    from utils.text import StreamSanitizer

    safe = StreamSanitizer()
    try:
        for said in call_llm(" ".join(sys.argv[1:]) or "Say in one sentence what a mean is.", stream=True):
            sys.stdout.write(safe.feed(said))
            sys.stdout.flush()
    except (ModelError, UsageError) as error:
        sys.exit(str(error))
    sys.stdout.write(safe.close() + "\n")
