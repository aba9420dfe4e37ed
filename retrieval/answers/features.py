"""Features of a read passage, for `confidence`: from them come the order of passages and a probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from byline.retrieval.answers.coverage import coverage
from byline.retrieval.answers.likeness import character_f1
from byline.retrieval.answers.quoting import quoted_span
from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.search import Hit
from byline.retrieval.text import periods
from byline.retrieval.text.folding import fold
from byline.retrieval.understanding import Question

NEXT_BEST = 9  # hits whose mean the best retrieval score is compared with: the others of the ten that are read


@dataclass(frozen=True, slots=True)
class PassageFeatures:
    """The features of one passage that was read.

    Attributes:
        fused: its retrieval score.
        agreement: how many other passages had an answer like its own marked, each counted by its chance to answer and
            by how alike; ln(1 + sum).
        answerable: the reader's log-odds that the passage answers.
        span: the reader's log-odds of the marked span against none.
        coverage: share of the question's subject that what would be quoted speaks of, rarer words counting more.
        period: 1 if the passage speaks of the time the question names, -1 if only of others, 0 if none is named.
        score_gap: the best retrieval score less the mean of the next nine, the same for all of a question; None
            where fewer than half of these share a word with it: in a handful of articles the best is always far ahead.
    """

    fused: float
    agreement: float
    answerable: float
    span: float
    coverage: float
    period: int
    score_gap: float | None


def extract_features(question: Question, hits: Sequence[Hit], spans: Sequence[AnswerSpan]) -> list[PassageFeatures]:
    """Gather the features of each passage that was read.

    Args:
        question: as understood.
        hits: best first; those beyond `spans` were not read and are left out.
        spans: what the reader found in each.
    """
    read = list(zip(hits, spans, strict=False))
    chances = [logistic(span.answerable) for span in spans]
    agreement = _agreement([hit.stored.passage.text[span.start : span.end] for hit, span in read], chances)
    gap = _score_gap(hits)
    features = []
    for (hit, span), agreeing in zip(read, agreement, strict=True):
        text = hit.stored.passage.text
        quote = text[slice(*quoted_span(text, span))]
        features.append(
            PassageFeatures(
                fused=hit.score,
                agreement=agreeing,
                answerable=span.answerable,
                span=span.span_score,
                coverage=coverage(quote, question.subject),
                period=_period(question, hit, quote),
                score_gap=gap,
            )
        )
    return features


def logistic(log_odds: float) -> float:
    """Log-odds to probability; beyond 30 either way nothing changes that a float could show."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _score_gap(hits: Sequence[Hit]) -> float | None:
    following = hits[1 : 1 + NEXT_BEST]
    if 2 * sum(hit.lexical > 0.0 for hit in following) < NEXT_BEST:
        return None
    return hits[0].score - sum(hit.score for hit in following) / len(following)


def _period(question: Question, hit: Hit, quote: str) -> int:
    """Hold the times of what would be quoted, then of the passage, then of the title against the question's."""
    article = hit.stored.article
    told_in = (quote, hit.stored.passage.text, article.printed_title)
    return periods.agreement(question.counted, told_in, article.published)


def _agreement(answers: Sequence[str], chances: Sequence[float]) -> list[float]:
    """Count, for each passage, the others that were marked alike."""
    folded = [fold(answer) for answer in answers]
    indexes = range(len(answers))
    return [
        math.log1p(sum(chances[other] * character_f1(folded[one], folded[other]) for other in indexes if other != one))
        for one in indexes
    ]
