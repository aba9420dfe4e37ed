"""The embedded store's writer: each call one transaction that is done whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from byline.retrieval.articles.article import Article
from byline.retrieval.index import lexical
from byline.retrieval.index.article_rows import (
    content_of,
    file_key_of,
    id_at,
    insert_article,
    insert_passages,
    is_withdrawn,
    raise_generation,
    stored_key,
    tie_to_file,
    untie_from_file,
)
from byline.retrieval.index.database import Database
from byline.retrieval.index.mending import mend
from byline.retrieval.index.models import Model, required_model
from byline.retrieval.index.removal import drop_unused_originals
from byline.retrieval.index.writes import UPLOADS, FilePart, FileRecord, FileWriting, IndexedArticle


class EmbeddedWriter:
    """A `Writer`; SQLite lines the transactions of several up."""

    def __init__(self, database: Database, fingerprint: str, dimension: int) -> None:
        """Name the model whose vectors will be written."""
        self._database = database
        self._model = Model(0, fingerprint, dimension)

    def mend(self) -> bool:
        """Mend what is derived, and what was noticed to be damaged; see `Writer.mend`."""
        notes = self._database.notes
        with self._database.writing() as connection:
            left = mend(connection, notes)
        if left is None:
            return False
        notes.clear_damage()
        if (said := left.in_words()) is not None:
            notes.note_damage(f"{said}, and no file is left to read it from again")
        return True

    def missing(self, file: FileWriting, articles: Sequence[Article]) -> list[Article]:
        """Pick what is to be written; see `Writer.missing`."""
        missing: dict[tuple[str, str], Article] = {}
        with self._database.reading() as connection:
            for article in articles:
                content = content_of(article)
                if stored_key(connection, article, content) is None and not is_withdrawn(
                    connection, file.path, content
                ):
                    missing.setdefault((article.id, content), article)
        return list(missing.values())

    def ids(self, articles: Sequence[Article]) -> list[str | None]:
        """Look articles up; see `Writer.ids`."""
        with self._database.reading() as connection:
            keys = [stored_key(connection, article, content_of(article)) for article in articles]
            return [None if key is None else id_at(connection, key) for key in keys]

    def write(self, parts: Sequence[FilePart], *, leaving: Collection[str] = ()) -> int:
        """Write a batch; see `Writer.write`."""
        if not parts:
            return 0
        seen = [set(part.file.seen) for part in parts]
        try:
            with self._database.writing() as connection:
                gone = _keys_of(connection, leaving)
                added: list[lexical.Row] = []
                left = sum(self._write_part(connection, part, gone, added) for part in parts)
                lexical.add(connection, added)
                if any(part.new for part in parts):
                    raise_generation(connection)
                if left:
                    drop_unused_originals(connection)
        except BaseException:
            for part, before in zip(parts, seen, strict=True):  # what was rolled back was not seen
                part.file.seen &= before
            raise
        return left

    def forget_files(self, paths: Iterable[str]) -> int:
        """Let go of files; see `Writer.forget_files`."""
        left = 0
        with self._database.writing() as connection:
            for path in paths:
                had = connection.execute(
                    "SELECT file_key, article_key FROM occurrence JOIN file ON file.key = occurrence.file_key "
                    "WHERE file.path = ?",
                    (path,),
                ).fetchall()
                left += sum(untie_from_file(connection, file_key, [article_key]) for file_key, article_key in had)
                connection.execute("DELETE FROM file WHERE path = ?", (path,))
        return left

    def _write_part(
        self, connection: sqlite3.Connection, part: FilePart, leaving: set[int], added: list[lexical.Row]
    ) -> int:
        file_key = file_key_of(connection, part.file)
        left, whole = 0, True
        for article in part.known:
            content = content_of(article)
            key = stored_key(connection, article, content)
            if key is not None:
                _meet(connection, part.file, file_key, key, article, leaving)
            elif not is_withdrawn(connection, part.file.path, content):
                whole = False  # removed since it was looked for; the next run reads the file again
        for item in part.new:
            left += self._put(connection, part.file, file_key, item, leaving, added)
        if part.record is not None:
            left += _finish(connection, part.file, file_key, part.record, whole)
        return left

    def _put(
        self,
        connection: sqlite3.Connection,
        file: FileWriting,
        file_key: int,
        item: IndexedArticle,
        leaving: set[int],
        added: list[lexical.Row],
    ) -> int:
        model = required_model(connection, self._model, self._database.place)
        content = content_of(item.article)
        key = stored_key(connection, item.article, content)
        left = 0
        if key is None:
            left = _replace_earlier(connection, file, file_key, item.article.id)
            key = insert_article(connection, item.article, content)
            added.extend(insert_passages(connection, key, item, model))
        _meet(connection, file, file_key, key, item.article, leaving)
        return left


def _meet(
    connection: sqlite3.Connection, file: FileWriting, file_key: int, key: int, article: Article, leaving: set[int]
) -> None:
    file.seen.add(id_at(connection, key))
    tie_to_file(connection, file_key, key, article, leaving)


def _replace_earlier(connection: sqlite3.Connection, file: FileWriting, file_key: int, source_id: str) -> int:
    """Take out what stood in the file under the id the source gives; in any upload, if the file is one."""
    uploaded = file.path == UPLOADS or bool(file.original)
    replaced = connection.execute(
        "SELECT occurrence.file_key, article.key, article.id FROM article "
        "JOIN occurrence ON occurrence.article_key = article.key JOIN file ON file.key = occurrence.file_key "
        "WHERE article.source_id = ? AND (file.key = ? OR (? AND (file.path = ? OR file.original != '')))",
        (source_id, file_key, uploaded, UPLOADS),
    ).fetchall()
    left = 0
    for in_file, key, article_id in replaced:
        if article_id in file.seen:
            continue
        if in_file != file_key:  # read again, the earlier upload must not bring its text back
            connection.execute(
                "INSERT OR IGNORE INTO withdrawn SELECT file.path, content_id FROM file, article "
                "WHERE file.key = ? AND article.key = ? AND original != ''",
                (in_file, key),
            )
        left += untie_from_file(connection, in_file, [key])
    return left


def _finish(connection: sqlite3.Connection, file: FileWriting, file_key: int, record: FileRecord, whole: bool) -> int:
    """Record a file as read to its end, and let go of articles it no longer holds; how many left the index."""
    had = connection.execute(
        "SELECT article.key, article.id FROM occurrence JOIN article ON article.key = occurrence.article_key "
        "WHERE occurrence.file_key = ?",
        (file_key,),
    ).fetchall()
    left = untie_from_file(connection, file_key, [key for key, article_id in had if article_id not in file.seen])
    connection.execute(
        "UPDATE file SET size = ?, mtime_ns = ?, digest = ?, faults = ? WHERE key = ?",
        (record.size, record.mtime_ns, record.digest if whole else "", record.faults, file_key),
    )
    return left


def _keys_of(connection: sqlite3.Connection, paths: Collection[str]) -> set[int]:
    if not paths:
        return set()
    return {key for key, path in connection.execute("SELECT key, path FROM file") if path in paths}
