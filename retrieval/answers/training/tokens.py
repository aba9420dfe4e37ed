"""Pairs to token ids and targets, in batches of about equal length."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from retrieval.answers.marking import question_ids, token_windows
from retrieval.answers.training.pairs import Pair

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NOWHERE = 0  # the position, that of `<s>`, that start and end point at where the passage does not answer


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as the encoder takes it.

    Attributes:
        ids: int64 (tokens,).
        inside: bool (tokens,): tokens of the passage itself, where an answer may start or end.
        starts: bool (tokens,): where an answer starts, or `NOWHERE`.
        ends: bool (tokens,): the last token of an answer, or `NOWHERE`.
    """

    ids: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs padded to the longest: every array is (pairs, tokens), `mask` True on what is no padding."""

    ids: npt.NDArray[np.int64]
    mask: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]


def encode(pairs: Sequence[Pair], tokenizer: Tokenizer, max_tokens: int) -> list[Encoded]:
    """Encode pairs; those longer than `max_tokens`, or whose answers no token begins or ends, are left out."""
    encoded = []
    for pair in pairs:
        windows = list(token_windows(question_ids(pair.question, tokenizer), pair.passage, tokenizer))
        window = windows[0]
        if len(windows) > 1 or len(window.ids) > max_tokens:
            continue
        starts, ends = np.zeros(len(window.ids), bool), np.zeros(len(window.ids), bool)
        for start, end in pair.spans:
            touched = np.flatnonzero(window.inside & (window.edges[:, 1] > start) & (window.edges[:, 0] < end))
            if len(touched):
                starts[touched[0]] = ends[touched[-1]] = True
        if pair.spans and not starts.any():
            continue
        if not pair.spans:
            starts[NOWHERE] = ends[NOWHERE] = True
        encoded.append(Encoded(window.ids, window.inside, starts, ends))
    return encoded


def batches(encoded: Sequence[Encoded], size: int, rng: random.Random) -> list[Batch]:
    """Put pairs of about equal length together, batches in random order."""
    order = sorted(range(len(encoded)), key=lambda i: (len(encoded[i].ids) + rng.random() * 16, i))
    grouped = [order[at : at + size] for at in range(0, len(order) - size + 1, size)]
    rng.shuffle(grouped)
    return [pad([encoded[i] for i in group]) for group in grouped]


def pad(encoded: Sequence[Encoded], padding: int = 1) -> Batch:
    """Pad to the longest; `padding` is XLM-R's `<pad>`."""
    width = max(len(one.ids) for one in encoded)
    ids = np.full((len(encoded), width), padding, np.int64)
    flags = np.zeros((4, len(encoded), width), bool)
    for row, one in enumerate(encoded):
        long = len(one.ids)
        ids[row, :long] = one.ids
        flags[0, row, :long] = True
        flags[1, row, :long], flags[2, row, :long], flags[3, row, :long] = one.inside, one.starts, one.ends
    return Batch(ids, flags[0], flags[1], flags[2], flags[3])
