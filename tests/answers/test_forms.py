"""Answers that are more than a sentence: lists, yes or no, values that differ, premises that are denied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from byline.retrieval.answers.answer import QuotedOperand, Text
from byline.retrieval.articles.article import Article
from byline.retrieval.text.question import asks_yes_no
from tests.answers.hits import hits_of
from tests.answers.test_compose import composed_of, marks, text_of

TWO = "城市书展昨天开幕。书展门票每张{}元，现场不设售票点。"
FIVE = "市里公布五项措施。会议提出：一是修路；二是架桥；三是种树。之后是讨论。居民表示欢迎。"
MANY = "上周公布了处罚信息。该行存在以下违法行为：1.数据错报；2.账户违规；3.漏报投诉。罚款已缴。"


def test_two_articles_in_one_set_of_words_differ_in_their_value() -> None:
    hits = hits_of(Article("a", "", TWO.format(10)), Article("b", "", TWO.format(20)), target_chars=200)
    composed = composed_of("书展门票多少元？", hits, marks(hits, ("10", 2.0), ("开幕", -1.0)))
    assert composed.derived is not None
    assert (composed.derived.operation, composed.short_answer) == ("differ", "10；20")
    texts = {"a": TWO.format(10), "b": TWO.format(20)}
    cited = {citation.number: citation for citation in composed.citations}
    said = []
    for operand in composed.derived.operands:
        assert isinstance(operand, QuotedOperand)
        said.append(texts[cited[operand.citation].article_id][operand.start : operand.end])
    assert said == ["10", "20"]


def test_a_value_in_other_words_is_no_twin() -> None:
    other = "城市书展昨天开幕，门票便宜。入场须付20元。"
    hits = hits_of(Article("a", "", TWO.format(10)), Article("b", "", other), target_chars=200)
    composed = composed_of("书展门票多少元？", hits, marks(hits, ("10", 2.0), ("开幕", -1.0)))
    assert composed.derived is None
    assert composed.short_answer == "10"


def test_of_two_times_the_newer_holds_and_the_older_stands_below() -> None:
    old = Article("a", "", TWO.format(10), published="2023-07-01")
    new = Article("b", "", TWO.format(20), published="2023-08-01")
    hits = hits_of(old, new, target_chars=200)
    composed = composed_of("书展门票现在多少元？", hits, marks(hits, ("10", 2.0), ("20", 1.9)))
    assert composed.derived is None
    assert text_of(composed).startswith("最新（2023-08-01）：")
    assert "\n此前（2023-07-01）：" in text_of(composed)
    earliest = composed_of("书展门票最早多少元？", hits, marks(hits, ("10", 1.9), ("20", 2.0)))
    assert earliest.citations[0].article_id == "a"


@pytest.mark.parametrize(
    ("question", "text", "marked", "items"),
    [
        ("会议提出哪三项措施？", FIVE, "修路", ["修路", "架桥", "种树"]),
        ("该行有哪些违法行为？", MANY, "数据错报", ["数据错报", "账户违规", "漏报投诉"]),
        (
            "获奖的有哪些人？",
            "昨天颁奖。获奖的是林舟、许念和沈玉芬。",
            "林舟、许念和沈玉芬",
            ["林舟", "许念", "沈玉芬"],
        ),
    ],
)
def test_every_item_of_a_list_is_its_own_span(question: str, text: str, marked: str, items: list[str]) -> None:
    hits = hits_of(Article("a", "", text), target_chars=400)
    composed = composed_of(question, hits, marks(hits, (marked, 2.0)))
    assert [item.text for item in composed.items] == items
    quote = composed.citations[0]
    for item in composed.items:
        assert text[item.start : item.end] == item.text
        assert quote.start <= item.start < item.end <= quote.end
    told_apart = [part.text for part in composed.parts if isinstance(part, Text) and part.short]
    assert told_apart == items


def test_items_that_the_reader_marked_are_given_where_no_words_number_or_part_them() -> None:
    text = "Dennis Morgan wrote it. Kye Fleming joined him later."
    hits = hits_of(Article("a", "", text), target_chars=400)
    [span] = marks(hits, ("Dennis Morgan", 2.0))
    places = tuple((text.index(name), text.index(name) + len(name)) for name in ("Dennis Morgan", "Kye Fleming"))
    composed = composed_of("Who wrote the song?", hits, [replace(span, items=places)])
    assert [item.text for item in composed.items] == ["Dennis Morgan", "Kye Fleming"]
    numbered = hits_of(Article("a", "", FIVE), target_chars=400)
    [span] = marks(numbered, ("修路", 2.0))
    broken = ((FIVE.index("修"), FIVE.index("修") + 1), (FIVE.index("种树"), FIVE.index("种树") + 2))
    composed = composed_of("会议提出哪些措施？", numbered, [replace(span, items=broken)])
    assert [item.text for item in composed.items] == ["修路", "架桥", "种树"]


@pytest.mark.parametrize(
    ("question", "marked", "polarity", "value"),
    [
        ("书展现场设售票点吗？", "现场不设售票点", None, "不是"),
        ("书展现场不设售票点吗？", "现场不设售票点", None, "是"),
        ("城市书展昨天开幕了吗？", "城市书展昨天开幕", None, "是"),
        ("书展现场有没有售票点？", "现场不设售票点", -3.0, "不是"),
        ("书展现场有没有售票点？", "现场不设售票点", 3.0, None),  # the reader and the words contradict each other
        ("书展好看吗？", "门票每张10元", None, None),
        ("书展好看吗？", "门票每张10元", 3.0, "是"),
        ("书展好看吗？", "门票每张10元", 1.0, None),
    ],
)
def test_yes_or_no_stands_in_bold_only_where_it_is_plain(
    question: str, marked: str, polarity: float | None, value: str | None
) -> None:
    hits = hits_of(Article("a", "", TWO.format(10)), target_chars=200)
    [span] = marks(hits, (marked, 2.0))
    composed = composed_of(question, hits, [replace(span, polarity=polarity)])
    assert composed.answered
    assert (composed.derived.value if composed.derived else None) == value
    if value:
        assert text_of(composed).startswith(f"{value}：")
        assert composed.short_answer == value


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("渡口复航了吗？", True),
        ("冰岛有没有军队？", True),
        ("现场卖不卖票？", True),
        ("票价是否上涨？", True),
        ("Did the ferry open?", True),
        ("你知道票价是多少吗？", False),
        ("渡口什么时候复航？", False),
        ("Is it the ferry or the bus?", False),
    ],
)
def test_a_question_of_yes_or_no_asks_for_nothing_else(question: str, expected: bool) -> None:
    assert asks_yes_no(question) is expected


@pytest.mark.parametrize(
    ("question", "text", "denial"),
    [
        (
            "公司为什么停飞了C909？",
            "公司昨天回应。公司表示，并未停飞C909，航班正常。",
            "公司表示，并未停飞C909，航班正常。",
        ),
        ("市里为什么下调水价？", "市里昨天开会。市里决定上调水价，每吨加一角。", "市里决定上调水价，每吨加一角。"),
        ("谁把渡口卖了？", "网传渡口被船长卖了。县里说，网传渡口被卖的消息不实。", "县里说，网传渡口被卖的消息不实。"),
    ],
)
def test_a_premise_is_contradicted_by_the_sentence_that_denies_it(question: str, text: str, denial: str) -> None:
    hits = hits_of(Article("a", "", text), target_chars=200)
    composed = composed_of(question, hits, marks(hits, (text[:4], 2.0)))
    assert composed.premise is not None
    assert (composed.answered, composed.premise.denied, composed.premise.citation) == (False, True, 1)
    assert composed.citations[0].quote == denial
    assert denial in text_of(composed)


@pytest.mark.parametrize("question", ["公司为什么没有停飞C909？", "公司停飞C909了吗？", "公司回应了什么？"])
def test_a_question_that_takes_nothing_for_granted_is_not_contradicted(question: str) -> None:
    hits = hits_of(Article("a", "", "公司昨天回应。公司表示，并未停飞C909，航班正常。"), target_chars=200)
    assert composed_of(question, hits, marks(hits, ("航班正常", 2.0))).premise is None
