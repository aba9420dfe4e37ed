"""One way to ask for every front end: answered in turn, kept in the log of answers, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from byline.bot.answer_log import AnswerLog
from byline.bot.conversations import NEW, Conversations, Owner
from byline.bot.places import Places
from byline.retrieval.answers.answer import Answer
from byline.retrieval.cancelling import check_cancelled
from byline.retrieval.conversation.turns import LAST_TURNS, Turn, turn_of
from byline.retrieval.service import AskRequest, Retrieved, Service, check_question

if TYPE_CHECKING:
    from byline.bot.metrics import Metrics

T = TypeVar("T")

QUESTIONS_AT_ONCE = 2  # each question already uses both cores of a small machine
# More may not wait: the last of eight waits for some ten times what a question takes on an idle machine, half as long
# again while uploads are embedded, and 95 of 100 are to be answered within twenty times.
QUESTIONS_WAITING = 8
QUESTIONS_IN_A_BURST = 18  # that wait: twenty at once are answered, the last in twenty times what one takes
ANSWER_WITHIN_S = 30.0  # proxies cut silent responses after 30 to 60 s, and few people wait longer
ASK_AGAIN_IN_S = 5  # 200 clients that come back after 2 s cost a sixth of the answers on two cores, just to be refused


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
            QUESTIONS_AT_ONCE,
            waiting=QUESTIONS_WAITING,
            burst=QUESTIONS_IN_A_BURST,
            within_s=ANSWER_WITHIN_S,
            retry_after_s=ASK_AGAIN_IN_S,
        )

    def ask(
        self, request: AskRequest | Retrieved, *, channel: str, asker: str | None = None, half_typed: bool = False
    ) -> Answer:
        """Answer one question in the calling thread, keep the answer and count it.

        Args:
            request: a question, or what `retrieve` found for one. One that names a conversation is read as going on
                with it, and becomes part of it.
            channel: the way it was asked, as `AnswerLog.record` has it.
            asker: whose question it is, within the channel.
            half_typed: the question may be unfinished: an abstention from it says nothing about the archive, and is
                neither kept nor counted.

        Raises:
            BadQuestion: see `Service.ask`.
            NotFound: there is no such conversation, or it is somebody else's.
            Cancelled: nobody waits for the answer any more.
        """
        found = request if isinstance(request, Retrieved) else self.retrieve(request, Owner(channel, asker or ""))
        check_cancelled()
        answer = self.service.answer(found)
        check_cancelled()
        if answer.answered or not half_typed:
            self.answer_log.record(answer, channel=channel, asker=asker)
            if answer.conversation is not None:
                self.conversations.add(answer.conversation, answer.answer_id)
            if self.metrics is not None:
                self.metrics.count_answer(answer, channel)
        return answer

    def retrieve(self, request: AskRequest, owner: Owner, *, until: str | None = None) -> Retrieved:
        """Find what is to be read for a question, read as going on with its conversation.

        Args:
            request: `conversation` may be `new`, or a name of the client's own, which begin one.
            owner: who asks.
            until: id of the answer the question replies to; what came after it does not count.

        Raises:
            BadQuestion: see `Service.ask`.
            NotFound: see `ask`.
        """
        if request.conversation is None:
            return self.service.retrieve(request)
        check_question(request.question)
        if request.conversation == NEW:
            return self.service.retrieve(replace(request, conversation=self.conversations.begin(owner)))
        self.conversations.begin_named(request.conversation, owner)
        return self.service.retrieve(replace(request, turns=self.turns(request.conversation, owner, until=until)))

    def turns(self, conversation: str | None, owner: Owner, *, until: str | None = None) -> tuple[Turn, ...]:
        """What was asked before in a conversation, as far as it bears on the next question; nothing for none.

        Raises:
            NotFound: see `ask`.
        """
        if conversation is None or conversation == NEW:
            return ()
        answers = self.conversations.answers(conversation, owner, last=LAST_TURNS, until=until)
        return tuple(turn_of(answer) for answer in answers if answer.reason != "small_talk")

    @property
    def conversations(self) -> Conversations:
        """Which answers followed on which."""
        return self.answer_log.conversations

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

    async def retrieve_in_turn(
        self, request: AskRequest, owner: Owner, *, until: str | None = None, patient: bool = False
    ) -> Retrieved:
        """Find what is to be read for a question: the first half of `ask_in_turn`.

        Raises:
            BadQuestion: see `Service.ask`.
            NotFound: see `ask`.
            Busy: see `Places.do`.
        """
        return await self.places.do(partial(self.retrieve, request, owner, until=until), patient=patient)

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Do work that uses the models in a thread, no more at once than the machine bears.

        Raises:
            Busy: see `Places.do`.
        """
        return await self.places.do(work)
