"""Version 2: postings of our own for lexical search; the oldest version that a new index is made of."""

from __future__ import annotations

import sqlite3

from byline.retrieval.sqlite import run_statements

# article.id never changes its text: `given_id` remembers every id ever handed out and for which content, for good.
# A file and an article stand in many-to-many: the same article in two files is one, as long as one of them has it.
TABLES = """
CREATE TABLE model (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    dimension INTEGER NOT NULL
);
CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    generation INTEGER NOT NULL,
    active_model INTEGER REFERENCES model (key)
);
INSERT INTO state VALUES (1, 0, NULL);
CREATE TABLE article (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source_id TEXT NOT NULL,
    content_id TEXT NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL,
    byline TEXT NOT NULL,
    source TEXT NOT NULL,
    published TEXT NOT NULL,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    subheads TEXT NOT NULL,
    source_folded TEXT NOT NULL,
    byline_folded TEXT NOT NULL
);
CREATE INDEX article_by_source_id ON article (source_id);
CREATE INDEX article_by_content ON article (content_id);
CREATE INDEX article_by_date ON article (published DESC, id);
CREATE TABLE folded (
    article_key INTEGER PRIMARY KEY REFERENCES article (key) ON DELETE CASCADE,
    everything TEXT NOT NULL
);
CREATE TABLE given_id (
    id TEXT PRIMARY KEY,
    content_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE file (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL DEFAULT -1,
    mtime_ns INTEGER NOT NULL DEFAULT -1,
    digest TEXT NOT NULL DEFAULT '',
    faults TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE occurrence (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    file_key INTEGER NOT NULL REFERENCES file (key) ON DELETE CASCADE,
    article_key INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    UNIQUE (file_key, article_key)
);
CREATE INDEX occurrence_by_article ON occurrence (article_key);
CREATE TABLE root (
    path TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE withdrawn (
    path TEXT NOT NULL,
    content_id TEXT NOT NULL,
    PRIMARY KEY (path, content_id)
) WITHOUT ROWID;
CREATE TABLE passage (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article_key INTEGER NOT NULL REFERENCES article (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX passage_by_article ON passage (article_key);
CREATE TABLE vector (
    passage_key INTEGER NOT NULL REFERENCES passage (key) ON DELETE CASCADE,
    model_key INTEGER NOT NULL REFERENCES model (key) ON DELETE CASCADE,
    numbers BLOB NOT NULL,
    UNIQUE (passage_key, model_key)
);
CREATE TABLE segment (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    terms INTEGER NOT NULL
);
CREATE TABLE posting (
    first INTEGER NOT NULL,
    term TEXT NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (first, term)
) WITHOUT ROWID;
CREATE TABLE dead (
    key INTEGER PRIMARY KEY,
    length INTEGER NOT NULL
);
"""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of version 2."""
    run_statements(connection, TABLES)


def migrate(connection: sqlite3.Connection) -> None:
    """Put postings in the place of version 1's FTS5 tables; version 4 makes them from the passages."""
    connection.execute("DROP TABLE lexicon_term")
    connection.execute("DROP TABLE lexicon")
    run_statements(connection, TABLES[TABLES.index("CREATE TABLE segment") :])
