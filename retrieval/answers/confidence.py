"""From scores to an order, a probability and the point below which Byline abstains."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval import periods
from retrieval.answers.coverage import coverage
from retrieval.answers.likeness import character_f1
from retrieval.answers.quoting import quoted_span
from retrieval.answers.reader import Marked
from retrieval.articles.folding import fold
from retrieval.errors import NotCalibrated
from retrieval.search import RUNNERS_UP, Hit

KEPT = Path(__file__).with_name("calibration.json")
# Passages are read so many at a time until they answer for sure, and so many at most. By `tests.benchmarks.ablation`,
# with weights before those shipped (`tests/benchmarks/README.md` has the table), right on RGB: .83 at a median of
# 60 ms; all ten at once .85 at 113, twenty .90 at 222, five in all .70, three .50.
FIRST_HITS = 3
READ_HITS = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one passage that was read; the features of the calibration.

    Attributes:
        fused: retrieval score of the passage.
        agreement: how many other passages were marked alike, each counted by its chance to answer and by how alike;
            ln(1 + sum).
        answerable: the reader's log-odds that the passage answers.
        span: the reader's log-odds of the marked span against none.
        standout: how far the best retrieval score is above the mean of the next nine, the same for all; None where
            fewer than half of these share a word with the question: in a handful of articles one always stands out.
        coverage: share of the question's subject that what would be quoted speaks of, rarer words counting more.
        period: 1 if the passage speaks of the time the question names, -1 if only of others, 0 if none is named.
    """

    fused: float
    agreement: float
    answerable: float
    span: float
    coverage: float
    period: int
    standout: float | None


def weigh(question: str, hits: Sequence[Hit], marked: Sequence[Marked], subject: Mapping[str, float]) -> list[Evidence]:
    """Gather the features of each passage that was read.

    Args:
        question: as asked.
        hits: best first; those beyond `marked` were not read and are left out.
        marked: what the reader found.
        subject: the question's words and their weights, by `coverage.term_weights`.
    """
    read = list(zip(hits, marked, strict=False))
    chances = [logistic(mark.answerable) for mark in marked]
    agreement = _agreement([hit.stored.passage.text[mark.start : mark.end] for hit, mark in read], chances)
    standout = _standout(hits)
    evidence = []
    for (hit, mark), agreeing in zip(read, agreement, strict=True):
        text = hit.stored.passage.text
        quoted = text[slice(*quoted_span(text, mark))]
        evidence.append(
            Evidence(
                fused=hit.score,
                agreement=agreeing,
                answerable=mark.answerable,
                span=mark.span_score,
                coverage=coverage(quoted, subject),
                period=_period(question, hit, quoted),
                standout=standout,
            )
        )
    return evidence


def _standout(hits: Sequence[Hit]) -> float | None:
    runners_up = hits[1 : 1 + RUNNERS_UP]
    if 2 * sum(hit.lexical > 0.0 for hit in runners_up) < RUNNERS_UP:
        return None
    return hits[0].score - sum(hit.score for hit in runners_up) / len(runners_up)


def _period(question: str, hit: Hit, quoted: str) -> int:
    """Hold the times of what would be quoted, then of the passage, then of the title against the question's."""
    header = hit.stored.article
    return periods.agreement(question, (quoted, hit.stored.passage.text, header.title), header.published)


def _agreement(said: Sequence[str], chances: Sequence[float]) -> list[float]:
    """Count, for each passage, the others that were marked alike."""
    folded = [fold(short) for short in said]
    places = range(len(said))
    return [
        math.log1p(sum(chances[other] * character_f1(folded[one], folded[other]) for other in places if other != one))
        for one in places
    ]


def logistic(log_odds: float) -> float:
    """Log-odds to probability; beyond 30 either way nothing changes that a float could show."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights fitted by `python -m retrieval.answers.calibration` for one reader.

    Attributes:
        reader: fingerprint of the reader they were fitted for.
        rank: weight of each `Evidence` feature in the order of the passages.
        odds: weight of each feature of the first passage, of `margin`, how far its rank score is above the second's,
            and `bias`, in the log-odds of a right answer.
        alone: `margin` and `standout` of a passage that has no rival, the means of those it was fitted on.
        threshold: abstain below this probability.
        sure: from this probability on no further passages are read.
        source: the data the figures came from.
    """

    reader: str
    rank: Mapping[str, float]
    odds: Mapping[str, float]
    alone: Mapping[str, float]
    threshold: float
    sure: float
    source: str

    def ranks(self, evidence: Sequence[Evidence]) -> list[float]:
        """Score each passage read; higher goes first."""
        return [sum(weight * getattr(e, name) for name, weight in self.rank.items()) for e in evidence]

    def confidence(self, evidence: Sequence[Evidence]) -> float:
        """Probability that the first of the ranked passages answers the question.

        What the retrieval scored counts only by how far something is ahead: a score says how passages of one question
        compare, and nothing across questions or archives.
        """
        features = self.features(evidence)
        return logistic(sum(weight * features[name] for name, weight in self.odds.items()))

    def features(self, evidence: Sequence[Evidence]) -> dict[str, float]:
        """What the odds weigh: the features of the first of the ranked passages, `margin`, and `bias`, which is 1."""
        ranks = self.ranks(evidence)
        ordered = sorted(ranks, reverse=True)
        features = asdict(evidence[max(range(len(ranks)), key=ranks.__getitem__)])
        features |= {"margin": ordered[0] - ordered[1] if len(ordered) > 1 else None, "bias": 1.0}
        return {name: self.alone[name] if value is None else float(value) for name, value in features.items()}


def calibration_for(reader: str, own: Path | None = None) -> Calibration:
    """Load the calibration of a reader by the part of its fingerprint before the first colon.

    Args:
        reader: the fingerprint.
        own: a file of calibrations made on this machine, which go before those that are shipped; it need not exist.

    Raises:
        NotCalibrated: no figures are kept for this reader, or they are of another one by the same name.
    """
    name = reader.partition(":")[0]
    kept = json.loads(KEPT.read_text("utf-8"))
    if own and own.exists():
        kept |= json.loads(own.read_text("utf-8"))
    if name not in kept or kept[name]["reader"] != reader:
        what = "other weights than those it was calibrated with" if name in kept else "no calibration"
        raise NotCalibrated(
            f'the reader "{name}" has {what}; run `python -m retrieval.answers.calibration --reader … --keep-in '
            f"{own or KEPT}`, or set BYLINE_READER=bundled"
        )
    return Calibration(**kept[name])
