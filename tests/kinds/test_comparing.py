"""Amounts of two things or more held against each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from byline.retrieval.answers.answer import QuotedOperand
from byline.retrieval.articles.article import Article
from byline.retrieval.kinds.comparisons import comparison_plan
from byline.retrieval.kinds.coordination import clauses_of, halves_of
from byline.retrieval.kinds.quantities import in_words, quantities
from byline.retrieval.service import Service
from tests.test_service import served

NORTH = Article("north", "", "北岗小学今年招收一年级新生214人，分5个班。操场也翻修了。")
SOUTH = Article("south", "", "南岗小学今年招收一年级新生186人，分4个班。食堂也扩建了。")
WEIGHT = Article("weight", "", "石门镇收购了2.5吨茶叶。沙溪镇收购了900公斤茶叶。")
PRICES = Article("prices", "", "书展日场票、夜场票售价分别为10元、5元，现场不设售票点。")
UNLIKE = Article("unlike", "", "柳河水库总投资3200万元。青河水库工期18个月。")
NOISE = [Article(f"n{i}", "", f"市里第{i}次会议讨论了道路和照明。会议持续{i}小时。") for i in range(12)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = served(tmp_path_factory.mktemp("comparing"), NORTH, SOUTH, WEIGHT, PRICES, UNLIKE, *NOISE)
    yield service
    service.close()


@pytest.mark.parametrize(
    ("question", "operation", "value"),
    [
        ("北岗小学和南岗小学哪个招收新生人数多？", "compare", "北岗小学"),
        ("北岗小学和南岗小学哪个招收新生人数少？", "compare", "南岗小学"),
        ("书展日场票和夜场票哪个便宜？", "compare", "书展夜场票"),
        ("石门镇收购茶叶和沙溪镇收购茶叶哪个重？", "compare", "石门镇收购茶叶"),
    ],
)
def test_the_larger_or_smaller_is_named_and_both_amounts_are_quoted(
    service: Service, question: str, operation: str, value: str
) -> None:
    answer = service.ask(question)
    assert answer.derived is not None
    assert (answer.derived.operation, answer.short_answer) == (operation, value)
    cited = {citation.number: citation for citation in answer.citations}
    for operand in answer.derived.operands:
        assert isinstance(operand, QuotedOperand)
        citation = cited[operand.citation]
        text = service.store.article(citation.article_id).text
        assert citation.start <= operand.start < operand.end <= citation.end
        assert any(character.isdigit() for character in text[operand.start : operand.end])


def test_unlike_units_are_quoted_side_by_side_and_nothing_is_derived(service: Service) -> None:
    answer = service.ask("柳河水库总投资和青河水库工期哪个大？")
    assert answer.answered
    assert answer.derived is None
    assert "3200万元" in answer.answer
    assert "18个月" in answer.answer


@pytest.mark.parametrize(
    ("question", "parts", "operation"),
    [
        ("甲县和乙县的粮食产量相差多少？", ("甲县的粮食产量是多少？", "乙县的粮食产量是多少？"), "difference"),
        ("甲县的产量是乙县的产量的几倍？", ("甲县的产量是多少？", "乙县的产量是多少？"), "ratio"),
        (
            "赖某、侯某、柯某谁的支持度最高？",
            ("赖某的支持度是多少？", "侯某的支持度是多少？", "柯某的支持度是多少？"),
            "compare",
        ),
        (
            "二季度是中式餐馆增长快还是非中式餐馆？",
            ("二季度中式餐馆的增长是多少？", "二季度非中式餐馆的增长是多少？"),
            "compare",
        ),
    ],
)
def test_question_that_compares_asks_for_the_amount_of_each(
    question: str, parts: tuple[str, ...], operation: str
) -> None:
    plan = comparison_plan(question, {})
    assert plan is not None
    assert (plan.operation, tuple(part.question for part in plan.parts)) == (operation, parts)


@pytest.mark.parametrize("question", ["哪个小学最大？", "猪肉价格下降了多少？", "谁的支持度最高？"])
def test_question_about_one_thing_compares_nothing(question: str) -> None:
    assert comparison_plan(question, {}) is None


@pytest.mark.parametrize(
    ("text", "measure", "amount"),
    [
        ("1.26亿吨", "克", 1.26e14),
        ("900公斤", "克", 9e5),
        ("一万八千人", "", 10_000.0),
        ("三百二十公里", "米", 320_000.0),
        ("百分之三十", "%", 30.0),
        ("1,284人", "人", 1284.0),
        ("2个百分点", "百分点", 2.0),
        ("3.5万余元", "元", 35_000.0),
    ],
)
def test_amount_is_read_in_the_unit_of_its_kind(text: str, measure: str, amount: float) -> None:
    first = next(quantities(text))
    assert (first.measure, first.amount) == (measure, pytest.approx(amount))


def test_a_date_is_no_amount() -> None:
    assert [one.amount for one in quantities("2023年8月3日8时，5人")] == [5.0]


def test_amounts_are_written_as_people_do() -> None:
    assert [in_words(amount) for amount in (28.0, 12_500.0, 1.26e8, 0.75)] == ["28", "1.25万", "1.26亿", "0.75"]


def test_what_is_asked_twice_is_two_questions_about_one_thing() -> None:
    parts = clauses_of("平原县地震是几级，震源多深？")
    assert [part.question for part in parts] == ["平原县地震是几级？", "平原县地震，震源多深？"]
    two = clauses_of("菜市场几点开门？北门游泳馆夏天的票价多少？")
    assert [part.question for part in two] == ["菜市场几点开门？", "北门游泳馆夏天的票价多少？"]
    assert clauses_of("平原县地震震源多深？") == ()


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("上海和北京2021年的GDP分别是多少？", ["上海2021年的GDP是多少？", "北京2021年的GDP是多少？"]),
        ("电影《搜救》的导演和主演是谁？", ["电影《搜救》的导演是谁？", "电影《搜救》的主演是谁？"]),
        ("大学2022年和2023年录取了多少人？", ["大学2022年录取了多少人？", "大学2023年录取了多少人？"]),
        ("速度与激情10内地和北美的上映时间", ["速度与激情10内地的上映时间", "速度与激情10北美的上映时间"]),
        ("北京和上海之间的距离是多少？", []),
        ("中国和美国为什么加征关税？", []),
        ("“和平与发展”是谁提出的？", []),
    ],
)
def test_what_is_asked_of_two_is_asked_of_each(question: str, parts: list[str]) -> None:
    assert [part.question for part in halves_of(question, {})] == parts
