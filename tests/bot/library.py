"""A small library of articles behind the real application: a real store, a real service, hashed vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.asking import Asker
from bot.http_api import create_app
from bot.intake import Intake
from bot.ledger import Ledger
from bot.settings import Settings
from retrieval.answers.overlap_reader import OverlapReader
from retrieval.articles.article import Article
from retrieval.index.embedded import open_store
from retrieval.service import Service
from tests.doubles import HashEmbedder
from tests.page_world import serving
from tests.worlds.long_article import MILL

FERRY = Article(
    id="ferry",
    title="沙湾渡口复航",
    text="停航两年的沙湾渡口昨天复航。\n县交通局投入1860万元,新建栈桥136米。\n渡口每天开行二十六班,票价两元。",
    byline="林舟",
    source="青屿晚报",
    published="2024-11-20",
)
CANTEEN = Article(
    id="canteen/1",
    title="社区食堂开张百日",
    text="石桥社区食堂开张一百天,平均每天供餐430份。\n食堂负责人沈玉芬说,账目每月贴在门口。",
    byline="许念",
    source="青屿晚报",
    published="2024-11-21",
)
LIGHT = Article(
    id="light",
    title="The last keeper hands over the light",
    text="The lighthouse at Heron Point went over to automatic operation on Sunday. The new lamp draws 80 watts.",
    byline="Mara Ellison",
    source="Qingyu Bay Courier",
)
ARTICLES = (FERRY, CANTEEN, LIGHT, MILL)
ASK_FERRY = "沙湾渡口新建栈桥多少米?"


@contextmanager
def library(
    folder: Path, settings: Settings | None = None, *, articles: Sequence[Article] = ARTICLES
) -> Iterator[httpx.Client]:
    """Serve articles from a folder; every answer, however unsure, is given."""
    settings = settings or Settings(data=folder)
    embedder = HashEmbedder()
    store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    service = Service(store, embedder, OverlapReader(embedder, store.document_frequencies), threshold=0.0)
    intake = Intake(store, embedder)
    intake.add_articles(articles)
    app = create_app(Asker(service, Ledger(folder)), settings, intake=intake)
    with serving(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        yield client
    service.close()
