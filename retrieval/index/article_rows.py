"""Rows of articles, passages and their places in files, written and deleted inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.titles import titled
from byline.retrieval.errors import IndexFault
from byline.retrieval.index import lexical
from byline.retrieval.index.integrity import checksum_of, is_sound, seal_article, sealed
from byline.retrieval.index.models import Model
from byline.retrieval.index.rows import packed_origin, packed_subheads
from byline.retrieval.index.writes import FileWriting, IndexedArticle
from byline.retrieval.text.folding import fold

SHORT_CONTENT = 8  # hexadecimal digits of the content that tell a changed text from the one its id stands for


def raise_generation(connection: sqlite3.Connection) -> None:
    """Note that what can be found has changed."""
    connection.execute("UPDATE state SET generation = generation + 1")


def content_of(article: Article) -> str:
    """What tells texts apart, whatever id they come with."""
    return content_id(article.printed_title, article.byline, article.text)


def id_at(connection: sqlite3.Connection, key: int) -> str:
    """The id of the article with this number."""
    return str(connection.execute("SELECT id FROM article WHERE key = ?", (key,)).fetchone()[0])


def stored_key(connection: sqlite3.Connection, article: Article, content: str) -> int | None:
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


def is_withdrawn(connection: sqlite3.Connection, path: str, content: str) -> bool:
    """Whether a user removed the article from this file."""
    row = connection.execute("SELECT 1 FROM withdrawn WHERE path = ? AND content_id = ?", (path, content)).fetchone()
    return row is not None


def tie_to_file(
    connection: sqlite3.Connection, file_key: int, key: int, article: Article, leaving: Iterable[int] = ()
) -> None:
    """Tie an article to a file; where that is the first of its files, take over what the file says about it.

    Args:
        leaving: files that do not count as the first.
    """
    article = titled(article)
    connection.execute(
        "INSERT INTO occurrence (file_key, article_key, origin) VALUES (?, ?, ?) "
        "ON CONFLICT (file_key, article_key) DO UPDATE SET origin = excluded.origin",
        (file_key, key, packed_origin(article.origin)),
    )
    files = connection.execute("SELECT file_key FROM occurrence WHERE article_key = ? ORDER BY key", (key,))
    gone = set(leaving)
    if next((one for (one,) in files if one not in gone), None) == file_key and is_sound(connection, key):
        connection.execute(
            "UPDATE article SET subtitle = ?, source = ?, published = ?, published_from = ?, url = ?, kind = ?, "
            "derived_title = ?, edition = ?, title_from = ?, source_folded = ? WHERE key = ?",
            (
                article.subtitle,
                article.source,
                article.published or "",
                article.published_from or "",
                article.url,
                article.kind,
                _derived_title(article),
                article.edition,
                article.title_from,
                fold(article.source),
                key,
            ),
        )
        seal_article(connection, key)


def insert_article(connection: sqlite3.Connection, article: Article, content: str) -> int:
    """Add an article under its own id or a free one made from it; its number.

    Raises:
        IndexFault: every id made from its own stands for another text.
    """
    article = titled(article)
    article_id = _free_id(connection, article.id, content)
    connection.execute("INSERT OR IGNORE INTO given_id VALUES (?, ?)", (article_id, content))
    connection.execute("DELETE FROM removed WHERE id = ?", (article_id,))
    return insert_columns(
        connection,
        {
            "id": article_id,
            "source_id": article.id,
            "content_id": content,
            "title": article.printed_title,
            "derived_title": _derived_title(article),
            "title_from": article.title_from,
            "subtitle": article.subtitle,
            "byline": article.byline,
            "source": article.source,
            "published": article.published or "",
            "published_from": article.published_from or "",
            "url": article.url,
            "kind": article.kind,
            "edition": article.edition,
            "text": article.text,
            "subheads": packed_subheads(article.subheads),
            "source_folded": fold(article.source),
            "byline_folded": fold(article.byline),
        },
    )


def insert_columns(connection: sqlite3.Connection, columns: Mapping[str, object]) -> int:
    """Add a row to `article`, with its checksum, and make it findable in lists; its number."""
    columns = {**columns, "checksum": checksum_of(columns)}
    key = connection.execute(
        f"INSERT INTO article ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", list(columns.values())
    ).lastrowid
    everything = fold("\n".join(str(columns[name]) for name in ("title", "byline", "text")))
    connection.execute("INSERT INTO folded VALUES (?, ?)", (key, everything))
    assert key is not None
    return key


def insert_passages(connection: sqlite3.Connection, key: int, item: IndexedArticle, model: Model) -> list[lexical.Row]:
    """Store passages and vectors; what lexical search is to be given of them.

    Raises:
        IndexFault: there is not one vector of the model's width for each passage.
    """
    if item.vectors.shape != (len(item.passages), model.dimension):
        raise IndexFault(
            f"article {item.article.id}: {len(item.passages)} passages, vectors of shape {item.vectors.shape}, "
            f"expected {(len(item.passages), model.dimension)}"
        )
    added: list[lexical.Row] = []
    for passage, vector in zip(item.passages, item.vectors, strict=True):
        passage_key = insert_passage(connection, key, passage.start, passage.end, passage.text)
        connection.execute(
            "INSERT INTO vector VALUES (?, ?, ?)",
            (passage_key, model.key, sealed(np.asarray(vector, dtype="<f4").tobytes())),
        )
        added.append((passage_key, item.article.printed_title, passage.text))
    return added


def insert_passage(connection: sqlite3.Connection, key: int, start: int, end: int, text: str) -> int:
    """Store one passage of an article; its number."""
    passage_key = connection.execute(
        "INSERT INTO passage (article_key, start, end, text) VALUES (?, ?, ?, ?)", (key, start, end, text)
    ).lastrowid
    assert passage_key is not None
    return passage_key


def untie_from_file(connection: sqlite3.Connection, file_key: int, article_keys: Sequence[int]) -> int:
    """Take articles out of a file and delete those that stand in no other; how many were deleted."""
    deleted = 0
    for key in article_keys:
        connection.execute("DELETE FROM occurrence WHERE file_key = ? AND article_key = ?", (file_key, key))
        if connection.execute("SELECT 1 FROM occurrence WHERE article_key = ?", (key,)).fetchone() is None:
            delete_article(connection, key)
            deleted += 1
    if deleted:
        raise_generation(connection)
    return deleted


def delete_article(connection: sqlite3.Connection, key: int) -> None:
    """Delete an article with its passages, vectors and postings."""
    (title,) = connection.execute("SELECT title FROM article WHERE key = ?", (key,)).fetchone()
    passages = connection.execute("SELECT key, text FROM passage WHERE article_key = ?", (key,)).fetchall()
    lexical.take_out(connection, [(passage_key, title, text) for passage_key, text in passages])
    connection.execute("DELETE FROM article WHERE key = ?", (key,))


def file_key_of(connection: sqlite3.Connection, file: FileWriting) -> int:
    """The number of a file, put on record if it is new."""
    connection.execute(
        "INSERT INTO file (path, original) VALUES (?, ?) ON CONFLICT DO NOTHING", (file.path, file.original)
    )
    return int(connection.execute("SELECT key FROM file WHERE path = ?", (file.path,)).fetchone()[0])


def _derived_title(article: Article) -> str:
    return "" if article.title_from == "title" else article.title


def _free_id(connection: sqlite3.Connection, wanted: str, content: str) -> str:
    """The id wanted, unless it ever stood for another text; then with as much of the content as tells them apart."""
    for candidate in (wanted, *(f"{wanted}@{content[:digits]}" for digits in range(SHORT_CONTENT, len(content) + 1))):
        row = connection.execute("SELECT content_id FROM given_id WHERE id = ?", (candidate,)).fetchone()
        taken = connection.execute("SELECT 1 FROM article WHERE id = ?", (candidate,)).fetchone()
        if taken is None and (row is None or row[0] == content):
            return candidate
    raise IndexFault(f'article "{wanted}": every id made from it stands for another text; give it another')
