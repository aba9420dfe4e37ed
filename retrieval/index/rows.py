"""Articles and their parts to rows of the tables and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Literal, cast

from retrieval.articles.article import Article, SourceSpan
from retrieval.articles.passage import Passage
from retrieval.index.store import Header, StoredPassage

# The file an article is shown to come from is the first it was found in, of those that still have it.
FIRST_FILE = (
    "(SELECT file.path FROM occurrence JOIN file ON file.key = occurrence.file_key "
    "WHERE occurrence.article_key = article.key ORDER BY occurrence.key LIMIT 1)"
)
HEADER = (
    "article.id, article.title, article.subtitle, article.byline, article.source, article.published, article.url, "
    f"{FIRST_FILE}, article.kind, length(article.text)"
)

Span = tuple[int, int]


def header(row: Sequence[object]) -> Header:
    """Read the columns of `HEADER`."""
    id_, title, subtitle, byline, source, published, url, path, kind, length = row
    return Header(
        id=str(id_),
        title=str(title),
        subtitle=str(subtitle),
        byline=str(byline),
        source=str(source),
        published=str(published) or None,
        url=str(url),
        path=str(path or ""),
        kind=str(kind),
        length=int(cast(int, length)),
    )


def stored_passage(row: Sequence[object]) -> StoredPassage:
    """Read start, end and text of a passage, then the columns of `HEADER`."""
    start, end, text = cast(int, row[0]), cast(int, row[1]), str(row[2])
    of = header(row[3:])
    return StoredPassage(Passage(of.id, start, end, text), of)


def fetch_article(connection: sqlite3.Connection, article_id: str) -> Article | None:
    """Read one article whole, with its way back to the first file that still has it."""
    row = connection.execute(
        f"SELECT {HEADER}, article.text, article.subheads, (SELECT origin FROM occurrence "
        "WHERE article_key = article.key ORDER BY occurrence.key LIMIT 1) FROM article WHERE id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        return None
    of = header(row[:10])
    text, subheads, origin = row[10:]
    return Article(
        id=of.id,
        title=of.title,
        text=text,
        subtitle=of.subtitle,
        byline=of.byline,
        source=of.source,
        published=of.published,
        url=of.url,
        path=of.path,
        kind=cast(Literal["article", "caption"], of.kind),
        subheads=tuple((start, end) for start, end in json.loads(subheads)),
        origin=tuple(_source_span(parts) for parts in json.loads(origin or "[]")),
    )


def packed_subheads(subheads: Sequence[Span]) -> str:
    """Write sub-headline spans as JSON."""
    return json.dumps(subheads, separators=(",", ":"))


def packed_origin(origin: Sequence[SourceSpan]) -> str:
    """Write the way back to the file as JSON, one short array a span."""
    return json.dumps(
        [[span.start, span.end, span.file_start, span.page, span.box] for span in origin], separators=(",", ":")
    )


def _source_span(parts: list[object]) -> SourceSpan:
    start, end, file_start, page, box = parts
    return SourceSpan(
        cast(int, start),
        cast(int, end),
        cast(int | None, file_start),
        cast(int | None, page),
        None if box is None else cast(tuple[float, float, float, float], tuple(cast(list[float], box))),
    )
