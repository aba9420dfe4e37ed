"""Putting articles in and taking them out, each call one transaction that is done whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.articles.article import Article, content_id
from retrieval.articles.folding import fold
from retrieval.errors import IndexFault
from retrieval.index import lexical
from retrieval.index.database import Database
from retrieval.index.files import FileRecord
from retrieval.index.models import Model, required_model
from retrieval.index.rows import packed_origin, packed_subheads
from retrieval.index.store import IndexedArticle

UPLOADS = ""  # the path of articles that came from no file
SHORT_CONTENT = 8  # hexadecimal digits of the content that tell a changed text from the one its id stands for


@dataclass(frozen=True, slots=True)
class FileWriting:
    """A file whose articles are being written.

    Attributes:
        path: as recorded; `UPLOADS` for articles from no file.
        key: the file's number in the database.
        seen: numbers of the articles met in it so far; `Writer.finish` lets go of all others it had.
    """

    path: str
    key: int
    seen: set[int] = field(default_factory=set)


class Writer:
    """Writes articles with the vectors of one model.

    Any number of writers may be at work, in threads or processes; SQLite lines their transactions up. What must not
    run twice at once, because the work would be done twice, takes `retrieval.index.lock.write_lock` besides.
    """

    def __init__(self, database: Database, fingerprint: str, dimension: int) -> None:
        """Name the model whose vectors will be written."""
        self._database = database
        self._model = Model(0, fingerprint, dimension)

    def mend(self) -> bool:
        """Make the lexical index again if it does not hold every passage; whether it had to be."""
        with self._database.writing() as connection:
            (passages,) = connection.execute("SELECT count(*) FROM passage").fetchone()
            if lexical.entries(connection) == passages:
                return False
            lexical.rebuild(connection)
            return True

    def begin(self, path: str = UPLOADS) -> FileWriting:
        """Start writing what stands in a file."""
        with self._database.writing() as connection:
            connection.execute("INSERT INTO file (path) VALUES (?) ON CONFLICT DO NOTHING", (path,))
            (key,) = connection.execute("SELECT key FROM file WHERE path = ?", (path,)).fetchone()
        return FileWriting(path, key)

    def place(self, file: FileWriting, articles: Sequence[Article]) -> list[Article]:
        """Note that these articles stand in the file, as far as they are in the index already.

        Returns:
            Those that are not, still to be embedded and `put`, each once. Articles a user removed from this file
            are not among them.
        """
        missing: dict[tuple[str, str], Article] = {}
        with self._database.writing() as connection:
            for article in articles:
                content = _content(article)
                key = _stored(connection, article, content)
                if key is not None:
                    _note_occurrence(connection, file, key, article)
                elif not _withdrawn(connection, file.path, content):
                    missing.setdefault((article.id, content), article)
        return list(missing.values())

    def ids(self, articles: Sequence[Article]) -> list[str | None]:
        """The id each article has in the index, None for one that is not there."""
        with self._database.reading() as connection:
            keys = [_stored(connection, article, _content(article)) for article in articles]
            return [None if key is None else _id(connection, key) for key in keys]

    def put(self, file: FileWriting, items: Sequence[IndexedArticle]) -> int:
        """Add articles; what they replace in the same file goes in the same transaction.

        An article keeps its own id unless that id ever stood for another text: then it is `id@` and the first
        digits of its content.

        Returns:
            How many articles were replaced and left the index.

        Raises:
            IndexMismatch: the index holds another model's vectors.
        """
        with self._database.writing() as connection:
            model = required_model(connection, self._model, self._database.place)
            added: list[lexical.Row] = []
            replaced = sum(_put(connection, file, item, model, added) for item in items)
            lexical.add(connection, added)
            _advance(connection)
        return replaced

    def finish(self, file: FileWriting, record: FileRecord) -> int:
        """Record a file as read to its end, and let go of articles it no longer holds.

        Returns:
            How many articles left the index.
        """
        with self._database.writing() as connection:
            had = connection.execute("SELECT article_key FROM occurrence WHERE file_key = ?", (file.key,)).fetchall()
            removed = _let_go(connection, file.key, [key for (key,) in had if key not in file.seen])
            connection.execute(
                "UPDATE file SET size = ?, mtime_ns = ?, digest = ?, faults = ? WHERE key = ?",
                (record.size, record.mtime_ns, record.digest, record.faults, file.key),
            )
        return removed

    def forget(self, paths: Iterable[str]) -> int:
        """Let go of files that are no longer there, and of articles that stood in no other.

        Returns:
            How many articles left the index.
        """
        removed = 0
        with self._database.writing() as connection:
            for path in paths:
                had = connection.execute(
                    "SELECT file_key, article_key FROM occurrence JOIN file ON file.key = occurrence.file_key "
                    "WHERE file.path = ?",
                    (path,),
                ).fetchall()
                removed += sum(_let_go(connection, file_key, [article_key]) for file_key, article_key in had)
                connection.execute("DELETE FROM file WHERE path = ?", (path,))
        return removed


def remove(connection: sqlite3.Connection, article_ids: Sequence[str]) -> list[str]:
    """Remove articles by id, remembering for each of their files that they are not wanted back.

    Returns:
        The ids that were there, in the order given, each once.
    """
    removed: list[str] = []
    for article_id in dict.fromkeys(article_ids):
        row = connection.execute("SELECT key, content_id FROM article WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            continue
        connection.execute(
            "INSERT OR IGNORE INTO withdrawn SELECT file.path, ? FROM occurrence "
            "JOIN file ON file.key = occurrence.file_key WHERE occurrence.article_key = ? AND file.path != ?",
            (row[1], row[0], UPLOADS),
        )
        _delete(connection, row[0])
        removed.append(article_id)
    if removed:
        _advance(connection)
    return removed


def _advance(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE state SET generation = generation + 1")


def _content(article: Article) -> str:
    return content_id(article.title, article.byline, article.text)


def _id(connection: sqlite3.Connection, key: int) -> str:
    return str(connection.execute("SELECT id FROM article WHERE key = ?", (key,)).fetchone()[0])


def _stored(connection: sqlite3.Connection, article: Article, content: str) -> int | None:
    """The number of the stored article this one is, or None.

    The same id and content, or, where the id was made from the content and so says nothing of its own, the same
    content under any id.
    """
    row = connection.execute(
        "SELECT key FROM article WHERE source_id = ? AND content_id = ?", (article.id, content)
    ).fetchone()
    if row is None and article.id == content:
        row = connection.execute(
            "SELECT key FROM article WHERE content_id = ? ORDER BY key LIMIT 1", (content,)
        ).fetchone()
    return None if row is None else int(row[0])


def _withdrawn(connection: sqlite3.Connection, path: str, content: str) -> bool:
    row = connection.execute("SELECT 1 FROM withdrawn WHERE path = ? AND content_id = ?", (path, content)).fetchone()
    return row is not None


def _note_occurrence(connection: sqlite3.Connection, file: FileWriting, key: int, article: Article) -> None:
    """Tie an article to a file; where that is the first of its files, take over what the file says about it."""
    file.seen.add(key)
    connection.execute(
        "INSERT INTO occurrence (file_key, article_key, origin) VALUES (?, ?, ?) "
        "ON CONFLICT (file_key, article_key) DO UPDATE SET origin = excluded.origin",
        (file.key, key, packed_origin(article.origin)),
    )
    (first,) = connection.execute(
        "SELECT file_key FROM occurrence WHERE article_key = ? ORDER BY key LIMIT 1", (key,)
    ).fetchone()
    if first == file.key:
        connection.execute(
            "UPDATE article SET subtitle = ?, source = ?, published = ?, url = ?, kind = ?, source_folded = ? "
            "WHERE key = ?",
            (
                article.subtitle,
                article.source,
                article.published or "",
                article.url,
                article.kind,
                fold(article.source),
                key,
            ),
        )


def _put(
    connection: sqlite3.Connection, file: FileWriting, item: IndexedArticle, model: Model, added: list[lexical.Row]
) -> int:
    article = item.article
    if item.vectors.shape != (len(item.passages), model.dimension):
        raise IndexFault(
            f"article {article.id}: {len(item.passages)} passages, vectors of shape {item.vectors.shape}, "
            f"expected {(len(item.passages), model.dimension)}"
        )
    content = _content(article)
    key = _stored(connection, article, content)
    gone = 0
    if key is None:
        replaced = connection.execute(
            "SELECT article.key FROM article JOIN occurrence ON occurrence.article_key = article.key "
            "WHERE article.source_id = ? AND occurrence.file_key = ?",
            (article.id, file.key),
        ).fetchall()
        gone = _let_go(connection, file.key, [key for (key,) in replaced if key not in file.seen])
        key = _insert(connection, article, content)
        added.extend(_insert_passages(connection, key, item, model))
    _note_occurrence(connection, file, key, article)
    return gone


def _insert(connection: sqlite3.Connection, article: Article, content: str) -> int:
    article_id = _free_id(connection, article.id, content)
    connection.execute("INSERT OR IGNORE INTO given_id VALUES (?, ?)", (article_id, content))
    columns = {
        "id": article_id,
        "source_id": article.id,
        "content_id": content,
        "title": article.title,
        "subtitle": article.subtitle,
        "byline": article.byline,
        "source": article.source,
        "published": article.published or "",
        "url": article.url,
        "kind": article.kind,
        "text": article.text,
        "subheads": packed_subheads(article.subheads),
        "source_folded": fold(article.source),
        "byline_folded": fold(article.byline),
    }
    key = connection.execute(
        f"INSERT INTO article ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", list(columns.values())
    ).lastrowid
    everything = fold("\n".join((article.title, article.byline, article.text)))
    connection.execute("INSERT INTO folded VALUES (?, ?)", (key, everything))
    assert key is not None
    return key


def _free_id(connection: sqlite3.Connection, wanted: str, content: str) -> str:
    """The id wanted, unless it ever stood for another text; then with as much of the content as tells them apart."""
    for candidate in (wanted, *(f"{wanted}@{content[:digits]}" for digits in range(SHORT_CONTENT, len(content) + 1))):
        row = connection.execute("SELECT content_id FROM given_id WHERE id = ?", (candidate,)).fetchone()
        taken = connection.execute("SELECT 1 FROM article WHERE id = ?", (candidate,)).fetchone()
        if taken is None and (row is None or row[0] == content):
            return candidate
    raise IndexFault(f'article "{wanted}": every id made from it stands for another text; give it another')


def _insert_passages(connection: sqlite3.Connection, key: int, item: IndexedArticle, model: Model) -> list[lexical.Row]:
    """Store passages and vectors; what lexical search is to be given of them."""
    added: list[lexical.Row] = []
    for passage, vector in zip(item.passages, item.vectors, strict=True):
        passage_key = connection.execute(
            "INSERT INTO passage (article_key, start, end, text) VALUES (?, ?, ?, ?)",
            (key, passage.start, passage.end, passage.text),
        ).lastrowid
        assert passage_key is not None
        connection.execute(
            "INSERT INTO vector VALUES (?, ?, ?)", (passage_key, model.key, np.asarray(vector, dtype="<f4").tobytes())
        )
        added.append((passage_key, item.article.title, passage.text))
    return added


def _let_go(connection: sqlite3.Connection, file_key: int, article_keys: Sequence[int]) -> int:
    """Untie articles from a file and delete those that stand in no other; how many were deleted."""
    removed = 0
    for key in article_keys:
        connection.execute("DELETE FROM occurrence WHERE file_key = ? AND article_key = ?", (file_key, key))
        if connection.execute("SELECT 1 FROM occurrence WHERE article_key = ?", (key,)).fetchone() is None:
            _delete(connection, key)
            removed += 1
    if removed:
        _advance(connection)
    return removed


def _delete(connection: sqlite3.Connection, key: int) -> None:
    (title,) = connection.execute("SELECT title FROM article WHERE key = ?", (key,)).fetchone()
    passages = connection.execute("SELECT key, text FROM passage WHERE article_key = ?", (key,)).fetchall()
    lexical.take_out(connection, [(passage_key, title, text) for passage_key, text in passages])
    connection.execute("DELETE FROM article WHERE key = ?", (key,))
