"""A real server over a small world of known articles and known answers, for tests of the pages."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.http_api import create_app
from bot.intake import Added
from bot.ledger import Ledger
from bot.settings import Settings
from retrieval.answers.answer import Answer, Citation, TookMs
from retrieval.articles.article import Article, content_id
from retrieval.articles.passage import Passage
from retrieval.errors import NotFound
from retrieval.index.store import ArticlePage, Filters, Header, StoredPassage, StoreStatus
from retrieval.search import Hit
from retrieval.service import SearchResult, check_filters, check_question

TOOK = TookMs(4.0, 11.0, 120.0, 136.5)

FERRY = Article(
    id="ferry-2024",
    title="双河渡口恢复通航",
    subtitle="两岸居民不再绕行三十公里",
    byline="本报记者 林知夏",
    source="双河日报",
    published="2024-05-18",
    url="https://example.org/ferry",
    text=(
        "停航四个月的双河渡口昨天上午恢复通航，首班渡轮载着六十多名乘客和十一辆汽车驶向对岸。\n"
        "修缮分两期\n"
        "据县交通局介绍，修缮工程共投入资金680万元，更换了两岸的趸船和引桥，并加装了夜航灯。“以前一起雾就停，现在能见度"
        "低于五百米才停。”船长周启明说。\n"
        "渡口每天六时三十分开出首班，二十一时收班，每二十分钟一班，行人免费，小汽车单程十元。\n"
        "今后两年，县里还将修建候船厅，并开通到北岸火车站的接驳公交。"
    ),
    subheads=((44, 49),),
)
LIBRARY = Article(
    id="library-2023",
    title="Night library opens in Milton’s old tram depot",
    byline="Ada Fenwick",
    source="The Milton Courier",
    published="2023-11-02",
    text=(
        "The old tram depot on Canal Street reopened on Wednesday as a library that closes at two in the morning.\n"
        "The council spent £1.2 million on the conversion, most of it on the roof, said the librarian, Joan Achter. "
        "“Shift workers told us they had nowhere quiet to go,” she said.\n"
        "The building holds 40,000 books and ninety desks; entry is free."
    ),
)
HOSTILE = Article(
    id="a/b & <c>?",
    title='<script>alert("x")</script> & ‮txet desrever [1](x)',
    byline="<b>Nobody</b>",
    source='"><img src=x onerror=alert(1)>',
    url="javascript:alert(1)",
    text="He wrote </mark><script>alert(1)</script> [1] in the margin. 😀 It stayed there.",
)
TRAIN = Article(
    id="train-2022",
    title="阿里山小火車重新開動",
    byline="記者 沈采薇",
    published="2022-07-09",
    text="停駛多時的小火車昨天重新開動，這是風災過後的第一班車。\n車票每張六百元，兩週內的座位都已經訂滿。",
)
ARTICLES = (FERRY, LIBRARY, TRAIN, HOSTILE)


def cite(article: Article, quote: str, number: int = 1, *, evidence: bool = True) -> Citation:
    start = article.text.index(quote)
    end = start + len(quote)
    passage_id = Passage(article.id, start, end, quote).id
    header = (article.title, article.byline, article.source, article.published)
    return Citation(number, article.id, passage_id, *header, quote, start, end, 2.5, evidence)


FERRY_QUOTE = "据县交通局介绍，修缮工程共投入资金680万元，更换了两岸的趸船和引桥，并加装了夜航灯。"
FERRY_SECOND = "渡口每天六时三十分开出首班，二十一时收班，每二十分钟一班，行人免费，小汽车单程十元。"
LIBRARY_QUOTE = (
    "The council spent £1.2 million on the conversion, most of it on the roof, said the librarian, Joan Achter."
)
TRAIN_QUOTE = "車票每張六百元，兩週內的座位都已經訂滿。"
HOSTILE_QUOTE = "He wrote </mark><script>alert(1)</script> [1] in the margin."

ASK_FERRY = "修缮双河渡口花了多少钱？"
ASK_LIBRARY = "How much did the night library cost?"
ASK_TRAIN = "小火車的車票多少錢？"
ASK_HOSTILE = "What stood in the margin?"
ASK_UNKNOWN = "谁发明了电话？"
ASK_FAULT = "What breaks?"


def _answers() -> dict[str, Answer]:
    ferry = (cite(FERRY, FERRY_QUOTE), cite(FERRY, FERRY_SECOND, 2))
    library = (cite(LIBRARY, LIBRARY_QUOTE),)
    hostile = (cite(HOSTILE, HOSTILE_QUOTE),)
    nearest = (cite(FERRY, FERRY_SECOND, evidence=False), cite(LIBRARY, LIBRARY_QUOTE, 2, evidence=False))
    short = FERRY.text.index("680万元")
    pounds = LIBRARY.text.index("£1.2 million")
    ferry_text = f"{FERRY_QUOTE}[1]\n{FERRY_SECOND}[2]"
    return {
        ASK_FERRY: Answer("", ASK_FERRY, True, ferry_text, "680万元", short, None, 0.93, ferry, TOOK),
        ASK_LIBRARY: Answer(
            "", ASK_LIBRARY, True, f"{LIBRARY_QUOTE}[1]", "£1.2 million", pounds, None, 0.88, library, TOOK
        ),
        ASK_TRAIN: Answer(
            "", ASK_TRAIN, True, f"{TRAIN_QUOTE}[1]", None, None, None, 0.8, (cite(TRAIN, TRAIN_QUOTE),), TOOK
        ),
        ASK_HOSTILE: Answer("", ASK_HOSTILE, True, f"{HOSTILE_QUOTE}[1]", None, None, None, 0.5, hostile, TOOK),
        ASK_UNKNOWN: Answer(
            "", ASK_UNKNOWN, False, "文章里没有说到这个问题。", None, None, "not_in_articles", 0.08, nearest, TOOK
        ),
    }


def header_of(article: Article) -> Header:
    return Header(
        article.id,
        article.title,
        article.subtitle,
        article.byline,
        article.source,
        article.published,
        article.url,
        article.path,
        article.kind,
        len(article.text),
    )


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

    def ask(self, question: str, *, filters: Filters = Filters(), **_: Any) -> Answer:
        question = check_question(question)
        check_filters(filters)
        time.sleep(self.delay_s)
        self.asked.append((question, filters))
        if question == ASK_FAULT:
            raise RuntimeError("the reader fell over")
        known = self._answers.get(question) or replace(self._answers[ASK_UNKNOWN], question=question)
        return replace(known, answer_id=f"answer-{len(self.asked)}")

    def search(
        self, question: str, *, top_k: int = 10, filters: Filters = Filters(), rerank: bool = True
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


class KnownIntake:
    """An `Intake` for one kind of file: its first line is the title, the rest the text."""

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
    articles: Sequence[Article] = ARTICLES,
    delay_s: float = 0.0,
) -> FastAPI:
    """The real application over what is known here; `folder` holds its ledger."""
    settings = Settings(data=folder, api_keys=tuple(keys), rate_per_minute=rate_per_minute)  # type: ignore[arg-type]
    store = KnownArticles(articles)
    service = KnownAnswers(store, delay_s=delay_s)
    ledger = Ledger(folder)
    return create_app(service, settings, ledger, indexing=KnownIntake(store))  # type: ignore[arg-type]


@contextlib.contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Run an application on a free port of the loopback; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
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
        app.state.ledger.close()
