"""The reliability diagram of `byline evaluate --plot`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from byline.embeddings.errors import BylineError
from byline.retrieval.evaluation.reliability import Bin, calibration_error


class CannotPlot(BylineError):
    """What draws is not installed."""


def require_matplotlib() -> None:
    """See that there is something to draw with, before minutes are spent on figures.

    Raises:
        CannotPlot: there is not.
    """
    if find_spec("matplotlib") is None:
        raise CannotPlot('--plot needs matplotlib, which is not installed; run `pip install "byline[plot]"`')


def draw_reliability(bins: Sequence[Bin], path: Path) -> None:
    """Draw how often answers of each confidence were right, above how many answers there were.

    Args:
        bins: as `byline.retrieval.evaluation.reliability.reliability` gives them.
        path: the PNG to write.
    """
    from matplotlib.figure import Figure  # drawn without pyplot: no window system, no global state

    figure = Figure(figsize=(5, 6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    middles = [(held.low + held.high) / 2 for held in bins]
    width = bins[0].high - bins[0].low if bins else 0.1
    upper.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="as sure as right")
    upper.bar(middles, [held.right for held in bins], width * 0.9, color="#3465a4", label="right")
    upper.plot(
        [held.mean_confidence for held in bins], [held.right for held in bins], "o", color="#cc4400", label="mean"
    )
    error = calibration_error(bins)
    upper.set(xlim=(0, 1), ylim=(0, 1.03), ylabel="share of answers that are right")
    upper.set_title("no answers" if error is None else f"expected calibration error {error:.3f}")
    upper.legend(loc="upper left")
    lower.bar(middles, [held.answers for held in bins], width * 0.9, color="0.6")
    lower.set(xlabel="confidence", ylabel="answers")
    figure.savefig(path, format="png", dpi=150)
