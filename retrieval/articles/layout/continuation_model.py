"""Does the text run on from the end of one column into the start of another?

A character language model answers: interpolated n-grams (Jelinek & Mercer 1980, weights by how often
the context was seen) over text with digits folded to 0, Latin letters to lower case and punctuation
to one width. The counts were learned from CRUD-RAG's news (IAAR-Shanghai, Apache-2.0) by
`byline.retrieval.training.continuation_model` and are shipped as `continuation_model.npz`.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

ORDER = 5
"""Longest n-gram in characters; the sixth character of context changed no decision on the made pages."""

BREAK = "\n"
"""Stands between sentences in the model's text, so that both ends of a sentence have a probability."""

SENTENCE_ENDS = "。！？!?…"
CLOSERS = "”’」』）)》〉】\"'"

EDGE_CHARS = 24
EDGE_NEAR = 8
EDGE_FEATURES = 1 << 14
PROBES = 4
FINGERPRINT_BITS = 11
LEVEL_BITS = 5

Codes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]


def fold(text: str) -> str:
    """Make one form of what means the same to the model; the length stays.

    A line end stays one, as `BREAK`; other white space becomes a plain space.
    """
    return "".join(map(_fold_character, text))


@functools.lru_cache(maxsize=65536)
def _fold_character(character: str) -> str:
    if character.isspace():
        return BREAK if character == BREAK else " "
    narrow = unicodedata.normalize("NFKC", character) if "\uff01" <= character <= "\uff5e" else character
    lower = narrow.lower()
    return "0" if lower.isdecimal() else lower if len(lower) == 1 else character


def codes_of(text: str) -> Codes:
    """Give the code points of a text, one number each."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)


def hashes(codes: Codes, order: int) -> Codes:
    """Hash every run of `order` characters along the last axis.

    Returns:
        uint64, `order - 1` shorter than `codes` in the last axis; finished so that any bits can be used.
    """
    width = codes.shape[-1] - order + 1
    mixed = np.full((*codes.shape[:-1], width), np.uint64(order), dtype=np.uint64)
    for offset in range(order):
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= codes[..., offset : offset + width]
        mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return mixed


class SeamModel:
    """Character n-gram probabilities out of one small hashed table.

    A slot of the table holds 11 bits to recognise its n-gram and 5 bits for its count, in steps of a
    factor of √2. An n-gram the model never saw is taken for another one about once in 700 look-ups.
    """

    def __init__(self, table: npt.NDArray[np.uint16], weights: Floats, characters: int, edges: Floats) -> None:
        """Take the parts that `seam_training` made.

        Args:
            table: a power of two of slots.
            weights: (ORDER, 32): how far to trust an n-gram of each order, by the level of its context's count.
            characters: length of the text the counts come from.
            edges: (2, EDGE_FEATURES + 1): what tells the first sentence of an article, and the last, from others.
        """
        ring = np.concatenate([table, table[: PROBES - 1]])
        self._slots = np.lib.stride_tricks.sliding_window_view(ring, PROBES)
        self._mask = np.uint64(len(table) - 1)
        self._weights = weights
        self._characters = characters
        self._edges = edges

    @classmethod
    def load(cls, file: IO[bytes]) -> SeamModel:
        """Read the model from an open `.npz`."""
        with np.load(file) as parts:
            return cls(parts["table"], parts["weights"], int(parts["characters"]), parts["edges"])

    def opens_article(self, starts: Sequence[str]) -> Floats:
        """Log odds that each text begins an article rather than a later sentence of one, at even odds before."""
        return self._edge(0, starts)

    def closes_article(self, ends: Sequence[str]) -> Floats:
        """Log odds that each text ends an article rather than an earlier sentence of one, at even odds before."""
        return self._edge(1, [end[::-1] for end in ends])

    def _edge(self, which: int, texts: Sequence[str]) -> Floats:
        weights = self._edges[which]
        return np.asarray(weights[edge_features(texts)].sum(axis=1) + weights[-1], dtype=np.float32)

    def log_probabilities(self, codes: Codes, last: int) -> Floats:
        """Score the last characters of each row, given those before them.

        Args:
            codes: (rows, width) folded code points, at least `ORDER - 1 + last` wide; 0 where a row is shorter.
            last: how many characters of each row to score.

        Returns:
            float32 (rows, last), natural logarithms.
        """
        rows = codes[:, codes.shape[1] - last - (ORDER - 1) :]
        probability = np.full((len(rows), last), 1e-5, dtype=np.float32)
        context: npt.NDArray[np.uint8] | None = None
        for order in range(1, ORDER + 1):
            # One column more than is scored: the context of a character ends where the one before it does.
            levels = self.levels(hashes(rows[:, max(0, ORDER - 1 - order) :], order))[:, -last - 1 :]
            seen = COUNT_OF_LEVEL[levels[:, -last:]]
            if context is None:
                probability = 0.999 * np.minimum(seen / self._characters, 1) + 0.001 * probability
            else:
                weight = self._weights[order - 1][context]
                share = np.minimum(seen / np.maximum(COUNT_OF_LEVEL[context], 1), 1)
                probability = probability + weight * (share - probability)
            context = levels[:, :last]
        return np.log(probability)

    def rarity(self, pairs: Codes) -> Floats:
        """Weigh hashed pairs of characters from 0.05 for the most common to 1 for those hardly seen."""
        return np.clip(1 - self.levels(pairs) / np.float32(22), 0.05, 1).astype(np.float32)

    def levels(self, hashed: Codes) -> npt.NDArray[np.uint8]:
        """Look up hashed n-grams: the level of each one's count, 0 for one never seen."""
        slots = self._slots[(hashed >> np.uint64(FINGERPRINT_BITS)) & self._mask]
        mark = (hashed & np.uint64((1 << FINGERPRINT_BITS) - 1)).astype(np.uint16)
        found = np.where((slots >> np.uint16(LEVEL_BITS)) == mark[..., None], slots & np.uint16(31), np.uint16(0))
        return np.asarray(found.max(axis=-1), dtype=np.uint8)


def edge_features(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Number the character pairs at the beginning of each text, those of the first eight characters apart.

    Returns:
        int64 (texts, EDGE_CHARS - 1), each below `EDGE_FEATURES`.
    """
    rows = codes_of("".join(fold(text[:EDGE_CHARS]).ljust(EDGE_CHARS, "\0") for text in texts))
    pairs = hashes(rows.reshape(len(texts), EDGE_CHARS), 2) >> np.uint64(8)
    near = (np.arange(EDGE_CHARS - 1) < EDGE_NEAR).astype(np.uint64)
    half = np.uint64(EDGE_FEATURES // 2)
    return (pairs % half + near * half).astype(np.int64)


SHIPPED = Path(__file__).with_name("continuation_model.npz")
COUNT_OF_LEVEL = np.concatenate([[0.0], 2.0 ** (np.arange(31) / 2)]).astype(np.float32)


def level_of_count(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
    """Round counts to the levels of the table: 1 for once, two more for every doubling, 31 at most."""
    return np.asarray(np.clip(np.rint(2 * np.log2(counts)) + 1, 1, 31), dtype=np.uint16)


@functools.cache
def bundled() -> SeamModel:
    """Load the model that comes with the install, once."""
    with SHIPPED.open("rb") as file:
        return SeamModel.load(file)


def windows(lefts: Sequence[str], rights: Sequence[str], last: int) -> Codes:
    """Lay texts end to start for `SeamModel.log_probabilities`: the end of `lefts[i]`, the start of `rights[i]`.

    Returns:
        uint64 (rows, ORDER - 1 + last) of folded code points, filled with 0 at the outer ends.
    """
    width = ORDER - 1
    ends = {left: fold(left[-width:]).rjust(width, "\0") for left in set(lefts)}
    starts = {right: fold(right[:last]).ljust(last, "\0") for right in set(rights)}
    joined = "".join([ends[left] + starts[right] for left, right in zip(lefts, rights, strict=True)])
    return codes_of(joined).reshape(len(lefts), width + last)
