"""Signing in with an API key in the browser: a cookie that proves the key without holding it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "byline_session"
MAX_AGE_S = 30 * 24 * 3600  # a month of reading before the key is asked for again
PURPOSE = b"byline page session"


def session_token(key: str) -> str:
    """Make the cookie's value from a key; the key cannot be got back from it, and a withdrawn key ends the session."""
    return hmac.new(key.encode(), PURPOSE, hashlib.sha256).hexdigest()


def session_key(request: Request, keys: Iterable[str]) -> str | None:
    """Name the key a request's session was made from, or None without one."""
    given = request.cookies.get(COOKIE, "").encode()
    found = None
    for key in keys:  # all of them, so that the time taken does not tell which
        if hmac.compare_digest(given, session_token(key).encode()):
            found = key
    return found


def known_key(given: str, keys: Iterable[str]) -> bool:
    """Whether a typed key is one of the keys, compared in constant time."""
    return sum(hmac.compare_digest(given.encode(), key.encode()) for key in keys) > 0


def open_session(response: Response, key: str, *, secure: bool) -> None:
    """Set the cookie; scripts cannot read it, and no other site's request carries it.

    Args:
        response: what the browser gets.
        key: a key that was checked.
        secure: whether the page came by https; over plain http on loopback a secure cookie would be dropped.
    """
    response.set_cookie(
        COOKIE, session_token(key), max_age=MAX_AGE_S, httponly=True, samesite="strict", secure=secure, path="/"
    )


def close_session(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def local_address(address: str) -> str:
    """Give the address back if it is a path of this site, else the front page: a sign-in leads nowhere else."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return "/"
