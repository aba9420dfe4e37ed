from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from byline.bot.telegram.sources import pieces
from byline.retrieval.answers.answer import Answer, Marker, Text
from byline.retrieval.indexing import index_articles
from tests.worlds.articles import BRIDGE, COST, COST_QUOTE, LOAVES, LOAVES_QUOTE, cite
from tests.worlds.bot_api import BOT, TelegramApi
from tests.worlds.telegram import BROKEN, SLOW, UNKNOWN, World, answer_of, buttons, marked

GROUP, TOPIC = -100500, 9


@pytest.fixture
def group(api: TelegramApi) -> int:
    api.chat(GROUP, "supergroup", topics=(TOPIC,))
    return GROUP


def test_an_answer_is_bold_then_the_quote_then_its_source(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    assert marked(answer, "bold") == ["3.2亿元"]
    assert marked(answer, "blockquote") == [COST_QUOTE]
    assert answer["text"].splitlines()[-1] == "[1] 《青石桥通车》 本报记者 沈一舟 · 临江晚报 · 2024-03-09"
    assert list(buttons(answer)) == ["[1] 青石桥通车", "👍", "👎"]


def test_the_bots_own_words_follow_the_users_language(world: World, api: TelegramApi) -> None:
    chinese = world.answer_to(api.say("/help", user=1, language="zh-hans"))
    english = world.answer_to(api.say("/help", user=2, language="de"))
    assert "在群里" in chinese["text"]
    assert "privacy mode" in english["text"]
    commands = {call.given.get("language_code", ""): call.given["commands"] for call in api.named("setMyCommands")}
    assert {command["command"] for command in commands["zh"]} == {"start", "help", "ask", "new", "sources", "status"}
    assert commands["zh"] != commands[""]


def test_an_abstention_says_so_and_shows_the_nearest_passages_marked_as_no_answer(
    world: World, api: TelegramApi
) -> None:
    abstention = world.answer_to(api.say(UNKNOWN))
    assert abstention["text"] == "已收录的文章里没有找到答案。"
    assert COST_QUOTE not in abstention["text"]
    api.press(abstention, buttons(abstention)["最接近的段落（2）"])
    nearest = world.answer_to(abstention)
    assert nearest["text"].startswith("不是答案")
    assert marked(nearest, "blockquote") == [COST_QUOTE, LOAVES_QUOTE]


def test_every_citation_of_an_answer_stands_in_its_message(world: World, api: TelegramApi) -> None:
    citations = (cite(BRIDGE, COST_QUOTE), cite(BRIDGE, "下个月，公交17路将改道过桥。", 2))
    world.script["两句"] = lambda i: answer_of(i, "两句", citations)
    answer = world.answer_to(api.say("两句"))
    assert marked(answer, "blockquote") == [citation.quote for citation in citations]
    assert answer["text"].count(COST_QUOTE) == 1


def test_words_that_no_quote_says_are_printed_before_the_quotes(world: World, api: TelegramApi) -> None:
    world.script["写一段"] = _generated
    answer = world.answer_to(api.say("写一段"))
    assert answer["text"].startswith("修桥花了三亿多[1]。")
    assert marked(answer, "blockquote") == [COST_QUOTE]


def _generated(answer_id: str) -> Answer:
    return replace(
        answer_of(answer_id, "写一段", (cite(BRIDGE, COST_QUOTE),)),
        parts=(Text("修桥花了三亿多"), Marker(1), Text("。")),
    )


def test_a_group_hears_the_bot_only_when_it_is_spoken_to(world: World, api: TelegramApi, group: int) -> None:
    for text in ("大家好", COST, "/ask@other_bot " + COST, "问 @somebody_else 吧"):
        api.say(text, chat=group)
    command = api.say(f"/ask {COST}", chat=group)
    by_command = world.answer_to(command)
    by_mention = world.answer_to(api.say(f"@Byline_Bot {COST}", chat=group))
    by_reply = world.answer_to(api.say(COST, chat=group, reply_to_message=by_mention))
    assert by_command["replied_to"] == command["message_id"]
    assert len({by_command["message_id"], by_mention["message_id"], by_reply["message_id"]}) == 3
    assert world.asked == [COST] * 3


def test_a_mention_in_reply_to_somebody_asks_what_they_wrote(world: World, api: TelegramApi, group: int) -> None:
    theirs = api.message(COST, user=2, chat=group)
    world.answer_to(api.say("@byline_bot", chat=group, reply_to_message=theirs))
    world.answer_to(api.say("/ask", chat=group, reply_to_message=theirs))
    assert world.asked == [COST, COST]


def test_an_answer_stays_in_its_topic(world: World, api: TelegramApi, group: int) -> None:
    in_topic = {"message_thread_id": TOPIC, "is_topic_message": True}
    assert world.answer_to(api.say(f"/ask {COST}", chat=group, **in_topic))["message_thread_id"] == TOPIC
    gone = {"message_thread_id": 77, "is_topic_message": True}
    assert "message_thread_id" not in world.answer_to(api.say(f"/ask {COST}", chat=group, **gone))


def test_the_first_message_of_a_topic_is_no_reply_to_the_bot(world: World, api: TelegramApi, group: int) -> None:
    opened = {
        **api.message(None, user=3, chat=group),
        "from": BOT,
        "forum_topic_created": {"name": "t", "icon_color": 1},
    }
    api.say(COST, chat=group, reply_to_message=opened)
    world.answer_to(api.say(f"/ask {LOAVES}", chat=group))
    assert world.asked == [LOAVES]


def test_a_card_sent_into_the_bots_own_chat_is_not_asked_again(world: World, api: TelegramApi) -> None:
    api.say("问：…", via_bot=BOT)
    world.answer_to(api.say(COST))
    assert world.asked == [COST]


def test_an_edited_question_is_answered_where_the_old_answer_stood(world: World, api: TelegramApi) -> None:
    question = api.say(COST)
    answer = world.answer_to(question)
    api.edit(question, LOAVES)
    edited = api.wait(lambda: api.sent(1, "editMessageText"))[0]
    assert edited["message_id"] == answer["message_id"]
    assert marked(edited, "blockquote") == [LOAVES_QUOTE]
    assert len(api.sent(1)) == 1


def test_an_edit_that_asks_the_same_changes_nothing(world: World, api: TelegramApi) -> None:
    question = api.say(COST)
    world.answer_to(question)
    api.edit(question, COST + " ")
    world.answer_to(api.say(LOAVES))
    assert world.asked == [COST, LOAVES]


def test_a_shorter_answer_takes_away_the_rest_of_a_longer_one(world: World, api: TelegramApi) -> None:
    long = BRIDGE.text.replace("\n", "") * 80
    article = replace(BRIDGE, id="long", text=long)
    world.script["长"] = lambda i: answer_of(i, "长", (cite(article, long),))
    question = api.say("长")
    api.wait(lambda: len(api.sent(1)) == 3)
    api.edit(question, LOAVES)
    api.wait(lambda: len(api.named("deleteMessage")) == 2)
    left = [m for (chat, _), m in api.messages.items() if chat == 1 and m["from"]["id"] == BOT["id"]]
    assert [marked(message, "blockquote") for message in left] == [[LOAVES_QUOTE]]


def test_an_answer_whose_message_was_deleted_is_sent_anew(world: World, api: TelegramApi) -> None:
    question = api.say(COST)
    answer = world.answer_to(question)
    del api.messages[1, answer["message_id"]]
    api.edit(question, LOAVES)
    assert marked(world.answer_to(answer), "blockquote") == [LOAVES_QUOTE]


@pytest.mark.parametrize(
    ("text", "said"),
    [("？！…", "请用文字写下问题"), ("桥" * 2001, "问题太长了（2001 字）"), ("/ask", "请在 /ask 后面写上问题")],
)
def test_what_cannot_be_asked_is_explained(world: World, api: TelegramApi, text: str, said: str) -> None:
    assert said in world.answer_to(api.say(text))["text"]
    assert world.asked == []


def test_a_picture_is_told_to_be_no_question(world: World, api: TelegramApi) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    assert "文字" in world.answer_to(api.say(None, photo=photo))["text"]


def test_a_fault_inside_is_told_in_human_words(
    world: World, api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    said = world.answer_to(api.say(BROKEN))["text"]
    assert "/secret/path" not in said
    reference = said.split("编号 ")[1][:8]
    assert reference in caplog.text
    assert "/secret/path" in caplog.text


def test_the_bot_types_while_it_works(world: World, api: TelegramApi) -> None:
    question = api.say(SLOW)
    world.answer_to(question)
    assert [call.given["action"] for call in api.named("sendChatAction")] == ["typing"]
    assert api.named("sendChatAction")[0].at < api.named("sendMessage")[0].at


def test_the_whole_path_from_index_to_quote(api: TelegramApi, tmp_path: Path) -> None:
    world = World(tmp_path, api, api.start(), scripted=False)
    index_articles((BRIDGE,), world.store, world.embedder)
    world.start()
    try:
        answer = world.answer_to(api.say("青石桥工程总投资多少？"), timeout_s=30)
        quotes = marked(answer, "blockquote") or marked(answer, "expandable_blockquote")
        abstained = [data for data in buttons(answer).values() if data.startswith("n:")]
        assert quotes or abstained
        assert all(quote in BRIDGE.text for quote in quotes)
        kept = world.answer_log.answer(next(iter(buttons(answer).values())).split(":")[1])
        assert kept.question == "青石桥工程总投资多少？"
    finally:
        world.close()


def test_pieces_are_the_paragraphs_of_an_article() -> None:
    assert [BRIDGE.text[start:end] for start, end in pieces(BRIDGE.text)] == BRIDGE.text.split("\n")
