"""Pairs to token ids and targets, in batches of about equal length."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from byline.retrieval.answers.spans import question_ids, token_windows
from byline.retrieval.training.reader.pairs import Pair

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WIDTH_STEP = 16  # tokens; the rows of an AMX tile
NOWHERE = 0  # the position, that of `<s>`, that start and end point at where the passage does not answer


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as the encoder takes it.

    Attributes:
        ids: int64 (tokens,).
        inside: bool (tokens,): tokens of the passage itself, where an answer may start or end.
        starts: bool (tokens,): where an answer starts, or `NOWHERE`.
        ends: bool (tokens,): the last token of an answer, or `NOWHERE`.
        answering: bool (tokens,): tokens of an answer.
        yes: 1.0 or 0.0 for a yes/no question that is answered, NaN for others.
    """

    ids: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    answering: npt.NDArray[np.bool_]
    yes: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs padded to the longest: arrays are (pairs, tokens), `mask` True on what is no padding.

    `yes` is float32 (pairs,); `questions` is int64 (pairs,): pairs of one question have the same number.
    """

    ids: npt.NDArray[np.int64]
    mask: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    answering: npt.NDArray[np.bool_]
    yes: npt.NDArray[np.float32]
    questions: npt.NDArray[np.int64]


def encode(pairs: Sequence[Pair], tokenizer: Tokenizer, max_tokens: int) -> list[Encoded]:
    """Encode pairs; those longer than `max_tokens`, or whose answers no token begins or ends, are left out."""
    encoded = []
    for pair in pairs:
        asked = question_ids(pair.question, tokenizer)
        windows = list(token_windows(asked, pair.passage, tokenizer, title=pair.shown.heading))
        window = windows[0]
        if len(windows) > 1 or len(window.ids) > max_tokens:
            continue
        starts, ends, answering = np.zeros((3, len(window.ids)), bool)
        for start, end in pair.spans:
            touched = np.flatnonzero(window.inside & (window.edges[:, 1] > start) & (window.edges[:, 0] < end))
            if len(touched):
                starts[touched[0]] = ends[touched[-1]] = True
                answering[touched] = True
        if pair.spans and not starts.any():
            continue
        if not pair.spans:
            starts[NOWHERE] = ends[NOWHERE] = True
        yes = float("nan") if pair.yes is None or not pair.spans else float(pair.yes)
        encoded.append(Encoded(window.ids, window.inside, starts, ends, answering, yes))
    return encoded


def batches(groups: Sequence[Sequence[Encoded]], tokens: int, rng: random.Random) -> list[Batch]:
    """Put questions of about equal length together, batches in random order.

    Args:
        groups: the pairs of each question, which stay together.
        tokens: a batch has at most so many, padding counted, unless one question alone has more.
    """
    lengths = [max((len(one.ids) for one in group), default=0) for group in groups]
    order = sorted((i for i in range(len(groups)) if groups[i]), key=lambda i: (lengths[i] + rng.random() * 16, i))
    filled: list[list[Sequence[Encoded]]] = []
    pairs = longest = 0
    for i in order:
        longest = max(longest, lengths[i])
        if not filled or (pairs + len(groups[i])) * longest > tokens:
            filled.append([])
            pairs, longest = 0, lengths[i]
        filled[-1].append(groups[i])
        pairs += len(groups[i])
    rng.shuffle(filled)
    return [pad(together) for together in filled]


def pad(groups: Sequence[Sequence[Encoded]], padding: int = 1) -> Batch:
    """Pad to the longest, rounded up, as every new shape costs a kernel; `padding` is XLM-R's `<pad>`."""
    encoded = [one for group in groups for one in group]
    questions = np.array([number for number, group in enumerate(groups) for _ in group], np.int64)
    width = -(-max(len(one.ids) for one in encoded) // WIDTH_STEP) * WIDTH_STEP
    ids = np.full((len(encoded), width), padding, np.int64)
    flags = np.zeros((5, len(encoded), width), bool)
    for row, one in enumerate(encoded):
        long = len(one.ids)
        ids[row, :long] = one.ids
        flags[0, row, :long] = True
        flags[1:, row, :long] = one.inside, one.starts, one.ends, one.answering
    yes = np.array([one.yes for one in encoded], np.float32)
    mask, inside, starts, ends, answering = flags
    return Batch(ids, mask, inside, starts, ends, answering, yes, questions)
