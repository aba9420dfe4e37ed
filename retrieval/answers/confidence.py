"""From scores to an order, a probability and the point below which Byline abstains."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.answers.reader import Marked
from retrieval.search import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one passage that was read; the features of the calibration.

    Attributes:
        fused: retrieval score of the passage.
        dense: cosine with the question.
        lexical: BM25 as a share of the most the question's words could give, in [0, 1].
        answerable: the reader's log-odds that the passage answers.
        span: the reader's log-odds of the marked span against none.
    """

    fused: float
    dense: float
    lexical: float
    answerable: float
    span: float

    @classmethod
    def of(cls, hit: Hit, marked: Marked) -> Evidence:
        """Gather the features of a hit and what was marked in it."""
        return cls(hit.score, hit.dense, hit.lexical_share, marked.answerable, marked.span_score)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights fitted by `python -m retrieval.answers.calibration` for one reader.

    Attributes:
        rank: weight of each `Evidence` feature in the order of the passages.
        odds: weight of each feature of `confidence_features`, and `bias`, in the log-odds of a right answer.
        threshold: abstain below this probability.
        source: the data and the rule the figures came from.
    """

    rank: Mapping[str, float]
    odds: Mapping[str, float]
    threshold: float
    source: str

    def ranks(self, evidence: Sequence[Evidence]) -> list[float]:
        """Score each passage read; higher goes first."""
        return [sum(weight * getattr(e, name) for name, weight in self.rank.items()) for e in evidence]

    def confidence(self, evidence: Sequence[Evidence]) -> float:
        """Probability that the first of the ranked passages answers the question."""
        features = confidence_features(evidence, self.ranks(evidence))
        log_odds = self.odds["bias"] + sum(self.odds[name] * value for name, value in features.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def confidence_features(evidence: Sequence[Evidence], ranks: Sequence[float]) -> dict[str, float]:
    """Describe how good the first passage is and how far ahead of the second."""
    order = sorted(range(len(evidence)), key=lambda i: -ranks[i])
    first = evidence[order[0]]
    margin = ranks[order[0]] - ranks[order[1]] if len(order) > 1 else 0.0
    return {
        "dense": first.dense,
        "lexical": first.lexical,
        "answerable": first.answerable,
        "span": first.span,
        "best_dense": max(e.dense for e in evidence),
        "best_lexical": max(e.lexical for e in evidence),
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
