"""ask() and search(): the one way every front end takes."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

from embeddings.embedder import Embedder
from retrieval.answers.answer import Answer, TookMs
from retrieval.answers.compose import compose
from retrieval.answers.confidence import FIRST_HITS, READ_HITS, Calibration, Evidence, calibration_for, weigh
from retrieval.answers.coverage import term_weights
from retrieval.answers.reader import Marked, Reader
from retrieval.errors import BadQuestion
from retrieval.index.store import Filters, Store
from retrieval.search import Found, Hit, search

MOST_HITS = 100  # what POST /v1/search promises, and as many as either side of the search collects
MAX_QUESTION_CHARS = 2000  # four times the 512 tokens an embedder reads; longer is a paste, not a question


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits best first, and the milliseconds they took."""

    hits: tuple[Hit, ...]
    took_ms: TookMs


class Service:
    """Answers questions over one store with one embedder and one reader; safe to call from any thread."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        reader: Reader,
        *,
        calibration: Calibration | None = None,
        threshold: float | None = None,
        first_hits: int = FIRST_HITS,
        read_hits: int = READ_HITS,
    ) -> None:
        """Put the parts together.

        Args:
            store: where articles are.
            embedder: the one the store's vectors were made with.
            reader: what marks the answers.
            calibration: of the reader; None takes the one that is shipped.
            threshold: abstain below this confidence; None takes the calibrated point.
            first_hits: passages read at a time.
            read_hits: passages read at most.

        Raises:
            NotCalibrated: nothing is shipped for this reader.
        """
        self.store = store
        self.embedder = embedder
        self.reader = reader
        calibration = calibration or calibration_for(reader.fingerprint)
        self.calibration = calibration if threshold is None else replace(calibration, threshold=threshold)
        self._first_hits, self._read_hits = first_hits, read_hits
        self._warming = threading.Lock()

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        filters: Filters = Filters(),
        conversation: str | None = None,
        mode: str = "extract",
    ) -> Answer:
        """Answer a question with cited sentences, or abstain.

        Args:
            question: in any language the embedder knows.
            top_k: at most so many citations.
            filters: which articles may answer.
            conversation: handed back as it came; each question is answered alone.
            mode: `extract` quotes sentences; no other mode is served.

        Raises:
            BadQuestion: an empty or over-long question, a filter that is no date, an unknown mode.
        """
        began = time.perf_counter()
        if mode != "extract":
            raise BadQuestion(f'mode "{mode}" is not served; ask with mode "extract"')
        check_top_k(top_k)
        question = check_question(question)
        found = self._find(question, max(self._read_hits, top_k), filters)
        reading = time.perf_counter()
        marked, evidence = self._read(question, found.hits)
        composed = compose(question, found.hits, marked, evidence, top_k=top_k, calibration=self.calibration)
        done = time.perf_counter()
        took = TookMs(found.embed_ms, found.search_ms, (done - reading) * 1e3, (done - began) * 1e3)
        return Answer(
            answer_id=secrets.token_urlsafe(12),
            question=question,
            answered=composed.answered,
            answer=composed.answer,
            short_answer=composed.short_answer,
            short_start=composed.short_start,
            reason=composed.reason,
            confidence=composed.confidence,
            citations=composed.citations,
            took_ms=took,
            conversation=conversation,
        )

    def search(
        self, question: str, *, top_k: int = 10, filters: Filters = Filters(), rerank: bool = True
    ) -> SearchResult:
        """Find the passages that fit a question best.

        Args:
            question: as for `ask`.
            top_k: 1 to 100 hits.
            filters: which articles may be found.
            rerank: read the first passages and order them as answers are; without it, as they were found, some ten
                times as fast. The scores of the two do not compare.

        Raises:
            BadQuestion: as for `ask`.
        """
        began = time.perf_counter()
        check_top_k(top_k)
        question = check_question(question)
        found = self._find(question, max(top_k, self._read_hits) if rerank else top_k, filters)
        reading = time.perf_counter()
        hits = self._reranked(question, found.hits)[:top_k] if rerank else found.hits
        done = time.perf_counter()
        took = TookMs(found.embed_ms, found.search_ms, (done - reading) * 1e3, (done - began) * 1e3)
        return SearchResult(hits, took)

    def warm(self) -> None:
        """Load the models and the index now, side by side, so that the first question does not wait for them."""
        with self._warming, ThreadPoolExecutor(1, thread_name_prefix="warm") as pool:
            reading = pool.submit(self.reader.read, "warm", ["Warm."])
            self.search("warm", top_k=1, rerank=False)
            reading.result()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def _read(self, question: str, hits: Sequence[Hit]) -> tuple[list[Marked], list[Evidence]]:
        """Read the hits a few at a time, until these answer for sure or enough were read."""
        texts = [hit.stored.passage.text for hit in hits[: self._read_hits]]
        subject = term_weights(question, self.store.document_frequencies)
        marked: list[Marked] = []
        evidence: list[Evidence] = []
        while len(marked) < len(texts):
            marked += self.reader.read(question, texts[len(marked) : len(marked) + self._first_hits])
            evidence = weigh(question, hits, marked, subject)
            if self.calibration.confidence(evidence) >= self.calibration.sure:
                break
        return marked, evidence

    def _reranked(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Read the first hits and order them anew; those behind stay behind, their scores moved below."""
        read, unread = hits[: self._read_hits], hits[self._read_hits :]
        marked = self.reader.read(question, [hit.stored.passage.text for hit in read])
        subject = term_weights(question, self.store.document_frequencies)
        ranks = self.calibration.ranks(weigh(question, read, marked, subject))
        scored = [replace(hit, score=rank) for hit, rank in zip(read, ranks, strict=True)]
        scored.sort(key=lambda hit: -hit.score)
        below = scored[-1].score - unread[0].score if unread else 0.0
        return (*scored, *(replace(hit, score=hit.score + below) for hit in unread))

    def _find(self, question: str, k: int, filters: Filters) -> Found:
        check_filters(filters)
        return search(self.store, self.embedder, question, k=k, filters=filters)


def check_question(question: str) -> str:
    """Strip a question and see that it can be asked.

    Raises:
        BadQuestion: it is empty or over-long.
    """
    stripped = question.strip()
    if not any(character.isalnum() for character in stripped):
        raise BadQuestion("the question is empty; ask one in words")
    if len(stripped) > MAX_QUESTION_CHARS:
        raise BadQuestion(f"the question has {len(stripped)} characters; ask in at most {MAX_QUESTION_CHARS}")
    return stripped


def check_top_k(top_k: int) -> None:
    """See that so many hits or citations may be asked for.

    Raises:
        BadQuestion: fewer than one or more than `MOST_HITS`.
    """
    if not 1 <= top_k <= MOST_HITS:
        raise BadQuestion(f"top_k is {top_k}; ask for 1 to {MOST_HITS}")


def check_filters(filters: Filters) -> None:
    """See that the dates are dates.

    Raises:
        BadQuestion: one is not.
    """
    for name in ("after", "before"):
        value = getattr(filters, name)
        if value:
            try:
                date.fromisoformat(value)
            except ValueError as error:
                raise BadQuestion(f'filter {name} is "{value}"; give a date like 2023-07-28') from error
