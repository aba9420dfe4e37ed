"""What the routes of one server share, with its type: FastAPI's own `app.state` is `Any`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from byline.bot.access_file import AccessFile
from byline.bot.answer_log import AnswerLog
from byline.bot.asking import Asker
from byline.bot.http.problems import NotReady
from byline.bot.metrics import Metrics
from byline.bot.places import Places
from byline.bot.settings import Settings
from byline.bot.uploads import Uploads
from byline.retrieval.index.store import Store
from byline.retrieval.service import Service

UPLOADS_AT_ONCE = 1  # the index takes one after the other anyway, and questions need the rest of the machine
UPLOADS_WAITING = 8
UPLOAD_AGAIN_IN_S = 30


def _upload_places() -> Places:
    return Places(UPLOADS_AT_ONCE, waiting=UPLOADS_WAITING, within_s=None, retry_after_s=UPLOAD_AGAIN_IN_S)


@dataclass(slots=True)
class Server:
    """The parts behind the routes.

    Attributes:
        asker: answers questions.
        settings: keys, rates and sizes.
        uploads: takes uploads.
        metrics: the figures at `/metrics`.
        access: the sessions of browsers.
        uploading: where what is handed in is read and indexed, apart from questions.
        ready: whether questions are taken.
        not_ready_because: why not, for people.
    """

    asker: Asker
    settings: Settings
    uploads: Uploads
    metrics: Metrics
    access: AccessFile
    uploading: Places = field(default_factory=_upload_places)
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
    def answer_log(self) -> AnswerLog:
        """Answers and feedback."""
        return self.asker.answer_log

    def drain(self) -> None:
        """Take nothing more, because the process is to end: refuse those who wait, finish the answers under way."""
        self.ready, self.not_ready_because = False, "the server is stopping"
        self.asker.places.close("the server is stopping")
        self.uploading.close("the server is stopping", stop_working=True)

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
