"""Hits and what the reader marked in them, to an answer with citations or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answers.answer import Citation, Reason
from retrieval.answers.confidence import Calibration, Evidence
from retrieval.answers.question import kind_of
from retrieval.answers.quoting import quoted_span
from retrieval.answers.reader import Marked
from retrieval.answers.words import abstention
from retrieval.articles.folding import fold
from retrieval.search import Hit

MAX_SHORT_CHARS = (
    40  # a longer span is a sentence, not something to print in bold; 99% of the dev sets' answers are shorter
)


@dataclass(frozen=True, slots=True)
class Composed:
    """The part of an `Answer` that is made of words."""

    answered: bool
    answer: str
    short_answer: str | None
    short_start: int | None
    reason: Reason | None
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A hit with what was marked in it; spans count characters of the article."""

    hit: Hit
    marked: Marked
    rank_score: float

    @property
    def text(self) -> str:
        return self.hit.stored.passage.text

    @property
    def short(self) -> str:
        return self.text[self.marked.start : self.marked.end]


def compose(
    question: str, hits: Sequence[Hit], marked: Sequence[Marked], *, top_k: int, calibration: Calibration
) -> Composed:
    """Order what was read, decide whether it answers, and quote it.

    Args:
        question: as asked.
        hits: best first.
        marked: what the reader found in `hits[: len(marked)]`.
        top_k: at most so many citations.
        calibration: turns scores into an order and a probability.
    """
    if not hits:
        return Composed(False, abstention(question, "no_articles"), None, None, "no_articles", 0.0, ())
    read = _ranked(hits, marked, calibration)
    confidence = calibration.confidence([Evidence.of(r.hit, r.marked) for r in read])
    if confidence < calibration.threshold:
        nearest = tuple(_citation(n, r.hit, _whole(r.hit), evidence=False) for n, r in enumerate(read[:top_k], start=1))
        return Composed(
            False, abstention(question, "not_in_articles"), None, None, "not_in_articles", confidence, nearest
        )
    return _answer(question, read, confidence, top_k)


def _ranked(hits: Sequence[Hit], marked: Sequence[Marked], calibration: Calibration) -> list[_Read]:
    evidence = [Evidence.of(hit, mark) for hit, mark in zip(hits, marked, strict=False)]
    ranks = calibration.ranks(evidence)
    read = [_Read(hit, mark, rank) for hit, mark, rank in zip(hits, marked, ranks, strict=False)]
    return sorted(read, key=lambda r: -r.rank_score)


def _answer(question: str, read: Sequence[_Read], confidence: float, top_k: int) -> Composed:
    """Quote the best passage; cite beside it the others that say the same."""
    best = read[0]
    short = best.short if 0 < len(best.short) <= MAX_SHORT_CHARS and kind_of(question) != "explanation" else None
    quoted = [(best, quoted_span(best.text, best.marked))]
    if short:
        same = [r for r in read[1:] if fold(r.short) == fold(short)]
        quoted += [(r, quoted_span(r.text, r.marked)) for r in same[: top_k - 1]]
    citations = tuple(_citation(number, r.hit, span, evidence=True) for number, (r, span) in enumerate(quoted, start=1))
    text = " ".join(citations[0].quote.split()) + "".join(f"[{c.number}]" for c in citations)
    short_start = best.hit.stored.passage.start + best.marked.start if short else None
    return Composed(True, text, short, short_start, None, confidence, citations)


def _whole(hit: Hit) -> tuple[int, int]:
    return 0, len(hit.stored.passage.text)


def _citation(number: int, hit: Hit, span: tuple[int, int], *, evidence: bool) -> Citation:
    """Cite a span of a hit's passage; offsets become those of the article."""
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
    )
