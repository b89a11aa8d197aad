"""Where the model is: its endpoint, from options and environment, and how long to wait for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from utils import settings as shared
from utils.errors import UsageError
from utils.llm import proxies
from utils.llm.servers import SERVERS
from utils.settings import ENV_FILE, Given, Settings

DEFAULT_BASE_URL = SERVERS["openai"].base_url
DEFAULT_MODEL = "gpt-5-mini"  # at DEFAULT_BASE_URL; a server of one's own is asked which models it has
NO_KEY = "none-needed"  # local servers require some key in the header and ignore its value


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and what it is called there."""

    base_url: str
    model: str = ""  # "" takes the first one that the server offers
    key: str = field(default=NO_KEY, repr=False)
    key_name: str = "OPENAI_API_KEY"
    effort: str = ""  # of a model that reasons; "" leaves it to the server
    of_folder: bool = False  # the address came with the working folder, so that nothing of the learner's own goes there

    @property
    def host(self) -> str:
        """`127.0.0.1:8080`, without the user and password that a URL may hold."""
        return re.split("[/?#]", self.base_url.partition("://")[2])[0].rpartition("@")[2] or self.base_url

    @property
    def address(self) -> str:
        """The base URL without user, password and query."""
        return re.sub("//[^/?#]*@", "//", self.base_url).partition("?")[0]

    @property
    def versioned(self) -> bool:
        """Whether the base URL says which version of the protocol it speaks: `/v1`, `/v1beta/openai`, `?api-version=…`."""
        return bool(re.search(r"//[^/?#]+(?:.*/v\d|.*[?&]api-version=)", self.base_url))

    def at(self, base_url: str) -> Endpoint:
        """The same model at another address."""
        return replace(self, base_url=base_url)

    def with_version(self) -> Endpoint:
        """The same with `/v1` at the end of its path, where most servers have their models."""
        path, mark, query = self.base_url.partition("?")
        return self.at(f"{path.rstrip('/')}/v1{mark}{query}")

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


def limits_of(settings: Settings, endpoint: Endpoint | None) -> Limits:
    """How long to wait for the model: as the settings say, else by where it is."""
    seconds = settings.timeout
    if seconds is None:
        return LOCAL_LIMITS if endpoint and endpoint.local else DEFAULT_LIMITS
    return Limits(min(DEFAULT_LIMITS.connect_s, seconds), first_piece_s=seconds, stall_s=seconds, total_s=seconds)


def endpoint_of(settings: Settings, needs_name: bool = True) -> Endpoint | None:
    """The endpoint that the settings name, or None if they name none and the built-in tutor teaches.

    needs_name: a service has so many models that one has to be named. Raises UsageError for what can't be right.
    """
    if settings.offline:
        return None
    address, key_name = address_of(settings), key_name_of(settings)
    if address is None:
        return None
    shared.refuse_other_than_url(address.value, address.place)
    proxies.refuse_unusable(address.value)
    key = key_of(settings, address)
    base_url = without_command(address.value)
    service = SERVERS[settings.server].service if settings.server else base_url == DEFAULT_BASE_URL
    of_folder = address.of_folder and not _known(settings, address)
    if service and not key:
        where = f"in {ENV_FILE}, as the address is" if of_folder else f"in the environment or in {ENV_FILE}"
        raise UsageError(f"{address.place}: found no key, expected one; set {key_name}, {where}")
    deployed = re.search(r"/deployments/([^/?]+)", base_url)  # at Azure the address may name the model
    model = settings.model or (deployed[1] if deployed else DEFAULT_MODEL if base_url == DEFAULT_BASE_URL else "")
    if service and needs_name and not model:
        raise UsageError(f"{address.place}: found no name of a model, expected one; set -m or OPENAI_MODEL to one of those that "
                         "`config --models` lists")  # fmt: skip
    if of_folder:
        key_name += f" in {ENV_FILE}"
    return Endpoint(base_url, model, key or NO_KEY, key_name, settings.effort or "", of_folder)


def address_of(settings: Settings) -> Given | None:
    """The base URL and the place that decides on it, or None if no server is named."""
    if settings.base_url is not None:
        place = settings.places.get("base_url", "base_url")
        return Given(settings.base_url.strip(), place, "base_url" in settings.of_folder)
    place = settings.places.get("server", "--server")
    if settings.server is None:
        named = settings.variables.get("OPENAI_API_KEY")
        return Given(DEFAULT_BASE_URL, named.place, named.of_folder) if named else None
    server = SERVERS[settings.server]
    if not server.address_variable:
        return Given(server.base_url, place, "server" in settings.of_folder)
    own = settings.variables.get(server.address_variable)
    if own is None:
        raise UsageError(f"{place}: {settings.server} has an address for each customer; set {server.address_variable}, or "
                         "OPENAI_BASE_URL in the same place as the server")  # fmt: skip
    path = "" if own.value.rstrip("/").endswith(server.path) else server.path
    return own._replace(value=own.value.strip().rstrip("/") + path)


def key_name_of(settings: Settings) -> str:
    """The variable that holds the server's key."""
    return SERVERS[settings.server].key_variable if settings.server else "OPENAI_API_KEY"


def key_of(settings: Settings, address: Given) -> str:
    """The key, "" if none is set. Raises UsageError for one that can't be right, and for one that must not go to the address.

    `.env` comes with a folder that may be somebody else's: an address in it gets no key from the learner's own environment.
    A server on this machine or in this network mostly needs none, and is asked without.
    """
    name = key_name_of(settings)
    given = settings.variables.get(name)
    if address.of_folder and not _known(settings, address):
        own, given = given, settings.env_variables.get(name)
        if own and not given and not Endpoint(address.value).local:
            raise UsageError(f"{address.place}: found an address for which {name} of the environment may not be meant, expected "
                             f"{name} in {ENV_FILE} too; put it there, or the address into the environment")  # fmt: skip
    if given is None:
        return ""
    key = given.value.strip()
    if re.search(r"[\s\x00-\x1f\x7f]", key) or not key.isascii():
        raise UsageError(f"{given.place}: found blanks, line ends or non-ASCII letters inside it; copy the key again")
    return key


def _known(settings: Settings, address: Given) -> bool:
    """Whether it is the address of a service whose key has a variable of its own, so that no other address can be meant."""
    server = SERVERS[settings.server or "openai"]
    return server.service and address.value.rstrip("/") == server.base_url


def without_command(base_url: str) -> str:
    """The base URL in an address that may have been copied whole, as `…/v1/chat/completions?api-version=…`."""
    path, mark, query = base_url.strip().partition("?")
    return path.rstrip("/").removesuffix("/chat/completions").rstrip("/") + mark + query


def outdated_name(settings: Settings) -> str:
    """A warning if only the former name of the base URL is set, else ""."""
    if settings.places.get("base_url", "").endswith("OPENAI_API_BASE"):
        return "OPENAI_API_BASE is the old name; set OPENAI_BASE_URL instead"
    return ""


def masked(text: str, endpoint: Endpoint) -> str:
    """The text without the endpoint's key, and without anything else that looks like a key."""
    return shared.masked(text, "" if endpoint.key == NO_KEY else endpoint.key)
