"""Passages that share a question's words, for negatives that only look like an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class Lookalikes:
    """Passages searched by the character pairs they share with a question, rare pairs counting more."""

    def __init__(self, passages: Sequence[str]) -> None:
        """Index passages; the caller folds traditional forms and widths, on both sides alike."""
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(passages):
            for pair in _pairs(passage):
                rows[pair].append(row)
        self._size = len(passages)
        self._rows: dict[str, npt.NDArray[np.int32]] = {pair: np.array(at, np.int32) for pair, at in rows.items()}

    def nearest(self, question: str, k: int) -> list[int]:
        """Give the rows of the `k` passages that share most with the question, best first."""
        scores = np.zeros(self._size, np.float32)
        for pair in _pairs(question):
            at = self._rows.get(pair)
            if at is not None:
                scores[at] += np.log(self._size / len(at))  # inverse document frequency
        best = np.argsort(-scores, kind="stable")[:k]
        return [int(row) for row in best if scores[row] > 0]


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2].casefold() for i in range(len(text) - 1) if not text[i : i + 2].isspace()}
