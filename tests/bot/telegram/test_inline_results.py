from __future__ import annotations

from byline.bot.telegram.inline_results import answer_cards
from byline.bot.telegram.words import CHINESE
from tests.worlds.articles import BRIDGE, COST, COST_QUOTE, cite
from tests.worlds.bot_api import TelegramApi
from tests.worlds.telegram import UNKNOWN, World, answer_of, marked


def test_an_inline_question_gives_a_card_with_the_answer_and_its_source(world: World, api: TelegramApi) -> None:
    api.inline(COST, user=3)
    given = api.wait(lambda: api.named("answerInlineQuery"))[0].given
    (card,) = given["results"]
    content = card["input_message_content"]
    assert card["title"] == "3.2亿元"
    assert "《青石桥通车》" in card["description"]
    assert marked({"text": content["message_text"], "entities": content["entities"]}, "blockquote") == [COST_QUOTE]
    assert content["message_text"].startswith(f"问：{COST}")
    assert given["is_personal"] == "true"


def test_the_link_under_a_card_opens_the_source_for_anyone(world: World, api: TelegramApi) -> None:
    api.inline(COST, user=3)
    card = api.wait(lambda: api.named("answerInlineQuery"))[0].given["results"][0]
    url = card["reply_markup"]["inline_keyboard"][0][0]["url"]
    link, _, payload = url.partition("?start=")
    assert link == "https://t.me/byline_bot"
    assert len(payload) <= 64
    assert COST_QUOTE in marked(world.answer_to(api.say(f"/start {payload}", user=4)), "bold")


def test_only_the_question_somebody_stopped_at_is_answered(world: World, api: TelegramApi) -> None:
    for end in range(1, len(COST) + 1):
        api.inline(COST[:end], user=3)
    api.wait(lambda: api.named("answerInlineQuery"))
    assert world.asked == [COST]


def test_an_abstention_gives_no_card_and_is_not_held_against_the_archive(world: World, api: TelegramApi) -> None:
    api.inline(UNKNOWN, user=3)
    given = api.wait(lambda: api.named("answerInlineQuery"))[0].given
    assert given.get("results", []) == []
    assert given["button"]["text"] == "文章里没有找到答案"
    assert world.answer_log.unanswered() == []


def test_an_empty_query_invites_to_type(world: World, api: TelegramApi) -> None:
    api.inline("", user=3, language="en")
    given = api.wait(lambda: api.named("answerInlineQuery"))[0].given
    assert given["button"]["text"].startswith("Type a question")
    assert world.asked == []


def test_each_of_several_quotes_has_a_card_of_its_own() -> None:
    citations = (cite(BRIDGE, COST_QUOTE), cite(BRIDGE, "下个月，公交17路将改道过桥。", 2))
    cards = answer_cards(answer_of("abc", "两句", citations), CHINESE, "byline_bot")
    assert [card.id for card in cards] == ["abc", "abc.1", "abc.2"]
    assert [card.title for card in cards[1:]] == [citation.quote for citation in citations]
