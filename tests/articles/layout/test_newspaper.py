from __future__ import annotations

import itertools
import json
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.layout.newspaper import articles_of_page, blocks_of_text
from byline.retrieval.articles.layout.page import Block, Line
from tests.articles.layout.page_maker import FAR, HARD, ORDINARY, Gold, Proportions, Source, make_pages, sources

OWN = list(sources(Path(__file__).with_name("own_articles.jsonl"), only_held_out=False))
FERRY = OWN[0].text.split("\n")
SCHOOL = OWN[1].text.split("\n")
LAKE = OWN[5].text.split("\n")
BREAKFAST = OWN[2].text.split("\n")


def page(*lines: str) -> str:
    return "\n\n" + "\n\n".join(lines) + "\n"


def read(text: str) -> Reading:
    return articles_of_page(blocks_of_text(text))


def only_article(text: str) -> Article:
    reading = read(text)
    assert len(reading.articles) == 1, [article.title for article in reading.articles]
    return reading.articles[0]


def test_headline_subtitle_byline_and_body_are_told_apart() -> None:
    article = only_article(page("老码头换新颜", "——芦滩镇渡口见闻", "□本报记者 沈一舟 通讯员 何苗", *FERRY))
    assert article.title == "老码头换新颜"
    assert article.subtitle == "芦滩镇渡口见闻"
    assert article.byline == "本报记者 沈一舟 通讯员 何苗"
    assert article.text == "\n".join(FERRY)
    assert article.kind == "article"


def test_headline_of_two_parts_stays_one_line() -> None:
    article = only_article(page("老码头换新颜 三代渡工话变迁", "□沈一舟", *FERRY))
    assert article.title == "老码头换新颜 三代渡工话变迁"


def test_byline_after_the_text_belongs_to_the_article_above_it() -> None:
    first, second = read(page("老码头换新颜", *FERRY, "□杨禾林 郭麦", "山坳里办起夜校", *SCHOOL)).articles
    assert (first.title, first.byline) == ("老码头换新颜", "杨禾林 郭麦")
    assert (second.title, second.byline) == ("山坳里办起夜校", "")
    assert second.text == "\n".join(SCHOOL)


def test_byline_without_its_mark_is_still_a_byline() -> None:
    article = only_article(page("老码头换新颜", "——渡口见闻", "本报记者 王小川", *FERRY))
    assert article.byline == "本报记者 王小川"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("渡口管理所所长邱敏算了一笔账：过去烧柴油，一年光燃", "料就要花去四十一万元，如今电费不到十一万元。"),
        ("今年上半年，渡口共运送乘客264", "000人次，比去年同期增加三成。"),
        ("“我爷爷那会儿用的是竹篙，一趟要走二十多", "分钟，遇上发大水就只能停。”魏长贵说。"),
        ("新船满载六十人", "，过一趟江只要七分钟，候船的人都说方便。"),
    ],
    ids=["word", "number", "quotation", "before a comma"],
)
def test_text_cut_by_a_column_end_runs_on_without_a_gap(before: str, after: str) -> None:
    article = only_article(page("老码头换新颜", "□沈一舟", FERRY[0], before, after, FERRY[5]))
    assert article.text == "\n".join([FERRY[0], before + after, FERRY[5]])


def test_one_paragraph_over_four_columns_is_one_paragraph() -> None:
    whole = SCHOOL[1] + SCHOOL[2]
    cuts = [0, 25, 61, 98, len(whole)]
    pieces = [whole[start:end] for start, end in itertools.pairwise(cuts)]
    article = only_article(page("山坳里办起夜校", "□罗一青", SCHOOL[0], *pieces, SCHOOL[5]))
    assert article.text == "\n".join([SCHOOL[0], whole, SCHOOL[5]])


def lake_in_two() -> tuple[list[str], list[str]]:
    """The first column, which breaks off in the middle of a sentence, and the rest."""
    cut = LAKE[1].index("三年前开始全面禁") + 8
    return [LAKE[0], LAKE[1][:cut]], [LAKE[1][cut:], *LAKE[2:]]


@pytest.mark.parametrize("byline_first", [True, False], ids=["byline above", "byline between"])
def test_first_column_that_came_off_the_page_last_is_read_first(byline_first: bool) -> None:
    column, rest = lake_in_two()
    byline = "□本报记者 陶远"
    lines = [byline, *rest, *column] if byline_first else [*rest, byline, *column]
    articles = read(page("五万尾鱼苗放流清水湖", *lines, "老码头换新颜", "□沈一舟", *FERRY)).articles
    assert [article.title for article in articles] == ["五万尾鱼苗放流清水湖", "老码头换新颜"]
    assert articles[0].text == "\n".join(LAKE)
    assert articles[0].byline == "本报记者 陶远"


def test_first_column_that_came_off_the_page_after_another_article_finds_its_own() -> None:
    column, rest = lake_in_two()
    lines = ["五万尾鱼苗放流清水湖", "□陶远", *rest, "老码头换新颜", "——渡口见闻", *FERRY, "□沈一舟", *column]
    lake, ferry = read(page(*lines)).articles
    assert lake.text == "\n".join(LAKE)
    assert ferry.text == "\n".join(FERRY)


def test_subheads_stay_in_the_text_and_are_marked() -> None:
    lines = [*SCHOOL[:2], "一堂课 一本账", *SCHOOL[2:4], "一起卖 一起赚", *SCHOOL[4:]]
    article = only_article(page("山坳里办起夜校", "□罗一青", *lines))
    assert article.text == "\n".join(lines)
    assert [article.text[start:end] for start, end in article.subheads] == ["一堂课 一本账", "一起卖 一起赚"]


@pytest.mark.parametrize("at_top", [True, False])
def test_section_name_is_of_no_article_and_says_so(at_top: bool) -> None:
    lines = ["老码头换新颜", "——渡口见闻", *FERRY, "□沈一舟"]
    reading = read(page(*(["乡土", *lines] if at_top else [*lines, "乡土"])))
    assert [article.title for article in reading.articles] == ["老码头换新颜"]
    assert ("乡土", "section name") in [(left.text, left.reason) for left in reading.left_out]


def test_photo_caption_is_an_article_of_its_own() -> None:
    caption = "五月十八日上午，志愿者在清水湖北岸放流鱼苗。图为孩子们把鱼苗倒进滑道。"
    lines = ["老码头换新颜", *FERRY, "□沈一舟", "鱼苗入湖", caption, "□本报记者 林曦 摄影报道"]
    ferry, photo = read(page(*lines)).articles
    assert ferry.kind == "article"
    assert (photo.kind, photo.title, photo.text) == ("caption", "鱼苗入湖", caption)
    assert photo.byline == "本报记者 林曦 摄影报道"


def test_source_in_brackets_goes_where_sources_go() -> None:
    article = only_article(page("老码头换新颜", "□沈一舟", *FERRY[:-1], FERRY[-1] + "(摘自《白鹭江晚报》)"))
    assert article.source == "白鹭江晚报"
    assert article.text == "\n".join(FERRY)


def test_day_and_page_number_are_left_out_as_furniture() -> None:
    reading = read(page("2023年8月4日 星期五", "老码头换新颜", "——渡口见闻", *FERRY, "□沈一舟", "第4版"))
    assert [article.title for article in reading.articles] == ["老码头换新颜"]
    reasons = {left.text: left.reason for left in reading.left_out}
    assert reasons["2023年8月4日 星期五"] == reasons["第4版"] == "page furniture"


@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n\u3000\u3000"])
def test_plain_chinese_article_is_one_article_with_its_paragraphs_in_order(between: str) -> None:
    article = only_article(between.join([OWN[2].title, *BREAKFAST]))
    assert article.title == OWN[2].title
    assert article.text == OWN[2].text


def test_article_without_a_title_keeps_its_first_sentence() -> None:
    article = only_article(OWN[2].text)
    assert article.title == ""
    assert article.text == OWN[2].text


def test_plain_english_article_is_one_article_and_wrapped_lines_are_joined_by_spaces() -> None:
    wrapped = (
        "Small Bakery Feeds a Whole Street\n\nBy Jane Doe\n\n"
        "When the river rose last spring, the ovens on Mill Lane never went cold.\n"
        "Maria Keller, who has run the shop for thirty years, baked through the\n"
        "night and gave the bread away.\n\nA second winter\n\n"
        "The town council has now offered the bakery a loan to rebuild its\n"
        "cellar. Work begins in May, and the shop will stay open while the\nbuilders are there.\n"
    )
    article = only_article(wrapped)
    assert (article.title, article.byline) == ("Small Bakery Feeds a Whole Street", "Jane Doe")
    first, subhead, second = article.text.split("\n")
    assert first.endswith("baked through the night and gave the bread away.")
    assert subhead == "A second winter"
    assert "rebuild its cellar. Work begins in May, and the shop will stay open while the builders" in second


def test_type_size_tells_a_headline_where_the_words_do_not() -> None:
    def lines(size: float) -> list[Block]:
        body = [Line(text, size=9.0) for text in [*FERRY, "□沈一舟"]]
        return [
            Block((Line("江上", size=24.0), *body[:3])),
            Block((Line("灯火", size=size), *body[3:])),
        ]

    assert [article.title for article in articles_of_page(lines(24.0)).articles] == ["江上", "灯火"]
    assert [article.title for article in articles_of_page(lines(9.0)).articles] == ["江上"]


def test_file_with_nothing_but_a_headline_is_not_lost() -> None:
    article = only_article("今日休刊")
    assert article.text == "今日休刊"


def test_empty_page_has_no_articles() -> None:
    assert read("") == read(" \n\u3000\n\n") == Reading(())


def test_the_same_page_read_twice_gives_the_same_ids() -> None:
    text = page("老码头换新颜", "□沈一舟", *FERRY)
    assert [article.id for article in read(text).articles] == [article.id for article in read(text).articles]


def accounted(reading: Reading) -> tuple[Counter[str], Counter[str]]:
    """Characters that stand in one place only, and those of fields that may stand in the text or a page's head too."""
    found: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for article in reading.articles:
        for part in (article.title, article.subtitle, article.text):
            found.update("".join(part.split()))
        for part in (article.byline, article.source):
            fields.update("".join(part.split()))
    for left in reading.left_out:
        found.update("".join(left.text.split()))
    return found, fields


def assert_accounted(reading: Reading, text: str) -> None:
    found, fields = accounted(reading)
    missing = Counter("".join(text.split()))
    missing.subtract(found)
    assert not -missing, "characters that are not in the file"
    assert +missing <= fields


def check_laws(text: str) -> None:
    """Every character of the file is somewhere, and every span leads back to where it stood."""
    reading = read(text)
    assert_accounted(reading, text)
    for article in reading.articles:
        assert article.text.strip()
        for span in article.origin:
            assert span.file_start is not None
            assert article.text[span.start : span.end] == text[span.file_start :][: span.end - span.start]
        spans = [(span.start, span.end) for span in article.origin]
        assert spans == sorted(spans)
        covered = sum(end - start for start, end in spans)
        assert covered >= len("".join(article.text.split()))
        for start, end in article.subheads:
            assert "\n" not in article.text[start:end]
    for left in reading.left_out:
        assert left.file_start is not None
        assert text[left.file_start : left.file_start + len(left.text)] == left.text


LINES = st.one_of(
    st.sampled_from(
        [
            *FERRY,
            *SCHOOL,
            "□本报记者 沈一舟",
            "——渡口见闻",
            "(摘自《白鹭江晚报》)",
            "乡土",
            "第4版",
            "一、把住源头",
            "By Jane Doe",
            "the loaves were carried from door to door in wheel-",
            "barrows, and by morning every house had eaten.",
            "“没有说完",
            "，接着说。",
            "图为现场。",
            "老码头换新颜",
            "",
        ]
    ),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_any_text_is_read_and_every_character_accounted_for(lines: list[str], between: str) -> None:
    check_laws(between.join(lines))


def test_a_hyphen_at_a_line_end_of_a_narrow_column_is_not_lost() -> None:
    cut = "the loaves were carried from door to door in wheel-"
    check_laws("\n".join([FERRY[-1], cut, cut, "A"]))


def test_every_character_of_made_pages_is_accounted_for() -> None:
    for text, _ in make_pages(OWN * 3, HARD, seed=5):
        check_laws(text)


def flat(text: str) -> str:
    return "".join(text.split())


def found_share(proportions: Proportions, seeds: range) -> tuple[float, float, float]:
    """Read pages of our own articles; shares of bodies, of titles among those found, and of mended breaks."""
    bodies = titles = gold_count = breaks = mended = 0
    for seed in seeds:
        for text, golds in make_pages(OWN, proportions, seed):
            articles = read(text).articles
            gold_count += len(golds)
            for gold in golds:
                found = next((article for article in articles if same_body(article, gold)), None)
                bodies += found is not None
                titles += found is not None and flat(found.title) == flat(gold.title)
                breaks += len(gold.breaks)
                mended += sum(any(a + b in article.text for article in articles) for a, b in gold.breaks)
    return bodies / gold_count, titles / gold_count, mended / breaks


def same_body(article: Article, gold: Gold) -> bool:
    words = flat("".join(gold.paragraphs))
    extra = sum(map(len, map(flat, gold.subheads)))
    same_length = abs(len(flat(article.text)) - extra - len(words)) <= 3
    return same_length and not Counter(words) - Counter(flat(article.text))


@pytest.mark.parametrize(
    ("proportions", "at_least"),
    [(ORDINARY, (0.8, 0.8, 0.9)), (HARD, (0.7, 0.65, 0.85)), (FAR, (0.5, 0.5, 0.8))],
    ids=["ordinary", "hard", "far"],
)
def test_pages_of_our_own_articles_are_told_apart(proportions: Proportions, at_least: tuple[float, ...]) -> None:
    shares = found_share(proportions, range(12))
    assert all(share >= least for share, least in zip(shares, at_least, strict=True)), shares


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("newlines", "\n" * 5_000_000),
        ("one line", "好" * 2_000_000),
        ("short lines", "第三版\n" * 6_000),
        ("short blocks", "短行文字\n\n" * 6_000),
        ("bylines", "□张三\n\n" * 6_000),
        ("brackets", "(" * 100_000 + "\n" + "“" * 100_000),
        ("names", "本报记者" + "张三 " * 10_000),
        ("wrapped", ("word " * 14 + "\n") * 5_000),
    ],
)
def test_hostile_text_is_read_in_seconds(name: str, text: str) -> None:
    started = time.process_time()
    reading = read(text)
    assert time.process_time() - started < 10, name
    assert_accounted(reading, text)


def test_own_articles_are_titled_and_paragraphed() -> None:
    lines = Path(__file__).with_name("own_articles.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["title"] and json.loads(line)["text"].count("\n") >= 3 for line in lines)
    assert all(isinstance(source, Source) for source in OWN)
