"""Version 4: the edition an article stood in, and where its title comes from."""

from __future__ import annotations

import sqlite3

from byline.retrieval.sqlite import run_statements

STATEMENTS = """
ALTER TABLE article ADD COLUMN edition TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN title_from TEXT NOT NULL DEFAULT 'title';
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Add the columns: no edition was noted before, and every title stood in its file as one."""
    run_statements(connection, STATEMENTS)
