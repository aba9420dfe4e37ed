"""Whatever articles say, Telegram takes every message made of it, and quotes are shown as they stand."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.bot.telegram.adding import added_messages
from byline.bot.telegram.inline_results import answer_cards
from byline.bot.telegram.rendering import Outgoing, answer_messages, nearest_messages, on_one_line, source_line
from byline.bot.telegram.sources import article_message, missing_message, pieces, source_message
from byline.bot.telegram.styled_text import is_blank, sendable
from byline.bot.telegram.words import CHINESE, ENGLISH, Words
from byline.bot.uploads import Added
from byline.retrieval.answers.answer import Answer
from byline.retrieval.articles.article import Article
from tests.bot.telegram import hostile
from tests.worlds.articles import cite
from tests.worlds.bot_api import TelegramApi
from tests.worlds.bot_api_rules import check_cards, check_keyboard, check_text
from tests.worlds.telegram import World, answer_of, buttons

ANSWERS = 2000
OVER_HTTP = 60  # answers; more would wait for Telegram's 30 messages a second
SEED = 20260522


def check(messages: Iterable[Outgoing]) -> int:
    checked = list(messages)
    for message in checked:
        check_text(message.text, [entity.to_dict() for entity in message.entities])
        check_keyboard(message.keyboard.to_dict() if message.keyboard else None)
    return len(checked)


def everything_shown(answer: Answer, by_id: dict[str, Article], words: Words) -> Iterable[Outgoing]:
    """All messages that an answer can lead to."""
    yield from answer_messages(answer, words)
    yield from nearest_messages(answer, words)
    for citation in answer.citations[:2]:
        article = by_id[citation.article_id]
        for piece in (None, len(pieces(article.text)) // 2):
            yield source_message(
                article,
                citation,
                words,
                answer_id=answer.answer_id,
                piece=piece,
                public_url="https://byline.example.org",
            )
        yield from missing_message(citation, words, changed=True, public_url="https://byline.example.org")


def test_two_thousand_hostile_answers_give_only_messages_telegram_takes() -> None:
    dice = random.Random(SEED)
    shown = 0
    for number in range(ANSWERS):
        articles = [hostile.article(dice) for _ in range(2)]
        by_id = {article.id: article for article in articles}
        answer = hostile.answer(dice, number, list(by_id.values()))
        words = (CHINESE, ENGLISH)[number % 2]
        shown += check(everything_shown(answer, by_id, words))
        check([article_message(articles[0], words, handle="0" * 16)])
        check(
            added_messages(Added("x", tuple(articles), 0, ("fault\n",) * 9, frozenset(by_id)), words, addition_id="1.2")
        )
        check_cards([card.to_dict() for card in answer_cards(answer, words, "byline_bot")], None)
    assert shown > 5 * ANSWERS


def test_hostile_answers_go_through_the_real_client(
    world: World, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(SEED)
    articles = [hostile.article(dice) for _ in range(20)]
    by_id = {article.id: article for article in articles}
    monkeypatch.setattr(world.store, "article", by_id.__getitem__)
    for number in range(OVER_HTTP):
        world.script[f"第{number}问"] = _always(hostile.answer(dice, number, articles))
        api.say(f"第{number}问", user=number + 1)
    api.wait(lambda: all(api.sent(user) for user in range(1, OVER_HTTP + 1)), 60)
    pressed = [message for message in api.sent() if buttons(message)][:20]
    for message in pressed:
        api.press(message, next(iter(buttons(message).values())), user=message["chat"]["id"])
    api.wait(lambda: len(api.named("answerCallbackQuery")) == len(pressed), 30)
    assert api.refusals() == []


def _always(answer: Answer) -> Callable[[str], Answer]:
    return lambda _: answer


@given(st.text())
def test_a_title_is_one_line_that_turns_nothing_round(title: str) -> None:
    line = on_one_line(title)
    assert len(line.splitlines()) <= 1
    assert not any(
        unicodedata.bidirectional(c) in ("LRO", "RLO", "LRE", "RLE", "PDF", "LRI", "RLI", "FSI", "PDI") for c in line
    )
    assert not any(unicodedata.category(c) == "Cc" for c in line)


def test_a_title_written_from_right_to_left_leaves_the_date_in_its_place() -> None:
    article = Article("x", "שלום עולם", "一句。", byline="مريم", published="2024-01-02")
    line = source_line(cite(article, "一句。"), CHINESE).text
    assert line == "[1] 《\u2068שלום עולם\u2069》 \u2068مريم\u2069 · 2024-01-02"


def test_quotes_are_shown_character_by_character() -> None:
    dice = random.Random(SEED)
    for _ in range(300):
        article = hostile.article(dice)
        quote = hostile.citation(dice, article, 1, evidence=True)
        if is_blank(quote.quote) or len(quote.quote) > 3000:
            continue
        (message, *_) = answer_messages(answer_of("a", "q", (quote,)), ENGLISH)
        entity = next(e for e in message.entities if e.type.endswith("blockquote"))
        units = message.text.encode("utf-16-le")[2 * entity.offset : 2 * (entity.offset + entity.length)]
        assert units.decode("utf-16-le").strip() == sendable(quote.quote).strip()
