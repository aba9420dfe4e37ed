"""Figures of a reader on questions it was not trained on, passages given."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from byline.retrieval.answers.reader import PassageText, Reader
from byline.retrieval.training.reader.figures import best_f1, is_exact, roc_area
from byline.retrieval.training.reader.pairs import Pair, PairMaker
from byline.retrieval.training.reader.sets import Asked

CUT_CHARS = 250  # the size of the product's passages, for the timing


@dataclass(frozen=True, slots=True)
class Measured:
    """What a reader does on one set.

    Attributes:
        questions: measured.
        f1: of the marked span against the nearest right answer, in characters, the whole text given.
        placed: share of spans that touch a right answer where it stands: what the quoted sentence rests on.
        exact: share of spans that are a right answer, punctuation aside.
        area: under the ROC curve of `answerable`, windows that answer against windows that do not.
    """

    questions: int
    f1: float
    placed: float
    exact: float
    area: float


def measure(reader: Reader, asked: Sequence[Asked], *, most: int, seed: int = 1) -> dict[str, Measured]:
    """Measure a reader set by set.

    Args:
        asked: held-out questions.
        most: questions per set, drawn with `seed`.
    """
    rng = random.Random(seed)
    maker = PairMaker(asked, [])
    measured = {}
    for source in dict.fromkeys(one.source for one in asked):
        of_set = [one for one in asked if one.source == source]
        chosen = rng.sample(of_set, min(most, len(of_set)))
        overlaps, placed, exact = [], [], []
        for one in chosen:
            (marked,) = reader.read(one.question, [PassageText(one.text)])
            said = one.text[marked.start : marked.end]
            overlaps.append(best_f1(said, one.answers))
            placed.append(any(start < marked.end and marked.start < end for start, end in one.spans))
            exact.append(is_exact(said, one.answers))
        right = _answerable(reader, [maker.positive(one, rng) for one in chosen])
        wrong = _answerable(reader, [maker.negative(one, rng) for one in chosen])
        f1, share_placed, share_exact = (float(np.mean(values)) for values in (overlaps, placed, exact))
        area = roc_area(right, wrong)
        measured[source] = Measured(len(chosen), f1=f1, placed=share_placed, exact=share_exact, area=area)
    return measured


def time_reading(reader: Reader, asked: Sequence[Asked], *, rounds: int = 5) -> tuple[float, float]:
    """Time one passage of 250 characters, and ten in one call.

    Returns:
        Milliseconds per passage, at the median of `rounds`, alone and in ten.
    """
    texts = [PassageText(one.text[:CUT_CHARS]) for one in asked if len(one.text) >= CUT_CHARS][:10]
    question = asked[0].question
    reader.read(question, texts)
    alone = [_timed(reader, question, [text]) for text in texts for _ in range(rounds)]
    together = [_timed(reader, question, texts) for _ in range(rounds)]
    return float(np.median(alone)), float(np.median(together)) / len(texts)


def _timed(reader: Reader, question: str, texts: Sequence[PassageText]) -> float:
    began = time.perf_counter()
    reader.read(question, texts)
    return (time.perf_counter() - began) * 1e3


def _answerable(reader: Reader, pairs: Sequence[Pair]) -> list[float]:
    return [reader.read(pair.question, [pair.shown])[0].answerable for pair in pairs]
