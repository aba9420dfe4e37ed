"""Retrieval: dense and lexical candidates for a question, fused into ranked hits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from byline.embeddings.embedder import Embedder, Vectors
from byline.retrieval.index.store import Filters, Store, StoredPassage
from byline.retrieval.text.question import language_of, without_interrogatives
from byline.retrieval.text.translated_names import chinese_names

CANDIDATES = 100  # from each side; recall at 100 is above .99 on every development set
# Fusion, by grid over CMRC trial, DRCD dev, XQuAD zh, RGB and news; `python -m tests.benchmarks.fusion` makes it again.
COSINE_WEIGHT = 3.0
STANDOUT_POWER = 1.0
RUNNERS_UP = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    Attributes:
        key: the store's number for the passage.
        stored: the passage and its article's header.
        score: the fused score; higher is better, comparable within one question only.
        dense: cosine of question and passage in [-1, 1].
        lexical: BM25, or 0.0 if no term matched or it was out of the lexical candidates.
    """

    key: int
    stored: StoredPassage
    score: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Found:
    """Hits best first, and what finding them cost."""

    hits: tuple[Hit, ...]
    embed_ms: float
    search_ms: float


@dataclass(frozen=True, slots=True)
class Carried:
    """Words of earlier turns of a conversation, and what they weigh beside the question's own 1."""

    text: str
    weight: float


def search(
    store: Store,
    embedder: Embedder,
    question: str,
    *,
    k: int,
    filters: Filters,
    carried: Sequence[Carried] = (),
) -> Found:
    """Find the `k` passages that fit a question best.

    Args:
        store: where they are.
        embedder: the one the store's vectors were made with.
        question: so that it stands alone.
        k: how many hits.
        filters: which articles may be found.
        carried: earlier words of the conversation that weigh in on both sides.

    Raises:
        IndexMismatch: the embedder is not the one the index was made with.
    """
    began = time.perf_counter()
    vector = _vector(embedder, question, carried)
    embedded = time.perf_counter()
    candidates = _candidates(store, question, vector, filters, carried)
    scores = fuse([c[1] for c in candidates], [c[2] for c in candidates])
    order = sorted(range(len(candidates)), key=lambda i: (-scores[i], candidates[i][0]))[: k + 10]
    stored = store.passages([candidates[i][0] for i in order])
    hits = [
        Hit(key, stored[key], scores[i], dense, lexical)
        for i in order
        for key, dense, lexical in [candidates[i]]
        if key in stored
    ][:k]
    return Found(tuple(hits), (embedded - began) * 1e3, (time.perf_counter() - embedded) * 1e3)


def _vector(embedder: Embedder, question: str, carried: Sequence[Carried]) -> Vectors:
    """The question's vector, leaning towards the earlier words by what they weigh; of unit length."""
    vector = embedder.embed_question(question)
    if not carried:
        return vector
    for earlier in carried:
        vector = vector + earlier.weight * embedder.embed_question(earlier.text)
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


def _candidates(
    store: Store, question: str, vector: Vectors, filters: Filters, carried: Sequence[Carried]
) -> list[tuple[int, float, float]]:
    """Collect (key, cosine, BM25) of everything either side finds; both figures for each.

    Words that only ask are not searched for: they would find other questions. Names in an English question are searched
    for in Chinese too. BM25 is a sum over terms, so that a passage's score for weighed words is the weighed sum of its
    scores; one that earlier words did not find counts 0 for these.
    """
    dense = dict(store.nearest(vector, CANDIDATES, filters))
    words = without_interrogatives(question)
    if language_of(question) == "en":
        words = " ".join((words, *chinese_names(words, store.document_frequencies)))
    lexical = dict(store.matching(words, CANDIDATES, filters))
    for earlier in carried:
        for key, bm25 in store.matching(without_interrogatives(earlier.text), CANDIDATES, filters):
            lexical[key] = lexical.get(key, 0.0) + earlier.weight * bm25
    unseen = [key for key in lexical if key not in dense]
    dense.update(zip(unseen, store.cosines(vector, unseen), strict=True))
    return [(key, cosine, lexical.get(key, 0.0)) for key, cosine in dense.items()]


def fuse(
    dense: Sequence[float],
    lexical: Sequence[float],
    *,
    cosine_weight: float = COSINE_WEIGHT,
    standout_power: float = STANDOUT_POWER,
) -> list[float]:
    """Fuse cosine and BM25, trusting words as far as one passage stands out by them.

    A question in an article's own words lifts the passage's BM25 far above the next; one in other words, or about what
    many passages are about, gives ten passages much the same BM25, whose order then says little. So each passage's
    share of the best BM25 is weighed by how far the best stands out of the `RUNNERS_UP` behind it:

        score = cosine_weight * cosine + bm25 / best * (1 - mean(runners up) / best) ** standout_power

    Args:
        dense: cosine of each candidate.
        lexical: BM25 of each candidate, 0 for those it did not find.
        cosine_weight: what a cosine of 1 is worth in shares of the best BM25.
        standout_power: how fast trust in words falls as the runners-up come near.

    Returns:
        One score for each, in the order given.
    """
    ordered = sorted(lexical, reverse=True)
    if not ordered or ordered[0] <= 0.0:
        return [cosine_weight * cosine for cosine in dense]
    runners_up = ordered[1 : 1 + RUNNERS_UP]
    standout = 1.0 - (sum(runners_up) / len(runners_up) / ordered[0] if runners_up else 0.0)
    trust = standout**standout_power
    return [cosine_weight * d + w / ordered[0] * trust for d, w in zip(dense, lexical, strict=True)]
