"""One server: known answers for the tests of the pages, or a real service over a real store."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from byline.bot.answer_log import AnswerLog
from byline.bot.asking import Asker
from byline.bot.http.app import create_app
from byline.bot.http.serving import server_config
from byline.bot.settings import Settings
from byline.bot.uploads import Added, Uploads
from byline.retrieval.answers.answer import Answer, TookMs
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.passage import Passage
from byline.retrieval.conversation.turns import Turn
from byline.retrieval.errors import NotFound
from byline.retrieval.index.store import ArticlePage, Filters, StoredPassage, StoreStatus
from byline.retrieval.search import Hit
from byline.retrieval.service import AskRequest, Retrieved, SearchResult, Service, check_filters, check_question
from byline.retrieval.understanding import understand
from tests.answers.said import quotes, words
from tests.doubles import HashEmbedder
from tests.worlds.articles import (
    ASK_FAULT,
    ASK_FERRY,
    ASK_HOSTILE,
    ASK_LIBRARY,
    ASK_MILL,
    ASK_TRAIN,
    ASK_UNKNOWN,
    CANTEEN,
    FERRY,
    FERRY_QUOTE,
    FERRY_SECOND,
    HOSTILE,
    HOSTILE_QUOTE,
    LANDING,
    LIBRARY,
    LIBRARY_QUOTE,
    LIGHT,
    MILL,
    TRAIN,
    TRAIN_QUOTE,
    cite,
    header_of,
)
from tests.worlds.stores import mill_answered, open_embedded

TOOK = TookMs(4.0, 11.0, 120.0, 136.5)

LIBRARY_ARTICLES = (LANDING, CANTEEN, LIGHT, MILL)
PAGE_ARTICLES = (FERRY, LIBRARY, MILL, TRAIN, HOSTILE)


def _answers() -> dict[str, Answer]:
    ferry = (cite(FERRY, FERRY_QUOTE), cite(FERRY, FERRY_SECOND, 2))
    library = (cite(LIBRARY, LIBRARY_QUOTE),)
    hostile, train = (cite(HOSTILE, HOSTILE_QUOTE),), (cite(TRAIN, TRAIN_QUOTE),)
    nearest = (cite(FERRY, FERRY_SECOND, evidence=False), cite(LIBRARY, LIBRARY_QUOTE, 2, evidence=False))
    short = FERRY.text.index("680万元")
    pounds = LIBRARY.text.index("£1.2 million")
    told = quotes(ferry, short="680万元", between="\n")
    return {
        ASK_FERRY: Answer("", ASK_FERRY, True, told, "680万元", short, None, 0.93, ferry, TOOK),
        ASK_LIBRARY: Answer(
            "",
            ASK_LIBRARY,
            True,
            quotes(library, short="£1.2 million"),
            "£1.2 million",
            pounds,
            None,
            0.88,
            library,
            TOOK,
        ),
        ASK_TRAIN: Answer("", ASK_TRAIN, True, quotes(train), None, None, None, 0.8, train, TOOK),
        ASK_HOSTILE: Answer("", ASK_HOSTILE, True, quotes(hostile), None, None, None, 0.5, hostile, TOOK),
        ASK_MILL: mill_answered(),
        ASK_UNKNOWN: Answer(
            "",
            ASK_UNKNOWN,
            False,
            words("文章里没有说到这个问题。"),
            None,
            None,
            "not_in_articles",
            0.08,
            nearest,
            TOOK,
        ),
    }


class KnownArticles:
    """A `Store`'s article side over a list in memory; newest first, the cursor is a place in the order."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = {article.id: article for article in articles}
        self._removed: dict[str, Article] = {}

    def add(self, articles: Sequence[Article]) -> None:
        self._articles |= {article.id: article for article in articles}

    def article(self, article_id: str) -> Article:
        if article_id not in self._articles:
            raise NotFound(f'no article has the id "{article_id}"')
        return self._articles[article_id]

    def articles(
        self, *, limit: int, cursor: str | None = None, query: str = "", filters: Filters = Filters()
    ) -> ArticlePage:
        fitting = [
            article
            for article in sorted(self._articles.values(), key=lambda a: (a.published or "", a.id), reverse=True)
            if query in article.title + article.byline + article.text
            and filters.source in article.source
            and filters.byline in article.byline
            and (article.published or "") >= filters.after
            and (not filters.before or "" < (article.published or "") <= filters.before)
        ]
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(fitting) else None
        return ArticlePage(tuple(header_of(a) for a in fitting[start : start + limit]), more, len(fitting))

    def remove(self, article_ids: Sequence[str]) -> list[str]:
        there = [article_id for article_id in article_ids if article_id in self._articles]
        self._removed |= {article_id: self._articles.pop(article_id) for article_id in there}
        return there

    def restore(self, article_ids: Sequence[str]) -> list[str]:
        there = [article_id for article_id in article_ids if article_id in self._removed]
        self._articles |= {article_id: self._removed.pop(article_id) for article_id in there}
        return there

    def status(self) -> StoreStatus:
        return StoreStatus(len(self._articles), len(self._articles), 0, "known", 1, "memory", 0, 1, True, None)

    def close(self) -> None: ...


class KnownAnswers:
    """A `Service` that knows the answers to a few questions and abstains from no others: they are an error."""

    def __init__(self, store: KnownArticles, *, delay_s: float = 0.0) -> None:
        self.store = store
        self.delay_s = delay_s
        self.asked: list[tuple[str, Filters]] = []
        self._answers = _answers()

    def retrieve(self, request: AskRequest) -> Retrieved:
        hits = self.search(request.question, top_k=request.top_k, filters=request.filters).hits
        question = understand(check_question(request.question), lambda terms: {})
        return Retrieved(request, question, hits, 1.0, 1.0, 2.0)

    def answer(self, found: Retrieved) -> Answer:
        question = found.question.text
        time.sleep(self.delay_s)
        self.asked.append((question, found.request.filters))
        if question == ASK_FAULT:
            raise RuntimeError("the reader fell over")
        known = self._answers.get(question) or replace(self._answers[ASK_UNKNOWN], question=question)
        return replace(known, answer_id=f"answer-{len(self.asked)}", conversation=found.request.conversation)

    def search(
        self,
        question: str,
        *,
        top_k: int = 10,
        filters: Filters = Filters(),
        rerank: bool = True,
        turns: Sequence[Turn] = (),
    ) -> SearchResult:
        question = check_question(question)
        check_filters(filters)
        known = self._answers.get(question)
        hits = []
        for key, citation in enumerate(known.citations if known else ()):
            passage = Passage(citation.article_id, citation.start, citation.end, citation.quote)
            stored = StoredPassage(passage, header_of(self.store.article(citation.article_id)))
            hits.append(Hit(key, stored, citation.score, 0.8, 3.0))
        return SearchResult(tuple(hits[:top_k]), TOOK)

    def warm(self) -> None: ...

    def close(self) -> None: ...


class KnownUploads:
    """An `Uploads` for one kind of file: its first line is the title, the rest the text."""

    def __init__(self, store: KnownArticles) -> None:
        self._store = store

    def add_file(self, name: str, content: bytes) -> Added:
        title, _, text = content.decode().partition("\n")
        if not text.strip():
            return Added(name, (), faults=("there is no text in it",))
        return self.add_articles([Article(content_id(title, "", text), title, text.strip(), path=name)], name=name)

    def add_articles(self, articles: Sequence[Article], *, name: str = "") -> Added:
        self._store.add(articles)
        return Added(name, tuple(articles))


def page_app(
    folder: Path,
    *,
    keys: Sequence[str] = (),
    rate_per_minute: int = 0,
    articles: Sequence[Article] = PAGE_ARTICLES,
    delay_s: float = 0.0,
) -> FastAPI:
    """The real application over what is known here; `folder` holds its answer_log."""
    settings = Settings(data=folder, api_keys=tuple(keys), rate_per_minute=rate_per_minute)  # type: ignore[arg-type]
    store = KnownArticles(articles)
    service = KnownAnswers(store, delay_s=delay_s)
    answer_log = AnswerLog(folder)
    return create_app(Asker(service, answer_log), settings, uploads=KnownUploads(store))  # type: ignore[arg-type]


@contextlib.contextmanager
def serving(app: FastAPI, config: uvicorn.Config | None = None) -> Iterator[str]:
    """Run an application on a free port of the loopback, as a server or as `config` says; gives its address."""
    config = config or server_config(app, app.state.server.settings)
    config.host, config.port = "127.0.0.1", 0
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="page-server")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        app.state.server.answer_log.close()


@contextlib.contextmanager
def library(
    folder: Path, settings: Settings | None = None, *, articles: Sequence[Article] = LIBRARY_ARTICLES
) -> Iterator[httpx.Client]:
    """Serve articles from a folder; every answer, however unsure, is given."""
    with (
        real_app(folder, articles, settings=settings) as app,
        serving(app) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        yield client


@contextlib.contextmanager
def real_app(
    folder: Path,
    articles: Sequence[Article] = (),
    *,
    settings: Settings | None = None,
    reader: type[OverlapReader] = OverlapReader,
    threshold: float | None = 0.0,
    embedder: HashEmbedder | None = None,
    prepare: Callable[[], None] | None = None,
) -> Iterator[FastAPI]:
    """The real application over a real store with hashed vectors; `app.state.server` holds its parts."""
    embedder = embedder or HashEmbedder()
    store = open_embedded(folder, embedder)
    service = Service(store, embedder, reader(embedder, store.document_frequencies), threshold=threshold)
    settings = settings or Settings(data=folder)
    uploads = Uploads(store, embedder, max_chars=settings.max_upload_chars)
    uploads.add_articles(articles)
    yield create_app(Asker(service, AnswerLog(folder)), settings, uploads=uploads, prepare=prepare)
    service.close()
