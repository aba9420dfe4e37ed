"""The pages: ask, read an article at the quote, list and add articles, see what was asked."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from byline.bot.conversations import NEW, Owner
from byline.bot.http.leaving import while_there
from byline.bot.http.problems import of_error
from byline.bot.http.server import server_of
from byline.bot.keys import known_key
from byline.bot.pages.article_view import view_article
from byline.bot.pages.charts import chart_days, chart_delays, every_day
from byline.bot.pages.language import page_language, words
from byline.bot.pages.rendering import asset_response, render
from byline.bot.pages.session import close_session, local_address, open_session
from byline.embeddings.errors import BylineError
from byline.retrieval.answers.answer import Answer, Citation, TookMs
from byline.retrieval.errors import NotFound
from byline.retrieval.index.store import ArticlePage, Filters, Store
from byline.retrieval.service import MAX_QUESTION_CHARS, AskRequest, check_filters

CHANNEL = "page"
PAGE_ARTICLES = 30  # rows of the list on one page

BLANK_CITATION = Citation(0, "", "", "", "", "", None, "", 0, 0, 0.0, True)
BLANK_ANSWER = Answer("", "", True, (), None, None, None, 0.0, (), TookMs(0.0, 0.0, 0.0, 0.0))


def page_router() -> APIRouter:
    """Routes of every page; `create_app` has attached the server, and `AccessMiddleware` has checked the keys."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/", ask_page, methods=["GET"])
    router.add_api_route("/articles", articles_page, methods=["GET"])
    router.add_api_route("/articles/{article_id:path}", article_page, methods=["GET"])
    router.add_api_route("/insights", insights_page, methods=["GET"])
    router.add_api_route("/sign-in", sign_in_page, methods=["GET"])
    router.add_api_route("/sign-in", sign_in, methods=["POST"])
    router.add_api_route("/sign-out", sign_out, methods=["POST"])
    router.add_api_route("/assets/{name}", asset, methods=["GET"])
    return router


async def ask_page(request: Request) -> Response:
    """The front page; with `?q=` the answer is already on it, so that it works without the script."""
    server = server_of(request)
    question = request.query_params.get("q", "").strip()
    filters = _filters(request)
    thread: tuple[Answer, ...] = ()
    fault, status = "", 200
    if question:
        try:
            server.check_ready()
            thread = await _thread(request, question, filters)
        except BylineError as error:
            fault, status = str(error), of_error(error).status_code
    listing = await run_in_threadpool(server.store.articles, limit=1)
    return render(
        request,
        "ask.html",
        status=status,
        question=question,
        filters=filters,
        answer=thread[-1] if thread else None,
        thread=thread,
        fault=fault,
        total=listing.total,
        max_question=MAX_QUESTION_CHARS,
        blank_answer=BLANK_ANSWER,
        blank_citation=BLANK_CITATION,
        keys_asked=_keys_asked(request),
    )


async def _thread(request: Request, question: str, filters: Filters) -> tuple[Answer, ...]:
    """The conversation `?c=` names with the question asked in it, or a new one; asked once, however often it is loaded.

    Raises:
        BylineError: it cannot be asked.
    """
    asker = server_of(request).asker
    before: tuple[Answer, ...] = ()
    conversation = request.query_params.get("c", "") or NEW
    if conversation != NEW:
        try:
            kept = await run_in_threadpool(asker.conversations.get, conversation, Owner(CHANNEL))
        except NotFound:
            conversation = NEW
        else:
            before = kept.answers
            if before and before[-1].question == question:
                return before
    as_asked = request.query_params.get("as") == "asked"
    asked = AskRequest(question, filters=filters, conversation=conversation, as_asked=as_asked)
    return (*before, await while_there(request, asker.ask_in_turn(asked, channel=CHANNEL)))


async def article_page(request: Request, article_id: str) -> Response:
    """An article, the quote between `start` and `end` marked; 404 where it is gone or has changed."""
    try:
        article = await run_in_threadpool(server_of(request).store.article, article_id)
    except NotFound:
        said = _words(request)
        return render(
            request,
            "trouble.html",
            status=404,
            heading=said["gone_title"],
            detail=said["gone_text"],
            way_on="/articles",
            way_on_words=said["gone_look"],
            keys_asked=_keys_asked(request),
        )
    view = view_article(article, request.query_params.get("start"), request.query_params.get("end"))
    original = article.url if article.url.startswith(("https://", "http://")) else ""
    return render(request, "article.html", view=view, original=original, keys_asked=_keys_asked(request))


async def articles_page(request: Request) -> Response:
    """The list of articles, searched and filtered, a page at a time; articles are added and deleted here."""
    store = server_of(request).store
    query, cursor = request.query_params.get("q", "").strip(), request.query_params.get("cursor") or None
    filters, fault, status = _filters(request), "", 200
    try:
        check_filters(filters)
        listing = await _listing(store, query, cursor, filters)
    except (BylineError, ValueError) as error:
        fault, status = str(error), 422
        listing = await _listing(store, "", None, Filters())
    asked = {"q": query, "source": filters.source, "byline": filters.byline}
    asked |= {"after": filters.after, "before": filters.before}
    kept = {name: value for name, value in asked.items() if value}
    return render(
        request,
        "articles.html",
        status=status,
        listing=listing,
        query=query,
        filters=filters,
        fault=fault,
        first_page=cursor is None,
        first_address="/articles?" + urlencode(kept),
        next_address="/articles?" + urlencode({**kept, "cursor": listing.cursor}) if listing.cursor else "",
        keys_asked=_keys_asked(request),
    )


async def insights_page(request: Request) -> Response:
    """What was asked, what found nothing, how long it took: drawn on the server, each chart also a table."""
    answer_log = server_of(request).answer_log
    said = _words(request)
    days = every_day(await run_in_threadpool(answer_log.days))
    latency = await run_in_threadpool(answer_log.latency)
    channels = await run_in_threadpool(answer_log.channels)
    return render(
        request,
        "insights.html",
        asked=latency.questions,
        answered=sum(channel.answered for channel in channels),
        latency=latency,
        asked_days=days,
        days=chart_days(days, (said["answered"], said["abstained"])),
        delays=chart_delays(latency, said["milliseconds"]),
        unanswered=await run_in_threadpool(answer_log.unanswered),
        channels=[(channel, said.get(f"channel_{channel.channel}", channel.channel)) for channel in channels],
        keys_asked=_keys_asked(request),
    )


async def sign_in_page(request: Request) -> Response:
    """Ask for a key."""
    onward = local_address(request.query_params.get("next", "/"))
    return render(request, "sign_in.html", next=onward, wrong=False, signed_out=True)


async def sign_in(request: Request) -> Response:
    """Check the key that was typed and open a session."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    onward = local_address(fields.get("next", ["/"])[0])
    server = server_of(request)
    key = known_key(fields.get("key", [""])[0].strip(), server.settings.keys)
    if key is None:
        return render(request, "sign_in.html", status=401, next=onward, wrong=True, signed_out=True)
    response = RedirectResponse(onward, 303)
    secure = request.url.scheme == "https" or server.settings.public_url.startswith("https://")
    open_session(response, key, server.access, secure=secure)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    response = RedirectResponse("/sign-in", 303)
    close_session(request, response, server_of(request).access)
    return response


async def asset(request: Request, name: str) -> Response:
    """The stylesheet, the script and the picture of the pages; they hold nothing that a key guards."""
    found = asset_response(name, request.query_params.get("v", ""))
    return found or Response(status_code=404)


def _keys_asked(request: Request) -> bool:
    return bool(server_of(request).settings.api_keys)


def _words(request: Request) -> dict[str, str]:
    return dict(words(page_language(request.headers.get("accept-language", ""))))


def _filters(request: Request) -> Filters:
    given = request.query_params
    return Filters(*(given.get(name, "").strip() for name in ("source", "byline", "after", "before")))


async def _listing(store: Store, query: str, cursor: str | None, filters: Filters) -> ArticlePage:
    return await run_in_threadpool(store.articles, limit=PAGE_ARTICLES, cursor=cursor, query=query, filters=filters)
