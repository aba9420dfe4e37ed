"""A bot over a small archive, talking to the local Bot API: the real client, handlers, store and answer_log.

Only the reading of questions is scripted, so that a test knows the answer it will get; one test in
`test_questions` goes the whole way.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from byline.bot.answer_log import AnswerLog
from byline.bot.asking import Asker
from byline.bot.settings import Settings
from byline.bot.telegram.app import TelegramBot
from byline.bot.uploads import Uploads
from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.answer import Answer, Citation, Reason, TookMs
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.reader import Reader
from byline.retrieval.index.store import Store
from byline.retrieval.indexing import index_articles
from byline.retrieval.service import AskRequest, Retrieved, Service
from byline.retrieval.understanding import understand
from tests.answers.said import quotes, words
from tests.doubles import HashEmbedder
from tests.worlds.articles import ASK_MILL, BAKERY, BRIDGE, COST, COST_QUOTE, LOAVES, LOAVES_QUOTE, MILL, cite
from tests.worlds.bot_api import TOKEN, Json, TelegramApi
from tests.worlds.stores import mill_answered, open_embedded

ADDER = 7  # the user who may add articles

UNKNOWN, BROKEN, SLOW = "谁写了《红楼梦》？", "把服务弄坏", "慢慢来，不着急"
TOOK = TookMs(1.0, 1.0, 1.0, 3.0)


def answer_of(
    answer_id: str, question: str, citations: tuple[Citation, ...], *, short: str | None = None, answered: bool = True
) -> Answer:
    """An answer as the service would give it: the quotes, each with its number."""
    parts = quotes(citations, short=short) if answered else words("已收录的文章里没有找到答案。")
    at = citations[0].start + citations[0].quote.index(short) if short else None
    reason: Reason | None = None if answered else "not_in_articles"
    return Answer(answer_id, question, answered, parts, short, at, reason, 0.9, citations, TOOK)


class ScriptedService(Service):
    """A real service over a real store that knows its lines."""

    def __init__(self, store: Store, embedder: Embedder, reader: Reader) -> None:
        super().__init__(store, embedder, reader)
        self.asked: list[str] = []
        self.slow_s = 0.6
        self.script: dict[str, Callable[[str], Answer]] = {
            COST: lambda i: answer_of(i, COST, (cite(BRIDGE, COST_QUOTE),), short="3.2亿元"),
            LOAVES: lambda i: answer_of(i, LOAVES, (cite(BAKERY, LOAVES_QUOTE),), short="900"),
            ASK_MILL: lambda i: replace(mill_answered(), answer_id=i),
            UNKNOWN: lambda i: answer_of(
                i,
                UNKNOWN,
                (cite(BRIDGE, COST_QUOTE, evidence=False), cite(BAKERY, LOAVES_QUOTE, 2, evidence=False)),
                answered=False,
            ),
        }

    def retrieve(self, request: AskRequest | str) -> Retrieved:
        request = AskRequest(request) if isinstance(request, str) else request
        return Retrieved(request, understand(request.question, lambda terms: {}), (), 1.0, 1.0, 2.0)

    def answer(self, retrieved: Retrieved) -> Answer:
        question = retrieved.request.question
        self.asked.append(question)
        if question == BROKEN:
            raise RuntimeError("sqlite3: /secret/path is malformed")
        if question.startswith(SLOW):
            time.sleep(self.slow_s)
        line = self.script.get(question) or self.script[COST]
        return line(f"answer-{len(self.asked)}-{threading.get_ident() % 1000}")


class World:
    """A folder with an archive, an answer log and a bot that can be stopped and started again."""

    def __init__(
        self,
        folder: Path,
        api: TelegramApi,
        url: str,
        *,
        public_url: str = "",
        scripted: bool = True,
        askers: tuple[str, ...] = ("anyone",),
        adders: tuple[int, ...] = (ADDER,),
        per_minute: int = 0,
    ) -> None:
        self.api = api
        self.folder = folder
        self.settings = Settings(
            data=folder,
            telegram_token=SecretStr(TOKEN),
            telegram_api=url,
            telegram_allowed=adders,
            telegram_askers=askers,
            telegram_per_minute=per_minute,
            public_url=public_url,
        )
        self.embedder = HashEmbedder()
        self.store = open_embedded(folder, self.embedder)
        index_articles((BRIDGE, BAKERY, MILL), self.store, self.embedder)
        reader = OverlapReader(self.embedder, self.store.document_frequencies)
        kind = ScriptedService if scripted else Service
        self.service: Service = kind(self.store, self.embedder, reader)
        self.answer_log = AnswerLog(folder)
        self.asker = Asker(self.service, self.answer_log)
        self.bot: TelegramBot | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def asked(self) -> list[str]:
        return self._scripted.asked

    @property
    def script(self) -> dict[str, Callable[[str], Answer]]:
        """What the service says to a question, from the id the answer has to have."""
        return self._scripted.script

    @property
    def _scripted(self) -> ScriptedService:
        assert isinstance(self.service, ScriptedService)
        return self.service

    def start(self) -> World:
        self._run(self._start())
        return self

    def stop(self) -> None:
        if self.bot is not None:
            self._run(self.bot.stop())
            self.bot = None

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self.service.close()
        self.answer_log.close()

    async def _start(self) -> None:
        self.bot = TelegramBot(self.asker, self.settings, uploads=Uploads(self.store, self.embedder))
        await self.bot.start()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def answer_to(self, message: Json, *, timeout_s: float = 10.0) -> Json:
        """Wait for the bot's message that is the next in the chat after this one, and give it."""
        chat = message["chat"]["id"]
        sent = self.api.wait(
            lambda: [m for m in self.api.sent(chat) if m["message_id"] > message["message_id"]], timeout_s
        )
        return dict(sent[0])


def buttons(message: Json) -> dict[str, str]:
    """Labels of the buttons under a message, with what they send or open."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return {b["text"]: b.get("callback_data") or b["url"] for row in rows for b in row}


def marked(message: Json, kind: str) -> list[str]:
    """The parts of a message under entities of one kind."""
    text = str(message["text"]).encode("utf-16-le")
    found = [e for e in message.get("entities", []) if e["type"] == kind]
    return [text[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in found]
