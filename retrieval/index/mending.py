"""What is damaged made again from what is sound: words from passages, passages and texts from each other, or all of it
from the files."""

from __future__ import annotations

import os
import sqlite3

from byline.retrieval.index import lexical
from byline.retrieval.index.article_rows import delete_article
from byline.retrieval.index.integrity import PASSAGES, Damage, damage_in, text_from_passages
from byline.retrieval.index.models import generation, next_epoch
from byline.retrieval.index.notes import Notes
from byline.retrieval.index.rows import key_of
from byline.retrieval.index.writes import UPLOADS
from byline.retrieval.text.folding import fold


def mend(connection: sqlite3.Connection, notes: Notes) -> Damage | None:
    """Mend what was noticed, in the transaction at hand; looks at every checksum only if something was.

    Vectors that are damaged are dropped, and so are articles that can be read again from their files, which are marked
    as never read: the run that called this embeds and reads them.

    Returns:
        None if there was nothing to do, else what could not be mended.
    """
    now, written = generation(connection), notes.written()
    (passages,) = connection.execute("SELECT count(*) FROM passage").fetchone()
    noticed = bool(notes.damage()) or written > now
    if not noticed and lexical.entries(connection) == passages:
        return None
    damage = damage_in(connection) if noticed else Damage()
    left = [article_id for article_id in damage.articles if not _mend_article(connection, article_id)]
    mended = [article_id for article_id in damage.articles if article_id not in left]
    for article_id in (*damage.passages, *mended):
        _mend_passages(connection, article_id)
    connection.executemany("DELETE FROM vector WHERE passage_key = ?", ((key,) for key in damage.vectors))
    lexical.rebuild(connection)
    connection.execute("UPDATE state SET generation = ?", (next_epoch(max(now, written)),))
    return Damage(tuple(left))


def _mend_article(connection: sqlite3.Connection, article_id: str) -> bool:
    """Put an article's text right by its passages, or drop the article if its file can be read again."""
    key = key_of(connection, article_id)
    if key is None:
        return False
    text = text_from_passages(connection, key)
    if text is not None:
        title, byline = connection.execute("SELECT title, byline FROM article WHERE key = ?", (key,)).fetchone()
        connection.execute("UPDATE article SET text = ? WHERE key = ?", (text, key))
        everything = fold("\n".join((title, byline, text)))
        connection.execute("UPDATE folded SET everything = ? WHERE article_key = ?", (everything, key))
        return True
    files = connection.execute(
        "SELECT file.key, path, original FROM occurrence JOIN file ON file.key = file_key "
        "WHERE article_key = ? AND path != ?",
        (key, UPLOADS),
    ).fetchall()
    again = [file_key for file_key, path, original in files if original or os.path.exists(path)]
    if not again:
        return False
    for file_key in again:
        connection.execute("UPDATE file SET size = -1, mtime_ns = -1, digest = '' WHERE key = ?", (file_key,))
    delete_article(connection, key)
    return True


def _mend_passages(connection: sqlite3.Connection, article_id: str) -> None:
    """Take the text of an article's passages from the article, which is sound; one without a place in it goes."""
    key = key_of(connection, article_id)
    if key is None:  # dropped, to be read again
        return
    (text,) = connection.execute("SELECT text FROM article WHERE key = ?", (key,)).fetchone()
    for start, end, passage in connection.execute(PASSAGES, (key,)).fetchall():
        if text[start:end] == passage and 0 <= start < end:
            continue
        where = (key, start, end)
        if 0 <= start < end <= len(text):
            statement = "UPDATE passage SET text = ? WHERE article_key = ? AND start = ? AND end = ?"
            connection.execute(statement, (text[start:end], *where))
        else:
            connection.execute("DELETE FROM passage WHERE article_key = ? AND start = ? AND end = ?", where)
