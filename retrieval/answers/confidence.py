"""The calibrated model of one reader: how it ranks passages, and the probability that one answers rightly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from byline.retrieval.answers.features import PassageFeatures, logistic
from byline.retrieval.answers.risk import RiskCurve, at_most_wrong


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and points fitted for one reader by `byline calibrate` (`byline.retrieval.training.calibration`).

    Attributes:
        reader: fingerprint of the reader they were fitted for.
        ranking_weights: weight of each of the `PassageFeatures` in the order of the passages.
        confidence_weights: weight of each feature, of `margin`, how far its rank score is above the best of its
            rivals, and `bias`, in the log-odds of a right answer.
        defaults: `margin` and `score_gap` where there is no rival or no gap: the means of those it was fitted on.
        threshold: answer from this probability on.
        unsure_from: below `threshold` and from this on, say what may be the answer; None never does.
        stop_confidence: from this probability on no further passages are read.
        source: the data the figures came from.
        risk_curve: answers and wrong ones among the questions it was fitted on, by confidence (`risk.risk_curve`).
    """

    reader: str
    ranking_weights: Mapping[str, float]
    confidence_weights: Mapping[str, float]
    defaults: Mapping[str, float]
    threshold: float
    stop_confidence: float
    source: str
    unsure_from: float | None = None
    risk_curve: RiskCurve = ()

    def answering_from(self, threshold: float) -> Calibration:
        """The same with another point to answer from; one below the point for what is unsure leaves nothing unsure."""
        return replace(self, threshold=threshold, stop_confidence=max(self.stop_confidence, threshold))

    def promising(self, risk: float) -> Calibration:
        """The same, answering only where at most such a share of the answers is wrong (`risk.at_most_wrong`)."""
        return self.answering_from(max(self.threshold, at_most_wrong(self.risk_curve, risk)))

    def is_unsure(self, confidence: float) -> bool:
        """Whether this is too little for an answer and enough to say what may be one."""
        return self.unsure_from is not None and self.unsure_from <= confidence < self.threshold

    def rank_scores(self, features: Sequence[PassageFeatures]) -> list[float]:
        """Score each passage read; higher goes first."""
        return [sum(weight * getattr(f, name) for name, weight in self.ranking_weights.items()) for f in features]

    def confidence(self, features: PassageFeatures, margin: float | None) -> float:
        """Probability that a passage answers the question rightly.

        What the retrieval scored counts only by how far something is ahead: a score says how passages of one question
        compare, and nothing across questions or archives.

        Args:
            features: of the passage.
            margin: its rank score less that of its best rival, negative for one that is not first; None without rivals.
        """
        inputs = self.inputs(features, margin)
        return logistic(sum(weight * inputs[name] for name, weight in self.confidence_weights.items()))

    def confidence_of_first(self, features: Sequence[PassageFeatures]) -> float:
        """Probability that the passage that is ranked first answers rightly, all others being its rivals."""
        return self.confidence(*first_and_margin(self, features))

    def inputs(self, features: PassageFeatures, margin: float | None) -> dict[str, float]:
        """What the confidence weighs: the features, `margin`, and `bias`, which is 1."""
        known = asdict(features) | {"margin": margin, "bias": 1.0}
        return {name: self.defaults[name] if value is None else float(value) for name, value in known.items()}


def first_and_margin(
    calibration: Calibration, features: Sequence[PassageFeatures]
) -> tuple[PassageFeatures, float | None]:
    """Give the features of the passage ranked first, and how far it is ahead of the second."""
    scores = calibration.rank_scores(features)
    first = max(range(len(scores)), key=scores.__getitem__)
    return features[first], margin_of(first, scores)


def margin_of(one: int, scores: Sequence[float]) -> float | None:
    """How far a score is ahead of the best of the others; None if there are none."""
    rivals = [score for other, score in enumerate(scores) if other != one]
    return scores[one] - max(rivals) if rivals else None
