from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.text.dates import (
    FoundDate,
    Where,
    date_in_path,
    date_on_page,
    dated_among,
    parse_date,
    published_of,
)


@pytest.mark.parametrize(
    "said",
    [
        "2023-07-28",
        "2023-07-28T10:00:00+08:00",
        "2023/7/28 10:05",
        "2023.07.28",
        "20230728",
        "20230728T1000",
        "2023年7月28日",
        "2023 年 07 月 28 日 星期五",
        "28 July 2023",
        "July 28, 2023",
        "28th Jul 2023",
        "Fri, 28 Jul 2023 10:00:00 +0800",
        "发布时间：2023-07-28 来源：山城邮报",
    ],
)
def test_whole_dates_are_read_in_every_usual_notation(said: str) -> None:
    assert parse_date(said) == "2023-07-28"


@pytest.mark.parametrize(
    "said", ["", "2023", "2023-07", "July 2023", "7月28日", "2023-13-01", "2023-02-30", "电话 20239999"]
)
def test_what_is_no_whole_date_gives_none(said: str) -> None:
    assert parse_date(said) is None


@settings(deadline=None)  # machines under load take their time
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_its_own_notation(day: date) -> None:
    for said in (
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%d %B %Y"),
    ):
        assert parse_date(said) == day.isoformat()


@settings(deadline=None)  # machines under load take their time
@given(st.text(max_size=200))
def test_no_text_makes_it_fail(said: str) -> None:
    parse_date(said)
    published_of(said, said, said.replace("\0", ""))


def test_metadata_goes_before_the_path_and_the_path_before_the_dateline() -> None:
    text = "新华社北京2023年7月26日电 记者获悉"
    assert published_of("2023-07-28", text, "2023-07-27.txt") == FoundDate("2023-07-28", "metadata")
    assert published_of(None, text, "2023-07-27.txt") == FoundDate("2023-07-27", "file name")
    assert published_of(None, text, "a.txt") == FoundDate("2023-07-26", "dateline")


def test_a_dateline_without_year_needs_one_from_the_path() -> None:
    text = "新华社北京7月28日电（记者林一）"
    assert published_of(None, text, "page.txt") is None
    assert published_of(None, text, "2023/page.txt") == FoundDate("2023-07-28", "dateline")


def test_a_date_somewhere_in_the_text_is_no_dateline() -> None:
    assert published_of(None, "他生于1962年7月28日，今年退休。", "2023/page.txt") is None


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("2023-07-28.txt", "file name"),
        ("山城邮报20230728第3版.pdf", "file name"),
        ("2023年7月28日/page.txt", "folder name"),
        ("news/2023/07/28/page.txt", "folder name"),
    ],
)
def test_paths_say_the_date(path: str, where: str) -> None:
    found = date_in_path(path)
    assert found is not None
    assert (found.iso, found.where) == ("2023-07-28", where)


@pytest.mark.parametrize(
    "path", ["", "1234567890.txt", "report-2023.pdf", "IMG_99999999.txt", "a/b/c.txt", "120230728.txt"]
)
def test_other_numbers_in_paths_are_no_dates(path: str) -> None:
    assert date_in_path(path) is None


def test_timestamps_of_web_interfaces_are_understood() -> None:
    moment = datetime(2023, 7, 28, 12, tzinfo=UTC).timestamp()
    assert published_of(int(moment), "", "") == FoundDate("2023-07-28", "metadata")
    assert published_of(int(moment * 1000), "", "") == FoundDate("2023-07-28", "metadata")
    assert published_of(20230728, "", "") == FoundDate("2023-07-28", "metadata")
    assert published_of(7, "", "") is None
    assert published_of(True, "", "") is None


@pytest.mark.parametrize(
    "opening",
    [
        "中新网8月14日电 （记者 王坚）广州市科技局近日公布",
        "新华社北京8月14日电（记者韩佳诺、魏玉坤）国家统计局服务业调查中心",
        "IT之家 8 月 14 日消息，京东集团今日发布 Q2 财报",
        "本报讯（记者 林一）8月14日，石桥社区食堂开张一百天",
        "本報訊 8月14日，石橋社區食堂開張",
        "Play Video0:03/0:21 新华社北京8月14日电（记者魏玉坤）国家统计局",
        "(Reuters) - Aug 14 The ferry is back.",
        "LONDON, Aug 14 (Reuters) - The ferry is back.",
        "BEIJING, August 14 (Xinhua) -- The ferry is back.",
    ],
)
def test_datelines_of_agencies_and_papers_are_read(opening: str) -> None:
    assert published_of(None, opening, "2023/page.txt") == FoundDate("2023-08-14", "dateline")
    assert published_of(None, opening, "", year_from="archive-2023.jsonl") == FoundDate("2023-08-14", "dateline")
    assert published_of(None, opening, "page.txt") is None


@pytest.mark.parametrize(
    "opening",
    [
        "据路透社8月14日报道，印度尼西亚官员说",
        "據《羅盤報》網站8月14日報道，官員說",
        "8月14日下午，国防部举行例行记者会",
        "The Aug 14 meeting (in Reuters' words) was long.",
        "x" * 101 + "新华社北京8月14日电",
    ],
)
def test_what_others_reported_and_what_happened_then_is_no_dateline(opening: str) -> None:
    assert published_of(None, opening, "2023/page.txt") is None


def test_the_page_gives_the_year_and_where_there_is_no_dateline_the_day() -> None:
    assert published_of(None, "新华社北京8月14日电 记者", "", page="2023-08-15") == FoundDate("2023-08-14", "dateline")
    assert published_of(None, "新华社北京12月31日电 记者", "", page="2024-01-01") == FoundDate("2023-12-31", "dateline")
    assert published_of(None, "新华社北京1月1日电 记者", "", page="2023-12-31") == FoundDate("2024-01-01", "dateline")
    assert published_of(None, "石桥社区食堂开张一百天。", "", page="2023-08-15") == FoundDate("2023-08-15", "page")
    assert published_of(None, "石桥社区食堂开张一百天。", "2023-08-01.txt", page="2023-08-15") == FoundDate(
        "2023-08-01", "file name"
    )


def test_a_stamp_taken_over_with_the_text_gives_the_year_and_the_day() -> None:
    stamped = "[              2023/07/20  16:08              ]，正文：中国经济网北京7月19日讯\xa0在中欧基金举办的会上"
    assert published_of(None, stamped, "") == FoundDate("2023-07-19", "dateline")
    stamped = "http://www.gd.chinanews.com\xa0\xa0\xa02023年07月17日 17:41\xa0\xa0来源：某网，正文：今年第一季度"
    assert published_of(None, stamped, "") == FoundDate("2023-07-17", "page")
    assert published_of(None, "2023年7月28日上午，法院公开宣判", "") is None


def test_the_date_on_a_page_is_one_or_none() -> None:
    assert date_on_page(["A03", "山城邮报 2023年7月28日 星期五", "第3版 2023-07-28"]) == "2023-07-28"
    assert date_on_page(["2023年7月28日", "2023年7月29日"]) is None
    assert date_on_page(["他在2023年7月28日" + "说" * 80]) is None
    assert date_on_page([]) is None


def test_an_undated_article_takes_its_year_from_those_around_it_only_if_one_year_fits() -> None:
    text = "新华社北京8月14日电（记者林一）"
    assert dated_among(text, ["2023-08-01", "2023-08-20"]) == FoundDate("2023-08-14", "dateline")
    assert dated_among("中新网12月30日电 记者", ["2024-01-02"]) == FoundDate("2023-12-30", "dateline")
    assert dated_among(text, ["2023-02-01", "2023-03-20"]) is None
    assert dated_among(text, ["2022-08-01", "2023-09-20"]) is None
    assert dated_among(text, []) is None
    assert dated_among("石桥社区食堂开张。", ["2023-08-01"]) is None


@pytest.mark.parametrize(
    ("where", "said"),
    [("metadata", "given"), ("file name", "file"), ("folder name", "file"), ("page", "page"), ("dateline", "dateline")],
)
def test_an_article_says_where_its_date_is_from(where: Where, said: str) -> None:
    assert FoundDate("2023-07-28", where).published_from == said
