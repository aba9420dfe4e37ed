from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.articles.titles import MAX_TITLE_COLUMNS, title_of, titled


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("新华社山城7月27日电（记者林一、陈二）沙湾渡口二十七日恢复通航。票价两元。", "沙湾渡口二十七日恢复通航"),
        ("本报讯（记者 何静）县图书馆夜读专场亮灯到十点。", "县图书馆夜读专场亮灯到十点"),
        ("据统计，去年上半年全省规模以上企业增加值同比增长百分之五点六，其中装备制造业增长最快，达百分之十以上。",
         "据统计，去年上半年全省规模以上企业增加值同比增长百分之五点六"),
        ("The ferry left at seven. Forty people stood on deck.", "The ferry left at seven"),
        ("一段没有停顿的文字" * 9, ("一段没有停顿的文字" * 9)[:35] + "…"),
        ("＊＊＊\n西站停电，改乘5路。", "西站停电，改乘5路"),
    ],
)  # fmt: skip
def test_a_text_without_headline_is_called_by_its_first_sentence_cut_at_a_natural_place(text: str, title: str) -> None:
    assert title_of(text, "a.txt") == (title, "text")


def test_what_has_no_words_is_called_by_its_file_and_without_one_by_itself() -> None:
    assert title_of("———", "稿件/2023_年度报告.v2.txt") == ("2023_年度报告", "file")
    assert title_of("———", "") == ("———", "text")
    for name in ("telegram-12.txt", "0f3a9c77d1e2.txt", "2023-07-28.txt", "未命名 2.txt"):
        assert title_of("———", name) == ("———", "text")


@pytest.mark.parametrize(
    "line", ["原标题：渡口复航", "（原标题：渡口复航）", "【原题: “渡口复航”】", "原标题为《渡口复航》"]
)
@pytest.mark.parametrize("where", [0, 2])
def test_an_original_title_is_the_title(line: str, where: int) -> None:
    lines = ["停航两年的渡口复航。", "票价两元。"]
    lines.insert(where, line)
    assert title_of("\n".join(lines)) == ("渡口复航", "title")


def test_a_derived_title_changes_no_id_and_a_printed_one_is_kept() -> None:
    text = "西站停电，改乘5路。"
    named = titled(Article(content_id("", "", text), "", text))
    assert (named.id, named.title, named.title_from, named.printed_title) == (
        content_id("", "", text), "西站停电，改乘5路", "text", "",
    )  # fmt: skip
    printed = Article("a", "题", text)
    assert titled(printed) == printed
    assert printed.printed_title == "题"


def test_every_reader_s_articles_have_a_title() -> None:
    (reading,) = read_bytes("a.jsonl", '{"text": "西站停电，改乘5路。"}'.encode())
    assert [(article.title, article.title_from) for article in reading.articles] == [("西站停电，改乘5路", "text")]


@given(text=st.text(min_size=1), name=st.text(max_size=20))
def test_any_text_has_a_title_of_one_line_that_fits(text: str, name: str) -> None:
    title, title_from = title_of(text, f"/folder/{name}")
    assert "\n" not in title
    assert bool(title) or not text.strip()
    if title_from == "text":
        assert sum(2 if char >= "\u2e80" else 1 for char in title) <= MAX_TITLE_COLUMNS
    else:
        assert title in " ".join(text.split()) or title in " ".join(PurePath(f"/folder/{name}").name.split())
