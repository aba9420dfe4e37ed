"""The store's reads as SQL: rows of the tables to articles, headers and passages."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Sequence
from typing import Literal, cast, get_args

from byline.retrieval.articles.article import Article, PublishedFrom, SourceSpan, TitleFrom
from byline.retrieval.articles.passage import Passage
from byline.retrieval.errors import BadQuestion
from byline.retrieval.index.integrity import quotes, sound_texts
from byline.retrieval.index.restriction import restriction
from byline.retrieval.index.store import ArticlePage, Filters, Header, StoredPassage
from byline.retrieval.text.folding import fold

MOST_PARAMETERS = 30_000  # SQLite takes 32,766 in one statement

# The file an article is shown to come from is the first it was found in, of those that still have it; none for uploads.
FIRST_FILE = (
    "(SELECT iif(file.original = '', file.path, '') FROM occurrence JOIN file ON file.key = occurrence.file_key "
    "WHERE occurrence.article_key = article.key ORDER BY occurrence.key LIMIT 1)"
)
HEADER = (
    "article.id, iif(article.title = '', article.derived_title, article.title), article.subtitle, article.byline, "
    "article.source, article.published, article.url, "
    f"{FIRST_FILE}, article.kind, length(article.text), article.published_from, article.edition, article.title_from"
)

Span = tuple[int, int]


def header(row: Sequence[object]) -> Header:
    """Read the columns of `HEADER`."""
    id_, title, subtitle, byline, source, published, url, path, kind, length, published_from, edition, title_from = row
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
        published_from=_published_from(published_from),
        edition=str(edition),
        title_from=_title_from(title_from),
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
    of = header(row[:13])
    text, subheads, origin = row[13:]
    return Article(
        id=of.id,
        title=of.title,
        text=text,
        subtitle=of.subtitle,
        byline=of.byline,
        source=of.source,
        published=of.published,
        published_from=of.published_from,
        edition=of.edition,
        title_from=of.title_from,
        url=of.url,
        path=of.path,
        kind=cast(Literal["article", "caption"], of.kind),
        subheads=tuple((start, end) for start, end in json.loads(subheads)),
        origin=tuple(_source_span(parts) for parts in json.loads(origin or "[]")),
    )


def key_of(connection: sqlite3.Connection, article_id: str) -> int | None:
    """The number of the article with this id."""
    row = connection.execute("SELECT key FROM article WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else int(row[0])


def fetch_passages(
    connection: sqlite3.Connection, keys: Sequence[int]
) -> tuple[dict[int, StoredPassage], dict[int, str]]:
    """Read passages by their keys, with the headers of their articles.

    Returns:
        Those that are what was written, and, by key, the ids of articles of those that are not.
    """
    found: dict[int, StoredPassage] = {}
    damaged: dict[int, str] = {}
    for first in range(0, len(keys), MOST_PARAMETERS):
        some = list(keys[first : first + MOST_PARAMETERS])
        rows = connection.execute(
            f"SELECT passage.key, article.key, passage.start, passage.end, passage.text, {HEADER} FROM passage "
            "JOIN article ON article.key = passage.article_key "
            f"WHERE passage.key IN ({', '.join('?' * len(some))})",
            some,
        ).fetchall()
        texts = sound_texts(connection, list(dict.fromkeys(row[1] for row in rows)))
        for key, article_key, *row in rows:
            stored = stored_passage(row)
            if article_key in texts and quotes(texts[article_key], *row[:3]):
                found[key] = stored
            else:
                damaged[key] = stored.article.id
    return found, damaged


def fetch_page(
    connection: sqlite3.Connection, *, limit: int, cursor: str | None, query: str, filters: Filters
) -> ArticlePage:
    """Read one page of headers, newest published first, then by id.

    Raises:
        BadQuestion: `cursor` is none.
    """
    condition, values = restriction(filters)
    conditions = [condition] if condition else []
    if query:
        conditions.append("article.key IN (SELECT article_key FROM folded WHERE instr(everything, ?) > 0)")
        values.append(fold(query))
    where = " AND ".join(conditions) or "1"
    (total,) = connection.execute(f"SELECT count(*) FROM article WHERE {where}", values).fetchone()
    after, place = "1", []
    if cursor is not None:
        published, article_id = _unpacked(cursor)
        after = "(article.published < ? OR (article.published = ? AND article.id > ?))"
        place = [published, published, article_id]
    rows = connection.execute(
        f"SELECT {HEADER} FROM article WHERE {where} AND {after} ORDER BY article.published DESC, article.id LIMIT ?",
        [*values, *place, limit + 1],
    ).fetchall()
    headers = tuple(header(row) for row in rows[:limit])
    more = len(rows) > limit and bool(headers)
    return ArticlePage(headers, _packed(headers[-1].published or "", headers[-1].id) if more else None, total)


def packed_subheads(subheads: Sequence[Span]) -> str:
    """Write sub-headline spans as JSON."""
    return json.dumps(subheads, separators=(",", ":"))


def packed_origin(origin: Sequence[SourceSpan]) -> str:
    """Write the way back to the file as JSON, one short array a span."""
    return json.dumps(
        [[span.start, span.end, span.file_start, span.page, span.box] for span in origin], separators=(",", ":")
    )


def _published_from(said: object) -> PublishedFrom | None:
    """What a newer Byline may have written and this one does not know is as good as nothing."""
    return cast(PublishedFrom, said) if said in get_args(PublishedFrom) else None


def _title_from(said: object) -> TitleFrom:
    return cast(TitleFrom, said) if said in get_args(TitleFrom) else "title"


def _packed(published: str, article_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([published, article_id]).encode()).decode()


def _unpacked(cursor: str) -> tuple[str, str]:
    try:
        published, article_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return str(published), str(article_id)
    except (ValueError, TypeError) as error:
        raise BadQuestion(f'"{cursor}" is no cursor of an article list; leave it out to begin at the start') from error


def _source_span(parts: list[object]) -> SourceSpan:
    start, end, file_start, page, box = parts
    return SourceSpan(
        cast(int, start),
        cast(int, end),
        cast(int | None, file_start),
        cast(int | None, page),
        None if box is None else cast(tuple[float, float, float, float], tuple(cast(list[float], box))),
    )
