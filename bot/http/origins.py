"""Whether a request came to this server by a name of its own, and from a page of its own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from byline.bot.settings import ANY_HOST, Settings

HARMLESS_METHODS = ("GET", "HEAD", "OPTIONS")
LOOPBACK_NAMES = ("localhost", "localhost.localdomain")
WILDCARDS = ("0.0.0.0", "::")


class Origins:
    """The names of one server.

    A page of a stranger whose name is made to point at 127.0.0.1 (DNS rebinding) is of the same origin to a browser;
    only the name in `Host` gives it away. An address in numbers cannot be rebound and is always taken.
    """

    def __init__(self, settings: Settings) -> None:
        """Take the names from the settings."""
        public = urlsplit(settings.public_url)
        own = [*LOOPBACK_NAMES, *settings.hosts, public.hostname or ""]
        own += [settings.host] if settings.host not in WILDCARDS else []
        self._names = {name.lower().rstrip(".") for name in own if name}
        self._any = ANY_HOST in settings.hosts
        self._public = f"{public.scheme}://{public.netloc}".lower() if public.netloc else ""

    def knows(self, host: str) -> bool:
        """Whether `Host`, with or without a port, names this server."""
        name = _name_in(host)
        if name is None:
            return False
        return self._any or name in self._names or name.endswith(".localhost") or _is_address(name)

    def own_page(self, method: str, headers: Headers) -> bool:
        """Whether a request may change something, as far as a browser says where it comes from.

        `Sec-Fetch-Site` says it; browsers leave it out towards plain-http names, and there `Origin` is held against
        `Host`, as Go 1.25's CrossOriginProtection does. A program sends neither.
        """
        if method in HARMLESS_METHODS:
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        if origin is None:
            return True
        return origin.lower() == self._public or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _name_in(host: str) -> str | None:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return None
    return name.lower().rstrip(".") if name else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
