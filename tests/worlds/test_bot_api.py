"""The local Bot API refuses what Telegram refuses, as the real client sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MessageEntity,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from tests.worlds.bot_api import DROP, TOKEN, TelegramApi

Action = Callable[[Bot], Awaitable[Any]]


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as byline.bot.telegram sets it


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[TelegramApi, str]]:
    api = TelegramApi()
    url = api.start()
    api.chat(1)
    yield api, url
    api.stop()


def outcome(url: str, action: Action, token: str = TOKEN) -> TelegramError | None:
    async def act() -> TelegramError | None:
        bot = Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
        try:
            async with bot:
                await action(bot)
        except TelegramError as error:
            return error
        return None

    return asyncio.run(act())


def keyboard(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("button", callback_data=data)]])


def card(text: str, card_id: str = "1") -> InlineQueryResultArticle:
    return InlineQueryResultArticle(card_id, "title", InputTextMessageContent(text))


BAD_REQUESTS: dict[str, tuple[Action, str]] = {
    "empty": (lambda b: b.send_message(1, " \u200b\n"), "message text is empty"),
    "too long": (lambda b: b.send_message(1, "😀" * 2049), "message is too long"),
    "past the end": (lambda b: b.send_message(1, "ab", entities=[MessageEntity("bold", 1, 2)]), "after the end"),
    "half a character": (
        lambda b: b.send_message(1, "😀a", entities=[MessageEntity("bold", 1, 2)]),
        "middle of a UTF-16",
    ),
    "entity of nothing": (lambda b: b.send_message(1, "ab", entities=[MessageEntity("bold", 0, 0)]), "incorrect"),
    "too many entities": (
        lambda b: b.send_message(1, "a" * 101, entities=[MessageEntity("bold", n, 1) for n in range(101)]),
        "too many entities",
    ),
    "quotation in quotation": (
        lambda b: b.send_message(
            1, "abcd", entities=[MessageEntity("blockquote", 0, 4), MessageEntity("blockquote", 1, 1)]
        ),
        "quotation inside",
    ),
    "overlap": (
        lambda b: b.send_message(1, "abcd", entities=[MessageEntity("bold", 0, 3), MessageEntity("italic", 2, 2)]),
        "overlap",
    ),
    "data too long": (lambda b: b.send_message(1, "a", reply_markup=keyboard("字" * 22)), "BUTTON_DATA_INVALID"),
    "link to nowhere": (
        lambda b: b.send_message(
            1, "a", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("b", url="http://localhost/x")]])
        ),
        "BUTTON_URL_INVALID",
    ),
    "unknown chat": (lambda b: b.send_message(99, "a"), "chat not found"),
    "unknown topic": (lambda b: b.send_message(1, "a", message_thread_id=5), "message thread not found"),
    "unknown message": (lambda b: b.edit_message_text("a", 1, 12345), "message to edit not found"),
    "stale button": (lambda b: b.answer_callback_query("old"), "query is too old"),
    "stale inline query": (lambda b: b.answer_inline_query("old", [card("a")]), "query is too old"),
}


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_what_telegram_refuses_is_refused(server: tuple[TelegramApi, str], name: str) -> None:
    action, description = BAD_REQUESTS[name]
    error = outcome(server[1], action)
    assert isinstance(error, BadRequest)
    assert description.lower() in str(error).lower()


def test_an_edit_that_changes_nothing_is_refused(server: tuple[TelegramApi, str]) -> None:
    async def twice(bot: Bot) -> None:
        sent = await bot.send_message(1, "same")
        await bot.edit_message_text("same", 1, sent.message_id)

    assert "not modified" in str(outcome(server[1], twice))


def test_cards_with_the_same_id_are_refused(server: tuple[TelegramApi, str]) -> None:
    query = server[0].inline("question")
    error = outcome(server[1], lambda b: b.answer_inline_query(query, [card("a"), card("b")]))
    assert "result_id_duplicate" in str(error).lower()


@pytest.mark.parametrize("token", ["4242:another-secret", "no token at all"])
def test_a_wrong_token_is_refused(server: tuple[TelegramApi, str], token: str) -> None:
    assert isinstance(outcome(server[1], lambda b: b.get_me(), token), InvalidToken)


def test_who_blocked_the_bot_gets_nothing(server: tuple[TelegramApi, str]) -> None:
    server[0].chat(50)
    server[0].blocked_by.add(50)
    assert isinstance(outcome(server[1], lambda b: b.send_message(50, "a")), Forbidden)


@pytest.mark.parametrize(
    ("fault", "kind"), [(429, RetryAfter), (502, NetworkError), (500, NetworkError), (DROP, NetworkError)]
)
def test_faults_come_when_asked_for(
    server: tuple[TelegramApi, str], fault: int | str, kind: type[TelegramError]
) -> None:
    server[0].fail_next("sendMessage", fault)
    assert isinstance(outcome(server[1], lambda b: b.send_message(1, "a")), kind)
    assert outcome(server[1], lambda b: b.send_message(1, "a")) is None


def test_the_first_of_two_pollers_is_cut_off(server: tuple[TelegramApi, str]) -> None:
    async def two(first: Bot) -> None:
        async with Bot(TOKEN, base_url=f"{server[1]}/bot") as second:
            polling = asyncio.create_task(first.get_updates(offset=2**31 - 1, timeout=5))
            await asyncio.sleep(0.1)
            await second.get_updates(offset=2**31 - 1, timeout=0)
            await polling

    assert isinstance(outcome(server[1], two), Conflict)


def test_polling_is_refused_while_a_webhook_is_set(server: tuple[TelegramApi, str]) -> None:
    assert outcome(server[1], lambda b: b.set_webhook("http://127.0.0.1:9/none")) is None
    assert isinstance(outcome(server[1], lambda b: b.get_updates()), Conflict)
    assert outcome(server[1], lambda b: b.delete_webhook()) is None
