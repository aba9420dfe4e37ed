"""Status and integrity of an index, in words: what it holds, whether its parts agree with each other and the model."""

from __future__ import annotations

import sqlite3

from byline.retrieval.errors import IndexDamaged
from byline.retrieval.index import lexical
from byline.retrieval.index.database import Database
from byline.retrieval.index.integrity import damage_in
from byline.retrieval.index.models import Model, active_model, generation, other_model
from byline.retrieval.index.store import StoreStatus


def status_of(database: Database, wanted: Model | None) -> StoreStatus:
    """Count what is kept, and compare the tables.

    Args:
        wanted: the model the store was opened for; None for one opened without.
    """
    place = database.place
    with database.reading() as connection:
        articles, passages, files = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("article", "passage", "file WHERE path != '' AND original = ''")
        )
        active = active_model(connection)
        now = generation(connection)
        problem = _disagreement(connection, passages, None if active is None else active.key)
    noted, written = database.notes.damage(), database.notes.written()
    if problem is None and noted:
        problem = f"{noted[0]}{f' (and {len(noted) - 1} more)' if len(noted) > 1 else ''}; index again to mend it"
    if written > now:
        problem = (
            f"the last {written - now:,} writes are gone: the log of {place.name} was lost or cut; "
            "files come back by indexing again, what was handed in by restoring a copy"
        )
    if problem is None and active is not None and wanted is not None and wanted.fingerprint != active.fingerprint:
        problem = other_model(place, active, wanted)
    kept = [place, *(place.with_name(place.name + suffix) for suffix in ("-wal", "-shm"))]
    return StoreStatus(
        articles=articles,
        passages=passages,
        files=files,
        model="" if active is None else active.fingerprint,
        dimension=0 if active is None else active.dimension,
        location=str(place.parent),
        size_bytes=sum(file.stat().st_size for file in kept if file.exists()),
        generation=now,
        healthy=problem is None,
        problem=problem,
    )


def damage_of(database: Database) -> str | None:
    """Look through the whole database and at every checksum, in about a second for 5,000 articles.

    Returns:
        What is wrong, in words, or None.
    """
    try:
        with database.reading() as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    except IndexDamaged as damage:
        return str(damage)
    if said != "ok":
        return f"{database.place} is damaged ({said}); move it away and index again"
    if loose is not None:
        return f"{database.place}: a row of {loose[0]} belongs to none of {loose[2]}; move it away, index again"
    try:
        with database.reading() as connection:
            return damage_in(connection).in_words()
    except IndexDamaged as damage:
        return str(damage)


def _disagreement(connection: sqlite3.Connection, passages: int, model_key: int | None) -> str | None:
    """What does not add up between the tables, in words."""
    (vectors,) = connection.execute("SELECT count(*) FROM vector WHERE model_key IS ?", (model_key,)).fetchone()
    entries = lexical.entries(connection)
    if vectors != passages:
        return f"{passages} passages, but {vectors} vectors; index again to mend it"
    if entries != passages:
        return f"{passages} passages, but {entries} in the lexical index; index again to mend it"
    return None
