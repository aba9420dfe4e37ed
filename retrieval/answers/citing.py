"""A passage that was read, or a part of it, as a citation; and what stands on citations."""

from __future__ import annotations

from byline.retrieval.answers.answer import Citation, Item, QuotedOperand
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.search import Hit

Span = tuple[int, int]


def whole(hit: Hit) -> Span:
    """All of a passage."""
    return 0, len(hit.stored.passage.text)


def cite(number: int, read: ReadPassage, span: Span, *, evidence: bool) -> Citation:
    """Cite a span of a passage that was read, as sure as it is."""
    return cite_hit(number, read.hit, span, evidence=evidence, confidence=read.confidence)


def cite_hit(number: int, hit: Hit, span: Span, *, evidence: bool, confidence: float = 0.0) -> Citation:
    """Cite a span of a passage; offsets become those of the article."""
    passage, article = hit.stored.passage, hit.stored.article
    return Citation(
        number=number,
        article_id=article.id,
        passage_id=passage.id,
        title=article.title,
        byline=article.byline,
        source=article.source,
        published=article.published,
        quote=passage.text[span[0] : span[1]],
        start=passage.start + span[0],
        end=passage.start + span[1],
        score=hit.score,
        evidence=evidence,
        confidence=confidence,
    )


def operand(citation: int, read: ReadPassage, span: Span) -> QuotedOperand:
    """Name a span of a passage, inside the quote of its citation, as what an answer rests on."""
    start = read.hit.stored.passage.start
    return QuotedOperand(citation, start + span[0], start + span[1])


def item(citation: int, read: ReadPassage, span: Span) -> Item:
    """Name a span of a passage, inside the quote of its citation, as an item of a list."""
    start = read.hit.stored.passage.start
    return Item(read.text[span[0] : span[1]], citation, start + span[0], start + span[1])
