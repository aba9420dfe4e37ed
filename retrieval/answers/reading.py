"""The reading stage of `Service.ask`: hits to trimmed answer spans; in a table a cell, never an error put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from byline.retrieval.answers.corrections import off_the_error
from byline.retrieval.answers.reader import AnswerSpan, PassageText, Reader
from byline.retrieval.answers.tables import cell_asked_for
from byline.retrieval.answers.trimming import trimmed
from byline.retrieval.search import Hit
from byline.retrieval.understanding import Question


def read_hits(reader: Reader, question: Question, hits: Sequence[Hit]) -> list[AnswerSpan]:
    """Read a question against hits.

    Returns:
        One for each hit, in their order; spans count characters of the hit's passage.

    Raises:
        ModelUnavailable: the reader cannot be loaded.
    """
    passages = [PassageText(hit.stored.passage.text, hit.stored.article.printed_title) for hit in hits]
    spans = reader.read(question.counted, passages)
    return [_clean(question, passage.text, span) for passage, span in zip(passages, spans, strict=True)]


def _clean(question: Question, text: str, span: AnswerSpan) -> AnswerSpan:
    cell = cell_asked_for(question.text, text)
    if cell is not None:
        return replace(span, start=cell[0], end=cell[1])
    start, end = trimmed(text, *off_the_error(text, span.start, span.end), question.kind)
    return replace(span, start=start, end=end)
