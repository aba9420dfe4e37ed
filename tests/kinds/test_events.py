"""Questions about several events, cut into them."""

from __future__ import annotations

import pytest

from byline.retrieval.kinds.cutting import best_cut
from byline.retrieval.kinds.events import event_plan
from byline.retrieval.text.folding import terms


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("渡口复航和食堂开张，哪个事件更早发生？", ("渡口复航", "食堂开张")),
        ("渡口复航、食堂开张、水库完工，哪个最早？", ("渡口复航", "食堂开张", "水库完工")),
        ("以下事件中，哪一个最早发生：渡口复航、食堂开张？", ("渡口复航", "食堂开张")),
        ("下列事件哪个最早发生？1. 渡口复航，2. 食堂开张，3. 水库完工。", ("渡口复航", "食堂开张", "水库完工")),
        ("在渡口复航和食堂开张之间，哪个事件的时间更早？", ("渡口复航", "食堂开张")),
        ("渡口复航，食堂开张，还是水库完工，哪个先发生？", ("渡口复航", "食堂开张", "水库完工")),
        ("渡口复航与食堂开张哪个更晚？", ("渡口复航", "食堂开张")),
        ("Which came first, the ferry or the canteen?", ("ferry", "canteen")),
    ],
)
def test_question_of_order_names_its_events(question: str, parts: tuple[str, ...]) -> None:
    plan = event_plan(question)
    assert plan is not None
    assert plan.operation == "order"
    assert plan.cuts[0] == parts
    assert plan.largest == ("更晚" in question)


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("渡口复航和食堂开张是同一天吗？", "day"),
        ("渡口复航和食堂开张是在同一个月发生的吗？", "month"),
        ("渡口复航与食堂开张是否在同一年？", "year"),
        ("Did the ferry and the canteen open in the same month?", "month"),
    ],
)
def test_question_of_the_same_time_names_its_unit(question: str, unit: str) -> None:
    plan = event_plan(question)
    assert plan is not None
    assert (plan.operation, plan.unit, len(plan.cuts[0])) == ("same", unit, 2)


@pytest.mark.parametrize(
    "question",
    [
        "渡口最早什么时候通航？",
        "哪家公司最先推出渡轮？",
        "先进集体有哪些？",
        "渡口改造后有多少班？",
        "谁是第一名和第二名？",
        "渡口和食堂分别在哪里？",
    ],
)
def test_plain_question_has_no_plan(question: str) -> None:
    assert event_plan(question) is None


def test_question_of_an_interval_and_of_how_long_ago() -> None:
    interval = event_plan("渡口复航和食堂开张相隔多少天？")
    since = event_plan("渡口复航距今多少年？")
    assert interval is not None
    assert since is not None
    assert (interval.operation, interval.unit, interval.cuts) == ("interval", "day", (("渡口复航", "食堂开张"),))
    assert (since.operation, since.unit, since.cuts) == ("since", "year", (("渡口复航",),))


def test_the_word_that_joins_two_names_of_one_event_does_not_part_it() -> None:
    question = "特朗普接受调查与书记与代表互动交流是在同一个月吗？"
    plan = event_plan(question)
    assert plan is not None
    told = [terms("3月5日，书记与代表互动交流。"), terms("特朗普2日接受调查。"), terms("代表团抵京。")]
    weights = dict.fromkeys(terms(question), 1.0)
    assert best_cut(plan.cuts, told, weights) == ("特朗普接受调查", "书记与代表互动交流")
    assert len(plan.cuts) == 2
