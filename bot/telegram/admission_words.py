"""What the bot says at its door, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DoorWords:
    """Said to who is not let in yet, and to who lets in; `{…}` is filled in with `str.format`."""

    closed: str
    closed_group: str
    closed_inline: str
    ask_in: str
    asked_in: str
    nobody_there: str
    wants_in: str
    let_in: str
    let_group_in: str
    not_in: str
    is_in: str
    is_not_in: str
    you_are_in: str
    put_out: str
    only_owner: str
    owner: str
    people: str
    people_none: str
    too_fast: str


CHINESE_DOOR = DoorWords(
    closed="这个机器人只回答获准的人。您的 Telegram 编号是 {user}。",
    closed_group="这个群还没有获准使用这个机器人，请机器人的主人点下面的按钮。",
    closed_inline="您还没有获准使用",
    ask_in="请主人允许我使用",
    asked_in="已经转告主人。",
    nobody_there="主人现在联系不上。",
    wants_in="{name}（{user}）想使用这个机器人。",
    let_in="允许",
    let_group_in="允许这个群使用",
    not_in="不允许",
    is_in="{name}（{user}）可以提问了。",
    is_not_in="{name}（{user}）不能提问。",
    you_are_in="主人已允许您使用，请直接提问。",
    put_out="收回",
    only_owner="只有主人可以决定。",
    owner="您现在是这个机器人的主人：可以提问、添加文章，并允许别人使用。/people 查看谁可以提问。",
    people="可以提问的人：",
    people_none="除了您，还没有别人可以提问。",
    too_fast="问得太快了，请等 {wait} 秒再问。",
)
ENGLISH_DOOR = DoorWords(
    closed="This bot answers only people who were let in. Your Telegram id is {user}.",
    closed_group="This group has not been let in yet; the bot's owner can do it with the button below.",
    closed_inline="You have not been let in yet",
    ask_in="Ask the owner to let me in",
    asked_in="The owner has been told.",
    nobody_there="The owner cannot be reached now.",
    wants_in="{name} ({user}) would like to use this bot.",
    let_in="Let in",
    let_group_in="Let this group in",
    not_in="Do not",
    is_in="{name} ({user}) may ask now.",
    is_not_in="{name} ({user}) may not ask.",
    you_are_in="The owner has let you in; just ask.",
    put_out="Take it back",
    only_owner="Only the owner decides that.",
    owner="You are this bot's owner now: you may ask, add articles and let others in. /people shows who may ask.",
    people="Who may ask:",
    people_none="Nobody but you may ask yet.",
    too_fast="That was too fast; please wait {wait} s.",
)


def door_words(language: str) -> DoorWords:
    """The words in the language that `words_for` chose (`Words.language`)."""
    return CHINESE_DOOR if language.startswith("zh") else ENGLISH_DOOR
