"""Stores to hold to the contract, and articles to put in them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from byline.retrieval.answers.answer import Answer
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.index.embedded import EmbeddedStore, open_store
from byline.retrieval.index.store import Store
from byline.retrieval.indexing import index_articles
from byline.retrieval.service import Service
from tests.doubles import HashEmbedder
from tests.worlds.articles import ASK_MILL, MILL, made_articles

OpenStore = Callable[[Path, HashEmbedder], Store]


def open_embedded(folder: Path, embedder: HashEmbedder) -> EmbeddedStore:
    return open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension)


# Every store is named here; each test of the contract runs on each.
STORES: dict[str, OpenStore] = {"embedded": open_embedded}


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


@cache
def mill_answered() -> Answer:
    """The answer to `ASK_MILL` by the real service, for worlds whose other answers are written by hand."""
    embedder = HashEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        store = open_embedded(Path(folder), embedder)
        service = Service(store, embedder, OverlapReader(embedder, store.document_frequencies), threshold=0.0)
        try:
            index_articles((MILL,), store, embedder)
            return service.ask(ASK_MILL)
        finally:
            service.close()
