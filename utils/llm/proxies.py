"""The proxies that the environment names, as the SDK's client reads them: which one a request takes, and which can't be used."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from utils.errors import UsageError
from utils.text import shorten

SCHEMES = ("http", "https", "socks5", "socks5h")


def unusable() -> str:
    """What is wrong with a proxy of the environment, and what to do; "" if there is nothing, or no proxy.

    The SDK's client reads all of them at its start, also those for addresses that it is not asked for.
    """
    from importlib.util import find_spec
    from urllib.request import getproxies

    proxies = getproxies()
    if "*" in [host.strip() for host in proxies.get("no", "").split(",")]:
        return ""
    for kind in ("http", "https", "all"):
        if not (text := proxies.get(kind)):
            continue
        name = next(
            (name for name in (f"{kind}_proxy", f"{kind.upper()}_PROXY") if os.environ.get(name)), "the system's settings"
        )
        found = f'{name}: found "{shorten(_without_password(text), 100)}"'
        scheme = _scheme(text)
        if scheme not in SCHEMES or not _has_host(text):
            return f"{found}, expected a proxy such as http://127.0.0.1:3128; correct or unset it"
        if scheme.startswith("socks") and not find_spec("socksio"):
            return f"{found}, for which the package socksio is missing; install it, name an http:// proxy, or unset it"
    return ""


def refuse_unusable(base_url: str) -> None:
    """Raises UsageError where requests to this address would go through a proxy that can't be used."""
    if (message := unusable()) and not _bypassed(base_url):
        raise UsageError(message)


def proxy_of(base_url: str) -> str:
    """The proxy that requests to a URL go through, without its password, or ""."""
    from urllib.request import getproxies

    proxies = getproxies()
    proxy = proxies.get(urlsplit(base_url).scheme) or proxies.get("all")
    if not proxy or _bypassed(base_url):
        return ""
    return _without_password(proxy).partition("://")[2].rstrip("/") or proxy


def _bypassed(base_url: str) -> bool:
    from urllib.request import proxy_bypass

    return bool(proxy_bypass(urlsplit(base_url).hostname or ""))


def _without_password(proxy: str) -> str:
    return re.sub("(^|//)[^/]*@", r"\1", proxy)


def _scheme(proxy: str) -> str:
    return proxy.partition("://")[0].lower() if "://" in proxy else "http"


def _has_host(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return bool(parts.hostname) and (parts.port is None or parts.port > 0) and not re.search(r"\s", proxy)
    except ValueError:  # half of a bracket, or a port that is no number
        return False
