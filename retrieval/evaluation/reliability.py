"""Whether a confidence means what it says: risk at each coverage, and right answers by confidence."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10  # of equal width; Guo et al., ICML 2017, use 15 for 10,000 samples, question files hold some hundreds
STEPS = 10  # rows of the risk-coverage table


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that was given: how sure it was, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Risk:
    """What would be lost and won by answering only from `confidence` up.

    Attributes:
        coverage: share of all questions still answered.
        risk: share of those answers that are wrong; an unanswerable question answered is wrong.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers given with a confidence in `[low, high)`, the last bin including 1."""

    low: float
    high: float
    answers: int
    mean_confidence: float
    right: float


def risk_coverage(judged: Sequence[Judged], questions: int) -> list[Risk]:
    """Risk at each tenth of the answers given, from the most confident on; the last row is all of them.

    Answers of equal confidence stand or fall together, so rows that would divide them are left out.

    Args:
        judged: the answers given, in any order.
        questions: how many were put, those met with silence included.
    """
    ordered = sorted(judged, key=lambda one: -one.confidence)
    rows: list[Risk] = []
    for step in range(1, STEPS + 1):
        count = -(-len(ordered) * step // STEPS)
        while 0 < count < len(ordered) and ordered[count].confidence == ordered[count - 1].confidence:
            count += 1
        if count and (not rows or ordered[count - 1].confidence < rows[-1].confidence):
            wrong = sum(not one.right for one in ordered[:count])
            rows.append(Risk(ordered[count - 1].confidence, count / questions, wrong / count))
    return rows


def reliability(judged: Sequence[Judged]) -> list[Bin]:
    """The answers given, by confidence; bins that hold none are left out."""
    binned: dict[int, list[Judged]] = collections.defaultdict(list)
    for one in judged:
        binned[min(BINS - 1, int(one.confidence * BINS))].append(one)
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            answers=len(held),
            mean_confidence=sum(one.confidence for one in held) / len(held),
            right=sum(one.right for one in held) / len(held),
        )
        for number, held in sorted(binned.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).

    Returns:
        |right - confidence| of each bin, weighted by its answers; None if no answer was given.
    """
    total = sum(held.answers for held in bins)
    return sum(held.answers * abs(held.right - held.mean_confidence) for held in bins) / total if total else None
