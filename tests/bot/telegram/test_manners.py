from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from prometheus_client import generate_latest
from pydantic import SecretStr
from telegram import Bot

from byline.bot.asking import QUESTIONS_AT_ONCE
from byline.bot.metrics import Metrics
from byline.bot.settings import SettingsFault
from byline.bot.telegram import inbox, sending
from byline.bot.telegram.app import WEBHOOK_PATH, TelegramBot, TokenRefused, run_beside
from byline.bot.telegram.state import FILE, MAX_ATTEMPTS, State, StateDamaged
from tests.worlds.articles import COST, LOAVES
from tests.worlds.bot_api import DROP, TOKEN, TelegramApi
from tests.worlds.telegram import SLOW, World, buttons, marked

SECRET = TOKEN.partition(":")[2]


def test_a_slow_answer_keeps_nobody_else_waiting(world: World, api: TelegramApi) -> None:
    slow = [api.say(f"{SLOW}{n}", user=10 + n) for n in range(QUESTIONS_AT_ONCE - 1)]
    quick = world.answer_to(api.say(COST, user=2))
    assert all(quick["message_id"] < world.answer_to(message)["message_id"] for message in slow)


def test_one_persons_questions_are_answered_in_their_order(world: World, api: TelegramApi) -> None:
    api.say(SLOW)
    api.say(LOAVES)
    api.say(COST)
    api.wait(lambda: len(api.sent(1)) == 3)
    assert world.asked == [SLOW, LOAVES, COST]
    assert [marked(message, "bold") for message in api.sent(1)[1:]] == [["900"], ["3.2亿元"]]


def test_a_button_does_not_wait_for_a_slow_answer_to_its_own_user(world: World, api: TelegramApi) -> None:
    answer = world.answer_to(api.say(COST))
    api.say(SLOW)
    api.press(answer, buttons(answer)["👍"])
    api.wait(lambda: api.named("answerCallbackQuery"))
    assert len(api.sent(1)) == 1


def test_too_many_requests_are_waited_out_and_the_answer_comes_once(world: World, api: TelegramApi) -> None:
    api.fail_next("sendMessage", 429)
    world.answer_to(api.say(COST))
    refused, taken = api.named("sendMessage")
    assert taken.at - refused.at >= api.retry_after_s
    assert len(api.sent(1)) == 1


def test_a_flaky_network_is_ridden_out_and_the_answer_comes_once(
    world: World, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "NETWORK_PAUSES_S", (0.02,) * 4)
    api.fail_next("sendMessage", 502, DROP, 500)
    world.answer_to(api.say(COST))
    world.answer_to(api.say(LOAVES))
    assert len(api.sent(1)) == 2


def test_what_could_not_be_sent_is_tried_again_later(
    world: World, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "NETWORK_PAUSES_S", (0.01,))
    monkeypatch.setattr(inbox, "TRY_AGAIN_AFTER_S", 0.05)
    api.fail_next("sendMessage", 502, 502, 502)
    world.answer_to(api.say(COST))
    assert world.asked == [COST, COST]
    assert len(api.sent(1)) == 1


def test_polling_goes_on_after_failures(world: World, api: TelegramApi) -> None:
    api.fail_next("getUpdates", 502, DROP)
    assert world.answer_to(api.say(COST))


def test_an_update_that_comes_twice_is_answered_once(world: World, api: TelegramApi) -> None:
    for message in (api.message("/status", user=1), api.message(COST, user=1)):
        for _ in range(2):
            api.push({"message": message}, update_id=5000 + message["message_id"])
    api.push({"message": api.message(LOAVES, user=1)}, update_id=6000)
    api.wait(lambda: len(api.sent(1)) >= 3)
    world.stop()
    assert [message["text"].split()[0] for message in api.sent(1)] == ["已收录", "3.2亿元", "900"]


def test_who_blocked_the_bot_is_left_alone_and_others_are_served(
    world: World, api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.blocked_by.add(1)
    api.say(COST, user=1)
    world.answer_to(api.say(COST, user=2))
    api.wait(lambda: [call for call in api.named("sendMessage") if call.refused])
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_an_answer_under_way_is_finished_before_the_bot_stops(world: World, api: TelegramApi) -> None:
    api.say(SLOW)
    api.wait(lambda: world.asked)
    world.stop()
    assert len(api.sent(1)) == 1
    world.start()
    world.answer_to(api.say(COST, user=2))
    assert world.asked == [SLOW, COST]


def test_what_was_done_is_not_done_again_after_a_restart(world: World, api: TelegramApi) -> None:
    world.answer_to(api.say("/status"))
    world.stop()
    world.start()
    world.answer_to(api.say(COST, user=2))
    assert len(api.sent(1)) == 1


def test_what_waits_when_the_bot_stops_is_answered_at_the_next_start(world: World, api: TelegramApi) -> None:
    api.say(SLOW)
    api.say(LOAVES)
    api.wait(lambda: world.asked)
    world.stop()
    api.say(COST)
    world.start()
    api.wait(lambda: len(api.sent(1)) == 3)
    assert world.asked == [SLOW, LOAVES, COST]


def test_a_killed_bot_loses_no_question_and_answers_none_twice(api: TelegramApi, tmp_path: Path) -> None:
    url = api.start()

    def process(slow_s: float) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.bot.telegram.bot_process", str(tmp_path), url, str(slow_s)]
        return subprocess.Popen(command, cwd=Path(__file__).parents[3])

    first = process(60)
    api.say(COST, user=1)
    api.wait(lambda: api.sent(1), 60)
    api.say(SLOW, user=2)
    api.wait(lambda: api.named("sendChatAction"), 30)  # taken in, confirmed to Telegram, and under way
    first.kill()
    first.wait()
    api.say(LOAVES, user=3)
    second = process(0)
    api.wait(lambda: api.sent(2) and api.sent(3), 60)
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert [len(api.sent(user)) for user in (1, 2, 3)] == [1, 1, 1]


def test_an_update_that_kills_the_process_again_and_again_is_given_up(tmp_path: Path) -> None:
    state = State(tmp_path, 1)
    state.receive(5, "{}")
    for _ in range(MAX_ATTEMPTS):
        assert state.unfinished() == ["{}"]
        state.begin(5)
    assert state.unfinished() == []
    assert state.give_up() == 1
    assert state.give_up() == 0
    state.close()


def test_a_memory_that_does_not_open_is_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(StateDamaged, match="move it away"):
        State(tmp_path, 1)


def test_an_update_that_cannot_be_kept_is_fetched_again(
    world: World, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, failures = State.receive, iter([sqlite3.OperationalError("database or disk is full")])

    def failing(state: State, update_id: int, body: str) -> bool:
        for failure in failures:
            raise failure
        return receive(state, update_id, body)

    monkeypatch.setattr(State, "receive", failing)
    assert world.answer_to(api.say(COST))
    assert world.asked == [COST]


def test_another_update_under_a_known_number_is_new(tmp_path: Path) -> None:
    state = State(tmp_path, 1)
    assert [state.receive(5, body) for body in ("{}", "{}", "[]")] == [True, False, True]
    state.close()


def test_updates_of_two_bots_are_told_apart(tmp_path: Path) -> None:
    one, other = State(tmp_path, 1), State(tmp_path, 2)
    assert one.receive(5, "{}")
    assert other.receive(5, "{}")
    assert not one.receive(5, "{}")
    one.close()
    other.close()


def test_the_token_is_in_no_log(world: World, api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpx").setLevel(logging.DEBUG)
        api.upload("a.md", "# 标题\n\n一段。\n\n又一段。".encode(), user=7)
        api.fail_next("sendMessage", DROP)
        world.answer_to(api.say(COST))
        logging.getLogger("x").error("odd %s", "arguments", exc_info=ValueError(f"https://host/bot{TOKEN}/getMe"))
    assert "(secret)/sendMessage" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("token", ["4242:not-the-right-secret", "", "no token"])
def test_a_wrong_token_is_one_line_without_the_token(api: TelegramApi, tmp_path: Path, token: str) -> None:
    world = World(tmp_path, api, api.start())
    world.settings = world.settings.model_copy(update={"telegram_token": SecretStr(token)})
    with pytest.raises((TokenRefused, SettingsFault)) as refused:
        world.start()
    assert "BYLINE_TELEGRAM_TOKEN" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert token == "" or token not in str(refused.value)
    world.close()


def test_a_second_poller_is_named_in_the_log(world: World, api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    async def poll() -> None:
        async with Bot(TOKEN, base_url=f"{world.settings.telegram_api}/bot") as other:
            await other.get_updates(timeout=0)

    asyncio.run(poll())
    api.wait(lambda: "another process takes this bot's updates" in caplog.text)
    assert world.answer_to(api.say(COST))


class Served:
    """A server with the bot beside it, as `byline serve` runs them."""

    def __init__(self, world: World, port: int) -> None:
        settings = world.settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
        bot = TelegramBot(world.asker, settings, uploads=None)
        app = FastAPI(lifespan=lambda _: run_beside(bot, settings))
        app.include_router(bot.router())
        self._server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def test_a_server_with_a_public_address_is_called_by_telegram(
    api: TelegramApi, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    world = World(tmp_path, api, api.start())
    served = Served(world, port)
    api.wait(lambda: api.webhook)
    world.answer_to(api.say(COST))
    update = {"update_id": 1, "message": api.message(LOAVES, user=2)}
    for secret in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}):
        assert httpx.post(f"http://127.0.0.1:{port}{WEBHOOK_PATH}", json=update, headers=secret).status_code == 401
    headers = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
    assert httpx.post(f"http://127.0.0.1:{port}{WEBHOOK_PATH}", content=b"{", headers=headers).status_code == 400
    served.stop()
    assert world.asked == [COST]
    assert set(api.webhook["allowed_updates"]) == {"message", "edited_message", "callback_query", "inline_query"}
    world.close()


def test_a_server_polls_where_telegram_will_not_call_it(
    api: TelegramApi, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    world = World(tmp_path, api, api.start())
    api.fail_next("setWebhook", 400)
    served = Served(world, free_port())
    world.answer_to(api.say(COST))
    served.stop()
    world.close()


def test_a_server_goes_on_without_a_bot_whose_token_is_refused(
    api: TelegramApi, tmp_path: Path, free_port: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    api.accepted_tokens.clear()
    world = World(tmp_path, api, api.start())
    port = free_port()
    served = Served(world, port)
    api.wait(lambda: "no Telegram bot" in caplog.text)
    assert httpx.post(f"http://127.0.0.1:{port}{WEBHOOK_PATH}", json={}).status_code == 401
    served.stop()
    world.close()


def test_a_bot_waits_for_a_telegram_that_cannot_be_reached(
    api: TelegramApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("byline.bot.telegram.app.RECONNECT_S", (0.02,))
    world = World(tmp_path, api, api.start())
    api.fail_next("getMe", 502, DROP, 429)
    api.retry_after_s = 0
    world.start()
    assert world.answer_to(api.say(COST))
    world.close()


def test_an_answer_in_telegram_is_counted_like_any_other(world: World, api: TelegramApi) -> None:
    world.asker.metrics = Metrics(world.store)
    world.answer_to(api.say(COST))
    counted = generate_latest(world.asker.metrics.registry).decode()
    assert 'byline_answers_total{channel="telegram",outcome="answered"} 1.0' in counted
