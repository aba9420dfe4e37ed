"""One way to ask: no more at once than the machine bears, whichever front end asks."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import cast

from byline.bot.answer_log import AnswerLog
from byline.bot.asking import QUESTIONS_AT_ONCE, QUESTIONS_IN_A_BURST, Asker
from byline.bot.places import Busy
from byline.retrieval.answers.answer import Answer, Text, TookMs
from byline.retrieval.service import AskRequest, Retrieved, Service
from byline.retrieval.understanding import understand


class SlowService:
    """Answers after a while, and knows how many questions it answered at once at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0

    def retrieve(self, request: AskRequest) -> Retrieved:
        return Retrieved(request, understand(request.question, lambda terms: {}), (), 0.0, 0.0, 0.0)

    def answer(self, found: Retrieved) -> Answer:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        with self._lock:
            self._now -= 1
        took = TookMs(0.0, 0.0, 0.0, 0.0)
        return Answer(
            found.request.question, found.request.question, False, (Text("?"),), None, None, "no_articles", 0, (), took
        )


def test_front_ends_together_answer_no_more_at_once_than_the_machine_bears(tmp_path: Path) -> None:
    service = SlowService()
    asker = Asker(cast(Service, service), AnswerLog(tmp_path))

    async def ask_from_everywhere() -> None:
        channels = ["http", "page", "telegram"] * 4
        await asyncio.gather(
            *(asker.ask_in_turn(AskRequest(f"q{n}"), channel=channel) for n, channel in enumerate(channels))
        )

    asyncio.run(ask_from_everywhere())
    assert service.most == QUESTIONS_AT_ONCE
    asker.answer_log.close()


def test_a_flood_is_refused_and_telegram_waits(tmp_path: Path) -> None:
    asker = Asker(cast(Service, SlowService()), AnswerLog(tmp_path))

    async def flood() -> list[object]:
        asking = [asker.ask_in_turn(AskRequest(f"q{n}"), channel="http") for n in range(30)]
        waiting = [asker.ask_in_turn(AskRequest(f"t{n}"), channel="telegram", patient=True) for n in range(10)]
        return list(await asyncio.gather(*asking, *waiting, return_exceptions=True))

    done = asyncio.run(flood())
    assert sum(isinstance(one, Busy) for one in done) == 30 - QUESTIONS_AT_ONCE - QUESTIONS_IN_A_BURST
    assert not any(isinstance(one, Busy) for one in done[30:])
    assert asker.answer_log.latency().questions == 10 + QUESTIONS_AT_ONCE + QUESTIONS_IN_A_BURST
    asker.answer_log.close()


def test_an_abstention_from_a_half_typed_question_is_not_kept(tmp_path: Path) -> None:
    asker = Asker(cast(Service, SlowService()), AnswerLog(tmp_path))
    asker.ask(AskRequest("谁"), channel="telegram", half_typed=True)
    assert asker.answer_log.latency().questions == 0
    asker.ask(AskRequest("谁"), channel="telegram")
    assert asker.answer_log.latency().questions == 1
    asker.answer_log.close()
