"""One way to ask for every front end: answered in turn, kept in the log of answers, counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from byline.bot.answer_log import AnswerLog
from byline.bot.places import Places
from byline.retrieval.answers.answer import Answer
from byline.retrieval.cancelling import check_cancelled
from byline.retrieval.service import AskRequest, Retrieved, Service

if TYPE_CHECKING:
    from byline.bot.metrics import Metrics

T = TypeVar("T")

QUESTIONS_AT_ONCE = 2  # each question already uses both cores of a small machine
# More may not wait: the last of twelve waits for seven times what a question takes on an idle machine, twice that while
# uploads are embedded, and 95 of 100 are to be answered within twenty times.
QUESTIONS_WAITING = 12
ANSWER_WITHIN_S = 30.0  # proxies cut silent responses after 30 to 60 s, and few people wait longer
ASK_AGAIN_IN_S = 2


class Asker:
    """Answers questions for terminal, HTTP, page and Telegram; one of them, so that together they do no more at once
    than the machine bears.

    Attributes:
        service: answers.
        answer_log: keeps answers and feedback.
        metrics: counts answers; None where nobody asks for figures.
        places: where questions are answered.
    """

    def __init__(self, service: Service, answer_log: AnswerLog, metrics: Metrics | None = None) -> None:
        self.service, self.answer_log, self.metrics = service, answer_log, metrics
        self.places = Places(
            QUESTIONS_AT_ONCE, waiting=QUESTIONS_WAITING, within_s=ANSWER_WITHIN_S, retry_after_s=ASK_AGAIN_IN_S
        )

    def ask(
        self, request: AskRequest | Retrieved, *, channel: str, asker: str | None = None, half_typed: bool = False
    ) -> Answer:
        """Answer one question in the calling thread, keep the answer and count it.

        Args:
            request: a question, or what `retrieve` found for one.
            channel: the way it was asked, as `AnswerLog.record` has it.
            asker: whose question it is, within the channel.
            half_typed: the question may be unfinished: an abstention from it says nothing about the archive, and is
                neither kept nor counted.

        Raises:
            BadQuestion: see `Service.ask`.
            Cancelled: nobody waits for the answer any more.
        """
        found = request if isinstance(request, Retrieved) else self.service.retrieve(request)
        check_cancelled()
        answer = self.service.answer(found)
        check_cancelled()
        if answer.answered or not half_typed:
            self.answer_log.record(answer, channel=channel, asker=asker)
            if self.metrics is not None:
                self.metrics.count_answer(answer, channel)
        return answer

    async def ask_in_turn(
        self,
        request: AskRequest | Retrieved,
        *,
        channel: str,
        asker: str | None = None,
        half_typed: bool = False,
        patient: bool = False,
    ) -> Answer:
        """The same off the event loop; a burst waits its turn, and the second half of a question is never refused.

        Raises:
            BadQuestion: see `Service.ask`.
            Busy: see `Places.do`.
        """
        ask = partial(self.ask, request, channel=channel, asker=asker, half_typed=half_typed)
        return await self.places.do(ask, admitted=isinstance(request, Retrieved), patient=patient)

    async def retrieve_in_turn(self, request: AskRequest) -> Retrieved:
        """Find what is to be read for a question: the first half of `ask_in_turn`.

        Raises:
            BadQuestion: see `Service.ask`.
            Busy: see `Places.do`.
        """
        return await self.in_turn(partial(self.service.retrieve, request))

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Do work that uses the models in a thread, no more at once than the machine bears.

        Raises:
            Busy: see `Places.do`.
        """
        return await self.places.do(work)
