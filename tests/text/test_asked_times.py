"""Times counted from the day of asking."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.text.asked_times import counted_from, leans_on_today, span_of, without_leaning
from byline.retrieval.text.periods import Mention, Period, mentions

ASKED = date(2024, 11, 12)  # a Tuesday


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("去年谁获奖？", "2023年谁获奖？"),
        ("三个月前谁获奖？", "2024年8月谁获奖？"),
        ("三年前的六月谁获奖？", "2021年六月谁获奖？"),
        ("五年前的今天谁获奖？", "2019年11月12日谁获奖？"),
        ("上周五谁获奖？", "2024年11月8日谁获奖？"),
        ("上周谁获奖？", "2024年11月谁获奖？"),
        ("上个四月份谁获奖？", "2024年4月谁获奖？"),
        ("去年12月初谁获奖？", "2023年12月初谁获奖？"),
        ("大前年谁获奖？", "2021年谁获奖？"),
        ("上季度谁获奖？", "2024年第三季度谁获奖？"),
        ("Who won three months ago?", "Who won August 2024?"),
        ("十二个月前谁获奖？", "2023年11月谁获奖？"),
    ],
)
def test_time_is_counted_from_the_day_of_asking(question: str, counted: str) -> None:
    assert counted_from(question, ASKED) == counted
    assert leans_on_today(question)


@pytest.mark.parametrize(
    "question", ["三千年前有什么？", "几年前的事？", "2023年谁获奖？", "十多年前谁获奖？", "5年级有几个班？"]
)
def test_what_names_no_single_time_stays(question: str) -> None:
    assert counted_from(question, ASKED) == question
    assert not leans_on_today(question)


def test_a_question_without_its_leaning_time_asks_about_any() -> None:
    assert without_leaning("去年谁获奖？") == "谁获奖？"
    assert without_leaning("三年前的六月谁获奖？") == "六月谁获奖？"


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("2023年谁获奖？", (date(2023, 1, 1), date(2023, 12, 31))),
        ("2024年2月谁获奖？", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2024年前三季度谁获奖？", (date(2024, 1, 1), date(2024, 9, 30))),
        ("2023年和2024年谁获奖？", None),
        ("2月谁获奖？", None),
    ],
)
def test_period_asked_about_has_a_first_and_a_last_day(question: str, span: tuple[date, date] | None) -> None:
    assert span_of(question) == span


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(1, 40), st.sampled_from("年月天周"))
def test_every_count_back_is_a_real_time_before(asked_at: date, count: int, unit: str) -> None:
    unit = "个月" if unit == "月" else unit
    span = span_of(counted_from(f"{count}{unit}前谁获奖？", asked_at))
    if span is not None:  # 1890 and before is no year that is read
        assert span[0] <= asked_at


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("去年12月", Period(2023, 12)),
        ("今年的六月一日", Period(2024, 6, 1)),
        ("去年前三季度", Period(2023, quarter=7)),
        ("今年上半年", Period(2024, quarter=5)),
    ],
)
def test_a_month_behind_the_word_for_its_year_is_one_time_with_it(text: str, period: Period) -> None:
    assert mentions(text, "2024-03-04") == [Mention(0, len(text), period, leans=True)]


def test_a_year_of_the_republic_is_counted_from_1912() -> None:
    assert [one.period for one in mentions("民国二十三年和民国元年")] == [Period(1934), Period(1912)]
