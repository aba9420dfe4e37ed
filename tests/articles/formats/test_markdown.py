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


def test_html_inside_markdown_is_read_for_what_it_shows() -> None:
    table = "<table><tr><td>栈桥</td><td>136米</td></tr></table>"
    _, article = read(f"# 渡口\n\n正文。\n\n{table}\n\n<div>总投资<!-- a -->1860万元。</div>\n\n末段。")
    assert article.text.split("\n") == ["正文。", "栈桥", "136米", "总投资1860万元。", "末段。"]


def test_footnotes_come_after_the_text_and_their_marks_go() -> None:
    reading, article = read("正文[^1]还有。\n\n[^1]: 据县志,渡口始建于光绪年间。\n\n末段。")
    assert article.text == "正文还有。\n末段。\n据县志,渡口始建于光绪年间。"
    assert not reading.left_out


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: 渡口: 一百年的等候\ndate: 2023-07-28\n---\n",
        '+++\ntitle = "渡口: 一百年的等候"\ndate = 2023-07-28T10:00:00+08:00\n+++\n',
        "title: '渡口: 一百年的等候'\ndate: 2023-07-28 10:00:00\ntags:\n- 渡口\n---\n",
    ],
)
def test_front_matter_of_any_program_is_read_and_a_bad_line_costs_itself(front: str) -> None:
    reading, article = read(f"{front}正文。")
    assert (article.title, article.published, article.text) == ("渡口: 一百年的等候", "2023-07-28", "正文。")
    assert not reading.faults


def test_toml_that_is_none_is_a_fault() -> None:
    reading, article = read("+++\ntitle = \n+++\n正文。")
    assert article.text == "正文。"
    assert "not TOML" in reading.faults[0]


def test_labels_under_the_title_and_short_codes_are_no_text() -> None:
    reading, article = read(
        "# 渡口\n\n作者:林舟\n\n日期：2023-07-28\n\n正文{{< figure src=a.png >}}如此。\n\n问: 何时？"
    )
    assert (article.byline, article.published, article.text) == ("林舟", "2023-07-28", "正文如此。\n问: 何时？")
    assert "{{< figure src=a.png >}}" in [part.text for part in reading.left_out]


def test_a_blank_cell_keeps_its_place() -> None:
    _, article = read("| 所 | 天平 | 离心机 |\n|---|---|---|\n| 西所 | | 9 |\n")
    assert article.text == "所 | 天平 | 离心机\n西所 | | 9"
