"""A question from a front end of the server: answered off the event loop, kept in the ledger, counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread

from bot.bodies import AskBody
from bot.ledger import Ledger
from bot.metrics import Metrics
from bot.problems import NotReady
from retrieval.answers.answer import Answer
from retrieval.index.store import Filters
from retrieval.service import Service

T = TypeVar("T")


class ServerState(Protocol):
    """What `create_app` puts into `app.state`."""

    service: Service
    ledger: Ledger
    metrics: Metrics
    limiter: anyio.CapacityLimiter
    ready: bool
    not_ready_because: str


async def answer_question(state: Any, body: AskBody, *, channel: str, asker: str | None = None) -> Answer:
    """Answer, keep and count one question; a burst waits its turn.

    Args:
        state: `app.state`, a `ServerState`.
        body: the question and how to answer it.
        channel: see `Ledger.record`.
        asker: see `Ledger.record`.

    Raises:
        NotReady: the server is still starting.
        BadQuestion: see `Service.ask`.
    """
    server: ServerState = state
    check_ready(server)
    ask = partial(
        server.service.ask,
        body.question,
        top_k=body.top_k,
        filters=body.filters.filters() if body.filters else Filters(),
        conversation=body.conversation,
        mode=body.mode,
    )

    def ask_and_record() -> Answer:
        answer = ask()
        server.ledger.record(answer, channel=channel, asker=asker)
        return answer

    answer = await in_turn(server, ask_and_record)
    server.metrics.count_answer(answer, channel)
    return answer


async def in_turn(server: ServerState, work: Callable[[], T]) -> T:
    """Run work that uses the models in a thread, no more at once than the machine bears."""
    return await anyio.to_thread.run_sync(work, limiter=server.limiter)


def check_ready(server: ServerState) -> None:
    """See that questions can be taken.

    Raises:
        NotReady: models and index are still being loaded.
    """
    if not server.ready:
        raise NotReady(f"not ready yet: {server.not_ready_because}; ask again in a moment")
