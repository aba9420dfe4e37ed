"""How well answers are found: exact match and F1 of spans, the area under the ROC curve of answerable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

_BESIDE = re.compile(r"[\W_]")


def plain(text: str) -> str:
    """Leave out punctuation, white space and case, as every comparison of answers here does."""
    return _BESIDE.sub("", text).lower()


def f1(said: str, answer: str) -> float:
    """Measure the overlap of two answers in characters, 0 to 1."""
    ours, theirs = plain(said), plain(answer)
    same = (Counter(ours) & Counter(theirs)).total()
    return 2 * same / (len(ours) + len(theirs)) if same else 0.0


def best_f1(said: str, answers: Sequence[str]) -> float:
    """Take the closest of several right answers."""
    return max(f1(said, answer) for answer in answers)


def is_exact(said: str, answers: Sequence[str]) -> bool:
    """Tell whether one of the right answers was given, no more and no less."""
    return plain(said) in {plain(answer) for answer in answers}


def roc_area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Give the probability that a right one scores above a wrong one, ties half."""
    ordered = np.sort(np.asarray(wrong, np.float64))
    below = np.searchsorted(ordered, right, "left")
    level = np.searchsorted(ordered, right, "right")
    return float(np.mean((below + level) / 2) / len(ordered))
