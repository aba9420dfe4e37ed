"""The embedded store: one SQLite file in a folder, vectors searched in memory by FAISS.

The database is the truth; the vectors in memory are read from it and follow it. Every method is one read
transaction, and the vectors it searches are exactly those of that transaction, so a passage that was removed can
neither be found nor push another out of the first `k`.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from embeddings.embedder import Vectors
from retrieval.articles.article import Article
from retrieval.articles.folding import fold
from retrieval.errors import BadQuestion, IndexDamaged, IndexFault, IndexMismatch, NotFound
from retrieval.index import lexical
from retrieval.index.database import Database
from retrieval.index.files import Files
from retrieval.index.models import Replacement, active_model, generation
from retrieval.index.restriction import allowed_keys, restriction
from retrieval.index.rows import HEADER, fetch_article, header, stored_passage
from retrieval.index.store import ArticlePage, Filters, StoredPassage, StoreStatus
from retrieval.index.vectors import Snapshot, VectorIndex
from retrieval.index.writing import Writer, remove

DATABASE = "index.sqlite3"
MOST_PARAMETERS = 30_000  # SQLite takes 32,766 in one statement


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
    return EmbeddedStore(Database(folder / DATABASE, create=create), fingerprint, dimension)


class EmbeddedStore:
    """A `Store` in one folder of this machine."""

    def __init__(self, database: Database, fingerprint: str | None, dimension: int | None) -> None:
        """Stand on an open database; use `open_store`."""
        self._database = database
        self._fingerprint = fingerprint
        self._dimension = dimension
        self._vectors = VectorIndex()

    def nearest(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by vector; see `Store.nearest`."""
        with self._vectors_at_once(vector) as (connection, snapshot):
            if snapshot is None:
                return []
            return snapshot.nearest(vector, k, allowed_keys(connection, filters))

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by words; see `Store.matching`."""
        with self._database.reading() as connection:
            return lexical.matching(connection, question, k, allowed_keys(connection, filters))

    def cosines(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        """Compare named passages with a vector; see `Store.cosines`."""
        with self._vectors_at_once(vector) as (_, snapshot):
            return [-1.0] * len(keys) if snapshot is None else snapshot.cosines(vector, keys)

    def passages(self, keys: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages; see `Store.passages`."""
        found: dict[int, StoredPassage] = {}
        with self._database.reading() as connection:
            for first in range(0, len(keys), MOST_PARAMETERS):
                some = list(keys[first : first + MOST_PARAMETERS])
                rows = connection.execute(
                    f"SELECT passage.key, passage.start, passage.end, passage.text, {HEADER} FROM passage "
                    "JOIN article ON article.key = passage.article_key "
                    f"WHERE passage.key IN ({', '.join('?' * len(some))})",
                    some,
                )
                found.update((row[0], stored_passage(row[1:])) for row in rows)
        return found

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """Count passages by term; see `Store.document_frequencies`."""
        with self._database.reading() as connection:
            return lexical.document_frequencies(connection, terms)

    def article(self, article_id: str) -> Article:
        """Fetch one article; see `Store.article`."""
        with self._database.reading() as connection:
            article = fetch_article(connection, article_id)
        if article is None:
            raise NotFound(f'no article has the id "{article_id}"; `byline articles` lists those there are')
        return article

    def articles(
        self, *, limit: int, cursor: str | None = None, query: str = "", filters: Filters = Filters()
    ) -> ArticlePage:
        """List article headers; see `Store.articles`."""
        condition, values = restriction(filters)
        conditions = [condition] if condition else []
        if query:
            conditions.append("article.key IN (SELECT article_key FROM folded WHERE instr(everything, ?) > 0)")
            values.append(fold(query))
        where = " AND ".join(conditions) or "1"
        with self._database.reading() as connection:
            (total,) = connection.execute(f"SELECT count(*) FROM article WHERE {where}", values).fetchone()
            after, place = "1", []
            if cursor is not None:
                published, article_id = _unpacked(cursor)
                after = "(article.published < ? OR (article.published = ? AND article.id > ?))"
                place = [published, published, article_id]
            rows = connection.execute(
                f"SELECT {HEADER} FROM article WHERE {where} AND {after} "
                "ORDER BY article.published DESC, article.id LIMIT ?",
                [*values, *place, limit + 1],
            ).fetchall()
        headers = tuple(header(row) for row in rows[:limit])
        more = len(rows) > limit and bool(headers)
        return ArticlePage(headers, _packed(headers[-1].published or "", headers[-1].id) if more else None, total)

    def remove(self, article_ids: Sequence[str]) -> list[str]:
        """Remove articles, also from what `byline index` brings back from the same files; see `Store.remove`."""
        with self._database.writing() as connection:
            return remove(connection, article_ids)

    def writer(self) -> Writer:
        """Write with the model this store was opened for.

        Raises:
            IndexFault: it was opened without one.
        """
        fingerprint, dimension = self._model()
        return Writer(self._database, fingerprint, dimension)

    def files(self) -> Files:
        """The record of what was indexed from where."""
        return Files(self._database)

    def replacement(self) -> Replacement:
        """Put the model this store was opened for in the place of the one its vectors are of.

        Raises:
            IndexFault: it was opened without one.
        """
        fingerprint, dimension = self._model()
        return Replacement(self._database, fingerprint, dimension)

    @property
    def folder(self) -> Path:
        """Where everything of the index lies."""
        return self._database.place.parent

    def status(self) -> StoreStatus:
        """Count and check; see `Store.status`."""
        place = self._database.place
        with self._database.reading() as connection:
            counts = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("article", "passage", "file WHERE path != ''")
            ]
            active = active_model(connection)
            now = generation(connection)
            problem = _disagreement(connection, counts[1], None if active is None else active.key)
        model, dimension = ("", 0) if active is None else (active.fingerprint, active.dimension)
        if problem is None and active is not None and self._fingerprint not in (None, active.fingerprint):
            problem = self._mismatch(active.fingerprint, active.dimension)
        files = [place, *(place.with_name(place.name + suffix) for suffix in ("-wal", "-shm"))]
        return StoreStatus(
            articles=counts[0],
            passages=counts[1],
            files=counts[2],
            model=model,
            dimension=dimension,
            location=str(place.parent),
            size_bytes=sum(file.stat().st_size for file in files if file.exists()),
            generation=now,
            healthy=problem is None,
            problem=problem,
        )

    def check(self) -> str | None:
        """Look through the whole database, in about half a second for 5,000 articles.

        Returns:
            What is wrong with it, in words, or None.
        """
        try:
            with self._database.reading() as connection:
                (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                loose = connection.execute("PRAGMA foreign_key_check").fetchone()
        except IndexDamaged as damage:
            return str(damage)
        if said != "ok":
            return f"{self._database.place} is damaged ({said}); move it away and run `byline index PATH` again"
        if loose is not None:
            return (
                f"{self._database.place}: a row of {loose[0]} belongs to none of {loose[2]}; move it away, index again"
            )
        return self.status().problem

    def close(self) -> None:
        """Let go of the database; see `Store.close`."""
        self._database.close()

    @contextmanager
    def _vectors_at_once(self, vector: Vectors) -> Iterator[tuple[sqlite3.Connection, Snapshot | None]]:
        """A read transaction with exactly its vectors; None where nothing was ever indexed."""
        while True:
            with self._database.reading() as connection:
                active = active_model(connection)
                if active is None:
                    yield connection, None
                    return
                if self._fingerprint not in (None, active.fingerprint):
                    raise IndexMismatch(self._mismatch(active.fingerprint, active.dimension))
                if vector.shape != (active.dimension,):
                    raise IndexMismatch(
                        f"{self._database.place} holds {active.dimension}-wide vectors, the question's has the shape "
                        f"{vector.shape}; run `byline index` to re-embed"
                    )
                snapshot = self._vectors.at(connection, generation(connection), active.key, active.dimension)
                if snapshot is not None:
                    yield connection, snapshot
                    return

    def _model(self) -> tuple[str, int]:
        if self._fingerprint is None or self._dimension is None:
            raise IndexFault(f"{self._database.place} was opened without an embedding model and cannot be written to")
        return self._fingerprint, self._dimension

    def _mismatch(self, fingerprint: str, dimension: int) -> str:
        return (
            f'{self._database.place} holds {dimension}-wide vectors of model "{fingerprint}", the model in use is '
            f'"{self._fingerprint}" ({self._dimension} wide); run `byline index` to re-embed'
        )


def _disagreement(connection: sqlite3.Connection, passages: int, model_key: int | None) -> str | None:
    """What does not add up between the tables, in words."""
    (vectors,) = connection.execute("SELECT count(*) FROM vector WHERE model_key IS ?", (model_key,)).fetchone()
    entries = lexical.entries(connection)
    if vectors != passages:
        return f"{passages} passages, but {vectors} vectors; run `byline index` to mend it"
    if entries != passages:
        return f"{passages} passages, but {entries} in the lexical index; run `byline index` to mend it"
    return None


def _packed(published: str, article_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([published, article_id]).encode()).decode()


def _unpacked(cursor: str) -> tuple[str, str]:
    try:
        published, article_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return str(published), str(article_id)
    except (ValueError, TypeError) as error:
        raise BadQuestion(f'"{cursor}" is no cursor of an article list; leave it out to begin at the start') from error
