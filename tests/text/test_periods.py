"""The times that questions and passages name, and whether they are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.text.periods import Period, agreement, asks_for_latest, periods


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年7月28日", Period(2023, 7, 28)),
        ("２０２３年", Period(2023)),
        ("二〇二三年", Period(2023)),
        ("一九五八年", Period(1958)),
        ("7月份", Period(month=7)),
        ("七月二十八日", Period(month=7, day=28)),
        ("十二月", Period(month=12)),
        ("2022年上半年", Period(2022, quarter=5)),
        ("2023一季度", Period(2023, quarter=1)),
        ("2023年第二季度", Period(2023, quarter=2)),
        ("2022-05-12 15:26", Period(2022, 5, 12)),
        ("in 2023", Period(2023)),
        ("July 2023", Period(2023, 7)),
        ("February 29, 2024", Period(2024, 2, 29)),
        ("2023春运首日", Period(2023)),
    ],
)
def test_time_is_read(text: str, expected: Period) -> None:
    assert periods(text) == [expected]


@pytest.mark.parametrize("text", ["2000人报名", "2023-24赛季", "12345678年", "共1958元", "三个月", "", "13月"])
def test_what_is_no_time_is_not_read_as_one(text: str) -> None:
    assert periods(text) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("今年", Period(2023)),
        ("去年", Period(2022)),
        ("前年", Period(2021)),
        ("明年", Period(2024)),
        ("昨天", Period(2023, 2, 28)),
        ("上个月", Period(2023, 2)),
        ("上個月", Period(2023, 2)),
        ("this month", Period(2023, 3)),
        ("last year", Period(2022)),
        ("today", Period(2023, 3, 1)),
    ],
)
def test_words_lean_on_the_date_of_the_article(word: str, expected: Period) -> None:
    assert periods(word, "2023-03-01") == [expected]
    assert [period.year for period in periods(word)] == [None]


@pytest.mark.parametrize(
    ("question", "passage", "published", "expected"),
    [
        ("支局今年收入多少？", "今年收入680万元", None, 1),
        ("支局今年收入多少？", "2023年收入680万元", "2023-07-28", 1),
        ("支局2023年收入多少？", "今年收入680万元", "2023-07-28", 1),
        ("支局2021年收入多少？", "今年收入680万元", "2023-07-28", -1),
        ("支局去年收入多少？", "今年收入680万元", "2023-07-28", -1),
        ("支局去年收入多少？", "今年收入680万元", None, -1),
        ("支局去年收入多少？", "2022年收入500万元，今年680万元", "2023-07-28", 1),
        ("2022年人口", "2021年人口为14亿", None, -1),
        ("2022年人口", "2021年人口为14亿，2022年14.1亿", None, 1),
        ("2022年人口", "人口为14亿", None, 0),
        ("2022年人口", "人口为14亿", "2022-12-01", 1),
        ("2022年人口", "人口为14亿", "2020-12-01", -1),
        ("人口多少", "2021年人口为14亿", None, 0),
        ("7月通车了吗", "7月28日通车", None, 1),
        ("7月通车了吗", "8月1日通车", None, -1),
        ("7月通车了吗", "2023年通车", None, 0),
        ("How much did it earn in 2023?", "去年收入680万元", "2024-01-05", 1),
        ("昨天谁来了", "7月27日，校长来了", "2023-07-28", 1),
    ],
)
def test_agreement(question: str, passage: str, published: str | None, expected: int) -> None:
    assert agreement(question, [passage], published) == expected


def test_narrowest_text_that_names_a_time_decides() -> None:
    passage = "词典评2021年的年度词汇为NFT。2022年的还没有公布。"
    assert agreement("2022年年度词汇", ["词典评2021年的年度词汇为NFT。", passage], None) == -1
    assert agreement("2022年年度词汇", ["词汇为NFT。", passage], None) == 1


@pytest.mark.parametrize(
    ("question", "expected"), [("最近一次停电在哪", True), ("the latest figure?", True), ("哪年建成", False)]
)
def test_what_wants_the_newest(question: str, expected: bool) -> None:
    assert asks_for_latest(question) is expected


@given(st.text(alphabet="0123456789一二三四十〇年月日号上下半第季度今去昨天-/ .QJulyMarch", max_size=30))
def test_no_text_is_refused(text: str) -> None:
    assert agreement(text, [text], "2024-02-29") in {0, 1}
