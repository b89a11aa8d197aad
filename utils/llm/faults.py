"""What can go wrong with a request, said in words that name host, cause and remedy, and never a key."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from utils.errors import ModelError, ModelRefused
from utils.llm.endpoint import Endpoint, masked

if TYPE_CHECKING:
    from openai import APIStatusError

QUOTE = 160  # characters quoted from a server's own message


class ModelFault(Exception):
    """Why one try failed.

    tries: how often a request with such a fault is worth sending in all. after_s: seconds that Retry-After asks for.
    refused: settings have to change. about_reply: the endpoint works, only this reply can't be used.
    kind: as ModelError.kind, or "length" and "option" for faults that a changed request avoids.
    """

    tokens = (0, 0)  # prompt and completion tokens that the try cost, as far as the server said

    def __init__(
        self,
        message: str,
        tries: int = 1,
        after_s: float | None = None,
        refused: bool = False,
        about_reply: bool = False,
        kind: str = "",
    ):
        super().__init__(message)
        self.message, self.tries, self.after_s = message, tries, after_s
        self.refused, self.about_reply, self.kind = refused, about_reply, kind

    def as_error(self, endpoint: Endpoint) -> ModelError:
        """The error to raise when there will be no further try."""
        error = (ModelRefused if self.refused else ModelError)(masked(self.message, endpoint))
        error.kind, error.about_reply, error.tokens = self.kind, self.about_reply, self.tokens
        return error


def model_error(error: BaseException, endpoint: Endpoint) -> ModelError:
    """The error to raise for an exception of the SDK."""
    return fault_from(error, endpoint).as_error(endpoint)


def fault_from(error: BaseException, endpoint: Endpoint) -> ModelFault:
    """What an exception of the SDK means. One that is not the endpoint's fault is a bug and is raised again."""
    import httpx2
    import openai

    if isinstance(error, ModelFault):
        return error
    if isinstance(error, openai.APIStatusError):
        return _status_fault(error, endpoint)
    if isinstance(error, (openai.APIConnectionError, httpx2.TransportError, OSError)):
        return _connection_fault(error, endpoint)
    if isinstance(error, httpx2.DecodingError):
        return ModelFault(f"{endpoint.host} gave a broken reply: {error}", tries=3)
    if isinstance(error, openai.OpenAIError):
        return ModelFault(f"{endpoint.host}: {str(error)[:QUOTE]}")
    raise error


def _status_fault(error: APIStatusError, endpoint: Endpoint) -> ModelFault:
    status, host = error.status_code, endpoint.host
    message = _server_message(error)
    lowered = message.lower()
    if status == 401 or status == 403:
        return ModelFault(f"{host} rejected the API key ({status}). Check {endpoint.key_name}.", refused=True)
    if status == 402:
        return ModelFault(f"the account at {host} has no credit (402)")
    if status == 404:
        missing = f"model {endpoint.model} not found" if endpoint.model else "nothing found"
        return ModelFault(f"{missing} at {host} (404). Check -m or OPENAI_MODEL, and the base URL.", refused=True)
    if status == 400 and "context" in lowered and ("length" in lowered or "window" in lowered or "token" in lowered):
        too_long = f"the lesson is too long for model {endpoint.model or 'there'} at {host}"
        return ModelFault(too_long, kind="length", about_reply=True)
    if status in (400, 422) and ("response_format" in lowered or "json_schema" in lowered):
        return ModelFault(f"{host} does not know response_format", kind="json_schema" if "json_schema" in lowered else "format")
    if status in (400, 422) and "stream_options" in lowered:
        return ModelFault(f"{host} does not know stream_options", kind="option")
    if status == 429 and ("quota" in lowered or "billing" in lowered):
        return ModelFault(f"the quota at {host} is used up (429)")
    after_s = _retry_after_s(error.response.headers)
    if status == 429:
        wait = f" for {_minutes(after_s)}" if after_s and after_s >= 60 else ""
        return ModelFault(f"{host} limits the rate{wait} (429: rate limited)", tries=3, after_s=after_s)
    if status in (408, 409) or status >= 500:
        what = "is overloaded" if status in (503, 529) else f"has a service error {status}"
        return ModelFault(f"{host} {what}" + ("" if str(status) in what else f" ({status})"), tries=3, after_s=after_s)
    return ModelFault(f"{host} refused the request ({status})" + (f": {message}" if message else ""))


def _server_message(error: APIStatusError) -> str:
    """The server's own message, shortened; "" for a web page."""
    try:
        body = error.response.text
    except Exception:  # a body that was never read
        return ""
    if body.lstrip().startswith("<"):
        return ""
    with_message = re.search(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)"', body)
    return " ".join((with_message[1] if with_message else body).split())[:QUOTE]


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks to wait (RFC 9110, 10.2.3: seconds or a date), None if it is missing or can't be read."""
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


def _connection_fault(error: BaseException, endpoint: Endpoint) -> ModelFault:
    causes = " ".join(f"{type(cause).__name__}: {cause}" for cause in _causes(error))
    host, secure = endpoint.host, endpoint.base_url.startswith("https:")
    if proxy := _proxy_of(endpoint.base_url):
        return ModelFault(f"{host} could not be reached through the proxy {proxy}; check HTTPS_PROXY and HTTP_PROXY", tries=3)
    if "CERTIFICATE_VERIFY_FAILED" in causes:
        return ModelFault(
            f"the certificate of {host} is not trusted; install it, or use http:// on your own machine", refused=True
        )
    if secure and re.search("WRONG_VERSION_NUMBER|SSLError|ConnectTimeout|_ssl.c", causes):
        return ModelFault(f"{host} does not speak TLS; should the base URL begin with http://?", tries=3)
    if re.search("gaierror|Name or service|nodename nor servname|name resolution", causes):
        return ModelFault(f"cannot find {host}: no such name; check OPENAI_BASE_URL", tries=3)
    if re.search("ConnectionRefusedError|Connection refused|Errno 111|All connection attempts", causes):
        return ModelFault(f"cannot reach {host}: connection refused; is the server running?", tries=3)
    if "DecodingError" in causes:
        return ModelFault(f"{host} gave a broken reply: it could not be unpacked", tries=3)
    if "RemoteProtocolError" in causes and "illegal" in causes.lower():
        return ModelFault(f"{host} does not speak HTTP", tries=3)
    if re.search("incomplete|peer closed connection|IncompleteRead", causes):
        return ModelFault(f"the reply of {host} was cut off", tries=2)
    if re.search("Timeout", causes):
        return ModelFault(f"{host} did not answer in time", tries=3)
    return ModelFault(f"cannot reach {host}: it closed the connection", tries=3)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _proxy_of(base_url: str) -> str:
    """The proxy that requests to a URL go through, without its password, or ""."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(base_url)
    proxy = getproxies().get(parts.scheme) or getproxies().get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return proxy.partition("://")[2].rpartition("@")[2].rstrip("/") or proxy
