"""Articles to passages, vectors and the store, in batches across files: a small file costs no batch of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from byline.embeddings.embedder import Embedder, Vectors
from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.passage import Passage
from byline.retrieval.articles.passages import cut, passage_text_for_embedding
from byline.retrieval.cancelling import check_cancelled
from byline.retrieval.index.writes import FilePart, FileRecord, FileWriting, IndexedArticle, Writer

BATCH_PASSAGES = 64  # 3 to 10 s of embedding on two cores: what a kill can cost, and how often progress shows
BATCH_FILES = 500  # files that bring nothing to embed wait for no more than so many others

Piece = tuple[Article, tuple[Passage, ...]]


class Progress(Protocol):
    """Told how far the work is."""

    def __call__(self, done: int, total: int, unit: str, file: str) -> None:
        """Say where things stand.

        Args:
            done: of `total`.
            total: may grow while a large file is read.
            unit: `files`, over all; or `passages`, within one file or, where `file` is "", of a model's replacement.
            file: the file at hand.
        """
        ...


@dataclass(slots=True)
class _Queued:
    """What is still to be written of one reading of a file."""

    file: FileWriting
    known: Sequence[Article]
    pieces: list[Piece]
    record: FileRecord | None


@dataclass(slots=True)
class _Within:
    """How many passages of a file are embedded, of how many."""

    done: int = 0
    total: int = 0


class Batches:
    """Queues what files bring, and embeds and writes it once there is enough for a batch: one transaction each.

    Attributes:
        articles_added: put into the index so far.
        articles_left: replaced by them, or gone from their files.
        passages_embedded: so far.
    """

    def __init__(
        self, writer: Writer, embedder: Embedder, progress: Progress, *, leaving: Collection[str] = ()
    ) -> None:
        """Write with `writer`; `leaving` as for `Writer.write`."""
        self._writer = writer
        self._embedder = embedder
        self._progress = progress
        self._leaving = leaving
        self._queue: list[_Queued] = []
        self._queued: set[tuple[str, str]] = set()  # id and content of what is queued and so not to be queued again
        self._queued_contents: set[str] = set()
        self._within: dict[str, _Within] = {}
        self.articles_added = 0
        self.articles_left = 0
        self.passages_embedded = 0

    def add(self, file: FileWriting, articles: Sequence[Article], record: FileRecord | None = None) -> list[Article]:
        """Queue articles that stand in a file; whole batches are written at once.

        Args:
            file: the same one for all of a file's articles.
            articles: the next of them.
            record: given with the last.

        Returns:
            Those that were not in the index.
        """
        missing = self._writer.missing(file, articles)
        fresh = [article for article in missing if not self._is_queued(article)]
        to_write = {id(article) for article in fresh}
        names = {_name(article) for article in fresh}
        known = [a for a in articles if id(a) not in to_write and _name(a) not in names]
        self._queued |= names
        self._queued_contents |= {content for _, content in names}
        pieces = [(article, cut(article)) for article in fresh]
        within = self._within.setdefault(file.path, _Within())
        within.total += sum(len(passages) for _, passages in pieces)
        self._queue.append(_Queued(file, known, pieces, record))
        while self._waiting() >= BATCH_PASSAGES or len(self._queue) >= BATCH_FILES:
            self._write_batch()
        return missing

    def flush(self) -> None:
        """Write what is left."""
        while self._queue:
            self._write_batch()

    def _is_queued(self, article: Article) -> bool:
        """Whether the same article comes with an earlier part; as `Writer.missing` tells what is the same."""
        name = article_id, content = _name(article)
        return name in self._queued or (article_id == content and content in self._queued_contents)

    def _waiting(self) -> int:
        return sum(len(passages) for queued in self._queue for _, passages in queued.pieces)

    def _write_batch(self) -> None:
        batch = list(self._next_batch())
        pieces = [piece for queued in batch for piece in queued.pieces]
        vectors = self._embed(batch)
        ends = np.cumsum([len(passages) for _, passages in pieces]).tolist()
        items = iter(
            IndexedArticle(article, passages, vectors[end - len(passages) : end])
            for (article, passages), end in zip(pieces, ends, strict=True)
        )
        parts = [
            FilePart(queued.file, queued.known, [next(items) for _ in queued.pieces], queued.record) for queued in batch
        ]
        self.articles_left += self._writer.write(parts, leaving=self._leaving)
        self.articles_added += len(pieces)
        written = {_name(article) for article, _ in pieces}
        self._queued -= written
        self._queued_contents -= {content for _, content in written}
        for queued in batch:
            if queued.pieces:
                within = self._within[queued.file.path]
                within.done += sum(len(passages) for _, passages in queued.pieces)
                self._progress(within.done, within.total, "passages", queued.file.path)
            if queued.record is not None:
                self._within.pop(queued.file.path, None)

    def _next_batch(self) -> Iterator[_Queued]:
        """Take from the queue until there are `BATCH_PASSAGES`; a file with more is cut between two articles."""
        count = files = 0
        while self._queue and count < BATCH_PASSAGES and files < BATCH_FILES:
            first = self._queue[0]
            taken: list[Piece] = []
            while first.pieces and count < BATCH_PASSAGES:
                taken.append(first.pieces.pop(0))
                count += len(taken[-1][1])
            if first.pieces:
                yield _Queued(first.file, first.known, taken, None)
                first.known = ()
                return
            self._queue.pop(0)
            yield _Queued(first.file, first.known, taken, first.record)
            files += 1

    def _embed(self, batch: Sequence[_Queued]) -> Vectors:
        texts = [
            passage_text_for_embedding(article.printed_title, passage.text)
            for queued in batch
            for article, passages in queued.pieces
            for passage in passages
        ]
        parts = [np.zeros((0, self._embedder.dimension), dtype=np.float32)]
        calls = max(1, round(len(texts) / BATCH_PASSAGES))
        for call in range(calls):  # more than one only for an article of many passages
            some = texts[len(texts) * call // calls : len(texts) * (call + 1) // calls]
            if some:
                check_cancelled()
                parts.append(self._embedder.embed_passages(some))
                self.passages_embedded += len(some)
            if call + 1 < calls:
                within = self._within[batch[-1].file.path]
                done = min(within.done + sum(map(len, parts)), within.total)
                self._progress(done, within.total, "passages", batch[-1].file.path)
        return np.concatenate(parts)


def _name(article: Article) -> tuple[str, str]:
    return article.id, content_id(article.printed_title, article.byline, article.text)
