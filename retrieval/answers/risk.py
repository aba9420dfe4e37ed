"""Selective risk, for `at_most_wrong`: the confidence from which answers are wrong at most so often, by a bound."""

from __future__ import annotations

import math
from collections.abc import Sequence

PROMISE_HOLDS = 0.95  # probability that the promise is kept, over the draw of the questions it was fitted on
STARTS = 5  # tenths of the questions, the surest half: below, more than a few in a hundred are wrong
_HALVINGS = 60  # of an interval of width 1: beyond the precision of a float

RiskCurve = Sequence[tuple[float, int, int]]


def risk_curve(
    confidences: Sequence[float], right: Sequence[bool], weights: Sequence[float], steps: int = 50
) -> list[tuple[float, int, int]]:
    """Count answers and wrong answers from each of some confidences up, the highest first.

    Args:
        confidences: of questions nothing was fitted on; those that nothing answers among them.
        right: whether the answer of each would be right.
        weights: how much of a question each counts for, at most 1.
        steps: rows at most, of about equally much weight.

    Returns:
        (confidence, answers of at least that confidence, wrong ones among them), in whole questions: answers rounded
        down and wrong ones up. Equal confidences stand together.
    """
    ordered = sorted(zip(confidences, right, weights, strict=True), key=lambda row: -row[0])
    rows: list[tuple[float, int, int]] = []
    answers = wrong = since = 0.0
    every = sum(weights) / steps
    for place, (confidence, is_right, weight) in enumerate(ordered, start=1):
        answers, since, wrong = answers + weight, since + weight, wrong + weight * (not is_right)
        last = place == len(ordered)
        if (last or ordered[place][0] < confidence) and (last or since >= every):
            rows.append((round(confidence, 6), math.floor(answers + 1e-9), math.ceil(wrong - 1e-9)))
            since = 0.0
    return rows


def at_most_wrong(curve: RiskCurve, risk: float, *, holds: float = PROMISE_HOLDS) -> float:
    """Choose the least confidence from which on answers are wrong at most so often.

    From each of `STARTS` points, fixed before anything is looked at, the points are tested downwards until one fails;
    the certainty is shared among the starts (fixed sequence testing with several starts: Angelopoulos, Bates, Candès,
    Jordan & Lei, "Learn then Test", 2021). A point passes if the upper bound of its share of wrong answers (Clopper &
    Pearson, Biometrika 1934) is at most `risk`. One start would be the surest point, which holds too few answers.

    Args:
        curve: as `risk_curve` gives it.
        risk: largest share of wrong answers among those given.
        holds: probability that the promise is kept.

    Returns:
        The point, or 1.0 if none passes: then nothing is answered.
    """
    chosen = 1.0
    each = 1.0 - (1.0 - holds) / STARTS
    for start in range(STARTS):
        for confidence, answers, wrong in curve[start * len(curve) // STARTS // 2 :]:
            if upper_bound(wrong, answers, holds=each) > risk:
                break
            chosen = min(chosen, confidence)
    return chosen


def upper_bound(wrong: int, answers: int, *, holds: float = PROMISE_HOLDS) -> float:
    """Clopper and Pearson's upper bound of a share seen as `wrong` of `answers`, one-sided."""
    if wrong >= answers:
        return 1.0
    low, high = wrong / answers, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(wrong, answers, middle) > 1.0 - holds:
            low = middle
        else:
            high = middle
    return high


def _at_most(wrong: int, answers: int, share: float) -> float:
    """Probability of at most so many wrong ones of so many answers."""
    if share <= 0.0:
        return 1.0
    logs = [
        math.lgamma(answers + 1)
        - math.lgamma(k + 1)
        - math.lgamma(answers - k + 1)
        + k * math.log(share)
        + (answers - k) * math.log1p(-share)
        for k in range(wrong + 1)
    ]
    return sum(map(math.exp, logs))
