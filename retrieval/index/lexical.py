"""BM25 over our own terms, in tables of the same database and so in the same transactions as everything else.

Postings lie in segments, one for each write; each segment covers a run of passage keys. A posting list is one BLOB of
fixed-width entries, which NumPy scores whole. Small segments are merged into larger ones, `FAN` at a time, so that a
question looks in a few dozen at most. Removal notes a passage as dead; merging drops what is dead.

Why not one of SQLite's FTS5, tantivy and bm25s (tests/benchmarks/lexical_engines.py; 13,344 news passages): FTS5 gives
the same ranking in the same transactions, but took 24 ms a question where this takes 3, and reads a term's whole list
to say how many passages hold it; tantivy takes 0.2, but is a second store to keep in step; bm25s cannot be added to.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from byline.retrieval.index.integrity import segment_checksum
from byline.retrieval.text.folding import terms

K1, B = 1.2, 0.75  # Robertson & Zaragoza 2009; on the news set .9/.4 gives the same within a point
IDF_FLOOR = 1e-6  # as FTS5 has it: a term in more than half of the passages must not count against them
FAN = 16  # segments of one size are merged when there are so many
DEAD_SHARE = 0.3  # of a segment's passages; beyond it the segment is written anew
ENTRY = np.dtype([("key", "<u4"), ("count", "<u2"), ("length", "<u2")])
PACK = struct.Struct("<IHH").pack  # one `ENTRY`, ten times faster than by way of an array
LARGEST = 65_535  # what `count` and `length` hold; no passage has so many terms unless its title has

Entries = npt.NDArray[np.void]
Keys = npt.NDArray[np.int64]
Row = tuple[int, str, str]


def add(connection: sqlite3.Connection, passages: Iterable[Row]) -> None:
    """Make passages findable by their own words and their article's title's.

    Args:
        passages: (key, title, text), keys rising and above every key added before.
    """
    postings: dict[str, bytearray] = {}
    keys: list[int] = []
    total = 0
    for key, title, text in passages:
        cut = terms(f"{title}\n{text}")
        length = min(len(cut), LARGEST)
        keys.append(key)
        total += length
        for term, count in Counter(cut).items():
            postings.setdefault(term, bytearray()).extend(PACK(key, min(count, LARGEST), length))
    if keys:
        lists = ((term, bytes(postings[term])) for term in sorted(postings))
        _write(connection, keys[0], keys[-1], (len(keys), total), lists)
        _merge_small(connection)


def take_out(connection: sqlite3.Connection, passages: Iterable[Row]) -> None:
    """Make passages unfindable; they are dropped from the lists later."""
    touched: set[int] = set()
    for key, title, text in passages:
        length = min(len(terms(f"{title}\n{text}")), LARGEST)
        connection.execute("INSERT INTO dead VALUES (?, ?)", (key, length))
        touched.update(
            first
            for (first,) in connection.execute("SELECT first FROM segment WHERE first <= ? AND last >= ?", (key, key))
        )
    for first in touched:
        last, held = connection.execute("SELECT last, passages FROM segment WHERE first = ?", (first,)).fetchone()
        (dead,) = connection.execute("SELECT count(*) FROM dead WHERE key BETWEEN ? AND ?", (first, last)).fetchone()
        if dead > DEAD_SHARE * held:
            _merge(connection, [first])


def drop_dead(connection: sqlite3.Connection) -> bool:
    """Write one segment with dead passages anew without them, so that none of their words are left in it.

    Returns:
        Whether there was one.
    """
    row = connection.execute(
        "SELECT first FROM segment WHERE EXISTS (SELECT 1 FROM dead WHERE key BETWEEN first AND last) LIMIT 1"
    ).fetchone()
    if row is not None:
        _merge(connection, [row[0]])
    return row is not None


def entries(connection: sqlite3.Connection) -> int:
    """How many passages can be found by words."""
    return _size(connection)[0]


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the whole lexical index again from the passages."""
    for table in ("segment", "posting", "dead"):
        connection.execute(f"DELETE FROM {table}")
    rows = connection.execute(
        "SELECT passage.key, article.title, passage.text FROM passage "
        "JOIN article ON article.key = passage.article_key ORDER BY passage.key"
    )
    while some := rows.fetchmany(1_024):
        add(connection, some)


def matching(
    connection: sqlite3.Connection, question: str, k: int, among: Keys | None = None
) -> list[tuple[int, float]]:
    """Find passages holding any term of the question.

    Args:
        among: keys of the passages allowed; None for all.

    Returns:
        Up to `k` (passage key, BM25), best first, equals in the order of their keys.
    """
    passages, total = _size(connection)
    if not passages or k <= 0:
        return []
    dead = _dead(connection)
    average = max(total / passages, 1.0)
    keys: list[Keys] = []
    parts: list[npt.NDArray[np.float64]] = []
    for term in dict.fromkeys(terms(question)):
        found = _posting(connection, term, dead)
        idf = max(math.log((passages - len(found) + 0.5) / (len(found) + 0.5)), IDF_FLOOR)
        count = found["count"].astype(np.float64)
        keys.append(found["key"].astype(np.int64))
        parts.append(idf * count * (K1 + 1) / (count + K1 * (1 - B + B * found["length"] / average)))
    if not keys:
        return []
    scores = np.bincount(np.concatenate(keys), weights=np.concatenate(parts))
    found_keys = np.flatnonzero(scores)
    if among is not None:
        found_keys = found_keys[np.isin(found_keys, among)]
    if len(found_keys) > k:
        held = scores[found_keys]
        found_keys = found_keys[held >= np.partition(held, len(held) - k)[len(held) - k]]
    best = found_keys[np.lexsort((found_keys, -scores[found_keys]))][:k]
    return [(int(key), float(scores[key])) for key in best]


def document_frequencies(connection: sqlite3.Connection, wanted: Sequence[str]) -> dict[str, int]:
    """In how many passages each term stands."""
    dead = _dead(connection)
    return {term: len(_posting(connection, term, dead)) for term in wanted}


def _posting(connection: sqlite3.Connection, term: str, dead: Keys) -> Entries:
    """Every living passage that holds the term."""
    lists = connection.execute(
        "SELECT entries FROM segment CROSS JOIN posting ON posting.first = segment.first AND posting.term = ?", (term,)
    )
    found = np.frombuffer(b"".join(one for (one,) in lists), dtype=ENTRY)
    return found[~np.isin(found["key"], dead)] if len(dead) else found


def _dead(connection: sqlite3.Connection) -> Keys:
    return np.fromiter((key for (key,) in connection.execute("SELECT key FROM dead")), dtype=np.int64)


def _size(connection: sqlite3.Connection) -> tuple[int, int]:
    """Living passages, and the terms in them."""
    held = connection.execute("SELECT coalesce(sum(passages), 0), coalesce(sum(terms), 0) FROM segment").fetchone()
    dead = connection.execute("SELECT count(*), coalesce(sum(length), 0) FROM dead").fetchone()
    return held[0] - dead[0], held[1] - dead[1]


def _write(
    connection: sqlite3.Connection, first: int, last: int, sizes: tuple[int, int], lists: Iterable[tuple[str, bytes]]
) -> None:
    kept = list(lists)
    connection.execute(
        "INSERT INTO segment (first, last, passages, terms, checksum) VALUES (?, ?, ?, ?, ?)",
        (first, last, *sizes, segment_checksum(kept)),
    )
    connection.executemany("INSERT INTO posting VALUES (?, ?, ?)", ((first, term, one) for term, one in kept))


def _merge_small(connection: sqlite3.Connection) -> None:
    """Merge the newest segments as long as the last `FAN` are of one size class or smaller."""
    while True:
        newest = connection.execute(
            "SELECT first, passages FROM segment ORDER BY first DESC LIMIT ?", (FAN,)
        ).fetchall()
        if len(newest) < FAN:
            return
        if math.log(max(size for _, size in newest), FAN) // 1 > math.log(newest[0][1], FAN) // 1:
            return
        _merge(connection, sorted(first for first, _ in newest))


def _merge(connection: sqlite3.Connection, firsts: Sequence[int]) -> None:
    """Write neighbouring segments as one, without their dead."""
    marks = ", ".join("?" * len(firsts))
    (last, held, total) = connection.execute(
        f"SELECT max(last), sum(passages), sum(terms) FROM segment WHERE first IN ({marks})", firsts
    ).fetchone()
    within = (firsts[0], last)
    gone = connection.execute("SELECT key, length FROM dead WHERE key BETWEEN ? AND ?", within).fetchall()
    dead = np.array([key for key, _ in gone], dtype=np.int64)
    rows = connection.execute(
        f"SELECT term, entries FROM posting WHERE first IN ({marks}) ORDER BY term, first", firsts
    ).fetchall()
    for table in ("posting", "segment"):
        connection.execute(f"DELETE FROM {table} WHERE first IN ({marks})", firsts)
    connection.execute("DELETE FROM dead WHERE key BETWEEN ? AND ?", within)
    sizes = (held - len(gone), total - sum(length for _, length in gone))
    if sizes[0]:
        _write(connection, *within, sizes, _living(rows, dead))


def _living(rows: Iterable[tuple[str, bytes]], dead: Keys) -> Iterator[tuple[str, bytes]]:
    for term, lists in groupby(rows, key=itemgetter(0)):
        joined = b"".join(one for _, one in lists)
        if len(dead):
            found = np.frombuffer(joined, dtype=ENTRY)
            joined = found[~np.isin(found["key"], dead)].tobytes()
        if joined:
            yield term, joined
