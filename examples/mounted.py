"""Byline inside an application of your own: your routes come first, everything else is Byline's API and pages.

    uvicorn --app-dir examples mounted:app            with BYLINE_DATA naming the data folder, as for `byline serve`

It is mounted at the root, where the links of its pages and citations point. Byline's own settings hold for it (keys,
rates, sizes) and for nothing of yours. `/readyz` says when questions are taken.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from byline.bot.http.app import create_app
from byline.bot.settings import load_settings
from byline.bot.wiring import wire

settings = load_settings()
components = wire(settings)
byline_app = create_app(components.asker, settings, uploads=components.uploads, prepare=components.service.warm)


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Start and stop what is mounted: a mounted application gets no lifespan of its own from Starlette."""
    async with byline_app.router.lifespan_context(byline_app):
        yield
    components.close()


app = FastAPI(title="An application of your own", lifespan=lifespan)


@app.get("/own/count")
async def count() -> dict[str, int]:
    """A route of your own that uses the same archive."""
    return {"articles": components.store.status().articles}


app.mount("/", byline_app)
