"""Stores to hold to the contract, and articles to put in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.articles.article import Article
from retrieval.index.embedded import open_store
from retrieval.index.store import Store
from retrieval.indexing import index_articles
from tests.doubles import HashEmbedder

OpenStore = Callable[[Path, HashEmbedder], Store]


def open_embedded(folder: Path, embedder: HashEmbedder) -> Store:
    return open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension)


# Every store is named here; each test of the contract runs on each.
STORES: dict[str, OpenStore] = {"embedded": open_embedded}

PLACES = ["青石镇", "白河县", "云岭乡", "东港区", "柳林村", "石桥街道"]
DEEDS = ["修好了三座桥", "办起了图书馆", "种下两千棵树", "开通了公交线", "查出七处漏水", "请来了老戏班"]


def made_articles(count: int, *, first: int = 0) -> list[Article]:
    """Articles of a few sentences each, no two alike, some without a date, from three sources."""
    return [
        Article(
            id=f"made-{number}",
            title=f"{PLACES[number % 6]}{DEEDS[number // 6 % 6]}",
            text="\n".join(
                f"{PLACES[(number + line) % 6]}在第{number * 7 + line}天{DEEDS[(number * 5 + line) % 6]}，"
                f"共有{number * 31 % 97 + line}人来看。The count was {number * 13 + line}."
                for line in range(1 + number % 9)
            ),
            byline=("沈一舟", "Ada Grey", "")[number % 3],
            source=("青石日報", "Ｅvening Post", "")[number // 2 % 3],
            published=None if number % 4 == 3 else f"2021-{1 + number % 12:02}-{1 + number % 28:02}",
        )
        for number in range(first, first + count)
    ]


@contextmanager
def filled(open_: OpenStore, folder: Path, count: int = 40) -> Iterator[tuple[Store, HashEmbedder]]:
    """A store with `made_articles(count)` in it."""
    embedder = HashEmbedder()
    store = open_(folder, embedder)
    try:
        index_articles(made_articles(count), store, embedder)
        yield store, embedder
    finally:
        store.close()
