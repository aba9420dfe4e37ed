"""Doubles written by hand: small, deterministic, fast stand-ins for what is slow or far away."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from byline.embeddings.embedder import Vectors


class HashEmbedder:
    """An `Embedder` without a model: overlapping pairs of characters hashed into a vector of unit length.

    Texts that share pairs of characters are near each other, so tests can ask for a passage in its own words.

    Attributes:
        embedded: how many passages were embedded so far; work that should not be done again shows here.
    """

    def __init__(self, dimension: int = 64, name: str = "hash") -> None:
        self._dimension = dimension
        self._name = name
        self.embedded = 0

    @property
    def fingerprint(self) -> str:
        return f"{self._name}-{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        return np.stack([self._embed(text) for text in texts])

    def embed_question(self, question: str) -> Vectors:
        return self._embed(question)

    def _embed(self, text: str) -> Vectors:
        vector = np.zeros(self._dimension, dtype=np.float32)
        padded = f" {text} "
        for i in range(len(padded) - 1):
            hashed = zlib.crc32(f"{self._name}{padded[i : i + 2]}".encode("utf-8", "surrogatepass"))
            vector[hashed % self._dimension] += 1.0 if hashed & 0x10000 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            vector[0] = length = 1.0
        return (vector / np.float32(length)).astype(np.float32)
