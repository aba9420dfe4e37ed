"""What people hand in, by upload or by message: read, indexed, and told what was found in it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from byline.embeddings.embedder import Embedder
from byline.retrieval.articles.article import Article
from byline.retrieval.cancelling import check_cancelled
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.index.store import Store


@dataclass(frozen=True, slots=True)
class Added:
    """What one file held.

    Attributes:
        articles: as they were indexed, in their order in the file.
        left_out: characters that went into no article.
        faults: one sentence for each part that could not be read.
        new: ids of those the index did not hold before; only these can be taken back.
        notes: one sentence each on how the file was read, where that is not plain.
    """

    name: str
    articles: tuple[Article, ...]
    left_out: int = 0
    faults: tuple[str, ...] = ()
    new: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


class Uploads:
    """Adds to the index that the service reads; one at a time, others wait their turn."""

    def __init__(self, store: Store, embedder: Embedder, *, max_chars: int | None = None) -> None:
        """Take into a store.

        Args:
            store: written to.
            embedder: makes its vectors.
            max_chars: most characters of text taken from one file; None for any number.
        """
        self._max_chars = max_chars
        self._store = store
        self._embedder = embedder
        self._turn = threading.Lock()

    def add_file(self, name: str, content: bytes) -> Added:
        """Read a file by its name's suffix and index its articles; where it holds any, the file is kept.

        A file that cannot be read gives no articles and says why in `faults`.

        Raises:
            IndexFault: the index cannot be written.
        """
        from byline.retrieval.articles.apart import read_bytes_apart

        articles: list[Article] = []
        faults: list[str] = []
        notes: dict[str, None] = {}
        left_out = chars = 0
        try:
            for reading in read_bytes_apart(name, content):
                articles.extend(reading.articles)
                faults.extend(reading.faults)
                notes.update(dict.fromkeys(reading.notes))
                left_out += sum(len(part.text) for part in reading.left_out)
                chars += sum(len(article.text) for article in reading.articles)
                if self._max_chars is not None and chars > self._max_chars:
                    more = f"it holds more than {self._max_chars:,} characters of text, which is too much at once"
                    return Added(name, (), 0, (f"{more}; hand it in in parts, or have `byline index` read it",))
                check_cancelled()
        except UnreadableFile as fault:
            faults.append(fault.reason)
        return self._indexed(Added(name, tuple(articles), left_out, tuple(faults), notes=tuple(notes)), content)

    def add_articles(self, articles: Sequence[Article], *, name: str = "") -> Added:
        """Index articles that need no reading.

        Raises:
            IndexFault: the index cannot be written.
        """
        return self._indexed(Added(name, tuple(articles)))

    def _indexed(self, added: Added, content: bytes | None = None) -> Added:
        if not added.articles:
            return added
        from byline.retrieval.indexing import index_articles, index_upload

        with self._turn:
            if content is None:
                taken = index_articles(added.articles, self._store, self._embedder)
            else:
                taken = index_upload(added.name, content, added.articles, self._store, self._embedder)
        # An id that stands for another text already was not given again; the article has a new one.
        articles = tuple(
            replace(article, id=has) for article, has in zip(added.articles, taken.ids, strict=True) if has
        )
        return replace(added, articles=articles, new=taken.new)
