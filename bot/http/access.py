"""What stands before every route: names, keys and their rights, rates, sizes, and pages of strangers."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from byline.bot.access_file import AccessFile
from byline.bot.http.origins import Origins
from byline.bot.http.problems import SAFE_HEADERS, of_error, problem
from byline.bot.keys import Key, Right, known_key
from byline.bot.pages.session import session_key
from byline.bot.places import Places
from byline.bot.rates import RateLimit
from byline.bot.settings import Settings

# A supervisor that watches the process holds no key and calls by any name.
PROBES = ("/healthz", "/readyz")
# Whoever signs in has not shown a key yet, and Telegram shows a secret of its own.
OPEN_PATHS = (*PROBES, "/sign-in", "/sign-out", "/assets/", "/telegram/webhook")
PROGRAM_PATHS = ("/v1/", "/metrics", "/openapi.json", "/docs")  # answered in JSON, not with the sign-in page
ADMIN_PATHS = ("/insights", "/metrics")  # what people asked, and how the server does
UPLOAD_PATH = "/v1/articles"
QUESTION_PATHS = ("/v1/ask", "/v1/search")
CHEAP_PATHS = (*OPEN_PATHS, "/docs", "/openapi.json")  # files; everything else reads the index
BODY_LIMIT_BYTES = 256 * 1024  # for bodies that are questions: ten times the longest, every character escaped
BODY_WITHIN_S = 30.0  # between two pieces of a body; nginx has 60
WRONG_KEYS_PER_MINUTE = 10  # from one address; whoever mistypes needs two or three


class AccessMiddleware:
    """ASGI middleware that refuses before a route does any work."""

    def __init__(self, app: ASGIApp, settings: Settings, access: AccessFile, places: Places) -> None:
        self._app = app
        self._keys = settings.keys
        self._access = access
        self._places = places
        self._origins = Origins(settings)
        self._rate = RateLimit(settings.rate_per_minute) if settings.rate_per_minute else None
        self._wrong_keys = RateLimit(WRONG_KEYS_PER_MINUTE)
        self._max_upload_bytes = settings.max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request or pass it on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._stranger(request) or self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        limit = self._max_upload_bytes if request.url.path == UPLOAD_PATH else BODY_LIMIT_BYTES
        signing_in = request.method == "POST" and request.url.path == "/sign-in" and self._keys
        await _with_limited_body(
            self._app, limit, scope, receive, self._counting(request, send) if signing_in else send
        )

    def _stranger(self, request: Request) -> Response | None:
        """Refuse what came by another server's name, or from another site's page."""
        if request.url.path in PROBES:
            return None
        host = request.headers.get("host", "")
        if host and not self._origins.knows(host):
            return problem(421, f"this server is not called {host[:100]}; name it in BYLINE_HOSTS if it is")
        if not self._origins.own_page(request.method, request.headers):
            return problem(403, "a page of another site may not change anything here")
        return None

    def _refusal(self, request: Request) -> Response | None:
        path, client = request.url.path, request.client.host if request.client else ""
        signing_in = path == "/sign-in" and request.method == "POST"
        offered = _bearer(request) if self._keys else None
        if self._keys and (signing_in or (offered is not None and not path.startswith(OPEN_PATHS))):
            wait_s = self._wrong_keys.would_wait_s(client)
            if wait_s:
                return _too_many(f"too many wrong keys from {client}; wait {wait_s} s", wait_s)
        if path.startswith(OPEN_PATHS):
            return None
        key = None
        if self._keys:
            key = self._key(request, offered)
            if key is None:
                if offered is not None:
                    self._wrong_keys.wait_s(client)
                return _unknown(request)
            needed = right_for(request.method, path)
            if key.right < needed:
                return problem(403, f"this key may {key.right.word}, not {needed.word}; show one that may")
        if self._rate is not None and _costs(request):
            wait_s = self._rate.wait_s(key.digest if key else client)
            if wait_s:
                return _too_many(f"more than {self._rate.per_minute} requests a minute; wait {wait_s} s", wait_s)
        if request.method == "POST" and path in QUESTION_PATHS and self._places.full:
            return of_error(self._places.refusal())  # before its body is read: a flood must not cost the answers
        return None

    def _key(self, request: Request, offered: str | None) -> Key | None:
        """The known key a request shows, as a Bearer token or in the session of a page."""
        found = known_key(offered, self._keys) if offered is not None else None
        return found or session_key(request, self._keys, self._access)

    def _counting(self, request: Request, send: Send) -> Send:
        """Count a sign-in that was refused as a wrong key."""

        async def counting_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401:
                self._wrong_keys.wait_s(request.client.host if request.client else "")
            await send(message)

        return counting_send


class SafeHeaders:
    """ASGI middleware that gives every response the headers of `SAFE_HEADERS` it does not have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to the head of its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, adding)


def right_for(method: str, path: str) -> Right:
    """What a request needs."""
    if path.startswith(ADMIN_PATHS):
        return Right.ADMIN
    changes = method not in ("GET", "HEAD", "OPTIONS")
    return Right.WRITE if changes and (path == UPLOAD_PATH or path.startswith(f"{UPLOAD_PATH}/")) else Right.ASK


def _costs(request: Request) -> bool:
    path = request.url.path
    if path == "/":
        return "q" in request.query_params
    return not path.startswith(CHEAP_PATHS)


def _bearer(request: Request) -> str | None:
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    return offered.strip() if scheme.lower() == "bearer" and offered.strip() else None


def _unknown(request: Request) -> Response:
    path = request.url.path
    by_browser = "text/html" in request.headers.get("accept", "") or not path.startswith(PROGRAM_PATHS)
    if request.method == "GET" and by_browser:
        here = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/sign-in?" + urlencode({"next": here}), 303)
    detail = "send a key of BYLINE_API_KEYS as `Authorization: Bearer KEY`"
    return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Byline"'})


def _too_many(detail: str, wait_s: int) -> Response:
    return problem(429, detail, headers={"Retry-After": str(wait_s)})


async def _with_limited_body(app: ASGIApp, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    detail = f"the body is larger than {limit / 1024 / 1024:g} MiB; send less at a time"
    declared = Headers(scope=scope).get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        await problem(413, detail)(scope, receive, send)
        return
    received, complete = 0, False

    async def counting_receive() -> Message:
        nonlocal received, complete
        if complete:  # what comes now is that the client leaves, which may take as long as it likes
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), BODY_WITHIN_S)
        except TimeoutError:
            raise HTTPException(408, f"the body stood still for {BODY_WITHIN_S:g} s", {"Connection": "close"}) from None
        received += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if received > limit:
            raise HTTPException(413, detail)  # the one kind of error that body parsers let through
        return message

    await app(scope, counting_receive, send)
