"""Which questions are about the archive, and which only look like it."""

from __future__ import annotations

import pytest

from byline.retrieval.archive_questions.bylines import byline_in
from byline.retrieval.archive_questions.recognising import recognise
from byline.retrieval.archive_questions.small_talk import small_talk
from byline.retrieval.index.store import Filters


@pytest.mark.parametrize(
    ("question", "asks", "about"),
    [
        ("一共收录了多少篇文章？", "count", ""),
        ("有多少篇提到陶立新", "count", "陶立新"),
        ("关于澄江大桥的文章有多少篇？", "count", "澄江大桥"),
        ("How many articles mention the ferry?", "count", "the ferry"),
        ("写雨污分流那篇报道的记者叫什么？", "author", "雨污分流"),
        ("新京报那篇讲生鲜灯的稿子是谁写的？", "author", "新京报 生鲜灯"),
        ("市图书馆新馆试运行的报道是哪天发表的？", "published", "市图书馆新馆试运行"),
        ("最新的文章是哪篇？", "newest", ""),
        ("收录了哪些来源？", "sources", ""),
        ("这些文章主要讲了什么？", "pile", ""),
        ("尼日尔政变是怎么一回事？", "summary", "尼日尔政变"),
        ("总结一下水厂那篇", "summary", "水厂"),
        ("关于澄江大桥我们知道些什么", "subject", "澄江大桥"),
        ("陶立新", "name", "陶立新"),
        ("Heron Point", "name", "Heron Point"),
    ],
)
def test_a_question_about_the_archive_is_recognised(question: str, asks: str, about: str) -> None:
    found = recognise(question)
    assert found is not None
    assert (found.asks, found.about) == (asks, about)


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("知识库里有几篇何安之写的文章？", Filters(byline="何安之")),
        ("IT之家一共发了多少篇报道？", Filters(source="IT之家")),
        ("2023年8月以来有多少篇文章？", Filters(after="2023-08-01")),
        ("2024年2月有多少篇文章？", Filters(after="2024-02-01", before="2024-02-29")),
        ("how many articles are by Ada Fenwick since 2023?", Filters(byline="Ada Fenwick", after="2023-01-01")),
    ],
)
def test_author_source_and_time_restrict_what_is_counted(question: str, filters: Filters) -> None:
    found = recognise(question)
    assert found is not None
    assert (found.asks, found.about, found.filters) == ("count", "", filters)


@pytest.mark.parametrize(
    "question",
    [
        "他写了几篇小说？",
        "她一共发表了多少篇论文？",
        "特朗普在英国说了什么？",
        "特拉维斯·金的事最新消息是什么？",
        "轨道车站命名规则的征集截止日期是什么时候？",
        "有多少家媒体代表出席了活动？",
        "齐齐哈尔体育馆坍塌最早的报道说困了多少人？",
        "两篇文章发布的日期哪一个更早？",
        "这种现象首次被晚报报道的时间是什么时候？",
        "ChatGPT的发布时间",
        "青石桥总投资多少？",
        "青石桥总投资",
        "2022年高考报名人数",
    ],
)
def test_a_question_that_only_looks_like_it_is_read_as_any_other(question: str) -> None:
    assert recognise(question) is None


def test_a_title_alone_may_be_a_book() -> None:
    book = recognise("《三体》的作者是谁")
    assert book is not None
    assert (book.title, book.surely) == ("三体", False)


@pytest.mark.parametrize(
    "said", ["你好", "您好！", "谢谢", "多谢啦", "你是谁？", "hello", "Thanks a lot!", "Who are you?", "再见"]
)
def test_greetings_and_thanks_are_small_talk(said: str) -> None:
    assert small_talk(said) is not None


@pytest.mark.parametrize(
    "said", ["你好，青石桥总投资多少？", "谢谢谁写的？", "谁获奖了", "who are you talking about in the article"]
)
def test_a_question_is_no_small_talk(said: str) -> None:
    assert small_talk(said) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("中新社西安8月12日电 (记者 阿琳娜 党田野)记者12日从西安市获悉。", "阿琳娜 党田野"),
        ("新京报讯（记者陈琳）近日，市场监管总局公布办法。", "陈琳"),
        ("【环球网报道 记者 索炎琦】“约架”要泡汤？", "索炎琦"),
        ("四川在线记者 王眉灵8月4日，东航飞机起飞。", "王眉灵"),
        ("榜单公布。" * 60 + "春城晚报记者 孙琴霞 文 宣传部 供图", "孙琴霞"),
        ("2023-08-15 15:13:01 作者：姚立伟 近日，公司宣布。", "姚立伟"),
    ],
)
def test_the_writer_is_found_at_head_or_foot(text: str, name: str) -> None:
    place = byline_in(text)
    assert place is not None
    assert text[slice(*place)] == name


@pytest.mark.parametrize("text", ["记者从应急管理局获悉，暴雨停了。", "记者了解到，桥通车了。", "昨天桥通车了。"])
def test_nobody_is_named_where_the_reporter_only_reports(text: str) -> None:
    assert byline_in(text) is None
