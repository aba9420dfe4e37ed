"""Every error of the HTTP interface as RFC 9457 `application/problem+json`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from byline.bot.places import Busy
from byline.embeddings.errors import BylineError
from byline.retrieval.errors import BadQuestion, IndexLocked, NotFound, UnreadableFile

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
UNEXPECTED = "something failed inside Byline; the server's log has the details"
# What an answer of the API may do in a browser: nothing, and nobody keeps a copy of it.
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MOST_ERRORS = 20  # named in one answer: a body of 300,000 wrong articles must not make one of 17 MB
RETRY_AFTER_S = 5  # a lock is held, or a start lasts, for seconds rather than minutes


class Problem(BaseModel):
    """What went wrong, for programs (`status`) and for people (`detail`)."""

    type: str = Field(default="about:blank", description="always `about:blank`: the status says it all")
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(
        default=None, description="for 422: `at` and `detail` of each wrong field"
    )


class NotReady(BylineError):
    """Models and index are still being loaded; ask again in a moment."""


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """Make the response for an error; its title is the status's own phrase."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    content = body.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What `/docs` says about the errors of a route."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}} for status in statuses}


def install(app: FastAPI) -> None:
    """Let every failure of `app` leave as a problem."""
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(BylineError, _of_byline)
    app.add_exception_handler(Exception, _of_anything)


def document_of(error: Exception) -> dict[str, Any]:
    """The problem document for any failure, where the status line is already sent."""
    if isinstance(error, BylineError):
        return dict(json.loads(bytes(of_error(error).body)))
    log.error("an answer failed", exc_info=error)
    return dict(json.loads(bytes(problem(500, UNEXPECTED).body)))


def of_error(error: BylineError) -> JSONResponse:
    """The response for a failure with a message of its own."""
    match error:
        case BadQuestion() | UnreadableFile():
            return problem(422, str(error))
        case NotFound():
            return problem(404, str(error))
        case Busy():
            return problem(503, str(error), headers={"Retry-After": str(error.retry_after_s)})
        case IndexLocked() | NotReady():
            return problem(503, str(error), headers={"Retry-After": str(RETRY_AFTER_S)})
        case _:
            log.error("%s", error)
            return problem(503, str(error))


async def _of_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), headers=error.headers)


async def _of_validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return problem(400, f"the body is not JSON: {found[0].get('ctx', {}).get('error', found[0]['msg'])}")
    return of_faults(found)


def of_faults(found: Sequence[Any]) -> JSONResponse:
    """The response for fields that do not hold what they should, from pydantic's list of errors."""
    errors = [
        {"at": ".".join(str(part) for part in fault["loc"]), "detail": fault["msg"]} for fault in found[:MOST_ERRORS]
    ]
    return problem(422, "; ".join(f"{error['at']}: {error['detail']}" for error in errors[:3]), errors=errors)


async def _of_byline(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BylineError)
    return of_error(error)


async def _of_anything(_request: Request, _error: Exception) -> JSONResponse:
    return problem(500, UNEXPECTED, headers=SAFE_HEADERS)  # sent from outside the middleware that adds them
