"""A text that is one article keeps every line in its order, whatever stands at its end."""

from __future__ import annotations

import pytest

from byline.retrieval.articles.formats.plain_text import read_plain_text
from byline.retrieval.articles.layout.newspaper import articles_of_page, blocks_of_text
from tests.articles.layout.page_styles import ODD_ENDS
from tests.articles.layout.styled_pages import make_styled
from tests.articles.layout.test_newspaper import BREAKFAST, FERRY, OWN, SCHOOL, lake_in_two, page, read


@pytest.mark.parametrize("end", ODD_ENDS)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n　　"], ids=["tight", "blank", "indented"])
def test_an_unfinished_last_line_stays_where_it_stands(end: str, between: str) -> None:
    text = between.join(["老码头换新颜", *FERRY, end])
    reading = articles_of_page(blocks_of_text(text))
    assert [article.text for article in reading.articles] == ["\n".join([*FERRY, end])]
    assert reading.left_out == reading.moved == ()


@pytest.mark.parametrize(
    "ends",
    [
        ["床前明月光，", "疑是地上霜。", "举头望明月，", "低头思故乡。"],
        ["一等奖 沈一舟", "二等奖 何苗 罗青山", "三等奖 魏长贵", "优秀奖 邱敏"],
        ["序号 名称 数量", "1 闸门 12扇", "2 启闭机 3台"],
        ["时间：8月4日晚7点", "地点：芦滩镇文化馆二楼", "电话：0951-6045678"],
        ["“好！”", "“再来一个！”", "台下喊"],
        ["《春潮》", "《山路弯弯》", "《渡口》"],
    ],
    ids=["poem", "prizes", "table", "notice", "quotations", "titles"],
)
def test_lists_and_poems_at_the_end_keep_their_lines(ends: list[str]) -> None:
    for title in (["两元钱的早餐摊", "本报记者 沈一舟"], ["两元钱的早餐摊"], []):
        text = "\n".join([*title, *BREAKFAST, *ends])
        (article,) = articles_of_page(blocks_of_text(text)).articles
        assert article.text.endswith("\n".join([*BREAKFAST, *ends]))


def test_made_single_articles_are_not_changed() -> None:
    for seed in range(5):
        for lines, golds in make_styled(OWN, "whole", seed):
            reading = articles_of_page(blocks_of_text("".join(line + "\n" for line, _ in lines)))
            (article,) = reading.articles
            assert "".join("\n".join(golds[0].paragraphs).split()) in "".join(article.text.split())
            assert {left.reason for left in reading.left_out} <= {"mark"}


def test_article_cut_into_telegram_messages_is_one_article() -> None:
    text = "\n".join(["老码头换新颜", *FERRY, *SCHOOL[1:]])
    reading = read_plain_text(text.encode(), path="")
    assert len(reading.articles) == 1


def test_lines_that_were_moved_are_told() -> None:
    column, rest = lake_in_two()
    reading = read(page("五万尾鱼苗放流清水湖", "□陶远", *rest, *column, "老码头换新颜", "□沈一舟", *FERRY))
    assert [moved.text for moved in reading.moved] == column
    assert all(rest[0].startswith(moved.before) for moved in reading.moved)
