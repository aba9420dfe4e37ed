"""Places where work is done in threads: so many at once, so many waiting, each as long as somebody waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from byline.embeddings.errors import BylineError
from byline.retrieval.cancelling import Cancellation, Cancelled, cancellable

T = TypeVar("T")

BURST_S = 1.0  # a page opened by a class of pupils, a row of requests sent at once


class Busy(BylineError):
    """There is no place and none to wait in, or the wait was too long; ask again after `retry_after_s`.

    Attributes:
        retry_after_s: whole seconds.
    """

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class _Errand(Cancellation):
    """One piece of work; `begun` once it has a place and a thread."""

    __slots__ = ("begun",)

    def __init__(self, *, within_s: float | None) -> None:
        super().__init__(within_s=within_s)
        self.begun = False


class Places:
    """So many pieces of work at once; a burst waits its turn, a flood is refused at once.

    Attributes:
        refused: how many were refused, or stopped because it took too long.
        abandoned: how many were dropped because whoever asked had left.
    """

    def __init__(
        self, at_once: int, *, waiting: int, burst: int = 0, within_s: float | None, retry_after_s: int
    ) -> None:
        """Make the places.

        Args:
            at_once: how many work side by side.
            waiting: how many may wait; more are refused.
            burst: how many may where nobody waited `BURST_S` ago: who come all at once are a burst, who come all the
                time are a flood, and wait the longer the more are let in (Maurer, "Fail at Scale", ACM Queue 2015).
            within_s: how long waiting and working may take together; None for as long as it takes.
            retry_after_s: what those who are refused are told.
        """
        self._limiter = anyio.CapacityLimiter(at_once)
        self._at_once = at_once
        self._most = at_once + waiting
        self._burst = at_once + max(waiting, burst)
        self._calm = time.monotonic()
        self._within_s = within_s
        self._retry_after_s = retry_after_s
        self._under_way: dict[_Errand, asyncio.Future[Any]] = {}
        self._closed = ""
        self.refused = self.abandoned = 0

    @property
    def working(self) -> int:
        """How many are at work."""
        return sum(errand.begun for errand in list(self._under_way))

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._under_way) - self.working

    @property
    def full(self) -> bool:
        """Whether one more would be refused."""
        under_way = len(self._under_way)
        if under_way <= self._at_once:
            self._calm = time.monotonic()
        most = self._burst if time.monotonic() - self._calm < BURST_S else self._most
        return bool(self._closed) or under_way >= most

    def refusal(self) -> Busy:
        """Count and make the refusal of one more."""
        self.refused += 1
        why = self._closed or "too many questions wait already"
        return Busy(f"{why}; ask again in {self._retry_after_s} s", retry_after_s=self._retry_after_s)

    def close(self, reason: str, *, stop_working: bool = False) -> None:
        """Take no more and refuse those who wait; those at work come to their end, or stop at their next step."""
        self._closed = reason
        for errand, running in list(self._under_way.items()):
            if stop_working or not errand.begun:
                _stop(errand, running, reason)

    async def do(self, work: Callable[[], T], *, admitted: bool = False, patient: bool = False) -> T:
        """Do work in a thread, in its turn.

        If the caller is cancelled, the work leaves the queue or stops at its next step; its place is free only then.

        Args:
            work: what `check_cancelled` can stop.
            admitted: it has waited before, for the first part of the same work, and is not refused now.
            patient: nor has it a time limit: its asker cannot be told to come back.

        Raises:
            Busy: too many wait already, it took too long, or the places are closed.
        """
        if self._closed or (self.full and not (admitted or patient)):
            raise self.refusal()
        within_s = None if patient else self._within_s
        errand = _Errand(within_s=within_s)
        running = asyncio.ensure_future(self._in_thread(errand, work))
        self._under_way[errand] = running
        running.add_done_callback(partial(self._done, errand))
        try:
            done, _ = await asyncio.wait({running}, timeout=within_s)
            if not done:
                _stop(errand, running, "it took longer than anybody should wait")
                await asyncio.wait({running})
        except asyncio.CancelledError:
            self.abandoned += 1
            _stop(errand, running, "whoever asked has left")
            raise
        if running.cancelled():
            raise self._refusal(errand.reason)
        try:
            return running.result()
        except Cancelled as stopped:
            raise self._refusal(str(stopped)) from stopped

    async def _in_thread(self, errand: _Errand, work: Callable[[], T]) -> T:
        def begin() -> T:
            with cancellable(errand):
                errand.begun = True
                return work()

        return await anyio.to_thread.run_sync(begin, limiter=self._limiter)

    def _done(self, errand: _Errand, running: asyncio.Future[Any]) -> None:
        del self._under_way[errand]
        if len(self._under_way) <= self._at_once:
            self._calm = time.monotonic()
        if not running.cancelled():
            running.exception()  # looked at, so that nobody is told of one that nobody waits for

    def _refusal(self, why: str) -> Busy:
        self.refused += 1
        return Busy(f"{why}; ask again in {self._retry_after_s} s", retry_after_s=self._retry_after_s)


def _stop(errand: _Errand, running: asyncio.Future[Any], reason: str) -> None:
    errand.cancel(reason)
    if not errand.begun:
        running.cancel()
