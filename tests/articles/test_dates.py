from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.articles.dates import FoundDate, date_in_path, parse_date, published_of


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
