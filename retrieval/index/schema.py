"""The tables of the embedded store, and opening a database that has them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from retrieval.errors import IndexDamaged, IndexMismatch

VERSION = 2  # raised whenever a table, or what `retrieval.articles.folding.terms` returns, changes
APPLICATION_ID = 0x42594C4E  # "BYLN": tells our database from somebody else's

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


def prepare(connection: sqlite3.Connection, place: Path) -> None:
    """Make the tables in a new database, or see that an old one is ours and of this version.

    Safe when two processes do it at once: the second waits and finds the tables.

    Raises:
        IndexMismatch: a newer or an older Byline made it.
        IndexDamaged: it is some other program's database.
    """
    connection.execute("BEGIN")  # one state of the file: another process may be making the tables between two reads
    try:
        if _version(connection, place) == VERSION:
            return
    finally:
        connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection, place) != VERSION:
            for statement in TABLES.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, place: Path) -> int:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise IndexDamaged(f"{place} is a database of another program; choose another folder with --data")
    if 0 < version < VERSION:
        raise IndexMismatch(
            f"{place} was made by an older Byline (index version {version}, this one reads {VERSION}); "
            "remove it and run `byline index PATH` again"
        )
    if version > VERSION:
        raise IndexMismatch(
            f"{place} was made by a newer Byline (index version {version}, this one reads {VERSION}); update Byline"
        )
    return int(version)
