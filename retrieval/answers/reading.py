"""Hits to what a reader marks in them, trimmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.answers.reader import Marked, Reader
from retrieval.answers.trimming import trimmed
from retrieval.search import Hit
from retrieval.understanding import Question


def read_hits(reader: Reader, question: Question, hits: Sequence[Hit]) -> list[Marked]:
    """Read a question against hits.

    Returns:
        One for each hit, in their order; spans count characters of the hit's passage.

    Raises:
        ModelUnavailable: the reader cannot be loaded.
    """
    texts = [hit.stored.passage.text for hit in hits]
    marked = reader.read(question.text, texts)
    return [_clean(question, text, span) for text, span in zip(texts, marked, strict=True)]


def _clean(question: Question, text: str, span: Marked) -> Marked:
    start, end = trimmed(text, span.start, span.end, question.kind)
    return replace(span, start=start, end=end)
