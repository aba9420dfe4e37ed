"""Similarity of two short answers, for features and figures: normalised text, and F1 over characters."""

from __future__ import annotations

import collections
import re


def normalised(text: str) -> str:
    """Lower case, without punctuation, spaces and underscores; so that 1,000万 元 equals 1000万元."""
    return re.sub(r"[\W_]", "", text).lower()


def character_f1(given: str, right: str) -> float:
    """SQuAD's F1 with characters for words: harmonic mean of precision and recall over both as bags, normalised."""
    given, right = normalised(given), normalised(right)
    shared = (collections.Counter(given) & collections.Counter(right)).total()
    return 2 * shared / (len(given) + len(right)) if shared else 0.0
