"""Places where work is done in threads: so many at once, so many waiting, each as long as somebody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

from byline.embeddings.errors import BylineError
from byline.retrieval.cancelling import Cancellation, Cancelled, cancellable

T = TypeVar("T")


class Busy(BylineError):
    """There is no place and none to wait in, or the wait was too long; ask again after `retry_after_s`.

    Attributes:
        retry_after_s: whole seconds.
    """

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Places:
    """So many pieces of work at once; a burst waits its turn, a flood is refused at once.

    Attributes:
        refused: how many were refused so far.
    """

    def __init__(self, at_once: int, *, waiting: int, within_s: float | None, retry_after_s: int) -> None:
        """Make the places.

        Args:
            at_once: how many work side by side.
            waiting: how many may wait; more are refused.
            within_s: how long waiting and working may take together; None for as long as it takes.
            retry_after_s: what those who are refused are told.
        """
        self._limiter = anyio.CapacityLimiter(at_once)
        self._most = waiting
        self._within_s = within_s
        self._retry_after_s = retry_after_s
        self._under_way: set[Cancellation] = set()
        self._closed = ""
        self.refused = 0

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return self._limiter.statistics().tasks_waiting

    @property
    def working(self) -> int:
        """How many are at work."""
        return self._limiter.borrowed_tokens

    def close(self, reason: str, *, stop_working: bool = False) -> None:
        """Take no more, and let go of those who wait; those at work go on, or stop at their next step."""
        self._closed = reason
        for cancellation in list(self._under_way):
            if stop_working or not getattr(cancellation, "begun", False):
                cancellation.cancel(reason)

    async def do(self, work: Callable[[], T], *, patient: bool = False) -> T:
        """Do work in a thread, in its turn.

        Cancelled, it leaves the queue, or stops at its next step; its place is free only when it has stopped.

        Args:
            work: what `check_cancelled` can stop.
            patient: wait however long the queue is, for those who cannot be told to come back.

        Raises:
            Busy: too many wait already, or it did not come to its end in time.
        """
        if self._closed or (not patient and self.waiting >= self._most and not self._free):
            raise self._refusal(self._closed or f"{self._most} questions wait already")
        cancellation = _Errand(within_s=None if patient else self._within_s)
        self._under_way.add(cancellation)
        running = asyncio.ensure_future(self._in_thread(cancellation, work))
        running.add_done_callback(partial(self._done, cancellation))
        cancellation.running = running
        try:
            return await self._result(cancellation, running, patient)
        except Cancelled as stopped:
            raise self._refusal(str(stopped)) from stopped
        except asyncio.CancelledError:
            if not running.cancelled() or cancellation.reason:
                cancellation.cancel("the client left")
            if not cancellation.begun:
                running.cancel()
            if self._closed and running.cancelled():
                raise self._refusal(self._closed) from None
            raise

    async def _result(self, cancellation: _Errand, running: asyncio.Future[T], patient: bool) -> T:
        """Wait for work, and no longer than it may take to begin."""
        within_s = None if patient else self._within_s
        done, _ = await asyncio.wait({running}, timeout=within_s)
        if not done and not cancellation.begun:
            cancellation.cancel("nobody had a place in time")
            running.cancel()
            await asyncio.wait({running})
        if running.cancelled() or (not done and running.cancelled()):
            raise Cancelled(cancellation.reason or self._closed or "stopped")
        return await asyncio.shield(running)

    async def _in_thread(self, cancellation: _Errand, work: Callable[[], T]) -> T:
        def begin() -> T:
            with cancellable(cancellation):
                cancellation.begun = True
                return work()

        return await anyio.to_thread.run_sync(begin, limiter=self._limiter)

    def _done(self, cancellation: _Errand, running: asyncio.Future[T]) -> None:
        self._under_way.discard(cancellation)
        if not running.cancelled():
            running.exception()  # looked at, so that nobody is told of one that nobody waits for

    @property
    def _free(self) -> bool:
        return self._limiter.available_tokens > 0

    def _refusal(self, why: str) -> Busy:
        self.refused += 1
        return Busy(f"{why}; ask again in {self._retry_after_s} s", retry_after_s=self._retry_after_s)
