"""Figures against values worked out by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from byline.retrieval.answers.answer import Answer, Citation, TookMs
from byline.retrieval.answers.likeness import character_f1
from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passage import Passage
from byline.retrieval.errors import NotFound, UnreadableFile
from byline.retrieval.evaluation.figures import (
    LabelledQuestion,
    article_rank,
    evaluate,
    is_right,
    judged,
    nearest_rank,
    quote_is_exact,
    read_questions,
)
from byline.retrieval.evaluation.reliability import Bin, Judged, calibration_error, reliability, risk_coverage
from byline.retrieval.index.store import Header, StoredPassage
from byline.retrieval.search import Hit
from byline.retrieval.service import SearchResult
from tests.answers.said import words

NO_TIME = TookMs(0.0, 0.0, 0.0, 0.0)
TEXT = "渡口建于1958年。工程总投资1860万元。"


def cited(article_id: str, quote: str, start: int) -> Citation:
    return Citation(1, article_id, "p", "", "", "", None, quote, start, start + len(quote), 0.0, True)


def said(answer: str, short: str | None = None, *, confidence: float = 0.5, first: Citation | None = None) -> Answer:
    citations = (first,) if first else ()
    return Answer("id", "q", True, words(answer), short, None, None, confidence, citations, NO_TIME)


SILENCE = Answer("id", "q", False, words("文章里没有写。"), None, None, "not_in_articles", 0.1, (), NO_TIME)


@dataclass
class Scripted:
    """A service that says what it was told to, over articles that all hold `TEXT`."""

    answers: dict[str, Answer]
    found: dict[str, list[str]]

    @property
    def store(self) -> Scripted:
        return self

    def article(self, article_id: str) -> Article:
        if article_id == "gone":
            raise NotFound("gone")
        return Article(id=article_id, title="", text=TEXT)

    def ask(self, question: str) -> Answer:
        return self.answers[question]

    def search(self, question: str, *, top_k: int) -> SearchResult:
        hits = tuple(
            Hit(
                i,
                StoredPassage(Passage(a, i, i, ""), Header(a, "", "", "", "", None, "", "", "article", 9)),
                0.0,
                0.0,
                0.0,
            )
            for i, a in enumerate(self.found[question][:top_k])
        )
        return SearchResult(hits, NO_TIME)


def test_rank_counts_distinct_articles() -> None:
    assert article_rank(["a", "a", "b", "a", "c"], frozenset({"c"})) == 3
    assert article_rank(["a", "b", "c"], frozenset({"c", "b"})) == 2
    assert article_rank(["a"], frozenset({"c"})) == 0


@pytest.mark.parametrize(
    ("given", "right", "f1"),
    [
        ("680万元", "680万元", 1.0),
        ("约680万元", "680万元", 2 * 5 / 11),
        ("1,860 万元", "1860万元", 1.0),
        ("Nov. 3", "nov 3", 1.0),
        ("aab", "abb", 2 * 2 / 6),
        ("甲", "乙", 0.0),
        ("", "乙", 0.0),
        ("。", "。", 0.0),
    ],
)
def test_f1_is_of_characters_without_punctuation_as_bags(given: str, right: str, f1: float) -> None:
    assert character_f1(given, right) == pytest.approx(f1)


def test_any_wording_of_each_group_makes_an_answer_right() -> None:
    answer = said("投资1860万元,建于1958年。")
    assert is_right(answer, (("一千八百六十万", "1860万元"),))
    assert is_right(answer, (("1860万元",), ("1958年",)))
    assert not is_right(answer, (("1860万元",), ("1959年",)))


def test_the_first_quote_counts_and_the_second_does_not() -> None:
    first, second = cited("a", "渡口建于1958年。", 0), cited("a", "工程总投资1860万元。", 10)
    answer = Answer("id", "q", True, words("…"), None, None, None, 0.5, (first, second), NO_TIME)
    assert is_right(answer, (("1958年",),))
    assert not is_right(answer, (("1860万元",),))


def test_silence_is_right_exactly_where_the_articles_do_not_say() -> None:
    assert is_right(SILENCE, ())
    assert not is_right(SILENCE, (("没有写",),))
    assert not is_right(said("1958年"), ())


def test_a_quote_is_exact_only_as_the_span_of_an_article_that_is_there() -> None:
    service = Scripted({}, {})
    right, off_by_one = cited("a", "建于1958年", 2), cited("a", "建于1958年", 3)
    empty, gone = cited("a", "", 2), cited("gone", "建于", 2)
    answer = Answer("id", "q", True, (), None, None, None, 0.5, (right, off_by_one, empty, gone), NO_TIME)
    assert quote_is_exact(service, answer) == [True, False, False, False]


def test_all_figures_of_a_small_run() -> None:
    questions = [
        LabelledQuestion("何时", (("1958年",),), frozenset({"a"})),
        LabelledQuestion("多少", (("1860万元",),), frozenset({"b"})),
        LabelledQuestion("谁", (("林舟",),), frozenset({"c"})),
        LabelledQuestion("为何", ()),
    ]
    service = Scripted(
        {
            "何时": said("建于1958年。[1]", "1958年", confidence=0.9, first=cited("a", "渡口建于1958年。", 0)),
            "多少": said("不知道。[1]", "60万元", confidence=0.4, first=cited("a", "不在那里", 0)),
            "谁": SILENCE,
            "为何": SILENCE,
        },
        {"何时": ["a", "b"], "多少": ["x"] * 3 + ["y", "z", "b"], "谁": [f"n{i}" for i in range(10)] + ["c"]},
    )
    told: list[int] = []
    figures = evaluate(service, questions, progress=told.append).figures.named()
    assert told == [1, 2, 3, 4]
    assert figures["questions"] == 4
    assert figures["R@1"] == pytest.approx(1 / 3)
    assert figures["R@5"] == pytest.approx(2 / 3)
    assert figures["R@10"] == pytest.approx(2 / 3)
    assert figures["MRR"] == pytest.approx((1 + 1 / 4) / 3)
    assert figures["answered"] == pytest.approx(2 / 3)
    assert figures["hit"] == pytest.approx(1 / 3)
    assert figures["EM"] == pytest.approx(1 / 3)
    assert figures["F1"] == pytest.approx((1.0 + 2 * 4 / 10) / 3)
    assert figures["cited"] == pytest.approx(1 / 3)
    assert figures["abstained"] == 1.0
    assert (figures["exact"], figures["citations"]) == (0.5, 2)
    assert figures["ECE"] == pytest.approx((abs(1 - 0.9) + abs(0 - 0.4)) / 2)


def test_figures_that_do_not_apply_are_left_out() -> None:
    service = Scripted({"为何": SILENCE}, {})
    figures = evaluate(service, [LabelledQuestion("为何", ())]).figures.named()
    assert set(figures) == {"questions", "abstained", "citations", "ask_p50", "ask_p95"}


def test_search_only_answers_nothing_and_ask_only_ranks_nothing() -> None:
    questions = [LabelledQuestion("何时", (("1958年",),), frozenset({"a"}))]
    service = Scripted({"何时": SILENCE}, {"何时": ["a"]})
    assert "hit" not in evaluate(service, questions, ask=False).figures.named()
    assert "R@1" not in evaluate(service, questions, search=False).figures.named()


def test_nearest_rank_takes_a_value_that_was_measured() -> None:
    assert nearest_rank([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert nearest_rank([1.0, 2.0], 0.95) == 2.0
    assert nearest_rank([], 0.5) is None


def test_risk_falls_out_of_the_most_confident_answers_first() -> None:
    given = [Judged(0.9, True), Judged(0.2, False), Judged(0.8, True), Judged(0.7, False), Judged(0.6, True)]
    rows = risk_coverage(given, questions=10)
    assert [(r.confidence, r.coverage, round(r.risk, 3)) for r in rows] == [
        (0.9, 0.1, 0.0),
        (0.8, 0.2, 0.0),
        (0.7, 0.3, 0.333),
        (0.6, 0.4, 0.25),
        (0.2, 0.5, 0.4),
    ]


def test_equally_confident_answers_are_not_divided() -> None:
    rows = risk_coverage([Judged(0.5, True), Judged(0.5, False), Judged(0.1, False)], questions=3)
    assert [(r.confidence, round(r.coverage, 3), r.risk) for r in rows] == [(0.5, 0.667, 0.5), (0.1, 1.0, 2 / 3)]


def test_no_answers_have_no_risk_and_no_calibration_error() -> None:
    assert risk_coverage([], questions=3) == []
    assert calibration_error(reliability([])) is None


def test_bins_hold_their_lower_end_and_the_last_one_holds_one() -> None:
    bins = reliability([Judged(0.3, True), Judged(0.35, False), Judged(1.0, True)])
    assert bins == [
        Bin(0.3, 0.4, 2, pytest.approx(0.325), 0.5),
        Bin(0.9, 1.0, 1, 1.0, 1.0),
    ]
    assert calibration_error(bins) == pytest.approx((2 * 0.175 + 0) / 3)


def test_only_answers_given_are_judged() -> None:
    service = Scripted({"a": SILENCE, "b": said("1958年", confidence=0.7)}, {})
    found = evaluate(service, [LabelledQuestion("a", ()), LabelledQuestion("b", (("1958年",),))])
    assert judged(found.outcomes) == [Judged(0.7, True)]


def test_the_three_shapes_of_answers_are_read(tmp_path: Path) -> None:
    lines = [
        {"question": "q1", "answers": ["a", "b"], "article": "x"},
        {"question": "q2", "answers": [["a", "b"], ["c"]], "articles": ["x", "y"]},
        {"question": "q3", "answers": []},
    ]
    path = tmp_path / "q.jsonl"
    path.write_text("\ufeff" + "\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert read_questions(path) == [
        LabelledQuestion("q1", (("a", "b"),), frozenset({"x"})),
        LabelledQuestion("q2", (("a", "b"), ("c",)), frozenset({"x", "y"})),
        LabelledQuestion("q3", ()),
    ]
    assert read_questions(path, unanswerable=True)[0] == LabelledQuestion("q1", ())


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b'{"question": "q"}\n{"answers": []}', "line 2"),
        (b'{"question": "q", "answers": [1]}', "line 1"),
        (b'["q"]', "line 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"\n", "no question"),
    ],
)
def test_a_file_of_no_questions_is_named_with_the_line(tmp_path: Path, content: bytes, names: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=names) as raised:
        read_questions(path)
    assert str(path) in str(raised.value)
