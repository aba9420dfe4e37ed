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


def test_a_comment_or_instruction_costs_no_text() -> None:
    reading, article = read(
        page(first=f"总投资<!-- -->1860<!-- a -->万元,新建栈桥<?php x ?>136米。{SIMPLIFIED[:HALF]}")
    )
    assert "总投资1860万元,新建栈桥136米。" in article.text
    assert not any("投资" in part.text for part in reading.left_out)


def test_a_comment_at_the_start_of_a_block_stops_nothing() -> None:
    _, article = read('<div class="main-menu-search"><div class="date">沙湾渡口, <!-- -->七月二十八日复航</div></div>')
    assert "七月二十八日复航" in article.text
    _, article = read("<div><!-- a -->七月二十八日恢复通航</div>")
    assert article.text == "七月二十八日恢复通航"


def headed(title: str, body: str, head: str = "") -> Article:
    """An article of a page with this `<title>` and what stands above its text."""
    return read(f"<html><head><title>{title}</title>{head}</head><body>{body}<p>{SIMPLIFIED}</p></body></html>")[1]


OG_SITE = '<meta property="og:site_name" content="县报网">'
OG_CUT = '<meta property="og:title" content="渡口"复航"x">'
ANOTHER = '<h3><a href="/x">别的一条新闻标题</a></h3>'


@pytest.mark.parametrize(
    ("title", "body", "head", "found"),
    [
        ("渡口恢复通航-县报网", "<div>渡口恢复通航</div>", "", "渡口恢复通航"),
        ("渡口恢复通航_县报网_新闻频道", "", "", "渡口恢复通航"),
        ("县报网 - 渡口恢复通航", "<h2>渡口恢复通航</h2>", OG_SITE, "渡口恢复通航"),
        ('渡口"复航"少绕路_县报网', '<h1>渡口"复航"少绕路</h1>', OG_CUT, '渡口"复航"少绕路'),
        ("渡口复航后半岛的变化", f"{ANOTHER}<h2>渡口复航后半岛的变化</h2>", "", "渡口复航后半岛的变化"),
        ("山城人民政府网站", "<h2>沙湾渡口改造通过验收</h2>", "", "沙湾渡口改造通过验收"),
        ("新闻动态--学会官网", "<div>渡口学术年会举行</div><div>发布时间：2019-05-18</div>", "", "渡口学术年会举行"),
        ("渡口的早晨", "<h2>原创渡口的早晨</h2>", "", "渡口的早晨"),
        ("Ferry is back | The Post", "<h1>Ferry is back</h1>", "", "Ferry is back"),
    ],
)
def test_the_title_is_the_headline_without_the_site(title: str, body: str, head: str, found: str) -> None:
    assert headed(title, body, head).title == found


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("2019年11月25日 16:04:30", "2019-11-25"),
        ("南方都市报 2019-09-09 16:01:46", "2019-09-09"),
        ("2023年7月28日 09:10 来源:县报", "2023-07-28"),
        ("2019-05-17 | 林一", "2019-05-17"),
        ("建于1932年7月28日的老邮局", None),
        ("开馆2019年7月28日至今", None),
    ],
)
def test_the_date_stands_near_the_headline_below_any_navigation(line: str, published: str | None) -> None:
    menu = "".join(f"<li><a href=/{number}>栏目{number}</a></li>" for number in range(70))
    assert headed("渡口复航后", f"<ul>{menu}</ul><h1>渡口复航后</h1><div>{line}</div>").published == published


@pytest.mark.parametrize(
    ("head", "body", "byline"),
    [
        ('<meta name="author" content="name, email@example.com">', "<div>县报记者 林舟</div>", "林舟"),
        ('<meta name="author" content="网易">', "<div>澎湃新闻记者 段一飞 廖二</div>", "段一飞 廖二"),
        ('<meta name="author" content="责任编辑：吴三">', "", ""),
        ('<meta name="author" content="县报网"><meta property="og:site_name" content="县报网">', "", ""),
        ('<meta name="author" content="新浪科技">', "", ""),
        ('<meta name="author" content="104363">', "<div>作者：林舟</div>", "林舟"),
        ("", "<p>本报讯（记者 陈立 通讯员 赵敏）县里的渡口复航，居民出行少绕四十里路。</p>", "陈立 赵敏"),
        ("", "<div>By Jane Doe</div>", "Jane Doe"),
    ],
)
def test_the_author_is_a_person_never_the_site_or_an_editor(head: str, body: str, byline: str) -> None:
    assert headed("渡口复航后", f"<h1>渡口复航后</h1>{body}", head).byline == byline


def test_a_claim_to_rights_is_no_source_and_a_visible_one_is() -> None:
    assert headed("渡口", "", '<meta property="og:site_name" content="县报网版权所有">').source == "县报网"
    assert headed("渡口复航后", "<h1>渡口复航后</h1><div>2023-07-28 09:10 来源：山城邮报</div>").source == "山城邮报"


WECHAT = f"""<html><head><meta property="og:title" content="雾中的邮路"><meta name="author" content="林一">
<script>var ct = "1690473600"; var msg_title = '雾中的邮路';</script></head><body>
<h1 id="activity-name"> 雾中的邮路 </h1><strong id="js_name">山城邮报</strong>
<div id="js_content" style="visibility: hidden"><section style="display: none"><p>{SIMPLIFIED[:HALF]}</p></section>
<section><span>{SIMPLIFIED[HALF:]}</span></section></div><div>喜欢此内容的人还喜欢</div></body></html>"""


def test_an_article_saved_from_wechat_is_read_whole() -> None:
    reading, article = read(WECHAT)
    assert article.text.split("\n") == [SIMPLIFIED[:HALF], SIMPLIFIED[HALF:]]
    assert (article.title, article.byline, article.source) == ("雾中的邮路", "林一", "山城邮报")
    assert article.published == "2023-07-28"  # 00:00 in China is the day before in UTC
    assert "喜欢此内容的人还喜欢" in [part.text for part in reading.left_out]


def test_links_and_rights_at_the_ends_of_a_chinese_text_are_left_out() -> None:
    tail = '<p>816088<a href="/x">别处的一条热门新闻标题很长</a></p><p>山城公司 版权所有</p>'
    reading, article = read(page(line="<p>当前位置：首页 &gt; 新闻</p>").replace("</article>", f"{tail}</article>"))
    assert "别处" not in article.text
    assert "版权" not in article.text
    assert "当前位置" not in article.text
    assert any("816088" in part.text for part in reading.left_out)


def test_the_text_under_the_headline_is_taken_where_only_a_notice_was_found() -> None:
    notice = "<div><p>【免责声明】本文仅代表作者本人观点，与本网无关，请读者仅作参考，并请自行承担全部责任。</p>" * 2
    menu = "".join(f"<li><a href=/{number}>栏目{number}</a></li>" for number in range(30))
    body = f"<ul>{menu}</ul><h1>渡口复航后</h1><div class='comment-list'><p>{SIMPLIFIED}</p></div>{notice}</div>"
    _, article = read(f"<html><head><title>渡口复航后</title></head><body>{body}</body></html>")
    assert SIMPLIFIED in article.text


def test_a_blank_cell_keeps_its_place() -> None:
    table = "<table><tr><th>所</th><th>电镜</th><th>显微镜</th></tr><tr><td>西所</td><td></td><td>9</td></tr></table>"
    _, article = read(page().replace("</article>", f"{table}</article>"))
    assert "西所 | | 9" in article.text
