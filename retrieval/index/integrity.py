"""Whether what is on the disk is what was written: a checksum over each article, vector and list of words.

SQLite notices damage to its own structure, and nothing of a digit that turned over in a text. Every article carries a
checksum over its columns; its passages must be its text at their spans; every vector carries one behind its numbers,
and every segment of the lexical index one over its lists.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from byline.embeddings.embedder import Vectors

# Columns of `article` under its checksum; what is folded from them is not quoted.
COVERED = (
    "id",
    "source_id",
    "content_id",
    "title",
    "subtitle",
    "byline",
    "source",
    "published",
    "published_from",
    "url",
    "kind",
    "text",
    "subheads",
    "edition",
    "title_from",
    "derived_title",
)
SEAL_BYTES = 8  # one damaged block in 2^64 goes unnoticed
PASSAGES = "SELECT start, end, text FROM passage WHERE article_key = ? ORDER BY key"


@dataclass(frozen=True, slots=True)
class Damage:
    """What does not carry its checksum.

    Attributes:
        articles: ids of articles whose own row is not what was written.
        passages: ids of articles whose row is sound and one of whose passages is not their text.
        vectors: keys of passages whose vector is damaged or cut.
        segments: of the lexical index.
    """

    articles: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    vectors: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()

    def in_words(self) -> str | None:
        """One sentence that names it, or None."""
        named = [*self.articles, *self.passages]
        parts = []
        if named:
            more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
            parts.append(f"article {', '.join(named[:MOST_NAMED])}{more} is not what was written")
        if self.vectors:
            parts.append(f"{len(self.vectors)} vectors are damaged")
        if self.segments:
            parts.append("the lexical index is damaged")
        return "; ".join(parts) or None


MOST_NAMED = 5  # in a message of one line


def checksum_of(columns: Mapping[str, object]) -> str:
    """The checksum of an article's row: 16 hexadecimal digits of BLAKE2b over the columns of `COVERED`."""
    digest = hashlib.blake2b(digest_size=SEAL_BYTES)
    for name in COVERED:
        digest.update(str(columns.get(name, "")).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def seal_articles(connection: sqlite3.Connection) -> None:
    """Give every article that has none its checksum, as it stands."""
    for (key,) in connection.execute("SELECT key FROM article WHERE checksum = ''").fetchall():
        for _, columns, _ in list(_articles(connection, "WHERE key = ?", [key])):
            connection.execute("UPDATE article SET checksum = ? WHERE key = ?", (checksum_of(columns), key))


def seal_article(connection: sqlite3.Connection, key: int) -> None:
    """Give one article, sound until it was changed in this transaction, its checksum."""
    for _, columns, _ in list(_articles(connection, "WHERE key = ?", [key])):
        connection.execute("UPDATE article SET checksum = ? WHERE key = ?", (checksum_of(columns), key))


def is_sound(connection: sqlite3.Connection, key: int) -> bool:
    """Whether the row of an article is what was written."""
    return key in sound_texts(connection, [key])


def sound_texts(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[int, str]:
    """The texts of those of the articles whose rows are what was written; at most some thousand keys."""
    marks = ", ".join("?" * len(keys))
    return {
        key: str(columns["text"])
        for key, columns, checksum in _articles(connection, f"WHERE key IN ({marks})", keys)
        if checksum_of(columns) == checksum
    }


def sealed(numbers: bytes) -> bytes:
    """A vector's numbers with their checksum behind."""
    return numbers + _seal(numbers)


def opened(block: bytes, dimension: int) -> Vectors | None:
    """The vector in a block, float32 (dimension,); None if the block is damaged or cut."""
    numbers = block[:-SEAL_BYTES]
    if len(numbers) != 4 * dimension or _seal(numbers) != block[-SEAL_BYTES:]:
        return None
    return np.frombuffer(numbers, dtype="<f4")


def segment_checksum(lists: Iterable[tuple[str, bytes]]) -> str:
    """The checksum of a segment's lists, given in the order of their terms."""
    digest = hashlib.blake2b(digest_size=SEAL_BYTES)
    for term, entries in lists:
        digest.update(term.encode("utf-8", "surrogatepass"))
        digest.update(len(entries).to_bytes(8, "little"))
        digest.update(entries)
    return digest.hexdigest()


def damage_in(connection: sqlite3.Connection) -> Damage:
    """Look at everything under a checksum; a tenth of a second for 5,000 articles."""
    articles, passages = [], []
    for key, columns, checksum in _articles(connection):
        if checksum_of(columns) != checksum:
            articles.append(str(columns["id"]))
        elif not all(quotes(str(columns["text"]), *passage) for passage in connection.execute(PASSAGES, (key,))):
            passages.append(str(columns["id"]))
    vectors = [
        key
        for key, block, dimension in connection.execute(
            "SELECT passage_key, numbers, dimension FROM vector JOIN model ON model.key = vector.model_key"
        )
        if opened(block, dimension) is None
    ]
    segments = [
        first
        for first, checksum in connection.execute("SELECT first, checksum FROM segment").fetchall()
        if segment_checksum(_lists(connection, first)) != checksum
    ]
    return Damage(tuple(articles), tuple(passages), tuple(vectors), tuple(segments))


def text_from_passages(connection: sqlite3.Connection, key: int) -> str | None:
    """The text of a damaged article as its passages have it, if that is what was written; else None."""
    (_, columns, checksum) = next(_articles(connection, "WHERE key = ?", [key]))
    text = str(columns["text"])
    for start, end, passage in connection.execute(PASSAGES, (key,)):
        if end - start == len(passage):
            text = text[:start] + passage + text[end:]
    return text if checksum_of({**columns, "text": text}) == checksum else None


def quotes(text: str, start: int, end: int, passage: str) -> bool:
    """Whether a passage is the text of its article at its span."""
    return 0 <= start < end and text[start:end] == passage


def _articles(
    connection: sqlite3.Connection, where: str = "", values: Sequence[int] = ()
) -> Iterator[tuple[int, dict[str, object], str]]:
    rows = connection.execute(f"SELECT key, checksum, {', '.join(COVERED)} FROM article {where}", values)
    for key, checksum, *columns in rows:
        yield key, dict(zip(COVERED, columns, strict=True)), checksum


def _lists(connection: sqlite3.Connection, first: int) -> Iterator[tuple[str, bytes]]:
    return connection.execute("SELECT term, entries FROM posting WHERE first = ? ORDER BY term", (first,))


def _seal(numbers: bytes) -> bytes:
    return hashlib.blake2b(numbers, digest_size=SEAL_BYTES).digest()
