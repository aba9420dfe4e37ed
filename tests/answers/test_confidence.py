from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from byline.retrieval.answers.bundled_reader import BundledReader
from byline.retrieval.answers.calibration_files import calibration_for
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.features import PassageFeatures, extract_features, logistic
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.articles.article import Article
from byline.retrieval.errors import NotCalibrated
from byline.retrieval.search import Hit
from byline.retrieval.understanding import Question, understand
from tests.answers.hits import hits_of


def asking(text: str, subject: dict[str, float] | None = None) -> Question:
    return replace(understand(text, lambda terms: {}), subject=subject or {})


ALONE = {"margin": 0.0, "score_gap": 0.0}
ARTICLES = [
    Article("a", "", "全年收入680万元。"),
    Article("b", "", "收入为680万元,同比增长。"),
    Article("c", "", "收入为665万元。"),
]


def weighed(*needles: str) -> list[PassageFeatures]:
    hits: list[Hit] = hits_of(*ARTICLES)
    marked = []
    for hit, needle in zip(hits, needles, strict=True):
        start = hit.stored.passage.text.index(needle)
        marked.append(AnswerSpan(start, start + len(needle), 0.0, 0.0))
    return extract_features(asking("新桥有多长？"), hits, marked)


def test_passages_marked_alike_support_each_other_as_far_as_they_are_alike() -> None:
    # each of the three answers with a chance of one half; three of five characters are shared with the third
    alike = [math.log(1 + 0.5 + 0.5 * 0.6)] * 2 + [math.log(1 + 2 * 0.5 * 0.6)]
    assert [e.agreement for e in weighed("680万元", "680万元", "665万元")] == pytest.approx(alike)


def test_a_passage_that_only_its_title_dates_is_of_that_time() -> None:
    hits = hits_of(Article("a", "船闸2022年货运公报", "全年货运量680万吨。"))
    for question, period in (("2022年货运量多少？", 1), ("2021年货运量多少？", -1), ("货运量多少？", 0)):
        assert [e.period for e in extract_features(asking(question), hits, [AnswerSpan(0, 0, 0.0, 0.0)])] == [period]


def test_nothing_marked_agrees_with_nothing() -> None:
    assert [e.agreement for e in weighed("", "", "")] == [0.0, 0.0, 0.0]


def test_confidence_by_hand() -> None:
    calibration = Calibration(
        "r", {"fused": 1.0}, {"bias": -1.0, "answerable": 0.5, "span": 0.25}, ALONE, 0.5, 1.0, "by hand"
    )
    hits = hits_of(*ARTICLES)
    spans = [AnswerSpan(0, 0, 8.0, 4.0), AnswerSpan(0, 0, 0.0, 9.0), AnswerSpan(0, 0, 0.0, -1.0)]
    features = extract_features(asking("新桥有多长？"), hits, spans)
    # the retrieval puts the first passage first; the reader's figures for it decide how sure that is
    assert calibration.confidence_of_first(features) == pytest.approx(logistic(-1.0 + 0.5 * 4.0 + 0.25 * 8.0))


def test_retrieval_scores_alone_change_no_confidence() -> None:
    calibration = Calibration("r", {"fused": 1.0}, {"bias": 0.0, "answerable": 1.0}, ALONE, 0.5, 1.0, "by hand")
    near, far = ([PassageFeatures(fused, 0.0, 1.0, 0.0, 0.0, 0, 0.0)] for fused in (9.0, 0.1))
    assert calibration.confidence_of_first(near) == calibration.confidence_of_first(far)


def test_passage_far_ahead_of_the_next_is_surer_and_one_alone_is_taken_as_usual() -> None:
    calibration = Calibration(
        "r", {"fused": 1.0}, {"bias": 0.0, "margin": 2.0}, {"margin": 0.7, "score_gap": 0.0}, 0.5, 1.0, ""
    )
    first, near, far = (PassageFeatures(fused, 0.0, 0.0, 0.0, 0.0, 0, None) for fused in (5.0, 4.9, 1.0))
    assert calibration.confidence_of_first([near, first, far]) == pytest.approx(logistic(2.0 * 0.1))
    assert calibration.confidence_of_first([first, far]) == pytest.approx(logistic(2.0 * 4.0))
    assert calibration.confidence_of_first([far]) == pytest.approx(logistic(2.0 * 0.7))


def test_standout_is_of_the_retrieval_and_none_where_few_share_a_word() -> None:
    hits = hits_of(*(Article(str(number), "", "收入为665万元。") for number in range(6)))  # scored 10, 9, 8, …
    marked = [AnswerSpan(0, 0, 1.0, 1.0)] * 3
    assert [e.score_gap for e in extract_features(asking("收入多少"), hits, marked)] == [3.0] * 3
    assert [e.score_gap for e in extract_features(asking("收入多少"), hits, marked[:1])] == [3.0]
    without_words = [*hits[:5], replace(hits[5], lexical=0.0)]
    assert [e.score_gap for e in extract_features(asking("收入多少"), without_words, marked[:1])] == [None]
    assert [e.score_gap for e in extract_features(asking("收入多少"), hits[:1], marked[:1])] == [None]


def test_coverage_is_of_what_would_be_quoted_and_counts_rare_words_more() -> None:
    hits = hits_of(Article("a", "", "新桥由刘满仓设计。桥长三百米。"))
    marked = [AnswerSpan(10, 11, 1.0, 1.0)]
    weights = {"满仓": 1.0, "三百": 0.5, "百米": 0.5}
    assert [e.coverage for e in extract_features(asking("刘满仓的桥长三百米吗", weights), hits, marked)] == [0.5]


@pytest.mark.parametrize("reader", ["overlap", "bundled-reader"])
def test_shipped_calibration_is_for_the_shipped_reader(reader: str, tmp_path: Path) -> None:
    shipped = OverlapReader.fingerprint if reader == "overlap" else BundledReader(tmp_path).fingerprint
    assert calibration_for(shipped).reader == shipped


def test_passage_of_another_year_is_evidence_against_itself() -> None:
    hits = hits_of(
        Article("a", "", "2021年收入680万元。"), Article("b", "", "今年收入680万元。", published="2022-07-28")
    )
    marked = [AnswerSpan(0, 0, 1.0, 1.0)] * 2
    assert [e.period for e in extract_features(asking("2022年收入多少"), hits, marked)] == [-1, 1]
    assert [e.period for e in extract_features(asking("收入多少"), hits, marked)] == [0, 0]


def test_reader_that_was_never_calibrated_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotCalibrated, match=r"big-reader.*calibrate it into .*`bundled`") as refusal:
        calibration_for("big-reader:1234", tmp_path / "calibration.json")
    assert "\n" not in str(refusal.value)
    with pytest.raises(NotCalibrated, match="other weights"):
        calibration_for("overlap:0")


def test_calibration_made_here_goes_before_the_one_that_is_shipped(tmp_path: Path) -> None:
    own = tmp_path / "calibration.json"
    made = Calibration("overlap:99", {"fused": 1.0}, {"bias": 0.0}, {}, 0.5, 1.0, "by hand")
    own.write_text(json.dumps({"overlap": asdict(made)}))
    assert calibration_for("overlap:99", own) == made


def test_extreme_odds_stay_probabilities() -> None:
    assert 0.0 < logistic(-1e9) < 1e-9
    assert 1.0 - 1e-9 < logistic(1e9) <= 1.0
