"""The promised risk: the bound is Clopper and Pearson's, and a point is chosen that keeps it."""

from __future__ import annotations

import random

import pytest

from byline.retrieval.answers.risk import at_most_wrong, risk_curve, upper_bound

scipy_stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize(("wrong", "answers"), [(0, 10), (1, 59), (5, 200), (30, 900), (7, 7)])
def test_bound_is_that_of_the_beta_distribution(wrong: int, answers: int) -> None:
    expected = 1.0 if wrong == answers else scipy_stats.beta.ppf(0.95, wrong + 1, answers - wrong)
    assert upper_bound(wrong, answers) == pytest.approx(expected, abs=1e-9)


def test_curve_counts_from_the_surest_down_and_keeps_equals_together() -> None:
    curve = risk_curve([0.9, 0.5, 0.9, 0.7], [True, False, False, True], [1.0] * 4)
    assert curve == [(0.9, 2, 1), (0.7, 3, 1), (0.5, 4, 2)]


def test_a_question_that_counts_for_less_is_less_of_an_answer_and_never_less_of_an_error() -> None:
    assert risk_curve([0.9, 0.8, 0.7], [True, False, True], [1.0, 0.25, 0.5], steps=3)[-1] == (0.7, 1, 1)


def test_promise_is_kept_in_nearly_every_draw() -> None:
    dice = random.Random(7)
    broken = 0
    for _ in range(200):
        drawn = [dice.random() for _ in range(600)]
        point = at_most_wrong(risk_curve(drawn, [dice.random() < c for c in drawn], [1.0] * 600), 0.1)
        # of answers from `point` up, with confidences uniform and honest, this share is wrong
        broken += (1 - (1 + point) / 2) > 0.1
    assert broken <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_a_promise_nothing_keeps_answers_nothing() -> None:
    assert (
        at_most_wrong(risk_curve([0.9] * 10, [True] * 10, [1.0] * 10), 0.05) == 1.0
    )  # ten right ones prove too little
    assert at_most_wrong(risk_curve([0.9] * 100, [False] * 100, [1.0] * 100), 0.05) == 1.0
