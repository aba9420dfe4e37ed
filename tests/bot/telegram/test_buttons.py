from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from byline.retrieval.articles.article import Article
from byline.retrieval.indexing import index_articles
from tests.worlds.articles import ASK_MILL, BAKERY, BRIDGE, COST, COST_QUOTE, LOAVES, beyond_the_first_passage, cite
from tests.worlds.bot_api import Json, TelegramApi
from tests.worlds.telegram import UNKNOWN, World, answer_of, buttons, marked

GROUP = -100500


def opened(world: World, api: TelegramApi, answer: Json, label: str, **more: Any) -> Json:
    """Press a button and give the message that comes."""
    before = len(api.sent(method="sendMessage"))
    api.press(answer, buttons(answer)[label], **more)
    return dict(api.wait(lambda: api.sent(method="sendMessage")[before:])[0])


def leafed(api: TelegramApi, source: Json, label: str) -> Json:
    before = len(api.sent(method="editMessageText"))
    api.press(source, buttons(source)[label])
    return dict(api.wait(lambda: api.sent(method="editMessageText")[before:])[0])


def test_a_source_opens_at_the_quote_and_leafs_both_ways(world: World, api: TelegramApi) -> None:
    paragraphs = BRIDGE.text.split("\n")
    source = opened(world, api, world.answer_to(api.say(COST)), "[1] 青石桥通车")
    assert marked(source, "bold") == ["《青石桥通车》", COST_QUOTE]
    assert paragraphs[1] in source["text"]
    assert buttons(source)["在网页上看全文"] == "https://byline.example.org" + cite(BRIDGE, COST_QUOTE).url
    before = leafed(api, source, "‹ 上一段")
    assert before["message_id"] == source["message_id"]
    assert paragraphs[0] in before["text"]
    assert "‹ 上一段" not in buttons(before)
    assert paragraphs[1] in leafed(api, before, "回到引文")["text"]


def test_a_source_opens_after_a_restart(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    world.stop()
    world.start()
    assert COST_QUOTE in marked(opened(world, api, answer, "[1] 青石桥通车"), "bold")


def test_a_source_opens_at_its_quote_deep_in_an_article(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(ASK_MILL))
    label, data = next(iter(buttons(answer).items()))
    kept = world.answer_log.answer(data.split(":")[1]).citations[0]
    assert marked(answer, "blockquote") == [kept.quote]
    assert beyond_the_first_passage(kept.start, kept.end, kept.quote)
    assert kept.quote in marked(opened(world, api, answer, label), "bold")


def test_a_removed_article_is_said_to_be_gone_and_its_quote_is_kept(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    world.store.remove([BRIDGE.id])
    gone = opened(world, api, answer, "[1] 青石桥通车")
    assert gone["text"].startswith("这篇文章已不在收录之中")
    assert marked(gone, "blockquote") == [COST_QUOTE]


def test_a_quote_that_moved_is_said_to_have_changed(
    world: World, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = world.answer_to(api.say(COST))

    def edited(article_id: str) -> Article:
        return replace(BRIDGE, text="更正：" + BRIDGE.text)

    monkeypatch.setattr(world.store, "article", edited)
    changed = opened(world, api, answer, "[1] 青石桥通车")
    assert changed["text"].startswith("这篇文章后来改过")
    assert marked(changed, "blockquote") == [COST_QUOTE]


def test_what_was_asked_in_private_opens_for_nobody_else(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST, user=1))
    for data in buttons(answer).values():
        api.press(answer, data, user=2)
    api.say(f"/start s1_{buttons(answer)['👍'].split(':')[1]}", user=2)
    api.wait(lambda: api.sent(2) and len(api.named("answerCallbackQuery")) == 3)
    assert all(COST_QUOTE not in str(message) for message in api.sent(2))
    assert [call.given["text"] for call in api.named("answerCallbackQuery")] == ["这是别人私下问的，无法查看。"] * 3
    assert world.answer_log.feedbacks() == []


def test_an_answer_in_a_group_opens_for_everyone_there(world: World, api: TelegramApi) -> None:
    api.chat(GROUP, "supergroup")
    answer = world.answer_to(api.say(f"/ask {COST}", user=1, chat=GROUP))
    source = opened(world, api, answer, "[1] 青石桥通车", user=2)
    assert source["chat"]["id"] == GROUP
    assert source["replied_to"] == answer["message_id"]


def test_a_deep_link_opens_a_source(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    opening = api.say(f"/start s1_{buttons(answer)['👍'].split(':')[1]}")
    assert COST_QUOTE in marked(world.answer_to(opening), "bold")
    assert "您好" in world.answer_to(api.say("/start nonsense"))["text"]


def test_thumbs_are_kept_as_feedback_and_the_last_word_counts(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    api.press(answer, buttons(answer)["👎"])
    api.press(answer, buttons(answer)["👍"])
    api.wait(lambda: len(api.named("answerCallbackQuery")) == 2)
    assert [(f.question, f.useful, f.asker, f.channel) for f in world.answer_log.feedbacks()] == [
        (COST, True, "1", "telegram")
    ]


def test_a_button_pressed_too_long_ago_still_opens_its_source(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    assert COST_QUOTE in marked(opened(world, api, answer, "[1] 青石桥通车", stale=True), "bold")


def test_a_button_nobody_knows_is_answered(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    for data in ("s:never-given:1", "v:x", "", "l:0000", "a:0000:1", "u:1.1", "noise"):
        api.press(answer, data)
    api.wait(lambda: len(api.named("answerCallbackQuery")) == 7)
    assert api.refusals() == []
    assert len(api.sent(1)) == 1


def test_a_nearest_passage_opens_marked_as_no_answer(world: World, api: TelegramApi) -> None:
    abstention = world.answer_to(api.say(UNKNOWN))
    nearest = opened(world, api, abstention, "最接近的段落（2）")
    source = opened(world, api, nearest, "[1] 青石桥通车")
    assert source["text"].startswith("不是答案")


def test_the_list_of_articles_is_leafed_and_opened(world: World, api: TelegramApi) -> None:
    more = tuple(replace(BAKERY, id=f"tale-{n}", title=f"Tale {n}", text=f"{n} loaves.") for n in range(15))
    index_articles(more, world.store, world.embedder)
    first = world.answer_to(api.say("/sources"))
    assert first["text"].startswith("收录的文章 1–8（共 18 篇）")
    assert first["text"].splitlines()[2].startswith("1. 《青石桥通车》")
    second = leafed(api, first, "后几篇 ›")
    third = leafed(api, second, "后几篇 ›")
    assert third["text"].startswith("收录的文章 17–18（共 18 篇）")
    assert leafed(api, third, "‹ 前几篇")["text"] == second["text"]
    article = opened(world, api, second, "9")
    title = second["text"].splitlines()[2].removeprefix("9. ").partition("》")[0]
    assert article["text"].startswith(title)
    assert world.answer_to(api.say("/sources 青石桥"))["text"].startswith("含“青石桥”的文章 1（共 1 篇）")
    assert "没有" in world.answer_to(api.say("/sources 长颈鹿"))["text"]


def test_an_article_with_any_id_fits_a_button(world: World, api: TelegramApi) -> None:
    index_articles((replace(BAKERY, id="标" * 300 + "\n\U0001f600", title="X"),), world.store, world.embedder)
    listed = world.answer_to(api.say("/sources"))
    assert all(len(data.encode()) <= 64 for data in buttons(listed).values())
    assert "X" in opened(world, api, listed, "3")["text"]


def test_many_sources_get_buttons_with_numbers(world: World, api: TelegramApi) -> None:
    citations = tuple(cite(BRIDGE, BRIDGE.text[n : n + 5], n) for n in range(1, 13))
    world.script["多"] = lambda i: answer_of(i, "多", citations)
    answer = world.answer_to(api.say("多"))
    assert [*buttons(answer)][:12] == [f"[{n}]" for n in range(1, 13)]
    assert marked(opened(world, api, answer, "[12]"), "bold")[1] == BRIDGE.text[12:17]


def test_a_quote_over_several_paragraphs_opens_with_all_of_them(world: World, api: TelegramApi) -> None:
    quote = "\n".join(BRIDGE.text.split("\n")[1:3])
    world.script["两段"] = lambda i: answer_of(i, "两段", (cite(BRIDGE, quote),))
    source = opened(world, api, world.answer_to(api.say("两段")), "[1] 青石桥通车")
    assert marked(source, "bold")[1:] == quote.split("\n")
    assert BRIDGE.text.split("\n")[3] in leafed(api, source, "下一段 ›")["text"]


def test_without_a_public_address_there_are_no_links(api: TelegramApi, tmp_path: Path) -> None:
    world = World(tmp_path, api, api.start(), public_url="http://localhost:8000").start()
    try:
        source = opened(world, api, world.answer_to(api.say(LOAVES)), "[1] The last wood-fired bakery in H…")
        assert not [data for data in buttons(source).values() if data.startswith("http")]
    finally:
        world.close()
