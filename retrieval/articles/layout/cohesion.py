"""Do two stretches of a page talk about the same thing?

Shared character pairs count, the rarer in general the more, as in TextTiling (Hearst 1997) with
inverse document frequencies; how rare a pair is, the seam model's counts say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from byline.retrieval.articles.layout.continuation_model import SeamModel, codes_of, fold, hashes

_LINE_CHARS = 1000
_WINDOW_CHARS = 300
_WINDOW_LINES = 12


class Cohesion:
    """The character pairs of each line of a page, with their weights."""

    def __init__(self, texts: Sequence[str], model: SeamModel) -> None:
        self._lengths = [len(text) for text in texts]
        folded = [fold(text[:_LINE_CHARS]) for text in texts]
        joined = "\0".join([*folded, ""])
        self._pairs: list[frozenset[int]] = []
        self._weights: dict[int, float] = {}
        if len(joined) < 2:
            self._pairs = [frozenset()] * len(texts)
            return
        hashed = hashes(codes_of(joined), 2)
        rarity = model.rarity(hashed)
        letters = np.fromiter(map(str.isalnum, joined), dtype=bool, count=len(joined))
        kept = letters[:-1] & letters[1:]
        ids, weights = hashed.tolist(), rarity.tolist()
        self._weights = dict(zip(ids, weights, strict=True))
        start = 0
        for text in folded:
            end = start + max(0, len(text) - 1)
            self._pairs.append(
                frozenset(pair for pair, keep in zip(ids[start:end], kept[start:end], strict=True) if keep)
            )
            start += len(text) + 1

    def continuity(self, line: int) -> float:
        """Logarithm of how much the text above a line shares with the text below it.

        Returns:
            About -5 between two articles and -2.7 within one (medians on made pages).
        """
        above, below = self._window(line - 1, -1), self._window(line + 1, 1)
        if not above or not below:
            return _UNRELATED
        shared = self._weight(above & below)
        return math.log(shared / math.sqrt(len(above) * len(below)) + 0.002)

    def shares(self, line: int) -> tuple[float, float]:
        """Tell how much of a line stands again in the text above it, and in the text below it, each 0 to 1.

        A line of only a few common pairs proves little and gets less than its share.
        """
        own = self._pairs[line]
        total = max(self._weight(own), _ENOUGH)
        above, below = self._window(line - 1, -1, 2), self._window(line + 1, 1, 2)
        return self._weight(own & above) / total, self._weight(own & below) / total

    def shared(self, line: int, other: int) -> float:
        """Weight of the pairs that two lines share: about one for each rare pair."""
        return self._weight(self._pairs[line] & self._pairs[other])

    def between(self, lines: Sequence[int], others: Sequence[int]) -> float:
        """Share of two sets of lines that stands in both, 0 to 1."""
        one = frozenset[int]().union(*(self._pairs[line] for line in lines))
        other = frozenset[int]().union(*(self._pairs[line] for line in others))
        return self._weight(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0

    def _weight(self, pairs: frozenset[int]) -> float:
        weights = self._weights
        return sum([weights[pair] for pair in pairs])

    def _window(self, line: int, step: int, times: int = 1) -> frozenset[int]:
        found: list[frozenset[int]] = []
        reached = 0
        while 0 <= line < len(self._pairs) and reached < _WINDOW_CHARS * times and len(found) < _WINDOW_LINES:
            found.append(self._pairs[line])
            reached += self._lengths[line]
            line += step
        return frozenset().union(*found)


_UNRELATED = math.log(0.004)
_ENOUGH = 2.0
