from __future__ import annotations

import time

import pytest

from byline.bot.telegram.adding import looks_like_article
from tests.worlds.articles import COST
from tests.worlds.bot_api import TelegramApi
from tests.worlds.telegram import ADDER, World, buttons

NEWS = """# 临江书市周末开张

本报讯 临江书市将于本周末在老码头开张，首批有四十二家书店参加，入场免费。

主办方说，旧书区设在二号仓库，读者可以以书换书，每人每天限换五本。
"""
PASTED = """山村小学添了新钢琴

上周三，枫岭小学收到一架新钢琴，这是学校的第一件大乐器。

校长说，音乐课从下周开始每周增加一节，四个年级轮流上。"""


def ids(world: World) -> set[str]:
    return {article.id for article in world.store.articles(limit=100).articles}


def test_a_file_is_indexed_and_can_be_taken_back(world: World, api: TelegramApi) -> None:
    before = ids(world)
    added = world.answer_to(api.upload("书市.md", NEWS.encode(), user=ADDER))
    assert added["text"].startswith("已收录 1 篇文章：")
    assert "《临江书市周末开张》" in added["text"]
    assert len(ids(world) - before) == 1
    take_back = buttons(added)["撤回"]
    api.press(added, take_back, user=ADDER)
    assert api.wait(lambda: api.sent(ADDER, "editMessageText"))[0]["text"].startswith("已撤回，1 篇")
    assert ids(world) == before
    api.press(added, take_back, user=ADDER)
    api.wait(lambda: [c for c in api.named("answerCallbackQuery") if c.given.get("text") == "之前已经撤回了。"])


def test_pasted_paragraphs_are_indexed_and_a_question_is_asked(world: World, api: TelegramApi) -> None:
    assert "《山村小学添了新钢琴》" in world.answer_to(api.say(PASTED, user=ADDER))["text"]
    world.answer_to(api.say(COST, user=ADDER))
    assert world.asked == [COST]


def test_an_edited_text_takes_the_place_of_what_it_said_before(world: World, api: TelegramApi) -> None:
    before = ids(world)
    pasted = api.say(PASTED, user=ADDER)
    world.answer_to(pasted)
    api.edit(pasted, PASTED.replace("新钢琴", "旧风琴"))
    added = api.wait(lambda: api.sent(ADDER)[1:])[0]
    assert "《山村小学添了旧风琴》" in added["text"]
    assert len(ids(world) - before) == 1
    api.press(added, buttons(added)["撤回"], user=ADDER)
    api.wait(lambda: ids(world) == before)


def test_what_was_there_before_is_not_taken_back(world: World, api: TelegramApi) -> None:
    world.answer_to(api.upload("a.md", NEWS.encode(), user=ADDER))
    again = world.answer_to(api.upload("b.md", NEWS.encode(), user=ADDER))
    assert again["text"].startswith("这些文章原来就有")
    assert buttons(again) == {}


def test_only_who_is_named_may_add_and_only_the_adder_may_take_back(world: World, api: TelegramApi) -> None:
    before = ids(world)
    refused = world.answer_to(api.upload("a.md", NEWS.encode(), user=8))
    assert "8" in refused["text"]
    assert "BYLINE_TELEGRAM_ALLOWED" in refused["text"]
    world.answer_to(api.say(PASTED, user=8))
    assert ids(world) == before
    added = world.answer_to(api.upload("a.md", NEWS.encode(), user=ADDER))
    api.press(added, buttons(added)["撤回"], user=8)
    api.wait(lambda: api.named("answerCallbackQuery"))
    assert api.named("answerCallbackQuery")[0].given["text"] == "只有添加的人可以撤回。"
    assert len(ids(world) - before) == 1


def test_files_are_not_taken_in_groups(world: World, api: TelegramApi) -> None:
    api.chat(-5, "group")
    before = ids(world)
    api.upload("a.md", NEWS.encode(), user=ADDER, chat=-5)
    assert (
        "私下"
        in world.answer_to(api.upload("a.md", NEWS.encode(), user=ADDER, chat=-5, caption="@byline_bot 收一下"))["text"]
    )
    assert ids(world) == before
    assert len(api.sent(-5)) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "这个文件是空的"),
        ("movie.mp4", b"\x00\x01", "读不了这个文件"),
        ("broken.pdf", b"%PDF-1.4 not really", "读不了这个文件"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(
    world: World, api: TelegramApi, name: str, content: bytes, said: str
) -> None:
    assert said in world.answer_to(api.upload(name, content, user=ADDER))["text"]


def test_a_file_larger_than_telegram_gives_out_is_refused_before_it_is_fetched(world: World, api: TelegramApi) -> None:
    refused = world.answer_to(api.upload("big.txt", b"x", user=ADDER, size=21_000_000))
    assert "20 MB" in refused["text"]
    assert api.named("getFile") == []


def test_faults_within_a_file_are_named_beside_what_was_read(world: World, api: TelegramApi) -> None:
    lines = '{"title": "好的", "text": "这一行没有问题，可以收录。"}\n{"title": "坏的"}\n'
    said = world.answer_to(api.upload("two.jsonl", lines.encode(), user=ADDER))["text"]
    assert "《好的》" in said
    assert "没能读出的部分" in said


def test_a_text_of_paragraphs_is_told_from_a_question() -> None:
    assert looks_like_article(PASTED)
    assert not looks_like_article(COST)
    assert not looks_like_article("你好\n\n" + "请问一下" * 30 + "？")
    assert not looks_like_article("一句很长的话" * 50)


def test_a_text_that_telegram_cut_is_one_article_again(world: World, api: TelegramApi) -> None:
    """Two messages at once, the second neither long nor of several paragraphs."""
    before = ids(world)
    whole = "山村小学添了新钢琴\n" + "校长说，音乐课从下周开始每周增加一节，四个年级轮流上。\n" * 160
    pieces = whole[:4090], whole[4090:]
    assert len(pieces[1]) < 4096
    world.answer_to(api.say(pieces[0], user=ADDER))
    api.say(pieces[1], user=ADDER)
    added = api.wait(lambda: api.sent(ADDER)[1:])[0]
    (new,) = ids(world) - before
    assert "".join(world.store.article(new).text.split()) in "".join(whole.split())
    assert world.store.article(new).text.count("校长说") == 160
    assert world.asked == []
    api.press(added, buttons(added)["撤回"], user=ADDER)
    api.wait(lambda: ids(world) == before)


def test_a_question_after_a_long_text_is_asked(world: World, api: TelegramApi) -> None:
    long = "山村小学添了新钢琴\n" + "校长说，音乐课从下周开始每周增加一节，四个年级轮流上。\n" * 160
    world.answer_to(api.say(long[:4090], user=ADDER))
    world.answer_to(api.say(COST, user=ADDER, date=int(time.time()) + 60))
    assert world.asked == [COST]
