"""The embedded store, the default: one SQLite file in a folder, vectors searched in memory by FAISS.

The database is the truth; the vectors in memory are read from it and follow it. Every method is one read
transaction, and the vectors it searches are exactly those of that transaction, so a passage that was removed can
neither be found nor push another out of the first `k`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from byline.embeddings.embedder import Vectors
from byline.embeddings.errors import Hint
from byline.retrieval.articles.article import Article
from byline.retrieval.errors import IndexDamaged, IndexFault, IndexFull, IndexMismatch, NotFound
from byline.retrieval.index import lexical
from byline.retrieval.index.database import Database
from byline.retrieval.index.files import EmbeddedFiles
from byline.retrieval.index.health import damage_of, status_of
from byline.retrieval.index.integrity import is_sound
from byline.retrieval.index.models import EmbeddedReplacement, Model, active_model, generation, other_model
from byline.retrieval.index.originals import Originals
from byline.retrieval.index.removal import Removals
from byline.retrieval.index.reserve import Reserve
from byline.retrieval.index.restriction import allowed_keys
from byline.retrieval.index.rows import fetch_article, fetch_page, fetch_passages, key_of
from byline.retrieval.index.store import (
    REMOVED_KEPT_DAYS,
    ArticlePage,
    Filters,
    RemovedArticle,
    StoredPassage,
    StoreStatus,
)
from byline.retrieval.index.vectors import Snapshot, VectorIndex
from byline.retrieval.index.writing import EmbeddedWriter

log = logging.getLogger(__name__)

T = TypeVar("T")

DATABASE = "index.sqlite3"


def open_store(
    folder: Path, *, fingerprint: str | None = None, dimension: int | None = None, create: bool = True
) -> EmbeddedStore:
    """Open the index kept in a folder, made if need be.

    Args:
        folder: everything of the index lies in it.
        fingerprint: of the embedder in use; None for commands that neither search by vector nor write.
        dimension: width of its vectors.
        create: whether to make an index where there is none.

    Raises:
        IndexMismatch: a newer Byline made it. (Another model is noticed when vectors are searched or written.)
        IndexDamaged: the database does not open.
        IndexFault: the folder cannot be used, or `create` is False and nothing is there.
    """
    model = None if fingerprint is None or dimension is None else Model(0, fingerprint, dimension)
    store = EmbeddedStore(Database(folder / DATABASE, create=create), model)
    try:
        if not store.read_only:
            store.purge()
    except BaseException:
        store.close()
        raise
    return store


class EmbeddedStore:
    """A `Store` in one folder of this machine."""

    def __init__(self, database: Database, model: Model | None) -> None:
        """Read and write an open database; use `open_store`."""
        self._database = database
        self._model = model
        self._vectors = VectorIndex(self._damaged)
        self._removals = Removals(database)
        self._originals = Originals(self.folder)
        self._reserve = Reserve(self.folder)
        if not database.read_only:
            self._reserve.make()

    def nearest(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by vector; see `Store.nearest`."""
        with self._with_vectors(vector) as (connection, snapshot):
            if snapshot is None:
                return []
            return snapshot.nearest(vector, k, allowed_keys(connection, filters))

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by words; see `Store.matching`."""
        with self._database.reading() as connection:
            return lexical.matching(connection, question, k, allowed_keys(connection, filters))

    def cosines(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        """Compare named passages with a vector; see `Store.cosines`."""
        with self._with_vectors(vector) as (_, snapshot):
            return [-1.0] * len(keys) if snapshot is None else snapshot.cosines(vector, keys)

    def passages(self, keys: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages; see `Store.passages`."""
        with self._database.reading() as connection:
            found, damaged = fetch_passages(connection, keys)
        for article_id in damaged.values():
            self._damaged(f"article {article_id} is not what was written")
        return found

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """Count passages by term; see `Store.document_frequencies`."""
        with self._database.reading() as connection:
            return lexical.document_frequencies(connection, terms)

    def article(self, article_id: str) -> Article:
        """Fetch one article; see `Store.article`."""
        with self._database.reading() as connection:
            article = fetch_article(connection, article_id)
            key = key_of(connection, article_id)
            sound = key is None or is_sound(connection, key)
        if not sound:
            self._damaged(f"article {article_id} is not what was written")
            raise IndexDamaged(
                f"article {article_id} is damaged on the disk; indexing again mends what can be mended", hint=Hint.INDEX
            )
        if article is None:
            raise NotFound(f'no article has the id "{article_id}"', hint=Hint.LIST_ARTICLES)
        return article

    def articles(
        self, *, limit: int, cursor: str | None = None, query: str = "", filters: Filters = Filters()
    ) -> ArticlePage:
        """List article headers; see `Store.articles`."""
        with self._database.reading() as connection:
            return fetch_page(connection, limit=limit, cursor=cursor, query=query, filters=filters)

    def remove(self, article_ids: Sequence[str]) -> list[str]:
        """Remove articles; see `Store.remove`."""
        removed = self._with_room(lambda: self._removals.remove(article_ids))
        self._with_room(self.purge)
        return removed

    def restore(self, article_ids: Sequence[str]) -> list[str]:
        """Bring removed articles back; see `Store.restore`."""
        return self._removals.restore(article_ids)

    def removed(self) -> list[RemovedArticle]:
        """List what can be restored; see `Store.removed`."""
        return self._removals.removed()

    def forget(self, article_ids: Sequence[str]) -> list[str]:
        """Remove articles for good; see `Store.forget`."""
        gone: set[str] = set()
        for article_id in dict.fromkeys(article_ids):  # one at a time: on a full disk there may be room for no more
            gone.update(self._with_room(partial(self._removals.remove, [article_id], keep=False)))
        forgotten, unused = self._with_room(lambda: self._removals.forget(article_ids))
        gone.update(forgotten)
        self._originals.drop(unused)
        while self._with_room(self._removals.drop_words):
            pass
        self._database.empty_log()
        return [article_id for article_id in dict.fromkeys(article_ids) if article_id in gone]

    def purge(self, *, older_than_s: float = REMOVED_KEPT_DAYS * 86_400.0) -> int:
        """Forget old removals; see `Store.purge`."""
        count, unused = self._removals.purge(older_than_s)
        self._originals.drop(unused)
        return count

    def writer(self) -> EmbeddedWriter:
        """Write articles; see `Store.writer`."""
        model = self._required_model()
        return EmbeddedWriter(self._database, model.fingerprint, model.dimension)

    def files(self) -> EmbeddedFiles:
        """Look files up; see `Store.files`."""
        return EmbeddedFiles(self._database)

    def replacement(self) -> EmbeddedReplacement:
        """Replace the model; see `Store.replacement`."""
        model = self._required_model()
        return EmbeddedReplacement(self._database, model.fingerprint, model.dimension)

    @property
    def read_only(self) -> bool:
        """Whether it lies where nothing can be written; it answers, and every write is an `IndexFault`."""
        return self._database.read_only

    @property
    def folder(self) -> Path:
        """Where everything of the index lies; see `Store.folder`."""
        return self._database.place.parent

    def _with_room(self, work: Callable[[], T]) -> T:
        """Do what frees room; on a full disk once more, with the room that is kept for it."""
        try:
            done = work()
        except IndexFull:
            if not self._reserve.give_up():
                raise
            done = work()
        self._reserve.make()
        return done

    def _damaged(self, what: str) -> None:
        """Note damage that was met, so that `status` says so in every process until it is mended."""
        if self._database.notes.note_damage(what):
            log.error("%s: %s; it answers nothing, indexing again mends what can be mended", self.folder, what)

    def status(self) -> StoreStatus:
        """Count and check; see `Store.status`."""
        return status_of(self._database, self._model)

    def check(self) -> str | None:
        """Look through the whole database; see `Store.check`."""
        problem = damage_of(self._database)
        if problem is not None:
            self._database.notes.note_damage(problem)
        return problem or self.status().problem

    def close(self) -> None:
        """Let go of the database; see `Store.close`."""
        self._database.close()

    @contextmanager
    def _with_vectors(self, vector: Vectors) -> Iterator[tuple[sqlite3.Connection, Snapshot | None]]:
        """A read transaction with exactly its vectors; None where nothing was ever indexed."""
        snapshot: Snapshot | None = None
        while snapshot is None:  # a transaction older than the vectors held is given up for another
            with self._database.reading() as connection:
                active = active_model(connection)
                if active is None:
                    yield connection, None
                    return
                self._check_width(active, vector)
                snapshot = self._vectors.at(connection, generation(connection), active.key, active.dimension)
                if snapshot is not None:
                    yield connection, snapshot

    def _check_width(self, active: Model, vector: Vectors) -> None:
        if self._model is not None and self._model.fingerprint != active.fingerprint:
            raise IndexMismatch(other_model(self._database.place, active, self._model), hint=Hint.INDEX)
        if vector.shape != (active.dimension,):
            raise IndexMismatch(
                f"{self._database.place} holds {active.dimension}-wide vectors, the question's has the shape "
                f"{vector.shape}; index again to re-embed",
                hint=Hint.INDEX,
            )

    def _required_model(self) -> Model:
        if self._model is None:
            raise IndexFault(f"{self._database.place} was opened without an embedding model and cannot be written to")
        return self._model
