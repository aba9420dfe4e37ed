"""Sentences and passages: spans exact, nothing lost, quotations whole, sizes even."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passages import LONGEST, cut, passage_text_for_embedding, size
from byline.retrieval.text.sentences import sentences

PIECES = (
    *"。！？；，、“”「」《》（）.!?'\"说的\n\u2028 　𠀀",
    *(
        "镇上修了一座桥",
        "……",
        "3.5%",
        "Dr. Lee",
        "U.S.",
        "www.a.com/b?c=d.e",
        "1. ",
        "the cat sat",
        "\r\n",
        "１．５",
        "e.g. it",
    ),
)
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def not_space(text: str) -> str:
    return "".join(character for character in text if not character.isspace())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天亮了。鸟叫了！走吗？走；", ["天亮了。", "鸟叫了！", "走吗？", "走；"]),
        ("真的？！好……\n完", ["真的？！", "好……", "完"]),
        ("他说：“走吧。别回头！”然后走了。天黑了。", ["他说：“走吧。别回头！”", "然后走了。", "天黑了。"]),
        ("她問：「好。嗎？」他答：『好。』", ["她問：「好。嗎？」", "他答：『好。』"]),
        ("“冠军。”张三说。大家鼓掌。", ["“冠军。”张三说。", "大家鼓掌。"]),
        ("“去哪儿？”的问题难答。《谁来了？》上映。", ["“去哪儿？”的问题难答。", "《谁来了？》上映。"]),
        (
            "（记者王某。）昨天开会（共三天。含周末）。散会。",
            ["（记者王某。）", "昨天开会（共三天。含周末）。", "散会。"],
        ),
        ("没有“闭合的引号。下一句。", ["没有“闭合的引号。", "下一句。"]),
        ("一段“开口。\n二段收口。”完。", ["一段“开口。", "二段收口。”", "完。"]),
        ("增长3.5%，到２．５倍。版本2.0发布", ["增长3.5%，到２．５倍。", "版本2.0发布"]),
        ("1. 第一条。\n2. 第二条。3. 第三条。", ["1. 第一条。", "2. 第二条。", "3. 第三条。"]),
        ("Dr. Smith paid $3.50 to the U.S. Army. He left.", ["Dr. Smith paid $3.50 to the U.S. Army.", "He left."]),
        ("At 5 p.m. it rained, i.e. badly. Why? No idea!", ["At 5 p.m. it rained, i.e. badly.", "Why?", "No idea!"]),
        ('"Go. Now." He left. He said "stay."', ['"Go. Now."', "He left.", 'He said "stay."']),
        ("See www.a.com/b?c=d.e or a.b@c.de. Then go.", ["See www.a.com/b?c=d.e or a.b@c.de.", "Then go."]),
        ("J. K. Rowling and I. You too.", ["J. K. Rowling and I.", "You too."]),
        ("Wait... what? Wait... Yes.", ["Wait... what?", "Wait...", "Yes."]),
        ("It rose by 5. The rest fell.", ["It rose by 5.", "The rest fell."]),
        ("一行\n二行\r\n三行", ["一行", "二行", "三行"]),
        ("。。。", ["。。。"]),
        (" 　\n ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(TEXTS)
def test_every_character_stands_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert "".join(map(not_space, pieces(text))) == not_space(text)
    assert all(piece == piece.strip() for piece in pieces(text))


@given(TEXTS)
def test_no_sentence_holds_a_line_end(text: str) -> None:
    assert all(
        len(piece.splitlines()) == 1
        for piece in pieces(text.replace("\x1c", "").replace("\x1d", "").replace("\x1e", ""))
    )


@settings(deadline=None)
@given(TEXTS, st.integers(5, 300))
def test_every_character_stands_in_exactly_one_passage_with_its_exact_span(text: str, target: int) -> None:
    passages = cut(Article("a", "", text), target_chars=target)
    for passage in passages:
        assert passage.text == text[passage.start : passage.end] != ""
        assert passage.article_id == "a"
    assert all(one.end <= other.start for one, other in itertools.pairwise(passages))
    assert "".join(not_space(passage.text) for passage in passages) == not_space(text)


@settings(deadline=None)
@given(TEXTS, st.integers(5, 300))
def test_no_passage_is_longer_than_allowed(text: str, target: int) -> None:
    for passage in cut(Article("a", "", text), target_chars=target):
        spaces = sum(character.isspace() for character in passage.text)
        assert size(passage.text) <= target * LONGEST + spaces


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["桥修好了。", "“水退了。”他说。", "It rained for 3.5 days. "]), max_size=40).map("".join)
)
def test_passages_begin_and_end_where_sentences_do(text: str) -> None:
    spans = sentences(text)
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    for passage in cut(Article("a", "", text), target_chars=40):
        assert passage.start in starts
        assert passage.end in ends


def test_passages_come_out_evenly_long() -> None:
    text = "".join(f"第{number}个村子里修好了一座新的石桥。" for number in range(100))
    sizes = [size(passage.text) for passage in cut(Article("a", "", text), target_chars=100)]
    assert 80 < min(sizes) <= max(sizes) < 120


def test_a_passage_would_rather_end_with_its_paragraph() -> None:
    first, second = "一" * 44 + "。", "二" * 54 + "。"
    passages = cut(Article("a", "", f"{first}{first}\n{second}{second}"), target_chars=100)
    assert [passage.text for passage in passages] == [first + first, second + second]


def test_a_subhead_stays_with_what_follows() -> None:
    body, subhead = "桥修好了，村民们都很高兴。" * 8, "新的一页"
    text = f"{body}\n{subhead}\n{body}"
    start = len(body) + 1
    article = Article("a", "", text, subheads=((start, start + len(subhead)),))
    for target in range(40, 130, 10):
        passages = cut(article, target_chars=target)
        (holding,) = [passage for passage in passages if subhead in passage.text]
        assert not holding.text.endswith(subhead)
    assert any(passage.text.startswith(subhead) for passage in cut(article, target_chars=100))


def test_a_subhead_ends_no_passage_even_where_the_sizes_would_come_out_evener() -> None:
    body, subhead, rest = "一" * 69 + "。", "二" * 30, "三" * 99 + "。"
    article = Article("a", "", f"{body}\n{subhead}\n{rest}", subheads=((71, 101),))
    assert [passage.text for passage in cut(article, target_chars=100)] == [body, f"{subhead}\n{rest}"]


def test_a_short_sentence_is_not_squeezed_into_a_full_passage() -> None:
    long, short = "长" * 158 + "。", "短。"
    assert [passage.text for passage in cut(Article("a", "", long + short), target_chars=100)] == [long, short]


def test_one_sentence_too_long_is_cut_at_inner_ends_then_at_pauses() -> None:
    quotation = "他说：“" + "水退了。" * 30 + "”"
    for passage in cut(Article("a", "", quotation), target_chars=40)[:-1]:
        assert passage.text.endswith("。")
    listed = "名单如下：" + "、".join(f"第{number}小学" for number in range(60)) + "。"
    for passage in cut(Article("a", "", listed), target_chars=40)[:-1]:
        assert passage.text[-1] in "、："
    assert len(cut(Article("a", "", "长" * 1000), target_chars=100)) >= 7


def test_latin_letters_count_a_third() -> None:
    english = "The bridge was mended in the spring of that year. " * 60
    chinese = "那年春天桥修好了，大家都高兴。" * 60
    longest = max(len(passage.text) for passage in cut(Article("a", "", english)))
    assert longest > 2 * max(len(passage.text) for passage in cut(Article("a", "", chinese)))


def test_a_passage_is_embedded_under_its_articles_title() -> None:
    assert passage_text_for_embedding("桥", "修好了。") == "桥\n修好了。"
    assert passage_text_for_embedding("", "修好了。") == "修好了。"
