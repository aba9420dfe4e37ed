"""The protocol of a store, for search, the service and the front ends, and the values it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from byline.embeddings.embedder import Vectors
from byline.retrieval.articles.article import Article, PublishedFrom, TitleFrom
from byline.retrieval.articles.passage import Passage
from byline.retrieval.index.writes import Files, Replacement, Writer

REMOVED_KEPT_DAYS = 30  # how long a removal can be undone, if it is not forgotten before


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer; an empty field does not restrict.

    Attributes:
        source: the article's source contains this, widths and traditional forms folded.
        byline: the article's byline contains this, folded likewise.
        after: ISO date; published on it or later.
        before: ISO date; published on it or earlier. Undated articles fail both.
    """

    source: str = ""
    byline: str = ""
    after: str = ""
    before: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is restricted."""
        return not (self.source or self.byline or self.after or self.before)


@dataclass(frozen=True, slots=True)
class Header:
    """What is shown of an article beside a quote from it."""

    id: str
    title: str
    subtitle: str
    byline: str
    source: str
    published: str | None
    url: str
    path: str
    kind: str
    length: int
    published_from: PublishedFrom | None = None
    edition: str = ""
    title_from: TitleFrom = "title"

    @property
    def printed_title(self) -> str:
        """The title if the source gives it, else nothing; see `Article.printed_title`."""
        return self.title if self.title_from == "title" else ""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the header of its article."""

    passage: Passage
    article: Header


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of the article list; `cursor` fetches the next, None after the last."""

    articles: tuple[Header, ...]
    cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class RemovedArticle:
    """An article that was removed and can be restored; `removed_at` is an ISO time in UTC."""

    id: str
    title: str
    removed_at: str


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What is indexed, with what model, where, how big, healthy or not."""

    articles: int
    passages: int
    files: int
    model: str
    dimension: int
    location: str
    size_bytes: int
    generation: int
    healthy: bool
    problem: str | None


class Store(Protocol):
    """Keeps articles, passages and vectors; finds passages by vector and by words.

    A passage is named by an integer key, given by the store, never given again after removal.
    Made and opened for one embedding model, or for none: then it neither searches by vector nor writes articles.
    Every read sees the last finished write, also one by another process, without reopening.
    All methods may be called from any thread.
    """

    def nearest(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by vector.

        Returns:
            Up to `k` (key, cosine), best first.

        Raises:
            IndexMismatch: `vector` is not as wide as the index.
        """
        ...

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Find passages by the words of `question`, folded and cut as the passages were.

        Returns:
            Up to `k` (key, BM25), best first, BM25 > 0.
        """
        ...

    def cosines(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        """Cosine of each named passage with `vector`, in the order of `keys`; removed ones give -1."""
        ...

    def passages(self, keys: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages with their article headers; keys removed meanwhile are missing."""
        ...

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each folded term stands; terms never seen give 0."""
        ...

    def article(self, article_id: str) -> Article:
        """Fetch one article.

        Raises:
            NotFound: no article has that id (any more).
        """
        ...

    def articles(
        self, *, limit: int, cursor: str | None = None, query: str = "", filters: Filters = Filters()
    ) -> ArticlePage:
        """List article headers, newest published first, then by id; `query` must stand in title, byline or text."""
        ...

    def remove(self, article_ids: Sequence[str]) -> list[str]:
        """Remove articles; after the return no search finds them, and indexing the same files does not bring them back.

        They can be restored for `REMOVED_KEPT_DAYS`.

        Returns:
            The ids that were there, in the order given, each once.
        """
        ...

    def restore(self, article_ids: Sequence[str]) -> list[str]:
        """Bring removed articles back as they were: same id, same text, so that old citations resolve.

        Nothing is embedded. An article whose files are all gone meanwhile stands as if it had been handed in.

        Returns:
            The ids that stood removed, in the order given, each once.
        """
        ...

    def removed(self) -> list[RemovedArticle]:
        """List what can be restored, latest removed first."""
        ...

    def forget(self, article_ids: Sequence[str]) -> list[str]:
        """Remove articles for good, also those that stand removed, with what is kept of the files they came in.

        Returns:
            The ids that were there or stood removed, in the order given, each once.
        """
        ...

    def purge(self, *, older_than_s: float = REMOVED_KEPT_DAYS * 86_400.0) -> int:
        """Forget what was removed so long ago; how many articles. Opening, removing and indexing do it as well."""
        ...

    @property
    def folder(self) -> Path:
        """The data folder: the lock of long writes and the originals of uploads lie in it, wherever the rest does."""
        ...

    def status(self) -> StoreStatus:
        """Count, and check in passing."""
        ...

    def check(self) -> str | None:
        """Look through everything kept.

        Returns:
            What is wrong with it, in words, or None.
        """
        ...

    def writer(self) -> Writer:
        """Write with the model this store was opened for.

        Raises:
            IndexFault: it was opened without one.
        """
        ...

    def files(self) -> Files:
        """The record of what was indexed from where."""
        ...

    def replacement(self) -> Replacement:
        """Put the model this store was opened for in the place of the one its vectors are of.

        Raises:
            IndexFault: it was opened without one.
        """
        ...

    def close(self) -> None:
        """Let go of files; the store cannot be used afterwards."""
        ...
