import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.formats.html import read_html
from byline.retrieval.errors import UnreadableFile
from tests.articles.samples import ENGLISH, SIMPLIFIED, TRADITIONAL

PAGE = """<!doctype html><html><head><meta charset="{charset}"><title>雾中的邮路 - 山城网</title>{head}</head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/n">新闻</a></li></ul></nav>
<article><h1>雾中的邮路</h1>{line}<p>{first}</p><h2>一辆三轮车</h2><p>{second}</p>
<table><tr><th>路</th><th>分钟</th></tr><tr><td>航线</td><td>12</td></tr></table></article>
<footer>版权所有 山城网 保留一切权利</footer><script>var secret = 1;</script></body></html>"""
HALF = len(SIMPLIFIED) // 2


def page(*, charset: str = "utf-8", head: str = "", line: str = "", first: str = SIMPLIFIED[:HALF]) -> str:
    return PAGE.format(charset=charset, head=head, line=line, first=first, second=SIMPLIFIED[HALF:])


def read(markup: str, encoding: str = "utf-8") -> tuple[Reading, Article]:
    reading = read_html(markup.encode(encoding), path="a.html")
    (article,) = reading.articles
    return reading, article


def test_the_main_text_is_found_and_the_rest_is_told_as_left_out() -> None:
    reading, article = read(page())
    assert article.title == "雾中的邮路"
    assert article.text.split("\n") == [SIMPLIFIED[:HALF], "一辆三轮车", SIMPLIFIED[HALF:], "路 | 分钟", "航线 | 12"]
    assert [article.text[start:end] for start, end in article.subheads] == ["一辆三轮车"]
    left_out = "".join(part.text for part in reading.left_out)
    assert "首页" in left_out
    assert "版权所有" in left_out
    assert "secret" not in left_out + article.text


def test_a_short_chinese_page_does_not_take_the_navigation_along() -> None:
    _, article = read(page(first="雾还没有散，老林已经把第一辆三轮车装满了，车上有课本。"))
    assert "首页" not in article.text


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2023-07-28T10:00:00+08:00">'
        '<meta name="author" content="林一">',
        '<meta name="PubDate" content="2023-07-28"><meta name="author" content="林一">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2023-07-28",'
        ' "author": [{"name": "林一"}]}</script>',
    ],
)
def test_author_and_date_come_from_the_page_s_metadata(head: str) -> None:
    _, article = read(page(head=head))
    assert article.published == "2023-07-28"
    assert article.byline == "林一"


def test_the_line_under_the_headline_says_date_and_author() -> None:
    _, article = read(page(line="<div>2023年07月28日 10:05 来源：山城邮报 作者：林一</div>"))
    assert article.published == "2023-07-28"
    assert article.byline == "林一"


def test_a_date_is_never_invented() -> None:
    _, article = read(page(line="<p>建于1932年7月28日的老邮局</p>").replace("版权所有", "© 2021-03-04 版权所有"))
    assert article.published is None


@pytest.mark.parametrize(("charset", "encoding"), [("gb2312", "gb18030"), ("GBK", "gb18030"), ("utf-8", "utf-8")])
def test_the_declared_encoding_is_read(charset: str, encoding: str) -> None:
    _, article = read(page(charset=charset), encoding)
    assert SIMPLIFIED[:HALF] in article.text


def test_a_wrong_declaration_gives_way_to_what_the_bytes_say() -> None:
    _, article = read(page(charset="utf-8"), "gb18030")
    assert SIMPLIFIED[:HALF] in article.text
    reading = read_html(page(charset="big5", first=TRADITIONAL).encode("utf-16"), path="a.html")
    assert TRADITIONAL in reading.articles[0].text


def test_quotes_of_the_source_stay() -> None:
    _, article = read(page(first=ENGLISH))
    assert ENGLISH in article.text


@pytest.mark.parametrize("markup", ["<html></html>", "<!-- -->", "<script>x()</script>", "<p> </p>"])
def test_a_page_without_text_is_unreadable(markup: str) -> None:
    with pytest.raises(UnreadableFile, match="no running text"):
        read(markup)


def test_deep_nesting_ends_in_articles_or_one_error() -> None:
    with_text = "<div>" * 20_000 + SIMPLIFIED
    try:
        _, article = read(with_text)
    except UnreadableFile:
        return
    assert article.text


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="<>/=\"'&;p div甲a\n!-", max_size=300))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    try:
        _, article = read(markup)
    except UnreadableFile:
        return
    assert article.text.strip()
