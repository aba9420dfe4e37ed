"""Version 3: removals that can be undone, originals of uploads, and where an article's date comes from."""

from __future__ import annotations

import sqlite3

from byline.retrieval.sqlite import run_statements

# A removed article lies in tables of its own, so that no search has to leave it out. `article` is the row it had, as
# JSON; its passages are cut from that text.
STATEMENTS = """
ALTER TABLE article ADD COLUMN published_from TEXT NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN original TEXT NOT NULL DEFAULT '';
CREATE TABLE removed (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    removed_at REAL NOT NULL,
    article TEXT NOT NULL
);
CREATE TABLE removed_occurrence (
    removed_key INTEGER NOT NULL REFERENCES removed (key) ON DELETE CASCADE,
    path TEXT NOT NULL,
    origin TEXT NOT NULL
);
CREATE INDEX removed_occurrence_by_path ON removed_occurrence (path);
CREATE INDEX removed_occurrence_by_article ON removed_occurrence (removed_key);
CREATE TABLE removed_passage (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    removed_key INTEGER NOT NULL REFERENCES removed (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX removed_passage_by_article ON removed_passage (removed_key);
CREATE TABLE removed_vector (
    passage_key INTEGER NOT NULL REFERENCES removed_passage (key) ON DELETE CASCADE,
    model_key INTEGER NOT NULL REFERENCES model (key) ON DELETE CASCADE,
    numbers BLOB NOT NULL,
    UNIQUE (passage_key, model_key)
);
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Add the tables and columns; no date is known to come from anywhere, and nothing stands removed."""
    run_statements(connection, STATEMENTS)
