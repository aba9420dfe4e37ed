"""From scores to an order, a probability and the point below which Byline abstains."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.answers.coverage import DocumentFrequencies, covered, term_weights
from retrieval.answers.reader import Marked
from retrieval.articles.folding import fold
from retrieval.search import Hit

FIRST_HITS = 3  # read at once; on two cores they cost about as long as everything else in a question
READ_HITS = 10  # read where the first leave doubt; the ablation in tests/benchmarks/README.md


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one passage that was read; the features of the calibration.

    Attributes:
        fused: retrieval score of the passage.
        dense: cosine with the question.
        lexical: BM25 as a share of the most the question's words could give, in [0, 1].
        coverage: share of what the question is about that stands in the passage or its title, in [0, 1].
        agreement: how many other passages were marked alike, each counted by its chance to answer; ln(1 + sum).
        answerable: the reader's log-odds that the passage answers.
        span: the reader's log-odds of the marked span against none.
    """

    fused: float
    dense: float
    lexical: float
    coverage: float
    agreement: float
    answerable: float
    span: float


def weigh(
    question: str, hits: Sequence[Hit], marked: Sequence[Marked], document_frequencies: DocumentFrequencies
) -> list[Evidence]:
    """Gather the features of each passage that was read.

    Args:
        question: as asked.
        hits: best first; those beyond `marked` were not read and are left out.
        marked: what the reader found.
        document_frequencies: of the store the hits come from.
    """
    weights = term_weights(question, document_frequencies)
    return [
        Evidence(
            fused=hit.score,
            dense=hit.dense,
            lexical=hit.lexical_share,
            agreement=support,
            coverage=covered(question, f"{hit.stored.article.title}\n{hit.stored.passage.text}", weights),
            answerable=mark.answerable,
            span=mark.span_score,
        )
        for hit, mark, support in zip(hits, marked, _agreement(hits, marked), strict=False)
    ]


def _agreement(hits: Sequence[Hit], marked: Sequence[Marked]) -> list[float]:
    """Sum, for each passage, the chances of the others whose marked words hold its own or stand in them."""
    said = [
        fold(hit.stored.passage.text[mark.start : mark.end]).strip() for hit, mark in zip(hits, marked, strict=False)
    ]
    chances = [logistic(mark.answerable) for mark in marked]
    return [
        math.log1p(
            sum(
                chances[other]
                for other in range(len(said))
                if other != one and said[one] and said[other] and (said[one] in said[other] or said[other] in said[one])
            )
        )
        for one in range(len(said))
    ]


def logistic(log_odds: float) -> float:
    """Log-odds to probability; beyond 30 either way nothing changes that a float could show."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights fitted by `python -m retrieval.answers.calibration` for one reader.

    Attributes:
        rank: weight of each `Evidence` feature in the order of the passages.
        odds: weight of each feature of `confidence_features`, and `bias`, in the log-odds of a right answer.
        threshold: abstain below this probability.
        sure: from this probability on the first `FIRST_HITS` passages are read and no more.
        source: the data the figures came from.
    """

    rank: Mapping[str, float]
    odds: Mapping[str, float]
    threshold: float
    sure: float
    source: str

    def ranks(self, evidence: Sequence[Evidence]) -> list[float]:
        """Score each passage read; higher goes first."""
        return [sum(weight * getattr(e, name) for name, weight in self.rank.items()) for e in evidence]

    def confidence(self, evidence: Sequence[Evidence]) -> float:
        """Probability that the first of the ranked passages answers the question."""
        features = confidence_features(evidence, self.ranks(evidence))
        log_odds = self.odds["bias"] + sum(self.odds[name] * value for name, value in features.items())
        return logistic(log_odds)


def confidence_features(evidence: Sequence[Evidence], ranks: Sequence[float]) -> dict[str, float]:
    """Describe how good the first passage is and how far ahead of the second."""
    order = sorted(range(len(evidence)), key=lambda i: -ranks[i])
    first = evidence[order[0]]
    margin = ranks[order[0]] - ranks[order[1]] if len(order) > 1 else 0.0
    return {
        "dense": first.dense,
        "lexical": first.lexical,
        "coverage": first.coverage,
        "agreement": first.agreement,
        "answerable": first.answerable,
        "span": first.span,
        "best_dense": max(e.dense for e in evidence),
        "best_coverage": max(e.coverage for e in evidence),
        "margin": margin,
    }


@cache
def calibration_for(reader: str) -> Calibration:
    """Load the calibration of a reader by the part of its fingerprint before the first colon.

    Raises:
        KeyError: the reader was never calibrated.
    """
    kept = json.loads(files("retrieval.answers").joinpath("calibration.json").read_text("utf-8"))
    return Calibration(**kept[reader.partition(":")[0]])
