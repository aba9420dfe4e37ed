"""Version 5: checksums over articles, vectors and the lexical index."""

from __future__ import annotations

import sqlite3

from byline.retrieval.index import lexical
from byline.retrieval.index.integrity import seal_articles, sealed, segment_checksum

COLUMNS = (
    "ALTER TABLE article ADD COLUMN checksum TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE segment ADD COLUMN checksum TEXT NOT NULL DEFAULT ''",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Take what is there for sound, since nothing says otherwise, and notice damage from now on."""
    for statement in COLUMNS:
        connection.execute(statement)
    seal_articles(connection)
    connection.create_function("sealed", 1, sealed, deterministic=True)
    for table in ("vector", "removed_vector"):
        connection.execute(f"UPDATE {table} SET numbers = sealed(numbers)")
    segments = [first for (first,) in connection.execute("SELECT first FROM segment")]
    if not segments:  # version 1's words lay in other tables
        lexical.rebuild(connection)
    for first in segments:
        lists = connection.execute("SELECT term, entries FROM posting WHERE first = ? ORDER BY term", (first,))
        connection.execute("UPDATE segment SET checksum = ? WHERE first = ?", (segment_checksum(lists), first))
