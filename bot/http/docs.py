"""`GET /docs`: Swagger UI from an installed package, without a third-party host or inline script."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema

from byline.bot.http.bodies import NewArticles
from byline.bot.http.problems import Problem
from byline.bot.pages.rendering import HEADERS

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Byline: HTTP API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="docs/assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>
"""
START = """SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true});
"""

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Add the page and the files it needs to `app`."""
    # The module is not imported: only the files beside it are wanted, not its FastAPI subclass.
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    app.mount("/docs/assets", StaticFiles(directory=Path(spec.origin).parent / "static"), name="docs-assets")
    app.include_router(router)
    made = app.openapi

    def with_border_schemas() -> dict[str, Any]:
        """Add the bodies that routes read or send by hand, which FastAPI cannot see."""
        described = made()
        _, schemas = models_json_schema(
            [(Problem, "serialization"), (NewArticles, "validation")], ref_template="#/components/schemas/{model}"
        )
        described["components"]["schemas"] |= schemas["$defs"]
        return described

    app.openapi = with_border_schemas  # type: ignore[method-assign]  # FastAPI's documented way to extend it


@router.get("/docs")
def docs() -> HTMLResponse:
    """Show the HTTP interface, to read and to try."""
    return HTMLResponse(PAGE, headers=HEADERS)


@router.get("/docs/start.js")
def start() -> Response:
    """Start Swagger UI; a file of its own so that the page can forbid inline script."""
    return Response(START, media_type="text/javascript")
