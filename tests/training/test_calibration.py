from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from byline.retrieval.answers.coverage import DocumentFrequencies
from byline.retrieval.answers.features import PassageFeatures
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.articles.article import Article
from byline.retrieval.evaluation.figures import LabelledQuestion
from byline.retrieval.index.embedded import open_store
from byline.retrieval.indexing import index_articles
from byline.retrieval.service import READ_BATCH
from byline.retrieval.training.calibration import (
    RANKING,
    WRONG_COSTS,
    Case,
    collect,
    fit,
    fit_rank,
    load_cases,
    save_cases,
)
from tests.doubles import HashEmbedder


def evidence(answerable: float, fused: float = 3.0) -> PassageFeatures:
    return PassageFeatures(
        fused=fused,
        agreement=0.0,
        answerable=answerable,
        span=answerable,
        coverage=0.0,
        period=0,
        score_gap=0.0,
    )


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Questions where the reader's score tells right from wrong with some noise, and the retrieval's tells nothing."""
    dice = random.Random(7)
    made = []
    for number in range(400):
        answerable = number % 2 == 0
        gold = dice.randrange(5) if answerable else None
        shown = tuple(
            evidence(dice.gauss(2.0 if place == gold else -1.0, 1.0), dice.gauss(3.0, 0.1)) for place in range(5)
        )
        right = tuple(place == gold for place in range(5))
        made.append(Case(shown, right, right, answerable, shown[:READ_BATCH]))
    return made


def test_the_feature_that_tells_right_from_wrong_decides_the_order(cases: list[Case]) -> None:
    weights = fit_rank(cases, RANKING)
    first = [
        max(range(5), key=lambda i: sum(w * getattr(case.features[i], n) for n, w in weights.items())) for case in cases
    ]
    right = [case.right[i] for case, i in zip(cases, first, strict=True) if case.answerable]
    assert sum(right) / len(right) > 0.85


def test_confidence_is_the_share_that_is_right(cases: list[Case]) -> None:
    calibration = fit(cases, "reader:1", "made up")
    told = np.array([calibration.confidence_of_first(case.features) for case in cases])
    ranks = [calibration.rank_scores(case.features) for case in cases]
    right = np.array([case.right[int(np.argmax(r))] for case, r in zip(cases, ranks, strict=True)])
    for low, high in ((0.0, 0.5), (0.5, 1.0)):
        inside = (told >= low) & (told < high)
        assert abs(told[inside].mean() - right[inside].mean()) < 0.06


def test_threshold_lets_most_right_answers_through_and_few_wrong_ones(cases: list[Case]) -> None:
    calibration = fit(cases, "reader:1", "made up")
    given = [
        case.answerable for case in cases if calibration.confidence_of_first(case.features) >= calibration.threshold
    ]
    kept_back = [
        case.answerable for case in cases if calibration.confidence_of_first(case.features) < calibration.threshold
    ]
    assert sum(given) / len(given) > 0.85
    assert sum(kept_back) / len(kept_back) < 0.3


def test_abstention_point_is_chows_rule(cases: list[Case]) -> None:
    # right +1, wrong -WRONG_COSTS: at the threshold, answering is worth nothing
    threshold = fit(cases, "reader:1", "made up").threshold
    assert threshold - WRONG_COSTS * (1 - threshold) == pytest.approx(0.0, abs=1e-3)


def test_no_feature_speaks_against_a_passage(cases: list[Case]) -> None:
    assert min(fit_rank(cases, RANKING).values()) >= 0.0


def test_cases_survive_being_kept(cases: list[Case], tmp_path: Path) -> None:
    save_cases(cases, tmp_path / "cases.jsonl")
    assert load_cases(tmp_path / "cases.jsonl") == cases


def test_reading_stops_only_where_the_first_passages_do_as_well(cases: list[Case]) -> None:
    calibration = fit(cases, "reader:1", "made up")
    stopped = [case for case in cases if calibration.confidence_of_first(case.first) >= calibration.stop_confidence]
    read_on = [case for case in cases if calibration.confidence_of_first(case.first) < calibration.stop_confidence]
    assert stopped
    assert read_on
    right_early = sum(case.right[int(np.argmax(calibration.rank_scores(case.first)))] for case in stopped)
    right_late = sum(case.right[int(np.argmax(calibration.rank_scores(case.features)))] for case in stopped)
    assert right_late - right_early <= 0.005 * len(stopped)


class ShownReader(OverlapReader):
    """Keeps what it was shown."""

    def __init__(self, embedder: HashEmbedder, document_frequencies: DocumentFrequencies) -> None:
        super().__init__(embedder, document_frequencies)
        self.shown: list[PassageText] = []

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        self.shown += passages
        return super().read(question, passages)


def test_question_is_read_with_and_without_its_article_and_one_without_answer_as_it_is(tmp_path: Path) -> None:
    embedder = HashEmbedder()
    store = open_store(tmp_path, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    articles = [
        Article("ferry", "渡口公告", "渡口改造总投资1860万元。"),
        Article("fair", "", "庙会改造总投资没有公布。"),
    ]
    index_articles(articles, store, embedder)
    questions = [
        LabelledQuestion("渡口改造总投资多少?", (("1860万元",),), frozenset({"ferry"})),
        LabelledQuestion("庙会改造总投资多少?", ()),
    ]
    reader = ShownReader(embedder, store.document_frequencies)
    read = list(collect(store, embedder, reader, questions, max_read=10))
    store.close()
    assert [(case.answerable, any(case.right), len(case.features)) for case in read] == [
        (True, True, 2),
        (False, False, 1),
        (False, False, 2),
    ]
    assert {PassageText(article.text, article.title) for article in articles} == set(reader.shown)
