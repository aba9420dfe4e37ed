"""What stands before every route: keys, rates, sizes, and pages of strangers that post to this server."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from byline.bot.http.problems import problem
from byline.bot.pages.session import known_key, session_key
from byline.bot.settings import Settings

# A supervisor that watches the process holds no key, whoever signs in has not shown one yet, and Telegram shows a
# secret of its own.
OPEN_PATHS = ("/healthz", "/readyz", "/sign-in", "/sign-out", "/assets/", "/telegram/webhook")
PROGRAM_PATHS = ("/v1/", "/metrics", "/openapi.json", "/docs")  # answered in JSON, not with the sign-in page
BODY_LIMIT_BYTES = 1024 * 1024  # for bodies that are questions: 500 times the longest one allowed
UPLOAD_PATH = "/v1/articles"
MAX_CLIENTS = 10_000  # buckets kept; a bucket is some 100 bytes


class AccessMiddleware:
    """ASGI middleware that refuses before a route does any work."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._keys = tuple(key.get_secret_value() for key in settings.api_keys)
        self._rate = RateLimit(settings.rate_per_minute) if settings.rate_per_minute else None
        self._max_upload_bytes = settings.max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request or pass it on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        limit = self._max_upload_bytes if request.url.path == UPLOAD_PATH else BODY_LIMIT_BYTES
        await _with_limited_body(self._app, limit, scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if path.startswith(OPEN_PATHS):
            return None
        key = self._key(request)
        if self._keys and key is None:
            by_browser = "text/html" in request.headers.get("accept", "") or not path.startswith(PROGRAM_PATHS)
            if request.method == "GET" and by_browser:
                here = path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse("/sign-in?" + urlencode({"next": here}), 303)
            detail = "send a key of BYLINE_API_KEYS as `Authorization: Bearer KEY`"
            return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Byline"'})
        if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("sec-fetch-site") == "cross-site":
            return problem(403, "a page of another site may not change anything here")
        asks_on_page = path == "/" and "q" in request.query_params
        if self._rate is not None and (path.startswith("/v1/") or asks_on_page):
            wait_s = self._rate.wait_s(key or (request.client.host if request.client else ""))
            if wait_s:
                detail = f"more than {self._rate.per_minute} requests a minute; wait {wait_s} s"
                return problem(429, detail, headers={"Retry-After": str(wait_s)})
        return None

    def _key(self, request: Request) -> str | None:
        """The known key a request carries, as a Bearer token or in the session of a page."""
        scheme, _, offered = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and known_key(offered.strip(), self._keys):
            return offered.strip()
        return session_key(request, self._keys)


class RateLimit:
    """A token bucket per client: a minute's worth at once, refilled evenly."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, client: str) -> int:
        """Take one request from the client's bucket; if there is none, say in how many whole seconds there is."""
        now = self._clock()
        left, since = self._buckets.get(client, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - since) * self.per_minute / 60)
        if left < 1:
            return math.ceil((1 - left) * 60 / self.per_minute)
        if len(self._buckets) >= MAX_CLIENTS and client not in self._buckets:
            self._forget_idle(now)
        self._buckets[client] = (left - 1, now)
        return 0

    def _forget_idle(self, now: float) -> None:
        """Drop full buckets, which are as good as none; if there are too few, everybody starts anew."""
        kept = {client: bucket for client, bucket in self._buckets.items() if now - bucket[1] < 60}
        self._buckets = kept if len(kept) < MAX_CLIENTS else {}


async def _with_limited_body(app: ASGIApp, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    detail = f"the body is larger than {limit / 1024 / 1024:g} MiB; send less at a time"
    declared = Headers(scope=scope).get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        await problem(413, detail)(scope, receive, send)
        return
    received = 0

    async def counting_receive() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413, detail)  # the one kind of error that body parsers let through
        return message

    await app(scope, counting_receive, send)
