"""A hit that was read, the value between reading and composing: answer span, quote, features, rank, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from byline.retrieval.answers.confidence import Calibration, margin_of
from byline.retrieval.answers.coverage import covered_terms
from byline.retrieval.answers.features import PassageFeatures, extract_features
from byline.retrieval.answers.quoting import quoted_span
from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.search import Hit
from byline.retrieval.understanding import Question


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A hit that was read; spans count characters of the passage.

    Attributes:
        hit: the passage as it was found.
        span: what the reader marked.
        quote: the sentences that hold it, half-open.
        covered: the terms of the question's subject that stand in the passage or its title.
        features: what its rank and confidence come from.
        rank_score: higher goes first.
        confidence: probability that its answer is right, the others that were read being its rivals.
        confidence_alone: the same, had nothing else been read.
        corrected: whether another article puts right what it says.
    """

    hit: Hit
    span: AnswerSpan
    quote: tuple[int, int]
    covered: frozenset[str]
    features: PassageFeatures
    rank_score: float
    confidence: float
    confidence_alone: float
    corrected: bool = False

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.hit.stored.passage.text

    @property
    def published(self) -> str:
        """ISO date of its article, empty if there is none."""
        return self.hit.stored.article.published or ""

    @property
    def short_answer(self) -> str:
        """What was marked, if that can be printed as it stands and lies inside the quote; else empty."""
        short = self.text[self.span.start : self.span.end]
        start, end = self.quote
        return short if short.strip() == short and start <= self.span.start and self.span.end <= end else ""


def ranked(
    question: Question, hits: Sequence[Hit], spans: Sequence[AnswerSpan], calibration: Calibration
) -> list[ReadPassage]:
    """Order what was read.

    Args:
        question: as understood.
        hits: best first; those beyond `spans` were not read and are left out.
        spans: what the reader found in each.
        calibration: of that reader.

    Returns:
        One for each span, best first; passages of one rank stay in the order they were found.
    """
    features = extract_features(question, hits, spans)
    scores = calibration.rank_scores(features)
    read = [
        ReadPassage(
            hit=hit,
            span=span,
            quote=quoted_span(hit.stored.passage.text, span),
            covered=covered_terms((hit.stored.article.printed_title, hit.stored.passage.text), question.subject),
            features=features[index],
            rank_score=scores[index],
            confidence=calibration.confidence(features[index], margin_of(index, scores)),
            confidence_alone=calibration.confidence(features[index], None),
        )
        for index, (hit, span) in enumerate(zip(hits, spans, strict=False))
    ]
    return sorted(read, key=lambda one: -one.rank_score)
