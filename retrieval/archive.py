"""The public interface behind `byline.open`: a folder of articles to index, ask and search from Python."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from byline.retrieval.assembly import BUNDLED, CALIBRATION_FILE, embedder_named, reader_named
from byline.retrieval.index.store import Filters, Header

if TYPE_CHECKING:
    from byline.retrieval.answers.answer import Answer
    from byline.retrieval.articles.article import Article
    from byline.retrieval.index_report import IndexReport
    from byline.retrieval.search import Hit
    from byline.retrieval.service import Service

_PAGE = 200  # headers fetched at a time
_ANY = Filters()


class Archive:
    """Articles that answer questions; made by `byline.open`.

    Safe to use from several threads, and beside other processes on the same folder.

    Attributes:
        service: what answers, for whoever needs its stages.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def index(self, *paths: str | PathLike[str]) -> IndexReport:
        """Add and update the articles of files and folders; unchanged files cost nothing.

        Returns:
            What was done, and which files could not be read.

        Raises:
            IndexFault: the index cannot be written.
            ModelUnavailable: the embedding model cannot be had on this machine.
        """
        from byline.retrieval.indexing import index_paths

        return index_paths([Path(path) for path in paths], self.service.store, self.service.embedder)

    def ask(self, question: str, *, top_k: int = 5, filters: Filters = _ANY) -> Answer:
        """Answer a question with cited sentences, or abstain.

        Args:
            question: in any language the embedding model knows.
            top_k: at most so many citations.
            filters: which articles may answer.

        Raises:
            BadQuestion: it is empty or over-long, or a filter is no date.
        """
        from byline.retrieval.service import AskRequest

        return self.service.ask(AskRequest(question, top_k, filters))

    def search(self, question: str, *, top_k: int = 10, filters: Filters = _ANY, rerank: bool = True) -> Sequence[Hit]:
        """Find the passages that fit a question best; see `Service.search`.

        Raises:
            BadQuestion: as for `ask`.
        """
        return self.service.search(question, top_k=top_k, filters=filters, rerank=rerank).hits

    def articles(self, query: str = "", *, filters: Filters = _ANY) -> Iterator[Header]:
        """List the articles, newest first; those with `query` in title, byline or text."""
        cursor: str | None = None
        while True:
            page = self.service.store.articles(limit=_PAGE, cursor=cursor, query=query, filters=filters)
            yield from page.articles
            cursor = page.cursor
            if cursor is None:
                return

    def article(self, article_id: str) -> Article:
        """Fetch one article whole; every citation's offsets count characters of its `text`.

        Raises:
            NotFound: no article has that id.
        """
        return self.service.store.article(article_id)

    def remove(self, *article_ids: str) -> builtins.list[str]:
        """Remove articles; they never answer again. Gives the ids that were there."""
        return self.service.store.remove(article_ids)

    def close(self) -> None:
        """Close the files of the archive."""
        self.service.close()

    def __enter__(self) -> Archive:
        """Give itself, to be closed at the end of a `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the files of the archive."""
        self.close()


def open_archive(
    folder: str | PathLike[str],
    *,
    embedding_model: str = BUNDLED,
    reader: str = BUNDLED,
    cache: str | PathLike[str] | None = None,
    allow_downloads: bool = False,
    at_most_wrong: float | None = None,
) -> Archive:
    """Open the archive in a folder, or begin one there.

    Args:
        folder: holds the index; the same as `byline --data FOLDER`.
        embedding_model: `bundled`, or any sentence-transformers name or folder.
        reader: `bundled`, `overlap`, or a question-answering model or cross-encoder, calibrated first.
        cache: folder for the model file made on first use; by default the system's.
        allow_downloads: may a model named above be fetched from its hub.
        at_most_wrong: answer only where at most such a share of answers is wrong; see `Service`.

    Raises:
        IndexFault: the index cannot be opened, or was made with another model.
        ModelUnavailable: a model cannot be had on this machine.
        NotCalibrated: the reader named has no calibration.
    """
    from byline.retrieval.answers.calibration_files import calibration_for
    from byline.retrieval.index.embedded import open_store
    from byline.retrieval.service import Service

    place, kept = Path(folder), Path(cache) if cache else user_cache_path("byline", appauthor=False)
    embedder = embedder_named(embedding_model, kept, allow_downloads=allow_downloads)
    store = open_store(place, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    reads = reader_named(reader, kept, embedder, store.document_frequencies, allow_downloads=allow_downloads)
    calibration = calibration_for(reads.fingerprint, place / CALIBRATION_FILE)
    return Archive(Service(store, embedder, reads, calibration=calibration, at_most_wrong=at_most_wrong))
