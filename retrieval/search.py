"""A question to ranked hits: dense and lexical candidates, fused."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.index.store import StoredPassage


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
