"""Work in a thread that stops between its parts when nobody waits for it any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from byline.embeddings.errors import BylineError


class Cancelled(BylineError):
    """Work was stopped before it was done; the message says why."""


class Cancellation:
    """Whether one piece of work is still wanted; any thread may say that it is not.

    Attributes:
        reason: why not, "" as long as it is.
    """

    __slots__ = ("_until", "reason")

    def __init__(self, *, within_s: float | None = None) -> None:
        """Give it so long, or as long as it takes."""
        self.reason = ""
        self._until = None if within_s is None else time.monotonic() + within_s

    def cancel(self, reason: str) -> None:
        """Say that nobody wants it any more."""
        self.reason = self.reason or reason

    def check(self) -> None:
        """Go on, or not.

        Raises:
            Cancelled: it is not wanted, or its time is over.
        """
        if self._until is not None and time.monotonic() > self._until:
            self.cancel("it took longer than anybody should wait")
        if self.reason:
            raise Cancelled(self.reason)


_at_hand: ContextVar[Cancellation | None] = ContextVar("byline_cancellation", default=None)


@contextmanager
def cancellable(cancellation: Cancellation) -> Iterator[None]:
    """Let `check_cancelled`, called inside, obey this.

    Raises:
        Cancelled: it is not wanted to begin with.
    """
    cancellation.check()
    token = _at_hand.set(cancellation)
    try:
        yield
    finally:
        _at_hand.reset(token)


def check_cancelled() -> None:
    """Called between passages, batches and stages; does nothing where nobody asked to be able to stop.

    Raises:
        Cancelled: the work at hand is not wanted any more.
    """
    cancellation = _at_hand.get()
    if cancellation is not None:
        cancellation.check()
