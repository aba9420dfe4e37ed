from __future__ import annotations

import math

import pytest

from retrieval.answers.confidence import Calibration, confidence_features, logistic, weigh
from retrieval.answers.reader import Marked
from retrieval.articles.article import Article
from retrieval.search import Hit
from tests.answers.hits import hits_of

ARTICLES = [
    Article("a", "", "全年收入680万元。"),
    Article("b", "", "收入为680万元,同比增长。"),
    Article("c", "", "收入为665万元。"),
]


def weighed(*needles: str) -> list[float]:
    hits: list[Hit] = hits_of(*ARTICLES)
    marked = []
    for hit, needle in zip(hits, needles, strict=True):
        start = hit.stored.passage.text.index(needle)
        marked.append(Marked(start, start + len(needle), 0.0, 0.0))
    return [e.agreement for e in weigh("收入多少?", hits, marked, lambda terms: {})]


def test_passages_marked_alike_support_each_other() -> None:
    assert weighed("680万元", "680万元", "665万元") == pytest.approx([math.log(1.5), math.log(1.5), 0.0])


def test_words_inside_the_other_mark_agree_too() -> None:
    assert weighed("680万", "680万元", "665万元") == pytest.approx([math.log(1.5), math.log(1.5), 0.0])


def test_nothing_marked_agrees_with_nothing() -> None:
    assert weighed("", "", "") == [0.0, 0.0, 0.0]


def test_confidence_by_hand() -> None:
    features = dict.fromkeys(("dense", "lexical", "coverage", "agreement", "span", "best_dense", "best_coverage"), 0.0)
    calibration = Calibration(
        {"answerable": 1.0}, {"bias": -1.0, "answerable": 0.5, "margin": 0.25} | features, 0.5, 1.0, "by hand"
    )
    hits = hits_of(*ARTICLES)
    marked = [Marked(0, 0, 0.0, odds) for odds in (4.0, 2.0, -1.0)]
    evidence = weigh("收入多少?", hits, marked, lambda terms: {})
    assert confidence_features(evidence, calibration.ranks(evidence))["margin"] == 2.0
    assert calibration.confidence(evidence) == pytest.approx(logistic(-1.0 + 0.5 * 4.0 + 0.25 * 2.0))


def test_extreme_odds_stay_probabilities() -> None:
    assert 0.0 < logistic(-1e9) < 1e-9
    assert 1.0 - 1e-9 < logistic(1e9) <= 1.0
