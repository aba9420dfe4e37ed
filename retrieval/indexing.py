"""Files and folders into the index: only what changed is read, only what is new is embedded."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from embeddings.embedder import Embedder
from retrieval.articles.article import Article
from retrieval.articles.passage import Passage
from retrieval.articles.passages import cut, passage_text_for_embedding
from retrieval.articles.reading import read_file, walk
from retrieval.errors import UnreadableFile
from retrieval.index.embedded import EmbeddedStore
from retrieval.index.files import FileRecord
from retrieval.index.lock import write_lock
from retrieval.index.store import IndexedArticle
from retrieval.index.writing import FileWriting

BATCH_PASSAGES = 64  # 3 to 10 s of embedding on two cores: what a kill can cost, and how often progress shows
READ_AHEAD_CHARS = 2_000_000  # read before embedding begins, so that progress knows its end; about 8,000 passages
# A file changed this soon before it was read may change again without its date moving (FAT keeps 2 s).
UNSURE_NS = 3_000_000_000

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


@dataclass(frozen=True, slots=True)
class FileFault:
    """What could not be read in a file, in one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did. Every count is of files, articles or passages of this run."""

    files_added: int = 0
    files_updated: int = 0
    files_unchanged: int = 0
    files_removed: int = 0
    articles_added: int = 0
    articles_removed: int = 0
    passages_embedded: int = 0
    passages_reembedded: int = 0
    faults: tuple[FileFault, ...] = ()
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Articles handed in.

    Attributes:
        ids: the id each has in the index, in the order given.
        new: those of them the index did not hold before.
    """

    ids: tuple[str, ...]
    new: frozenset[str]


def index_paths(
    paths: Sequence[Path],
    store: EmbeddedStore,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    wait_s: float = 0.0,
) -> IndexReport:
    """Bring the index in step with files and folders.

    Each file is finished on its own and each batch of passages kept as soon as it is embedded; stopped at any point,
    the next run goes on from there. If the store holds another model's vectors, they are replaced first.

    Args:
        paths: files or folders; none for all that were ever given. A file given by name takes back articles that
            were removed from it by hand.
        progress: told after each batch and file.
        wait_s: how long to wait for another process that is indexing.

    Raises:
        IndexLocked: another process is indexing.
        IndexFault: the index cannot be written.
        ModelUnavailable: the embedder cannot be loaded.
    """
    command = "byline index " + " ".join(str(path) for path in paths)
    with write_lock(store.folder, command.strip(), wait_s=wait_s):
        began = time.monotonic()  # waiting for another process is no part of this run's time
        run = _Run(store, embedder, progress or _silent)
        run.mend()
        run.index(paths)
    return replace(run.report, took_s=time.monotonic() - began)


def index_articles(articles: Sequence[Article], store: EmbeddedStore, embedder: Embedder) -> Taken:
    """Add articles that come from no file, while other processes may be indexing.

    An article whose text changed replaces the one of the same id, under a new id.

    Raises:
        IndexMismatch: the index holds another model's vectors.
        IndexFault: the index cannot be written.
    """
    run = _Run(store, embedder, _silent)
    writer = store.writer()
    file = writer.begin()
    missing = writer.place(file, articles)
    run.embed(file, missing)
    new = frozenset(article_id for article_id in writer.ids(missing) if article_id is not None)
    return Taken(tuple(article_id or "" for article_id in writer.ids(articles)), new)


def _silent(done: int, total: int, unit: str, file: str) -> None:
    """Progress nobody looks at."""


class _Run:
    """One run of indexing, and what it did."""

    def __init__(self, store: EmbeddedStore, embedder: Embedder, progress: Progress) -> None:
        self._store = store
        self._embedder = embedder
        self._progress = progress
        self._files = store.files()
        self._writer = store.writer()
        self.report = IndexReport()

    def mend(self) -> None:
        """Embed every passage that lacks a vector of this model, then make the model the active one."""
        self._writer.mend()
        replacement = self._store.replacement()
        total = replacement.begin()
        if not total and not replacement.needed():
            return
        done = 0
        while True:
            batch = replacement.lacking(BATCH_PASSAGES)
            if not batch:
                if replacement.finish():
                    break
                continue
            texts = [passage_text_for_embedding(passage.title, passage.text) for passage in batch]
            replacement.put([passage.key for passage in batch], self._embedder.embed_passages(texts))
            done += len(batch)
            self._progress(done, max(total, done), "passages", "")
        self._count(passages_reembedded=done)

    def index(self, paths: Sequence[Path]) -> None:
        """Go through files and folders, then let go of what is gone from the folders."""
        named = [os.path.abspath(path) for path in paths]
        self._files.remember_roots(path for path in named if os.path.exists(path))
        records = self._files.records()
        found: dict[str, bool] = {}
        for root in named or self._files.roots():
            if not os.path.exists(root):
                self._fault(root, "there is no such file or folder; what was indexed from it is kept")
            elif os.path.isdir(root):
                inside = self._inside(root)
                found = inside | found
                self._forget([path for path in records if _under(path, root) and path not in inside and _gone(path)])
            else:
                found[root] = bool(named)
        for done, (path, by_name) in enumerate(found.items()):
            self._progress(done, len(found), "files", path)
            wanted_back = by_name and self._files.want_back(path)
            self._index_file(path, None if wanted_back else records.get(path), known=path in records)
        self._progress(len(found), len(found), "files", "")

    def _inside(self, folder: str) -> dict[str, bool]:
        """The files in a folder, none asked for by name; up to a subfolder that cannot be listed."""
        inside: dict[str, bool] = {}
        try:
            for path in walk(Path(folder)):
                inside[str(path)] = False
        except UnreadableFile as fault:
            self._fault(fault.path, fault.reason)
        return inside

    def embed(self, file: FileWriting, articles: Sequence[Article], *, done: int = 0) -> int:
        """Cut, embed and keep articles, batch by batch.

        Args:
            file: what they stand in.
            articles: none of them in the index.
            done: passages of this file embedded before, for progress.

        Returns:
            Passages embedded.
        """
        pieces = [(article, cut(article)) for article in articles]
        total = done + sum(len(passages) for _, passages in pieces)
        for batch in _batches(pieces):
            texts = [passage_text_for_embedding(a.title, passage.text) for a, passages in batch for passage in passages]
            parts = [np.zeros((0, self._embedder.dimension), dtype=np.float32)]
            for first in range(0, len(texts), BATCH_PASSAGES):
                parts.append(self._embedder.embed_passages(texts[first : first + BATCH_PASSAGES]))
                done += len(parts[-1])
                self._progress(done, total, "passages", file.path)
            vectors = np.concatenate(parts)
            ends = np.cumsum([len(passages) for _, passages in batch])
            items = [
                IndexedArticle(article, passages, vectors[end - len(passages) : end])
                for (article, passages), end in zip(batch, ends, strict=True)
            ]
            replaced = self._writer.put(file, items)
            self._count(articles_added=len(items), articles_removed=replaced, passages_embedded=len(texts))
        return total

    def _index_file(self, path: str, record: FileRecord | None, *, known: bool) -> None:
        try:
            path.encode()
            state = os.stat(path)
            if record is not None and record.digest:
                if (record.size, record.mtime_ns) == (state.st_size, state.st_mtime_ns):
                    self._unchanged(path, record)
                    return
                if record.size == state.st_size and record.digest == _digest(path):
                    self._files.touch(path, _sure(state.st_mtime_ns))
                    self._unchanged(path, record)
                    return
            self._read(path, state, updated=known and record is not None and bool(record.digest))
        except UnicodeEncodeError:
            self._fault(path.encode(errors="replace").decode(), "its name is no text; rename it")
        except UnreadableFile as fault:
            self._fault(path, fault.reason)
        except OSError as error:
            self._fault(path, error.strerror or str(error))

    def _read(self, path: str, state: os.stat_result, *, updated: bool) -> None:
        digest = _digest(path)
        file = self._writer.begin(path)
        faults: list[str] = []
        ahead: list[Article] = []
        done = chars = 0
        for reading in read_file(Path(path)):
            faults.extend(reading.faults)
            storable = [article for article in reading.articles if _is_text(article, faults)]
            missing = self._writer.place(file, storable)
            ahead.extend(missing)
            chars += sum(len(article.text) for article in missing)
            if chars > READ_AHEAD_CHARS:
                done = self.embed(file, ahead, done=done)
                ahead, chars = [], 0
        self.embed(file, ahead, done=done)
        after = os.stat(path)
        same = (after.st_size, after.st_mtime_ns) == (state.st_size, state.st_mtime_ns)
        removed = self._writer.finish(
            file,
            FileRecord(state.st_size, _sure(state.st_mtime_ns), digest if same else "", json.dumps(faults)),
        )
        for reason in faults:
            self._fault(path, reason)
        self._count(articles_removed=removed, files_updated=int(updated), files_added=int(not updated))

    def _unchanged(self, path: str, record: FileRecord) -> None:
        self._count(files_unchanged=1)
        for reason in json.loads(record.faults):
            self._fault(path, reason)

    def _forget(self, gone: Sequence[str]) -> None:
        if gone:
            removed = self._writer.forget(gone)
            self._count(files_removed=len(gone), articles_removed=removed)

    def _fault(self, path: str, reason: str) -> None:
        self.report = replace(self.report, faults=(*self.report.faults, FileFault(path, reason)))

    def _count(self, **more: int) -> None:
        self.report = replace(self.report, **{name: getattr(self.report, name) + by for name, by in more.items()})


def _batches(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Group articles so that each group but the last has `BATCH_PASSAGES` passages or more."""
    batch: list[Piece] = []
    for piece in pieces:
        batch.append(piece)
        if sum(len(passages) for _, passages in batch) >= BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch


def _is_text(article: Article, faults: list[str]) -> bool:
    """Whether an article can be stored: JSON's escapes can spell half of a surrogate pair, which is no character."""
    try:
        "".join((article.id, article.title, article.subtitle, article.byline, article.source, article.url)).encode()
        article.text.encode()
    except UnicodeEncodeError:
        faults.append(f'article "{article.id.encode(errors="replace").decode()}" holds half of a surrogate pair')
        return False
    return True


def _digest(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _sure(mtime_ns: int) -> int:
    """The date to know the file by; -1, which no file has, if it is too fresh to be told from a later change."""
    return mtime_ns if time.time_ns() - mtime_ns > UNSURE_NS else -1


def _under(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _gone(path: str) -> bool:
    """Whether a file is not there; one that merely cannot be seen just now is kept."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
