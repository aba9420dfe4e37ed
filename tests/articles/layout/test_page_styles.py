"""Pages of our own articles in the styles of many papers."""

from __future__ import annotations

import pytest

from byline.retrieval.articles.formats.plain_text import read_plain_text
from tests.articles.layout.page_styles import STYLES
from tests.articles.layout.styled_pages import make_styled
from tests.articles.layout.test_newspaper import OWN, flat


@pytest.mark.parametrize("name", STYLES)
def test_pages_of_every_style_are_told_apart(name: str) -> None:
    bodies = titles = bylines = gold_count = 0
    for seed in range(3):
        for lines, golds in make_styled(OWN, name, seed):
            text = "".join(line + "\n" for line, _ in lines)
            found = read_plain_text(text.encode(), path="").articles
            gold_count += len(golds)
            for gold in golds:
                words = flat("".join(gold.paragraphs))
                match = next((one for one in found if words[:30] in flat(one.text)), None)
                extra = sum(map(len, gold.subheads)) + 40
                bodies += match is not None and abs(len(flat(match.text)) - len(words)) <= extra
                titles += match is not None and flat(match.title) == flat(gold.title)
                bylines += match is not None and gold.byline in match.byline
    assert min(bodies, titles, bylines) >= 0.8 * gold_count, (bodies, titles, bylines, gold_count)


def test_labelled_fields_reach_their_articles() -> None:
    text = "".join(
        f"标题：{title}\n作者：{who}\n时间：2023-07-28\n来源：白鹭江日报\n正文：\n{body}\n\n"
        for title, who, body in (
            ("十二座水库汛前检查全部完成", "陈立", OWN[0].text),
            ("乡村篮球赛在柳林镇开哨", "周启明", OWN[1].text),
        )
    )
    found = read_plain_text(text.encode(), path="a.txt").articles
    assert [(one.title, one.byline, one.published, one.published_from, one.source) for one in found] == [
        ("十二座水库汛前检查全部完成", "陈立", "2023-07-28", "given", "白鹭江日报"),
        ("乡村篮球赛在柳林镇开哨", "周启明", "2023-07-28", "given", "白鹭江日报"),
    ]
    assert [one.text for one in found] == [OWN[0].text, OWN[1].text]


def test_page_says_how_sure_it_is() -> None:
    for lines, _ in make_styled(OWN, "box", 1):
        reading = read_plain_text("".join(line + "\n" for line, _ in lines).encode(), path="")
        assert reading.confidence is not None
        assert 0 < reading.confidence <= 1
