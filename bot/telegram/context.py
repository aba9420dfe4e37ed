"""What every handler works with: the asker, what the bot remembers, and threads to wait in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from byline.bot.answer_log import AnswerLog
from byline.bot.asking import Asker
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
        """Answer a question, without holding up the event loop, and keep the answer for its buttons.

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
