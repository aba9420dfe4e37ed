"""Percentiles of what was measured."""

from __future__ import annotations

from collections.abc import Sequence


def nearest_rank(ordered: Sequence[float], share: float) -> float | None:
    """The value at `share` of the ascending values, without interpolation; None of nothing."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
