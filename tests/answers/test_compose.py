from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answers.answer import Answer, TookMs
from retrieval.answers.compose import Composed, compose
from retrieval.answers.confidence import Calibration, weigh
from retrieval.answers.reader import Marked
from retrieval.articles.article import Article
from retrieval.search import Hit
from tests.answers.hits import hits_of

BRANCH = Article(
    "a", "支局增收", "支局年初定下目标。全年收入680万元,同比增长32.3%。书记刘明带队走访。", published="2022-12-30"
)
AGAIN = Article("b", "邮政年报", "年报显示,该支局收入680万元。利润另行公布。", published="2022-12-31")
LATER = Article("c", "更正", "经核实,支局全年收入为665万元。", published="2023-01-09")
# Ranks by the reader alone; sure exactly where its log-odds are above zero.
BY_READER = Calibration(
    reader="made up for these tests",
    rank={"answerable": 1.0},
    odds={"bias": 0.0, "answerable": 1.0},
    alone={"margin": 0.0, "standout": 0.0},
    threshold=0.5,
    sure=1.0,
    source="",
)


def marks(hits: list[Hit], *needles: tuple[str, float]) -> list[Marked]:
    """Mark the first needle that stands in each hit, with its log-odds; elsewhere nothing, surely."""
    marked = []
    for hit in hits:
        text = hit.stored.passage.text
        found = [(needle, odds) for needle, odds in needles if needle in text]
        if found:
            start = text.index(found[0][0])
            marked.append(Marked(start, start + len(found[0][0]), found[0][1], found[0][1]))
        else:
            marked.append(Marked(0, 0, -9.0, -9.0))
    return marked


def composed_of(question: str, hits: list[Hit], marked: list[Marked], *, top_k: int = 5) -> Composed:
    return compose(question, hits, marked, weigh(question, hits, marked, {}), top_k=top_k, calibration=BY_READER)


def answer(question: str, articles: list[Article], *needles: tuple[str, float], top_k: int = 5) -> Composed:
    hits = hits_of(*articles)
    composed = composed_of(question, hits, marks(hits, *needles), top_k=top_k)
    texts = {article.id: article.text for article in articles}
    for citation in composed.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
    return composed


def test_newest_of_those_that_answer_goes_first_where_the_latest_is_wanted() -> None:
    needles = (("680万元", 3.0), ("665万元", 1.0))
    assert answer("支局最近的收入是多少？", [BRANCH, LATER], *needles).citations[0].article_id == "c"
    alone = answer("支局最近的收入是多少？", [BRANCH, LATER], ("680万元", 3.0), ("665万元", -1.0))
    assert [citation.article_id for citation in alone.citations] == ["a"]


def test_newest_goes_first_even_where_two_others_are_surer() -> None:
    newest = Article("d", "新年", "支局收入为700万元。", published="2024-01-05")
    needles = (("680万元", 3.0), ("665万元", 2.0), ("700万元", 1.0))
    assert answer("支局最近的收入是多少？", [BRANCH, LATER, newest], *needles).citations[0].article_id == "d"
    assert answer("支局的收入是多少？", [BRANCH, LATER, newest], *needles).citations[0].article_id == "c"


def test_answer_is_the_sentence_with_its_number_and_the_short_answer_stands_in_it() -> None:
    said = answer("支局收入多少?", [BRANCH], ("680万元", 3.0))
    assert said.answered
    assert said.answer == "全年收入680万元,同比增长32.3%。[1]"
    assert said.short_answer == "680万元"
    assert said.short_start is not None
    assert BRANCH.text[said.short_start :].startswith("680万元")
    assert [c.evidence for c in said.citations] == [True]


def test_only_what_the_answer_rests_on_is_cited() -> None:
    said = answer("支局收入多少?", [BRANCH, Article("x", "别的", "今天天气很好。明天有雨。")], ("680万元", 3.0))
    assert [c.article_id for c in said.citations] == ["a"]


def test_passages_that_say_the_same_are_cited_beside_the_one_sentence() -> None:
    said = answer("支局收入多少?", [BRANCH, AGAIN], ("680万元", 3.0))
    assert said.answer == "全年收入680万元,同比增长32.3%。[1][2]"
    assert [c.article_id for c in said.citations] == ["a", "b"]


def test_articles_that_disagree_are_both_shown_newest_first_with_their_dates() -> None:
    said = answer("支局收入多少?", [BRANCH, LATER], ("680万元", 3.0), ("665万元", 2.0))
    assert (
        said.answer == "(2023-01-09) 经核实,支局全年收入为665万元。[1] (2022-12-30) 全年收入680万元,同比增长32.3%。[2]"
    )
    assert said.short_answer == "665万元"


def test_an_unsure_second_answer_is_not_shown() -> None:
    said = answer("支局收入多少?", [BRANCH, LATER], ("680万元", 3.0), ("665万元", -2.0))
    assert [c.article_id for c in said.citations] == ["a"]


def test_why_is_answered_with_a_sentence_not_three_words() -> None:
    said = answer("为什么收入增长?", [BRANCH], ("680万元", 3.0))
    assert said.short_answer is None
    assert said.short_start is None


def test_why_may_be_answered_short_with_a_clause() -> None:
    assert (
        answer("为什么收入增长?", [BRANCH], ("全年收入680万元,同比增长32.3%", 3.0)).short_answer
        == "全年收入680万元,同比增长32.3%"
    )


@pytest.mark.parametrize(
    ("short", "is_heading"), [("680万元", True), ("全年收入680万元,同比增长", False), (None, False)]
)
def test_short_answer_stands_above_the_sentence_unless_it_is_most_of_it(short: str | None, is_heading: bool) -> None:
    said = answer("支局收入多少?", [BRANCH], ("680万元", 3.0))
    whole = Answer("id", "q", True, said.answer, short, None, None, 0.9, said.citations, TookMs(0.0, 0.0, 0.0, 0.0))
    assert whole.heading == (short if is_heading else None)


def test_abstention_says_so_and_shows_the_nearest_as_no_evidence() -> None:
    said = answer("支局收入多少?", [BRANCH, AGAIN], ("680万元", -3.0))
    assert (said.answered, said.reason, said.short_answer) == (False, "not_in_articles", None)
    assert said.citations
    assert not any(c.evidence for c in said.citations)
    assert "[" not in said.answer


def test_nothing_found_says_that_there_are_no_articles() -> None:
    said = composed_of("支局收入多少?", [], [])
    assert (said.answered, said.reason, said.citations) == (False, "no_articles", ())


def test_numbers_run_from_one_without_gaps_and_never_beyond_top_k() -> None:
    for top_k in (1, 2, 3):
        said = answer("收入多少?", [BRANCH, AGAIN, LATER], ("680万元", 3.0), ("665万元", 2.0), top_k=top_k)
        numbers = [c.number for c in said.citations]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) <= top_k
        assert all(f"[{n}]" in said.answer for n in numbers)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(-5, 5)), min_size=3, max_size=3))
def test_whatever_a_reader_marks_every_quote_is_its_span(drawn: list[tuple[int, int, float]]) -> None:
    articles = [BRANCH, AGAIN, replace(LATER, text=LATER.text + "\n另据介绍,网点如下:城东、城西。")]
    texts = {article.id: article.text for article in articles}
    hits = hits_of(*articles)
    marked = []
    for hit, (a, b, odds) in zip(hits, drawn * len(hits), strict=False):
        size = len(hit.stored.passage.text)
        start, end = sorted((min(a, size), min(b, size)))
        marked.append(Marked(start, end, odds, odds))
    composed = composed_of("收入多少?", hits, marked)
    for citation in composed.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
    if composed.short_answer is not None:
        assert composed.short_answer in composed.citations[0].quote
