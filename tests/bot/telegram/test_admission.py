"""Who may ask the bot: the settings, the link to the first owner, whom the owner lets in, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from byline.bot.access_file import AccessFile
from byline.bot.settings import Settings
from byline.bot.telegram.admission_words import CHINESE_DOOR, ENGLISH_DOOR
from byline.bot.telegram.members import CODE_LASTS_S, Members
from tests.worlds.articles import COST, COST_QUOTE
from tests.worlds.bot_api import TelegramApi
from tests.worlds.telegram import World, buttons, marked

OWNER, GUEST, STRANGER, GROUP = 11, 12, 13, -100

Making = Callable[..., World]


@pytest.fixture
def make(api: TelegramApi, tmp_path: Path) -> Iterator[Making]:
    made: list[World] = []
    url = api.start()

    def making(**given: object) -> World:
        world = World(tmp_path, api, url, **{"askers": (), "adders": (), **given})  # type: ignore[arg-type]
        made.append(world.start())
        return world

    yield making
    for world in made:
        world.close()


def answered(world: World, api: TelegramApi, user: int, **where: int) -> bool:
    reply = world.answer_to(api.say(f"/ask {COST}" if where else COST, user=user, **where))
    return COST_QUOTE in reply["text"]


def owned(make: Making, api: TelegramApi) -> World:
    world = make()
    assert world.bot is not None
    link = world.bot.invitation()
    assert link is not None
    welcome = world.answer_to(api.say(f"/start {link.partition('?start=')[2]}", user=OWNER))
    assert welcome["text"] == CHINESE_DOOR.owner
    api.wait(lambda: len(api.sent(OWNER)) == 2)  # and how it is used
    return world


def test_a_stranger_reads_nothing_whatever_they_try(make: Making, api: TelegramApi) -> None:
    world = make()
    for text in (COST, f"/ask {COST}", "/sources", "/status", "/help", "/start", "/start s1_answer", "/people"):
        assert world.answer_to(api.say(text, user=STRANGER))["text"].startswith("这个机器人只回答获准的人"), text
    api.upload("a.txt", b"title\n\ntext", user=STRANGER)
    api.inline(COST, user=STRANGER)
    given = api.wait(lambda: api.named("answerInlineQuery"))[0].given
    assert given.get("results", []) == []
    assert given["button"]["text"] == CHINESE_DOOR.closed_inline
    assert world.asked == []
    assert world.store.articles(limit=1).total == 3


def test_old_buttons_open_nothing_for_a_stranger(make: Making, api: TelegramApi) -> None:
    world = owned(make, api)
    reply = world.answer_to(api.say(COST, user=OWNER))
    before = len(api.sent())
    for data in (*buttons(reply).values(), "l:0", "a:0:0"):
        api.press({**reply, "chat": api.chat(STRANGER)}, data, user=STRANGER)
    api.wait(lambda: len(api.named("answerCallbackQuery")) >= len(buttons(reply)) + 2)
    assert len(api.sent()) == before
    assert "获准" in api.named("answerCallbackQuery")[-1].given["text"]


def test_who_opens_the_link_first_is_the_owner_and_nobody_after(make: Making, api: TelegramApi) -> None:
    world = make()
    assert world.bot is not None
    link = world.bot.invitation()
    assert link is not None
    assert link.startswith("https://t.me/byline_bot?start=")
    code = link.partition("?start=")[2]
    assert 0 < len(code) <= 64
    assert "获准" in world.answer_to(api.say(f"/start {code[:-1]}x", user=STRANGER))["text"]
    assert world.answer_to(api.say(f"/start {code}", user=OWNER))["text"] == CHINESE_DOOR.owner
    assert "获准" in world.answer_to(api.say(f"/start {code}", user=STRANGER))["text"]
    assert world.bot.invitation() is None
    api.wait(lambda: len(api.sent(OWNER)) == 2)
    assert answered(world, api, OWNER)
    api.upload("a.txt", "渡口复航\n\n渡口昨天复航,每天二十六班。".encode(), user=OWNER)
    api.wait(lambda: world.store.articles(limit=1).total == 4)


def test_the_link_ends_after_ten_minutes_and_after_one_use(tmp_path: Path) -> None:
    now = 0.0
    access = AccessFile(tmp_path)
    members = Members(Settings(data=tmp_path), access, 1, clock=lambda: now)
    code = members.invitation() or ""
    now = CODE_LASTS_S + 1
    assert not members.claim(code, OWNER, "o")
    second = members.invitation() or ""
    assert second != code
    assert not members.claim(code, OWNER, "o")
    assert members.claim(second, OWNER, "o")
    assert not members.claim(second, STRANGER, "s")
    assert members.invitation() is None
    assert not Members(Settings(data=tmp_path), access, 2).may_ask(OWNER)  # another bot has another owner
    access.close()


@pytest.mark.parametrize("given", [{"askers": ("anyone",)}, {"askers": ("12",)}, {"adders": (12,)}])
def test_with_a_list_there_is_no_link(make: Making, api: TelegramApi, given: dict[str, object]) -> None:
    world = make(**given)
    assert world.bot is not None
    assert world.bot.invitation() is None
    assert answered(world, api, GUEST)
    assert answered(world, api, STRANGER) == (given == {"askers": ("anyone",)})


def test_the_owner_lets_in_by_a_button_and_takes_it_back(make: Making, api: TelegramApi) -> None:
    world = owned(make, api)
    closed = world.answer_to(api.say(COST, user=GUEST))
    wish = buttons(closed)[CHINESE_DOOR.ask_in]
    api.press(closed, wish, user=GUEST)
    brought = api.wait(lambda: [m for m in api.sent(OWNER) if "想使用" in m["text"]])[-1]
    assert f"User {GUEST}" in brought["text"]
    let_in = buttons(brought)[CHINESE_DOOR.let_in]
    api.press(brought, let_in, user=STRANGER)  # forged: not the owner
    api.wait(lambda: [c for c in api.named("answerCallbackQuery") if c.given.get("text") == CHINESE_DOOR.only_owner])
    assert not answered(world, api, GUEST)
    api.press(brought, let_in, user=OWNER)
    api.wait(lambda: [m for m in api.sent(GUEST) if m["text"] == CHINESE_DOOR.you_are_in])
    assert answered(world, api, GUEST)
    listed = world.answer_to(api.say("/people", user=OWNER))
    assert f"User {GUEST}" in listed["text"]
    assert world.answer_to(api.say("/people", user=GUEST))["text"] == CHINESE_DOOR.only_owner
    (put_out,) = buttons(listed).values()
    api.press(listed, put_out, user=OWNER)
    api.wait(lambda: not any(m.chat_id == GUEST for m in world_members(world)))
    assert not answered(world, api, GUEST)


def world_members(world: World) -> list[object]:
    assert world.bot is not None
    return list(world.bot._members.all())


def test_who_was_let_in_still_is_after_a_restart(make: Making, api: TelegramApi) -> None:
    world = owned(make, api)
    world.stop()
    world.start()
    assert world.bot is not None
    assert world.bot.invitation() is None
    assert answered(world, api, OWNER)
    assert not answered(world, api, STRANGER)


def test_a_group_is_silent_until_meant_and_closed_until_let_in(make: Making, api: TelegramApi) -> None:
    world = owned(make, api)
    api.chat(GROUP, "group")
    api.say("good morning everybody", user=STRANGER, chat=GROUP)
    closed = world.answer_to(api.say(f"@byline_bot {COST}", user=STRANGER, chat=GROUP))
    assert closed["text"] == CHINESE_DOOR.closed_group
    assert len(api.sent(GROUP)) == 1
    let_in = buttons(closed)[CHINESE_DOOR.let_group_in]
    api.press(closed, let_in, user=STRANGER)
    assert not answered(world, api, STRANGER, chat=GROUP)
    api.press(closed, let_in, user=OWNER)
    api.wait(lambda: any(m.chat_id == GROUP for m in world_members(world)))  # type: ignore[attr-defined]
    reply = world.answer_to(api.say(f"/ask {COST}", user=STRANGER, chat=GROUP))
    assert COST_QUOTE in marked(reply, "blockquote")
    assert not answered(world, api, STRANGER)  # in private the stranger is one still


def test_one_who_asks_too_fast_is_told_and_nobody_else_waits(make: Making, api: TelegramApi) -> None:
    world = make(askers=("anyone",), per_minute=3)
    codes = [world.answer_to(api.say(COST, user=STRANGER, language="en"))["text"] for _ in range(4)]
    assert [COST_QUOTE in code for code in codes] == [True, True, True, False]
    assert codes[-1].startswith(ENGLISH_DOOR.too_fast.partition("{")[0])
    assert answered(world, api, GUEST)
    assert len(world.asked) == 4


def test_private_questions_stay_out_of_what_is_listed(make: Making, api: TelegramApi) -> None:
    world = make(askers=("anyone",))
    api.chat(GROUP, "group")
    assert answered(world, api, GUEST)
    assert answered(world, api, GUEST, chat=GROUP)
    assert sorted(c.channel for c in world.answer_log.channels()) == ["telegram", "telegram_group"]
