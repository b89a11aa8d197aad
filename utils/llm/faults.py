"""What can go wrong with a request, said in words that name host, cause and remedy, and never a key."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from utils import strict_json
from utils.errors import ModelError, ModelRefused
from utils.llm.endpoint import Endpoint, masked
from utils.llm.proxies import proxy_of
from utils.llm.tokens import Tokens
from utils.text import shorten, valid

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from openai import APIStatusError

LONG_S = 86_400.0  # so long nobody waits for a server
QUOTE = 200  # characters quoted of what a server said
TOO_LONG = re.compile(
    r"context.{0,40}(?:length|window|size|tokens?)|(?:prompt|input|request|message)s? (?:is|are|was) too (?:long|large)"
    r"|(?:too many|maximum (?:number )?of|exceed\w*).{0,30}tokens"
)
NO_SUCH_MODEL = re.compile(
    r"(?:model|deployment)\b.{0,80}(?:not found|not exist|n't exist|not a valid model)|(?:no such|unknown|invalid) model\b"
    r"|not a valid model"
)
NO_KEY = re.compile(r"(?:api|access)[ _-]?key\b.{0,40}(?:not valid|invalid|incorrect|missing)|(?:invalid|incorrect) api[ _-]?key")
LOADING = re.compile(r"\bloading\b|\bnot (?:yet )?(?:loaded|ready)|warming up")
NO_CREDIT = re.compile(r"credit balance|insufficient (?:balance|credit|funds)")


class ModelFault(Exception):
    """Why one try failed.

    tries: how often a request with such a fault is worth sending in all. after_s: seconds that Retry-After asks for.
    refused: settings have to change. about_reply: the endpoint works, only this reply can't be used. status, said: what the
    server answered, as far as it did. remedy: what to do. kind: "unreachable"; "account" for what no request changes; "length",
    "path" and "moved" for what a changed request avoids; "loading" for what time alone avoids.
    """

    tokens = Tokens()  # that the try cost
    location = ""  # the base URL to which a redirection leads

    def __init__(
        self,
        message: str,
        tries: int = 1,
        after_s: float | None = None,
        refused: bool = False,
        about_reply: bool = False,
        kind: str = "",
        status: int = 0,
        said: str = "",
        remedy: str = "",
    ):
        message, said = valid(message), valid(said)
        super().__init__(message)
        self.message, self.tries, self.after_s = message, tries, after_s
        self.refused, self.about_reply, self.kind = refused, about_reply, kind
        self.status, self.said, self.remedy = status, said, remedy

    def as_error(self, endpoint: Endpoint) -> ModelError:
        """The error to raise when there will be no further try."""
        quoted = f": “{shorten(masked(self.said, endpoint), QUOTE)}”" if self.said.strip() else ""
        text = masked(self.message, endpoint) + quoted + (f"; {self.remedy}" if self.remedy else "")
        error = (ModelRefused if self.refused else ModelError)(text)
        error.unreachable, error.about_reply, error.tokens = self.kind == "unreachable", self.about_reply, self.tokens
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
        return _response_fault(error, endpoint)
    if isinstance(error, (openai.APIConnectionError, httpx2.TransportError, OSError)):
        return _connection_fault(error, endpoint)
    if isinstance(error, httpx2.DecodingError):
        return ModelFault(f"{endpoint.host} gave a broken reply", tries=3, said=str(error))
    if isinstance(error, httpx2.InvalidURL):
        return ModelFault(f"{endpoint.address} is no address", remedy="check OPENAI_BASE_URL", refused=True, said=str(error))
    if isinstance(error, openai.OpenAIError):
        return ModelFault(f"{endpoint.host} can't be asked", said=str(error))
    raise error


def _response_fault(error: APIStatusError, endpoint: Endpoint) -> ModelFault:
    """What a response that is no success means."""
    headers = error.response.headers
    try:
        body = error.response.text
    except Exception:  # a body that was never read
        body = ""
    if 300 <= error.status_code < 400:
        return _redirection(error, endpoint)
    fault = status_fault(error.status_code, server_message(body), endpoint, _retry_after_s(headers))
    if error.status_code == 404 and not body.lstrip().startswith(("{", "[")):
        fault = path_fault(404, fault.said, endpoint, is_page=True)
    should_retry = headers.get("x-should-retry")  # as OpenAI's own client reads it
    if should_retry in ("true", "false"):
        refused = error.status_code in (400, 422)  # and is asked again more plainly anyhow
        fault.tries = 1 if should_retry == "false" else 2 if refused else 3
    return fault


def status_fault(status: int, said: str, endpoint: Endpoint, after_s: float | None = None) -> ModelFault:
    """What an HTTP status means, or the same number in a reply. said: the server's own words, if any."""
    host, lowered = endpoint.host, said.lower()
    fault = partial(ModelFault, status=status, said=said)
    later = partial(fault, remedy="try again later", tries=3, after_s=after_s)
    bad = status in (400, 422)
    if status in (401, 403) or (bad and NO_KEY.search(lowered)):
        return fault(f"{host} rejected the API key ({status})", remedy=f"check {endpoint.key_name}", refused=True, kind="account")
    if status == 402 or (bad and NO_CREDIT.search(lowered)):
        return fault(f"the account at {host} has no credit ({status})", remedy="add some, or use another model", kind="account")
    if status == 413 or (status in (400, 422, 500) and TOO_LONG.search(lowered)):
        message = f"the lesson is too long for {_model(endpoint)} at {host} ({status})"
        return fault(message, remedy="use a model with a longer context", kind="length", about_reply=True)
    if (bad and NO_SUCH_MODEL.search(lowered)) or (status == 404 and re.search(r"\b(?:model|deployment)", lowered)):
        message = f"{_model(endpoint)} not found at {host} ({status})"
        return fault(message, remedy="check -m or OPENAI_MODEL", refused=True, kind="account")
    if status in (404, 405):
        return path_fault(status, said, endpoint)
    if status == 429 and ("quota" in lowered or "billing" in lowered):
        return fault(f"the quota at {host} is used up (429)", remedy="raise it, or use another model")
    if status == 429:
        wait = f" for {_in_words(after_s)}" if after_s and after_s >= 60 else ""
        return later(f"{host} limits the rate{wait} (429: rate limited)")
    if status in (408, 409):
        return later(f"{host} could not take the request ({status})")
    if status == 503 and LOADING.search(lowered):
        return later(f"{host} still loads its model (503)", kind="loading")
    if status in (503, 529):
        return later(f"{host} is overloaded ({status})")
    if status >= 500:
        return later(f"{host} has a service error {status}", remedy="try again later, or look at the server's log")
    return fault(f"{host} refused the request ({status})", remedy="look at the server's log, or use another model")


def path_fault(status: int, said: str, endpoint: Endpoint, is_page: bool = False) -> ModelFault:
    """Nothing answers at this address, as far as one can tell; 200 is a web page that came in place of a reply.

    is_page: what came with the status was written for people, so that it does not speak of a model.
    """
    about_model = status == 404 and not is_page
    message = {
        200: f"found a web page, not a reply, at {endpoint.address}",
        405: f"{endpoint.address} takes no requests to a model (405)",
    }.get(status, f"found nothing at {endpoint.address} ({status})")
    if about_model:
        message = f"{_model(endpoint)} not found at {endpoint.address} (404)"
    remedy = "check OPENAI_BASE_URL, which mostly ends in /v1" + (", and the model's name (-m)" if about_model else "")
    return ModelFault(message, refused=status != 200, kind="path", status=status, said=said, remedy=remedy)


def _model(endpoint: Endpoint) -> str:
    return f"model {endpoint.model}" if endpoint.model else "the model"


def _redirection(error: APIStatusError, endpoint: Endpoint) -> ModelFault:
    """A redirection, which is followed on the same host and port only: the key and the lesson are for nobody else."""
    from urllib.parse import urljoin, urlsplit

    asked = str(error.request.url)
    try:
        target = urlsplit(urljoin(asked, error.response.headers.get("location", "")))
        host, same = target.hostname, _same_place(urlsplit(asked), target)
    except ValueError:
        target, host, same = urlsplit(""), None, False
    where = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}" if host else "nowhere"
    message = f"{endpoint.address} redirects to {shorten(where, QUOTE)} ({error.status_code})"
    fault = ModelFault(message, refused=True, status=error.status_code, remedy="set OPENAI_BASE_URL to where the model is")
    here, end = urlsplit(asked), urlsplit(asked).path.removeprefix(urlsplit(endpoint.base_url).path.rstrip("/"))
    if same and target.path.endswith(end) and target != here:
        query = urlsplit(endpoint.base_url).query
        fault.kind = "moved"
        fault.location = target._replace(path=target.path.removesuffix(end), query=query, fragment="").geturl()
    return fault


def _same_place(here: SplitResult, target: SplitResult) -> bool:
    """Whether a URL leads to the same host and port, or from http to https on the usual ports of both."""
    usual = {"http": 80, "https": 443}
    ports = [parts.port or usual.get(parts.scheme) for parts in (here, target)]
    same_port = ports[0] == ports[1] or ports == [80, 443]
    return here.hostname == target.hostname and target.scheme in ("https", here.scheme) and same_port


def server_message(body: str) -> str:
    """The server's own words in the body of a failure, in one line: of its JSON, of its text, or the title of its web page."""
    if body.lstrip().startswith("<"):
        import html

        title = re.search(r"<title[^>]*>([^<]{1,500})", body[:20_000], re.IGNORECASE)
        return " ".join(html.unescape(title[1]).split()) if title else ""
    try:
        said = _words_of(strict_json.load(body, strict_json.REPLY_BYTES))
    except ValueError:
        said = ""
    return " ".join((said or body[:5_000]).split())


def _words_of(document: Any) -> str:
    """The message in the many shapes of an error: {error: {message, param}}, {error}, {message}, {detail: [{loc, msg}]}."""
    if isinstance(document, list):
        return "; ".join(filter(None, map(_words_of, document[:3])))
    if not isinstance(document, dict):
        return document if isinstance(document, str) else ""
    words = next(
        (_words_of(document[name]) for name in ("error", "message", "detail", "msg", "errors") if document.get(name)), ""
    )
    about = document.get("param") or document.get("loc")  # the part of the request that is refused
    about = ".".join(map(str, about)) if isinstance(about, list) else str(about or "")
    return f"{about}: {words}" if words and about and about not in words else words


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks to wait (RFC 9110, 10.2.3: seconds or a date), None if it is missing or can't be read."""
    milliseconds = headers.get("retry-after-ms", "")  # of Azure
    if re.fullmatch(r"\d{1,12}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _in_words(seconds: float) -> str:
    return f"{round(seconds / 60)} min" if seconds <= LONG_S else "a long time"


def _connection_fault(error: BaseException, endpoint: Endpoint) -> ModelFault:
    causes = " ".join(f"{type(cause).__name__}: {cause}" for cause in _causes(error))
    host, secure = endpoint.host, endpoint.base_url.startswith("https:")
    if proxy := proxy_of(endpoint.base_url):
        message = f"{host} could not be reached through the proxy {proxy}; check HTTPS_PROXY and HTTP_PROXY"
        return ModelFault(message, tries=3, kind="unreachable")
    if "CERTIFICATE_VERIFY_FAILED" in causes:
        return ModelFault(
            f"the certificate of {host} is not trusted; install it, or use http:// on your own machine", refused=True
        )
    if secure and re.search("WRONG_VERSION_NUMBER|SSLError|ConnectTimeout|_ssl.c", causes):
        return ModelFault(f"{host} does not speak TLS; should the base URL begin with http://?", tries=3)
    if re.search("gaierror|Name or service|nodename nor servname|name resolution", causes):
        return ModelFault(f"cannot find {host}: no such name; check OPENAI_BASE_URL", tries=3, kind="unreachable")
    if re.search("ConnectionRefusedError|Connection refused|Errno 111|All connection attempts", causes):
        return ModelFault(f"cannot reach {host}: connection refused; is the server running?", tries=3, kind="unreachable")
    if "DecodingError" in causes:
        return ModelFault(f"{host} gave a broken reply: it could not be unpacked", tries=3)
    if "RemoteProtocolError" in causes and "illegal" in causes.lower():
        return ModelFault(f"{host} does not speak HTTP; check OPENAI_BASE_URL", tries=3)
    if re.search("incomplete|peer closed connection|IncompleteRead", causes):
        return ModelFault(f"the reply of {host} was cut off", tries=2)
    if "ConnectTimeout" in causes:
        return ModelFault(f"cannot reach {host}: no connection in time", tries=3, kind="unreachable")
    if "Timeout" in causes:
        return ModelFault(f"{host} did not answer in time; --timeout S waits longer", tries=1 if endpoint.local else 3)
    return ModelFault(f"cannot reach {host}: it closed the connection; look at its log", tries=3, kind="unreachable")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
