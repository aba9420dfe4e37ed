import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.formats.markdown import read_markdown
from byline.retrieval.errors import UnreadableFile

WHOLE = """---
title: "雾中的邮路: 三十一年"
authors: [林一, 陈二]
date: 2023-07-28
source: 山城邮报
url: https://example.org/1
---

# 老林

清晨五点，**山城**的雾还没有散，见[地图](https://example.org/map)。
老林已经出门了。

## 一辆三轮车

- 课本
- 药品

| 路 | 分钟 |
|----|------|
| 山路 | 90 |
| 航线 | 12 |
"""


def read(text: str) -> tuple[Reading, Article]:
    reading = read_markdown(text.encode(), path="a.md")
    (article,) = reading.articles
    return reading, article


def test_front_matter_says_who_when_and_where() -> None:
    _, article = read(WHOLE)
    assert article.title == "雾中的邮路: 三十一年"
    assert article.byline == "林一 陈二"
    assert article.published == "2023-07-28"
    assert article.source == "山城邮报"
    assert article.url == "https://example.org/1"


def test_markup_goes_words_stay_and_headings_are_marked() -> None:
    reading, article = read(WHOLE)
    assert article.text.split("\n") == [
        "老林",
        "清晨五点，山城的雾还没有散，见地图。老林已经出门了。",
        "一辆三轮车",
        "课本",
        "药品",
        "路 | 分钟",
        "山路 | 90",
        "航线 | 12",
    ]
    assert [article.text[start:end] for start, end in article.subheads] == ["老林", "一辆三轮车"]
    assert [part.text for part in reading.left_out] == ["https://example.org/map"]


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    _, article = read("# 老林\n\n正文。\n\n# 第二章\n\n又一段。")
    assert article.title == "老林"
    assert article.text == "正文。\n第二章\n又一段。"


def test_english_lines_join_with_a_space_and_hard_breaks_stay() -> None:
    _, article = read("One line\nruns on.  \nThis one was broken.")
    assert article.text == "One line runs on.\nThis one was broken."


def test_paragraphs_know_where_they_stood() -> None:
    _, article = read(WHOLE)
    span = next(span for span in article.origin if article.text[span.start : span.end] == "课本")
    assert span.file_start is not None
    assert WHOLE[span.file_start :].startswith("课本")


def test_bad_front_matter_is_a_fault_and_the_body_is_read() -> None:
    reading, article = read("---\ntitle: [\n---\n正文。")
    assert article.text == "正文。"
    assert "not YAML" in reading.faults[0]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    _, article = read("---\n\n正文。\n\n---\n\n又一段。")
    assert "正文。" in article.text


def test_an_alias_bomb_in_front_matter_is_harmless() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{at}: &a{at} [*a{at - 1}, *a{at - 1}]\n" for at in range(1, 40))
    _, article = read(f"---\n{bomb}title: 题\n---\n正文。")
    assert article.title == "题"


def test_nothing_but_markup_is_unreadable() -> None:
    with pytest.raises(UnreadableFile, match="nothing but markup"):
        read_markdown(b"***\n\n<br>\n", path="a.md")


@settings(deadline=None)
@given(st.text(alphabet="#*_`[]()>-|\\\n\t 甲a1<&!~:", max_size=300))
def test_any_markup_is_read_or_refused(text: str) -> None:
    try:
        _, article = read(text)
    except UnreadableFile:
        return
    for start, end in article.subheads:
        assert 0 <= start < end <= len(article.text)
