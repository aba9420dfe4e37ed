"""The made-up sample and its own archive: what a new user tries Byline on, apart from what is theirs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from byline.bot.settings import Settings
from byline.embeddings.embedder import Vectors
from byline.retrieval.articles.article import Article
from byline.retrieval.index.store import (
    REMOVED_KEPT_DAYS,
    ArticlePage,
    Filters,
    RemovedArticle,
    Store,
    StoredPassage,
    StoreStatus,
)
from byline.retrieval.index.writes import Files, Replacement, Writer

log = logging.getLogger(__name__)

SAMPLE = Path(__file__).parent / "sample"  # a made-up newspaper page and two articles
FOLDER = "sample"  # inside the data folder


def sample_settings(settings: Settings) -> Settings:
    """The same settings over the sample's own data folder, which lies inside the archive's."""
    return settings.model_copy(update={"data": settings.data / FOLDER})


class SampleFirst:
    """A `Store` that is the sample until the archive gains articles, and from then on the archive, for good.

    Whoever adds them, also another process, is noticed at the next call. The sample's passages go by negative keys,
    which name nothing in the archive: what a question found just before the change can only be missing after it,
    like a passage removed meanwhile, and never be another passage.
    """

    def __init__(self, archive: Store, sample: Store) -> None:
        """Begin with the sample.

        Args:
            archive: what will answer; its articles so far do not count as gained.
            sample: what answers until then.
        """
        self._archive = archive
        self._sample = sample
        self._began_with = _size(archive)
        self._over = False
        self._changing = threading.Lock()

    @property
    def sampling(self) -> bool:
        """Whether the sample still answers."""
        with self._changing:
            if not self._over and _size(self._archive) > self._began_with:
                self._over = True
                log.warning("the archive has articles now; they answer, and the sample no longer does")
            return not self._over

    def nearest(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by vector; see `Store.nearest`."""
        if self.sampling:
            return [(-key, cosine) for key, cosine in self._sample.nearest(vector, k, filters)]
        return self._archive.nearest(vector, k, filters)

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by words; see `Store.matching`."""
        if self.sampling:
            return [(-key, bm25) for key, bm25 in self._sample.matching(question, k, filters)]
        return self._archive.matching(question, k, filters)

    def cosines(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        """Compare named passages with a vector; see `Store.cosines`."""
        if self.sampling:
            return self._sample.cosines(vector, [-key for key in keys])
        return self._archive.cosines(vector, keys)

    def passages(self, keys: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages; see `Store.passages`."""
        if self.sampling:
            return {-key: found for key, found in self._sample.passages([-key for key in keys]).items()}
        return self._archive.passages(keys)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """Count passages by term; see `Store.document_frequencies`."""
        return self._answering.document_frequencies(terms)

    def article(self, article_id: str) -> Article:
        """Fetch one article; see `Store.article`."""
        return self._answering.article(article_id)

    def articles(
        self, *, limit: int, cursor: str | None = None, query: str = "", filters: Filters = Filters()
    ) -> ArticlePage:
        """List article headers; see `Store.articles`."""
        return self._answering.articles(limit=limit, cursor=cursor, query=query, filters=filters)

    def remove(self, article_ids: Sequence[str]) -> list[str]:
        """Remove articles; see `Store.remove`."""
        return self._answering.remove(article_ids)

    def restore(self, article_ids: Sequence[str]) -> list[str]:
        """Undo removals; see `Store.restore`."""
        return self._answering.restore(article_ids)

    def removed(self) -> list[RemovedArticle]:
        """List what can be restored; see `Store.removed`."""
        return self._answering.removed()

    def forget(self, article_ids: Sequence[str]) -> list[str]:
        """Remove for good; see `Store.forget`."""
        return self._answering.forget(article_ids)

    def purge(self, *, older_than_s: float = REMOVED_KEPT_DAYS * 86_400.0) -> int:
        """Drop what was removed long ago; see `Store.purge`."""
        return self._answering.purge(older_than_s=older_than_s)

    def check(self) -> str | None:
        """Look for damage; see `Store.check`."""
        return self._answering.check()

    @property
    def folder(self) -> Path:
        """The archive's: whoever writes, writes there."""
        return self._archive.folder

    def writer(self) -> Writer:
        """Write to the archive; see `Store.writer`."""
        return self._archive.writer()

    def files(self) -> Files:
        """The archive's files; see `Store.files`."""
        return self._archive.files()

    def replacement(self) -> Replacement:
        """Replace the archive's model; see `Store.replacement`."""
        return self._archive.replacement()

    def status(self) -> StoreStatus:
        """Count and check; see `Store.status`."""
        return self._answering.status()

    def close(self) -> None:
        """Let go of both; see `Store.close`."""
        self._sample.close()
        self._archive.close()

    @property
    def _answering(self) -> Store:
        return self._sample if self.sampling else self._archive


def _size(store: Store) -> int:
    return store.articles(limit=1).total
