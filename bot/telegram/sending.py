"""Getting messages to Telegram: its limits obeyed, its hiccups ridden out, earlier messages edited in place."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import httpx
from telegram import Bot, Message, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, NetworkError, TelegramError, TimedOut
from telegram.ext import AIORateLimiter

from byline.bot.telegram.rendering import Outgoing

log = logging.getLogger(__name__)

MAX_FLOOD_RETRIES = 5
NETWORK_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)  # about as long as a phone takes to change networks
TYPING_AFTER_S = 0.15  # quicker answers need no sign of life
TYPING_EVERY_S = 4.5  # Telegram shows an action for 5 s

Result = bool | dict[str, Any] | list[dict[str, Any]]


class RetryingLimiter(AIORateLimiter):
    """Telegram's limits and its `retry_after` obeyed, and network errors retried.

    A request that may have been carried out although no answer came back is not repeated where a repetition
    would be seen: better one message that we do not know of than two.
    """

    def __init__(self) -> None:
        super().__init__(max_retries=MAX_FLOOD_RETRIES)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """Make one request, in its turn, as often as it takes; see `AIORateLimiter.process_request`."""
        if endpoint == "sendChatAction":  # a sign of life: not worth a share of the group's 20 a minute, or a wait
            return await callback(*args, **kwargs)
        if endpoint in ("getUpdates", "getMe"):  # their callers have loops of their own
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        for pause_s in NETWORK_PAUSES_S:
            try:
                return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
            except NetworkError as error:
                if isinstance(error, BadRequest) or (endpoint.startswith("send") and may_have_arrived(error)):
                    raise
                log.info("%s failed (%s); again in %g s", endpoint, type(error).__name__, pause_s)
                await asyncio.sleep(pause_s)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: a chat, the topic in it, the message it replies to."""

    chat_id: int
    topic: int | None = None
    reply_to: int | None = None

    @classmethod
    def beside(cls, message: Message) -> Target:
        """Where to answer a message: in its topic, and in a group as a reply to it."""
        topic = message.message_thread_id if message.is_topic_message else None
        return cls(message.chat_id, topic, None if message.chat.type == "private" else message.message_id)


async def send(bot: Bot, target: Target, outgoing: Outgoing) -> Message:
    """Send one message; a group that became a supergroup or lost its topic still gets it."""
    reply = ReplyParameters(target.reply_to, allow_sending_without_reply=True) if target.reply_to else None
    try:
        return await bot.send_message(
            target.chat_id,
            outgoing.text,
            entities=outgoing.entities,
            reply_markup=outgoing.keyboard,
            message_thread_id=target.topic,
            reply_parameters=reply,
        )
    except ChatMigrated as moved:
        return await send(bot, replace(target, chat_id=moved.new_chat_id, reply_to=None, topic=None), outgoing)
    except BadRequest as refused:
        if target.topic is None or "thread not found" not in str(refused).lower():
            raise
        return await send(bot, replace(target, topic=None), outgoing)


async def edit(bot: Bot, chat_id: int, message_id: int, outgoing: Outgoing) -> bool:
    """Put other words into a message of ours; False if it is not there any more."""
    try:
        await bot.edit_message_text(
            outgoing.text, chat_id, message_id, entities=outgoing.entities, reply_markup=outgoing.keyboard
        )
    except BadRequest as refused:
        reason = str(refused).lower()
        if "not modified" in reason:
            return True
        if "not found" in reason or "can't be edited" in reason:
            return False
        raise
    return True


async def withdraw(bot: Bot, chat_id: int, message_id: int) -> None:
    """Delete a message of ours, or at least its buttons; one that is gone already is no loss."""
    with contextlib.suppress(BadRequest):
        await bot.delete_message(chat_id, message_id)


@contextlib.asynccontextmanager
async def typing(bot: Bot, target: Target) -> AsyncIterator[None]:
    """Show that the bot is at work, for as long as it takes."""
    sign = asyncio.create_task(_type(bot, target))
    try:
        yield
    finally:
        sign.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sign


async def _type(bot: Bot, target: Target) -> None:
    await asyncio.sleep(TYPING_AFTER_S)
    while True:
        with contextlib.suppress(TelegramError):
            await bot.send_chat_action(target.chat_id, ChatAction.TYPING, message_thread_id=target.topic)
        await asyncio.sleep(TYPING_EVERY_S)


def may_have_arrived(error: TelegramError) -> bool:
    """Whether Telegram may have got the request: it was sent whole, and the answer did not come in time."""
    return isinstance(error, TimedOut) and isinstance(error.__cause__, httpx.ReadTimeout)
