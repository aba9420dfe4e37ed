"""The server put together: routes, guards, metrics, and what a supervisor asks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from byline.bot.access_file import AccessFile
from byline.bot.asking import Asker
from byline.bot.http import docs, problems, v1
from byline.bot.http.access import AccessMiddleware, SafeHeaders
from byline.bot.http.problems import RETRY_AFTER_S, problem
from byline.bot.http.server import Server, Serving, attach
from byline.bot.metrics import CountRequests, Metrics
from byline.bot.pages import routes as page_routes
from byline.bot.settings import Settings
from byline.bot.uploads import Uploads
from byline.embeddings.errors import BylineError

if TYPE_CHECKING:
    from byline.bot.telegram.app import TelegramBot

log = logging.getLogger(__name__)

probes = APIRouter(include_in_schema=False)


def create_app(
    asker: Asker,
    settings: Settings,
    *,
    uploads: Uploads,
    prepare: Callable[[], None] | None = None,
    telegram: TelegramBot | None = None,
    started: Callable[[str], None] = lambda _: None,
) -> FastAPI:
    """Put the server together.

    Args:
        asker: answers; articles are listed in and removed from its service's store.
        settings: keys, rates and sizes.
        uploads: takes uploads.
        prepare: run in a thread while the server already answers `/healthz`; questions are taken once it has
            returned. By default the service is warmed before the server starts to listen.
        telegram: a bot to run in the same event loop, once questions are taken.
        started: called once questions are taken and Telegram, where there is a bot, has said yes or no to its token
            or was not reached; with the bot's name, or "" where there is none that takes questions.
    """
    app = FastAPI(
        title="Byline",
        summary="Ask articles; get cited answers",
        version=version("byline"),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(prepare, telegram, started),
        redirect_slashes=False,  # a redirect repeats whatever name a client came by
    )
    access = AccessFile(settings.data)
    metrics = asker.metrics = asker.metrics or Metrics(asker.service.store, asker.places)
    attach(app, Server(asker, settings, uploads, metrics, access))
    problems.install(app)
    for router in (probes, v1.router, page_routes.page_router()):
        app.include_router(router)
    if telegram is not None:
        app.include_router(telegram.router())
    docs.install(app)
    app.add_middleware(AccessMiddleware, settings=settings, access=access, places=asker.places)
    app.add_middleware(SafeHeaders)
    app.add_middleware(CountRequests, metrics=metrics)
    return app


def _lifespan(
    prepare: Callable[[], None] | None, telegram: TelegramBot | None, started: Callable[[str], None]
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        server: Server = app.state.server
        preparing = asyncio.create_task(_prepare(server, prepare or server.service.warm))
        if prepare is None:
            await preparing
        tasks = [preparing, asyncio.create_task(_start(server, telegram, started, after=preparing))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.access.close()

    return lifespan


@probes.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> JSONResponse:
    """Say that the process lives."""
    return JSONResponse({"status": "ok"})


@probes.api_route("/readyz", methods=["GET", "HEAD"])
async def readyz(server: Serving) -> JSONResponse:
    """Say whether questions are taken."""
    if not server.ready:
        return problem(503, server.not_ready_because, headers={"Retry-After": str(RETRY_AFTER_S)})
    return JSONResponse({"status": "ready"})


@probes.get("/metrics")
async def metrics_text(server: Serving) -> Response:
    """Give the figures in Prometheus's text format."""
    text = await to_thread.run_sync(generate_latest, server.metrics.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


async def _prepare(server: Server, prepare: Callable[[], None]) -> None:
    try:
        await to_thread.run_sync(prepare, abandon_on_cancel=True)
    except BylineError as fault:
        server.not_ready_because = str(fault)
    except Exception as fault:  # the server goes on saying why it is not ready
        log.exception("the server cannot get ready")
        server.not_ready_because = f"{type(fault).__name__}; the server's log has the details"
    else:
        server.ready = True


async def _start(
    server: Server, telegram: TelegramBot | None, started: Callable[[str], None], *, after: asyncio.Task[None]
) -> None:
    await asyncio.wait({after})
    if not server.ready:
        return
    if telegram is None:
        started("")
        return
    from byline.bot.telegram.app import run_beside  # here, so that a server without a bot does not load its library

    async with run_beside(telegram, server.settings, tried=started):
        await asyncio.Event().wait()
