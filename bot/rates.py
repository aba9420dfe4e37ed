"""How often somebody may do something, for every front end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MAX_CLIENTS = 10_000  # buckets kept; a bucket is some 100 bytes


class RateLimit:
    """A token bucket per client: a minute's worth at once, refilled evenly."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def would_wait_s(self, client: str) -> int:
        """Say in how many whole seconds the client's bucket holds a request, and take none."""
        return self._wait_s(self._left(client, self._clock()))

    def wait_s(self, client: str) -> int:
        """Take one request from the client's bucket; if there is none, say in how many whole seconds there is."""
        now = self._clock()
        left = self._left(client, now)
        if left < 1:
            return self._wait_s(left)
        if len(self._buckets) >= MAX_CLIENTS and client not in self._buckets:
            self._forget_idle(now)
        self._buckets[client] = (left - 1, now)
        return 0

    def _left(self, client: str, now: float) -> float:
        left, since = self._buckets.get(client, (float(self.per_minute), now))
        return min(self.per_minute, left + (now - since) * self.per_minute / 60)

    def _wait_s(self, left: float) -> int:
        return 0 if left >= 1 else math.ceil((1 - left) * 60 / self.per_minute)

    def _forget_idle(self, now: float) -> None:
        """Drop full buckets, which are as good as none; if there are too few, everybody starts anew."""
        kept = {client: bucket for client, bucket in self._buckets.items() if now - bucket[1] < 60}
        self._buckets = kept if len(kept) < MAX_CLIENTS else {}
