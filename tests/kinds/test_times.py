"""Answers that follow from the times of events, over a small archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from byline.retrieval.answers.answer import Answer, FieldOperand, QuotedOperand, from_json, to_json
from byline.retrieval.articles.article import Article
from byline.retrieval.service import AskRequest, Service
from tests.test_service import served

FERRY = Article("ferry", "沙湾渡口", "停航两年后，沙湾渡口复航仪式于2023年7月3日举行。渡口每天开行二十六班。")
CANTEEN = Article(
    "canteen", "石桥食堂", "石桥社区食堂昨天开张，居民排队用餐。食堂每天供餐430份。", published="2023-07-21"
)
SCHOOL = Article("school", "白石小学", "白石小学新楼启用，3月8日搬入。新楼有三十间教室。", published="2022-03-10")
WELL = Article("well", "老井", "青田村老井修复完成，村民又喝上井水。", "")
NOISE = [Article(f"n{i}", "", f"市里第{i}次会议讨论了道路和照明。会议持续{i}小时。") for i in range(12)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = served(tmp_path_factory.mktemp("times"), FERRY, CANTEEN, SCHOOL, WELL, *NOISE)
    yield service
    service.close()


def operands_of(service: Service, answer: Answer) -> list[str]:
    """What each operand is, read back from the article it is said to stand in."""
    assert answer.derived is not None
    cited = {citation.number: citation for citation in answer.citations}
    said = []
    for operand in answer.derived.operands:
        article = service.store.article(cited[operand.citation].article_id)
        if isinstance(operand, FieldOperand):
            assert operand.value == getattr(article, operand.field)
            said.append(f"{operand.field} {operand.value}")
        else:
            citation = cited[operand.citation]
            assert citation.start <= operand.start < operand.end <= citation.end
            said.append(article.text[operand.start : operand.end])
    return said


def test_first_of_two_is_told_by_the_dates_their_sentences_name(service: Service) -> None:
    answer = service.ask("沙湾渡口复航和石桥社区食堂开张，哪个更早？")
    assert answer.answered
    assert answer.derived is not None
    assert (answer.derived.operation, answer.short_answer) == ("order", "沙湾渡口复航")
    assert operands_of(service, answer) == ["2023年7月3日", "昨天", "published 2023-07-21"]
    assert answer.citations[0].article_id == "ferry"
    assert all(citation.evidence for citation in answer.citations)


def test_last_of_three_takes_a_year_from_the_article_where_the_text_names_none(service: Service) -> None:
    answer = service.ask("沙湾渡口复航、石桥社区食堂开张、白石小学新楼启用，哪个最晚？")
    assert answer.short_answer == "石桥社区食堂开张"
    assert "published 2022-03-10" in operands_of(service, answer)
    assert "3月8日" in operands_of(service, answer)


@pytest.mark.parametrize(("unit", "value"), [("天", "不是同一天"), ("个月", "是，同一个月"), ("年", "是，同一年")])
def test_same_day_month_and_year(service: Service, unit: str, value: str) -> None:
    answer = service.ask(f"沙湾渡口复航和石桥社区食堂开张是同一{unit}吗？")
    assert answer.derived is not None
    assert (answer.derived.operation, answer.short_answer, answer.derived.value) == ("same", value, value)


def test_interval_is_counted_in_the_unit_asked_for(service: Service) -> None:
    answer = service.ask("沙湾渡口复航和石桥社区食堂开张相隔多少天？")
    assert answer.short_answer == "17天"


def test_how_long_ago_is_counted_from_the_day_of_asking(service: Service) -> None:
    request = AskRequest("沙湾渡口复航距今多少年？", asked_at=date(2026, 5, 1))
    assert service.ask(request).short_answer == "3年"


def test_nothing_follows_where_one_event_is_not_told(service: Service) -> None:
    answer = service.ask("沙湾渡口复航和翠屏隧道塌方，哪个更早？")
    assert (answer.answered, answer.derived, answer.short_answer) == (False, None, None)
    assert "翠屏隧道塌方" in answer.answer
    assert "2023年7月3日" in answer.answer
    assert not any(citation.evidence for citation in answer.citations)


def test_an_event_without_a_date_is_named(service: Service) -> None:
    answer = service.ask("沙湾渡口复航和青田村老井修复完成，哪个更早？")
    assert not answer.answered
    assert "青田村老井修复完成" in answer.answer


def test_a_derived_answer_is_kept_and_read_back_whole(service: Service) -> None:
    answer = service.ask("沙湾渡口复航和石桥社区食堂开张，哪个更早？")
    assert from_json(to_json(answer)) == answer
    assert {type(operand) for operand in answer.derived.operands if answer.derived} == {QuotedOperand, FieldOperand}


def test_the_time_of_asking_decides_which_year_is_meant(tmp_path: Path) -> None:
    told = [
        Article(f"y{year}", f"{year}年度账目", f"{year}年全县接待游客{year - 1700}万人次。", published=f"{year}-12-30")
        for year in (2021, 2022, 2023)
    ]
    service = served(tmp_path, *told)
    for asked, right in ((date(2023, 5, 1), "y2022"), (date(2024, 5, 1), "y2023")):
        answer = service.ask(AskRequest("去年全县接待游客多少？", asked_at=asked))
        assert answer.citations[0].article_id == right
        assert answer.understood is not None
        assert answer.understood.question == f"{asked.year - 1}年全县接待游客多少？"
        assert (answer.understood.after, answer.understood.before) == (
            f"{asked.year - 1}-01-01",
            f"{asked.year - 1}-12-31",
        )
        assert answer.understood.otherwise == "全县接待游客多少？"
    service.close()


def test_nobody_said_when_and_no_article_is_of_that_year_then_each_article_speaks_of_its_own(tmp_path: Path) -> None:
    service = served(tmp_path, Article("old", "账目", "去年全县接待游客316万人次。", published="1998-01-15"))
    answer = service.ask("去年全县接待游客多少？")
    assert answer.understood is not None
    assert (answer.understood.question, answer.understood.after) == ("去年全县接待游客多少？", None)
    assert answer.understood.otherwise == f"{date.today().year - 1}年全县接待游客多少？"
    service.close()
    recent = Article("new", "账目", "全县接待游客352万人次。", published=f"{date.today().year - 1}-12-30")
    service = served(tmp_path / "two", recent)
    answer = service.ask("去年全县接待游客多少？")
    assert answer.understood is not None
    assert answer.understood.question == f"{date.today().year - 1}年全县接待游客多少？"
    service.close()


def test_the_day_of_an_event_is_told_by_another_article(service: Service, tmp_path: Path) -> None:
    goals = [
        Article(f"g{day}", "", f"2023年7月{day}日，县队比赛进了{day}个球。", published=f"2023-07-{day:02d}")
        for day in (2, 3, 4)
    ]
    asking = served(tmp_path, FERRY, *goals, *NOISE)
    answer = asking.ask("沙湾渡口复航仪式举行当天，县队比赛进了几个球？")
    assert answer.citations[0].article_id == "g3"
    assert answer.citations[-1].article_id == "ferry"
    assert "2023年7月3日" in answer.answer
    unknown = asking.ask("翠屏隧道贯通当天，县队比赛进了几个球？")
    assert unknown.answer.startswith("没有文章写明“翠屏隧道贯通”是哪一天")
    asking.close()
