"""Removed articles: out of every search at once, restorable for a while, then deleted."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from byline.retrieval.errors import IndexDamaged, IndexFault
from byline.retrieval.index import lexical
from byline.retrieval.index.article_rows import delete_article, insert_columns, insert_passage, raise_generation
from byline.retrieval.index.database import Database
from byline.retrieval.index.integrity import checksum_of
from byline.retrieval.index.models import active_model
from byline.retrieval.index.store import RemovedArticle
from byline.retrieval.index.writes import UPLOADS


class Removals:
    """Removes, restores and forgets articles, each call one transaction."""

    def __init__(self, database: Database) -> None:
        """Read and write an open database."""
        self._database = database

    def remove(self, article_ids: Sequence[str], *, keep: bool = True) -> list[str]:
        """Move articles to `removed`, and note for each of their files that they are not wanted back.

        Args:
            article_ids: those that are not there are left out.
            keep: for restoring; without it they are deleted.
        """
        removed: list[str] = []
        with self._database.writing() as connection:
            for article_id in dict.fromkeys(article_ids):
                row = connection.execute("SELECT key, content_id FROM article WHERE id = ?", (article_id,)).fetchone()
                if row is None:
                    continue
                connection.execute(
                    "INSERT OR IGNORE INTO withdrawn SELECT file.path, ? FROM occurrence "
                    "JOIN file ON file.key = occurrence.file_key WHERE occurrence.article_key = ? AND file.path != ?",
                    (row[1], row[0], UPLOADS),
                )
                if keep:
                    _keep(connection, row[0])
                delete_article(connection, row[0])
                removed.append(article_id)
            if removed:
                raise_generation(connection)
        return removed

    def restore(self, article_ids: Sequence[str]) -> list[str]:
        """Move articles back from `removed`; their passages get new keys, their files forget that they were removed.

        Raises:
            IndexFault: the vectors kept are not of the model in use.
        """
        restored: list[str] = []
        with self._database.writing() as connection:
            for article_id in dict.fromkeys(article_ids):
                row = connection.execute("SELECT key, article FROM removed WHERE id = ?", (article_id,)).fetchone()
                if row is None:
                    continue
                _bring_back(connection, *row)
                restored.append(article_id)
            if restored:
                raise_generation(connection)
        return restored

    def removed(self) -> list[RemovedArticle]:
        """List what can be restored, latest removed first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, json_extract(article, '$.title'), removed_at FROM removed "
                "ORDER BY removed_at DESC, key DESC"
            )
            return [
                RemovedArticle(article_id, title, datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds"))
                for article_id, title, when in rows
            ]

    def forget(self, article_ids: Sequence[str]) -> tuple[list[str], list[str]]:
        """Delete removed articles for good.

        Returns:
            The ids that stood removed, and the digests of originals that nothing stands on any more.
        """
        with self._database.writing() as connection:
            forgotten = [
                article_id
                for article_id in dict.fromkeys(article_ids)
                if connection.execute("DELETE FROM removed WHERE id = ?", (article_id,)).rowcount
            ]
            return forgotten, drop_unused_originals(connection)

    def drop_words(self) -> bool:
        """Let go of the words of deleted articles in one part of the lexical index; whether there was one."""
        with self._database.writing() as connection:
            return lexical.drop_dead(connection)

    def purge(self, older_than_s: float) -> tuple[int, list[str]]:
        """Delete for good what was removed so long ago; how many articles, and digests as of `forget`."""
        before = (time.time() - older_than_s,)
        with self._database.reading() as connection:
            if connection.execute("SELECT 1 FROM removed WHERE removed_at <= ? LIMIT 1", before).fetchone() is None:
                return 0, []
        with self._database.writing() as connection:
            count = connection.execute("DELETE FROM removed WHERE removed_at <= ?", before).rowcount
            return count, drop_unused_originals(connection)


def drop_unused_originals(connection: sqlite3.Connection) -> list[str]:
    """Forget uploads of which no article is left, living or removed; the digests nothing stands on any more.

    Their bytes are for `Originals.drop`, after the transaction; what is not dropped then, `Originals.sweep` finds.
    """
    dropped = connection.execute(
        "SELECT path, original FROM file WHERE original != '' "
        "AND NOT EXISTS (SELECT 1 FROM occurrence WHERE file_key = file.key) "
        "AND NOT EXISTS (SELECT 1 FROM removed_occurrence WHERE removed_occurrence.path = file.path)"
    ).fetchall()
    for path, _ in dropped:
        connection.execute("DELETE FROM file WHERE path = ?", (path,))
        connection.execute("DELETE FROM withdrawn WHERE path = ?", (path,))
    kept = {digest for (digest,) in connection.execute("SELECT original FROM file WHERE original != ''")}
    return sorted({digest for _, digest in dropped} - kept)


def _keep(connection: sqlite3.Connection, key: int) -> None:
    """Copy an article's row, places, passages and vectors to the tables of removed ones."""
    cursor = connection.execute("SELECT * FROM article WHERE key = ?", (key,))
    columns = dict(zip((name for name, *_ in cursor.description), cursor.fetchone(), strict=True))
    del columns["key"]
    removed_key = connection.execute(
        "INSERT OR REPLACE INTO removed (id, removed_at, article) VALUES (?, ?, ?)",
        (columns["id"], time.time(), json.dumps(columns, ensure_ascii=False)),
    ).lastrowid
    connection.execute(
        "INSERT INTO removed_occurrence SELECT ?, file.path, origin FROM occurrence "
        "JOIN file ON file.key = occurrence.file_key WHERE article_key = ? ORDER BY occurrence.key",
        (removed_key, key),
    )
    for passage_key, *place in connection.execute(
        "SELECT key, start, end, text FROM passage WHERE article_key = ? ORDER BY key", (key,)
    ).fetchall():
        kept = connection.execute(
            "INSERT INTO removed_passage (removed_key, start, end, text) VALUES (?, ?, ?, ?)", (removed_key, *place)
        ).lastrowid
        connection.execute(
            "INSERT INTO removed_vector SELECT ?, model_key, numbers FROM vector WHERE passage_key = ?",
            (kept, passage_key),
        )


def _bring_back(connection: sqlite3.Connection, removed_key: int, packed: str) -> None:
    columns = json.loads(packed)
    if columns.get("checksum", checksum_of(columns)) != checksum_of(columns):
        raise IndexDamaged(f"article {columns['id']}, as it was kept, is not what was written; index its file again")
    key = insert_columns(connection, columns)
    places = connection.execute(
        "SELECT file.key, origin FROM removed_occurrence JOIN file USING (path) WHERE removed_key = ? "
        "ORDER BY removed_occurrence.rowid",
        (removed_key,),
    ).fetchall()
    if not places:  # every file it stood in has gone, but somebody wants it
        connection.execute("INSERT INTO file (path) VALUES (?) ON CONFLICT DO NOTHING", (UPLOADS,))
        places = connection.execute(
            "SELECT file.key, origin FROM file, removed_occurrence WHERE file.path = ? AND removed_key = ? LIMIT 1",
            (UPLOADS, removed_key),
        ).fetchall()
    for file_key, origin in places:
        connection.execute(
            "INSERT INTO occurrence (file_key, article_key, origin) VALUES (?, ?, ?)", (file_key, key, origin)
        )
    connection.execute(
        "DELETE FROM withdrawn WHERE content_id = ? AND path IN "
        "(SELECT path FROM removed_occurrence WHERE removed_key = ?)",
        (columns["content_id"], removed_key),
    )
    _bring_back_passages(connection, removed_key, key, columns["title"])
    connection.execute("DELETE FROM removed WHERE key = ?", (removed_key,))


def _bring_back_passages(connection: sqlite3.Connection, removed_key: int, key: int, title: str) -> None:
    active = active_model(connection)
    added: list[lexical.Row] = []
    for kept, start, end, text in connection.execute(
        "SELECT key, start, end, text FROM removed_passage WHERE removed_key = ? ORDER BY key", (removed_key,)
    ).fetchall():
        passage_key = insert_passage(connection, key, start, end, text)
        connection.execute(
            "INSERT INTO vector SELECT ?, model_key, numbers FROM removed_vector WHERE passage_key = ?",
            (passage_key, kept),
        )
        has = "SELECT 1 FROM vector WHERE passage_key = ? AND model_key = ?"
        if active is None or connection.execute(has, (passage_key, active.key)).fetchone() is None:
            raise IndexFault("the article was removed under another embedding model; index its file again")
        added.append((passage_key, title, text))
    lexical.add(connection, added)
