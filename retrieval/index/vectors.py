"""Exact nearest-neighbour search in memory, derived from the database and never older than the read that uses it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import faiss
import numpy as np
import numpy.typing as npt

from byline.embeddings.embedder import Vectors
from byline.retrieval.index.integrity import opened
from byline.retrieval.index.models import epoch_of

Keys = npt.NDArray[np.int64]
GROWTH = 1.25  # room for a quarter more, so that small additions do not copy everything


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The vectors of one generation of the index; it never changes, so it is searched without a lock.

    Attributes:
        generation: of the database, as it was when these were all its vectors.
        model_key: whose vectors these are.
        keys: int64 (passages,), rising.
        rows: float32 (passages, dimension), of unit length, in the order of `keys`.
    """

    generation: int
    model_key: int
    keys: Keys
    rows: Vectors

    def nearest(self, vector: Vectors, k: int, among: Keys | None = None) -> list[tuple[int, float]]:
        """Find the `k` nearest passages, of all or of those named, as (key, cosine), best first."""
        keys, rows = self.keys, self.rows
        if among is not None:
            chosen = np.flatnonzero(np.isin(keys, among, assume_unique=True))
            keys, rows = keys[chosen], rows[chosen]
        k = min(k, len(keys))
        if k <= 0:
            return []
        cosines, found = faiss.knn(vector.reshape(1, -1), rows, k, metric=faiss.METRIC_INNER_PRODUCT)
        return [(int(keys[row]), float(cosine)) for row, cosine in zip(found[0], cosines[0], strict=True)]

    def cosines(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        """Cosine of each named passage, -1 for one that is not there."""
        if not len(self.keys):
            return [-1.0] * len(keys)
        wanted = np.asarray(keys, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        cosines = np.where(self.keys[places] == wanted, self.rows[places] @ vector, np.float32(-1.0))
        return [float(cosine) for cosine in cosines]


class VectorIndex:
    """Keeps a `Snapshot` in step with the database.

    This is where an approximate index would stand once exact search is too slow: it answers the same two questions
    of a `Snapshot`.
    """

    def __init__(self, damaged: Callable[[str], None]) -> None:
        """Hold nothing; the first read fills it. `damaged` is told of each vector that is not what was written."""
        self._damaged = damaged
        self._guard = threading.Lock()
        self._held: Snapshot | None = None
        self._room: Vectors = np.zeros((0, 0), dtype=np.float32)

    def at(self, connection: sqlite3.Connection, generation: int, model_key: int, dimension: int) -> Snapshot | None:
        """Give the vectors of the read transaction `connection` is in.

        Only what another write added is read; what it removed is dropped.

        Returns:
            None if a later generation is held already: the transaction is old, begin another.
        """
        with self._guard:
            held = self._held
            if held is not None and held.generation == generation:
                return held
            if held is not None and held.generation > generation:
                return None
            if held is None or held.model_key != model_key or epoch_of(held.generation) != epoch_of(generation):
                held = Snapshot(-1, model_key, np.zeros(0, dtype=np.int64), np.zeros((0, dimension), dtype=np.float32))
            self._held = self._advanced(held, connection, generation)
            return self._held

    def _advanced(self, held: Snapshot, connection: sqlite3.Connection, generation: int) -> Snapshot:
        alive = np.fromiter((key for (key,) in connection.execute("SELECT key FROM passage")), dtype=np.int64)
        alive.sort()
        kept = np.isin(held.keys, alive, assume_unique=True)
        keys, rows = held.keys, held.rows
        if not kept.all():
            keys, rows = keys[kept], rows[kept]
        last = int(held.keys[-1]) if len(held.keys) else 0
        added = int(len(alive) - np.searchsorted(alive, last, side="right"))
        if not added:
            return Snapshot(generation, held.model_key, keys, rows)
        total = len(keys) + added
        if rows.base is not self._room or len(self._room) < total:
            self._room = np.empty((int(total * GROWTH), held.rows.shape[1]), dtype=np.float32)
            self._room[: len(rows)] = rows
        new_keys = np.empty(added, dtype=np.int64)
        found = connection.execute(
            "SELECT passage_key, numbers FROM vector WHERE model_key = ? AND passage_key > ? ORDER BY passage_key",
            (held.model_key, last),
        )
        filled = 0
        for key, block in found:
            vector = opened(block, held.rows.shape[1])
            if vector is None:  # words find the passage still; the next run embeds it again
                self._damaged(f"the vector of passage {key} is damaged")
                continue
            new_keys[filled] = key
            self._room[len(keys) + filled] = vector
            filled += 1
        keys = np.concatenate([keys, new_keys[:filled]])
        return Snapshot(generation, held.model_key, keys, self._room[: len(keys)])
