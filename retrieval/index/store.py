"""What search and the service need of a place that keeps articles, passages and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from embeddings.embedder import Vectors
from retrieval.articles.article import Article
from retrieval.articles.passage import Passage


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
class IndexedArticle:
    """An article ready to be written: its passages and one vector row for each."""

    article: Article
    passages: tuple[Passage, ...]
    vectors: Vectors = field(compare=False)


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
        """Remove articles; after the return no search finds them. Unknown ids are left out of the returned list."""
        ...

    def status(self) -> StoreStatus:
        """Count and check."""
        ...

    def close(self) -> None:
        """Let go of files; the store cannot be used afterwards."""
        ...
