"""Which embedding model the index's vectors are of, and its replacement by another without ever mixing the two.

One model is active: searches use its vectors only, and every passage has one. While another takes its place, its
vectors are stored beside; the switch is one transaction, made when no passage lacks one. Stopped at any point, the
old model goes on answering and the next run takes up where this one ended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from byline.embeddings.embedder import Vectors
from byline.embeddings.errors import Hint
from byline.retrieval.errors import IndexMismatch
from byline.retrieval.index.database import Database
from byline.retrieval.index.integrity import sealed
from byline.retrieval.index.writes import Unembedded

# Writes in one life of a database, which ends when a copy is brought back or something is mended. 2^32 of them leave
# room for 2^21 lives before a number no longer fits what JSON in a browser holds exactly.
GENERATIONS = 2**32


@dataclass(frozen=True, slots=True)
class Model:
    """An embedding model as the index knows it.

    Attributes:
        key: its number in the database.
        fingerprint: of its vector space.
        dimension: width of its vectors.
    """

    key: int
    fingerprint: str
    dimension: int


def active_model(connection: sqlite3.Connection) -> Model | None:
    """The model whose vectors are searched; None in an index nothing was ever written to."""
    row = connection.execute(
        "SELECT model.key, fingerprint, dimension FROM state JOIN model ON model.key = state.active_model"
    ).fetchone()
    return None if row is None else Model(*row)


def generation(connection: sqlite3.Connection) -> int:
    """Rises with every write that changes what can be found."""
    return int(connection.execute("SELECT generation FROM state").fetchone()[0])


def epoch_of(generation: int) -> int:
    """Which life of the database a generation is of; passage keys of two lives have nothing to do with each other."""
    return generation // GENERATIONS


def next_epoch(generation: int) -> int:
    """The first generation after everything that is held of the database, in any process, is out of date."""
    return (epoch_of(generation) + 1) * GENERATIONS


def required_model(connection: sqlite3.Connection, wanted: Model, place: Path) -> Model:
    """Make sure vectors of `wanted` may be written; the first ever written decide the index's model.

    Raises:
        IndexMismatch: another model's are active.
    """
    active = active_model(connection)
    if active is None:
        active = _known(connection, wanted)
        connection.execute("UPDATE state SET active_model = ?", (active.key,))
    if (active.fingerprint, active.dimension) != (wanted.fingerprint, wanted.dimension):
        raise IndexMismatch(other_model(place, active, wanted), hint=Hint.INDEX)
    return active


def other_model(place: Path, active: Model, wanted: Model) -> str:
    """Say that the index holds another model's vectors."""
    return (
        f'{place} holds {active.dimension}-wide vectors of model "{active.fingerprint}", the model in use is '
        f'"{wanted.fingerprint}" ({wanted.dimension} wide); index again to re-embed'
    )


LACKING = (
    "FROM passage JOIN article ON article.key = passage.article_key WHERE NOT EXISTS "
    "(SELECT 1 FROM vector WHERE vector.passage_key = passage.key AND vector.model_key = ?)"
)
LACKING_REMOVED = (
    "FROM removed_passage JOIN removed ON removed.key = removed_passage.removed_key WHERE NOT EXISTS "
    "(SELECT 1 FROM removed_vector WHERE passage_key = removed_passage.key AND model_key = ?)"
)


class EmbeddedReplacement:
    """A `Replacement`; passages of removed articles have their keys negated, to be told from the others."""

    def __init__(self, database: Database, fingerprint: str, dimension: int) -> None:
        """Name the model that is to become the active one."""
        self._database = database
        self._model = Model(0, fingerprint, dimension)

    def needed(self) -> bool:
        """Look which model is active; see `Replacement.needed`."""
        with self._database.reading() as connection:
            active = active_model(connection)
            return active is not None and active.fingerprint != self._model.fingerprint

    def begin(self) -> int:
        """Clear up and count; see `Replacement.begin`."""
        with self._database.writing() as connection:
            model = _known(connection, self._model)
            active = active_model(connection)
            kept = (model.key, model.key if active is None else active.key)
            for table in ("vector", "removed_vector"):
                connection.execute(f"DELETE FROM {table} WHERE model_key NOT IN (?, ?)", kept)
            connection.execute("DELETE FROM model WHERE key NOT IN (?, ?)", kept)
            return sum(
                int(connection.execute(f"SELECT count(*) {lacking}", (model.key,)).fetchone()[0])
                for lacking in (LACKING, LACKING_REMOVED)
            )

    def lacking(self, most: int) -> list[Unembedded]:
        """Fetch passages in the order of their keys, removed articles' last; see `Replacement.lacking`."""
        with self._database.reading() as connection:
            model = _known(connection, self._model)
            rows = connection.execute(
                f"SELECT passage.key, article.title, passage.text {LACKING} ORDER BY passage.key LIMIT ?",
                (model.key, most),
            ).fetchall()
            if not rows:
                rows = connection.execute(
                    "SELECT -removed_passage.key, json_extract(removed.article, '$.title'), removed_passage.text "
                    f"{LACKING_REMOVED} ORDER BY removed_passage.key LIMIT ?",
                    (model.key, most),
                ).fetchall()
            return [Unembedded(*row) for row in rows]

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Keep vectors; see `Replacement.put`."""
        with self._database.writing() as connection:
            model = _known(connection, self._model)
            for key, vector in zip(keys, vectors, strict=True):
                removed = "removed_" if key < 0 else ""
                connection.execute(
                    f"INSERT OR REPLACE INTO {removed}vector SELECT key, ?, ? FROM {removed}passage WHERE key = ?",
                    (model.key, sealed(np.asarray(vector, dtype="<f4").tobytes()), abs(key)),
                )

    def finish(self) -> bool:
        """Switch in one transaction; see `Replacement.finish`."""
        with self._database.writing() as connection:
            model = _known(connection, self._model)
            for lacking in (LACKING, LACKING_REMOVED):
                if connection.execute(f"SELECT 1 {lacking} LIMIT 1", (model.key,)).fetchone() is not None:
                    return False
            connection.execute("UPDATE state SET active_model = ?, generation = generation + 1", (model.key,))
            for table in ("vector", "removed_vector"):
                connection.execute(f"DELETE FROM {table} WHERE model_key != ?", (model.key,))
            connection.execute("DELETE FROM model WHERE key != ?", (model.key,))
        return True


def _known(connection: sqlite3.Connection, model: Model) -> Model:
    """The model with its number, given one if it is new."""
    row = connection.execute("SELECT key, dimension FROM model WHERE fingerprint = ?", (model.fingerprint,)).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO model (fingerprint, dimension) VALUES (?, ?)", (model.fingerprint, model.dimension)
        )
        row = connection.execute(
            "SELECT key, dimension FROM model WHERE fingerprint = ?", (model.fingerprint,)
        ).fetchone()
    return Model(row[0], model.fingerprint, row[1])
