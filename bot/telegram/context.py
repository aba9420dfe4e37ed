"""What every handler works with: the asker, what the bot remembers, and threads to wait in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from byline.bot.answer_log import AnswerLog
from byline.bot.asking import Asker
from byline.bot.conversations import NEW, Owner
from byline.bot.settings import Settings
from byline.bot.telegram.members import Members
from byline.bot.telegram.state import Shown, State
from byline.bot.uploads import Uploads
from byline.retrieval.answers.answer import Answer
from byline.retrieval.index.store import Store
from byline.retrieval.service import AskRequest

T = TypeVar("T")

CHANNEL = "telegram"  # asked in private, or while typing in any chat
GROUP_CHANNEL = "telegram_group"
ADDED_AT_ONCE = 1  # the index takes one file after the other anyway
READS_AT_ONCE = 2  # buttons read a row or two; they must not queue behind answers


def _work_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(ADDED_AT_ONCE, thread_name_prefix="telegram-add")


def _read_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="telegram-read")


@dataclass(frozen=True, slots=True)
class Talk:
    """Where in a person's conversations a question stands.

    Attributes:
        place: the chat, and the topic in it.
        replies_to: id of the answer it replies to; empty where it replies to none.
        as_asked: read it as it stands, whatever was asked before.
        replaces: id of the answer to the same message before it was edited, which counts no more; empty for none.
    """

    place: str
    replies_to: str = ""
    as_asked: bool = False
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class BotContext:
    """The parts the handlers share.

    Attributes:
        asker: answers questions and keeps the answers.
        state: keeps what Telegram adds to them.
        settings: among others who may add articles.
        uploads: takes new articles in; None where this process must not write to the index.
        members: who may ask, add and let others in.
    """

    asker: Asker
    state: State
    settings: Settings
    uploads: Uploads | None
    members: Members
    _working: ThreadPoolExecutor = field(default_factory=_work_threads)
    _reading: ThreadPoolExecutor = field(default_factory=_read_threads)

    @property
    def answer_log(self) -> AnswerLog:
        """Where answers and feedback are kept."""
        return self.asker.answer_log

    @property
    def store(self) -> Store:
        """Where the articles are."""
        return self.asker.service.store

    @property
    def public_url(self) -> str:
        """What links start with; empty where Telegram would refuse them, as it does names without a dot."""
        url = self.settings.public_url.rstrip("/")
        return url if "." in (urlsplit(url).hostname or "") else ""

    async def ask(self, question: str, shown: Shown, *, half_typed: bool = False) -> Answer:
        """Answer a question alone, without holding up the event loop, and keep the answer for its buttons.

        Args:
            question: what is asked.
            shown: who asks, and whether in private.
            half_typed: an abstention from it says nothing about the archive and is not kept.

        Raises:
            BadQuestion: see `Service.ask`.
        """
        asked_by = str(shown.user_id)
        channel = CHANNEL if shown.private or half_typed else GROUP_CHANNEL
        answer = await self.asker.ask_in_turn(
            AskRequest(question), channel=channel, asker=asked_by, half_typed=half_typed, patient=True
        )
        self.state.show(answer.answer_id, shown)
        return answer

    async def converse(self, question: str, shown: Shown, talk: Talk) -> Answer:
        """Answer a question as going on with what its asker asked before in the same chat.

        Args:
            question: what is asked.
            shown: who asks, and whether in private.
            talk: where, and what it replies to.

        Raises:
            BadQuestion: see `Service.ask`.
        """
        owner = Owner(CHANNEL, str(shown.user_id), talk.place)
        conversations = self.asker.conversations
        going_on = await self.read(
            lambda: (
                (conversations.of_answer(talk.replies_to, owner) if talk.replies_to else None)
                or conversations.current(owner)
            )
        )
        request = AskRequest(question, conversation=going_on or NEW, as_asked=talk.as_asked)
        if talk.replaces:
            await self.read(partial(conversations.take_out, talk.replaces))
        found = await self.asker.retrieve_in_turn(request, owner, until=talk.replies_to or None, patient=True)
        channel = CHANNEL if shown.private else GROUP_CHANNEL
        answer = await self.asker.ask_in_turn(found, channel=channel, asker=owner.asker, patient=True)
        self.state.show(answer.answer_id, shown)
        return answer

    async def begin_anew(self, shown: Shown, place: str) -> None:
        """Let a person's next question in a chat begin a new conversation."""
        owner = Owner(CHANNEL, str(shown.user_id), place)
        await self.read(partial(self.asker.conversations.end, owner))

    async def read(self, work: Callable[[], T]) -> T:
        """Do something short with the store or the answer log in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    async def work(self, work: Callable[[], T]) -> T:
        """Do something long in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._working, work)

    def may_add(self, user_id: int) -> bool:
        """Whether a user may add articles and take them back."""
        return self.uploads is not None and self.members.may_add(user_id)

    def close(self) -> None:
        """Let go of the threads and the state; what still waits for a thread is dropped."""
        self._working.shutdown(wait=False, cancel_futures=True)
        self._reading.shutdown(wait=False, cancel_futures=True)
        self.members.close()
        self.state.close()
