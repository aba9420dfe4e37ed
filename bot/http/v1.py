"""The routes under `/v1`: questions, articles and feedback."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from byline.bot.conversations import Owner
from byline.bot.http.articles_in import articles_in, body_within
from byline.bot.http.bodies import (
    AddedBody,
    AnswerBody,
    ArticleBody,
    ArticlePageBody,
    AskBody,
    ConversationBody,
    FeedbackBody,
    ForgottenBody,
    RemovedBody,
    RestoredBody,
    SearchBody,
    SearchResultBody,
    UploadBody,
)
from byline.bot.http.leaving import while_there
from byline.bot.http.problems import document_of, of_faults, problem_responses
from byline.bot.http.server import Server, Serving
from byline.bot.http.stream import stream_answer
from byline.bot.uploads import Added
from byline.retrieval.errors import NotFound
from byline.retrieval.index.store import REMOVED_KEPT_DAYS, ArticlePage, Filters
from byline.retrieval.service import check_filters

CHANNEL = "http"
PAGE_CHANNEL = "page"  # what the page's own script says it is, in `X-Byline-Channel`
MAX_PAGE = 200  # articles in one page of the list
EVENT_STREAM = "text/event-stream"

router = APIRouter(prefix="/v1", responses=problem_responses(400, 401, 403, 404, 408, 413, 421, 422, 429, 503))

_UPLOAD_SCHEMA = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
            "application/json": {"schema": {"$ref": "#/components/schemas/NewArticles"}},
        },
    }
}


def filters_of(source: str = "", byline: str = "", after: str = "", before: str = "") -> Filters:
    """Filters from the query of an address.

    Raises:
        BadQuestion: a date is none.
    """
    filters = Filters(source, byline, after, before)
    check_filters(filters)
    return filters


@router.post("/ask", response_model=AnswerBody)
async def ask(body: AskBody, request: Request, server: Serving) -> AnswerBody | Response:
    """Answer a question with cited quotes, or abstain.

    With `Accept: text/event-stream` the answer comes as events `hits`, `token`, `citation`, `done`.
    """
    channel = PAGE_CHANNEL if request.headers.get("x-byline-channel") == PAGE_CHANNEL else CHANNEL
    server.check_ready()
    if EVENT_STREAM not in request.headers.get("accept", ""):
        return AnswerBody.of(await while_there(request, server.asker.ask_in_turn(body.asked(), channel=channel)))

    found = await while_there(request, server.asker.retrieve_in_turn(body.asked(), Owner(channel)))
    read = partial(server.asker.ask_in_turn, found, channel=channel)
    return stream_answer(found.hits[: body.top_k], read, document_of)


@router.post("/search")
async def search(body: SearchBody, request: Request, server: Serving) -> SearchResultBody:
    """Find the passages that fit a question best."""
    server.check_ready()
    filters = body.filters.filters() if body.filters else Filters()
    turns = await to_thread.run_sync(server.asker.turns, body.conversation or None, Owner(CHANNEL))
    find = partial(
        server.service.search,
        body.question,
        top_k=body.top_k,
        filters=filters,
        rerank=body.rerank,
        asked_at=body.asked_at,
        turns=turns,
    )
    return SearchResultBody.of(await while_there(request, server.asker.in_turn(find)))


@router.get("/conversations/{conversation_id}")
async def conversation(conversation_id: str, server: Serving) -> ConversationBody:
    """Fetch a conversation whole, its answers as they were given."""
    get = partial(server.asker.conversations.get, conversation_id, Owner(CHANNEL))
    return ConversationBody.of(await to_thread.run_sync(get))


@router.delete("/conversations/{conversation_id}")
async def forget_conversation(conversation_id: str, server: Serving) -> ForgottenBody:
    """Forget a conversation with its questions, its answers and what was said of them."""
    forget = partial(server.asker.conversations.forget, conversation_id, Owner(CHANNEL))
    return ForgottenBody(forgotten=conversation_id, questions=await to_thread.run_sync(forget))


@router.get("/articles")
async def articles(
    server: Serving,
    *,
    filters: Annotated[Filters, Depends(filters_of)],
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    q: Annotated[str, Query(max_length=200, description="stands in title, byline or text")] = "",
) -> ArticlePageBody:
    """List articles, newest first."""
    page: ArticlePage = await to_thread.run_sync(
        partial(server.store.articles, limit=limit, cursor=cursor, query=q, filters=filters)
    )
    return ArticlePageBody.of(page)


@router.get("/articles/{article_id:path}")
async def article(article_id: str, server: Serving) -> ArticleBody:
    """Fetch an article whole."""
    return ArticleBody.of(await to_thread.run_sync(server.store.article, article_id))


@router.delete("/articles/{article_id:path}")
async def remove_article(
    article_id: str,
    server: Serving,
    for_good: Annotated[
        bool, Query(description="also what would be kept for restoring it, now or from before")
    ] = False,
) -> RemovedBody:
    """Remove an article; after the response it answers nothing any more. It can be restored for 30 days."""
    removed = await to_thread.run_sync(server.store.forget if for_good else server.store.remove, [article_id])
    if not removed:
        raise NotFound(f'no article has the id "{article_id}"')
    return RemovedBody(removed=removed)


@router.post("/articles/{article_id:path}/restore")
async def restore_article(article_id: str, server: Serving) -> RestoredBody:
    """Undo the removal of an article: it comes back as it was, with its id."""
    restored = await to_thread.run_sync(server.store.restore, [article_id])
    if not restored:
        raise NotFound(f'no article with the id "{article_id}" was removed in the last {REMOVED_KEPT_DAYS} days')
    return RestoredBody(restored=restored)


@router.post("/articles", response_model=UploadBody, openapi_extra=_UPLOAD_SCHEMA)
async def add_articles(request: Request, server: Serving) -> UploadBody | Response:
    """Add articles: files as multipart, or articles as JSON (one, a list, or `{"articles": […]}`)."""
    server.check_ready()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return UploadBody(files=[AddedBody.of(added) for added in await _add_files(request, server)])
    if kind != "application/json":
        raise HTTPException(415, "send files as multipart/form-data or articles as application/json")
    body = await body_within(request.stream(), server.settings.max_upload_bytes)
    try:
        read = partial(articles_in, body, most_chars=server.settings.max_upload_chars)
        articles = await server.uploading.do(read)
    except ValidationError as fault:
        return of_faults(fault.errors(include_url=False))
    added = await server.uploading.do(partial(server.uploads.add_articles, articles), admitted=True)
    return UploadBody(files=[AddedBody.of(added)])


@router.post("/feedback", status_code=204)
async def feedback(body: FeedbackBody, server: Serving) -> None:
    """Say whether an answer was useful; the last word counts."""
    await to_thread.run_sync(partial(server.answer_log.feedback, body.answer_id, body.useful))


async def _add_files(request: Request, server: Server) -> list[Added]:
    async with request.form() as form:
        files = [part for _, part in form.multi_items() if isinstance(part, UploadFile) and part.filename]
        if not files:
            raise HTTPException(422, "the form holds no file; send one or more, each with a file name")
        added: list[Added] = []
        for file in files:
            # A browser that uploads a folder sends paths; only the name says what kind of file it is.
            name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
            content = await file.read()
            add = partial(server.uploads.add_file, name, content)
            added.append(await server.uploading.do(add, admitted=bool(added)))
        return added
