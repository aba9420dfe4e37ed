"""How well answers are found: exact match and F1 of spans, the area under the ROC curve of answerable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from byline.retrieval.answers.likeness import character_f1, normalised


def best_f1(said: str, answers: Sequence[str]) -> float:
    """Take the closest of several right answers."""
    return max(character_f1(said, answer) for answer in answers)


def is_exact(said: str, answers: Sequence[str]) -> bool:
    """Tell whether one of the right answers was given, no more and no less."""
    return normalised(said) in {normalised(answer) for answer in answers}


def overlap_f1(said: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]]) -> float:
    """F1 of the characters that spans cover, wherever one span ends and the next begins."""
    covered, wanted = ({at for start, end in spans for at in range(start, end)} for spans in (said, right))
    shared = len(covered & wanted)
    return 2 * shared / (len(covered) + len(wanted)) if shared else 0.0


def roc_area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Give the probability that a right one scores above a wrong one, ties half."""
    ordered = np.sort(np.asarray(wrong, np.float64))
    below = np.searchsorted(ordered, right, "left")
    level = np.searchsorted(ordered, right, "right")
    return float(np.mean((below + level) / 2) / len(ordered))
