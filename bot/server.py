"""What the routes of one server share, with its type: FastAPI's own `app.state` is `Any`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from bot.asking import Asker
from bot.intake import Intake
from bot.ledger import Ledger
from bot.metrics import Metrics
from bot.problems import NotReady
from bot.settings import Settings
from retrieval.index.store import Store
from retrieval.service import Service


@dataclass(slots=True)
class Server:
    """The parts behind the routes.

    Attributes:
        asker: answers questions.
        settings: keys, rates and sizes.
        intake: takes uploads.
        metrics: the figures at `/metrics`.
        ready: whether questions are taken.
        not_ready_because: why not, for people.
    """

    asker: Asker
    settings: Settings
    intake: Intake
    metrics: Metrics
    ready: bool = False
    not_ready_because: str = "models and index are being loaded"

    @property
    def service(self) -> Service:
        """What answers."""
        return self.asker.service

    @property
    def store(self) -> Store:
        """Where the articles are."""
        return self.asker.service.store

    @property
    def ledger(self) -> Ledger:
        """Answers and feedback."""
        return self.asker.ledger

    def check_ready(self) -> None:
        """See that questions can be taken.

        Raises:
            NotReady: models and index are still being loaded.
        """
        if not self.ready:
            raise NotReady(f"not ready yet: {self.not_ready_because}; ask again in a moment")


def attach(app: FastAPI, server: Server) -> None:
    """Let the routes of an app find their server."""
    app.state.server = server


def server_of(request: Request) -> Server:
    """The server behind the route that a request came to."""
    server: Server = request.app.state.server
    return server


Serving = Annotated[Server, Depends(server_of)]
