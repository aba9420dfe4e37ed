"""Updates between Telegram and the handlers: kept until finished, each once, one person's in their order."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Awaitable, Coroutine
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from byline.bot.telegram.state import MAX_ATTEMPTS, State

log = logging.getLogger(__name__)

# Waiting costs a coroutine; what works at once is bounded where the work is done.
MAX_WAITING = 4096
TRY_AGAIN_AFTER_S = 30.0  # Telegram's own pause between failed webhook deliveries is of this order


class Inbox(asyncio.Queue[object]):
    """The queue between Telegram and the handlers.

    An update is on disk before Telegram is told that it arrived, so that a killed process loses none; one that
    came before, from Telegram's repetition or another start, is not taken again.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state

    async def put(self, item: object) -> None:
        """Take an update in, unless it came before.

        Raises:
            TelegramError: it could not be kept; whoever brought it must bring it again.
        """
        try:
            if isinstance(item, Update) and not self._state.receive(item.update_id, item.to_json()):
                return
        except sqlite3.Error as fault:  # anything but a TelegramError would end the library's polling for good
            raise TelegramError(f"an update could not be kept: {fault}") from fault
        await super().put(item)

    def put_again(self, update: Update) -> None:
        """Queue an update that is kept already."""
        self.put_nowait(update)

    def resume(self, bot: Bot) -> int:
        """Queue what an earlier process took in and did not finish; returns how many."""
        given_up = self._state.give_up()
        if given_up:
            log.error("%d updates were begun %d times and never finished; they are given up", given_up, MAX_ATTEMPTS)
        bodies = self._state.unfinished()
        for body in bodies:
            self.put_again(Update.de_json(json.loads(body), bot))
        return len(bodies)


class PerUserOrder(BaseUpdateProcessor):
    """Handles updates side by side, but the messages of one person one after the other, and so their buttons.

    Attributes:
        undelivered: ids of updates whose answer could not be sent; they are tried again later.
        stopping: when set, what has not begun is left for the next start.
    """

    __slots__ = ("_inbox", "_state", "_turns", "stopping", "undelivered")

    def __init__(self, state: State, inbox: Inbox) -> None:
        super().__init__(MAX_WAITING)
        self._state = state
        self._inbox = inbox
        self._turns: dict[tuple[str, int], list[asyncio.Future[None]]] = {}
        self.undelivered: set[int] = set()
        self.stopping = False

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to free."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the person's earlier updates, then handle this one."""
        if not isinstance(update, Update):
            await coroutine
            return
        person = _person(update)
        if person is None:
            await self._handle(update, coroutine)
            return
        turns = self._turns.setdefault(person, [])
        before = turns[-1] if turns else None
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        turns.append(done)
        try:
            if before is not None:
                await asyncio.shield(before)
            await self._handle(update, coroutine)
        finally:
            done.set_result(None)
            turns.remove(done)
            if not turns:
                del self._turns[person]

    async def _handle(self, update: Update, coroutine: Awaitable[Any]) -> None:
        if self.stopping:
            if isinstance(coroutine, Coroutine):
                coroutine.close()
            return
        self._state.begin(update.update_id)
        await coroutine
        if update.update_id not in self.undelivered:
            self._state.finish(update.update_id)
            return
        self.undelivered.discard(update.update_id)
        if self._state.attempts(update.update_id) < MAX_ATTEMPTS:
            asyncio.get_running_loop().call_later(TRY_AGAIN_AFTER_S, self._inbox.put_again, update)
        else:
            log.error("update %d was tried %d times and is given up", update.update_id, MAX_ATTEMPTS)
            self._state.finish(update.update_id)


def _person(update: Update) -> tuple[str, int] | None:
    """Whose turn an update is; inline queries follow each keystroke and supersede each other, so they have none."""
    if update.callback_query is not None:
        return "button", update.callback_query.from_user.id
    message = update.effective_message
    if message is None:
        return None
    if message.sender_chat is not None:
        return "message", message.sender_chat.id
    return "message", message.from_user.id if message.from_user else message.chat_id
