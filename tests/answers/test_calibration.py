from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from retrieval.answers.calibration import Case, choose_threshold, fit, fit_rank, load_cases, save_cases
from retrieval.answers.confidence import FIRST_HITS, Evidence


def evidence(answerable: float, dense: float = 0.8) -> Evidence:
    return Evidence(
        fused=1.0, dense=dense, lexical=0.5, coverage=0.5, agreement=0.0, answerable=answerable, span=answerable
    )


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Questions where the reader's score tells right from wrong with some noise, and the cosine tells nothing."""
    dice = random.Random(7)
    made = []
    for number in range(400):
        answerable = number % 2 == 0
        gold = dice.randrange(5) if answerable else None
        shown = tuple(
            evidence(dice.gauss(2.0 if place == gold else -1.0, 1.0), dice.gauss(0.8, 0.02)) for place in range(5)
        )
        made.append(Case(shown, tuple(place == gold for place in range(5)), answerable, shown[:FIRST_HITS]))
    return made


def test_the_feature_that_tells_right_from_wrong_decides_the_order(cases: list[Case]) -> None:
    weights = fit_rank(cases)
    first = [
        max(range(5), key=lambda i: sum(w * getattr(case.evidence[i], n) for n, w in weights.items())) for case in cases
    ]
    right = [case.right[i] for case, i in zip(cases, first, strict=True) if case.answerable]
    assert sum(right) / len(right) > 0.85


def test_confidence_is_the_share_that_is_right(cases: list[Case]) -> None:
    calibration = fit(cases, "made up")
    told = np.array([calibration.confidence(case.evidence) for case in cases])
    ranks = [calibration.ranks(case.evidence) for case in cases]
    right = np.array([case.right[int(np.argmax(r))] for case, r in zip(cases, ranks, strict=True)])
    for low, high in ((0.0, 0.5), (0.5, 1.0)):
        inside = (told >= low) & (told < high)
        assert abs(told[inside].mean() - right[inside].mean()) < 0.06


def test_threshold_lets_most_right_answers_through_and_few_wrong_ones(cases: list[Case]) -> None:
    calibration = fit(cases, "made up")
    given = [case.answerable for case in cases if calibration.confidence(case.evidence) >= calibration.threshold]
    kept_back = [case.answerable for case in cases if calibration.confidence(case.evidence) < calibration.threshold]
    assert sum(given) / len(given) > 0.8
    assert sum(kept_back) / len(kept_back) < 0.2


def test_youdens_point_by_hand() -> None:
    confidences = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    # gained - risked after each: 1/3, 2/3, 2/3 - 1/2, 1 - 1/2, 1 - 1
    assert choose_threshold(confidences, right) == 0.8


def test_cases_survive_being_kept(cases: list[Case], tmp_path: Path) -> None:
    save_cases(cases, tmp_path / "cases.jsonl")
    assert load_cases(tmp_path / "cases.jsonl") == cases


def test_reading_stops_only_where_the_first_passages_do_as_well(cases: list[Case]) -> None:
    calibration = fit(cases, "made up")
    stopped = [case for case in cases if calibration.confidence(case.first) >= calibration.sure]
    read_on = [case for case in cases if calibration.confidence(case.first) < calibration.sure]
    assert stopped
    assert read_on
    right_early = sum(case.right[int(np.argmax(calibration.ranks(case.first)))] for case in stopped)
    right_late = sum(case.right[int(np.argmax(calibration.ranks(case.evidence)))] for case in stopped)
    assert right_late - right_early <= 0.005 * len(stopped)
