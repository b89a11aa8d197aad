"""Where the model is: its endpoint, from options and environment, and how long to wait for it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from utils.errors import UsageError
from utils.settings import Settings
from utils.text import nearest

SERVERS = {
    "ollama": "http://127.0.0.1:11434/v1",
    "llamacpp": "http://127.0.0.1:8080/v1",
    "vllm": "http://127.0.0.1:8000/v1",
    "lmstudio": "http://127.0.0.1:1234/v1",
}
DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-5-mini"  # at DEFAULT_BASE_URL; any other server is asked which models it has
MAX_TIMEOUT_S = 86_400  # a day
NO_KEY = "none-needed"  # local servers require some key in the header and ignore its value
KEYS = re.compile(r"\b(?:sk|pk|rk|key|gsk|xai)-[\w*-]{4,}|Bearer\s+\S+|://[^/\s@]+@")


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and what it is called there."""

    base_url: str
    model: str = ""  # "" takes the first one that the server offers
    key: str = field(default=NO_KEY, repr=False)
    key_name: str = "OPENAI_API_KEY"

    @property
    def host(self) -> str:
        """`127.0.0.1:8080`, without the user and password that a URL may hold."""
        return re.split("[/?#]", self.base_url.partition("://")[2])[0].rpartition("@")[2] or self.base_url

    @property
    def local(self) -> bool:
        """Whether it is on this machine or in this network, where a model may have to be loaded first."""
        from ipaddress import ip_address
        from urllib.parse import urlsplit

        try:
            name = urlsplit(self.base_url).hostname or ""
        except ValueError:
            return False
        try:
            return ip_address(name).is_private
        except ValueError:
            return "." not in name or name.endswith((".localhost", ".local", ".internal", ".lan"))


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds, and how often to try. `total_s` covers all tries of one reply together."""

    connect_s: float = 5.0
    first_piece_s: float = 30.0
    stall_s: float = 15.0
    total_s: float = 90.0
    tries: int = 3
    backoff_s: float = 0.5  # doubles with each further try, plus up to a quarter at random


DEFAULT_LIMITS = Limits()
LOCAL_LIMITS = Limits(first_piece_s=600.0, stall_s=60.0, total_s=1200.0)  # a cold model loads for minutes


def limits_of(settings: Settings, endpoint: Endpoint | None, environment: Mapping[str, str] | None = None) -> Limits:
    """How long to wait for the model: as --timeout or TUTOR_TIMEOUT says, else by where it is. Raises UsageError."""
    environment = os.environ if environment is None else environment
    seconds, given = settings.timeout, environment.get("TUTOR_TIMEOUT", "").strip()
    if seconds is None and given:
        try:
            seconds = float(given)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= MAX_TIMEOUT_S:
            raise UsageError(f'TUTOR_TIMEOUT: found "{given}", expected seconds up to {MAX_TIMEOUT_S:,}; correct or unset it')
    if seconds is None:
        return LOCAL_LIMITS if endpoint and endpoint.local else DEFAULT_LIMITS
    return Limits(min(DEFAULT_LIMITS.connect_s, seconds), first_piece_s=seconds, stall_s=seconds, total_s=seconds)


def endpoint_of(settings: Settings, environment: Mapping[str, str] | None = None) -> Endpoint | None:
    """The endpoint that options and environment name, or None if they name none and the built-in tutor teaches.

    Raises UsageError for a value that can't be right.
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
        raise UsageError("OPENAI_API_KEY: found blanks, line ends or non-ASCII letters inside it; copy the key again")
    model = settings.model or environment.get("OPENAI_MODEL", "").strip()
    base_url = (base_url or DEFAULT_BASE_URL).strip().rstrip("/")
    return Endpoint(base_url, model or (DEFAULT_MODEL if base_url == DEFAULT_BASE_URL else ""), key or NO_KEY)


def outdated_name(environment: Mapping[str, str]) -> str:
    """A warning if only the former name of the base URL is set, else ""."""
    if "OPENAI_API_BASE" in environment and "OPENAI_BASE_URL" not in environment:
        return "OPENAI_API_BASE is the old name; set OPENAI_BASE_URL instead"
    return ""


def masked(text: str, endpoint: Endpoint) -> str:
    """The text without the endpoint's key, and without anything else that looks like a key."""
    if len(endpoint.key) > 3 and endpoint.key != NO_KEY:
        text = text.replace(endpoint.key, "…")
    return KEYS.sub("…", text)
