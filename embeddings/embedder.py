"""The protocol of an embedding model, for indexing and search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns passages and questions into vectors of unit length in one space."""

    @property
    def fingerprint(self) -> str:
        """Names the vector space: equal for two embedders exactly if their vectors may be mixed."""
        ...

    @property
    def dimension(self) -> int:
        """Width of every vector."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages.

        Args:
            texts: passages without any model prefix; the embedder adds its own.

        Returns:
            float32 (len(texts), dimension), rows of unit length, in the order given.
        """
        ...

    def embed_question(self, question: str) -> Vectors:
        """Embed one question.

        Returns:
            float32 (dimension,), of unit length.
        """
        ...
