"""Follow-ups read so that they stand alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from byline.retrieval.conversation.following import Archive, read_in_conversation, stands_alone
from byline.retrieval.conversation.turns import LAST_TURNS, Turn
from byline.retrieval.text.folding import terms
from byline.retrieval.text.question import kind_of

TEXTS = {
    "rocket": "谷神星一号遥七把七颗卫星送入轨道，遥六此前送了两颗。火箭的制造商是星河动力。",
    "bridge": "青石桥总投资3.2亿元，去年3月通车，主桥长418米，设计师是沈一舟。",
}
COMMON = dict.fromkeys(("多少", "什么", "时候", "投资", "公司", "受伤", "开始", "卫星", "今年", "几个"), 40)


def frequencies(wanted: Sequence[str]) -> dict[str, int]:
    here = [set(terms(text)) for text in TEXTS.values()]
    return {term: COMMON.get(term, sum(term in text for text in here)) for term in wanted}


ARCHIVE = Archive(frequencies, 1_000, lambda ids: [TEXTS[one] for one in ids if one in TEXTS])


def turn(question: str, *, short: str = "", article: str = "rocket", **more: str) -> Turn:
    return Turn(question, kind_of(question), short_answer=short, articles=(article,), asked=question, **more)


def read(question: str, *turns: Turn) -> str:
    return read_in_conversation(question, turns, ARCHIVE).text


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("谷神星一号遥七送了几颗卫星？", "那遥六呢？", "谷神星一号遥六送了几颗卫星？"),
        ("恒大汽车2022年亏损多少？", "前一年呢？", "恒大汽车2021年亏损多少？"),
        ("恒大汽车2022年亏损多少？", "那2020年呢?", "恒大汽车2020年亏损多少？"),
        ("女子反曲弓团体冠军是谁？", "男子呢？", "男子反曲弓团体冠军是谁？"),
        ("中国队拿了几块金牌？", "印度队呢", "印度队拿了几块金牌？"),
        ("特斯拉7月在荷兰卖了多少？", "6月呢？", "特斯拉6月在荷兰卖了多少？"),
        ("港版荣耀90搭载什么芯片？", "90 Lite呢？", "港版荣耀90 Lite搭载什么芯片？"),
        ("What did the port handle in 2023?", "and the year before?", "What did the port handle in 2022?"),
        ("What did the port handle in 2023?", "What about 2021?", "What did the port handle in 2021?"),
    ],
)
def test_another_thing_takes_the_place_of_the_one_of_its_kind(before: str, question: str, meant: str) -> None:
    assert read(question, turn(before)) == meant


@pytest.mark.parametrize(
    ("before", "short", "question", "meant"),
    [
        ("谁设计了青石桥？", "沈一舟", "他是哪里人？", "沈一舟是哪里人？"),
        ("青石桥总投资多少？", "3.2亿元", "它什么时候通车的？", "青石桥总投资什么时候通车的？"),
        ("谷神星一号遥七送了几颗卫星？", "七颗", "有多少人受伤？", "谷神星一号遥七，有多少人受伤？"),
        ("谷神星一号遥七送了几颗卫星？", "七颗", "什么时候？", "谷神星一号遥七什么时候？"),
    ],
)
def test_what_is_left_out_or_pointed_to_is_put_in(before: str, short: str, question: str, meant: str) -> None:
    assert read(question, turn(before, short=short)) == meant


def test_the_subject_stays_over_several_turns_and_does_not_grow() -> None:
    first = turn("谷神星一号遥七送了几颗卫星？")
    second = read_in_conversation("什么时候？", [first], ARCHIVE)
    later = turn(second.text, article="rocket", subject=second.subject)
    assert read("有多少人受伤？", first, later) == "谷神星一号遥七，有多少人受伤？"


def test_still_more_is_the_same_question_without_what_was_shown() -> None:
    before = Turn("青石桥有哪些特点？", "list", passages=("bridge:0-20",), articles=("bridge",))
    again = read_in_conversation("还有呢？", [before], ARCHIVE)
    assert (again.text, again.shown) == ("青石桥有哪些特点？", ("bridge:0-20",))


def test_a_first_question_and_another_subject_are_left_as_they_are() -> None:
    assert read("青石桥什么时候通车的？") == "青石桥什么时候通车的？"
    switched = read_in_conversation("青石桥设计师沈一舟多大年纪？", [turn("谷神星一号遥七送了几颗卫星？")], ARCHIVE)
    assert (switched.text, switched.follows, switched.carried) == ("青石桥设计师沈一舟多大年纪？", False, ())


def test_words_of_the_article_the_last_answer_is_from_go_on_with_it() -> None:
    before = turn("谷神星一号遥七送了几颗卫星？")
    assert not stands_alone("火箭的制造商是谁？", [before], ARCHIVE)
    assert stands_alone("火箭的制造商是谁？", [turn("青石桥多长？", article="bridge")], ARCHIVE)


def test_earlier_questions_weigh_less_the_longer_ago_they_were_asked() -> None:
    turns = [turn(f"谷神星一号遥{n}送了几颗卫星？") for n in "三四五"]
    carried = read_in_conversation("什么时候？", turns, ARCHIVE).carried
    assert [one.text[6] for one in carried] == ["五", "四", "三"]
    assert [one.weight for one in carried] == sorted((one.weight for one in carried), reverse=True)
    assert carried[0].weight < 1.0
    assert len(turns) <= LAST_TURNS
