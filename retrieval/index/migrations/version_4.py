"""Version 4: a title for every article that has none of its own, and the edition of the newspaper it stood in."""

from __future__ import annotations

import sqlite3

from byline.retrieval.articles.titles import title_of
from byline.retrieval.sqlite import run_statements

# `title` stays what the source says, and what is indexed; `derived_title` is shown where it is empty.
STATEMENTS = """
ALTER TABLE article ADD COLUMN derived_title TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN title_from TEXT NOT NULL DEFAULT 'title';
ALTER TABLE article ADD COLUMN edition TEXT NOT NULL DEFAULT '';
"""
_BEGINNING_CHARS = 4_000
_UNTITLED = (
    "SELECT article.key, substr(article.text, 1, ?), "
    "(SELECT iif(file.original = '', file.path, '') FROM occurrence JOIN file ON file.key = occurrence.file_key "
    "WHERE occurrence.article_key = article.key ORDER BY occurrence.key LIMIT 1) FROM article WHERE article.title = ''"
)


def migrate(connection: sqlite3.Connection) -> None:
    """Add the columns, and give every article without a title one; nothing is to be indexed or embedded again."""
    run_statements(connection, STATEMENTS)
    for key, text, path in connection.execute(_UNTITLED, (_BEGINNING_CHARS,)).fetchall():
        title, title_from = title_of(text, path or "")
        connection.execute(
            "UPDATE article SET derived_title = ?, title_from = ? WHERE key = ?", (title, title_from, key)
        )
