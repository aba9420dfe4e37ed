"""Signing in with an API key in the browser: a random cookie, whose digest the server keeps with the key's."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from byline.bot.access_file import AccessFile
from byline.bot.keys import Key, digest_of

COOKIE = "byline_session"
MAX_AGE_S = 30 * 24 * 3600  # a month of reading before the key is asked for again


def session_key(request: Request, keys: Sequence[Key], access: AccessFile) -> Key | None:
    """The key a request's session was opened with; None without a session, or if the key was withdrawn."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    try:
        kept = access.session_key(digest_of(token))
    except sqlite3.Error:  # the file was damaged since; whoever reads a page signs in again
        return None
    return next((key for key in keys if key.digest == kept), None)


def open_session(response: Response, key: Key, access: AccessFile, *, secure: bool) -> None:
    """Begin a session and set its cookie; scripts cannot read it, and no other site's request carries it.

    Args:
        response: what the browser gets.
        key: that was shown.
        access: keeps the session.
        secure: whether the page came by https; over plain http on loopback a secure cookie would be dropped.
    """
    token = secrets.token_urlsafe(32)
    access.open_session(digest_of(token), key.digest, lasts_s=MAX_AGE_S)
    response.set_cookie(COOKIE, token, max_age=MAX_AGE_S, httponly=True, samesite="strict", secure=secure, path="/")


def close_session(request: Request, response: Response, access: AccessFile) -> None:
    """End the session, so that a copy of the cookie opens nothing, and take the cookie away."""
    token = request.cookies.get(COOKIE, "")
    if token:
        access.close_session(digest_of(token))
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def local_address(address: str) -> str:
    """Give the address back if it is a path of this site, else the front page: a sign-in leads nowhere else."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return "/"
