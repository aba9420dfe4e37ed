"""BM25 over our own terms, kept by SQLite's FTS5 in the same transactions as everything else.

FTS5 never cuts text here: it is given terms already cut by `retrieval.articles.folding.terms`, with a space between,
and its tokenizer is told to leave them as they are. The table stores no text; to take a passage out, its terms are
cut again, which is why a change to `terms` is a change of `schema.VERSION`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from retrieval.articles.folding import terms


def add(connection: sqlite3.Connection, key: int, title: str, text: str) -> None:
    """Make a passage findable by its own words and its article's title's."""
    connection.execute("INSERT INTO lexicon (rowid, terms) VALUES (?, ?)", (key, _row(title, text)))


def take_out(connection: sqlite3.Connection, key: int, title: str, text: str) -> None:
    """Undo `add`, given exactly what it was given."""
    connection.execute("INSERT INTO lexicon (lexicon, rowid, terms) VALUES ('delete', ?, ?)", (key, _row(title, text)))


def entries(connection: sqlite3.Connection) -> int:
    """How many passages can be found by words."""
    return int(connection.execute("SELECT count(*) FROM lexicon_docsize").fetchone()[0])


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the whole lexical index again from the passages."""
    connection.execute("INSERT INTO lexicon (lexicon) VALUES ('delete-all')")
    rows = connection.execute(
        "SELECT passage.key, article.title, passage.text FROM passage JOIN article ON article.key = passage.article_key"
    )
    for key, title, text in rows.fetchall():
        add(connection, key, title, text)


def matching(
    connection: sqlite3.Connection, question: str, k: int, restriction: str, values: Sequence[str]
) -> list[tuple[int, float]]:
    """Find passages holding any term of the question.

    Args:
        restriction: an SQL condition on `article`, or "" for none; `values` fill its question marks.

    Returns:
        Up to `k` (passage key, BM25 with k1 = 1.2 and b = 0.75), best first.
    """
    wanted = list(dict.fromkeys(terms(question)))
    if not wanted or k <= 0:
        return []
    expression = " OR ".join(f'"{term}"' for term in wanted)
    among = (
        "AND rowid IN (SELECT passage.key FROM passage JOIN article ON article.key = passage.article_key "
        f"WHERE {restriction})"
        if restriction
        else ""
    )
    found = connection.execute(
        f"SELECT rowid, -bm25(lexicon) AS score FROM lexicon WHERE lexicon MATCH ? {among} "
        "ORDER BY score DESC, rowid LIMIT ?",
        (expression, *values, k),
    )
    return [(key, score) for key, score in found if score > 0]


def document_frequencies(connection: sqlite3.Connection, wanted: Sequence[str]) -> dict[str, int]:
    """In how many passages each term stands."""
    counts = dict.fromkeys(wanted, 0)
    for term in counts:
        for (count,) in connection.execute("SELECT doc FROM lexicon_term WHERE term = ?", (term,)):
            counts[term] = count
    return counts


def _row(title: str, text: str) -> str:
    return " ".join(terms(f"{title}\n{text}"))
