from __future__ import annotations

import pytest

from byline.retrieval.articles.formats.plain_text import read_plain_text
from byline.retrieval.articles.layout.masthead import Masthead, masthead_of
from tests.articles.layout.test_newspaper import FERRY, LAKE, SCHOOL


@pytest.mark.parametrize(
    ("lines", "masthead"),
    [
        (["02", "要闻", "2023年7月28日 星期五", "责任编辑:何静 美术编辑:吴倩"], Masthead("", "第2版 要闻")),
        (["白鹭江日报 2023年7月28日 星期五 第2版 要闻"], Masthead("白鹭江日报", "第2版 要闻")),
        (["芦滩晚报", "03版 综合"], Masthead("芦滩晚报", "第3版 综合")),
        (["A02 要闻"], Masthead("", "第A02版 要闻")),
        (["乡土"], Masthead("", "")),
        (["责任编辑 何静 电话 0951-6045678"], Masthead("", "")),
    ],
)
def test_head_of_a_page_names_paper_and_edition(lines: list[str], masthead: Masthead) -> None:
    assert masthead_of(lines) == masthead


def one_page(head: str) -> str:
    ferry = ["老码头换新颜", "□本报记者 沈一舟", *FERRY]
    return "\n\n".join([head, *ferry, "山坳里办起夜校", "□本报记者 罗一青", *SCHOOL])


def test_every_article_keeps_paper_edition_and_day_of_its_page() -> None:
    page = one_page("白鹭江日报 2023年7月28日 星期五 第2版 要闻")
    found = read_plain_text(page.encode(), path="a.txt").articles
    assert [(one.source, one.edition, one.published) for one in found] == [
        ("白鹭江日报", "第2版 要闻", "2023-07-28")
    ] * 2


def test_pages_in_one_file_keep_their_own_heads() -> None:
    second = "\n\n".join(
        ["白鹭江日报 2023年7月29日 星期六 第5版 乡土", "五万尾鱼苗放流清水湖", "□本报记者 陶远", *LAKE]
    )
    text = one_page("白鹭江日报 2023年7月28日 星期五 第2版 要闻") + "\n\n" + second
    found = read_plain_text(text.encode(), path="a.txt").articles
    assert [(one.edition, one.published) for one in found] == [
        ("第2版 要闻", "2023-07-28"),
        ("第2版 要闻", "2023-07-28"),
        ("第5版 乡土", "2023-07-29"),
    ]
