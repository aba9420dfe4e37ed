"""Figures for Prometheus at `/metrics`: requests, answers, the time of each stage, the size of the index."""

from __future__ import annotations

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from byline.bot.places import Places
from byline.retrieval.answers.answer import Answer
from byline.retrieval.index.store import Store

# Prometheus's default buckets end at 10 s and start at 5 ms: right for requests; stages are shorter.
STAGE_BUCKETS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 400, 800, 1600, 3200)


class Metrics:
    """One registry per app, so that two apps in one process do not share figures."""

    def __init__(self, store: Store, places: Places | None = None) -> None:
        self.registry = CollectorRegistry()
        if places is not None:
            self.registry.register(Queue(places))
        self.registry.register(IndexSize(store))
        labels = ("method", "route", "status")
        self._requests = Counter("byline_requests_total", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "byline_request_seconds", "Time to the end of the response", ("method", "route"), registry=self.registry
        )
        self._answers = Counter(
            "byline_answers_total", "Questions by outcome", ("outcome", "channel"), registry=self.registry
        )
        self._stages = Histogram(
            "byline_stage_milliseconds",
            "Time of each stage of an answer",
            ("stage",),
            buckets=STAGE_BUCKETS_MS,
            registry=self.registry,
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the template of its route."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def count_answer(self, answer: Answer, channel: str) -> None:
        """Count an answer and the time of its stages."""
        self._answers.labels("answered" if answer.answered else answer.reason or "abstained", channel).inc()
        for stage in ("embed", "search", "read", "total"):
            self._stages.labels(stage).observe(getattr(answer.took_ms, stage))


class IndexSize(Collector):
    """Counts the index when asked, so that the figure is never stale."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterable[Metric]:
        """Yield articles and passages indexed now."""
        status = self._store.status()
        yield GaugeMetricFamily("byline_articles", "Articles indexed", value=status.articles)
        yield GaugeMetricFamily("byline_passages", "Passages indexed", value=status.passages)
        yield GaugeMetricFamily("byline_index_bytes", "Size of the index", value=status.size_bytes)

    def describe(self) -> Iterable[Metric]:
        """Name nothing ahead: the registry need not open the store to check for duplicates."""
        return ()


class Queue(Collector):
    """How many questions are answered, wait, were refused or given up, when asked."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def collect(self) -> Iterable[Metric]:
        """Yield the figures of now, and the counts since the start."""
        places = self._places
        yield GaugeMetricFamily("byline_questions_working", "Questions being answered", value=places.working)
        yield GaugeMetricFamily("byline_questions_waiting", "Questions waiting for a place", value=places.waiting)
        yield CounterMetricFamily("byline_questions_refused", "Questions refused or out of time", value=places.refused)
        yield CounterMetricFamily("byline_questions_abandoned", "Questions whose asker left", value=places.abandoned)

    def describe(self) -> Iterable[Metric]:
        """Name nothing ahead, as `IndexSize`."""
        return ()


class CountRequests:
    """ASGI middleware that counts every request, failed ones too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note its status and time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting_status)
        finally:
            # An unknown path is not a label: whoever scans for paths would fill the registry.
            route = getattr(scope.get("route"), "path", "(none)")
            self._metrics.count_request(scope["method"], route, status, time.perf_counter() - began)
